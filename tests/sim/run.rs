//! One seed, from its first message to the quiet after its weather.

use chrono::Duration;

use super::figures::Figures;
use super::fuse::{self, NEVER, Watcher};
use super::ledger;
use super::office::Office;
use super::person::Person;
use super::provider::Provider;
use super::rng::Rng;
use super::weather::Weather;
use super::world::{Kind, World, Wrong};

/// How many steps the quiet after the weather may take.
const QUIET: u32 = 3000;

/// Rounds of five days until everything that was begun has come to its end.
const ROUNDS: u32 = 14;
/// Not whole days: what comes due at night waits for the morning, and would wait for ever if each round were at night.
const ROUND: Duration = Duration::hours(5 * 24 + 7);
/// Further rounds at most, while timers are armed: somebody with several requests is asked about each, a month apart.
const MORE: u32 = 60;
/// How often each of the two says something in a short story.
const SHORT: usize = 4;

/// What a seed came to.
pub struct Outcome {
    /// What happened, and what stood at the end: the same seed gives the same.
    pub digest: u64,
    pub figures: Figures,
}

/// A seed that went wrong: what, and the last steps before it.
pub struct Fault {
    pub wrong: Wrong,
    pub told: Vec<String>,
}

pub struct Sim {
    pub world: World,
    pub people: Vec<Person>,
    pub office: Office,
    pub weather: Weather,
    /// Messages that a provider holds for us: person, place among theirs. Again and again until acknowledged.
    pub network: Vec<(usize, usize)>,
    pub rng: Rng,
    pub batch: u32,
    /// How often somebody was forgotten.
    pub forgotten: usize,
    /// The events that a disk forgot.
    pub damaged: Vec<String>,
    /// Whether so much time passed that everything begun must have come to its end.
    pub rested: bool,
    _watched: tracing::subscriber::DefaultGuard,
}

/// Plays one seed to its end.
pub async fn play(seed: u64) -> Result<Outcome, Fault> {
    let mut rng = Rng::new(seed);
    let weather = Weather::of(&mut rng);
    let count = 2 + rng.below(4);
    let mut sim = Sim::begin(seed, rng, weather, count).await;
    let length = 80 + sim.rng.below(140);
    let played = sim.whole(length, ROUNDS).await;
    sim.ends(played)
}

/// Plays a short story in calm weather, in which the process dies once: before its n-th command. Whether it did.
pub async fn play_doomed(seed: u64, n: u64) -> Result<bool, Fault> {
    let mut sim = Sim::begin(seed, Rng::new(seed), Weather::calm(), 2).await;
    sim.world.doom = Some(fuse::burnt() + n);
    let played = sim.short_story().await;
    let died = sim.world.deaths > 0;
    sim.ends(played).map(|_| died)
}

impl Sim {
    /// Two processes, and one person who does what is asked, in calm weather.
    pub async fn small(channel: &str) -> Sim {
        let weather = Weather { processes: 2, ..Weather::calm() };
        let mut sim = Sim::begin(0, Rng::new(7), weather, 0).await;
        sim.people.push(Person::patient(channel, Rng::new(7)));
        sim
    }

    /// The same once more: see [`World::again`].
    pub async fn again(&self) -> Sim {
        Sim {
            world: self.world.again().await,
            people: self.people.clone(),
            office: self.office.clone(),
            weather: self.weather.clone(),
            network: self.network.clone(),
            rng: self.rng.clone(),
            batch: self.batch,
            forgotten: 0,
            damaged: vec![],
            rested: false,
            _watched: tracing::subscriber::set_default(Watcher),
        }
    }

    /// From here on nothing more happens than must; whether all balances.
    pub async fn balances(&mut self) -> Result<Figures, Wrong> {
        self.clears().await?;
        self.rests(0).await?;
        self.no_errors()?;
        ledger::balances(self).await
    }

    async fn begin(seed: u64, mut rng: Rng, weather: Weather, count: usize) -> Sim {
        let watched = tracing::subscriber::set_default(Watcher);
        fuse::errors();
        let (provider_rng, provider_weather) = (rng.fork(), weather.clone());
        let Weather { beginning, own_form, processes, crash, stalls, .. } = weather;
        let kind = Kind { beginning, own_form, processes, crash, stalls };
        let provider = |clock| Provider::new(provider_rng, provider_weather, clock);
        let mut world = World::begin(kind, rng.fork(), provider).await;
        let people = (0..count).map(|n| Person::new(n, rng.fork())).collect();
        let office = Office::new(rng.fork());
        world.tells(format!("seed {seed}: {count} people, {weather:?}"));
        Sim {
            world,
            people,
            office,
            weather,
            network: vec![],
            rng,
            batch: 0,
            forgotten: 0,
            damaged: vec![],
            rested: false,
            _watched: watched,
        }
    }

    fn ends(mut self, played: Result<Figures, Wrong>) -> Result<Outcome, Fault> {
        match played {
            Ok(figures) => Ok(self.outcome(figures)),
            Err(wrong) => Err(Fault { wrong, told: std::mem::take(&mut self.world.told) }),
        }
    }

    async fn whole(&mut self, length: usize, rounds: u32) -> Result<Figures, Wrong> {
        for _ in 0..length {
            self.step().await?;
            self.no_errors()?;
        }
        self.clears().await?;
        self.rests(rounds).await?;
        self.no_errors()?;
        ledger::balances(self).await
    }

    /// Two people and the desk, one thing after another.
    async fn short_story(&mut self) -> Result<Figures, Wrong> {
        for _ in 0..SHORT {
            for n in 0..self.people.len() {
                self.acts(n).await?;
            }
            self.messages_arrive().await?;
            self.world.ticks(NEVER).await?;
            self.world.delivers(NEVER).await?;
            self.world.delivers(NEVER).await?;
        }
        let person = self.people[0].id;
        self.office.speaks(&mut self.world, person).await?;
        self.balances().await
    }

    fn outcome(&self, figures: Figures) -> Outcome {
        // FNV-1a over all that was told.
        let mut digest = 0xCBF2_9CE4_8422_2325_u64;
        for byte in self.world.told.iter().flat_map(|line| line.bytes()) {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
        }
        Outcome { digest, figures }
    }

    /// An error that was reported is somebody's fault, but for the damaged rows.
    pub fn no_errors(&mut self) -> Result<(), Wrong> {
        let errors = std::mem::take(&mut self.world.errors);
        let excused = |error: &String| self.damaged.iter().any(|event| error.contains(event.as_str()));
        match errors.into_iter().find(|error| !excused(error)) {
            Some(error) => Err(format!("an error was reported: {error}")),
            None => Ok(()),
        }
    }

    /// The weather clears. Everything on its way arrives, everybody is handed back, and time passes until all that was
    /// begun has come to its end.
    async fn clears(&mut self) -> Result<(), Wrong> {
        self.world.tells("the weather clears");
        self.weather = Weather::calm();
        (self.world.crash, self.world.stalls) = (0, 0);
        self.world.mends();
        self.world.provider.clears();
        self.world.all_land().await?;
        while !self.network.is_empty() {
            self.messages_arrive().await?;
        }
        self.decisions_are_taken().await?;
        self.world.drains(QUIET).await?;
        for person in self.people.iter().filter(|person| person.is_there()) {
            let (id, by) = (person.id, super::office::staff(wasl::case::Role::Officer));
            let left =
                self.world
                    .does(NEVER, |engine| async move {
                        engine.hand_back(&by, id, "when the weather clears").await
                    })
                    .await?;
            if let Some(Err(error)) = left {
                return Err(format!("{id} could not be handed back: {error}"));
            }
        }
        Ok(())
    }

    /// Time passes, five days a round.
    async fn rests(&mut self, rounds: u32) -> Result<(), Wrong> {
        let most = if rounds >= ROUNDS { rounds + MORE } else { rounds };
        for round in 0..most {
            if round >= rounds && self.world.base.timers().await.is_empty() {
                break;
            }
            self.world.drains(QUIET).await?;
            self.time_closes().await?;
            self.papers_are_swept().await?;
            self.world.drains(QUIET).await?;
            self.world.passes(ROUND);
        }
        self.rested = rounds >= ROUNDS;
        self.world.drains(QUIET).await?;
        for n in 0..self.people.len() {
            self.looks(n, 100_000).await?;
        }
        Ok(())
    }
}
