//! The whole program in this process: real router, real database, a clock that the test moves.
//!
//! A scenario reads as the conversation it is: `sister.says("…")`, `sister.expect_question("phone")`. After each act
//! the turns are done, so no test waits for time to pass.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use chrono::Duration;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use wasl::app;
use wasl::channel::Channel;
use wasl::channel::webchat::Webchat;
use wasl::config::Config;
use wasl::engine::{Engine, Parts, Worked};
use wasl::form::Shelf;
use wasl::locale::Catalogue;
use wasl::store::{OpenError, Store};
use wasl::time::{Clock, ManualClock, Timestamp};
use wasl::vault::{Documents, Vault};

use super::database;

/// When every scenario begins: a Sunday morning in Riyadh.
pub const BEGIN: &str = "2026-11-22T07:00:00Z";

/// A paper that every form takes: one white pixel.
pub const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0,
    0, 1, 8, 0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 0x0A, b'I', b'D', b'A', b'T', 0x78, 0x9C, 0x63,
    0xF8, 0x0F, 0, 1, 1, 1, 0, 0x1B, 0xB6, 0xEE, 0x56, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xAE, 0x42, 0x60,
    0x82,
];

/// The head of a photo as an iPhone takes it (ISO/IEC 23008-12).
pub const HEIC: &[u8] = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic";

/// A temporary folder, in memory where the machine has such a place: what is measured here is not the disk.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap()
}

/// Whether a variable of the test's environment is set.
#[allow(clippy::disallowed_methods)] // a test's own switches are no settings
pub fn wanted(variable: &str) -> bool {
    std::env::var_os(variable).is_some()
}

/// A variable of the test's environment.
#[allow(clippy::disallowed_methods)] // a test's own switches are no settings
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Says something beside the results, also of a test that passes.
pub fn tell(what: &str) {
    use std::io::Write;
    // Written past the capture of `cargo test`; were standard error closed, nobody would miss it.
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// Compares with `tests/transcripts/<name>.txt`; `UPDATE=1` writes it anew.
pub fn golden(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/transcripts/{name}.txt"));
    if wanted("UPDATE") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        return std::fs::write(&path, now).unwrap();
    }
    let was = std::fs::read_to_string(&path).unwrap_or_default();
    let at = was.lines().zip(now.lines()).position(|(was, is)| was != is);
    let line = |text: &str| at.and_then(|n| text.lines().nth(n)).unwrap_or("(the end)").to_owned();
    assert!(was == now, "{name}:{}\n  was: {}\n  is:  {}", at.map_or(0, |n| n + 1), line(&was), line(now));
}

/// The settings of a test in `folder`, and whatever else `toml` sets.
pub fn config(folder: &Path, toml: &str) -> Config {
    let mut config = Config::from_toml(toml).unwrap();
    // As a program that has run for a while; what ends one just begun, the binary's tests see.
    if !toml.contains("caution_seconds") {
        config.server.caution_seconds = 0;
    }
    config.store.url = database::url(folder);
    config.vault.key_file = folder.join("vault.key");
    config.documents.folder = folder.join("documents");
    config
}

/// A clock that stands where every scenario begins.
pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::parse(BEGIN).unwrap()))
}

/// The master key of every test.
pub fn vault() -> Vault {
    Vault::from_bytes([9; 32])
}

/// Forms and words: as shipped they are read once for all tests.
fn shelf_and_words(config: &Config) -> (Shelf, Catalogue) {
    static SHIPPED: OnceLock<(Shelf, Catalogue)> = OnceLock::new();
    let read =
        || (app::shelf(config).unwrap(), Catalogue::shipped(&config.association.default_locale).unwrap());
    if config.forms.folder.as_os_str().is_empty() { SHIPPED.get_or_init(read).clone() } else { read() }
}

/// The engine of a test, without loops.
pub async fn engine(folder: &Path, clock: Arc<dyn Clock>, toml: &str) -> Engine {
    engine_with(folder, clock, toml, vec![Arc::new(Webchat::new())]).await
}

/// The engine of a test with these channels.
pub async fn engine_with(
    folder: &Path,
    clock: Arc<dyn Clock>,
    toml: &str,
    channels: Vec<Arc<dyn Channel>>,
) -> Engine {
    engine_of(folder, clock, toml, |_| channels).await
}

/// The engine of a test with these channels, and changes of the forms.
pub async fn engine_of(
    folder: &Path,
    clock: Arc<dyn Clock>,
    toml: &str,
    made: impl FnOnce(&mut Shelf) -> Vec<Arc<dyn Channel>>,
) -> Engine {
    let config = config(folder, toml);
    let store = loop {
        match Store::open(&config.store.url).await {
            Ok(store) => break store,
            // A process that another test starts at this moment holds our lock's descriptor until it executes.
            Err(OpenError::InUse { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    };
    let (mut shelf, words) = shelf_and_words(&config);
    let channels = made(&mut shelf);
    let documents = Documents::local(&config.documents.folder).unwrap();
    let parts = Parts { config, words, shelf, clock, store, vault: vault(), documents, channels };
    Engine::start(parts).await.unwrap()
}

/// The program, served.
pub struct Bot {
    pub engine: Engine,
    pub url: String,
    pub clock: Arc<ManualClock>,
    stop: watch::Sender<bool>,
    /// Pages are served until the scenario ends, also after a stop.
    _pages: watch::Sender<bool>,
    pub folder: TempDir,
}

impl Bot {
    pub async fn start() -> Bot {
        Bot::start_with("").await
    }

    pub async fn start_with(toml: &str) -> Bot {
        Bot::start_at(|_| toml.to_owned()).await
    }

    /// With settings that know the address of the pages.
    pub async fn start_at(toml: impl FnOnce(&str) -> String) -> Bot {
        Bot::start_by(clock(), toml).await
    }

    /// By a clock that others go by too.
    pub async fn start_by(clock: Arc<ManualClock>, toml: impl FnOnce(&str) -> String) -> Bot {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (folder, toml) = (folder(), toml(&url));
        let channels = app::configured(&config(folder.path(), &toml)).unwrap();
        let engine = engine_with(folder.path(), clock.clone(), &toml, channels).await;
        let (stop, stopped) = watch::channel(false);
        let pages = app::router(&engine, stopped.clone());
        let (served, serving) = watch::channel(false);
        tokio::spawn(app::serve_pages(listener, pages, serving));
        tokio::spawn(app::loops(&engine, stopped));
        Bot { engine, url, clock, stop, _pages: served, folder }
    }

    /// The program is told to stop.
    pub fn stops(&self) {
        self.stop.send_replace(true);
    }

    /// Does everything that is waiting.
    pub async fn settle(&self) {
        while !(self.engine.tick().await.unwrap() == Worked::Nothing && self.engine.is_quiet().await.unwrap())
        {
        }
    }

    /// Time passes, and what became due happens.
    pub async fn days(&self, days: i64) {
        self.clock.advance(Duration::days(days));
        self.settle().await;
    }

    pub async fn hours(&self, hours: i64) {
        self.clock.advance(Duration::hours(hours));
        self.settle().await;
    }

    /// Somebody opens the chat.
    pub async fn chat(&self, lang: &str) -> Person<'_> {
        let client = Client::new();
        let answer = client
            .post(format!("{}/chat/api/sessions", self.url))
            .json(&json!({ "lang": lang }))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let session: Value = answer.json().await.unwrap();
        self.settle().await;
        let token = session["token"].as_str().unwrap().to_owned();
        let mut person = Person { bot: self, client, token, cursor: 0, n: 0, heard: Vec::new() };
        person.reads().await;
        person
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// A text without the marks that keep inserted values apart.
pub fn plain(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

/// The first link of a page that begins so and ends in an id.
pub fn link(page: &str, prefix: &str) -> String {
    let at = page.find(prefix).unwrap_or_else(|| panic!("no {prefix} in {page}"));
    page[at..at + prefix.len() + 36].to_owned()
}

/// Somebody at the web chat.
pub struct Person<'a> {
    pub bot: &'a Bot,
    pub client: Client,
    pub token: String,
    cursor: i64,
    n: usize,
    /// All messages so far, their own among them.
    pub heard: Vec<Value>,
}

impl Person<'_> {
    pub async fn post(&self, body: &Value) -> Response {
        let url = format!("{}/chat/api/messages", self.bot.url);
        self.client.post(url).bearer_auth(&self.token).json(body).send().await.unwrap()
    }

    async fn sends(&mut self, mut body: Value) -> &mut Self {
        self.n += 1;
        body["id"] = json!(format!("m{}", self.n));
        let answer = self.post(&body).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED, "{body}");
        self.reads().await;
        self
    }

    pub async fn says(&mut self, text: &str) -> &mut Self {
        self.sends(json!({ "text": text })).await
    }

    /// Presses the button of the last message that has it.
    pub async fn taps(&mut self, label: &str) -> &mut Self {
        let token = self.token_of(label);
        self.sends(json!({ "choice": token })).await
    }

    pub fn token_of(&self, label: &str) -> String {
        let offered = self.heard.iter().rev().flat_map(|m| m["choices"].as_array().unwrap());
        let found = offered.clone().find(|choice| choice["label"] == label);
        let labels: Vec<&Value> = offered.map(|choice| &choice["label"]).take(12).collect();
        found.unwrap_or_else(|| panic!("no button {label:?}; there are {labels:?}"))["token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Uploads a file.
    pub async fn uploads(&self, id: &str, name: &str, bytes: &'static [u8]) -> Response {
        let file = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().text("id", id.to_owned()).part("file", file);
        let url = format!("{}/chat/api/documents", self.bot.url);
        self.client.post(url).bearer_auth(&self.token).multipart(form).send().await.unwrap()
    }

    pub async fn sends_paper(&mut self, name: &str) -> &mut Self {
        self.sends_file(name, PIXEL).await
    }

    /// Sends a file that is taken.
    pub async fn sends_file(&mut self, name: &str, bytes: &'static [u8]) -> &mut Self {
        self.n += 1;
        let answer = self.uploads(&format!("m{}", self.n), name, bytes).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        self.reads().await;
        self
    }

    /// Reads what is new.
    pub async fn reads(&mut self) -> Vec<Value> {
        self.bot.settle().await;
        let url = format!("{}/chat/api/messages?after={}", self.bot.url, self.cursor);
        let answer: Value =
            self.client.get(url).bearer_auth(&self.token).send().await.unwrap().json().await.unwrap();
        self.cursor = answer["cursor"].as_i64().unwrap();
        let new = answer["messages"].as_array().unwrap().clone();
        self.heard.extend(new.iter().cloned());
        new
    }

    pub fn last(&self) -> &Value {
        self.heard.iter().rev().find(|m| m["from"] != "you").expect("the bot said nothing yet")
    }

    pub fn last_text(&self) -> &str {
        self.last()["text"].as_str().unwrap()
    }

    /// The question that the last message asks, if any.
    pub fn question(&self) -> Option<&str> {
        self.last()["expects"]["question"].as_str()
    }

    #[track_caller]
    pub fn expect_question(&mut self, question: &str) -> &mut Self {
        assert_eq!(self.question(), Some(question), "the bot said: {}", self.last_text());
        self
    }

    #[track_caller]
    pub fn expect(&mut self, words: &str) -> &mut Self {
        assert!(plain(self.last_text()).contains(words), "{words:?} is not in: {}", self.last_text());
        self
    }

    /// How often something was said in all.
    pub fn times(&self, words: &str) -> usize {
        self.heard
            .iter()
            .filter(|m| m["from"] != "you" && plain(m["text"].as_str().unwrap()).contains(words))
            .count()
    }
}
