//! What time alone does to a case: what was not completed lapses, what is over is closed.

use super::Engine;
use super::decision::NotMoved;
use crate::case::{Action, By, Status};
use crate::store::{self, StoreError};

/// How many cases one round takes up.
const BATCH: i64 = 64;

impl Engine {
    /// Moves the cases whose time is over: a returned one lapses (its owner was reminded), a delivered or rejected
    /// one is closed after the survey's or the appeal's time. Returns how many moved.
    ///
    /// # Errors
    /// When the store fails; the rest waits for the next round.
    pub async fn close_due(&self) -> Result<usize, StoreError> {
        let mut tx = self.inner.store.read().await?;
        let due = store::case::due(&mut tx, self.now(), BATCH).await?;
        drop(tx);
        let mut moved = 0;
        for (case, status) in due {
            let action = match Status::parse(&status) {
                Some(Status::Returned) => Action::Lapse,
                Some(Status::Delivered | Status::Rejected) => Action::Close,
                _ => continue,
            };
            let mut tx = self.inner.store.begin().await?;
            match self.advance(&mut tx, case, &action, &By::Clock, "clock").await {
                Ok(()) => {
                    tx.commit().await?;
                    self.entered();
                    moved += 1;
                }
                // It moved meanwhile.
                Err(NotMoved::Refused(_)) => {}
                Err(NotMoved::Failed(failed)) => match failed.of_the_database() {
                    Ok(error) => return Err(error),
                    Err(failed) => tracing::error!(%case, error = %failed, "a case could not be closed"),
                },
            }
        }
        Ok(moved)
    }
}
