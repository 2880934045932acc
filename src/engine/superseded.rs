//! Two versions on one database, while servers are upgraded one after the other: the older one goes on taking in what
//! comes, answers readers, and leaves every turn, send and move to the newer one, whose rows it might not understand.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Engine;
use crate::store::StoreError;

/// Whether a newer one has the database.
#[derive(Default)]
pub(super) struct Superseded(AtomicBool);

impl Engine {
    /// Looks whether a newer wasl has brought the database forward, and from then on only takes in what comes.
    ///
    /// # Errors
    /// When the store fails; what was known before still holds.
    pub async fn look_for_newer(&self) -> Result<bool, StoreError> {
        let now = self.inner.store.is_outdated().await?;
        let before = self.inner.superseded.0.swap(now, Ordering::Relaxed);
        if now && !before {
            tracing::warn!(
                "a newer wasl serves this database: this server only takes in what comes; install that version here too"
            );
        }
        Ok(now)
    }

    /// Whether the work is a newer server's, as far as was last seen.
    pub fn is_superseded(&self) -> bool {
        self.inner.superseded.0.load(Ordering::Relaxed)
    }
}
