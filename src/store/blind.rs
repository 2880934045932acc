//! Finding sealed values again by keyed digests.

use super::{Result, Tx};
use crate::message::{CaseId, PersonId};

/// Keeps a digest of a value of a kind (`national_id`, `phone`); kept already, nothing changes.
pub async fn put(
    tx: &mut Tx,
    kind: &str,
    digest: &str,
    person: PersonId,
    case: Option<CaseId>,
) -> Result<()> {
    // IS NOT DISTINCT FROM, because a NULL case is never equal in the unique key
    sqlx::query(
        "INSERT INTO blind (kind, digest, person, case_id) SELECT $1, $2, $3, $4
         WHERE NOT EXISTS (SELECT 1 FROM blind WHERE kind = $1 AND digest = $2 AND person = $3
                           AND case_id IS NOT DISTINCT FROM $4)",
    )
    .bind(kind)
    .bind(digest)
    .bind(person)
    .bind(case)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whose value it is, and on which request it stands.
pub async fn find(tx: &mut Tx, kind: &str, digest: &str) -> Result<Vec<(PersonId, Option<CaseId>)>> {
    Ok(sqlx::query_as(
        "SELECT person, case_id FROM blind WHERE kind = $1 AND digest = $2 ORDER BY person, case_id",
    )
    .bind(kind)
    .bind(digest)
    .fetch_all(tx.conn())
    .await?)
}
