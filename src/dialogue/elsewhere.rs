//! One person, several chats: a code that is given in one and sent in another makes both the same person's.

use super::Stage;
use super::event::Effect;
use super::step::{chosen_page, present};
use super::turn::Turn;
use crate::locale::Args;

/// Gives the code.
pub(super) fn offer(turn: &mut Turn<'_>) {
    turn.out.push(Effect::OfferedWay);
    let code = (turn.env.way_code)();
    turn.tell("elsewhere", &Args::none().text("code", code));
    chosen_page(turn, Stage::Menu);
}

/// They are here now: whatever was asked of them there is asked of them here.
pub(super) fn came(turn: &mut Turn<'_>) {
    turn.tell("elsewhere-here", &Args::none());
    present(turn);
}
