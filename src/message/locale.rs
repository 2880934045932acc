//! A language, and which way its script runs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language as a person chose it: a BCP 47 tag in its usual case, such as `ar`, `en`, `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locale(Box<str>);

/// A text that is not a BCP 47 language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag: {0:?} (write one like \"ar\" or \"en\")")]
pub struct NotALocale(pub String);

impl Locale {
    /// Reads a tag; `_` is taken for `-`, case is put right.
    pub fn parse(tag: &str) -> Result<Self, NotALocale> {
        let id: unic_langid::LanguageIdentifier =
            tag.trim().parse().map_err(|_| NotALocale(tag.to_owned()))?;
        if id.language.is_empty() {
            return Err(NotALocale(tag.to_owned()));
        }
        Ok(Locale(id.to_string().into()))
    }
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The language without script and region: `ar` of `ar-SA`.
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
    /// Which way its script runs; left to right where nothing is known.
    pub fn dir(&self) -> Dir {
        let rtl = icu::locale::LanguageIdentifier::try_from_str(&self.0)
            .is_ok_and(|id| icu::locale::LocaleDirectionality::new_extended().is_right_to_left(&id));
        if rtl { Dir::Rtl } else { Dir::Ltr }
    }
}

impl TryFrom<String> for Locale {
    type Error = NotALocale;
    fn try_from(tag: String) -> Result<Self, NotALocale> {
        Locale::parse(&tag)
    }
}
impl From<Locale> for String {
    fn from(locale: Locale) -> String {
        locale.0.into()
    }
}
impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which way a script runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dir {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Dir {
    /// As HTML's `dir` attribute wants it.
    pub fn as_str(self) -> &'static str {
        match self {
            Dir::Ltr => "ltr",
            Dir::Rtl => "rtl",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_put_in_their_usual_case() {
        assert_eq!(Locale::parse("AR_sa").unwrap().as_str(), "ar-SA");
        assert_eq!(Locale::parse("ar-SA").unwrap().language(), "ar");
        assert!(Locale::parse("../etc").is_err());
        assert!(Locale::parse("").is_err());
    }
}
