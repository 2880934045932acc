//! What happens next in a conversation. Pure: [`step()`] takes a conversation and an event, and gives the
//! conversation after it and what is to be done. No clock, no randomness, no I/O.

mod along;
mod ask;
mod drafts;
mod elsewhere;
pub mod event;
mod gate;
mod greet;
mod handover;
mod intake;
mod leave;
mod menu;
mod mine;
mod news;
mod offer;
mod page;
mod read;
mod review;
mod service;
mod session;
mod sign;
pub mod state;
mod steer;
mod step;
mod survey;
#[cfg(test)]
mod tests;
mod token;
mod turn;

pub use event::{
    Answered, CaseNews, Effect, Event, Filed, Missing, News, Reason, Sent, Signature, Submission, Timer,
};
pub use gate::{Asked, asked, takes_no_file, waits_at, weigh};
pub use state::{CaseLine, Consent, Conversation, Owner, Purpose, Session, Stage, State};
pub use step::step;

use crate::config::{Association, Policy};
use crate::form::{Moment, Shelf};
use crate::locale::Catalogue;
use crate::message::{CaseId, ChannelId, EventId, PersonId, SessionId};

/// Makes the link to our own page for a question of a session.
pub type SecureLink<'a> = dyn Fn(SessionId, &str) -> String + Sync + 'a;

/// What a step may look at besides the conversation.
pub struct Env<'a> {
    /// The event's own id: sessions opened by it take it for theirs.
    pub event: EventId,
    /// Whose conversation it is.
    pub person: PersonId,
    /// The channel the event came by (or the reply will leave by).
    pub channel: &'a ChannelId,
    /// Whether that channel lets us write first only to who allowed it.
    pub asks_leave: bool,
    /// Now, at the charity's zone.
    pub at: Moment,
    /// The words.
    pub words: &'a Catalogue,
    /// The forms and the services.
    pub shelf: &'a Shelf,
    /// Who we are.
    pub association: &'a Association,
    /// Clocks and limits.
    pub policy: &'a Policy,
    /// The public address of a case's status page.
    pub status_link: &'a (dyn Fn(CaseId) -> String + Sync),
    /// The way to our own page, for what is never asked on this channel; `None` where all may be asked.
    pub secure_link: Option<&'a SecureLink<'a>>,
    /// The reference number of a new case: one that no other case has.
    pub reference: &'a (dyn Fn(CaseId) -> String + Sync),
    /// Where the request of [`Conversation::about_to_move`] stands now. News of it may wait behind this event.
    pub stands: Option<&'a str>,
    /// The code by which the person goes on in another chat: see [`Effect::OfferedWay`].
    pub way_code: &'a (dyn Fn() -> String + Sync),
}
