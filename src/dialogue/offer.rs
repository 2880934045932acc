//! What can be chosen right now, and which of it a person's words or button mean.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;

use super::token::Scope;
use crate::locale::{self, Button, Catalogue, Word};
use crate::message::{self, ChoiceToken};

/// One choice on offer.
#[derive(Debug, Clone)]
pub(super) struct Offer<'a> {
    scope: Rc<Scope<'a>>,
    token: OnceCell<ChoiceToken>,
    /// What it means: a choice's name in its form, or a step's own word. Those that are not answers begin with `#`.
    pub code: Cow<'a, str>,
    /// What is read on it.
    pub label: Cow<'a, str>,
    /// Other words that mean it.
    also: Cow<'a, [String]>,
    /// More of them, folded already.
    folded: &'a [String],
}

impl<'a> Offer<'a> {
    /// A choice of this scope.
    pub fn new(
        scope: &Rc<Scope<'a>>,
        code: impl Into<Cow<'a, str>>,
        label: impl Into<Cow<'a, str>>,
    ) -> Offer<'a> {
        let (scope, token) = (Rc::clone(scope), OnceCell::new());
        Offer { scope, token, code: code.into(), label: label.into(), also: Cow::default(), folded: &[] }
    }
    /// The same, which these words mean too.
    pub fn or(self, also: impl Into<Cow<'a, [String]>>) -> Offer<'a> {
        Offer { also: also.into(), ..self }
    }
    /// The same, which these words of the catalogue mean too.
    pub fn or_said(self, button: Button, words: &'a Catalogue) -> Offer<'a> {
        Offer { folded: words.also(button), ..self }
    }
    /// What its button carries.
    pub fn token(&self) -> &ChoiceToken {
        self.token.get_or_init(|| self.scope.token(&self.code))
    }
    /// All words that mean it, folded.
    fn texts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let raw = std::iter::once(&*self.label).chain(self.also.iter().map(String::as_str));
        let folded = self.folded.iter().map(Cow::from);
        raw.map(|text| locale::fold(text).into()).chain(folded)
    }
    /// Its code, to be kept.
    pub fn picked(&self) -> Box<str> {
        (&*self.code).into()
    }
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
pub(super) struct Offers<'a> {
    /// In order.
    pub list: Vec<Offer<'a>>,
    /// Whether a typed number means the choice at that place.
    pub numbered: bool,
}

impl<'a> Offers<'a> {
    /// Choices that may also be picked by their number.
    pub fn numbered(list: Vec<Offer<'a>>) -> Self {
        Offers { list, numbered: true }
    }
    /// The choice of that token.
    pub fn by_token(&self, token: &ChoiceToken) -> Option<&Offer<'a>> {
        self.list.iter().find(|offer| offer.token() == token)
    }
    /// The choice of that code.
    pub fn by_code(&self, code: &str) -> Option<&Offer<'a>> {
        self.list.iter().find(|offer| offer.code == code)
    }
    /// The choices that are answers.
    pub fn answers(&self) -> impl Iterator<Item = &Offer<'a>> {
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
            return Pick::One(offer.picked());
        }
        let plain = match word {
            Some(Word::Yes) => "yes",
            Some(Word::No) => "no",
            Some(Word::None) => "none",
            _ => "",
        };
        self.by_code(plain).map_or(beginning, |offer| Pick::One(offer.picked()))
    }

    /// The choice with a text that has every word of what was said, in any order, with or without an article;
    /// words of one or two letters do not count.
    pub fn containing(&self, said: &str) -> Pick {
        let said = telling(&locale::fold(said));
        let has = |offer: &&Offer| {
            let mut texts = offer.texts().map(|text| telling(&text));
            !said.is_empty() && texts.any(|words| said.iter().all(|word| words.contains(word)))
        };
        Pick::of(self.list.iter().filter(has).map(Offer::picked).collect())
    }

    /// The choices with a text equal to what was said, and those with a text that begins with it as whole words.
    fn matching(&self, said: &str) -> (Pick, Pick) {
        let said = locale::fold(said);
        let (mut exact, mut beginning) = (Vec::new(), Vec::new());
        if !said.is_empty() {
            for offer in &self.list {
                let (mut equal, mut begun) = (offer.code.eq_ignore_ascii_case(&said), false);
                for text in offer.texts() {
                    let rest = text.strip_prefix(&said);
                    equal |= rest == Some("");
                    begun |= rest.is_some_and(|rest| rest.starts_with([' ', ',', '،']));
                }
                if equal {
                    exact.push(offer.picked());
                } else if begun {
                    beginning.push(offer.picked());
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

/// The words of a folded text that tell something, Arabic ones without their article.
fn telling(folded: &str) -> Vec<String> {
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let bare = |word: &str| word.strip_prefix("ال").unwrap_or(word).to_owned();
    words.map(bare).filter(|word| word.chars().nth(2).is_some()).collect()
}

/// Offers as buttons.
pub(super) fn buttons(offers: &[Offer<'_>]) -> Vec<message::Choice> {
    let button = |offer: &Offer<'_>| message::Choice {
        token: offer.token().clone(),
        label: offer.label.clone().into_owned(),
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

    fn offers() -> Offers<'static> {
        let person = crate::message::PersonId(uuid::Uuid::nil());
        let scope = Rc::new(Scope::new(person, "page".into(), "page".into()));
        let offer = |code: &'static str, label: &'static str, also: &[&str]| {
            let also: Vec<String> = also.iter().map(|text| (*text).to_owned()).collect();
            Offer::new(&scope, code, label).or(also)
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
