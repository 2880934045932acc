//! A session's life: opened, touched, put aside, taken up, closed; and the timers that go with it.

use super::event::{Effect, Timer};
use super::step::present;
use super::turn::Turn;
use super::{Purpose, Session, Stage, State};
use crate::form::{Answers, Form, Play, QuestionId};
use crate::locale::Args;
use crate::message::SessionId;

impl Purpose {
    /// The end of message keys that differ by purpose.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Purpose::Request { .. } => "request",
            Purpose::Completion { .. } => "completion",
            Purpose::Survey { .. } => "survey",
            Purpose::Suggestion => "suggestion",
            Purpose::Complaint => "complaint",
        }
    }
    /// The service's code, if it is about one.
    pub(super) fn service(&self) -> &str {
        match self {
            Purpose::Request { service } | Purpose::Completion { service, .. } => service,
            _ => "",
        }
    }
}

/// A session that begins with this event.
pub(super) fn begin(turn: &mut Turn<'_>, form: &Form, purpose: Purpose, answers: Answers) -> Session {
    let now = turn.env.at.now;
    let first = Play::new(form, &answers, turn.env.at).next().map(|question| question.id.clone());
    turn.out.push(Effect::Pin(form.reference()));
    let mut session = Session {
        id: SessionId(turn.env.event.0),
        form: form.reference(),
        purpose,
        state: first.map_or(State::Review, State::Asking),
        answers,
        misses: 0,
        again: Default::default(),
        reasons: Default::default(),
        started_at: now,
        touched_at: now,
        armed: false,
    };
    if matches!(session.purpose, Purpose::Survey { .. }) {
        let over = now.plus_days(turn.env.policy.survey_window_days);
        turn.out.push(Effect::Arm(Timer::SurveyLapse(session.id), over));
    }
    arm(turn, &mut session);
    session
}

/// Begins a session and makes it the present one.
pub(super) fn open(turn: &mut Turn<'_>, form: &Form, purpose: Purpose, answers: Answers) {
    let session = begin(turn, form, purpose, answers);
    turn.conv.session = Some(session);
    turn.conv.stage = Stage::Menu;
}

/// The person did something in the present session: its clocks count from now.
pub(super) fn touch(turn: &mut Turn<'_>) {
    let now = turn.env.at.now;
    if let Some(mut session) = turn.conv.session.take() {
        session.touched_at = now;
        arm(turn, &mut session);
        turn.conv.session = Some(session);
    }
}

/// Arms what reminds of a session and what lets it lapse, unless they are.
fn arm(turn: &mut Turn<'_>, session: &mut Session) {
    if std::mem::replace(&mut session.armed, true) {
        return;
    }
    let policy = turn.env.policy;
    let (remind, lapse) = timers(session);
    for (timer, days) in [(remind, policy.draft_reminder_days), (lapse, policy.draft_days)] {
        if let Some(timer) = timer {
            turn.out.push(Effect::Arm(timer, session.touched_at.plus_days(days)));
        }
    }
}

/// A request is a draft: reminded of, then given up. A completion is reminded of; its papers belong to the case, whose
/// own clock ends it. An opinion nobody waits for is given up without a word before.
fn timers(session: &Session) -> (Option<Timer>, Option<Timer>) {
    let (remind, lapse) = (Timer::DraftReminder(session.id), Timer::DraftLapse(session.id));
    match session.purpose {
        Purpose::Request { .. } => (Some(remind), Some(lapse)),
        Purpose::Completion { .. } => (Some(remind), None),
        Purpose::Suggestion | Purpose::Complaint => (None, Some(lapse)),
        Purpose::Survey { .. } => (None, None),
    }
}

/// Forgets a session's timers.
pub(super) fn disarm(turn: &mut Turn<'_>, session: &Session) {
    let (remind, lapse) = timers(session);
    let survey = matches!(session.purpose, Purpose::Survey { .. }).then_some(Timer::SurveyLapse(session.id));
    turn.out.extend([remind, lapse, survey].into_iter().flatten().map(Effect::Disarm));
}

/// Takes the present session away for good.
pub(super) fn close(turn: &mut Turn<'_>) -> Option<Session> {
    let session = turn.conv.session.take()?;
    disarm(turn, &session);
    turn.conv.stage = Stage::Menu;
    Some(session)
}

/// Takes a session out, wherever it is.
pub(super) fn remove(turn: &mut Turn<'_>, id: SessionId) -> Option<Session> {
    let session = if turn.conv.session.as_ref().is_some_and(|s| s.id == id) {
        turn.conv.session.take()
    } else {
        let place = turn.conv.parked.iter().position(|s| s.id == id)?;
        Some(turn.conv.parked.remove(place))
    }?;
    disarm(turn, &session);
    Some(session)
}

/// Puts the present session aside.
pub(super) fn park(turn: &mut Turn<'_>) {
    if let Some(session) = turn.conv.session.take() {
        turn.conv.parked.push(session);
    }
}

/// Makes a parked session (or the one put aside last) the present one; whether there was one.
pub(super) fn take_up(turn: &mut Turn<'_>, id: Option<SessionId>) -> bool {
    let place = match id {
        Some(id) => turn.conv.parked.iter().position(|s| s.id == id),
        None => turn.conv.parked.len().checked_sub(1),
    };
    let Some(place) = place else { return false };
    let session = turn.conv.parked.remove(place);
    park(turn);
    turn.conv.session = Some(session);
    turn.conv.stage = Stage::Menu;
    touch(turn);
    true
}

/// Where the present session stands from now on.
pub(super) fn stand(turn: &mut Turn<'_>, state: State) {
    if let Some(session) = &mut turn.conv.session {
        session.state = state;
        session.misses = 0;
    }
}

/// Whether a survey is being asked.
pub(super) fn is_survey(turn: &Turn<'_>) -> bool {
    turn.conv.session.as_ref().is_some_and(|s| matches!(s.purpose, Purpose::Survey { .. }))
}

/// One line: what we were doing and how far it came. Then the question.
pub(super) fn recap(turn: &mut Turn<'_>) {
    tell_recap(turn);
    present(turn);
}

/// The line alone, before what is said next.
pub(super) fn tell_recap(turn: &mut Turn<'_>) {
    if let Some(session) = &turn.conv.session
        && turn.conv.stage != Stage::Language
    {
        let (done, all) = match &session.purpose {
            Purpose::Completion { .. } => sent(session),
            _ => turn
                .form(&session.form)
                .map(|f| Play::new(f, &session.answers, turn.env.at).progress())
                .unwrap_or_default(),
        };
        let args = Args::none()
            .text("service", turn.service(session.purpose.service()))
            .number("done", done as f64)
            .number("all", all as f64);
        let key = format!("recap-{}", session.purpose.key());
        turn.tell(&key, &args);
    }
}

/// Of what a completion asks for: (there again, in all).
pub(super) fn sent(session: &Session) -> (usize, usize) {
    let there = session.again.iter().filter(|id| session.answers.contains_key(*id));
    (there.count(), session.again.len())
}

/// After a session ended: a completion that waited for it comes now; whether one did.
pub(super) fn next_waiting(turn: &mut Turn<'_>) -> bool {
    let waits = |s: &Session| matches!(s.purpose, Purpose::Completion { .. });
    let Some(id) = turn.conv.parked.iter().find(|s| waits(s)).map(|s| s.id) else { return false };
    take_up(turn, Some(id))
}

/// The form of the present session is not at hand (a shelf that lost it): the session waits until it is again.
pub(super) fn lost(turn: &mut Turn<'_>) {
    park(turn);
    turn.conv.stage = Stage::Menu;
    turn.tell("form-gone", &Args::none());
    present(turn);
}

/// Removes answers that are to be given anew, and says so.
pub(super) fn ask_again(turn: &mut Turn<'_>, form: &Form, upset: Vec<QuestionId>, key: &str) {
    let Some(session) = &mut turn.conv.session else { return };
    for id in &upset {
        session.answers.remove(id);
        session.again.insert(id.clone());
    }
    let answers = session.answers.clone();
    let play = Play::new(form, &answers, turn.env.at);
    let shown = |id: &QuestionId| form.question(id).map(|question| play.label(question, turn.locale()));
    let labels: Vec<_> = upset.iter().filter_map(shown).collect();
    let list = labels.join("\n");
    turn.tell(key, &Args::none().text("questions", list));
}

/// One miss more; after several of them it is said that a person can be reached.
pub(super) fn count_miss(turn: &mut Turn<'_>) {
    let most = turn.env.policy.misses;
    let Some(session) = &mut turn.conv.session else { return };
    session.misses = session.misses.saturating_add(1);
    if session.misses >= most {
        turn.tell("offer-human", &Args::none());
    }
}
