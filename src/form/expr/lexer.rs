//! From characters to tokens.

use super::ExprError;
use super::tree::Operator;

/// A token and where it begins, in characters.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub at: usize,
    pub kind: Sign,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub enum Sign {
    Text(String),
    Number(f64),
    Question(String),
    Name(String),
    Dot,
    Parent,
    Operator(Operator),
    Open,
    Close,
    Comma,
}

impl Sign {
    /// Whether an operand ends with it, so that an operator may follow.
    fn ends_operand(&self) -> bool {
        !matches!(self, Sign::Operator(_) | Sign::Open | Sign::Comma)
    }
}

/// Splits the whole text, or tells what it cannot read.
pub fn tokens(chars: &[char]) -> Result<Vec<Token>, ExprError> {
    let mut lexer = Lexer { chars, at: 0, found: Vec::new() };
    while let Some(c) = lexer.peek(0) {
        let at = lexer.at;
        if c.is_whitespace() {
            lexer.at += 1;
        } else {
            let kind = lexer.sign(c)?;
            lexer.found.push(Token { at, kind });
        }
    }
    Ok(lexer.found)
}

struct Lexer<'a> {
    chars: &'a [char],
    at: usize,
    found: Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn fail<T>(&self, text: impl Into<String>) -> Result<T, ExprError> {
        Err(ExprError { at: self.at, text: text.into() })
    }

    /// Moves on by `count` characters and gives `kind`.
    fn take(&mut self, count: usize, kind: Sign) -> Result<Sign, ExprError> {
        self.at += count;
        Ok(kind)
    }

    /// The token that begins with `c`.
    fn sign(&mut self, c: char) -> Result<Sign, ExprError> {
        let digit_next = self.peek(1).is_some_and(|next| next.is_ascii_digit());
        match c {
            '\'' | '"' => self.text(c),
            '0'..='9' => self.number(),
            '.' if digit_next => self.number(),
            '.' if self.peek(1) == Some('.') && self.peek(2) == Some('/') => self.fail(unknown_sign('/')),
            '.' if self.peek(1) == Some('.') => self.take(2, Sign::Parent),
            '.' => self.take(1, Sign::Dot),
            '$' => self.question(),
            '(' => self.take(1, Sign::Open),
            ')' => self.take(1, Sign::Close),
            ',' => self.take(1, Sign::Comma),
            c if name_start(c) => Ok(self.name()),
            c => self.operator(c),
        }
    }

    fn text(&mut self, quote: char) -> Result<Sign, ExprError> {
        let inside: String = self.chars[self.at + 1..].iter().take_while(|c| **c != quote).collect();
        let length = inside.chars().count();
        match self.peek(length + 1) {
            Some(_) => self.take(length + 2, Sign::Text(inside)),
            None => self.fail(format!("the text that begins here never ends: close it with {quote}")),
        }
    }

    fn number(&mut self) -> Result<Sign, ExprError> {
        let start = self.at;
        let digits = |from: usize| self.chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
        let mut end = start + digits(start);
        if self.chars.get(end) == Some(&'.') {
            end += 1 + digits(end + 1);
        }
        let written: String = self.chars[start..end].iter().collect();
        match written.parse() {
            Ok(number) => self.take(end - start, Sign::Number(number)),
            Err(_) => self.fail("this is no number: write it like 12 or 3.5"),
        }
    }

    fn question(&mut self) -> Result<Sign, ExprError> {
        if self.peek(1) != Some('{') {
            return self.fail("a question is named with braces: write ${name}");
        }
        let inside: String = self.chars[self.at + 2..].iter().take_while(|c| **c != '}').collect();
        let length = inside.chars().count();
        let name = inside.trim();
        if self.peek(length + 2).is_none() {
            return self.fail("`}` is missing: write ${name}");
        }
        if name.starts_with("last-saved#") {
            return self.fail("answers of an earlier session (last-saved) are not in the chat profile");
        }
        if !name.starts_with(name_start) || !name.chars().all(name_part) {
            return self.fail(format!("`{name}` cannot be the name of a question: write ${{name}}"));
        }
        let question = Sign::Question(name.to_owned());
        self.take(length + 3, question)
    }

    fn name(&mut self) -> Sign {
        let part = |from: usize| self.chars[from..].iter().take_while(|c| name_part(**c)).count();
        let mut length = part(self.at);
        let prefixed = self.peek(length) == Some(':') && self.peek(length + 1).is_some_and(name_start);
        if prefixed {
            length += 1 + part(self.at + length + 1);
        }
        let name: String = self.chars[self.at..self.at + length].iter().collect();
        self.at += length;
        let operator = match name.as_str() {
            "or" => Operator::Or,
            "and" => Operator::And,
            "div" => Operator::Divide,
            "mod" => Operator::Modulo,
            _ => return Sign::Name(name),
        };
        match self.found.last() {
            Some(last) if last.kind.ends_operand() => Sign::Operator(operator),
            _ => Sign::Name(name),
        }
    }

    fn operator(&mut self, c: char) -> Result<Sign, ExprError> {
        let next = self.peek(1);
        let (length, operator) = match (c, next) {
            ('=', Some('=')) => return self.fail("`==` is not known here: write ="),
            ('<', Some('>')) => return self.fail("`<>` is not known here: write !="),
            ('!', Some('=')) => (2, Operator::Unequal),
            ('<', Some('=')) => (2, Operator::AtMost),
            ('>', Some('=')) => (2, Operator::AtLeast),
            ('=', Some('<' | '>')) => return self.fail("write <= or >= with the `=` last"),
            ('=', _) => (1, Operator::Equal),
            ('<', _) => (1, Operator::Less),
            ('>', _) => (1, Operator::Greater),
            ('+', _) => (1, Operator::Plus),
            ('-', _) => (1, Operator::Minus),
            ('*', _) => (1, Operator::Times),
            _ => return self.fail(unknown_sign(c)),
        };
        self.take(length, Sign::Operator(operator))
    }
}

fn name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// What to write instead of a character that begins nothing.
fn unknown_sign(c: char) -> String {
    let instead = match c {
        '/' => {
            "paths (/data/x, ../x) are not in the chat profile: name the question as ${name}; to divide write div"
        }
        '[' | ']' => "conditions in [ ] are not in the chat profile: use if(…) or a choice_filter",
        '@' | '|' | ':' => "only ${name}, plain values, operators and functions are in the chat profile",
        '!' => "`!` is not known here: write not(…) or !=",
        '&' => "`&` is not known here: write and, or concat(…) to join texts",
        '%' => "`%` is not known here: write mod",
        '{' | '}' => "a question is named with a dollar sign and braces: write ${name}",
        '≤' => "write <= for ≤",
        '≥' => "write >= for ≥",
        '≠' => "write != for ≠",
        '×' | '∗' => "write * for a product",
        '÷' => "write div for a division",
        '−' | '–' | '—' => "write the plain hyphen - for minus",
        '،' | '؛' | ';' => "write a plain comma , between arguments",
        c if c.is_numeric() => "write numbers with the digits 0 to 9",
        _ => return format!("the sign `{}` is not known here", c.escape_debug()),
    };
    instead.to_owned()
}
