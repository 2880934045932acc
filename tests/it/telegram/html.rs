//! Telegram's HTML: a handful of tags, four named entities, and errors that name the byte.

use super::text::{Entity, units};

/// A tag that is open.
struct Open {
    name: String,
    /// The address of a link, the language of code, "spoiler" of a span, "expandable" of a quotation.
    argument: String,
    /// Where its text begins, in UTF-16 units and in bytes of the result.
    unit: usize,
    byte: usize,
}

struct Reader<'h> {
    html: &'h str,
    at: usize,
    text: String,
    units: usize,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

/// The text that people see, and its entities in the order of their beginnings; or Telegram's words why not.
pub fn parse(html: &str) -> Result<(String, Vec<Entity>), String> {
    let mut reader =
        Reader { html, at: 0, text: String::new(), units: 0, open: Vec::new(), entities: Vec::new() };
    while let Some(c) = reader.peek() {
        match c {
            '<' if reader.rest().starts_with("</") => reader.end_tag()?,
            '<' => reader.start_tag()?,
            _ => {
                let c = reader.character();
                reader.text.push(c);
                reader.units += c.len_utf16();
            }
        }
    }
    if let Some(open) = reader.open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", open.name));
    }
    let mut entities = reader.entities;
    entities.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length)));
    Ok((reader.text, entities))
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.html[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, stop: impl Fn(char) -> bool) -> String {
        let taken: String = self.rest().chars().take_while(|c| !stop(*c)).collect();
        self.at += taken.len();
        taken
    }

    fn skip_space(&mut self) {
        self.skip(|c| !c.is_ascii_whitespace());
    }

    /// The next character, a named or numbered one resolved; any other `&` stands for itself.
    fn character(&mut self) -> char {
        for (name, c) in [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"')] {
            if self.rest().starts_with(name) {
                self.at += name.len();
                return c;
            }
        }
        if let Some(digits) = self.rest().strip_prefix("&#").and_then(|rest| rest.split_once(';'))
            && let Some(c) = numbered(digits.0)
        {
            self.at += digits.0.len() + 3;
            return c;
        }
        let c = self.peek().unwrap_or_default();
        self.at += c.len_utf8();
        c
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 1;
        let name = self.skip(|c| c.is_ascii_whitespace() || c == '>').to_lowercase();
        if self.peek().is_none() {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        if kind(&name, "").is_none() {
            return Err(format!("Unsupported start tag \"{name}\" at byte offset {begin}"));
        }
        let mut argument = String::new();
        loop {
            self.skip_space();
            match self.peek() {
                None => return Err(format!("Unclosed start tag at byte offset {begin}")),
                Some('>') => break,
                Some(_) => {
                    if let Some(found) = self.attribute(&name, begin)? {
                        argument = found;
                    }
                }
            }
        }
        self.at += 1;
        if name == "span" && argument != "spoiler" {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
        }
        self.open.push(Open { name, argument, unit: self.units, byte: self.text.len() });
        Ok(())
    }

    /// One attribute; what it says of its tag, if anything.
    fn attribute(&mut self, tag: &str, begin: usize) -> Result<Option<String>, String> {
        let name = self.skip(|c| c.is_ascii_whitespace() || c == '=' || c == '>');
        if name.is_empty() {
            return Err(format!("Empty attribute name in the tag \"{tag}\" at byte offset {begin}"));
        }
        self.skip_space();
        if self.peek() != Some('=') {
            if tag == "blockquote" && name == "expandable" {
                return Ok(Some(name));
            }
            return Err(format!(
                "Expected equal sign in declaration of an attribute of the tag \"{tag}\" at byte offset {begin}"
            ));
        }
        self.at += 1;
        self.skip_space();
        let value = match self.peek() {
            None => return Err(format!("Unclosed start tag \"{tag}\" at byte offset {begin}")),
            Some(quote @ ('"' | '\'')) => {
                self.at += 1;
                let mut value = String::new();
                while self.peek().is_some_and(|c| c != quote) {
                    value.push(self.character());
                }
                self.at = (self.at + 1).min(self.html.len());
                value
            }
            Some(_) => {
                let token = self.at;
                let value = self.skip(|c| !c.is_ascii_alphanumeric() && c != '.' && c != '-');
                if self.peek().is_some_and(|c| !c.is_ascii_whitespace() && c != '>') {
                    return Err(format!("Unexpected end of name token at byte offset {token}"));
                }
                value.to_lowercase()
            }
        };
        Ok(match (tag, name.as_str()) {
            ("a", "href") | ("tg-emoji", "emoji-id") => Some(value),
            ("code", "class") => value.strip_prefix("language-").map(str::to_owned),
            ("span", "class") => value.strip_prefix("tg-").map(str::to_owned),
            _ => None,
        })
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 2;
        let Some(open) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        };
        let name = self.skip(|c| c.is_ascii_whitespace() || c == '>').to_lowercase();
        self.skip_space();
        if self.peek() != Some('>') {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        self.at += 1;
        if !name.is_empty() && name != open.name {
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{name}>\"",
                open.name
            ));
        }
        let length = self.units - open.unit;
        if length > 0 {
            self.close(&open, length);
        }
        Ok(())
    }

    fn close(&mut self, open: &Open, length: usize) {
        let Some(kind) = kind(&open.name, &open.argument) else { return };
        let entity = Entity::new(kind, open.unit, length);
        match open.name.as_str() {
            "a" => {
                let shown = &self.text[open.byte..];
                let url = if open.argument.is_empty() { shown } else { &open.argument };
                // What is no address stays plain text.
                if let Some(url) = link(url) {
                    self.entities.push(entity.with("url", &url));
                }
            }
            "tg-emoji" => self.entities.push(entity.with("custom_emoji_id", &open.argument)),
            "pre" => match self.entities.last_mut() {
                Some(code) if code.more.contains_key("language") && code.length == length => {
                    code.more.insert("type".to_owned(), kind.into());
                }
                _ => self.entities.push(entity),
            },
            "code" if !open.argument.is_empty() => {
                self.entities.push(entity.with("language", &open.argument));
            }
            _ => self.entities.push(entity),
        }
    }
}

fn numbered(digits: &str) -> Option<char> {
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code).filter(|c| *c != '\0')
}

/// The entity that a tag makes.
fn kind(tag: &str, argument: &str) -> Option<&'static str> {
    Some(match tag {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" | "span" => "spoiler",
        "a" => "text_link",
        "code" => "code",
        "pre" => "pre",
        "blockquote" if argument == "expandable" => "expandable_blockquote",
        "blockquote" => "blockquote",
        "tg-emoji" => "custom_emoji",
        _ => return None,
    })
}

/// An address that Telegram follows.
pub fn link(url: &str) -> Option<String> {
    let scheme = ["http://", "https://", "tg://", "ton://"];
    let (host, full) = match scheme.iter().find_map(|s| url.strip_prefix(s)) {
        Some(rest) => (rest, url.to_owned()),
        None => (url, format!("http://{url}")),
    };
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let web = host.contains('.') && units(host) > 3 && !host.contains(char::is_whitespace);
    (web || url.starts_with("tg://")).then_some(full)
}
