//! Brings updates to the bot's webhook: one chat's in order, several chats at once, each until it is taken.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Client;
use tokio::time::{Instant, sleep_until};

use super::Telegram;
use super::state::State;
use super::updates::{Update, Webhook};

/// How long a bot may take to answer.
const ANSWER: Duration = Duration::from_secs(20);
/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(2);

/// Delivers until the test ends.
pub async fn deliver(telegram: Telegram) {
    let client = Client::builder().no_proxy().timeout(ANSWER).build().unwrap();
    let mut changes = telegram.changes();
    loop {
        changes.mark_unchanged();
        let (starts, wake) = telegram.quietly(|state| state.what_to_bring(Instant::now()));
        for (webhook, update) in starts {
            tokio::spawn(bring(telegram.clone(), client.clone(), webhook, update));
        }
        let far = Instant::now() + ANSWER;
        tokio::select! {
            _ = changes.changed() => {}
            () = sleep_until(wake.unwrap_or(far)) => {}
        }
    }
}

async fn bring(telegram: Telegram, client: Client, webhook: Webhook, update: Update) {
    let mut request = client.post(&webhook.url).json(&update.body);
    if let Some(secret) = &webhook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let wrong = match request.send().await {
        Ok(answer) if answer.status().is_success() => None,
        Ok(answer) => Some(format!("Wrong response from the webhook: {}", answer.status())),
        Err(error) if error.is_timeout() => Some("Read timeout expired".to_owned()),
        Err(_) => Some("Connection refused".to_owned()),
    };
    telegram.change(|state| match wrong {
        None => state.updates.confirm(update.id),
        Some(why) => state.comes_back(update.id, why),
    });
}

impl State {
    /// What is to be brought now, and when to look again.
    fn what_to_bring(&mut self, now: Instant) -> (Vec<(Webhook, Update)>, Option<Instant>) {
        self.updates.forget_old(self.now);
        let Some(webhook) = self.updates.webhook.clone().filter(|_| !self.updates.held) else {
            return (Vec::new(), None);
        };
        let mut under_way = self.updates.waiting.iter().filter(|update| update.sending).count();
        let mut busy: BTreeSet<i64> =
            self.updates.waiting.iter().filter(|update| update.sending).map(|update| update.chat).collect();
        let (mut starts, mut wake) = (Vec::new(), None);
        let mut order: Vec<usize> = (0..self.updates.waiting.len()).collect();
        if self.updates.backwards {
            order.reverse();
        }
        for at in order {
            let update = &mut self.updates.waiting[at];
            if update.sending || under_way >= webhook.max_connections || !busy.insert(update.chat) {
                continue;
            }
            match update.not_before.filter(|at| *at > now) {
                Some(at) => wake = Some(wake.map_or(at, |earlier: Instant| earlier.min(at))),
                None => {
                    update.sending = true;
                    under_way += 1;
                    starts.push((webhook.clone(), update.clone()));
                }
            }
        }
        (starts, wake)
    }

    /// It was not taken, and will be tried again, ever later.
    fn comes_back(&mut self, id: i64, why: String) {
        let (now, patience) = (self.now, self.updates.patience);
        if let Some(webhook) = &mut self.updates.webhook {
            webhook.last_error = Some((now, why));
        }
        if let Some(update) = self.updates.waiting.iter_mut().find(|update| update.id == id) {
            update.sending = false;
            let wait = patience.saturating_mul(1 << update.tries.min(16)).min(LONGEST);
            update.tries += 1;
            update.not_before = Some(Instant::now() + wait);
        }
    }
}
