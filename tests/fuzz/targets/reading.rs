//! What people type where a day, a number, an address, a language or a word of the bot's is understood.

use chrono::{Datelike, NaiveDate};
use wasl::form::{email, phone};
use wasl::locale::{Args, Hints, fold, fold_digits, isolate, strip_controls};
use wasl::message::{Locale, reference_typed};

use super::world::{CONFIG, WORDS};

/// One text, to every reader.
pub fn run(data: &[u8]) {
    let said = &*String::from_utf8_lossy(data);
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    if let Some(day) = WORDS.read_day(said, today) {
        written_back(day, today);
    }
    let folded = fold(said);
    let _ = (fold(&folded), isolate(said));
    let digits = fold_digits(said);
    assert!(!digits.contains(|c: char| ('٠'..='٩').contains(&c) || ('۰'..='۹').contains(&c)));
    let clean = strip_controls(said);
    assert!(!clean.contains(|c: char| c.is_control() && c != '\n'), "a control stays");
    assert!(!clean.contains(['\u{202e}', '\u{2066}', '\u{2067}', '\u{200f}']), "a direction mark stays");
    if let Some(number) = phone(said, &CONFIG.association.country) {
        assert_eq!(phone(&number, "").as_ref(), Some(&number), "a number as written is itself");
    }
    if let Some(address) = email(said) {
        assert_eq!(email(&address).as_ref(), Some(&address), "an address as written is itself");
    }
    if let Some(reference) = reference_typed(said) {
        assert_eq!(reference_typed(&reference).as_ref(), Some(&reference), "a reference is itself");
    }
    let _ = (WORDS.shown_by(said), WORDS.after_greeting(said), WORDS.language_named(said));
    let tag = Locale::parse(said).ok();
    let spoken = WORDS.negotiate(&Hints { chosen: tag.as_ref(), channel: tag.as_ref(), text: Some(said) });
    assert!(WORDS.locales().contains(&spoken), "what is spoken is a language of ours");
    for locale in WORDS.locales() {
        let _ = WORDS.word(said, locale);
        let told = WORDS.say(locale, "heard-file", &Args::none().text("name", said));
        assert!(told.chars().count() >= clean.chars().count().min(1));
    }
}

/// A day as we write it is the day we read.
fn written_back(day: NaiveDate, today: NaiveDate) {
    if !(1000..=9999).contains(&day.year()) {
        return;
    }
    for locale in WORDS.locales() {
        let written = WORDS.gregorian(locale, day);
        assert_eq!(WORDS.read_day(&written, today), Some(day), "{written}");
        let both = WORDS.day(locale, day);
        assert_eq!(WORDS.read_day(&both, today), Some(day), "{both}");
    }
}
