//! A bot that does nothing by itself, and a webhook that notes what comes.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::person::Person;
use super::super::{NUMBER_ID, WhatsApp, hook};

pub struct Caller {
    pub whatsapp: WhatsApp,
    pub client: Client,
}

pub async fn caller() -> Caller {
    of(WhatsApp::start().await)
}

pub fn of(whatsapp: WhatsApp) -> Caller {
    Caller { whatsapp, client: Client::builder().no_proxy().build().unwrap() }
}

/// Somebody who wrote a moment ago.
pub async fn opened() -> (Caller, Person) {
    let bot = caller().await;
    let sister = bot.whatsapp.person("966501234567", "Maryam");
    sister.says("hello");
    (bot, sister)
}

/// A text to somebody.
pub fn text(to: &str, body: &str) -> Value {
    message(to, json!({ "type": "text", "text": { "body": body } }))
}

/// A message to somebody.
pub fn message(to: &str, content: Value) -> Value {
    let mut call = json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "to": to });
    call.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
    call
}

impl Caller {
    /// Calls the messages endpoint; an error when no answer came.
    pub async fn posts(&self, call: &Value) -> reqwest::Result<Response> {
        let url = format!("{}/v24.0/{NUMBER_ID}/messages", self.whatsapp.url());
        self.client.post(url).bearer_auth(self.whatsapp.token()).json(call).send().await
    }

    /// What is not refused: the message's id.
    pub async fn sends(&self, call: Value) -> String {
        let answer: Value = self.posts(&call).await.unwrap().json().await.unwrap();
        let id = answer["messages"][0]["id"].as_str();
        id.unwrap_or_else(|| panic!("{call}: {answer}")).to_owned()
    }

    /// The HTTP status and the code of a refusal.
    pub async fn refused(&self, call: Value) -> (u16, u64) {
        let answer = self.posts(&call).await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        (status, body["error"]["code"].as_u64().unwrap_or_else(|| panic!("{call}: {body}")))
    }

    pub async fn gets(&self, url: &str) -> Response {
        self.client.get(url).bearer_auth(self.whatsapp.token()).send().await.unwrap()
    }
}

/// What came to a webhook: each request's changes.
#[derive(Clone)]
pub struct Hook {
    secret: String,
    pub came: Arc<Mutex<Vec<Vec<Value>>>>,
    /// How many requests are not taken first.
    pub refuses: Arc<Mutex<usize>>,
}

impl Hook {
    pub async fn open(whatsapp: &WhatsApp) -> Hook {
        let hook = Hook { secret: whatsapp.app_secret(), came: Arc::default(), refuses: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        whatsapp.hook(&format!("http://{}/hook", listener.local_addr().unwrap()));
        let app = Router::new().fallback(take).with_state(hook.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        hook
    }

    pub fn changes(&self) -> Vec<Value> {
        self.came.lock().unwrap().concat()
    }

    /// The messages that came.
    pub fn messages(&self) -> Vec<Value> {
        let changes = self.changes();
        changes
            .iter()
            .filter_map(|change| change["value"]["messages"].as_array())
            .flatten()
            .cloned()
            .collect()
    }

    /// The statuses that came: each message's id and what became of it.
    pub fn statuses(&self) -> Vec<(String, String)> {
        let changes = self.changes();
        let statuses = changes.iter().filter_map(|change| change["value"]["statuses"].as_array()).flatten();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        statuses.map(|status| (text(&status["id"]), text(&status["status"]))).collect()
    }
}

async fn take(
    State(hook): State<Hook>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, String) {
    if let Some(query) = query {
        let challenge = query.split('&').find_map(|pair| pair.strip_prefix("hub.challenge="));
        return match query.contains("hub.verify_token=known") && query.contains("hub.mode=subscribe") {
            true => (StatusCode::OK, challenge.unwrap_or_default().to_owned()),
            false => (StatusCode::FORBIDDEN, String::new()),
        };
    }
    let signed = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    if signed != Some(hook::signature(&hook.secret, &body).as_str()) {
        return (StatusCode::UNAUTHORIZED, String::new());
    }
    assert!(body.is_ascii(), "what is not ASCII is escaped");
    let mut refuses = hook.refuses.lock().unwrap();
    if *refuses > 0 {
        *refuses -= 1;
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["object"], "whatsapp_business_account");
    let changes = body["entry"][0]["changes"].as_array().unwrap().clone();
    hook.came.lock().unwrap().push(changes);
    (StatusCode::OK, String::new())
}
