//! The forms that come with wasl, embedded in the binary: adding a form is adding a file to `forms/`.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "forms/"]
struct Files;

/// The shipped Markdown files as `(file name, text)`, by name: forms and `services.md`.
pub fn shipped() -> Vec<(String, String)> {
    let mut names: Vec<_> = Files::iter().filter(|name| name.ends_with(".md")).collect();
    names.sort();
    let text = |name: &str| Files::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned());
    names.into_iter().filter_map(|name| Some((name.to_string(), text(&name)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::Severity;
    use super::super::shelf::Shelf;
    use super::*;

    #[test]
    fn the_shipped_forms_are_right() {
        let files = shipped();
        assert!(!files.is_empty(), "no form is shipped");
        let (shelf, findings) = Shelf::read(&files).unwrap_or_else(|found| panic!("{found:#?}"));
        let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        for service in &shelf.services.0 {
            assert!(shelf.current(&service.form_id()).is_some(), "{}", service.code);
        }
    }
}
