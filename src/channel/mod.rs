//! How it travels: one file or folder a channel. The list of channels is [`crate::app`]'s.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;

use crate::message::{Address, Body, ChannelId, ChoiceToken, Locale, OutboxId, Part};
use crate::time::Timestamp;

pub mod email;
mod http;
pub mod keyboard;
pub mod render;
pub mod telegram;
pub mod terminal;
pub mod webchat;
pub mod whatsapp;

/// A future in a box: traits with `async fn` are not object safe.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A way to reach people. What a channel lacks keeps the method's own answer.
pub trait Channel: Send + Sync {
    /// Its name.
    fn id(&self) -> &ChannelId;
    /// What it can carry.
    fn capabilities(&self) -> &Capabilities;
    /// How fast parts may leave.
    fn pace(&self) -> Pace {
        Pace::default()
    }
    /// Sends one part, or draws the keyboard of an earlier one anew (see [`crate::message::Board::at`]). Never called
    /// for channels that are read ([`Delivery::Read`]).
    fn send<'a>(
        &'a self,
        to: &'a Address,
        part: &'a Part,
        key: &'a OutboxId,
    ) -> BoxFuture<'a, Result<Sent, SendError>>;

    /// Sends one part to whom the channel told `thread` of when they wrote last (see [`Letter::thread`]).
    fn answer<'a>(
        &'a self,
        to: &'a Address,
        part: &'a Part,
        key: &'a OutboxId,
        _thread: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Sent, SendError>> {
        self.send(to, part, key)
    }

    /// Asks somebody who spoke too long ago to open the chat, as far as the provider lets it be said: `part` holds what
    /// is said of the reason, and in which language.
    fn knock<'a>(
        &'a self,
        _to: &'a Address,
        _part: &'a Part,
        _key: &'a OutboxId,
    ) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(async { Err(SendError::Never { cause: "this channel does not knock".into() }) })
    }

    /// How what people send comes in, where it comes as the provider's raw text.
    fn ingress(&self) -> Ingress {
        Ingress::None
    }
    /// Whether a webhook's request is the provider's own, judged by its headers and its raw body in constant time.
    fn verify(&self, _headers: &HeaderMap, _raw: &[u8]) -> bool {
        false
    }
    /// The answer to a provider that asks, with the query of a `GET`, whether a webhook is ours; `None` when it is not
    /// the provider.
    fn prove(&self, _query: &str) -> Option<String> {
        None
    }
    /// Parts what came in, without looking at what people say. Pure.
    ///
    /// # Errors
    /// When it is nothing of the provider's: then it is kept as it came.
    fn sort(&self, _raw: &[u8]) -> Result<Vec<Sorted>, Unreadable> {
        Err(Unreadable("this channel takes nothing raw"))
    }
    /// Reads a letter's raw text. Pure; what is new to it is [`Heard::Said`] of [`Body::Unsupported`].
    ///
    /// # Errors
    /// When it is no letter of this channel.
    fn decode(&self, _raw: &[u8]) -> Result<Heard, Unreadable> {
        Err(Unreadable("this channel takes nothing raw"))
    }
    /// Asks the provider for what came after `cursor` and waits a while for it.
    fn pull<'a>(&'a self, _cursor: Option<&'a str>) -> BoxFuture<'a, Result<Pulled, SendError>> {
        Box::pin(async { Ok(Pulled::default()) })
    }
    /// Fetches a file that the provider holds, of at most `limit` bytes.
    fn fetch<'a>(&'a self, _file: &'a File, _limit: u64) -> BoxFuture<'a, Result<Bytes, FetchError>> {
        Box::pin(async { Err(FetchError::Never) })
    }
    /// Tells the provider, of a letter that was stored, that it was heard: the pressed button stops waiting. Best
    /// effort.
    fn acknowledge<'a>(&'a self, _raw: &'a [u8]) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
    /// Shows the person that something is being done for them. Best effort.
    fn typing<'a>(&'a self, _to: &'a Address) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
    /// Takes the keyboard off a message whose question is over. Best effort.
    fn strip<'a>(&'a self, _to: &'a Address, _message: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
    /// Opens the line: tells the provider where letters go. `public_url` is the address of our pages, without a slash
    /// at the end.
    fn open<'a>(&'a self, _public_url: &'a str) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async { Ok(()) })
    }
    /// Tells the provider how the bot introduces itself, the default language first.
    fn introduce<'a>(&'a self, _to: &'a [Introduction]) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async { Ok(()) })
    }
    /// What an operator should know of the line to the provider, in lines for `wasl doctor`. `public_url` as for
    /// [`Channel::open`].
    fn examine<'a>(&'a self, _public_url: &'a str) -> BoxFuture<'a, Vec<Examined>> {
        Box::pin(async { Vec::new() })
    }
}

/// How letters come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ingress {
    /// They do not: people write on our own pages, or in this program.
    None,
    /// The provider posts them to `/webhook/<channel>`.
    Webhook,
    /// We ask for them again and again, one server at a time.
    Pull,
}

/// One of the things that a provider brought together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sorted {
    /// Something of a person.
    Letter(Letter),
    /// What became of a part that was sent.
    Report(Report),
    /// Nobody's, or not to be answered: kept for staff, with the reason.
    Aside {
        /// What is kept.
        raw: Bytes,
        /// Why nobody is answered.
        reason: &'static str,
    },
    /// What became of something that was not sent by us, or that changes nothing: not kept.
    Foreign,
    /// Something that the charity must know of its line; free of people's words and addresses.
    Alert(String),
}

/// One thing that a provider brought, as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letter {
    /// The channel's own id of it: the same id is the same letter.
    pub external_id: Box<str>,
    /// Whose it is; `None` when it is nobody's (a channel's post, a poll).
    pub from: Option<Address>,
    /// What else the provider calls the same person.
    pub also: Vec<Address>,
    /// When the person spoke, where the provider counts how long they may be answered from then.
    pub spoke_at: Option<Timestamp>,
    /// Whether the provider tells something of a person who did nothing: they are answered where they were.
    pub told: bool,
    /// What the channel wants to be told when it answers them ([`Channel::answer`]); opaque to all others, and kept
    /// sealed.
    pub thread: Option<String>,
    /// What is stored, and decoded later.
    pub raw: Bytes,
}

/// What became of a part, as its provider tells it later: in any order, and more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Our own id of the part, which its provider gives back.
    pub key: OutboxId,
    /// The provider's id of it.
    pub provider_id: Box<str>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The provider sent it on.
    Sent,
    /// It arrived.
    Arrived,
    /// It was read.
    Read,
    /// It will not arrive.
    Failed(SendError),
}

/// What was pulled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pulled {
    /// Each as it came.
    pub raw: Vec<Bytes>,
    /// What to ask for next, once these are stored; `None` when nothing came.
    pub cursor: Option<String>,
}

/// It is nothing of the provider's. Nothing of it is repeated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub &'static str);

/// What a letter means.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// The person said something.
    Said(Box<Said>),
    /// They sent a file, which is still with the provider.
    File(Box<File>),
    /// They pressed a button that only changes the keyboard it stands on.
    Pressed {
        /// The message it stands on, by the provider's id.
        message: Box<str>,
        /// What it changes.
        press: Press,
    },
    /// They will not be reached here until they come back.
    Left,
    /// They can be reached here again.
    Returned,
    /// They want to read what waits for them (see [`SendError::Closed`]).
    Opened,
    /// Whether they may be written to first, as they told the provider.
    Allowed(bool),
    /// Somebody wrote where others read along.
    Group,
    /// The same chat has another address from now on.
    Moved(Address),
    /// Nothing is to be done about it.
    Nothing(&'static str),
}

/// What was said, and what came along with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// What was said.
    pub body: Body,
    /// The provider's id of the message: what is changed later names it.
    pub message: Option<Box<str>>,
    /// What the link asked for by which the chat was opened.
    pub wish: Option<Box<str>>,
}

/// A file with the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The provider's name of it.
    pub handle: Box<str>,
    /// It, where it came with the letter.
    pub held: Option<Bytes>,
    /// The sender's name of it, or one that tells its kind.
    pub name: String,
    /// Bytes, as far as the provider says.
    pub size: Option<u64>,
    /// Words that came with it.
    pub caption: Option<String>,
    /// What other files were sent together with it share.
    pub album: Option<Box<str>>,
    /// The provider's id of the message.
    pub message: Option<Box<str>>,
}

/// What a press changes on a keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Another page.
    Page(usize),
    /// A tick.
    Tick(ChoiceToken),
    /// Ticking is over: what is ticked is said.
    Done,
}

/// Why a file did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Try again.
    #[error("not now")]
    Later,
    /// Larger than was allowed, or than the provider hands out.
    #[error("too large")]
    TooLarge,
    /// The provider has it no more.
    #[error("it is not there")]
    Never,
}

/// How the bot introduces itself in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// The language.
    pub locale: Locale,
    /// The bot's name.
    pub name: String,
    /// What is seen before the first message.
    pub description: String,
    /// What is seen where the bot is shared.
    pub short: String,
    /// Commands and what they do: `start`, `help`.
    pub commands: Vec<(&'static str, String)>,
}

/// A line for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Examined {
    /// It is as it should be.
    Fine(String),
    /// It is not: what was found, and what to do.
    Wrong {
        /// What was found.
        found: String,
        /// What to do.
        remedy: String,
    },
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
    /// How many choices a keyboard shows at once, where its keyboards can be drawn anew: more have pages, and several
    /// are ticked there. `None` where what was sent stays as it is.
    pub page: Option<usize>,
    /// What a button can share.
    pub shares: Shares,
    /// Whether several choices can be ticked: on a keyboard, or by the person's client. Else they are numbered lines.
    pub ticks: bool,
    /// Whether choices may stand in a list that opens at a press.
    pub opens: bool,
    /// Whether each message costs: then what one turn says goes in as few as may be.
    pub costs: bool,
    /// For how long after the person spoke the provider takes what is said freely; `None`: always. Later it takes a
    /// knock only: see [`Channel::knock`].
    pub window: Option<Duration>,
    /// Whether what is special of a person may be said here: on our own pages. Elsewhere it is asked by a link to one.
    pub private: bool,
}

/// What a button can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shares {
    /// Nothing.
    Nothing,
    /// The person's place, by a message that has no other buttons.
    Place,
    /// The person's number or place, beside the choices.
    NumberAndPlace,
}

/// How fast parts may leave by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Parts a second in all; 0 for no limit.
    pub a_second: u32,
    /// Parts a second to one person, of which a few may leave at once; 0 for no limit.
    pub a_person_second: u32,
    /// Parts on their way at once.
    pub at_once: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { a_second: 0, a_person_second: 0, at_once: 16 }
    }
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
    /// The person sees it twice; but the provider tells, under our key, what became of the first.
    Reported,
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
    /// Nothing may be sent by this channel before `after`; the part is not to blame.
    #[error("the channel rests: {cause}")]
    Rest {
        /// The provider's wish.
        after: Duration,
        /// Why.
        cause: String,
    },
    /// Nothing may be sent by this channel until somebody of the charity acts.
    #[error("the line is broken: {cause}")]
    Broken {
        /// Why.
        cause: String,
    },
    /// This part will never be taken.
    #[error("refused: {cause}")]
    Never {
        /// Why.
        cause: String,
    },
    /// The person spoke too long ago: only a knock is taken.
    #[error("the person spoke too long ago")]
    Closed,
    /// The person told the provider that they do not want to be written to first.
    #[error("the person does not want to be written to first")]
    Unwanted,
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
