//! The shipped forms, played.

use super::chat::{Chat, SHIPPED};
use crate::message::ExpectsKind;

/// A fitting answer to whatever is asked; of choices, the first.
pub(super) fn answers(chat: &mut Chat) {
    answers_with(chat, 0);
}

/// The same, with the choice at that place, or the last answer of a shorter list.
fn answers_with(chat: &mut Chat, place: usize) {
    let expects = chat.prompts().last().unwrap().expects.clone().unwrap();
    match expects.kind {
        ExpectsKind::Choice | ExpectsKind::Choices => {
            let offered = chat.prompts().last().unwrap().choices.clone();
            let answers = offered.iter().filter(|choice| !choice.aside).count();
            let taken = offered[place.min(answers.saturating_sub(1))].label.clone();
            chat.taps(&taken)
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
            let about = chat.submitted[0]
                .answers
                .iter()
                .filter(|(id, _)| matches!(&**id, "need" | "question" | "offer" | "gift"));
            assert_eq!(about.count(), 1, "{}: what it is about is asked once", service.code);
        }
    }
}

#[test]
fn whichever_choice_is_taken_leads_to_a_receipt() {
    let mut heard = String::new();
    for place in 0..4 {
        for service in ["FIN", "HOUSE", "PSY"] {
            let mut chat = Chat::at_the_menu(&SHIPPED, "English");
            chat.says("Ask for help").says(service);
            for _ in 0..60 {
                if !chat.submitted.is_empty() {
                    break;
                }
                let reviewing = chat.prompts().last().unwrap().key.starts_with("review");
                answers_with(&mut chat, if reviewing { 0 } else { place });
                heard.push_str(&chat.text());
            }
            assert_eq!(chat.submitted.len(), 1, "{service} at {place}:\n{}", chat.text());
        }
    }
    for said in ["call 911", "What is your e-mail address?", "What is your phone number?"] {
        assert!(heard.contains(said), "nobody was asked: {said}");
    }
}

#[test]
fn the_question_is_the_one_that_the_service_is_about() {
    for (service, question, words) in [
        ("INQ", "question", "What is your question?"),
        ("VOL", "offer", "when do you have time?"),
        ("DON", "gift", "What would you like to give"),
        ("FIN", "need", "What do you need?"),
    ] {
        Chat::at_the_menu(&SHIPPED, "English")
            .says("Ask for help")
            .says(service)
            .asks(question)
            .expect(words);
    }
}

#[test]
fn who_cries_for_help_where_safety_is_asked_hears_whom_to_call() {
    for said in ["help me", "Help!", "ساعدوني", "النجدة"] {
        let mut chat = Chat::at_the_menu(&SHIPPED, "English");
        chat.says("Ask for help").says("HOUSE").says("I have no place to sleep").says("today").asks("safe");
        chat.says(said).asks("dependants").expect("call 911").expect("Noted: No");
    }
}

#[test]
fn a_complaint_about_staff_or_a_wait_is_an_answer() {
    for (said, noted) in [
        ("staff", "How I was treated"),
        ("officer", "How I was treated"),
        ("الموظف", "How I was treated"),
        ("wait", "A long wait"),
        ("انتظر", "A long wait"),
    ] {
        let mut chat = Chat::at_the_menu(&SHIPPED, "English");
        chat.says("complaint").asks("about").says(said).asks("what_happened").expect(noted);
    }
    // The word that we tell people to write still leads to a person.
    let mut chat = Chat::at_the_menu(&SHIPPED, "English");
    chat.says("complaint").says("person").expect("One of our staff will write");
}

#[test]
fn who_cannot_show_a_paper_may_still_ask_for_money_or_treatment() {
    for service in ["FIN", "MED"] {
        let mut chat = Chat::at_the_menu(&SHIPPED, "English");
        chat.says("Ask for help").says(service);
        while !chat.text().contains("Please send a photo of your iqama") {
            answers(&mut chat);
        }
        chat.asks("paper_id").says("I don't have it");
        assert!(!chat.text().contains("We need"), "{}", chat.text());
        for _ in 0..10 {
            let expects = chat.prompts().last().unwrap().expects.clone().unwrap();
            if expects.kind == ExpectsKind::File {
                chat.says("skip");
            } else if chat.submitted.is_empty() {
                answers(&mut chat);
            }
        }
        assert_eq!(chat.submitted.len(), 1, "{service}: {}", chat.text());
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
