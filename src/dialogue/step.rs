//! The dispatch: which room answers this event.

use std::borrow::Cow;

use super::event::{Effect, Event, Timer};
use super::offer::{Offers, Pick};
use super::steer::{self, Steer};
use super::turn::Turn;
use super::{Conversation, Env, Stage, State};
use super::{
    along, drafts, elsewhere, gate, greet, handover, intake, leave, menu, mine, news, page, review, service,
    session, sign, survey,
};
use crate::locale::{Args, strip_controls};
use crate::message::{Body, ChoiceToken};

/// One step. Infallible: what cannot be understood is a transition with a kinder prompt.
pub fn step(conversation: Conversation, event: &Event, env: &Env<'_>) -> (Conversation, Vec<Effect>) {
    let mut turn = Turn::new(conversation, env);
    match event {
        Event::Said(body) => said(&mut turn, body),
        Event::Sent(sent) => along::sent(&mut turn, sent),
        Event::Answered(answered) => gate::given(&mut turn, answered),
        Event::Due(Timer::DraftReminder(session)) => drafts::remind(&mut turn, *session),
        Event::Due(Timer::DraftLapse(session)) => drafts::lapse(&mut turn, *session),
        Event::Due(Timer::Survey(case)) => survey::due(&mut turn, *case),
        Event::Due(Timer::SurveyLapse(session)) => survey::lapse(&mut turn, *session),
        Event::Case(case_news) => news::tell(&mut turn, case_news),
        Event::StaffSaid { text } => handover::staff_said(&mut turn, text),
        Event::StaffTook => handover::took(&mut turn),
        Event::StaffLeft => handover::left(&mut turn),
        Event::Came => elsewhere::came(&mut turn),
    }
    turn.finish()
}

/// The person sent something.
pub(super) fn said(turn: &mut Turn<'_>, body: &Body) {
    turn.word = match body {
        Body::Text(text) if fits(turn, text) => turn.env.words.word(text, turn.locale()),
        _ => None,
    };
    let offers = offers(turn);
    if !turn.is_ours() {
        let waiting = handover::offers(turn);
        heard(turn, body, &[&waiting, &offers]);
        let steer = steering(turn, body, &waiting);
        return handover::said(turn, body, steer, &waiting);
    }
    heard(turn, body, &[&offers]);
    turn.away = drafts::left_alone(turn);
    session::touch(turn);
    if along::is_told(turn, body) {
        return;
    }
    let steer = steering(turn, body, &offers);
    let misses = std::mem::take(&mut turn.conv.misses);
    if let Body::Start { hint } = body {
        return greet::start(turn, hint.as_ref());
    }
    if turn.conv.stage == Stage::New {
        return greet::first_words(turn, body);
    }
    if let Some(steer) = steer {
        return steer::steer(turn, steer);
    }
    if turn.conv.session.is_none() || turn.conv.stage == Stage::Language {
        return page::answer(turn, body, &offers, misses);
    }
    if turn.away {
        session::tell_recap(turn);
    }
    match turn.conv.session.as_ref().map(|s| s.state.clone()) {
        Some(State::Asking(question) | State::Editing(question)) => {
            intake::answer(turn, &question, body, &offers);
        }
        Some(State::Review) => review::answer(turn, body, &offers),
        Some(State::Signing) => sign::answer(turn, body, &offers),
        None => present(turn),
    }
}

/// Does what a page's choice says.
pub(super) fn act(turn: &mut Turn<'_>, code: &str) {
    if let Some(steer) = steer::by_code(code) {
        return steer::steer(turn, steer);
    }
    match turn.conv.stage.clone() {
        Stage::New | Stage::Language => greet::language_chosen(turn, code),
        Stage::Consent => greet::consent_chosen(turn, code),
        Stage::Declined => greet::ask_consent(turn),
        Stage::Menu | Stage::Paused => menu::chosen(turn, code),
        Stage::Opinion => menu::opinion_chosen(turn, code),
        Stage::Service => service::chosen(turn, code),
        Stage::Requests => mine::request_chosen(turn, code),
        Stage::ConfirmWithdraw(case) => mine::withdraw(turn, case, code),
        Stage::Data => mine::data_chosen(turn, code),
        Stage::ConfirmDiscard => mine::discard(turn, code),
        Stage::Leave => leave::chosen(turn, code),
    }
}

/// What can be chosen where the conversation stands.
pub(super) fn offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    if turn.conv.stage == Stage::Language {
        return greet::languages(turn);
    }
    if let Some(session) = &turn.conv.session {
        return match &session.state {
            State::Asking(question) | State::Editing(question) => intake::offers(turn, session, question),
            State::Review => review::offers(turn, session),
            State::Signing => sign::offers(turn, session),
        };
    }
    match &turn.conv.stage {
        Stage::New | Stage::Language => greet::languages(turn),
        Stage::Consent => greet::consent_offers(turn),
        Stage::Declined => greet::declined_offers(turn),
        Stage::Menu => menu::offers(turn),
        Stage::Paused => menu::paused_offers(turn),
        Stage::Opinion => menu::opinion_offers(turn),
        Stage::Service => service::offers(turn),
        Stage::Requests => mine::request_offers(turn),
        Stage::ConfirmWithdraw(_) => mine::yes_no(turn, "withdraw"),
        Stage::Data => mine::data_offers(turn),
        Stage::ConfirmDiscard => mine::yes_no(turn, "discard"),
        Stage::Leave => leave::offers(turn),
    }
}

/// Says again what the conversation waits for; nothing while a member of staff answers.
pub(super) fn present(turn: &mut Turn<'_>) {
    if !turn.is_ours() {
        return;
    }
    if turn.conv.stage == Stage::Language {
        return greet::ask_language(turn);
    }
    match turn.conv.session.as_ref().map(|s| s.state.clone()) {
        Some(State::Asking(_) | State::Editing(_)) => return intake::ask(turn, intake::Manner::Again),
        Some(State::Review) => return review::show(turn),
        Some(State::Signing) => return sign::ask(turn),
        None => {}
    }
    match turn.conv.stage.clone() {
        Stage::New | Stage::Language => greet::ask_language(turn),
        Stage::Consent => greet::ask_consent(turn),
        Stage::Declined => greet::declined(turn),
        Stage::Menu => menu::show(turn),
        Stage::Paused => menu::paused(turn),
        Stage::Opinion => menu::ask_opinion(turn),
        Stage::Service => service::ask(turn),
        Stage::Requests => mine::requests(turn),
        Stage::ConfirmWithdraw(case) => mine::ask_withdraw(turn, case),
        Stage::Data => mine::data(turn),
        Stage::ConfirmDiscard => mine::ask_discard(turn),
        Stage::Leave => leave::ask(turn),
    }
}

/// Turns to a page and shows it.
pub(super) fn chosen_page(turn: &mut Turn<'_>, stage: Stage) {
    turn.conv.stage = stage;
    present(turn);
}

/// What a page's buttons or words choose.
pub(super) fn chosen(turn: &Turn<'_>, body: &Body, offers: &Offers<'_>) -> Pick {
    let pressed = |token| offers.by_token(token).map_or(Pick::Nothing, |o| Pick::One(o.picked()));
    match body {
        Body::Choice(token) => pressed(token),
        Body::Choices(tokens) if tokens.len() == 1 => pressed(&tokens[0]),
        Body::Text(text) if fits(turn, text) => offers.pick(text, turn.word),
        _ => Pick::Nothing,
    }
}

/// Whether a text is short enough to be looked at.
pub(super) fn fits(turn: &Turn<'_>, text: &str) -> bool {
    text.chars().nth(turn.env.policy.max_answer_chars).is_none()
}

/// Whether this steers the conversation instead of answering it. Words that are a choice on offer answer.
fn steering(turn: &Turn<'_>, body: &Body, offers: &Offers<'_>) -> Option<Steer> {
    match body {
        Body::Choice(token) if offers.by_token(token).is_none() => steer::by_token(turn, token),
        Body::Text(text) if fits(turn, text) => {
            let steer = steer::by_word(turn.word?)?;
            (offers.exactly(text) == Pick::Nothing).then_some(steer)
        }
        _ => None,
    }
}

/// Keeps the line of the transcript.
fn heard(turn: &mut Turn<'_>, body: &Body, offers: &[&Offers<'_>]) {
    if gate::hides(turn, body, offers) {
        let placeholder = turn.label("heard-not-here").into_owned();
        return turn.out.extend([Effect::Heard(placeholder), Effect::Forget]);
    }
    if let Some(line) = as_read(turn, body, offers).map(Cow::into_owned) {
        turn.out.push(Effect::Heard(line));
    }
}

/// The line of the transcript, as the person reads it themselves. Opening the chat is no line.
fn as_read<'l>(turn: &'l Turn<'_>, body: &'l Body, offers: &[&Offers<'l>]) -> Option<Cow<'l, str>> {
    let label = |token: &ChoiceToken| {
        let here = offers.iter().find_map(|page| page.by_token(token)).map(|offer| offer.label.clone());
        here.or_else(|| steer::label(turn, token)).unwrap_or_else(|| turn.label("heard-old-button"))
    };
    let words = turn.env.words;
    Some(match body {
        Body::Start { .. } => return None,
        Body::Text(text) if fits(turn, text) => strip_controls(text),
        Body::Text(text) => {
            let kept: String = text.chars().take(turn.env.policy.max_answer_chars).collect();
            format!("{}…", strip_controls(&kept)).into()
        }
        Body::Choice(token) => label(token),
        Body::Choices(tokens) if tokens.is_empty() => turn.label("heard-none"),
        Body::Choices(tokens) => {
            words.list(turn.locale(), &tokens.iter().map(label).collect::<Vec<_>>()).into()
        }
        Body::Media(media) => {
            words.label(turn.locale(), "heard-file", &Args::none().text("name", &media.name))
        }
        Body::Place { lat, lon } => {
            let args = Args::none().text("lat", format!("{lat:.5}")).text("lon", format!("{lon:.5}"));
            words.label(turn.locale(), "heard-place", &args)
        }
        Body::Phone(number) => strip_controls(number),
        Body::Unsupported(_) => turn.label("heard-unsupported"),
        Body::Refused(_) => turn.label("heard-refused"),
        Body::Edited(text) => {
            let kept: String = text.chars().take(turn.env.policy.max_answer_chars).collect();
            words.label(turn.locale(), "heard-edited", &Args::none().text("text", strip_controls(&kept)))
        }
    })
}
