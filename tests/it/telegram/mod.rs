//! A Telegram of the tests' own: a Bot API with people, phones and weather, for the program in this process and for
//! the program in its own (`channel.telegram.api_base` = [`Telegram::url`]).
//!
//! ```ignore
//! let telegram = Telegram::start().await;
//! let sister = telegram.person("Maryam").speaks("ar");
//! sister.starts(None);                          // an update, for whoever polls or has set a webhook
//! sister.expects("Welcome").await;              // what her phone shows; waits until it does
//! sister.taps("English");                       // a callback_query, with the message attached
//! telegram.next("sendMessage", Fault::CutAfter); // shown to her, but the bot never hears that
//! println!("{}", sister.transcript());
//! ```
//!
//! It keeps state and refuses, in Telegram's words, what Telegram refuses:
//!
//! * 401 a wrong token; 404 a method it does not know; 409 getUpdates beside a webhook or a second getUpdates;
//! * 400 a chat that never wrote; an empty text or one of more than 4096 UTF-16 units, counted after parsing; HTML that
//!   does not parse; entities that do not fit; callback data of more than 64 bytes or none; more than 100 buttons; a
//!   button that does nothing; a request for a phone number in a group; an edit that changes nothing, or of a message
//!   that is gone, somebody else's, or came with a reply keyboard; a deletion after 48 hours; an answer to a press that
//!   is unknown, old, or answered; a caption of more than 1024; a file that is missing, or on download larger than
//!   20 MB; names, descriptions and commands beyond their limits; a webhook that is not https (when a test forbids
//!   others: [`Telegram::only_https`]) and a secret with other characters than it may have;
//! * 400 with `migrate_to_chat_id` a group that became a supergroup;
//! * 403 a person who blocked the bot, whose account is gone, or who never opened a chat; a group that put it out;
//! * 413 an upload of more than 50 MB; 429 more than 30 messages in a second, with `retry_after`.
//!
//! It also cleans texts as Telegram does ([`text::clean`]), splits what people write as their apps do, repeats,
//! reorders and holds updates, and fails as asked ([`Fault`]). Message ids count from 1 in each chat, so that nobody
//! takes them for unique.
//!
//! Not Telegram's: Markdown is not parsed but refused; addresses and phone numbers in texts become no entities; files
//! are not fetched from addresses; groups have no administrators. The words of these refusals are not documented, and
//! ours: limits of name, descriptions and number of commands, a photo that is too large.

mod api;
mod group;
mod html;
mod keyboard;
mod media;
mod params;
mod person;
mod profile;
mod refusal;
mod send;
mod shown;
mod state;
mod tests;
mod text;
mod updates;
mod webhook;

use std::sync::Arc;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use wasl::time::{Clock, SystemClock};

pub use super::provider::Fault;
pub use person::Person;
pub use state::{BOT, Call, USERNAME};

use super::provider::{Faults, Watched, serve};
use state::State;

/// The service. Clones are the same one; it ends with the test's runtime.
#[derive(Clone)]
pub struct Telegram {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    clock: Arc<dyn Clock>,
    state: Watched<State>,
}

impl Telegram {
    /// A Telegram by the machine's clock.
    pub async fn start() -> Telegram {
        Telegram::at(Arc::new(SystemClock)).await
    }

    /// A Telegram by this clock: dates of messages, and how old they are. What waits, waits in real time.
    pub async fn at(clock: Arc<dyn Clock>) -> Telegram {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let telegram =
            Telegram { shared: Arc::new(Shared { url, clock, state: Watched::new(State::new()) }) };
        tokio::spawn(serve(listener, api::router(telegram.clone())));
        tokio::spawn(webhook::deliver(telegram.clone()));
        telegram
    }

    /// The address of the Bot API: what a bot has as its base.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The bot's token.
    pub fn token(&self) -> String {
        format!("{BOT}:AAF-fake-token-of-the-tests_0123456789")
    }

    /// Does something to the state, of which nobody needs to hear.
    fn quietly<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.shared.state.quietly(|state| {
            state.now = self.shared.clock.now().utc().timestamp();
            act(state)
        })
    }

    /// Changes the state, and wakes whoever waits for that.
    fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let done = self.quietly(act);
        self.shared.state.wake();
        done
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.shared.state.changes()
    }

    /// Waits until `found` finds something: see [`Watched::until`].
    async fn until<T>(
        &self,
        found: impl FnMut(&mut State) -> Option<T>,
        else_say: impl FnOnce() -> String,
    ) -> T {
        self.shared.state.until(found, else_say).await
    }

    /// Waits until the bot has everything that happened.
    pub async fn delivered(&self) {
        let waiting = |state: &mut State| state.updates.waiting.is_empty().then_some(());
        self.until(waiting, || format!("the bot did not take its updates: {:?}", self.waiting())).await;
    }

    /// The ids of updates that the bot has not confirmed.
    pub fn waiting(&self) -> Vec<i64> {
        self.quietly(|state| state.updates.waiting.iter().map(|update| update.id).collect())
    }

    /// The ids of updates that the bot confirmed, each as often as it did.
    pub fn confirmed(&self) -> Vec<i64> {
        self.quietly(|state| state.updates.confirmed.clone())
    }

    /// What the bot called so far, in vain or not.
    pub fn calls(&self, method: &str) -> Vec<Call> {
        let method = method.to_lowercase();
        let calls = self.quietly(|state| state.calls.clone());
        calls.into_iter().filter(|call| call.method == method).collect()
    }

    /// Waits until the bot called this method `n` times in all.
    pub async fn called(&self, method: &str, n: usize) -> Vec<Call> {
        let lower = method.to_lowercase();
        let enough =
            |state: &mut State| (state.calls.iter().filter(|c| c.method == lower).count() >= n).then_some(());
        self.until(enough, || format!("{method} was called {} times, not {n}", self.calls(method).len()))
            .await;
        self.calls(method)
    }

    /// The next call of this method (`*`: of any) fails so; several wait in line. `file` is a download.
    pub fn next(&self, method: &str, fault: Fault) {
        self.change(|state| state.faults.next.push_back((method.to_lowercase(), fault)));
    }

    /// Every call of this method (`*`: of any) fails so, until [`Telegram::recovers`].
    pub fn fails(&self, method: &str, fault: Fault) {
        self.change(|state| state.faults.lasting = Some((method.to_lowercase(), fault)));
    }

    /// Nothing fails any more.
    pub fn recovers(&self) {
        self.change(|state| state.faults = Faults::default());
    }

    /// How many messages may leave in a second, to all and to one chat (if that is watched), and how long whoever
    /// exceeds it waits, in seconds.
    pub fn limits(&self, overall: usize, per_chat: Option<usize>, penalty: u64) {
        self.change(|state| {
            let rates = &mut state.rates;
            (rates.overall, rates.per_chat, rates.penalty) = (overall, per_chat, penalty);
        });
    }

    /// Webhooks must be https and on Telegram's ports, as they must be at Telegram.
    pub fn only_https(&self) {
        self.change(|state| state.updates.any_url = false);
    }

    /// Nothing leaves for the bot until [`Telegram::releases`].
    pub fn holds(&self) {
        self.change(|state| state.updates.held = true);
    }

    /// What was held leaves, the newest first if `backwards`.
    pub fn releases(&self, backwards: bool) {
        self.change(|state| (state.updates.held, state.updates.backwards) = (false, backwards));
    }

    /// Whether every update is brought to the webhook twice from now on.
    pub fn brings_twice(&self, twice: bool) {
        self.change(|state| state.updates.twice = twice);
    }

    /// The last `n` updates that were confirmed come once more.
    pub fn repeats(&self, n: usize) {
        self.change(|state| state.updates.repeat(n));
    }

    /// Update ids go on from here, as after a week of silence.
    pub fn numbers_updates_from(&self, id: i64) {
        self.change(|state| state.updates.next = id);
    }

    /// Presses that are not answered yet cannot be any more.
    pub fn presses_expire(&self) {
        self.change(|state| state.queries.values_mut().for_each(|query| query.expired = true));
    }

    /// Links of getFile are good no longer.
    pub fn links_expire(&self) {
        self.change(|state| state.files.values_mut().for_each(|file| file.linked = false));
    }

    /// What getWebhookInfo would say.
    pub fn webhook(&self) -> Value {
        self.quietly(|state| state.webhook_info())
    }

    /// An update that no person of these tests makes, as `{"update_id":…, kind: body}`; its id.
    pub fn emits(&self, kind: &str, chat: i64, body: &Value) -> i64 {
        self.change(|state| {
            let id = state.updates.next;
            state.updates.push(kind, chat, body.clone(), state.now);
            id
        })
    }
}
