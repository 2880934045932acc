//! What only the desk asks: its list by tab, its counts, the standing of a conversation, the life of a session.

use super::case::QueueRow;
use super::query::sql;
use super::value::row;
use super::{Result, Tx};
use crate::message::{PersonId, StaffId};
use crate::time::Timestamp;

/// Which open requests a list shows; the default shows all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenFilter {
    /// Only those of this member of staff.
    pub owner: Option<StaffId>,
    /// Only those of nobody.
    pub unowned: bool,
    /// Only those that are due before this instant.
    pub due_before: Option<Timestamp>,
    /// Only those that stand here.
    pub status: Option<&'static str>,
}

/// The open requests that `filter` lets through, at most `limit` after the first `skip`: what is due
/// first comes first.
pub async fn open_cases(tx: &mut Tx, filter: OpenFilter, limit: i64, skip: i64) -> Result<Vec<QueueRow>> {
    sql(
        "SELECT c.id, c.reference, c.service, c.status, s.name AS owner_name, c.next_due, c.submitted_at, c.locale,
                c.person, coalesce(v.with_human, FALSE) AS with_human
         FROM case_file c LEFT JOIN staff s ON s.id = c.owner LEFT JOIN conversation v ON v.person = c.person
         WHERE c.next_due IS NOT NULL AND ($1 IS NULL OR c.owner = $1) AND (NOT $2 OR c.owner IS NULL)
           AND ($3 IS NULL OR c.next_due < $3) AND ($4 IS NULL OR c.status = $4)
         ORDER BY c.next_due, c.submitted_at, c.id LIMIT $5 OFFSET $6",
    )
    .bind(filter.owner)
    .bind(filter.unowned)
    .bind(filter.due_before)
    .bind(filter.status)
    .bind(limit)
    .bind(skip)
    .fetch_all(tx)
    .await
}

/// The requests that are at their end, at most `limit` after the first `skip`: what ended last comes first.
pub async fn finished_cases(tx: &mut Tx, limit: i64, skip: i64) -> Result<Vec<QueueRow>> {
    sql("SELECT c.id, c.reference, c.service, c.status, s.name AS owner_name, c.next_due, c.submitted_at, c.locale,
                c.person, FALSE AS with_human
         FROM case_file c JOIN person p ON p.id = c.person LEFT JOIN staff s ON s.id = c.owner
         WHERE c.next_due IS NULL AND p.key IS NOT NULL
         ORDER BY c.updated_at DESC, c.id LIMIT $1 OFFSET $2")
    .bind(limit)
    .bind(skip)
    .fetch_all(tx)
    .await
}

row! {
    /// How many open requests each tab holds.
    pub struct OpenCounts {
        /// All.
        open: i64,
        /// Those of one member of staff.
        mine: i64,
        /// Those of nobody.
        unowned: i64,
        /// Those that are due before an instant.
        due: i64,
        /// Those with the committee.
        committee: i64,
        /// Conversations that staff holds, or that wait for staff.
        waiting: i64,
        /// Those at their end, of people who were not forgotten.
        finished: i64,
    }
}

/// Counts the open requests as `me` sees them; due is what is due before `due_before`.
pub async fn open_counts(tx: &mut Tx, me: StaffId, due_before: Timestamp) -> Result<OpenCounts> {
    sql("SELECT count(*) AS open,
                coalesce(sum(CASE WHEN owner = $1 THEN 1 ELSE 0 END), 0) AS mine,
                coalesce(sum(CASE WHEN owner IS NULL THEN 1 ELSE 0 END), 0) AS unowned,
                coalesce(sum(CASE WHEN next_due < $2 THEN 1 ELSE 0 END), 0) AS due,
                coalesce(sum(CASE WHEN status = 'with_committee' THEN 1 ELSE 0 END), 0) AS committee,
                (SELECT count(*) FROM human_stretch WHERE ended_at IS NULL) AS waiting,
                (SELECT count(*) FROM case_file c JOIN person p ON p.id = c.person
                 WHERE c.next_due IS NULL AND p.key IS NOT NULL) AS finished
         FROM case_file WHERE next_due IS NOT NULL")
    .bind(me)
    .bind(due_before)
    .fetch_one(tx)
    .await
}

/// Who answers a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The bot.
    Bot,
    /// Nobody yet: the person waits for a member of staff.
    Waiting,
    /// A member of staff.
    Staff,
}

/// Who answers that person now.
pub async fn held(tx: &mut Tx, person: PersonId) -> Result<Held> {
    let open: Option<Option<Timestamp>> =
        sql("SELECT taken_at FROM human_stretch WHERE person = $1 AND ended_at IS NULL")
            .bind(person)
            .scalar_optional(tx)
            .await?;
    Ok(match open {
        None => Held::Bot,
        Some(None) => Held::Waiting,
        Some(Some(_)) => Held::Staff,
    })
}

/// When a session ends; `None` when there is none.
pub async fn session_ends(tx: &mut Tx, token_hash: &str) -> Result<Option<Timestamp>> {
    sql("SELECT expires_at FROM staff_session WHERE token_hash = $1")
        .bind(token_hash)
        .scalar_optional(tx)
        .await
}

/// Lets a session live until `expires`; one that was closed meanwhile stays closed.
pub async fn renew(tx: &mut Tx, token_hash: &str, expires: Timestamp) -> Result<()> {
    sql("UPDATE staff_session SET expires_at = $2 WHERE token_hash = $1")
        .bind(token_hash)
        .bind(expires)
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets sessions that ended before `now`, and failed logins before `failures_before`.
pub async fn sweep(tx: &mut Tx, now: Timestamp, failures_before: Timestamp) -> Result<()> {
    sql("DELETE FROM staff_session WHERE expires_at <= $1").bind(now).execute(tx).await?;
    sql("DELETE FROM failed_login WHERE at < $1").bind(failures_before).execute(tx).await?;
    Ok(())
}
