//! What the fake keeps: people, chats with what was said in them, files, and what is open between bot and Telegram.

use std::collections::{BTreeMap, VecDeque};

use axum::body::Bytes;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::super::provider::Faults;
use super::params::Params;
use super::profile::Profile;
use super::refusal::Refusal;
use super::updates::Updates;

/// The bot's own id; its token begins with it.
pub const BOT: i64 = 7_000_000_001;
pub const USERNAME: &str = "wasl_test_bot";

/// Somebody with a Telegram account.
#[derive(Debug, Clone)]
pub struct User {
    pub id: i64,
    pub first_name: String,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub language: Option<String>,
    /// With the country's number, without a plus.
    pub phone: String,
    pub deactivated: bool,
}

impl User {
    pub fn wire(&self) -> Value {
        let mut wire = json!({ "id": self.id, "is_bot": false, "first_name": self.first_name });
        let optional =
            [("last_name", &self.last_name), ("username", &self.username), ("language_code", &self.language)];
        for (key, value) in optional {
            if let Some(value) = value {
                wire[key] = json!(value);
            }
        }
        wire
    }
}

/// The bot as a user.
pub fn bot() -> Value {
    json!({ "id": BOT, "is_bot": true, "first_name": "wasl", "username": USERNAME })
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Private,
    Group { title: String, supergroup: bool },
}

#[derive(Debug, Clone)]
pub struct Chat {
    pub kind: Kind,
    /// What was said, as it is now; what was deleted too.
    pub messages: Vec<Message>,
    /// The buttons in place of the keyboard, if the bot put some there.
    pub keyboard: Option<Value>,
    /// The person wrote first: before that a bot cannot.
    pub started: bool,
    /// The person blocked the bot, or the group put it out.
    pub closed: bool,
    /// The supergroup that this group became.
    pub migrated_to: Option<i64>,
    /// Which actions ("typing") were shown.
    pub actions: Vec<String>,
    /// How far the person has read: see [`Message::shown`].
    pub read: u64,
}

#[derive(Debug, Clone)]
pub struct Message {
    pub id: i64,
    /// A user's id, or [`BOT`].
    pub from: i64,
    /// Seconds since 1970.
    pub date: i64,
    pub edited: Option<i64>,
    /// What it holds, as on the wire: text and entities, or a photo, ...
    pub content: Map<String, Value>,
    /// The buttons under it.
    pub inline: Option<Value>,
    /// It came with a reply keyboard (or took one away), so it cannot be edited.
    pub keyed: bool,
    pub deleted: bool,
    /// When it took its present shape, counted over everything that the bot showed.
    pub shown: u64,
}

/// A button that was pressed.
#[derive(Debug, Clone)]
pub struct Query {
    pub user: i64,
    /// Nothing turns in the button any more.
    pub answered: bool,
    pub expired: bool,
    /// What the bot wrote at the top of the screen.
    pub notice: Option<String>,
}

/// A file that Telegram holds.
#[derive(Debug, Clone)]
pub struct File {
    pub unique: String,
    pub path: String,
    pub size: u64,
    /// Empty for a file that is only said to be large.
    pub bytes: Bytes,
    /// It was asked for, and its link is not too old.
    pub linked: bool,
}

/// What the bot called, and the code of the answer.
#[derive(Debug, Clone)]
pub struct Call {
    /// In lower case.
    pub method: String,
    pub params: Params,
    /// None if it was left without an answer, or with one that is not Telegram's.
    pub code: Option<u16>,
}

/// How much a bot may send.
#[derive(Debug, Clone)]
pub struct Rates {
    /// Messages in any second, to all.
    pub overall: usize,
    /// Messages in any second to one chat, if that is watched.
    pub per_chat: Option<usize>,
    /// Whoever exceeds it waits so long, in seconds.
    pub penalty: u64,
    pub sent: VecDeque<(Instant, i64)>,
    pub until: Option<Instant>,
}

pub struct State {
    /// Seconds since 1970, by the clock of the test.
    pub now: i64,
    pub users: BTreeMap<i64, User>,
    pub chats: BTreeMap<i64, Chat>,
    pub updates: Updates,
    pub queries: BTreeMap<String, Query>,
    pub files: BTreeMap<String, File>,
    pub profile: Profile,
    pub calls: Vec<Call>,
    pub faults: Faults,
    pub rates: Rates,
    pub shown: u64,
    numbers: i64,
}

impl State {
    pub fn new() -> State {
        State {
            now: 0,
            users: BTreeMap::new(),
            chats: BTreeMap::new(),
            updates: Updates::new(),
            queries: BTreeMap::new(),
            files: BTreeMap::new(),
            profile: Profile::default(),
            calls: Vec::new(),
            faults: Faults::default(),
            rates: Rates { overall: 30, per_chat: None, penalty: 3, sent: VecDeque::new(), until: None },
            shown: 0,
            numbers: 0,
        }
    }

    /// A number that was not given before.
    pub fn number(&mut self) -> i64 {
        self.numbers += 1;
        self.numbers
    }

    pub fn add_chat(&mut self, id: i64, kind: Kind) {
        let chat = Chat {
            kind,
            messages: Vec::new(),
            keyboard: None,
            started: false,
            closed: false,
            migrated_to: None,
            actions: Vec::new(),
            read: 0,
        };
        self.chats.insert(id, chat);
    }

    /// A chat as it appears in messages.
    pub fn chat_wire(&self, id: i64) -> Value {
        match &self.chats[&id].kind {
            Kind::Group { title, supergroup } => {
                json!({ "id": id, "title": title, "type": if *supergroup { "supergroup" } else { "group" } })
            }
            Kind::Private => {
                let mut wire = self.users[&id].wire();
                let fields = wire.as_object_mut().unwrap();
                fields.retain(|key, _| key != "is_bot" && key != "language_code");
                fields.insert("type".to_owned(), json!("private"));
                wire
            }
        }
    }

    pub fn user_wire(&self, id: i64) -> Value {
        if id == BOT { bot() } else { self.users[&id].wire() }
    }

    /// A message as it travels.
    pub fn message_wire(&self, chat: i64, message: &Message) -> Value {
        let mut wire = json!({
            "message_id": message.id,
            "from": self.user_wire(message.from),
            "chat": self.chat_wire(chat),
            "date": message.date,
        });
        let fields = wire.as_object_mut().unwrap();
        fields.extend(message.content.clone());
        if let Some(at) = message.edited {
            fields.insert("edit_date".to_owned(), json!(at));
        }
        if let Some(inline) = &message.inline {
            fields.insert("reply_markup".to_owned(), inline.clone());
        }
        wire
    }

    /// Puts a message into a chat. Ids count up in each chat: nothing promises that two chats never share one.
    pub fn put(&mut self, chat: i64, from: i64, content: Map<String, Value>) -> &mut Message {
        let now = self.now;
        if from == BOT {
            self.shown += 1;
        }
        let shown = if from == BOT { self.shown } else { 0 };
        let messages = &mut self.chats.get_mut(&chat).unwrap().messages;
        let id = messages.last().map_or(1, |last| last.id + 1);
        messages.push(Message {
            id,
            from,
            date: now,
            edited: None,
            content,
            inline: None,
            keyed: false,
            deleted: false,
            shown,
        });
        messages.last_mut().unwrap()
    }

    /// The chat that a call names.
    pub fn named(&self, params: &Params) -> Result<i64, Refusal> {
        if !params.fields.contains_key("chat_id") {
            return Err(Refusal::bad("chat_id is empty"));
        }
        params.int("chat_id").filter(|id| self.chats.contains_key(id)).ok_or(Refusal::bad("chat not found"))
    }

    /// The chat that a call names, if the bot may write there.
    pub fn open_chat(&self, params: &Params) -> Result<i64, Refusal> {
        let id = self.named(params)?;
        let chat = &self.chats[&id];
        if let Some(to) = chat.migrated_to {
            return Err(Refusal::migrated(to));
        }
        match &chat.kind {
            Kind::Private if self.users[&id].deactivated => Err(Refusal::forbidden("user is deactivated")),
            // Whom the bot saw in a group it knows; of others it has never heard.
            Kind::Private if !chat.started && self.seen_in_a_group(id) => {
                Err(Refusal::forbidden("bot can't initiate conversation with a user"))
            }
            Kind::Private if !chat.started => Err(Refusal::bad("chat not found")),
            Kind::Private if chat.closed => Err(Refusal::forbidden("bot was blocked by the user")),
            Kind::Group { supergroup, .. } if chat.closed => {
                let kind = if *supergroup { "supergroup" } else { "group" };
                Err(Refusal::forbidden(&format!("bot was kicked from the {kind} chat")))
            }
            _ => Ok(id),
        }
    }

    fn seen_in_a_group(&self, user: i64) -> bool {
        let groups = self.chats.values().filter(|chat| chat.kind != Kind::Private);
        groups.flat_map(|group| &group.messages).any(|message| message.from == user)
    }

    /// A message of a chat that was not deleted.
    pub fn message(&mut self, chat: i64, id: i64) -> Option<&mut Message> {
        let messages = &mut self.chats.get_mut(&chat)?.messages;
        messages.iter_mut().find(|message| message.id == id && !message.deleted)
    }

    /// Takes a file in; its id, which is good for this bot only.
    pub fn keep(&mut self, folder: &str, extension: &str, bytes: Bytes, size: u64) -> String {
        let n = self.number();
        let id = format!("AgACAgQAAxkBAAI{n:05}Zx{:0>44}AAECAwQFBgcICQ", n * 7_919);
        let unique = format!("AQAD{n:06}tr3RUn");
        let path = format!("{folder}/file_{n}.{extension}");
        self.files.insert(id.clone(), File { unique, path, size, bytes, linked: false });
        id
    }
}
