//! What is due when, one row for each person and timer.

use super::query::sql;
use super::rows::pieces;
use super::{Result, Tx};
use crate::message::PersonId;
use crate::time::Timestamp;

/// Arms timers, none of them twice in one call; those armed already are moved.
pub async fn arm(tx: &mut Tx, timers: &[(PersonId, &str, Timestamp)]) -> Result<()> {
    for piece in pieces(timers) {
        sql("INSERT INTO timer (person, timer, due)")
            .rows(piece, |(person, timer, due)| [(*person).into(), (*timer).into(), (*due).into()])
            .then(" ON CONFLICT (person, timer) DO UPDATE SET due = excluded.due")
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Takes a timer away, armed or not.
pub async fn disarm(tx: &mut Tx, person: PersonId, timer: &str) -> Result<()> {
    sql("DELETE FROM timer WHERE person = $1 AND timer = $2").bind(person).bind(timer).execute(tx).await?;
    Ok(())
}

/// Takes up the timers that are due at `now`, the longest overdue first, at most `limit`: until the transaction ends
/// nobody else takes them up.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<(PersonId, String, Timestamp)>> {
    // `+ 0`: SQLite plans a statement anew each time that a bare parameter of its LIMIT is bound.
    sql("SELECT person, timer, due FROM timer WHERE due <= $1 ORDER BY due, person, timer LIMIT $2 + 0")
        .on_postgres(" FOR UPDATE SKIP LOCKED")
        .bind(now)
        .bind(limit)
        .fetch_all(tx)
        .await
}

/// When the next timer is due.
pub async fn next(tx: &mut Tx) -> Result<Option<Timestamp>> {
    sql("SELECT min(due) FROM timer").scalar(tx).await
}

/// The timer went off and its event was stored, in this same transaction.
pub async fn fired(tx: &mut Tx, person: PersonId, timer: &str) -> Result<()> {
    disarm(tx, person, timer).await
}
