//! From tables to a checked form.
//!
//! [`headers`] and [`grid`] tell what the columns are, [`types`] what the rows are; [`survey`] goes through the
//! questions in order with [`question`] for the kind and [`logic`] for expressions and texts; [`lint`] says what
//! an author would want to know. Every mistake becomes a finding and reading goes on.

mod choices;
mod grid;
mod hash;
mod headers;
mod languages;
mod lint;
mod logic;
mod question;
mod settings;
mod survey;
mod types;

#[cfg(test)]
mod tests;

pub(super) use grid::Grid;
pub(super) use headers::{Column, Columns, PAPERS, SERVICES, SETTINGS, SURVEY};
pub(super) use settings::yes;

use super::findings::Findings;
use super::index::Index;
use super::markdown::{Sheet, Workbook};
use super::model::{Finding, Form};
use crate::message::Locale;

/// The sheets that hold no part of a form for chat: why, and the way out.
const NOT_FOR_CHAT: &[(&str, &str)] = &[
    ("entities", "entities are not written from chat: `wasl_save` fills fields of the case"),
    ("external_choices", "attached data is not read: put the choices into the sheet `choices`"),
    ("osm", "maps are not edited in chat: delete the sheet"),
    ("services", "the catalogue stands in its own file, services.md"),
    ("papers", "the catalogue stands in its own file, services.md"),
];

/// Reads a workbook as a form; see [`Form::read`].
pub(super) fn form(source: Workbook) -> Result<(Form, Vec<Finding>), Vec<Finding>> {
    let mut findings = Findings::of(&source.name);
    for sheet in &source.sheets {
        if let Some((_, reason)) = NOT_FOR_CHAT.iter().find(|(name, _)| *name == sheet.name) {
            findings.error(&sheet.name, sheet.line, "", *reason);
        }
    }
    let Some(sheet) = source.sheet("survey") else {
        findings.error("survey", 0, "", "a form needs a sheet `survey`");
        return Err(findings.done());
    };
    let grid = Grid::of(sheet, &SURVEY, &mut findings);
    let settings = settings::read(&source, &grid, &mut findings);
    grid.clash(&settings.default, &mut findings);

    let empty = Sheet { name: "choices".to_owned(), ..Sheet::default() };
    let choices = Grid::of(source.sheet("choices").unwrap_or(&empty), &headers::CHOICES, &mut findings);
    choices.clash(&settings.default, &mut findings);
    let lists = choices::read(&choices, &settings, &mut findings);
    let mut survey = survey::read(&grid, &settings, &lists, &mut findings);
    lists.check(&choices, &survey, &mut findings);
    lint::form(&grid, &survey, &settings.default, &mut findings);
    if findings.refused() {
        return Err(findings.done());
    }
    let index = Index::of(&survey.questions);
    index.settle(&mut survey.questions);
    let form = Form {
        id: settings.id.as_str().into(),
        hash: hash::of(&settings.id, &source),
        title: settings.title,
        version: settings.version,
        default_locale: settings.default,
        locales: survey.languages,
        index,
        questions: survey.questions,
        lists: lists.by_name,
        source,
    };
    Ok((form, findings.done()))
}

/// The name of a form that may not be readable as one.
pub(super) fn id_of(book: &Workbook) -> String {
    let settings =
        book.sheet("settings").map(|sheet| (sheet, Grid::of(sheet, &SETTINGS, &mut Findings::of(""))));
    let row = settings.as_ref().and_then(|(sheet, grid)| Some((grid, sheet.rows.first()?)));
    settings::form_id(book, row.map_or("", |(grid, row)| grid.text(row, "form_id")))
}

/// English, where no language is named.
fn english() -> Locale {
    languages::coded("en").expect("`en` is a language tag")
}
