//! The beginning: a greeting, a language, what happens with what is written, consent.

use super::event::Effect;
use super::offer::Offers;
use super::step::{chosen_page, present};
use super::turn::Turn;
use super::{Consent, Stage};
use super::{along, drafts, session};
use crate::locale::{Args, Hints, strip_controls};
use crate::message::{Body, Expects, ExpectsKind, Locale};

/// The chat was opened.
pub(super) fn start(turn: &mut Turn<'_>, hint: Option<&Locale>) {
    match turn.conv.stage {
        Stage::New => welcome(turn, hint, None),
        _ if turn.conv.consent.is_none() => present(turn),
        _ if turn.conv.session.is_some() => session::recap(turn),
        Stage::Language => present(turn),
        _ if turn.conv.wish.is_some() => {
            along::fulfils(turn);
        }
        _ => {
            turn.tell("welcome-back", &Args::none());
            if turn.conv.parked.is_empty() {
                chosen_page(turn, Stage::Menu)
            } else {
                drafts::resume(turn, None)
            }
        }
    }
}

/// The first message, without a start before it.
pub(super) fn first_words(turn: &mut Turn<'_>, body: &Body) {
    let text = match body {
        Body::Text(text) => Some(text.as_str()),
        _ => None,
    };
    welcome(turn, None, text);
}

fn welcome(turn: &mut Turn<'_>, channel: Option<&Locale>, text: Option<&str>) {
    let chosen = turn.conv.locale.clone();
    let text = text.filter(|text| super::step::fits(turn, text));
    let named = text.and_then(|text| turn.env.words.language_named(text));
    let hints = Hints { chosen: named.as_ref().or(chosen.as_ref()), channel, text };
    turn.conv.locale = Some(turn.env.words.negotiate(&hints));
    turn.conv.stage = Stage::Language;
    let association = turn.env.association;
    let name = association.text(&association.name, turn.locale()).to_owned();
    turn.tell("greeting", &Args::none().text("association", name));
    ask_language_as(turn, "greeting");
}

/// Asks for the language, in every language.
pub(super) fn ask_language(turn: &mut Turn<'_>) {
    ask_language_as(turn, "choose-language");
}

fn ask_language_as(turn: &mut Turn<'_>, key: &str) {
    let words = turn.env.words;
    let first = turn.locale().clone();
    let rest = words.locales().iter().filter(|l| **l != first);
    let lines: Vec<_> = std::iter::once(&first)
        .chain(rest)
        .map(|l| words.label(l, "choose-language", &Args::none()))
        .collect();
    let offers = languages(turn);
    let expects = Expects { question: "language".into(), kind: ExpectsKind::Choice, required: true };
    turn.say(key, lines.join("\n"), &offers.list, Some(expects));
}

/// The languages, each in its own words.
pub(super) fn languages<'a>(turn: &Turn<'a>) -> Offers<'a> {
    let words = turn.env.words;
    let offer = |locale: &'a Locale| turn.choice("language", locale.as_str(), words.native_name(locale));
    Offers::numbered(words.locales().iter().map(offer).collect())
}

/// A language was chosen: on to consent, or back to where the person was.
pub(super) fn language_chosen(turn: &mut Turn<'_>, code: &str) {
    let Ok(locale) = Locale::parse(code) else { return present(turn) };
    turn.conv.locale = Some(locale);
    if turn.conv.consent.is_none() {
        return chosen_page(turn, Stage::Consent);
    }
    turn.tell("language-changed", &Args::none());
    if turn.conv.stage == Stage::Language {
        turn.conv.stage = Stage::Menu;
    }
    present(turn);
}

/// Says in two sentences what happens with what is written, and asks for consent.
pub(super) fn ask_consent(turn: &mut Turn<'_>) {
    turn.conv.stage = Stage::Consent;
    let privacy = privacy(turn);
    turn.tell_text(privacy);
    let offers = consent_offers(turn);
    turn.offer("consent", &Args::none(), "consent", &offers.list);
}

/// What happens with what is written: the wording that consent is given to.
fn privacy(turn: &Turn<'_>) -> String {
    let association = turn.env.association;
    let name = association.text(&association.name, turn.locale()).to_owned();
    turn.words("privacy", &Args::none().text("association", name))
}

/// Yes and no.
pub(super) fn consent_offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    Offers::numbered(vec![
        turn.choice("consent", "yes", turn.label("consent-yes")),
        turn.choice("consent", "no", turn.label("consent-no")),
    ])
}

/// Consent was given or refused; both are kept.
pub(super) fn consent_chosen(turn: &mut Turn<'_>, code: &str) {
    let given = code == "yes";
    let version = turn.env.association.consent_version.clone();
    let locale = turn.locale().clone();
    let wording = format!("{}\n\n{}", privacy(turn), turn.label("consent"));
    turn.out.push(Effect::Consented { given, version: version.clone(), locale: locale.clone(), wording });
    if !given {
        return chosen_page(turn, Stage::Declined);
    }
    turn.conv.consent = Some(Consent { version, locale, at: turn.env.at.now });
    turn.tell("consent-thanks", &Args::none());
    if !along::fulfils(turn) {
        chosen_page(turn, Stage::Menu);
    }
}

/// The other ways to reach the association, and that minds may change.
pub(super) fn declined(turn: &mut Turn<'_>) {
    turn.tell("declined", &Args::none());
    let ways = ways(turn);
    turn.tell_text(ways);
    let offers = declined_offers(turn);
    turn.offer("declined-return", &Args::none(), "consent", &offers.list);
}

/// The way back to the question of consent.
pub(super) fn declined_offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    let offer = turn.choice("declined", "return", turn.label("declined-reconsider"));
    Offers::numbered(vec![offer.or(vec!["yes".to_owned()])])
}

/// How else the association is reached: one line each, or a sentence that there is nothing else yet.
pub(super) fn ways(turn: &Turn<'_>) -> String {
    let association = turn.env.association;
    let address = association.text(&association.address, turn.locale());
    let ways = [
        ("way-phone", association.phone.as_str()),
        ("way-email", association.email.as_str()),
        ("way-website", association.website.as_str()),
        ("way-address", address),
    ];
    let lines: Vec<String> = ways
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| turn.words(key, &Args::none().text("value", strip_controls(value))))
        .collect();
    if lines.is_empty() { turn.words("way-none", &Args::none()) } else { lines.join("\n") }
}
