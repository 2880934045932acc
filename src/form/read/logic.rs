//! Expressions and texts of a row: parsed, put right, and every `${name}` in them known and asked before.

use std::collections::{BTreeMap, BTreeSet};

use super::super::expr::{Expr, Matter};
use super::super::findings::Findings;
use super::super::markdown::Row;
use super::super::model::Labels;
use super::super::near::suggestion;
use super::super::placeholder::{references, turned};
use super::grid::Grid;
use crate::message::Locale;

/// The longest text that one message with buttons carries on WhatsApp, in characters.
const LONG: usize = 1024;

/// What stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// Something with a value.
    Value,
    /// A note, which has none.
    Note,
    /// A group, which has none.
    Group,
    /// A row that is not kept.
    Metadata,
}

/// The names of a survey: where each stands, and how far reading has come.
pub(super) struct Logic<'g, 's> {
    pub(super) grid: &'g Grid<'s>,
    pub(super) default: &'g Locale,
    pub(super) findings: &'g mut Findings,
    /// Every name of the sheet with the first row that has it.
    pub(super) all: BTreeMap<&'s str, &'s Row>,
    /// The names above the present row.
    pub(super) above: BTreeMap<&'s str, Named>,
    /// The questions above that everybody answers: required, and asked of all.
    pub(super) always: BTreeSet<&'s str>,
    /// The lists that there are.
    pub(super) lists: BTreeSet<&'g str>,
    /// The author's own columns of the choices sheet.
    pub(super) columns: BTreeSet<&'g str>,
}

impl<'s> Logic<'_, 's> {
    /// A finding in `column` of `row`.
    pub(super) fn error(&mut self, row: &Row, column: &'static str, text: impl Into<String>) {
        self.findings.error(self.grid.name(), row.line, self.grid.header(column, None), text);
    }

    /// The same, as a warning.
    pub(super) fn warning(&mut self, row: &Row, column: &'static str, text: impl Into<String>) {
        self.findings.warning(self.grid.name(), row.line, self.grid.header(column, None), text);
    }

    /// The expression in `column`, if the cell holds one that is right.
    pub(super) fn expression(&mut self, row: &'s Row, column: &'static str) -> Option<Expr> {
        let text = self.grid.text(row, column);
        if text.is_empty() { None } else { self.parsed(row, column, text) }
    }

    /// The column `default`: a value as it stands, or an expression (with `${…}` or a call) to work out.
    pub(super) fn proposal(&mut self, row: &'s Row) -> Option<Expr> {
        let text = self.grid.text(row, "default");
        if text.is_empty() {
            return None;
        }
        if text.contains("${") || has_call(text) {
            return self.parsed(row, "default", text);
        }
        let Some(quote) = ['\'', '"'].into_iter().find(|quote| !text.contains(*quote)) else {
            self.error(row, "default", "both kinds of quotes in one default: leave one out");
            return None;
        };
        Expr::parse(&format!("{quote}{text}{quote}")).ok().map(|(expr, _)| expr)
    }

    fn parsed(&mut self, row: &'s Row, column: &'static str, text: &str) -> Option<Expr> {
        let (sheet, header) = (self.grid.name(), self.grid.header(column, None));
        match Expr::parse(text) {
            Err(error) => {
                self.error(row, column, format!("at character {}: {}", error.at + 1, error.text));
                None
            }
            Ok((expr, repairs)) => {
                repairs.into_iter().for_each(|text| self.findings.repair(sheet, row.line, header, text));
                for lint in expr.lints() {
                    // a number that is always there is never empty
                    if matches!(&lint.matter, Matter::EmptyNumber(name) if self.always.contains(name.as_str()))
                    {
                        continue;
                    }
                    self.warning(row, column, format!("at character {}: {}", lint.at + 1, lint.text));
                }
                if expr.uses_dot() && column != "constraint" {
                    self.error(row, column, "`.` is the answer under test: only a constraint has one");
                }
                expr.reads().into_iter().for_each(|name| self.reference(row, column, header, name));
                self.bare_names(row, column, &expr);
                Some(expr)
            }
        }
    }

    /// Columns are read only in a choice filter, and lists have to be there.
    fn bare_names(&mut self, row: &Row, column: &'static str, expr: &Expr) {
        for name in expr.columns() {
            let own = ["name", "label"];
            if column != "choice_filter" {
                self.error(
                    row,
                    column,
                    format!("`{name}` alone is a column of choices: a question is `${{{name}}}`"),
                );
            } else if !own.contains(&name) && !self.columns.contains(name) {
                let near = suggestion(name, self.columns.iter().copied().chain(own));
                self.error(row, column, format!("the sheet choices has no column `{name}`{near}"));
            }
        }
        let missing: Vec<&str> = expr.lists().into_iter().filter(|list| !self.lists.contains(list)).collect();
        for list in missing {
            let near = suggestion(list, self.lists.iter().copied());
            self.error(row, column, format!("no list is called `{list}`{near}"));
        }
    }

    /// Both at once: `(a) and (b)`.
    pub(super) fn both(&mut self, row: &Row, first: Option<&Expr>, second: Option<Expr>) -> Option<Expr> {
        let (Some(first), Some(second)) = (first, second.as_ref()) else { return second.or(first.cloned()) };
        match Expr::parse(&format!("({}) and ({})", first.text, second.text)) {
            Ok((expr, _)) => Some(expr),
            Err(error) => {
                self.error(row, "relevant", format!("together with the group's condition: {}", error.text));
                None
            }
        }
    }

    /// The texts of `column` by language, `{name}$` put right.
    pub(super) fn words(&mut self, row: &'s Row, column: &'static str) -> Labels {
        let mut labels = self.grid.words(row, column, self.default);
        for (locale, text) in &mut labels.0 {
            let (sheet, header) = (self.grid.name(), self.grid.header(column, Some(locale)));
            if let Some(fixed) = turned(text) {
                let told = "`{name}$` is read as `${name}`: type it so, also in a text from right to left";
                self.findings.repair(sheet, row.line, header, told);
                *text = fixed;
            }
            if text.chars().count() > LONG {
                let told = format!("longer than {LONG} characters: it is sent in several messages");
                self.findings.warning(sheet, row.line, header, told);
            }
            references(text).for_each(|name| self.reference(row, column, header, name));
        }
        labels
    }

    fn reference(&mut self, row: &Row, column: &'static str, header: &str, name: &str) {
        let own = self.grid.text(row, "name");
        let tells = |text: String| Some(text);
        let found = match self.above.get(name) {
            Some(Named::Value) => None,
            Some(Named::Note) => tells(format!("`{name}` is a note: nothing is answered to it")),
            Some(Named::Group) => tells(format!("`{name}` is a group: it has no value of its own")),
            Some(Named::Metadata) => {
                tells(format!("`{name}` is not kept in chat; for the day write today()"))
            }
            None if name == own && column.starts_with("constraint") => None,
            None if name == own && column == "calculation" => {
                tells(format!("`{name}` is circular: it reads itself"))
            }
            None if name == own => tells(format!("`{name}` is asked only now: nothing is answered yet")),
            None => Some(self.not_above(row, column, name)),
        };
        if let Some(text) = found {
            self.findings.error(self.grid.name(), row.line, header, text);
        }
    }

    fn not_above(&self, row: &Row, column: &str, name: &str) -> String {
        let own = self.grid.text(row, "name");
        match self.all.get(name) {
            Some(later) => {
                let back = format!("${{{own}}}");
                let circular =
                    column == "calculation" && self.grid.text(later, "calculation").contains(&back);
                if circular {
                    return format!(
                        "`{own}` and `{name}` (line {}) are circular: each reads the other",
                        later.line
                    );
                }
                format!("`{name}` comes later, on line {}: move this row below it", later.line)
            }
            None if self.lists.contains(name) => {
                format!("`{name}` is a list; write the name of the question that uses it")
            }
            None => format!("no question is called `{name}`{}", suggestion(name, self.all.keys().copied())),
        }
    }
}

/// Whether a text calls a function: a word, then `(` without a space.
fn has_call(text: &str) -> bool {
    text.match_indices('(').any(|(at, _)| {
        let word = text[..at].rsplit(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-').next();
        word.is_some_and(|word| word.starts_with(|sign: char| sign.is_ascii_lowercase()))
    }) && text.trim_end().ends_with(')')
}
