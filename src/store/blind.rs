//! Finding sealed values again by keyed digests.

use super::query::sql;
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
    sql("INSERT INTO blind (kind, digest, person, case_id) SELECT $1, $2, $3, $4
         WHERE NOT EXISTS (SELECT 1 FROM blind WHERE kind = $1 AND digest = $2 AND person = $3
                           AND case_id IS NOT DISTINCT FROM $4)")
    .bind(kind)
    .bind(digest)
    .bind(person)
    .bind(case)
    .execute(tx)
    .await?;
    Ok(())
}

/// Whose value it is, and on which request it stands.
pub async fn find(tx: &mut Tx, kind: &str, digest: &str) -> Result<Vec<(PersonId, Option<CaseId>)>> {
    sql(
        "SELECT person, case_id FROM blind WHERE kind = $1 AND digest = $2 ORDER BY person, case_id NULLS FIRST",
    )
    .bind(kind)
    .bind(digest)
    .fetch_all(tx).await
}

/// Forgets every digest of a kind that a person has.
pub async fn clear(tx: &mut Tx, kind: &str, person: PersonId) -> Result<()> {
    sql("DELETE FROM blind WHERE kind = $1 AND person = $2").bind(kind).bind(person).execute(tx).await?;
    Ok(())
}
