//! What leaves rides with the turns: a tick records what landed since the last one and claims what leaves next, in its own
//! commit, so that an answer costs no commit more than the message it answers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use super::Engine;
use super::delivery::{Departure, Landing};
use super::pace::Pace;
use crate::message::ChannelId;
use crate::store::{StoreError, Tx};

/// Where a channel's sender and the ticks meet.
pub(super) struct Gate {
    state: Mutex<State>,
    out: mpsc::UnboundedSender<Departure>,
    departures: tokio::sync::Mutex<mpsc::UnboundedReceiver<Departure>>,
}

#[derive(Default)]
struct State {
    /// Not recorded yet.
    landed: Vec<Landing>,
    /// How many more parts may be under way; 0 where nobody sends by this channel, or nobody does any more.
    room: usize,
    /// The sender ends: its room stays closed.
    closed: bool,
}

impl Gate {
    pub(super) fn new() -> Gate {
        let (out, departures) = mpsc::unbounded_channel();
        Gate { state: Mutex::default(), out, departures: departures.into() }
    }

    fn close(&self) {
        let mut state = self.state();
        (state.room, state.closed) = (0, true);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one commit takes along for a channel. Dropped before the commit was made, it puts back what it took.
pub(super) struct Boarding<'b> {
    gate: &'b Gate,
    landed: Vec<Landing>,
    departures: Vec<Departure>,
}

impl Boarding<'_> {
    /// The commit was made.
    pub(super) fn commit(mut self) {
        std::mem::take(&mut self.landed).iter().for_each(Landing::count);
        let departures = std::mem::take(&mut self.departures);
        let mut state = self.gate.state();
        state.room = state.room.saturating_sub(departures.len());
        drop(state);
        for departure in departures {
            // The receiver lives as long as the board.
            let _ = self.gate.out.send(departure);
        }
    }
}

impl Drop for Boarding<'_> {
    fn drop(&mut self) {
        if !self.landed.is_empty() {
            let mut state = self.gate.state();
            let later = std::mem::replace(&mut state.landed, std::mem::take(&mut self.landed));
            state.landed.extend(later);
        }
    }
}

impl Engine {
    /// Lets so many more parts be under way by `channel`: ticks claim them, [`Engine::departure`] gives them.
    pub fn make_room(&self, channel: &ChannelId, more: usize) {
        if let Some(pace) = self.pace(channel) {
            pace.gate.state().room += more;
            self.inner.turns.notify_one();
        }
    }

    /// The next part to be sent by `channel`, claimed for who asks. Dropping this future takes nothing.
    pub async fn departure(&self, channel: &ChannelId) -> Option<Departure> {
        self.pace(channel)?.gate.departures.lock().await.recv().await
    }

    /// What became of a part goes along with the next tick, and its room is free again.
    pub fn landed(&self, channel: &ChannelId, landing: Landing) {
        if let Some(pace) = self.pace(channel) {
            let mut state = pace.gate.state();
            state.landed.push(landing);
            if !state.closed {
                state.room += 1;
            }
            drop(state);
            self.inner.turns.notify_one();
        }
    }

    /// Nothing more is claimed for `channel`; gives what was, and was not taken yet.
    pub async fn close(&self, channel: &ChannelId) -> Vec<Departure> {
        let Some(pace) = self.pace(channel) else { return Vec::new() };
        pace.gate.close();
        // A tick that is under way may claim still.
        drop(self.inner.incoming.lock().await);
        let mut departures = pace.gate.departures.lock().await;
        std::iter::from_fn(|| departures.try_recv().ok()).collect()
    }

    /// Records what landed by `channel`, where no tick is to be waited for.
    ///
    /// # Errors
    /// When the store fails: it is kept for the next time.
    pub async fn record_landed(&self, channel: &ChannelId) -> Result<(), StoreError> {
        let Some(pace) = self.pace(channel) else { return Ok(()) };
        let mut tx = self.inner.store.begin().await?;
        let boarding = Boarding {
            gate: &pace.gate,
            landed: std::mem::take(&mut pace.gate.state().landed),
            departures: Vec::new(),
        };
        self.record(&mut tx, &boarding.landed).await?;
        tx.commit().await?;
        boarding.commit();
        Ok(())
    }

    /// Records what landed by every channel, and claims what leaves next where there is room.
    pub(super) async fn take_aboard(&self, tx: &mut Tx) -> Result<Vec<Boarding<'_>>, StoreError> {
        let mut all = Vec::new();
        for (channel, pace) in &self.inner.paces {
            let (landed, room) = {
                let mut state = pace.gate.state();
                (std::mem::take(&mut state.landed), state.room)
            };
            let mut boarding = Boarding { gate: &pace.gate, landed, departures: Vec::new() };
            self.record(tx, &boarding.landed).await?;
            let leaving = room > 0 && self.may_leave(pace);
            let claimed = if leaving { self.claim(tx, channel, room).await? } else { Vec::new() };
            if boarding.landed.is_empty() && claimed.is_empty() {
                continue;
            }
            boarding.departures = self.departures(tx, channel, claimed).await?;
            all.push(boarding);
        }
        Ok(all)
    }

    fn may_leave(&self, pace: &Pace) -> bool {
        !self.is_superseded() && pace.rests(self.now()).is_none()
    }
}
