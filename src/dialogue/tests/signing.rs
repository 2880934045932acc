//! The review, and the declaration with the name under it.

use super::chat::Chat;
use super::intake::asking;
use crate::dialogue::{Effect, Reason};

/// A request for EDU with every question answered.
fn reviewing(language: &str) -> Chat {
    let mut chat = asking(language, "EDU");
    let skip = if language == "English" { "skip" } else { "تخطي" };
    for said in ["words", "2", skip, "1", skip, "0501234567"] {
        chat.says(said);
    }
    chat.asks("review");
    chat
}

#[test]
fn the_declaration_helps_and_a_person_is_offered_after_misses() {
    let mut chat = reviewing("English");
    chat.says("yes").asks("signature").says("help").asks("signature").expect("that is your signature");
    chat.says("skip").asks("signature").expect("cannot go on without this one").expect("write \"person\"");
    chat.says("1").says("2").asks("signature");
    assert!(!chat.labels().contains(&"Speak to a person".to_owned()));
    chat.says("3").asks("signature").expect("If this is difficult").taps("Speak to a person");
    chat.expect_effect(|e| *e == Effect::Refer(Reason::Stuck)).says("menu").asks("signature");
    assert!(!chat.labels().contains(&"Speak to a person".to_owned()), "counted anew");
    chat.says("back").asks("review").says("yes").says("Maria Santos").expect("W-");
    let mut chat = reviewing("العربية");
    chat.says("نعم").asks("signature").says("مساعدة").asks("signature").expect("هي توقيعك");
}

#[test]
fn the_review_offers_a_person_after_misses() {
    let mut chat = reviewing("English");
    chat.says("gold").says("silver").asks("review");
    assert!(!chat.labels().contains(&"Speak to a person".to_owned()));
    chat.says("copper").asks("review").expect("If this is difficult").taps("Speak to a person");
    chat.expect_effect(|e| *e == Effect::Refer(Reason::Stuck));
    let mut chat = reviewing("English");
    for _ in 0..3 {
        chat.says("gold");
    }
    chat.taps("Change something").taps("Speak to a person").says("menu").asks("review");
}
