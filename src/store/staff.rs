//! The charity's staff. Their sessions, invitations and failed logins are beside it.

mod login;

pub use login::{
    close, close_all, failed, failures, invite, invited, is_first, not_failed, open, session, used,
    void_first,
};

use super::query::sql;
use super::value::row;
use super::{Result, Tx};
use crate::message::StaffId;
use crate::time::Timestamp;

row! {
    /// A member of staff.
    pub struct StaffRow {
        /// Their id.
        id: StaffId,
        /// Their name, unique.
        name: String,
        /// The password's hash in PHC form.
        password_hash: String,
        /// What they may do: `administrator`, `officer`.
        role: String,
        /// Whether they are shut out.
        disabled: bool,
        /// Since when they are known.
        created_at: Timestamp,
    }
}

/// Adds a member of staff; false when the name is taken.
pub async fn insert(
    tx: &mut Tx,
    id: StaffId,
    name: &str,
    password_hash: &str,
    role: &str,
    at: Timestamp,
) -> Result<bool> {
    let inserted =
        sql("INSERT INTO staff (id, name, password_hash, role, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO NOTHING")
        .bind(id)
        .bind(name)
        .bind(password_hash)
        .bind(role)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(inserted == 1)
}

/// A member of staff by name.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<StaffRow>> {
    sql("SELECT id, name, password_hash, role, disabled, created_at FROM staff WHERE name = $1")
        .bind(name)
        .fetch_optional(tx)
        .await
}

/// A member of staff by id.
pub async fn get(tx: &mut Tx, id: StaffId) -> Result<Option<StaffRow>> {
    sql("SELECT id, name, password_hash, role, disabled, created_at FROM staff WHERE id = $1")
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// All staff by name, disabled ones too.
pub async fn list(tx: &mut Tx) -> Result<Vec<StaffRow>> {
    sql("SELECT id, name, password_hash, role, disabled, created_at FROM staff ORDER BY name")
        .fetch_all(tx)
        .await
}

/// Shuts a member of staff out, at once: their sessions end.
pub async fn disable(tx: &mut Tx, id: StaffId) -> Result<()> {
    sql("UPDATE staff SET disabled = TRUE WHERE id = $1").bind(id).execute(tx).await?;
    close_all(tx, id).await
}

/// Lets a member of staff in again who was shut out, with a new password's hash and role. No session opens.
pub async fn enable(tx: &mut Tx, id: StaffId, password_hash: &str, role: &str) -> Result<()> {
    sql("UPDATE staff SET disabled = FALSE, role = $2 WHERE id = $1").bind(id).bind(role).execute(tx).await?;
    set_password(tx, id, password_hash).await
}

/// Sets a new password's hash; their sessions end.
pub async fn set_password(tx: &mut Tx, id: StaffId, password_hash: &str) -> Result<()> {
    sql("UPDATE staff SET password_hash = $2 WHERE id = $1").bind(id).bind(password_hash).execute(tx).await?;
    close_all(tx, id).await
}
