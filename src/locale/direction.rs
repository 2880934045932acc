//! Which way a script runs.

use crate::message::{Dir, Locale};

/// Which way the language's script runs; left to right where nothing is known.
pub fn dir(locale: &Locale) -> Dir {
    locale.dir()
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
