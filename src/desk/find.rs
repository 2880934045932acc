//! Finding a request by its reference number, or by a telephone number or email address that was given with it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::DeskState;
use super::errors::{Sent, failed};
use super::frame::{Asked, Frame, Pairs, page};
use super::session::SignedIn;
use super::shown::tone_of;
use crate::store::case::CaseRow;

/// The most characters that are looked for.
const MAX_WANTED: usize = 200;

#[derive(Template)]
#[template(path = "desk-find.html")]
struct FindPage<'a> {
    frame: Frame<'a>,
    wanted: String,
    /// Whether something was looked for.
    looked: bool,
    found: Vec<Hit>,
}

struct Hit {
    href: String,
    reference: String,
    service: String,
    status: String,
    tone: &'static str,
    submitted: String,
}

/// `GET /desk/find`: the empty field.
pub async fn show(State(desk): State<DeskState>, asked: Asked, staff: SignedIn) -> Response {
    let frame = Frame::new(&desk, &asked, Some(&staff));
    page(StatusCode::OK, &FindPage { frame, wanted: String::new(), looked: false, found: Vec::new() })
}

/// `POST /desk/find`: the field `wanted`. Posted, because a telephone number stands in no address and no log.
pub async fn find(
    State(desk): State<DeskState>,
    asked: Asked,
    staff: SignedIn,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Response {
    let form = Pairs::from_form(fields);
    let wanted: String = form.get("wanted").unwrap_or_default().trim().chars().take(MAX_WANTED).collect();
    let Ok(rows) = desk.engine.find(&staff.0, &wanted).await else { return failed(&desk, &asked, &staff) };
    let frame = Frame::new(&desk, &asked, Some(&staff));
    let found = rows.iter().map(|row| hit(&desk, &frame, row)).collect();
    page(StatusCode::OK, &FindPage { looked: !wanted.is_empty(), wanted, found, frame })
}

fn hit(desk: &DeskState, frame: &Frame<'_>, row: &CaseRow) -> Hit {
    let association = &desk.engine.config().association;
    Hit {
        href: format!("/desk/case/{}", row.id),
        reference: row.reference.clone(),
        service: frame.service(desk.engine.shelf(), &row.service, association),
        status: frame.status(&row.status),
        tone: tone_of(&row.status),
        submitted: frame.words().day(frame.locale(), row.submitted_at.date_in(association.zone)),
    }
}
