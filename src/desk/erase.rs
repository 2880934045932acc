//! Forgetting a person: what goes, what stays, one confirmation. For administrators only.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::DeskState;
use super::errors::{Sent, failed, not_found};
use super::flash::Flash;
use super::frame::{Asked, Frame, Pairs, page};
use super::session::SignedIn;
use crate::engine::{ActError, Extent};
use crate::locale::Args;
use crate::message::PersonId;
use crate::store::{self, StoreError};

#[derive(Template)]
#[template(path = "desk-erase.html")]
struct ErasePage<'a> {
    frame: Frame<'a>,
    extent: String,
    open: Vec<CaseLink>,
    action: String,
    back: String,
}

struct CaseLink {
    href: String,
    reference: String,
}

/// `GET /desk/person/<uuid>/erase`: asks for a yes.
pub async fn show(
    State(desk): State<DeskState>,
    asked: Asked,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<PersonId>() else { return not_found(&desk, &asked, &staff) };
    confirm(&desk, &asked, &staff, id, None).await
}

/// `POST /desk/person/<uuid>/erase`, field `confirm` with the value `yes`: forgets the person.
pub async fn act(
    State(desk): State<DeskState>,
    asked: Asked,
    staff: SignedIn,
    Path(id): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Response {
    let Ok(id) = id.parse::<PersonId>() else { return not_found(&desk, &asked, &staff) };
    if Pairs::from_form(fields).get("confirm") != Some("yes") {
        return confirm(&desk, &asked, &staff, id, Some(Flash::NotConfirmed)).await;
    }
    match desk.engine.erase(&staff.0, id).await {
        Ok(()) => Redirect::to(&format!("/desk?say={}", Flash::Erased.key())).into_response(),
        Err(ActError::NotFound) => not_found(&desk, &asked, &staff),
        Err(ActError::Store) => failed(&desk, &asked, &staff),
        Err(error) => confirm(&desk, &asked, &staff, id, Some(Flash::from(&error))).await,
    }
}

/// The page that says what goes and what stays; `refused` is why nothing was done.
async fn confirm(
    desk: &DeskState,
    asked: &Asked,
    staff: &SignedIn,
    id: PersonId,
    refused: Option<Flash>,
) -> Response {
    let extent = match desk.engine.extent(&staff.0, id).await {
        Ok(extent) => extent,
        Err(ActError::NotFound) => return not_found(desk, asked, staff),
        Err(_) => return failed(desk, asked, staff),
    };
    let Ok(open) = links(desk, &extent).await else { return failed(desk, asked, staff) };
    let mut frame = Frame::new(desk, asked, Some(staff));
    let mut status = StatusCode::OK;
    if let Some(why) = refused {
        frame.notice(why, &Args::none());
        status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let counts =
        Args::none().number("requests", extent.requests as f64).number("papers", extent.papers as f64);
    let extent = frame.say("desk-erase-extent", &counts);
    let back = format!("/desk/person/{id}");
    page(status, &ErasePage { extent, open, action: format!("{back}/erase"), back, frame })
}

async fn links(desk: &DeskState, extent: &Extent) -> Result<Vec<CaseLink>, StoreError> {
    let mut tx = desk.engine.store().read().await?;
    let mut links = Vec::new();
    for reference in &extent.open {
        if let Some(row) = store::case::by_reference(&mut tx, reference).await? {
            links.push(CaseLink { href: format!("/desk/case/{}", row.id), reference: row.reference });
        }
    }
    Ok(links)
}
