//! The answers of a request.

use crate::message::CaseId;
use crate::store::query::sql;
use crate::store::value::row;
use crate::store::{Result, Tx};

row! {
    /// An answer: exactly one of `plain` and `sealed` is there.
    pub struct AnswerRow {
        /// The question's id.
        question: String,
        /// Its place in the form.
        position: i64,
        /// An answer that is not sensitive.
        plain: Option<String>,
        /// A sensitive answer, sealed.
        sealed: Option<Vec<u8>>,
    }
}

/// Stores an answer over the one that was there; exactly one of `plain` and `sealed` must be given.
pub async fn put_answer(
    tx: &mut Tx,
    case: CaseId,
    position: i64,
    question: &str,
    plain: Option<&str>,
    sealed: Option<&[u8]>,
) -> Result<()> {
    sql("INSERT INTO case_answer (case_id, question, position, plain, sealed) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (case_id, question) DO UPDATE
         SET position = excluded.position, plain = excluded.plain, sealed = excluded.sealed")
    .bind(case)
    .bind(question)
    .bind(position)
    .bind(plain)
    .bind(sealed)
    .execute(tx)
    .await?;
    Ok(())
}

/// Deletes every answer of a request, before new ones are put.
pub async fn clear_answers(tx: &mut Tx, case: CaseId) -> Result<()> {
    sql("DELETE FROM case_answer WHERE case_id = $1").bind(case).execute(tx).await?;
    Ok(())
}

/// The answers of a request in the form's order.
pub async fn answers(tx: &mut Tx, case: CaseId) -> Result<Vec<AnswerRow>> {
    sql(
        "SELECT question, position, plain, sealed FROM case_answer WHERE case_id = $1 ORDER BY position, question",
    )
    .bind(case)
    .fetch_all(tx).await
}
