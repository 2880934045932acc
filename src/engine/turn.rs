//! The tick: what arrived is stored, what waits is turned, all of it in one commit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::Duration;
use tokio::sync::{mpsc, oneshot};

use super::Engine;
use super::apart;
use super::apply::Applied;
use super::boarding::Boarding;
use super::exchange::Word;
use super::failed::Failed;
use super::letter::Read;
use super::receive::{Coming, Heard, RAW, Receipt};
use super::report;
use super::sealed::{CONVERSATION, inbox_place};
use super::written::{Saved, Written};
use crate::dialogue::{self, Conversation, Effect, Env, Event, Owner};
use crate::form::{Answer, Shelf};
use crate::message::{Address, CaseId, ChannelId, DocumentId, PersonId, SessionId, reference_after};
use crate::mutant;
use crate::store::inbox::Waiting;
use crate::store::task::TaskKind;
use crate::store::{self, StoreError, Tx};
use crate::time::Timestamp;
use crate::vault::PersonKey;

/// How many receipts and how many turns one commit may carry.
const BATCH: usize = 256;
/// A turn that failed this often is parked: one apology, one task for staff, and the person's next message goes on.
const ATTEMPTS: i64 = 5;

/// What a tick did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// Something; there may be more at once.
    Some,
    /// Nothing was waiting.
    Nothing,
}

/// What one commit leads to once it is made.
#[derive(Default)]
struct After {
    people: Vec<PersonId>,
    applied: Applied,
}

/// What a step looks up in the store, looked up before it.
#[derive(Clone, Copy)]
struct Known<'k> {
    shelf: &'k Shelf,
    /// Where the request stands that the step may move.
    stands: Option<&'k str>,
}

impl Engine {
    /// Stores what came in, turns what waits, commits once, and only then answers and nudges.
    ///
    /// Dropping this future at any await loses nothing: an open transaction is rolled back, and senders whose
    /// message was in it hear [`super::Unstored`].
    ///
    /// # Errors
    /// When the store fails; nothing was committed then.
    pub async fn tick(&self) -> Result<Worked, StoreError> {
        let ticked = self.tick_once().await;
        self.note_condition(&ticked).await;
        ticked
    }

    async fn tick_once(&self) -> Result<Worked, StoreError> {
        // One tick at a time in a process, whatever the database allows.
        let mut incoming = self.inner.incoming.lock().await;
        let (inbound, mut answers): (Vec<Coming>, Vec<_>) = waiting(&mut incoming.receipts)
            .into_iter()
            .map(|Receipt { coming, answer }| (coming, answer))
            .unzip();
        let reports = waiting(&mut incoming.reports);
        let now = self.now();
        let mut after = After::default();
        let mut tx = self.inner.store.begin().await?;
        let leaves = self.is_superseded();
        let stores_first = self.stores_first(now);
        let up_to = if stores_first { store::inbox::last_seq(&mut tx).await? } else { i64::MAX };
        let heard = self.hear(&mut tx, &inbound, now).await.map_err(|failed| self.give_up(failed))?;
        if mutant::is("ack_first") {
            tell(std::mem::take(&mut answers), &heard);
        }
        self.record_reports(&mut tx, &reports).await?;
        let timers = !leaves && self.ring_timers(&mut tx, now).await?;
        let most = if leaves { 0 } else { BATCH as i64 };
        let events = store::inbox::waiting(&mut tx, up_to, most).await?;
        let (fresh, tried): (Vec<Waiting>, Vec<Waiting>) = events.into_iter().partition(|w| w.attempt == 0);
        let worked =
            !inbound.is_empty() || !reports.is_empty() || timers || !fresh.is_empty() || !tried.is_empty();
        #[cfg(feature = "mutant")]
        if mutant::is("done_first") {
            let seqs: Vec<i64> = fresh.iter().map(|event| event.seq).collect();
            store::inbox::done(&mut tx, &seqs, now).await?;
            tx.torn("done_first").await?;
        }
        if let Err((failed, events)) = self.turn_together(&mut tx, &fresh, &mut after).await {
            let undone = tx.rollback().await;
            return match failed.of_the_database() {
                // The first failure tells what is wrong; a database that failed has often undone all by itself.
                Ok(error) => Err(error),
                Err(failed) => {
                    undone?;
                    let heard = self.store_alone(&inbound, events, &failed, now).await?;
                    tell(answers, &heard);
                    Ok(Worked::Some)
                }
            };
        }
        let boardings = self.take_aboard(&mut tx).await?;
        let worked = worked || !boardings.is_empty();
        tx.commit().await?;
        boardings.into_iter().for_each(Boarding::commit);
        tell(answers, &heard);
        report::recorded(reports);
        if !inbound.is_empty() && (leaves || stores_first) {
            self.tell_others(Word::Turn);
        }
        self.committed_now(after).await;
        for event in &tried {
            self.turn_alone(event).await?;
        }
        Ok(if worked { Worked::Some } else { Worked::Nothing })
    }

    /// Whether what comes in is stored in a commit of its own, and turned in the next. It is turned in the same one,
    /// unless the process began just now: it may have ended of a message that its sender repeats, and what is stored
    /// already counts its attempts.
    fn stores_first(&self, now: Timestamp) -> bool {
        let caution = i64::try_from(self.inner.config.server.caution_seconds).unwrap_or(i64::MAX);
        now.since(self.inner.began) < Duration::try_seconds(caution).unwrap_or(Duration::MAX)
    }

    /// After turns of one commit failed: what came in is stored without them, and the events that may be to blame are
    /// marked, so that each runs alone next time.
    async fn store_alone(
        &self,
        inbound: &[Coming],
        events: &[Waiting],
        failed: &Failed,
        now: Timestamp,
    ) -> Result<Vec<Option<Heard>>, StoreError> {
        metrics::counter!("wasl_turns_failed_total").increment(1);
        let mut tx = self.inner.store.begin().await?;
        let heard = self.hear(&mut tx, inbound, now).await.map_err(|failed| self.give_up(failed))?;
        for event in events {
            tracing::error!(event = %event.id, error = %failed, "a turn failed and will run alone");
            store::inbox::failed(&mut tx, event.id).await?;
        }
        tx.commit().await?;
        Ok(heard)
    }

    /// The turns of one commit. What fails comes with the events that may be to blame for it.
    async fn turn_together<'e>(
        &self,
        tx: &mut Tx,
        events: &'e [Waiting],
        after: &mut After,
    ) -> Result<(), (Failed, &'e [Waiting])> {
        let mut written = Written::default();
        for (n, event) in events.iter().enumerate() {
            let applied =
                self.turn(tx, event, &mut written).await.map_err(|failed| (failed, &events[n..=n]))?;
            after.people.push(reader_of(event));
            after.applied.join(applied);
        }
        written.flush(tx, self.now()).await.map_err(|failed| (failed, events))
    }

    /// Whether anything at all waits: for tests, and for an orderly stop.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_quiet(&self) -> Result<bool, StoreError> {
        let mut tx = self.inner.store.read().await?;
        Ok(store::inbox::waiting_count(&mut tx).await? == 0
            && store::outbox::queued_count(&mut tx).await? == 0)
    }

    async fn committed_now(&self, after: After) {
        metrics::counter!("wasl_turns_total").increment(after.people.len() as u64);
        for person in after.people {
            // Nobody watching is the usual case.
            let _ = self.inner.watchers.send(person);
            self.tell_others(Word::Lines(person));
        }
        if after.applied.queued {
            self.tell_others(Word::Send);
        }
        if after.applied.to_fetch {
            self.inner.fetches.notify_one();
        }
        for orphan in after.applied.orphans {
            self.drop_orphan(&orphan).await;
        }
    }

    /// A failed receipt voids the tick; our own mistakes are reported, people's words are not.
    fn give_up(&self, failed: Failed) -> StoreError {
        match failed {
            Failed::Store(error) => error,
            other => {
                tracing::error!(error = %other, "a tick was given up");
                StoreError::Busy
            }
        }
    }

    /// Turns one event that failed before (or was in the hands of a process that died): its attempt is
    /// committed first, so that even a turn that kills the process is counted.
    async fn turn_alone(&self, event: &Waiting) -> Result<(), StoreError> {
        let mut tx = self.inner.store.begin().await?;
        if !store::inbox::attempt(&mut tx, event.seq, event.attempt).await? {
            // Another server has it now, or its person was forgotten.
            return Ok(());
        }
        if event.attempt > ATTEMPTS {
            self.park(&mut tx, event).await?;
            tx.commit().await?;
            metrics::counter!("wasl_parked_total").increment(1);
            self.committed_now(After { people: vec![reader_of(event)], ..After::default() }).await;
            self.tell_others(Word::Send);
            return Ok(());
        }
        if mutant::is("attempt_uncommitted") {
            drop(tx);
        } else {
            tx.commit().await?;
        }
        let mut tx = self.inner.store.begin().await?;
        let again = store::inbox::again(&mut tx, event.seq).await?;
        let known = mutant::is("version_unguarded").then_some(event);
        let Some(event) = again.as_ref().or(known) else { return Ok(()) };
        let mut written = Written::default();
        let turned = match self.turn(&mut tx, event, &mut written).await {
            Ok(applied) => written.flush(&mut tx, self.now()).await.map(|()| applied),
            Err(failed) => Err(failed),
        };
        match turned {
            Ok(applied) => {
                tx.commit().await?;
                self.committed_now(After { people: vec![reader_of(event)], applied }).await;
                Ok(())
            }
            Err(failed) => {
                let undone = tx.rollback().await;
                match failed.of_the_database() {
                    Ok(error) => Err(error),
                    Err(failed) => {
                        undone?;
                        metrics::counter!("wasl_turns_failed_total").increment(1);
                        tracing::error!(event = %event.id, attempt = event.attempt, error = %failed, "a turn failed");
                        Ok(())
                    }
                }
            }
        }
    }

    /// One turn: load, step, apply. Everything it writes belongs to the caller's transaction, some of it by way of
    /// `written`, which the caller flushes.
    async fn turn(&self, tx: &mut Tx, waiting: &Waiting, written: &mut Written) -> Result<Applied, Failed> {
        let now = self.now();
        let person = waiting.person;
        let Some(wrapped) = &waiting.key else {
            // Erased meanwhile: nothing can be read, and nobody is left to answer.
            written.done(waiting.seq);
            return Ok(Applied::default());
        };
        let key = self.inner.vault.person_key(person, wrapped)?;
        let body = key.open(&inbox_place(waiting.id), &waiting.body)?;
        let event: Event = match &*waiting.kind {
            RAW => match self.read_letter(tx, waiting, &key, &body, written).await? {
                Read::Event(event) => event,
                Read::Done(applied) => return Ok(applied),
            },
            _ => serde_json::from_slice(&body)?,
        };
        let address = address_of(waiting);
        let mut before = conversation_of(waiting, &key)?;
        if let Some(applied) = self.comes_from_elsewhere(tx, waiting, &before, &event, written).await? {
            return Ok(applied);
        }
        let mut papers = before.papers();
        papers.extend(paper_in(&event));
        let stands = self.stands(tx, &before).await?;
        let shelf = self.shelf_for(tx, &before, &event).await?;
        let known = Known { shelf: &shelf, stands: stands.as_deref() };
        let mut candidate = 0;
        let (private, conversation, effects) = loop {
            let was = apart::Before::of(&before, &event);
            let (after, effects) = self.step(waiting, &address.channel, before, &event, known, candidate)?;
            if !self.names_another(tx, &effects).await? {
                break (was.is_private(&after), after, effects);
            }
            // The number is another case's: the same step again, with the next one.
            candidate += 1;
            before = conversation_of(waiting, &key)?;
        };
        let turn =
            super::apply::Turn { event: waiting.id, person, key: &key, address: &address, now, private };
        let mut applied = self.apply(tx, &turn, &conversation, effects, written).await?;
        applied.orphans.extend(self.discard_unnamed(tx, &papers, &conversation, waiting.at).await?);
        written.save(Saved {
            person,
            state: key.seal(CONVERSATION, &serde_json::to_vec(&conversation)?),
            expected_version: waiting.version,
            with_human: !matches!(conversation.owner, Owner::Bot),
            locale: conversation.locale.as_ref().map(ToString::to_string),
        });
        written.done(waiting.seq);
        Ok(applied)
    }

    /// Where the request stands that this turn may move.
    async fn stands(&self, tx: &mut Tx, conversation: &Conversation) -> Result<Option<String>, Failed> {
        let Some(case) = conversation.about_to_move() else { return Ok(None) };
        Ok(store::case::get(tx, case).await?.map(|row| row.status))
    }

    fn step(
        &self,
        waiting: &Waiting,
        channel: &ChannelId,
        conversation: Conversation,
        event: &Event,
        known: Known<'_>,
        candidate: u32,
    ) -> Result<(Conversation, Vec<Effect>), Failed> {
        let inner = &self.inner;
        let link = |case: CaseId| self.status_link(case);
        let secure = |session: SessionId, question: &str| self.secure_link(waiting.person, session, question);
        let reference = |case: CaseId| reference_after(case, candidate);
        let code = || self.way_code(waiting.person);
        let env = Env {
            event: waiting.id,
            person: waiting.person,
            channel,
            asks_leave: self.inner.channels.get(channel).is_some_and(|c| c.capabilities().window.is_some()),
            at: self.moment(),
            words: &inner.words,
            shelf: known.shelf,
            association: &inner.config.association,
            policy: &inner.config.policy,
            status_link: &link,
            secure_link: if self.is_private(channel) { None } else { Some(&secure) },
            reference: &reference,
            stands: known.stands,
            way_code: &code,
        };
        catch_unwind(AssertUnwindSafe(|| dialogue::step(conversation, event, &env)))
            .map_err(|_| Failed::Panicked)
    }

    /// Whether a new case was given the reference number of another.
    async fn names_another(&self, tx: &mut Tx, effects: &[Effect]) -> Result<bool, StoreError> {
        for effect in effects {
            if let Effect::Submit(new) = effect
                && new.case.is_none()
                && let Some(found) = store::case::by_reference(tx, &new.reference).await?
            {
                return Ok(found.id != CaseId(new.session.0));
            }
        }
        Ok(false)
    }

    /// Gives an event up: it stays stored, its person reads one apology, staff gets a task.
    async fn park(&self, tx: &mut Tx, waiting: &Waiting) -> Result<(), StoreError> {
        let now = self.now();
        store::inbox::park(tx, waiting.seq, "failed too often", now).await?;
        store::task::put(tx, TaskKind::Parked, Some(waiting.person), None, &waiting.id.to_string(), now)
            .await?;
        let mut written = Written::default();
        // What the event failed of may befall its apology too, and must not keep it in everybody's way.
        tx.savepoint().await?;
        let apologised = match self.say_alone(waiting, "apology", now, &mut written) {
            Ok(_) => written.flush(tx, now).await,
            Err(failed) => Err(failed),
        };
        match apologised.map_err(Failed::of_the_database) {
            Ok(()) => tx.release().await,
            Err(Ok(error)) => Err(error),
            Err(Err(failed)) => {
                tracing::error!(event = %waiting.id, error = %failed, "the apology could not be written");
                tx.rollback_to().await
            }
        }
    }
}

/// Tells senders; one whose message was not stored hears that when its answer's other end is dropped.
fn tell(answers: Vec<oneshot::Sender<Heard>>, heard: &[Option<Heard>]) {
    metrics::counter!("wasl_received_total").increment(answers.len() as u64);
    for (answer, heard) in answers.into_iter().zip(heard) {
        if let Some(heard) = heard {
            // A sender that hung up meanwhile will ask again and hear `Again`.
            let _ = answer.send(*heard);
        }
    }
}

/// What waits there, as far as one commit carries it.
fn waiting<T>(incoming: &mut mpsc::Receiver<T>) -> Vec<T> {
    std::iter::from_fn(|| incoming.try_recv().ok()).take(BATCH).collect()
}

/// The paper that an answer from our own page brought: it goes where it was not taken.
fn paper_in(event: &Event) -> Option<DocumentId> {
    match event {
        Event::Answered(answered) => match &answered.answer {
            Answer::Document(paper) => Some(paper.media.document),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn conversation_of(waiting: &Waiting, key: &PersonKey) -> Result<Conversation, Failed> {
    match &waiting.conversation {
        Some(sealed) => Ok(serde_json::from_slice(&key.open(CONVERSATION, sealed)?)?),
        None => Ok(Conversation::default()),
    }
}

/// Who reads at the address that is answered to: readers know their address, not who they are by now.
fn reader_of(waiting: &Waiting) -> PersonId {
    PersonId::of(&address_of(waiting))
}

/// Where the person wrote from last: there they are answered.
pub(super) fn address_of(waiting: &Waiting) -> Address {
    Address { channel: ChannelId::new(&waiting.address_channel), path: waiting.address_path.as_str().into() }
}
