//! The content hash that a session pins.

use sha2::{Digest, Sha256};

use super::super::markdown::{Sheet, Workbook};
use super::super::model::FormHash;

/// SHA-256 over the form's name and its sheets, as 64 hex digits. What carries no meaning changes nothing: the
/// file's name, line numbers, the order of sheets and of columns, empty columns, and authors' notes (columns
/// whose header begins with `#`).
pub(super) fn of(id: &str, book: &Workbook) -> FormHash {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    add("wasl form 1");
    add(id);
    let mut sheets: Vec<&Sheet> = book.sheets.iter().filter(|sheet| !sheet.rows.is_empty()).collect();
    sheets.sort_by_key(|sheet| &sheet.name);
    for sheet in sheets {
        add(&sheet.name);
        let columns = columns(sheet);
        add(&columns.len().to_string());
        columns.iter().for_each(|(header, _)| add(header));
        add(&sheet.rows.len().to_string());
        for row in &sheet.rows {
            columns.iter().for_each(|(_, at)| add(row.cells.get(*at).map_or("", String::as_str)));
        }
    }
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

/// The filled columns with a meaning, by lower-case header.
fn columns(sheet: &Sheet) -> Vec<(String, usize)> {
    let filled =
        |at: &usize| sheet.rows.iter().any(|row| row.cells.get(*at).is_some_and(|cell| !cell.is_empty()));
    let headers = sheet.header.iter().enumerate().map(|(at, header)| (header.trim().to_lowercase(), at));
    let mut columns: Vec<_> =
        headers.filter(|(header, at)| !header.is_empty() && !header.starts_with('#') && filled(at)).collect();
    columns.sort();
    columns
}
