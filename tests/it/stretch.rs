//! How long people wait for a person can be measured.

use chrono::Duration;
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
