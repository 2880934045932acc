//! What is not even parsed, and what is made harmless first.
//!
//! mail-parser never fails, but takes what it is given: its time grows with the product of size and multiparts whose
//! boundary never comes, and messages nested in messages are dropped by recursion. Both are counted here in one pass
//! over the lines, without parsing: a block of header lines that is no plain leaf (text, image, application …) counts
//! as a container.

use std::borrow::Cow;
use std::cell::LazyCell;

/// The largest mail that is parsed.
pub const SIZE: usize = 25 * 1024 * 1024;
/// The largest header.
pub const HEADER: usize = 256 * 1024;
/// The deepest nesting of parts that is looked into.
pub const DEPTH: usize = 20;
/// The most parts that are looked at.
pub const PARTS: usize = 200;
/// The most containers; beyond it no mail program writes, and recursion could end in the stack's end.
const CONTAINERS: usize = 100;
/// The most lines that may be a boundary: each part costs memory, however small it is.
const BOUNDARIES: usize = 20_000;
/// The most bytes that all containers together may make the parser read again.
const WORK: usize = 400_000_000;

/// Why a mail was not parsed. Its sender may be told kindly; staff see the raw mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Larger than [`SIZE`].
    #[error("{}", self.reason())]
    Size,
    /// Its header is larger than [`HEADER`].
    #[error("{}", self.reason())]
    Header,
    /// More containers than a mail program writes, or deeper than [`DEPTH`].
    #[error("{}", self.reason())]
    Nested,
    /// There is no header.
    #[error("{}", self.reason())]
    NotMail,
}

impl Refused {
    /// The same for staff.
    pub fn reason(self) -> &'static str {
        match self {
            Refused::Size => "larger than is parsed",
            Refused::Header => "the header is larger than is parsed",
            Refused::Nested => "more nested than is parsed",
            Refused::NotMail => "it is no mail",
        }
    }
}

/// Types that hold nothing, however they are written.
const LEAVES: &[&[u8]] = &[b"text/", b"image/", b"application/", b"audio/", b"video/", b"font/", b"model/"];

/// The mail as it may be parsed: without transfer encodings on what is no leaf (RFC 2046 forbids them there), for
/// what is nested inside could not be counted.
pub(super) fn admit(raw: &[u8]) -> Result<Cow<'_, [u8]>, Refused> {
    if raw.len() > SIZE {
        return Err(Refused::Size);
    }
    if header_length(raw) > HEADER {
        return Err(Refused::Header);
    }
    let (mut mail, mut containers, mut boundaries, mut at) = (Cow::Borrowed(raw), 0_usize, 0, 0);
    let mut block = Block::default();
    // In a digest a part without a type is a message.
    let digest = LazyCell::new(|| contains(raw, b"digest"));
    for line in raw.split_inclusive(|b| *b == b'\n') {
        if line.trim_ascii().is_empty() {
            let ended = std::mem::take(&mut block);
            containers += usize::from(ended.is_container());
            if let Some(encoding) =
                ended.encoding.filter(|_| ended.is_container() || (ended.types == 0 && *digest))
            {
                mail.to_mut()[encoding] = b'x';
            }
        } else {
            block.take(line, at);
        }
        boundaries += usize::from(line.starts_with(b"--"));
        at += line.len();
    }
    containers += usize::from(block.is_container());
    if containers > CONTAINERS || boundaries > BOUNDARIES || containers.saturating_mul(raw.len()) > WORK {
        return Err(Refused::Nested);
    }
    Ok(mail)
}

/// Lines between empty ones, which may be a part's header.
#[derive(Default)]
struct Block {
    /// How many content types it has, and how many of them are leaves.
    types: usize,
    leaves: usize,
    /// Where its transfer encoding stands.
    encoding: Option<usize>,
}

impl Block {
    fn take(&mut self, line: &[u8], at: usize) {
        // White space before a header's name is skipped by the parser too.
        let (at, line) = (at + line.len() - line.trim_ascii_start().len(), line.trim_ascii_start());
        let begins =
            |name: &[u8]| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        if begins(b"content-type") {
            self.types += 1;
            let value = line.iter().position(|b| *b == b':').map_or(&[][..], |colon| &line[colon + 1..]);
            let value = value.trim_ascii_start();
            let leaf =
                |leaf: &&[u8]| value.get(..leaf.len()).is_some_and(|start| start.eq_ignore_ascii_case(leaf));
            self.leaves += usize::from(LEAVES.iter().any(leaf));
        } else if begins(b"content-transfer-encoding") {
            self.encoding = Some(at);
        }
    }

    fn is_container(&self) -> bool {
        self.types > self.leaves || self.types > 1
    }
}

fn contains(raw: &[u8], word: &[u8]) -> bool {
    raw.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

/// How long the header is, looking no further than [`HEADER`] allows.
fn header_length(raw: &[u8]) -> usize {
    let mut length = 0;
    for line in raw.split_inclusive(|b| *b == b'\n') {
        length += line.len();
        if line.trim_ascii().is_empty() || length > HEADER {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_refused() {
        assert_eq!(admit(&vec![b'a'; SIZE + 1]), Err(Refused::Size));
        assert_eq!(admit(&vec![b'a'; HEADER + 1]), Err(Refused::Header));
        let nested = "Content-Type: message/rfc822\n\n".repeat(CONTAINERS + 1);
        assert_eq!(admit(nested.as_bytes()), Err(Refused::Nested));
        let folded = "content-type:\n message/rfc822\n\n".repeat(CONTAINERS + 1);
        assert_eq!(admit(folded.as_bytes()), Err(Refused::Nested));
    }

    #[test]
    fn an_encoded_message_stays_encoded() {
        let raw = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQQ==";
        assert!(admit(raw).unwrap().ends_with(b"xontent-Transfer-Encoding: base64\n\nQQ=="));
        let raw = b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nQQ==";
        assert!(matches!(admit(raw), Ok(Cow::Borrowed(_))));
    }
}
