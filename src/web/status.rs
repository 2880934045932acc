//! `/status/<token>`: where a request stands, for whoever holds the link.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::WebState;
use super::errors::Problem;
use super::language::{Reader, is_chosen_by};
use super::pages::{Frame, html};
use crate::locale::Args;
use crate::time::Timestamp;

/// No token is longer, in bytes.
const MAX_TOKEN: usize = 128;

#[derive(Template)]
#[template(path = "status.html")]
struct Page<'a> {
    frame: Frame<'a>,
    reference: String,
    service: String,
    status: String,
    submitted: String,
    answer_from: Option<String>,
    history: Vec<Step>,
    chat: bool,
}

struct Step {
    status: String,
    day: String,
    iso: String,
}

/// The page. It is in the language the request was made in, unless its reader chooses another.
pub async fn show(
    State(state): State<WebState>,
    Path(token): Path<String>,
    mut reader: Reader,
    uri: axum::http::Uri,
) -> Result<Response, Problem> {
    let plausible = token.len() <= MAX_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic());
    let found = if plausible { state.engine().status(&token).await? } else { None };
    let found = found.ok_or(Problem::NotFound)?;
    if !is_chosen_by(&uri) {
        reader.locale = found.locale.clone();
    }
    let (engine, locale) = (state.engine(), &reader.locale);
    let words = engine.words();
    let zone = engine.config().association.zone;
    let day = |at: Timestamp| words.day(locale, at.date_in(zone));
    let named = |status: &str| {
        let key = format!("status-{}", status.replace('_', "-"));
        words.label(locale, &key, &Args::none()).into_owned()
    };
    let service = engine.shelf().services.get(&found.service);
    let service = service.and_then(|s| s.label.get(locale, &engine.config().association.default_locale));
    let page = Page {
        frame: Frame::new(&state, &reader, "web-status-title"),
        service: service.unwrap_or(&found.service).to_owned(),
        status: named(&found.status),
        submitted: day(found.submitted_at),
        answer_from: (is_waiting(&found.status) && found.answer_from > engine.now().date_in(zone))
            .then(|| words.day(locale, found.answer_from)),
        history: found
            .history
            .iter()
            .map(|(status, at)| Step { status: named(status), day: day(*at), iso: at.iso() })
            .collect(),
        reference: found.reference,
        chat: engine.config().channel.webchat.enabled,
    };
    let mut unlisted = HeaderMap::new();
    unlisted.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow, noarchive"),
    );
    Ok((unlisted, reader.remember(), html(&page)).into_response())
}

/// Whether the answer of the committee is still to come.
fn is_waiting(status: &str) -> bool {
    matches!(status, "submitted" | "returned" | "checked" | "with_committee" | "appealed")
}
