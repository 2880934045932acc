//! What the turns of one commit write, collected, so that each table is written once a commit and not once a turn.

use std::collections::BTreeMap;

use super::failed::Failed;
use crate::message::{Address, OutboxId, PersonId};
use crate::store::outbox::{NewPart, NewState};
use crate::store::{self, Tx};
use crate::time::Timestamp;

/// A part that is said.
#[derive(Debug)]
pub(super) struct Said {
    pub id: OutboxId,
    pub person: PersonId,
    pub address: Address,
    pub from: &'static str,
    pub purpose: &'static str,
    /// Sealed.
    pub body: Vec<u8>,
    pub state: NewState,
    pub at: Timestamp,
    pub not_after: Option<Timestamp>,
    pub private: bool,
}

/// A conversation after its turn.
#[derive(Debug)]
pub(super) struct Saved {
    pub person: PersonId,
    /// Sealed.
    pub state: Vec<u8>,
    pub expected_version: i64,
    pub with_human: bool,
    pub locale: Option<String>,
}

/// Rows that wait for [`Written::flush`], in the order of their turns.
#[derive(Debug, Default)]
pub(super) struct Written {
    said: Vec<Said>,
    saved: Vec<Saved>,
    /// The last word on each timer: when it is due, or that it is taken away.
    timers: BTreeMap<(PersonId, String), Option<Timestamp>>,
    done: Vec<i64>,
}

impl Written {
    pub(super) fn say(&mut self, said: Said) {
        self.said.push(said);
    }

    pub(super) fn save(&mut self, saved: Saved) {
        self.saved.push(saved);
    }

    /// Arms a timer; `None` disarms it.
    pub(super) fn set_timer(&mut self, person: PersonId, timer: String, due: Option<Timestamp>) {
        self.timers.insert((person, timer), due);
    }

    /// The inbox row at this place was taken.
    pub(super) fn done(&mut self, seq: i64) {
        self.done.push(seq);
    }

    /// Writes everything, each table in as few statements as may be.
    pub(super) async fn flush(self, tx: &mut Tx, now: Timestamp) -> Result<(), Failed> {
        let parts: Vec<NewPart<'_>> = self.said.iter().map(Said::row).collect();
        store::outbox::put(tx, &parts).await?;
        for (person, timer) in self.timers.iter().filter(|(_, due)| due.is_none()).map(|(key, _)| key) {
            store::timer::disarm(tx, *person, timer).await?;
        }
        let armed =
            self.timers.iter().filter_map(|((person, timer), due)| Some((*person, &**timer, (*due)?)));
        store::timer::arm(tx, &armed.collect::<Vec<_>>()).await?;
        let states: Vec<_> = self.saved.iter().map(Saved::row).collect();
        if !store::conversation::save(tx, &states, now).await? {
            return Err(Failed::Overtaken);
        }
        #[cfg(feature = "mutant")]
        if !self.done.is_empty() {
            tx.torn("two_transactions").await?;
        }
        store::inbox::done(tx, &self.done, now).await?;
        Ok(())
    }
}

impl Said {
    fn row(&self) -> NewPart<'_> {
        NewPart {
            id: &self.id,
            person: self.person,
            channel: self.address.channel.as_str(),
            path: &self.address.path,
            from: self.from,
            purpose: self.purpose,
            body: &self.body,
            state: self.state,
            at: self.at,
            not_after: self.not_after,
            private: self.private,
        }
    }
}

impl Saved {
    fn row(&self) -> store::conversation::NewState<'_> {
        store::conversation::NewState {
            person: self.person,
            state: &self.state,
            expected_version: self.expected_version,
            with_human: self.with_human,
            locale: self.locale.as_deref(),
        }
    }
}
