//! All loaded languages, and everything that is asked of them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_embed::RustEmbed;

use super::args::Args;
use super::bidi::{END_ISOLATE, ISOLATE, RIGHT_TO_LEFT, anchored};
use super::fold::fold;
use super::language::{File, Language};
use super::negotiate::{self, Hints};
use super::words::{Button, Word, items, spoken};
use crate::message::{Dir, Locale};
use crate::time::Timestamp;

/// The message files, one folder a language.
#[derive(RustEmbed)]
#[folder = "locales/"]
struct Files;

/// A broken message file: says the file and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {what}")]
pub struct CatalogueError {
    /// The file, by its path below `locales/`.
    pub file: String,
    /// What is wrong and where.
    pub what: String,
}

/// All loaded languages. Cheap to clone; the clones share them.
#[derive(Clone)]
pub struct Catalogue {
    /// The default first, the others by tag.
    locales: Vec<Locale>,
    /// In the order of `locales`.
    languages: Arc<[Language]>,
    /// By [`Button`].
    also: Arc<[Vec<String>]>,
}

impl Catalogue {
    /// The languages shipped in `locales/`, `default` first among equals and last in fallback.
    pub fn shipped(default: &Locale) -> Result<Catalogue, CatalogueError> {
        let mut files = Vec::new();
        for path in Files::iter() {
            let unreadable = |what: &str| CatalogueError { file: path.to_string(), what: what.to_owned() };
            let file = Files::get(&path).ok_or_else(|| unreadable("not there"))?;
            let text = String::from_utf8(file.data.into_owned()).map_err(|_| unreadable("not UTF-8"))?;
            files.push(File { path: path.into_owned(), text });
        }
        Catalogue::read(default, files)
    }

    /// The languages of these files, each at `<tag>/<name>.ftl`; others are passed over.
    pub(super) fn read(default: &Locale, files: Vec<File>) -> Result<Catalogue, CatalogueError> {
        let mut by_locale: BTreeMap<Locale, Vec<File>> = BTreeMap::new();
        for file in files {
            let Some((tag, name)) = file.path.split_once('/') else { continue };
            if !name.ends_with(".ftl") || name.contains('/') {
                continue;
            }
            let locale = Locale::parse(tag)
                .map_err(|why| CatalogueError { file: file.path.clone(), what: why.to_string() })?;
            by_locale.entry(locale).or_default().push(file);
        }
        let first = position(&by_locale.keys().cloned().collect::<Vec<_>>(), default).ok_or_else(|| {
            CatalogueError {
                file: format!("{default}/"),
                what: "the default language is not there".to_owned(),
            }
        })?;
        let mut loaded = Vec::with_capacity(by_locale.len());
        for (locale, mut files) in by_locale {
            files.sort_by(|a, b| a.path.cmp(&b.path));
            let language = Language::read(&locale, &files)?;
            loaded.push((locale, language));
        }
        loaded[..=first].rotate_right(1);
        let (locales, languages): (_, Vec<Language>) = loaded.into_iter().unzip();
        let also = Button::ALL.map(|button| {
            let lists = languages.iter().filter_map(|language| language.say(button.key(), &Args::none()));
            lists.flat_map(|list| items(&list).map(fold).collect::<Vec<_>>()).collect()
        });
        Ok(Catalogue { locales, languages: languages.into(), also: also.into() })
    }

    /// The loaded languages, the default first.
    pub fn locales(&self) -> &[Locale] {
        &self.locales
    }

    /// The language's own name for itself: العربية, English.
    pub fn native_name(&self, locale: &Locale) -> &str {
        &self.language(locale).native_name
    }

    /// Whether the message exists in exactly this language.
    pub fn has(&self, locale: &Locale, key: &str) -> bool {
        let exactly = self.locales.iter().position(|loaded| loaded == locale);
        exactly.is_some_and(|at| self.languages[at].has(key))
    }

    /// The message in `locale` (else the default language, else any), values isolated with U+2068/U+2069,
    /// and U+200F before lines of a right-to-left language that hold nothing but values.
    /// A missing message is a programming error caught by the completeness test; it reads as its key in brackets.
    pub fn say(&self, locale: &Locale, key: &str, args: &Args<'_>) -> String {
        match self.said(locale, key, args) {
            Some((said, Dir::Rtl)) => anchored(said.into_owned()),
            Some((said, Dir::Ltr)) => said.into_owned(),
            None => unsaid(key),
        }
    }

    /// The same without marks of direction: for buttons, titles, anything compared. Borrowed where it is one line
    /// without values.
    pub fn label(&self, locale: &Locale, key: &str, args: &Args<'_>) -> Cow<'_, str> {
        let marks = [ISOLATE, END_ISOLATE, RIGHT_TO_LEFT];
        match self.said(locale, key, args) {
            Some((said, _)) if said.contains(marks) => said.replace(marks, "").into(),
            Some((said, _)) => said,
            None => unsaid(key).into(),
        }
    }

    /// The message in the first language that has it, and which way that language runs.
    fn said(&self, locale: &Locale, key: &str, args: &Args<'_>) -> Option<(Cow<'_, str>, Dir)> {
        self.by_preference(locale).find_map(|language| Some((language.say(key, args)?, language.dir)))
    }

    /// The best language for what is known; never fails.
    pub fn negotiate(&self, hints: &Hints<'_>) -> Locale {
        let loaded = self.locales.iter().zip(self.languages.iter());
        let known: Vec<_> =
            loaded.map(|(locale, language)| (locale, &language.traits, &language.words)).collect();
        negotiate::best(hints, &known).unwrap_or(&self.locales[0]).clone()
    }

    /// The language that a text shows by its script, its letters or its first words; `None`: it shows none.
    pub fn shown_by(&self, text: &str) -> Option<Locale> {
        let loaded = self.locales.iter().zip(self.languages.iter());
        let known: Vec<_> =
            loaded.map(|(locale, language)| (locale, &language.traits, &language.words)).collect();
        negotiate::best(&Hints { text: Some(text), ..Hints::default() }, &known).cloned()
    }

    /// What is left, folded, of a message that opens with first words of any language ("hello", "I need"): nothing
    /// if they are all of it. `None`: it does not open so.
    pub fn after_greeting(&self, said: &str) -> Option<String> {
        let folded = fold(said);
        let mut rest = folded.as_str();
        while let Some(shorter) = self.languages.iter().find_map(|l| l.traits.after_greeting(rest)) {
            rest = shorter;
        }
        (rest.len() < folded.len()).then(|| rest.to_owned())
    }

    /// The steering word that the whole message is, in `locale` first, then in any loaded language.
    pub fn word(&self, said: &str, locale: &Locale) -> Option<Word> {
        let said = spoken(said);
        self.by_preference(locale).find_map(|language| language.words.find(&said))
    }

    /// What people write for a button beside its label, in any loaded language, folded.
    pub fn also(&self, button: Button) -> &[String] {
        &self.also[button as usize]
    }

    /// The loaded language that the whole message names, by any of its names ("English", "الإنجليزية", "en").
    pub fn language_named(&self, said: &str) -> Option<Locale> {
        let said = fold(said);
        let at = self.languages.iter().position(|language| language.names.contains(&said))?;
        Some(self.locales[at].clone())
    }

    /// A day in both calendars, e.g. "6 December 2026 (26 Jumada II 1448 AH)", numbers in the language's digits, no
    /// isolation marks; in the Gregorian calendar only where the Umm al-Qura table has no such day.
    pub fn day(&self, locale: &Locale, day: NaiveDate) -> String {
        let gregorian = self.gregorian(locale, day);
        match self.language(locale).formats.hijri(day) {
            Some(hijri) => {
                let both = Args::none().text("gregorian", gregorian).text("hijri", hijri);
                self.label(locale, "both-calendars", &both).into_owned()
            }
            None => gregorian,
        }
    }

    /// A day in the Gregorian calendar only.
    pub fn gregorian(&self, locale: &Locale, day: NaiveDate) -> String {
        self.language(locale).formats.gregorian(day)
    }

    /// An instant as day (Gregorian) and time of day in the zone, for the desk.
    pub fn moment(&self, locale: &Locale, at: Timestamp, zone: chrono_tz::Tz) -> String {
        self.language(locale).formats.moment(at.utc().with_timezone(&zone).naive_local())
    }

    /// A number in the language's digits, no more than two decimals.
    pub fn number(&self, locale: &Locale, value: f64) -> String {
        self.language(locale).formats.number(value)
    }

    /// A list: "a, b and c".
    pub fn list(&self, locale: &Locale, items: &[impl AsRef<str>]) -> String {
        self.language(locale).formats.list(items)
    }

    /// Reads a typed day: ISO, D/M/Y, "6 December 2026", "٢٧ محرم ١٤٤٢", "27/1/1442" (a year from 1300 to 1600 is
    /// Hijri, Umm al-Qura), any digits, today/yesterday/tomorrow in any loaded language. `None`: not a day.
    pub fn read_day(&self, said: &str, today: NaiveDate) -> Option<NaiveDate> {
        self.languages.iter().find_map(|language| language.days.read_day(said, today))
    }

    /// The language for `locale`: itself, else one that differs by script or region only, else the default.
    fn language(&self, locale: &Locale) -> &Language {
        &self.languages[position(&self.locales, locale).unwrap_or(0)]
    }

    /// The language for `locale`, then the default, then the rest.
    fn by_preference(&self, locale: &Locale) -> impl Iterator<Item = &Language> {
        let first = position(&self.locales, locale).unwrap_or(0);
        let rest = (0..self.languages.len()).filter(move |at| *at != first);
        std::iter::once(first).chain(rest).map(|at| &self.languages[at])
    }
}

/// What is read where no language has the message.
fn unsaid(key: &str) -> String {
    format!("[{key}]")
}

/// Where `wanted` stands: itself, else the first of the same language.
fn position(locales: &[Locale], wanted: &Locale) -> Option<usize> {
    let exactly = locales.iter().position(|locale| locale == wanted);
    exactly.or_else(|| locales.iter().position(|locale| locale.language() == wanted.language()))
}

#[cfg(test)]
mod tests;
