//! The conversation with a person: reading it, taking it, writing, handing it back.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::DeskState;
use super::errors::{Sent, failed, not_found};
use super::flash::Flash;
use super::frame::{Asked, Frame, Pairs, page};
use super::session::{SignedIn, secret};
use super::shown::tone_of;
use crate::case::Role;
use crate::engine::{ActError, OpenedCase};
use crate::locale::{Args, strip_controls};
use crate::message::{CaseId, PersonId, Speaker};
use crate::store::case::CaseRow;
use crate::store::desk::Held;
use crate::store::{self, StoreError};

/// How many lines of a conversation are shown.
const LINES: u32 = 200;
/// The most characters that staff may write at once.
const MAX_WORDS: usize = 4000;
/// The most bytes of what a page draws for its buttons.
const MAX_PRESS: usize = 64;

/// The conversation as a page shows it.
pub struct Talk {
    /// Where its buttons post to.
    pub base: String,
    /// The case to come back to, if the page is a case's.
    pub case: Option<String>,
    /// Who answers the person.
    pub held: Held,
    /// Drawn for this page: a button that is pressed twice does its thing once.
    pub press: String,
    /// What was typed and not taken.
    pub draft: String,
    /// The lines, oldest first.
    pub lines: Vec<TalkLine>,
}

/// One line.
pub struct TalkLine {
    /// Who, in words.
    pub speaker: String,
    /// Who, for the style sheet.
    pub tone: &'static str,
    /// The words, without direction and control marks.
    pub text: String,
    /// When.
    pub at: String,
}

impl Talk {
    /// Whether a colleague holds it, or you do.
    pub fn is_held(&self) -> bool {
        self.held == Held::Staff
    }
    /// Whether the person waits and nobody came yet.
    pub fn is_waited_for(&self) -> bool {
        self.held == Held::Waiting
    }
    /// Whether there is a field to write in. What was typed and not taken keeps it, whoever answers by now.
    pub fn writes(&self) -> bool {
        self.held != Held::Bot || !self.draft.is_empty()
    }

    /// The conversation with the person whose case this is.
    pub async fn of_case(
        desk: &DeskState,
        asked: &Asked,
        staff: &SignedIn,
        opened: &OpenedCase,
    ) -> Result<Talk, ActError> {
        let mut talk = Talk::read(desk, asked, staff, opened.person, opened.held).await?;
        talk.case = Some(opened.case.id.to_string());
        Ok(talk)
    }

    async fn read(
        desk: &DeskState,
        asked: &Asked,
        staff: &SignedIn,
        person: PersonId,
        held: Held,
    ) -> Result<Talk, ActError> {
        let association = &desk.engine.config().association;
        let frame = Frame::new(desk, asked, Some(staff));
        // The turn that follows a press may still be under way: the page shows what was pressed.
        let held = match frame.flash() {
            Some(Flash::TookOver | Flash::Said | Flash::SaidAndTook) => Held::Staff,
            Some(Flash::HandedBack) => Held::Bot,
            _ => held,
        };
        let lines = desk.engine.transcript(&staff.0, person, LINES).await?;
        let lines = lines.into_iter().map(|(speaker, text, at)| {
            let (tone, key) = match speaker {
                Speaker::Bot => ("bot", "desk-speaker-bot"),
                Speaker::Staff => ("staff", "desk-speaker-staff"),
                Speaker::You => ("you", "desk-speaker-you"),
            };
            let text = strip_controls(&text).into_owned();
            TalkLine { speaker: frame.t(key), tone, text, at: frame.moment(at, association) }
        });
        let base = format!("/desk/person/{person}");
        let press = secret().map_err(|_| ActError::Store)?;
        Ok(Talk { base, case: None, held, press, draft: String::new(), lines: lines.collect() })
    }
}

#[derive(Template)]
#[template(path = "desk-person.html")]
struct PersonPage<'a> {
    frame: Frame<'a>,
    cases: Vec<CaseLink>,
    talk: Talk,
    /// Where an administrator forgets the person.
    erase: Option<String>,
}

struct CaseLink {
    href: String,
    reference: String,
    status: String,
    tone: &'static str,
}

/// `GET /desk/person/<uuid>`
pub async fn show(
    State(desk): State<DeskState>,
    asked: Asked,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<PersonId>() else { return not_found(&desk, &asked, &staff) };
    person_page(&desk, &asked, &staff, id, None).await
}

/// The page of a person; `refused` is what was typed and why it was not taken.
async fn person_page(
    desk: &DeskState,
    asked: &Asked,
    staff: &SignedIn,
    id: PersonId,
    refused: Option<(Flash, String)>,
) -> Response {
    // The languages of a page that a form led to are links to the page itself.
    let asked = &Asked { path: format!("/desk/person/{id}"), ..asked.clone() };
    let Ok((held, cases)) = standing(desk, id).await else { return failed(desk, asked, staff) };
    let mut talk = match Talk::read(desk, asked, staff, id, held).await {
        Ok(talk) => talk,
        Err(ActError::NotFound) => return not_found(desk, asked, staff),
        Err(_) => return failed(desk, asked, staff),
    };
    let mut frame = Frame::new(desk, asked, Some(staff));
    let mut status = StatusCode::OK;
    if let Some((why, draft)) = refused {
        frame.notice(why, &Args::none());
        talk.draft = draft;
        status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let cases = cases.into_iter().map(|row| CaseLink {
        href: format!("/desk/case/{}", row.id),
        status: frame.status(&row.status),
        tone: tone_of(&row.status),
        reference: row.reference,
    });
    let erase = (staff.0.role == Role::Administrator).then(|| format!("/desk/person/{id}/erase"));
    page(status, &PersonPage { cases: cases.collect(), talk, erase, frame })
}

/// Who answers the person, and their requests.
async fn standing(desk: &DeskState, id: PersonId) -> Result<(Held, Vec<CaseRow>), StoreError> {
    let mut tx = desk.engine.store().read().await?;
    let held = store::desk::held(&mut tx, id).await?;
    Ok((held, store::case::of_person(&mut tx, id).await?))
}

/// `GET /desk/person/<uuid>/<what>`: a reload or a link leads to where a form was sent; the page is beside it.
pub async fn back(_: SignedIn, Path((id, _)): Path<(PersonId, String)>) -> Redirect {
    Redirect::to(&format!("/desk/person/{id}"))
}

/// `POST /desk/person/<uuid>/<what>`: `take-over`, `say` (field `text`), `hand-back`. The field `press` was drawn with
/// the page, the field `case` names the case page to come back to.
pub async fn act(
    State(desk): State<DeskState>,
    asked: Asked,
    staff: SignedIn,
    Path((id, what)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Response {
    let form = Pairs::from_form(fields);
    let Ok(id) = id.parse::<PersonId>() else { return not_found(&desk, &asked, &staff) };
    let text = strip_controls(form.get("text").unwrap_or_default()).trim().to_owned();
    let Some(press) = form.get("press").filter(|press| !press.is_empty() && press.len() <= MAX_PRESS) else {
        return person_page(&desk, &asked, &staff, id, Some((Flash::Form, text))).await;
    };
    let (done, outcome) = match what.as_str() {
        "take-over" => (Flash::TookOver, desk.engine.take_over(&staff.0, id, press).await),
        "hand-back" => (Flash::HandedBack, desk.engine.hand_back(&staff.0, id, press).await),
        "say" if text.is_empty() => {
            return person_page(&desk, &asked, &staff, id, Some((Flash::Empty, text))).await;
        }
        "say" if text.chars().count() > MAX_WORDS => {
            return person_page(&desk, &asked, &staff, id, Some((Flash::TooLong, text))).await;
        }
        "say" => {
            let Ok((held, _)) = standing(&desk, id).await else { return failed(&desk, &asked, &staff) };
            // Whoever writes takes the conversation; the page says so to whom it is new.
            let done = if held == Held::Staff { Flash::Said } else { Flash::SaidAndTook };
            (done, desk.engine.say(&staff.0, id, press, &text).await)
        }
        _ => return not_found(&desk, &asked, &staff),
    };
    match outcome {
        Ok(()) => {
            let case = form.get("case").and_then(|case| case.parse::<CaseId>().ok());
            let back = case.map_or_else(|| format!("/desk/person/{id}"), |case| format!("/desk/case/{case}"));
            Redirect::to(&format!("{back}?say={}#talk", done.key())).into_response()
        }
        Err(ActError::NotFound) => not_found(&desk, &asked, &staff),
        Err(error) => person_page(&desk, &asked, &staff, id, Some((Flash::from(&error), text))).await,
    }
}
