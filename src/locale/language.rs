//! One loaded language: its messages, its formatters, its words.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use fluent::concurrent::FluentBundle;
use fluent::{FluentError, FluentResource, FluentValue};

use super::args::Args;
use super::catalogue::CatalogueError;
use super::dates::Formats;
use super::direction::dir;
use super::fold::fold;
use super::negotiate::Traits;
use super::read_day::DayWords;
use super::source;
use super::words::{Words, items};
use crate::message::{Dir, Locale};

/// One file of a language.
pub(super) struct File {
    /// Its path below `locales/`, for error texts.
    pub(super) path: String,
    /// Its Fluent source.
    pub(super) text: String,
}

/// One loaded language.
pub(super) struct Language {
    bundle: FluentBundle<FluentResource>,
    pub(super) formats: Arc<Formats>,
    pub(super) dir: Dir,
    pub(super) native_name: String,
    /// Every name of the language, folded.
    pub(super) names: BTreeSet<String>,
    pub(super) words: Words,
    pub(super) days: DayWords,
    pub(super) traits: Traits,
}

impl Language {
    /// Reads a language from its files.
    pub(super) fn read(locale: &Locale, files: &[File]) -> Result<Language, CatalogueError> {
        let mut bundle = new_bundle(locale)?;
        for file in files {
            add(&mut bundle, file)?;
        }
        let text = |key: &str| say(&bundle, key, &Args::none()).unwrap_or_default().into_owned();
        let or_tag = |name: String| if name.is_empty() { locale.to_string() } else { name };
        let broken = |what: String| CatalogueError { file: format!("{locale}/words.ftl"), what };

        let formats = Arc::new(
            Formats::new(&or_tag(text("format-locale")))
                .map_err(|why| broken(format!("format-locale: {why}")))?,
        );
        let native_name = or_tag(text("language-name"));
        let aliases = text("language-aliases");
        let names = items(&aliases).chain([native_name.as_str(), locale.as_str()]).map(fold).collect();
        let words = Words::read(|word| text(word.key())).map_err(broken)?;
        let days = DayWords::read(text).map_err(broken)?;
        let traits = Traits::read(&native_name, &text("greetings"));

        let digits = Arc::clone(&formats);
        bundle
            .add_function("NUMBER", move |given, _| localised(&digits, given))
            .map_err(|why| broken(why.to_string()))?;
        Ok(Language { bundle, formats, dir: dir(locale), native_name, names, words, days, traits })
    }

    /// Whether there is such a message.
    pub(super) fn has(&self, key: &str) -> bool {
        self.bundle.get_message(key).is_some_and(|message| message.value().is_some())
    }

    /// The message; `None` if there is none.
    pub(super) fn say(&self, key: &str, args: &Args<'_>) -> Option<Cow<'_, str>> {
        say(&self.bundle, key, args)
    }

    /// What is wrong with a message when these values are given: unknown terms, values that are not there.
    #[cfg(test)]
    pub(super) fn faults(&self, key: &str, args: &Args) -> Vec<String> {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return vec!["no such message".to_owned()];
        };
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(args.fluent()), &mut errors);
        errors.iter().map(ToString::to_string).collect()
    }
}

fn new_bundle(locale: &Locale) -> Result<FluentBundle<FluentResource>, CatalogueError> {
    let id = locale.as_str().parse().map_err(|_| CatalogueError {
        file: locale.to_string(),
        what: "the folder's name is not a language tag".to_owned(),
    })?;
    Ok(FluentBundle::new_concurrent(vec![id]))
}

/// Borrowed where the message is one line without values.
fn say<'b>(bundle: &'b FluentBundle<FluentResource>, key: &str, args: &Args<'_>) -> Option<Cow<'b, str>> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(args.fluent()), &mut errors);
    // A value that the caller forgot: every test that says the message finds it; a person still gets the rest.
    debug_assert!(errors.is_empty(), "{key}: {errors:?}");
    Some(text)
}

/// NUMBER(): a number in the language's digits, a text unchanged; named options have no effect.
fn localised<'a>(formats: &Formats, given: &[FluentValue<'a>]) -> FluentValue<'a> {
    match given.first() {
        Some(FluentValue::Number(number)) => formats.number(number.value).into(),
        Some(other) => other.clone(),
        None => FluentValue::Error,
    }
}

fn add(bundle: &mut FluentBundle<FluentResource>, file: &File) -> Result<(), CatalogueError> {
    let broken = |line: usize, what: String| CatalogueError {
        file: file.path.clone(),
        what: format!("line {line}: {what}"),
    };
    let source = source::with_localised_values(&file.text);
    let resource = FluentResource::try_new(source).map_err(|(resource, errors)| match errors.first() {
        Some(error) => broken(source::line_at(resource.source(), error.pos.start), error.kind.to_string()),
        None => broken(1, "not Fluent".to_owned()),
    })?;
    bundle.add_resource(resource).map_err(|errors| match errors.first() {
        Some(FluentError::Overriding { id, .. }) => {
            let line = source::lines_of(&file.text, id).pop().unwrap_or(1);
            broken(line, format!("there is already a message {id}"))
        }
        Some(error) => broken(1, error.to_string()),
        None => broken(1, "not accepted".to_owned()),
    })
}
