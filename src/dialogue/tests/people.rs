//! Human stretches.

use super::intake::asking;
use crate::dialogue::{Effect, Event, Owner, Reason};
use crate::message::{Body, Speaker};

#[test]
fn a_person_is_reached_and_hands_back_at_the_same_question() {
    let mut chat = asking("English", "EDU");
    chat.says("words").asks("kind").says("person").expect("One of our staff will write");
    chat.expect_effect(|e| *e == Effect::Refer(Reason::Asked));
    assert!(matches!(chat.conv.owner, Owner::Human { .. }));
    chat.says("I do not understand").expect_silence().expect_effect(|e| matches!(e, Effect::Heard(_)));
    chat.event(Event::StaffTook)
        .expect("One of our staff is with you")
        .expect_effect(|e| *e == Effect::HumanTook);
    chat.asks("human");
    assert!(chat.labels().is_empty(), "nothing leads back while somebody is there");
    chat.event(Event::StaffSaid { text: "How can I \u{202e}help?".into() });
    chat.expect_effect(|e| matches!(e, Effect::Say(p, Speaker::Staff) if p.text == "How can I help?"));
    chat.says("menu").expect_silence().says("Food").expect_silence();
    chat.event(Event::StaffLeft).asks("kind").expect("the bot is here again").expect("You were asking for");
    chat.expect_effect(|e| *e == Effect::HumanEnded).says("Food").asks("sub");
}

#[test]
fn who_still_waits_may_return_to_the_bot() {
    let mut chat = asking("English", "EDU");
    chat.says("human").taps("Back to the bot").asks("need").expect_effect(|e| *e == Effect::HumanEnded);
    chat.says("human").says("menu").asks("need");
    assert_eq!(chat.conv.owner, Owner::Bot);
}

#[test]
fn staff_may_step_in_and_the_start_is_recorded() {
    let mut chat = asking("English", "EDU");
    chat.event(Event::StaffTook).expect_effect(|e| *e == Effect::HumanTook);
    chat.event(Event::StaffTook).expect_silence();
    chat.said(Body::Start { hint: None }).expect_silence();
    chat.event(Event::StaffLeft).asks("need").event(Event::StaffLeft).expect_silence();
}

#[test]
fn who_waits_may_still_look_stop_and_change_the_language() {
    let mut chat = asking("English", "EDU");
    chat.says("person")
        .says("my request")
        .expect("no request with us yet")
        .expect("One of our staff will write");
    chat.says("my data").expect("your language (English)").says("stop").expect("no more reminders");
    assert!(chat.conv.stopped);
    chat.says("language").asks("language").says("العربية").expect("سيكتب إليك");
    chat.says("1").asks("need").expect("عاد المساعد الآلي").expect_effect(|e| *e == Effect::HumanEnded);
    chat.says("موظف").says("العودة إلى المساعد الآلي").asks("need");
    assert!(!chat.text().contains("انتهت المحادثة"), "nobody came");
}

#[test]
fn staff_who_write_have_taken_the_conversation() {
    // To somebody who waits: from now on nobody else answers, and the way back is gone.
    let mut chat = asking("English", "EDU");
    chat.says("person").event(Event::StaffSaid { text: "How can I help?".into() });
    chat.expect_effect(|e| *e == Effect::HumanTook)
        .expect("One of our staff is with you")
        .expect("How can I help?");
    chat.says("menu").expect_silence().says("status").expect_silence();
    chat.event(Event::StaffSaid { text: "Which city?".into() });
    assert!(!chat.last.contains(&Effect::HumanTook), "taken once");
    chat.event(Event::StaffLeft).asks("need").expect("the bot is here again");
    // To somebody who answers the bot: the reply is for the colleague, not for the open question.
    chat.event(Event::StaffSaid { text: "Which city do you live in?".into() });
    chat.expect_effect(|e| *e == Effect::HumanTook);
    chat.says("Jeddah").expect_silence();
    chat.event(Event::StaffLeft).asks("need");
}
