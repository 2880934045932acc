//! `POST /webhook/<channel>`: what providers post. The answer comes after the commit; what is not the provider's gets
//! one and the same refusal, whatever is wrong with it.

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};

use super::WebState;
use crate::engine::NotPosted;

/// The largest post, in bytes: a provider's largest (WhatsApp says 3 MB), with room.
const MAX_POST: usize = 4 * 1024 * 1024;

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
