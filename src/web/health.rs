//! Whether the process lives and whether it can work.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use serde_json::{Value, json};

use super::WebState;
use crate::channel::webchat;
use crate::message::{Address, ChannelId};

/// `GET /healthz`: 200 for as long as the process answers at all.
pub async fn alive() -> Json<Value> {
    Json(json!({"status": "alive"}))
}

/// `GET /readyz`: 200 when the store answers a read, else 503.
pub async fn ready(State(state): State<WebState>) -> (StatusCode, Json<Value>) {
    let nobody = Address { channel: ChannelId::new(webchat::NAME), path: "".into() };
    match state.engine().lines(&nobody, 0, 1).await {
        Ok(_) => (StatusCode::OK, Json(json!({"status": "ready", "store": "ok"}))),
        Err(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "not ready", "store": "no answer"})))
        }
    }
}
