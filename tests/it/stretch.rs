//! How long people wait for a person can be measured.

use chrono::Duration;
use sqlx::Row;
use wasl::case::Role;

use super::harness::Bot;
use super::story::{self, arrives};

#[tokio::test]
async fn the_referral_the_taking_and_the_end_are_recorded() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    arrives(&mut sister).await;
    sister.says("person").await;
    let officer = bot.officer("amina", Role::Officer).await;
    let waiting = officer.reads("/desk?tab=waiting&lang=en").await;
    assert!(waiting.contains("Somebody would like to speak to a person"));
    let at = waiting.find("/desk/person/").unwrap();
    let person = waiting[at..at + "/desk/person/".len() + 36].to_owned();
    bot.clock.advance(Duration::minutes(10));
    officer.posts(&format!("{person}/take-over"), &[]).await;
    assert!(officer.reads("/desk?tab=waiting&lang=en").await.contains("A colleague holds this conversation"));
    bot.clock.advance(Duration::minutes(5));
    officer.posts(&format!("{person}/hand-back"), &[]).await;
    // Somebody who goes back to the bot before anybody came was never taken.
    sister.says("person").await;
    sister.taps("Back to the bot").await;

    let mut store = story::store(&bot).await;
    let sql =
        "SELECT reason, referred_at, taken_at, ended_at, waited_seconds FROM human_stretch_v1 ORDER BY id";
    let stretches = sqlx::query(sql).fetch_all(&mut store).await.unwrap();
    let text = |row: usize, column: &str| stretches[row].get::<Option<String>, _>(column);
    let waited = |row: usize| stretches[row].get::<Option<i64>, _>("waited_seconds");
    assert_eq!(stretches.len(), 2);
    assert_eq!(text(0, "reason").as_deref(), Some("asked"));
    assert_eq!(text(0, "referred_at").as_deref(), Some("2026-11-22T07:00:00Z"));
    assert_eq!(text(0, "taken_at").as_deref(), Some("2026-11-22T07:10:00Z"));
    assert_eq!(text(0, "ended_at").as_deref(), Some("2026-11-22T07:15:00Z"));
    assert_eq!(waited(0), Some(600));
    assert_eq!((text(1, "taken_at"), waited(1)), (None, None), "nobody came");
    assert!(text(1, "ended_at").is_some());
}
