//! Telegram for a measurement: it posts what people write to the webhook, and notes when the bot's answer arrives. It
//! refuses nothing; `tests/it/telegram` does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Json;
use axum::routing::post;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// The webhook's secret.
pub const SECRET: &str = "a-measurements-own";
/// A bot's token.
pub const TOKEN: &str = "7:measured";
/// After so long a silence an answer is complete.
const QUIET: Duration = Duration::from_millis(200);
/// What somebody writes from the greeting to the receipt, for a service without papers.
const SCRIPT: [&str; 13] = [
    "English",
    "yes",
    "Ask for help",
    "EDU",
    "I would like to learn how to pray, and I know nobody near me.",
    "skip",
    "Maria Santos Cruz",
    "Only here in this chat",
    "Jeddah",
    "skip",
    "skip",
    "It is all correct",
    "Maria Santos Cruz",
];

/// The Bot API, and who waits for an answer in which chat.
#[derive(Clone, Default)]
pub struct Platform {
    waiting: Arc<Mutex<HashMap<i64, mpsc::UnboundedSender<()>>>>,
    /// In how many messages `/start`, and then each line of the script, is answered.
    parts: Arc<OnceLock<Vec<usize>>>,
    /// How long each call takes.
    delay: Duration,
}

impl Platform {
    /// A Bot API each call of which takes `delay`.
    pub fn new(delay: Duration) -> Platform {
        Platform { delay, ..Platform::default() }
    }

    /// Plays the script once, to learn in how many messages each line is answered: only the last ends a turn.
    pub async fn rehearse(&self, client: &Client, url: &str) {
        let mut writer = Writer::new(self, client, url, 1);
        let mut parts = Vec::new();
        for words in ["/start"].into_iter().chain(SCRIPT) {
            writer.post(words).await;
            writer.answers.recv().await.expect("an answer");
            let mut heard = 1;
            while timeout(self.delay + QUIET, writer.answers.recv()).await.is_ok() {
                heard += 1;
            }
            parts.push(heard);
        }
        self.parts.set(parts).expect("one rehearsal");
    }

    /// Serves the Bot API; gives its address.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let api = Router::new().route("/{bot}/{method}", post(call)).with_state(self.clone());
        tokio::spawn(async move { axum_serve(listener, api).await });
        url
    }
}

async fn axum_serve(listener: tokio::net::TcpListener, api: Router) {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    wasl::app::serve_pages(listener, api, stopped).await;
}

async fn call(
    State(platform): State<Platform>,
    Path((_, method)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Json<Value> {
    if !platform.delay.is_zero() {
        tokio::time::sleep(platform.delay).await;
    }
    if method == "SendMessage" {
        let chat = body["chat_id"].as_i64().unwrap();
        if let Some(waiting) = platform.waiting.lock().unwrap().get(&chat) {
            // Whoever was measured may be gone.
            let _ = waiting.send(());
        }
        return Json(json!({ "ok": true, "result": { "message_id": 1 } }));
    }
    let result = match &*method {
        "EditMessageReplyMarkup" => json!({ "message_id": 1 }),
        "GetMyCommands" => json!([]),
        method if method.starts_with("Get") => json!({}),
        _ => json!(true),
    };
    Json(json!({ "ok": true, "result": result }))
}

/// Somebody in a chat with the bot.
pub struct Writer {
    platform: Platform,
    client: Client,
    webhook: String,
    chat: i64,
    update: i64,
    said: usize,
    answers: mpsc::UnboundedReceiver<()>,
}

impl Writer {
    /// Somebody new opens the chat; each has a number of their own.
    pub async fn open(platform: &Platform, client: &Client, url: &str, chat: i64) -> Writer {
        let mut writer = Writer::new(platform, client, url, chat);
        writer.writes("/start").await;
        writer
    }

    fn new(platform: &Platform, client: &Client, url: &str, chat: i64) -> Writer {
        let (waiting, answers) = mpsc::unbounded_channel();
        platform.waiting.lock().unwrap().insert(chat, waiting);
        let webhook = format!("{url}/webhook/telegram");
        let (platform, client) = (platform.clone(), client.clone());
        Writer { platform, client, webhook, chat, update: chat * 100, said: 0, answers }
    }

    /// Writes what comes next and waits for the answer; false when the receipt is there.
    pub async fn goes_on(&mut self) -> bool {
        let Some(words) = SCRIPT.get(self.said) else { return false };
        self.said += 1;
        self.writes(words).await;
        true
    }

    async fn writes(&mut self, words: &str) {
        let parts = self.platform.parts.get().expect("a rehearsal")[self.said];
        self.post(words).await;
        for _ in 0..parts {
            self.answers.recv().await.expect("an answer");
        }
    }

    async fn post(&mut self, words: &str) {
        self.update += 1;
        let from = json!({ "id": self.chat, "is_bot": false, "first_name": "Maria", "language_code": "en" });
        let update = json!({
            "update_id": self.update,
            "message": {
                "message_id": self.update,
                "date": 1_790_000_000,
                "chat": { "id": self.chat, "type": "private", "first_name": "Maria" },
                "from": from,
                "text": words,
            },
        });
        let post = self.client.post(&self.webhook).header("X-Telegram-Bot-Api-Secret-Token", SECRET);
        let answer = post.body(update.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.platform.waiting.lock().unwrap().remove(&self.chat);
    }
}
