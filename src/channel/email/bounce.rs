//! What became of a mail of ours, as servers tell it: delivery reports (RFC 3464) with the codes of RFC 3463, the
//! older free forms, and feedback reports of readers (ARF, RFC 5965).
//!
//! | verdict | what follows from it |
//! |---|---|
//! | [`Verdict::Hard`] | the address is nobody's: nothing more is sent there |
//! | [`Verdict::Soft`] | it may be taken another day: after three on different days, as hard |
//! | [`Verdict::Policy`] | we were refused, not the person: the charity must look at its line |
//! | [`Verdict::Delayed`] | the server still tries |
//! | [`Verdict::Delivered`] | it arrived, or was passed on |
//!
//! Which mail it was: by the key in the address that the report came to, else by the id of the mail that it returns.

use super::headers::Headers;
use super::mime::{Letter, Piece};
use super::thread;
use crate::message::OutboxId;

mod free;
mod reason;

pub use reason::Reason;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// What it tells.
    pub kind: Kind,
    /// Of whom, each once.
    pub recipients: Vec<Recipient>,
    /// The part of ours, by the key in the address that the report came to.
    pub part: Option<OutboxId>,
    /// The `Message-ID` of the mail that it returns.
    pub message_id: Option<String>,
}

/// What a report tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What became of a mail.
    Delivery,
    /// A reader called it spam: they want no more.
    Complaint,
}

/// What became of it for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Their address in small letters, when it is told.
    pub address: Option<String>,
    /// What follows from it.
    pub verdict: Verdict,
    /// Why, as far as it is understood.
    pub reason: Reason,
    /// The code: `5.1.1`.
    pub status: Option<String>,
}

/// What follows from a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The address is nobody's.
    Hard,
    /// Another day, perhaps.
    Soft,
    /// We were refused.
    Policy,
    /// Not yet.
    Delayed,
    /// It arrived.
    Delivered,
}

/// What follows from the refusal of a recipient while we were sending: `said` is the server's answer without the number.
pub fn of_refusal(said: &str) -> (Reason, Verdict) {
    reason::of(said, code(said).as_deref(), String::new)
}

/// The most recipients of one report.
const RECIPIENTS: usize = 50;

/// Reads a report; `None` when the mail is none. `part_of` reads the key of an address.
pub fn read(letter: &Letter, part_of: &dyn Fn(&str) -> Option<OutboxId>) -> Option<Bounce> {
    // A person may pass on a report, as files of a mail of their own.
    if letter.media != "multipart/report" && !free::is_server(letter) && old_complaint(letter).is_none() {
        return None;
    }
    let report =
        piece(letter, "message/feedback-report").map(|piece| Headers::parse(piece.text.trim_start()));
    let (kind, recipients) = match report.or_else(|| old_complaint(letter)) {
        Some(report) => (Kind::Complaint, complaint(letter, &report)),
        None => (Kind::Delivery, delivery(letter)?),
    };
    Some(Bounce {
        kind,
        recipients,
        part: thread::recipients(letter).iter().find_map(|address| part_of(address)),
        message_id: returned(letter).and_then(|headers| message_id(&headers)),
    })
}

fn piece<'a>(letter: &'a Letter, media: &str) -> Option<&'a Piece> {
    letter.pieces.iter().find(|piece| piece.media == media)
}

fn delivery(letter: &Letter) -> Option<Vec<Recipient>> {
    let told: Vec<Recipient> = letter
        .pieces
        .iter()
        .filter(|piece| {
            matches!(piece.media.as_str(), "message/delivery-status" | "message/global-delivery-status")
        })
        .flat_map(|piece| of_status(letter, &piece.text))
        .collect();
    if told.is_empty() { free::read(letter) } else { Some(once(told)) }
}

/// The groups of fields of a delivery report, one a recipient (RFC 3464, 2.3).
fn of_status(letter: &Letter, text: &str) -> Vec<Recipient> {
    let mut groups: Vec<String> = vec![String::new()];
    for line in text.lines().map(str::trim_end) {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let names = matches!(name.as_str(), "final-recipient" | "original-recipient");
        let Some(group) = groups.last_mut() else { break };
        // Some leave out the empty line between two recipients.
        let again = names && group.to_ascii_lowercase().contains(&format!("{name}:"));
        match line {
            "" if !group.is_empty() => groups.push(String::new()),
            "" => {}
            line if again => groups.push(format!("{line}\n")),
            line => {
                group.push_str(line);
                group.push('\n');
            }
        }
        if groups.len() > RECIPIENTS * 2 {
            break;
        }
    }
    let groups = groups.iter().map(|group| Headers::parse(group)).filter(|group| !group.is_empty());
    let told = |group: &Headers| {
        ["final-recipient", "original-recipient", "action", "status"]
            .iter()
            .any(|name| group.get(name).is_some())
    };
    groups.filter(told).take(RECIPIENTS).map(|group| of_group(letter, &group)).collect()
}

fn of_group(letter: &Letter, group: &Headers) -> Recipient {
    let address = ["original-recipient", "final-recipient", "x-actual-recipient"]
        .iter()
        .filter_map(|name| group.get(name))
        .find_map(|value| address(value.rsplit(';').next().unwrap_or_default()));
    let status = group.get("status").and_then(code);
    let diagnostic = group.get("diagnostic-code").or(group.get("x-display-name")).unwrap_or_default();
    let action = group.get("action").unwrap_or_default().trim().to_ascii_lowercase();
    let (reason, told) =
        reason::of(diagnostic, status.as_deref(), || free::about(letter, address.as_deref()));
    let verdict = match action.split(' ').next().unwrap_or_default() {
        "delayed" => Verdict::Delayed,
        "delivered" | "relayed" | "expanded" => Verdict::Delivered,
        _ => told,
    };
    Recipient { address, verdict, reason, status }
}

/// `5.1.1` of `5.1.1 (bad destination mailbox address)`.
fn code(text: &str) -> Option<String> {
    let code: String = text.trim().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let parts: Vec<&str> = code.split('.').collect();
    let sound = matches!(parts.as_slice(), ["2" | "4" | "5", subject, detail]
        if [subject, detail].iter().all(|part| (1..=3).contains(&part.len())));
    sound.then_some(code)
}

/// An address within a text, in small letters.
fn address(text: &str) -> Option<String> {
    let piece = text.split(|c: char| c.is_whitespace() || "<>(),;\"'".contains(c)).find(|piece| {
        piece.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
    })?;
    Some(piece.trim_end_matches(['.', ':']).to_lowercase()).filter(|address| address.len() <= 320)
}

fn once(told: Vec<Recipient>) -> Vec<Recipient> {
    let mut found: Vec<Recipient> = Vec::new();
    for one in told {
        let known = found.iter().any(|known| known.address.is_some() && known.address == one.address);
        if !known && found.len() < RECIPIENTS {
            found.push(one);
        }
    }
    found
}

/// Hotmail's complaints are no reports: the mail itself, enclosed, under a subject of its own.
fn old_complaint(letter: &Letter) -> Option<Headers> {
    let from = letter.from.iter().any(|from| from == "staff@hotmail.com");
    let subject = letter.subject.to_lowercase().starts_with("complaint about message from");
    (from && subject && piece(letter, "message/rfc822").is_some()).then(Headers::default)
}

/// Who complained: as the report says, else whom the returned mail went to.
fn complaint(letter: &Letter, report: &Headers) -> Vec<Recipient> {
    let told = report.all("original-rcpt-to").chain(report.all("removal-recipient")).filter_map(address);
    let mut addresses: Vec<String> = told.collect();
    if addresses.is_empty() {
        addresses.extend(returned(letter).and_then(|headers| headers.get("to").and_then(address)));
    }
    addresses.dedup();
    let of = |address| Recipient {
        address: Some(address),
        verdict: Verdict::Delivered,
        reason: Reason::Complaint,
        status: None,
    };
    addresses.into_iter().take(RECIPIENTS).map(of).collect()
}

/// The header of the mail that is returned.
fn returned(letter: &Letter) -> Option<Headers> {
    const MEDIA: [&str; 4] =
        ["message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"];
    let enclosed = letter.pieces.iter().find(|piece| MEDIA.contains(&piece.media.as_str()));
    let headers = match enclosed {
        Some(piece) => Headers::parse(piece.text.trim_start()),
        None => free::returned(letter),
    };
    Some(headers).filter(|headers| !headers.is_empty())
}

fn message_id(headers: &Headers) -> Option<String> {
    let id = headers.get("message-id")?.trim().trim_start_matches('<').trim_end_matches('>');
    (id.contains('@') && id.len() <= 998).then(|| id.to_owned())
}

#[cfg(test)]
mod tests;
