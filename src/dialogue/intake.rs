//! A form's questions, one at a time: asked, answered, missed, gone back to.

use std::borrow::Cow;

use super::ask;
pub(super) use super::ask::Manner;
use super::offer::Offers;
use super::read::{Read, read};
use super::steer::Steer;
use super::turn::Turn;
use super::{Purpose, Session, State};
use super::{gate, handover, review, session, sign, survey};
use crate::form::{Answer, Form, Kind, Misfit, Moment, Paper, Play, Question, QuestionId};
use crate::locale::Args;
use crate::message::{Body, MediaRef};

/// The buttons of the question a session stands at.
pub(super) fn offers<'a>(turn: &Turn<'a>, session: &Session, question: &str) -> Offers<'a> {
    let form = turn.form(&session.form);
    let found = form.and_then(|form| Some((form, form.question(question)?)));
    found.map_or_else(Offers::default, |(form, question)| {
        ask::offers(turn, session, &Play::new(form, &session.answers, turn.env.at), question)
    })
}

/// Puts the question the session stands at.
pub(super) fn ask(turn: &mut Turn<'_>, manner: Manner) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let Some(question) = ask::present_question(session).and_then(|id| form.question(id)) else {
        return session::lost(turn);
    };
    let play = Play::new(form, &session.answers, turn.env.at);
    ask::Put::of(turn, session, &play, question, manner).say(turn);
}

/// Something was sent while this question waits.
pub(super) fn answer(turn: &mut Turn<'_>, id: &str, body: &Body, offers: &Offers<'_>) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let Some(question) = form.question(id) else { return session::lost(turn) };
    if let Body::Unsupported(_) = body {
        turn.tell("unsupported", &Args::none());
        return ask(turn, Manner::Again);
    }
    if gate::is_gated(turn, question) {
        return gate::answer(turn, form, question, body, offers);
    }
    if let Body::Media(media) = body
        && let Some(paper) = paper_before(session, form, question, turn.env.at)
    {
        if gate::is_gated(turn, paper) {
            gate::tell_not_here(turn);
            return ask(turn, Manner::Again);
        }
        return replace_paper(turn, form, paper, question, media);
    }
    if greets(turn, question, body) {
        turn.tell("greeting-back", &Args::none());
        return if turn.away { ask(turn, Manner::Again) } else { session::recap(turn) };
    }
    match read(turn, question, body, offers) {
        Read::Extra(code) => extra(turn, form, question, &code),
        Read::OldButton => {
            turn.tell("old-button", &Args::none());
            ask(turn, Manner::Again);
        }
        Read::Misfit(misfit) => missed(turn, form, question, &misfit, turn.away),
        Read::Answer(given) => match judge(turn, form, question, &given) {
            Ok(()) => accept(turn, form, question, given, body),
            Err(misfit) => missed(turn, form, question, &misfit, turn.away),
        },
    }
}

/// Whether somebody greets where words or a name are asked: a greeting is neither.
fn greets(turn: &Turn<'_>, question: &Question, body: &Body) -> bool {
    matches!(question.kind, Kind::Text { .. } | Kind::Name) && is_greeting(turn, body)
}

/// Whether this is a greeting and nothing else.
pub(super) fn is_greeting(turn: &Turn<'_>, body: &Body) -> bool {
    let Body::Text(text) = body else { return false };
    super::step::fits(turn, text) && turn.env.words.after_greeting(text).is_some_and(|rest| rest.is_empty())
}

/// Whether an answer may stand in the present session.
pub(super) fn judge(turn: &Turn<'_>, form: &Form, question: &Question, given: &Answer) -> Result<(), Misfit> {
    let Some(session) = &turn.conv.session else { return Ok(()) };
    Play::new(form, &session.answers, turn.env.at).check(question, given)
}

/// The paper whose last day is asked: the one right before, on which the question hangs.
pub(super) fn paper_before<'f>(
    session: &Session,
    form: &'f Form,
    question: &Question,
    at: Moment,
) -> Option<&'f Question> {
    let before = Play::new(form, &session.answers, at).before(&question.id)?.id.clone();
    let paper = form.question(&before).filter(|q| matches!(q.kind, Kind::Document { .. }))?;
    tells_last_day(question, paper).then_some(paper)
}

/// Whether a question right after a paper asks its last day: a day, and only where there is the paper.
fn tells_last_day(day: &Question, paper: &Question) -> bool {
    day.kind == Kind::Date && day.relevant.as_ref().is_some_and(|when| when.reads().contains(&&*paper.id))
}

/// The last day that was told of the paper before this one: it says nothing of another.
fn outdated(session: &Session, form: &Form, question: &Question, given: &Answer) -> Option<QuestionId> {
    let another = matches!(given, Answer::Document(_)) && session.answers.get(&question.id) != Some(given);
    let after = form.questions.iter().skip_while(|q| q.id != question.id).nth(1)?;
    (another && tells_last_day(after, question)).then(|| after.id.clone())
}

/// Another paper was sent where the last day of one is asked: it takes that one's place, and its day is asked.
fn replace_paper(turn: &mut Turn<'_>, form: &Form, paper: &Question, day: &Question, media: &MediaRef) {
    let given = Answer::Document(Paper { media: media.clone() });
    if let Err(misfit) = judge(turn, form, paper, &given) {
        return missed(turn, form, paper, &misfit, false);
    }
    echo(turn, form, paper, &given, &Body::Media(media.clone()));
    if let Some(session) = &mut turn.conv.session {
        session.reasons.remove(&paper.id);
        session.answers.insert(paper.id.clone(), given);
        session.answers.remove(&day.id);
    }
    session::stand(turn, State::Asking(day.id.clone()));
    ask(turn, Manner::Again);
}

/// Keeps a good answer, and goes on.
fn accept(turn: &mut Turn<'_>, form: &Form, question: &Question, given: Answer, body: &Body) {
    echo(turn, form, question, &given, body);
    keep(turn, form, question, given);
}

/// The same without saying how it was understood.
pub(super) fn keep(turn: &mut Turn<'_>, form: &Form, question: &Question, given: Answer) {
    let Some(session) = &mut turn.conv.session else { return };
    session.misses = 0;
    session.reasons.remove(&question.id);
    if let Some(day) = outdated(session, form, question, &given) {
        session.answers.remove(&day);
        session.again.insert(day);
    }
    session.answers.insert(question.id.clone(), given);
    let upset = Play::new(form, &session.answers, turn.env.at).upset_by(&question.id);
    if !upset.is_empty() {
        session::ask_again(turn, form, upset, "upset");
    }
    go_on(turn);
}

/// Says how an answer was understood where that may differ from what was typed, and that a paper has come.
fn echo(turn: &mut Turn<'_>, form: &Form, question: &Question, given: &Answer, body: &Body) {
    // A button pressed on a page is read there; one under a message goes with its keyboard.
    let unseen = match body {
        Body::Text(_) => true,
        Body::Choice(_) | Body::Choices(_) => turn.message.is_some(),
        _ => false,
    };
    let unseen_choice =
        unseen && matches!(question.kind, Kind::SelectOne { .. } | Kind::SelectMultiple { .. });
    let key = match given {
        _ if gate::is_gated(turn, question) => return,
        Answer::Document(_) => "received",
        Answer::Date(_) | Answer::Phone(_) => "noted",
        _ if unseen_choice => "noted",
        _ => return,
    };
    let Some(session) = &turn.conv.session else { return };
    let play = Play::new(form, &session.answers, turn.env.at);
    let told = turn.words(key, &Args::none().text("value", ask::shown(turn, &play, question, given)));
    turn.tell_text(told);
}

/// To the next question without an answer; at the end, to what comes after this form.
pub(super) fn go_on(turn: &mut Turn<'_>) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let play = Play::new(form, &session.answers, turn.env.at);
    if let Some(question) = play.next() {
        let put = ask::Put::of(turn, session, &play, question, Manner::Fresh);
        session::stand(turn, State::Asking(question.id.clone()));
        return put.say(turn);
    }
    match session.purpose {
        Purpose::Survey { .. } => survey::end(turn, true),
        Purpose::Suggestion | Purpose::Complaint => sign::file(turn),
        Purpose::Request { .. } | Purpose::Completion { .. } => {
            if !went_stale(turn, form) {
                session::stand(turn, State::Review);
                review::show(turn);
            }
        }
    }
}

/// Answers that stood when they were given and stand no longer (a paper that ran out meanwhile) are asked again;
/// whether there were any.
pub(super) fn went_stale(turn: &mut Turn<'_>, form: &Form) -> bool {
    let Some(session) = &turn.conv.session else { return false };
    let play = Play::new(form, &session.answers, turn.env.at);
    let stale = |q: &&Question| {
        ask::takes_answer(q)
            && session.answers.get(&q.id).is_some_and(|answer| play.check(q, answer).is_err())
    };
    let stale: Vec<_> = play.relevant_ones().filter(stale).map(|q| q.id.clone()).collect();
    let Some(first) = stale.first().cloned() else { return false };
    session::ask_again(turn, form, stale, "stale");
    session::stand(turn, State::Asking(first));
    ask(turn, Manner::Fresh);
    true
}

/// Says what was expected, asks again, and after several misses offers a person. After a long absence the words may
/// not have been meant for the question: then it is only asked again, below the line that says where we were.
pub(super) fn missed(turn: &mut Turn<'_>, form: &Form, question: &Question, misfit: &Misfit, away: bool) {
    if away {
        return ask(turn, Manner::Again);
    }
    let text = expected(turn, form, question, misfit);
    turn.tell_text(text);
    turn.conv.missed.clone_from(&turn.message);
    session::count_miss(turn);
    ask(turn, Manner::Again);
}

/// The sentence for a misfit; the author's own words come first.
pub(super) fn expected(turn: &Turn<'_>, form: &Form, question: &Question, misfit: &Misfit) -> String {
    let own =
        |labels: &crate::form::Labels| labels.get(turn.locale(), &form.default_locale).map(str::to_owned);
    let say = |key: &str| turn.words(key, &Args::none());
    let number = |value: f64| Args::none().number("max", value);
    match misfit {
        Misfit::Required(labels) => {
            let plain = match question.kind {
                Kind::Document { images_only: false } => "misfit-want-file",
                Kind::Document { images_only: true } => "misfit-not-an-image",
                _ => "misfit-required",
            };
            own(labels).or_else(|| own(&question.required_message)).unwrap_or_else(|| say(plain))
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
            Kind::Document { images_only: false } => say("misfit-want-file"),
            Kind::Document { images_only: true } => say("misfit-not-an-image"),
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
    offers.and_then(|o| Some(o.by_code(code)?.label.clone().into_owned())).unwrap_or_else(|| code.to_owned())
}

/// A button beside the choices.
pub(super) fn extra(turn: &mut Turn<'_>, form: &Form, question: &Question, code: &str) {
    match code {
        "#skip" => skip(turn, form, question),
        "#keep" => {
            let Some(session) = &turn.conv.session else { return };
            let play = Play::new(form, &session.answers, turn.env.at);
            let Some(kept) = ask::present_answer(&play, session, question).map(Cow::into_owned) else {
                return ask(turn, Manner::Again);
            };
            match judge(turn, form, question, &kept) {
                Ok(()) => accept(turn, form, question, kept, &Body::Choices(Vec::new())),
                Err(misfit) => missed(turn, form, question, &misfit, false),
            }
        }
        "#stop" => survey::stop(turn),
        "#human" => handover::stuck(turn),
        _ => ask(turn, Manner::Again),
    }
}

fn skip(turn: &mut Turn<'_>, form: &Form, question: &Question) {
    if question.required && !crate::mutant::is("required_ignored") {
        if !gate::is_gated(turn, question) {
            let text = expected(turn, form, question, &Misfit::Required(Default::default()));
            turn.tell_text(text);
        }
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
    let before = Play::new(form, &session.answers, turn.env.at).before(id).map(|q| q.id.clone());
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
        Steer::Skip => skip(turn, form, question),
        Steer::Help => {
            let gated = gate::is_gated(turn, question);
            turn.tell(if gated { "help-secure" } else { "help-question" }, &Args::none());
            ask(turn, Manner::Again);
        }
        _ => ask(turn, Manner::Again),
    }
}
