//! The choice of a service, and the opening of its form.

use super::offer::{Offer, Offers};
use super::step::chosen_page;
use super::turn::Turn;
use super::{Purpose, Stage};
use super::{drafts, intake, session};
use crate::form::{Play, Service};
use crate::locale::Args;

/// Asks which service it is.
pub(super) fn ask(turn: &mut Turn<'_>) {
    let offers = offers(turn);
    if turn.env.shelf.services.0.is_empty() {
        turn.tell("form-gone", &Args::none());
        return chosen_page(turn, Stage::Menu);
    }
    turn.offer("service", &Args::none(), "service", &offers.list);
}

/// All services by their labels and by what they are about, a person, and the way back.
pub(super) fn offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    let offer = |service: &'a Service| {
        let also: Vec<String> = service.label.0.values().chain(service.about.0.values()).cloned().collect();
        turn.choice("service", &*service.code, turn.text_of(&service.label)).or(also)
    };
    let mut list: Vec<Offer<'_>> = turn.env.shelf.services.0.iter().map(offer).collect();
    list.push(turn.anywhere("human", "menu-human"));
    list.push(turn.anywhere("menu", "menu-menu"));
    Offers::numbered(list)
}

/// Opens the form of the chosen service, or goes on with the draft there is of it.
pub(super) fn chosen(turn: &mut Turn<'_>, code: &str) {
    let purpose = Purpose::Request { service: code.into() };
    if let Some(draft) = turn.conv.parked.iter().find(|s| s.purpose == purpose).map(|s| s.id) {
        return drafts::resume(turn, Some(draft));
    }
    let service = turn.env.shelf.services.get(code);
    let Some((service, form)) = service.and_then(|s| Some((s, turn.env.shelf.current(&s.form_id())?))) else {
        turn.tell("form-gone", &Args::none());
        return chosen_page(turn, Stage::Menu);
    };
    turn.conv.stopped = false;
    session::open(turn, form, purpose, Default::default());
    let answers = Default::default();
    let (_, all) = Play::new(form, &answers, turn.env.at).progress();
    let args = Args::none()
        .text("service", turn.text_of(&service.label))
        .text("about", turn.text_of(&service.about))
        .number("all", all as f64);
    turn.tell("start-request", &args);
    intake::go_on(turn);
}
