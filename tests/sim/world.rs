//! One seed's world: a database, a clock, two providers, and the process that lives in between, until it dies and is
//! started again on what it left.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use chrono::Duration;
use futures_util::future::join_all;
use wasl::app;
use wasl::channel::Channel;
use wasl::config::Config;
use wasl::engine::{Engine, Heard, Parts, Unstored, Worked};
use wasl::form::Shelf;
use wasl::locale::Catalogue;
use wasl::message::Inbound;
use wasl::store::StoreError;
use wasl::time::{Clock, ManualClock, Timestamp};
use wasl::vault::{Documents, Vault};

use super::base::Base;
use super::fuse::{self, Came, Died, Fused, NEVER};
use super::provider::Provider;

/// When every seed begins: a Sunday morning in Riyadh.
const BEGIN: &str = "2026-11-22T07:00:00Z";
/// How long anything may take of the machine's own time: longer is for ever.
const FOR_EVER: std::time::Duration = std::time::Duration::from_secs(20);

/// What went wrong, in words.
pub type Wrong = String;

/// A delivery, and the place of its attempt on the provider's record.
type Delivery = (Fused<'static, Result<Worked, StoreError>>, usize);

pub struct World {
    pub base: Base,
    pub clock: Arc<ManualClock>,
    pub provider: Arc<Provider>,
    engine: Option<Engine>,
    config: Config,
    /// Sends that are under way, oldest first.
    flights: Vec<Delivery>,
    /// The one command, counted on this thread, before which the process dies whatever else happens.
    pub doom: Option<u64>,
    /// How often the process died.
    pub deaths: u32,
    /// How often it died in a tick since nothing waited.
    pub deaths_in_a_row: u32,
    /// Whether a row was damaged: what shares its commit is refused once.
    pub damaged: bool,
    /// What happened, for whoever looks for the fault.
    pub told: Vec<String>,
    /// Errors that were reported, and are not the weather's.
    pub errors: Vec<String>,
}

/// The master key of every seed.
pub fn vault() -> Vault {
    Vault::from_bytes([9; 32])
}

/// Forms and words as shipped, read once.
fn shipped(config: &Config) -> (Shelf, Catalogue) {
    static SHIPPED: OnceLock<(Shelf, Catalogue)> = OnceLock::new();
    let read =
        || (app::shelf(config).unwrap(), Catalogue::shipped(&config.association.default_locale).unwrap());
    SHIPPED.get_or_init(read).clone()
}

impl World {
    pub async fn begin(provider: impl FnOnce(Arc<ManualClock>) -> Arc<Provider>) -> World {
        let base = Base::new();
        let clock = Arc::new(ManualClock::at(Timestamp::parse(BEGIN).unwrap()));
        let provider = provider(clock.clone());
        let mut config = Config::from_toml("").unwrap();
        config.documents.folder = base.documents();
        let mut world = World {
            base,
            clock,
            provider,
            engine: None,
            config,
            flights: Vec::new(),
            doom: None,
            deaths: 0,
            deaths_in_a_row: 0,
            damaged: false,
            told: Vec::new(),
            errors: Vec::new(),
        };
        world.starts().await;
        world
    }

    /// A process starts on what is there.
    async fn starts(&mut self) {
        let store = self.base.open().await;
        // As many connections as there can be, from the start: opening one later would count as commands.
        let mut reading = Vec::new();
        for _ in 0..4 {
            reading.push(store.read().await.unwrap());
        }
        drop(reading);
        let (shelf, words) = shipped(&self.config);
        let parts = Parts {
            config: self.config.clone(),
            words,
            shelf,
            clock: self.clock.clone(),
            store,
            vault: vault(),
            documents: Documents::local(&self.config.documents.folder).unwrap(),
            channels: self.channels(),
        };
        self.engine = Some(Engine::start(parts).await.unwrap());
    }

    fn channels(&self) -> Vec<Arc<dyn Channel>> {
        self.provider.channels()
    }

    pub fn engine(&self) -> Engine {
        self.engine.clone().expect("it runs")
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn tells(&mut self, what: impl Into<String>) {
        let at = self.now().iso();
        self.told.push(format!("{at} {}", what.into()));
    }

    pub fn passes(&mut self, time: Duration) {
        self.clock.advance(time);
    }

    /// The process dies, and another one starts on the same files.
    pub async fn dies(&mut self) {
        self.tells("  the process dies, and starts again");
        self.deaths += 1;
        self.doom = None;
        self.flights.clear();
        self.provider.process_died();
        self.engine = None;
        // What it said while it was being torn apart is nobody's fault.
        fuse::errors();
        self.starts().await;
    }

    /// A fuse that burns down at its doom, if that comes first.
    fn doomed(&self, fuse: u32) -> u32 {
        let left = self.doom.and_then(|doom| u32::try_from(doom.checked_sub(fuse::burnt())?).ok());
        left.map_or(fuse, |left| fuse.min(left))
    }

    /// Does something with the engine that may die after so many commands. `None`: it died.
    pub async fn does<T, F>(&mut self, fuse: u32, work: impl FnOnce(Engine) -> F) -> Result<Option<T>, Wrong>
    where
        F: Future<Output = T>,
    {
        let fuse = self.doomed(fuse);
        let done = tokio::time::timeout(FOR_EVER, fuse::run(fuse, work(self.engine()))).await;
        self.keep_errors();
        match done {
            Err(_) => Err(format!("held up, with {} sends under way", self.flights.len())),
            Ok(Ok(done)) => Ok(Some(done)),
            Ok(Err(Died)) => {
                self.dies().await;
                Ok(None)
            }
        }
    }

    fn keep_errors(&mut self) {
        let errors = fuse::errors();
        self.errors.extend(errors);
    }

    /// Messages arrive together, and a tick stores them. What each sender is told; `None`: nothing.
    pub async fn hears(&mut self, fuse: u32, batch: Vec<Inbound>) -> Result<Vec<Option<Heard>>, Wrong> {
        let (engine, fuse) = (self.engine(), self.doomed(fuse));
        let receives = join_all(batch.into_iter().map(|inbound| engine.receive(inbound)));
        let both = async {
            tokio::join!(receives, async {
                tokio::task::yield_now().await;
                fuse::run(fuse, engine.tick()).await
            })
        };
        let both = tokio::time::timeout(FOR_EVER, both).await;
        let (heard, ticked) =
            both.map_err(|_| format!("messages held up, with {} sends under way", self.flights.len()))?;
        self.keep_errors();
        drop(engine);
        match ticked {
            Err(Died) => {
                self.deaths_in_a_row += 1;
                self.dies().await;
            }
            Ok(Err(error)) => return Err(format!("a tick failed: {error}")),
            Ok(Ok(_)) => {
                // A turn that fails of a damaged row takes the commit with it: its senders come again.
                if !self.damaged && heard.contains(&Err(Unstored)) {
                    return Err("a message was refused although nothing died".into());
                }
            }
        }
        Ok(heard.into_iter().map(Result::ok).collect())
    }

    /// One tick. `None`: it died.
    pub async fn ticks(&mut self, fuse: u32) -> Result<Option<Worked>, Wrong> {
        let before = self.deaths;
        let ticked = self.does(fuse, |engine| async move { engine.tick().await }).await?;
        self.deaths_in_a_row += self.deaths - before;
        if matches!(ticked, Some(Ok(Worked::Nothing))) {
            self.deaths_in_a_row = 0;
        }
        ticked.transpose().map_err(|error| format!("a tick failed: {error}"))
    }

    /// One delivery begins; it may be held, and come to its end later. Whether there was anything to send.
    pub async fn delivers(&mut self, fuse: u32) -> Result<Option<Worked>, Wrong> {
        let (engine, fuse) = (self.engine(), self.doomed(fuse));
        let mut flight = Fused::new(async move { engine.deliver().await });
        let (provider, held) = (self.provider.clone(), self.provider.held());
        let place = self.provider.attempts().len();
        let came = tokio::time::timeout(FOR_EVER, flight.drive(fuse, || provider.held() > held)).await;
        self.keep_errors();
        match came {
            Err(_) => Err(format!("a delivery is held up by {} others", self.flights.len())),
            Ok(Came::Through(Ok(worked))) => Ok(Some(worked)),
            Ok(Came::Through(Err(error))) => Err(format!("a delivery failed: {error}")),
            Ok(Came::Held) => {
                self.flights.push((flight, place));
                Ok(Some(Worked::Some))
            }
            Ok(Came::Dead) => {
                self.provider.forgets(place);
                self.dies().await;
                Ok(None)
            }
        }
    }

    /// How many sends are under way.
    pub fn under_way(&self) -> usize {
        self.flights.len()
    }

    /// The oldest send under way comes to its end.
    pub async fn lands(&mut self, fuse: u32) -> Result<(), Wrong> {
        if self.flights.is_empty() {
            return Ok(());
        }
        let fuse = self.doomed(fuse);
        self.provider.release();
        let (mut flight, place) = self.flights.remove(0);
        match tokio::time::timeout(FOR_EVER, flight.drive(fuse, || false)).await {
            Err(_) => Err("a delivery never ends".into()),
            Ok(Came::Through(Err(error))) => Err(format!("a delivery failed: {error}")),
            Ok(Came::Dead) => {
                self.provider.forgets(place);
                self.dies().await;
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    /// Everything that waits is done, and what is due later is waited for. How many steps it took.
    pub async fn drains(&mut self, most: u32) -> Result<u32, Wrong> {
        for step in 0..most {
            while self.under_way() > 0 {
                self.lands(NEVER).await?;
            }
            let ticked = self.ticks(NEVER).await?;
            let delivered = self.delivers(NEVER).await?;
            if ticked == Some(Worked::Some) || delivered == Some(Worked::Some) {
                continue;
            }
            if self.engine().is_quiet().await.map_err(|error| error.to_string())? {
                return Ok(step);
            }
            self.passes(Duration::minutes(20));
        }
        Err(format!("not quiet after {most} steps"))
    }
}
