//! `wasl check`: settings, forms and languages, without touching anything.

use std::process::ExitCode;

use crate::app;
use crate::config::Config;
use crate::form::{Finding, Severity};
use crate::locale::Catalogue;

pub(super) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    println!("settings: read");
    let words = Catalogue::shipped(&config.association.default_locale)?;
    let languages: Vec<&str> = words.locales().iter().map(|l| l.as_str()).collect();
    println!("languages: {}", languages.join(", "));
    match app::read_forms(config)? {
        Ok((shelf, findings)) => {
            show(&findings);
            println!("forms: {} ({} services)", shelf.all().count(), shelf.services.0.len());
            Ok(ExitCode::SUCCESS)
        }
        Err(findings) => {
            show(&findings);
            println!("forms: refused");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// One line a finding, mistakes first.
pub(super) fn show(findings: &[Finding]) {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| (finding.severity, finding.file.clone(), finding.line));
    for finding in sorted {
        println!("{}", line(finding));
    }
}

/// `file:line [sheet, column] error: what is wrong and what to write instead`
pub(super) fn line(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Repair => "repaired",
    };
    let column = if finding.column.is_empty() { String::new() } else { format!(", {}", finding.column) };
    format!("{}:{} [{}{column}] {severity}: {}", finding.file, finding.line, finding.sheet, finding.text)
}
