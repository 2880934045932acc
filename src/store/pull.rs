//! Channels that are asked for what came: how far, and by which server.

use super::query::sql;
use super::{Result, Tx};
use crate::time::Timestamp;

/// Makes `server` the one that asks until `until`, if no other is, and gives where to go on; `None` when another asks.
pub async fn hold(
    tx: &mut Tx,
    channel: &str,
    server: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Option<String>>> {
    let hold = "INSERT INTO pull (channel, held_by, held_until) VALUES ($1, $2, $3)
         ON CONFLICT (channel) DO UPDATE SET held_by = excluded.held_by, held_until = excluded.held_until
         WHERE pull.held_by = excluded.held_by OR pull.held_until <= $4
         RETURNING cursor";
    sql(hold).bind(channel).bind(server).bind(until).bind(now).scalar_optional(tx).await
}

/// Everything before `cursor` is stored.
pub async fn advance(tx: &mut Tx, channel: &str, cursor: &str) -> Result<()> {
    sql("UPDATE pull SET cursor = $2 WHERE channel = $1").bind(channel).bind(cursor).execute(tx).await?;
    Ok(())
}

/// `server` asks no more: another may begin at once.
pub async fn release(tx: &mut Tx, server: &str, now: Timestamp) -> Result<()> {
    sql("UPDATE pull SET held_until = $2 WHERE held_by = $1").bind(server).bind(now).execute(tx).await?;
    Ok(())
}
