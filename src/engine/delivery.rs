//! Parts leave: claimed by lease, sent without a transaction, recorded after. What landed is recorded in the commit that
//! claims what leaves next.

use std::sync::Arc;

use chrono::Duration;

use super::Engine;
use super::failed::Failed;
use super::pace::Pace;
use super::sealed::{THREAD, outbox_place};
use super::turn::Worked;
use crate::channel::{Channel, Delivery, Repeat, SendError, Sent};
use crate::message::{Address, ChannelId, OutboxId, Part, Speaker};
use crate::mutant;
use crate::store::outbox::{Claimed, Outcome};
use crate::store::task::TaskKind;
use crate::store::{self, StoreError, Tx};
use crate::time::Timestamp;

/// How long a claimed part is ours; a send that takes longer is counted as unknown by whoever claims it next.
pub(super) const LEASE: Duration = Duration::seconds(60);
/// How long a send may take: well within the lease.
const SEND: std::time::Duration = std::time::Duration::from_secs(30);
/// How long to wait before a part whose outcome is unknown is sent once more; and where its provider tells later what
/// became of it.
const UNKNOWN_WAIT: Duration = Duration::seconds(30);
const REPORT_WAIT: Duration = Duration::seconds(60);
/// How long a channel rests whose line is broken, before it is tried again.
const BROKEN_REST: Duration = Duration::seconds(60);
/// The waits between attempts: after the last one the part is given up and staff is told.
const WAITS_SECONDS: [i64; 7] = [5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600];

/// A part in our hands, to be sent.
#[derive(Debug)]
pub struct Departure(Claimed);

/// What became of it, to be recorded.
#[derive(Debug)]
pub struct Landing {
    claimed: Claimed,
    outcome: Outcome,
    /// What changed of the keyboard that stands there.
    keyboard: Option<Option<String>>,
    /// What staff is told of the line.
    alert: Option<String>,
}

impl Landing {
    /// A part of which its provider told later that it failed so.
    pub(super) fn failed(engine: &Engine, claimed: Claimed, error: SendError, pace: &Pace) -> Landing {
        let alert = alert_of(&error);
        let outcome = match engine.outcome(Err(error), &claimed, pace) {
            // It was tried. Were its attempt not counted, the answer to the call, if that is still on its way, would
            // be taken for the answer to the next.
            Outcome::Postponed { due } => Outcome::Again { due },
            outcome => outcome,
        };
        Landing { claimed, outcome, keyboard: None, alert }
    }

    /// Counts it, once it is recorded.
    pub(super) fn count(&self) {
        let outcome = match self.outcome {
            Outcome::Sent { .. } => "sent",
            Outcome::Again { .. } => "again",
            Outcome::Postponed { .. } => "postponed",
            Outcome::Unknown { .. } => "unknown",
            Outcome::Held => "closed",
            Outcome::Dead { .. } => "dead",
        };
        metrics::counter!("wasl_sends_total", "outcome" => outcome).increment(1);
    }
}

impl Engine {
    /// Sends the next part that is due, of any channel, if there is one. Parts of one person leave in order.
    ///
    /// # Errors
    /// When the store fails. A part that was sent and could not be recorded is claimed again as unknown.
    pub async fn deliver(&self) -> Result<Worked, StoreError> {
        for channel in self.senders().filter(|_| !self.is_superseded()) {
            let mut tx = self.inner.store.begin().await?;
            let claimed = self.claim(&mut tx, channel.id(), 1).await?;
            if claimed.is_empty() {
                tx.commit().await?;
                continue;
            }
            let Some(departure) = self.departures(&mut tx, channel.id(), claimed).await?.pop() else {
                tx.commit().await?;
                return Ok(Worked::Some);
            };
            let (tx, landing) = if mutant::is("send_before_mark") {
                let landing = self.send(departure).await;
                (tx, landing)
            } else {
                tx.commit().await?;
                let landing = self.send(departure).await;
                (self.inner.store.begin().await?, landing)
            };
            self.land(tx, landing).await?;
            return Ok(Worked::Some);
        }
        Ok(Worked::Nothing)
    }

    /// The channels by which parts are sent.
    pub fn senders(&self) -> impl Iterator<Item = &Arc<dyn Channel>> {
        self.channels().filter(|channel| channel.capabilities().delivery == Delivery::Send)
    }

    pub(super) fn pace(&self, channel: &ChannelId) -> Option<&Pace> {
        self.inner.paces.get(channel)
    }

    pub(super) async fn claim(
        &self,
        tx: &mut Tx,
        channel: &ChannelId,
        most: usize,
    ) -> Result<Vec<Claimed>, StoreError> {
        let now = self.now();
        store::outbox::claim(tx, channel.as_str(), most, now, now.plus(LEASE)).await
    }

    /// What is claimed leaves, unless it is a reminder or a survey's question that would go to who blocked us: staff
    /// was told when they did. An answer or a notice is tried: the block may be over.
    pub(super) async fn departing(
        &self,
        tx: &mut Tx,
        claimed: Claimed,
    ) -> Result<Option<Departure>, StoreError> {
        if claimed.bulk && claimed.blocked && !mutant::is("reminder_to_blocked") {
            let outcome = Outcome::Dead { cause: store::outbox::BLOCKED.into() };
            store::outbox::record(tx, &claimed.id, claimed.attempt, &outcome).await?;
            metrics::counter!("wasl_sends_total", "outcome" => "blocked").increment(1);
            return Ok(None);
        }
        if mutant::is("mark_before_send") {
            let sent = Outcome::Sent { provider_id: None };
            store::outbox::record(tx, &claimed.id, claimed.attempt, &sent).await?;
        }
        Ok(Some(Departure(claimed)))
    }

    /// Sends a part, in its channel's pace.
    pub async fn send(&self, Departure(claimed): Departure) -> Landing {
        match self.send_claimed(&claimed).await {
            Ok((outcome, keyboard, alert)) => Landing { claimed, outcome, keyboard, alert },
            Err(failed) => {
                tracing::error!(outbox = %claimed.id, error = %failed, "a part cannot be sent");
                let outcome = Outcome::Dead { cause: failed.to_string() };
                Landing { claimed, outcome, keyboard: None, alert: None }
            }
        }
    }

    async fn send_claimed(
        &self,
        claimed: &Claimed,
    ) -> Result<(Outcome, Option<Option<String>>, Option<String>), Failed> {
        let channel = self.channel(&claimed.channel)?;
        let wrapped = claimed.key.as_ref().ok_or(Failed::Absent("the person's key"))?;
        let key = self.inner.vault.person_key(claimed.person, wrapped)?;
        let part: Part = serde_json::from_slice(&key.open(&outbox_place(&claimed.id), &claimed.body)?)?;
        let to = Address { channel: channel.id().clone(), path: claimed.path.as_str().into() };
        let pace = self.pace(channel.id()).ok_or(Failed::Absent("the channel's pace"))?;
        pace.ready(&claimed.path).await;
        if let Some(due) = pace.rests(self.now()) {
            return Ok((Outcome::Postponed { due }, None, None));
        }
        if claimed.was_unknown && channel.capabilities().repeat != Repeat::Deduplicated {
            // The gap between a send and its record is the only place where a person may read a part twice.
            metrics::counter!("wasl_repeated_sends_total").increment(1);
        }
        // Sealed for whom this address belonged to before: then nothing is known of it.
        let thread = claimed.thread.as_ref().and_then(|sealed| key.open(THREAD, sealed).ok());
        let thread = thread.and_then(|thread| String::from_utf8(thread.to_vec()).ok());
        let key = OutboxId(claimed.id.clone());
        let sending = match &*claimed.purpose {
            store::outbox::KNOCK => channel.knock(&to, &part, &key),
            _ => channel.answer(&to, &part, &key, thread.as_deref()),
        };
        let sent = match tokio::time::timeout(SEND, sending).await {
            Ok(sent) => sent,
            Err(_) => Err(SendError::Unknown { cause: "no answer in time".into() }),
        };
        let keyboard = match &sent {
            Ok(sent) => keyboard_after(channel, &part, sent, claimed.keyboard.as_deref()),
            Err(_) => None,
        };
        if let (Some(_), Some(spent)) = (&keyboard, &claimed.keyboard) {
            pace.ready(&claimed.path).await;
            channel.strip(&to, spent).await;
        }
        let alert = sent.as_ref().err().and_then(alert_of);
        Ok((self.outcome(sent, claimed, pace), keyboard, alert))
    }

    fn outcome(&self, sent: Result<Sent, SendError>, claimed: &Claimed, pace: &Pace) -> Outcome {
        let now = self.now();
        match sent {
            Ok(sent) => Outcome::Sent { provider_id: Some(sent.provider_id) },
            Err(SendError::Later { after, cause }) => again(now, claimed.attempt, after, cause),
            Err(SendError::Rest { after, cause }) => {
                let due = now.plus(Duration::from_std(after).unwrap_or(LEASE));
                tracing::warn!(channel = %claimed.channel, seconds = after.as_secs(), cause, "a channel rests");
                pace.rest(due);
                Outcome::Postponed { due }
            }
            Err(SendError::Broken { cause }) => {
                let due = now.plus(BROKEN_REST);
                tracing::error!(channel = %claimed.channel, cause, "a channel's line is broken; see `wasl doctor`");
                pace.rest(due);
                Outcome::Postponed { due }
            }
            // Sent once more, and not again: twice is the most that a person may read it.
            Err(SendError::Unknown { cause }) if claimed.was_unknown && !mutant::is("unknown_uncounted") => {
                Outcome::Dead { cause }
            }
            Err(SendError::Unknown { .. }) => Outcome::Unknown { due: now.plus(self.unknown_wait(claimed)) },
            Err(SendError::Closed) => Outcome::Held,
            Err(SendError::Unwanted) => Outcome::Dead { cause: store::outbox::UNWANTED.into() },
            // A provider's own words; of all signs PostgreSQL stores every one but this.
            Err(SendError::Never { cause }) => Outcome::Dead { cause: cause.replace('\0', " ") },
            Err(SendError::Gone) if mutant::is("gone_retried") => Outcome::Again { due: now.plus(LEASE) },
            Err(SendError::Gone) => Outcome::Dead { cause: store::outbox::GONE.into() },
        }
    }

    fn unknown_wait(&self, claimed: &Claimed) -> Duration {
        match self.channel(&claimed.channel).map(|channel| channel.capabilities().repeat) {
            Ok(Repeat::Reported) => REPORT_WAIT,
            _ => UNKNOWN_WAIT,
        }
    }

    async fn land(&self, mut tx: Tx, landing: Landing) -> Result<(), StoreError> {
        self.record(&mut tx, std::slice::from_ref(&landing)).await?;
        tx.commit().await?;
        landing.count();
        Ok(())
    }

    /// Writes down what became of parts, and tells staff of one that will never leave: unless another attempt began
    /// since, whose word counts, or the person was forgotten meanwhile.
    pub(super) async fn record(&self, tx: &mut Tx, landed: &[Landing]) -> Result<(), StoreError> {
        let now = self.now();
        let (mut sent, mut keyboards) = (Vec::new(), Vec::new());
        for Landing { claimed, outcome, keyboard, alert } in landed {
            if let Some(alert) = alert {
                store::task::put_of_line(tx, &claimed.channel, alert, now).await?;
            }
            if *outcome == Outcome::Held {
                self.hold(tx, claimed).await?;
                continue;
            }
            if let Some(message) = keyboard {
                keyboards.push((&*claimed.channel, &*claimed.path, message.as_deref()));
            }
            if let Outcome::Sent { provider_id } = outcome {
                sent.push((&*claimed.id, claimed.attempt, provider_id.as_deref()));
                if claimed.blocked {
                    store::person::reachable(tx, &address_of(claimed), None).await?;
                }
                continue;
            }
            if self.is_gone(tx, claimed, outcome).await? {
                continue;
            }
            let counts = store::outbox::record(tx, &claimed.id, claimed.attempt, outcome).await?;
            let Outcome::Dead { cause } = outcome else { continue };
            if counts && !mutant::is("dead_untold") {
                store::task::put(tx, TaskKind::Undeliverable, Some(claimed.person), None, cause, now).await?;
            }
            match &**cause {
                store::outbox::GONE => store::person::reachable(tx, &address_of(claimed), Some(now)).await?,
                store::outbox::UNWANTED => store::person::allow(tx, &address_of(claimed), None).await?,
                _ => {}
            }
        }
        store::outbox::sent(tx, &sent).await?;
        store::person::keyboards_stand(tx, &keyboards).await
    }
}

impl Engine {
    /// Whether a person who is not reached any more where a part went is told it on another channel of theirs. What
    /// nobody waits for is not carried after them.
    async fn is_gone(&self, tx: &mut Tx, claimed: &Claimed, outcome: &Outcome) -> Result<bool, StoreError> {
        let gone = matches!(outcome, Outcome::Dead { cause } if cause == store::outbox::GONE);
        if !gone || claimed.bulk || claimed.purpose == store::outbox::KNOCK {
            return Ok(false);
        }
        store::person::reachable(tx, &address_of(claimed), Some(self.now())).await?;
        self.goes_elsewhere(tx, claimed.person, &claimed.channel, &claimed.id, claimed.attempt).await
    }
}

fn address_of(claimed: &Claimed) -> Address {
    Address { channel: ChannelId::new(&claimed.channel), path: claimed.path.as_str().into() }
}

/// What staff is told of a line that somebody must mend.
fn alert_of(error: &SendError) -> Option<String> {
    match error {
        SendError::Broken { cause } => Some(cause.clone()),
        _ => None,
    }
}

/// Another attempt, after the provider's wish and our own wait; after the last of them none.
fn again(now: Timestamp, attempt: i64, after: Option<std::time::Duration>, cause: String) -> Outcome {
    let Some(wait) = usize::try_from(attempt - 1).ok().and_then(|n| WAITS_SECONDS.get(n)) else {
        return Outcome::Dead { cause };
    };
    let asked = after.filter(|_| !mutant::is("retry_after_ignored"));
    let asked = asked.and_then(|a| Duration::from_std(a).ok()).unwrap_or_default();
    Outcome::Again { due: now.plus(asked.max(Duration::seconds(*wait))) }
}

/// What changes of the keyboard that stands, once a part was sent: a new question takes the place of the one before.
fn keyboard_after(
    channel: &dyn Channel,
    part: &Part,
    sent: &Sent,
    standing: Option<&str>,
) -> Option<Option<String>> {
    channel.capabilities().page?;
    let redrawn = part.board.as_ref().is_some_and(|board| board.at.is_some());
    let asks = part.from == Speaker::Bot && (part.expects.is_some() || !part.choices.is_empty());
    if redrawn || !asks {
        return None;
    }
    let stands = !part.choices.is_empty() && part.share.is_none();
    let now = stands.then(|| sent.provider_id.clone());
    (now.as_deref() != standing).then_some(now)
}
