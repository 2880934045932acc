//! Which language to speak: what they chose, what the channel says, what the first message shows, the default.

use std::collections::BTreeMap;

use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use icu::properties::CodePointMapData;
use icu::properties::props::Script;
use unic_langid::LanguageIdentifier;

use super::fold::fold;
use super::words::{Words, items, spoken};
use crate::message::Locale;

/// What is known about a person's language, best first.
#[derive(Debug, Clone, Default)]
pub struct Hints<'a> {
    /// What they chose.
    pub chosen: Option<&'a Locale>,
    /// What the channel says.
    pub channel: Option<&'a Locale>,
    /// Their first message: its script tells.
    pub text: Option<&'a str>,
}

/// What a text in the language looks like.
#[derive(Debug)]
pub(super) struct Traits {
    script: Option<Script>,
    /// Folded.
    greetings: Vec<String>,
}

impl Traits {
    /// From the language's own name, which is written in its script, and the list of its greetings.
    pub(super) fn read(native_name: &str, greetings: &str) -> Traits {
        Traits { script: main_script(native_name), greetings: items(greetings).map(fold).collect() }
    }

    fn greets(&self, folded: &str) -> bool {
        self.after_greeting(folded).is_some()
    }

    /// What follows the longest greeting that a folded text opens with.
    pub(super) fn after_greeting<'t>(&self, folded: &'t str) -> Option<&'t str> {
        let after = |greeting: &String| {
            let rest = folded.strip_prefix(greeting.as_str()).filter(|_| !greeting.is_empty())?;
            let whole = !rest.starts_with(|next: char| next.is_alphanumeric() || next == '\'');
            whole.then(|| rest.trim_start_matches(|c: char| !c.is_alphanumeric()))
        };
        self.greetings.iter().filter_map(after).min_by_key(|rest| rest.len())
    }
}

/// A loaded language as negotiation sees it.
pub(super) type Known<'a> = (&'a Locale, &'a Traits, &'a Words);

/// The best of the loaded languages; `None` when nothing points to one.
pub(super) fn best<'a>(hints: &Hints<'_>, loaded: &[Known<'a>]) -> Option<&'a Locale> {
    let asked = |wanted: Option<&Locale>| matching(wanted?, loaded);
    asked(hints.chosen).or_else(|| asked(hints.channel)).or_else(|| shown(hints.text?, loaded))
}

/// The loaded language nearest to a tag: a region or script more or less does not matter.
fn matching<'a>(wanted: &Locale, loaded: &[Known<'a>]) -> Option<&'a Locale> {
    let wanted: LanguageIdentifier = wanted.as_str().parse().ok()?;
    let ids: Vec<LanguageIdentifier> =
        loaded.iter().filter_map(|(locale, ..)| locale.as_str().parse().ok()).collect();
    let nearest = *negotiate_languages(&[wanted], &ids, None, NegotiationStrategy::Filtering).first()?;
    loaded.get(ids.iter().position(|id| id == nearest)?).map(|(locale, ..)| *locale)
}

/// The language that a text shows: by its script, and where several languages share the script, by a greeting, a
/// steering word or a telling letter. The Latin script alone shows nothing.
fn shown<'a>(text: &str, loaded: &[Known<'a>]) -> Option<&'a Locale> {
    let script = main_script(text)?;
    let same: Vec<_> = loaded.iter().filter(|(_, traits, _)| traits.script == Some(script)).collect();
    let (folded, said) = (fold(text), spoken(text));
    let by_letters =
        || same.iter().find(|(locale, ..)| Some(locale.language()) == told_by_letters(script, text));
    let by_words =
        || same.iter().find(|(_, traits, words)| traits.greets(&folded) || words.find(&said).is_some());
    let by_script = || same.first().filter(|_| script != Script::Latin);
    by_letters().or_else(by_words).or_else(by_script).map(|(locale, ..)| *locale)
}

/// The script of most letters.
fn main_script(text: &str) -> Option<Script> {
    let scripts = CodePointMapData::<Script>::new();
    let mut letters: BTreeMap<Script, usize> = BTreeMap::new();
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        *letters.entry(scripts.get(c)).or_default() += 1;
    }
    letters.retain(|script, _| !matches!(*script, Script::Common | Script::Inherited));
    letters.into_iter().max_by_key(|(_, count)| *count).map(|(script, _)| script)
}

/// Of the languages in the Arabic script: the one whose own letters stand in the text, Arabic if none do.
fn told_by_letters(script: Script, text: &str) -> Option<&'static str> {
    const URDU: &str = "ٹڈڑںےھہ";
    const PERSIAN: &str = "پچژگکی";
    if script != Script::Arabic {
        return None;
    }
    let holds = |letters: &str| text.contains(|c| letters.contains(c));
    Some(if holds(URDU) {
        "ur"
    } else if holds(PERSIAN) {
        "fa"
    } else {
        "ar"
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::words::Word;

    fn check(loaded: &[(&str, &str, &str)], hints: (Option<&str>, Option<&str>, Option<&str>), wanted: &str) {
        let words =
            Words::read(|word| if word == Word::Yes { "yes, نعم".into() } else { String::new() }).unwrap();
        let locale = |tag: &str| Locale::parse(tag).unwrap();
        let languages: Vec<_> = loaded
            .iter()
            .map(|(tag, name, greetings)| (locale(tag), Traits::read(name, greetings)))
            .collect();
        let known: Vec<_> = languages.iter().map(|(locale, traits)| (locale, traits, &words)).collect();
        let (chosen, channel) = (hints.0.map(locale), hints.1.map(locale));
        let asked = Hints { chosen: chosen.as_ref(), channel: channel.as_ref(), text: hints.2 };
        let best = best(&asked, &known).map_or("default", Locale::as_str);
        assert_eq!(best, wanted, "{hints:?}");
    }

    const AR: (&str, &str, &str) = ("ar", "العربية", "مرحبا، السلام عليكم");
    const EN: (&str, &str, &str) = ("en", "English", "hello, i need");

    #[test]
    fn the_better_hint_decides() {
        for (hints, wanted) in [
            ((Some("en"), Some("ar"), Some("مرحبا")), "en"),
            ((Some("fil"), Some("ar"), Some("hello")), "ar"),
            ((None, Some("en-US"), Some("مرحبا")), "en"),
            ((None, Some("ar-EG"), None), "ar"),
            ((None, Some("fil"), Some("Hello, I am new here")), "en"),
            ((None, Some("fil"), Some("kumusta")), "default"),
            ((None, None, None), "default"),
        ] {
            check(&[AR, EN], hints, wanted);
        }
    }

    #[test]
    fn the_first_message_shows_its_language() {
        for (text, wanted) in [
            ("ابي مساعده", "ar"),
            ("فارسی گپ", "ar"),
            ("hello", "en"),
            ("HELLO!!", "en"),
            ("hellooo", "default"),
            ("Yes.", "en"),
            ("Juan dela Cruz", "default"),
            ("привет", "default"),
            ("123 ٣٤", "default"),
            ("👍", "default"),
            ("", "default"),
            ("السلام عليكم Ahmed", "ar"),
        ] {
            check(&[AR, EN], (None, None, Some(text)), wanted);
            check(&[EN, AR], (None, None, Some(text)), wanted);
        }
    }

    #[test]
    fn languages_of_one_script_are_told_apart_by_their_letters() {
        let many = [("fa", "فارسی", "سلام"), ("ru", "Русский", "привет"), ("ur", "اردو", "سلام"), AR, EN];
        for (text, wanted) in
            [("کمک می‌خواهم", "fa"), ("مجھے مدد چاہیے", "ur"), ("أريد مساعدة", "ar"), ("Здравствуйте", "ru")]
        {
            check(&many, (None, None, Some(text)), wanted);
        }
    }
}
