//! Timers that are due become inbox rows, in the tick's own transaction.

use super::Engine;
use super::failed::Failed;
use crate::dialogue::{Event, Timer};
use crate::message::PersonId;
use crate::mutant;
use crate::store::{self, StoreError, Tx};
use crate::time::Timestamp;

/// How many timers one tick takes up.
const BATCH: i64 = 128;

impl Engine {
    /// Puts due timers into the inbox: a timer fires once, whoever calls, because its row is keyed by person,
    /// kind and due time.
    pub(super) async fn ring_timers(&self, tx: &mut Tx, now: Timestamp) -> Result<bool, StoreError> {
        let due = store::timer::due(tx, now, BATCH).await?;
        for (person, timer, due_at) in &due {
            // Taken off first: what rings may arm it again.
            if !mutant::is("timer_twice") {
                store::timer::fired(tx, *person, timer).await?;
            }
            match self.ring(tx, *person, timer, *due_at, now).await {
                Ok(_) => {}
                Err(Failed::Store(error)) => return Err(error),
                // The timer of somebody who was erased, or of a kind no version knows: gone with a word to staff.
                Err(failed) => tracing::warn!(%person, error = %failed, "a timer was dropped"),
            }
        }
        Ok(!due.is_empty())
    }

    async fn ring(
        &self,
        tx: &mut Tx,
        person: PersonId,
        timer: &str,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<Option<i64>, Failed> {
        let due_timer: Timer = serde_json::from_str(timer)?;
        let later = match due_timer {
            Timer::Survey(_) => self.may_ask(tx, person, now).await?.err(),
            Timer::DraftReminder(_) | Timer::DraftLapse(_) => self.quiet(now),
            Timer::SurveyLapse(_) => None,
        };
        if let Some(later) = later {
            store::timer::arm(tx, &[(person, timer, later)]).await?;
            return Ok(None);
        }
        let event = Event::Due(due_timer);
        let key = self.key_of(tx, person).await?;
        let due = if mutant::is("timer_twice") { now } else { due };
        let external_id = format!("timer:{person}:{timer}:{}", due.micros());
        self.tell(tx, person, &key, "due", &external_id, &event, now).await
    }

    /// When the quiet hours end, if it is night: nobody is reminded then.
    fn quiet(&self, now: Timestamp) -> Option<Timestamp> {
        let config = &self.inner.config;
        crate::survey::quiet(now, config.association.zone, &config.policy)
    }

    /// The fatigue rules of surveys: whether this person may be asked now, else when.
    async fn may_ask(
        &self,
        tx: &mut Tx,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Result<(), Timestamp>, StoreError> {
        let last = store::survey::last_asked(tx, person).await?;
        let zone = self.inner.config.association.zone;
        Ok(crate::survey::may_ask(last, now, zone, &self.inner.config.policy))
    }

    /// When the next timer is due, if any is armed that is for this server to ring.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_timer(&self) -> Result<Option<Timestamp>, StoreError> {
        if self.is_superseded() {
            return Ok(None);
        }
        let mut tx = self.inner.store.read().await?;
        store::timer::next(&mut tx).await
    }
}
