//! One person, one officer, another system, and a process that dies once.

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use chrono::Duration;
use serde_json::Value;
use tempfile::TempDir;
use wasl::case::{Action, Role};
use wasl::engine::{Engine, Line, Staff, Unstored, Worked};
use wasl::form::QuestionId;
use wasl::message::{Address, Body, CaseId, ChannelId, Inbound, Part, PersonId, StaffId, derive_id};
use wasl::store;
use wasl::time::{Clock, ManualClock, Timestamp};

use super::super::database::{self, Database};
use super::super::{harness, postgres};

/// Lets a future be polled until its n-th `Pending`, then drops it. `None`: dropped.
pub async fn dropped_at<F: Future>(future: F, left: &mut Option<usize>) -> Option<F::Output> {
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

/// Does something with the engine, again and again, until no crash cuts it off. It must bear to be done twice: a crash
/// may come after the commit and before the answer.
macro_rules! until_done {
    ($stage:expr, |$engine:ident| $work:expr) => {
        loop {
            let $engine = $stage.engine();
            let done = dropped_at($work, &mut $stage.left).await;
            drop($engine);
            match done {
                Some(done) => break done,
                None => $stage.restart().await,
            }
        }
    };
}

/// The same by an officer who was not answered and presses again, a moment later: what arrived before is known by what
/// its page drew, not by its instant. Time goes back in the end, so that the endings can be compared.
macro_rules! until_answered {
    ($stage:expr, |$engine:ident| $work:expr) => {{
        let mut late = Duration::zero();
        let answer = loop {
            let $engine = $stage.engine();
            let done = dropped_at($work, &mut $stage.left).await;
            drop($engine);
            match done {
                Some(done) => break done,
                None => $stage.restart().await,
            }
            late += Duration::seconds(1);
            $stage.clock.advance(Duration::seconds(1));
        };
        $stage.clock.advance(-late);
        answer
    }};
}

/// What somebody does, or what time does.
#[derive(Debug)]
pub enum Act {
    /// The person sends a message.
    Sends(Body),
    /// The person uploads a paper and sends it; another `page` has other bytes.
    SendsPaper { name: &'static str, page: u8 },
    /// The officer moves the person's request for that service.
    Moves { service: &'static str, action: Action },
    /// The officer takes the conversation.
    TakesOver,
    /// … writes in it.
    Writes(&'static str),
    /// … and hands it back.
    HandsBack,
    /// Another system writes its decision into the store, and it is taken.
    AnotherSystemDecides { service: &'static str },
    /// Time passes, and what is due happens.
    Waits(Duration),
    /// Time passes, and the round comes that closes what is over.
    TimeCloses(Duration),
}

/// The files between two acts, and what the test itself remembers.
pub struct Saved {
    folder: TempDir,
    now: Timestamp,
    said: usize,
    cursor: i64,
}

pub struct Stage {
    folder: TempDir,
    clock: Arc<ManualClock>,
    engine: Option<Engine>,
    /// Awaits until the crash; `None` once it happened.
    left: Option<usize>,
    pub crashed: bool,
    said: usize,
    /// Where the transcript ended when the act began.
    cursor: i64,
    officer: Staff,
}

impl Stage {
    /// An empty folder, and no crash.
    pub async fn begin() -> Stage {
        let now = Timestamp::parse(harness::BEGIN).unwrap();
        Stage::on_a_copy(&Saved { folder: harness::folder(), now, said: 0, cursor: 0 }, usize::MAX).await
    }

    /// The files as they were saved, and a crash after `n` awaits.
    pub async fn on_a_copy(saved: &Saved, n: usize) -> Stage {
        let folder = harness::folder();
        copy(saved.folder.path(), folder.path());
        database::copied(folder.path());
        let clock = Arc::new(ManualClock::at(saved.now));
        let engine = Some(harness::engine(folder.path(), clock.clone(), "").await);
        let id = StaffId(derive_id(&["officer"]));
        let officer = Staff { id, name: "amina".into(), role: Role::Officer };
        let (said, cursor) = (saved.said, saved.cursor);
        Stage { folder, clock, engine, left: Some(n), crashed: false, said, cursor, officer }
    }

    /// Ends in order, so that the files are whole.
    pub async fn save(mut self) -> Saved {
        let cursor = self.lines().await.last().map_or(self.cursor, |line| line.cursor);
        if let Some(engine) = self.engine.take() {
            engine.store().close().await;
        }
        database::rest(self.folder.path()).await;
        Saved { folder: self.folder, now: self.clock.now(), said: self.said, cursor }
    }

    /// Nothing of it is kept.
    pub async fn end(mut self) {
        self.engine = None;
        database::rest(self.folder.path()).await;
        database::dropped(self.folder.path());
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
        database::rest(self.folder.path()).await;
        self.engine = Some(harness::engine(self.folder.path(), self.clock.clone(), "").await);
    }

    pub async fn plays(&mut self, act: &Act) {
        let (person, by) = (PersonId::of(&Stage::address()), self.officer.clone());
        match act {
            Act::Sends(body) => self.sends(body).await,
            Act::SendsPaper { name, page } => self.sends_paper(name, *page).await,
            Act::Moves { service, action } => self.moves(service, action).await,
            Act::TakesOver => until_answered!(self, |engine| engine.take_over(&by, person, "page")).unwrap(),
            Act::Writes(text) => {
                until_answered!(self, |engine| engine.say(&by, person, "page", text)).unwrap()
            }
            Act::HandsBack => until_answered!(self, |engine| engine.hand_back(&by, person, "page")).unwrap(),
            Act::AnotherSystemDecides { service } => self.decides(service).await,
            Act::Waits(time) => {
                self.clock.advance(*time);
            }
            Act::TimeCloses(time) => {
                self.clock.advance(*time);
                until_done!(self, |engine| engine.close_due()).unwrap();
            }
        }
        self.ticks().await;
    }

    async fn ticks(&mut self) {
        while until_done!(self, |engine| engine.tick()).unwrap() != Worked::Nothing {}
    }

    /// Sends one message, again and again under the same id, until it is acknowledged.
    async fn sends(&mut self, body: &Body) {
        self.said += 1;
        let inbound = Inbound {
            from: Stage::address(),
            external_id: format!("m{}", self.said).into(),
            sent_at: self.clock.now(),
            body: body.clone(),
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
    }

    async fn sends_paper(&mut self, name: &str, page: u8) {
        let bytes = Bytes::from([harness::PIXEL, &[page]].concat());
        let kept = until_done!(self, |engine| engine.keep_document(&Stage::address(), name, bytes.clone()));
        self.sends(&Body::Media(kept.unwrap())).await;
    }

    async fn moves(&mut self, service: &str, action: &Action) {
        let case = self.case(service).await;
        let before = self.steps(case).await;
        loop {
            let engine = self.engine();
            let act = engine.act(&self.officer, case, action.clone());
            let acted = dropped_at(act, &mut self.left).await;
            drop(engine);
            if let Some(acted) = acted {
                return acted.unwrap();
            }
            self.restart().await;
            // The officer, who was not answered, looks at the page before pressing again.
            if self.steps(case).await > before {
                return;
            }
        }
    }

    async fn decides(&mut self, service: &str) {
        let case = self.case(service).await;
        let insert = format!(
            "INSERT INTO decision (id, case_id, outcome, reason) VALUES ('d', '{case}', 'accepted', 'Agreed.')"
        );
        Database::of(self.folder.path()).await.run(&insert).await;
        until_done!(self, |engine| engine.take_decisions()).unwrap();
    }

    /// What was said since the act began.
    async fn lines(&self) -> Vec<Line> {
        self.engine().lines(&Stage::address(), self.cursor, 1000).await.unwrap()
    }

    /// What is asked at the end of the act.
    pub async fn question(&self) -> String {
        let last = self.lines().await.into_iter().rev().find_map(|line| line.part.expects);
        last.map(|expects| expects.question.to_string()).unwrap_or_default()
    }

    /// What the check of a request has to speak of.
    pub async fn asked(&self, service: &str) -> Vec<QuestionId> {
        let case = self.case(service).await;
        let opened = self.engine().open_case(&self.officer, case).await.unwrap();
        opened.case.asked.into_iter().collect()
    }

    async fn case(&self, service: &str) -> CaseId {
        let mut tx = self.engine().store().read().await.unwrap();
        let cases = store::case::of_person(&mut tx, PersonId::of(&Stage::address())).await.unwrap();
        cases.iter().find(|row| row.service == service).expect("a request for it").id
    }

    async fn steps(&self, case: CaseId) -> usize {
        let mut tx = self.engine().store().read().await.unwrap();
        store::case::events(&mut tx, case).await.unwrap().len()
    }

    /// All that must be as if nothing had happened: what was said, what the bot remembers, what is stored.
    pub async fn ending(&self) -> Vec<String> {
        let asked = |part: &Part| part.expects.as_ref().map(|expects| expects.question.clone());
        let said = |line: Line| format!("{:?}: {} {:?}", line.part.from, line.part.text, asked(&line.part));
        let mut ending: Vec<String> = self.lines().await.into_iter().map(said).collect();
        ending.push(self.memory().await);
        ending.extend(self.facts().await);
        ending
    }

    /// The conversation, unsealed.
    async fn memory(&self) -> String {
        let id = PersonId::of(&Stage::address());
        let engine = self.engine();
        let mut tx = engine.store().read().await.unwrap();
        let person = store::person::get(&mut tx, id).await.unwrap().unwrap();
        let (state, _) = store::conversation::load(&mut tx, id).await.unwrap().unwrap();
        let key = harness::vault().person_key(id, &person.key.unwrap()).unwrap();
        let mut state: Value = serde_json::from_slice(&key.open("conversation", &state).unwrap()).unwrap();
        // A session that an officer's step opened has its id of that step's number, and PostgreSQL does not give a number
        // again that was taken back.
        if postgres::is_meant()
            && let Some(id) = state.pointer_mut("/session/id")
        {
            *id = "some".into();
        }
        state.to_string()
    }

    /// What is stored, in words; and every paper opens.
    async fn facts(&self) -> Vec<String> {
        let mut database = Database::of(self.folder.path()).await;
        let mut facts = Vec::new();
        for facts_of in FACTS {
            facts.extend(database.texts(facts_of).await);
        }
        for paper in database.texts("SELECT id FROM document").await {
            let opened = self.engine().open_document(&self.officer, paper.parse().unwrap()).await;
            assert!(opened.is_ok_and(|(_, bytes)| bytes.starts_with(harness::PIXEL)), "a paper opens");
        }
        facts
    }
}

/// Each a list of words about one kind of row.
const FACTS: &[&str] = &[
    "SELECT 'case ' || service || ' ' || status FROM case_file ORDER BY service",
    "SELECT 'event ' || name || ' by ' || by_kind FROM case_event ORDER BY number",
    "SELECT 'task ' || kind || ' ' || count(*) FROM task GROUP BY kind ORDER BY kind",
    "SELECT 'papers ' || count(case_id) || ' of ' || count(*) FROM document",
    "SELECT 'consent ' || given FROM consent",
    "SELECT 'timer due ' || due FROM timer ORDER BY due, timer",
    "SELECT 'filed ' || kind FROM filed",
    "SELECT 'stretch ' || CASE WHEN ended_at IS NULL THEN 'open' ELSE 'ended' END FROM human_stretch",
    "SELECT 'survey ' || question || ' ' || coalesce(CAST(number AS TEXT), '') FROM survey_answer ORDER BY question",
    "SELECT 'inbox ' || state || ' ' || count(*) FROM inbox GROUP BY state ORDER BY state",
];

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}
