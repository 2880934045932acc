//! The checked form.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::expr::Expr;
use super::index::Index;
use super::markdown::Workbook;
use crate::message::Locale;

/// A form's own name: `support-request`.
pub type FormId = Box<str>;
/// A question's name in its form, ASCII.
pub type QuestionId = Box<str>;
/// SHA-256 of the form's canonical content, as 64 hex digits.
pub type FormHash = Box<str>;

/// A form as a session pins it: what is asked never changes under somebody who is answering.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FormRef {
    /// The form's name.
    pub id: FormId,
    /// The hash of its content.
    pub hash: FormHash,
}

/// A text per language. Looked up by exact tag, then language, then the form's default language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Labels(pub BTreeMap<Locale, String>);

/// How carefully an answer is kept (`wasl_pii`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Pii {
    /// Says nothing of a person.
    #[default]
    None,
    /// Tells who somebody is: sealed.
    Person,
    /// Health, faith, numbers of papers, money: sealed, and never asked on a channel that is not ours.
    Special,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Words.
    Text {
        /// Whether several lines are expected: a longer answer is taken, and pages draw a larger field.
        multiline: bool,
    },
    /// A person's name (`text` + `wasl_kind = name`).
    Name,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// One of a list.
    SelectOne {
        /// The list's name in [`Form::lists`].
        list: Box<str>,
    },
    /// Some of a list; stored in list order.
    SelectMultiple {
        /// The list's name in [`Form::lists`].
        list: Box<str>,
    },
    /// A number on a scale.
    Range {
        /// The least number.
        start: f64,
        /// The greatest, above `start`.
        end: f64,
        /// From one number to the next, above 0.
        step: f64,
    },
    /// A day.
    Date,
    /// A telephone number, kept as E.164 (`text` + `wasl_kind = phone`).
    Phone,
    /// A mail address (`text` + `wasl_kind = email`).
    Email,
    /// Words to read; nothing is answered. Told together with the question after it.
    Note,
    /// A tick: "I have read this".
    Acknowledge,
    /// A paper: `image` takes pictures, `file` takes pictures and PDF.
    Document {
        /// Whether a PDF is refused.
        images_only: bool,
    },
    /// A place.
    Place,
    /// Worked out, not asked.
    Calculate,
}

/// One question of a form.
#[derive(Debug, Clone)]
pub struct Question {
    /// Its name.
    pub id: QuestionId,
    /// Its kind.
    pub kind: Kind,
    /// What is asked.
    pub label: Labels,
    /// Help and an example.
    pub hint: Labels,
    /// Whether an answer is needed.
    pub required: bool,
    /// What is said when it is missing.
    pub required_message: Labels,
    /// When it is asked; the group's own condition is already joined in.
    pub relevant: Option<Expr>,
    /// What must hold of a (non-empty) answer.
    pub constraint: Option<Expr>,
    /// What is said when it does not.
    pub constraint_message: Labels,
    /// What it is worked out from.
    pub calculation: Option<Expr>,
    /// The value it starts with.
    pub default: Option<Expr>,
    /// Which choices are offered, judged per choice row.
    pub choice_filter: Option<Expr>,
    /// The labels of the groups around it, outermost first.
    pub groups: Vec<Labels>,
    /// How carefully the answer is kept.
    pub pii: Pii,
    /// The case field it fills (`wasl_save`): `name`, `phone`, `email`, `service`, `area`, …
    pub saves: Option<Box<str>>,
    /// The line of the form's file, for messages.
    pub line: u32,
}

/// One choice of a list.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is stored.
    pub name: Box<str>,
    /// What is read.
    pub label: Labels,
    /// A shorter label for small buttons (`wasl_short_<lang>`).
    pub short: Labels,
    /// Other words people write for it (`wasl_aliases_<lang>`, comma separated).
    pub aliases: BTreeMap<Locale, Vec<String>>,
    /// All of these in every language: what a person may write for it.
    pub words: Arc<[String]>,
    /// Further columns, for `choice_filter`.
    pub extra: BTreeMap<Box<str>, String>,
}

/// A form whose every row is understood.
#[derive(Debug, Clone)]
pub struct Form {
    /// Its name.
    pub id: FormId,
    /// Its content hash.
    pub hash: FormHash,
    /// Its title.
    pub title: Labels,
    /// The author's version.
    pub version: String,
    /// The language used when a text is missing.
    pub default_locale: Locale,
    /// The languages its questions are written in.
    pub locales: Vec<Locale>,
    /// The questions in order, notes and calculations included.
    pub questions: Vec<Question>,
    /// The lists by name, in order.
    pub lists: BTreeMap<Box<str>, Vec<Choice>>,
    /// Where each question stands, and what hangs on it.
    pub(super) index: Index,
    /// What it was read from, kept so that a pinned form can be read again by a later version.
    pub source: Workbook,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The form is refused.
    Error,
    /// The form plays, but an author would want to know.
    Warning,
    /// Something was put right while reading.
    Repair,
}

/// Something an author should know, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The file.
    pub file: String,
    /// The table.
    pub sheet: String,
    /// The line in the file, counted from 1; 0 when it is about the whole.
    pub line: u32,
    /// The column's header; empty when it is about the row.
    pub column: String,
    /// What is wrong and what to write instead.
    pub text: String,
}

impl Form {
    /// Reads the tables. Warnings and repairs come with the form; errors come alone.
    pub fn read(source: Workbook) -> Result<(Form, Vec<Finding>), Vec<Finding>> {
        super::read::form(source)
    }
    /// The pin of this form.
    pub fn reference(&self) -> FormRef {
        FormRef { id: self.id.clone(), hash: self.hash.clone() }
    }
    /// The question of that name.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.get(self.place(id)?)
    }
    /// Its place in [`Form::questions`].
    pub(super) fn place(&self, id: &str) -> Option<usize> {
        self.index.places.get(id).copied()
    }
}

impl Labels {
    /// The text for `locale`: exact tag, then same language, then `default`, then any; `None` if all are empty.
    pub fn get(&self, locale: &Locale, default: &Locale) -> Option<&str> {
        let (all, same) = (&self.0, |(l, _): &(&Locale, &String)| l.language() == locale.language());
        all.get(locale)
            .or_else(|| all.iter().find(same).map(|(_, t)| t))
            .or_else(|| all.get(default))
            .or_else(|| all.values().next())
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }
    /// Whether no language has a text.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(String::is_empty)
    }
}
