//! Who may enter the desk: inviting, listing, shutting out. Used by the pages and by the command line.

use std::time::Duration;

use super::session::{NoRandomness, digest, secret};
use crate::case::Role;
use crate::locale::{fold, strip_controls};
use crate::message::{StaffId, derive_id};
use crate::store::staff::StaffRow;
use crate::store::{self, Store, StoreError};
use crate::time::Timestamp;

/// How long an invitation can be used.
pub const INVITATION: Duration = Duration::from_secs(24 * 60 * 60);
/// The most characters of a name.
const MAX_NAME: usize = 60;

/// Why nobody could be invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No token could be drawn.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Invites somebody with that role: gives the token of the one-time link `/desk/setup/<token>`, which the store
/// keeps as a digest for [`INVITATION`].
pub async fn invite(store: &Store, role: Role, now: Timestamp) -> Result<String, InviteError> {
    let mut tx = store.begin().await?;
    let token = invite_within(&mut tx, role, now).await?;
    tx.commit().await?;
    Ok(token)
}

/// Invites the administrator while nobody may enter. The link of an earlier start, which may lie in a log somewhere,
/// is void from here on, and this one as soon as somebody else comes in.
pub(super) async fn invite_first(store: &Store, now: Timestamp) -> Result<String, InviteError> {
    let mut tx = store.begin().await?;
    store::staff::void_first(&mut tx, now).await?;
    let token = invite_within(&mut tx, Role::Administrator, now).await?;
    store::staff::is_first(&mut tx, &digest(&token)).await?;
    tx.commit().await?;
    Ok(token)
}

async fn invite_within(tx: &mut store::Tx, role: Role, now: Timestamp) -> Result<String, InviteError> {
    let token = secret()?;
    let ends = now.plus(chrono::Duration::seconds(INVITATION.as_secs() as i64));
    store::staff::invite(tx, &digest(&token), name_of(role), ends, now).await?;
    store::audit::append(tx, "wasl", "staff.invited", name_of(role), now).await?;
    Ok(token)
}

/// Adds a member of staff whose password was hashed already; false when the name is taken.
pub async fn add(
    store: &Store,
    name: &str,
    password_hash: &str,
    role: Role,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    let added = insert(&mut tx, name, password_hash, role, now).await?.is_some();
    tx.commit().await?;
    Ok(added)
}

/// [`add`] within a transaction: the id of the new member, or `None` when the name is taken.
pub(super) async fn insert(
    tx: &mut store::Tx,
    name: &str,
    password_hash: &str,
    role: Role,
    now: Timestamp,
) -> Result<Option<StaffId>, StoreError> {
    let id = StaffId(derive_id(&["staff", name, &now.micros().to_string()]));
    if known(tx, name).await?.is_some()
        || !store::staff::insert(tx, id, name, password_hash, name_of(role), now).await?
    {
        return Ok(None);
    }
    store::staff::void_first(tx, now).await?;
    store::audit::append(tx, &id.to_string(), "staff.added", name_of(role), now).await?;
    Ok(Some(id))
}

/// [`insert`], or lets in again who was shut out under that name: the same id, with this password and role. `None`
/// when somebody who may enter has the name.
pub(super) async fn admit(
    tx: &mut store::Tx,
    name: &str,
    password_hash: &str,
    role: Role,
    now: Timestamp,
) -> Result<Option<StaffId>, StoreError> {
    match known(tx, name).await? {
        None => insert(tx, name, password_hash, role, now).await,
        Some(row) if row.disabled => {
            store::staff::enable(tx, row.id, password_hash, name_of(role)).await?;
            store::staff::void_first(tx, now).await?;
            let who = row.id.to_string();
            store::audit::append(tx, &who, "staff.enabled", name_of(role), now).await?;
            Ok(Some(row.id))
        }
        Some(_) => Ok(None),
    }
}

/// Whoever goes by that name: written exactly so, or else so that it reads the same.
pub(super) async fn known(tx: &mut store::Tx, name: &str) -> Result<Option<StaffRow>, StoreError> {
    let exactly = store::staff::by_name(tx, name).await?;
    if exactly.is_some() {
        return Ok(exactly);
    }
    let key = fold(name);
    Ok(store::staff::list(tx).await?.into_iter().find(|row| fold(&row.name) == key))
}

/// Everybody who may enter or once could, by name.
pub async fn list(store: &Store) -> Result<Vec<StaffRow>, StoreError> {
    let mut tx = store.read().await?;
    store::staff::list(&mut tx).await
}

/// Shuts somebody out, and ends their sessions at once; false when nobody has that name.
pub async fn disable(store: &Store, name: &str, now: Timestamp) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    let Some(row) = known(&mut tx, &cleaned(name)).await? else { return Ok(false) };
    store::staff::disable(&mut tx, row.id).await?;
    store::audit::append(&mut tx, "wasl", "staff.disabled", &row.id.to_string(), now).await?;
    tx.commit().await?;
    Ok(true)
}

/// A name without marks that cannot be seen, and with single spaces. Names that differ in no more than capital letters,
/// vowel marks or the way a letter is put together are one name: see [`known`].
pub fn cleaned(name: &str) -> String {
    strip_controls(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a cleaned name can be used.
pub fn name_fits(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.chars().count())
}

/// The role as the store spells it.
pub fn name_of(role: Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::Officer => "officer",
    }
}

/// The role that the store spells so; `None` for one that this version does not know: nothing is allowed then.
pub fn role_of(stored: &str) -> Option<Role> {
    [Role::Administrator, Role::Officer].into_iter().find(|role| name_of(*role) == stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_alike() {
        fn check(typed: &str, expected: &str) {
            assert_eq!(cleaned(typed), expected);
        }
        check("  Mona   Ali ", "Mona Ali");
        check("Mo\u{202E}na\u{200B}", "Mona");
        check("\u{2067}منى\u{2069}\n", "منى");
        assert!(!name_fits(&cleaned(" \u{200B} ")));
        assert!(!name_fits(&"a".repeat(61)));
    }

    #[test]
    fn an_unknown_role_allows_nothing() {
        assert_eq!(role_of("administrator"), Some(Role::Administrator));
        assert_eq!(role_of("officer"), Some(Role::Officer));
        assert_eq!(role_of("Administrator"), None);
    }
}
