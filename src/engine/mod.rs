//! The only place where dialogue, channel and store meet.
//!
//! [`Engine::receive`] stores what came in; [`Engine::tick`] does the waiting turns and commits them together;
//! [`Engine::deliver`] sends one part; [`Engine::act`] is the door of the desk; [`Engine::exchange`] is the line to other
//! servers on the same database. Loops that call these stand in
//! [`crate::app`], so that a test can call a single tick, and drop it in the middle.

mod apart;
mod apply;
mod boarding;
mod clock;
mod condition;
mod decision;
mod delivery;
mod documents;
mod elsewhere;
mod erasure;
mod exchange;
mod failed;
mod fetch;
mod find;
mod forms;
mod ingress;
mod letter;
mod opened;
mod pace;
mod receive;
mod report;
mod sealed;
mod secure;
mod signed;
mod staff;
mod status;
mod submit;
mod superseded;
mod timer;
mod turn;
mod window;
mod written;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{Mutex, Notify, broadcast, mpsc};

pub use condition::Condition;
pub use delivery::{Departure, Landing};
pub use documents::{NotTaken, clean_name, kind_of};
pub use erasure::{Extent, NotErased, erase};
pub use ingress::{NotPosted, NotPulled};
pub use opened::{OpenedCase, may_read};
pub use receive::{Heard, Unstored};
pub use secure::{Asked, Given, Open, SecureLink, Unanswered};
pub use signed::Signed;
pub use staff::{ActError, Staff};
pub use status::{Line, StatusPage};
pub use turn::Worked;
pub use window::knock_key;

use crate::channel::Channel;
use crate::config::Config;
use crate::form::Shelf;
use crate::locale::Catalogue;
use crate::message::{ChannelId, PersonId};
use crate::store::{self, Store, StoreError};
use crate::time::{Clock, Timestamp};
use crate::vault::{Documents, Vault};

/// How many messages may wait to be stored before senders wait too.
const RECEIPTS: usize = 1024;
/// How many watchers' nudges are kept; a slow reader misses nudges, never messages: it reads by cursor.
const NUDGES: usize = 1024;

/// What the outside may ask of the engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

/// What an engine is made of.
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The words.
    pub words: Catalogue,
    /// The forms.
    pub shelf: Shelf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// What survives.
    pub store: Store,
    /// What only the right eyes see.
    pub vault: Vault,
    /// Papers.
    pub documents: Documents,
    /// The channels that are open.
    pub channels: Vec<Arc<dyn Channel>>,
}

/// What waits for the next tick.
struct Incoming {
    receipts: mpsc::Receiver<receive::Receipt>,
    reports: mpsc::Receiver<report::Brought>,
}

struct Inner {
    config: Config,
    words: Catalogue,
    shelf: Shelf,
    clock: Arc<dyn Clock>,
    store: Store,
    vault: Vault,
    documents: Documents,
    channels: BTreeMap<ChannelId, Arc<dyn Channel>>,
    receipts: mpsc::Sender<receive::Receipt>,
    reports: mpsc::Sender<report::Brought>,
    incoming: Mutex<Incoming>,
    /// Wakes the loop that turns.
    turns: Notify,
    /// How fast parts leave, by channel.
    paces: BTreeMap<ChannelId, pace::Pace>,
    /// Wakes the loop that fetches files.
    fetches: Notify,
    /// Letters whose provider waits to be told that they were heard.
    heard: ingress::Acknowledged,
    /// Who may have something to read: [`PersonId::of`] their address.
    watchers: broadcast::Sender<PersonId>,
    /// What other servers on the same database are told.
    exchange: exchange::Exchange,
    /// How the store was when it was last written to.
    condition: condition::Last,
    superseded: superseded::Superseded,
    began: Timestamp,
}

/// Why the engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A form that an open session pins can no longer be read.
    #[error("the stored form {id} ({hash}) cannot be read by this version; go back to the version before")]
    Form {
        /// Its name.
        id: String,
        /// Its hash.
        hash: String,
    },
}

impl Engine {
    /// Puts the parts together, and finds what an earlier process left behind.
    ///
    /// # Errors
    /// When the store fails, or holds a form that this version cannot read.
    pub async fn start(parts: Parts) -> Result<Engine, StartError> {
        let Parts { config, words, mut shelf, clock, store, vault, documents, channels } = parts;
        let began = clock.now();
        let mut tx = store.begin().await?;
        store::inbox::interrupted(&mut tx).await?;
        if store.is_alone() {
            store::outbox::interrupted(&mut tx, clock.now()).await?;
        }
        if crate::mutant::is("timer_forgotten") {
            for (person, timer, _) in store::timer::due(&mut tx, clock.now(), i64::MAX).await? {
                store::timer::fired(&mut tx, person, &timer).await?;
            }
        }
        for (hash, id, source) in store::form::all(&mut tx).await? {
            if shelf.has(&hash) {
                continue;
            }
            let Some(form) = forms::read(&hash, &source) else { return Err(StartError::Form { id, hash }) };
            shelf.pin(form);
        }
        tx.commit().await?;
        let (receipts, received) = mpsc::channel(RECEIPTS);
        let (reports, reported) = mpsc::channel(RECEIPTS);
        let incoming = Incoming { receipts: received, reports: reported };
        let channels: BTreeMap<_, _> = channels.into_iter().map(|c| (c.id().clone(), c)).collect();
        let paces =
            channels.iter().map(|(id, channel)| (id.clone(), pace::Pace::of(channel.pace()))).collect();
        let inner = Inner {
            config,
            words,
            shelf,
            clock,
            store,
            vault,
            documents,
            channels,
            paces,
            receipts,
            reports,
            incoming: Mutex::new(incoming),
            turns: Notify::new(),
            fetches: Notify::new(),
            heard: ingress::Acknowledged::new(),
            watchers: broadcast::channel(NUDGES).0,
            exchange: exchange::Exchange::new(),
            condition: condition::Last::default(),
            superseded: superseded::Superseded::default(),
            began,
        };
        Ok(Engine { inner: Arc::new(inner) })
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }
    /// The words.
    pub fn words(&self) -> &Catalogue {
        &self.inner.words
    }
    /// The forms.
    pub fn shelf(&self) -> &Shelf {
        &self.inner.shelf
    }
    /// What survives.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }
    /// The clock.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }
    /// Wakes when somebody may have new lines, with [`PersonId::of`] the address they read at. Subscribe first, then read, then wait; a receiver that lagged
    /// should read too.
    pub fn watch(&self) -> broadcast::Receiver<PersonId> {
        self.inner.watchers.subscribe()
    }
    /// Resolves when there may be a turn to do.
    pub async fn turn_wanted(&self) {
        self.inner.turns.notified().await;
    }
    /// Resolves when there may be a file to fetch.
    pub async fn fetch_wanted(&self) {
        self.inner.fetches.notified().await;
    }
    /// The channels that are open.
    pub fn channels(&self) -> impl Iterator<Item = &Arc<dyn Channel>> {
        self.inner.channels.values()
    }
}
