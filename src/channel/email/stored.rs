//! What is kept of a mail until its turn, and what is remembered of it until it is answered. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::channel::{File, Heard, Said, Unreadable};
use crate::message::Body;

/// One thing that a person sent: a mail with two files is three of them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    /// Its words.
    Text(String),
    /// One of its files, in base64.
    File {
        /// The sender's name of it.
        name: String,
        /// Its bytes.
        base64: String,
    },
    /// The whole of it was not looked at, for it is too large.
    TooLarge,
    /// It is something that cannot be read: encrypted, or empty.
    Unsupported(String),
}

impl Stored {
    /// A file.
    pub fn file(name: &str, bytes: &[u8]) -> Stored {
        Stored::File { name: name.to_owned(), base64: STANDARD.encode(bytes) }
    }

    /// As it is kept.
    pub fn write(&self) -> Bytes {
        // Nothing in it can fail to be written.
        serde_json::to_vec(self).unwrap_or_default().into()
    }
}

/// What a letter means.
///
/// # Errors
/// When it is no letter of this channel.
pub fn decode(raw: &[u8]) -> Result<Heard, Unreadable> {
    let stored: Stored = serde_json::from_slice(raw).map_err(|_| Unreadable("no letter of this channel"))?;
    let said = |body| Ok(Heard::Said(Box::new(Said { body, message: None, wish: None })));
    match stored {
        Stored::Text(text) => said(Body::Text(text)),
        Stored::Unsupported(kind) => said(Body::Unsupported(kind.into())),
        Stored::File { name, base64 } => {
            let bytes = STANDARD.decode(base64).map_err(|_| Unreadable("no letter of this channel"))?;
            Ok(file(name, Some(bytes.len() as u64), Some(bytes.into())))
        }
        // Larger than any bound for files: its sender is told how large one may be.
        Stored::TooLarge => Ok(file("mail".into(), Some(u64::MAX), None)),
    }
}

fn file(name: String, size: Option<u64>, held: Option<Bytes>) -> Heard {
    Heard::File(Box::new(File {
        handle: "".into(),
        held,
        name,
        size,
        caption: None,
        album: None,
        message: None,
    }))
}

/// What is remembered of the newest mail of a person: an answer stands below it in their list of mails.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Before {
    /// Its subject.
    pub subject: String,
    /// Its own id and, before it, those it referred to; at most [`CHAIN`].
    pub chain: Vec<String>,
}

/// The most ids that an answer refers to.
pub const CHAIN: usize = 20;
/// The longest subject that is kept, in characters.
const SUBJECT: usize = 200;

impl Before {
    /// Of a mail under this subject; `ids` are those it refers to, the newest first, without its own.
    pub fn new(subject: &str, message_id: Option<&str>, ids: &[String]) -> Before {
        let mut chain: Vec<String> = ids.iter().rev().cloned().collect();
        chain.extend(message_id.map(str::to_owned));
        chain.retain(|id| is_id(id));
        let chain = chain.split_off(chain.len().saturating_sub(CHAIN));
        Before { subject: one_line(subject).chars().take(SUBJECT).collect(), chain }
    }
}

/// What may stand between angle brackets in a field of ours.
fn is_id(id: &str) -> bool {
    id.len() <= 250 && id.contains('@') && id.bytes().all(|b| b.is_ascii_graphic() && !b"<>".contains(&b))
}

/// A subject is one line, and steers nothing.
fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !super::words::is_bidi(*c))
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let Ok(Heard::Said(said)) = decode(&Stored::Text("سلام".into()).write()) else { panic!() };
        assert_eq!(said.body, Body::Text("سلام".into()));
        let Ok(Heard::File(file)) = decode(&Stored::file("a.png", b"\x89PNG\0").write()) else { panic!() };
        assert_eq!((file.held.as_deref(), file.size), (Some(&b"\x89PNG\0"[..]), Some(5)));
        let Ok(Heard::File(file)) = decode(&Stored::TooLarge.write()) else { panic!() };
        assert_eq!(file.size, Some(u64::MAX));
        assert!(decode(b"{}").is_err() && decode(b"").is_err());
    }

    #[test]
    fn an_answer_refers_to_the_newest_last() {
        let ids = ["b@x".to_owned(), "a@x".to_owned(), "not an id".to_owned()];
        let before = Before::new("Re:\r\nBcc: x@y\u{202E}", Some("c@x"), &ids);
        assert_eq!(before.chain, ["a@x", "b@x", "c@x"]);
        assert_eq!(before.subject, "Re: Bcc: x@y");
        let many: Vec<String> = (0..50).map(|n| format!("{n}@x")).collect();
        let chain = Before::new("", Some("new@x"), &many).chain;
        assert_eq!((chain.len(), chain.last().map(String::as_str)), (CHAIN, Some("new@x")));
    }
}
