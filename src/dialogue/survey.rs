//! The satisfaction survey inside the conversation: asked when nothing else is, left at any time.

use super::event::{Effect, Timer};
use super::turn::Turn;
use super::{Purpose, Stage};
use super::{drafts, intake, session, sign};
use crate::form::{Answer, Play, QuestionId};
use crate::locale::Args;
use crate::message::{self, CaseId, SessionId};

/// The form that is asked.
const FORM: &str = "satisfaction";

/// The survey about a case may be asked now, if nothing else is being asked.
pub(super) fn due(turn: &mut Turn<'_>, case: CaseId) {
    if turn.conv.stopped || turn.conv.consent.is_none() {
        return;
    }
    // Who paused was told that whatever they write leads back to their question.
    let away = matches!(turn.conv.stage, Stage::Language | Stage::Paused);
    let busy = turn.conv.session.is_some() && !crate::mutant::is("survey_over_intake");
    if busy || away || !turn.is_ours() {
        let later = turn.env.at.now.plus(drafts::NOT_NOW);
        return turn.out.push(Effect::Arm(Timer::Survey(case), later));
    }
    turn.purpose = message::Purpose::Survey;
    open(turn, Some(case), "survey-intro");
}

/// Somebody wants to rate us now: about the case served last, if there is one.
pub(super) fn on_demand(turn: &mut Turn<'_>) {
    let case = turn
        .conv
        .cases
        .iter()
        .rev()
        .find(|line| line.served || &*line.status == "delivered")
        .map(|line| line.case);
    open(turn, case, "survey-welcome");
}

fn open(turn: &mut Turn<'_>, case: Option<CaseId>, intro: &str) {
    let Some(form) = turn.env.shelf.current(FORM).cloned() else {
        if turn.purpose == message::Purpose::Reply {
            turn.tell("form-gone", &Args::none());
            super::step::chosen_page(turn, Stage::Menu);
        }
        return;
    };
    let purpose = Purpose::Survey { case };
    if let Some(begun) = turn.conv.parked.iter().find(|s| s.purpose == purpose).map(|s| s.id) {
        return drafts::resume(turn, Some(begun));
    }
    session::open(turn, &form, purpose, Default::default());
    turn.tell(intro, &Args::none());
    intake::go_on(turn);
}

/// Enough: what was answered counts as it is.
pub(super) fn stop(turn: &mut Turn<'_>) {
    end(turn, false);
}

/// The last question was passed, or the person stopped.
pub(super) fn end(turn: &mut Turn<'_>, complete: bool) {
    let Some(session) = session::close(turn) else { return };
    report(turn, &session, complete);
    sign::ended(turn, if complete { "survey-thanks" } else { "survey-stopped" }, &Args::none());
}

/// The window is over: what was answered counts as it is, and nothing is said.
pub(super) fn lapse(turn: &mut Turn<'_>, id: SessionId) {
    let known = turn.conv.session.iter().chain(&turn.conv.parked);
    let is_it = known.into_iter().any(|s| s.id == id && matches!(s.purpose, Purpose::Survey { .. }));
    if !is_it {
        return;
    }
    if let Some(session) = session::remove(turn, id) {
        report(turn, &session, false);
    }
    if turn.conv.stage == Stage::Paused {
        turn.conv.stage = Stage::Menu;
    }
}

fn report(turn: &mut Turn<'_>, session: &super::Session, complete: bool) {
    let answers: Vec<(QuestionId, Answer)> = match turn.form(&session.form) {
        Some(form) => Play::new(form, &session.answers, turn.env.at).submission(),
        None => session.answers.clone().into_iter().collect(),
    };
    let case = match session.purpose {
        Purpose::Survey { case } => case,
        _ => None,
    };
    turn.out.push(Effect::Surveyed {
        session: session.id,
        case,
        form: session.form.clone(),
        answers,
        complete,
    });
}
