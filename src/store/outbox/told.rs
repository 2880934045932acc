//! What providers tell of parts they took, and parts that wait until their person speaks again.

use super::{Claimed, Result, Tx, sql};
use crate::message::PersonId;
use crate::store::rows::pieces;
use crate::store::value::row;
use crate::time::Timestamp;

/// What a provider tells of a part, by how far it came. What is told in any order, and more than once, leads to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// It was sent on.
    Sent = 1,
    /// It failed. Nothing but an arrival outweighs that.
    Failed = 2,
    /// It arrived.
    Arrived = 3,
    /// It was read.
    Read = 4,
}

/// Parts (ids) of which their provider tells, under these ids of its own, how far they came; never that they failed (see
/// [`reclaim`]). One whose outcome was unknown left, so it is sent no more. What is told of an earlier attempt counts
/// only if it arrived.
pub async fn told(tx: &mut Tx, parts: &[(&str, &str, Told)]) -> Result<()> {
    for piece in pieces(parts) {
        let told = sql(
            "UPDATE outbox SET stage = v.column3, lease_until = $1, provider_id = coalesce(provider_id, v.column2),
                    state = 'sent' FROM (",
        );
        let told = told
            .bind(Timestamp::EPOCH)
            .rows(piece, |&(id, provider_id, stage)| [id.into(), provider_id.into(), (stage as i64).into()]);
        let over = ") AS v WHERE outbox.id = v.column1 AND outbox.stage < v.column3
              AND outbox.state IN ('queued', 'held', 'sent', 'dead')
              AND (outbox.provider_id IS NULL OR outbox.provider_id = v.column2 OR v.column3 > 2)";
        told.then(over).execute(tx).await?;
    }
    Ok(())
}

/// A part of which its provider tells that it failed comes back into the sender's hands until `lease_until`, as another
/// attempt: what becomes of that is recorded as of any. `None` when that was told before, it arrived all the same, or it
/// is told of an earlier attempt.
pub async fn reclaim(
    tx: &mut Tx,
    id: &str,
    provider_id: &str,
    lease_until: Timestamp,
) -> Result<Option<Claimed>> {
    const RECLAIM: &str = concat!(
        "UPDATE outbox SET state = 'queued', stage = 2, lease_until = $3, attempt = attempt + 1, provider_id = $2
         WHERE id = $1 AND state IN ('queued', 'sent') AND stage < 2 AND (provider_id IS NULL OR provider_id = $2)",
        claimed!()
    );
    sql(RECLAIM).bind(id).bind(provider_id).bind(lease_until).fetch_optional(tx).await
}

/// Puts a part aside until its person speaks where it goes: see [`release`]. `until` is when staff is told that they did
/// not. False, and nothing done, when another attempt began since.
pub async fn hold(tx: &mut Tx, id: &str, attempt: i64, until: Timestamp) -> Result<bool> {
    let held = "UPDATE outbox SET state = 'held', cause = 'held', lease_until = $4, due_at = $3
         WHERE id = $1 AND attempt = $2 AND state = 'queued'";
    Ok(sql(held).bind(id).bind(attempt).bind(until).bind(Timestamp::EPOCH).execute(tx).await? == 1)
}

/// The parts held for these addresses (channel, path) leave now.
pub async fn release(tx: &mut Tx, addresses: &[(&str, &str)], now: Timestamp) -> Result<u64> {
    let mut released = 0;
    for piece in pieces(addresses) {
        let release = sql("UPDATE outbox SET state = 'queued', cause = NULL, due_at = $1 FROM (");
        let release = release.bind(now).rows(piece, |&(channel, path)| [channel.into(), path.into()]);
        let over =
            ") AS v WHERE outbox.state = 'held' AND outbox.channel = v.column1 AND outbox.path = v.column2";
        released += release.then(over).execute(tx).await?;
    }
    Ok(released)
}

/// A part goes another way from now on, as if it were new there. False, and nothing done, when another attempt began
/// since.
pub async fn redirect(
    tx: &mut Tx,
    id: &str,
    attempt: i64,
    (channel, path): (&str, &str),
    now: Timestamp,
) -> Result<bool> {
    let redirected = "UPDATE outbox SET state = 'queued', channel = $3, path = $4, due_at = $5, lease_until = $6, cause = NULL,
                provider_id = NULL, stage = 0, unknown = FALSE
         WHERE id = $1 AND attempt = $2 AND state IN ('queued', 'held')";
    let redirected = sql(redirected).bind(id).bind(attempt).bind(channel).bind(path).bind(now);
    Ok(redirected.bind(Timestamp::EPOCH).execute(tx).await? == 1)
}

row! {
    /// A part that its person did not read.
    pub struct Unread {
        /// The outbox id.
        id: String,
        /// To whom.
        person: PersonId,
        /// By which channel.
        channel: String,
        /// How many attempts were begun.
        attempt: i64,
    }
}

/// Parts held until now at the latest, of which staff is to be told, each once.
pub async fn unread(tx: &mut Tx, now: Timestamp) -> Result<Vec<Unread>> {
    sql("UPDATE outbox SET cause = 'unread' WHERE state = 'held' AND cause = 'held' AND not_after IS NULL AND due_at <= $1
         RETURNING id, person, channel, attempt")
    .bind(now)
    .fetch_all(tx)
    .await
}

/// Whether something is to leave for a person.
pub async fn waits(tx: &mut Tx, person: PersonId) -> Result<bool> {
    sql("SELECT EXISTS (SELECT 1 FROM outbox WHERE person = $1 AND state = 'queued')")
        .bind(person)
        .scalar(tx)
        .await
}
