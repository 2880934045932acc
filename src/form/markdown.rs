//! Tables: the container-neutral shape of a form, and its Markdown reader.
//!
//! The first cell of a header row names the sheet; the rows below it begin with an empty cell:
//!
//! ```text
//! | survey  | type           | name    | label::English (en)       |
//! |---------|----------------|---------|---------------------------|
//! |         | select_one yn  | consent | May we keep your answers? |
//! | choices | list_name      | name    | label::English (en)       |
//! |         | yn             | yes     | Yes<br>(you may stop any time) |
//! ```
//!
//! The sheet's name may also stand alone on the row above the header, or in a heading (`## survey`) above a
//! table without the extra column. Prose between tables is for the people who read the file; what stands
//! between code fences is an example and is not read.

use serde::{Deserialize, Serialize};

use super::findings::Findings;
use super::model::Finding;
use super::near::suggestion;

/// The sheets of a form, as read; cells are plain text, already trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Workbook {
    /// Where it came from, for messages: a file name.
    pub name: String,
    /// `survey`, `choices`, `settings`, (`services`, `papers`).
    pub sheets: Vec<Sheet>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Sheet {
    /// Its name, lower case.
    pub name: String,
    /// The line of the header, counted from 1.
    #[serde(default)]
    pub line: u32,
    /// The header cells, as written.
    pub header: Vec<String>,
    /// The rows below it; blank rows are left out.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Row {
    /// Its line in the file (Markdown) or its row in the sheet, counted from 1.
    pub line: u32,
    /// As many cells as the header has.
    pub cells: Vec<String>,
}

/// Bytes of a whole file.
const MAX_BYTES: usize = 2 << 20;
/// Columns of a sheet.
const MAX_COLUMNS: usize = 50;
/// Rows of the survey sheet.
const MAX_QUESTIONS: usize = 500;
/// Rows of any other sheet.
const MAX_ROWS: usize = 5_000;
/// Characters of a cell.
const MAX_CELL: usize = 10_000;

/// The sheets that a workbook may have; those that chat cannot play are refused later, by name.
const SHEETS: [&str; 8] =
    ["survey", "choices", "settings", "services", "papers", "entities", "external_choices", "osm"];

impl Workbook {
    /// Reads the tables of a Markdown file. At most 2 MB, 500 questions, 5,000 rows in any other sheet, 50
    /// columns and 10,000 characters a cell. `Err` names every mistake with its line.
    pub fn from_markdown(name: &str, text: &str) -> Result<Workbook, Vec<Finding>> {
        let mut findings = Findings::of(name);
        if text.len() > MAX_BYTES {
            findings.error("", 0, "", format!("the file is larger than {MAX_BYTES} bytes"));
            return Err(findings.done());
        }
        let mut reader = Reader { findings, sheets: Vec::new(), place: Place::Outside };
        let mut fence: Option<char> = None;
        for (line, text) in (1u32..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let text = text.trim();
            if let Some(mark) = ['`', '~'].into_iter().find(|m| text.starts_with(&m.to_string().repeat(3))) {
                match fence {
                    None => fence = Some(mark),
                    Some(open) if open == mark => fence = None,
                    Some(_) => {}
                }
            } else if fence.is_none() {
                reader.line(line, text);
            }
        }
        reader.finish(name)
    }

    /// The sheet of that name (lower case).
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.name == name)
    }
}

/// What the next table row belongs to.
enum Place {
    /// No table: a row must name its sheet.
    Outside,
    /// Below a heading that names a sheet: the next row is its header, without the extra first column.
    Heading(String),
    /// The sheet's name stood alone: the next row is its header.
    Named(String),
    /// In the rows of the last sheet; `named` if rows begin with an empty cell.
    Rows { named: bool },
    /// In the rows of a sheet that could not be read: they are passed over.
    Lost,
}

struct Reader {
    findings: Findings,
    sheets: Vec<Sheet>,
    place: Place,
}

impl Reader {
    fn line(&mut self, line: u32, text: &str) {
        if let Some(row) = text.strip_prefix('|') {
            let cells = cells(row);
            let blank = cells.iter().all(String::is_empty);
            if !blank && !is_separator(&cells) {
                self.row(line, cells);
            }
            return;
        }
        if let Some(heading) = text.strip_prefix('#') {
            let heading = heading.trim_matches(['#', ' ', '`', '*']).to_lowercase();
            self.place = if SHEETS.contains(&heading.as_str()) {
                Place::Heading(heading)
            } else if matches!(self.place, Place::Rows { named: true }) {
                return;
            } else {
                Place::Outside
            };
        } else if matches!(self.place, Place::Rows { named: false }) {
            self.place = Place::Outside;
        }
    }

    fn row(&mut self, line: u32, mut cells: Vec<String>) {
        let first = cells.first().map(|cell| cell.to_lowercase()).unwrap_or_default();
        let named = SHEETS.contains(&first.as_str());
        match std::mem::replace(&mut self.place, Place::Lost) {
            Place::Rows { named: false } => {
                self.place = Place::Rows { named: false };
                self.add(line, cells);
            }
            Place::Heading(name) if !named => self.open(line, name, cells, false),
            _ if named => {
                cells.remove(0);
                if cells.iter().all(String::is_empty) {
                    self.place = Place::Named(first);
                } else {
                    self.open(line, first, cells, true);
                }
            }
            Place::Named(name) if first.is_empty() => {
                cells.remove(0);
                self.open(line, name, cells, true);
            }
            Place::Rows { named: true } if first.is_empty() => {
                cells.remove(0);
                self.place = Place::Rows { named: true };
                self.add(line, cells);
            }
            Place::Lost if first.is_empty() => {}
            _ if first.is_empty() => {
                self.findings.error(
                    "",
                    line,
                    "",
                    "this row belongs to no sheet: name the sheet in the first cell of its header row",
                );
            }
            _ => {
                let near = suggestion(&first, SHEETS.iter().copied());
                self.findings.error("", line, "", format!("no sheet is called `{first}`{near}"));
            }
        }
    }

    fn open(&mut self, line: u32, name: String, mut header: Vec<String>, named: bool) {
        while header.last().is_some_and(String::is_empty) {
            header.pop();
        }
        if header.len() > MAX_COLUMNS {
            self.findings.error(&name, line, "", format!("more than {MAX_COLUMNS} columns"));
        } else if let Some(other) = self.sheets.iter().find(|sheet| sheet.name == name) {
            let text = format!("a second sheet `{name}`; the first one begins on line {}", other.line);
            self.findings.error(&name, line, "", text);
        } else if header.iter().any(|cell| cell.chars().count() > MAX_CELL) {
            self.findings.error(&name, line, "", format!("a cell of more than {MAX_CELL} characters"));
        } else {
            self.sheets.push(Sheet { name, line, header, rows: Vec::new() });
            self.place = Place::Rows { named };
        }
    }

    fn add(&mut self, line: u32, mut cells: Vec<String>) {
        let Some(sheet) = self.sheets.last_mut() else { return };
        while cells.len() > sheet.header.len() && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        let limit = if sheet.name == "survey" { MAX_QUESTIONS } else { MAX_ROWS };
        if sheet.rows.len() == limit {
            self.findings.error(&sheet.name, line, "", format!("more than {limit} rows"));
            self.place = Place::Lost;
        } else if cells.len() > sheet.header.len() {
            let (has, needs) = (cells.len(), sheet.header.len());
            let text = format!("{has} cells under {needs} columns: a bar inside a text is written \\|");
            self.findings.error(&sheet.name, line, "", text);
        } else if let Some(long) = cells.iter().position(|cell| cell.chars().count() > MAX_CELL) {
            let text = format!("more than {MAX_CELL} characters");
            self.findings.error(&sheet.name, line, &sheet.header[long], text);
        } else {
            cells.resize(sheet.header.len(), String::new());
            sheet.rows.push(Row { line, cells });
        }
    }

    fn finish(mut self, name: &str) -> Result<Workbook, Vec<Finding>> {
        if self.sheets.is_empty() && !self.findings.refused() {
            let text = "no table found: a form is a table whose first row begins `| survey | type | name |`";
            self.findings.error("", 0, "", text);
        }
        if self.findings.refused() {
            return Err(self.findings.done());
        }
        Ok(Workbook { name: name.to_owned(), sheets: self.sheets })
    }
}

/// The cells of a row whose first bar is already taken off.
fn cells(row: &str) -> Vec<String> {
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let mut signs = row.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' if signs.peek() == Some(&'|') => cell.extend(signs.next()),
            '|' => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(sign),
        }
    }
    if !cell.trim().is_empty() {
        cells.push(cell);
    }
    cells.iter().map(|cell| broken_lines(cell)).collect()
}

/// A cell with its `<br>`s as line breaks, trimmed.
fn broken_lines(cell: &str) -> String {
    let mut rest = cell.trim();
    let mut text = String::with_capacity(rest.len());
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        let found = ["<br>", "<br/>", "<br />"]
            .into_iter()
            .find(|br| tag.get(..br.len()).is_some_and(|start| start.eq_ignore_ascii_case(br)));
        match found {
            Some(br) => {
                text.truncate(text.trim_end().len());
                text.push('\n');
                rest = tag[br.len()..].trim_start();
            }
            None => {
                text.push('<');
                rest = &tag[1..];
            }
        }
    }
    text.push_str(rest);
    text.trim().to_owned()
}

/// Whether a row only draws the line under a header: `|---|:--:|`.
fn is_separator(cells: &[String]) -> bool {
    let line = |cell: &str| {
        let dashes = cell.trim_start_matches(':').trim_end_matches(':');
        dashes.len() >= 2 && dashes.chars().all(|sign| sign == '-')
    };
    let mut filled = cells.iter().filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(|cell| line(cell))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The tables as `sheet@line(header): line[cells] …`, or the findings as `line: text`.
    fn read(text: &str) -> String {
        match Workbook::from_markdown("t.md", text) {
            Ok(book) => {
                let row = |r: &Row| format!("{}[{}]", r.line, r.cells.join(","));
                let rows = |s: &Sheet| s.rows.iter().map(row).collect::<Vec<_>>().join(" ");
                let sheet = |s: &Sheet| format!("{}@{}({}): {}", s.name, s.line, s.header.join(","), rows(s));
                book.sheets.iter().map(sheet).collect::<Vec<_>>().join("; ")
            }
            Err(all) => all.iter().map(|f| format!("{}: {}", f.line, f.text)).collect::<Vec<_>>().join("; "),
        }
    }

    #[test]
    fn tables_are_read_with_their_lines() {
        let check = |text: &str, expected: &str| assert_eq!(read(text), expected, "{text}");
        check("|survey|type|name|\n||text|a|\n||note|b|", "survey@1(type,name): 2[text,a] 3[note,b]");
        check("|survey|\n||type|name|\n||text|a|", "survey@2(type,name): 3[text,a]");
        check("| Survey | type |\n|---|:--:|\n| | text |\n", "survey@1(type): 3[text]");
        check("# T\n\nprose\n|survey|type|\n||text|\n\n||note|", "survey@4(type): 5[text] 7[note]");
        check(
            "|survey|type|\n||text|\n|choices|name|\n||a|",
            "survey@1(type): 2[text]; choices@3(name): 4[a]",
        );
        check("## Survey\n\n|type|name|\n|---|---|\n|text|a|\n||b|", "survey@3(type,name): 5[text,a] 6[,b]");
        check("## `choices`\n|name|\n|a|\n\nmore\n", "choices@2(name): 3[a]");
        check("|survey|label|\n||a \\| b|\n||a <br> b<BR/>c|", "survey@1(label): 2[a | b] 3[a\nb\nc]");
        check("|survey|label|\n||1 < 2 <b>|\n||\\d+|", "survey@1(label): 2[1 < 2 <b>] 3[\\d+]");
        check("|survey|a|b|\n||x|\n|| | |\n||x|y||", "survey@1(a,b): 2[x,] 4[x,y]");
        check("|survey\n|\n||\n||type|\n||text|", "survey@4(type): 5[text]");
        check("```\n|survey|type|\n||no|\n```\n|survey|type|\n||text|", "survey@5(type): 6[text]");
        check("\u{feff}|survey|type|\r\n||text|\r\n", "survey@1(type): 2[text]");
    }

    #[test]
    fn mistakes_are_all_named() {
        let check = |text: &str, expected: &str| {
            let found = read(text);
            assert!(found.contains(expected), "{text}: {found}");
        };
        check("", "0: no table found");
        check("just words", "0: no table found");
        check("|survey|a|\n||x|y|\n||x|y|", "2: 2 cells under 1 columns");
        check("|survey|a|\n||x|y|\n||x|y|", "3: 2 cells under 1 columns");
        check("|surve|a|\n||x|", "1: no sheet is called `surve`; did you mean `survey`?");
        check("||x|", "1: this row belongs to no sheet");
        check(
            "|survey|a|\n||x|\n|survey|a|\n||y|",
            "3: a second sheet `survey`; the first one begins on line 1",
        );
        check(&format!("|survey|{}", "a|".repeat(51)), "1: more than 50 columns");
        check(&format!("|survey|a|\n{}", "||x|\n".repeat(501)), "502: more than 500 rows");
        check(&format!("|survey|a|\n||{}|", "x".repeat(10_001)), "2: more than 10000 characters");
        check(&"x".repeat((2 << 20) + 1), "0: the file is larger than");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(\\||survey|choices|\n|[^\n]|<br>|\\\\|#){0,200}") {
            if let Ok(book) = Workbook::from_markdown("t.md", &text) {
                for sheet in &book.sheets {
                    prop_assert!(sheet.rows.iter().all(|row| row.cells.len() == sheet.header.len()));
                }
            }
        }
    }
}
