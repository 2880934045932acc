//! An answer to a page that is no form: a button, a number, a name, free words, or a miss.

use super::offer::{Offers, Pick};
use super::steer;
use super::step::{act, chosen, fits, present};
use super::turn::Turn;
use super::{Stage, drafts, greet, menu, service};
use crate::locale::Args;
use crate::message::Body;

/// An answer to a page, after so many misses in a row.
pub(super) fn answer(turn: &mut Turn<'_>, body: &Body, offers: &Offers<'_>, misses: u8) {
    match chosen(turn, body, offers) {
        Pick::One(code) => act(turn, &code),
        _ if turn.conv.stage == Stage::Paused && matches!(body, Body::Text(_) | Body::Media(_)) => {
            drafts::resume(turn, None);
        }
        Pick::Ambiguous(codes) => which(turn, offers, &codes),
        Pick::Nothing => {
            let text = match body {
                Body::Text(text) if fits(turn, text) => Some(text.as_str()),
                _ => None,
            };
            if !text.is_some_and(|text| free_words(turn, text, offers)) {
                missed(turn, body, offers, misses);
            }
        }
    }
}

/// It could be any of these.
fn which(turn: &mut Turn<'_>, offers: &Offers<'_>, codes: &[Box<str>]) {
    let labels: Vec<_> = codes.iter().filter_map(|c| offers.by_code(c)).map(|o| o.label.clone()).collect();
    let list = turn.env.words.list(turn.locale(), &labels);
    turn.tell("misfit-ambiguous", &Args::none().text("choices", list));
    present(turn);
}

/// Words that name a language, greet, or lie within one choice; whether they did.
fn free_words(turn: &mut Turn<'_>, text: &str, offers: &Offers<'_>) -> bool {
    let words = turn.env.words;
    if let Some(language) = words.language_named(text) {
        greet::language_chosen(turn, language.as_str());
        return true;
    }
    if turn.conv.stage == Stage::Language
        && turn.conv.consent.is_none()
        && let Some(shown) = words.shown_by(text)
    {
        turn.conv.locale = Some(shown);
    }
    let rest = words.after_greeting(text);
    let begins = matches!(turn.conv.stage, Stage::Language | Stage::Consent);
    if rest.as_ref().is_some_and(|rest| rest.is_empty() || begins) {
        turn.tell("greeting-back", &Args::none());
        present(turn);
        return true;
    }
    let asked = rest.as_deref().unwrap_or(text);
    let steer = rest.as_ref().and_then(|rest| steer::by_word(words.word(rest, turn.locale())?));
    if let Some(steer) = steer {
        steer::steer(turn, steer);
        return true;
    }
    named(turn, asked, offers)
}

/// At the menu and among the services: words within one choice; at the menu an opinion or a service too.
fn named(turn: &mut Turn<'_>, asked: &str, offers: &Offers<'_>) -> bool {
    if !matches!(turn.conv.stage, Stage::Menu | Stage::Service) {
        return false;
    }
    if turn.conv.stage == Stage::Menu && opened(turn, asked) {
        return true;
    }
    match offers.containing(asked) {
        Pick::One(code) => act(turn, &code),
        Pick::Ambiguous(codes) => which(turn, offers, &codes),
        Pick::Nothing => return false,
    }
    true
}

/// Opens the opinion or the service that was named at the menu; whether one was.
fn opened(turn: &mut Turn<'_>, asked: &str) -> bool {
    // A complaint by its own words only: who has a problem with us and who has a problem both say "problem".
    if let Pick::One(code) = menu::opinion_offers(turn).exactly(asked)
        && matches!(&*code, "suggestion" | "complaint")
    {
        menu::opinion_chosen(turn, &code);
        return true;
    }
    let services = service::offers(turn);
    let named = match services.exactly(asked) {
        Pick::Nothing => services.containing(asked),
        pick => pick,
    };
    match named {
        Pick::One(code) if steer::by_code(&code).is_none() => service::chosen(turn, &code),
        _ => return false,
    }
    true
}

/// Says that it was not understood, and after several misses how a person is reached.
fn missed(turn: &mut Turn<'_>, body: &Body, offers: &Offers<'_>, misses: u8) {
    let key = match body {
        Body::Choice(_) | Body::Choices(_) => "old-button",
        Body::Unsupported(_) => "unsupported",
        _ => "not-understood",
    };
    turn.tell(key, &Args::none());
    turn.conv.missed.clone_from(&turn.message);
    turn.conv.misses = misses.saturating_add(1);
    if turn.conv.misses >= turn.env.policy.misses {
        let button = offers.by_code("human").is_some();
        turn.tell(if button { "offer-human" } else { "help-general" }, &Args::none());
    }
    present(turn);
}
