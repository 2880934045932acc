//! Whether the process lives and whether it can work.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use serde_json::{Value, json};

use super::WebState;
use crate::channel::webchat;
use crate::engine::Condition;
use crate::message::{Address, ChannelId};

/// `GET /healthz`: 200 for as long as the process answers at all; `store` says how the store is, `version`
/// whether a newer wasl serves the same database.
pub async fn alive(State(state): State<WebState>) -> Json<Value> {
    let version = if state.engine().is_superseded() { "superseded" } else { "current" };
    Json(json!({"status": "alive", "store": state.engine().condition().as_str(), "version": version}))
}

/// `GET /readyz`: 200 when the store answers a read and takes what comes, else 503.
pub async fn ready(State(state): State<WebState>) -> (StatusCode, Json<Value>) {
    let nobody = Address { channel: ChannelId::new(webchat::NAME), path: "".into() };
    let store = match (state.engine().lines(&nobody, 0, 1).await, state.engine().condition()) {
        (Ok(_), Condition::Well) => {
            return (StatusCode::OK, Json(json!({"status": "ready", "store": "ok"})));
        }
        (Ok(_), condition) => condition.as_str(),
        (Err(_), _) => "no answer",
    };
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "not ready", "store": store})))
}
