//! `POST /webhook/<channel>`: what providers post. The answer comes after the commit; what is not the provider's gets
//! one and the same refusal, whatever is wrong with it. `GET` on the same address is a provider that asks whether it is
//! ours.

use axum::body::{Body, to_bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::WebState;
use crate::engine::NotPosted;

/// The largest post, in bytes: a provider's largest (WhatsApp says 3 MB), with room.
const MAX_POST: usize = 4 * 1024 * 1024;

/// Answers a provider that asks whether the address is ours.
pub async fn prove(
    State(state): State<WebState>,
    Path(channel): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    match state.engine().proved(&channel, &query.unwrap_or_default()) {
        Ok(challenge) => challenge.into_response(),
        Err(NotPosted::NotTheirs) => StatusCode::FORBIDDEN.into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Takes what a provider posted.
pub async fn take(
    State(state): State<WebState>,
    Path(channel): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    // The other way to fail is a client that hung up: nobody is left to read the answer.
    let Ok(raw) = to_bytes(body, MAX_POST).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    match state.engine().posted(&channel, &headers, raw).await {
        Ok(()) => StatusCode::OK,
        Err(NotPosted::NoWebhook) => StatusCode::NOT_FOUND,
        Err(NotPosted::NotTheirs) => StatusCode::FORBIDDEN,
        Err(NotPosted::Unstored) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
