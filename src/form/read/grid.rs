//! A sheet whose columns are understood: cells by column name instead of by place.

use std::collections::BTreeMap;

use super::super::findings::Findings;
use super::super::markdown::{Row, Sheet};
use super::super::model::Labels;
use super::headers::{Column, Columns};
use crate::message::Locale;

/// A sheet and what its columns mean.
pub(in crate::form) struct Grid<'s> {
    sheet: &'s Sheet,
    known: BTreeMap<(&'static str, Option<Locale>), usize>,
    /// The author's own columns, by name as written.
    pub(in crate::form) extra: Vec<(&'s str, usize)>,
    /// The languages of the column `label`, in order.
    pub(in crate::form) languages: Vec<Locale>,
}

impl<'s> Grid<'s> {
    /// Looks at every header; columns that are not understood, twice there, or filled in vain are findings.
    pub(in crate::form) fn of(sheet: &'s Sheet, columns: &Columns, findings: &mut Findings) -> Self {
        let mut grid = Grid { sheet, known: BTreeMap::new(), extra: Vec::new(), languages: Vec::new() };
        for (at, header) in sheet.header.iter().enumerate() {
            let used = sheet.rows.iter().find(|row| row.cells.get(at).is_some_and(|cell| !cell.is_empty()));
            match (columns.column(header), used) {
                (Column::Known(name, locale), _) => {
                    if name == "label" && used.is_some() {
                        grid.languages.extend(locale.clone());
                    }
                    if grid.known.insert((name, locale), at).is_some() {
                        findings.error(&sheet.name, sheet.line, header, "this column is there twice");
                    }
                }
                (Column::Extra, _) => grid.extra.push((header.as_str(), at)),
                (Column::Refused(reason), Some(row)) => findings.error(&sheet.name, row.line, header, reason),
                (Column::Idle(reason), Some(row)) => findings.warning(&sheet.name, row.line, header, reason),
                (Column::Unknown(reason), _) => findings.error(&sheet.name, sheet.line, header, reason),
                (Column::Comment | Column::Refused(_) | Column::Idle(_), _) => {}
            }
        }
        grid
    }

    /// The rows.
    pub(in crate::form) fn rows(&self) -> std::slice::Iter<'s, Row> {
        self.sheet.rows.iter()
    }

    /// The sheet's name, for findings.
    pub(in crate::form) fn name(&self) -> &'s str {
        &self.sheet.name
    }

    /// The line of the header, for findings about the whole sheet.
    pub(in crate::form) fn line(&self) -> u32 {
        self.sheet.line
    }

    /// Whether a column without language holds words that need one.
    pub(in crate::form) fn has_bare(&self, name: &'static str) -> bool {
        self.known.contains_key(&(name, None))
    }

    /// The header of column `name`, as written: in `locale`, or without language; in any language if none is asked
    /// for.
    pub(in crate::form) fn header(&self, name: &'static str, locale: Option<&Locale>) -> &'s str {
        let exact = self.known.get(&(name, locale.cloned())).or_else(|| self.known.get(&(name, None)));
        let any = || self.known.iter().find(|((known, _), _)| *known == name).map(|(_, at)| at);
        let at = exact.or_else(|| if locale.is_none() { any() } else { None });
        at.and_then(|at| self.sheet.header.get(*at)).map_or(name, String::as_str)
    }

    /// The cell of `row` in column `name`; empty if there is no such column.
    pub(in crate::form) fn text(&self, row: &'s Row, name: &'static str) -> &'s str {
        self.known.get(&(name, None)).map_or("", |at| cell(row, *at))
    }

    /// The filled cells of column `name`, one per language; a column without language is in `default`.
    pub(in crate::form) fn words(&self, row: &'s Row, name: &'static str, default: &Locale) -> Labels {
        let mut words = BTreeMap::new();
        for ((_, locale), at) in self.known.iter().filter(|((known, _), _)| *known == name) {
            let text = cell(row, *at);
            if !text.is_empty() {
                words.insert(locale.as_ref().unwrap_or(default).clone(), text.to_owned());
            }
        }
        Labels(words)
    }

    /// Reports words that are there twice: in a column without language, and in one of the default language.
    pub(in crate::form) fn clash(&self, default: &Locale, findings: &mut Findings) {
        for (name, locale) in self.known.keys() {
            if locale.as_ref() == Some(default) && self.has_bare(name) {
                let text =
                    format!("`{name}` without language is in the default language, and so is this column");
                findings.error(self.name(), self.line(), self.header(name, locale.as_ref()), text);
            }
        }
    }
}

/// The cell at `at`; empty if the row is shorter.
pub(in crate::form) fn cell(row: &Row, at: usize) -> &str {
    row.cells.get(at).map_or("", String::as_str)
}
