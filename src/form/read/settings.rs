//! The sheet `settings`: the form's name, title, version and languages.

use std::collections::BTreeMap;

use super::super::findings::Findings;
use super::super::markdown::{Sheet, Workbook};
use super::super::model::Labels;
use super::super::placeholder::is_name;
use super::grid::Grid;
use super::headers::SETTINGS;
use super::languages::language;
use crate::message::Locale;

/// What the sheet says.
pub(in crate::form) struct Settings {
    /// `form_id`, or the file's name without folder and ending.
    pub(in crate::form) id: String,
    /// `form_title`.
    pub(in crate::form) title: Labels,
    /// `version`.
    pub(in crate::form) version: String,
    /// The language of columns without language, and of what is missing in another.
    pub(in crate::form) default: Locale,
    /// Whether two choices of a list may share a name.
    pub(in crate::form) duplicates: bool,
}

/// Reads the sheet; `survey` tells the languages when `default_language` does not.
pub(super) fn read(book: &Workbook, survey: &Grid, findings: &mut Findings) -> Settings {
    let empty = Sheet { name: "settings".to_owned(), ..Sheet::default() };
    let sheet = book.sheet("settings").unwrap_or(&empty);
    let grid = Grid::of(sheet, &SETTINGS, findings);
    let mut rows = grid.rows();
    let row = rows.next();
    if let Some(second) = rows.next() {
        findings.error("settings", second.line, "", "settings have one row");
    }
    let text = |name| row.map_or("", |row| grid.text(row, name));
    let line = row.map_or(grid.line(), |row| row.line);
    let default = default_language(text("default_language"), line, survey, findings);
    let id = form_id(book, text("form_id"));
    if id.len() > 100 || !is_name(&id) {
        let text = format!("`{id}` is no name: a letter, then letters, digits, `_`, `-` or `.`, 100 at most");
        findings.error("settings", line, "form_id", text);
    }
    grid.clash(&default, findings);
    let duplicates = yes(text("allow_choice_duplicates")).unwrap_or_else(|| {
        findings.error("settings", line, "allow_choice_duplicates", "write yes or no");
        false
    });
    let title = row.map_or(Labels(BTreeMap::new()), |row| grid.words(row, "form_title", &default));
    Settings { id, title, version: text("version").to_owned(), default, duplicates }
}

/// The name of a form: what `settings` says, or else the file's name without folder and ending.
pub(in crate::form) fn form_id(book: &Workbook, said: &str) -> String {
    if !said.is_empty() {
        return said.to_owned();
    }
    let file = book.name.rsplit(['/', '\\']).next().unwrap_or_default();
    file.split('.').next().unwrap_or_default().to_owned()
}

/// The language named by `default_language`; without one, the only language there is.
fn default_language(said: &str, line: u32, survey: &Grid, findings: &mut Findings) -> Locale {
    let first = survey.languages.first().cloned();
    let fallback = first.clone().or_else(|| language("en"));
    let found = if !said.is_empty() {
        let found = language(said);
        if found.is_none() {
            let text = format!(
                "the language `{said}` is not known: write its code in brackets, as in `Arabic (ar)`"
            );
            findings.error("settings", line, "default_language", text);
        }
        found
    } else {
        match (survey.has_bare("label"), first) {
            (false, Some(first)) => Some(first),
            (true, Some(_)) => {
                let text =
                    "the column `label` names no language: say which it is in settings, `default_language`";
                findings.error(survey.name(), survey.line(), "label", text);
                None
            }
            (_, None) => {
                let text = "no language is named: taken as English; say so in settings, `default_language`";
                findings.warning(survey.name(), survey.line(), "label", text);
                None
            }
        }
    };
    // an unknown language is a finding already; what is read on needs any language at all
    found.or(fallback).unwrap_or_else(super::english)
}

/// A cell that says yes or no; empty is no, anything else is `None`.
pub(in crate::form) fn yes(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "true()" | "1" => Some(true),
        "" | "no" | "false" | "false()" | "0" => Some(false),
        _ => None,
    }
}
