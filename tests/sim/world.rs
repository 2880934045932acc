//! One seed's world: a database, a clock, two providers, and the processes that live in between, until one dies and is
//! started again on what it left.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use chrono::Duration;
use futures_util::future::join_all;
use wasl::app;
use wasl::config::Config;
use wasl::engine::{Engine, Parts, Worked};
use wasl::form::Shelf;
use wasl::locale::Catalogue;
use wasl::time::{Clock, ManualClock, Timestamp};
use wasl::vault::{Documents, Vault};

use super::base::Base;
use super::form::{self, Spec};
use super::fuse::{self, Fused, NEVER};
use super::provider::Provider;
use super::rng::Rng;

/// Where and when a seed begins: most on a Sunday morning in Riyadh, some shortly before a clock goes forward or back.
pub const BEGINNINGS: [(&str, &str); 3] = [
    ("Asia/Riyadh", "2026-11-22T07:00:00Z"),
    ("Europe/Berlin", "2026-10-24T07:00:00Z"),
    ("Europe/Berlin", "2027-03-27T07:00:00Z"),
];
/// How often a tick may die before everything waiting was done once: an event is given up after five.
const DEATHS_IN_A_ROW: u32 = 3;
/// How many commands something takes of which nothing is known yet.
const REACH: u32 = 26;

/// What went wrong, in words.
pub type Wrong = String;

/// Work that was begun, and stands still while other things happen.
pub struct UnderWay {
    pub future: Fused<'static, Result<Worked, String>>,
    /// The process that does it.
    pub process: usize,
    pub work: Work,
}

impl UnderWay {
    pub fn is_send(&self) -> bool {
        matches!(self.work, Work::Send(_))
    }
}

/// What stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A send, and the place of its attempt on the provider's record.
    Send(usize),
    /// Anything else, between two of its transactions.
    Other(&'static str),
}

pub struct World {
    pub base: Base,
    pub clock: Arc<ManualClock>,
    pub provider: Arc<Provider>,
    /// The processes that serve this database.
    pub processes: Vec<Option<Engine>>,
    /// The one that works now.
    pub at: usize,
    config: Config,
    shelf: Shelf,
    /// The form that services ask, if it is one that nobody wrote.
    pub spec: Option<Arc<Spec>>,
    /// How often in a thousand calls of the engine the process dies.
    pub crash: u32,
    /// How often in a thousand calls it stands still between two transactions.
    pub stalls: u32,
    rng: Rng,
    /// What is done next, and how many commands each kind of work took lately at most.
    pub doing: Option<&'static str>,
    reach: BTreeMap<&'static str, u32>,
    /// What is under way, oldest first.
    pub under_way: Vec<UnderWay>,
    /// The one command, counted on this thread, before which the process dies whatever else happens.
    pub doom: Option<u64>,
    /// How often a process died.
    pub deaths: u32,
    /// How often one died in a tick since nothing waited.
    pub deaths_in_a_row: u32,
    /// How often work stood still between two transactions.
    pub stood_still: usize,
    /// Whether the disk is full.
    pub full: bool,
    /// Whether the storage of papers is gone.
    pub storage_gone: bool,
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

/// What a world is like.
pub struct Kind {
    /// Its place in [`BEGINNINGS`].
    pub beginning: usize,
    /// Whether services ask a form that nobody wrote.
    pub own_form: bool,
    /// How many processes serve its database.
    pub processes: usize,
    /// See [`World::crash`].
    pub crash: u32,
    /// See [`World::stalls`].
    pub stalls: u32,
}

impl World {
    pub async fn begin(
        kind: Kind,
        mut rng: Rng,
        provider: impl FnOnce(Arc<ManualClock>) -> Arc<Provider>,
    ) -> World {
        let base = Base::new();
        let (zone, begin) = BEGINNINGS[kind.beginning];
        let clock = Arc::new(ManualClock::at(Timestamp::parse(begin).unwrap()));
        let provider = provider(clock.clone());
        let mut config = Config::from_toml(&format!("[association]\nzone = \"{zone}\"")).unwrap();
        config.documents.folder = base.documents();
        // A process that began just now stores before it turns; another does both in one commit.
        config.server.caution_seconds = [0, 60, 30 * 86_400][rng.below(3)];
        let (spec, shelf) = match kind.own_form {
            true => {
                let (spec, shelf) = form::made(&mut rng);
                (Some(spec), shelf)
            }
            false => (None, shipped(&config).0),
        };
        let mut world = World {
            base,
            clock,
            provider,
            processes: vec![None; kind.processes],
            at: 0,
            config,
            shelf,
            spec,
            crash: kind.crash,
            stalls: kind.stalls,
            rng,
            doing: None,
            reach: BTreeMap::new(),
            under_way: Vec::new(),
            doom: None,
            deaths: 0,
            deaths_in_a_row: 0,
            stood_still: 0,
            full: false,
            storage_gone: false,
            damaged: false,
            told: Vec::new(),
            errors: Vec::new(),
        };
        for process in 0..kind.processes {
            world.starts(process).await;
        }
        world
    }

    /// The same world once more, in calm weather, with processes that have just started.
    pub async fn again(&self) -> World {
        let base = self.base.again();
        let clock = Arc::new(ManualClock::at(self.now()));
        let mut config = self.config.clone();
        config.documents.folder = base.documents();
        let count = self.processes.len();
        let mut world = World {
            base,
            provider: self.provider.again(clock.clone()),
            clock,
            processes: vec![None; count],
            at: 0,
            config,
            shelf: self.shelf.clone(),
            spec: self.spec.clone(),
            crash: 0,
            stalls: 0,
            rng: Rng::new(0),
            doing: None,
            reach: BTreeMap::new(),
            under_way: Vec::new(),
            doom: None,
            deaths: 0,
            deaths_in_a_row: 0,
            stood_still: 0,
            full: false,
            storage_gone: false,
            damaged: false,
            told: self.told.clone(),
            errors: Vec::new(),
        };
        for process in 0..count {
            world.starts(process).await;
        }
        world
    }

    /// A process starts on what is there.
    async fn starts(&mut self, process: usize) {
        let store = self.base.open(self.processes.len() == 1).await;
        // As many connections as there can be, from the start: opening one later would count as commands.
        drop(join_all((0..4).map(|_| store.read())).await);
        let (_, words) = shipped(&self.config);
        let parts = Parts {
            config: self.config.clone(),
            words,
            shelf: self.shelf.clone(),
            clock: self.clock.clone(),
            store,
            vault: vault(),
            documents: Documents::local(&self.config.documents.folder).unwrap(),
            channels: self.provider.channels(),
        };
        self.processes[process] = Some(Engine::start(parts).await.unwrap());
    }

    /// The process that works now.
    pub fn engine(&self) -> Engine {
        self.processes[self.at].clone().expect("it runs")
    }

    /// Another process works, or the same one. One that stands still waits for its connection to the database: whatever
    /// else it did would wait behind that.
    pub fn turns_to_another(&mut self) {
        self.at = match self.standing() {
            Some(process) => (process + 1) % self.processes.len(),
            None => self.rng.below(self.processes.len()),
        };
    }

    /// The process that stands still.
    fn standing(&self) -> Option<usize> {
        self.under_way.iter().find(|work| !work.is_send()).map(|work| work.process)
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn tells(&mut self, what: impl Into<String>) {
        let at = self.now().iso();
        let process = if self.processes.len() > 1 { ["", " (2)"][self.at] } else { "" };
        self.told.push(format!("{at}{process} {}", what.into()));
    }

    pub fn passes(&mut self, time: Duration) {
        self.clock.advance(time);
    }

    /// A process dies, and another one starts on the same files.
    pub async fn dies(&mut self, process: usize) {
        self.tells(format!("  process {} dies, and starts again", process + 1));
        self.deaths += 1;
        self.doom = None;
        let (lost, kept) =
            std::mem::take(&mut self.under_way).into_iter().partition(|work| work.process == process);
        self.under_way = kept;
        let lost: Vec<UnderWay> = lost;
        for work in &lost {
            match work.work {
                Work::Send(place) => self.provider.process_died(place),
                Work::Other("tick") => self.deaths_in_a_row += 1,
                Work::Other(_) => {}
            }
        }
        drop(lost);
        self.processes[process] = None;
        self.mends();
        // What it said while it was being torn apart is nobody's fault.
        fuse::errors();
        self.starts(process).await;
    }

    /// Whether what is done may fail: the disk is full, or the storage of papers is gone.
    pub fn ails(&self) -> bool {
        self.full || self.storage_gone
    }

    /// After so many more writes to the database the disk is full.
    pub fn fills(&mut self, writes: u32) {
        self.full = self.base.disk.fills(writes);
    }

    pub fn storage_goes(&mut self) {
        if !std::mem::replace(&mut self.storage_gone, true) {
            self.base.storage_is_gone(true);
        }
    }

    /// The disk has room again, and the storage is back.
    pub fn mends(&mut self) {
        // What was reported of the bad time is of it, also where nobody looked since.
        self.keep_errors();
        self.base.disk.has_room();
        self.full = false;
        if std::mem::take(&mut self.storage_gone) {
            self.base.storage_is_gone(false);
        }
    }

    /// Every process dies at once: the machine was off.
    pub async fn all_die(&mut self) {
        for process in 0..self.processes.len() {
            self.dies(process).await;
        }
    }

    /// When the process dies in this work, in commands to its database: `often` times as often as elsewhere, and anywhere
    /// in it.
    pub fn fuse(&mut self, work: &'static str, often: u32) -> u32 {
        self.doing = Some(work);
        let crash = (self.crash * often).min(900);
        if self.deaths_in_a_row >= DEATHS_IN_A_ROW || !self.rng.chance(crash) {
            return NEVER;
        }
        let reach = self.reach.get(work).copied().unwrap_or(REACH);
        self.rng.below(reach as usize + 2) as u32
    }

    /// After how many commands this work stands still between two of its transactions.
    pub fn stall(&mut self, work: &'static str) -> u32 {
        let alone = self.processes.len() == 1 || self.standing().is_some();
        if alone || !self.rng.chance(self.stalls) {
            return NEVER;
        }
        let reach = self.reach.get(work).copied().unwrap_or(REACH);
        self.rng.below(reach as usize + 2) as u32
    }

    /// Notes how far work of its kind went that began at that count of commands.
    pub fn went(&mut self, begun: u64) {
        let Some(work) = self.doing.take() else { return };
        let took = u32::try_from(fuse::burnt() - begun).unwrap_or(NEVER);
        let reach = self.reach.entry(work).or_insert(0);
        *reach = took.max(*reach * 7 / 8);
    }

    /// A fuse that burns down at its doom, if that comes first.
    pub fn doomed(&self, fuse: u32) -> u32 {
        let left = self.doom.and_then(|doom| u32::try_from(doom.checked_sub(fuse::burnt())?).ok());
        left.map_or(fuse, |left| fuse.min(left))
    }

    pub fn keep_errors(&mut self) {
        let errors = fuse::errors();
        if !self.ails() {
            self.errors.extend(errors);
        }
    }

    /// How many sends are under way.
    pub fn sends_under_way(&self) -> usize {
        self.under_way.iter().filter(|work| work.is_send()).count()
    }
}
