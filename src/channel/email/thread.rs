//! Which conversation a mail belongs to, and which part of ours a bounce is about: signed addresses, then the ids that
//! it refers to, then a tag in its subject.
//!
//! | key | address |
//! |---|---|
//! | a conversation, in `Reply-To` | `help+c<id>.<mac>@charity.example` |
//! | an outbox part, as the envelope's sender (VERP) | `help+b<event>-<n>.<mac>@charity.example` |
//!
//! Ids are 26 letters of base32 (RFC 4648, small, without padding), the MAC ten: 50 bits of HMAC-SHA-256, enough
//! against guessing through a mail server, and all fits the 64 bytes of a local part.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::mime::Letter;
use crate::message::OutboxId;

/// Letters of a MAC.
const MAC: usize = 10;
/// The longest local part (RFC 5321, 4.5.3.1.1).
const LOCAL: usize = 64;
/// The most ids that are looked up for one mail.
const REFERENCES: usize = 30;

/// What a signed address is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// A conversation goes on.
    Conversation(Uuid),
    /// A part of ours did not arrive.
    Part(OutboxId),
}

/// Our address with a signed mark; `None` when the address has no room for it.
pub fn sign(address: &str, mark: &Mark, key: &[u8]) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let body = match mark {
        Mark::Conversation(id) => format!("c{}", base32(id.as_bytes())),
        Mark::Part(OutboxId(id)) => {
            let (event, n) = id.split_once('/')?;
            let n: u32 = n.parse().ok()?;
            format!("b{}-{n}", base32(Uuid::parse_str(event).ok()?.as_bytes()))
        }
    };
    let local = format!("{local}+{body}.{}", mac(&body, key));
    (local.len() <= LOCAL).then(|| format!("{local}@{domain}"))
}

/// The `Message-ID` of a part of ours, without the angle brackets: the same at every attempt, and a mark that only we can
/// make, so that a report which returns it is believed.
pub fn message_id(address: &str, part: &OutboxId, key: &[u8]) -> Option<String> {
    // Whatever room the address leaves: the id needs none of it.
    let (_, domain) = address.rsplit_once('@')?;
    let signed = sign(&format!("w@{domain}"), &Mark::Part(part.clone()), key)?;
    signed.strip_prefix("w+").map(str::to_owned)
}

/// The part of ours that has this `Message-ID`.
pub fn part_of_message_id(id: &str, address: &str, key: &[u8]) -> Option<OutboxId> {
    let (_, domain) = address.rsplit_once('@')?;
    match verify(&format!("w+{id}"), &format!("w@{domain}"), key)? {
        Mark::Part(part) => Some(part),
        Mark::Conversation(_) => None,
    }
}

/// The mark of an address, when we signed it. The mail server may have written it in capitals. In constant time as to
/// the MAC.
pub fn verify(address: &str, own: &str, key: &[u8]) -> Option<Mark> {
    let address = address.trim().trim_start_matches('<').trim_end_matches('>').to_ascii_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    let own = own.to_ascii_lowercase();
    let (own_local, own_domain) = own.rsplit_once('@')?;
    let signed = local.strip_prefix(own_local)?.strip_prefix('+').filter(|_| domain == own_domain)?;
    let (body, given) = signed.rsplit_once('.')?;
    if !bool::from(mac(body, key).as_bytes().ct_eq(given.as_bytes())) {
        return None;
    }
    match body.split_at_checked(1)? {
        ("c", id) => Some(Mark::Conversation(Uuid::from_bytes(unbase32(id)?))),
        ("b", id) => {
            let (event, n) = id.split_once('-')?;
            let n: u32 = n.parse().ok()?;
            Some(Mark::Part(OutboxId(format!("{}/{n}", Uuid::from_bytes(unbase32(event)?)))))
        }
        _ => None,
    }
}

/// What a mail says of where it belongs, in the order in which it is believed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thread {
    /// By an address that we signed.
    pub mark: Option<Mark>,
    /// Ids of mails that it answers: `In-Reply-To` first, then `References` from the last to the first.
    pub references: Vec<String>,
    /// The number of a tag in its subject, `[#1042]`: only with a sender who takes part.
    pub tag: Option<String>,
}

/// Reads what a mail says of its conversation.
pub fn of(letter: &Letter, own: &str, key: &[u8]) -> Thread {
    Thread {
        mark: recipients(letter).iter().find_map(|address| verify(address, own, key)),
        references: references(letter),
        tag: tag(&letter.subject),
    }
}

/// Every address that a mail went to, those that servers wrote first.
pub(super) fn recipients(letter: &Letter) -> Vec<String> {
    const FIELDS: [&str; 6] = ["delivered-to", "x-original-to", "envelope-to", "x-delivered-to", "to", "cc"];
    let fields = FIELDS.iter().flat_map(|name| letter.headers.all(name));
    let pieces = fields.flat_map(|field| field.split(|c: char| c.is_whitespace() || ",;<>()\"".contains(c)));
    pieces.filter(|piece| piece.contains('@')).take(200).map(str::to_owned).collect()
}

fn references(letter: &Letter) -> Vec<String> {
    let ids = |name: &str| {
        let fields: Vec<&str> = letter.headers.all(name).collect();
        let ids =
            fields.iter().flat_map(|field| field.split(|c: char| c.is_whitespace() || "<>,".contains(c)));
        ids.filter(|id| id.contains('@') && id.len() <= 998).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut found: Vec<String> = Vec::new();
    for id in ids("in-reply-to").into_iter().chain(ids("references").into_iter().rev()) {
        if found.len() < REFERENCES && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

fn tag(subject: &str) -> Option<String> {
    let (_, rest) = subject.split_once("[#")?;
    let (tag, _) = rest.split_once(']')?;
    let plain = tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    ((1..=32).contains(&tag.len()) && plain).then(|| tag.to_owned())
}

fn mac(body: &str, key: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(b"wasl mail address\0");
    mac.update(body.as_bytes());
    let mut letters = base32(&mac.finalize().into_bytes());
    letters.truncate(MAC);
    letters
}

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

fn base32(bytes: &[u8]) -> String {
    let bits =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect::<Vec<u8>>();
    let letter = |five: &[u8]| {
        let value = (0..5).fold(0, |all, at| all << 1 | usize::from(five.get(at).copied().unwrap_or(0)));
        char::from(ALPHABET[value])
    };
    bits.chunks(5).map(letter).collect()
}

/// Sixteen bytes; `None` for anything that [`base32`] does not write.
fn unbase32(letters: &str) -> Option<[u8; 16]> {
    let mut value: u128 = 0;
    let (last, first) = letters.as_bytes().split_last().filter(|(_, first)| first.len() == 25)?;
    let five = |letter: &u8| ALPHABET.iter().position(|known| known == letter).map(|at| at as u128);
    for letter in first {
        value = value << 5 | five(letter)?;
    }
    // 125 bits, then three and two of padding.
    let last = five(last)?;
    (last & 0b11 == 0).then(|| (value << 3 | last >> 2).to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::headers::Headers;
    use super::*;

    const OWN: &str = "help@charity.example";
    const KEY: &[u8] = b"a key of the server";

    fn marks() -> [Mark; 2] {
        let id = Uuid::from_u128(0x0123_4567_89ab_cdef_fedc_ba98_7654_3210);
        [Mark::Conversation(id), Mark::Part(OutboxId(format!("{id}/12")))]
    }

    #[test]
    fn what_was_signed_is_verified() {
        for mark in marks() {
            let address = sign(OWN, &mark, KEY).unwrap();
            assert_eq!(verify(&address, OWN, KEY), Some(mark.clone()), "{address}");
            assert_eq!(verify(&format!("<{}>", address.to_uppercase()), OWN, KEY), Some(mark), "{address}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for mark in marks() {
            let address = sign(OWN, &mark, KEY).unwrap();
            assert_eq!(verify(&address, OWN, b"another key"), None);
            assert_eq!(verify(&address, "else@charity.example", KEY), None);
            assert_eq!(verify(&address, "help@other.example", KEY), None);
            for (at, c) in address.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()) {
                let other = if c == 'a' { "b" } else { "a" };
                let mut forged = address.clone();
                forged.replace_range(at..=at, other);
                assert_eq!(verify(&forged, OWN, KEY), None, "{forged}");
            }
        }
        for address in [
            "help+c.@charity.example",
            "help+@charity.example",
            "help@charity.example",
            "",
            "@",
            "help+é.a@charity.example",
        ] {
            assert_eq!(verify(address, OWN, KEY), None, "{address}");
        }
    }

    #[test]
    fn what_has_no_room_is_not_signed() {
        assert_eq!(sign(&format!("{}@charity.example", "a".repeat(40)), &marks()[0], KEY), None);
        assert_eq!(sign(OWN, &Mark::Part(OutboxId("strange".into())), KEY), None);
    }

    #[test]
    fn base32_is_that_of_the_rfc() {
        assert_eq!(base32(b"foobar"), "mzxw6ytboi");
        for value in [0, 1, u128::MAX, 0x0f1e_2d3c_4b5a_6978_8796_a5b4_c3d2_e1f0] {
            assert_eq!(unbase32(&base32(&value.to_be_bytes())), Some(value.to_be_bytes()));
        }
    }

    #[test]
    fn a_mail_is_placed() {
        let address = sign(OWN, &marks()[0], KEY).unwrap();
        let text = format!(
            "Delivered-To: {address}\nTo: x@y.example\nIn-Reply-To: <c@z>\nReferences: <a@z> <b@z>\n <c@z>"
        );
        let letter =
            Letter { headers: Headers::parse(&text), subject: "Re: [#1042] x".into(), ..Letter::default() };
        let thread = of(&letter, OWN, KEY);
        assert_eq!(thread.mark.as_ref(), Some(&marks()[0]));
        assert_eq!(thread.references, ["c@z", "b@z", "a@z"]);
        assert_eq!(thread.tag.as_deref(), Some("1042"));
    }
}
