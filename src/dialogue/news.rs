//! News about a request, as a notice: its first line tells nothing to whoever looks at the screen.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::event::{CaseNews, Effect, Missing, News, Timer};
use super::turn::Turn;
use super::{Purpose, Session, Stage, State};
use super::{ask, mine, session, step};
use crate::form::{Answer, Answers, FormRef, Play, Question};
use crate::locale::Args;
use crate::message::{self, CaseId};

/// Tells the news, keeps the list of requests true, and leaves a running form where it is.
pub(super) fn tell(turn: &mut Turn<'_>, news: &CaseNews) {
    turn.purpose = message::Purpose::Notice;
    let was = keep(turn, news);
    let known = matches!(news.news, News::Withdrawn) && was.as_deref() == Some("withdrawn");
    let Some((key, args)) = words(turn, news).filter(|_| !known) else { return };
    let reference = news.reference.clone();
    turn.tell("news", &Args::none().text("reference", reference.clone()));
    turn.tell(key, &args);
    match &news.news {
        News::Returned { form, service, answers, missing, .. } => {
            let opened = returned(turn, news.case, (form, service), answers, missing);
            if opened {
                return;
            }
        }
        News::Delivered { survey_at } => turn.out.push(Effect::Arm(Timer::Survey(news.case), *survey_at)),
        News::Withdrawn | News::Closed | News::Lapsed => mine::drop_completions(turn, news.case),
        _ => {}
    }
    close(turn, key);
}

/// After the news: the question that waits, in one line; else the ways on.
fn close(turn: &mut Turn<'_>, key: &str) {
    if turn.conv.session.is_some() && turn.is_ours() {
        turn.tell("we-were-at", &Args::none());
        return step::present(turn);
    }
    let buttons = [("status", "menu-status"), ("human", "menu-human"), ("menu", "menu-menu")];
    // While a human owns the conversation buttons do nothing, so none is drawn.
    let shown = buttons.iter().filter(|_| turn.is_ours());
    let offers: Vec<_> = shown.map(|(code, label)| turn.anywhere(code, label)).collect();
    turn.say(key, String::new(), &offers, None);
}

/// Updates the person's list; the status before.
fn keep(turn: &mut Turn<'_>, news: &CaseNews) -> Option<Box<str>> {
    let line = turn.conv.cases.iter_mut().find(|line| line.case == news.case)?;
    match news.news {
        News::WithCommittee { answer_from } => line.answer_from = answer_from,
        News::Delivered { .. } => line.served = true,
        _ => {}
    }
    Some(std::mem::replace(&mut line.status, news.status.clone()))
}

/// The message that tells the news; `None` when there is nothing to tell.
fn words(turn: &Turn<'_>, news: &CaseNews) -> Option<(&'static str, Args<'static>)> {
    let args = Args::none().text("link", (turn.env.status_link)(news.case));
    let day = |day: NaiveDate| turn.env.words.day(turn.locale(), day);
    let today = turn.env.at.today();
    Some(match &news.news {
        News::Standing => return None,
        News::Appealed => ("news-appealed", args),
        News::Returned { until, .. } => ("news-returned", args.text("until", day(*until))),
        News::Checked => ("news-checked", args),
        News::WithCommittee { answer_from } if *answer_from > today => {
            ("news-with-committee", args.text("from", day(*answer_from)))
        }
        // A second look, or a late completion: the first day has passed.
        News::WithCommittee { .. } => ("news-with-committee-again", args),
        News::Accepted { reason } => {
            ("news-accepted", args.text("reason", reason.clone()).text("day", day(today)))
        }
        News::Rejected { reason, until } => {
            let args = args.text("reason", reason.clone()).text("day", day(today));
            ("news-rejected", args.text("until", day(*until)))
        }
        News::Registered => ("news-registered", args),
        News::Delivered { .. } => ("news-delivered", args.text("day", day(today))),
        News::Closed => ("news-closed", args),
        News::Lapsed => ("news-lapsed", args),
        News::Withdrawn => ("news-withdrawn", args),
    })
}

/// What is missing, with the officer's reasons; then its questions, now or after what runs. Whether they are put now.
fn returned(
    turn: &mut Turn<'_>,
    case: CaseId,
    (reference, service): (&FormRef, &str),
    answers: &Answers,
    missing: &[Missing],
) -> bool {
    mine::drop_completions(turn, case);
    let Some(form) = turn.form(reference) else {
        let reasons = missing.iter().map(|m| m.reason.clone()).collect::<Vec<_>>().join("\n");
        turn.tell_text(reasons);
        turn.tell("news-returned-human", &Args::none());
        return false;
    };
    let play = Play::new(form, answers, turn.env.at);
    let line = |m: &Missing| {
        let label = form.question(&m.question).map(|q| play.label(q, turn.locale())).unwrap_or_default();
        turn.words("missing-line", &Args::none().text("label", label).text("reason", m.reason.clone()))
    };
    let lines = missing.iter().map(line).collect::<Vec<_>>().join("\n");
    turn.tell_text(lines);
    let mut kept = answers.clone();
    let asked = missing.iter().filter(|m| form.question(&m.question).is_some_and(ask::takes_answer));
    let reasons: BTreeMap<_, _> = asked.map(|m| (m.question.clone(), m.reason.clone())).collect();
    // What was handed in has no trace of what was left out: it stays left out, unless it is what is missing now.
    let left_out = |q: &&Question| {
        ask::takes_answer(q) && !q.required && !answers.contains_key(&q.id) && play.relevant(q)
    };
    kept.extend(form.questions.iter().filter(left_out).map(|q| (q.id.clone(), Answer::Skipped)));
    kept.retain(|id, _| !reasons.contains_key(id));
    let purpose = Purpose::Completion { case, service: service.into() };
    let mut session = session::begin(turn, form, purpose, kept);
    session.again = reasons.keys().cloned().collect();
    session.reasons = reasons;
    place(turn, session)
}

/// Makes it the present session when nothing else is going on; else it waits.
fn place(turn: &mut Turn<'_>, session: Session) -> bool {
    let beginning = turn.conv.consent.is_none() || turn.conv.stage == Stage::Language;
    if turn.conv.session.is_some() || beginning {
        turn.conv.parked.push(session);
        turn.tell("news-returned-later", &Args::none());
        return false;
    }
    let asking = matches!(session.state, State::Asking(_));
    turn.conv.session = Some(session);
    turn.conv.stage = Stage::Menu;
    if !turn.is_ours() {
        turn.tell("news-returned-later", &Args::none());
        return false;
    }
    if asking {
        super::intake::ask(turn, super::intake::Manner::Fresh)
    } else {
        step::present(turn)
    }
    true
}
