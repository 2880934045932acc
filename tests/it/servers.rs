//! Several servers on one PostgreSQL database, none of them the leader.

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::watch;
use wasl::app;
use wasl::channel::webchat::Webchat;
use wasl::dialogue::Timer;
use wasl::engine::{Engine, Worked};
use wasl::form::{Form, Workbook};
use wasl::message::{Address, Body, Inbound, PersonId, SessionId, Speaker, derive_id};
use wasl::store::{self, Store};
use wasl::time::{Clock, ManualClock, Timestamp};

use super::alone::at;
use super::database::Database;
use super::{harness, postgres};

const PEOPLE: usize = 30;
const MESSAGES: usize = 8;

struct Servers {
    folder: TempDir,
    clock: Arc<ManualClock>,
}

impl Servers {
    /// Nothing where there can be one server only.
    fn new() -> Option<Servers> {
        let clock = Arc::new(ManualClock::at(Timestamp::parse(harness::BEGIN).unwrap()));
        postgres::is_meant().then(|| Servers { folder: harness::folder(), clock })
    }

    async fn one(&self) -> Engine {
        harness::engine(self.folder.path(), self.clock.clone(), "").await
    }

    async fn text(&self, select: &str) -> String {
        Database::of(self.folder.path()).await.text(select).await
    }
}

/// What each person says: nothing of it is kept before they agree.
fn texts() -> Vec<String> {
    let agrees = ["hello", "English", "yes"].map(str::to_owned);
    agrees.into_iter().chain((0..MESSAGES).map(|n| format!("message {n}"))).collect()
}

async fn hears(engine: &Engine, from: &Address, id: &str, text: &str) {
    let (from, external_id) = (from.clone(), id.into());
    let inbound = Inbound { from, external_id, sent_at: engine.now(), body: Body::Text(text.into()) };
    engine.receive(inbound).await.unwrap();
}

async fn quiet(engine: &Engine) {
    while !engine.is_quiet().await.unwrap() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_servers_are_upgraded_the_older_take_in_and_the_newer_answer() {
    let Some(servers) = Servers::new() else { return };
    let (older, newer) = (servers.one().await, servers.one().await);
    let version = Store::schema_version();
    let brought =
        |to: i64, from: i64| format!("UPDATE _sqlx_migrations SET version = {to} WHERE version = {from}");
    // As a newer program would leave it; this one knows no newer step.
    Database::of(servers.folder.path()).await.run(&brought(9999, version)).await;
    assert!(older.look_for_newer().await.unwrap());
    let from = at("a person");
    tokio::join!(hears(&older, &from, "1", "hello"), async {
        while older.tick().await.unwrap() == Worked::Nothing {}
    });
    assert_eq!(older.tick().await.unwrap(), Worked::Nothing, "it waits for the newer one");
    assert!(!newer.is_quiet().await.unwrap());
    // What is due is the newer one's: the older must not wake for it again and again.
    let due = "INSERT INTO timer (person, timer, due) SELECT id, 'due', now() FROM person";
    Database::of(servers.folder.path()).await.run(due).await;
    assert!(newer.next_timer().await.unwrap().is_some() && older.next_timer().await.unwrap().is_none());
    Database::of(servers.folder.path()).await.run("DELETE FROM timer").await;
    while newer.tick().await.unwrap() == Worked::Some {}
    let lines = older.newest_lines(&from, 10).await.unwrap();
    assert_eq!(lines.iter().filter(|line| line.part.from == Speaker::Bot).count(), 1, "answered once");
    // Taken back: a restored backup, or the older program's own restart.
    Database::of(servers.folder.path()).await.run(&brought(version, 9999)).await;
    assert!(!older.look_for_newer().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_message_is_taken_once_in_order_and_each_timer_once() {
    let Some(servers) = Servers::new() else { return };
    let engines = [servers.one().await, servers.one().await, servers.one().await];
    let (stop, stopped) = watch::channel(false);
    let loops: Vec<_> = engines.iter().map(|e| tokio::spawn(app::loops(e, stopped.clone()))).collect();
    let talks = (0..PEOPLE).map(|p| {
        let engines = engines.clone();
        tokio::spawn(async move {
            let from = at(&format!("person {p}"));
            for (n, text) in texts().iter().enumerate() {
                // Each to another server than the one before, without waiting for an answer; and repeated to a third.
                hears(&engines[(p + n) % 3], &from, &format!("{p}/{n}"), text).await;
                hears(&engines[(p + n + 1) % 3], &from, &format!("{p}/{n}"), text).await;
            }
        })
    });
    for talk in talks.collect::<Vec<_>>() {
        talk.await.unwrap();
    }
    quiet(&engines[0]).await;
    for p in 0..PEOPLE {
        let lines = engines[p % 3].lines(&at(&format!("person {p}")), 0, 1000).await.unwrap();
        let own = lines.iter().filter(|line| line.part.from == Speaker::You);
        let own: Vec<String> = own.map(|line| line.part.text.clone()).collect();
        assert!(texts().ends_with(&own) && own.len() >= MESSAGES, "person {p}: each once, in order: {own:?}");
    }
    let done = servers.text("SELECT count(*) FROM inbox WHERE state = 'done' AND attempt = 0").await;
    assert_eq!(done, (PEOPLE * texts().len()).to_string());

    let mut tx = engines[0].store().begin().await.unwrap();
    for p in 0..PEOPLE {
        let timer = Timer::DraftReminder(SessionId(derive_id(&["draft"])));
        let timer = serde_json::to_string(&timer).unwrap();
        let person = PersonId::of(&at(&format!("person {p}")));
        store::timer::arm(&mut tx, &[(person, &timer, servers.clock.now())]).await.unwrap();
    }
    tx.commit().await.unwrap();
    // Nobody nudges them: the engines are driven by hand, all at once.
    let ticks = engines.iter().map(|engine| async move {
        for _ in 0..5 {
            engine.tick().await.unwrap();
        }
    });
    futures_util::future::join_all(ticks).await;
    quiet(&engines[0]).await;
    assert_eq!(servers.text("SELECT count(*) FROM inbox WHERE kind = 'due'").await, PEOPLE.to_string());
    assert_eq!(servers.text("SELECT count(*) FROM timer").await, "0");
    stop.send_replace(true);
    for ended in loops {
        ended.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_at_one_server_is_woken_by_a_turn_at_another() {
    let Some(servers) = Servers::new() else { return };
    let (reads, turns) = (servers.one().await, servers.one().await);
    let (stop, stopped) = watch::channel(false);
    // The first only listens; what it reads was done by the second.
    let listening = reads.clone();
    let listens = tokio::spawn(async move { listening.exchange().await });
    let loops = tokio::spawn(app::loops(&turns, stopped));
    let sister = at("sister");
    let mut woken = reads.watch();
    let mut cursor = 0;
    for n in 0..3 {
        hears(&turns, &sister, &format!("m{n}"), "hello").await;
        // Less than any reader waits before it looks by itself.
        let wake = tokio::time::timeout(Duration::from_secs(10), woken.recv());
        // The first time the first server may not listen yet.
        let wake = wake.await;
        if n > 0 {
            assert_eq!(wake.unwrap().unwrap(), PersonId::of(&sister));
        }
        let lines = reads.lines(&sister, cursor, 100).await.unwrap();
        assert!(lines.iter().any(|line| line.part.from == Speaker::Bot), "{lines:?}");
        cursor = lines.last().unwrap().cursor;
    }
    // What came in at one wakes the loop of the other.
    let waits = tokio::time::timeout(Duration::from_secs(10), reads.turn_wanted());
    assert!(waits.await.is_ok());
    stop.send_replace(true);
    loops.await.unwrap();
    listens.abort();
}

/// A newer program brought another form; the older one goes on with it all the same.
#[tokio::test]
async fn a_form_that_another_server_pinned_is_found() {
    let Some(servers) = Servers::new() else { return };
    let old = servers.one().await;
    let text =
        include_str!("../../forms/suggestion.md").replace("What do you suggest?", "What may we do better?");
    let (form, _) = Form::read(Workbook::from_markdown("suggestion.md", &text).unwrap()).unwrap();
    let new = harness::engine_of(servers.folder.path(), servers.clock.clone(), "", |shelf| {
        shelf.replace("suggestion", form);
        vec![Arc::new(Webchat::new())]
    })
    .await;
    let sister = at("sister");
    let mut n = 0;
    for (engine, texts) in [
        (&new, &["hello", "English", "yes", "Suggest or complain", "A suggestion"][..]),
        (&old, &["This chat", "A lesson on Friday evening.", "Yes"]),
        (&new, &["It is all correct"]),
    ] {
        for text in texts {
            n += 1;
            let id = format!("m{n}");
            tokio::join!(hears(engine, &sister, &id, text), async {
                tokio::task::yield_now().await;
                engine.tick().await.unwrap();
                engine.tick().await.unwrap();
            });
        }
    }
    let lines = old.lines(&sister, 0, 1000).await.unwrap();
    let lines: Vec<&str> = lines.iter().map(|line| line.part.text.as_str()).collect();
    assert!(lines.iter().any(|line| line.contains("What may we do better?")), "{lines:?}");
    assert_eq!(servers.text("SELECT kind FROM filed").await, "suggestion", "{lines:?}");
}
