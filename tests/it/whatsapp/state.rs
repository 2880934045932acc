//! What the fake keeps: people and what was said, templates, media, and what waits for the webhook.

use std::collections::{BTreeMap, VecDeque};

use axum::body::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::super::provider::Faults;
use super::hook::Hook;
use super::refusal::Refusal;

/// Our number, as the API names it and as people see it.
pub const NUMBER_ID: &str = "106540352242922";
pub const NUMBER: &str = "15550783881";
pub const ACCOUNT: &str = "102290129340398";
/// A person's last message opens the window for so long, in seconds.
pub const WINDOW: i64 = 24 * 3600;

/// Somebody with WhatsApp.
#[derive(Debug, Clone)]
pub struct User {
    /// The number, digits only.
    pub phone: String,
    /// The id within our business.
    pub user_id: String,
    pub name: String,
    pub username: Option<String>,
    /// Whoever has a username may hide the number from us.
    pub hidden: bool,
    /// Nothing reaches them: they blocked us, or have an app too old.
    pub unreachable: bool,
    /// The phone is off: what is sent stays "sent".
    pub away: bool,
    /// When they wrote last, in seconds since 1970.
    pub wrote: Option<i64>,
    pub messages: Vec<Message>,
    /// How far they have read: see [`Message::shown`].
    pub read: u64,
}

#[derive(Debug, Clone)]
pub struct Message {
    pub id: String,
    pub by_bot: bool,
    /// What it is, and its content: `{"type": "text", "text": {…}}`.
    pub body: Value,
    /// What came last: accepted, sent, delivered, read, failed.
    pub status: &'static str,
    /// Ours, to come back in statuses.
    pub callback: Option<String>,
    /// It reached the phone; counted over everything the bot sent.
    pub shown: u64,
    /// What WhatsApp charges it as, and whether.
    pub pricing: Value,
}

#[derive(Debug, Clone)]
pub struct Template {
    /// With `{{1}}`, `{{2}}`, ... for its parameters.
    pub body: String,
    /// The labels of its quick-reply buttons.
    pub buttons: Vec<String>,
    pub category: &'static str,
    /// APPROVED, PAUSED, PENDING, ...
    pub status: &'static str,
}

#[derive(Debug, Clone)]
pub struct Media {
    pub mime: String,
    pub bytes: Bytes,
    /// Seconds since 1970.
    pub until: i64,
}

/// What the bot called, and the HTTP status of the answer, if it was Meta's.
#[derive(Debug, Clone)]
pub struct Call {
    /// `messages`, `media`, `get`, `download`, `templates`, `submit` or `apps`.
    pub what: &'static str,
    pub body: Value,
    pub status: Option<u16>,
}

/// How much may be sent: to all in a second, and to one person in six.
#[derive(Debug, Clone)]
pub struct Rates {
    pub overall: usize,
    pub pair: usize,
    pub sent: VecDeque<(Instant, String)>,
}

pub struct State {
    /// Seconds since 1970, by the clock of the test.
    pub now: i64,
    /// By phone number.
    pub people: BTreeMap<String, User>,
    /// By name and language.
    pub templates: BTreeMap<(String, String), Template>,
    pub media: BTreeMap<String, Media>,
    /// The links of media, by their secret: which, and until when.
    pub links: BTreeMap<String, (String, i64)>,
    pub hook: Hook,
    pub calls: Vec<Call>,
    pub faults: Faults,
    pub rates: Rates,
    /// What cannot be sent free of form is accepted, and fails in a status: as Meta does most of the time.
    pub refuses_late: bool,
    /// Statuses are brought before the call is answered.
    pub statuses_first: bool,
    /// The next messages are accepted, and fail so.
    pub failures: VecDeque<Refusal>,
    pub shown: u64,
    /// GREEN, YELLOW or RED.
    pub quality: &'static str,
    numbers: u64,
}

impl State {
    pub fn new() -> State {
        State {
            now: 0,
            people: BTreeMap::new(),
            templates: BTreeMap::new(),
            media: BTreeMap::new(),
            links: BTreeMap::new(),
            hook: Hook::new(),
            calls: Vec::new(),
            faults: Faults::default(),
            rates: Rates { overall: 80, pair: 45, sent: VecDeque::new() },
            refuses_late: false,
            statuses_first: false,
            failures: VecDeque::new(),
            shown: 0,
            quality: "GREEN",
            numbers: 0,
        }
    }

    /// A number that was not given before.
    pub fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// A message's id.
    pub fn wamid(&mut self) -> String {
        let n = self.number();
        format!("wamid.HBgMOTY2NTAxMjM0NTY3FQIAERgS{:022X}A=", n * 0x9E37_79B9)
    }

    /// Whom `to` or `recipient` names.
    pub fn named(&self, key: &str) -> Option<&User> {
        let digits: String = key.chars().filter(char::is_ascii_digit).collect();
        self.people.get(&digits).or_else(|| self.people.values().find(|user| user.user_id == key))
    }

    /// A person as `contacts` of a webhook shows them.
    pub fn contact(user: &User) -> Value {
        let mut contact = json!({ "profile": { "name": user.name }, "user_id": user.user_id });
        if let Some(username) = &user.username {
            contact["profile"]["username"] = json!(username);
        }
        if !user.hidden {
            contact["wa_id"] = json!(user.phone);
        }
        contact
    }

    /// Takes a file in; its id, good for so many days.
    pub fn keep(&mut self, mime: &str, bytes: Bytes, days: i64) -> String {
        let id = format!("{}", 1_037_543_291_543_000 + self.number());
        let until = self.now + days * 24 * 3600;
        self.media.insert(id.clone(), Media { mime: mime.to_owned(), bytes, until });
        id
    }

    /// A status of a message that the bot sent, for the webhook.
    pub fn tell(&mut self, phone: &str, id: &str, status: &'static str, error: Option<&Refusal>) {
        let now = self.now;
        let user = self.people.get_mut(phone).unwrap();
        let message = user.messages.iter_mut().find(|message| message.id == id).unwrap();
        message.status = status;
        let mut told = json!({
            "id": id,
            "status": status,
            "timestamp": now.to_string(),
            "recipient_user_id": user.user_id,
        });
        if !user.hidden {
            told["recipient_id"] = json!(user.phone);
        }
        if let Some(callback) = &message.callback {
            told["biz_opaque_callback_data"] = json!(callback);
        }
        match error {
            Some(error) => told["errors"] = json!([error.in_status()]),
            None => told["pricing"] = message.pricing.clone(),
        }
        let mut value = json!({ "statuses": [told] });
        if error.is_none() {
            value["contacts"] = json!([State::contact(user)]);
        }
        self.hook.push("messages", value);
    }
}
