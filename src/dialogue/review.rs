//! Everything on one screen before it is signed; any line can be answered anew.

use super::offer::{Offer, Offers, Pick, number};
use super::steer::Steer;
use super::token::token;
use super::turn::Turn;
use super::{Session, State};
use super::{ask, handover, intake, session, sign, step};
use crate::form::{Form, Play, Question, QuestionId};
use crate::locale::{Args, Word, strip_controls};
use crate::message::{Body, Expects, ExpectsKind};

/// The lines that are shown: relevant questions with an answer, skipped ones too, for they may be filled in now.
fn lines<'f>(turn: &Turn<'_>, session: &Session, form: &'f Form) -> Vec<&'f Question> {
    let play = Play::new(form, &session.answers, turn.env.at);
    let shown =
        |q: &&Question| ask::takes_answer(q) && session.answers.contains_key(&q.id) && play.relevant(q);
    form.questions.iter().filter(shown).collect()
}

/// Shows everything and asks whether it is correct.
pub(super) fn show(turn: &mut Turn<'_>) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let play = Play::new(&form, &session.answers, turn.env.at);
    let mut text = vec![turn.words("review", &Args::none())];
    for (n, question) in lines(turn, session, &form).into_iter().enumerate() {
        let Some(answer) = session.answers.get(&question.id) else { continue };
        let args = Args::none()
            .number("n", (n + 1) as f64)
            .text("label", strip_controls(&play.label(question, turn.locale())))
            .text("value", ask::shown(turn, &play, question, answer));
        text.push(turn.words("review-line", &args));
    }
    text.push(turn.words("review-confirm", &Args::none()));
    let mut offers = vec![first(turn, session, "confirm"), first(turn, session, "change")];
    offers.extend(handover::way_out(turn, session, "review"));
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

fn first(turn: &Turn<'_>, session: &Session, code: &str) -> Offer {
    let code = format!("#{code}");
    let label = turn.label(match &*code {
        "#confirm" => "review-yes",
        "#change" => "review-change",
        _ => "review-back",
    });
    let token = token(turn.env.person, &session.id.to_string(), "review", &code);
    Offer { token, code: code.into(), label, also: Default::default() }
}

/// Correct, change; then a button for each line, and back to the whole.
pub(super) fn offers(turn: &Turn<'_>, session: &Session) -> Offers {
    let mut list = vec![first(turn, session, "confirm"), first(turn, session, "change")];
    if let Some(form) = turn.form(&session.form) {
        let play = Play::new(&form, &session.answers, turn.env.at);
        for (n, question) in lines(turn, session, &form).into_iter().enumerate() {
            let label = strip_controls(&play.label(question, turn.locale()));
            let args = Args::none().number("n", (n + 1) as f64).text("label", label);
            let label = turn.env.words.label(turn.locale(), "review-line-button", &args);
            let token = token(turn.env.person, &session.id.to_string(), "review", &question.id);
            list.push(Offer { token, code: question.id.clone(), label, also: Default::default() });
        }
    }
    list.push(first(turn, session, "back"));
    list.extend(handover::way_out(turn, session, "review"));
    Offers { list, numbered: false }
}

/// Confirmed, or a line picked by its button or its number.
pub(super) fn answer(turn: &mut Turn<'_>, body: &Body, offers: &Offers) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    let line: Option<QuestionId> = match body {
        Body::Text(text) => number(text).and_then(|n| {
            lines(turn, session, &form).get(n.checked_sub(1)?).map(|question| question.id.clone())
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
            if !intake::went_stale(turn, &form) {
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
        Steer::Back => match lines(turn, session, &form).last() {
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
