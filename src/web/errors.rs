//! What a refusal looks like: JSON for the API, a calm page for people. Nothing of the request is repeated.

use std::any::Any;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response as HttpResponse, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Json, Response};
use serde::Serialize;

use super::WebState;
use super::language::Reader;
use super::pages::{Frame, html};
use crate::channel::webchat::DecodeError;
use crate::engine::{NotTaken, Unstored};
use crate::locale::Args;

/// Why a request is refused. Each has a status, a code for programs, and the message `web-error-<code>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the codes are the documentation
pub enum Problem {
    NotUtf8,
    NotJson,
    WrongShape,
    BadId,
    Nothing,
    TwoThings,
    BadChoice,
    BadPlace,
    BadForm,
    NoSession,
    CrossSite,
    NotFound,
    WrongMethod,
    TooLarge,
    ContentType,
    FileEmpty,
    FileType,
    FileFull,
    /// Seconds until it may be tried again.
    TooMany(u64),
    /// Seconds until a paper may be sent again: as many as may be are on their way.
    PapersAtOnce(u64),
    /// A paper stopped arriving.
    Stalled,
    Busy,
    Unstored,
    Broken,
}

impl Problem {
    /// Status and code.
    fn shape(self) -> (StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Problem::NotUtf8 => (S::BAD_REQUEST, "not-utf8"),
            Problem::NotJson => (S::BAD_REQUEST, "not-json"),
            Problem::BadForm => (S::BAD_REQUEST, "bad-form"),
            Problem::WrongShape => (S::UNPROCESSABLE_ENTITY, "wrong-shape"),
            Problem::BadId => (S::UNPROCESSABLE_ENTITY, "bad-id"),
            Problem::Nothing => (S::UNPROCESSABLE_ENTITY, "nothing"),
            Problem::TwoThings => (S::UNPROCESSABLE_ENTITY, "two-things"),
            Problem::BadChoice => (S::UNPROCESSABLE_ENTITY, "bad-choice"),
            Problem::BadPlace => (S::UNPROCESSABLE_ENTITY, "bad-place"),
            Problem::NoSession => (S::UNAUTHORIZED, "no-session"),
            Problem::CrossSite => (S::FORBIDDEN, "cross-site"),
            Problem::NotFound => (S::NOT_FOUND, "not-found"),
            Problem::WrongMethod => (S::METHOD_NOT_ALLOWED, "wrong-method"),
            Problem::TooLarge => (S::PAYLOAD_TOO_LARGE, "too-large"),
            Problem::ContentType => (S::UNSUPPORTED_MEDIA_TYPE, "content-type"),
            Problem::FileEmpty => (S::UNPROCESSABLE_ENTITY, "file-empty"),
            Problem::FileType => (S::UNSUPPORTED_MEDIA_TYPE, "file-type"),
            Problem::FileFull => (S::UNPROCESSABLE_ENTITY, "file-full"),
            Problem::TooMany(_) => (S::TOO_MANY_REQUESTS, "too-many"),
            Problem::PapersAtOnce(_) => (S::TOO_MANY_REQUESTS, "papers-at-once"),
            Problem::Stalled => (S::REQUEST_TIMEOUT, "stalled"),
            Problem::Busy => (S::SERVICE_UNAVAILABLE, "busy"),
            Problem::Unstored => (S::SERVICE_UNAVAILABLE, "unstored"),
            Problem::Broken => (S::INTERNAL_SERVER_ERROR, "broken"),
        }
    }

    /// The code for programs.
    pub fn code(self) -> &'static str {
        self.shape().1
    }

    /// Seconds after which another try makes sense, if time is what it takes.
    fn retry_after(self) -> Option<u64> {
        match self {
            Problem::TooMany(seconds) | Problem::PapersAtOnce(seconds) => Some(seconds.max(1)),
            Problem::Busy | Problem::Unstored | Problem::Stalled => Some(5),
            _ => None,
        }
    }

    /// For answers that a layer gave by status alone.
    fn of_status(status: StatusCode) -> Problem {
        match status.as_u16() {
            401 => Problem::NoSession,
            403 => Problem::CrossSite,
            404 => Problem::NotFound,
            405 => Problem::WrongMethod,
            413 => Problem::TooLarge,
            415 => Problem::ContentType,
            422 => Problem::WrongShape,
            503 => Problem::Busy,
            400..500 => Problem::BadForm,
            _ => Problem::Broken,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.shape().0.into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self == Problem::NoSession {
            response
                .headers_mut()
                .insert(axum::http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DecodeError> for Problem {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::NotUtf8 => Problem::NotUtf8,
            DecodeError::NotJson => Problem::NotJson,
            DecodeError::WrongShape => Problem::WrongShape,
            DecodeError::BadId => Problem::BadId,
            DecodeError::Nothing => Problem::Nothing,
            DecodeError::TwoThings => Problem::TwoThings,
            DecodeError::BadChoice => Problem::BadChoice,
            DecodeError::BadPlace => Problem::BadPlace,
        }
    }
}

impl From<Unstored> for Problem {
    fn from(_: Unstored) -> Self {
        Problem::Unstored
    }
}

impl From<NotTaken> for Problem {
    fn from(error: NotTaken) -> Self {
        match error {
            NotTaken::TooLarge { .. } => Problem::TooLarge,
            NotTaken::Empty => Problem::FileEmpty,
            NotTaken::WrongType { .. } => Problem::FileType,
            NotTaken::Full => Problem::FileFull,
            NotTaken::Unstored => Problem::Unstored,
        }
    }
}

impl From<getrandom::Error> for Problem {
    fn from(_: getrandom::Error) -> Self {
        Problem::Busy
    }
}

/// No such page.
pub async fn not_found() -> Problem {
    Problem::NotFound
}

/// The page is there, and cannot be asked that way.
pub async fn wrong_method() -> Problem {
    Problem::WrongMethod
}

/// A handler panicked: the person is told calmly, the log has the place (and never what was said).
pub fn broken(_: Box<dyn Any + Send + 'static>) -> HttpResponse<Body> {
    tracing::error!("a request handler panicked");
    Problem::Broken.into_response()
}

/// Gives every refusal its words, in the reader's language. Answers that are JSON or pages already pass.
pub async fn dress(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let for_programs = request.uri().path().starts_with("/chat/api/");
    let reader = Reader::of(&state, request.uri(), request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let written = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json") || kind.starts_with("text/html"));
    let named = response.extensions().get::<Problem>().copied();
    let problem = match named {
        Some(problem) => problem,
        None if (status.is_client_error() || status.is_server_error()) && !written => {
            Problem::of_status(status)
        }
        None => return response,
    };
    let (parts, _) = response.into_parts();
    let body =
        if for_programs { as_json(&state, &reader, problem) } else { as_page(&state, &reader, problem) };
    let mut dressed = body;
    *dressed.status_mut() = status;
    for (name, value) in &parts.headers {
        if !matches!(name.as_str(), "content-type" | "content-length") {
            dressed.headers_mut().append(name.clone(), value.clone());
        }
    }
    dressed
}

#[derive(Serialize)]
struct Wrapped {
    error: Told,
}

#[derive(Serialize)]
struct Told {
    code: &'static str,
    message: String,
}

/// The sentence for a refusal, in the reader's language.
pub fn words_for(state: &WebState, reader: &Reader, problem: Problem) -> String {
    let key = format!("web-error-{}", problem.code());
    let megabytes = state.engine().config().documents.max_bytes as f64 / 1_048_576.0;
    let args = Args::none().number("megabytes", megabytes);
    state.engine().words().label(&reader.locale, &key, &args).into_owned()
}

fn as_json(state: &WebState, reader: &Reader, problem: Problem) -> Response {
    let message = words_for(state, reader, problem);
    Json(Wrapped { error: Told { code: problem.code(), message } }).into_response()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame<'a>,
    message: String,
    chat: bool,
}

fn as_page(state: &WebState, reader: &Reader, problem: Problem) -> Response {
    let page = ErrorPage {
        frame: Frame::new(state, reader, "web-error-title"),
        message: words_for(state, reader, problem),
        chat: state.engine().config().channel.webchat.enabled,
    };
    html(&page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_of_a_layer_has_words_with_the_same_status() {
        for status in [401, 403, 404, 405, 413, 415, 422, 503, 500] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(Problem::of_status(status).shape().0, status);
        }
    }

    #[test]
    fn who_is_too_fast_is_told_when() {
        let response = Problem::TooMany(0).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        assert_eq!(response.extensions().get::<Problem>(), Some(&Problem::TooMany(0)));
        assert!(!Problem::NotJson.into_response().headers().contains_key(RETRY_AFTER));
    }
}
