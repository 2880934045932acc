//! An engine without loops: the test itself makes every tick, so that it can come between two.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use wasl::case::Role;
use wasl::channel::Channel;
use wasl::engine::{Engine, Staff, Worked};
use wasl::message::{Address, Body, CaseId, ChannelId, Inbound, PersonId, StaffId, derive_id};
use wasl::store;
use wasl::time::{Clock, ManualClock, Timestamp};

use super::database::Database;
use super::harness;
use super::story::ANSWERS;

pub struct Alone {
    pub engine: Engine,
    pub clock: Arc<ManualClock>,
    pub folder: TempDir,
    said: AtomicUsize,
}

/// Somebody at the web chat.
pub fn at(path: &str) -> Address {
    Address { channel: ChannelId::new("webchat"), path: path.into() }
}

pub fn officer() -> Staff {
    Staff { id: StaffId(derive_id(&["officer"])), name: "amina".into(), role: Role::Officer }
}

impl Alone {
    pub async fn start() -> Alone {
        Alone::with(vec![Arc::new(wasl::channel::webchat::Webchat::new())]).await
    }

    /// One whose messages have a commit of their own before their turn, for so long after its start.
    pub async fn cautious(seconds: u32) -> Alone {
        let webchat: Arc<dyn Channel> = Arc::new(wasl::channel::webchat::Webchat::new());
        Alone::that(vec![webchat], &format!("server.caution_seconds = {seconds}")).await
    }

    pub async fn with(channels: Vec<Arc<dyn Channel>>) -> Alone {
        Alone::that(channels, "").await
    }

    async fn that(channels: Vec<Arc<dyn Channel>>, toml: &str) -> Alone {
        let folder = harness::folder();
        let clock = Arc::new(ManualClock::at(Timestamp::parse(harness::BEGIN).unwrap()));
        let engine = harness::engine_with(folder.path(), clock.clone(), toml, channels).await;
        Alone { engine, clock, folder, said: AtomicUsize::new(0) }
    }

    /// What people write at the same moment is stored and acknowledged; their turns are still to come
    /// where that is stored first.
    pub async fn hears(&self, said: &[(&Address, &str)]) {
        let receipts = said.iter().map(|(from, text)| {
            let n = self.said.fetch_add(1, Ordering::Relaxed);
            let (from, external_id) = ((*from).clone(), format!("m{n}").into());
            let body = Body::Text((*text).into());
            self.engine.receive(Inbound { from, external_id, sent_at: self.clock.now(), body })
        });
        let (heard, ticked) = tokio::join!(futures_util::future::join_all(receipts), async {
            tokio::task::yield_now().await;
            self.engine.tick().await
        });
        assert!(ticked.is_ok() && heard.iter().all(Result::is_ok));
    }

    pub async fn ticks(&self) {
        while self.engine.tick().await.unwrap() != Worked::Nothing {}
    }

    /// Somebody writes, and is answered.
    pub async fn says(&self, from: &Address, texts: &[&str]) {
        for text in texts {
            self.hears(&[(from, text)]).await;
            self.ticks().await;
        }
    }

    /// From the greeting to the receipt.
    pub async fn asks_for(&self, from: &Address, service: &str) -> CaseId {
        self.says(from, &["hello", "English", "yes", "1", service]).await;
        for _ in 0..20 {
            let question = self.question(from).await;
            if question == "review" {
                break;
            }
            let answer = ANSWERS.iter().find(|(known, _)| *known == question).map_or("skip", |(_, a)| a);
            self.says(from, &[answer]).await;
        }
        self.says(from, &["It is all correct", "Maria Santos Cruz"]).await;
        let mut tx = self.engine.store().read().await.unwrap();
        let cases = store::case::of_person(&mut tx, PersonId::of(from)).await.unwrap();
        assert_eq!(cases.len(), 1, "one request");
        cases[0].id
    }

    /// What was said to somebody, and what they said.
    pub async fn lines(&self, of: &Address) -> Vec<String> {
        let lines = self.engine.lines(of, 0, 1000).await.unwrap();
        lines.iter().map(|line| harness::plain(&line.part.text)).collect()
    }

    pub async fn question(&self, of: &Address) -> String {
        let lines = self.engine.lines(of, 0, 1000).await.unwrap();
        let last = lines.into_iter().rev().find_map(|line| line.part.expects);
        last.map(|expects| expects.question.to_string()).unwrap_or_default()
    }

    /// The rows of a statement that gives one text each.
    pub async fn rows(&self, select: &str) -> Vec<String> {
        Database::of(self.folder.path()).await.texts(select).await
    }

    /// Changes the database behind the engine's back.
    pub async fn changes(&self, statements: &str) {
        Database::of(self.folder.path()).await.run(statements).await;
    }
}
