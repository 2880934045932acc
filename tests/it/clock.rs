//! What time alone does to a request.

use chrono::Duration;
use wasl::case::{Action, Check, Role};

use super::alone::{Alone, at, officer};
use super::harness::{Bot, Person};
use super::story::{asks_for_help, officer_hands_over, store};

async fn status(bot: &Bot) -> String {
    store(bot).await.text("SELECT status FROM case_v1").await
}

/// Who made the last step.
async fn last_step(bot: &Bot) -> String {
    let last = "SELECT name || ' by ' || by_kind FROM case_event_v1 ORDER BY number DESC LIMIT 1";
    store(bot).await.text(last).await
}

/// The round that the server makes every few seconds.
async fn round(bot: &Bot, person: &mut Person<'_>) {
    bot.engine.close_due().await.unwrap();
    person.reads().await;
}

/// From the first word to the committee's answer.
async fn decided(bot: &Bot, sister: &mut Person<'_>, outcome: &str) -> String {
    asks_for_help(sister).await;
    officer_hands_over(bot).await;
    bot.days(14).await;
    let officer = bot.signs_in("amina").await;
    let case = officer.case().await;
    officer.does(&case, outcome, &[("reason", "The committee has met.")]).await;
    case
}

#[tokio::test]
async fn a_delivered_request_closes_after_the_surveys_time() {
    let bot = Bot::start_with("[policy]\nsurvey_after_hours = 5\nsurvey_window_days = 3").await;
    let mut sister = bot.chat("en").await;
    let case = decided(&bot, &mut sister, "accept").await;
    let officer = bot.signs_in("amina").await;
    officer.does(&case, "register", &[]).await;
    officer.does(&case, "deliver", &[]).await;
    bot.days(3).await;
    bot.hours(4).await;
    round(&bot, &mut sister).await;
    assert_eq!(status(&bot).await, "delivered", "an hour too early");
    bot.hours(1).await;
    for _ in 0..2 {
        round(&bot, &mut sister).await;
        assert_eq!((status(&bot).await, last_step(&bot).await), ("closed".into(), "closed by clock".into()));
        assert_eq!(sister.times("It is closed."), 1, "told once");
    }
}

#[tokio::test]
async fn a_rejected_request_closes_after_the_time_to_appeal() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    decided(&bot, &mut sister, "reject").await;
    bot.days(29).await;
    round(&bot, &mut sister).await;
    assert_eq!(status(&bot).await, "rejected", "it can still be appealed");
    bot.days(1).await;
    round(&bot, &mut sister).await;
    assert_eq!((status(&bot).await, last_step(&bot).await), ("closed".into(), "closed by clock".into()));
}

#[tokio::test]
async fn a_returned_request_that_is_not_completed_lapses() {
    let bot = Bot::start_with("[policy]\ndraft_days = 5\ndraft_reminder_days = 3").await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    let officer = bot.officer("amina", Role::Officer).await;
    let case = officer.case().await;
    officer.checks(&case, &[("paper_id", "missing", "The photo is too dark.")]).await;
    officer.does(&case, "return", &[]).await;
    bot.days(4).await;
    round(&bot, &mut sister).await;
    assert_eq!(sister.times("still waiting for you"), 1, "reminded");
    assert_eq!(status(&bot).await, "returned", "a day is left");
    bot.days(1).await;
    round(&bot, &mut sister).await;
    assert_eq!((status(&bot).await, last_step(&bot).await), ("lapsed".into(), "lapsed by clock".into()));
    assert_eq!(sister.times("did not reach us in time"), 1, "she is told why");
    // What comes after that is no part of it.
    sister.sends_paper("late.png").await;
    assert_ne!(sister.question(), Some("paper_id_expiry"));
    sister.says("my request").await.expect("Status: ended");
    assert_eq!(status(&bot).await, "lapsed");
}

/// The signature is stored, and the clock comes before its turn.
#[tokio::test]
async fn a_completion_that_comes_too_late_changes_nothing_and_is_told_so() {
    let alone = Alone::cautious(u32::MAX).await;
    let sister = at("sister");
    let case = alone.asks_for(&sister, "EDU").await;
    let staff = officer();
    let missing = Check::Missing("Please tell us more.".into());
    alone
        .engine
        .act(&staff, case, Action::Check { results: [("need".into(), missing)].into() })
        .await
        .unwrap();
    alone.engine.act(&staff, case, Action::Return).await.unwrap();
    alone.ticks().await;
    assert_eq!(alone.question(&sister).await, "need");
    alone.says(&sister, &["I would like to read the Qur'an.", "It is all correct"]).await;
    let before = alone.engine.open_case(&staff, case).await.unwrap();

    alone.clock.advance(Duration::days(31));
    alone.hears(&[(&sister, "Maria Santos Cruz")]).await;
    assert_eq!(alone.engine.close_due().await.unwrap(), 1);
    alone.ticks().await;

    let lines = alone.lines(&sister).await;
    let told = lines.iter().filter(|line| line.contains("could not be added to request W-")).count();
    assert_eq!(told, 1, "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("Its status now: ended") && line.contains("/status/")));
    assert!(!lines.iter().any(|line| line.contains("What was missing for request")), "no receipt: {lines:?}");
    let after = alone.engine.open_case(&staff, case).await.unwrap();
    assert_eq!((&before.answers, &before.signed), (&after.answers, &after.signed));
    let steps: Vec<&str> = after.history.iter().map(|step| step.event.as_str()).collect();
    assert_eq!(steps, ["submitted", "check_saved", "returned", "lapsed"]);
    assert_eq!(alone.rows("SELECT kind FROM task").await, ["late_move"], "an officer may look after her");
}

/// A draft of ten in the evening is due at ten in the evening, when people sleep.
#[tokio::test]
async fn nobody_is_reminded_at_night() {
    let alone = Alone::start().await;
    let sister = at("sister");
    let said = async |words: &str| {
        alone.ticks().await;
        alone.lines(&sister).await.iter().any(|line| line.contains(words))
    };
    alone.clock.advance(Duration::hours(12));
    alone.says(&sister, &["hello", "English", "yes", "1", "EDU"]).await;
    assert_eq!(alone.question(&sister).await, "need");
    let night = Duration::days(23);
    for (until, words) in
        [(night, "still waiting for you"), (Duration::hours(6 * 24 + 14), "Today we deleted what you began")]
    {
        alone.clock.advance(until);
        assert!(!said(words).await, "{words}: it is night");
        alone.clock.advance(Duration::hours(9));
        assert!(!said(words).await, "{words}: seven in the morning");
        alone.clock.advance(Duration::hours(1));
        assert!(said(words).await, "{words}: eight in the morning");
    }
}
