//! A form's questions, one at a time: asked, answered, missed, gone back to.

use std::sync::Arc;

use super::ask;
pub(super) use super::ask::Manner;
use super::event::Reason;
use super::offer::Offers;
use super::read::{Read, read};
use super::steer::Steer;
use super::turn::Turn;
use super::{Purpose, Session, State};
use super::{handover, review, session, sign, survey};
use crate::form::{Answer, Form, Kind, Misfit, Paper, Play, Question};
use crate::locale::Args;
use crate::message::{Body, MediaRef};

/// The buttons of the question a session stands at.
pub(super) fn offers(turn: &Turn<'_>, session: &Session, question: &str) -> Offers {
    let form = turn.form(&session.form);
    let found = form.as_ref().and_then(|form| Some((form, form.question(question)?)));
    found.map_or_else(Offers::default, |(form, question)| ask::offers(turn, session, form, question))
}

/// Puts the question the session stands at.
pub(super) fn ask(turn: &mut Turn<'_>, manner: Manner) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let Some(question) = ask::present_question(session).and_then(|id| form.question(id)) else {
        return session::lost(turn);
    };
    let offers = ask::offers(turn, session, &form, question);
    let text = ask::words(turn, session, &form, question, manner);
    let expects = ask::expects(question, &offers);
    turn.say(&format!("question:{}", question.id), text, &offers.list, Some(expects));
}

/// Something was sent while this question waits.
pub(super) fn answer(turn: &mut Turn<'_>, id: &str, body: &Body, offers: &Offers) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let Some(question) = form.question(id) else { return session::lost(turn) };
    if let Body::Unsupported(_) = body {
        turn.tell("unsupported", &Args::none());
        return ask(turn, Manner::Again);
    }
    if let Body::Media(media) = body
        && let Some(paper) = paper_before(turn, &form, question)
    {
        return replace_paper(turn, &form, paper, question, media);
    }
    match read(turn, question, body, offers) {
        Read::Extra(code) => extra(turn, &form, question, &code),
        Read::OldButton => {
            turn.tell("old-button", &Args::none());
            ask(turn, Manner::Again);
        }
        Read::Misfit(misfit) => missed(turn, &form, question, &misfit, turn.away),
        Read::Answer(given) => match judge(turn, &form, question, &given) {
            Ok(()) => accept(turn, &form, question, given, body),
            Err(misfit) => missed(turn, &form, question, &misfit, turn.away),
        },
    }
}

fn judge(turn: &Turn<'_>, form: &Form, question: &Question, given: &Answer) -> Result<(), Misfit> {
    let Some(session) = &turn.conv.session else { return Ok(()) };
    Play::new(form, &session.answers, turn.env.at).check(question, given)
}

/// The paper whose last day is asked: the one right before, on which the question hangs.
fn paper_before<'f>(turn: &Turn<'_>, form: &'f Form, question: &Question) -> Option<&'f Question> {
    let session = turn.conv.session.as_ref()?;
    let before = Play::new(form, &session.answers, turn.env.at).before(&question.id)?.id.clone();
    let hangs = question.relevant.as_ref()?.reads().contains(&&*before);
    let paper = form.question(&before).filter(|q| matches!(q.kind, Kind::Document { .. }))?;
    (question.kind == Kind::Date && hangs).then_some(paper)
}

/// Another paper was sent where the last day of one is asked: it takes that one's place, and its day is asked.
fn replace_paper(turn: &mut Turn<'_>, form: &Arc<Form>, paper: &Question, day: &Question, media: &MediaRef) {
    let given = Answer::Document(Paper { media: media.clone() });
    if let Err(misfit) = judge(turn, form, paper, &given) {
        return missed(turn, form, paper, &misfit, false);
    }
    echo(turn, form, paper, &given, &Body::Media(media.clone()));
    if let Some(session) = &mut turn.conv.session {
        session.reasons.remove(&paper.id);
        session.again.remove(&paper.id);
        session.answers.insert(paper.id.clone(), given);
        session.answers.remove(&day.id);
    }
    session::stand(turn, State::Asking(day.id.clone()));
    ask(turn, Manner::Again);
}

/// Keeps a good answer, and goes on.
fn accept(turn: &mut Turn<'_>, form: &Arc<Form>, question: &Question, given: Answer, body: &Body) {
    echo(turn, form, question, &given, body);
    let Some(session) = &mut turn.conv.session else { return };
    session.misses = 0;
    session.again.remove(&question.id);
    session.reasons.remove(&question.id);
    session.answers.insert(question.id.clone(), given);
    let upset = Play::new(form, &session.answers, turn.env.at).upset_by(&question.id);
    if !upset.is_empty() {
        session::ask_again(turn, form, upset, "upset");
    }
    go_on(turn);
}

/// Says how an answer was understood where that may differ from what was typed, and that a paper has come.
fn echo(turn: &mut Turn<'_>, form: &Form, question: &Question, given: &Answer, body: &Body) {
    let typed_choice = matches!(
        (body, &question.kind),
        (Body::Text(_), Kind::SelectOne { .. } | Kind::SelectMultiple { .. })
    );
    let key = match given {
        Answer::Document(_) => "received",
        Answer::Date(_) | Answer::Phone(_) => "noted",
        _ if typed_choice => "noted",
        _ => return,
    };
    let Some(session) = &turn.conv.session else { return };
    let play = Play::new(form, &session.answers, turn.env.at);
    let value = ask::shown(turn, &play, question, given);
    turn.tell(key, &Args::none().text("value", value));
}

/// To the next question without an answer; at the end, to what comes after this form.
pub(super) fn go_on(turn: &mut Turn<'_>) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let next = Play::new(&form, &session.answers, turn.env.at).next().map(|question| question.id.clone());
    if let Some(next) = next {
        session::stand(turn, State::Asking(next));
        return ask(turn, Manner::Fresh);
    }
    match session.purpose {
        Purpose::Survey { .. } => survey::end(turn, true),
        Purpose::Suggestion | Purpose::Complaint => sign::file(turn),
        Purpose::Request { .. } | Purpose::Completion { .. } => {
            if !went_stale(turn, &form) {
                session::stand(turn, State::Review);
                review::show(turn);
            }
        }
    }
}

/// Answers that stood when they were given and stand no longer (a paper that ran out meanwhile) are asked again;
/// whether there were any.
pub(super) fn went_stale(turn: &mut Turn<'_>, form: &Arc<Form>) -> bool {
    let Some(session) = &turn.conv.session else { return false };
    let play = Play::new(form, &session.answers, turn.env.at);
    let stale = |q: &&Question| {
        ask::takes_answer(q)
            && play.relevant(q)
            && session.answers.get(&q.id).is_some_and(|answer| play.check(q, answer).is_err())
    };
    let stale: Vec<_> = form.questions.iter().filter(stale).map(|q| q.id.clone()).collect();
    let Some(first) = stale.first().cloned() else { return false };
    session::ask_again(turn, form, stale, "stale");
    session::stand(turn, State::Asking(first));
    ask(turn, Manner::Fresh);
    true
}

/// Says what was expected, asks again, and after several misses offers a person. After a long absence the words may
/// not have been meant for the question: then it is only said where we were.
fn missed(turn: &mut Turn<'_>, form: &Form, question: &Question, misfit: &Misfit, away: bool) {
    if away {
        return session::recap(turn);
    }
    let text = expected(turn, form, question, misfit);
    turn.tell_text(text);
    let most = turn.env.policy.misses;
    if let Some(session) = &mut turn.conv.session {
        session.misses = session.misses.saturating_add(1);
        if session.misses >= most {
            turn.tell("offer-human", &Args::none());
        }
    }
    ask(turn, Manner::Again);
}

/// The sentence for a misfit; the author's own words come first.
fn expected(turn: &Turn<'_>, form: &Form, question: &Question, misfit: &Misfit) -> String {
    let own =
        |labels: &crate::form::Labels| labels.get(turn.locale(), &form.default_locale).map(str::to_owned);
    let say = |key: &str| turn.words(key, &Args::none());
    let number = |value: f64| Args::none().number("max", value);
    match misfit {
        Misfit::Required(labels) => {
            own(labels).or_else(|| own(&question.required_message)).unwrap_or_else(|| say("misfit-required"))
        }
        Misfit::Constraint(labels) => own(labels).unwrap_or_else(|| say("misfit-constraint")),
        Misfit::NotANumber => say("misfit-number"),
        Misfit::NotAWholeNumber => say("misfit-whole-number"),
        Misfit::OutOfRange { start, end } => {
            turn.words("misfit-range", &Args::none().number("start", *start).number("end", *end))
        }
        Misfit::NotADate => say("misfit-date"),
        Misfit::NotAPhone => say("misfit-phone"),
        Misfit::NotAnEmail => say("misfit-email"),
        Misfit::NotAChoice => say("misfit-choice"),
        Misfit::Ambiguous(codes) => {
            let list = turn
                .env
                .words
                .list(turn.locale(), &codes.iter().map(|code| offered(turn, code)).collect::<Vec<_>>());
            turn.words("misfit-ambiguous", &Args::none().text("choices", list))
        }
        Misfit::TooLong(most) => turn.words("misfit-too-long", &number(*most as f64)),
        Misfit::WrongType(_) => match question.kind {
            Kind::Document { images_only: true } => say("misfit-not-an-image"),
            _ => say("misfit-type"),
        },
        Misfit::OtherKind => match question.kind {
            Kind::Document { .. } => say("misfit-want-file"),
            Kind::Place => say("misfit-want-place"),
            Kind::Date => say("misfit-date"),
            Kind::Integer => say("misfit-whole-number"),
            Kind::Decimal => say("misfit-number"),
            Kind::Phone => say("misfit-phone"),
            Kind::Email => say("misfit-email"),
            Kind::SelectOne { .. } | Kind::SelectMultiple { .. } | Kind::Range { .. } | Kind::Acknowledge => {
                say("misfit-choice")
            }
            _ => say("misfit-want-words"),
        },
    }
}

fn offered(turn: &Turn<'_>, code: &str) -> String {
    let session = turn.conv.session.as_ref();
    let offers = session.and_then(|s| Some(offers(turn, s, ask::present_question(s)?)));
    offers.and_then(|o| o.by_code(code).map(|offer| offer.label.clone())).unwrap_or_else(|| code.to_owned())
}

/// A button beside the choices.
fn extra(turn: &mut Turn<'_>, form: &Arc<Form>, question: &Question, code: &str) {
    match code {
        "#skip" => skip(turn, form, question),
        "#keep" => {
            let Some(session) = &turn.conv.session else { return };
            let play = Play::new(form, &session.answers, turn.env.at);
            let Some(kept) = ask::present_answer(&play, session, question) else {
                return ask(turn, Manner::Again);
            };
            match judge(turn, form, question, &kept) {
                Ok(()) => accept(turn, form, question, kept, &Body::Choices(Vec::new())),
                Err(misfit) => missed(turn, form, question, &misfit, false),
            }
        }
        "#stop" => survey::stop(turn),
        "#human" => {
            session::clear_misses(turn);
            handover::refer(turn, Reason::Stuck);
        }
        _ => ask(turn, Manner::Again),
    }
}

fn skip(turn: &mut Turn<'_>, form: &Arc<Form>, question: &Question) {
    if question.required {
        let text = expected(turn, form, question, &Misfit::Required(Default::default()));
        turn.tell_text(text);
        turn.tell("cannot-skip", &Args::none());
        return ask(turn, Manner::Again);
    }
    accept(turn, form, question, Answer::Skipped, &Body::Choices(Vec::new()));
}

/// Back, skip, help, change at a question.
pub(super) fn steer(turn: &mut Turn<'_>, steer: Steer, id: &str, editing: bool) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let Some(question) = form.question(id) else { return session::lost(turn) };
    let before = Play::new(&form, &session.answers, turn.env.at).before(id).map(|q| q.id.clone());
    match steer {
        Steer::Back | Steer::Change if editing => {
            session::stand(turn, State::Review);
            review::show(turn);
        }
        Steer::Back | Steer::Change => match before {
            Some(before) => {
                if crate::mutant::is("back_skips")
                    && let Some(session) = &mut turn.conv.session
                {
                    session.answers.entry(question.id.clone()).or_insert(Answer::Skipped);
                }
                session::stand(turn, State::Asking(before));
                ask(turn, Manner::Fresh);
            }
            None => {
                turn.tell("back-first", &Args::none());
                ask(turn, Manner::Again);
            }
        },
        Steer::Skip => skip(turn, &form, question),
        Steer::Help => {
            turn.tell("help-question", &Args::none());
            ask(turn, Manner::Again);
        }
        _ => ask(turn, Manner::Again),
    }
}
