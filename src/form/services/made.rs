//! The tables of a service's form: those of the form it names, with the service's code and its papers put in.

use std::collections::BTreeMap;

use super::super::markdown::{Row, Sheet, Workbook};
use super::super::model::{Form, Labels};
use super::super::read::{Column, Columns, SETTINGS, SURVEY};
use super::Service;
use super::papers::PaperUse;
use crate::message::Locale;

/// The workbook of `service`. Rows that are added carry the line of their paper in the catalogue.
pub(super) fn workbook(base: &Workbook, form: &Form, service: &Service, uses: &[PaperUse]) -> Workbook {
    let mut book = base.clone();
    book.name = format!("{} ({})", base.name, service.form_id());
    if book.sheet("settings").is_none() {
        book.sheets.push(Sheet { name: "settings".to_owned(), ..Sheet::default() });
    }
    for sheet in &mut book.sheets {
        match sheet.name.as_str() {
            "settings" => {
                let mut table = Table::of(sheet, &SETTINGS, &form.default_locale);
                if table.sheet.rows.is_empty() {
                    table.add(0, &[]);
                }
                table.set(0, "form_id", &service.form_id());
            }
            "survey" => survey(&mut Table::of(sheet, &SURVEY, &form.default_locale), service, uses),
            _ => {}
        }
    }
    book
}

fn survey(table: &mut Table, service: &Service, uses: &[PaperUse]) {
    for at in 0..table.sheet.rows.len() {
        let kind = table.get(at, "type").to_lowercase();
        if table.get(at, "name") == "service" && ["hidden", "calculate"].contains(&kind.as_str()) {
            table.set(at, "type", "calculate");
            table.set(at, "calculation", &format!("'{}'", service.code));
            table.set(at, "default", "");
        }
    }
    let Some(first) = uses.first() else { return };
    table.add(first.paper.line, &[("type", "begin_group"), ("name", "papers")]);
    for PaperUse { paper, required } in uses {
        let name = format!("paper_{}", paper.code);
        let required = if *required { "yes" } else { "" };
        let plain = [
            ("type", &*paper.kind),
            ("name", name.as_str()),
            ("required", required),
            ("wasl_pii", "special"),
        ];
        let at = table.add(paper.line, &plain);
        table.words(at, "label", &paper.label);
        table.words(at, "hint", &paper.hint);
        if let Some((asked, told)) = &paper.expiry {
            let (day, given) = (format!("{name}_expiry"), format!("${{{name}}} != ''"));
            let plain = [
                ("type", "date"),
                ("name", day.as_str()),
                ("required", "yes"),
                ("relevant", given.as_str()),
                ("constraint", ". >= today()"),
                ("wasl_pii", "special"),
            ];
            let at = table.add(paper.line, &plain);
            table.words(at, "label", asked);
            table.words(at, "constraint_message", told);
        }
    }
    let last = uses.last().map_or(0, |taken| taken.paper.line);
    table.add(last, &[("type", "end_group")]);
}

/// A sheet that is written to by column name; columns it lacks are added.
struct Table<'s> {
    sheet: &'s mut Sheet,
    known: BTreeMap<(&'static str, Option<Locale>), usize>,
    default: Locale,
}

impl<'s> Table<'s> {
    fn of(sheet: &'s mut Sheet, columns: &Columns, default: &Locale) -> Self {
        let meaning =
            sheet.header.iter().enumerate().filter_map(|(at, header)| match columns.column(header) {
                Column::Known(name, locale) => Some(((name, locale), at)),
                _ => None,
            });
        Table { known: meaning.collect(), sheet, default: default.clone() }
    }

    /// Adds a row with these cells; its place.
    fn add(&mut self, line: u32, cells: &[(&'static str, &str)]) -> usize {
        self.sheet.rows.push(Row { line, cells: vec![String::new(); self.sheet.header.len()] });
        let at = self.sheet.rows.len() - 1;
        cells.iter().for_each(|(name, text)| self.set(at, name, text));
        at
    }

    fn get(&self, row: usize, name: &'static str) -> &str {
        let column = self.known.get(&(name, None));
        let cell = column.and_then(|column| self.sheet.rows.get(row)?.cells.get(*column));
        cell.map_or("", String::as_str)
    }

    fn set(&mut self, row: usize, name: &'static str, text: &str) {
        self.write(row, name, None, text);
    }

    fn words(&mut self, row: usize, name: &'static str, labels: &Labels) {
        for (locale, text) in &labels.0 {
            let bare = *locale == self.default && self.known.contains_key(&(name, None));
            self.write(row, name, if bare { None } else { Some(locale) }, text);
        }
    }

    fn write(&mut self, row: usize, name: &'static str, locale: Option<&Locale>, text: &str) {
        let column = match self.known.get(&(name, locale.cloned())) {
            Some(column) => *column,
            None if text.is_empty() => return,
            None => self.widen(name, locale),
        };
        let cell = self.sheet.rows.get_mut(row).and_then(|row| row.cells.get_mut(column));
        if let Some(cell) = cell {
            text.clone_into(cell);
        }
    }

    /// Adds a column; its place.
    fn widen(&mut self, name: &'static str, locale: Option<&Locale>) -> usize {
        self.sheet.header.push(locale.map_or_else(|| name.to_owned(), |locale| format!("{name}::{locale}")));
        let width = self.sheet.header.len();
        self.sheet.rows.iter_mut().for_each(|row| row.cells.resize(width, String::new()));
        self.known.insert((name, locale.cloned()), width - 1);
        width - 1
    }
}
