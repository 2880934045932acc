//! How questions and answers read to a person.

use std::borrow::Cow;

use super::super::model::{Kind, Labels, Question};
use super::super::placeholder::{Piece, pieces};
use super::standing::{ordered, stored};
use super::{Answer, Play};
use crate::message::Locale;

/// First strong isolate and pop directional isolate: the text between them has a direction of its own.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

impl Play<'_, '_> {
    /// The question's words in `locale`, `${name}` replaced, each inserted value between U+2068 and U+2069.
    pub fn label<'s>(&'s self, question: &'s Question, locale: &Locale) -> Cow<'s, str> {
        self.words(&question.label, locale)
    }

    /// The hint's words, the same way; empty if there is none.
    pub fn hint<'s>(&'s self, question: &'s Question, locale: &Locale) -> Cow<'s, str> {
        self.words(&question.hint, locale)
    }

    /// How an answer reads to a person in `locale`: choice labels, file names, numbers as stored, dates as ISO
    /// (the caller formats dates), a tick as `✓`.
    pub fn shown<'s>(&'s self, question: &Question, answer: &'s Answer, locale: &Locale) -> Cow<'s, str> {
        match answer {
            Answer::One(name) => self.choice_label(question, name, locale).into(),
            Answer::Many(names) => {
                let names = ordered(self.form, question, names).into_iter();
                let labels: Vec<&str> = names.map(|name| self.choice_label(question, name, locale)).collect();
                labels.join(if comma_is_arabic(locale) { "، " } else { ", " }).into()
            }
            Answer::Place { lat, lon } => format!("{lat}, {lon}").into(),
            Answer::Ack => "✓".into(),
            _ => stored(self.form, question, answer),
        }
    }

    /// An answer as XForms stores it, and as expressions read it: days as ISO, several choices as names with
    /// spaces between, a tick as `OK`, a paper as its file name, a place as `lat lon 0 0`, nothing as no text.
    pub fn stored(&self, question: &Question, answer: &Answer) -> String {
        stored(self.form, question, answer).into_owned()
    }

    fn words<'s>(&'s self, labels: &'s Labels, locale: &Locale) -> Cow<'s, str> {
        let text = labels.get(locale, &self.form.default_locale).unwrap_or_default();
        if text.contains("${") { self.filled(text, locale, None).into() } else { text.into() }
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
    fn read(&self, name: &str, locale: &Locale) -> Cow<'_, str> {
        let Some(at) = self.place(name) else { return Cow::default() };
        let question = &self.form.questions[at];
        match self.answers.get(&question.id) {
            _ if !self.relevant_at(at) || question.kind == Kind::Calculate => self.value_at(at).into(),
            Some(answer) => self.shown(question, answer, locale),
            None => Cow::default(),
        }
    }

    /// A choice's label; its name if the list has no such choice.
    fn choice_label<'s>(&'s self, question: &Question, name: &'s str, locale: &Locale) -> &'s str {
        let (Kind::SelectOne { list } | Kind::SelectMultiple { list }) = &question.kind else {
            return name;
        };
        let choices = self.form.lists.get(list).map(Vec::as_slice).unwrap_or_default();
        let choice = choices.iter().find(|choice| &*choice.name == name);
        let label = choice.and_then(|choice| choice.label.get(locale, &self.form.default_locale));
        label.unwrap_or(name)
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
