//! The menu, and the short pages that lead from it.

use super::Stage;
use super::offer::{Offer, Offers};
use super::step::chosen_page;
use super::turn::Turn;
use super::{Purpose, drafts};
use super::{intake, leave, session};
use crate::locale::{Args, Button};

/// Asks what the person came for.
pub(super) fn show(turn: &mut Turn<'_>) {
    let offers = offers(turn);
    turn.offer("menu", &Args::none(), "menu", &offers.list);
}

/// What can be done; what was put aside comes first.
pub(super) fn offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    let mut list = waiting(turn);
    let request = turn.choice("menu", "request", turn.label("menu-request"));
    list.push(request.or_said(Button::Request, turn.env.words));
    list.push(turn.anywhere("status", "menu-status"));
    list.push(turn.choice("menu", "opinion", turn.label("menu-opinion")));
    list.push(turn.anywhere("human", "menu-human"));
    list.push(turn.anywhere("language", "menu-language"));
    list.push(turn.anywhere("data", "menu-data"));
    Offers::numbered(list)
}

/// A button for each session put aside, newest first.
pub(super) fn waiting<'a>(turn: &Turn<'a>) -> Vec<Offer<'a>> {
    let parked = turn.conv.parked.iter().rev();
    let label = |s: &super::Session| {
        let args = Args::none().text("service", turn.service(s.purpose.service()));
        let several = turn.conv.parked.iter().filter(|p| p.purpose.key() == s.purpose.key()).count() > 1;
        let named = if several && !s.purpose.service().is_empty() { "-named" } else { "" };
        turn.env.words.label(turn.locale(), &format!("continue-{}{named}", s.purpose.key()), &args)
    };
    parked.map(|s| turn.resuming(s.id, label(s))).collect()
}

/// A choice of the menu that is no steering.
pub(super) fn chosen(turn: &mut Turn<'_>, code: &str) {
    match code {
        "request" => chosen_page(turn, Stage::Service),
        "opinion" => chosen_page(turn, Stage::Opinion),
        _ => drafts::resume(turn, None),
    }
}

/// Suggestion or complaint?
pub(super) fn ask_opinion(turn: &mut Turn<'_>) {
    let offers = opinion_offers(turn);
    turn.offer("opinion", &Args::none(), "opinion", &offers.list);
}

/// Suggestion, complaint, back.
pub(super) fn opinion_offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    let offer = |code: &'static str, label: &str, also: Button| {
        turn.choice("opinion", code, turn.label(label)).or_said(also, turn.env.words)
    };
    Offers::numbered(vec![
        offer("suggestion", "opinion-suggestion", Button::Suggestion),
        offer("complaint", "opinion-complaint", Button::Complaint),
        turn.anywhere("menu", "menu-menu"),
    ])
}

/// Opens the form.
pub(super) fn opinion_chosen(turn: &mut Turn<'_>, code: &str) {
    let purpose = if code == "complaint" { Purpose::Complaint } else { Purpose::Suggestion };
    if let Some(parked) = turn.conv.parked.iter().find(|s| s.purpose == purpose).map(|s| s.id) {
        return drafts::resume(turn, Some(parked));
    }
    let Some(form) = turn.env.shelf.current(code) else {
        turn.tell("form-gone", &Args::none());
        return chosen_page(turn, Stage::Menu);
    };
    session::open(turn, form, purpose, Default::default());
    // A form that only stands in its place (`wasl form play`) opens with its own first question.
    if &*form.id == code {
        turn.tell(&format!("start-{code}"), &Args::none());
    }
    intake::go_on(turn);
}

/// No more messages that nobody asked for.
pub(super) fn stop(turn: &mut Turn<'_>) {
    turn.conv.stopped = true;
    leave::take_back(turn);
    let offers = [turn.anywhere("menu", "menu-menu")];
    turn.offer("stopped", &Args::none(), "menu", &offers);
}

/// A draft was put aside: on with it, or the menu.
pub(super) fn paused(turn: &mut Turn<'_>) {
    let offers = paused_offers(turn);
    turn.offer("paused-again", &Args::none(), "menu", &offers.list);
}

/// Continue, menu.
pub(super) fn paused_offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    let mut list = waiting(turn);
    list.truncate(1);
    list.push(turn.anywhere("menu", "menu-menu"));
    Offers::numbered(list)
}
