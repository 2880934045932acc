//! Where a person's conversation stands, and when it was in human hands.

use sqlx::{QueryBuilder, Sqlite};

use super::rows::pieces;
use super::value::row;
use super::{Result, Tx};
use crate::message::PersonId;
use crate::time::Timestamp;

/// A person's conversation (sealed) and its version.
pub async fn load(tx: &mut Tx, person: PersonId) -> Result<Option<(Vec<u8>, i64)>> {
    Ok(sqlx::query_as("SELECT state, version FROM conversation WHERE person = $1")
        .bind(person)
        .fetch_optional(tx.conn())
        .await?)
}

/// A conversation to be saved.
#[derive(Debug)]
pub struct NewState<'a> {
    /// Whose; no person twice in one call.
    pub person: PersonId,
    /// The conversation, sealed.
    pub state: &'a [u8],
    /// The version that was read; 0: there was none.
    pub expected_version: i64,
    /// Whether staff, or the wait for staff, holds it.
    pub with_human: bool,
    /// The language spoken.
    pub locale: Option<&'a str>,
}

/// Saves conversations over the versions that were read; false when one of them was changed by another meanwhile:
/// that one is not saved then, and the caller should give up the transaction.
pub async fn save(tx: &mut Tx, states: &[NewState<'_>], at: Timestamp) -> Result<bool> {
    let (new, known): (Vec<_>, Vec<_>) = states.iter().partition(|state| state.expected_version == 0);
    let mut saved = 0;
    for piece in pieces(&new) {
        let mut insert = QueryBuilder::new(
            "INSERT INTO conversation (person, state, version, with_human, locale, updated_at) ",
        );
        values(&mut insert, piece, at);
        insert.push(" ON CONFLICT (person) DO NOTHING");
        saved += insert.build().execute(tx.conn()).await?.rows_affected();
    }
    for piece in pieces(&known) {
        let mut update = QueryBuilder::new(
            "UPDATE conversation SET state = v.column2, version = v.column3, with_human = v.column4,
                    locale = v.column5, updated_at = v.column6 FROM (",
        );
        values(&mut update, piece, at);
        update.push(") AS v WHERE conversation.person = v.column1 AND conversation.version = v.column3 - 1");
        saved += update.build().execute(tx.conn()).await?.rows_affected();
    }
    Ok(saved == states.len() as u64)
}

fn values<'a>(query: &mut QueryBuilder<Sqlite>, states: &[&NewState<'a>], at: Timestamp) {
    query.push_values(states, |mut row, state| {
        row.push_bind(state.person)
            .push_bind(state.state)
            .push_bind(state.expected_version + 1)
            .push_bind(i64::from(state.with_human))
            .push_bind(state.locale)
            .push_bind(at);
    });
}

/// A person waits for staff, or staff took over; nothing changes when that is so already.
pub async fn human_started(tx: &mut Tx, person: PersonId, reason: &str, at: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO human_stretch (person, reason, started_at) VALUES ($1, $2, $3)
         ON CONFLICT (person) WHERE ended_at IS NULL DO NOTHING",
    )
    .bind(person)
    .bind(reason)
    .bind(at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A member of staff took the stretch that is under way; who took it first counts.
pub async fn human_took(tx: &mut Tx, person: PersonId, at: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE human_stretch SET taken_at = $2 WHERE person = $1 AND ended_at IS NULL AND taken_at IS NULL",
    )
    .bind(person)
    .bind(at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The bot has the conversation again.
pub async fn human_ended(tx: &mut Tx, person: PersonId, at: Timestamp) -> Result<()> {
    sqlx::query("UPDATE human_stretch SET ended_at = $2 WHERE person = $1 AND ended_at IS NULL")
        .bind(person)
        .bind(at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

row! {
    /// A stretch in human hands, or waiting for them.
    pub struct StretchRow {
        /// Whose conversation.
        person: PersonId,
        /// `asked`, `stuck`, or `staff` who stepped in.
        reason: String,
        /// When a person was wanted.
        started_at: Timestamp,
        /// When a member of staff took it; `None`: nobody yet.
        taken_at: Option<Timestamp>,
    }
}

/// Who is in human hands or waits for them, longest first.
pub async fn waiting_for_human(tx: &mut Tx) -> Result<Vec<StretchRow>> {
    Ok(sqlx::query_as(
        "SELECT person, reason, started_at, taken_at FROM human_stretch WHERE ended_at IS NULL
         ORDER BY started_at, id",
    )
    .fetch_all(tx.conn())
    .await?)
}
