//! Mail. What it means is pure: bytes in, [`Understood`] out, no network, no store, no clock; the same bytes mean the same
//! for ever. [`mod@line`] is the rest: the mailbox, and the server that sends.
//!
//! | module | question |
//! |---|---|
//! | [`limits`] | is it parsed at all? |
//! | [`mime`] | what are its words, its files, its fields? ([`headers`], [`charset`], [`flowed`], [`html`], [`tnef`], [`attachment`]) |
//! | [`classify`] | did a person write it? |
//! | [`bounce`] | what became of a mail of ours? |
//! | [`thread`] | which conversation is it about? |
//! | [`auth`] | may its sender be believed? |
//! | [`reply`] | what is new in it? |
//! | [`answers`] | which questions does it answer? |
//! | [`sort`] | whose is it, and what is done about it? |
//! | [`stored`] | what is kept of it until its turn? |
//!
//! What people's programs write, in all languages, is data: `clients.txt`.

use crate::message::OutboxId;

pub mod answers;
pub mod attachment;
pub mod auth;
pub mod bounce;
pub mod charset;
pub mod classify;
pub mod flowed;
pub mod headers;
pub mod html;
pub mod limits;
pub mod line;
pub mod mime;
pub mod reply;
pub mod sort;
pub mod stored;
pub mod thread;
pub mod tnef;
mod words;

use answers::Answers;
use auth::Alignment;
use classify::Writer;
use limits::Refused;
use mime::{Letter, Source};
use reply::Reply;
use thread::{Mark, Thread};

/// Who we are: what mails are compared with.
#[derive(Clone, Default)]
pub struct Own {
    /// The address that people write to, and that marks are added to.
    pub address: String,
    /// What our mail server calls itself in `Authentication-Results`; empty when no word of it is to be believed.
    pub authserv_id: String,
    /// The key of signed addresses.
    pub key: Vec<u8>,
}

impl Own {
    /// Whether an address is ours, with or without a mark.
    pub fn is_ours(&self, address: &str) -> bool {
        let unmarked = |address: &str| {
            let (local, domain) = address.rsplit_once('@')?;
            let local = local.split('+').next().unwrap_or_default();
            Some(format!("{local}@{domain}").to_lowercase())
        };
        unmarked(address).is_some_and(|address| unmarked(&self.address) == Some(address))
    }

    /// The part of ours whose envelope had this address as its sender.
    pub fn part_of(&self, address: &str) -> Option<OutboxId> {
        match thread::verify(address, &self.address, &self.key)? {
            Mark::Part(part) => Some(part),
            Mark::Conversation(_) => None,
        }
    }
}

/// A mail, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// What it is made of.
    pub letter: Letter,
    /// Who wrote it; all but [`Writer::Human`] is never answered.
    pub writer: Writer,
    /// Which conversation it is about.
    pub thread: Thread,
    /// Whether its sender may be believed: if not, nothing personal is answered.
    pub alignment: Alignment,
    /// What is new in it.
    pub reply: Reply,
    /// The answers in it, as if [`answers::MOST`] questions had been asked; who knows how many were reads
    /// [`Reply::text`] again with [`answers::read`].
    pub answers: Answers,
}

/// Understands a mail, whatever its bytes are: never panics, and takes time in proportion to its size.
///
/// # Errors
/// When it is beyond the limits, or no mail: see [`Refused`].
pub fn understand(raw: &[u8], own: &Own) -> Result<Understood, Refused> {
    let letter = mime::parse(raw)?;
    let mut reply = reply::part(&letter.text);
    reply.quoted |= letter.source == Source::Html { quoted: true };
    Ok(Understood {
        writer: classify::classify(&letter, own),
        thread: thread::of(&letter, &own.address, &own.key),
        alignment: auth::alignment(&letter, &own.authserv_id),
        answers: answers::read(&reply.text, answers::MOST),
        reply,
        letter,
    })
}

#[cfg(test)]
mod tests;
