//! The vocabulary every room shares: who speaks, what was said, what is answered.
//!
//! Nothing here knows a channel, a database or a form. Ids are *derived*, never drawn, so that
//! running the same event twice makes the same rows (see [`derive_id`]).

mod locale;

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use self::locale::{Dir, Locale, NotALocale};
use crate::time::Timestamp;

/// Derives a stable UUID (version 8, RFC 9562 section 5.8) from its parts: the first 128 bits of
/// SHA-256 over the parts, each preceded by its length, so that `["ab","c"]` and `["a","bc"]` differ.
pub fn derive_id(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map($name)
            }
        }
    };
}

uuid_id!(
    /// A person who writes to the charity. Derived from the first address they wrote from.
    PersonId
);
uuid_id!(
    /// One inbox row. Derived from channel and the channel's own message id.
    EventId
);
uuid_id!(
    /// A run through a form. Equal to the id of the event that opened it.
    SessionId
);
uuid_id!(
    /// A request in the case store. Equal to the id of the session that was signed.
    CaseId
);
uuid_id!(
    /// A stored document (a paper somebody sent).
    DocumentId
);
uuid_id!(
    /// A member of staff.
    StaffId
);

impl EventId {
    /// The id of the message `external_id` of `channel`: the same message always gets the same id.
    pub fn of(channel: &ChannelId, external_id: &str) -> Self {
        EventId(derive_id(&["event", channel.as_str(), external_id]))
    }
}

impl PersonId {
    /// The id of the person who first wrote from `address`.
    pub fn of(address: &Address) -> Self {
        PersonId(derive_id(&["person", address.channel.as_str(), &address.path]))
    }
    /// The id of who writes from `address` after `forgotten` people there were forgotten: nothing leads to them.
    pub fn after(address: &Address, forgotten: u32) -> Self {
        let Address { channel, path } = address;
        match forgotten {
            0 => PersonId::of(address),
            n => PersonId(derive_id(&["person", channel.as_str(), path, &n.to_string()])),
        }
    }
}

/// The id of an outbox row: the event that caused it, and its place among that event's rows.
/// Written `<event>/<n>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OutboxId(pub String);

impl OutboxId {
    /// The `n`-th row of `event`, counted from 0.
    pub fn of(event: EventId, n: usize) -> Self {
        OutboxId(format!("{event}/{n}"))
    }
}

/// A channel's short ASCII name: `webchat`, `telegram`, `whatsapp`, `email`, `terminal`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelId(pub Box<str>);

impl ChannelId {
    /// From its name.
    pub fn new(name: &str) -> Self {
        ChannelId(name.into())
    }
    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a person can be reached: `telegram` + `3527065`, `webchat` + the digest of their secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address {
    /// The channel the path is meant for.
    pub channel: ChannelId,
    /// The channel's own name of the person.
    pub path: Box<str>,
}

/// Something one person sent, as any channel tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// Who sent it.
    pub from: Address,
    /// The channel's own id of the message: the same id is the same message.
    pub external_id: Box<str>,
    /// When the channel says it was sent.
    pub sent_at: Timestamp,
    /// What was sent.
    pub body: Body,
}

/// What a person sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// The chat was opened (a `/start`, a fresh web chat); the channel's guess of the language, if any.
    Start {
        /// The channel's hint: a browser's `Accept-Language` choice, Telegram's `language_code`.
        hint: Option<Locale>,
    },
    /// Words.
    Text(String),
    /// A button pressed.
    Choice(ChoiceToken),
    /// Several choices ticked at once (a page's check boxes); empty means "none of them".
    Choices(Vec<ChoiceToken>),
    /// A file.
    Media(MediaRef),
    /// A place, in degrees (WGS 84).
    Place {
        /// Latitude, -90 to 90.
        lat: f64,
        /// Longitude, -180 to 180.
        lon: f64,
    },
    /// A telephone number shared by the channel's own button.
    Phone(String),
    /// Something the channel can carry and we cannot read yet: its kind, for the reply.
    Unsupported(Box<str>),
    /// An earlier message of theirs was changed to these words.
    Edited(String),
    /// A file that could not be taken.
    Refused(Refusal),
}

/// Why a file that a person sent was not taken, named by what they can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Larger than so many bytes: send a smaller one.
    TooLarge(u64),
    /// Not a kind of file that is taken: send a photo or a PDF.
    WrongType,
    /// They have stored as much as one person may: send it another way.
    Full,
    /// The channel did not hand it out, or it was empty: send it again.
    Unfetched,
    /// It belongs on our own page, and was not fetched.
    NotHere,
}

/// A button's token: opaque, short (at most 22 ASCII characters), bound to person, session and question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChoiceToken(pub Box<str>);

/// A file that a person sent, already stored and sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRef {
    /// Where it is stored.
    pub document: DocumentId,
    /// The sender's file name, cleaned of paths, controls and direction marks; for display only.
    pub name: String,
    /// The media type found by looking at the content, never the sender's claim.
    pub mime: Box<str>,
    /// Bytes.
    pub size: u64,
}

/// One choice that a prompt offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What comes back when it is taken.
    pub token: ChoiceToken,
    /// What the person reads.
    pub label: String,
    /// Whether it stands beside the answers (skip, keep, stop): never a tick among several choices.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub aside: bool,
}

/// What kind of answer a prompt waits for, so that any client can draw the right control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // the names are the documentation: design.md section 8
pub enum ExpectsKind {
    Text,
    Integer,
    Decimal,
    Date,
    Phone,
    Email,
    Choice,
    Choices,
    File,
    Place,
    Signature,
    None,
}

/// What a prompt waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expects {
    /// The question's id: a form's question name, or a stage such as `language`, `consent`, `menu`, `service`.
    pub question: Box<str>,
    /// The kind of answer.
    pub kind: ExpectsKind,
    /// Whether it can be skipped.
    pub required: bool,
}

/// Why something is said: replies leave before bulk, and quiet hours hold only what can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An answer to what the person just said.
    Reply,
    /// News about their request.
    Notice,
    /// A reminder.
    Reminder,
    /// A survey's question that nobody asked for.
    Survey,
}

/// Something to say to a person: words are chosen, the shape is the channel's business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Which message of the catalogue (or question of a form) this is: `greeting`, `question:phone`.
    pub key: Box<str>,
    /// The language of `text`.
    pub locale: Locale,
    /// The words, bidi-isolated where values were put in.
    pub text: String,
    /// The buttons, in order.
    pub choices: Vec<Choice>,
    /// What is waited for, if anything.
    pub expects: Option<Expects>,
    /// Why it is said.
    pub purpose: Purpose,
    /// What there is to share with one press, for channels that have such buttons.
    pub share: Option<Share>,
}

/// A button that shares the person's own telephone number or place with one press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// It is offered, under this label.
    Offered(String),
    /// The one that was offered before is over.
    Over,
}

/// Who speaks a line of the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    /// wasl itself.
    Bot,
    /// A member of staff.
    Staff,
    /// The person.
    You,
}

/// One wire call: one provider id, one outbox row. Made from a [`Prompt`] by `channel::render`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which prompt it came from.
    pub key: Box<str>,
    /// Who speaks.
    pub from: Speaker,
    /// The language of the words.
    pub locale: Locale,
    /// What is sent.
    pub text: String,
    /// Buttons, drawn as such.
    pub choices: Vec<Choice>,
    /// What is waited for after this part, if anything.
    pub expects: Option<Expects>,
    /// Why it is said.
    pub purpose: Purpose,
    /// What there is to share with one press.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    /// How its choices stand on a keyboard that is drawn anew at each press.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<Board>,
    /// What is pressed to see its choices, where they may stand in a list that opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<String>,
}

/// A keyboard that is drawn anew at each press: several choices are ticked on it, many choices have pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// The message it hangs at, by the provider's id; `None` before it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Box<str>>,
    /// The page that is seen, from 0.
    #[serde(default)]
    pub page: usize,
    /// The choices that are ticked; `None` where a press is an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticked: Option<std::collections::BTreeSet<ChoiceToken>>,
    /// The label of the button that ends ticking.
    pub done: String,
    /// The label of the button to the page before.
    pub before: String,
    /// The label of the button to the page after.
    pub after: String,
}

/// The reference number people and officers speak of: `W-` and eight letters and digits (Crockford's base 32,
/// which has no I, L, O, U) from the id's first 40 bits. ASCII on purpose: digits of another script would be
/// turned around beside Latin letters.
pub fn reference_of(case: CaseId) -> String {
    spelled(case.0)
}

/// The `n`-th reference number that a case may have, when those before it are other cases': the first is
/// [`reference_of`], each later one is derived.
pub fn reference_after(case: CaseId, n: u32) -> String {
    match n {
        0 => reference_of(case),
        _ => spelled(derive_id(&["reference", &case.to_string(), &n.to_string()])),
    }
}

/// The reference number that somebody typed or dictated: small letters, missing dashes and letters that look like a
/// digit are meant well. `None` when it cannot be one.
pub fn reference_typed(text: &str) -> Option<String> {
    let typed =
        text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        });
    let typed: String = typed.collect();
    let digits = typed.strip_prefix('W').filter(|rest| rest.len() == 8).unwrap_or(&typed);
    let fits = digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    fits.then(|| format!("W-{}-{}", &digits[..4], &digits[4..]))
}

/// The code by which somebody goes on in another chat, spelled like a reference number: `C-` and eight letters and
/// digits, from 40 bits that nobody can guess.
pub fn code_of(bits: [u8; 5]) -> String {
    format!("C-{}", dashed(bits))
}

/// The code that somebody sent, meant as well as a reference number; the `C` must be there. `None` when it is none.
pub fn code_typed(text: &str) -> Option<String> {
    let (first, rest) = text.trim().split_at_checked(1)?;
    if !first.eq_ignore_ascii_case("c") {
        return None;
    }
    let digits = reference_typed(rest)?;
    Some(format!("C{}", digits.strip_prefix('W')?))
}

fn spelled(id: Uuid) -> String {
    let [a, b, c, d, e, ..] = *id.as_bytes();
    format!("W-{}", dashed([a, b, c, d, e]))
}

fn dashed(bits: [u8; 5]) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = bits.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    let digits: String = (0..8).rev().map(|i| DIGITS[(bits >> (5 * i)) as usize & 31] as char).collect();
    format!("{}-{}", &digits[..4], &digits[4..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_understood_as_people_write_it() {
        for typed in ["W-0A1B-2C3D", "w0a1b2c3d", " W 0A1B 2C3D ", "oalb-2c3d"] {
            assert_eq!(reference_typed(typed).as_deref(), Some("W-0A1B-2C3D"), "{typed}");
        }
        for other in ["", "W-0A1B", "0501234567", "maria@example.com", "W-0A1B-2C3\u{e9}"] {
            assert_eq!(reference_typed(other), None, "{other}");
        }
    }

    #[test]
    fn a_code_is_understood_as_people_send_it_and_is_no_reference() {
        assert_eq!(code_of([0, 1, 2, 3, 4]), "C-000G-40R4");
        for typed in ["C-0A1B-2C3D", " c0a1b2c3d ", "C oalb 2c3d"] {
            assert_eq!(code_typed(typed).as_deref(), Some("C-0A1B-2C3D"), "{typed}");
        }
        for other in ["", "c", "W-0A1B-2C3D", "0A1B-2C3D", "Certificate", "م-0A1B-2C3D"] {
            assert_eq!(code_typed(other), None, "{other}");
        }
    }

    #[test]
    fn ids_are_derived_and_parts_do_not_run_together() {
        assert_eq!(derive_id(&["ab", "c"]), derive_id(&["ab", "c"]));
        assert_ne!(derive_id(&["ab", "c"]), derive_id(&["a", "bc"]));
        assert_eq!(derive_id(&["x"]).get_version_num(), 8);
    }

    #[test]
    fn each_further_reference_of_a_case_is_another_and_the_same_again() {
        let case = CaseId(derive_id(&["case"]));
        let all: std::collections::BTreeSet<_> = (0..9).map(|n| reference_after(case, n)).collect();
        assert_eq!(all.len(), 9);
        assert_eq!(reference_after(case, 0), reference_of(case));
        assert_eq!(reference_after(case, 3), reference_after(case, 3));
    }
}
