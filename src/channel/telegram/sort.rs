//! An update's envelope: which update it is, and whose. Nothing of what it says is looked at.

use bytes::Bytes;
use serde::Deserialize;

use crate::channel::{Letter, Sorted, Unreadable};
use crate::message::{Address, ChannelId};

/// The kinds of updates that are asked for.
pub(super) const WANTED: [&str; 4] = ["message", "edited_message", "callback_query", "my_chat_member"];

#[derive(Deserialize)]
struct Envelope {
    update_id: i64,
    message: Option<Happened>,
    edited_message: Option<Happened>,
    callback_query: Option<Query>,
    my_chat_member: Option<Happened>,
}

/// Something that happened in a chat.
#[derive(Deserialize)]
struct Happened {
    chat: Option<Chat>,
}

#[derive(Deserialize)]
struct Query {
    from: Option<Chat>,
    message: Option<Happened>,
}

/// A chat's number; a private chat has that of its person.
#[derive(Deserialize)]
struct Chat {
    id: i64,
}

/// The one letter of an update of the bot `bot`. Updates that are no person's come without an address.
pub(super) fn sort(channel: &ChannelId, bot: &str, raw: &[u8]) -> Result<Vec<Sorted>, Unreadable> {
    let envelope: Envelope =
        serde_json::from_slice(raw).map_err(|_| Unreadable("it is no update of the Bot API"))?;
    let Envelope { update_id, message, edited_message, callback_query, my_chat_member } = envelope;
    let happened = message.or(edited_message).or(my_chat_member).and_then(|happened| happened.chat);
    let pressed = callback_query.and_then(|query| query.message.and_then(|m| m.chat).or(query.from));
    let from = happened
        .or(pressed)
        .map(|chat| Address { channel: channel.clone(), path: chat.id.to_string().into() });
    let external_id = format!("{bot}/{update_id}").into();
    let raw = Bytes::copy_from_slice(raw);
    Ok(vec![Sorted::Letter(Letter { external_id, from, raw, ..Letter::default() })])
}

/// The number of an update, to ask for those after it.
pub(super) fn number(raw: &[u8]) -> Option<i64> {
    #[derive(Deserialize)]
    struct Numbered {
        update_id: i64,
    }
    serde_json::from_slice::<Numbered>(raw).ok().map(|numbered| numbered.update_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, from: Option<&str>) {
        let letters = sort(&ChannelId::new("telegram"), "7", raw.as_bytes()).unwrap();
        let [Sorted::Letter(letter)] = &letters[..] else { panic!("one letter") };
        assert_eq!(letter.external_id.as_ref(), "7/9");
        assert_eq!(letter.from.as_ref().map(|address| &*address.path), from, "{raw}");
    }

    #[test]
    fn a_letter_is_its_chats() {
        check(r#"{"update_id":9,"message":{"chat":{"id":5,"type":"private"},"text":"x"}}"#, Some("5"));
        check(r#"{"update_id":9,"edited_message":{"chat":{"id":5}}}"#, Some("5"));
        check(r#"{"update_id":9,"my_chat_member":{"chat":{"id":-1005}}}"#, Some("-1005"));
        let pressed =
            r#"{"update_id":9,"callback_query":{"id":"1","from":{"id":5},"message":{"chat":{"id":-8}}}}"#;
        check(pressed, Some("-8"));
        check(r#"{"update_id":9,"callback_query":{"id":"1","from":{"id":5}}}"#, Some("5"));
        check(r#"{"update_id":9,"poll":{"id":"1"}}"#, None);
        check(r#"{"update_id":9,"message":{"chat":null}}"#, None);
        // A group's number may need more than 32 bits, and an update's may grow.
        let far = sort(&ChannelId::new("telegram"), "7", br#"{"update_id":5000000000}"#).unwrap();
        let [Sorted::Letter(far)] = &far[..] else { panic!("one letter") };
        assert_eq!(&*far.external_id, "7/5000000000");
    }

    #[test]
    fn what_is_no_update_is_refused() {
        for raw in ["", "{}", "[]", "{\"update_id\":\"x\"}", "\u{0}"] {
            assert!(sort(&ChannelId::new("telegram"), "7", raw.as_bytes()).is_err(), "{raw}");
        }
        assert!(sort(&ChannelId::new("telegram"), "7", b"\xff\xfe").is_err());
    }
}
