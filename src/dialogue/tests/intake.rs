//! A request from the first question to the receipt.

use super::chat::{Chat, SHIPPED, SMALL};
use crate::dialogue::{Effect, State};
use crate::form::Answer;
use crate::message::{Body, ExpectsKind};

/// At the first question of the small form.
pub(super) fn asking(language: &str, service: &str) -> Chat {
    let mut chat = Chat::at_the_menu(&SMALL, language);
    chat.says(if language == "English" { "Ask for help" } else { "طلب مساعدة" }).asks("service");
    chat.says(service).asks("need");
    chat
}

#[test]
fn a_whole_request_in_english() {
    let mut chat = asking("English", "Financial help");
    chat.expect("Help in a hard time").expect("Question 1 of");
    chat.expect_effect(|e| matches!(e, Effect::Pin(form) if &*form.id == "request.FIN"));
    chat.says("A little help").asks("kind").says("groceries").asks("sub").expect("Noted: Food");
    chat.taps("Meals").asks("days").says("3, 1").asks("people").expect("Noted: Saturday");
    chat.says("٤").asks("since").says("1/1/2026").asks("phone").expect("1 January 2026").expect("kept safe");
    chat.says("0501234567").asks("paper_id").expect("+966501234567");
    chat.sends("iqama.jpg", "image/jpeg").expect("iqama.jpg");
    chat.says("31/12/2026")
        .asks("review")
        .expect("7. Your phone number? — +966501234567")
        .expect("📎 iqama.jpg");
    chat.says("5")
        .asks("people")
        .expect("Your present answer: 4")
        .says("6")
        .asks("review")
        .expect("How many people? — 6");
    chat.taps("It is all correct").asks("signature").expect("directly responsible").expect("مسئولية مباشرة");
    chat.says("yes").asks("signature").expect("Your full name is your signature");
    chat.says("Maria  \u{202e}Santos").expect("W-").expect("6 December 2026").expect("Jumada");
    let submission = chat.submitted[0].clone();
    assert_eq!(submission.signature.name, "Maria Santos");
    let stored =
        submission.answers.iter().map(|(q, answer)| (q.clone(), serde_json::to_string(answer).unwrap()));
    assert!(submission.signature.fits(&stored.collect::<Vec<_>>()));
    let answer = |id: &str| submission.answers.iter().find(|(q, _)| &**q == id).map(|(_, a)| a.clone());
    assert_eq!(answer("people"), Some(Answer::Integer(6)));
    assert_eq!(answer("days"), Some(Answer::Many(vec!["sat".into(), "mon".into()])));
    assert_eq!((chat.conv.cases.len(), chat.timers.len()), (1, 0));
    chat.taps("My request")
        .asks("requests")
        .expect("Status: received")
        .expect("https://wasl.example/status/");
}

#[test]
fn a_whole_request_in_arabic() {
    let mut chat = asking("العربية", "تعلم الإسلام");
    chat.says("أريد أن أتعلم").asks("kind").says("٢").asks("days").expect("إيجار شقة");
    chat.says("تخطي").asks("people").says("صفر").asks("people").expect("عدد").says("٠").asks("since");
    chat.says("٢٧ محرم ١٤٤٢").asks("phone").expect("٢٠٢٠").says("٠٥٠١٢٣٤٥٦٧").asks("review");
    chat.says("نعم").asks("signature").expect("وبأنني مسؤول مسئولية مباشرة عن صحة المعلومات");
    chat.says("مريم سانتوس").expect("لا تقل عن أسبوعين").expect("جمادى");
    assert_eq!(chat.submitted.len(), 1);
}

#[test]
fn three_misses_offer_a_person_and_nothing_is_lost() {
    let mut chat = asking("English", "EDU");
    chat.says("words").says("Rent of").asks("kind").expect("Rent of a flat").expect("Which one is it?");
    chat.says("gold").asks("kind").expect("choose one of the answers");
    assert!(!chat.labels().contains(&"Speak to a person".to_owned()));
    chat.says("silver").asks("kind").expect("If this is difficult");
    chat.taps("Try again").asks("kind").taps("Speak to a person").expect("One of our staff will write");
    chat.expect_effect(|e| matches!(e, Effect::Refer(crate::dialogue::Reason::Stuck)));
    assert_eq!(chat.conv.session.as_ref().unwrap().answers.len(), 1);
}

#[test]
fn each_wrong_answer_hears_what_was_expected() {
    let mut chat = asking("English", "FIN");
    chat.says(&"x".repeat(10_000)).asks("need").expect("4,000");
    chat.sends("a.png", "image/png").asks("need").expect("in words");
    chat.said(Body::Unsupported("sticker".into())).asks("need").expect("cannot read this kind");
    chat.says("\u{202e}need\u{200f}").asks("kind");
    let need = chat.conv.session.as_ref().unwrap().answers["need"].clone();
    assert_eq!(need, Answer::Text("need".into()), "direction marks are stripped");
    chat.says("rent of a flat").asks("days").taps("Skip").asks("people");
    chat.says("many")
        .expect("need a number")
        .says("21")
        .expect("From 0 to 20")
        .says("2.5")
        .expect("whole number");
    chat.says("2")
        .asks("since")
        .says("gibberish")
        .expect("need a date")
        .says("tomorrow")
        .expect("still to come");
    chat.says("skip").asks("phone").says("123").expect("phone number").says("0501234567").asks("paper_id");
    chat.says("here it is")
        .expect("photo or a PDF file")
        .sends("a.svg", "image/svg+xml")
        .expect("photo or a PDF");
    chat.says("skip").asks("paper_id").expect("cannot go on without");
}

#[test]
fn back_shows_the_answer_and_what_hung_on_it_is_asked_again() {
    let mut chat = asking("English", "EDU");
    chat.says("back").asks("need").expect("first question");
    chat.says("words").says("Food").asks("sub").says("Meals").asks("days");
    chat.says("back").asks("sub").expect("Your present answer: Meals").says("back").asks("kind");
    chat.taps("Keep this answer").asks("days").says("back").says("back").says("Rent of a room").asks("days");
    assert!(
        chat.conv.session.as_ref().unwrap().answers.contains_key("sub"),
        "kept in case it is relevant again"
    );
}

#[test]
fn an_old_press_never_answers_the_present_question() {
    let mut chat = asking("English", "EDU");
    chat.says("words").asks("kind");
    let food = chat.token("Food");
    chat.taps("Food").asks("sub").said(Body::Choice(food)).asks("sub").expect("earlier question");
    assert_eq!(chat.conv.session.as_ref().unwrap().misses, 0);
}

#[test]
fn several_boxes_are_ticked_at_once() {
    let mut chat = asking("English", "EDU");
    chat.says("words").says("3").asks("days");
    assert_eq!(chat.prompts()[0].expects.as_ref().unwrap().kind, ExpectsKind::Choices);
    let (monday, saturday) = (chat.token("Monday"), chat.token("Saturday"));
    chat.said(Body::Choices(vec![monday, saturday])).asks("people");
    assert_eq!(chat.last[0], Effect::Heard("Monday and Saturday".into()));
    let days = chat.conv.session.as_ref().unwrap().answers["days"].clone();
    assert_eq!(days, Answer::Many(vec!["sat".into(), "mon".into()]));
}

#[test]
fn language_changes_mid_form_and_nothing_is_lost() {
    let mut chat = asking("English", "EDU");
    chat.says("words").asks("kind").says("language").asks("language").taps("العربية").asks("kind");
    chat.expect("أي نوع من المساعدة؟").says("أكل").asks("sub");
    assert_eq!(chat.conv.session.as_ref().unwrap().answers.len(), 2);
}

#[test]
fn a_paper_that_runs_out_before_the_signature_is_asked_again() {
    let mut chat = asking("English", "FIN");
    for said in ["words", "Rent of a flat", "skip", "1", "skip", "0501234567"] {
        chat.says(said);
    }
    chat.asks("paper_id").sends("id.pdf", "application/pdf").says("25/11/2026").asks("review");
    chat.taps("It is all correct").asks("signature");
    chat.now = chat.now.plus_days(5);
    chat.says("Maria Santos").expect("no longer fit today");
    assert!(chat.submitted.is_empty());
    assert!(matches!(chat.conv.session.as_ref().unwrap().state, State::Asking(_)));
    chat.says("25/12/2026").asks("review").says("yes").says("Maria Santos").expect("W-");
    assert_eq!(chat.submitted.len(), 1);
}

#[test]
fn lines_are_picked_by_button_too() {
    let mut chat = asking("English", "EDU");
    for said in ["words", "Rent of a flat", "skip", "1", "skip", "0501234567"] {
        chat.says(said);
    }
    chat.asks("review").expect("no answer").taps("Change something").asks("review");
    chat.taps("1. What do you need?").asks("need").says("back").asks("review");
    chat.says("99").expect("did not understand").says("change").taps("Back to my answers").asks("review");
    chat.says("help").asks("review").says("done").asks("signature").says("back").asks("review");
}

#[test]
fn another_paper_takes_the_place_of_one_that_ran_out() {
    let mut chat = asking("English", "FIN");
    for said in ["words", "Rent of a flat", "skip", "1", "skip", "0501234567"] {
        chat.says(said);
    }
    chat.sends("old.jpg", "image/jpeg").says("1/1/2020").asks("paper_id_expiry").expect("It has run out.");
    chat.sends("a.svg", "image/svg+xml").asks("paper_id_expiry").expect("photo or a PDF");
    chat.sends("new.jpg", "image/jpeg").asks("paper_id_expiry").expect("new.jpg").says("1/1/2030");
    chat.asks("review").expect("new.jpg");
}

#[test]
fn what_was_left_out_is_no_present_answer_and_keep_may_be_typed() {
    let mut chat = asking("English", "EDU");
    chat.says("words").says("Rent of a flat").says("skip").asks("people").says("back").asks("days");
    assert!(!chat.text().contains("present answer"), "{}", chat.text());
    chat.says("back").asks("kind").says("keep").asks("people");
}

#[test]
fn a_greeting_is_no_answer() {
    for (language, hello, back) in [
        ("English", "Peace be upon you", "And peace be upon you"),
        ("العربية", "السلام عليكم", "وعليكم السلام"),
    ] {
        let mut chat = asking(language, "EDU");
        chat.says(hello).asks("need").expect(back);
        let mut chat = Chat::at_the_menu(&SHIPPED, language);
        chat.says(if language == "English" { "Ask for help" } else { "طلب مساعدة" }).says("KIT");
        chat.says("hello").asks("need").says("A prayer mat, please").asks("full_name");
        chat.says(hello).asks("full_name").expect(back).says("Salam Haddad").asks("contact");
    }
    let mut chat = asking("English", "EDU");
    chat.now = chat.now.plus_days(3);
    chat.says("hello").asks("need").expect("And peace be upon you").expect("You were asking for");
    assert_eq!(chat.text().matches("You were asking for").count(), 1);
}

#[test]
fn a_new_paper_is_asked_for_its_own_last_day() {
    let mut chat = asking("English", "FIN");
    for said in ["words", "Rent of a flat", "skip", "1", "skip", "0501234567"] {
        chat.says(said);
    }
    chat.sends("old.png", "image/png").says("31/12/2027").asks("review");
    chat.says("7").asks("paper_id").taps("Keep this answer").asks("review").expect("31 December 2027");
    chat.says("7").asks("paper_id").sends("new.png", "image/png").asks("paper_id_expiry");
    assert!(!chat.text().contains("2027"), "{}", chat.text());
    chat.says("31/12/2029").asks("review").expect("new.png").expect("31 December 2029");
}

#[test]
fn who_has_no_paper_says_so_where_it_may_be_left_out() {
    for (language, ask, none) in
        [("English", "Ask for help", "I have none"), ("العربية", "طلب مساعدة", "لا يوجد")]
    {
        let mut chat = Chat::at_the_menu(&SHIPPED, language);
        chat.says(ask).says("JOB");
        while !chat.text().contains("CV") && !chat.text().contains("السيرة") && !chat.text().contains("سيرتك")
        {
            super::shipped::answers(&mut chat);
        }
        chat.asks("paper_cv").says(none).asks("review");
    }
}

#[test]
fn a_group_has_its_heading_once() {
    let mut chat = Chat::at_the_menu(&SHIPPED, "English");
    chat.says("Ask for help").says("KIT").asks("need").expect("Your request\n\nQuestion 1 of");
    chat.says("A prayer mat").asks("full_name").expect("About you\n\nQuestion 2 of");
    chat.says("Maria Santos").asks("contact");
    assert!(!chat.text().contains("About you"), "{}", chat.text());
}
