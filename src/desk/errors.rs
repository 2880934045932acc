//! The pages for what is not there and what went wrong.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

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
