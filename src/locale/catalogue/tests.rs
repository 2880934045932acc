use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::locale::bidi::is_bidi_control;
use crate::locale::source::message_on;

fn locale(tag: &str) -> Locale {
    Locale::parse(tag).unwrap()
}

fn shipped() -> Catalogue {
    Catalogue::shipped(&locale("ar")).unwrap()
}

fn read(default: &str, files: &[(&str, &str)]) -> Result<Catalogue, CatalogueError> {
    let files =
        files.iter().map(|(path, text)| File { path: path.to_string(), text: text.to_string() }).collect();
    Catalogue::read(&locale(default), files)
}

fn shipped_files() -> Vec<(String, String)> {
    Files::iter()
        .filter(|path| path.ends_with(".ftl"))
        .map(|path| {
            (path.to_string(), String::from_utf8(Files::get(&path).unwrap().data.into_owned()).unwrap())
        })
        .collect()
}

/// Every message of a file with the values that it names.
fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = None;
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some(begun) = message_on(line) {
            key = Some(begun.to_owned());
        }
        let Some(key) = &key else { continue };
        let values = found.entry(key.clone()).or_default();
        for after in line.split('$').skip(1) {
            let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
            values.insert(after[..end.unwrap_or(after.len())].to_owned());
        }
    }
    found
}

/// The messages of the files whose name fits, by language.
fn by_locale(fits: impl Fn(&str) -> bool) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let mut found: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (path, text) in shipped_files() {
        let (tag, name) = path.split_once('/').unwrap();
        if fits(name) {
            found.entry(tag.to_owned()).or_default().extend(messages(&text));
        }
    }
    found
}

/// What differs between two languages, one line each.
fn gaps(all: &BTreeMap<String, BTreeMap<String, BTreeSet<String>>>) -> Vec<String> {
    let keys: BTreeSet<&String> = all.values().flat_map(BTreeMap::keys).collect();
    let mut gaps = Vec::new();
    for key in keys {
        let most = all.values().filter_map(|messages| messages.get(key)).max_by_key(|values| values.len());
        for (tag, messages) in all {
            match messages.get(key) {
                None => gaps.push(format!("{tag}: {key} is missing")),
                Some(values) if Some(values) != most => {
                    gaps.push(format!("{tag}: {key} has {values:?}, not {most:?}"))
                }
                Some(_) => {}
            }
        }
    }
    gaps
}

#[test]
fn every_language_has_every_message_with_the_same_values() {
    let all = by_locale(|name| name != "desk.ftl");
    assert!(all.len() >= 2 && all["ar"].contains_key("word-yes"), "the files were not found");
    assert_eq!(gaps(&all), Vec::<String>::new());
    // A language may do without the desk's words, but not without some of them.
    let desk = by_locale(|name| name == "desk.ftl");
    assert!(["ar", "en"].iter().all(|tag| desk.contains_key(*tag)), "the desk is written in both");
    assert_eq!(gaps(&desk), Vec::<String>::new());
}

#[test]
fn a_gap_is_reported() {
    let set = |source| messages(source);
    let all = BTreeMap::from([
        ("ar".to_owned(), set("a = { $n ->\n  *[other] { $m }\n }\nb = 1")),
        ("en".to_owned(), set("# c = 1\na = { $n }")),
    ]);
    assert_eq!(gaps(&all), [r#"en: a has {"n"}, not Some({"m", "n"})"#, "en: b is missing"]);
}

#[test]
fn every_message_can_be_said() {
    let catalogue = shipped();
    for (tag, messages) in by_locale(|_| true) {
        for (key, values) in messages {
            for number in [0.0, 1.0, 2.0, 3.0, 11.0, 100.0] {
                let args = values.iter().fold(Args::none(), |args, name| {
                    args.number(Box::leak(name.clone().into_boxed_str()), number)
                });
                let faults = catalogue.language(&locale(&tag)).faults(&key, &args);
                assert_eq!(faults, Vec::<String>::new(), "{tag}: {key}");
            }
        }
    }
}

#[test]
fn no_message_hides_a_direction_mark_or_selects_on_a_shown_number() {
    for (path, text) in shipped_files() {
        for (number, line) in (1..).zip(text.lines()) {
            assert!(!line.contains(is_bidi_control), "{path}:{number}: a raw direction mark");
            // NUMBER() gives a text, which no plural form matches.
            assert!(
                !(line.contains("NUMBER(") && line.contains("->")),
                "{path}:{number}: select on the value itself"
            );
        }
    }
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    for (files, file, what) in [
        (&[("ar/a.ftl", "ok = 1\nb = {\n")][..], "ar/a.ftl", "line"),
        (&[("ar/a.ftl", "a = 1\nthis is no message\n")], "ar/a.ftl", "line 2"),
        (&[("ar/a.ftl", "a = 1\nb = 2\na = 3\n")], "ar/a.ftl", "line 3: there is already a message a"),
        (
            &[("ar/a.ftl", "a = 1\n"), ("ar/b.ftl", "\na = 1\n")],
            "ar/b.ftl",
            "line 2: there is already a message a",
        ),
        (&[("ar/words.ftl", "word-yes = a\nword-no = a\n")], "ar/words.ftl", "word-yes and word-no"),
        (&[("ar/words.ftl", "format-locale = ?\n")], "ar/words.ftl", "format-locale"),
        (&[("ar/words.ftl", "hijri-month-1 = a\nhijri-month-2 = a\n")], "ar/words.ftl", "\"a\""),
        (&[("ar/a.ftl", "a = 1"), ("no tag!/a.ftl", "a = 1")], "no tag!/a.ftl", "not a language tag"),
        (&[("en/a.ftl", "a = 1")], "ar/", "default language"),
        (&[], "ar/", "default language"),
    ] {
        let error = read("ar", files).map(|_| ()).unwrap_err();
        assert_eq!(error.file, file);
        assert!(error.what.contains(what), "{error}");
    }
}

#[test]
fn the_default_comes_first_and_fills_gaps() {
    let files =
        [("ar/a.ftl", "a = ar"), ("en/a.ftl", "a = en\nb = en"), ("fil/a.ftl", "c = fil"), ("README.md", "")];
    let catalogue = read("en", &files).unwrap();
    assert_eq!(catalogue.locales(), [locale("en"), locale("ar"), locale("fil")]);
    for (tag, key, wanted) in [
        ("ar", "a", "ar"),
        ("ar-EG", "a", "ar"),
        ("ar", "b", "en"),
        ("ar", "c", "fil"),
        ("fr", "a", "en"),
        ("ar", "d", "[d]"),
    ] {
        assert_eq!(catalogue.say(&locale(tag), key, &Args::none()), wanted, "{tag} {key}");
    }
    assert!(catalogue.has(&locale("ar"), "a") && !catalogue.has(&locale("ar"), "b"));
    assert!(!catalogue.has(&locale("ar-EG"), "a"));
    assert_eq!(read("en-GB", &files).unwrap().locales()[0], locale("en"));
}

#[test]
fn values_are_isolated_and_numbers_are_localised() {
    let plural = "n = { $n ->\n  [0] none\n  [one] one\n  [few] few: { $n }\n *[other] { $n } requests\n }\n";
    let name = "m = a { $name }!\n  b\n\nwhole = { $name }\n";
    let catalogue = read(
        "ar",
        &[
            ("ar/a.ftl", &format!("format-locale = ar-SA-u-nu-arab\n{plural}{name}")),
            ("en/a.ftl", &format!("{plural}{name}")),
        ],
    )
    .unwrap();
    for (tag, n, wanted) in [
        ("en", 0.0, "none"),
        ("en", 1.0, "one"),
        ("en", 12345.0, "\u{2068}12,345\u{2069} requests"),
        ("ar", 3.0, "few: \u{2068}٣\u{2069}"),
        ("ar", 12345.0, "\u{2068}١٢٬٣٤٥\u{2069} requests"),
    ] {
        assert_eq!(catalogue.say(&locale(tag), "n", &Args::none().number("n", n)), wanted, "{tag} {n}");
    }
    let args = Args::none().text("name", "محمد 7");
    assert_eq!(catalogue.say(&locale("en"), "m", &args), "a \u{2068}محمد 7\u{2069}!\nb");
    assert_eq!(catalogue.label(&locale("en"), "m", &args), "a محمد 7!\nb");
    assert_eq!(catalogue.say(&locale("en"), "whole", &args), "محمد 7");
}

#[test]
fn steering_words_are_the_whole_message() {
    let catalogue = shipped();
    for (said, wanted) in [
        ("نعم", Some(Word::Yes)),
        ("نَعَمْ!", Some(Word::Yes)),
        ("ايوه", Some(Word::Yes)),
        ("أجل", Some(Word::Yes)),
        ("OKAY", Some(Word::Yes)),
        ("👍🏽", Some(Word::Yes)),
        ("لا", Some(Word::No)),
        ("لأ", Some(Word::No)),
        ("Go back.", Some(Word::Back)),
        ("تخطّي", Some(Word::Skip)),
        ("/skip", None),
        ("/help", Some(Word::Help)),
        ("/HELP@wasl_bot", Some(Word::Help)),
        ("/stop", Some(Word::Stop)),
        ("/human", Some(Word::Human)),
        ("/data", Some(Word::Data)),
        ("data", None),
        ("/rate", Some(Word::Rate)),
        ("/status", Some(Word::Status)),
        ("/menu", Some(Word::Menu)),
        ("/language", Some(Word::Language)),
        ("/pause", Some(Word::Pause)),
        ("/start", None),
        ("طلبي", Some(Word::Status)),
        ("لا شيء", Some(Word::None)),
        ("yes it is", None),
        ("لا أدري", None),
        ("?", None),
        (".", None),
        ("", None),
        ("5", None),
    ] {
        for tag in ["ar", "en"] {
            assert_eq!(catalogue.word(said, &locale(tag)), wanted, "{said:?} in {tag}");
        }
    }
}

#[test]
fn no_word_means_two_things_in_any_two_languages() {
    let catalogue = shipped();
    let mut meanings: BTreeMap<&str, Word> = BTreeMap::new();
    for language in catalogue.languages.iter() {
        for (said, word) in language.words.iter() {
            let before = meanings.insert(said, word);
            assert!(before.is_none_or(|before| before == word), "{said:?}: {before:?} and {word:?}");
        }
        for word in Word::ALL {
            assert!(
                language.words.iter().any(|(_, known)| known == word),
                "{}: {word:?}",
                language.native_name
            );
        }
    }
}

#[test]
fn languages_are_known_by_their_names() {
    let catalogue = shipped();
    assert_eq!(catalogue.native_name(&locale("ar")), "العربية");
    assert_eq!(catalogue.native_name(&locale("en")), "English");
    for (said, wanted) in [
        ("English", Some("en")),
        ("الإنجليزية", Some("en")),
        ("انجليزيه", Some("en")),
        ("en", Some("en")),
        ("عربي", Some("ar")),
        ("ARABIC", Some("ar")),
        ("French", None),
        ("", None),
    ] {
        assert_eq!(catalogue.language_named(said), wanted.map(locale), "{said:?}");
    }
    let mut seen = BTreeSet::new();
    for name in catalogue.languages.iter().flat_map(|language| &language.names) {
        assert!(!name.is_empty() && seen.insert(name), "{name:?} names two languages or none");
    }
}

#[test]
fn days_stand_in_both_calendars() {
    let catalogue = shipped();
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    for (tag, date, wanted) in [
        ("ar", day(2020, 9, 15), "١٥ سبتمبر ٢٠٢٠ م (٢٧ محرم ١٤٤٢ هـ)"),
        ("en", day(2020, 9, 15), "15 September 2020 (27 Muharram 1442 AH)"),
        ("en", day(2026, 12, 6), "6 December 2026 (26 Jumada II 1448 AH)"),
        ("en", day(1800, 1, 1), "1 January 1800"),
        ("ar", day(2300, 1, 1), "١ يناير ٢٣٠٠"),
    ] {
        assert_eq!(catalogue.day(&locale(tag), date), wanted);
    }
    assert_eq!(catalogue.gregorian(&locale("ar"), day(2020, 9, 15)), "١٥ سبتمبر ٢٠٢٠");
}

#[test]
fn moments_are_told_in_the_zone() {
    let catalogue = shipped();
    let at = Timestamp::parse("2026-11-22T21:05:00Z").unwrap();
    for (tag, wanted) in [("en", "23 November 2026 at 00:05"), ("ar", "٢٣ نوفمبر ٢٠٢٦ في ١٢:٠٥ ص")]
    {
        assert_eq!(catalogue.moment(&locale(tag), at, chrono_tz::Asia::Riyadh), wanted);
    }
}

#[test]
fn the_first_message_chooses_the_language() {
    let catalogue = shipped();
    for (text, wanted) in
        [("السلام عليكم", "ar"), ("Hello, I need help", "en"), ("yes", "en"), ("Kumusta po", "ar")]
    {
        assert_eq!(
            catalogue.negotiate(&Hints { text: Some(text), ..Hints::default() }),
            locale(wanted),
            "{text}"
        );
    }
}

#[test]
fn one_catalogue_serves_all_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&shipped());
}
