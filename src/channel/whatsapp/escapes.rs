//! Halves of characters. A name that a phone cut in the middle of an emoji comes as half a pair of escapes (`\ud83d`
//! alone), which is no text: a reader of JSON would refuse the message around it.

use std::borrow::Cow;

/// How long an escape is: `\ud83d`.
const ESCAPE: usize = 6;

/// JSON in which every half of a pair that stands alone is U+FFFD.
pub(super) fn mended(raw: &[u8]) -> Cow<'_, [u8]> {
    let mut mended = Cow::Borrowed(raw);
    let mut at = 0;
    while let Some(step) = raw[at..].iter().position(|byte| *byte == b'\\') {
        at += step;
        match unit(&raw[at..]) {
            // An escape of another kind, `\\` among them: what comes after it stands for itself.
            None => at = raw.len().min(at + 2),
            Some(0xd800..0xdc00) if matches!(unit(&raw[at + ESCAPE..]), Some(0xdc00..0xe000)) => {
                at += 2 * ESCAPE;
            }
            Some(0xd800..0xe000) => {
                mended.to_mut()[at..at + ESCAPE].copy_from_slice(br"\ufffd");
                at += ESCAPE;
            }
            Some(_) => at += ESCAPE,
        }
    }
    mended
}

/// The UTF-16 unit of the escape that these bytes begin with.
fn unit(raw: &[u8]) -> Option<u16> {
    let digits = raw.get(..ESCAPE)?.strip_prefix(br"\u")?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    u16::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| is_hex)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_alone_is_replaced_and_nothing_else_is_touched() {
        #[track_caller]
        fn check(raw: &str, wanted: &str) {
            assert_eq!(std::str::from_utf8(&mended(raw.as_bytes())).unwrap(), wanted);
            let read = serde_json::from_str::<String>(&format!("\"{wanted}\""));
            assert!(read.is_ok(), "{wanted}");
        }
        for whole in ["", "abc", r"\u0645\u062d", r"\ud83d\ude00", r"\\ud83d", r"\n\t\\", r"a\u00e9"] {
            check(whole, whole);
        }
        check(r"\ud83d", r"\ufffd");
        check(r"\ude00", r"\ufffd");
        check(r"a\ud83d!", r"a\ufffd!");
        check(r"\ud83d\ud83d\ude00", r"\ufffd\ud83d\ude00");
        check(r"\uD83D\u0645", r"\ufffd\u0645");
        check(r"\\\ude00", r"\\\ufffd");
    }

    #[test]
    fn bytes_that_break_off_end_it_too() {
        for raw in [&b"\\"[..], b"\\u", b"\\ud8", b"\\ud83d\\u", b"\\ud83d\\", b"\xff\\ud83"] {
            assert_eq!(mended(raw).len(), raw.len());
        }
    }
}
