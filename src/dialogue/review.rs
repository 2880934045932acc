//! Everything on one screen before it is signed; any line can be answered anew.

use std::rc::Rc;

use super::offer::{Offer, Offers, Pick, number};
use super::steer::Steer;
use super::token::Scope;
use super::turn::Turn;
use super::{Session, State};
use super::{ask, handover, intake, session, sign, step};
use crate::form::{Play, Question, QuestionId};
use crate::locale::{Args, Word, strip_controls};
use crate::message::{Body, Expects, ExpectsKind};

/// The lines that are shown: relevant questions with an answer, skipped ones too, for they may be filled in now.
fn lines<'f>(play: &Play<'f, '_>) -> impl Iterator<Item = &'f Question> {
    play.relevant_ones().filter(|q| ask::takes_answer(q) && play.answers.contains_key(&q.id))
}

/// Shows everything and asks whether it is correct.
pub(super) fn show(turn: &mut Turn<'_>) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let play = Play::new(form, &session.answers, turn.env.at);
    let mut text = vec![turn.words("review", &Args::none())];
    for (n, question) in lines(&play).enumerate() {
        let Some(answer) = session.answers.get(&question.id) else { continue };
        let label = play.label(question, turn.locale());
        let args = Args::none()
            .number("n", (n + 1) as f64)
            .text("label", strip_controls(&label))
            .text("value", ask::shown(turn, &play, question, answer));
        text.push(turn.words("review-line", &args));
    }
    text.push(turn.words("review-confirm", &Args::none()));
    let scope = turn.scope(session, "review");
    let mut offers = vec![first(turn, &scope, "#confirm"), first(turn, &scope, "#change")];
    offers.extend(handover::way_out(turn, session, &scope));
    turn.say("review", text.join("\n"), &offers, Some(expects()));
}

/// Asks which line is to change, with a button for each.
pub(super) fn show_lines(turn: &mut Turn<'_>) {
    let Some(session) = &turn.conv.session else { return };
    let mut offers = offers(turn, session).list;
    offers.retain(|offer| !matches!(&*offer.code, "#confirm" | "#change"));
    let text = turn.words("review-which", &Args::none());
    turn.say("review-which", text, &offers, Some(expects()));
}

fn expects() -> Expects {
    Expects { question: "review".into(), kind: ExpectsKind::Choice, required: true }
}

fn first<'a>(turn: &Turn<'a>, scope: &Rc<Scope<'a>>, code: &'static str) -> Offer<'a> {
    let label = turn.label(match code {
        "#confirm" => "review-yes",
        "#change" => "review-change",
        _ => "review-back",
    });
    Offer::new(scope, code, label)
}

/// Correct, change; then a button for each line, and back to the whole.
pub(super) fn offers<'a>(turn: &Turn<'a>, session: &Session) -> Offers<'a> {
    let scope = turn.scope(session, "review");
    let mut list = vec![first(turn, &scope, "#confirm"), first(turn, &scope, "#change")];
    if let Some(form) = turn.form(&session.form) {
        let play = Play::new(form, &session.answers, turn.env.at);
        for (n, question) in lines(&play).enumerate() {
            let label = play.label(question, turn.locale());
            let label = strip_controls(&label);
            let args = Args::none().number("n", (n + 1) as f64).text("label", label);
            let label = turn.env.words.label(turn.locale(), "review-line-button", &args);
            list.push(Offer::new(&scope, &*question.id, label));
        }
    }
    list.push(first(turn, &scope, "#back"));
    list.extend(handover::way_out(turn, session, &scope));
    Offers { list, numbered: false }
}

/// Confirmed, or a line picked by its button or its number.
pub(super) fn answer(turn: &mut Turn<'_>, body: &Body, offers: &Offers<'_>) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let line: Option<QuestionId> = match body {
        Body::Text(text) => number(text).and_then(|n| {
            let play = Play::new(form, &session.answers, turn.env.at);
            lines(&play).nth(n.checked_sub(1)?).map(|question| question.id.clone())
        }),
        _ => None,
    };
    let picked = match (line, step::chosen(turn, body, offers), turn.word) {
        (Some(line), ..) => line,
        (_, Pick::One(code), _) => code,
        (.., Some(Word::Yes | Word::Done)) => "#confirm".into(),
        (.., Some(Word::No)) => "#change".into(),
        _ => {
            let old = matches!(body, Body::Choice(_) | Body::Choices(_));
            turn.tell(if old { "old-button" } else { "review-not-understood" }, &Args::none());
            if !old {
                session::count_miss(turn);
            }
            return show(turn);
        }
    };
    match &*picked {
        "#confirm" => {
            if !intake::went_stale(turn, form) {
                session::stand(turn, State::Signing);
                sign::ask(turn);
            }
        }
        "#change" => show_lines(turn),
        "#back" => show(turn),
        "#human" => handover::stuck(turn),
        _ => {
            session::stand(turn, State::Editing(picked));
            intake::ask(turn, intake::Manner::Again);
        }
    }
}

/// Back, change, help and the like at the review.
pub(super) fn steer(turn: &mut Turn<'_>, steer: Steer) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    match steer {
        Steer::Change => show_lines(turn),
        Steer::Back => match lines(&Play::new(form, &session.answers, turn.env.at)).last() {
            Some(last) => {
                let last = last.id.clone();
                session::stand(turn, State::Editing(last));
                intake::ask(turn, intake::Manner::Again);
            }
            None => show(turn),
        },
        Steer::Help => {
            turn.tell("help-review", &Args::none());
            show(turn);
        }
        _ => show(turn),
    }
}
