//! What is due when, one row for each person and timer.

use sqlx::QueryBuilder;

use super::rows::pieces;
use super::{Result, Tx};
use crate::message::PersonId;
use crate::time::Timestamp;

/// Arms timers, none of them twice in one call; those armed already are moved.
pub async fn arm(tx: &mut Tx, timers: &[(PersonId, &str, Timestamp)]) -> Result<()> {
    for piece in pieces(timers) {
        let mut insert = QueryBuilder::new("INSERT INTO timer (person, timer, due) ");
        insert.push_values(piece, |mut row, (person, timer, due)| {
            row.push_bind(*person).push_bind(*timer).push_bind(*due);
        });
        insert.push(" ON CONFLICT (person, timer) DO UPDATE SET due = excluded.due");
        insert.build().execute(tx.conn()).await?;
    }
    Ok(())
}

/// Takes a timer away, armed or not.
pub async fn disarm(tx: &mut Tx, person: PersonId, timer: &str) -> Result<()> {
    sqlx::query("DELETE FROM timer WHERE person = $1 AND timer = $2")
        .bind(person)
        .bind(timer)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The timers that are due at `now`, the longest overdue first, at most `limit`.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<(PersonId, String, Timestamp)>> {
    // `+ 0`: SQLite plans a statement anew each time that a bare parameter of its LIMIT is bound.
    Ok(sqlx::query_as(
        "SELECT person, timer, due FROM timer WHERE due <= $1 ORDER BY due, person, timer LIMIT $2 + 0",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// When the next timer is due.
pub async fn next(tx: &mut Tx) -> Result<Option<Timestamp>> {
    Ok(sqlx::query_scalar("SELECT min(due) FROM timer").fetch_one(tx.conn()).await?)
}

/// The timer went off and its event was stored, in this same transaction.
pub async fn fired(tx: &mut Tx, person: PersonId, timer: &str) -> Result<()> {
    disarm(tx, person, timer).await
}
