//! Who writes to us, and from where.

use std::collections::BTreeMap;

use super::query::sql;
use super::rows::pieces;
use super::value::row;
use super::{Result, Tx};
use crate::message::{Address, ChannelId, PersonId};
use crate::time::Timestamp;

row! {
    /// A person.
    pub struct Person {
        /// Their id.
        id: PersonId,
        /// Their wrapped key; `None` once they were forgotten.
        key: Option<Vec<u8>>,
        /// The channel they last wrote from; empty once they were forgotten.
        channel: String,
        /// The path they last wrote from; empty once they were forgotten.
        path: String,
    }
}

/// The person at an address.
pub async fn at(tx: &mut Tx, address: &Address) -> Result<Option<Person>> {
    sql("SELECT p.id, p.key, p.channel, p.path FROM address a JOIN person p ON p.id = a.person
         WHERE a.channel = $1 AND a.path = $2")
    .bind(address.channel.as_str())
    .bind(&*address.path)
    .fetch_optional(tx)
    .await
}

row! {
    /// A person at one of several addresses.
    pub struct Found {
        /// The channel asked for.
        at_channel: String,
        /// The path asked for.
        at_path: String,
        /// Who it is.
        id: PersonId,
        /// Their wrapped key.
        key: Option<Vec<u8>>,
        /// The channel they last wrote from.
        channel: String,
        /// The path they last wrote from.
        path: String,
        /// Whether nothing arrived at the address asked for.
        blocked: bool,
    }
}

/// The people at several addresses, held as by [`hold`]; addresses of nobody are left out.
pub async fn at_all(tx: &mut Tx, addresses: &[&Address]) -> Result<BTreeMap<Address, Person>> {
    let mut found = BTreeMap::new();
    for piece in pieces(addresses) {
        let select = "SELECT a.channel AS at_channel, a.path AS at_path, p.id, p.key, p.channel, p.path, a.blocked_at IS NOT NULL AS blocked FROM (";
        let rows = sql(select)
            .rows(piece, |address| [address.channel.as_str().into(), (&*address.path).into()])
            .then(
                ") AS v JOIN address a ON a.channel = v.column1 AND a.path = v.column2
                 JOIN person p ON p.id = a.person WHERE p.key IS NOT NULL",
            )
            .on_postgres(" FOR KEY SHARE OF p");
        for Found { at_channel, at_path, id, key, channel, path, blocked } in
            rows.fetch_all::<Found>(tx).await?
        {
            let at = Address { channel: ChannelId::new(&at_channel), path: at_path.into() };
            if blocked {
                // Whoever writes from there can be reached there.
                reachable(tx, &at, None).await?;
            }
            found.insert(at, Person { id, key, channel, path });
        }
    }
    Ok(found)
}

/// Whether an address can be reached: since when it cannot, or `None` when it can (again).
pub async fn reachable(tx: &mut Tx, address: &Address, blocked_at: Option<Timestamp>) -> Result<()> {
    sql("UPDATE address SET blocked_at = $3 WHERE channel = $1 AND path = $2")
        .bind(address.channel.as_str())
        .bind(&*address.path)
        .bind(blocked_at)
        .execute(tx)
        .await?;
    Ok(())
}

/// The messages whose keyboards stand at addresses (channel and path), by the provider's ids.
pub async fn keyboards_stand(tx: &mut Tx, stand: &[(&str, &str, Option<&str>)]) -> Result<()> {
    for piece in pieces(stand) {
        let stands = sql("UPDATE address SET keyboard = v.column3 FROM (");
        let stands =
            stands.rows(piece, |&(channel, path, message)| [channel.into(), path.into(), message.into()]);
        stands
            .then(") AS v WHERE address.channel = v.column1 AND address.path = v.column2")
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// A person's address is another from now on, also for what is still to leave. Nothing is done where somebody is at the
/// new one already.
pub async fn moved(tx: &mut Tx, person: PersonId, from: &Address, to: &Address) -> Result<()> {
    if at(tx, to).await?.is_some() {
        return Ok(());
    }
    for moved in [
        "UPDATE address SET path = $4 WHERE channel = $1 AND path = $2 AND person = $3",
        "UPDATE outbox SET path = $4 WHERE channel = $1 AND path = $2 AND person = $3 AND state IN ('queued', 'held')",
        "UPDATE person SET path = $4 WHERE channel = $1 AND path = $2 AND id = $3",
    ] {
        sql(moved)
            .bind(from.channel.as_str())
            .bind(&*from.path)
            .bind(person)
            .bind(&*to.path)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// An address is this person's from now on, whoever was there.
pub async fn link(tx: &mut Tx, person: PersonId, address: &Address) -> Result<()> {
    sql("INSERT INTO address (channel, path, person) VALUES ($1, $2, $3)
         ON CONFLICT (channel, path) DO UPDATE SET person = excluded.person")
    .bind(address.channel.as_str())
    .bind(&*address.path)
    .bind(person)
    .execute(tx)
    .await?;
    Ok(())
}

/// When people spoke at addresses (channel, path): the latest counts.
pub async fn spoke(tx: &mut Tx, spoke: &[(&str, &str, Timestamp)]) -> Result<()> {
    for piece in pieces(spoke) {
        let heard = sql("UPDATE address SET heard_at = v.column3 FROM (");
        let heard = heard.rows(piece, |&(channel, path, at)| [channel.into(), path.into(), at.into()]);
        let over = ") AS v WHERE address.channel = v.column1 AND address.path = v.column2
              AND (address.heard_at IS NULL OR address.heard_at < v.column3)";
        heard.then(over).execute(tx).await?;
    }
    Ok(())
}

/// What a channel wants to be told when it answers at an address, sealed for its person.
pub async fn keep_thread(tx: &mut Tx, address: &Address, sealed: &[u8]) -> Result<()> {
    sql("UPDATE address SET thread = $3 WHERE channel = $1 AND path = $2")
        .bind(address.channel.as_str())
        .bind(&*address.path)
        .bind(sealed)
        .execute(tx)
        .await?;
    Ok(())
}

row! {
    /// Whether somebody may be written to at an address.
    pub struct Standing {
        /// The path.
        path: String,
        /// When they spoke there last.
        heard_at: Option<Timestamp>,
        /// When they were asked to open the chat.
        knocked_at: Option<Timestamp>,
        /// Whether they may be written to first.
        allowed: bool,
    }
}

/// How it stands at addresses of a channel.
pub async fn standing(tx: &mut Tx, channel: &str, paths: &[&str]) -> Result<Vec<Standing>> {
    let mut found = Vec::new();
    for piece in pieces(paths) {
        let at = sql(
            "SELECT path, heard_at, knocked_at, allowed_at IS NOT NULL AS allowed FROM address WHERE channel = $1 AND path IN",
        );
        found.extend(at.bind(channel).list(piece.iter().copied()).fetch_all::<Standing>(tx).await?);
    }
    Ok(found)
}

row! {
    /// A way to a person.
    pub struct Way {
        /// By which channel.
        channel: String,
        /// Where in that channel.
        path: String,
        /// When they spoke there last, where that is counted.
        heard_at: Option<Timestamp>,
    }
}

/// The ways to a person on which they did not block us, the one they spoke on last before the others.
pub async fn ways(tx: &mut Tx, person: PersonId) -> Result<Vec<Way>> {
    sql("SELECT a.channel, a.path, a.heard_at FROM address a JOIN person p ON p.id = a.person
         WHERE a.person = $1 AND a.blocked_at IS NULL
         ORDER BY (a.channel = p.channel AND a.path = p.path) DESC, a.heard_at IS NULL, a.heard_at DESC, a.channel, a.path")
    .bind(person)
    .fetch_all(tx)
    .await
}

/// Somebody was asked to open the chat at an address.
pub async fn knocked(tx: &mut Tx, channel: &str, path: &str, at: Timestamp) -> Result<()> {
    sql("UPDATE address SET knocked_at = $3 WHERE channel = $1 AND path = $2")
        .bind(channel)
        .bind(path)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether somebody may be written to first at an address: since when, or `None`.
pub async fn allow(tx: &mut Tx, address: &Address, since: Option<Timestamp>) -> Result<()> {
    sql("UPDATE address SET allowed_at = $3 WHERE channel = $1 AND path = $2")
        .bind(address.channel.as_str())
        .bind(&*address.path)
        .bind(since)
        .execute(tx)
        .await?;
    Ok(())
}

/// A person by id.
pub async fn get(tx: &mut Tx, id: PersonId) -> Result<Option<Person>> {
    sql("SELECT id, key, channel, path FROM person WHERE id = $1").bind(id).fetch_optional(tx).await
}

/// A person by id, to write about: until the transaction ends they are not forgotten by another.
pub async fn hold(tx: &mut Tx, id: PersonId) -> Result<Option<Person>> {
    sql("SELECT id, key, channel, path FROM person WHERE id = $1")
        .on_postgres(" FOR KEY SHARE")
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// A person by id, for one alone: waits for everybody who holds them, and makes everybody else wait.
pub async fn hold_alone(tx: &mut Tx, id: PersonId) -> Result<Option<Person>> {
    sql("SELECT id, key, channel, path FROM person WHERE id = $1")
        .on_postgres(" FOR UPDATE")
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// Somebody who is known, with their wrapped key: a sample to try a master key on.
pub async fn anybody(tx: &mut Tx) -> Result<Option<(PersonId, Vec<u8>)>> {
    sql("SELECT id, key FROM person WHERE key IS NOT NULL ORDER BY id LIMIT 1").fetch_optional(tx).await
}

/// Makes a person known at their first address, with a freshly wrapped key; false, and nothing done, when the id is
/// somebody's already, be it of somebody forgotten.
pub async fn create(tx: &mut Tx, id: PersonId, key: &[u8], address: &Address, at: Timestamp) -> Result<bool> {
    let made = sql("INSERT INTO person (id, key, channel, path, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO NOTHING")
    .bind(id)
    .bind(key)
    .bind(address.channel.as_str())
    .bind(&*address.path)
    .bind(at)
    .execute(tx)
    .await?;
    let made = made == 1;
    if made {
        touch(tx, id, address).await?;
    }
    Ok(made)
}

/// Notes the address a person last wrote from; a new one is linked to them.
pub async fn touch(tx: &mut Tx, id: PersonId, address: &Address) -> Result<()> {
    sql("INSERT INTO address (channel, path, person) VALUES ($1, $2, $3) ON CONFLICT (channel, path) DO NOTHING")
        .bind(address.channel.as_str())
        .bind(&*address.path)
        .bind(id)
        .execute(tx)
        .await?;
    sql("UPDATE person SET channel = $2, path = $3 WHERE id = $1 AND (channel <> $2 OR path <> $3)")
        .bind(id)
        .bind(address.channel.as_str())
        .bind(&*address.path)
        .execute(tx)
        .await?;
    Ok(())
}
