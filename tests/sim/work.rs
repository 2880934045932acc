//! What the processes do: each call of an engine, to its end, to its death, or to where it stands still.

use std::future::Future;

use chrono::Duration;
use futures_util::future::join_all;
use wasl::engine::{Engine, Heard, Unstored, Worked};
use wasl::message::Inbound;
use wasl::store::StoreError;

use super::fuse::{self, Came, Died, Fused, NEVER};
use super::world::{UnderWay, Work, World, Wrong};

/// How long anything may take of the machine's own time: longer is for ever.
const FOR_EVER: std::time::Duration = std::time::Duration::from_secs(8);

impl World {
    /// Does something with the engine that may die after so many commands. `None`: it died.
    pub async fn does<T, F>(&mut self, fuse: u32, work: impl FnOnce(Engine) -> F) -> Result<Option<T>, Wrong>
    where
        F: Future<Output = T>,
    {
        let (fuse, begun) = (self.doomed(fuse), fuse::burnt());
        let done = tokio::time::timeout(FOR_EVER, fuse::run(fuse, work(self.engine()))).await;
        self.went(begun);
        self.keep_errors();
        match done {
            Err(_) => Err(format!("held up, with {} under way", self.under_way.len())),
            Ok(Ok(done)) => Ok(Some(done)),
            Ok(Err(Died)) => {
                self.dies(self.at).await;
                Ok(None)
            }
        }
    }

    /// Messages arrive together, and a tick stores them. What each sender is told; `None`: nothing.
    pub async fn hears(&mut self, fuse: u32, batch: Vec<Inbound>) -> Result<Vec<Option<Heard>>, Wrong> {
        let (engine, fuse, begun) = (self.engine(), self.doomed(fuse), fuse::burnt());
        let receives = join_all(batch.into_iter().map(|inbound| engine.receive(inbound)));
        let both = async {
            tokio::join!(biased; receives, async {
                tokio::task::yield_now().await;
                fuse::run(fuse, engine.tick()).await
            })
        };
        let both = tokio::time::timeout(FOR_EVER, both).await;
        self.went(begun);
        let (heard, ticked) =
            both.map_err(|_| format!("messages held up, with {} under way", self.under_way.len()))?;
        self.keep_errors();
        drop(engine);
        match ticked {
            Err(Died) => {
                self.deaths_in_a_row += 1;
                self.dies(self.at).await;
            }
            Ok(Err(_)) if self.full => {}
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

    /// One tick. `None`: it died, or stands still.
    pub async fn ticks(&mut self, fuse: u32) -> Result<Option<Worked>, Wrong> {
        let ticked = self.works("tick", fuse, |engine| async move { engine.tick().await }).await?;
        if ticked == Some(Worked::Nothing) {
            self.deaths_in_a_row = 0;
        }
        Ok(ticked)
    }

    /// Work of a loop of the server. `None`: it died, or stands still between two of its transactions.
    pub async fn works<T, F>(
        &mut self,
        name: &'static str,
        fuse: u32,
        work: impl FnOnce(Engine) -> F,
    ) -> Result<Option<Worked>, Wrong>
    where
        F: Future<Output = Result<T, StoreError>> + 'static,
        T: IsWork,
    {
        let (work, stall) = (work(self.engine()), self.stall(name));
        let future = Fused::new(async move { work.await.map(T::worked).map_err(|error| error.to_string()) });
        self.begins(future, Work::Other(name), fuse, stall).await
    }

    /// One delivery begins; it may be held, and come to its end later. Whether there was anything to send.
    pub async fn delivers(&mut self, fuse: u32) -> Result<Option<Worked>, Wrong> {
        let engine = self.engine();
        let future = Fused::new(async move { engine.deliver().await.map_err(|error| error.to_string()) });
        let place = self.provider.count();
        self.begins(future, Work::Send(place), fuse, NEVER).await
    }

    async fn begins(
        &mut self,
        mut future: Fused<'static, Result<Worked, String>>,
        work: Work,
        fuse: u32,
        stall: u32,
    ) -> Result<Option<Worked>, Wrong> {
        let (fuse, begun) = (self.doomed(fuse), fuse::burnt());
        let (provider, held) = (self.provider.clone(), self.provider.held());
        let driven = future.drive(fuse, stall, || provider.held() > held);
        let came = tokio::time::timeout(FOR_EVER, driven).await;
        self.went(begun);
        self.keep_errors();
        if self.provider.was_sent_in_a_transaction() {
            return Err("a part was sent while a transaction was open".into());
        }
        match came {
            Err(_) => Err(format!("{work:?} is held up by {} others", self.under_way.len())),
            Ok(Came::Through(Ok(done))) => Ok(Some(done)),
            Ok(Came::Through(Err(error))) => self.failed(work, &error).map(|()| None),
            Ok(Came::Held) => {
                self.under_way.push(UnderWay { future, process: self.at, work });
                if let Work::Other(name) = work {
                    self.stood_still += 1;
                    self.tells(format!("  the {name} stands still"));
                    self.turns_to_another();
                }
                Ok(matches!(work, Work::Send(_)).then_some(Worked::Some))
            }
            Ok(Came::Dead) => {
                self.was_torn(work);
                self.dies(self.at).await;
                Ok(None)
            }
        }
    }

    /// That work came to nothing, which it may while the disk is full.
    fn failed(&mut self, work: Work, error: &str) -> Result<(), Wrong> {
        if !self.full {
            return Err(format!("{work:?} failed: {error}"));
        }
        if let Work::Send(place) = work {
            self.provider.forgets(place);
        }
        self.tells(format!("  {work:?} finds no room"));
        Ok(())
    }

    /// A process died in that work.
    fn was_torn(&mut self, work: Work) {
        match work {
            Work::Send(place) => self.provider.forgets(place),
            Work::Other("tick") => self.deaths_in_a_row += 1,
            Work::Other(_) => {}
        }
    }

    /// What is longest under way comes to its end.
    pub async fn lands(&mut self, fuse: u32) -> Result<(), Wrong> {
        if self.under_way.is_empty() {
            return Ok(());
        }
        let (fuse, begun) = (self.doomed(fuse), fuse::burnt());
        let UnderWay { mut future, process, work } = self.next_to_land();
        if let Work::Send(place) = work {
            self.provider.release(place);
        }
        let landed = tokio::time::timeout(FOR_EVER, future.drive(fuse, NEVER, || false)).await;
        self.went(begun);
        self.keep_errors();
        match landed {
            Err(_) => Err(format!("{work:?} never ends")),
            Ok(Came::Through(Err(error))) => self.failed(work, &error),
            Ok(Came::Dead) => {
                self.was_torn(work);
                self.dies(process).await;
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    /// What is longest under way; of a process that stands still, what stands still: the rest waits behind it.
    fn next_to_land(&mut self) -> UnderWay {
        let first = self.under_way[0].process;
        let stands = |under_way: &UnderWay| under_way.process == first && !under_way.is_send();
        let place = self.under_way.iter().position(stands).unwrap_or(0);
        self.under_way.remove(place)
    }

    /// Everything under way comes to its end.
    pub async fn all_land(&mut self) -> Result<(), Wrong> {
        while !self.under_way.is_empty() {
            self.lands(NEVER).await?;
        }
        Ok(())
    }

    /// Everything that waits is done, and what is due later is waited for. How many steps it took.
    pub async fn drains(&mut self, most: u32) -> Result<u32, Wrong> {
        for step in 0..most {
            self.all_land().await?;
            self.turns_to_another();
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

/// What a loop's work gives.
pub trait IsWork {
    fn worked(self) -> Worked;
}

impl IsWork for Worked {
    fn worked(self) -> Worked {
        self
    }
}

/// How much there was.
impl IsWork for usize {
    fn worked(self) -> Worked {
        if self == 0 { Worked::Nothing } else { Worked::Some }
    }
}
