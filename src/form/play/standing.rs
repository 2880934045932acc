//! How each question stands: relevant or not, and what an expression reads of it.
//!
//! Every expression reads only rows above its own (`Form::read` sees to it), so one pass in order is enough.

use super::super::expr::Scope;
use super::super::model::{Choice, Form, Kind, Question};
use super::{Answer, Answers, Moment};
use crate::time::Timestamp;

/// How a question stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether it is asked.
    pub(super) relevant: bool,
    /// Its value as XForms stores it; empty when it is not relevant or not answered.
    pub(super) value: String,
}

/// All questions in order.
pub(super) fn all(form: &Form, answers: &Answers, at: Moment) -> Vec<Standing> {
    let mut standings: Vec<Standing> = Vec::with_capacity(form.questions.len());
    for question in &form.questions {
        let view = View::of(form, &standings, at);
        let relevant = question.relevant.as_ref().is_none_or(|expr| expr.eval(&view).truth());
        let value = match (relevant, &question.kind) {
            (false, _) | (true, Kind::Note) => String::new(),
            (true, Kind::Calculate) => {
                let once = answers.get(&question.id).map(|answer| stored(form, question, answer));
                let view = View { once: once.unwrap_or_default(), ..view };
                question.calculation.as_ref().map(|expr| expr.eval(&view).text()).unwrap_or_default()
            }
            (true, _) => {
                answers.get(&question.id).map(|answer| stored(form, question, answer)).unwrap_or_default()
            }
        };
        standings.push(Standing { relevant, value });
    }
    standings
}

/// An answer as XForms stores it: days as ISO, several choices as names in list order with spaces between, a tick
/// as `OK`, a paper as its file name, a place as `lat lon 0 0`, nothing as the empty text.
pub(super) fn stored(form: &Form, question: &Question, answer: &Answer) -> String {
    match answer {
        Answer::Text(text) | Answer::Phone(text) | Answer::Email(text) => text.clone(),
        Answer::Integer(number) => number.to_string(),
        Answer::Decimal(number) => number.to_string(),
        Answer::One(name) => name.to_string(),
        Answer::Many(names) => ordered(form, question, names).join(" "),
        Answer::Date(day) => day.format("%Y-%m-%d").to_string(),
        Answer::Ack => "OK".to_owned(),
        Answer::Document(paper) => paper.media.name.clone(),
        Answer::Place { lat, lon } => format!("{lat} {lon} 0 0"),
        Answer::Skipped => String::new(),
    }
}

/// The names taken, in the order of the list and each once; names that are not in the list come last.
pub(super) fn ordered(form: &Form, question: &Question, names: &[Box<str>]) -> Vec<String> {
    let list = match &question.kind {
        Kind::SelectMultiple { list } => form.lists.get(list).map(Vec::as_slice).unwrap_or_default(),
        _ => &[],
    };
    let place = |name: &&str| list.iter().position(|choice| &*choice.name == *name).unwrap_or(list.len());
    let mut names: Vec<&str> = names.iter().map(|name| &**name).collect();
    names.sort_by_key(place);
    names.dedup();
    names.into_iter().map(ToOwned::to_owned).collect()
}

/// What an expression sees.
pub(super) struct View<'v> {
    form: &'v Form,
    standings: &'v [Standing],
    at: Moment,
    /// The question under test and its answer as stored.
    tested: Option<(&'v str, String)>,
    row: Option<&'v Choice>,
    once: String,
}

impl<'v> View<'v> {
    pub(super) fn of(form: &'v Form, standings: &'v [Standing], at: Moment) -> Self {
        View { form, standings, at, tested: None, row: None, once: String::new() }
    }

    /// With an answer under test.
    pub(super) fn testing(self, question: &'v str, value: String) -> Self {
        View { tested: Some((question, value)), ..self }
    }

    /// In a row of a list.
    pub(super) fn row(self, row: &'v Choice) -> Self {
        View { row: Some(row), ..self }
    }
}

impl Scope for View<'_> {
    fn value(&self, question: &str) -> String {
        if let Some((_, value)) = self.tested.as_ref().filter(|(name, _)| *name == question) {
            return value.clone();
        }
        let at = self.form.questions.iter().position(|other| &*other.id == question);
        at.and_then(|at| self.standings.get(at)).map(|standing| standing.value.clone()).unwrap_or_default()
    }

    fn dot(&self) -> String {
        self.tested.as_ref().map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn choice_label(&self, question_or_list: &str, choice: &str) -> String {
        let list = match self.form.question(question_or_list).map(|question| &question.kind) {
            Some(Kind::SelectOne { list } | Kind::SelectMultiple { list }) => list,
            _ => question_or_list,
        };
        let choices = self.form.lists.get(list).map(Vec::as_slice).unwrap_or_default();
        let default = &self.form.default_locale;
        let found = choices.iter().find(|other| &*other.name == choice);
        found.and_then(|choice| choice.label.get(default, default)).unwrap_or_default().to_owned()
    }

    fn column(&self, name: &str) -> Option<String> {
        let row = self.row?;
        let default = &self.form.default_locale;
        match name {
            "name" => Some(row.name.to_string()),
            "label" => Some(row.label.get(default, default).unwrap_or_default().to_owned()),
            _ => row.extra.get(name).cloned(),
        }
    }

    fn now(&self) -> Timestamp {
        self.at.now
    }

    fn zone(&self) -> chrono_tz::Tz {
        self.at.zone
    }

    fn once(&self) -> String {
        self.once.clone()
    }

    fn position(&self) -> f64 {
        1.0
    }
}
