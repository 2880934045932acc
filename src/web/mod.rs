//! The pages and the chat that people reach by the web. axum lives here (and in `desk`).
//!
//! | file | what it answers |
//! |---|---|
//! | `pages` | `/`, `/chat`: the association and the chat |
//! | `chat_api`, `events`, `documents` | `/chat/api/…`: what the page's script and any other client plays |
//! | `plain` | `/chat/say` and its like: the same chat with plain forms, without JavaScript |
//! | `webhook` | `/webhook/<channel>`: what channels' providers post |
//! | `secure` | `/secure/<token>`: one question that is never asked in a chat of others |
//! | `status` | `/status/<token>`: where a request stands |
//! | `health` | `/healthz`, `/readyz` |
//! | `figures` | `/metrics`, on another listener |
//! | `assets` | `/assets/…`: style, script, icon |
//!
//! Around all of them: limits, the check against forged cross-site posts, security headers, and
//! `errors::dress`, which gives every refusal its words. Words of people never stand in an address, and
//! neither do tokens but two that are made for it: that of a status link, which shows no answer, and that of a
//! secure link, which works once and for a day. No address is ever written into a log line.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

pub use documents::form_of;
pub use figures::metrics_router;

use crate::engine::Engine;

mod assets;
mod chat_api;
mod documents;
mod errors;
mod events;
mod figures;
mod headers;
mod health;
mod language;
mod limits;
mod pages;
mod person;
mod plain;
mod secure;
mod status;
mod token;
mod webhook;

/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a paper may take: 10 MiB on a slow phone.
const PATIENCE_FOR_PAPERS: Duration = Duration::from_secs(600);
/// What the form around a paper may weigh beside it, in bytes.
const FORM_OVERHEAD: u64 = 16 * 1024;

/// What the pages share. Cheap to clone.
#[derive(Clone)]
pub struct WebState(Arc<Inner>);

struct Inner {
    engine: Engine,
    rates: limits::Rates,
    streams: limits::Streams,
    uploads: limits::Uploads,
    known: person::Known,
    stop: watch::Receiver<bool>,
}

impl WebState {
    /// Pages over this engine. When `stop` turns true, the open event streams end, so that a stop need not
    /// wait for their readers.
    pub fn new(engine: Engine, stop: watch::Receiver<bool>) -> Self {
        let rates = limits::Rates::new(&engine.config().policy);
        WebState(Arc::new(Inner {
            engine,
            rates,
            streams: limits::Streams::default(),
            uploads: limits::Uploads::default(),
            known: person::Known::default(),
            stop,
        }))
    }

    fn engine(&self) -> &Engine {
        &self.0.engine
    }
}

/// Every page and the chat API. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`: without
/// the connection's address all clients share one rate limit.
pub fn router(state: WebState) -> Router {
    let config = state.engine().config();
    let paper_bytes = config.documents.max_bytes.saturating_add(FORM_OVERHEAD);
    let mut limited = Router::new()
        .route("/", get(pages::home))
        .route("/status/{token}", get(status::show))
        .route("/secure/{token}", get(secure::show).post(secure::answer));
    let mut streams = Router::new();
    let mut papers = Router::new().route("/secure/{token}/file", post(secure::upload).get(secure::show));
    if config.channel.webchat.enabled {
        limited = limited.merge(chat_routes());
        streams = streams.route("/chat/api/events", get(events::stream));
        papers = papers
            .route("/chat/api/documents", post(documents::take))
            .route("/chat/upload", post(plain::upload));
    }
    let papers = papers
        .layer(DefaultBodyLimit::max(usize::try_from(paper_bytes).unwrap_or(usize::MAX)))
        .layer(patience(PATIENCE_FOR_PAPERS));
    let limited = limited.layer(DefaultBodyLimit::max(limits::MAX_MESSAGE)).layer(patience(PATIENCE));
    let webhook = Router::new().route("/webhook/{channel}", post(webhook::take).get(webhook::prove));
    let routes = limited
        .merge(papers)
        .merge(streams)
        .layer(from_fn_with_state(state.clone(), limits::by_client))
        .merge(webhook.layer(patience(PATIENCE)))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/assets/{name}", get(assets::serve))
        .fallback(errors::not_found)
        .method_not_allowed_fallback(errors::wrong_method);
    around(routes, &state).with_state(state)
}

fn chat_routes() -> Router<WebState> {
    Router::new()
        .route("/chat", get(pages::chat))
        .route("/chat/start", post(plain::start))
        .route("/chat/say", post(plain::say))
        .route("/chat/look", get(plain::look))
        .route("/chat/forget", get(pages::ask_forget).post(plain::forget))
        .route("/chat/api/sessions", post(chat_api::open))
        .route("/chat/api/messages", post(chat_api::say).get(chat_api::read))
}

fn patience(at_most: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, at_most)
}

/// What stands around every route, the outermost last.
fn around(routes: Router<WebState>, state: &WebState) -> Router<WebState> {
    let csrf = CsrfLayer::new();
    let own = state.engine().config().public_url();
    let csrf = csrf.clone().add_trusted_origin(&own).unwrap_or(csrf);
    routes
        .layer(csrf)
        .layer(CatchPanicLayer::custom(errors::broken))
        .layer(from_fn_with_state(state.clone(), errors::dress))
        .layer(from_fn(headers::secure))
}
