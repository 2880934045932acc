//! The service catalogue (`services.md`): what can be asked for, and the papers each service needs.

mod made;
mod papers;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use self::papers::{PaperRow, PaperUse};
use super::findings::Findings;
use super::markdown::{Row, Sheet, Workbook};
use super::model::{Finding, Form, Labels, Severity};
use super::near::suggestion;
use super::placeholder::is_name;
use super::read::{Grid, SERVICES};
use crate::message::Locale;

/// One service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its code: `FIN`.
    pub code: Box<str>,
    /// What it is called.
    pub label: Labels,
    /// One sentence about it.
    pub about: Labels,
    /// The form it needs.
    pub form: Box<str>,
}

/// All services, in the order they are offered.
#[derive(Debug, Clone, Default)]
pub struct Services(pub Vec<Service>);

impl Services {
    /// Reads the catalogue, and makes the form of each service: the named form's tables with a group of paper
    /// questions appended (and an expiry date, valid today or later, where the paper has one).
    /// The made forms are called `<form>.<code>`, e.g. `support-request.FIN`.
    ///
    /// Findings about a form that is named stand in its own file and are not repeated for what is made of it.
    pub fn read(
        catalogue: Workbook,
        forms: &[Workbook],
    ) -> Result<(Services, Vec<Form>, Vec<Finding>), Vec<Finding>> {
        let mut findings = Findings::of(&catalogue.name);
        let bases = Bases::read(forms);
        let papers = papers::read(&catalogue, &mut findings);
        let rows = rows(&catalogue, &papers, &bases, &mut findings);
        let refused = findings.refused();
        let (mut services, mut made) = (Vec::new(), Vec::new());
        let mut all = findings.done();
        for (service, uses) in rows {
            // a base that was refused has told why in its own file
            if let (false, Some(Base { book, form: Some(form), findings: known })) =
                (refused, bases.0.get(&service.form))
            {
                match Form::read(made::workbook(book, form, &service, &uses)) {
                    Ok((form, more)) => {
                        made.push(form);
                        all.extend(unknown(more, known));
                    }
                    Err(more) => all.extend(unknown(more, known)),
                }
            }
            services.push(service);
        }
        all.extend(bases.0.into_values().filter(|base| base.form.is_none()).flat_map(|base| base.findings));
        let refused = all.iter().any(|finding| finding.severity == Severity::Error);
        if refused { Err(all) } else { Ok((Services(services), made, all)) }
    }

    /// The service of that code.
    pub fn get(&self, code: &str) -> Option<&Service> {
        self.0.iter().find(|s| &*s.code == code)
    }
}

impl Service {
    /// The id of the form made for it.
    pub fn form_id(&self) -> String {
        format!("{}.{}", self.form, self.code)
    }
}

/// A form that services may name.
struct Base<'f> {
    book: &'f Workbook,
    form: Option<Form>,
    findings: Vec<Finding>,
}

/// The forms that services may name, by name.
struct Bases<'f>(BTreeMap<Box<str>, Base<'f>>);

impl<'f> Bases<'f> {
    fn read(forms: &'f [Workbook]) -> Self {
        let read = forms.iter().map(|book| {
            let (form, findings) = match Form::read(book.clone()) {
                Ok((form, findings)) => (Some(form), findings),
                Err(findings) => (None, findings),
            };
            let id = form.as_ref().map_or_else(|| super::read::id_of(book).into(), |form| form.id.clone());
            (id, Base { book, form, findings })
        });
        Bases(read.collect())
    }
}

/// The findings that neither the base nor the catalogue tells: errors, and warnings about the whole.
fn unknown(found: Vec<Finding>, known: &[Finding]) -> impl Iterator<Item = Finding> {
    let same = |a: &Finding, b: &Finding| {
        (a.severity, &a.sheet, a.line, &a.column, &a.text)
            == (b.severity, &b.sheet, b.line, &b.column, &b.text)
    };
    let new = move |finding: &Finding| !known.iter().any(|other| same(finding, other));
    found.into_iter().filter(new).filter(|f| f.severity == Severity::Error || f.column.is_empty())
}

/// The services in order, each with the papers it needs.
fn rows<'p>(
    catalogue: &Workbook,
    papers: &'p [PaperRow],
    bases: &Bases,
    findings: &mut Findings,
) -> Vec<(Service, Vec<PaperUse<'p>>)> {
    let empty = Sheet { name: "services".to_owned(), ..Sheet::default() };
    let sheet = catalogue.sheet("services").unwrap_or(&empty);
    let grid = Grid::of(sheet, &SERVICES, findings);
    if sheet.rows.is_empty() {
        findings.error(
            "services",
            sheet.line,
            "",
            "a catalogue needs a sheet `services` with at least one row",
        );
    }
    no_bare(&grid, SERVICES.worded, findings);
    let mut services: Vec<(Service, Vec<PaperUse>)> = Vec::new();
    for row in grid.rows() {
        let service = service(&grid, row, bases, findings);
        if services.iter().any(|(other, _)| other.code == service.code) {
            let text = format!("the service `{}` is there already", service.code);
            findings.error("services", row.line, grid.header("code", None), text);
        }
        let uses = papers::uses(&grid, row, papers, findings);
        services.push((service, uses));
    }
    for paper in papers {
        let used = services.iter().any(|(_, uses)| uses.iter().any(|taken| taken.paper.code == paper.code));
        if !used {
            findings.warning(
                "papers",
                paper.line,
                "",
                format!("no service asks for the paper `{}`", paper.code),
            );
        }
    }
    services
}

fn service(grid: &Grid, row: &Row, bases: &Bases, findings: &mut Findings) -> Service {
    let (code, form) = (grid.text(row, "code"), grid.text(row, "form"));
    if !is_name(code) || code.len() > 20 {
        let text =
            format!("`{code}` is no code: a letter, then letters, digits, `_`, `-` or `.`, 20 at most");
        findings.error("services", row.line, grid.header("code", None), text);
    }
    if !bases.0.contains_key(form) {
        let near = suggestion(form, bases.0.keys().map(|name| &**name));
        let text = format!("no form is called `{form}`{near}");
        findings.error("services", row.line, grid.header("form", None), text);
    }
    let words = |name| words(grid, row, name);
    let service =
        Service { code: code.into(), label: words("label"), about: words("about"), form: form.into() };
    if service.label.is_empty() {
        findings.error("services", row.line, "label", "a service needs a label");
    }
    untranslated(grid, row, "label", &service.label, findings);
    untranslated(grid, row, "about", &service.about, findings);
    service
}

/// The cells of a column that names its languages.
fn words(grid: &Grid, row: &Row, name: &'static str) -> Labels {
    // columns without language are refused by `no_bare`, so the default is never looked at when this counts
    let any = grid.languages.first().cloned();
    any.map(|any: Locale| grid.words(row, name, &any)).unwrap_or_default()
}

/// Refuses columns of words that name no language: a catalogue has no default language.
fn no_bare(grid: &Grid, worded: &[&'static str], findings: &mut Findings) {
    for name in worded.iter().filter(|name| grid.has_bare(name)) {
        let text = format!("say which language this is: `{name}::Arabic (ar)`");
        findings.error(grid.name(), grid.line(), name, text);
    }
}

/// Reports texts that are there in one language and not in another.
fn untranslated(grid: &Grid, row: &Row, name: &'static str, labels: &Labels, findings: &mut Findings) {
    for locale in grid.languages.iter().filter(|locale| !labels.is_empty() && !labels.0.contains_key(locale))
    {
        let header = grid.header(name, Some(locale));
        findings.warning(grid.name(), row.line, header, format!("no `{name}` in `{locale}`"));
    }
}
