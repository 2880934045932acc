//! How the store is: what those who watch over the server are told.

use std::sync::atomic::{AtomicU8, Ordering};

use super::{Engine, Worked};
use crate::store::StoreError;

/// How the store answered last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Condition {
    /// It takes what comes.
    Well,
    /// It has no room: everything is read, nothing is taken.
    Full,
    /// It fails in another way.
    Failing,
}

impl Condition {
    /// As `/readyz` and `/healthz` spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Condition::Well => "ok",
            Condition::Full => "full",
            Condition::Failing => "failing",
        }
    }
}

/// The present one, shared by the loop that turns and whoever asks.
#[derive(Default)]
pub(super) struct Last(AtomicU8);

impl Engine {
    /// How the store is, as far as the last tick tells.
    pub fn condition(&self) -> Condition {
        match self.inner.condition.0.load(Ordering::Relaxed) {
            0 => Condition::Well,
            1 => Condition::Full,
            _ => Condition::Failing,
        }
    }

    /// Notes how a tick ended. A tick that had nothing to write says nothing about room: that is looked for then.
    pub(super) async fn note_condition(&self, ticked: &Result<Worked, StoreError>) {
        let before = self.condition();
        let now = match ticked {
            Err(StoreError::Full) => Condition::Full,
            // It passes: somebody else writes, or one message was given up. That it is away, a read tells.
            Err(StoreError::Busy) => before,
            Err(StoreError::Other(_)) => Condition::Failing,
            Ok(Worked::Nothing) if before == Condition::Full && self.inner.store.room().await.is_err() => {
                before
            }
            Ok(_) => Condition::Well,
        };
        if now == before {
            return;
        }
        self.inner.condition.0.store(now as u8, Ordering::Relaxed);
        metrics::gauge!("wasl_store_well").set(if now == Condition::Well { 1.0 } else { 0.0 });
        match now {
            Condition::Well => tracing::info!("the store takes what comes again"),
            _ => tracing::error!(store = now.as_str(), "the store takes nothing"),
        }
    }
}
