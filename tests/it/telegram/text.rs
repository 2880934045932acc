//! What Telegram makes of a text: entities in UTF-16 units, HTML parsed, cleaned, trimmed and measured
//! (tdlib/td, `MessageEntity.cpp` and `misc.cpp`).

use serde_json::{Map, Value};

use super::html;
use super::params::Params;
use super::refusal::Refusal;

const ENTITIES: &[&str] = &[
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
];

/// A stretch of a text; offset and length in UTF-16 units.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    pub offset: usize,
    pub length: usize,
    /// `type`, and what that type has besides.
    pub more: Map<String, Value>,
}

impl Entity {
    pub fn new(kind: &str, offset: usize, length: usize) -> Entity {
        let more = Map::from_iter([("type".to_owned(), Value::from(kind))]);
        Entity { offset, length, more }
    }

    pub fn with(mut self, key: &str, value: &str) -> Entity {
        self.more.insert(key.to_owned(), Value::from(value));
        self
    }

    pub fn wire(&self) -> Value {
        let mut wire = self.more.clone();
        wire.insert("offset".to_owned(), Value::from(self.offset));
        wire.insert("length".to_owned(), Value::from(self.length));
        Value::Object(wire)
    }
}

pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The text of a call as people will see it: `named` and its entities, or its parse mode.
pub fn read(params: &Params, named: &str, entities: &str) -> Result<(String, Vec<Entity>), Refusal> {
    let text = clean(params.text(named).unwrap_or_default());
    let (text, entities) = match params.text("parse_mode").map(str::to_lowercase).as_deref() {
        None | Some("") => {
            let entities = given(&text, params.json(entities))?;
            (text, entities)
        }
        Some("html") => {
            html::parse(&text).map_err(|why| Refusal::bad(&format!("can't parse entities: {why}")))?
        }
        Some(_) => return Err(Refusal::bad("unsupported parse_mode")),
    };
    Ok(trim(&text, entities))
}

/// Control characters become spaces; line and paragraph separators, embeddings and overrides of direction (U+2028 to
/// U+202E) and three combining lines vanish. Isolates (U+2066 to U+2069) stay.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\r' | '\u{2028}'..='\u{202E}' | '\u{0333}' | '\u{033F}' | '\u{030A}'))
        .map(|c| if c < ' ' && c != '\n' { ' ' } else { c })
        .collect()
}

/// The entities of a call that lists them.
fn given(text: &str, list: Option<Value>) -> Result<Vec<Entity>, Refusal> {
    let Some(Value::Array(list)) = list else { return Ok(Vec::new()) };
    let edges: Vec<usize> = text
        .chars()
        .scan(0, |at, c| {
            *at += c.len_utf16();
            Some(*at)
        })
        .collect();
    let edge = |at: usize| at == 0 || edges.binary_search(&at).is_ok();
    let mut entities = Vec::new();
    for one in list {
        let Value::Object(mut more) = one else {
            return Err(Refusal::bad("can't parse MessageEntity: expected an Object"));
        };
        let number = |value: Option<Value>| value.as_ref().and_then(Value::as_i64);
        let (offset, length) = (number(more.remove("offset")), number(more.remove("length")));
        let (Some(offset), Some(length)) = (offset, length) else {
            return Err(Refusal::bad("can't parse MessageEntity: Can't find field \"offset\""));
        };
        if !more.get("type").and_then(Value::as_str).is_some_and(|kind| ENTITIES.contains(&kind)) {
            return Err(Refusal::bad("can't parse MessageEntity: Unsupported type specified"));
        }
        let (Ok(offset), Ok(length)) = (usize::try_from(offset), usize::try_from(length)) else {
            return Err(Refusal::bad(&format!("receive an entity with incorrect offset {offset}")));
        };
        let (end, whole) = (offset + length, units(text));
        if offset > whole {
            let why = format!("entity begins after the end of the text at UTF-16 offset {offset}");
            return Err(Refusal::bad(&why));
        }
        if end > whole {
            let why = format!(
                "entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
            );
            return Err(Refusal::bad(&why));
        }
        if !edge(offset) || !edge(end) {
            let which = if edge(offset) { "ends" } else { "begins" };
            return Err(Refusal::bad(&format!("entity {which} in a middle of a UTF-16 symbol")));
        }
        entities.push(Entity { offset, length, more });
    }
    Ok(entities)
}

/// Without the space around it; entities move along.
fn trim(text: &str, entities: Vec<Entity>) -> (String, Vec<Entity>) {
    let space = |c: char| c == ' ' || c == '\n' || c == '\u{200B}';
    let end = text.trim_end_matches(space);
    let kept = end.trim_start_matches(space);
    let (left, whole) = (units(end) - units(kept), units(kept));
    let entities = entities
        .into_iter()
        .filter_map(|entity| {
            let begin = entity.offset.saturating_sub(left);
            let end = (entity.offset + entity.length).saturating_sub(left).min(whole);
            (begin < end).then(|| Entity { offset: begin, length: end - begin, ..entity })
        })
        .collect();
    (kept.to_owned(), entities)
}

/// A text that can be sent: 1 to 4096 units after parsing.
pub fn of_message(params: &Params) -> Result<(String, Vec<Entity>), Refusal> {
    let (text, entities) = read(params, "text", "entities")?;
    match units(&text) {
        0 => Err(Refusal::bad("message text is empty")),
        1..=4096 => Ok((text, entities)),
        _ => Err(Refusal::bad("message is too long")),
    }
}

/// A caption: up to 1024 units after parsing, and none is one.
pub fn of_caption(params: &Params) -> Result<(String, Vec<Entity>), Refusal> {
    let (text, entities) = read(params, "caption", "caption_entities")?;
    if units(&text) > 1024 {
        return Err(Refusal::bad("message caption is too long"));
    }
    Ok((text, entities))
}
