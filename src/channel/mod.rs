//! How it travels: one file or folder a channel. The list of channels is [`crate::app`]'s.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::message::{Address, ChannelId, OutboxId, Part};

pub mod render;
pub mod terminal;
pub mod webchat;

/// A future in a box: traits with `async fn` are not object safe.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A way to reach people.
pub trait Channel: Send + Sync {
    /// Its name.
    fn id(&self) -> &ChannelId;
    /// What it can carry.
    fn capabilities(&self) -> &Capabilities;
    /// Sends one part. Never called for channels that are read ([`Delivery::Read`]).
    fn send<'a>(
        &'a self,
        to: &'a Address,
        part: &'a Part,
        key: &'a OutboxId,
    ) -> BoxFuture<'a, Result<Sent, SendError>>;
}

/// What a channel can carry, as data.
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// Whether people read our outbox themselves (a page) or it is sent to them.
    pub delivery: Delivery,
    /// The longest text of one part, in UTF-16 units.
    pub text: usize,
    /// How many buttons one part may have; more choices become numbered text.
    pub buttons: usize,
    /// The longest button label, in graphemes.
    pub button_label: usize,
    /// What sending the same key twice does.
    pub repeat: Repeat,
}

/// How parts reach people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The person's client reads the outbox by cursor: writing the row is delivering it.
    Read,
    /// Each part is sent by [`Channel::send`].
    Send,
}

/// What sending the same key twice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The person sees it twice.
    Doubles,
    /// The provider drops the second.
    Deduplicated,
}

/// A part that left: the provider's id for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The provider's id.
    pub provider_id: String,
}

/// Why a part did not leave, named by what the caller does next. `cause` never holds words or addresses of people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Try again, not before `after`.
    #[error("not now: {cause}")]
    Later {
        /// The provider's wish.
        after: Option<Duration>,
        /// Why.
        cause: String,
    },
    /// This part will never be taken.
    #[error("refused: {cause}")]
    Never {
        /// Why.
        cause: String,
    },
    /// The person cannot be reached here any more.
    #[error("the person cannot be reached here")]
    Gone,
    /// It may or may not have arrived.
    #[error("outcome unknown: {cause}")]
    Unknown {
        /// Why.
        cause: String,
    },
}
