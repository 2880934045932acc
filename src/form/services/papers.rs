//! The sheet `papers`, and which of them a service asks for.

use super::super::findings::Findings;
use super::super::markdown::{Row, Sheet, Workbook};
use super::super::model::Labels;
use super::super::near::suggestion;
use super::super::placeholder::is_name;
use super::super::read::{Grid, PAPERS, yes};
use super::{no_bare, untranslated, words};

/// A paper that services may ask for.
pub(super) struct PaperRow {
    /// Its code: `id`.
    pub(super) code: Box<str>,
    /// `image` or `file`: the type of its question.
    pub(super) kind: Box<str>,
    /// What is asked.
    pub(super) label: Labels,
    /// Help and an example.
    pub(super) hint: Labels,
    /// The question about the last day it is valid, and what is said when that day is over.
    pub(super) expiry: Option<(Labels, Labels)>,
    /// Its line in the catalogue.
    pub(super) line: u32,
}

/// A paper as one service asks for it.
pub(super) struct PaperUse<'p> {
    pub(super) paper: &'p PaperRow,
    /// Marked with a star: without it the request cannot be handed in.
    pub(super) required: bool,
}

/// Reads the sheet; a catalogue whose services ask for no papers needs none.
pub(super) fn read(catalogue: &Workbook, findings: &mut Findings) -> Vec<PaperRow> {
    let empty = Sheet { name: "papers".to_owned(), ..Sheet::default() };
    let grid = Grid::of(catalogue.sheet("papers").unwrap_or(&empty), &PAPERS, findings);
    no_bare(&grid, PAPERS.worded, findings);
    let mut papers: Vec<PaperRow> = Vec::new();
    for row in grid.rows() {
        let paper = paper(&grid, row, findings);
        if papers.iter().any(|other| other.code == paper.code) {
            let text = format!("the paper `{}` is there already", paper.code);
            findings.error("papers", row.line, grid.header("code", None), text);
        }
        papers.push(paper);
    }
    papers
}

fn paper(grid: &Grid, row: &Row, findings: &mut Findings) -> PaperRow {
    let code = grid.text(row, "code");
    let mut error =
        |column, text: String| findings.error("papers", row.line, grid.header(column, None), text);
    if !is_name(code) || code.len() > 40 {
        let text =
            format!("`{code}` is no code: a letter, then letters, digits, `_`, `-` or `.`, 40 at most");
        error("code", text);
    }
    let kind = grid.text(row, "type").to_lowercase();
    if !["image", "file"].contains(&kind.as_str()) {
        error("type", format!("`{kind}` is neither image nor file"));
    }
    let label = words(grid, row, "label");
    if label.is_empty() {
        error("label", "a paper needs a label".to_owned());
    }
    let expires = yes(grid.text(row, "expires")).unwrap_or_else(|| {
        error("expires", "write yes or no".to_owned());
        false
    });
    let expiry = expires.then(|| (words(grid, row, "expiry_label"), words(grid, row, "expired_message")));
    for (column, text) in [("expiry_label", 0), ("expired_message", 1)] {
        let missing = expiry.as_ref().is_some_and(|(asked, told)| [asked, told][text].is_empty());
        if missing {
            error(column, "a paper that expires needs this text".to_owned());
        }
    }
    let paper = PaperRow {
        code: code.into(),
        kind: kind.into(),
        hint: words(grid, row, "hint"),
        label,
        expiry,
        line: row.line,
    };
    untranslated(grid, row, "label", &paper.label, findings);
    untranslated(grid, row, "hint", &paper.hint, findings);
    if let Some((asked, told)) = &paper.expiry {
        untranslated(grid, row, "expiry_label", asked, findings);
        untranslated(grid, row, "expired_message", told, findings);
    }
    paper
}

/// The cell `papers` of a service: codes with spaces between, a star after those that are required.
pub(super) fn uses<'p>(
    grid: &Grid,
    row: &Row,
    papers: &'p [PaperRow],
    findings: &mut Findings,
) -> Vec<PaperUse<'p>> {
    let mut uses: Vec<PaperUse> = Vec::new();
    let mut error = |text: String| findings.error("services", row.line, grid.header("papers", None), text);
    for word in grid.text(row, "papers").split([' ', ',', '\n']).filter(|word| !word.is_empty()) {
        let (code, required) = word.strip_suffix('*').map_or((word, false), |code| (code, true));
        match papers.iter().find(|paper| &*paper.code == code) {
            None => {
                let near = suggestion(code, papers.iter().map(|paper| &*paper.code));
                error(format!("no paper is called `{code}`{near}"));
            }
            Some(_) if uses.iter().any(|taken| &*taken.paper.code == code) => {
                error(format!("the paper `{code}` is named twice"));
            }
            Some(paper) => uses.push(PaperUse { paper, required }),
        }
    }
    uses
}
