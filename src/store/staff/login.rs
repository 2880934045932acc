//! Who is logged in, who is invited, who failed. Tokens and names come as hashes only.

use super::StaffRow;
use crate::message::StaffId;
use crate::store::query::sql;
use crate::store::{Result, Tx};
use crate::time::Timestamp;

/// Opens a session.
pub async fn open(
    tx: &mut Tx,
    token_hash: &str,
    staff: StaffId,
    at: Timestamp,
    expires: Timestamp,
) -> Result<()> {
    sql("INSERT INTO staff_session (token_hash, staff, opened_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(staff)
        .bind(at)
        .bind(expires)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whose session it is; `None` when it is unknown or over, or its owner is disabled.
pub async fn session(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<StaffRow>> {
    sql("SELECT s.id, s.name, s.password_hash, s.role, s.disabled, s.created_at
         FROM staff_session t JOIN staff s ON s.id = t.staff
         WHERE t.token_hash = $1 AND t.expires_at > $2 AND NOT s.disabled")
    .bind(token_hash)
    .bind(now)
    .fetch_optional(tx)
    .await
}

/// Ends a session.
pub async fn close(tx: &mut Tx, token_hash: &str) -> Result<()> {
    sql("DELETE FROM staff_session WHERE token_hash = $1").bind(token_hash).execute(tx).await?;
    Ok(())
}

/// Ends every session of a member of staff.
pub async fn close_all(tx: &mut Tx, staff: StaffId) -> Result<()> {
    sql("DELETE FROM staff_session WHERE staff = $1").bind(staff).execute(tx).await?;
    Ok(())
}

/// Stores an invitation to become staff with a role.
pub async fn invite(
    tx: &mut Tx,
    token_hash: &str,
    role: &str,
    expires: Timestamp,
    at: Timestamp,
) -> Result<()> {
    sql("INSERT INTO invite (token_hash, role, created_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(role)
        .bind(at)
        .bind(expires)
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes that an invitation is the one for whoever comes in first.
pub async fn is_first(tx: &mut Tx, token_hash: &str) -> Result<()> {
    sql("UPDATE invite SET first = TRUE WHERE token_hash = $1").bind(token_hash).execute(tx).await?;
    Ok(())
}

/// Voids the invitations for whoever comes in first that nobody used.
pub async fn void_first(tx: &mut Tx, at: Timestamp) -> Result<()> {
    sql("UPDATE invite SET used_at = $1 WHERE first AND used_at IS NULL").bind(at).execute(tx).await?;
    Ok(())
}

/// The role an invitation is for; `None` when it is unknown, used or over.
pub async fn invited(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<String>> {
    sql("SELECT role FROM invite WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2")
        .bind(token_hash)
        .bind(now)
        .scalar_optional(tx)
        .await
}

/// Uses an invitation up; false when it was used before.
pub async fn used(tx: &mut Tx, token_hash: &str, at: Timestamp) -> Result<bool> {
    let used = sql("UPDATE invite SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL")
        .bind(token_hash)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(used == 1)
}

/// Notes a failed login under a key; gives the row's number.
pub async fn failed(tx: &mut Tx, name_hash: &str, at: Timestamp) -> Result<i64> {
    sql("INSERT INTO failed_login (name_hash, at) VALUES ($1, $2) RETURNING rowid")
        .bind(name_hash)
        .bind(at)
        .scalar(tx)
        .await
}

/// Takes a failed login back by its row's number.
pub async fn not_failed(tx: &mut Tx, number: i64) -> Result<()> {
    sql("DELETE FROM failed_login WHERE rowid = $1").bind(number).execute(tx).await?;
    Ok(())
}

/// How many logins failed under a key from `since` on.
pub async fn failures(tx: &mut Tx, name_hash: &str, since: Timestamp) -> Result<i64> {
    sql("SELECT count(*) FROM failed_login WHERE name_hash = $1 AND at >= $2")
        .bind(name_hash)
        .bind(since)
        .scalar(tx)
        .await
}
