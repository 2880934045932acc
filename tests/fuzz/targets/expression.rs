//! An expression and the answers it sees: the first line is the expression, the others are `${a}`, `${b}`, `.` and the
//! column `column`.

use std::borrow::Cow;

use wasl::form::expr::{Expr, Name, Scope};
use wasl::time::Timestamp;

use super::world;

struct Given<'t> {
    lines: Vec<&'t str>,
}

impl Given<'_> {
    fn line(&self, n: usize) -> Cow<'_, str> {
        self.lines.get(n).copied().unwrap_or_default().into()
    }
}

impl Scope for Given<'_> {
    fn value(&self, question: &Name) -> Cow<'_, str> {
        match &*question.text {
            "a" => self.line(0),
            "b" => self.line(1),
            _ => "".into(),
        }
    }
    fn dot(&self) -> Cow<'_, str> {
        self.line(2)
    }
    fn choice_label(&self, _question_or_list: &str, choice: &str) -> Cow<'_, str> {
        choice.to_owned().into()
    }
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        (name == "column").then(|| self.line(3))
    }
    fn now(&self) -> Timestamp {
        world::begin()
    }
    fn zone(&self) -> chrono_tz::Tz {
        chrono_tz::Asia::Beirut
    }
    fn once(&self) -> Cow<'_, str> {
        self.line(0)
    }
    fn position(&self) -> f64 {
        1.0
    }
}

/// Parsed, worked out twice, parsed again as it was repaired.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n');
    let text = lines.next().unwrap_or_default();
    let given = Given { lines: lines.collect() };
    match Expr::parse(text) {
        Ok((expr, _)) => {
            let (once, again) = (expr.eval(&given), expr.eval(&given));
            let _ = (once.number(), once.truth(), once.number_in(given.zone()));
            assert_eq!(once.text(), again.text(), "the same answers, the same worth");
            let _ = (expr.lints(), expr.reads(), expr.columns(), expr.lists(), expr.uses_dot());
            let (reread, repairs) = Expr::parse(&expr.text).expect("what was repaired parses");
            assert!(reread.text == expr.text && repairs.is_empty(), "a repair needs no repair");
            assert_eq!(reread.eval(&given).text(), expr.eval(&given).text());
        }
        Err(error) => {
            assert!(error.at <= text.chars().count() && !error.text.is_empty(), "the place is in the text");
        }
    }
}
