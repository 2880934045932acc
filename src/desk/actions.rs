//! A pressed button on a case's page.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::DeskState;
use super::answers::checkable;
use super::case_page::{Refused, case_page};
use super::errors::{Sent, failed, not_found};
use super::flash::Flash;
use super::frame::{Asked, Pairs};
use super::session::SignedIn;
use super::step::{Step, read};
use crate::engine::ActError;
use crate::form::{Moment, QuestionId};
use crate::message::CaseId;

/// `POST /desk/case/<uuid>`: the field `do` names the step, `seen` is the last event that the page showed. Done: 303 to the page, with a flash. Refused: 422
/// and the page with the sentence and everything that was typed.
pub async fn act(
    State(desk): State<DeskState>,
    asked: Asked,
    staff: SignedIn,
    Path(id): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Response {
    let Ok(id) = id.parse::<CaseId>() else { return not_found(&desk, &asked, &staff) };
    let form = Pairs::from_form(fields);
    match take(&desk, &staff, id, &form).await {
        Ok(done) => Redirect::to(&format!("/desk/case/{id}?say={}", done.key())).into_response(),
        Err(Flash::NotFound) => not_found(&desk, &asked, &staff),
        Err(Flash::Store) => failed(&desk, &asked, &staff),
        // What was ticked was about what stood there before: the page begins afresh.
        Err(Flash::Changed) => {
            let refused = Refused { why: Flash::Changed, form: Pairs::default() };
            case_page(&desk, &asked, &staff, id, Some(refused)).await
        }
        Err(why) => case_page(&desk, &asked, &staff, id, Some(Refused { why, form })).await,
    }
}

async fn take(desk: &DeskState, staff: &SignedIn, id: CaseId, form: &Pairs) -> Result<Flash, Flash> {
    let is_check = form.get("do").and_then(Step::named) == Some(Step::Check);
    let questions = if is_check { questions(desk, staff, id).await? } else { Vec::new() };
    let (step, action) = read(form, &questions, staff.0.id)?;
    let done = match (form.get("seen").map(str::parse), is_check) {
        (Some(Ok(seen)), _) => desk.engine.act_after(&staff.0, id, action, seen).await,
        // A check speaks of what was looked at: without that it says nothing.
        (Some(Err(_)), _) | (None, true) => return Err(Flash::Form),
        (None, false) => desk.engine.act(&staff.0, id, action).await,
    };
    match done {
        Ok(()) => Ok(step.done()),
        Err(error) => Err(Flash::from(&error)),
    }
}

/// What the check may speak of: a forged name must never reach the person as a question.
async fn questions(desk: &DeskState, staff: &SignedIn, id: CaseId) -> Result<Vec<QuestionId>, Flash> {
    let opened = desk.engine.open_case(&staff.0, id).await.map_err(|error: ActError| Flash::from(&error))?;
    let at = Moment { now: desk.engine.now(), zone: desk.engine.config().association.zone };
    Ok(checkable(&opened, at))
}
