//! Every form that was ever in use, by content hash: an old session and an old case find theirs.

use super::query::sql;
use super::{Result, Tx};
use crate::time::Timestamp;

/// Keeps a form; one with this hash is left as it is.
pub async fn pin(tx: &mut Tx, hash: &str, id: &str, source: &str, at: Timestamp) -> Result<()> {
    sql("INSERT INTO form (hash, id, source, at) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING")
        .bind(hash)
        .bind(id)
        .bind(source)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Every form kept, as (hash, id, source JSON), oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, String, String)>> {
    sql("SELECT hash, id, source FROM form ORDER BY at, hash").fetch_all(tx).await
}

/// The form with that hash, as (id, source JSON).
pub async fn get(tx: &mut Tx, hash: &str) -> Result<Option<(String, String)>> {
    sql("SELECT id, source FROM form WHERE hash = $1").bind(hash).fetch_optional(tx).await
}
