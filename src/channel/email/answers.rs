//! Several answers in one mail, by the numbers of their questions.
//!
//! ```text
//! 1: Layla Haddad          ١) ليلى حداد         1. yes 2. no
//! 2) we are six,           ٢- ستة
//!    two of us ill
//! ```
//!
//! A number is one of a question that was asked, at the beginning of a line, with a mark behind it (`: ) . - ،` or a
//! bracket around it); within a line only the next number of those is one, after a space. A decimal, a date, a time of
//! day and a number without a mark are words of an answer.

use super::words::{digit, is_bidi};

/// The most questions of one mail.
pub const MOST: usize = 5;

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// The number of the question, from 1, and the words, in the order of the mail; each number once, and when it was
    /// given twice the later words.
    pub given: Vec<(usize, String)>,
    /// What stands before the first number, and what has the number of no question: said back once.
    pub unread: Vec<String>,
}

/// Reads the answers to `asked` questions in the new words of a reply. With one question the whole is its answer,
/// numbered or not.
pub fn read(text: &str, asked: usize) -> Answers {
    let asked = asked.min(99);
    let mut answers = Answers::default();
    let mut open = Open::Before(String::new());
    for line in text.lines() {
        for (number, words) in pieces(line, asked, open.number()) {
            match number {
                None => open.push(words),
                Some(number) => {
                    answers.close(std::mem::replace(&mut open, Open::At(number, words.to_owned())), asked);
                }
            }
        }
    }
    answers.close(open, asked);
    if asked == 1 && answers.given.is_empty() && answers.unread.len() == 1 {
        answers.given = answers.unread.drain(..).map(|words| (1, words)).collect();
    }
    answers
}

/// What is being read.
enum Open {
    Before(String),
    At(usize, String),
}

impl Open {
    fn number(&self) -> usize {
        match self {
            Open::Before(_) => 0,
            Open::At(number, _) => *number,
        }
    }
    fn push(&mut self, more: &str) {
        let (Open::Before(words) | Open::At(_, words)) = self;
        words.push('\n');
        words.push_str(more);
    }
}

impl Answers {
    fn close(&mut self, open: Open, asked: usize) {
        match open {
            Open::Before(words) | Open::At(_, words) if words.trim().is_empty() => {}
            Open::At(number, words) if (1..=asked).contains(&number) => {
                self.given.retain(|(known, _)| *known != number);
                self.given.push((number, words.trim().to_owned()));
            }
            Open::Before(words) | Open::At(_, words) => self.unread.push(words.trim().to_owned()),
        }
    }
}

/// A line in pieces: each with its number, or words that go on.
fn pieces(line: &str, asked: usize, before: usize) -> Vec<(Option<usize>, &str)> {
    let mut found = Vec::new();
    let (mut number, mut rest) = match numbered(line) {
        Some((number, rest)) => (Some(number), rest),
        None => (None, line),
    };
    let mut last = number.unwrap_or(before);
    let (mut from, mut word) = (rest, 0);
    while let Some(space) = rest[word..].find(char::is_whitespace) {
        let at = word + space;
        word = at + rest[at..].chars().next().map_or(1, char::len_utf8);
        // Only a line that has a number goes on with the next.
        let next = numbered(&rest[word..])
            .filter(|(next, _)| number.is_some() && *next == last + 1 && *next <= asked);
        if let Some((next, after)) = next {
            found.push((number, from[..at].trim()));
            (number, last, from, rest, word) = (Some(next), next, after, after, 0);
        }
    }
    found.push((number, from.trim()));
    found
}

/// The number that a text begins with, and what follows it.
fn numbered(text: &str) -> Option<(usize, &str)> {
    let skip = |c: char| c.is_whitespace() || is_bidi(c) || matches!(c, '*' | '#');
    let text = text.trim_start_matches(skip);
    let inner = text.strip_prefix(['(', '[']);
    let text = inner.unwrap_or(text);
    let end = text.find(|c| digit(c).is_none()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || digits.chars().count() > 2 {
        return None;
    }
    let number = digits.chars().filter_map(digit).fold(0, |all, digit| all * 10 + digit as usize);
    let marks =
        |c: char| matches!(c, ':' | ')' | ']' | '.' | '-' | '\u{2013}' | '\u{060C}' | '\u{FF1A}' | '/' | '=');
    let rest = rest.trim_start_matches(is_bidi);
    let spaced = rest.trim_start();
    let after = spaced.trim_start_matches(|c| marks(c) || is_bidi(c));
    let mark = spaced.chars().next().filter(|c| marks(*c))?;
    // `10:30`, `1.5`, `3/4`, `2-3`: a digit right behind the mark makes it none, but for the closing bracket.
    let closes = matches!(mark, ')' | ']');
    let tight = after.chars().next().is_some_and(|c| digit(c).is_some());
    if !closes && (tight || inner.is_some()) {
        return None;
    }
    Some((number, after.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Vec<(usize, String)> {
        read(text, 5).given
    }

    fn are(text: &str, expected: &[(usize, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(n, words)| (*n, (*words).to_owned())).collect();
        assert_eq!(given(text), expected, "{text}");
    }

    #[test]
    fn each_number_has_its_words() {
        are("1: Layla\n2: six", &[(1, "Layla"), (2, "six")]);
        are("١) ليلى حداد\n٢) ستة\n۳- نعم", &[(1, "ليلى حداد"), (2, "ستة"), (3, "نعم")]);
        are("(1) a\n[2] b\n3. c\n4 : d\n5- e", &[(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e")]);
        are("\u{200F}١\u{200F}: نعم\n*2:* no", &[(1, "نعم"), (2, "* no")]);
    }

    #[test]
    fn an_answer_goes_on_below() {
        are(
            "1: we are six,\n   two of us ill\n\nand one old\n2: yes",
            &[
                (1, "we are six,\n   two of us ill\n\nand one old".replace("\n   two", "\ntwo").as_str()),
                (2, "yes"),
            ],
        );
    }

    #[test]
    fn several_stand_in_one_line() {
        are("1: yes 2: no 3: six", &[(1, "yes"), (2, "no"), (3, "six")]);
        are("١: نعم ٢: لا", &[(1, "نعم"), (2, "لا")]);
        are("1: born 5. May 2: no", &[(1, "born 5. May"), (2, "no")]);
    }

    #[test]
    fn numbers_of_words_are_words() {
        are(
            "1: at 10:30\n2: 1.5 rooms\n3: 3/4 of it",
            &[(1, "at 10:30"), (2, "1.5 rooms"), (3, "3/4 of it")],
        );
        are("3 children\n10:30 is good\n1.5.2020", &[]);
        assert_eq!(read("3 children", 5).unread, ["3 children"]);
    }

    #[test]
    fn what_has_no_question_is_said_back() {
        let answers = read("hello\n1: a\n7: what\n1: b", 2);
        assert_eq!(answers.given, [(1, "b".to_owned())]);
        assert_eq!(answers.unread, ["hello", "what"]);
    }

    #[test]
    fn one_question_takes_the_whole() {
        assert_eq!(read("six\nof us", 1).given, [(1, "six\nof us".to_owned())]);
        assert_eq!(read("1) six", 1).given, [(1, "six".to_owned())]);
        assert_eq!(read("", 1), Answers::default());
    }
}
