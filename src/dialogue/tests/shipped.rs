//! The shipped forms, played.

use super::chat::{Chat, SHIPPED};
use crate::message::ExpectsKind;

/// A fitting answer to whatever is asked.
pub(super) fn answers(chat: &mut Chat) {
    let expects = chat.prompts().last().unwrap().expects.clone().unwrap();
    match expects.kind {
        ExpectsKind::Choice | ExpectsKind::Choices => {
            let first = chat.prompts().last().unwrap().choices[0].label.clone();
            chat.taps(&first)
        }
        ExpectsKind::Integer | ExpectsKind::Decimal => chat.says("٢"),
        ExpectsKind::Date if expects.question.contains("exp") => chat.says("1/1/2030"),
        ExpectsKind::Date => chat.says("1/1/2000"),
        ExpectsKind::Phone => chat.says("0501234567"),
        ExpectsKind::Email => chat.says("maria@example.com"),
        ExpectsKind::File => chat.sends("paper.jpg", "image/jpeg"),
        _ => chat.says("مريم سانتوس"),
    };
}

#[test]
fn every_service_is_asked_for_to_its_receipt_in_both_languages() {
    for language in ["English", "العربية"] {
        for service in &SHIPPED.services.0 {
            let mut chat = Chat::at_the_menu(&SHIPPED, language);
            chat.says(if language == "English" { "Ask for help" } else { "طلب مساعدة" }).says(&service.code);
            for _ in 0..60 {
                if !chat.submitted.is_empty() {
                    break;
                }
                answers(&mut chat);
            }
            assert_eq!(chat.submitted.len(), 1, "{} in {language}:\n{}", service.code, chat.text());
        }
    }
}

#[test]
fn the_shipped_survey_and_opinions_play() {
    let mut chat = Chat::at_the_menu(&SHIPPED, "English");
    chat.says("rate")
        .asks("overall")
        .says("4")
        .says("5")
        .says("5")
        .says("partly")
        .asks("word")
        .says("Good people");
    chat.expect("helps us serve you");
    for kind in ["A suggestion", "A complaint"] {
        let mut chat = Chat::at_the_menu(&SHIPPED, "English");
        chat.taps("Suggest or complain").taps(kind);
        while chat.conv.session.is_some() {
            answers(&mut chat);
        }
        chat.expect("W-");
    }
}

#[test]
fn call_me_is_an_answer_and_a_yes_is_no_name_and_no_need() {
    for (language, ask, yes, call, next) in [
        ("English", "Ask for help", "yes", "call me", "phone number"),
        ("العربية", "طلب مساعدة", "نعم", "اتصلوا بي", "رقم هاتفك"),
    ] {
        let mut chat = Chat::at_the_menu(&SHIPPED, language);
        chat.says(ask).says("KIT").asks("need").says(yes).asks("need").says("كتب").asks("full_name");
        chat.says(yes).asks("full_name").says("123").asks("full_name").says("Maria Cruz").asks("contact");
        chat.says(call).asks("phone").expect(next);
    }
}
