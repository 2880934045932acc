//! Collecting what an author should know: all of it, not only the first.

use super::model::{Finding, Severity};

/// The findings of one file.
#[derive(Debug, Clone)]
pub(super) struct Findings {
    file: String,
    all: Vec<Finding>,
}

impl Findings {
    /// None yet, about `file`.
    pub(super) fn of(file: &str) -> Self {
        Findings { file: file.to_owned(), all: Vec::new() }
    }

    /// The form is refused.
    pub(super) fn error(&mut self, sheet: &str, line: u32, column: &str, text: impl Into<String>) {
        self.add(Severity::Error, sheet, line, column, text.into());
    }

    /// The form plays, but the author would want to know.
    pub(super) fn warning(&mut self, sheet: &str, line: u32, column: &str, text: impl Into<String>) {
        self.add(Severity::Warning, sheet, line, column, text.into());
    }

    /// Something was put right.
    pub(super) fn repair(&mut self, sheet: &str, line: u32, column: &str, text: impl Into<String>) {
        self.add(Severity::Repair, sheet, line, column, text.into());
    }

    fn add(&mut self, severity: Severity, sheet: &str, line: u32, column: &str, text: String) {
        let (file, sheet, column) = (self.file.clone(), sheet.to_owned(), column.to_owned());
        let finding = Finding { severity, file, sheet, line, column, text };
        if !self.all.contains(&finding) {
            self.all.push(finding);
        }
    }

    /// Whether there is an error among them.
    pub(super) fn refused(&self) -> bool {
        self.all.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// All of them, by line.
    pub(super) fn done(mut self) -> Vec<Finding> {
        self.all.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        self.all
    }
}
