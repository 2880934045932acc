//! What officers are to look at.

use super::value::row;
use super::{Result, Tx};
use crate::message::{CaseId, PersonId};
use crate::time::Timestamp;

/// Stores a task; gives its number. `detail` is free of people's words and names.
pub async fn put(
    tx: &mut Tx,
    kind: &str,
    person: Option<PersonId>,
    case: Option<CaseId>,
    detail: &str,
    at: Timestamp,
) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "INSERT INTO task (kind, person, case_id, detail, at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
    )
    .bind(kind)
    .bind(person)
    .bind(case)
    .bind(detail)
    .bind(at)
    .fetch_one(tx.conn())
    .await?)
}

row! {
    /// An open task.
    pub struct TaskRow {
        /// Its number.
        id: i64,
        /// What kind.
        kind: String,
        /// About whom.
        person: Option<PersonId>,
        /// About which request.
        case_id: Option<CaseId>,
        /// What else is to be known.
        detail: String,
        /// Since when.
        at: Timestamp,
    }
}

/// The tasks that are not done, oldest first.
pub async fn open(tx: &mut Tx) -> Result<Vec<TaskRow>> {
    Ok(sqlx::query_as(
        "SELECT id, kind, person, case_id, detail, at FROM task WHERE done_at IS NULL ORDER BY id",
    )
    .fetch_all(tx.conn())
    .await?)
}

/// A task is done.
pub async fn done(tx: &mut Tx, id: i64, at: Timestamp) -> Result<()> {
    sqlx::query("UPDATE task SET done_at = $2 WHERE id = $1 AND done_at IS NULL")
        .bind(id)
        .bind(at)
        .execute(tx.conn())
        .await?;
    Ok(())
}
