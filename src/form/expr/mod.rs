//! The expression language: XPath 1.0's core and ODK's functions, tiers 1 and 2 of the profile.
//!
//! A text is put right ([`repair`]), split ([`lexer`]), built into a tree ([`parser`]) and worked out ([`eval`])
//! against a [`Scope`]. Parsing tells an author everything that can be told without answers; evaluation never fails.
//!
//! The judge of our logic is ODK's web engine. Where we differ on purpose:
//! - `regex` matches the whole text (the engine finds a pattern anywhere in it unless it is anchored);
//! - `date(…)` gives a day, also of an instant; a day that does not exist is empty, not an error;
//! - a question is as true as its text (as the XForms specification says; in the engine an empty one is true);
//! - `and` and `or` give true or false, never an operand; very large and very small numbers have no exponent;
//! - `format-date` reads numbers of days too.

mod date;
mod eval;
mod functions;
mod lexer;
mod lint;
mod parser;
mod pattern;
mod repair;
#[cfg(test)]
mod tests;
mod tree;
mod value;

pub use lint::{Lint, Matter};
pub use tree::Name;
pub use value::Value;

use std::borrow::Cow;

use crate::time::Timestamp;
use tree::{ChoiceSource, Kind, Node};

/// The longest text that is parsed, in characters.
pub const LONGEST: usize = 4_096;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// As written (after repairs), for messages and hashing.
    pub text: String,
    root: Node,
}

/// Why a text is no expression of the profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct ExprError {
    /// Where, in characters of the text from 0; the text's length if something is missing at its end.
    pub at: usize,
    /// What is wrong and what to write instead.
    pub text: String,
}

/// What an expression can see of its form.
pub trait Scope {
    /// The answer of `question` as XForms stores it; empty when it is unanswered or irrelevant.
    fn value(&self, question: &Name) -> Cow<'_, str>;
    /// The answer under test (`.`).
    fn dot(&self) -> Cow<'_, str>;
    /// The label of `choice` in a list, which is named by itself or by a question that uses it.
    fn choice_label(&self, question_or_list: &str, choice: &str) -> Cow<'_, str>;
    /// In a choice filter, the choice row's cell in column `name`; `None` where there is no such column.
    fn column(&self, name: &str) -> Option<Cow<'_, str>>;
    /// The instant of evaluation.
    fn now(&self) -> Timestamp;
    /// The zone in which days begin.
    fn zone(&self) -> chrono_tz::Tz;
    /// The stored value of the question whose calculation runs, for `once(…)`.
    fn once(&self) -> Cow<'_, str>;
    /// The number, from 1, of the entry of a repeat that is evaluated.
    fn position(&self) -> f64;
}

impl Expr {
    /// Parses `text` after repairs, at most [`LONGEST`] characters and 64 levels of nesting; the second value
    /// names the repairs made. Repairs keep the number of characters: an error's place is a place in `text`.
    pub fn parse(text: &str) -> Result<(Expr, Vec<String>), ExprError> {
        if text.chars().nth(LONGEST).is_some() {
            let words = format!("longer than {LONGEST} characters: split it over several calculate rows");
            return Err(ExprError { at: LONGEST, text: words });
        }
        if text.trim().is_empty() {
            return Err(ExprError { at: 0, text: "the expression is empty".to_owned() });
        }
        let repaired = repair::repair(text);
        let root = parser::parse(lexer::tokens(&repaired.chars)?, repaired.chars.len())?;
        Ok((Expr { text: repaired.chars.iter().collect(), root }, repaired.notes))
    }

    /// The questions it reads, each once, in order of first mention; `.` is not among them, and a question whose
    /// choices `jr:choice-name` looks at is.
    pub fn reads(&self) -> Vec<&str> {
        self.names(|kind| match kind {
            Kind::Question(name) => Some(&name.text),
            Kind::ChoiceName(_, ChoiceSource::Question(name)) => Some(name),
            _ => None,
        })
    }

    /// The bare names it reads, each once, in order of first mention: columns of the choices sheet.
    pub fn columns(&self) -> Vec<&str> {
        self.names(|kind| match kind {
            Kind::Column(name) => Some(name),
            _ => None,
        })
    }

    /// The choice lists that `jr:choice-name` names directly, each once.
    pub fn lists(&self) -> Vec<&str> {
        self.names(|kind| match kind {
            Kind::ChoiceName(_, ChoiceSource::List(name)) => Some(name),
            _ => None,
        })
    }

    /// Whether it looks at the answer under test.
    pub fn uses_dot(&self) -> bool {
        let mut found = false;
        self.root.visit(&mut |node| found |= node.kind == Kind::Dot);
        found
    }

    /// Its worth. Never fails: a day that does not exist is the empty text, what is no number is NaN, a wrong
    /// pattern matches nothing, a column that is not there is empty.
    pub fn eval<'v>(&'v self, scope: &'v dyn Scope) -> Value<'v> {
        eval::eval(&self.root, scope)
    }

    /// Tells it where the questions stand that it reads, so that no name is looked up when it is worked out.
    pub(super) fn settle(&mut self, place: &impl Fn(&str) -> Option<usize>) {
        self.root.settle(place);
    }

    /// What an author should know, in the order of the places.
    pub fn lints(&self) -> Vec<Lint> {
        lint::lints(&self.root)
    }

    fn names<'a>(&'a self, name: impl Fn(&'a Kind) -> Option<&'a String>) -> Vec<&'a str> {
        let mut found: Vec<&str> = Vec::new();
        self.root.visit(&mut |node| match name(&node.kind) {
            Some(name) if !found.contains(&name.as_str()) => found.push(name),
            _ => {}
        });
        found
    }
}
