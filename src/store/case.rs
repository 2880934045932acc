//! Requests: the row, its lifecycle's moves, the officers' queue. Answers and events are beside it.

mod answer;
mod event;
mod queue;
mod signature;

pub use answer::{AnswerRow, answers, clear_answers, put_answer};
pub use event::{EventRow, NewCaseEvent, event, events};
pub use queue::{QueueFilter, QueueRow, queue};
pub use signature::{earlier_signatures, keep_signature};

use chrono::NaiveDate;

use super::query::sql;
use super::value::row;
use super::{Result, Tx};
use crate::message::{CaseId, PersonId, StaffId};
use crate::time::Timestamp;

/// A request to be stored, just signed.
#[derive(Debug)]
pub struct NewCase<'a> {
    /// Its id.
    pub id: CaseId,
    /// Whose it is.
    pub person: PersonId,
    /// `W-XXXX-XXXX`.
    pub reference: &'a str,
    /// What opens the status page.
    pub status_token: &'a str,
    /// The service's code.
    pub service: &'a str,
    /// The form's id.
    pub form_id: &'a str,
    /// The form's content hash.
    pub form_hash: &'a str,
    /// One of the policy's eight: interview, phone, social_media, letter, help_request, volunteering, website,
    /// branch_delegate.
    pub source_channel: &'a str,
    /// Who entered it.
    pub entered_by: &'a str,
    /// The person's language.
    pub locale: &'a str,
    /// The version of the wording consented to.
    pub consent_version: &'a str,
    /// Where it stands.
    pub status: &'a str,
    /// When it was signed.
    pub submitted_at: Timestamp,
    /// The first day of an answer.
    pub answer_from: NaiveDate,
    /// When the next thing is due; `None`: it is not open.
    pub next_due: Option<Timestamp>,
    /// The signature, sealed.
    pub signature: &'a [u8],
    /// The digest of what was signed.
    pub signature_hash: &'a str,
    /// When the row is written.
    pub at: Timestamp,
}

/// Stores a request.
pub async fn create(tx: &mut Tx, case: &NewCase<'_>) -> Result<()> {
    sql(
        "INSERT INTO case_file (id, person, reference, status_token, service, form_id, form_hash, source_channel,
             entered_by, locale, consent_version, status, submitted_at, answer_from, next_due, signature,
             signature_hash, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)",
    )
    .bind(case.id)
    .bind(case.person)
    .bind(case.reference)
    .bind(case.status_token)
    .bind(case.service)
    .bind(case.form_id)
    .bind(case.form_hash)
    .bind(case.source_channel)
    .bind(case.entered_by)
    .bind(case.locale)
    .bind(case.consent_version)
    .bind(case.status)
    .bind(case.submitted_at)
    .bind(case.answer_from)
    .bind(case.next_due)
    .bind(case.signature)
    .bind(case.signature_hash)
    .bind(case.at)
    .execute(tx)
    .await?;
    Ok(())
}

row! {
    /// A stored request.
    pub struct CaseRow {
        /// Its id.
        id: CaseId,
        /// Whose it is.
        person: PersonId,
        /// `W-XXXX-XXXX`.
        reference: String,
        /// What opens the status page.
        status_token: String,
        /// The service's code.
        service: String,
        /// The form's id.
        form_id: String,
        /// The form's content hash.
        form_hash: String,
        /// One of the policy's eight.
        source_channel: String,
        /// Who entered it.
        entered_by: String,
        /// The person's language.
        locale: String,
        /// The version of the wording consented to.
        consent_version: String,
        /// Where it stands.
        status: String,
        /// When it was signed.
        submitted_at: Timestamp,
        /// The first day of an answer.
        answer_from: NaiveDate,
        /// When the next thing is due; `None`: it is not open.
        next_due: Option<Timestamp>,
        /// Who looks after it.
        owner: Option<StaffId>,
        /// The owner's name.
        owner_name: Option<String>,
        /// The checks, sealed; empty when nothing was checked yet.
        checks: Vec<u8>,
        /// The signature, sealed.
        signature: Vec<u8>,
        /// The digest of what was signed.
        signature_hash: String,
        /// When the row was written.
        created_at: Timestamp,
        /// When it last changed.
        updated_at: Timestamp,
    }
}

/// The select list and joins of a [`CaseRow`], before a condition.
macro_rules! select_case {
    ($condition:literal) => {
        concat!(
            "SELECT c.id, c.person, c.reference, c.status_token, c.service, c.form_id, c.form_hash, c.source_channel,
                    c.entered_by, c.locale, c.consent_version, c.status, c.submitted_at, c.answer_from, c.next_due,
                    c.owner, s.name AS owner_name, c.checks, c.signature, c.signature_hash, c.created_at, c.updated_at
             FROM case_file c LEFT JOIN staff s ON s.id = c.owner WHERE ",
            $condition
        )
    };
}

/// A request by id.
pub async fn get(tx: &mut Tx, id: CaseId) -> Result<Option<CaseRow>> {
    sql(select_case!("c.id = $1")).bind(id).fetch_optional(tx).await
}

/// A request by id, to move it: nobody else moves it until the transaction ends.
pub async fn hold(tx: &mut Tx, id: CaseId) -> Result<Option<CaseRow>> {
    sql(select_case!("c.id = $1")).on_postgres(" FOR UPDATE OF c").bind(id).fetch_optional(tx).await
}

/// A request by what its status page's link holds.
pub async fn by_status_token(tx: &mut Tx, token: &str) -> Result<Option<CaseRow>> {
    sql(select_case!("c.status_token = $1")).bind(token).fetch_optional(tx).await
}

/// A request by its reference number.
pub async fn by_reference(tx: &mut Tx, reference: &str) -> Result<Option<CaseRow>> {
    sql(select_case!("c.reference = $1")).bind(reference).fetch_optional(tx).await
}

/// A person's requests, newest first.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<CaseRow>> {
    sql(select_case!("c.person = $1 ORDER BY c.submitted_at DESC, c.id")).bind(person).fetch_all(tx).await
}

/// Requests that wait for nothing but time (returned, delivered, rejected) and whose time is over, longest first:
/// id and status.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<(CaseId, String)>> {
    sql(
        "SELECT id, status FROM case_file
         WHERE next_due <= $1 AND status IN ('returned', 'delivered', 'rejected') ORDER BY next_due, id LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(tx).await
}

/// A request as the lifecycle moved it.
#[derive(Debug)]
pub struct Change<'a> {
    /// Where it stands now.
    pub status: &'a str,
    /// Who looks after it now.
    pub owner: Option<StaffId>,
    /// When the next thing is due now; `None`: it is not open any more.
    pub next_due: Option<Timestamp>,
    /// The checks, sealed; empty for none.
    pub checks: &'a [u8],
    /// When.
    pub at: Timestamp,
    /// Where it stood when it was read.
    pub expected_status: &'a str,
}

/// Writes a move; false, and nothing written, when the case stands elsewhere than was read.
pub async fn set(tx: &mut Tx, id: CaseId, change: &Change<'_>) -> Result<bool> {
    let moved =
        sql("UPDATE case_file SET status = $2, owner = $3, next_due = $4, checks = $5, updated_at = $6
         WHERE id = $1 AND status = $7")
        .bind(id)
        .bind(change.status)
        .bind(change.owner)
        .bind(change.next_due)
        .bind(change.checks)
        .bind(change.at)
        .bind(change.expected_status)
        .execute(tx)
        .await?;
    Ok(moved == 1)
}

/// The person signed again, after completing their answers.
pub async fn resign(tx: &mut Tx, id: CaseId, signature: &[u8], hash: &str, at: Timestamp) -> Result<()> {
    sql("UPDATE case_file SET signature = $2, signature_hash = $3, updated_at = $4 WHERE id = $1")
        .bind(id)
        .bind(signature)
        .bind(hash)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}
