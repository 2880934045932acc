//! How each question stands: relevant or not, and what an expression reads of it.
//!
//! Every expression reads only rows above its own (`Form::read` sees to it), so one pass in order is enough.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::super::expr::{Name, Scope};
use super::super::model::{Choice, Form, Kind, Question};
use super::{Answer, Play};
use crate::time::Timestamp;

/// How a question stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing<'a> {
    /// Whether it is asked.
    pub(super) relevant: bool,
    /// Its value once somebody looked at it: see [`Standing::value`].
    value: OnceCell<Cow<'a, str>>,
}

impl<'a> Standing<'a> {
    /// The value, as XForms stores it, of the question that stands so; empty when it is not relevant or not answered.
    pub(super) fn value(&self, play: &Play<'_, 'a>, question: &Question) -> &str {
        self.value.get_or_init(|| given(play, question).unwrap_or_default())
    }
}

/// How the question at this place of the form stands; looks at those above it only.
pub(super) fn of<'a>(play: &Play<'_, 'a>, at: usize) -> Standing<'a> {
    let question = &play.form.questions[at];
    let view = View::of(play, at);
    let relevant = question.relevant.as_ref().is_none_or(|expr| expr.eval(&view).truth())
        || crate::mutant::is("relevant_ignored");
    let value = match (relevant, &question.kind, &question.calculation) {
        (false, ..) | (true, Kind::Note, _) | (true, Kind::Calculate, None) => OnceCell::from(Cow::default()),
        (true, Kind::Calculate, Some(expr)) => {
            let view = View { once: given(play, question).unwrap_or_default(), ..view };
            OnceCell::from(Cow::Owned(expr.eval(&view).text().into_owned()))
        }
        (true, ..) => OnceCell::new(),
    };
    Standing { relevant, value }
}

fn given<'a>(play: &Play<'_, 'a>, question: &Question) -> Option<Cow<'a, str>> {
    play.answers.get(&question.id).map(|answer| stored(play.form, question, answer))
}

/// An answer as XForms stores it: days as ISO, several choices as names in list order with spaces between, a tick
/// as `OK`, a paper as its file name, a place as `lat lon 0 0`, nothing as the empty text.
pub(super) fn stored<'a>(form: &Form, question: &Question, answer: &'a Answer) -> Cow<'a, str> {
    match answer {
        Answer::Text(text) | Answer::Phone(text) | Answer::Email(text) => text.into(),
        Answer::Integer(number) => number.to_string().into(),
        Answer::Decimal(number) => number.to_string().into(),
        Answer::One(name) => (&**name).into(),
        Answer::Many(names) => ordered(form, question, names).join(" ").into(),
        Answer::Date(day) => day.to_string().into(),
        Answer::Ack => "OK".into(),
        Answer::Document(paper) => (&paper.media.name).into(),
        Answer::Place { lat, lon } => format!("{lat} {lon} 0 0").into(),
        Answer::Skipped => "".into(),
    }
}

/// The names taken, in the order of the list and each once; names that are not in the list come last.
pub(super) fn ordered<'a>(form: &Form, question: &Question, names: &'a [Box<str>]) -> Vec<&'a str> {
    let list = match &question.kind {
        Kind::SelectMultiple { list } => form.lists.get(list).map(Vec::as_slice).unwrap_or_default(),
        _ => &[],
    };
    let place = |name: &&str| list.iter().position(|choice| &*choice.name == *name).unwrap_or(list.len());
    let mut names: Vec<&str> = names.iter().map(|name| &**name).collect();
    names.sort_by_key(place);
    names.dedup();
    names
}

/// What an expression sees.
pub(super) struct View<'v, 'f, 'a> {
    play: &'v Play<'f, 'a>,
    /// Questions from this place on are not seen.
    end: usize,
    /// The question under test and its answer as stored.
    tested: Option<(&'v str, Cow<'v, str>)>,
    row: Option<&'v Choice>,
    once: Cow<'v, str>,
}

impl<'v, 'f, 'a> View<'v, 'f, 'a> {
    pub(super) fn of(play: &'v Play<'f, 'a>, end: usize) -> Self {
        View { play, end, tested: None, row: None, once: Cow::default() }
    }

    /// With an answer under test.
    pub(super) fn testing(self, question: &'v str, value: Cow<'v, str>) -> Self {
        View { tested: Some((question, value)), ..self }
    }

    /// In a row of a list.
    pub(super) fn row(self, row: &'v Choice) -> Self {
        View { row: Some(row), ..self }
    }
}

impl Scope for View<'_, '_, '_> {
    fn value(&self, question: &Name) -> Cow<'_, str> {
        if let Some((_, value)) = self.tested.as_ref().filter(|(name, _)| *name == question.text) {
            return Cow::Borrowed(value);
        }
        let at = question.place.filter(|at| *at < self.end);
        at.map(|at| self.play.value_at(at)).unwrap_or_default().into()
    }

    fn dot(&self) -> Cow<'_, str> {
        self.tested.as_ref().map(|(_, value)| &**value).unwrap_or_default().into()
    }

    fn choice_label(&self, question_or_list: &str, choice: &str) -> Cow<'_, str> {
        let form = self.play.form;
        let list = match form.question(question_or_list).map(|question| &question.kind) {
            Some(Kind::SelectOne { list } | Kind::SelectMultiple { list }) => list,
            _ => question_or_list,
        };
        let choices = form.lists.get(list).map(Vec::as_slice).unwrap_or_default();
        let default = &form.default_locale;
        let found = choices.iter().find(|other| &*other.name == choice);
        found.and_then(|choice| choice.label.get(default, default)).unwrap_or_default().into()
    }

    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        let row = self.row?;
        let default = &self.play.form.default_locale;
        match name {
            "name" => Some((&*row.name).into()),
            "label" => Some(row.label.get(default, default).unwrap_or_default().into()),
            _ => row.extra.get(name).map(Into::into),
        }
    }

    fn now(&self) -> Timestamp {
        self.play.at.now
    }

    fn zone(&self) -> chrono_tz::Tz {
        self.play.at.zone
    }

    fn once(&self) -> Cow<'_, str> {
        (&*self.once).into()
    }

    fn position(&self) -> f64 {
        1.0
    }
}
