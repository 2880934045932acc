//! Another system on the shared store: it reads the views, and inserts a decision.

use sqlx::{Connection, Row, SqliteConnection};

use super::harness::Bot;
use super::story::{asks_for_help, officer_hands_over};

async fn other_system(bot: &Bot) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", bot.folder.path().join("wasl.db").display()))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_decision_written_by_another_system_reaches_the_person() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    officer_hands_over(&bot).await;
    let mut other = other_system(&bot).await;
    let case = sqlx::query("SELECT * FROM case_v1").fetch_one(&mut other).await.unwrap();
    let (id, status): (String, String) = (case.get("id"), case.get("status"));
    assert_eq!(status, "with_committee");

    // Too early: refused, kept, and the person hears nothing.
    let insert = "INSERT INTO decision (id, case_id, outcome, reason) VALUES ($1, $2, 'accepted', 'The committee agreed.')";
    sqlx::query(insert).bind("other-1").bind(&id).execute(&mut other).await.unwrap();
    assert_eq!(bot.engine.take_decisions().await.unwrap(), 1);
    bot.settle().await;
    let refused: String = sqlx::query_scalar("SELECT refused_because FROM decision WHERE id = 'other-1'")
        .fetch_one(&mut other)
        .await
        .unwrap();
    assert_eq!(refused, "too early");

    bot.days(15).await;
    sqlx::query(insert).bind("other-2").bind(&id).execute(&mut other).await.unwrap();
    bot.engine.take_decisions().await.unwrap();
    sister.reads().await;
    assert_eq!(sister.times("The committee agreed."), 1);
    let status: String =
        sqlx::query_scalar("SELECT status FROM case_v1").fetch_one(&mut other).await.unwrap();
    assert_eq!(status, "accepted");
    let events: Vec<String> = sqlx::query_scalar("SELECT name FROM case_event_v1 ORDER BY number")
        .fetch_all(&mut other)
        .await
        .unwrap();
    assert_eq!(events.first().map(String::as_str), Some("submitted"));
}
