//! Regular expressions: forms write those of Java and JavaScript, we run those of the `regex` crate, which
//! answers in linear time whatever the pattern.

use regex::{Regex, RegexBuilder};

/// The compiled size at which a pattern is refused, in bytes.
const SIZE: usize = 1 << 20;

/// A pattern that a whole value must match. Two are equal if they are written alike.
#[derive(Debug, Clone)]
pub struct Pattern {
    written: String,
    compiled: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Pattern {
    /// Compiles it, or tells the author what to write instead.
    pub fn new(written: &str) -> Result<Pattern, String> {
        let ours = translate(written);
        compile(&ours).map_err(|error| complaint(written, &error))?; // alone first: `a)|(b` is no pattern
        let compiled = compile(&format!("^(?:{ours})$")).map_err(|error| complaint(written, &error))?;
        Ok(Pattern { written: written.to_owned(), compiled })
    }
    /// Whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        self.compiled.is_match(text)
    }
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(SIZE).dfa_size_limit(SIZE).nest_limit(50).build()
}

fn complaint(written: &str, error: &regex::Error) -> String {
    let around = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|sign| written.contains(sign));
    let back = written.as_bytes().windows(2).any(|pair| pair[0] == b'\\' && (b'1'..=b'9').contains(&pair[1]));
    match error {
        regex::Error::CompiledTooBig(_) => {
            "the pattern is too large: write smaller numbers in { } or use string-length(.)".to_owned()
        }
        _ if around => "look-around (?=…) (?!…) (?<…) is not in the chat profile: \
                        write two conditions joined by `and`, the second one possibly in not(regex(…))"
            .to_owned(),
        _ if back => {
            "back-references (\\1) are not in the chat profile: write the pattern without them".to_owned()
        }
        error => {
            let detail = error.to_string();
            let reason = detail.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            format!("the pattern cannot be read: {reason}")
        }
    }
}

/// Gives a pattern the meaning it has in Java and JavaScript where `regex` would differ: `\d`, `\w` and `\b` know
/// ASCII only (Arabic digits are no `\d`), and inside `[ ]` the signs `[ & ~`, `--` and the hyphen beside a class
/// (`[\w-.]`) stand for themselves.
fn translate(written: &str) -> String {
    let chars: Vec<char> = written.chars().collect();
    let is_set =
        |at: usize| chars.get(at) == Some(&'\\') && chars.get(at + 1).is_some_and(|c| "dDwWsS".contains(*c));
    let mut ours = String::new();
    let (mut at, mut class, mut after_set) = (0, false, false);
    while let Some(&c) = chars.get(at) {
        let set = is_set(at);
        match (c, chars.get(at + 1)) {
            ('\\', Some(escaped)) => {
                ours.push_str(&escape(*escaped, class));
                at += 1;
            }
            ('[' | '&' | '~', _) if class => ours.extend(['\\', c]),
            ('-', next) if class && (after_set || next == Some(&'-') || is_set(at + 1)) => {
                ours.push_str("\\-")
            }
            _ => {
                class = (class || c == '[') && c != ']';
                ours.push(c);
            }
        }
        after_set = set;
        at += 1;
    }
    ours
}

fn escape(c: char, class: bool) -> String {
    match (c, class) {
        ('d', true) => "0-9".to_owned(),
        ('d', false) => "[0-9]".to_owned(),
        ('D', _) => "[^0-9]".to_owned(),
        ('w', true) => "A-Za-z0-9_".to_owned(),
        ('w', false) => "[A-Za-z0-9_]".to_owned(),
        ('W', _) => "[^A-Za-z0-9_]".to_owned(),
        ('b' | 'B', false) => format!("(?-u:\\{c})"),
        ('<' | '>', _) => c.to_string(),
        (c, _) => format!("\\{c}"),
    }
}
