//! Whose each mail is, and what may be done about it. Pure.
//!
//! | mail | what becomes of it |
//! |---|---|
//! | a person's, whose sender our server vouches for | letters: its words, then each of its files |
//! | a person's, whose sender it does not vouch for | set aside, staff is told, nobody is answered |
//! | a report about a part of ours | the part's fate |
//! | a program's | set aside |
//! | none, or one that cannot be read | set aside |

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::auth::Alignment;
use super::bounce::{Bounce, Kind, Verdict};
use super::classify::Writer;
use super::mime::{self, Flaw};
use super::stored::{Before, Stored};
use super::{Own, Understood, thread, understand};
use crate::channel;
use crate::channel::{Fate, Report, SendError, Sorted};
use crate::message::{Address, ChannelId};

/// The first line of what stands for a mail that was too large to fetch: its header follows. Nothing that comes by mail
/// begins so, for every server writes a line of its own above.
pub const TOO_LARGE: &[u8] = b"X-Wasl-Too-Large: yes\r\n";
/// How long to wait before a mail is sent again that came back and may be taken another day.
const ANOTHER_DAY: std::time::Duration = std::time::Duration::from_secs(8 * 3600);

/// What becomes of a mail.
pub fn sort(raw: &[u8], own: &Own, channel: &ChannelId) -> Vec<Sorted> {
    let (raw, too_large) = match raw.strip_prefix(TOO_LARGE) {
        Some(header) => (header, true),
        None => (raw, false),
    };
    let aside = |reason| Sorted::Aside { raw: Bytes::copy_from_slice(raw), reason };
    // One mail that no parser foresaw must not keep the others from being read.
    let understood = match catch_unwind(AssertUnwindSafe(|| understand(raw, own))) {
        Ok(Ok(understood)) => understood,
        Ok(Err(refused)) => return vec![aside(refused.reason())],
        Err(_) => return vec![aside("its parser failed")],
    };
    match &understood.writer {
        Writer::Human => {}
        Writer::Bounce(bounce) => {
            return reported(bounce, own).unwrap_or_else(|| vec![aside("a report, of nothing of ours")]);
        }
        // One of ours that came round: `wasl doctor` sends such.
        Writer::Own(_) if is_by_us(&understood, own) => return vec![Sorted::Foreign],
        Writer::Automatic(rule) | Writer::List(rule) | Writer::Own(rule) => {
            return vec![aside(rule.reason())];
        }
    }
    let [from] = understood.letter.from.as_slice() else { return vec![aside("it has not one sender")] };
    if understood.alignment == Alignment::NotAligned {
        let alert = "a mail was set aside, for our mail server does not vouch for its sender (no dmarc=pass and no fitting \
                     dkim=pass under channel.email.authserv_id); `wasl doctor` and docs/channels.md tell more";
        return vec![aside("its sender may be another"), Sorted::Alert(alert.into())];
    }
    let from = Address { channel: channel.clone(), path: from.as_str().into() };
    letters(&understood, raw, &from, too_large)
}

/// Whether its id is one that only we can make.
fn is_by_us(understood: &Understood, own: &Own) -> bool {
    let id = understood.letter.message_id.as_deref();
    id.is_some_and(|id| thread::part_of_message_id(id, &own.address, &own.key).is_some())
}

/// What a report tells of a part of ours; `None` when it is of none.
fn reported(bounce: &Bounce, own: &Own) -> Option<Vec<Sorted>> {
    let by_id = || thread::part_of_message_id(bounce.message_id.as_deref()?, &own.address, &own.key);
    let key = bounce.part.clone().or_else(by_id)?;
    let provider_id = thread::message_id(&own.address, &key, &own.key)?;
    if bounce.kind == Kind::Complaint {
        let fate = Fate::Failed(SendError::Unwanted);
        return Some(vec![Sorted::Report(Report { key, provider_id: provider_id.into(), fate })]);
    }
    // Each mail of ours has one recipient: the worst of what is told is told of them.
    let verdict = bounce.recipients.iter().map(|recipient| recipient.verdict).min()?;
    let fate = match verdict {
        Verdict::Hard => Fate::Failed(SendError::Gone),
        Verdict::Soft => {
            let cause = "it came back and may be taken another day".into();
            Fate::Failed(SendError::Later { after: Some(ANOTHER_DAY), cause })
        }
        Verdict::Policy => {
            Fate::Failed(SendError::Never { cause: "the receiving server refuses our mail".into() })
        }
        Verdict::Delayed => return Some(vec![Sorted::Foreign]),
        Verdict::Delivered => Fate::Arrived,
    };
    let alert = "a mail server refuses our mails: look at SPF, DKIM, DMARC and at blocklists";
    let alert = (verdict == Verdict::Policy).then(|| Sorted::Alert(alert.into()));
    let report = Sorted::Report(Report { key, provider_id: provider_id.into(), fate });
    Some(std::iter::once(report).chain(alert).collect())
}

/// The words, then each file: in the order in which they are answered.
fn letters(understood: &Understood, raw: &[u8], from: &Address, too_large: bool) -> Vec<Sorted> {
    let letter = &understood.letter;
    let mut pieces = Vec::new();
    let text = words(understood);
    if !text.is_empty() {
        pieces.push(Stored::Text(text));
    }
    pieces.extend(letter.attachments.iter().map(|file| Stored::file(&file.name, &file.bytes)));
    if too_large {
        pieces = vec![Stored::TooLarge];
    }
    if pieces.is_empty() {
        let encrypted = letter.flaws.contains(&Flaw::Encrypted);
        pieces.push(Stored::Unsupported(if encrypted { "encrypted" } else { "empty" }.into()));
    }
    let before = Before::new(&letter.subject, letter.message_id.as_deref(), &understood.thread.references);
    let thread = serde_json::to_string(&before).ok();
    let id = id(letter, raw);
    let sorted = pieces.iter().enumerate().map(|(n, piece)| {
        Sorted::Letter(channel::Letter {
            external_id: format!("{id}/{n}").into(),
            from: Some(from.clone()),
            thread: thread.clone(),
            raw: piece.write(),
            ..channel::Letter::default()
        })
    });
    sorted.collect()
}

/// The new words; of a first mail without any, its subject: many people write nothing else.
fn words(understood: &Understood) -> String {
    let Understood { letter, reply, thread, .. } = understood;
    let begins = reply.text.is_empty() && letter.attachments.is_empty() && thread.references.is_empty();
    if begins { letter.subject.trim().to_owned() } else { reply.text.clone() }
}

/// The same for the same mail: servers may deliver it twice, each time with other lines above. What has its sender's id is
/// known by that and by what it says; for ids alone are repeated by broken programs.
fn id(letter: &mime::Letter, raw: &[u8]) -> String {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match &letter.message_id {
        Some(id) => {
            add(id.as_bytes());
            add(letter.headers.get("date").unwrap_or_default().as_bytes());
            letter.from.iter().for_each(|from| add(from.as_bytes()));
            add(letter.subject.as_bytes());
            add(letter.text.as_bytes());
            letter.attachments.iter().for_each(|file| add(&file.bytes));
        }
        None => add(raw),
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
