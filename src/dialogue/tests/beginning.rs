//! Greeting, language, consent, menu.

use super::chat::{Chat, SMALL, WORDS};
use crate::dialogue::{Effect, Stage};
use crate::message::Body;

#[test]
fn a_sister_is_greeted_chooses_a_language_and_agrees() {
    let mut chat = Chat::on(&SMALL);
    chat.starts(Some("en")).asks("language").expect("Peace be upon you").expect("Association for the Care");
    assert_eq!(chat.labels().len(), WORDS.locales().len());
    assert!(!chat.last.iter().any(|e| matches!(e, Effect::Heard(_))), "opening the chat is no line");
    chat.taps("العربية").asks("consent").expect("موافقتك").expect("حذفه");
    assert_eq!(chat.last[0], Effect::Heard("العربية".into()));
    chat.taps("نعم، أوافق").asks("menu");
    chat.expect_effect(|e| matches!(e, Effect::Consented { given: true, version, locale, .. } if version == "2" && locale.as_str() == "ar"));
    assert_eq!(chat.labels()[0], "طلب مساعدة");
    assert!(chat.conv.consent.is_some());
}

#[test]
fn the_first_words_tell_the_language_and_a_named_language_is_understood() {
    let mut chat = Chat::on(&SMALL);
    chat.says("السلام عليكم").asks("language").expect("وأهلًا بك");
    chat.says("english").asks("consent").expect("Do you agree?");
    let mut chat = Chat::on(&SMALL);
    chat.says("Hello, I need help").asks("language").expect("Peace be upon you, and welcome");
    chat.says("what?").asks("language").expect("We did not understand");
    chat.says("١").asks("consent");
}

#[test]
fn who_declines_hears_of_other_ways_and_may_think_again() {
    let mut chat = Chat::on(&SMALL);
    chat.starts(None).says("English").taps("No").asks("consent").expect("By phone: 0112345678");
    chat.expect_effect(|e| matches!(e, Effect::Consented { given: false, .. }));
    assert_eq!(chat.conv.stage, Stage::Declined);
    chat.says("menu").expect("By phone");
    chat.says("hello").asks("consent");
    chat.taps("Back to the question").expect("Do you agree?").says("okay").asks("menu");
    assert!(chat.conv.consent.is_some());
}

#[test]
fn every_button_of_the_menu_leads_somewhere_and_back() {
    for (label, question, words) in [
        ("Ask for help", "service", "What do you need help with?"),
        ("My request", "requests", "no request with us yet"),
        ("Suggest or complain", "opinion", "glad to hear you"),
        ("Change language", "language", "choose your language"),
        ("My data", "data", "your language (English)"),
    ] {
        let mut chat = Chat::at_the_menu(&SMALL, "English");
        chat.taps(label).asks(question).expect(words);
        chat.says("menu").asks("menu").says("بالعربي").asks("menu").expect("كيف يمكننا خدمتك؟");
    }
}

#[test]
fn an_old_button_and_strange_things_are_met_kindly() {
    let mut chat = Chat::at_the_menu(&SMALL, "English");
    chat.taps("Yes, I agree").asks("menu").expect("earlier question");
    assert_eq!(chat.last[0], Effect::Heard("(an earlier button)".into()));
    chat.said(Body::Unsupported("sticker".into())).asks("menu").expect("cannot read this kind");
    chat.says(&"x".repeat(10_000)).asks("menu").expect("did not understand");
    chat.says("stop").expect("no more reminders").says("hello").asks("menu");
    assert!(chat.conv.stopped);
    chat.says("help").asks("service");
}

#[test]
fn who_needs_help_says_so_in_their_own_words() {
    for said in ["I need help", "Please help me!", "أطلب مساعدة", "أحتاجُ إلى مساعدة", "ساعدوني"]
    {
        Chat::at_the_menu(&SMALL, "English").says(said).asks("service");
    }
}

#[test]
fn a_suggestion_is_filed_under_a_number() {
    let mut chat = Chat::at_the_menu(&SMALL, "English");
    chat.taps("Suggest or complain")
        .taps("A suggestion")
        .asks("words")
        .says("Lessons on Friday")
        .expect("W-");
    chat.expect_effect(|e| matches!(e, Effect::File(f) if &*f.kind == "suggestion" && f.answers.len() == 1 && f.reference.starts_with("W-")));
    assert_eq!((chat.conv.session.is_none(), chat.timers.len()), (true, 0));
}

#[test]
fn the_words_we_tell_people_to_write_steer() {
    use crate::locale::Word;
    for (language, words) in [
        ("en", ["back", "skip", "help", "pause", "person", "menu", "language"]),
        ("ar", ["رجوع", "تخطي", "مساعدة", "لاحقًا", "«موظف»", "قائمة", "لغة"]),
    ] {
        let locale = crate::message::Locale::parse(language).unwrap();
        let read: Vec<Option<Word>> = words.iter().map(|said| WORDS.word(said, &locale)).collect();
        let wanted =
            [Word::Back, Word::Skip, Word::Help, Word::Pause, Word::Human, Word::Menu, Word::Language];
        assert_eq!(read, wanted.map(Some));
    }
}

#[test]
fn messages_that_differ_by_purpose_or_status_are_all_there() {
    let drafts = ["request", "completion", "survey", "suggestion", "complaint"];
    let mut keys: Vec<String> = ["continue", "paused", "recap"]
        .iter()
        .flat_map(|prefix| drafts.iter().map(move |draft| format!("{prefix}-{draft}")))
        .collect();
    let others = "continue-request-named continue-completion-named reminder-request reminder-completion \
        lapsed-request lapsed-suggestion lapsed-complaint start-suggestion start-complaint thanks-suggestion \
        thanks-complaint status-submitted status-returned status-checked status-with-committee status-accepted \
        status-rejected status-appealed status-registered status-delivered status-closed status-withdrawn \
        status-lapsed";
    keys.extend(others.split_whitespace().map(str::to_owned));
    for locale in WORDS.locales() {
        let missing: Vec<_> = keys.iter().filter(|key| !WORDS.has(locale, key)).collect();
        assert!(missing.is_empty(), "{locale}: {missing:?}");
    }
}

#[test]
fn a_greeting_is_returned_in_its_language() {
    let mut chat = Chat::on(&SMALL);
    chat.starts(Some("en")).says("السلام عليكم").asks("language").expect("وعليكم السلام");
    chat.says("English").says("Hello!").asks("consent").expect("And peace be upon you");
    chat.says("yes").says("hi").asks("menu").expect("And peace be upon you");
}

#[test]
fn free_words_lead_on_and_misses_offer_a_person() {
    for (said, question) in [
        ("complaint", "words"),
        ("اقتراح", "words"),
        ("financial", "need"),
        ("I need help", "service"),
        ("الاسلام", "need"),
        ("أريد مساعدة مالية", "need"),
    ] {
        Chat::at_the_menu(&SMALL, "English").says(said).asks(question);
    }
    let mut chat = Chat::at_the_menu(&SMALL, "English");
    chat.says("gold").says("silver").says("help").says("gold").says("silver").asks("service");
    assert!(!chat.text().contains("If this is difficult"), "counted anew after help");
    chat.says("copper").expect("If this is difficult").taps("Speak to a person").expect("One of our staff");
}
