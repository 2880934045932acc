//! A group that the bot is in.

use serde_json::{Map, Value, json};

use super::Telegram;
use super::person::{Person, said};
use super::shown::Shown;
use super::state::{BOT, Kind, State, USERNAME, bot};

/// A group chat. What people say there reaches the bot only if it is a command, names the bot, or answers it: privacy
/// mode is on, as it is unless somebody turned it off.
#[derive(Clone)]
pub struct Group {
    telegram: Telegram,
    pub id: i64,
}

/// The bot's standing in a group changed by somebody's hand.
fn moved(state: &mut State, group: i64, by: i64, old: &str, new: &str) {
    let mut body = json!({
        "chat": state.chat_wire(group),
        "from": state.user_wire(by),
        "date": state.now,
        "old_chat_member": { "user": bot(), "status": old },
        "new_chat_member": { "user": bot(), "status": new },
    });
    if new == "kicked" {
        // For good.
        body["new_chat_member"]["until_date"] = json!(0);
    }
    state.updates.push("my_chat_member", group, body, state.now);
}

/// Something is said in a group, and the bot hears it.
fn heard(state: &mut State, group: i64, from: i64, content: Map<String, Value>) -> i64 {
    let message = state.put(group, from, content).clone();
    let wire = state.message_wire(group, &message);
    state.updates.push("message", group, wire, state.now);
    message.id
}

fn field(key: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), value)])
}

impl Telegram {
    /// A group that `by` made, with the bot in it.
    pub fn group(&self, title: &str, by: &Person) -> Group {
        let id = self.change(|state| {
            let id = -(4_000_000_000 + state.number());
            state.add_chat(id, Kind::Group { title: title.to_owned(), supergroup: false });
            moved(state, id, by.id, "left", "member");
            heard(state, id, by.id, field("new_chat_members", json!([bot()])));
            id
        });
        Group { telegram: self.clone(), id }
    }
}

impl Group {
    /// Somebody says something in the group.
    pub fn hears(&self, who: &Person, text: &str) -> i64 {
        self.telegram.change(|state| {
            let to_the_bot = text.starts_with('/') || text.contains(&format!("@{USERNAME}"));
            if to_the_bot {
                heard(state, self.id, who.id, said(text))
            } else {
                state.put(self.id, who.id, said(text)).id
            }
        })
    }

    /// The group becomes a supergroup: another chat, with another id.
    pub fn upgrades(&self, by: &Person) -> Group {
        let id = self.telegram.change(|state| {
            let id = -(1_002_000_000_000 + state.number());
            let Kind::Group { title, .. } = state.chats[&self.id].kind.clone() else { panic!("no group") };
            state.add_chat(id, Kind::Group { title, supergroup: true });
            heard(state, self.id, by.id, field("migrate_to_chat_id", json!(id)));
            heard(state, id, by.id, field("migrate_from_chat_id", json!(self.id)));
            state.chats.get_mut(&self.id).unwrap().migrated_to = Some(id);
            id
        });
        Group { telegram: self.telegram.clone(), id }
    }

    /// Somebody puts the bot out.
    pub fn puts_the_bot_out(&self, by: &Person) {
        self.telegram.change(|state| {
            state.chats.get_mut(&self.id).unwrap().closed = true;
            moved(state, self.id, by.id, "member", "kicked");
        });
    }

    /// What the bot said there, as phones show it now.
    pub fn chat(&self) -> Vec<Shown> {
        let messages = self.telegram.change(|state| state.chats[&self.id].messages.clone());
        messages.iter().filter(|m| m.from == BOT && !m.deleted).map(Shown::of).collect()
    }
}
