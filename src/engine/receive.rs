//! Store first, answer after.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::Engine;
use super::failed::Failed;
use super::sealed::{THREAD, inbox_place};
use crate::channel::Letter;
use crate::dialogue::Event;
use crate::message::{Address, Body, EventId, Inbound, PersonId};
use crate::store::task::TaskKind;
use crate::store::{self, StoreError, Tx, inbox::NewEvent};
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
    /// What else the sender's channel calls them.
    also: Vec<Address>,
    /// When they spoke, where that is counted.
    spoke_at: Option<Timestamp>,
    /// Whether they did nothing, and are told of: they are answered where they were.
    told: bool,
    /// What the channel wants to be told when it answers them.
    thread: Option<String>,
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
        let what = What::Said(body);
        self.take_up(Coming {
            from,
            also: Vec::new(),
            spoke_at: None,
            told: false,
            thread: None,
            external_id,
            what,
        })
        .await
    }

    /// The same for a letter of `from`, which is read in its turn.
    pub(super) async fn receive_letter(&self, from: Address, letter: Letter) -> Result<Heard, Unstored> {
        let Letter { external_id, raw, also, spoke_at, told, thread, .. } = letter;
        self.take_up(Coming { from, also, spoke_at, told, thread, external_id, what: What::Raw(raw) }).await
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
        let named = inbound.iter().flat_map(|inbound| std::iter::once(&inbound.from).chain(&inbound.also));
        let addresses: Vec<&Address> = named.collect::<BTreeSet<_>>().into_iter().collect();
        let mut people = store::person::at_all(tx, &addresses).await?;
        // Where each person wrote from last, of those who were elsewhere before.
        let mut moved = BTreeMap::new();
        let mut sealed = Vec::with_capacity(inbound.len());
        let mut unsealed = BTreeSet::new();
        for inbound in inbound {
            let from = &inbound.from;
            self.recognise(tx, &mut people, inbound, now).await?;
            let person = people.get(from).ok_or(Failed::Absent("the person"))?;
            if person.channel == from.channel.as_str() && *person.path == *from.path {
                moved.remove(&person.id);
            } else if !inbound.told {
                moved.insert(person.id, from);
            }
            let id = EventId::of(&from.channel, &inbound.external_id);
            let Some(key) = &person.key else { continue };
            self.note_thread(tx, person.id, key, inbound).await?;
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
        self.note_speech(tx, inbound, now).await?;
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

    /// Puts whoever wrote at the address they wrote from, and at every other name that their channel gives them.
    async fn recognise(
        &self,
        tx: &mut Tx,
        people: &mut BTreeMap<Address, store::person::Person>,
        inbound: &Coming,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let Coming { from, also, .. } = inbound;
        if also.is_empty() && people.contains_key(from) {
            return Ok(());
        }
        let known = std::iter::once(from).chain(also).find_map(|address| people.get(address));
        let person = match known {
            Some(known) => known.clone(),
            None => self.welcome(tx, from, now).await?,
        };
        for address in std::iter::once(from).chain(also) {
            let there = people.get(address);
            if there.is_some_and(|there| there.id == person.id) {
                continue;
            }
            if let Some(other) = there {
                // Two names of one person were met apart before. What was begun under the other stays with it, and
                // an officer brings both together.
                let other = other.id.to_string();
                store::task::put_once(tx, TaskKind::SamePerson, person.id, &other, now).await?;
            }
            store::person::link(tx, person.id, address).await?;
            people.insert(address.clone(), person.clone());
        }
        Ok(())
    }

    /// Notes when people spoke, where their channel counts it; what was held until then leaves.
    async fn note_speech(&self, tx: &mut Tx, inbound: &[Coming], now: Timestamp) -> Result<(), StoreError> {
        let mut spoke: BTreeMap<&Address, Timestamp> = BTreeMap::new();
        for inbound in inbound {
            let Some(at) = inbound.spoke_at.map(|at| at.min(now)) else { continue };
            for address in std::iter::once(&inbound.from).chain(&inbound.also) {
                let latest = spoke.entry(address).or_insert(at);
                *latest = at.max(*latest);
            }
        }
        if spoke.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> =
            spoke.iter().map(|(address, at)| (address.channel.as_str(), &*address.path, *at)).collect();
        store::person::spoke(tx, &rows).await?;
        let held: Vec<_> = rows.iter().map(|(channel, path, _)| (*channel, *path)).collect();
        store::outbox::release(tx, &held, now).await?;
        Ok(())
    }

    /// Keeps what the channel wants to be told when it answers there.
    async fn note_thread(
        &self,
        tx: &mut Tx,
        person: PersonId,
        wrapped: &[u8],
        inbound: &Coming,
    ) -> Result<(), StoreError> {
        let Some(thread) = &inbound.thread else { return Ok(()) };
        // A key that does not open is told of where the message itself is sealed.
        if let Ok(key) = self.inner.vault.person_key(person, wrapped) {
            let sealed = key.seal(THREAD, thread.as_bytes());
            store::person::keep_thread(tx, &inbound.from, &sealed).await?;
        }
        Ok(())
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
