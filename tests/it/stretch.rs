//! How long people wait for a person can be measured.

use chrono::Duration;
use reqwest::StatusCode;
use wasl::case::Role;

use super::harness::{Bot, link};
use super::story::{self, Officer, arrives, form_of};

/// The page of the only person who waits for somebody.
async fn who_waits(officer: &Officer<'_>) -> String {
    link(&officer.reads("/desk?tab=waiting&lang=en").await, "/desk/person/")
}

#[tokio::test]
async fn the_referral_the_taking_and_the_end_are_recorded() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    arrives(&mut sister).await;
    sister.says("person").await;
    let officer = bot.officer("amina", Role::Officer).await;
    let waiting = officer.reads("/desk?tab=waiting&lang=en").await;
    assert!(waiting.contains("Somebody would like to speak to a person"));
    let person = link(&waiting, "/desk/person/");
    bot.clock.advance(Duration::minutes(10));
    let shown = officer.reads(&format!("{person}?lang=en")).await;
    assert!(shown.contains("This person waits for one of you."), "{shown}");
    assert!(!shown.contains("/hand-back"), "nobody has it to hand it back");
    officer.submits(&person, "/take-over", &[]).await;
    assert!(officer.reads("/desk?tab=waiting&lang=en").await.contains("A colleague holds this conversation"));
    bot.clock.advance(Duration::minutes(5));
    assert!(form_of(&officer.reads(&person).await, "/take-over").is_none(), "it is taken");
    officer.submits(&person, "/hand-back", &[]).await;
    // Somebody who goes back to the bot before anybody came was never taken.
    sister.says("person").await;
    sister.taps("Back to the bot").await;

    let mut store = story::store(&bot).await;
    let sql =
        "SELECT reason, referred_at, taken_at, ended_at, waited_seconds FROM human_stretch_v1 ORDER BY id";
    let stretches = store.rows(sql).await;
    let text = |row: usize, column: usize| stretches[row][column].as_deref();
    assert_eq!(stretches.len(), 2);
    assert_eq!(text(0, 0), Some("asked"));
    assert_eq!(text(0, 1), Some("2026-11-22T07:00:00Z"));
    assert_eq!(text(0, 2), Some("2026-11-22T07:10:00Z"));
    assert_eq!(text(0, 3), Some("2026-11-22T07:15:00Z"));
    assert_eq!(text(0, 4), Some("600"));
    assert_eq!((text(1, 2), text(1, 4)), (None, None), "nobody came");
    assert!(text(1, 3).is_some());
}

#[tokio::test]
async fn words_of_staff_take_the_conversation_from_waiting_and_from_the_bot() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    arrives(&mut sister).await;
    sister.says("person").await;
    let officer = bot.officer("amina", Role::Officer).await;
    let person = who_waits(&officer).await;
    bot.clock.advance(Duration::minutes(3));
    // Two tabs of the same page, as they stood while she waited.
    let stale = officer.reads(&person).await;
    let (_, to) = officer.submits(&person, "/say", &[("text", "Peace be upon you.")]).await;
    assert!(to.contains("desk-done-said-and-took"), "{to}");
    assert!(officer.reads(&to.replace('#', "&lang=en#")).await.contains("you hold the conversation now"));
    sister.reads().await;
    assert_eq!(sister.times("One of our staff is with you now"), 1);
    officer.submits(&person, "/hand-back", &[]).await;
    sister.taps("Ask for help").await;
    sister.says("EDU").await;
    sister.expect_question("need");
    // The stale tab writes into what the bot holds by now: the reply is for the colleague.
    let (action, carried) = form_of(&stale, "/say").unwrap();
    let mut form: Vec<(&str, &str)> = carried.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    form.push(("text", "Which city do you live in?"));
    let (_, to) = officer.posts(&action, &form).await;
    assert!(to.contains("desk-done-said-and-took"), "{to}");
    sister.says("Jeddah").await;
    officer.submits(&person, "/hand-back", &[]).await;
    sister.reads().await;
    sister.expect_question("need");

    let mut store = story::store(&bot).await;
    let waited = store.texts("SELECT waited_seconds FROM human_stretch_v1 ORDER BY id").await;
    assert_eq!(waited, ["180", "0"], "somebody came, both times");
}

#[tokio::test]
async fn a_button_that_is_pressed_twice_does_its_thing_once() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    arrives(&mut sister).await;
    sister.says("person").await;
    let officer = bot.officer("amina", Role::Officer).await;
    let person = who_waits(&officer).await;
    let (action, carried) = form_of(&officer.reads(&person).await, "/say").unwrap();
    let says = async |text: &'static str| {
        let carried = carried.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let (status, to) = officer.posts(&action, &carried.chain([("text", text)]).collect::<Vec<_>>()).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
    };
    says("Yes, I am here.").await;
    bot.clock.advance(Duration::seconds(7));
    says("Yes, I am here.").await;
    sister.reads().await;
    assert_eq!(sister.times("Yes, I am here."), 1);
    // The browser goes back to the page it kept, and other words are sent from it.
    says("Which city do you live in?").await;
    // The same words again, from the page as it is now, are meant.
    officer.submits(&person, "/say", &[("text", "Yes, I am here.")]).await;
    sister.reads().await;
    assert_eq!((sister.times("Which city do you live in?"), sister.times("Yes, I am here.")), (1, 2));
    let (status, _) = officer.posts(&action, &[("text", "From no page at all")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}
