//! Forms that sessions and requests pin. One that another server brought with it (a newer or an older program on the same
//! database) is not on our shelf, and is read from the store.

use std::borrow::Cow;
use std::sync::Arc;

use super::Engine;
use super::failed::Failed;
use crate::dialogue::{CaseNews, Conversation, Event, News};
use crate::form::{Form, FormRef, Shelf};
use crate::store::{self, Tx};

/// A form as the store keeps it; `None` when this version cannot read it.
pub(super) fn read(hash: &str, source: &str) -> Option<Form> {
    let (mut form, _) = Form::read(serde_json::from_str(source).ok()?).ok()?;
    form.hash = hash.to_owned().into();
    Some(form)
}

impl Engine {
    /// A pinned form, from wherever it is.
    pub(super) async fn form(&self, tx: &mut Tx, reference: &FormRef) -> Result<Arc<Form>, Failed> {
        match self.inner.shelf.pinned(reference) {
            Some(form) => Ok(form.clone()),
            None => self.stored(tx, reference).await?.map(Arc::new).ok_or(Failed::Absent("the pinned form")),
        }
    }

    async fn stored(&self, tx: &mut Tx, reference: &FormRef) -> Result<Option<Form>, Failed> {
        let stored = store::form::get(tx, &reference.hash).await?;
        Ok(stored.and_then(|(_, source)| read(&reference.hash, &source)))
    }

    /// The shelf, with every form on it that a step with that conversation and event may look up.
    pub(super) async fn shelf_for(
        &self,
        tx: &mut Tx,
        conversation: &Conversation,
        event: &Event,
    ) -> Result<Cow<'_, Shelf>, Failed> {
        let sessions = conversation.session.iter().chain(&conversation.parked).map(|session| &session.form);
        let returned = match event {
            Event::Case(CaseNews { news: News::Returned { form, .. }, .. }) => Some(form),
            _ => None,
        };
        let mut shelf = Cow::Borrowed(&self.inner.shelf);
        for reference in sessions.chain(returned) {
            if shelf.pinned(reference).is_none()
                && let Some(form) = self.stored(tx, reference).await?
            {
                shelf.to_mut().pin(form);
            }
        }
        Ok(shelf)
    }
}
