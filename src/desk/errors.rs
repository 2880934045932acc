//! The pages for what is not there and what went wrong.

use std::any::Any;

use askama::Template;
use axum::Form;
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::DeskState;
use super::frame::{Asked, Frame, page};
use super::session::SignedIn;

#[derive(Template)]
#[template(path = "desk-plain.html")]
struct PlainPage<'a> {
    frame: Frame<'a>,
    heading: String,
    text: String,
}

/// A page with a heading and a sentence: the messages `key` and `key-text`.
pub fn plain(
    desk: &DeskState,
    asked: &Asked,
    staff: Option<&SignedIn>,
    status: StatusCode,
    key: &str,
) -> Response {
    let frame = Frame::new(desk, asked, staff);
    let (heading, text) = (frame.t(key), frame.t(format!("{key}-text")));
    page(status, &PlainPage { frame, heading, text })
}

/// A posted form; one that cannot be read is answered with a page in the officer's language.
pub struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequest<DeskState> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, desk: &DeskState) -> Result<Self, Response> {
        let asked = request.extensions().get::<Asked>().cloned();
        let staff = request.extensions().get::<SignedIn>().cloned();
        match (Form::<T>::from_request(request, desk).await, asked) {
            (Ok(Form(sent)), _) => Ok(Sent(sent)),
            (Err(rejection), Some(asked)) => {
                Err(plain(desk, &asked, staff.as_ref(), rejection.status(), "desk-malformed"))
            }
            (Err(rejection), None) => Err(rejection.into_response()),
        }
    }
}

/// What a page that panicked answers, before it is dressed.
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a page of the desk panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// The middleware that gives words to what a layer answered by status alone.
pub async fn dress(State(desk): State<DeskState>, asked: Asked, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let bare = !response.headers().contains_key(header::CONTENT_TYPE);
    if bare && response.status().is_server_error() {
        return plain(&desk, &asked, None, response.status(), "desk-unfinished");
    }
    response
}

/// An address that is there, but only for a form: a link or a reload led to it.
pub async fn wrong_method(State(desk): State<DeskState>, asked: Asked, staff: SignedIn) -> Response {
    plain(&desk, &asked, Some(&staff), StatusCode::METHOD_NOT_ALLOWED, "desk-not-found")
}

/// There is no such page, case or paper (or it is not for these eyes: the answer is the same).
pub fn not_found(desk: &DeskState, asked: &Asked, staff: &SignedIn) -> Response {
    plain(desk, asked, Some(staff), StatusCode::NOT_FOUND, "desk-not-found")
}

/// The store failed; nothing was changed.
pub fn failed(desk: &DeskState, asked: &Asked, staff: &SignedIn) -> Response {
    plain(desk, asked, Some(staff), StatusCode::INTERNAL_SERVER_ERROR, "desk-broken")
}

/// Every address under the desk that is none.
pub async fn nowhere(State(desk): State<DeskState>, asked: Asked, staff: SignedIn) -> Response {
    not_found(&desk, &asked, &staff)
}
