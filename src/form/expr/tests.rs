//! Expressions against answers, as tables. Worths marked ODK were seen in ODK's web engine (xforms-engine 0.22.0)
//! at 2026-01-15T09:30Z.

mod days;
mod errors;
mod lints;
mod random;
mod values;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Expr, Name, Scope, Value};
use crate::time::Timestamp;

/// Answers given by name; `.` is the answer under test, `once` the stored value, `#x` a column `x`.
struct Given {
    answers: BTreeMap<String, String>,
    zone: chrono_tz::Tz,
    now: Timestamp,
}

impl Given {
    fn of(answers: &[(&str, &str)]) -> Given {
        Given {
            answers: answers.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
            zone: chrono_tz::UTC,
            now: Timestamp::parse("2026-01-15T09:30:00Z").unwrap(),
        }
    }
    fn get(&self, name: &str) -> Cow<'_, str> {
        self.answers.get(name).map(String::as_str).unwrap_or_default().into()
    }
}

impl Scope for Given {
    fn value(&self, question: &Name) -> Cow<'_, str> {
        self.get(&question.text)
    }
    fn dot(&self) -> Cow<'_, str> {
        self.get(".")
    }
    fn choice_label(&self, question_or_list: &str, choice: &str) -> Cow<'_, str> {
        format!("<{question_or_list}:{choice}>").into()
    }
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        self.answers.get(&format!("#{name}")).map(Into::into)
    }
    fn now(&self) -> Timestamp {
        self.now
    }
    fn zone(&self) -> chrono_tz::Tz {
        self.zone
    }
    fn once(&self) -> Cow<'_, str> {
        self.get("once")
    }
    fn position(&self) -> f64 {
        1.0
    }
}

fn parsed(text: &str) -> Expr {
    Expr::parse(text).unwrap_or_else(|error| panic!("{text}: {error} at {}", error.at)).0
}

/// Every expression of the table is worth, as text, what stands beside it.
fn check(given: &Given, table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(parsed(text).eval(given).text(), *expected, "{text}");
    }
}
