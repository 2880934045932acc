//! Leave to write first, on channels that ask for it: wanted once, after the first request is handed in.

use super::Stage;
use super::event::Effect;
use super::offer::Offers;
use super::step::chosen_page;
use super::turn::Turn;
use crate::locale::Args;

/// Whether leave is still to be asked for where the person writes.
pub(super) fn is_wanted(turn: &Turn<'_>) -> bool {
    turn.env.asks_leave && !turn.conv.asked_leave.contains(turn.env.channel)
}

/// Asks for it.
pub(super) fn ask(turn: &mut Turn<'_>) {
    turn.conv.stage = Stage::Leave;
    turn.conv.asked_leave.insert(turn.env.channel.clone());
    let wording = wording(turn);
    let offers = offers(turn);
    turn.offer_text("leave", wording, "leave", &offers.list);
}

/// Yes and no.
pub(super) fn offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    Offers::numbered(vec![
        turn.choice("leave", "yes", turn.label("leave-yes")),
        turn.choice("leave", "no", turn.label("leave-no")),
    ])
}

/// It was given or refused; both are kept.
pub(super) fn chosen(turn: &mut Turn<'_>, code: &str) {
    let given = code == "yes";
    let version = turn.label("leave-version").into_owned();
    let wording = wording(turn);
    turn.out.push(Effect::Allowed { given, version, wording });
    turn.tell(if given { "leave-given" } else { "leave-refused" }, &Args::none());
    chosen_page(turn, Stage::Menu);
}

/// They want no more messages first: leave is gone, and asked for again with their next request.
pub(super) fn take_back(turn: &mut Turn<'_>) {
    if turn.env.asks_leave && turn.conv.asked_leave.remove(turn.env.channel) {
        let version = turn.label("leave-version").into_owned();
        let wording = turn.words("stopped", &Args::none());
        turn.out.push(Effect::Allowed { given: false, version, wording });
    }
}

fn wording(turn: &Turn<'_>) -> String {
    let association = turn.env.association;
    let name = association.text(&association.name, turn.locale()).to_owned();
    turn.words("leave", &Args::none().text("association", name))
}
