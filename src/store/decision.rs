//! Decisions: recorded at the desk, or inserted by other systems; taken once.

use super::query::sql;
use super::value::row;
use super::{Result, Tx};
use crate::message::CaseId;
use crate::time::Timestamp;

/// A decision to be stored.
#[derive(Debug)]
pub struct NewDecision<'a> {
    /// Its id; the same id is the same decision.
    pub id: &'a str,
    /// About which request.
    pub case: CaseId,
    /// `accepted` or `rejected`.
    pub outcome: &'a str,
    /// Why; not blank.
    pub reason: &'a str,
    /// Why before the policy's two weeks.
    pub early_reason: Option<&'a str>,
    /// Who decided.
    pub decided_by: Option<&'a str>,
    /// When.
    pub decided_at: Timestamp,
    /// Where it was recorded: `desk`, `api`.
    pub source: &'a str,
}

/// Stores a decision; false when this id was stored before.
pub async fn insert(tx: &mut Tx, decision: &NewDecision<'_>) -> Result<bool> {
    let decided_at = decision.decided_at.iso();
    let inserted = sql(
        "INSERT INTO decision (id, case_id, outcome, reason, early_reason, decided_by, decided_at, source)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
    )
    .bind(decision.id)
    .bind(decision.case)
    .bind(decision.outcome)
    .bind(decision.reason)
    .bind(decision.early_reason)
    .bind(decision.decided_by)
    .bind(&decided_at)
    .bind(decision.source)
    .execute(tx)
    .await?;
    Ok(inserted == 1)
}

row! {
    /// A stored decision.
    pub struct DecisionRow {
        /// Its id.
        id: String,
        /// About which request.
        case_id: CaseId,
        /// `accepted` or `rejected`.
        outcome: String,
        /// Why.
        reason: String,
        /// Why before the policy's two weeks.
        early_reason: Option<String>,
        /// Who decided.
        decided_by: Option<String>,
        /// When, as it was written: ISO 8601.
        decided_at: Option<String>,
        /// Where it was recorded; `other system` when the writer did not say.
        source: String,
    }
}

/// The decisions that nobody took yet, oldest first.
pub async fn pending(tx: &mut Tx) -> Result<Vec<DecisionRow>> {
    sql("SELECT id, case_id, outcome, reason, early_reason, decided_by, decided_at, source FROM decision
         WHERE taken_at IS NULL ORDER BY seq")
    .fetch_all(tx)
    .await
}

/// A decision as it stands, if nobody took it yet.
pub async fn waiting(tx: &mut Tx, id: &str) -> Result<Option<DecisionRow>> {
    sql("SELECT id, case_id, outcome, reason, early_reason, decided_by, decided_at, source FROM decision
         WHERE id = $1 AND taken_at IS NULL")
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// The decision took effect, or was refused for a reason; false when it was taken before.
pub async fn taken(tx: &mut Tx, id: &str, at: Timestamp, refused: Option<&str>) -> Result<bool> {
    let taken =
        sql("UPDATE decision SET taken_at = $2, refused_because = $3 WHERE id = $1 AND taken_at IS NULL")
            .bind(id)
            .bind(at)
            .bind(refused)
            .execute(tx)
            .await?;
    Ok(taken == 1)
}
