//! Signatures that were replaced by a later one, with what they signed.

use crate::message::CaseId;
use crate::store::query::sql;
use crate::store::{Result, Tx};
use crate::time::Timestamp;

/// Keeps a signature that is about to be replaced, sealed with its answers. `number` counts from 1.
pub async fn keep_signature(
    tx: &mut Tx,
    case: CaseId,
    number: i64,
    signed: &[u8],
    at: Timestamp,
) -> Result<()> {
    sql("INSERT INTO earlier_signature (case_id, number, signed, at) VALUES ($1, $2, $3, $4)")
        .bind(case)
        .bind(number)
        .bind(signed)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

/// The earlier signatures of a request, oldest first: number, and what is sealed.
pub async fn earlier_signatures(tx: &mut Tx, case: CaseId) -> Result<Vec<(i64, Vec<u8>)>> {
    sql("SELECT number, signed FROM earlier_signature WHERE case_id = $1 ORDER BY number")
        .bind(case)
        .fetch_all(tx)
        .await
}
