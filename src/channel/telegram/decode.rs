//! What an update means. Pure, and never fails on what is new: teloxide knows the Bot API as it was when it was
//! written; what it cannot type is looked up in the raw JSON.

use serde_json::Value;
use teloxide::types::{
    CallbackQuery, ChatMemberUpdated, MediaKind, Message, MessageCommon, MessageId, MessageKind, Update,
    UpdateKind, User,
};

use crate::channel::keyboard::{self, Pressed};
use crate::channel::{File, Heard, Said, Unreadable};
use crate::message::{Address, Body, ChannelId, Locale};

/// What a message carries beside its content: a key that is none of these is the content's kind.
const AROUND: &[&str] = &[
    "message_id",
    "message_thread_id",
    "date",
    "chat",
    "from",
    "sender_chat",
    "sender_boost_count",
    "sender_business_bot",
    "business_connection_id",
    "edit_date",
    "author_signature",
    "entities",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "has_protected_content",
    "is_from_offline",
    "is_topic_message",
    "is_automatic_forward",
    "is_paid_post",
    "paid_star_count",
    "effect_id",
    "media_group_id",
    "link_preview_options",
    "reply_to_message",
    "reply_to_story",
    "reply_to_checklist_task_id",
    "reply_markup",
    "external_reply",
    "quote",
    "via_bot",
    "direct_messages_topic",
    "suggested_post_info",
    "forward_origin",
    "forward_from",
    "forward_from_chat",
    "forward_from_message_id",
    "forward_sender_name",
    "forward_signature",
    "forward_date",
];
/// Contents that are not addressed to us: nobody waits for an answer to them.
const SERVICE: &[&str] = &[
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "connected_website",
    "chat_background_set",
    "boost_added",
    "proximity_alert_triggered",
    "users_shared",
    "chat_shared",
    "successful_payment",
    "refunded_payment",
    "unique_gift",
    "gift",
    "giveaway",
    "giveaway_created",
    "giveaway_completed",
    "giveaway_winners",
    "checklist_tasks_done",
    "checklist_tasks_added",
    "paid_message_price_changed",
    "direct_message_price_changed",
];

/// Reads an update.
pub(super) fn decode(channel: &ChannelId, raw: &[u8]) -> Result<Heard, Unreadable> {
    let Ok(update) = serde_json::from_slice::<Update>(raw) else { return untyped(raw) };
    Ok(match update.kind {
        UpdateKind::Message(message) => return of_message(channel, &message, raw),
        UpdateKind::EditedMessage(message) => edited(&message),
        UpdateKind::CallbackQuery(query) => of_press(&query),
        UpdateKind::MyChatMember(member) => of_member(&member),
        UpdateKind::Error(_) => return untyped(raw),
        _ => Heard::Nothing("a kind of update that is not asked for"),
    })
}

fn of_message(channel: &ChannelId, message: &Message, raw: &[u8]) -> Result<Heard, Unreadable> {
    if let Some(to) = message.migrate_to_chat_id() {
        return Ok(Heard::Moved(Address { channel: channel.clone(), path: to.0.to_string().into() }));
    }
    if !message.chat.is_private() {
        return Ok(in_a_group(message));
    }
    if message.from.as_ref().is_some_and(|from| from.is_bot) {
        return Ok(Heard::Nothing("what a bot wrote"));
    }
    match &message.kind {
        MessageKind::Common(common) => Ok(content(message, common)),
        _ => untyped(raw),
    }
}

/// In a group only what is said to the bot comes, or what happens to it; and that only people hear.
fn in_a_group(message: &Message) -> Heard {
    let said = matches!(message.kind, MessageKind::Common(_));
    match &message.from {
        Some(from) if said && !from.is_bot => Heard::Group,
        _ => Heard::Nothing("an event of a group"),
    }
}

fn content(message: &Message, common: &MessageCommon) -> Heard {
    let body = match &common.media_kind {
        MediaKind::Text(text) => return of_text(message, &text.text),
        MediaKind::Photo(photo) => {
            let Some(size) = photo.photo.iter().max_by_key(|size| (size.width, size.height)) else {
                return said(message, Body::Unsupported("photo".into()));
            };
            let meta = &size.file;
            return file(message, &meta.id.0, "photo.jpg".into(), meta.size);
        }
        MediaKind::Document(document) => {
            let meta = &document.document.file;
            let name = document.document.file_name.clone().unwrap_or_else(|| "file".into());
            return file(message, &meta.id.0, name, meta.size);
        }
        MediaKind::Location(place) => {
            Body::Place { lat: place.location.latitude, lon: place.location.longitude }
        }
        MediaKind::Venue(venue) => {
            Body::Place { lat: venue.venue.location.latitude, lon: venue.venue.location.longitude }
        }
        MediaKind::Contact(shared) => {
            let number = with_plus(&shared.contact.phone_number);
            let own = message.from.as_ref().map(|from| from.id);
            // Somebody else's number is words like any: only the own one is vouched for by Telegram.
            if own.is_some() && shared.contact.user_id == own {
                Body::Phone(number)
            } else {
                Body::Text(number)
            }
        }
        MediaKind::Voice(_) => Body::Unsupported("voice".into()),
        MediaKind::Video(_) => Body::Unsupported("video".into()),
        MediaKind::VideoNote(_) => Body::Unsupported("video_note".into()),
        MediaKind::Audio(_) => Body::Unsupported("audio".into()),
        MediaKind::Sticker(_) => Body::Unsupported("sticker".into()),
        MediaKind::Animation(_) => Body::Unsupported("animation".into()),
        MediaKind::Migration(_) => return Heard::Nothing("an event of a group"),
        _ => Body::Unsupported("other".into()),
    };
    said(message, body)
}

/// Telegram leaves the plus out of most numbers, which are always international.
fn with_plus(number: &str) -> String {
    if number.starts_with('+') { number.to_owned() } else { format!("+{number}") }
}

fn said(message: &Message, body: Body) -> Heard {
    Heard::Said(Box::new(Said { body, message: Some(name_of(message.id)), wish: None }))
}

fn file(message: &Message, handle: &str, name: String, size: u32) -> Heard {
    Heard::File(Box::new(File {
        held: None,
        handle: handle.into(),
        name,
        // Telegram leaves the size out of what it does not know; teloxide says 0 or its greatest number then.
        size: Some(u64::from(size)).filter(|size| (1..u64::from(u32::MAX)).contains(size)),
        caption: message.caption().filter(|caption| !caption.trim().is_empty()).map(str::to_owned),
        album: message.media_group_id().map(|album| album.0.as_str().into()),
        message: Some(name_of(message.id)),
    }))
}

/// Words, or a command: `/start` opens the chat, any other is its word (`/help@our_bot` is "help").
fn of_text(message: &Message, text: &str) -> Heard {
    let mut words = text.splitn(2, char::is_whitespace);
    let (first, rest) = (words.next().unwrap_or_default(), words.next().unwrap_or_default().trim());
    let command = first.strip_prefix('/').map(|name| name.split('@').next().unwrap_or_default());
    match command.filter(|name| is_command(name)) {
        Some("start") => {
            let body = Body::Start { hint: message.from.as_ref().and_then(hint) };
            let wish = Some(rest).filter(|rest| is_wish(rest)).map(Into::into);
            Heard::Said(Box::new(Said { body, message: Some(name_of(message.id)), wish }))
        }
        Some(name) if rest.is_empty() => said(message, Body::Text(name.replace('_', " "))),
        _ => said(message, Body::Text(text.to_owned())),
    }
}

fn is_command(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// What may stand behind `t.me/<bot>?start=`.
fn is_wish(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn hint(from: &User) -> Option<Locale> {
    Locale::parse(from.language_code.as_deref()?).ok()
}

fn name_of(id: MessageId) -> Box<str> {
    id.0.to_string().into()
}

fn edited(message: &Message) -> Heard {
    if !message.chat.is_private() {
        return Heard::Nothing("an event of a group");
    }
    match message.text() {
        Some(text) => said(message, Body::Edited(text.to_owned())),
        None => Heard::Nothing("a change beside the words: a caption, a place that moves"),
    }
}

fn of_press(query: &CallbackQuery) -> Heard {
    if query.message.as_ref().is_some_and(|message| !message.chat().is_private()) {
        return Heard::Nothing("a button pressed in a group");
    }
    let message = query.message.as_ref().map(|message| name_of(message.id()));
    match (query.data.as_deref().and_then(keyboard::pressed), message) {
        (Some(Pressed::Choice(token)), message) => {
            Heard::Said(Box::new(Said { body: Body::Choice(token), message, wish: None }))
        }
        (Some(Pressed::Press(press)), Some(message)) => Heard::Pressed { message, press },
        _ => Heard::Nothing("a button that is not ours"),
    }
}

fn of_member(member: &ChatMemberUpdated) -> Heard {
    let there = member.new_chat_member.kind.is_present();
    match (member.chat.is_private(), there) {
        (true, false) => Heard::Left,
        (true, true) => Heard::Returned,
        (false, true) if !member.old_chat_member.kind.is_present() => Heard::Group,
        (false, _) => Heard::Nothing("an event of a group"),
    }
}

/// An update that teloxide cannot type, branched on from its JSON.
fn untyped(raw: &[u8]) -> Result<Heard, Unreadable> {
    let update: Value = serde_json::from_slice(raw).map_err(|_| Unreadable("it is no JSON"))?;
    let Some(message) = update.get("message") else {
        return Ok(Heard::Nothing("a kind of update that is not known here"));
    };
    let text = |path: &str| message.pointer(path).and_then(Value::as_str);
    if text("/chat/type") != Some("private") {
        return Ok(Heard::Nothing("an event of a group"));
    }
    if message.pointer("/from/is_bot").and_then(Value::as_bool) == Some(true) {
        return Ok(Heard::Nothing("what a bot wrote"));
    }
    let id = message.get("message_id").and_then(Value::as_i64).map(|id| id.to_string().into());
    let keys = message.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    let mut kinds = keys.filter(|key| !AROUND.contains(key));
    let body = match (text("/text"), kinds.next()) {
        (Some(words), _) => Body::Text(words.to_owned()),
        (None, Some(kind)) if SERVICE.contains(&kind) => {
            return Ok(Heard::Nothing("a note of Telegram's own"));
        }
        (None, Some(kind)) => Body::Unsupported(kind.chars().take(40).collect::<String>().into()),
        (None, None) => return Ok(Heard::Nothing("an empty message")),
    };
    Ok(Heard::Said(Box::new(Said { body, message: id, wish: None })))
}
