//! What is put aside: pause, return, reminder, lapse.

use chrono::{Duration, NaiveDate};

use super::event::{Effect, Timer};
use super::session;
use super::step::{chosen_page, present};
use super::turn::Turn;
use super::{Session, Stage};
use crate::locale::Args;
use crate::message::{Expects, ExpectsKind, Purpose, SessionId};
use crate::time::Timestamp;

/// How long a timer waits when it comes at a bad moment.
pub(super) const NOT_NOW: Duration = Duration::hours(6);

/// Whether the person did nothing in the present session for so long that words may not be meant for it.
pub(super) fn left_alone(turn: &Turn<'_>) -> bool {
    turn.conv.session.as_ref().is_some_and(|s| turn.env.at.now.since(s.touched_at) > NOT_NOW)
}

/// The clock of a session counts from here: of a draft from its last touch, of a completion from its beginning, for
/// its request does not wait longer because somebody looked at it.
fn since(session: &Session) -> Timestamp {
    if matches!(session.purpose, super::Purpose::Completion { .. }) {
        session.started_at
    } else {
        session.touched_at
    }
}

/// Until when a session is kept. Of a completion it is the last whole day, the one that was told when it was asked for.
fn until(turn: &Turn<'_>, session: &Session) -> NaiveDate {
    let end = since(session).plus_days(turn.env.policy.draft_days).date_in(turn.env.at.zone);
    match session.purpose {
        super::Purpose::Completion { .. } => end.pred_opt().unwrap_or(end),
        _ => end,
    }
}

/// Puts the present session aside on the way to another page, and says that nothing is lost.
pub(super) fn put_aside(turn: &mut Turn<'_>) {
    if turn.conv.session.is_some() {
        session::park(turn);
        turn.tell("put-aside", &Args::none());
    }
}

/// The person wants to go on later: until when it is kept, in both calendars.
pub(super) fn pause(turn: &mut Turn<'_>) {
    let Some(session) = &turn.conv.session else { return present(turn) };
    let (key, until) = (format!("paused-{}", session.purpose.key()), until(turn, session));
    session::park(turn);
    turn.conv.stage = Stage::Paused;
    let days = turn.env.policy.draft_days;
    let args =
        Args::none().number("days", f64::from(days)).text("until", turn.env.words.day(turn.locale(), until));
    let offers = super::menu::paused_offers(turn);
    turn.offer(&key, &args, "menu", &offers.list);
}

/// Goes on with a session: the present one, that one, or the one put aside last; else the menu.
pub(super) fn resume(turn: &mut Turn<'_>, id: Option<SessionId>) {
    let present_one = turn.conv.session.as_ref().map(|s| s.id);
    let already = present_one.is_some() && (id.is_none() || id == present_one);
    if already || session::take_up(turn, id) {
        return session::recap(turn);
    }
    if present_one.is_none() {
        turn.tell("nothing-waits", &Args::none());
        return chosen_page(turn, Stage::Menu);
    }
    present(turn);
}

fn find<'c>(turn: &'c mut Turn<'_>, id: SessionId) -> Option<&'c mut Session> {
    turn.conv.session.iter_mut().chain(&mut turn.conv.parked).find(|s| s.id == id)
}

/// Arms a timer again that cannot do its work now: a person has the conversation, or it came before the session was
/// left alone for so many days. Whether it did.
fn not_yet(turn: &mut Turn<'_>, timer: Timer, since: Timestamp, days: u32) -> bool {
    let (now, due) = (turn.env.at.now, since.plus_days(days));
    let later = if now < due { Some(due) } else { (!turn.is_ours()).then(|| now.plus(NOT_NOW)) };
    turn.out.extend(later.map(|later| Effect::Arm(timer, later)));
    later.is_some()
}

/// The draft lapses soon.
pub(super) fn remind(turn: &mut Turn<'_>, id: SessionId) {
    let Some(since) = find(turn, id).map(|session| since(session)) else { return };
    let days = turn.env.policy.draft_reminder_days;
    if not_yet(turn, Timer::DraftReminder(id), since, days) {
        return;
    }
    let Some(session) = find(turn, id) else { return };
    session.armed = false;
    let session = session.clone();
    if turn.conv.stopped && !crate::mutant::is("stop_ignored") {
        return;
    }
    let key = format!("reminder-{}", session.purpose.key());
    let args = Args::none()
        .text("service", turn.service(session.purpose.service()))
        .text("until", turn.env.words.day(turn.locale(), until(turn, &session)));
    turn.purpose = Purpose::Reminder;
    let offers = [turn.resuming(id, turn.label("menu-continue"))];
    let expects = Expects { question: "menu".into(), kind: ExpectsKind::Choice, required: true };
    let text = turn.words(&key, &args);
    turn.say(&key, text, &offers, Some(expects));
}

/// The draft lapses: it and its papers are deleted.
pub(super) fn lapse(turn: &mut Turn<'_>, id: SessionId) {
    let Some(since) = find(turn, id).map(|session| since(session)) else { return };
    let days = turn.env.policy.draft_days;
    if not_yet(turn, Timer::DraftLapse(id), since, days) {
        return;
    }
    let Some(session) = session::remove(turn, id) else { return };
    turn.out.push(Effect::Discard(id));
    if turn.conv.stage == Stage::Paused {
        turn.conv.stage = Stage::Menu;
    }
    if turn.conv.stopped {
        return;
    }
    turn.purpose = Purpose::Reminder;
    let args = Args::none().text("service", turn.service(session.purpose.service()));
    let offers = [turn.anywhere("menu", "menu-menu")];
    turn.offer(&format!("lapsed-{}", session.purpose.key()), &args, "menu", &offers);
}
