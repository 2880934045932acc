//! One seed, from its first message to the quiet after its weather.

use chrono::Duration;
use wasl::engine::Heard;
use wasl::message::{Body, PersonId};

use super::figures::Figures;
use super::fuse::{self, NEVER, Watcher};
use super::ledger;
use super::office::Office;
use super::person::{Deed, Person};
use super::provider::Provider;
use super::rng::Rng;
use super::weather::Weather;
use super::world::{World, Wrong};

/// How often a tick may die before everything waiting was done once: an event is given up after five.
const DEATHS_IN_A_ROW: u32 = 3;
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
    network: Vec<(usize, usize)>,
    rng: Rng,
    batch: u32,
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
    async fn begin(seed: u64, mut rng: Rng, weather: Weather, count: usize) -> Sim {
        let watched = tracing::subscriber::set_default(Watcher);
        fuse::errors();
        let (provider_rng, provider_weather) = (rng.fork(), weather.clone());
        let mut world = World::begin(|clock| Provider::new(provider_rng, provider_weather, clock)).await;
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
        self.office.speaks(&mut self.world, person, NEVER).await?;
        self.clears().await?;
        self.rests(0).await?;
        self.no_errors()?;
        ledger::balances(self).await
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
    fn no_errors(&mut self) -> Result<(), Wrong> {
        let errors = std::mem::take(&mut self.world.errors);
        let excused = |error: &String| self.damaged.iter().any(|event| error.contains(event.as_str()));
        match errors.into_iter().find(|error| !excused(error)) {
            Some(error) => Err(format!("an error was reported: {error}")),
            None => Ok(()),
        }
    }

    /// When the process dies in what comes next, in commands to its database.
    fn fuse(&mut self) -> u32 {
        if self.world.deaths_in_a_row >= DEATHS_IN_A_ROW || !self.rng.chance(self.weather.crash) {
            return NEVER;
        }
        self.rng.below(26) as u32
    }

    async fn step(&mut self) -> Result<(), Wrong> {
        let calm_clock = if self.world.under_way() > 0 { 4 } else { 90 };
        let passes = Duration::milliseconds(self.rng.between(0, calm_clock * 1000));
        self.world.passes(passes);
        if self.world.under_way() > 4 || (self.world.under_way() > 0 && self.rng.chance(400)) {
            let fuse = self.fuse();
            self.world.tells("a send comes to its end");
            self.world.lands(fuse).await?;
        }
        match self.rng.weighed(&[300, 280, 120, 220, 90, 30, 20, 10, 40, 12, 110]) {
            0 => self.somebody_acts().await,
            1 => self.messages_arrive().await,
            2 => self.ticks().await,
            3 => self.delivers().await,
            4 => {
                let people: Vec<PersonId> = self.people.iter().map(|person| person.id).collect();
                let fuse = self.fuse();
                self.office.works(&mut self.world, &people, fuse).await
            }
            5 => self.decisions_are_taken().await,
            6 => self.time_closes().await,
            7 => self.papers_are_swept().await,
            8 => self.weather_changes().await,
            9 => self.days_pass().await,
            _ => self.somebody_stays().await,
        }
    }

    /// Somebody sits down and goes on for a while: without that no form comes to its end.
    async fn somebody_stays(&mut self) -> Result<(), Wrong> {
        let n = self.rng.below(self.people.len());
        for _ in 0..8 + self.rng.below(16) {
            self.acts(n).await?;
            self.messages_arrive().await?;
            if self.rng.chance(300) {
                self.messages_arrive().await?;
            }
            self.ticks().await?;
            if !self.people[n].reads() {
                self.delivers().await?;
            }
            while self.world.under_way() > 0 {
                self.world.lands(NEVER).await?;
            }
            self.world.passes(Duration::milliseconds(self.rng.between(2000, 30_000)));
        }
        Ok(())
    }

    async fn somebody_acts(&mut self) -> Result<(), Wrong> {
        let n = self.rng.below(self.people.len());
        self.acts(n).await
    }

    async fn acts(&mut self, n: usize) -> Result<(), Wrong> {
        let limit = if self.rng.chance(200) { 2 } else { 50 };
        self.looks(n, limit).await?;
        let at = self.world.now();
        let deed = self.people[n].next();
        let body = match deed {
            Deed::Waits => return Ok(()),
            Deed::Sends(body) => body,
            Deed::SendsPaper { name, bytes } => match self.keeps_paper(n, &name, bytes).await? {
                Some(body) => body,
                None => return Ok(()),
            },
        };
        let person = &mut self.people[n];
        let line = format!("{} sends m{}: {body:?}", person.address.path, person.messages.len());
        let place = person.sends(body, at);
        self.world.tells(line);
        self.network.push((n, place));
        Ok(())
    }

    async fn keeps_paper(
        &mut self,
        n: usize,
        name: &str,
        bytes: bytes::Bytes,
    ) -> Result<Option<Body>, Wrong> {
        if !self.people[n].is_known() {
            return Ok(None);
        }
        let address = self.people[n].address.clone();
        let (fuse, name) = (self.fuse(), name.to_owned());
        let kept =
            self.world.does(fuse, |engine| async move { engine.keep_document(&address, &name, bytes).await });
        match kept.await? {
            Some(Ok(media)) => Ok(Some(Body::Media(media))),
            Some(Err(error)) => Err(format!("a paper was not taken: {error}")),
            None => Ok(None),
        }
    }

    /// Somebody looks at what came. Who reads by cursor may not get everything at once.
    pub async fn looks(&mut self, n: usize, limit: u32) -> Result<(), Wrong> {
        let person = &mut self.people[n];
        if person.reads() {
            let lines = self.world.engine().lines(&person.address, person.cursor, limit).await;
            for line in lines.map_err(|error| error.to_string())? {
                if line.cursor <= person.cursor {
                    return Err(format!("{} reads a line again", person.address.path));
                }
                person.cursor = line.cursor;
                person.read.push(line.id);
                person.shown.push(line.part);
            }
        } else {
            let phone = self.world.provider.phone(&person.address.path);
            person.shown = phone.into_iter().map(|arrived| arrived.part).collect();
        }
        Ok(())
    }

    /// A batch arrives: in order, but for the weather.
    async fn messages_arrive(&mut self) -> Result<(), Wrong> {
        let mut batch: Vec<(usize, usize)> = Vec::new();
        let most = 1 + self.rng.below(self.weather.batch);
        while batch.len() < most && !self.network.is_empty() {
            let place = if self.weather.reorder { self.rng.below(self.network.len().min(6)) } else { 0 };
            batch.push(self.network.remove(place));
        }
        if batch.is_empty() {
            return Ok(());
        }
        self.batch += 1;
        let fuse = self.fuse();
        self.world.tells(format!("batch {} arrives: {}", self.batch, self.names(&batch)));
        let inbound = batch.iter().map(|(n, m)| self.people[*n].messages[*m].inbound.clone()).collect();
        for (n, m) in &batch {
            self.people[*n].messages[*m].tried.get_or_insert(self.batch);
            self.world.provider.hears_from(&self.people[*n].address.path);
        }
        let heard = self.world.hears(fuse, inbound).await?;
        let mut again = Vec::new();
        for ((n, m), heard) in batch.into_iter().zip(heard) {
            let acknowledged = heard.is_some() && !self.rng.chance(self.weather.ack_lost);
            let message = &mut self.people[n].messages[m];
            if let Some(Heard::New(_)) = heard {
                if message.stored.is_some() || message.acked.is_some() {
                    return Err(format!("{} is new a second time", message.inbound.external_id));
                }
                message.stored = Some(self.batch);
            }
            if acknowledged {
                message.acked.get_or_insert(self.batch);
            }
            if !acknowledged || self.rng.chance(self.weather.repeat) {
                again.push((n, m));
            }
        }
        // What was not acknowledged comes again before what is newer, for a sender that keeps its order.
        match self.weather.reorder {
            true => self.network.extend(again),
            false => drop(self.network.splice(0..0, again)),
        }
        Ok(())
    }

    fn names(&self, batch: &[(usize, usize)]) -> String {
        let names = batch.iter().map(|(n, m)| self.people[*n].messages[*m].inbound.external_id.to_string());
        names.collect::<Vec<_>>().join(", ")
    }

    async fn ticks(&mut self) -> Result<(), Wrong> {
        for _ in 0..1 + self.rng.below(3) {
            let fuse = self.fuse();
            self.world.tells("a tick");
            self.world.ticks(fuse).await?;
        }
        Ok(())
    }

    async fn delivers(&mut self) -> Result<(), Wrong> {
        for _ in 0..1 + self.rng.below(4) {
            let fuse = self.fuse();
            let before = self.world.provider.attempts().len();
            self.world.delivers(fuse).await?;
            let attempts = self.world.provider.attempts();
            for attempt in &attempts[before..] {
                let line = format!("sends {} to {}: {:?}", attempt.key, attempt.path, attempt.fate);
                self.world.tells(line);
            }
        }
        Ok(())
    }

    async fn decisions_are_taken(&mut self) -> Result<(), Wrong> {
        let fuse = self.fuse();
        let taken = self.world.does(fuse, |engine| async move { engine.take_decisions().await }).await?;
        match taken {
            Some(Err(error)) => Err(format!("decisions: {error}")),
            _ => Ok(()),
        }
    }

    async fn time_closes(&mut self) -> Result<(), Wrong> {
        let fuse = self.fuse();
        let closed = self.world.does(fuse, |engine| async move { engine.close_due().await }).await?;
        match closed {
            Some(Err(error)) => Err(format!("closing: {error}")),
            _ => Ok(()),
        }
    }

    async fn papers_are_swept(&mut self) -> Result<(), Wrong> {
        let fuse = self.fuse();
        let swept = self.world.does(fuse, |engine| async move { engine.sweep_papers().await }).await?;
        match swept {
            Some(Err(error)) => Err(format!("sweeping: {error}")),
            _ => Ok(()),
        }
    }

    async fn weather_changes(&mut self) -> Result<(), Wrong> {
        let (rng, weather) = (&mut self.rng, &self.weather);
        if rng.chance(weather.jump * 4) {
            let hour = if rng.chance(500) { 1 } else { -1 };
            self.world.tells(format!("the clock is set by {hour} h"));
            self.world.passes(Duration::hours(hour));
        }
        let rng = &mut self.rng;
        if rng.chance(weather.partition * 20) {
            let down = rng.chance(500);
            self.world.tells(format!("the provider is {}", if down { "gone" } else { "back" }));
            self.world.provider.cut(down);
        }
        if rng.chance(weather.block * 20) {
            let n = rng.below(self.people.len());
            let path = self.people[n].address.path.to_string();
            let blocked = rng.chance(700);
            self.world.tells(format!("{path} blocks us: {blocked}"));
            self.world.provider.block(&path, blocked);
        }
        if rng.chance(weather.damage * 30)
            && let Some(event) = self.world.base.damage().await
        {
            self.world.tells(format!("the disk forgets {event}"));
            self.world.damaged = true;
            self.damaged.push(event);
        }
        Ok(())
    }

    /// Everybody leaves for a while.
    async fn days_pass(&mut self) -> Result<(), Wrong> {
        let hours = [3, 12, 30, 100, 24 * 8, 24 * 24, 24 * 24][self.rng.below(7)];
        self.world.tells(format!("{hours} hours pass"));
        while self.world.under_way() > 0 {
            self.world.lands(NEVER).await?;
        }
        self.world.passes(Duration::hours(hours));
        // A machine that was off meanwhile finds everything due at once.
        if self.rng.chance(self.weather.crash * 4) {
            self.world.dies().await;
        }
        Ok(())
    }

    /// The weather clears. Everything on its way arrives, everybody is handed back, and time passes until all that was
    /// begun has come to its end.
    async fn clears(&mut self) -> Result<(), Wrong> {
        self.world.tells("the weather clears");
        self.weather = Weather::calm();
        self.world.provider.clears();
        while self.world.under_way() > 0 {
            self.world.lands(NEVER).await?;
        }
        while !self.network.is_empty() {
            self.messages_arrive().await?;
        }
        self.decisions_are_taken().await?;
        self.world.drains(QUIET).await?;
        for person in self.people.iter().filter(|person| !person.messages.is_empty()) {
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
