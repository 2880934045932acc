//! What a message means. Pure, and never fails on what is new: what is not known here is told kindly that it cannot be
//! read.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::OPEN;
use super::sort::{is_phone, is_user_id};
use crate::channel::keyboard::{self, Pressed};
use crate::channel::{File, Heard, Said, Unreadable};
use crate::message::{Address, Body, ChannelId};

/// What of a webhook is stored for its turn: one thing, as it came.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Raw<'r> {
    Message(&'r RawValue),
    UserIdUpdate(&'r RawValue),
    UserPreferences(&'r RawValue),
}

/// The same, read again.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stored {
    Message(Value),
    UserIdUpdate(Value),
    UserPreferences(Value),
}

/// What is read of a message of which nothing else can be.
#[derive(Deserialize)]
struct Message {
    message: Named,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

/// Reads what was stored.
pub(super) fn decode(channel: &ChannelId, raw: &[u8]) -> Result<Heard, Unreadable> {
    let Ok(stored) = serde_json::from_slice(raw) else {
        // A number beyond all numbers, say: whoever wrote is answered all the same.
        let Message { message } =
            serde_json::from_slice(raw).map_err(|_| Unreadable("it is nothing of the Cloud API"))?;
        return Ok(unsupported(&json!({ "id": message.id }), "message"));
    };
    Ok(match stored {
        Stored::Message(message) => of_message(channel, &message),
        Stored::UserIdUpdate(update) => match text(&update, "/user_id/current") {
            Some(current) if is_user_id(current) => moved(channel, current),
            _ => Heard::Nothing("a new name that is none"),
        },
        Stored::UserPreferences(preference) => match text(&preference, "/value") {
            Some("stop") => Heard::Allowed(false),
            Some("resume" | "signup") => Heard::Allowed(true),
            _ => Heard::Nothing("a preference that is not known here"),
        },
    })
}

fn text<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    value.pointer(path).and_then(Value::as_str)
}

fn moved(channel: &ChannelId, to: &str) -> Heard {
    Heard::Moved(Address { channel: channel.clone(), path: to.into() })
}

fn of_message(channel: &ChannelId, message: &Value) -> Heard {
    if message.get("group_id").is_some() {
        return Heard::Nothing("an event of a group");
    }
    let kind = text(message, "/type").unwrap_or_default();
    match kind {
        "text" => match text(message, "/text/body") {
            Some(words) => said(message, Body::Text(words.to_owned())),
            None => unsupported(message, kind),
        },
        "image" => file(message, kind, "photo.jpg"),
        "document" => file(message, kind, "file"),
        "audio" if message.pointer("/audio/voice").and_then(Value::as_bool) == Some(true) => {
            unsupported(message, "voice")
        }
        "location" => place(message),
        "contacts" => contacts(message),
        "button" => pressed(message, text(message, "/button/payload")),
        "interactive" => interactive(message),
        "reaction" => Heard::Nothing("a reaction"),
        "request_welcome" => said(message, Body::Start { hint: None }),
        "edit" => edited(message),
        "revoke" => Heard::Nothing("a message taken back"),
        "system" => system(channel, message),
        _ => unsupported(message, kind),
    }
}

fn said(message: &Value, body: Body) -> Heard {
    Heard::Said(Box::new(Said { body, message: text(message, "/id").map(Into::into), wish: None }))
}

fn unsupported(message: &Value, kind: &str) -> Heard {
    let kind: String = kind.chars().take(40).collect();
    said(message, Body::Unsupported(kind.into()))
}

fn file(message: &Value, kind: &str, unnamed: &str) -> Heard {
    let Some(handle) = text(message, &format!("/{kind}/id")).filter(|id| is_media_id(id)) else {
        return unsupported(message, kind);
    };
    let caption = text(message, &format!("/{kind}/caption")).filter(|caption| !caption.trim().is_empty());
    Heard::File(Box::new(File {
        held: None,
        handle: handle.into(),
        name: text(message, &format!("/{kind}/filename")).unwrap_or(unnamed).to_owned(),
        size: None,
        caption: caption.map(str::to_owned),
        album: None,
        message: text(message, "/id").map(Into::into),
    }))
}

/// It becomes a piece of an address.
fn is_media_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn place(message: &Value) -> Heard {
    let degrees = |path| message.pointer(path).and_then(Value::as_f64);
    match (degrees("/location/latitude"), degrees("/location/longitude")) {
        (Some(lat), Some(lon)) if lat.abs() <= 90.0 && lon.abs() <= 180.0 => {
            said(message, Body::Place { lat, lon })
        }
        _ => unsupported(message, "location"),
    }
}

/// The own number is vouched for by WhatsApp; somebody else's is words like any.
fn contacts(message: &Value) -> Heard {
    let Some(first) = message.pointer("/contacts/0/phones/0") else {
        return unsupported(message, "contacts");
    };
    let number = text(first, "/wa_id").or(text(first, "/phone")).unwrap_or_default();
    if number.is_empty() {
        return unsupported(message, "contacts");
    }
    let plus = if number.starts_with('+') { "" } else { "+" };
    let with_plus = format!("{plus}{number}");
    let own = text(message, "/from") == Some(number);
    said(message, if own { Body::Phone(with_plus) } else { Body::Text(with_plus) })
}

/// A button brings back what we gave it; its words are never looked at.
fn pressed(message: &Value, data: Option<&str>) -> Heard {
    match data {
        Some(OPEN) => Heard::Opened,
        Some(data) => match keyboard::pressed(data) {
            Some(Pressed::Choice(token)) => said(message, Body::Choice(token)),
            _ => Heard::Nothing("a button that is not ours"),
        },
        None => Heard::Nothing("a button that is not ours"),
    }
}

fn interactive(message: &Value) -> Heard {
    match text(message, "/interactive/type") {
        Some("button_reply") => pressed(message, text(message, "/interactive/button_reply/id")),
        Some("list_reply") => pressed(message, text(message, "/interactive/list_reply/id")),
        Some("call_permission_reply" | "payment_method" | "payment_notification") => {
            Heard::Nothing("an answer to what we did not ask")
        }
        _ => unsupported(message, "interactive"),
    }
}

fn edited(message: &Value) -> Heard {
    let Some(words) = text(message, "/edit/message/text/body") else {
        return Heard::Nothing("a change beside the words");
    };
    let original = text(message, "/edit/original_message_id").map(Into::into);
    Heard::Said(Box::new(Said { body: Body::Edited(words.to_owned()), message: original, wish: None }))
}

fn system(channel: &ChannelId, message: &Value) -> Heard {
    let new = match text(message, "/system/type") {
        Some("user_changed_number") => text(message, "/system/wa_id").or(text(message, "/system/new_wa_id")),
        Some("user_changed_user_id") => text(message, "/system/user_id"),
        _ => return Heard::Nothing("a note of WhatsApp's own"),
    };
    match new.filter(|new| is_phone(new) || is_user_id(new)) {
        Some(new) => moved(channel, new),
        None => Heard::Nothing("a new name that is none"),
    }
}
