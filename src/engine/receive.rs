//! Store first, answer after.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::Engine;
use super::failed::Failed;
use super::sealed::inbox_place;
use crate::channel::Letter;
use crate::dialogue::Event;
use crate::message::{Address, Body, EventId, Inbound, PersonId};
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
    pub coming: Coming,
    pub answer: oneshot::Sender<Heard>,
}

/// A message on its way into the store.
pub(super) struct Coming {
    from: Address,
    external_id: Box<str>,
    what: What,
}

enum What {
    /// Read by its channel already.
    Said(Body),
    /// As its provider brought it, to be read in its turn.
    Raw(Bytes),
}

impl What {
    fn kind(&self) -> &'static str {
        match self {
            What::Said(_) => "said",
            What::Raw(_) => RAW,
        }
    }
}

/// The kind of an inbox row that holds a letter as its provider brought it.
pub(super) const RAW: &str = "raw";

impl Engine {
    /// Stores a message, then answers: after this returns `Ok`, no crash loses it.
    ///
    /// Receipts that arrive together share one commit, made by [`Engine::tick`].
    ///
    /// # Errors
    /// When the commit failed or the engine stopped before it: nothing is known of the message then.
    pub async fn receive(&self, inbound: Inbound) -> Result<Heard, Unstored> {
        let Inbound { from, external_id, body, .. } = inbound;
        self.take_up(Coming { from, external_id, what: What::Said(body) }).await
    }

    /// The same for a letter of `from`, which is read in its turn.
    pub(super) async fn receive_letter(&self, from: Address, letter: Letter) -> Result<Heard, Unstored> {
        let Letter { external_id, raw, .. } = letter;
        self.take_up(Coming { from, external_id, what: What::Raw(raw) }).await
    }

    async fn take_up(&self, coming: Coming) -> Result<Heard, Unstored> {
        #[cfg(feature = "mutant")]
        let coming = match crate::mutant::renamed(&coming.external_id) {
            Some(external_id) if crate::mutant::is("no_dedupe") => Coming { external_id, ..coming },
            _ => coming,
        };
        let (answer, heard) = oneshot::channel();
        self.inner.receipts.send(Receipt { coming, answer }).await.map_err(|_| Unstored)?;
        self.inner.turns.notify_one();
        heard.await.map_err(|_| Unstored)
    }

    /// Puts messages into the inboxes of whoever is at their addresses; a stranger becomes a person with a key.
    /// Gives what to tell each sender; nothing for one whose key does not open, who concerns nobody else.
    pub(super) async fn hear(
        &self,
        tx: &mut Tx,
        inbound: &[Coming],
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
                people.insert(from.clone(), self.welcome(tx, from, now).await?);
            }
            let person = people.get(from).ok_or(Failed::Absent("the person"))?;
            if person.channel == from.channel.as_str() && *person.path == *from.path {
                moved.remove(&person.id);
            } else {
                moved.insert(person.id, from);
            }
            let id = EventId::of(&from.channel, &inbound.external_id);
            let Some(key) = &person.key else { continue };
            match self.seal_coming(person.id, key, id, &inbound.what) {
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

    fn seal_coming(
        &self,
        person: PersonId,
        wrapped: &[u8],
        id: EventId,
        what: &What,
    ) -> Result<Vec<u8>, Failed> {
        let place = inbox_place(id);
        match what {
            What::Said(body) => self.seal_json(person, wrapped, &place, &Event::Said(body.clone())),
            What::Raw(raw) => Ok(self.inner.vault.person_key(person, wrapped)?.seal(&place, raw)),
        }
    }

    /// A stranger becomes a person. Who was forgotten is a stranger: the id from before stays with what was kept of
    /// it, and leads nowhere.
    async fn welcome(
        &self,
        tx: &mut Tx,
        from: &Address,
        now: Timestamp,
    ) -> Result<store::person::Person, Failed> {
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

fn new_event<'r>(row: &'r (EventId, PersonId, &Coming, Vec<u8>), now: Timestamp) -> NewEvent<'r> {
    let (id, person, inbound, body) = row;
    NewEvent {
        id: *id,
        channel: inbound.from.channel.as_str(),
        external_id: &inbound.external_id,
        person: *person,
        kind: inbound.what.kind(),
        body,
        at: now,
    }
}
