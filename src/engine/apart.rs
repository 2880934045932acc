//! What belongs to a complaint, and so stands in no transcript: a complaint may be about those who read transcripts,
//! and its person may have asked that their name stay out of it.

use crate::dialogue::{Conversation, Event, Owner, Purpose, Session, Stage, Timer};
use crate::message::SessionId;

/// Where a conversation stood before its step, as far as privacy goes.
pub(super) enum Before {
    /// The person, or a timer, met the bot: in a complaint or not.
    Bot { complaining: bool },
    /// Staff handed back: what was said to staff is theirs, what the bot says now may be a complaint's.
    HandedBack,
    /// Words of the charity's side: never part of a complaint.
    Charity,
}

impl Before {
    pub(super) fn of(conversation: &Conversation, event: &Event) -> Before {
        match event {
            Event::Said(_) | Event::Sent(_) | Event::Answered(_) => {
                Before::Bot { complaining: complains(conversation) }
            }
            Event::Due(Timer::DraftReminder(id) | Timer::DraftLapse(id)) => {
                Before::Bot { complaining: is_complaint(conversation, *id) }
            }
            Event::StaffLeft => Before::HandedBack,
            Event::Came | Event::Due(_) | Event::Case(_) | Event::StaffSaid { .. } | Event::StaffTook => {
                Before::Charity
            }
        }
    }

    /// Whether what the step says (and what it heard) is kept out of transcripts.
    pub(super) fn is_private(&self, after: &Conversation) -> bool {
        match self {
            // The choice between a suggestion and a complaint would tell that one was made.
            Before::Bot { complaining } => *complaining || complains(after) || chooses(after),
            Before::HandedBack => complains(after),
            Before::Charity => false,
        }
    }
}

/// Whether the bot is asking for a complaint. What is said to staff meanwhile is for staff.
fn complains(conversation: &Conversation) -> bool {
    conversation.owner == Owner::Bot && conversation.session.as_ref().is_some_and(of_complaint)
}

fn chooses(conversation: &Conversation) -> bool {
    conversation.session.is_none() && conversation.stage == Stage::Opinion
}

fn is_complaint(conversation: &Conversation, id: SessionId) -> bool {
    conversation.session.iter().chain(&conversation.parked).any(|s| s.id == id && of_complaint(s))
}

fn of_complaint(session: &Session) -> bool {
    session.purpose == Purpose::Complaint
}
