//! How questions and answers read to a person.

use super::super::model::{Kind, Labels, Question};
use super::super::placeholder::{Piece, pieces};
use super::standing::{ordered, stored};
use super::{Answer, Play};
use crate::message::Locale;

/// First strong isolate and pop directional isolate: the text between them has a direction of its own.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

impl Play<'_> {
    /// The question's words in `locale`, `${name}` replaced, each inserted value between U+2068 and U+2069.
    pub fn label(&self, question: &Question, locale: &Locale) -> String {
        self.words(&question.label, locale)
    }

    /// The hint's words, the same way; empty if there is none.
    pub fn hint(&self, question: &Question, locale: &Locale) -> String {
        self.words(&question.hint, locale)
    }

    /// How an answer reads to a person in `locale`: choice labels, file names, numbers as stored, dates as ISO
    /// (the caller formats dates), a tick as `✓`.
    pub fn shown(&self, question: &Question, answer: &Answer, locale: &Locale) -> String {
        match answer {
            Answer::One(name) => self.choice_label(question, name, locale),
            Answer::Many(names) => {
                let labels = ordered(self.form, question, names);
                let labels: Vec<String> =
                    labels.iter().map(|name| self.choice_label(question, name, locale)).collect();
                labels.join(if comma_is_arabic(locale) { "، " } else { ", " })
            }
            Answer::Place { lat, lon } => format!("{lat}, {lon}"),
            Answer::Ack => "✓".to_owned(),
            _ => stored(self.form, question, answer),
        }
    }

    /// An answer as XForms stores it, and as expressions read it: days as ISO, several choices as names with
    /// spaces between, a tick as `OK`, a paper as its file name, a place as `lat lon 0 0`, nothing as no text.
    pub fn stored(&self, question: &Question, answer: &Answer) -> String {
        stored(self.form, question, answer)
    }

    fn words(&self, labels: &Labels, locale: &Locale) -> String {
        let text = labels.get(locale, &self.form.default_locale).unwrap_or_default();
        self.filled(text, locale, None)
    }

    /// `text` with `${name}` replaced by what `name` reads as; by the answer under test if it is that question.
    pub(super) fn filled(&self, text: &str, locale: &Locale, tested: Option<(&Question, &Answer)>) -> String {
        let mut filled = String::with_capacity(text.len());
        for piece in pieces(text) {
            match piece {
                Piece::Words(words) => filled.push_str(words),
                Piece::Reference(name) => {
                    let value = match tested.filter(|(question, _)| &*question.id == name) {
                        Some((question, answer)) => self.shown(question, answer, locale),
                        None => self.read(name, locale),
                    };
                    if !value.is_empty() {
                        filled.push(ISOLATE.0);
                        filled.extend(value.chars().filter(|sign| !turns(*sign)));
                        filled.push(ISOLATE.1);
                    }
                }
            }
        }
        filled
    }

    /// What the question of that name reads as now; empty when it is not relevant or not answered.
    fn read(&self, name: &str, locale: &Locale) -> String {
        let Some(at) = self.place(name) else { return String::new() };
        let (question, standing) = (&self.form.questions[at], self.standing(at));
        match self.answers.get(&question.id) {
            _ if !standing.relevant || question.kind == Kind::Calculate => standing.value.clone(),
            Some(answer) => self.shown(question, answer, locale),
            None => String::new(),
        }
    }

    /// A choice's label; its name if the list has no such choice.
    fn choice_label(&self, question: &Question, name: &str, locale: &Locale) -> String {
        let (Kind::SelectOne { list } | Kind::SelectMultiple { list }) = &question.kind else {
            return name.to_owned();
        };
        let choices = self.form.lists.get(list).map(Vec::as_slice).unwrap_or_default();
        let choice = choices.iter().find(|choice| &*choice.name == name);
        let label = choice.and_then(|choice| choice.label.get(locale, &self.form.default_locale));
        label.unwrap_or(name).to_owned()
    }
}

/// Whether `sign` is one of Unicode's explicit direction controls, which could turn the text after a value.
fn turns(sign: char) -> bool {
    matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether lists are written with the Arabic comma.
fn comma_is_arabic(locale: &Locale) -> bool {
    matches!(locale.language(), "ar" | "fa" | "ur" | "ps" | "ckb" | "sd" | "ug")
}
