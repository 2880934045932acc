//! Where a person's conversation stands, and when it was in human hands.

use super::query::{Statement, sql};
use super::rows::pieces;
use super::value::row;
use super::{Result, Tx};
use crate::message::PersonId;
use crate::mutant;
use crate::time::Timestamp;

/// A person's conversation (sealed) and its version.
pub async fn load(tx: &mut Tx, person: PersonId) -> Result<Option<(Vec<u8>, i64)>> {
    sql("SELECT state, version FROM conversation WHERE person = $1").bind(person).fetch_optional(tx).await
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
        let insert = sql("INSERT INTO conversation (person, state, version, with_human, locale, updated_at)");
        saved += rows(insert, piece, at).then(" ON CONFLICT (person) DO NOTHING").execute(tx).await?;
    }
    for piece in pieces(&known) {
        let update =
            sql("UPDATE conversation SET state = v.column2, version = v.column3, with_human = v.column4,
                                 locale = v.column5, updated_at = v.column6 FROM (");
        let over = ") AS v WHERE conversation.person = v.column1 AND conversation.version = v.column3 - 1";
        let over = mutant::edited("version_unguarded", over, " AND conversation.version = v.column3 - 1", "");
        saved += rows(update, piece, at).then(over).execute(tx).await?;
    }
    Ok(saved == states.len() as u64)
}

fn rows<'s>(statement: Statement<'s>, states: &[&'s NewState<'s>], at: Timestamp) -> Statement<'s> {
    statement.rows(states, |state| {
        [
            state.person.into(),
            state.state.into(),
            (state.expected_version + 1).into(),
            state.with_human.into(),
            state.locale.into(),
            at.into(),
        ]
    })
}

/// A person waits for staff, or staff took over; nothing changes when that is so already.
pub async fn human_started(tx: &mut Tx, person: PersonId, reason: &str, at: Timestamp) -> Result<()> {
    sql("INSERT INTO human_stretch (person, reason, started_at) VALUES ($1, $2, $3)
         ON CONFLICT (person) WHERE ended_at IS NULL DO NOTHING")
    .bind(person)
    .bind(reason)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}

/// A member of staff took the stretch that is under way; who took it first counts.
pub async fn human_took(tx: &mut Tx, person: PersonId, at: Timestamp) -> Result<()> {
    sql("UPDATE human_stretch SET taken_at = $2 WHERE person = $1 AND ended_at IS NULL AND taken_at IS NULL")
        .bind(person)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

/// The bot has the conversation again.
pub async fn human_ended(tx: &mut Tx, person: PersonId, at: Timestamp) -> Result<()> {
    sql("UPDATE human_stretch SET ended_at = $2 WHERE person = $1 AND ended_at IS NULL")
        .bind(person)
        .bind(at)
        .execute(tx)
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
    sql("SELECT person, reason, started_at, taken_at FROM human_stretch WHERE ended_at IS NULL
         ORDER BY started_at, id")
    .fetch_all(tx)
    .await
}
