//! The HTTP side: `/bot<token>/<method>` and `/file/bot<token>/<path>`.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::super::provider::Fault;
use super::Telegram;
use super::params::Params;
use super::refusal::Refusal;
use super::state::{BOT, Call, State, bot};

/// The methods that count as sending.
const SENDS: &[&str] =
    &["sendmessage", "sendphoto", "senddocument", "editmessagetext", "editmessagereplymarkup"];

pub fn router(telegram: Telegram) -> Router {
    Router::new()
        .fallback(async move |request: Request| answer(&telegram, request).await)
        .layer(DefaultBodyLimit::disable())
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.code).unwrap();
    (status, Json(refusal.body())).into_response()
}

async fn answer(telegram: &Telegram, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if let Some(file) = path.strip_prefix("/file/bot") {
        return download(telegram, file).await;
    }
    let Some((token, method)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')) else {
        return refused(&Refusal::not_found(""));
    };
    if token != telegram.token() {
        return refused(&Refusal::unauthorized());
    }
    let method = method.to_lowercase();
    let Some(params) = Params::read(parts, body).await else {
        return refused(&Refusal { code: 413, ..Refusal::bad("Request Entity Too Large") });
    };
    let fault = telegram.change(|state| state.faults.take(&method));
    let done = match fault.filter(|fault| !fault.is_late()) {
        Some(_) => None,
        None => Some(call(telegram, &method, &params).await),
    };
    let code = match (fault, &done) {
        (Some(fault), _) => refusal(fault).map(|refusal| refusal.code),
        (None, Some(Err(refusal))) => Some(refusal.code),
        (None, _) => Some(200),
    };
    telegram.change(|state| state.calls.push(Call { method, params, code }));
    match (fault, done) {
        (Some(fault), _) => fails(fault).await,
        (None, Some(Err(refusal))) => refused(&refusal),
        (None, body) => Json(body.and_then(Result::ok)).into_response(),
    }
}

/// What Telegram itself says to a fault, if anything.
fn refusal(fault: Fault) -> Option<Refusal> {
    match fault {
        Fault::Broken => Some(Refusal::broken()),
        Fault::TooMany(seconds) => Some(Refusal::too_many(seconds)),
        _ => None,
    }
}

async fn fails(fault: Fault) -> Response {
    match refusal(fault) {
        Some(refusal) => refused(&refusal),
        None => fault.instead().await,
    }
}

async fn call(telegram: &Telegram, method: &str, params: &Params) -> Result<Value, Refusal> {
    if method == "getupdates" {
        return poll(telegram, params).await.map(|updates| json!({ "ok": true, "result": updates }));
    }
    telegram.change(|state| {
        if SENDS.contains(&method) {
            state.count(params)?;
        }
        let said = match method {
            "setwebhook" => Some(state.set_webhook(params)?),
            "deletewebhook" => Some(state.delete_webhook(params)),
            _ => None,
        };
        match said {
            Some(said) => Ok(json!({ "ok": true, "result": true, "description": said })),
            None => Ok(json!({ "ok": true, "result": state.does(method, params)? })),
        }
    })
}

/// Waits for updates as long as the call wishes.
async fn poll(telegram: &Telegram, params: &Params) -> Result<Vec<Value>, Refusal> {
    let mut changes = telegram.changes();
    let poll = telegram.change(|state| state.begin_poll(params))?;
    loop {
        changes.mark_unchanged();
        let updates = telegram.quietly(|state| state.polled(&poll))?;
        if !updates.is_empty() || timeout_at(poll.until, changes.changed()).await.is_err() {
            return Ok(updates);
        }
    }
}

async fn download(telegram: &Telegram, path: &str) -> Response {
    let Some((token, path)) = path.split_once('/') else { return refused(&Refusal::not_found("")) };
    if token != telegram.token() {
        return refused(&Refusal::unauthorized());
    }
    if let Some(fault) = telegram.change(|state| state.faults.take("file")) {
        return fails(fault).await;
    }
    let found = |state: &mut State| {
        state.files.values().find(|file| file.path == path && file.linked).map(|file| file.bytes.clone())
    };
    match telegram.quietly(found) {
        Some(bytes) => ([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        None => refused(&Refusal::not_found("")),
    }
}

impl State {
    fn does(&mut self, method: &str, params: &Params) -> Result<Value, Refusal> {
        match method {
            "getme" => Ok(me()),
            "getwebhookinfo" => Ok(self.webhook_info()),
            "sendmessage" => self.send_message(params),
            "sendphoto" => self.send_file("photo", params),
            "senddocument" => self.send_file("document", params),
            "editmessagetext" => self.edit(params, true),
            "editmessagereplymarkup" => self.edit(params, false),
            "deletemessage" => self.delete_message(params),
            "answercallbackquery" => self.answer_query(params),
            "sendchataction" => self.chat_action(params),
            "getfile" => self.get_file(params),
            "setmycommands" => self.set_commands(params),
            "getmycommands" => self.commands(params),
            "deletemycommands" => self.delete_commands(params),
            "setmyname" => self.set_profile("name", 64, params),
            "getmyname" => self.profile_text("name", params),
            "setmydescription" => self.set_profile("description", 512, params),
            "getmydescription" => self.profile_text("description", params),
            "setmyshortdescription" => self.set_profile("short_description", 120, params),
            "getmyshortdescription" => self.profile_text("short_description", params),
            _ => Err(Refusal::not_found(": method not found")),
        }
    }

    /// Counts a message that is sent; too many, and the bot has to wait.
    pub fn count(&mut self, params: &Params) -> Result<(), Refusal> {
        let now = Instant::now();
        let rates = &mut self.rates;
        if let Some(until) = rates.until.filter(|until| *until > now) {
            return Err(Refusal::too_many((until - now).as_secs() + 1));
        }
        while rates.sent.front().is_some_and(|(at, _)| now - *at >= Duration::from_secs(1)) {
            rates.sent.pop_front();
        }
        let chat = params.int("chat_id").unwrap_or_default();
        let there = rates.sent.iter().filter(|(_, to)| *to == chat).count();
        if rates.sent.len() >= rates.overall || rates.per_chat.is_some_and(|most| there >= most) {
            rates.until = Some(now + Duration::from_secs(rates.penalty));
            return Err(Refusal::too_many(rates.penalty));
        }
        rates.sent.push_back((now, chat));
        Ok(())
    }
}

/// The bot as getMe shows it.
fn me() -> Value {
    let mut me = bot();
    debug_assert_eq!(me["id"], BOT);
    for (key, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[key] = json!(value);
    }
    me
}
