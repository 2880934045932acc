//! Every form at hand: the current ones by name, and older ones that open sessions still pin.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::markdown::Workbook;
use super::model::{Finding, Form, FormHash, FormId, FormRef, Severity};
use super::services::Services;

/// The forms and the catalogue.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    current: BTreeMap<FormId, Arc<Form>>,
    pinned: BTreeMap<FormHash, Arc<Form>>,
    /// The service catalogue.
    pub services: Services,
}

impl Shelf {
    /// Reads `(file name, text)` pairs of Markdown forms, `services.md` among them; a `README.md` is passed over.
    /// `Err` names every mistake in every file; `Ok` carries warnings and repairs.
    pub fn read(files: &[(String, String)]) -> Result<(Shelf, Vec<Finding>), Vec<Finding>> {
        let (mut shelf, mut findings) = (Shelf::default(), Vec::new());
        let (mut books, mut catalogue) = (Vec::new(), None);
        for (name, text) in files {
            let file = name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase();
            match Workbook::from_markdown(name, text) {
                _ if file == "readme.md" => {}
                Ok(book) if file == "services.md" => catalogue = Some(book),
                Ok(book) => books.push(book),
                Err(more) => findings.extend(more),
            }
        }
        for book in &books {
            match Form::read(book.clone()) {
                Ok((form, more)) => {
                    findings.extend(more);
                    shelf.add(form, &mut findings);
                }
                Err(more) => findings.extend(more),
            }
        }
        match catalogue.map(|catalogue| Services::read(catalogue, &books)) {
            None => {}
            Some(Ok((services, made, more))) => {
                findings.extend(more);
                made.into_iter().for_each(|form| shelf.add(form, &mut findings));
                shelf.services = services;
            }
            // what a form's own file told already is not told again
            Some(Err(more)) => {
                let new: Vec<Finding> =
                    more.into_iter().filter(|finding| !findings.contains(finding)).collect();
                findings.extend(new);
            }
        }
        let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
        if refused { Err(findings) } else { Ok((shelf, findings)) }
    }
    fn add(&mut self, form: Form, findings: &mut Vec<Finding>) {
        if let Some(other) = self.current.get(&form.id) {
            let text = format!("`{}` is the name of the form in {} already", form.id, other.source.name);
            findings.push(Finding {
                severity: Severity::Error,
                file: form.source.name,
                sheet: "settings".to_owned(),
                line: 0,
                column: "form_id".to_owned(),
                text,
            });
            return;
        }
        let form = Arc::new(form);
        self.pinned.insert(form.hash.clone(), form.clone());
        self.current.insert(form.id.clone(), form);
    }
    /// The present form of that name.
    pub fn current(&self, id: &str) -> Option<&Arc<Form>> {
        self.current.get(id)
    }
    /// The form that a session pinned.
    pub fn pinned(&self, reference: &FormRef) -> Option<&Arc<Form>> {
        self.pinned.get(&reference.hash)
    }
    /// Whether a form with that hash is at hand.
    pub fn has(&self, hash: &str) -> bool {
        self.pinned.contains_key(hash)
    }
    /// Puts a form back that is no longer current (read from the store).
    pub fn pin(&mut self, form: Form) {
        self.pinned.entry(form.hash.clone()).or_insert_with(|| Arc::new(form));
    }
    /// Puts a form in the place of the present one of that name; it keeps its own.
    pub fn replace(&mut self, id: &str, form: Form) {
        let form = Arc::new(form);
        self.pinned.insert(form.hash.clone(), form.clone());
        self.current.insert(id.into(), form);
    }
    /// The present forms.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Form>> {
        self.current.values()
    }
}

#[cfg(test)]
mod tests {
    use super::super::services::Service;
    use super::*;

    const FORM: &str = "|survey|type|name|label::en|\n||text|a|A?|\n";

    fn read(files: &[(&str, &str)]) -> Result<(Shelf, Vec<Finding>), Vec<Finding>> {
        let files: Vec<_> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Shelf::read(&files)
    }

    #[test]
    fn forms_are_found_by_name_and_by_pin() {
        let catalogue = "|services|code|form|label::en|\n||FIN|ask|Money|\n";
        let files = [("ask.md", FORM), ("forms/services.md", catalogue), ("README.md", "words")];
        let (mut shelf, findings) = read(&files).unwrap();
        assert_eq!(findings, []);
        assert_eq!(shelf.all().map(|form| &*form.id).collect::<Vec<_>>(), ["ask", "ask.FIN"]);
        assert_eq!(shelf.services.get("FIN").map(Service::form_id), Some("ask.FIN".to_owned()));
        let pin = shelf.current("ask").unwrap().reference();
        assert_eq!(shelf.pinned(&pin).unwrap().id, pin.id);
        let old =
            Form::read(Workbook::from_markdown("ask.md", &FORM.replace("A?", "B?")).unwrap()).unwrap().0;
        let pin = old.reference();
        assert!(shelf.pinned(&pin).is_none());
        shelf.pin(old);
        assert_eq!(shelf.pinned(&pin).unwrap().hash, pin.hash);
        assert_ne!(shelf.current("ask").unwrap().hash, pin.hash);
    }

    #[test]
    fn every_mistake_of_every_file_is_named() {
        let wrong = FORM.replace("text", "txt");
        let twice = "|survey|type|name|label::en|\n||text|b|B?|\n|settings|form_id|\n||ask|\n";
        let catalogue = "|services|code|form|label::en|\n||FIN|aks|Money|\n||MED|wrong|Care|\n";
        let files = [
            ("ask.md", FORM),
            ("wrong.md", &wrong),
            ("b.md", twice),
            ("services.md", catalogue),
            ("c.md", ""),
        ];
        let found = read(&files).unwrap_err();
        let told: Vec<_> = found
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| format!("{}:{} {}", finding.file, finding.line, finding.text))
            .collect();
        assert_eq!(
            told,
            [
                "c.md:0 no table found: a form is a table whose first row begins `| survey | type | name |`",
                "wrong.md:1 this form asks nothing",
                "wrong.md:2 no type is called `txt`; did you mean `text`?",
                "b.md:0 `ask` is the name of the form in ask.md already",
                "services.md:2 no form is called `aks`; did you mean `ask`?",
            ]
        );
    }
}
