//! Every form that was ever in use, by content hash: an old session and an old case find theirs.

use super::{Result, Tx};
use crate::time::Timestamp;

/// Keeps a form; one with this hash is left as it is.
pub async fn pin(tx: &mut Tx, hash: &str, id: &str, source: &str, at: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO form (hash, id, source, at) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING",
    )
    .bind(hash)
    .bind(id)
    .bind(source)
    .bind(at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Every form kept, as (hash, id, source JSON), oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, String, String)>> {
    Ok(sqlx::query_as("SELECT hash, id, source FROM form ORDER BY at, hash").fetch_all(tx.conn()).await?)
}
