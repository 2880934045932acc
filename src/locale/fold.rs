//! Folding: the form in which two texts that mean the same are equal. For matching only, never for storing.

use std::borrow::Cow;

use icu::normalizer::ComposingNormalizerBorrowed;
use icu::properties::CodePointMapData;
use icu::properties::props::{GeneralCategory, GeneralCategoryGroup};

/// Arabic-Indic and Persian digits and separators to ASCII (٫ to `.`, ٬ dropped between digits); the rest untouched.
pub fn fold_digits(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let between_digits = || {
            folded.ends_with(|last: char| last.is_ascii_digit())
                && rest.clone().next().is_some_and(|next| ascii_digit(next).is_some())
        };
        match c {
            '٫' => folded.push('.'),
            '٬' if between_digits() => {}
            c => folded.push(ascii_digit(c).unwrap_or(c)),
        }
    }
    folded
}

fn ascii_digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => '0',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        _ => return None,
    };
    char::from_digit(c as u32 - zero as u32, 10)
}

/// How often a text is passed through the folding steps at most; two suffice for any text that people write (the
/// second pass composes what the first laid side by side).
const PASSES: usize = 8;

/// For matching only: NFKC, lower case, digits folded, tashkeel and tatweel dropped, alef/ya/ta-marbuta forms
/// joined, bidi and zero-width marks dropped, punctuation at the ends dropped, spaces joined. An emoji at the end of
/// words is dropped too, but a message of nothing else keeps it; its skin tone never counts.
pub fn fold(text: &str) -> String {
    let mut folded = fold_once(text);
    for _ in 1..PASSES {
        if folded.chars().all(is_plain) || ComposingNormalizerBorrowed::new_nfkc().is_normalized(&folded) {
            break; // every other step leaves what it made as it is
        }
        let again = fold_once(&folded);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

fn fold_once(text: &str) -> String {
    let composed = match text.chars().all(is_plain) {
        true => Cow::Borrowed(text),
        false => ComposingNormalizerBorrowed::new_nfkc().normalize(text),
    };
    let mut folded = String::with_capacity(composed.len());
    let mut gap = false;
    for c in composed.chars() {
        if c.is_whitespace() {
            gap = !folded.is_empty();
        } else if !is_dropped(c) {
            if std::mem::take(&mut gap) {
                folded.push(' ');
            }
            if is_plain(c) {
                folded.push(joined(c.to_ascii_lowercase()));
            } else {
                folded.extend(c.to_lowercase().map(joined));
            }
        }
    }
    // After the dropping: a separator stands between two digits, whatever unseen stood there too.
    let folded = if folded.chars().all(is_plain) { folded } else { fold_digits(&folded) };
    let kept = trim_ends(&folded);
    if kept.len() < folded.len() { kept.to_owned() } else { folded }
}

/// What most messages consist of: ASCII and the Arabic letters. They are composed already, no digit among them is
/// another hand's, and only ASCII has a lower case.
fn is_plain(c: char) -> bool {
    c.is_ascii() || ('\u{621}'..='\u{64A}').contains(&c)
}

/// Letters, apostrophes and commas that people write for one another.
fn joined(c: char) -> char {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' | 'ٲ' | 'ٳ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        '\u{2018}' | '\u{2019}' | '\u{2BB}' | '\u{2BC}' | '`' | '´' => '\'',
        '،' => ',',
        c => c,
    }
}

fn is_dropped(c: char) -> bool {
    if is_plain(c) {
        return c.is_ascii_control() || c == '\u{640}';
    }
    is_tashkeel(c)
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{34F}' | '\u{1F3FB}'..='\u{1F3FF}')
        || is_in(c, GeneralCategoryGroup::Format.union(GeneralCategoryGroup::Control))
}

/// The vowel signs and the Quran's reading marks.
fn is_tashkeel(c: char) -> bool {
    matches!(
        c,
        '\u{610}'..='\u{61A}'
            | '\u{64B}'..='\u{65F}'
            | '\u{670}'
            | '\u{6D6}'..='\u{6DC}'
            | '\u{6DF}'..='\u{6E4}'
            | '\u{6E7}'
            | '\u{6E8}'
            | '\u{6EA}'..='\u{6ED}'
            | '\u{8CA}'..='\u{8E1}'
            | '\u{8E3}'..='\u{8FF}'
    )
}

fn trim_ends(text: &str) -> &str {
    // Most texts begin and end so, and the look into the table of categories is spared.
    let stays = |c: char| c.is_ascii_alphanumeric() || (is_plain(c) && !c.is_ascii());
    if text.starts_with(stays) && text.ends_with(stays) {
        return text;
    }
    let punctuation = |c: char| c == ' ' || is_in(c, GeneralCategoryGroup::Punctuation);
    let symbol =
        |c: char| is_in(c, GeneralCategoryGroup::OtherSymbol.union(GeneralCategoryGroup::ModifierSymbol));
    let words = text.trim_matches(|c| punctuation(c) || symbol(c));
    if words.is_empty() { text.trim_matches(punctuation) } else { words }
}

fn is_in(c: char, group: GeneralCategoryGroup) -> bool {
    group.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_any_hand_become_ascii() {
        for (given, wanted) in [
            ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
            ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
            ("١٢٬٣٤٥٫٦٧", "12345.67"),
            ("٬١٬", "٬1٬"),
            ("أ٬ب", "أ٬ب"),
            ("2026", "2026"),
            ("نَعَم A é", "نَعَم A é"),
        ] {
            assert_eq!(fold_digits(given), wanted, "{given:?}");
        }
    }

    #[test]
    fn texts_that_mean_the_same_fold_to_the_same() {
        for (given, wanted) in [
            ("نَعَمْ", "نعم"),
            ("نعـــم", "نعم"),
            ("أحمد إبراهيم آدم ٱلله", "احمد ابراهيم ادم الله"),
            ("مستشفى", "مستشفي"),
            ("فارسی کتاب", "فارسي كتاب"),
            ("مساعدة", "مساعده"),
            ("ﻻ", "لا"),
            ("٣", "3"),
            ("1\u{200B}٬2", "12"),
            ("۳", "3"),
            ("١٬٠٠٠٫٥", "1000.5"),
            ("  Yes ,  Please !! ", "yes , please"),
            ("«نعم»؟", "نعم"),
            ("نعم 👍🏽", "نعم"),
            ("👍🏽", "👍"),
            ("\u{200F}نعم\u{200E}\u{FEFF}", "نعم"),
            ("نع\u{200B}م", "نعم"),
            ("می\u{200C}خواهم", "ميخواهم"),
            ("ＯＫ", "ok"),
            ("I’m", "i'm"),
            ("É", "é"),
            ("E\u{301}", "é"),
            ("> 3", "> 3"),
            ("?", ""),
            ("...", ""),
            ("", ""),
        ] {
            assert_eq!(fold(given), wanted, "{given:?}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(2000))]

        #[test]
        fn folding_twice_changes_nothing_more(
            text in "\\PC{0,12}|[\u{600}-\u{6FF}\u{8A0}-\u{8FF}\u{FB50}-\u{FDFF}\u{FE00}-\u{FEFF}a-zA-Z0-9'`´ !،٬\u{300}-\u{345}\u{200B}-\u{200F}]{0,12}"
        ) {
            let once = fold(&text);
            proptest::prop_assert_eq!(fold(&once), once);
        }
    }
}
