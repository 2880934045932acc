//! What can be chosen right now, and which of it a person's words or button mean.

use std::sync::Arc;

use crate::locale::{self, Word};
use crate::message::{self, ChoiceToken};

/// One choice on offer.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    /// What its button carries.
    pub token: ChoiceToken,
    /// What it means: a choice's name in its form, or a step's own word. Those that are not answers begin with `#`.
    pub code: Box<str>,
    /// What is read on it.
    pub label: String,
    /// Other words that mean it.
    pub also: Arc<[String]>,
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pick {
    /// This one.
    One(Box<str>),
    /// It could be any of these.
    Ambiguous(Vec<Box<str>>),
    /// Nothing on offer.
    Nothing,
}

/// The choices on offer, in the order they are drawn.
#[derive(Debug, Clone, Default)]
pub(super) struct Offers {
    /// In order.
    pub list: Vec<Offer>,
    /// Whether a typed number means the choice at that place.
    pub numbered: bool,
}

impl Offers {
    /// Choices that may also be picked by their number.
    pub fn numbered(list: Vec<Offer>) -> Self {
        Offers { list, numbered: true }
    }
    /// The choice of that token.
    pub fn by_token(&self, token: &ChoiceToken) -> Option<&Offer> {
        self.list.iter().find(|offer| offer.token == *token)
    }
    /// The choice of that code.
    pub fn by_code(&self, code: &str) -> Option<&Offer> {
        self.list.iter().find(|offer| &*offer.code == code)
    }
    /// The choices that are answers.
    pub fn answers(&self) -> impl Iterator<Item = &Offer> {
        self.list.iter().filter(|offer| !offer.code.starts_with('#'))
    }

    /// What words equal to a label, a short label, an alias or a code choose.
    pub fn exactly(&self, said: &str) -> Pick {
        self.matching(said).0
    }

    /// What words choose: exactly, by number, as a plain yes, no or none, or as the beginning of one label only.
    pub fn pick(&self, said: &str, word: Option<Word>) -> Pick {
        let (exact, beginning) = self.matching(said);
        if exact != Pick::Nothing {
            return exact;
        }
        if self.numbered
            && let Some(offer) = number(said).and_then(|n| self.list.get(n.checked_sub(1)?))
        {
            return Pick::One(offer.code.clone());
        }
        let plain = match word {
            Some(Word::Yes) => "yes",
            Some(Word::No) => "no",
            Some(Word::None) => "none",
            _ => "",
        };
        self.by_code(plain).map_or(beginning, |offer| Pick::One(offer.code.clone()))
    }

    /// The choice with a text that has every word of what was said, in any order, with or without an article;
    /// words of one or two letters do not count.
    pub fn containing(&self, said: &str) -> Pick {
        let said = telling(said);
        let has = |offer: &&Offer| {
            let mut texts = std::iter::once(&offer.label).chain(offer.also.iter()).map(|text| telling(text));
            !said.is_empty() && texts.any(|words| said.iter().all(|word| words.contains(word)))
        };
        Pick::of(self.list.iter().filter(has).map(|offer| offer.code.clone()).collect())
    }

    /// The choices with a text equal to what was said, and those with a text that begins with it as whole words.
    fn matching(&self, said: &str) -> (Pick, Pick) {
        let said = locale::fold(said);
        let (mut exact, mut beginning) = (Vec::new(), Vec::new());
        if !said.is_empty() {
            for offer in &self.list {
                let texts =
                    std::iter::once(&offer.label).chain(offer.also.iter()).map(|text| locale::fold(text));
                let rests: Vec<String> =
                    texts.filter_map(|text| text.strip_prefix(&said).map(str::to_owned)).collect();
                if offer.code.eq_ignore_ascii_case(&said) || rests.iter().any(String::is_empty) {
                    exact.push(offer.code.clone());
                } else if rests.iter().any(|rest| rest.starts_with([' ', ',', '،'])) {
                    beginning.push(offer.code.clone());
                }
            }
        }
        (Pick::of(exact), Pick::of(beginning))
    }
}

impl Pick {
    fn of(mut codes: Vec<Box<str>>) -> Pick {
        match codes.len() {
            0 => Pick::Nothing,
            1 => Pick::One(codes.remove(0)),
            _ => Pick::Ambiguous(codes),
        }
    }
}

/// The words of a text that tell something, folded, Arabic ones without their article.
fn telling(text: &str) -> Vec<String> {
    let folded = locale::fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let bare = |word: &str| word.strip_prefix("ال").unwrap_or(word).to_owned();
    words.map(bare).filter(|word| word.chars().nth(2).is_some()).collect()
}

/// Offers as buttons.
pub(super) fn buttons(offers: &[Offer]) -> Vec<message::Choice> {
    let button = |offer: &Offer| message::Choice {
        token: offer.token.clone(),
        label: offer.label.clone(),
        aside: offer.code.starts_with('#'),
    };
    offers.iter().map(button).collect()
}

/// A whole number in any digits, with or without a closing dot or bracket.
pub(super) fn number(said: &str) -> Option<usize> {
    locale::fold_digits(&locale::strip_controls(said))
        .trim()
        .trim_end_matches(['.', ')', '-'])
        .trim()
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers() -> Offers {
        let offer = |code: &str, label: &str, also: &[&str]| Offer {
            token: ChoiceToken(code.into()),
            code: code.into(),
            label: label.into(),
            also: also.iter().map(|text| (*text).to_owned()).collect(),
        };
        Offers::numbered(vec![
            offer("yes", "Yes, I am safe", &["نعم"]),
            offer("none", "No food", &["empty, hungry"]),
            offer("water", "No water", &["عطشان"]),
            offer("3", "Three", &[]),
        ])
    }

    #[test]
    fn words_choose_exactly_by_number_or_by_one_beginning() {
        let one = |code: &str| Pick::One(code.into());
        for (said, word, pick) in [
            ("no WATER!", None, one("water")),
            ("عطشان", None, one("water")),
            ("٢", None, one("none")),
            ("2.", None, one("none")),
            ("3", None, one("3")),
            ("5", None, Pick::Nothing),
            ("No", Some(Word::No), Pick::Ambiguous(vec!["none".into(), "water".into()])),
            ("Yes", Some(Word::Yes), one("yes")),
            ("nothing", Some(Word::None), one("none")),
            ("food", None, Pick::Nothing),
            ("N", None, Pick::Nothing),
            ("", None, Pick::Nothing),
        ] {
            assert_eq!(offers().pick(said, word), pick, "{said}");
        }
        assert_eq!(offers().exactly("2"), Pick::Nothing);
    }

    #[test]
    fn a_word_within_one_choice_only_chooses_it() {
        let one = |code: &str| Pick::One(code.into());
        for (said, pick) in [
            ("Food!", one("none")),
            ("a food", one("none")),
            ("safe, yes", one("yes")),
            ("العطشان", one("water")),
            ("foo", Pick::Nothing),
            ("food and water", Pick::Nothing),
            ("no", Pick::Nothing),
            ("", Pick::Nothing),
        ] {
            assert_eq!(offers().containing(said), pick, "{said}");
        }
    }
}
