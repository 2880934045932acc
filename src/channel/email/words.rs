//! The phrases of mail programs (`clients.txt` lies beside this file), and the folding by which
//! they are compared.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Means {
    /// The line above a quotation begins.
    Lead,
    /// It says that somebody wrote.
    Wrote,
    /// Labels of a block of headers above what is answered.
    From,
    Sent,
    To,
    Cc,
    Subject,
    /// What is answered stands below.
    Original,
    /// What is passed on stands below.
    Forwarded,
    /// A program's own line.
    Device,
    /// The same, where nothing follows.
    DeviceLast,
    /// The end of what was said.
    Regards,
    /// The subject of an automatic answer.
    Automatic,
    /// The subject of a note that a mail was opened.
    Receipt,
}

const SECTIONS: &[(&str, Means)] = &[
    ("lead", Means::Lead),
    ("wrote", Means::Wrote),
    ("from", Means::From),
    ("sent", Means::Sent),
    ("to", Means::To),
    ("cc", Means::Cc),
    ("subject", Means::Subject),
    ("original", Means::Original),
    ("forwarded", Means::Forwarded),
    ("device", Means::Device),
    ("device-last", Means::DeviceLast),
    ("regards", Means::Regards),
    ("automatic", Means::Automatic),
    ("receipt", Means::Receipt),
];

static PHRASES: LazyLock<BTreeMap<Means, Vec<String>>> = LazyLock::new(|| read(include_str!("clients.txt")));

fn read(table: &str) -> BTreeMap<Means, Vec<String>> {
    let (mut phrases, mut section) = (BTreeMap::<Means, Vec<String>>::new(), None);
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(name) => {
                section = SECTIONS.iter().find(|(known, _)| *known == name).map(|(_, means)| *means);
            }
            None => {
                if let Some(means) = section {
                    phrases.entry(means).or_default().push(fold(line));
                }
            }
        }
    }
    phrases
}

/// The folded phrases of one meaning.
pub(super) fn phrases(means: Means) -> &'static [String] {
    PHRASES.get(&means).map(Vec::as_slice).unwrap_or_default()
}

/// The longest phrase that `folded` begins with and that ends where a word ends.
pub(super) fn begins(folded: &str, means: Means) -> Option<&'static str> {
    let ends = |phrase: &str| folded[phrase.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
    phrases(means)
        .iter()
        .map(String::as_str)
        .filter(|phrase| {
            folded.starts_with(phrase) && (ends(phrase) || !phrase.ends_with(char::is_alphanumeric))
        })
        .max_by_key(|phrase| phrase.len())
}

/// Where a phrase stands in `folded` as words of its own: the end of the last one.
pub(super) fn contains(folded: &str, means: Means) -> Option<usize> {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    phrases(means)
        .iter()
        .flat_map(|phrase| folded.match_indices(phrase.as_str()).map(|(at, found)| (at, at + found.len())))
        .filter(|(at, end)| {
            let before = folded[..*at].chars().next_back();
            // `<a@b.example>wrote:` and `…>napisał` have no space between.
            apart(before) && apart(folded[*end..].chars().next())
        })
        .map(|(_, end)| end)
        .max()
}

/// Whether a character only steers the direction of writing (UAX #9) or has no width.
pub(super) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{061C}' | '\u{FEFF}')
}

/// The value of a digit of the scripts that people answer in.
pub(super) fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '\u{0660}'..='\u{0669}' => Some(c as u32 - 0x0660),
        '\u{06F0}'..='\u{06F9}' => Some(c as u32 - 0x06F0),
        _ => None,
    }
}

/// A line as phrases are compared: without marks of direction, of emphasis and of vowels, letters small, one alef,
/// western digits, one space between words.
pub(super) fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len());
    for c in line.chars().filter(|c| !is_bidi(*c)) {
        let c = match c {
            // Tashkeel, tatweel; asterisks of a bold label.
            '\u{064B}'..='\u{0652}' | '\u{0670}' | '\u{0640}' | '*' => continue,
            '\u{0622}' | '\u{0623}' | '\u{0625}' | '\u{0671}' => '\u{0627}',
            '\u{0649}' | '\u{06CC}' => '\u{064A}',
            '\u{06A9}' => '\u{0643}',
            '\u{2019}' => '\'',
            '\u{FF1A}' => ':',
            c => digit(c).and_then(|value| char::from_digit(value, 10)).unwrap_or(c),
        };
        if !c.is_whitespace() {
            folded.extend(c.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_known_and_filled() {
        for line in include_str!("clients.txt").lines().filter(|line| line.starts_with('[')) {
            assert!(SECTIONS.iter().any(|(name, _)| line == format!("[{name}]")), "{line}");
        }
        for (name, means) in SECTIONS {
            assert!(phrases(*means).len() >= 4, "{name}");
            assert!(phrases(*means).iter().all(|phrase| !phrase.is_empty()), "{name}");
        }
    }

    #[test]
    fn writing_is_folded() {
        assert_eq!(fold("\u{202B}أُرسِلت  من الـ\u{200F} ١٢۳ "), "ارسلت من ال 123");
        assert_eq!(fold("*From:*\u{a0}X"), "from: x");
    }

    #[test]
    fn phrases_end_where_words_end() {
        assert_eq!(begins("on monday", Means::Lead), Some("on"));
        assert_eq!(begins("only monday", Means::Lead), None);
        assert_eq!(contains("he <a@b.example>wrote:", Means::Wrote), Some(21));
        assert_eq!(contains("rewrote:", Means::Wrote), None);
    }
}
