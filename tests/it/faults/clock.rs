//! The clock of the machine jumps, forward and back, by an hour, by days, past 2038: who writes is answered, and nobody
//! is reminded twice. And a week of messages comes again, in any order, over restarts: none is new.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection};

use super::shim;
use crate::harness;
use crate::walker::Place;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Longer than a loop of the server sleeps.
const SEEN: Duration = Duration::from_secs(7);

struct Sister {
    client: Client,
    place: Place,
    token: String,
    said: usize,
}

impl Sister {
    async fn opens(place: &Place) -> Sister {
        let client = Client::new();
        let opened = client.post(format!("{}/chat/api/sessions", place.url())).json(&json!({ "lang": "en" }));
        let token =
            opened.send().await.unwrap().json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
        Sister { client, place: place.clone(), token, said: 0 }
    }

    async fn posts(&self, body: &Value) -> StatusCode {
        let url = format!("{}/chat/api/messages", self.place.url());
        self.client.post(url).bearer_auth(&self.token).json(body).send().await.unwrap().status()
    }

    async fn lines(&self) -> Vec<Value> {
        let url = format!("{}/chat/api/messages", self.place.url());
        let page = self.client.get(url).bearer_auth(&self.token).send().await.unwrap();
        page.json::<Value>().await.unwrap()["messages"].as_array().unwrap().clone()
    }

    /// Says it, and waits for what is said to it.
    async fn says(&mut self, text: &str) {
        self.said += 1;
        let before = self.lines().await.len();
        assert_eq!(
            self.posts(&json!({ "id": format!("m{}", self.said), "text": text })).await,
            StatusCode::ACCEPTED
        );
        let since = Instant::now();
        loop {
            let lines = self.lines().await;
            let own = lines.iter().skip(before).position(|line| line["from"] == "you");
            if own.is_some_and(|own| lines.len() > before + own + 1) {
                return;
            }
            assert!(since.elapsed() < SEEN, "{text}: no answer");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// How often words of the bot's stand in the chat.
    async fn times(&self, words: &str) -> usize {
        let lines = self.lines().await;
        let said = |line: &&Value| line["from"] == "bot" && line["text"].as_str().unwrap().contains(words);
        lines.iter().filter(said).count()
    }

    /// Waits until they do, or for as long as a loop may sleep.
    async fn sees(&self, words: &str, times: usize) {
        let since = Instant::now();
        while self.times(words).await < times && since.elapsed() < SEEN {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(self.times(words).await, times, "{words:?}");
    }
}

/// Seconds from now to noon in Riyadh so many days later, when nobody is kept quiet.
#[allow(clippy::disallowed_methods)] // the clock that is to jump is the machine's
fn noon_after(days: i64) -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    (now / DAY + days) * DAY + 9 * HOUR - now
}

fn told(clock: &Path) -> [(&str, &str); 1] {
    [("SHIM_CLOCK", clock.to_str().unwrap())]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_reminds_nobody_twice() {
    let Some(shim) = shim::compiled() else { return };
    let (folder, place) = (shim::base(), Place::default());
    let clock = folder.path().join("clock");
    let jump = |ahead: i64| fs::write(&clock, ahead.to_string()).unwrap();
    jump(noon_after(1));
    let server = shim::serve(shim, folder.path(), &place, &told(&clock)).unwrap();
    let mut sister = Sister::opens(&place).await;
    for text in ["English", "yes", "1", "HAJJ"] {
        sister.says(text).await;
    }
    let reminder = "still waiting for you";
    let before = sister.times(reminder).await;
    for ahead in [noon_after(1) + HOUR, noon_after(1) - HOUR, noon_after(1) - 600, noon_after(4)] {
        jump(ahead);
        sister.says("menu").await;
        sister.says("continue").await;
    }
    assert_eq!(sister.times(reminder).await, before, "too early for a reminder");
    // The draft was touched on the fourth day; its reminder is due 23 days after it.
    jump(noon_after(4 + 24));
    sister.sees(reminder, before + 1).await;
    for ahead in [noon_after(20), noon_after(4 + 24), noon_after(4 + 25), noon_after(2), noon_after(4 + 25)] {
        jump(ahead);
        tokio::time::sleep(SEEN).await;
        assert_eq!(sister.times(reminder).await, before + 1, "reminded once");
    }
    // Past 2038, and back.
    for ahead in [noon_after(365 * 14), noon_after(4 + 25)] {
        jump(ahead);
        sister.says("menu").await;
    }
    server.stop();
    super::whole(folder.path(), 0, "after the clock jumped").await;
}

/// Who says how much on each of seven days: `FAULTS_REPLAY` messages in all, or these.
const PEOPLE: usize = 10;
const MESSAGES: usize = 560;

#[allow(clippy::disallowed_methods)] // a test's own switches are no settings
fn messages_wanted() -> usize {
    std::env::var("FAULTS_REPLAY").map_or(MESSAGES, |many| many.parse().expect("FAULTS_REPLAY is a number"))
}

/// How many rows each table holds, but for those that a start writes as long as there is no administrator.
async fn rows(folder: &Path) -> BTreeMap<String, i64> {
    let url = format!("sqlite://{}", folder.join("wasl-data/wasl.db").display());
    let mut file = SqliteConnection::connect(&url).await.unwrap();
    let tables =
        sqlx::query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    let mut counts = BTreeMap::new();
    for table in tables.fetch_all(&mut file).await.unwrap() {
        let name: String = table.get(0);
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {name}"));
        counts.insert(name, sqlx::query(count).fetch_one(&mut file).await.unwrap().get(0));
    }
    file.close().await.unwrap();
    for written_at_start in ["audit", "invite"] {
        counts.remove(written_at_start);
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_of_messages_that_comes_again_adds_nothing() {
    let Some(shim) = shim::compiled() else { return };
    let (folder, place, wanted) = (shim::base(), Place::default(), messages_wanted());
    let clock = folder.path().join("clock");
    fs::write(&clock, "0").unwrap();
    let start = || shim::serve(shim, folder.path(), &place, &told(&clock)).unwrap();
    let mut server = start();
    let mut sisters = Vec::new();
    for _ in 0..PEOPLE {
        sisters.push(Sister::opens(&place).await);
    }
    let mut said = Vec::new();
    let words = ["English", "yes", "menu", "1", "EDU", "hello", "back", "2", "skip", "help"];
    for n in 0..wanted {
        fs::write(&clock, ((n * 7 / wanted) as i64 * DAY).to_string()).unwrap();
        let (who, text) = (n % PEOPLE, words[n / PEOPLE % words.len()]);
        let body = json!({ "id": format!("week{n}"), "text": text });
        assert_eq!(sisters[who].posts(&body).await, StatusCode::ACCEPTED);
        said.push((who, body));
    }
    server.stop();
    // What came last is turned at the next start.
    server = start();
    let quiet = Instant::now();
    while let Some(sister) = sisters.last() {
        let own = sister.lines().await.iter().filter(|line| line["from"] == "you").count();
        if own >= (wanted / PEOPLE).min(60) || quiet.elapsed() > SEEN {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.stop();
    let before = rows(folder.path()).await;
    assert_eq!(before["inbox"], (wanted + PEOPLE) as i64, "each message, and each opening");
    // Each once, twice or three times, in an order that has nothing to do with theirs.
    let mut again: Vec<usize> = (0..wanted).flat_map(|n| vec![n; 1 + n % 3]).collect();
    again.sort_by_key(|n| (n.wrapping_mul(2_654_435_761) % 100_003, *n));
    let (third, mut took) = (again.len() / 3, Vec::new());
    server = start();
    for (at, n) in again.iter().enumerate() {
        if at == third {
            server.kill();
            server = start();
        } else if at == 2 * third {
            server.stop();
            server = start();
        }
        let (who, body) = &said[*n];
        let begun = Instant::now();
        assert_eq!(sisters[*who].posts(body).await, StatusCode::ACCEPTED, "it is heard, and known");
        took.push(begun.elapsed());
    }
    server.stop();
    assert_eq!(rows(folder.path()).await, before, "no row is new, none is gone");
    took.sort();
    let p99 = took[took.len() * 99 / 100].as_millis();
    harness::tell(&format!(
        "{wanted} messages came again {} times: no row is new; 99 of 100 in {p99} ms",
        took.len()
    ));
}
