//! Staff in a conversation: take it, write, hand it back.

use super::Engine;
use super::decision::NotMoved;
use super::failed::Failed;
use crate::case::{Refusal, Role};
use crate::dialogue::Event;
use crate::message::{PersonId, StaffId, derive_id};
use crate::store::{self, StoreError};

/// A member of staff at work.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// The name they log in with; it stands in histories and the audit log.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// Why a member of staff could not do something.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The lifecycle refuses; the desk has a sentence for each refusal.
    #[error("refused")]
    Refused(Refusal),
    /// Requests of the person are open: they are closed or withdrawn before the person is forgotten.
    #[error("requests are open")]
    StillOpen,
    /// Somebody else did something to the request after its page was opened.
    #[error("changed meanwhile")]
    Changed,
    /// No such case, person or paper.
    #[error("not found")]
    NotFound,
    /// The store or the vault failed; nothing was changed.
    #[error("the store failed")]
    Store,
}

impl From<StoreError> for ActError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed at the desk");
        ActError::Store
    }
}

impl From<serde_json::Error> for ActError {
    fn from(error: serde_json::Error) -> Self {
        Failed::Shape(error).into()
    }
}

impl From<Failed> for ActError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Absent(_) => ActError::NotFound,
            other => {
                tracing::error!(error = %other, "the desk could not do its work");
                ActError::Store
            }
        }
    }
}

impl From<NotMoved> for ActError {
    fn from(not: NotMoved) -> Self {
        match not {
            NotMoved::Refused(refusal) => ActError::Refused(refusal),
            NotMoved::Failed(failed) => failed.into(),
        }
    }
}

impl Engine {
    /// Staff takes the person's conversation; the bot is silent from its next turn on. `press` is drawn with the page
    /// that the button stands on: the same press is one act, however often it arrives.
    ///
    /// # Errors
    /// [`ActError::NotFound`] for an unknown person, [`ActError::Store`].
    pub async fn take_over(&self, by: &Staff, person: PersonId, press: &str) -> Result<(), ActError> {
        self.enter(by, person, press, "staff.took_over", Event::StaffTook).await
    }

    /// Staff writes to the person, and has the conversation from then on.
    ///
    /// # Errors
    /// As [`Engine::take_over`].
    pub async fn say(&self, by: &Staff, person: PersonId, press: &str, text: &str) -> Result<(), ActError> {
        self.enter(by, person, press, "staff.wrote", Event::StaffSaid { text: text.to_owned() }).await
    }

    /// Staff hands back to the bot, which goes on at the question where it stopped.
    ///
    /// # Errors
    /// As [`Engine::take_over`].
    pub async fn hand_back(&self, by: &Staff, person: PersonId, press: &str) -> Result<(), ActError> {
        self.enter(by, person, press, "staff.handed_back", Event::StaffLeft).await
    }

    async fn enter(
        &self,
        by: &Staff,
        person: PersonId,
        press: &str,
        what: &str,
        event: Event,
    ) -> Result<(), ActError> {
        let now = self.now();
        let mut tx = self.inner.store.begin().await?;
        let key = self.key_of(&mut tx, person).await?;
        // Words that were changed since, on a page that the browser kept, are another act than those sent before.
        let said = serde_json::to_string(&event)?;
        let act = derive_id(&[&by.id.to_string(), &person.to_string(), press, &said]);
        let external_id = format!("staff:{act}");
        if self.tell(&mut tx, person, &key, "staff", &external_id, &event, now).await?.is_some() {
            store::audit::append(&mut tx, &by.name, what, &person.to_string(), now).await?;
            tx.commit().await?;
            self.entered();
        }
        Ok(())
    }
}
