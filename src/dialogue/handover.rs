//! Between the bot and people: referred, taken, handed back at the same question.

use std::rc::Rc;

use super::event::{Effect, Reason};
use super::offer::{Offer, Offers, Pick};
use super::steer::Steer;
use super::token::Scope;
use super::turn::Turn;
use super::{Owner, Session, Stage};
use super::{greet, leave, mine, session, step};
use crate::locale::{Args, strip_controls};
use crate::message::{Body, Expects, ExpectsKind, Locale, Prompt, Speaker};

/// A person is wanted: the bot falls silent until an officer hands back, or the person returns while still waiting.
pub(super) fn refer(turn: &mut Turn<'_>, reason: Reason) {
    turn.conv.owner = Owner::Human { since: turn.env.at.now };
    turn.conv.taken = false;
    turn.out.push(Effect::Refer(reason));
    wait(turn);
}

/// The button that leads to a person, after several misses in a row.
pub(super) fn way_out<'a>(turn: &Turn<'a>, session: &Session, scope: &Rc<Scope<'a>>) -> Option<Offer<'a>> {
    let stuck = session.misses >= turn.env.policy.misses;
    stuck.then(|| Offer::new(scope, "#human", turn.label("menu-human")))
}

/// It was pressed.
pub(super) fn stuck(turn: &mut Turn<'_>) {
    if let Some(session) = &mut turn.conv.session {
        session.misses = 0;
    }
    refer(turn, Reason::Stuck);
}

/// The way back while nobody came yet; none once a member of staff is there.
pub(super) fn offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    let back = (!turn.conv.taken).then(|| turn.anywhere("menu", "back-to-bot"));
    Offers::numbered(back.into_iter().collect())
}

/// Says that a colleague will write, and the way back.
fn wait(turn: &mut Turn<'_>) {
    let days = f64::from(turn.env.policy.first_look_days);
    let offers = offers(turn);
    turn.offer("human-wait", &Args::none().number("days", days), "menu", &offers.list);
}

/// The person wrote while a human owns the conversation: it is kept for the colleague and not answered. Only as long
/// as nobody took it may they return to the bot, stop, look at their requests or data, or change the language.
pub(super) fn said(turn: &mut Turn<'_>, body: &Body, steer: Option<Steer>, waiting: &Offers<'_>) {
    if turn.conv.taken || languages(turn, body) {
        return;
    }
    match (steer, body) {
        (Some(Steer::Menu | Steer::Back | Steer::Resume(_)), _) => back(turn),
        (Some(Steer::Stop), _) => {
            turn.conv.stopped = true;
            leave::take_back(turn);
            turn.offer("stopped", &Args::none(), "menu", &waiting.list);
        }
        (Some(Steer::Status), _) => {
            mine::tell_requests(turn);
            wait(turn);
        }
        (Some(Steer::Data), _) if turn.conv.consent.is_some() => {
            mine::tell_data(turn);
            turn.offer("data-waiting", &Args::none(), "menu", &waiting.list);
        }
        (Some(Steer::Language), _) => {
            turn.conv.stage = Stage::Language;
            greet::ask_language(turn);
        }
        (Some(Steer::Human | Steer::Data), _) | (_, Body::Start { .. }) => wait(turn),
        _ if matches!(step::chosen(turn, body, waiting), Pick::One(_)) => back(turn),
        _ => {}
    }
}

/// While a language is asked for: whether this names one. The wait goes on in it.
fn languages(turn: &mut Turn<'_>, body: &Body) -> bool {
    if turn.conv.stage != Stage::Language {
        return false;
    }
    let named = match (step::chosen(turn, body, &greet::languages(turn)), body) {
        (Pick::One(code), _) => Locale::parse(&code).ok(),
        (_, Body::Text(text)) if step::fits(turn, text) => turn.env.words.language_named(text),
        _ => None,
    };
    let Some(named) = named else { return false };
    turn.conv.locale = Some(named);
    turn.conv.stage = if turn.conv.consent.is_some() { Stage::Menu } else { Stage::Consent };
    turn.tell("language-changed", &Args::none());
    wait(turn);
    true
}

/// A member of staff took the conversation.
pub(super) fn took(turn: &mut Turn<'_>) {
    if turn.is_ours() {
        turn.conv.owner = Owner::Human { since: turn.env.at.now };
    } else if turn.conv.taken {
        return;
    }
    turn.conv.taken = true;
    turn.out.push(Effect::HumanTook);
    let text = turn.words("human-here", &Args::none());
    // Nothing is waited for: with it the button that leads back is gone.
    let expects = Expects { question: "human".into(), kind: ExpectsKind::None, required: false };
    turn.say("human-here", text, &[], Some(expects));
}

/// A member of staff wrote: their words, unchanged but for hidden marks. Whoever writes has taken the conversation:
/// the answer to them must not become the answer to a question of the bot.
pub(super) fn staff_said(turn: &mut Turn<'_>, text: &str) {
    took(turn);
    let prompt = Prompt {
        key: "staff".into(),
        locale: turn.locale().clone(),
        text: strip_controls(text).into_owned(),
        choices: Vec::new(),
        expects: None,
        purpose: turn.purpose,
        share: None,
    };
    turn.out.push(Effect::Say(prompt, Speaker::Staff));
}

/// The officer handed back.
pub(super) fn left(turn: &mut Turn<'_>) {
    if !turn.is_ours() {
        back(turn);
    }
}

fn back(turn: &mut Turn<'_>) {
    let came = turn.conv.taken;
    turn.conv.owner = Owner::Bot;
    turn.conv.taken = false;
    turn.out.push(Effect::HumanEnded);
    turn.tell(if came { "bot-back" } else { "bot-back-alone" }, &Args::none());
    if turn.conv.stage == Stage::New {
        turn.conv.stage = Stage::Language;
    }
    // Its clock did not run out for them: they were speaking with us.
    session::touch(turn);
    session::recap(turn);
}
