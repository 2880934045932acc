//! A mail, parsed by mail-parser (RFC 5322, 2045, 2047, 2231, 6532), and what it leaves to its caller: the body that
//! the person wrote, letters that are labelled wrongly, lines that flow, files that are none.
//!
//! | part | what becomes of it |
//! |---|---|
//! | `text/plain` | [`Letter::text`], unless it is only a stub beside the HTML |
//! | `text/html` | [`Letter::text`] by [`html::read`], when there is no `text/plain` |
//! | an image that the quoted part shows, or one smaller than [`ORNAMENT`] that the page shows | nothing: a logo |
//! | `winmail.dat` | its files ([`tnef`]), and its words where there are no others |
//! | a signature (S/MIME, PGP), an AMP page | nothing |
//! | `message/*`, `text/rfc822-headers`, `text/calendar` in the body | [`Letter::pieces`], and the files of a forwarded mail |
//! | anything else | [`Letter::attachments`] |

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{
    Encoding, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};

use super::attachment::{self, Attachment};
use super::headers::Headers;
use super::limits::{self, Refused};
use super::{charset, flowed, html, tnef};

/// Images that a page shows and that are smaller are ornaments. Larger ones may be the paper that somebody put into
/// the text of their mail, and are files whatever they are declared to be.
pub const ORNAMENT: usize = 20 * 1024;
/// The longest text of a body that is read on, in bytes.
const TEXT: usize = 1_000_000;
/// How deep files of forwarded mails are taken out.
const FORWARDED: usize = 3;

/// A mail, parsed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letter {
    /// Its header fields.
    pub headers: Headers,
    /// The addresses of all its `From` fields, in small letters.
    pub from: Vec<String>,
    /// Its subject, decoded.
    pub subject: String,
    /// Its own id, without the angle brackets.
    pub message_id: Option<String>,
    /// The words of its body, quotations that only plain text marks included (see [`super::reply`]).
    pub text: String,
    /// Where the words are from.
    pub source: Source,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// The media type of the whole: `multipart/report`.
    pub media: String,
    /// Parts for machines, in their order.
    pub pieces: Vec<Piece>,
    /// What could not be read.
    pub flaws: Vec<Flaw>,
}

/// Where the words of a mail are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// There are none.
    #[default]
    Nothing,
    /// A plain text.
    Plain,
    /// A page, with its marked quotations gone; whether there were such.
    Html {
        /// Something was quoted.
        quoted: bool,
    },
    /// `winmail.dat`.
    Packed,
}

/// A part for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its media type: `message/delivery-status`, `message/rfc822`.
    pub media: String,
    /// It, decoded, at most 64 KiB.
    pub text: String,
}

/// What of a mail could not be read: its sender is told kindly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// There were more parts or files than are looked at.
    PartsLeftOut,
    /// A `winmail.dat` that is none.
    Packed,
    /// It is encrypted.
    Encrypted,
}

/// Parses a mail.
///
/// # Errors
/// When it is beyond the limits of [`limits`], or no mail.
pub fn parse(raw: &[u8]) -> Result<Letter, Refused> {
    let raw = limits::admit(raw)?;
    let message = MessageParser::default().parse(&*raw).ok_or(Refused::NotMail)?;
    if depth(&message) > limits::DEPTH {
        return Err(Refused::Nested);
    }
    let headers = Headers::of(&message, &raw);
    let page = page(&message, &raw);
    let plain = plain(&message, &raw);
    let mut letter = Letter {
        from: senders(&message),
        subject: headers.subject(&message, &raw),
        message_id: message.message_id().map(str::to_owned).filter(|id| id.len() <= 998),
        media: message.content_type().map(media).unwrap_or_else(|| "text/plain".to_owned()),
        headers,
        ..Letter::default()
    };
    let packed = collect(&mut letter, &message, &raw, page.as_ref());
    choose(&mut letter, plain, page, packed);
    letter.flaws.sort_unstable();
    letter.flaws.dedup();
    Ok(letter)
}

/// How deep its multiparts go. Only nested messages are nested in memory, and limits has counted them.
fn depth(message: &Message) -> usize {
    let mut depths = vec![1_usize; message.parts.len()];
    for (at, part) in message.parts.iter().enumerate() {
        let inner = match &part.body {
            PartType::Multipart(children) => children.as_slice(),
            _ => continue,
        };
        for child in inner.iter().map(|child| *child as usize).filter(|child| *child > at) {
            if let Some(depth) = depths.get(at).copied()
                && let Some(below) = depths.get_mut(child)
            {
                *below = depth + 1;
            }
        }
    }
    depths.into_iter().max().unwrap_or(0)
}

fn senders(message: &Message) -> Vec<String> {
    let fields = message.headers().iter().filter(|header| header.name == HeaderName::From);
    let mut found = Vec::new();
    for field in fields {
        match &field.value {
            HeaderValue::Address(list) => {
                found
                    .extend(list.iter().map(|one| one.address.as_deref().unwrap_or_default().to_lowercase()));
            }
            // A field without an address counts: there is more than one.
            _ => found.push(String::new()),
        }
    }
    found.truncate(100);
    found
}

fn media(kind: &mail_parser::ContentType) -> String {
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
}

fn media_of(part: &MessagePart) -> String {
    part.content_type().map(media).unwrap_or_else(|| "text/plain".to_owned())
}

fn charset_of<'a>(part: &'a MessagePart) -> Option<&'a str> {
    part.content_type()?.attribute("charset")
}

/// The bytes of a part without its transfer encoding.
fn bytes(part: &MessagePart, raw: &[u8]) -> Vec<u8> {
    let body = raw.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    let decoded = match part.encoding {
        Encoding::None => None,
        Encoding::QuotedPrintable => quoted_printable_decode(body),
        Encoding::Base64 => base64_decode(body),
    };
    decoded.unwrap_or_else(|| body.to_vec())
}

/// The text of a part in the letters it was written in.
fn letters(part: &MessagePart, text: &str, raw: &[u8]) -> String {
    let declared = charset_of(part);
    let mut text = if charset::is_doubtful(text, declared) {
        charset::decode(&bytes(part, raw), declared)
    } else {
        text.to_owned()
    };
    let end = (0..=TEXT.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.truncate(end);
    text
}

fn plain(message: &Message, raw: &[u8]) -> Option<String> {
    let mut whole: Option<String> = None;
    for part in message.text_bodies().take(limits::PARTS) {
        let PartType::Text(text) = &part.body else { continue };
        let mut text = letters(part, text, raw);
        let kind = part.content_type();
        let says = |name: &str, value: &str| {
            kind.and_then(|kind| kind.attribute(name)).is_some_and(|given| given.eq_ignore_ascii_case(value))
        };
        if says("format", "flowed") {
            text = flowed::unfold(&text, says("delsp", "yes"));
        }
        match &mut whole {
            Some(whole) if whole.len() < TEXT => {
                whole.push('\n');
                whole.push_str(&text);
            }
            Some(_) => {}
            None => whole = Some(text),
        }
    }
    whole
}

fn page(message: &Message, raw: &[u8]) -> Option<html::Page> {
    let mut whole: Option<html::Page> = None;
    for part in message.html_bodies().take(limits::PARTS) {
        let PartType::Html(text) = &part.body else { continue };
        let page = html::read(&letters(part, text, raw));
        match &mut whole {
            Some(whole) if whole.text.len() < TEXT => {
                whole.text.push('\n');
                whole.text.push_str(&page.text);
                whole.shown.extend(page.shown);
                whole.quoted.extend(page.quoted);
                whole.cut |= page.cut;
            }
            Some(_) => {}
            None => whole = Some(page),
        }
    }
    whole
}

/// Types that are no file of a person's.
const NO_FILES: &[&str] = &[
    "text/x-amp-html",
    "text/watch-html",
    "application/pgp-signature",
    "application/pgp-encrypted",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
];
const ENCRYPTED: &[&str] =
    &["application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"];

/// Takes out files and parts for machines; what a `winmail.dat` says is returned.
fn collect(letter: &mut Letter, message: &Message, raw: &[u8], page: Option<&html::Page>) -> Option<String> {
    let mut words = None;
    let report = letter.media == "multipart/report";
    let mut waiting = vec![(message, 0)];
    while let Some((message, depth)) = waiting.pop() {
        if message.parts.len() > limits::PARTS {
            letter.flaws.push(Flaw::PartsLeftOut);
        }
        for part in message.attachments().take(limits::PARTS) {
            let media = media_of(part);
            if let PartType::Message(inner) = &part.body
                && !report
                && depth < FORWARDED
            {
                waiting.push((inner, depth + 1));
            }
            if ENCRYPTED.contains(&media.as_str()) {
                letter.flaws.push(Flaw::Encrypted);
            }
            if is_for_machines(part, &media) {
                if depth == 0 {
                    letter.pieces.push(piece(part, media, raw));
                }
            } else if is_packed(part, &media) {
                match tnef::unpack(part.contents()) {
                    Some(packed) => {
                        letter.attachments.extend(packed.files);
                        words = words.or(packed.text);
                    }
                    None => letter.flaws.push(Flaw::Packed),
                }
            } else if is_file(part, &media, page) {
                letter.attachments.push(file(part, media, raw, depth));
            }
        }
    }
    if letter.attachments.len() > attachment::LIMIT {
        letter.attachments.truncate(attachment::LIMIT);
        letter.flaws.push(Flaw::PartsLeftOut);
    }
    words
}

/// An invitation is for machines as a shape of the body; as a file it is a file.
fn is_for_machines(part: &MessagePart, media: &str) -> bool {
    let attached = || part.content_disposition().is_some_and(|disposition| disposition.is_attachment());
    media.starts_with("message/")
        || media == "text/rfc822-headers"
        || (media == "text/calendar" && !attached())
}

fn piece(part: &MessagePart, media: String, raw: &[u8]) -> Piece {
    let bytes = bytes(part, raw);
    Piece { media, text: charset::decode(&bytes[..bytes.len().min(64 * 1024)], charset_of(part)) }
}

fn is_packed(part: &MessagePart, media: &str) -> bool {
    matches!(media, "application/ms-tnef" | "application/vnd.ms-tnef")
        || part.attachment_name().is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"))
}

fn is_file(part: &MessagePart, media: &str, page: Option<&html::Page>) -> bool {
    if NO_FILES.contains(&media) {
        return false;
    }
    let attached =
        part.content_disposition().is_some_and(|d| d.is_attachment()) || part.attachment_name().is_some();
    match &part.body {
        // Another shape of the body.
        PartType::Text(_) | PartType::Html(_) => attached,
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            let id = part.content_id().unwrap_or_default();
            let among = |images: &[String]| images.iter().any(|image| image == id);
            let ornament = media.starts_with("image/")
                && !id.is_empty()
                && page.is_some_and(|page| {
                    among(&page.quoted) && !among(&page.shown) || among(&page.shown) && bytes.len() < ORNAMENT
                });
            !bytes.is_empty() && !ornament
        }
        PartType::Message(_) | PartType::Multipart(_) => false,
    }
}

fn file(part: &MessagePart, declared: String, raw: &[u8], depth: usize) -> Attachment {
    let bytes = match &part.body {
        // As it came, not as it was read; the offsets of what is in another message are that one's.
        PartType::Text(_) | PartType::Html(_) if depth == 0 => bytes(part, raw),
        _ => part.contents().to_vec(),
    };
    let name = part.attachment_name().unwrap_or_default();
    let whole = || {
        let fields = part
            .headers
            .iter()
            .filter(|field| matches!(field.name, HeaderName::ContentDisposition | HeaderName::ContentType));
        let values =
            fields.filter_map(|field| raw.get(field.offset_start as usize..field.offset_end as usize));
        values.rev().find_map(|value| attachment::rejoined(&String::from_utf8_lossy(value)))
    };
    let cut = depth == 0 && name.contains('\u{FFFD}');
    let name = cut.then(whole).flatten().unwrap_or_else(|| name.to_owned());
    let mut file = Attachment { name, declared, bytes };
    file.tidy();
    file
}

/// The longest plain text that may be a stub for the page beside it.
const STUB: usize = 200;

/// Which words are the mail's.
fn choose(letter: &mut Letter, plain: Option<String>, page: Option<html::Page>, packed: Option<String>) {
    let blank = |text: &str| text.trim().is_empty();
    let plain = plain.filter(|text| !blank(text));
    let page = page.filter(|page| !blank(&page.text) || page.cut);
    // "Your program cannot show HTML", in whichever language.
    let stub = |plain: &str, page: &html::Page| {
        plain.len() <= STUB
            && plain.to_ascii_lowercase().contains("html")
            && !page.text.contains(plain.trim())
    };
    (letter.text, letter.source) = match (plain, page, packed) {
        (Some(plain), Some(page), _) if stub(&plain, &page) => (page.text, Source::Html { quoted: page.cut }),
        (Some(plain), _, _) => (plain, Source::Plain),
        (None, Some(page), _) => (page.text, Source::Html { quoted: page.cut }),
        (None, None, Some(packed)) => (packed, Source::Packed),
        (None, None, None) => (String::new(), Source::Nothing),
    };
}

#[cfg(test)]
mod tests;
