//! The header fields of a mail, as they came: top down, which is the order in which servers added them backwards.

use encoding_rs::WINDOWS_1252;
use mail_parser::{HeaderName, HeaderValue, Message};

use super::charset;

/// The most fields that are looked at.
const FIELDS: usize = 1_000;

/// Fields by their names in small letters, values unfolded and trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers(Vec<(Box<str>, String)>);

impl Headers {
    pub(super) fn of(message: &Message, raw: &[u8]) -> Self {
        let field = |header: &mail_parser::Header| {
            let value = raw.get(header.offset_start as usize..header.offset_end as usize).unwrap_or_default();
            (header.name.as_str().to_ascii_lowercase().into(), unfolded(value))
        };
        Headers(message.headers().iter().take(FIELDS).map(field).collect())
    }

    /// From a text of `Name: value` lines, as a report encloses them.
    pub fn parse(text: &str) -> Self {
        let mut fields: Vec<(Box<str>, String)> = Vec::new();
        for line in text.lines().take_while(|line| !line.trim().is_empty()).take(FIELDS) {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_ascii_lowercase().into(), value.trim().to_owned()));
            }
        }
        Headers(fields)
    }

    /// The topmost value of a field; its name is given in small letters.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, value)| value.as_str())
    }

    /// All values of a field, the topmost first.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| **known == *name).map(|(_, value)| value.as_str())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The subject: raw bytes and wrongly labelled words included.
    pub(super) fn subject(&self, message: &Message, raw: &[u8]) -> String {
        let Some(header) = message.headers().iter().rfind(|header| header.name == HeaderName::Subject) else {
            return String::new();
        };
        let value = raw.get(header.offset_start as usize..header.offset_end as usize).unwrap_or_default();
        let decoded = match &header.value {
            HeaderValue::Text(text) => text.as_ref(),
            _ => "",
        };
        let text = match std::str::from_utf8(value) {
            Ok(_) => relabelled(decoded),
            Err(_) => charset::decode(value, None),
        };
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Arabic that was labelled as western European, read again.
fn relabelled(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    match WINDOWS_1252.encode(text) {
        (bytes, _, false) => charset::decode(&bytes, Some("iso-8859-1")),
        _ => text.to_owned(),
    }
}

fn unfolded(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use super::Headers;

    #[test]
    fn fields_are_unfolded() {
        let headers = Headers::parse("To: a@x.example\nX-Long: one\n\ttwo\nto: b@x.example\n\nNot: there");
        assert_eq!(headers.get("x-long"), Some("one two"));
        assert_eq!(headers.all("to").collect::<Vec<_>>(), ["a@x.example", "b@x.example"]);
        assert_eq!(headers.get("not"), None);
    }
}
