//! Steering: back, skip, pause, a person, … by word or by a button that means the same everywhere.

use std::borrow::Cow;

use super::event::Reason;
use super::step::{chosen_page, present};
use super::turn::Turn;
use super::{Purpose, Stage, State};
use super::{drafts, greet, handover, intake, menu, mine, review, session, sign, survey};
use crate::locale::{Args, Word};
use crate::message::{ChoiceToken, SessionId};

/// Where the person wants to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Steer {
    /// To the question before.
    Back,
    /// Past this question.
    Skip,
    /// Out.
    Stop,
    /// What is this?
    Help,
    /// To a person.
    Human,
    /// To another language.
    Language,
    /// To the menu.
    Menu,
    /// Later.
    Pause,
    /// On with this session, or with the one put aside last.
    Resume(Option<SessionId>),
    /// To another answer.
    Change,
    /// To their requests.
    Status,
    /// To the survey.
    Rate,
    /// To what is kept about them.
    Data,
}

/// The buttons that mean the same everywhere: code, message of the label, meaning.
const BUTTONS: [(&str, &str, Steer); 6] = [
    ("human", "menu-human", Steer::Human),
    ("menu", "menu-menu", Steer::Menu),
    ("status", "menu-status", Steer::Status),
    ("language", "menu-language", Steer::Language),
    ("data", "menu-data", Steer::Data),
    ("rate", "menu-rate", Steer::Rate),
];

/// What a steering word means; words that are answers (yes, no, done, none) steer nothing.
pub(super) fn by_word(word: Word) -> Option<Steer> {
    Some(match word {
        Word::Back => Steer::Back,
        Word::Skip => Steer::Skip,
        Word::Stop => Steer::Stop,
        Word::Help => Steer::Help,
        Word::Human => Steer::Human,
        Word::Language => Steer::Language,
        Word::Menu => Steer::Menu,
        Word::Pause => Steer::Pause,
        Word::Resume => Steer::Resume(None),
        Word::Change => Steer::Change,
        Word::Status => Steer::Status,
        Word::Rate => Steer::Rate,
        Word::Data => Steer::Data,
        Word::Yes | Word::No | Word::Done | Word::None => return None,
    })
}

/// What a page's choice of that code steers to.
pub(super) fn by_code(code: &str) -> Option<Steer> {
    if let Some(id) = code.strip_prefix("continue:") {
        return id.parse().ok().map(|id| Steer::Resume(Some(id)));
    }
    BUTTONS.iter().find(|(known, ..)| *known == code).map(|(.., steer)| *steer)
}

/// What a button steers to that stands on no present page.
pub(super) fn by_token(turn: &Turn<'_>, pressed: &ChoiceToken) -> Option<Steer> {
    let is = |code: &str| turn.is_anywhere(code, pressed);
    let sessions = turn.conv.session.iter().chain(&turn.conv.parked);
    let mut ids = sessions.map(|s| s.id);
    BUTTONS
        .iter()
        .find(|(code, ..)| is(code))
        .map(|(.., steer)| *steer)
        .or_else(|| ids.find(|id| is(&format!("continue:{id}"))).map(|id| Steer::Resume(Some(id))))
}

/// What is read on such a button.
pub(super) fn label<'a>(turn: &Turn<'a>, pressed: &ChoiceToken) -> Option<Cow<'a, str>> {
    match by_token(turn, pressed)? {
        Steer::Resume(_) => Some(turn.label("menu-continue")),
        steer => BUTTONS.iter().find(|(.., s)| *s == steer).map(|(_, label, _)| turn.label(label)),
    }
}

/// Goes there.
pub(super) fn steer(turn: &mut Turn<'_>, steer: Steer) {
    let consented = turn.conv.consent.is_some();
    match steer {
        Steer::Human => return handover::refer(turn, Reason::Asked),
        Steer::Language => {
            turn.conv.stage = Stage::Language;
            return greet::ask_language(turn);
        }
        Steer::Help if !consented => turn.tell("help-beginning", &Args::none()),
        Steer::Back if !consented => {
            turn.conv.stage = Stage::Language;
            return greet::ask_language(turn);
        }
        Steer::Stop if !consented => return menu::stop(turn),
        _ if !consented => {}
        _ if turn.conv.stage == Stage::Language => {
            turn.conv.stage = Stage::Menu;
            if steer != Steer::Stop {
                return steer_consented(turn, steer);
            }
        }
        _ => return steer_consented(turn, steer),
    }
    present(turn);
}

fn steer_consented(turn: &mut Turn<'_>, steer: Steer) {
    match steer {
        Steer::Menu => {
            drafts::put_aside(turn);
            chosen_page(turn, Stage::Menu);
        }
        Steer::Data => {
            drafts::put_aside(turn);
            chosen_page(turn, Stage::Data);
        }
        Steer::Rate => {
            let survey = |p: &Purpose| matches!(p, Purpose::Survey { .. });
            if turn.conv.session.as_ref().is_some_and(|s| survey(&s.purpose)) {
                return present(turn);
            }
            drafts::put_aside(turn);
            survey::on_demand(turn);
        }
        Steer::Status if turn.conv.session.is_some() => {
            mine::tell_requests(turn);
            turn.tell("we-were-at", &Args::none());
            present(turn);
        }
        Steer::Status => chosen_page(turn, Stage::Requests),
        Steer::Resume(id) => drafts::resume(turn, id),
        Steer::Pause if turn.conv.session.is_some() => drafts::pause(turn),
        Steer::Stop if turn.conv.session.is_none() => stop(turn),
        Steer::Stop if session::is_survey(turn) => survey::stop(turn),
        Steer::Stop => drafts::pause(turn),
        _ => match turn.conv.session.as_ref().map(|s| s.state.clone()) {
            Some(State::Asking(question)) => intake::steer(turn, steer, &question, false),
            Some(State::Editing(question)) => intake::steer(turn, steer, &question, true),
            Some(State::Review) => review::steer(turn, steer),
            Some(State::Signing) => sign::steer(turn, steer),
            None => at_a_page(turn, steer),
        },
    }
}

/// "Stop", "cancel", "exit": out of the page; only where there is nothing to leave, no more messages.
fn stop(turn: &mut Turn<'_>) {
    match turn.conv.stage.clone() {
        Stage::Menu | Stage::Paused => menu::stop(turn),
        Stage::ConfirmWithdraw(case) => mine::withdraw(turn, case, "no"),
        Stage::ConfirmDiscard => mine::discard(turn, "no"),
        _ => chosen_page(turn, Stage::Menu),
    }
}

/// Back, help, skip and the like where no form is open.
fn at_a_page(turn: &mut Turn<'_>, steer: Steer) {
    match (steer, &turn.conv.stage) {
        (Steer::Help, _) => {
            turn.tell("help-general", &Args::none());
            present(turn);
        }
        (Steer::Back, Stage::ConfirmWithdraw(_)) => chosen_page(turn, Stage::Requests),
        (Steer::Back, Stage::ConfirmDiscard) => chosen_page(turn, Stage::Data),
        (Steer::Back, _) => chosen_page(turn, Stage::Menu),
        _ => present(turn),
    }
}
