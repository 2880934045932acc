//! The exhaustive crash test: the story's tick dropped at its n-th await, for every n. After each, the process is
//! "started again" on the same files, senders repeat what was not acknowledged, and the story must end exactly as
//! it does without a crash: the same words in the same order, the same case, nothing twice.

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use chrono::Duration;
use wasl::case::{Action, Check, Role};
use wasl::engine::{Engine, Staff, Unstored, Worked};
use wasl::message::{Address, Body, CaseId, ChannelId, Inbound, PersonId, StaffId, derive_id};
use wasl::store;
use wasl::time::{Clock, ManualClock, Timestamp};

use super::harness;
use super::story::ANSWERS;

/// Lets a future be polled until its n-th `Pending`, then drops it. `None`: dropped.
async fn dropped_at<F: Future>(future: F, left: &mut Option<usize>) -> Option<F::Output> {
    let mut future = pin!(future);
    std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => match left {
            Some(0) => Poll::Ready(None),
            Some(n) => {
                *n -= 1;
                Poll::Pending
            }
            None => Poll::Pending,
        },
    })
    .await
}

struct Stage<'a> {
    folder: &'a Path,
    clock: Arc<ManualClock>,
    engine: Option<Engine>,
    /// Awaits until the crash; `None` once it happened.
    left: Option<usize>,
    crashed: bool,
    said: usize,
    officer: Staff,
}

impl<'a> Stage<'a> {
    async fn new(folder: &'a Path, n: usize) -> Stage<'a> {
        let clock = Arc::new(ManualClock::at(Timestamp::parse(harness::BEGIN).unwrap()));
        let engine = Some(harness::engine(folder, clock.clone(), "").await);
        let id = StaffId(derive_id(&["officer"]));
        let officer = Staff { id, name: "amina".into(), role: Role::Officer };
        Stage { folder, clock, engine, left: Some(n), crashed: false, said: 0, officer }
    }

    fn engine(&self) -> Engine {
        self.engine.clone().unwrap()
    }

    fn address() -> Address {
        Address { channel: ChannelId::new("webchat"), path: "sister".into() }
    }

    /// The process died: everything in memory is gone, the files are as they are.
    async fn restart(&mut self) {
        self.crashed = true;
        self.left = None;
        self.engine = None;
        self.engine = Some(harness::engine(self.folder, self.clock.clone(), "").await);
    }

    async fn ticks(&mut self) {
        loop {
            let engine = self.engine();
            match dropped_at(engine.tick(), &mut self.left).await {
                Some(worked) => {
                    if worked.unwrap() == Worked::Nothing {
                        return;
                    }
                }
                None => {
                    drop(engine);
                    self.restart().await;
                }
            }
        }
    }

    /// Sends one message, again and again under the same id, until it is acknowledged.
    async fn sends(&mut self, body: Body) {
        self.said += 1;
        let inbound = Inbound {
            from: Stage::address(),
            external_id: format!("m{}", self.said).into(),
            sent_at: self.clock.now(),
            body,
        };
        loop {
            let engine = self.engine();
            let left = &mut self.left;
            let (received, ticked) = tokio::join!(engine.receive(inbound.clone()), async {
                tokio::task::yield_now().await;
                // The tick took the receipt before its first await: dropped, it takes it along, as a dead process does.
                dropped_at(engine.tick(), left).await
            });
            drop(engine);
            if ticked.is_none() {
                self.restart().await;
            }
            match received {
                Ok(_) => break,
                Err(Unstored) => assert!(self.crashed, "only a crash refuses a message"),
            }
        }
        self.ticks().await;
    }

    async fn says(&mut self, text: &str) {
        self.sends(Body::Text(text.into())).await;
    }

    async fn lines(&self) -> Vec<String> {
        let lines = self.engine().lines(&Stage::address(), 0, 1000).await.unwrap();
        lines.iter().map(|line| format!("{:?}: {}", line.part.from, line.part.text)).collect()
    }

    async fn question(&self) -> String {
        let lines = self.engine().lines(&Stage::address(), 0, 1000).await.unwrap();
        let last = lines.iter().rev().find_map(|line| line.part.expects.clone());
        last.map(|expects| expects.question.to_string()).unwrap_or_default()
    }

    async fn cases(&self) -> Vec<CaseId> {
        let mut tx = self.engine().store().read().await.unwrap();
        let person = PersonId::of(&Stage::address());
        store::case::of_person(&mut tx, person).await.unwrap().iter().map(|row| row.id).collect()
    }

    async fn officer(&mut self, action: Action) {
        let [case] = self.cases().await[..] else { panic!("one case") };
        self.engine().act(&self.officer, case, action).await.unwrap();
        self.ticks().await;
    }
}

/// From the greeting to the survey's end, as short as the story can be; the transcript, and whether it crashed.
async fn story(n: usize) -> (Vec<String>, bool) {
    let folder = harness::folder();
    let mut stage = Stage::new(folder.path(), n).await;
    stage.sends(Body::Start { hint: None }).await;
    for text in ["English", "yes", "1", "EDU"] {
        stage.says(text).await;
    }
    loop {
        let question = stage.question().await;
        match ANSWERS.iter().find(|(q, _)| *q == question) {
            Some((_, answer)) => stage.says(answer).await,
            None if question == "review" => break,
            None => stage.says("skip").await,
        }
    }
    stage.says("It is all correct").await;
    stage.says("Maria Santos Cruz").await;
    let [case] = stage.cases().await[..] else { panic!("one case, at await {n}") };
    let opened = stage.engine().open_case(&stage.officer, case).await.unwrap();
    let results = opened.answers.into_iter().map(|(q, _)| (q, Check::Matched)).collect();
    stage.officer(Action::Check { results }).await;
    stage.officer(Action::HandToCommittee).await;
    stage.clock.advance(Duration::days(15));
    stage.officer(Action::Accept { reason: "Agreed.".into(), early: None }).await;
    stage.officer(Action::Register).await;
    stage.officer(Action::Deliver).await;
    stage.clock.advance(Duration::days(1));
    stage.ticks().await;
    for text in ["5", "stop"] {
        stage.says(text).await;
    }
    (stage.lines().await, stage.crashed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tick_dropped_at_any_await_changes_nothing() {
    let (calm, crashed) = story(usize::MAX).await;
    assert!(!crashed && calm.len() > 30);
    let next = Arc::new(AtomicUsize::new(0));
    let end = Arc::new(AtomicUsize::new(usize::MAX));
    let mut workers = Vec::new();
    for _ in 0..2 {
        let (next, end, calm) = (next.clone(), end.clone(), calm.clone());
        workers.push(tokio::spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= end.load(Ordering::Relaxed) {
                    return;
                }
                let (lines, crashed) = story(n).await;
                if let Some(at) = (0..lines.len().max(calm.len())).find(|i| lines.get(*i) != calm.get(*i)) {
                    panic!("dropped at await {n}: line {at} is {:?}, not {:?}", lines.get(at), calm.get(at));
                }
                if !crashed {
                    end.fetch_min(n, Ordering::Relaxed);
                }
            }
        }));
    }
    for worker in workers {
        worker.await.unwrap();
    }
    let awaits = end.load(Ordering::Relaxed);
    println!("dropped at each of {awaits} awaits");
    assert!(awaits > 100, "only {awaits} awaits: is the tick driven at all?");
}
