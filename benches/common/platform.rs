//! Telegram and WhatsApp for a measurement: they post what people write to the webhook, and note when the bot's answer
//! arrives. They refuse nothing; `tests/it/telegram` and `tests/it/whatsapp` do.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Json;
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc;
use tokio::time::timeout;
use wasl::time::{Clock, SystemClock};

/// The webhook's secret, and the app's.
const SECRET: &str = "a-measurements-own";
/// A bot's token, and a number's.
const TOKEN: &str = "7:measured";
/// The id of a number, and of its account.
const NUMBER: &str = "10001";
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

/// Whose API it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Telegram,
    WhatsApp,
}

impl Whose {
    fn name(self) -> &'static str {
        match self {
            Whose::Telegram => "telegram",
            Whose::WhatsApp => "whatsapp",
        }
    }
}

/// The API, and who waits for an answer in which chat.
#[derive(Clone)]
pub struct Platform {
    whose: Whose,
    waiting: Arc<Mutex<HashMap<i64, mpsc::UnboundedSender<()>>>>,
    /// In how many messages the greeting, and then each line of the script, is answered.
    parts: Arc<OnceLock<Vec<usize>>>,
    /// How long each call takes.
    delay: Duration,
    client: Client,
    webhook: Arc<str>,
}

impl Platform {
    /// An API each call of which takes `delay`; the bot's pages are at `url`.
    pub fn new(whose: Whose, delay: Duration, url: &str) -> Platform {
        let webhook = format!("{url}/webhook/{}", whose.name()).into();
        let (waiting, parts) = Default::default();
        Platform { whose, waiting, parts, delay, client: Client::new(), webhook }
    }

    /// The bot's settings for it, where it is served at `api`.
    pub fn settings(&self, api: &str) -> String {
        let name = self.whose.name();
        let own = match self.whose {
            Whose::Telegram => {
                format!("mode = 'webhook'\nwebhook_secret = '{SECRET}'\nmessages_per_person_second = 0")
            }
            Whose::WhatsApp => {
                format!(
                    "app_secret = '{SECRET}'\nverify_token = 'v'\nphone_number_id = '{NUMBER}'\naccount_id = '{NUMBER}'"
                )
            }
        };
        format!(
            "[channel.{name}]\ntoken = '{TOKEN}'\napi_base = '{api}'\nmessages_per_second = 0\nsends_at_once = 512\n{own}"
        )
    }

    /// Plays the script once, to learn in how many messages each line is answered: only the last ends a turn.
    pub async fn rehearse(&self) {
        let mut writer = Writer::new(self, 999_999);
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

    /// Serves the API; gives its address.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let api = Router::new()
            .route("/{bot}/{method}", post(bot_api))
            .route("/{version}/{number}/messages", post(graph_api))
            .with_state(self.clone());
        tokio::spawn(async move { axum_serve(listener, api).await });
        url
    }
}

async fn axum_serve(listener: tokio::net::TcpListener, api: Router) {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    wasl::app::serve_pages(listener, api, stopped).await;
}

impl Platform {
    /// A call takes its time.
    async fn takes_its_time(&self) {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
    }

    fn arrived(&self, chat: i64) {
        if let Some(waiting) = self.waiting.lock().unwrap().get(&chat) {
            // Whoever was measured may be gone.
            let _ = waiting.send(());
        }
    }

    /// Posts to the bot's webhook, as the platform signs it; waits until it is taken.
    async fn post(&self, body: &Value) {
        let body = body.to_string();
        let post = self.signed(self.client.post(&*self.webhook), &body);
        assert_eq!(post.body(body).send().await.unwrap().status(), 200);
    }

    fn signed(&self, post: RequestBuilder, body: &str) -> RequestBuilder {
        if self.whose == Whose::Telegram {
            return post.header("X-Telegram-Bot-Api-Secret-Token", SECRET);
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let mut signature = "sha256=".to_owned();
        for byte in mac.finalize().into_bytes() {
            write!(signature, "{byte:02x}").unwrap();
        }
        post.header("X-Hub-Signature-256", signature)
    }
}

async fn bot_api(
    State(platform): State<Platform>,
    Path((_, method)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Json<Value> {
    platform.takes_its_time().await;
    if method == "SendMessage" {
        platform.arrived(body["chat_id"].as_i64().unwrap());
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

/// A message, which is reported as sent and as arrived; or that one was read.
async fn graph_api(State(platform): State<Platform>, Json(body): Json<Value>) -> Json<Value> {
    platform.takes_its_time().await;
    let Some(chat) = body["to"].as_str() else { return Json(json!({ "success": true })) };
    let id = format!("wamid.{}", body["biz_opaque_callback_data"].as_str().unwrap());
    platform.arrived(chat.parse().unwrap());
    let key = body["biz_opaque_callback_data"].clone();
    let reporting = platform.clone();
    let named = id.clone();
    tokio::spawn(async move {
        for status in ["sent", "delivered"] {
            let status = json!({ "id": named, "status": status, "biz_opaque_callback_data": key });
            reporting.post(&change(json!({ "statuses": [status] }))).await;
        }
    });
    Json(json!({ "messages": [{ "id": id }] }))
}

/// A webhook of Meta's.
fn change(mut value: Value) -> Value {
    value["metadata"] = json!({ "phone_number_id": NUMBER });
    json!({ "entry": [{ "changes": [{ "field": "messages", "value": value }] }] })
}

/// Somebody in a chat with the bot.
pub struct Writer {
    platform: Platform,
    chat: i64,
    update: i64,
    said: usize,
    answers: mpsc::UnboundedReceiver<()>,
}

impl Writer {
    /// Somebody new opens the chat; each has a number of their own.
    pub async fn open(platform: &Platform, chat: i64) -> Writer {
        let mut writer = Writer::new(platform, chat);
        writer.writes("/start").await;
        writer
    }

    fn new(platform: &Platform, chat: i64) -> Writer {
        let (waiting, answers) = mpsc::unbounded_channel();
        platform.waiting.lock().unwrap().insert(chat, waiting);
        Writer { platform: platform.clone(), chat, update: chat * 100, said: 0, answers }
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
        let now = SystemClock.now().utc().timestamp().to_string();
        let body = match self.platform.whose {
            Whose::Telegram => json!({
                "update_id": self.update,
                "message": {
                    "message_id": self.update,
                    "date": 1_790_000_000,
                    "chat": { "id": self.chat, "type": "private", "first_name": "Maria" },
                    "from": { "id": self.chat, "is_bot": false, "first_name": "Maria", "language_code": "en" },
                    "text": words,
                },
            }),
            Whose::WhatsApp => change(json!({
                "contacts": [{ "profile": { "name": "Maria" }, "wa_id": self.chat.to_string() }],
                "messages": [{
                    "from": self.chat.to_string(),
                    "id": format!("wamid.said{}", self.update),
                    "timestamp": now,
                    "type": "text",
                    "text": { "body": words },
                }],
            })),
        };
        self.platform.post(&body).await;
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.platform.waiting.lock().unwrap().remove(&self.chat);
    }
}
