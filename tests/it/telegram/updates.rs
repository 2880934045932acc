//! What waits for the bot: updates in order, asked for by it or brought to its webhook.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::params::Params;
use super::refusal::Refusal;
use super::state::State;

/// Telegram keeps an update for a day.
const KEPT: i64 = 24 * 3600;
/// Sent only to who asks for them.
const ON_REQUEST: &[&str] = &["chat_member", "message_reaction", "message_reaction_count"];
const PORTS: &[u16] = &[80, 88, 443, 8443];

#[derive(Debug, Clone)]
pub struct Update {
    pub id: i64,
    /// One chat's updates are brought one after the other.
    pub chat: i64,
    pub body: Value,
    /// Seconds since 1970.
    pub since: i64,
    /// It is on its way to the webhook.
    pub sending: bool,
    pub tries: u32,
    pub not_before: Option<Instant>,
    /// It was confirmed before, and comes once more.
    pub again: bool,
}

#[derive(Debug, Clone)]
pub struct Webhook {
    pub url: String,
    pub secret: Option<String>,
    /// Updates on their way at once.
    pub max_connections: usize,
    pub last_error: Option<(i64, String)>,
}

pub struct Updates {
    pub waiting: VecDeque<Update>,
    /// The ids of what the bot confirmed, each as often as it did.
    pub confirmed: Vec<i64>,
    pub done: BTreeMap<i64, Update>,
    pub next: i64,
    pub allowed: Option<BTreeSet<String>>,
    pub webhook: Option<Webhook>,
    /// Counts the calls of getUpdates: a new one ends the one that waits.
    pub poll: u64,
    /// Nothing leaves until this is taken away.
    pub held: bool,
    /// The newest first.
    pub backwards: bool,
    /// Each is brought to the webhook twice.
    pub twice: bool,
    /// Whether a test's webhook need not be https on one of Telegram's ports.
    pub any_url: bool,
    /// How long a failed delivery waits for its next try; twice as long each time.
    pub patience: Duration,
}

impl Updates {
    pub fn new() -> Updates {
        Updates {
            waiting: VecDeque::new(),
            confirmed: Vec::new(),
            done: BTreeMap::new(),
            next: 892_000_001,
            allowed: None,
            webhook: None,
            poll: 0,
            held: false,
            backwards: false,
            twice: false,
            any_url: true,
            patience: Duration::from_millis(20),
        }
    }

    /// Something happened: `{"update_id":…, kind: body}`, if the bot wants that kind.
    pub fn push(&mut self, kind: &str, chat: i64, body: Value, now: i64) {
        let wanted = match &self.allowed {
            Some(allowed) => allowed.contains(kind),
            None => !ON_REQUEST.contains(&kind),
        };
        if !wanted {
            return;
        }
        let id = self.next;
        self.next += 1;
        let body = json!({ "update_id": id, kind: body });
        self.waiting.push_back(Update {
            id,
            chat,
            body,
            since: now,
            sending: false,
            tries: 0,
            not_before: None,
            again: false,
        });
    }

    /// What is a day old is gone.
    pub fn forget_old(&mut self, now: i64) {
        self.waiting.retain(|update| now - update.since < KEPT);
    }

    /// The bot has this one for good.
    pub fn confirm(&mut self, id: i64) {
        let Some(at) = self.waiting.iter().position(|update| update.id == id) else { return };
        self.confirmed.push(id);
        let update = &mut self.waiting[at];
        if self.twice && self.webhook.is_some() && !update.again {
            (update.again, update.sending) = (true, false);
        } else if let Some(update) = self.waiting.remove(at) {
            self.done.insert(id, update);
        }
    }

    /// The last `n` that were confirmed come once more, as after an answer that was lost.
    pub fn repeat(&mut self, n: usize) {
        let last: Vec<Update> = self.done.values().rev().take(n).cloned().collect();
        for update in last {
            self.waiting.push_front(Update { again: true, sending: false, not_before: None, ..update });
        }
    }

    /// What a getUpdates with this offset takes away, and what it then gets.
    fn confirm_before(&mut self, offset: i64) {
        if offset < 0 {
            let keep = usize::try_from(-offset).unwrap_or(usize::MAX);
            let gone = self.waiting.len().saturating_sub(keep);
            self.waiting.drain(..gone);
            return;
        }
        let before: Vec<i64> =
            self.waiting.iter().filter(|u| u.id < offset && !u.again).map(|u| u.id).collect();
        for id in before {
            self.confirm(id);
        }
    }

    fn poll(&mut self, limit: usize) -> Vec<Value> {
        if self.held {
            return Vec::new();
        }
        let mut taken: Vec<Update> = self.waiting.iter().take(limit).cloned().collect();
        if self.backwards {
            taken.reverse();
        }
        // What comes once more comes once: an offset above it cannot confirm it again.
        for again in taken.iter().filter(|update| update.again) {
            self.waiting.retain(|update| update.id != again.id);
            self.confirmed.push(again.id);
        }
        taken.into_iter().map(|update| update.body).collect()
    }
}

/// What a getUpdates waits with.
pub struct Poll {
    number: u64,
    limit: usize,
    pub until: Instant,
}

impl State {
    pub fn begin_poll(&mut self, params: &Params) -> Result<Poll, Refusal> {
        if self.updates.webhook.is_some() {
            let why = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook \
                       first";
            return Err(Refusal::conflict(why));
        }
        self.updates.poll += 1;
        self.updates.forget_old(self.now);
        self.set_allowed(params);
        if let Some(offset) = params.int("offset").filter(|offset| *offset != 0) {
            self.updates.confirm_before(offset);
        }
        let limit = params.int("limit").filter(|limit| (1..=100).contains(limit)).unwrap_or(100);
        let seconds = params.int("timeout").unwrap_or(0).clamp(0, 50);
        Ok(Poll {
            number: self.updates.poll,
            limit: usize::try_from(limit).unwrap(),
            until: Instant::now() + Duration::from_secs(seconds.unsigned_abs()),
        })
    }

    /// What is there for this poll now.
    pub fn polled(&mut self, poll: &Poll) -> Result<Vec<Value>, Refusal> {
        if self.updates.webhook.is_some() {
            return Err(Refusal::conflict("terminated by setWebhook request"));
        }
        if self.updates.poll != poll.number {
            let why =
                "terminated by other getUpdates request; make sure that only one bot instance is running";
            return Err(Refusal::conflict(why));
        }
        Ok(self.updates.poll(poll.limit))
    }

    /// Unknown kinds are passed over; an empty list is what comes by default; without a list nothing changes.
    fn set_allowed(&mut self, params: &Params) {
        if let Some(Value::Array(kinds)) = params.json("allowed_updates") {
            let kinds: BTreeSet<String> = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            self.updates.allowed = (!kinds.is_empty()).then_some(kinds);
        }
    }

    pub fn set_webhook(&mut self, params: &Params) -> Result<&'static str, Refusal> {
        let url = params.text("url").unwrap_or_default().to_owned();
        if url.is_empty() {
            return Ok(self.delete_webhook(params));
        }
        let parsed = reqwest::Url::parse(&url);
        let parsed = parsed.map_err(|_| Refusal::bad("bad webhook: invalid URL"))?;
        if !self.updates.any_url {
            if parsed.scheme() != "https" {
                return Err(Refusal::bad("bad webhook: An HTTPS URL must be provided for webhook"));
            }
            if !PORTS.contains(&parsed.port_or_known_default().unwrap_or(0)) {
                let why = "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443";
                return Err(Refusal::bad(why));
            }
        }
        let secret = params.text("secret_token").filter(|secret| !secret.is_empty()).map(str::to_owned);
        if let Some(secret) = &secret {
            if secret.len() > 256 {
                return Err(Refusal::bad("secret token is too long"));
            }
            if !secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
                return Err(Refusal::bad("secret token contains unallowed characters"));
            }
        }
        let connections = params.int("max_connections").unwrap_or(40).clamp(1, 100);
        self.set_allowed(params);
        if params.flag("drop_pending_updates") {
            self.updates.waiting.clear();
        }
        for update in &mut self.updates.waiting {
            update.not_before = None;
        }
        let max_connections = usize::try_from(connections).unwrap();
        self.updates.webhook = Some(Webhook { url, secret, max_connections, last_error: None });
        Ok("Webhook was set")
    }

    pub fn delete_webhook(&mut self, params: &Params) -> &'static str {
        if params.flag("drop_pending_updates") {
            self.updates.waiting.clear();
        }
        match self.updates.webhook.take() {
            Some(_) => "Webhook was deleted",
            None => "Webhook is already deleted",
        }
    }

    pub fn webhook_info(&self) -> Value {
        let mut info = json!({
            "url": "",
            "has_custom_certificate": false,
            "pending_update_count": self.updates.waiting.len(),
        });
        if let Some(webhook) = &self.updates.webhook {
            info["url"] = json!(webhook.url);
            info["max_connections"] = json!(webhook.max_connections);
            if let Some((at, why)) = &webhook.last_error {
                info["last_error_date"] = json!(at);
                info["last_error_message"] = json!(why);
            }
        }
        if let Some(allowed) = &self.updates.allowed {
            info["allowed_updates"] = json!(allowed);
        }
        info
    }
}
