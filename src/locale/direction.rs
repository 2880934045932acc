//! Which way a script runs.

use icu::locale::{LanguageIdentifier, LocaleDirectionality};

use crate::message::{Dir, Locale};

/// Which way the language's script runs; left to right where nothing is known.
pub fn dir(locale: &Locale) -> Dir {
    let Ok(id) = LanguageIdentifier::try_from_str(locale.as_str()) else {
        return Dir::Ltr;
    };
    if LocaleDirectionality::new_extended().is_right_to_left(&id) { Dir::Rtl } else { Dir::Ltr }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_decides() {
        for (tag, wanted) in [
            ("ar", Dir::Rtl),
            ("ar-SA", Dir::Rtl),
            ("ar-Latn", Dir::Ltr),
            ("fa", Dir::Rtl),
            ("ur", Dir::Rtl),
            ("he", Dir::Rtl),
            ("dv", Dir::Rtl),
            ("en", Dir::Ltr),
            ("en-Arab", Dir::Rtl),
            ("fil", Dir::Ltr),
            ("zh-Hant", Dir::Ltr),
            ("tlh", Dir::Ltr),
        ] {
            assert_eq!(dir(&Locale::parse(tag).unwrap()), wanted, "{tag}");
        }
    }
}
