//! A person with a phone: what they do, and what they see.

use serde_json::{Map, Value, json};

use super::super::harness::plain;
use super::Telegram;
use super::shown::{self, Shown};
use super::state::{BOT, Kind, Query, State, User, bot};
use super::text::{Entity, units};

/// The longest text of one message, in UTF-16 units.
const LONGEST: usize = 4096;

/// Somebody in a private chat with the bot. Acts return at once; what is expected is waited for.
#[derive(Clone)]
pub struct Person {
    pub telegram: Telegram,
    /// The user's id, and that of the private chat.
    pub id: i64,
}

impl Telegram {
    /// Somebody new, who never wrote to the bot.
    pub fn person(&self, first_name: &str) -> Person {
        let id = self.change(|state| {
            // Ids of new accounts no longer fit into 32 bits.
            let id = 6_100_000_000 + state.number() * 7_919;
            let user = User {
                id,
                first_name: first_name.to_owned(),
                last_name: None,
                username: None,
                language: Some("en".to_owned()),
                phone: format!("9665{:08}", id % 100_000_000),
                deactivated: false,
            };
            state.users.insert(id, user);
            state.add_chat(id, Kind::Private);
            id
        });
        Person { telegram: self.clone(), id }
    }
}

/// A text as a phone sends it: a leading command is marked.
pub fn said(text: &str) -> Map<String, Value> {
    let mut content = Map::from_iter([("text".to_owned(), json!(text))]);
    if let Some(command) = text.split_whitespace().next().filter(|_| text.starts_with('/')) {
        let entity = Entity::new("bot_command", 0, units(command)).wire();
        content.insert("entities".to_owned(), json!([entity]));
    }
    content
}

impl Person {
    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.telegram.change(act)
    }

    /// Changes what the account says of itself.
    pub fn account(self, change: impl FnOnce(&mut User)) -> Person {
        self.with(|state| change(state.users.get_mut(&self.id).unwrap()));
        self
    }

    /// The language of the phone.
    pub fn speaks(self, language: &str) -> Person {
        self.account(|user| user.language = Some(language.to_owned()))
    }

    /// Sends something to the bot: a `message` update. The message's id.
    pub fn sends(&self, content: Map<String, Value>) -> i64 {
        self.with(|state| {
            let chat = state.chats.get_mut(&self.id).unwrap();
            assert!(!chat.closed, "who blocked the bot cannot write: unblock it first");
            chat.started = true;
            let message = state.put(self.id, self.id, content).clone();
            let wire = state.message_wire(self.id, &message);
            state.updates.push("message", self.id, wire, state.now);
            message.id
        })
    }

    /// Writes something; what is too long for one message is sent as several, as apps do. The last one's id.
    pub fn says(&self, text: &str) -> i64 {
        let (mut rest, mut id) = (text, 0);
        while !rest.is_empty() {
            let mut room = LONGEST;
            let fits = |c: char| {
                room = room.checked_sub(c.len_utf16())?;
                Some(c.len_utf8())
            };
            let end = rest.chars().map_while(fits).sum();
            let (piece, after) = rest.split_at(end);
            id = self.sends(said(piece));
            rest = after;
        }
        id
    }

    /// Opens the bot, from a link with a payload or without.
    pub fn starts(&self, payload: Option<&str>) -> i64 {
        self.says(&payload.map_or_else(|| "/start".to_owned(), |payload| format!("/start {payload}")))
    }

    /// Changes what was said before.
    pub fn edits(&self, id: i64, text: &str) {
        self.with(|state| {
            let now = state.now;
            let message = state.message(self.id, id).expect("a message to edit");
            assert_eq!(message.from, self.id, "one's own messages only");
            message.content.remove("entities");
            message.content.extend(said(text));
            message.edited = Some(now);
            let message = message.clone();
            let wire = state.message_wire(self.id, &message);
            state.updates.push("edited_message", self.id, wire, now);
        });
    }

    /// Presses a button under the newest message that has it: a `callback_query`, whose id this returns.
    #[track_caller]
    pub fn taps(&self, label: &str) -> String {
        let found = self
            .chat()
            .iter()
            .rev()
            .find(|shown| shown.buttons.iter().flatten().any(|l| l == label))
            .map(|s| s.id);
        let id = found.unwrap_or_else(|| panic!("no button {label:?} in:\n{}", self.transcript()));
        self.taps_on(id, label)
    }

    /// Presses a button under this message: also under one that is deleted in this moment, which then comes without
    /// its content.
    #[track_caller]
    pub fn taps_on(&self, id: i64, label: &str) -> String {
        let data = self.button(id, label)["callback_data"].as_str().map(str::to_owned);
        let data = data.unwrap_or_else(|| panic!("{label:?} is no button that tells the bot"));
        self.with(|state| {
            let message =
                state.chats[&self.id].messages.iter().find(|message| message.id == id).unwrap().clone();
            let message = if message.deleted {
                json!({ "chat": state.chat_wire(self.id), "message_id": id, "date": 0 })
            } else {
                state.message_wire(self.id, &message)
            };
            let n = state.number();
            let query = format!("{}", self.id * 1_000_000 + n);
            state.queries.insert(
                query.clone(),
                Query { user: self.id, answered: false, expired: false, notice: None },
            );
            let body = json!({
                "id": query,
                "from": state.user_wire(self.id),
                "message": message,
                "chat_instance": format!("-{}", self.id * 31),
                "data": data,
            });
            state.updates.push("callback_query", self.id, body, state.now);
            query
        })
    }

    /// The button as the bot sent it.
    #[track_caller]
    pub fn button(&self, id: i64, label: &str) -> Value {
        let messages = self.with(|state| state.chats[&self.id].messages.clone());
        let message = messages.into_iter().find(|message| message.id == id).expect("a message of this chat");
        let rows = message.inline.unwrap_or_default()["inline_keyboard"].take();
        let mut buttons = rows.as_array().into_iter().flatten().filter_map(Value::as_array).flatten();
        let found = buttons.find(|button| button["text"] == label).cloned();
        found.unwrap_or_else(|| panic!("no button {label:?} under:\n{}", self.transcript()))
    }

    /// Presses a key that the bot put in place of the keyboard: its label is said, or what it asks for is shared.
    #[track_caller]
    pub fn presses(&self, label: &str) -> i64 {
        let keys = self.with(|state| state.chats[&self.id].keyboard.clone()).unwrap_or_default();
        let keys = keys["keyboard"].as_array().cloned().unwrap_or_default();
        let mut keys = keys.iter().filter_map(Value::as_array).flatten();
        let key = keys.find(|key| key["text"] == label || **key == label);
        let key = key.unwrap_or_else(|| panic!("no key {label:?} in:\n{}", self.transcript()));
        if key["request_contact"] == true {
            self.shares_contact()
        } else if key["request_location"] == true {
            self.sends_place(21.4858, 39.1925)
        } else {
            self.says(label)
        }
    }

    fn moves(&self, closed: bool) {
        self.with(|state| {
            state.chats.get_mut(&self.id).unwrap().closed = closed;
            let member = json!({ "user": bot(), "status": "member" });
            let kicked = json!({ "user": bot(), "status": "kicked", "until_date": 0 });
            let (old, new) = if closed { (member, kicked) } else { (kicked, member) };
            let body = json!({
                "chat": state.chat_wire(self.id),
                "from": state.user_wire(self.id),
                "date": state.now,
                "old_chat_member": old,
                "new_chat_member": new,
            });
            state.updates.push("my_chat_member", self.id, body, state.now);
        });
    }

    /// Blocks the bot; it hears so, and cannot write any more.
    pub fn blocks(&self) {
        self.moves(true);
    }

    pub fn unblocks(&self) {
        self.moves(false);
    }

    /// Closes the account. Nobody hears of that.
    pub fn leaves(&self) {
        self.with(|state| state.users.get_mut(&self.id).unwrap().deactivated = true);
    }

    /// Everything in the chat, as the phone shows it now.
    pub fn chat(&self) -> Vec<Shown> {
        let messages = self.with(|state| state.chats[&self.id].messages.clone());
        messages.iter().filter(|message| !message.deleted).map(Shown::of).collect()
    }

    /// The bot's last message.
    #[track_caller]
    pub fn last(&self) -> Shown {
        self.chat().into_iter().rev().find(|shown| shown.by_bot).expect("the bot said nothing yet")
    }

    /// How many of the bot's messages hold these words now.
    pub fn times(&self, words: &str) -> usize {
        self.chat().iter().filter(|shown| shown.by_bot && plain(&shown.text).contains(words)).count()
    }

    /// Waits until the bot says (or edits into) something with these words, later than what was expected before.
    pub async fn expects(&self, words: &str) -> Shown {
        let new = |state: &mut State| {
            let chat = state.chats.get_mut(&self.id).unwrap();
            let mut new: Vec<_> =
                chat.messages.iter().filter(|m| m.from == BOT && !m.deleted && m.shown > chat.read).collect();
            new.sort_by_key(|message| message.shown);
            let found = new.into_iter().find(|message| plain(&Shown::of(message).text).contains(words))?;
            chat.read = found.shown;
            Some(Shown::of(found))
        };
        self.telegram.until(new, || format!("{words:?} did not come:\n{}", self.transcript())).await
    }

    /// The labels that stand in place of the keyboard, row by row.
    pub fn keys(&self) -> Vec<Vec<String>> {
        let keyboard = self.with(|state| state.chats[&self.id].keyboard.clone()).unwrap_or_default();
        super::keyboard::labels(&keyboard["keyboard"])
    }

    /// Whether something still turns in this button, and what the bot wrote at the top of the screen.
    pub fn press(&self, query: &str) -> (bool, Option<String>) {
        self.with(|state| {
            let query = &state.queries[query];
            assert_eq!(query.user, self.id, "somebody else's press");
            (!query.answered, query.notice.clone())
        })
    }

    /// How often the chat showed that the bot is busy, as "typing".
    pub fn actions(&self) -> Vec<String> {
        self.with(|state| state.chats[&self.id].actions.clone())
    }

    /// The whole chat in lines.
    pub fn transcript(&self) -> String {
        self.with(|state| shown::transcript(&state.chats[&self.id], &state.users[&self.id].first_name))
    }
}
