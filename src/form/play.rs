//! Playing a form: what comes next, and whether an answer is right.
//!
//! ODK's semantics, with these choices where ODK leaves one or has no chat in mind:
//! - an answer to a question that is not relevant is kept, reads as empty, is not handed in, and returns when
//!   the question is relevant again;
//! - a select that offers no choice is passed over;
//! - `${name}` of a select reads as the choice's label in a text, as its name in an expression.

mod check;
mod show;
mod standing;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::check::takes_paper;
use self::standing::{Standing, View};
use super::model::{Choice, Form, Kind, Labels, Question, QuestionId};
use crate::message::MediaRef;
use crate::time::Timestamp;

/// The time at which a form is judged: one fixed zone, so that `today()` means the charity's day.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The instant.
    pub now: Timestamp,
    /// The charity's zone.
    pub zone: chrono_tz::Tz,
}

impl Moment {
    /// The day at the charity.
    pub fn today(&self) -> NaiveDate {
        self.now.date_in(self.zone)
    }
}

/// A stored answer. As JSON `{"text":"…"}`, `{"one":"rent"}`, `"skipped"`, …
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Words, a name.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number, also of a range.
    Decimal(f64),
    /// The name of the choice taken.
    One(Box<str>),
    /// The names of the choices taken, in list order.
    Many(Vec<Box<str>>),
    /// A day.
    Date(NaiveDate),
    /// A telephone number in E.164.
    Phone(String),
    /// A mail address.
    Email(String),
    /// Ticked.
    Ack,
    /// A paper.
    Document(Paper),
    /// A place in degrees.
    Place {
        /// Latitude.
        lat: f64,
        /// Longitude.
        lon: f64,
    },
    /// Asked, and left out.
    Skipped,
}

/// A paper that was sent as an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// The stored file.
    pub media: MediaRef,
}

/// The answers of a session by question. Of irrelevant questions too: they return when relevant again.
pub type Answers = BTreeMap<QuestionId, Answer>;

/// Why an answer does not fit: what was expected, for the sentence that asks again.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Misfit {
    /// Nothing given where something is needed; the author's own words if any.
    Required(Labels),
    NotANumber,
    NotAWholeNumber,
    /// A number outside its scale.
    OutOfRange {
        start: f64,
        end: f64,
    },
    NotADate,
    NotAPhone,
    NotAnEmail,
    /// Not one of the choices.
    NotAChoice,
    /// Fits several choices: their names.
    Ambiguous(Vec<Box<str>>),
    /// The form's own constraint does not hold; the author's message if any.
    Constraint(Labels),
    /// More than so many characters.
    TooLong(usize),
    /// A paper of a type that is not taken (its found media type).
    WrongType(Box<str>),
    /// A file where words are asked, words where a file is asked, and so on.
    OtherKind,
}

/// A form with the answers given so far.
pub struct Play<'f, 'a> {
    /// The form.
    pub form: &'f Form,
    /// The answers.
    pub answers: &'a Answers,
    /// When.
    pub at: Moment,
    /// How each question stands, worked out once, and no further down than somebody looks.
    standings: OnceCell<Box<[OnceCell<Standing<'a>>]>>,
}

impl<'f, 'a> Play<'f, 'a> {
    /// Puts form, answers and time together.
    pub fn new(form: &'f Form, answers: &'a Answers, at: Moment) -> Self {
        Play { form, answers, at, standings: OnceCell::new() }
    }

    /// Whether `question` is asked now: its condition holds, and those of the groups around it.
    pub fn relevant(&self, question: &Question) -> bool {
        self.form.place(&question.id).is_some_and(|at| self.relevant_at(at))
    }

    /// The questions that are asked now, notes and calculations among them, in order.
    pub fn relevant_ones(&self) -> impl Iterator<Item = &'f Question> {
        self.form.questions.iter().enumerate().filter(|(at, _)| self.relevant_at(*at)).map(|(_, q)| q)
    }

    /// The first relevant question, in order, that takes an answer and has none (not even `Skipped`).
    pub fn next(&self) -> Option<&'f Question> {
        self.asked().map(|(_, question)| question).find(|question| !self.answers.contains_key(&question.id))
    }

    /// The relevant, answer-taking question before `id` in order, whether answered or not.
    pub fn before(&self, id: &str) -> Option<&'f Question> {
        let end = self.place(id)?;
        self.asked().take_while(|(at, _)| *at < end).last().map(|(_, question)| question)
    }

    /// The relevant notes that stand between the answer-taking question before `id` and `id`.
    pub fn notes_before(&self, id: &str) -> Vec<&'f Question> {
        let Some(end) = self.place(id) else { return Vec::new() };
        let start = self.before(id).and_then(|question| self.place(&question.id)).map_or(0, |at| at + 1);
        self.notes(start, end)
    }

    /// The relevant notes after the last answer-taking question: said when the form is done.
    pub fn notes_after(&self) -> Vec<&'f Question> {
        let start = self.asked().last().map_or(0, |(at, _)| at + 1);
        self.notes(start, self.form.questions.len())
    }

    /// The choices offered now, in order; none for a question without a list.
    pub fn choices(&self, question: &Question) -> impl Iterator<Item = &'f Choice> {
        let list = match &question.kind {
            Kind::SelectOne { list } | Kind::SelectMultiple { list } => self.form.lists.get(list),
            _ => None,
        };
        let offered = |choice: &&Choice| {
            let filter = question.choice_filter.as_ref();
            filter.is_none_or(|filter| filter.eval(&self.view().row(choice)).truth())
        };
        list.into_iter().flatten().filter(offered)
    }

    /// (answered, in all) of the relevant, answer-taking questions as things stand.
    pub fn progress(&self) -> (usize, usize) {
        self.asked().fold((0, 0), |(answered, all), (_, question)| {
            (answered + usize::from(self.answers.contains_key(&question.id)), all + 1)
        })
    }

    /// What is handed in: relevant answers and calculated values in form order, without skipped ones.
    pub fn submission(&self) -> Vec<(QuestionId, Answer)> {
        let all = self.form.questions.iter().enumerate();
        all.filter(|(at, _)| self.relevant_at(*at) || crate::mutant::is("hidden_handed_in"))
            .filter_map(|(at, question)| {
                let answer = match &question.kind {
                    Kind::Note => None,
                    Kind::Calculate => Some(self.value_at(at))
                        .filter(|text| !text.is_empty())
                        .map(|text| Answer::Text(text.into())),
                    _ => self
                        .answers
                        .get(&question.id)
                        .map(|answer| self.in_list_order(question, answer.clone())),
                };
                let answer = answer.filter(|answer| *answer != Answer::Skipped)?;
                Some((question.id.clone(), answer))
            })
            .collect()
    }

    /// After `changed` was answered anew: answers that no longer stand (a choice no longer offered, a constraint
    /// that looks at it). They are to be asked again.
    pub fn upset_by(&self, changed: &str) -> Vec<QuestionId> {
        let looking = self.form.index.judged_by.get(changed).map(Vec::as_slice).unwrap_or_default();
        let stands_no_longer = |at: usize, question: &Question| {
            let answer = self.answers.get(&question.id).filter(|answer| **answer != Answer::Skipped);
            answer.is_some_and(|answer| self.relevant_at(at) && self.check(question, answer).is_err())
        };
        let looking = looking.iter().filter_map(|at| Some((*at, self.form.questions.get(*at)?)));
        let upset = looking.filter(|(at, question)| stands_no_longer(*at, question));
        upset.map(|(_, question)| question.id.clone()).collect()
    }

    /// The relevant questions that take an answer and have something to offer, with their places.
    fn asked(&self) -> impl Iterator<Item = (usize, &'f Question)> {
        let all = self.form.questions.iter().enumerate();
        all.filter(|(at, question)| self.relevant_at(*at) && self.takes_answer(question))
    }

    fn takes_answer(&self, question: &Question) -> bool {
        match question.kind {
            Kind::Note | Kind::Calculate => false,
            Kind::SelectOne { .. } | Kind::SelectMultiple { .. } => {
                question.choice_filter.is_none() || self.choices(question).next().is_some()
            }
            _ => true,
        }
    }

    fn notes(&self, start: usize, end: usize) -> Vec<&'f Question> {
        let between = self.form.questions.get(start..end).unwrap_or_default().iter().zip(start..);
        let notes = between.filter(|(question, at)| question.kind == Kind::Note && self.relevant_at(*at));
        notes.map(|(question, _)| question).collect()
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.form.place(id)
    }

    fn relevant_at(&self, at: usize) -> bool {
        self.standing(at).relevant
    }

    /// What expressions read of the question at this place.
    fn value_at(&self, at: usize) -> &str {
        self.standing(at).value(self, &self.form.questions[at])
    }

    /// How the question at this place of the form stands. Those above it are worked out before it, in order, so
    /// that nothing nests however long a chain of conditions is.
    fn standing(&self, at: usize) -> &Standing<'a> {
        let all = self.standings.get_or_init(|| vec![OnceCell::new(); self.form.questions.len()].into());
        let known =
            all[..at].iter().rposition(|standing| standing.get().is_some()).map_or(0, |last| last + 1);
        for above in known..at {
            all[above].get_or_init(|| standing::of(self, above));
        }
        all[at].get_or_init(|| standing::of(self, at))
    }

    fn view(&self) -> View<'_, 'f, 'a> {
        View::of(self, self.form.questions.len())
    }
}
