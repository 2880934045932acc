//! Which master key the database is sealed with: its digest, never the key.

use super::query::sql;
use super::{Result, Tx};

/// The digest of the key that this database is sealed with; `None` until the first start.
pub async fn known(tx: &mut Tx) -> Result<Option<String>> {
    sql("SELECT digest FROM master_key").scalar_optional(tx).await
}

/// As [`known`], and until the transaction ends nobody else may say which key it is: of several servers that start on
/// an empty database one is first.
pub async fn hold(tx: &mut Tx) -> Result<Option<String>> {
    tx.one_starts().await?;
    known(tx).await
}

/// Says which key it is, once for all.
pub async fn keep(tx: &mut Tx, digest: &str) -> Result<()> {
    sql("INSERT INTO master_key (id, digest) VALUES (1, $1)").bind(digest).execute(tx).await?;
    Ok(())
}
