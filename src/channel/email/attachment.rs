//! A file that came with a mail.

use std::sync::LazyLock;

use regex::Regex;

use super::charset;
use super::words::is_bidi;

/// The most files of one mail.
pub const LIMIT: usize = 50;
/// The longest name, in characters.
const NAME: usize = 120;

/// A file. Nothing of it is believed: the type is what the sender says, and bytes are looked at where papers are taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attachment {
    /// A name that is no path, steers nothing, and is not empty.
    pub name: String,
    /// The media type as declared, in small letters: `application/pdf`.
    pub declared: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Attachment {
    pub(super) fn tidy(&mut self) {
        self.name = tidy_name(&self.name);
        self.declared = self.declared.trim().to_ascii_lowercase();
    }
}

/// The last piece of a path, without controls and marks of direction, which can make `exe.pdf` of `fdp.exe`.
pub fn tidy_name(name: &str) -> String {
    let last =
        name.rsplit(['/', '\\', '\0']).map(str::trim).find(|piece| !piece.trim_matches('.').is_empty());
    let clean: String = last
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !is_bidi(*c) && !r#"<>:"|?*"#.contains(*c))
        .collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let count = clean.chars().count();
    match clean.rsplit_once('.') {
        _ if clean.is_empty() => "file".to_owned(),
        _ if count <= NAME => clean.to_owned(),
        // What tells its kind stays.
        Some((stem, ending)) if ending.chars().count() <= 10 => {
            let room = NAME - 1 - ending.chars().count();
            format!("{}.{ending}", stem.chars().take(room).collect::<String>())
        }
        _ => clean.chars().take(NAME).collect(),
    }
}

/// The name in a field whose pieces (RFC 2231, 3) were cut within a character, which mail-parser decodes each for
/// itself: the bytes are joined first.
pub(super) fn rejoined(field: &str) -> Option<String> {
    static PIECE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)name\*(\d{1,3})(\*?)=("[^"]*"|[^;\s]*)"#).expect("a pattern of ours")
    });
    let mut pieces: Vec<(u16, bool, &str)> = PIECE
        .captures_iter(field)
        .take(100)
        .filter_map(|found| Some((found[1].parse().ok()?, !found[2].is_empty(), found.get(3)?.as_str())))
        .collect();
    pieces.sort_by_key(|(number, _, _)| *number);
    let (mut charset, mut bytes) = (None, Vec::new());
    for (at, (_, encoded, text)) in pieces.into_iter().enumerate() {
        let text = text.trim_matches('"');
        let text = match text.splitn(3, '\'').collect::<Vec<_>>().as_slice() {
            [name, _language, rest] if encoded && at == 0 => {
                charset = Some(*name);
                rest
            }
            _ => text,
        };
        if encoded { bytes.extend(unescaped(text)) } else { bytes.extend(text.bytes()) }
    }
    (!bytes.is_empty()).then(|| charset::decode(&bytes, charset))
}

/// `%D9%82` as bytes.
fn unescaped(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((byte, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(escaped) => {
                bytes.push(escaped);
                rest = &after[2..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{rejoined, tidy_name};

    #[test]
    fn a_name_is_rejoined() {
        let field = "attachment; filename*1*=%82%D8%AF.p; filename*0*=utf-8'ar'%D8%B9%D9; filename*2=\"df\"";
        assert_eq!(rejoined(field).as_deref(), Some("عقد.pdf"));
        assert_eq!(rejoined("attachment; filename=a.pdf"), None);
        assert_eq!(rejoined("x; name*0*=%; name*1*=%zz").as_deref(), Some("%%zz"));
    }

    #[test]
    fn names_are_no_paths() {
        for (given, name) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\scan.jpg", "scan.jpg"),
            ("a/..", "a"),
            ("", "file"),
            ("..", "file"),
            ("هوية\u{202E}gpj.exe", "هويةgpj.exe"),
            ("a\r\nb\t.pdf", "ab.pdf"),
            (".hidden", "hidden"),
        ] {
            assert_eq!(tidy_name(given), name, "{given:?}");
        }
        let long = tidy_name(&format!("{}.jpeg", "ي".repeat(300)));
        assert_eq!((long.chars().count(), long.ends_with(".jpeg")), (120, true));
    }
}
