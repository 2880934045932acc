//! Who writes to us, and from where.

use std::collections::BTreeMap;

use sqlx::{FromRow, QueryBuilder, Row};

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
    Ok(sqlx::query_as(
        "SELECT p.id, p.key, p.channel, p.path FROM address a JOIN person p ON p.id = a.person
         WHERE a.channel = $1 AND a.path = $2",
    )
    .bind(address.channel.as_str())
    .bind(&*address.path)
    .fetch_optional(tx.conn())
    .await?)
}

/// The people at several addresses; addresses of nobody are left out.
pub async fn at_all(tx: &mut Tx, addresses: &[&Address]) -> Result<BTreeMap<Address, Person>> {
    let mut found = BTreeMap::new();
    for piece in pieces(addresses) {
        let mut select = QueryBuilder::new(
            "SELECT a.channel AS at_channel, a.path AS at_path, p.id, p.key, p.channel, p.path FROM (",
        );
        select.push_values(piece, |mut row, address| {
            row.push_bind(address.channel.as_str()).push_bind(&*address.path);
        });
        select.push(
            ") AS v JOIN address a ON a.channel = v.column1 AND a.path = v.column2 JOIN person p ON p.id = a.person",
        );
        for row in select.build().fetch_all(tx.conn()).await? {
            let channel = ChannelId::new(row.try_get("at_channel")?);
            let path: String = row.try_get("at_path")?;
            found.insert(Address { channel, path: path.into() }, Person::from_row(&row)?);
        }
    }
    Ok(found)
}

/// A person by id.
pub async fn get(tx: &mut Tx, id: PersonId) -> Result<Option<Person>> {
    Ok(sqlx::query_as("SELECT id, key, channel, path FROM person WHERE id = $1")
        .bind(id)
        .fetch_optional(tx.conn())
        .await?)
}

/// Somebody who is known, with their wrapped key: a sample to try a master key on.
pub async fn anybody(tx: &mut Tx) -> Result<Option<(PersonId, Vec<u8>)>> {
    Ok(sqlx::query_as("SELECT id, key FROM person WHERE key IS NOT NULL ORDER BY id LIMIT 1")
        .fetch_optional(tx.conn())
        .await?)
}

/// Makes a person known at their first address, with a freshly wrapped key; false, and nothing done, when the id is
/// somebody's already, be it of somebody forgotten.
pub async fn create(tx: &mut Tx, id: PersonId, key: &[u8], address: &Address, at: Timestamp) -> Result<bool> {
    let made = sqlx::query(
        "INSERT INTO person (id, key, channel, path, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(key)
    .bind(address.channel.as_str())
    .bind(&*address.path)
    .bind(at)
    .execute(tx.conn())
    .await?;
    let made = made.rows_affected() == 1;
    if made {
        touch(tx, id, address).await?;
    }
    Ok(made)
}

/// Notes the address a person last wrote from; a new one is linked to them.
pub async fn touch(tx: &mut Tx, id: PersonId, address: &Address) -> Result<()> {
    sqlx::query("INSERT INTO address (channel, path, person) VALUES ($1, $2, $3) ON CONFLICT (channel, path) DO NOTHING")
        .bind(address.channel.as_str())
        .bind(&*address.path)
        .bind(id)
        .execute(tx.conn())
        .await?;
    sqlx::query("UPDATE person SET channel = $2, path = $3 WHERE id = $1 AND (channel <> $2 OR path <> $3)")
        .bind(id)
        .bind(address.channel.as_str())
        .bind(&*address.path)
        .execute(tx.conn())
        .await?;
    Ok(())
}
