//! Store first, answer after.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::oneshot;

use super::Engine;
use super::failed::Failed;
use super::sealed::inbox_place;
use crate::dialogue::Event;
use crate::message::{Address, EventId, Inbound, PersonId};
use crate::store::{self, Tx, inbox::NewEvent};
use crate::time::Timestamp;

/// A message was stored; or it was known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Stored now.
    New(EventId),
    /// The same id was stored before.
    Again(EventId),
}

/// It could not be stored: the sender must send it again (HTTP 503).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message could not be stored")]
pub struct Unstored;

/// A message on its way into the store, and where its sender waits.
pub(super) struct Receipt {
    pub inbound: Inbound,
    pub answer: oneshot::Sender<Heard>,
}

impl Engine {
    /// Stores a message, then answers: after this returns `Ok`, no crash loses it.
    ///
    /// Receipts that arrive together share one commit, made by [`Engine::tick`].
    ///
    /// # Errors
    /// When the commit failed or the engine stopped before it: nothing is known of the message then.
    pub async fn receive(&self, inbound: Inbound) -> Result<Heard, Unstored> {
        #[cfg(feature = "mutant")]
        let inbound = match crate::mutant::renamed(&inbound.external_id) {
            Some(external_id) if crate::mutant::is("no_dedupe") => Inbound { external_id, ..inbound },
            _ => inbound,
        };
        let (answer, heard) = oneshot::channel();
        self.inner.receipts.send(Receipt { inbound, answer }).await.map_err(|_| Unstored)?;
        self.inner.turns.notify_one();
        heard.await.map_err(|_| Unstored)
    }

    /// Puts messages into the inboxes of whoever is at their addresses; a stranger becomes a person with a key.
    /// Gives what to tell each sender; nothing for one whose key does not open, who concerns nobody else.
    pub(super) async fn hear(
        &self,
        tx: &mut Tx,
        inbound: &[Inbound],
        now: Timestamp,
    ) -> Result<Vec<Option<Heard>>, Failed> {
        let addresses: Vec<&Address> =
            inbound.iter().map(|inbound| &inbound.from).collect::<BTreeSet<_>>().into_iter().collect();
        let mut people = store::person::at_all(tx, &addresses).await?;
        // Where each person wrote from last, of those who were elsewhere before.
        let mut moved = BTreeMap::new();
        let mut sealed = Vec::with_capacity(inbound.len());
        let mut unsealed = BTreeSet::new();
        for inbound in inbound {
            let from = &inbound.from;
            if !people.contains_key(from) {
                people.insert(from.clone(), self.welcome(tx, inbound, now).await?);
            }
            let person = people.get(from).ok_or(Failed::Absent("the person"))?;
            if person.channel == from.channel.as_str() && *person.path == *from.path {
                moved.remove(&person.id);
            } else {
                moved.insert(person.id, from);
            }
            let id = EventId::of(&from.channel, &inbound.external_id);
            let Some(key) = &person.key else { continue };
            let event = Event::Said(inbound.body.clone());
            match self.seal_json(person.id, key, &inbox_place(id), &event) {
                Ok(body) => sealed.push((id, person.id, inbound, body)),
                Err(failed) => {
                    tracing::error!(event = %id, error = %failed, "a message could not be put into the inbox");
                    unsealed.insert(id);
                }
            }
        }
        for (person, address) in moved {
            store::person::touch(tx, person, address).await?;
        }
        let events: Vec<NewEvent<'_>> = sealed.iter().map(|row| new_event(row, now)).collect();
        let stored = store::inbox::hear_all(tx, &events).await?;
        let mut new: BTreeSet<EventId> = stored.into_iter().map(|(id, _)| id).collect();
        let heard = inbound.iter().map(|inbound| {
            let id = EventId::of(&inbound.from.channel, &inbound.external_id);
            let heard = if new.remove(&id) { Heard::New(id) } else { Heard::Again(id) };
            (!unsealed.contains(&id)).then_some(heard)
        });
        Ok(heard.collect())
    }

    /// A stranger becomes a person. Who was forgotten is a stranger: the id from before stays with what was kept of
    /// it, and leads nowhere.
    async fn welcome(
        &self,
        tx: &mut Tx,
        inbound: &Inbound,
        now: Timestamp,
    ) -> Result<store::person::Person, Failed> {
        let from = &inbound.from;
        let mut forgotten = 0;
        loop {
            let id = PersonId::after(from, forgotten);
            let key = self.inner.vault.wrap_new_key(id)?;
            if store::person::create(tx, id, &key, from, now).await? {
                let (channel, path) = (from.channel.as_str().to_owned(), from.path.to_string());
                return Ok(store::person::Person { id, key: Some(key), channel, path });
            }
            // Somebody has the id: known by another address since, or forgotten, and then it is nobody's any more.
            if let Some(known) = store::person::get(tx, id).await?.filter(|person| person.key.is_some()) {
                store::person::touch(tx, id, from).await?;
                return Ok(known);
            }
            forgotten += 1;
        }
    }
}

fn new_event<'r>(row: &'r (EventId, PersonId, &Inbound, Vec<u8>), now: Timestamp) -> NewEvent<'r> {
    let (id, person, inbound, body) = row;
    NewEvent {
        id: *id,
        channel: inbound.from.channel.as_str(),
        external_id: &inbound.external_id,
        person: *person,
        kind: "said",
        body,
        at: now,
    }
}
