//! Durable turns a second, and the time from a message to its reply, with one and with forty people at once: the
//! engine in this process, the same over HTTP, and beside both a bare loop that commits to the same kind of file.
//!
//! `cargo bench --bench turns`

use std::future::Future;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Client;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use wasl::app;
use wasl::config::Config;
use wasl::engine::Engine;
use wasl::message::{Address, Body, ChannelId, Inbound, Part, PersonId, Speaker};
use wasl::time::SystemClock;

use common::http::Visitor;
use common::platform::{Platform, Whose, Writer};

#[allow(dead_code)] // every measurement uses its part
mod common;

/// How long each run is warmed up, and measured.
const WARM: Duration = Duration::from_millis(1_000);
const MEASURED: Duration = Duration::from_secs(4);
/// How often everything is run: what is printed is the median, and the range.
const ROUNDS: usize = 3;
/// Most turns in one commit of the bare loop, as in the engine.
const BATCH: usize = 256;
/// What the bare loop stores for a turn, in bytes: about what a conversation and a reply take.
const STATE: usize = 2_048;
const PART: usize = 1_024;
/// The service asked for: a dozen questions, no paper.
const SERVICE: &str = "EDU";

/// What one run measured.
struct Run {
    /// Turns a second.
    rate: f64,
    /// Milliseconds from a message to its reply.
    p50: f64,
    p99: f64,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // `-- --bench engine 40`: one thing alone, for a profiler.
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match asked.as_slice() {
        [] => runtime.block_on(compare()),
        [what, people] => runtime.block_on(alone(what, people.parse().expect("how many people"))),
        _ => panic!("say nothing, or what and how many people: engine 40"),
    }
}

async fn alone(what: &str, people: usize) {
    let run = match what {
        "bare" => run_bare(people).await,
        "engine" => run_engine(people).await,
        "http" => run_http(people).await,
        "telegram" => run_platform(Whose::Telegram, people, Duration::ZERO).await,
        "whatsapp" => run_platform(Whose::WhatsApp, people, Duration::ZERO).await,
        _ => panic!("there are bare, engine, http, telegram and whatsapp"),
    };
    tell(people, what, &[run], f64::NAN);
}

async fn compare() {
    println!("| people | what | turns a second | range | p50 ms | p99 ms | of the bare loop |");
    println!("|---|---|---|---|---|---|---|");
    for people in [1, 40] {
        let mut all: [Vec<Run>; 5] = Default::default();
        for _ in 0..ROUNDS {
            let [bare, near, far, telegram, whatsapp] = &mut all;
            bare.push(run_bare(people).await);
            near.push(run_engine(people).await);
            far.push(run_http(people).await);
            telegram.push(run_platform(Whose::Telegram, people, Duration::ZERO).await);
            whatsapp.push(run_platform(Whose::WhatsApp, people, Duration::ZERO).await);
        }
        let whole = rate(&all[0]);
        let names = ["bare commits", "engine", "over HTTP", "over Telegram", "over WhatsApp"];
        for (what, runs) in names.into_iter().zip(&all) {
            tell(people, what, runs, whole);
        }
    }
    for (whose, what) in [
        (Whose::Telegram, "over Telegram, each call 50 ms"),
        (Whose::WhatsApp, "over WhatsApp, each call 50 ms"),
    ] {
        let (mut bare, mut slow) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            bare.push(run_bare(40).await);
            slow.push(run_platform(whose, 200, Duration::from_millis(50)).await);
        }
        tell(200, what, &slow, rate(&bare));
    }
}

fn sorted(runs: &[Run], of: impl Fn(&Run) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn rate(runs: &[Run]) -> f64 {
    common::quantile(&sorted(runs, |run| run.rate), 0.5)
}

fn tell(people: usize, what: &str, runs: &[Run], whole: f64) {
    let rates = sorted(runs, |run| run.rate);
    let median = |of: fn(&Run) -> f64| common::quantile(&sorted(runs, of), 0.5);
    println!(
        "| {people} | {what} | {:.0} | {:.0}-{:.0} | {:.2} | {:.2} | {:.2} |",
        rate(runs),
        rates.first().unwrap(),
        rates.last().unwrap(),
        median(|run| run.p50),
        median(|run| run.p99),
        rate(runs) / whole,
    );
}

/// Lets so many people go on side by side; `person` is one of them, and notes each turn it finished.
async fn measure<F: Future<Output = ()> + Send + 'static>(
    people: usize,
    person: impl Fn(usize, mpsc::UnboundedSender<(Instant, Duration)>) -> F,
) -> Run {
    let (note, mut notes) = mpsc::unbounded_channel();
    let mut crowd = JoinSet::new();
    for n in 0..people {
        crowd.spawn(person(n, note.clone()));
    }
    let begin = Instant::now() + WARM;
    let end = begin + MEASURED;
    tokio::time::sleep_until(end.into()).await;
    crowd.shutdown().await;
    let mut took = Vec::new();
    while let Ok((at, duration)) = notes.try_recv() {
        if at >= begin && at < end {
            took.push(duration.as_secs_f64() * 1_000.0);
        }
    }
    took.sort_by(f64::total_cmp);
    assert!(!took.is_empty(), "nobody was answered");
    Run {
        rate: took.len() as f64 / MEASURED.as_secs_f64(),
        p50: common::quantile(&took, 0.5),
        p99: common::quantile(&took, 0.99),
    }
}

/// A folder on the disk that holds the build, not in memory: commits are what is measured.
fn folder() -> TempDir {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

// The bare loop.

type Turn = (String, oneshot::Sender<()>);

async fn run_bare(people: usize) -> Run {
    let folder = folder();
    let pool = bare_store(&folder.path().join("bare.db")).await;
    let (send, turns) = mpsc::channel::<Turn>(1_024);
    let commits = tokio::spawn(bare_loop(pool.clone(), turns));
    let run = measure(people, |n, note| {
        let send = send.clone();
        async move {
            for turn in 0_u64.. {
                let start = Instant::now();
                let (answer, answered) = oneshot::channel();
                send.send((format!("{n}/{turn}"), answer)).await.unwrap();
                answered.await.unwrap();
                note.send((Instant::now(), start.elapsed())).unwrap();
            }
        }
    })
    .await;
    drop(send);
    commits.await.unwrap();
    pool.close().await;
    run
}

/// One write connection with the pragmas of the real store.
async fn bare_store(path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{}", path.display()))
        .unwrap()
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-8000")
        .pragma("wal_autocheckpoint", "4000");
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .unwrap();
    for statement in [
        "CREATE TABLE seen (id TEXT NOT NULL PRIMARY KEY) STRICT",
        "CREATE TABLE state (person TEXT NOT NULL PRIMARY KEY, state BLOB NOT NULL) STRICT",
        "CREATE TABLE outbox (seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, body BLOB NOT NULL) STRICT",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    for person in 0..40 {
        sqlx::query("INSERT INTO state VALUES ($1, $2)")
            .bind(person.to_string())
            .bind(vec![7_u8; STATE])
            .execute(&pool)
            .await
            .unwrap();
    }
    pool
}

/// Per turn one dedupe insert, one state read, one state update, one outbox insert; up to 256 turns a commit.
async fn bare_loop(pool: SqlitePool, mut turns: mpsc::Receiver<Turn>) {
    let mut waiting = Vec::new();
    while turns.recv_many(&mut waiting, BATCH).await > 0 {
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        for (id, _) in &waiting {
            let person = id.split('/').next().unwrap();
            sqlx::query("INSERT INTO seen VALUES ($1) ON CONFLICT DO NOTHING")
                .bind(id)
                .execute(&mut *tx)
                .await
                .unwrap();
            let state: Vec<u8> = sqlx::query_scalar("SELECT state FROM state WHERE person = $1")
                .bind(person)
                .fetch_one(&mut *tx)
                .await
                .unwrap();
            sqlx::query("UPDATE state SET state = $2 WHERE person = $1")
                .bind(person)
                .bind(state)
                .execute(&mut *tx)
                .await
                .unwrap();
            sqlx::query("INSERT INTO outbox (person, body) VALUES ($1, $2)")
                .bind(person)
                .bind(vec![7_u8; PART])
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        for (_, answer) in waiting.drain(..) {
            // Whoever asked may have been stopped.
            let _ = answer.send(());
        }
    }
}

// The engine.

async fn start(folder: &Path, more: &str) -> Engine {
    // No limits: one machine plays all the people. As a program that has run for a while.
    let limits = "policy.messages_per_minute = 1000000\npolicy.sessions_per_minute = 1000000\n\
         server.caution_seconds = 0";
    let mut config = Config::from_toml(&format!("{limits}\n{more}")).unwrap();
    config.store.url = format!("sqlite://{}", folder.join("wasl.db").display());
    config.vault.key_file = folder.join("vault.key");
    config.documents.folder = folder.join("documents");
    app::build(config, Arc::new(SystemClock)).await.unwrap()
}

async fn run_engine(people: usize) -> Run {
    let folder = folder();
    let engine = start(folder.path(), "").await;
    let (stop, stopped) = watch::channel(false);
    let loops = tokio::spawn(app::loops(&engine, stopped));
    let run = measure(people, |n, note| {
        let engine = engine.clone();
        async move {
            for request in 0_u64.. {
                let mut caller = Caller::new(&engine, &format!("{n}/{request}"));
                let mut said = caller.says(Body::Start { hint: None }).await;
                let mut signed = false;
                while !signed {
                    signed = common::signs(said.expects.as_ref());
                    let body = common::reply(said.expects.as_ref(), &said.choices, SERVICE);
                    let start = Instant::now();
                    said = caller.says(body).await;
                    note.send((Instant::now(), start.elapsed())).unwrap();
                }
            }
        }
    })
    .await;
    stop.send_replace(true);
    loops.await.unwrap();
    engine.store().close().await;
    run
}

/// A person in this process.
struct Caller {
    engine: Engine,
    address: Address,
    person: PersonId,
    wake: broadcast::Receiver<PersonId>,
    cursor: i64,
    said: usize,
}

impl Caller {
    fn new(engine: &Engine, path: &str) -> Caller {
        let address = Address { channel: ChannelId::new("webchat"), path: path.into() };
        let person = PersonId::of(&address);
        Caller { engine: engine.clone(), person, address, wake: engine.watch(), cursor: 0, said: 0 }
    }

    /// From the message to the reply as a reader of the transcript has it: woken, read, opened.
    async fn says(&mut self, body: Body) -> Part {
        self.said += 1;
        let external_id = format!("{}/{}", self.address.path, self.said).into();
        let sent_at = self.engine.now();
        let from = self.address.clone();
        self.engine.receive(Inbound { from, external_id, sent_at, body }).await.unwrap();
        loop {
            while self.wake.recv().await.is_ok_and(|person| person != self.person) {}
            let lines = self.engine.lines(&self.address, self.cursor, 200).await.unwrap();
            self.cursor = lines.last().map_or(self.cursor, |line| line.cursor);
            let reply = lines.into_iter().rev().find(|line| line.part.from == Speaker::Bot);
            if let Some(line) = reply {
                return line.part;
            }
        }
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// The program, served.
struct Served {
    engine: Engine,
    stop: watch::Sender<bool>,
    loops: JoinHandle<()>,
    pages: JoinHandle<()>,
    _folder: TempDir,
}

impl Served {
    async fn on(listener: TcpListener, more: &str) -> Served {
        let folder = folder();
        let engine = start(folder.path(), more).await;
        let (stop, stopped) = watch::channel(false);
        let loops = tokio::spawn(app::loops(&engine, stopped.clone()));
        let pages = app::serve_pages(listener, app::router(&engine, stopped.clone()), stopped);
        Served { engine, stop, loops, pages: tokio::spawn(pages), _folder: folder }
    }

    async fn end(self) {
        self.stop.send_replace(true);
        self.pages.abort();
        self.loops.await.unwrap();
        self.engine.store().close().await;
    }
}

async fn run_http(people: usize) -> Run {
    let (listener, url) = listen().await;
    let served = Served::on(listener, "").await;
    let run = measure(people, |_, note| {
        let (url, client) = (url.clone(), Client::new());
        async move {
            loop {
                let (mut visitor, mut said) = Visitor::open(&client, &url).await;
                let mut signed = false;
                while !signed {
                    signed = common::signs(said.expects.as_ref());
                    let body = common::reply(said.expects.as_ref(), &said.choices, SERVICE);
                    let start = Instant::now();
                    said = visitor.says(&body).await;
                    note.send((Instant::now(), start.elapsed())).unwrap();
                }
            }
        }
    })
    .await;
    served.end().await;
    run
}

/// By webhook: from the post to the arrival of the answer at the platform's API, each call of which takes `delay`.
async fn run_platform(whose: Whose, people: usize, delay: Duration) -> Run {
    let (listener, url) = listen().await;
    let platform = Platform::new(whose, delay, &url);
    let api = platform.serve().await;
    let channel = format!("server.public_url = '{url}'\n{}", platform.settings(&api));
    let served = Served::on(listener, &channel).await;
    platform.rehearse().await;
    let run = measure(people, |n, note| {
        let platform = platform.clone();
        async move {
            for request in 0_i64.. {
                let chat = 1_000_000 + n as i64 + request * 1_000;
                let mut writer = Writer::open(&platform, chat).await;
                loop {
                    let start = Instant::now();
                    if !writer.goes_on().await {
                        break;
                    }
                    note.send((Instant::now(), start.elapsed())).unwrap();
                }
            }
        }
    })
    .await;
    served.end().await;
    run
}
