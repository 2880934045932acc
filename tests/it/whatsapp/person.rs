//! A person with a phone: what they do, and what they see.

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::harness::plain;
use super::WhatsApp;
use super::state::{Message, NUMBER, State, User};

/// How long media from webhooks is kept, in days.
const KEPT: i64 = 7;

/// Somebody with WhatsApp. Acts return at once; what is expected is waited for.
#[derive(Clone)]
pub struct Person {
    whatsapp: WhatsApp,
    pub phone: String,
}

/// A message on a phone.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub id: String,
    pub by_bot: bool,
    /// The text, or the caption.
    pub text: String,
    /// The labels of its buttons, or of the rows of its list.
    pub labels: Vec<String>,
    /// text, interactive, template, image, ...
    pub kind: String,
    /// What became of it last.
    pub status: &'static str,
}

impl State {
    pub fn add_person(&mut self, phone: &str, name: &str, unreachable: bool) {
        let user = User {
            phone: phone.to_owned(),
            user_id: format!("SA.{}", 13_491_208_655_302_741_u64 + self.number()),
            name: name.to_owned(),
            username: None,
            hidden: false,
            unreachable,
            away: false,
            wrote: None,
            messages: Vec::new(),
            read: 0,
        };
        self.people.insert(phone.to_owned(), user);
    }
}

impl WhatsApp {
    /// Somebody new with this number, digits only, who never wrote to us.
    pub fn person(&self, phone: &str, name: &str) -> Person {
        self.change(|state| state.add_person(phone, name, false));
        Person { whatsapp: self.clone(), phone: phone.to_owned() }
    }
}

/// The buttons of a message: label, and the answer that pressing it gives.
fn buttons(message: &Message) -> Vec<(String, Value)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let interactive = &message.body["interactive"];
    let replies = interactive["action"]["buttons"].as_array().into_iter().flatten().map(|button| {
        let reply = json!({ "type": "button_reply", "button_reply": button["reply"] });
        (text(&button["reply"]["title"]), json!({ "type": "interactive", "interactive": reply }))
    });
    let sections = interactive["action"]["sections"].as_array().into_iter().flatten();
    let rows = sections.filter_map(|section| section["rows"].as_array()).flatten().map(|row| {
        let reply = json!({ "type": "list_reply", "list_reply": row });
        (text(&row["title"]), json!({ "type": "interactive", "interactive": reply }))
    });
    let payloads = message.body["payloads"].as_array().into_iter().flatten();
    let labels = message.body["buttons"].as_array().into_iter().flatten();
    let quick = labels.zip(payloads).map(|(label, payload)| {
        (text(label), json!({ "type": "button", "button": { "text": label, "payload": payload } }))
    });
    replies.chain(rows).chain(quick).collect()
}

impl Shown {
    fn of(message: &Message) -> Shown {
        let kind = message.body["type"].as_str().unwrap_or_default().to_owned();
        let inside = &message.body[&kind];
        let texts = [
            &inside["body"],
            &inside["body"]["text"],
            &inside["caption"],
            &message.body["text"]["body"],
            &inside["button_reply"]["title"],
            &inside["list_reply"]["title"],
            &inside["text"],
        ];
        let text = texts.iter().find_map(|text| text.as_str()).unwrap_or_default().to_owned();
        Shown {
            id: message.id.clone(),
            by_bot: message.by_bot,
            text,
            labels: buttons(message).into_iter().map(|(label, _)| label).collect(),
            kind,
            status: message.status,
        }
    }
}

impl Person {
    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.whatsapp.change(act)
    }

    fn me<T>(&self, act: impl FnOnce(&mut User) -> T) -> T {
        self.with(|state| act(state.people.get_mut(&self.phone).unwrap()))
    }

    /// The id within our business.
    pub fn user_id(&self) -> String {
        self.me(|user| user.user_id.clone())
    }

    /// Takes a username, and hides the number from us.
    pub fn hides_number(&self, username: &str) {
        self.me(|user| (user.username, user.hidden) = (Some(username.to_owned()), true));
    }

    /// Nothing reaches this person any more; nobody is told why.
    pub fn blocks(&self) {
        self.me(|user| user.unreachable = true);
    }

    /// The phone is off.
    pub fn goes_away(&self) {
        self.me(|user| user.away = true);
    }

    /// The phone is on again: what was sent meanwhile arrives.
    pub fn comes_back(&self) {
        self.with(|state| {
            let user = state.people.get_mut(&self.phone).unwrap();
            user.away = false;
            let sent = user.messages.iter().filter(|m| m.by_bot && m.status == "sent");
            for id in sent.map(|message| message.id.clone()).collect::<Vec<_>>() {
                state.arrive(&self.phone, &id);
            }
        });
    }

    /// Sends something, `{"type": …, …}`; the message's id.
    pub fn sends(&self, body: Value) -> String {
        self.with(|state| {
            let (id, now) = (state.wamid(), state.now);
            let user = state.people.get_mut(&self.phone).unwrap();
            user.wrote = Some(now);
            let mut message = body.clone();
            message["id"] = json!(id);
            message["timestamp"] = json!(now.to_string());
            message["from_user_id"] = json!(user.user_id);
            if !user.hidden {
                message["from"] = json!(user.phone);
            }
            user.messages.push(Message {
                id: id.clone(),
                by_bot: false,
                body,
                status: "sent",
                callback: None,
                shown: 0,
                pricing: Value::Null,
            });
            let value = json!({ "contacts": [State::contact(user)], "messages": [message] });
            state.hook.push("messages", value);
            id
        })
    }

    pub fn says(&self, text: &str) -> String {
        self.sends(json!({ "type": "text", "text": { "body": text } }))
    }

    /// Answers a message of the bot: quotes it.
    pub fn answers(&self, id: &str, text: &str) -> String {
        self.sends(
            json!({ "type": "text", "text": { "body": text }, "context": { "from": NUMBER, "id": id } }),
        )
    }

    /// Presses a button, or chooses a row, of the newest message that has it.
    #[track_caller]
    pub fn taps(&self, label: &str) -> String {
        let messages = self.me(|user| user.messages.clone());
        let arrived = messages.iter().rev().filter(|message| message.by_bot && message.shown > 0);
        let mut buttons = arrived.flat_map(|message| {
            buttons(message).into_iter().map(|(label, reply)| (label, reply, message.id.clone()))
        });
        let found = buttons.find(|(found, ..)| found == label);
        let (_, mut reply, id) = found.unwrap_or_else(|| panic!("no {label:?} in:\n{}", self.transcript()));
        reply["context"] = json!({ "from": NUMBER, "id": id });
        self.sends(reply)
    }

    /// Sends a file: image, document, audio, video or sticker; `more` is what it has besides, as a caption.
    pub fn sends_file(&self, kind: &str, mime: &str, bytes: &[u8], more: &Value) -> String {
        let id = self.with(|state| state.keep(mime, Bytes::copy_from_slice(bytes), KEPT));
        let mut file =
            json!({ "id": id, "mime_type": mime, "sha256": STANDARD.encode(Sha256::digest(bytes)) });
        file.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.sends(json!({ "type": kind, kind: file }))
    }

    pub fn sends_place(&self, latitude: f64, longitude: f64) -> String {
        self.sends(
            json!({ "type": "location", "location": { "latitude": latitude, "longitude": longitude } }),
        )
    }

    /// Reacts to a message, or takes that back.
    pub fn reacts(&self, id: &str, emoji: &str) -> String {
        self.sends(json!({ "type": "reaction", "reaction": { "message_id": id, "emoji": emoji } }))
    }

    /// Sends what the API cannot carry.
    pub fn sends_what_nobody_can_read(&self) -> String {
        let error = json!({
            "code": 131_051,
            "title": "Message type unknown",
            "message": "Message type unknown",
            "error_data": { "details": "Message type is currently not supported." },
        });
        self.sends(json!({ "type": "unsupported", "errors": [error] }))
    }

    /// Takes another number: everything else, and the chat, stays. The id within our business changes too.
    pub fn changes_number(&mut self, phone: &str) {
        self.with(|state| {
            let mut user = state.people.remove(&self.phone).unwrap();
            let (old, old_id) = (user.phone.clone(), user.user_id.clone());
            (user.phone, user.user_id) =
                (phone.to_owned(), format!("SA.{}", 24_817_305_912_873_645_u64 + state.number()));
            let new_id = user.user_id.clone();
            let (id, now) = (state.wamid(), state.now.to_string());
            let system = json!({
                "body": format!("User {} changed from {old} to {phone}", user.name),
                "wa_id": phone,
                "type": "user_changed_number",
            });
            let message =
                json!({ "from": old, "id": id, "timestamp": now, "type": "system", "system": system });
            state.hook.push("messages", json!({ "messages": [message] }));
            let update = json!({
                "wa_id": phone,
                "detail": format!("User id for {} has been updated.", user.name),
                "user_id": { "previous": old_id, "current": new_id },
                "timestamp": now,
            });
            let value = json!({ "contacts": [State::contact(&user)], "user_id_update": [update] });
            state.hook.push("user_id_update", value);
            state.people.insert(phone.to_owned(), user);
        });
        self.phone = phone.to_owned();
    }

    /// Opens the chat: everything that arrived is read.
    pub fn reads(&self) {
        self.with(|state| {
            let messages = &state.people[&self.phone].messages;
            let unread = messages.iter().filter(|message| message.by_bot && message.status == "delivered");
            for id in unread.map(|message| message.id.clone()).collect::<Vec<_>>() {
                state.tell(&self.phone, &id, "read", None);
            }
        });
    }

    /// Everything in the chat, as the phone shows it now.
    pub fn chat(&self) -> Vec<Shown> {
        let messages = self.me(|user| user.messages.clone());
        messages.iter().filter(|message| !message.by_bot || message.shown > 0).map(Shown::of).collect()
    }

    /// The bot's last message.
    #[track_caller]
    pub fn last(&self) -> Shown {
        self.chat().into_iter().rev().find(|shown| shown.by_bot).expect("the bot said nothing yet")
    }

    /// What became of everything that the bot sent, whether it arrived or not.
    pub fn statuses(&self) -> Vec<&'static str> {
        self.me(|user| user.messages.iter().filter(|m| m.by_bot).map(|m| m.status).collect())
    }

    /// How many of the bot's messages hold these words.
    pub fn times(&self, words: &str) -> usize {
        self.chat().iter().filter(|shown| shown.by_bot && plain(&shown.text).contains(words)).count()
    }

    /// Waits until something with these words arrives, later than what was expected before.
    pub async fn expects(&self, words: &str) -> Shown {
        let new = |state: &mut State| {
            let user = state.people.get_mut(&self.phone).unwrap();
            let mut new: Vec<_> = user.messages.iter().filter(|m| m.by_bot && m.shown > user.read).collect();
            new.sort_by_key(|message| message.shown);
            let found = new.into_iter().find(|message| plain(&Shown::of(message).text).contains(words))?;
            user.read = found.shown;
            Some(Shown::of(found))
        };
        self.whatsapp.until(new, || format!("{words:?} did not come:\n{}", self.transcript())).await
    }

    /// The whole chat in lines.
    pub fn transcript(&self) -> String {
        let name = self.me(|user| user.name.clone());
        let mut lines = Vec::new();
        for shown in self.chat() {
            let who = if shown.by_bot { "bot" } else { &name };
            let plain = ["text", "interactive", "template", "button"].contains(&shown.kind.as_str());
            let kind = if plain { String::new() } else { format!("<{}> ", shown.kind) };
            lines.push(format!("{who}: {kind}{}", shown.text.replace('\n', "\n    ")));
            lines.extend(shown.labels.iter().map(|label| format!("    [{label}]")));
        }
        lines.join("\n")
    }
}
