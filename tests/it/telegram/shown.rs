//! A chat as a phone shows it.

use serde_json::Value;

use super::keyboard;
use super::state::{BOT, Chat, Message};

/// A message on a phone.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub id: i64,
    pub by_bot: bool,
    /// The text, or the caption.
    pub text: String,
    /// Entities of the text, as on the wire.
    pub entities: Vec<Value>,
    /// The labels of the buttons under it, row by row.
    pub buttons: Vec<Vec<String>>,
    pub edited: bool,
    /// What it is besides a text: "photo", "document", ...
    pub media: Option<String>,
}

const MEDIA: &[&str] =
    &["photo", "document", "voice", "video", "sticker", "location", "contact", "new_chat_members"];

impl Shown {
    pub fn of(message: &Message) -> Shown {
        let field = |key: &str| message.content.get(key);
        let text = field("text").or(field("caption")).and_then(Value::as_str).unwrap_or_default();
        let entities = field("entities").or(field("caption_entities")).and_then(Value::as_array);
        Shown {
            id: message.id,
            by_bot: message.from == BOT,
            text: text.to_owned(),
            entities: entities.cloned().unwrap_or_default(),
            buttons: message
                .inline
                .as_ref()
                .map_or_else(Vec::new, |m| keyboard::labels(&m["inline_keyboard"])),
            edited: message.edited.is_some(),
            media: MEDIA.iter().find(|kind| field(kind).is_some()).map(|kind| (*kind).to_owned()),
        }
    }

    /// What an entity of that type covers, piece by piece: `pieces("bold")`.
    pub fn pieces(&self, kind: &str) -> Vec<String> {
        let units: Vec<u16> = self.text.encode_utf16().collect();
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let covered = |entity: &Value| {
            let begin = number(&entity["offset"]);
            String::from_utf16(&units[begin..begin + number(&entity["length"])]).unwrap()
        };
        self.entities.iter().filter(|entity| entity["type"] == kind).map(covered).collect()
    }
}

/// Everything in the chat now, in lines: `bot: …`, `    [Yes] [No]`.
pub fn transcript(chat: &Chat, name: &str) -> String {
    let mut lines = Vec::new();
    let row = |labels: &Vec<String>| labels.iter().map(|label| format!(" [{label}]")).collect::<String>();
    for message in chat.messages.iter().filter(|message| !message.deleted) {
        let shown = Shown::of(message);
        let media = shown.media.map_or_else(String::new, |media| format!("<{media}> "));
        let edited = if shown.edited { " (edited)" } else { "" };
        let who = if shown.by_bot { "bot" } else { name };
        lines.push(format!("{who}: {media}{}{edited}", shown.text.replace('\n', "\n    ")));
        lines.extend(shown.buttons.iter().map(|labels| format!("   {}", row(labels))));
    }
    if let Some(keys) = &chat.keyboard {
        lines
            .extend(keyboard::labels(&keys["keyboard"]).iter().map(|labels| format!("keys:{}", row(labels))));
    }
    lines.join("\n")
}
