//! The committee's decisions: another system on the shared store reads the views and inserts them; an administrator
//! may be early.

use reqwest::StatusCode;
use wasl::case::Role;

use super::database::{Database, either};
use super::harness::{Bot, Person};
use super::story::{asks_for_help, officer_hands_over};

async fn other_system(bot: &Bot) -> Database {
    Database::of(bot.folder.path()).await
}

#[tokio::test]
async fn a_decision_written_by_another_system_reaches_the_person() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    officer_hands_over(&bot).await;
    let mut other = other_system(&bot).await;
    let id = other.text("SELECT id FROM case_v1 WHERE status = 'with_committee'").await;

    // Too early: refused, kept, and the person hears nothing.
    writes(&mut other, "other-1", &id, "accepted", "The committee agreed.").await;
    assert_eq!(bot.engine.take_decisions().await.unwrap(), 1);
    bot.settle().await;
    assert_eq!(refusals(&mut other).await, ["other-1: too early"]);

    bot.days(15).await;
    writes(&mut other, "other-2", &id, "accepted", "The committee agreed.").await;
    bot.engine.take_decisions().await.unwrap();
    sister.reads().await;
    assert_eq!(sister.times("The committee agreed."), 1);
    assert_eq!(other.text("SELECT status FROM case_v1").await, "accepted");
    let events = other.texts("SELECT name FROM case_event_v1 ORDER BY number").await;
    assert_eq!(events.first().map(String::as_str), Some("submitted"));
}

/// The request that waits for the committee.
async fn with_the_committee(bot: &Bot, sister: &mut Person<'_>, other: &mut Database) -> String {
    asks_for_help(sister).await;
    officer_hands_over(bot).await;
    other.text("SELECT id FROM case_v1").await
}

async fn writes(other: &mut Database, id: &str, case: &str, outcome: &str, reason: &str) {
    let values = [id, case, outcome, reason].join("', '");
    other.run(&format!("INSERT INTO decision (id, case_id, outcome, reason) VALUES ('{values}')")).await;
}

async fn refusals(other: &mut Database) -> Vec<String> {
    other
        .texts("SELECT id || ': ' || refused_because FROM decision WHERE refused_because IS NOT NULL ORDER BY seq")
        .await
}

async fn tasks(other: &mut Database) -> Vec<String> {
    other.texts("SELECT kind || ': ' || detail FROM task ORDER BY id").await
}

#[tokio::test]
async fn a_decision_before_the_two_weeks_is_refused_with_a_task() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    let mut other = other_system(&bot).await;
    let case = with_the_committee(&bot, &mut sister, &mut other).await;
    bot.days(13).await;
    writes(&mut other, "early", &case, "accepted", "The committee agreed.").await;
    bot.engine.take_decisions().await.unwrap();
    sister.reads().await;
    assert_eq!(sister.times("The committee agreed."), 0);
    assert_eq!(refusals(&mut other).await, ["early: too early"]);
    assert_eq!(tasks(&mut other).await, ["decision_refused: too early"]);
    // Refused is refused: the same row does not come into force by waiting.
    bot.days(2).await;
    bot.engine.take_decisions().await.unwrap();
    sister.reads().await;
    assert_eq!(sister.times("The committee agreed."), 0);
    writes(&mut other, "in time", &case, "accepted", "The committee agreed.").await;
    bot.engine.take_decisions().await.unwrap();
    sister.reads().await;
    assert_eq!(sister.times("The committee agreed."), 1);
}

/// Rows that were read as pending and are others when their turn comes: what stands then counts.
#[tokio::test]
async fn a_row_that_is_changed_or_deleted_before_it_is_taken_counts_as_it_stands() {
    let bot = Bot::start().await;
    let (mut first, mut second, mut third) =
        (bot.chat("en").await, bot.chat("en").await, bot.chat("en").await);
    for person in [&mut first, &mut second, &mut third] {
        asks_for_help(person).await;
        bot.hours(1).await;
    }
    let officer = bot.officer("amina", Role::Officer).await;
    let mut other = other_system(&bot).await;
    let cases = other.texts("SELECT id FROM case_v1 ORDER BY created_at").await;
    for case in &cases {
        let page = format!("/desk/case/{case}");
        officer.checks(&page, &[]).await;
        officer.does(&page, "hand_over", &[]).await;
    }
    bot.days(15).await;
    // As soon as the first is taken, its writer corrects the second and deletes the third.
    let correct = either(
        "CREATE TRIGGER correct AFTER UPDATE OF taken_at ON decision WHEN NEW.id = 'one' BEGIN
         UPDATE decision SET outcome = 'rejected', reason = 'Not this time.' WHERE id = 'two';
         DELETE FROM decision WHERE id = 'three'; END",
        "CREATE FUNCTION correct() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         UPDATE decision SET outcome = 'rejected', reason = 'Not this time.' WHERE id = 'two';
         DELETE FROM decision WHERE id = 'three'; RETURN NULL; END $$;
         CREATE TRIGGER correct AFTER UPDATE OF taken_at ON decision
         FOR EACH ROW WHEN (NEW.id = 'one') EXECUTE FUNCTION correct()",
    );
    other.run(correct).await;
    other.run("BEGIN").await;
    for (id, case) in ["one", "two", "three"].into_iter().zip(&cases) {
        writes(&mut other, id, case, "accepted", "The committee agreed.").await;
    }
    other.run("COMMIT").await;
    bot.engine.take_decisions().await.unwrap();
    let statuses = "SELECT status FROM case_v1 ORDER BY created_at";
    assert_eq!(other.texts(statuses).await, ["accepted", "rejected", "with_committee"]);
    for (person, agreed, not) in [(&mut first, 1, 0), (&mut second, 0, 1), (&mut third, 0, 0)] {
        person.reads().await;
        assert_eq!(
            (person.times("The committee agreed."), person.times("Not this time.")),
            (agreed, not),
            "{:?}",
            person.last_text()
        );
    }
}

#[tokio::test]
async fn a_second_decision_does_not_undo_the_first() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    let mut other = other_system(&bot).await;
    let case = with_the_committee(&bot, &mut sister, &mut other).await;
    bot.days(15).await;
    other.run("BEGIN").await;
    writes(&mut other, "yes", &case, "accepted", "The committee agreed.").await;
    writes(&mut other, "no", &case, "rejected", "Not this time.").await;
    other.run("COMMIT").await;
    bot.engine.take_decisions().await.unwrap();
    sister.reads().await;
    assert_eq!((sister.times("The committee agreed."), sister.times("Not this time.")), (1, 0));
    assert_eq!(refusals(&mut other).await, ["no: out of order"]);
    assert_eq!(tasks(&mut other).await, ["decision_refused: out of order"]);
}

#[tokio::test]
async fn an_administrator_decides_before_the_two_weeks_with_a_reason_that_is_kept() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    let mut other = other_system(&bot).await;
    let case = format!("/desk/case/{}", with_the_committee(&bot, &mut sister, &mut other).await);
    let decision = [("do", "accept"), ("reason", "The committee agreed."), ("early", "A birth is near.")];
    let officer = bot.signs_in("amina").await;
    let (status, page) = officer.posts(&case, &decision).await;
    assert_ne!(status, StatusCode::SEE_OTHER, "an officer may not");
    assert!(page.contains("role=\"alert\""), "and reads why");
    let administrator = bot.officer("mona", Role::Administrator).await;
    for unreasoned in [&decision[..2], &[decision[0], decision[1], ("early", "  ")]] {
        let (status, page) = administrator.posts(&case, unreasoned).await;
        assert_ne!(status, StatusCode::SEE_OTHER, "not without a reason");
        assert!(page.contains("role=\"alert\""));
    }
    sister.reads().await;
    assert_eq!(sister.times("it was accepted"), 0);

    administrator.does(&case, "accept", &decision[1..]).await;
    sister.reads().await;
    assert_eq!((sister.times("The committee agreed."), sister.times("A birth is near.")), (1, 0));
    let page = administrator.reads(&case).await;
    assert!(page.contains("A birth is near."), "colleagues read it in the history");
    let kept = other.texts("SELECT early_reason || ' ' || decided_by || ' ' || source FROM decision").await;
    assert_eq!(kept, ["A birth is near. mona desk"]);
    let step = "SELECT reason FROM case_event WHERE name = 'accepted' AND by_name = 'mona'";
    assert_eq!(other.text(step).await, "The committee agreed.\nA birth is near.");
    let audited = "SELECT count(*) FROM audit WHERE who = 'mona' AND what = 'case.accepted'";
    assert_eq!(other.text(audited).await, "1");
}
