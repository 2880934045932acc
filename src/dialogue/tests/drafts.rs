//! Pause, return, reminder, lapse.

use super::chat::{Chat, SMALL};
use super::intake::asking;
use crate::dialogue::{Effect, Event, Timer};
use crate::message::Purpose;

#[test]
fn paused_and_taken_up_at_the_same_question() {
    let mut chat = asking("English", "EDU");
    chat.says("words")
        .asks("kind")
        .says("pause")
        .expect("kept for 30 days, until 22 December 2026")
        .expect("Rajab");
    assert!(chat.conv.session.is_none());
    chat.now = chat.now.plus_days(4);
    chat.says("salam, I am back")
        .asks("kind")
        .expect("You were asking for: Learn about Islam. Answered: 1 of");
    chat.says("menu").asks("menu").expect("is kept");
    assert_eq!(chat.labels()[0], "Continue my request");
    chat.taps("Continue my request").asks("kind").says("stop").says("continue").asks("kind");
    chat.says("menu").taps("Ask for help").says("EDU").asks("kind");
    assert!(chat.conv.parked.is_empty(), "one draft for each service");
}

#[test]
fn coming_back_after_days_is_met_with_one_line() {
    let mut chat = asking("English", "EDU");
    chat.says("words").asks("kind");
    chat.now = chat.now.plus_days(3);
    chat.says("peace be upon you").asks("kind").expect("You were asking for");
    assert_eq!(chat.conv.session.as_ref().unwrap().misses, 0);
    chat.starts(None).asks("kind").expect("You were asking for");
    chat.says("pause").starts(None).asks("kind").expect("Welcome back");
    chat.now = chat.now.plus_days(3);
    chat.says("Food").asks("sub").expect("You were asking for: Learn about Islam. Answered: 1 of");
}

#[test]
fn words_that_come_after_days_are_met_with_one_line_at_every_kind_of_question() {
    let mut chat = asking("English", "EDU");
    chat.now = chat.now.plus_days(3);
    chat.says("I would like to learn").asks("kind").expect("You were asking for: Learn about Islam.");
    for said in ["Rent of a flat", "skip", "1", "skip"] {
        chat.says(said);
    }
    chat.asks("phone").says("0501234567").asks("review");
    chat.now = chat.now.plus_days(3);
    chat.says("yes").asks("signature").expect("You were asking for");
    assert_eq!(chat.text().matches("You were asking for").count(), 1);
}

#[test]
fn a_form_that_is_not_at_hand_loses_nothing() {
    let mut chat = asking("English", "EDU");
    chat.says("words").asks("kind");
    chat.shelf = &super::chat::SHIPPED;
    chat.says("Food").asks("menu").expect("try again later");
    assert!(!chat.last.iter().any(|effect| matches!(effect, Effect::Discard(_))));
    chat.taps("Continue my request").asks("menu").expect("try again later");
    chat.shelf = &SMALL;
    chat.taps("Continue my request").asks("kind").expect("Answered: 1 of");
}

#[test]
fn a_draft_is_reminded_of_and_lapses() {
    let mut chat = asking("English", "EDU");
    chat.says("words");
    let id = chat.conv.session.as_ref().unwrap().id;
    let touched = chat.now;
    assert_eq!(chat.timers[&Timer::DraftReminder(id)], touched.plus_days(23));
    assert_eq!(chat.timers[&Timer::DraftLapse(id)], touched.plus_days(30));
    let said = chat.waits_days(24);
    assert!(
        matches!(&said[0], Effect::Say(p, _) if p.purpose == Purpose::Reminder && !p.text.contains("Islam"))
    );
    chat.taps("Continue").asks("kind");
    assert!(
        chat.waits_days(20).iter().all(|effect| !matches!(effect, Effect::Say(..))),
        "to go on is a touch"
    );
    chat.waits_days(40);
    assert!(chat.conv.session.is_none());
    chat.expect_effect(|e| *e == Effect::Discard(id)).expect("Today we deleted what you began");
    chat.says("hello").asks("menu");
}

#[test]
fn whoever_comes_back_starts_the_clocks_of_a_draft_anew() {
    let mut chat = asking("English", "EDU");
    let id = chat.conv.session.as_ref().unwrap().id;
    let reminded = |done: Vec<Effect>| done.iter().any(|effect| matches!(effect, Effect::Say(..)));
    assert!(!reminded(chat.waits_days(20)));
    chat.says("words").asks("kind");
    assert!(!reminded(chat.waits_days(20)), "forty days old, and left alone for twenty");
    assert!(reminded(chat.waits_days(4)));
    chat.says("words").asks("kind");
    assert!(!reminded(chat.waits_days(20)));
    assert!(reminded(chat.waits_days(4)), "a second reminder after a second absence");
    chat.waits_days(7);
    assert!(chat.conv.session.is_none());
    chat.expect_effect(|e| *e == Effect::Discard(id));
}

#[test]
fn the_clock_of_a_draft_stands_still_while_a_person_is_spoken_with() {
    let mut chat = asking("English", "EDU");
    chat.says("words").asks("kind").says("person");
    chat.event(Event::StaffTook);
    chat.waits_days(31);
    chat.event(Event::StaffLeft).asks("kind");
    assert!(chat.waits_days(20).iter().all(|effect| !matches!(effect, Effect::Say(..))));
    chat.says("Prayer").asks("kind");
}

#[test]
fn a_draft_is_deleted_on_request_and_erasure_is_passed_on() {
    let mut chat = asking("English", "EDU");
    let id = chat.conv.session.as_ref().unwrap().id;
    chat.says("my data")
        .asks("data")
        .taps("Delete my draft")
        .asks("discard")
        .taps("No, leave it")
        .asks("menu");
    chat.says("my data").taps("Delete my draft").taps("Yes, delete it").asks("menu");
    chat.expect_effect(|e| *e == Effect::Discard(id));
    assert!(chat.conv.parked.is_empty() && chat.timers.is_empty());
    chat.says("my data").taps("Delete everything").expect_effect(|e| *e == Effect::AskErasure).asks("menu");
}

#[test]
fn the_survey_waits_for_an_open_request_and_is_stopped_at_will() {
    let mut chat = super::requests::handed_in();
    let (case, at) = (chat.case(), chat.now.plus(chrono::Duration::hours(2)));
    chat.news("delivered", crate::dialogue::News::Delivered { survey_at: at });
    assert_eq!(chat.timers[&Timer::Survey(case)], at);
    chat.taps("Main menu").taps("Ask for help").says("FIN").asks("need");
    let done = chat.waits_days(1);
    assert!(!done.iter().any(|e| matches!(e, Effect::Say(..))), "nothing is asked into a request");
    chat.says("pause");
    let done = chat.waits_days(1);
    assert!(
        !done.iter().any(|e| matches!(e, Effect::Say(..))),
        "whatever they write leads back to their question"
    );
    chat.says("here I am").asks("need").says("menu");
    let done = chat.waits_days(1);
    assert!(matches!(done.last(), Some(Effect::Say(p, _)) if p.purpose == Purpose::Survey));
    chat.expect("your right").asks("overall");
    assert!(chat.labels().contains(&"Stop here".to_owned()) && chat.labels().contains(&"Skip".to_owned()));
    chat.says("⭐⭐⭐⭐").asks("word").taps("Stop here").expect("We ask nothing more");
    chat.expect_effect(|e| {
        matches!(e, Effect::Surveyed { case: Some(of), complete: false, answers, .. } if *of == case && answers.len() == 1)
    });
    assert_eq!(chat.labels()[0], "Continue my request");
}

#[test]
fn a_survey_is_passed_lapses_or_is_asked_for() {
    let mut chat = Chat::at_the_menu(&SMALL, "English");
    chat.says("rate").asks("overall").says("٥").asks("word").says("skip").expect("helps us serve you");
    chat.expect_effect(|e| matches!(e, Effect::Surveyed { case: None, complete: true, .. }));
    assert!(chat.timers.is_empty());
    chat.says("rate").asks("overall").says("9").asks("overall").expect("from 1 to 5").says("3").asks("word");
    let done = chat.waits_days(20);
    assert!(matches!(&done[..], [Effect::Disarm(_), Effect::Surveyed { complete: false, .. }]), "{done:?}");
    chat.says("hello").asks("menu");
}
