//! Which letters bytes are, when what is said of them is missing or wrong.
//!
//! Old clients label windows-1256 as iso-8859-1 or not at all, and UTF-8 as anything. What is said is believed unless
//! the bytes speak against it: UTF-8 proves itself; words that are all high bytes are no western European words.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252, WINDOWS_1256};

/// The most bytes looked at to guess.
const SAMPLE: usize = 64 * 1024;

/// The text of bytes of which `declared` is said.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    let named = declared.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let encoding = if bytes.is_ascii() { named.unwrap_or(UTF_8) } else { choose(bytes, named) };
    // The byte order mark is the sender's own word.
    encoding.decode(bytes).0.into_owned()
}

/// Whether what mail-parser read cannot be right, so that the bytes are to be looked at.
pub fn is_doubtful(text: &str, declared: Option<&str>) -> bool {
    let vague = declared.is_none_or(|label| {
        let named = Encoding::for_label(label.trim().as_bytes());
        named.is_none_or(|named| named == WINDOWS_1252)
    });
    text.contains('\u{FFFD}') || (vague && !text.is_ascii())
}

fn choose(bytes: &[u8], named: Option<&'static Encoding>) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    // A character may be cut where the sample ends.
    let utf8 = std::str::from_utf8(sample).map_or_else(|e| e.error_len().is_none(), |_| true);
    if utf8 && named.is_none_or(Encoding::is_single_byte) {
        return UTF_8;
    }
    let vague = named.is_none_or(|named| named == WINDOWS_1252 || (named == UTF_8 && !utf8));
    match named {
        Some(named) if !vague => named,
        _ if !is_written_in_high_bytes(sample) => WINDOWS_1252,
        _ if is_windows_1256(sample) => WINDOWS_1256,
        _ => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(sample, true);
            detector.guess(None, Utf8Detection::Deny)
        }
    }
}

/// Whether most words that have high bytes have nothing else: western European words have one or two among ASCII
/// letters, Arabic and Cyrillic ones are all high.
fn is_written_in_high_bytes(sample: &[u8]) -> bool {
    let (mut pure, mut mixed) = (0, 0);
    for word in sample.split(|b| !b.is_ascii_alphabetic() && *b < 0x80) {
        let high = word.iter().filter(|b| **b >= 0x80).count();
        match (high, word.len() - high) {
            (0 | 1, _) => {}
            (_, 0) => pure += 1,
            _ => mixed += 1,
        }
    }
    pure > mixed
}

/// Whether the letters that are most of any Arabic text are where windows-1256 has them: alef, lam, meem, noon, heh,
/// waw, yeh. Cyrillic and Greek code pages have rare letters there.
fn is_windows_1256(sample: &[u8]) -> bool {
    let high = sample.iter().filter(|b| **b >= 0x80).count();
    let common =
        sample.iter().filter(|b| matches!(b, 0xC7 | 0xE1 | 0xE3 | 0xE4 | 0xE5 | 0xE6 | 0xED)).count();
    // "al-" of windows-1256 and of ISO 8859-6, which share the alef only.
    let article = |lam: u8| sample.windows(2).filter(|pair| *pair == [0xC7, lam]).count();
    common * 100 >= high * 35 && article(0xE1) >= article(0xE4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_1256(text: &str) -> Vec<u8> {
        let (bytes, _, lossy) = WINDOWS_1256.encode(text);
        assert!(!lossy);
        bytes.into_owned()
    }

    const ARABIC: &[&str] = &[
        "السلام عليكم، أرسلت لكم صورة الهوية أمس ولم يصلني رد",
        "نعم",
        "عدد أفراد الأسرة ستة، والإيجار ٩٠٠ شهرياً",
        "اسمي ليلى وأسكن في حي النزهة",
    ];

    #[test]
    fn windows_1256_is_found_whatever_is_said() {
        for text in ARABIC {
            let text = text.replace(['٩', '٠'], "9");
            let bytes = in_1256(&text);
            for declared in [
                None,
                Some("iso-8859-1"),
                Some("us-ascii"),
                Some("utf-8"),
                Some("windows-1256"),
                Some("x-nothing"),
            ] {
                assert_eq!(decode(&bytes, declared), text, "{declared:?}");
            }
        }
    }

    #[test]
    fn utf_8_is_found_whatever_is_said() {
        for declared in [None, Some("iso-8859-1"), Some("windows-1256"), Some("utf8")] {
            assert_eq!(decode(ARABIC[0].as_bytes(), declared), ARABIC[0]);
        }
    }

    #[test]
    fn western_words_stay_western() {
        for text in ["J'ai reçu votre réponse, merci à vous", "Grüße aus München", "Año señor niño"]
        {
            let (bytes, _, _) = WINDOWS_1252.encode(text);
            for declared in [None, Some("iso-8859-1"), Some("windows-1252")] {
                assert_eq!(decode(&bytes, declared), text);
            }
        }
    }

    #[test]
    fn what_is_said_and_fits_is_believed() {
        let text = "Здравствуйте, адрес правильный";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(text);
        assert_eq!(decode(&bytes, Some("windows-1251")), text);
        assert_eq!(decode(&bytes, None), text);
        let (bytes, _, _) = encoding_rs::ISO_8859_6.encode("مرحبا بكم في المركز");
        assert_eq!(decode(&bytes, Some("iso-8859-6")), "مرحبا بكم في المركز");
    }

    #[test]
    fn doubt_is_cast_where_it_is_due() {
        assert!(is_doubtful("a\u{FFFD}", Some("utf-8")));
        assert!(is_doubtful("ãÑÍÈÇ", Some("iso-8859-1")) && is_doubtful("é", None));
        assert!(!is_doubtful("plain", None) && !is_doubtful("مرحبا", Some("utf-8")));
    }
}
