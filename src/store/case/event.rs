//! What happened to a request: numbered for whoever follows, never changed.

use crate::message::{CaseId, PersonId};
use crate::store::query::sql;
use crate::store::value::row;
use crate::store::{Result, Tx};
use crate::time::Timestamp;

/// An event to be stored.
#[derive(Debug)]
pub struct NewCaseEvent<'a> {
    /// Whose request it is.
    pub person: PersonId,
    /// What happened: `submitted`, `assigned`, `returned`, …
    pub name: &'a str,
    /// Who did it: `staff`, `system`, `person`, `clock`.
    pub by_kind: &'a str,
    /// The name of who did it; empty when there is none.
    pub by_name: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
    /// Where the request stands after it.
    pub status_after: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Stores an event; gives its number, higher than every number before.
pub async fn event(tx: &mut Tx, case: CaseId, event: &NewCaseEvent<'_>) -> Result<i64> {
    tx.in_order().await?;
    sql("INSERT INTO case_event (case_id, person, name, by_kind, by_name, reason, status_after, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING number")
    .bind(case)
    .bind(event.person)
    .bind(event.name)
    .bind(event.by_kind)
    .bind(event.by_name)
    .bind(event.reason)
    .bind(event.status_after)
    .bind(event.at)
    .scalar(tx)
    .await
}

row! {
    /// A stored event.
    pub struct EventRow {
        /// Its number.
        number: i64,
        /// What happened.
        name: String,
        /// Who did it: `staff`, `system`, `person`, `clock`.
        by_kind: String,
        /// The name of who did it.
        by_name: String,
        /// Why.
        reason: Option<String>,
        /// Where the request stood after it.
        status_after: String,
        /// When.
        at: Timestamp,
    }
}

/// The events of a request, oldest first.
pub async fn events(tx: &mut Tx, case: CaseId) -> Result<Vec<EventRow>> {
    sql("SELECT number, name, by_kind, by_name, reason, status_after, at FROM case_event WHERE case_id = $1
         ORDER BY number")
    .bind(case)
    .fetch_all(tx)
    .await
}
