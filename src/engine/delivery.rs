//! One part leaves: claimed by lease, sent without a transaction, recorded after.

use chrono::Duration;

use super::Engine;
use super::failed::Failed;
use super::sealed::outbox_place;
use super::turn::Worked;
use crate::channel::{Repeat, SendError, Sent};
use crate::message::{Address, ChannelId, OutboxId, Part};
use crate::mutant;
use crate::store::outbox::{Claimed, Outcome};
use crate::store::task::TaskKind;
use crate::store::{self, StoreError, Tx};
use crate::time::Timestamp;

/// How long a claimed part is ours; a send that takes longer is counted as unknown by whoever claims it next.
const LEASE: Duration = Duration::seconds(60);
/// How long a send may take: well within the lease.
const SEND: std::time::Duration = std::time::Duration::from_secs(30);
/// How long to wait before a part whose outcome is unknown is sent once more.
const UNKNOWN_WAIT: Duration = Duration::seconds(30);
/// The waits between attempts: after the last one the part is given up and staff is told.
const WAITS_SECONDS: [i64; 7] = [5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600];

/// What there was to take up.
enum Claim {
    /// A part, ours until its lease ends.
    Ours(Claimed),
    /// A part that is not sent any more.
    Unwanted,
    Nothing,
}

impl Engine {
    /// Sends the next part that is due, if there is one. Parts of one person leave in order.
    ///
    /// # Errors
    /// When the store fails. A part that was sent and could not be recorded is claimed again as unknown.
    pub async fn deliver(&self) -> Result<Worked, StoreError> {
        #[cfg(feature = "mutant")]
        if mutant::is("send_before_mark") {
            return self.deliver_in_one_transaction().await;
        }
        let mut tx = self.inner.store.begin().await?;
        let claimed = self.claim(&mut tx).await?;
        tx.commit().await?;
        let claimed = match claimed {
            Claim::Ours(claimed) => claimed,
            Claim::Unwanted => return Ok(Worked::Some),
            Claim::Nothing => return Ok(Worked::Nothing),
        };
        let outcome = self.send(&claimed).await;
        let mut tx = self.inner.store.begin().await?;
        record(&mut tx, &claimed, &outcome, self.now()).await?;
        tx.commit().await?;
        metrics::counter!("wasl_sends_total", "outcome" => outcome_text(&outcome)).increment(1);
        Ok(Worked::Some)
    }

    /// A seeded mistake: the transaction of the claim is held over the send.
    #[cfg(feature = "mutant")]
    async fn deliver_in_one_transaction(&self) -> Result<Worked, StoreError> {
        let mut tx = self.inner.store.begin().await?;
        let worked = match self.claim(&mut tx).await? {
            Claim::Ours(claimed) => {
                let outcome = self.send(&claimed).await;
                record(&mut tx, &claimed, &outcome, self.now()).await?;
                Worked::Some
            }
            Claim::Unwanted => Worked::Some,
            Claim::Nothing => Worked::Nothing,
        };
        tx.commit().await?;
        Ok(worked)
    }

    /// Takes up the part that leaves next.
    async fn claim(&self, tx: &mut Tx) -> Result<Claim, StoreError> {
        let now = self.now();
        let Some(claimed) = store::outbox::claim(tx, now, now.plus(LEASE)).await? else {
            return Ok(Claim::Nothing);
        };
        if claimed.bulk && self.is_unwanted(tx, &claimed).await? {
            return Ok(Claim::Unwanted);
        }
        if mutant::is("mark_before_send") {
            record(tx, &claimed, &Outcome::Sent { provider_id: None }, now).await?;
        }
        Ok(Claim::Ours(claimed))
    }

    /// Gives a reminder or a survey's question up, unsent, that would go to who blocked us; staff was told when they did.
    /// An answer or a notice is tried: the block may be over.
    async fn is_unwanted(&self, tx: &mut Tx, claimed: &Claimed) -> Result<bool, StoreError> {
        if mutant::is("reminder_to_blocked") || !store::outbox::is_blocked(tx, &claimed.id).await? {
            return Ok(false);
        }
        let outcome = Outcome::Dead { cause: store::outbox::BLOCKED.into() };
        store::outbox::record(tx, &claimed.id, claimed.attempt, &outcome).await?;
        metrics::counter!("wasl_sends_total", "outcome" => "blocked").increment(1);
        Ok(true)
    }

    async fn send(&self, claimed: &Claimed) -> Outcome {
        match self.try_to_send(claimed).await {
            Ok(sent) => self.outcome(sent, claimed),
            Err(failed) => {
                tracing::error!(outbox = %claimed.id, error = %failed, "a part cannot be sent");
                Outcome::Dead { cause: failed.to_string() }
            }
        }
    }

    /// One call of the channel, with what it said of it.
    async fn try_to_send(&self, claimed: &Claimed) -> Result<Result<Sent, SendError>, Failed> {
        let channel = ChannelId::new(&claimed.channel);
        let channel = self.inner.channels.get(&channel).ok_or(Failed::Absent("the channel"))?;
        if claimed.was_unknown && channel.capabilities().repeat == Repeat::Doubles {
            // The gap between a send and its record is the only place where a person may read a part twice.
            metrics::counter!("wasl_repeated_sends_total").increment(1);
        }
        let wrapped = claimed.key.as_ref().ok_or(Failed::Absent("the person's key"))?;
        let key = self.inner.vault.person_key(claimed.person, wrapped)?;
        let part: Part = serde_json::from_slice(&key.open(&outbox_place(&claimed.id), &claimed.body)?)?;
        let to = Address { channel: channel.id().clone(), path: claimed.path.as_str().into() };
        let key = OutboxId(claimed.id.clone());
        let sent = tokio::time::timeout(SEND, channel.send(&to, &part, &key)).await;
        Ok(sent.unwrap_or_else(|_| Err(SendError::Unknown { cause: "no answer in time".into() })))
    }

    fn outcome(&self, sent: Result<Sent, SendError>, claimed: &Claimed) -> Outcome {
        let now = self.now();
        match sent {
            Ok(sent) => Outcome::Sent { provider_id: Some(sent.provider_id) },
            Err(SendError::Later { after, cause }) => {
                let Some(wait) = usize::try_from(claimed.attempt - 1).ok().and_then(|n| WAITS_SECONDS.get(n))
                else {
                    return Outcome::Dead { cause };
                };
                let mut wait = Duration::seconds(*wait);
                if let Some(asked) = after.and_then(|after| Duration::from_std(after).ok())
                    && !mutant::is("retry_after_ignored")
                {
                    wait = wait.max(asked);
                }
                Outcome::Again { due: now.plus(wait) }
            }
            // Sent once more, and not again: twice is the most that a person may read it.
            Err(SendError::Unknown { cause }) if claimed.was_unknown && !mutant::is("unknown_uncounted") => {
                Outcome::Dead { cause }
            }
            Err(SendError::Unknown { .. }) => Outcome::Unknown { due: now.plus(UNKNOWN_WAIT) },
            Err(SendError::Never { cause }) => Outcome::Dead { cause },
            Err(SendError::Gone) if mutant::is("gone_retried") => Outcome::Again { due: now.plus(LEASE) },
            Err(SendError::Gone) => Outcome::Dead { cause: store::outbox::GONE.into() },
        }
    }
}

/// Writes down what became of an attempt, and tells staff of a part that will never leave: unless another attempt began
/// since, whose word counts, or the person was forgotten meanwhile.
async fn record(tx: &mut Tx, claimed: &Claimed, outcome: &Outcome, now: Timestamp) -> Result<(), StoreError> {
    let counts = store::outbox::record(tx, &claimed.id, claimed.attempt, outcome).await?;
    if let Outcome::Dead { cause } = outcome
        && counts
        && !mutant::is("dead_untold")
    {
        store::task::put(tx, TaskKind::Undeliverable, Some(claimed.person), None, cause, now).await?;
    }
    Ok(())
}

fn outcome_text(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::Again { .. } => "again",
        Outcome::Unknown { .. } => "unknown",
        Outcome::Dead { .. } => "dead",
    }
}
