//! A WhatsApp of the tests' own: the Cloud API of Meta with people, phones and weather, for the program in this
//! process and for the program in its own (`channel.whatsapp.api_base` = [`WhatsApp::url`]).
//!
//! ```ignore
//! let whatsapp = WhatsApp::start().await;
//! whatsapp.hook(&format!("{}/webhook/whatsapp", bot.url));
//! let sister = whatsapp.person("966501234567", "Maryam");
//! sister.says("السلام عليكم");                  // a signed webhook, what is not ASCII escaped
//! sister.expects("Welcome").await;               // what her phone shows; waits until it does
//! sister.taps("English");                        // a button, a row of a list, a template's button
//! sister.reads();                                // "read" statuses of everything she has
//! whatsapp.releases(true, 100);                  // after holds(): statuses backwards, 100 in a request
//! ```
//!
//! It keeps state and refuses, with Meta's codes, what the Cloud API refuses:
//!
//! * 190 a wrong token; 100 another number's id, a parameter that is missing or unknown, media that is not kept (any
//!   more), a file of a kind that is not taken; 2500 a path that is none;
//! * 131008 and 131009 texts that are empty or longer than 4096, in interactive messages 1024; more than three
//!   buttons, titles above 20 or twice the same, ids above 256 or twice the same; lists of more than ten rows in all,
//!   titles above 24, descriptions above 72; captions above 1024, headers and footers above 60;
//! * 131021 a message to itself; 131026, in a status, to who cannot be reached or has no WhatsApp;
//! * 131047 anything but a template a day after the person wrote last, at once or ([`WhatsApp::refuses_late`]) in a
//!   status; 132001 a template that is not there or not approved, 132015 a paused one, 132000 with another number of
//!   parameters, 132018 with line breaks in them, 132005 longer than 1024 when filled in;
//! * 131053 a file that is empty or too large; 130429 more than 80 messages in a second; 131056 more than 45 in six to
//!   one person.
//!
//! Links of media are good for five minutes and need the token; ids from webhooks for seven days, of uploads for
//! thirty. Webhooks are signed, come until 200 is answered, and can be held, reversed, doubled and put together. There
//! is no idempotency, as at Meta: a call that is repeated sends twice, and only `biz_opaque_callback_data` tells.
//!
//! Not Meta's: templates have a body and quick replies only; flows, catalogues and groups are not there; nothing costs
//! anything; requests to the webhook leave one after the other. The HTTP statuses are those of Meta's table of error
//! codes, the words of details are ours.

mod api;
mod check;
mod hook;
mod person;
mod refusal;
mod send;
mod state;
mod tests;

use std::sync::Arc;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use wasl::time::{Clock, SystemClock};

use super::provider::{Fault, Faults, Watched, serve};
pub use person::Person;
pub use state::{ACCOUNT, Call, NUMBER, NUMBER_ID};

use refusal::Refusal;
use state::{State, Template};

/// The service. Clones are the same one; it ends with the test's runtime.
#[derive(Clone)]
pub struct WhatsApp {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    clock: Arc<dyn Clock>,
    state: Watched<State>,
}

impl WhatsApp {
    /// A WhatsApp by the machine's clock.
    pub async fn start() -> WhatsApp {
        WhatsApp::at(Arc::new(SystemClock)).await
    }

    /// A WhatsApp by this clock: the window, links, how long media is kept. What waits, waits in real time.
    pub async fn at(clock: Arc<dyn Clock>) -> WhatsApp {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let whatsapp =
            WhatsApp { shared: Arc::new(Shared { url, clock, state: Watched::new(State::new()) }) };
        tokio::spawn(serve(listener, api::router(whatsapp.clone())));
        tokio::spawn(hook::deliver(whatsapp.clone()));
        whatsapp
    }

    /// The address of the Graph API, without a version.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The bearer token of calls.
    pub fn token(&self) -> String {
        "EAAFakeTokenOfTheTests".to_owned()
    }

    /// The secret of signatures.
    pub fn app_secret(&self) -> String {
        "0123456789abcdef0123456789abcdef".to_owned()
    }

    fn quietly<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.shared.state.quietly(|state| {
            state.now = self.shared.clock.now().utc().timestamp();
            act(state)
        })
    }

    fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let done = self.quietly(act);
        self.shared.state.wake();
        done
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.shared.state.changes()
    }

    async fn until<T>(
        &self,
        found: impl FnMut(&mut State) -> Option<T>,
        else_say: impl FnOnce() -> String,
    ) -> T {
        self.shared.state.until(found, else_say).await
    }

    /// Where webhooks go. What waits is brought.
    pub fn hook(&self, url: &str) {
        self.change(|state| state.hook.url = Some(url.to_owned()));
    }

    /// Asks the webhook to prove itself, as Meta does when its address is entered; status and body of the answer.
    pub async fn verifies(&self, token: &str) -> (u16, String) {
        let url = self.quietly(|state| state.hook.url.clone()).expect("a webhook");
        let query = [("hub.mode", "subscribe"), ("hub.challenge", "1158201444"), ("hub.verify_token", token)];
        let answer =
            Client::builder().no_proxy().build().unwrap().get(url).query(&query).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Posts a text of a stranger as somebody would who does not know the secret; the status of the answer.
    pub async fn forges(&self, signature: Option<&str>) -> u16 {
        let url = self.quietly(|state| state.hook.url.clone()).expect("a webhook");
        let change = json!({ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": NUMBER, "phone_number_id": NUMBER_ID },
            "contacts": [{ "profile": { "name": "x" }, "wa_id": "15550000000" }],
            "messages": [{
                "from": "15550000000",
                "id": "wamid.forged",
                "timestamp": "1",
                "type": "text",
                "text": { "body": "x" },
            }],
        }});
        let request = Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .post(url)
            .header("content-type", "application/json");
        let request = signature
            .into_iter()
            .fold(request, |request, signature| request.header("X-Hub-Signature-256", signature));
        let body = hook::written(&hook::envelope(&[change]));
        request.body(body).send().await.unwrap().status().as_u16()
    }

    /// Waits until the bot has everything that happened.
    pub async fn delivered(&self) {
        let none = |state: &mut State| state.hook.waiting.is_empty().then_some(());
        self.until(none, || "the bot did not take its webhooks".to_owned()).await;
    }

    /// Whether the bot has everything that happened.
    pub fn is_quiet(&self) -> bool {
        self.quietly(|state| state.hook.waiting.is_empty())
    }

    /// The changes that the bot took, each as often as it did.
    pub fn taken(&self) -> Vec<Value> {
        self.quietly(|state| state.hook.taken.clone())
    }

    /// What the bot called so far, in vain or not: `messages`, `media`, `get`, `download`, `templates`, `submit`, `apps`.
    pub fn calls(&self, what: &str) -> Vec<Call> {
        self.quietly(|state| state.calls.iter().filter(|call| call.what == what).cloned().collect())
    }

    /// The next call of this kind (`*`: of any) fails so; several wait in line.
    pub fn next(&self, what: &str, fault: Fault) {
        self.change(|state| state.faults.next.push_back((what.to_owned(), fault)));
    }

    /// Every call of this kind (`*`: of any) fails so, until [`WhatsApp::recovers`].
    pub fn fails(&self, what: &str, fault: Fault) {
        self.change(|state| state.faults.lasting = Some((what.to_owned(), fault)));
    }

    /// Nothing fails any more.
    pub fn recovers(&self) {
        self.change(|state| state.faults = Faults::default());
    }

    /// The next message is accepted, and a status says that it failed with this code.
    pub fn next_fails_with(&self, code: u32) {
        self.change(|state| state.failures.push_back(Refusal::of(code, "")));
    }

    /// Whether what comes too late for the window is accepted, and fails in a status.
    pub fn refuses_late(&self, late: bool) {
        self.change(|state| state.refuses_late = late);
    }

    /// Whether statuses are brought before their call is answered.
    pub fn tells_first(&self, first: bool) {
        self.change(|state| state.statuses_first = first);
    }

    /// How many messages may leave in a second to all, and in six seconds to one person.
    pub fn limits(&self, overall: usize, pair: usize) {
        self.change(|state| (state.rates.overall, state.rates.pair) = (overall, pair));
    }

    /// Nothing leaves for the bot until [`WhatsApp::releases`].
    pub fn holds(&self) {
        self.change(|state| state.hook.held = true);
    }

    /// What was held leaves in requests of up to `batch` changes, the newest first if `backwards`.
    pub fn releases(&self, backwards: bool, batch: usize) {
        self.change(|state| state.hook.release(backwards, batch));
    }

    /// Whether every request comes twice from now on.
    pub fn brings_twice(&self, twice: bool) {
        self.change(|state| state.hook.twice = twice);
    }

    /// A template in a language; `status` as Meta names it: APPROVED, PAUSED, PENDING, ...
    pub fn template(&self, name: &str, language: &str, body: &str, buttons: &[&str], status: &'static str) {
        let buttons = buttons.iter().map(|label| (*label).to_owned()).collect();
        let template = Template { body: body.to_owned(), buttons, category: "utility", status };
        self.change(|state| state.templates.insert((name.to_owned(), language.to_owned()), template));
    }

    /// Brings a change again that was taken before, as it was.
    pub fn brings(&self, change: &Value) {
        self.change(|state| state.hook.post(vec![change.clone()]));
    }

    /// What became of a message in a person's chat, whoever sent it.
    pub fn status_of(&self, phone: &str, id: &str) -> &'static str {
        self.quietly(|state| {
            let message = state.people[phone].messages.iter().find(|message| message.id == id);
            message.expect("a message").status
        })
    }

    /// Forgets that this person ever wrote: the window is closed.
    pub fn forgets_words(&self, phone: &str) {
        self.change(|state| state.people.get_mut(phone).unwrap().wrote = None);
    }

    /// The number's quality: GREEN, YELLOW or RED.
    pub fn quality(&self, quality: &'static str) {
        self.change(|state| state.quality = quality);
    }

    /// Every template that was handed in is approved.
    pub fn approves_all(&self) {
        self.change(|state| state.templates.values_mut().for_each(|template| template.status = "APPROVED"));
    }

    /// The templates: name, language, text.
    pub fn templates(&self) -> Vec<(String, String, String)> {
        self.quietly(|state| {
            let all = state.templates.iter();
            all.map(|((name, language), t)| (name.clone(), language.clone(), t.body.clone())).collect()
        })
    }

    /// A change that no person of these tests makes: its field, and its value but for what is the same in each.
    pub fn emits(&self, field: &str, value: Value) {
        self.change(|state| state.hook.push(field, value));
    }
}
