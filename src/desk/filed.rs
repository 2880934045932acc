//! Suggestions and complaints, newest first. Complaints are for administrators only, and lead to the person only
//! when the person allows it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::DeskState;
use super::errors::failed;
use super::frame::{Asked, Frame, page};
use super::session::SignedIn;
use super::shown::line_of;
use crate::dialogue::Filed;
use crate::engine::{ActError, may_read};
use crate::form::{Answer, Moment, Play};
use crate::locale::strip_controls;
use crate::message::{PersonId, SessionId};
use crate::store;
use crate::store::task::TaskKind;
use crate::time::Timestamp;

/// How many are shown.
const ITEMS: u32 = 100;
/// The kind that names nobody who did not allow it.
const COMPLAINT: &str = TaskKind::Complaint.as_str();
/// The question of a complaint's form whether we may write to the person, and the choice that allows it.
const CONTACT: (&str, &str) = ("contact", "yes");

#[derive(Template)]
#[template(path = "desk-filed.html")]
struct FiledPage<'a> {
    frame: Frame<'a>,
    items: Vec<Item>,
    complaints: bool,
    /// The pages before and after: address and words.
    pages: Vec<(String, String)>,
}

struct Item {
    kind: String,
    reference: String,
    at: String,
    language: String,
    lines: Vec<Line>,
    person_href: Option<String>,
    anonymous: bool,
}

struct Line {
    label: String,
    value: String,
}

/// `GET /desk/filed`
pub async fn show(State(desk): State<DeskState>, asked: Asked, staff: SignedIn) -> Response {
    let Ok((filed, people, more)) = find(&desk, &staff, asked.page).await else {
        return failed(&desk, &asked, &staff);
    };
    let frame = Frame::new(&desk, &asked, Some(&staff));
    let items = filed.into_iter().map(|(session, filed, at)| {
        let person = people.get(&session).filter(|_| !anonymous(&filed));
        item(&desk, &frame, &filed, at, person.map(|person| format!("/desk/person/{person}")))
    });
    let complaints = may_read(staff.0.role, TaskKind::Complaint);
    page(StatusCode::OK, &FiledPage { items: items.collect(), complaints, pages: frame.pages(more), frame })
}

/// Whether who filed it stays unnamed: with a complaint, unless they say that we may write to them.
fn anonymous(filed: &Filed) -> bool {
    let (asked, allowed) = CONTACT;
    let may_write = |answer: &Answer| matches!(answer, Answer::One(choice) if **choice == *allowed);
    let named = filed.answers.iter().any(|(question, answer)| **question == *asked && may_write(answer));
    *filed.kind == *COMPLAINT && !named
}

type Opened = Vec<(SessionId, Filed, Timestamp)>;

async fn find(
    desk: &DeskState,
    staff: &SignedIn,
    page: u32,
) -> Result<(Opened, BTreeMap<SessionId, PersonId>, bool), ActError> {
    let skip = page * ITEMS;
    let filed = desk.engine.filed(&staff.0, ITEMS, skip).await?;
    let mut tx = desk.engine.store().read().await?;
    let complaints = may_read(staff.0.role, TaskKind::Complaint);
    let rows = store::filed::list(&mut tx, complaints, i64::from(ITEMS) + 1, i64::from(skip)).await?;
    let more = rows.len() > ITEMS as usize;
    Ok((filed, rows.into_iter().map(|row| (row.session, row.person)).collect(), more))
}

fn item(desk: &DeskState, frame: &Frame<'_>, filed: &Filed, at: Timestamp, person: Option<String>) -> Item {
    let association = &desk.engine.config().association;
    let kind = match &*filed.kind {
        COMPLAINT => frame.t("desk-filed-complaint"),
        _ => frame.t("desk-filed-suggestion"),
    };
    Item {
        kind,
        reference: filed.reference.clone(),
        // The minute would find the conversation that it was filed in.
        at: match anonymous(filed) {
            true => frame.words().day(frame.locale(), at.date_in(association.zone)),
            false => frame.moment(at, association),
        },
        language: frame.language(&filed.locale),
        lines: lines(desk, frame, filed, at),
        person_href: person,
        anonymous: anonymous(filed),
    }
}

/// Question and answer in the officer's language; without the form, the answers alone would say nothing safe.
fn lines(desk: &DeskState, frame: &Frame<'_>, filed: &Filed, at: Timestamp) -> Vec<Line> {
    let Some(form) = desk.engine.shelf().pinned(&filed.form) else { return Vec::new() };
    let answers = filed.answers.iter().cloned().collect();
    let zone = desk.engine.config().association.zone;
    let play = Play::new(form, &answers, Moment { now: at, zone });
    let lines = filed.answers.iter().filter_map(|(id, answer)| {
        let question = form.question(id)?;
        let value = strip_controls(&play.shown(question, answer, frame.locale())).into_owned();
        Some(Line { label: line_of(&play.label(question, frame.locale())), value })
    });
    lines.filter(|line| !line.value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::FormRef;
    use crate::message::{Locale, derive_id};

    #[test]
    fn a_complaint_names_nobody_who_did_not_allow_it() {
        #[track_caller]
        fn check(kind: &str, answers: &[(&str, &str)], expected: bool) {
            let answers =
                answers.iter().map(|(question, answer)| ((*question).into(), Answer::One((*answer).into())));
            let filed = Filed {
                session: SessionId(derive_id(&["filed"])),
                kind: kind.into(),
                reference: String::new(),
                form: FormRef { id: kind.into(), hash: "".into() },
                answers: answers.collect(),
                locale: Locale::parse("en").unwrap(),
            };
            assert_eq!(anonymous(&filed), expected, "{kind} {answers:?}", answers = filed.answers);
        }
        check("complaint", &[("about", "delay"), ("contact", "anonymous")], true);
        check("complaint", &[("about", "delay"), ("contact", "yes")], false);
        check("complaint", &[("about", "yes")], true);
        check("suggestion", &[], false);
    }

    #[test]
    fn the_shipped_form_asks_for_what_is_read_here() {
        let form = include_str!("../../forms/complaint.md");
        let (question, choice) = CONTACT;
        assert!(
            form.contains(&format!("| {question} |"))
                && form.contains(&format!("| may_contact | {choice} |"))
        );
    }
}
