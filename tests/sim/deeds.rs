//! What happens in one step: somebody acts, something arrives, the process works, the weather changes.

use std::collections::BTreeSet;

use chrono::Duration;
use wasl::case::Role;
use wasl::engine::Heard;
use wasl::message::{Body, PersonId};

use super::ledger::Forgetting;
use super::office::staff;
use super::person::Deed;
use super::run::Sim;
use super::world::Wrong;

impl Sim {
    pub async fn step(&mut self) -> Result<(), Wrong> {
        let calm_clock = if self.world.sends_under_way() > 0 { 4 } else { 90 };
        let passes = Duration::milliseconds(self.rng.between(0, calm_clock * 1000));
        self.world.passes(passes);
        self.world.turns_to_another();
        let under_way = self.world.under_way.len();
        if under_way > 4 || (under_way > 0 && self.rng.chance(400)) {
            let fuse = self.world.fuse("land", 1);
            self.world.tells("what is under way comes to its end");
            self.world.lands(fuse).await?;
        }
        match self.rng.weighed(&[300, 280, 120, 220, 90, 30, 20, 10, 40, 12, 110, 25]) {
            0 => self.somebody_acts().await,
            1 => self.messages_arrive().await,
            2 => self.ticks().await,
            3 => self.delivers().await,
            4 => {
                let people: Vec<PersonId> = self.people.iter().map(|person| person.id).collect();
                self.office.works(&mut self.world, &people).await
            }
            5 => self.decisions_are_taken().await,
            6 => self.time_closes().await,
            7 => self.papers_are_swept().await,
            8 => self.weather_changes().await,
            9 => self.days_pass().await,
            10 => self.somebody_stays().await,
            _ => self.somebody_is_forgotten().await,
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
            self.world.all_land().await?;
            self.world.passes(Duration::milliseconds(self.rng.between(2000, 30_000)));
        }
        Ok(())
    }

    async fn somebody_acts(&mut self) -> Result<(), Wrong> {
        let n = self.rng.below(self.people.len());
        self.acts(n).await
    }

    pub async fn acts(&mut self, n: usize) -> Result<(), Wrong> {
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
        let (fuse, name) = (self.world.fuse("keep", 1), name.to_owned());
        let kept =
            self.world.does(fuse, |engine| async move { engine.keep_document(&address, &name, bytes).await });
        match kept.await? {
            Some(Ok(media)) => Ok(Some(Body::Media(media))),
            Some(Err(_)) if self.world.ails() => Ok(None),
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
    pub async fn messages_arrive(&mut self) -> Result<(), Wrong> {
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
        let fuse = self.world.fuse("hear", 1);
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
            let fuse = self.world.fuse("tick", 1);
            self.world.tells("a tick");
            self.world.ticks(fuse).await?;
        }
        Ok(())
    }

    async fn delivers(&mut self) -> Result<(), Wrong> {
        for _ in 0..1 + self.rng.below(4) {
            let fuse = self.world.fuse("deliver", 1);
            let before = self.world.provider.count();
            self.world.delivers(fuse).await?;
            for attempt in self.world.provider.attempts_from(before) {
                let line = format!("sends {} to {}: {:?}", attempt.key, attempt.path, attempt.fate);
                self.world.tells(line);
            }
        }
        Ok(())
    }

    pub async fn decisions_are_taken(&mut self) -> Result<(), Wrong> {
        let fuse = self.world.fuse("decide", 2);
        self.world
            .works("decide", fuse, |engine| async move { engine.take_decisions().await })
            .await
            .map(drop)
    }

    pub async fn time_closes(&mut self) -> Result<(), Wrong> {
        let fuse = self.world.fuse("close", 2);
        self.world.works("close", fuse, |engine| async move { engine.close_due().await }).await.map(drop)
    }

    pub async fn papers_are_swept(&mut self) -> Result<(), Wrong> {
        let fuse = self.world.fuse("sweep", 2);
        self.world.works("sweep", fuse, |engine| async move { engine.sweep_papers().await }).await.map(drop)
    }

    async fn weather_changes(&mut self) -> Result<(), Wrong> {
        let (rng, weather) = (&mut self.rng, &self.weather);
        if rng.chance(weather.jump * 4) {
            let minutes = [60, -60, -10, 3 * 24 * 60][rng.below(4)];
            self.world.tells(format!("the clock is set by {minutes} minutes"));
            self.world.passes(Duration::minutes(minutes));
        }
        let rng = &mut self.rng;
        if rng.chance(weather.partition * 20) {
            let down = rng.chance(500);
            self.world.tells(format!("the provider is {}", if down { "gone" } else { "back" }));
            self.world.provider.cut(down);
        }
        if rng.chance(weather.block * 30) {
            self.somebody_blocks_us().await?;
        }
        self.something_ails();
        let (rng, weather) = (&mut self.rng, &self.weather);
        if rng.chance(weather.damage * 30)
            && !self.world.ails()
            && let Some(event) = self.world.base.damage().await
        {
            self.world.tells(format!("the disk forgets {event}"));
            self.world.damaged = true;
            self.damaged.push(event);
        }
        Ok(())
    }

    /// The disk is full or the storage of papers is gone, for a while.
    fn something_ails(&mut self) {
        if self.world.ails() {
            if self.rng.chance(600) {
                self.world.tells("the disk has room, and the storage of papers is there");
                self.world.mends();
            }
            return;
        }
        if self.rng.chance(self.weather.full * 25) {
            let writes = self.rng.below(12) as u32;
            self.world.tells(format!("the disk is full after {writes} writes"));
            self.world.fills(writes);
        } else if self.rng.chance(self.weather.storage * 25) {
            self.world.tells("the storage of papers is gone");
            self.world.storage_goes();
        }
    }

    /// Somebody asks us to forget them, and is forgotten if no request of theirs is open.
    async fn somebody_is_forgotten(&mut self) -> Result<(), Wrong> {
        let n = self.rng.below(self.people.len());
        if !self.rng.chance(self.weather.forget * 40) || !self.people[n].is_known() {
            return Ok(());
        }
        let (id, path) = (self.people[n].id, self.people[n].address.path.clone());
        self.world.tells(format!("{path} is to be forgotten"));
        let books = Forgetting::begins(&self.world, id).await;
        let (fuse, by) = (self.world.fuse("forget", 4), staff(Role::Administrator));
        let done = self.world.does(fuse, |engine| async move { engine.erase(&by, id).await }).await?;
        let inbox = self.world.base.inbox().await;
        if !books.ends(&self.world, &path, done).await? {
            return Ok(());
        }
        self.forgotten += 1;
        let came: BTreeSet<String> = inbox.into_iter().map(|row| row.id).collect();
        self.people[n].is_forgotten(|message| came.contains(&message.event.to_string()));
        self.world.provider.forgets_whom(&path);
        Ok(())
    }

    /// Somebody blocks us, or does so no more. Most who do so write no more, and now and then staff writes to them.
    async fn somebody_blocks_us(&mut self) -> Result<(), Wrong> {
        let n = self.rng.below(self.people.len());
        let (path, id) = (self.people[n].address.path.to_string(), self.people[n].id);
        let blocked = self.rng.chance(700);
        self.world.tells(format!("{path} blocks us: {blocked}"));
        self.world.provider.block(&path, blocked);
        self.people[n].away = blocked && self.rng.chance(700);
        if blocked && self.rng.chance(500) {
            self.office.says(&mut self.world, id).await?;
            self.ticks().await?;
            self.delivers().await?;
        }
        Ok(())
    }

    /// Everybody leaves for a while.
    async fn days_pass(&mut self) -> Result<(), Wrong> {
        let hours = [3, 12, 30, 100, 24 * 8, 24 * 24, 24 * 24][self.rng.below(7)];
        self.world.tells(format!("{hours} hours pass"));
        self.world.all_land().await?;
        self.world.passes(Duration::hours(hours));
        // A machine that was off meanwhile finds everything due at once.
        if self.rng.chance(200 + self.weather.crash * 4) {
            self.world.all_die().await;
        }
        Ok(())
    }
}
