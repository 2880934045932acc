//! A part as a mail: plain text and a page of the same words, in the thread of the mail that it answers.

use askama::Template;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address as Mail, Message};

use crate::channel::email::Own;
use crate::channel::email::classify::LOOP;
use crate::channel::email::stored::Before;
use crate::channel::email::thread::{self, Mark};
use crate::channel::render::bare_links;
use crate::message::{Address, Dir, OutboxId, Part, PersonId, Purpose};

/// What begins the subject of an answer, in every mail program.
const RE: &str = "Re: ";

/// A mail, ready to leave.
#[derive(Debug)]
pub(super) struct Composed {
    /// Whom a report goes to: the envelope's sender.
    pub sender: Mail,
    /// To whom it goes.
    pub recipient: Mail,
    /// Its id, without the angle brackets.
    pub id: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// Why no mail can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Uncomposed {
    /// The person's address.
    #[error("mail cannot go to such an address")]
    Recipient,
    /// Ours, or the part.
    #[error("no mail could be made of it")]
    Other,
}

/// What the mails of one association share.
pub(super) struct From<'a> {
    pub own: &'a Own,
    /// The association's name in the part's language: who writes, and the subject of a mail that answers none.
    pub name: &'a str,
    /// Whether our address takes marks behind a plus.
    pub marks: bool,
}

/// The mail that shows `part` to who is at `to`.
pub(super) fn compose(
    from: &From<'_>,
    to: &Address,
    part: &Part,
    key: &OutboxId,
    before: &Before,
) -> Result<Composed, Uncomposed> {
    let Own { address, key: secret, .. } = from.own;
    let own: Mail = address.parse().map_err(|_| Uncomposed::Other)?;
    // Few servers take an address in other letters; it would need SMTPUTF8 all the way.
    let recipient: Mail =
        to.path.is_ascii().then(|| to.path.parse().ok()).flatten().ok_or(Uncomposed::Recipient)?;
    let marked = |mark: &Mark| {
        let signed = from.marks.then(|| thread::sign(address, mark, secret)).flatten();
        signed.and_then(|signed| signed.parse::<Mail>().ok())
    };
    let id = thread::message_id(address, key, secret).ok_or(Uncomposed::Other)?;
    let (subject, text) = (subject(&before.subject, from.name), bare_links(&part.text));
    let dir = part.locale.dir();
    let page = Page {
        lang: part.locale.as_str(),
        dir: dir.as_str(),
        side: if dir == Dir::Rtl { "right" } else { "left" },
        subject: &subject,
        blocks: blocks(&text),
    };
    let html = page.render().map_err(|_| Uncomposed::Other)?;
    let name = Some(from.name.to_owned()).filter(|name| !name.is_empty());
    let mut mail = Message::builder()
        .from(Mailbox::new(name.clone(), own.clone()))
        .to(Mailbox::new(None, recipient.clone()))
        .subject(&subject)
        .message_id(Some(format!("<{id}>")));
    if let Some(reply_to) = marked(&Mark::Conversation(PersonId::of(to).0)) {
        mail = mail.reply_to(Mailbox::new(name, reply_to));
    }
    if let Some(newest) = before.chain.last() {
        let chain: Vec<String> = before.chain.iter().map(|id| format!("<{id}>")).collect();
        mail = mail.in_reply_to(format!("<{newest}>")).references(chain.join(" "));
    }
    // RFC 3834: no program answers an answer of ours.
    let automatic = if part.purpose == Purpose::Reply { "auto-replied" } else { "auto-generated" };
    for (name, value) in [
        ("Auto-Submitted", automatic),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", part.locale.as_str()),
        (LOOP, "1"),
    ] {
        let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| Uncomposed::Other)?;
        mail = mail.raw_header(HeaderValue::new(name, value.to_owned()));
    }
    let mail =
        mail.multipart(MultiPart::alternative_plain_html(text, html)).map_err(|_| Uncomposed::Other)?;
    Ok(Composed {
        sender: marked(&Mark::Part(key.clone())).unwrap_or(own),
        recipient,
        id,
        bytes: mail.formatted(),
    })
}

/// The subject of what is answered, as mail programs write it in an answer; else the name.
fn subject(before: &str, name: &str) -> String {
    let begins = before.get(..RE.len() - 1).is_some_and(|start| start.eq_ignore_ascii_case(RE.trim_end()));
    match before {
        "" => name.to_owned(),
        _ if begins => before.to_owned(),
        _ => format!("{RE}{before}"),
    }
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    lang: &'a str,
    dir: &'a str,
    side: &'a str,
    subject: &'a str,
    blocks: Vec<Vec<Vec<Piece<'a>>>>,
}

/// What a line is made of.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    Link(&'a str),
}

/// Paragraphs, their lines, and what these are made of. A page says the direction itself; what the text has for a reader
/// without one stays.
fn blocks(text: &str) -> Vec<Vec<Vec<Piece<'_>>>> {
    let blocks = text.split("\n\n").map(|block| block.trim_matches('\n')).filter(|block| !block.is_empty());
    blocks.map(|block| block.lines().map(pieces).collect()).collect()
}

fn pieces(line: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), line);
    while let Some(at) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, link) = rest.split_at(at);
        let end = link.find(|c: char| c.is_whitespace() || !c.is_ascii_graphic()).unwrap_or(link.len());
        let end = link[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '\'']).len();
        let (link, after) = link.split_at(end);
        pieces.extend([Piece::Words(before), Piece::Link(link)]);
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces.retain(|piece| *piece != Piece::Words(""));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{ChannelId, Locale, Speaker};

    fn own() -> Own {
        Own { address: "help@charity.example".into(), authserv_id: "mx".into(), key: vec![7; 32] }
    }

    fn composed(locale: &str, text: &str, before: &Before) -> String {
        let part = Part {
            key: "k".into(),
            from: Speaker::Bot,
            locale: Locale::parse(locale).unwrap(),
            text: text.into(),
            choices: Vec::new(),
            expects: None,
            purpose: Purpose::Reply,
            share: None,
            board: None,
            opens: None,
        };
        let to = Address { channel: ChannelId::new("email"), path: "layla@mail.example".into() };
        let key = OutboxId(format!("{}/1", uuid::Uuid::from_u128(5)));
        let from = From { own: &own(), name: "جمعية", marks: true };
        let mail = compose(&from, &to, &part, &key, before).unwrap();
        assert_eq!(own().part_of(mail.sender.as_ref()), Some(key.clone()));
        assert_eq!(thread::part_of_message_id(&mail.id, "help@charity.example", &[7; 32]), Some(key));
        String::from_utf8(mail.bytes).unwrap()
    }

    #[test]
    fn an_answer_stands_in_its_thread() {
        let before = Before::new("ajuda", Some("c@x"), &["b@x".into(), "a@x".into()]);
        let mail = composed("en", "Hello <b>\n\nSee https://x.example/a.", &before);
        for line in [
            "Subject: Re: ajuda",
            "In-Reply-To: <c@x>",
            "References: <a@x> <b@x> <c@x>",
            "Auto-Submitted: auto-replied",
            "X-Auto-Response-Suppress: All",
            "X-Wasl-Loop: 1",
        ] {
            assert!(mail.contains(&format!("\r\n{line}\r\n")), "{line}: {mail}");
        }
        let soft = mail.replace("=\r\n", "").replace("=3D", "=");
        assert!(
            soft.contains("Hello &#60;b&#62;") && soft.contains("<html lang=\"en\" dir=\"ltr\">"),
            "{soft}"
        );
        assert!(
            soft.contains("<a href=\"https://x.example/a\" dir=\"ltr\">https://x.example/a</a>."),
            "{soft}"
        );
        assert!(composed("en", "x", &Before::new("RE: y", None, &[])).contains("\r\nSubject: RE: y\r\n"));
    }

    #[test]
    fn nobody_writes_a_field_by_a_subject() {
        let mail = composed("ar", "سلام", &Before::new("a\r\nBcc: x@y.example", Some("a@b>\r\nX: y"), &[]));
        assert!(!mail.contains("\r\nBcc") && !mail.contains("\r\nX: y"), "{mail}");
        let mail = mail.replace("=\r\n", "").replace("=3D", "=");
        assert!(
            mail.contains("dir=\"rtl\" style=\"text-align:right") || !mail.contains("quoted-printable"),
            "{mail}"
        );
    }

    #[test]
    fn links_end_where_words_go_on() {
        assert_eq!(
            pieces("a http://b.c/d, e"),
            [Piece::Words("a "), Piece::Link("http://b.c/d"), Piece::Words(", e")]
        );
        assert_eq!(pieces("https://x"), [Piece::Link("https://x")]);
        assert_eq!(pieces(""), []);
    }
}
