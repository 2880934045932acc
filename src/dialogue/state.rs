//! The state of a conversation, as it is sealed into the store (JSON).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::form::{Answer, Answers, FormRef, QuestionId};
use crate::message::{CaseId, ChannelId, DocumentId, Locale, SessionId};
use crate::time::Timestamp;

/// Everything the bot remembers of one person's conversation.
///
/// New fields get `#[serde(default)]`; `tests/data/sessions/` keeps one of every released shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Conversation {
    /// The language they chose, or the best guess until they do.
    pub locale: Option<Locale>,
    /// What they agreed to, if they did.
    pub consent: Option<Consent>,
    /// What the bot waits for while no session asks.
    pub stage: Stage,
    /// The form being filled now.
    pub session: Option<Session>,
    /// Sessions put aside: a paused draft, a form that waits until the present one is done.
    pub parked: Vec<Session>,
    /// Who answers.
    pub owner: Owner,
    /// Their requests, newest last, kept true by case news.
    pub cases: Vec<CaseLine>,
    /// They asked us to stop writing first.
    pub stopped: bool,
    /// While a human owns it: whether a member of staff took it (else they are still waited for, and the person
    /// may return to the bot).
    #[serde(default)]
    pub taken: bool,
    /// Messages in a row that no page understood.
    #[serde(default)]
    pub misses: u8,
    /// Whether the last question offered to share a number or a place with one press.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sharing: bool,
    /// The last message that did not answer what is asked, by its channel's id: changed, it is an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<Box<str>>,
    /// The files that were sent together last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<Album>,
    /// When something was sent last that cannot be read, and was told so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread_at: Option<Timestamp>,
    /// The channels on which they were asked whether they may be written to first.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub asked_leave: BTreeSet<ChannelId>,
    /// What the link asked for by which the chat was opened, until the person is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Box<str>>,
}

impl Conversation {
    /// The request that the person's next words may complete or take back.
    pub fn about_to_move(&self) -> Option<CaseId> {
        match (&self.session, &self.stage) {
            (Some(Session { purpose: Purpose::Completion { case, .. }, state: State::Signing, .. }), _)
            | (None, Stage::ConfirmWithdraw(case)) => Some(*case),
            _ => None,
        }
    }

    /// Whether nothing was said yet.
    pub fn is_new(&self) -> bool {
        self.stage == Stage::New && !self.has_begun()
    }

    /// Whether anything is here that the person would miss.
    pub fn has_begun(&self) -> bool {
        self.consent.is_some() || self.session.is_some() || !self.cases.is_empty()
    }

    /// The papers that answers of open and parked sessions name.
    pub fn papers(&self) -> BTreeSet<DocumentId> {
        let sessions = self.session.iter().chain(&self.parked);
        let answers = sessions.flat_map(|session| session.answers.values());
        let papers = answers.filter_map(|answer| match answer {
            Answer::Document(paper) => Some(paper.media.document),
            _ => None,
        });
        papers.collect()
    }
}

/// Files that were sent together: the first was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Album {
    /// What they share.
    pub id: Box<str>,
    /// Whether the person knows that one is taken at a time.
    pub told: bool,
}

/// Consent given: which wording, in which language, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Consent {
    pub version: String,
    pub locale: Locale,
    pub at: Timestamp,
}

/// What the bot waits for outside a form. While a session is open it is `Menu`, or `Language` while another
/// language is chosen.
///
/// ```text
///  New ──► Language ──► Consent ──yes──► Menu ◄──────────────── (a session ends)
///              ▲          │  ▲            │ ▲
///   "language" │       no ▼  │ return     │ └─ Service ──► (a session opens)      Paused ──► (taken up)
///   anywhere   │        Declined          ├─── Opinion ──► (a session opens)
///                                         ├─── Requests ─► ConfirmWithdraw
///                                         ├─── Data ─────► ConfirmDiscard
///                                         └─── Leave (after a request, where the channel asks for it)
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing was said yet.
    #[default]
    New,
    /// The choice of a language.
    Language,
    /// Consent.
    Consent,
    /// Consent was declined; anything said offers it again.
    Declined,
    /// The menu.
    Menu,
    /// The choice of a service.
    Service,
    /// "My data" and its choices.
    Data,
    /// A yes to deleting the draft.
    ConfirmDiscard,
    /// A draft was just put aside; anything said takes it up again.
    Paused,
    /// Suggestion or complaint?
    Opinion,
    /// "My request" and its choices.
    Requests,
    /// A yes to taking this request back.
    ConfirmWithdraw(CaseId),
    /// Whether they may be written to first.
    Leave,
}

/// What a session is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A new request for a service.
    Request {
        /// Its code.
        service: Box<str>,
    },
    /// What was missing of a request already handed in.
    Completion {
        /// The request.
        case: CaseId,
        /// Its service.
        service: Box<str>,
    },
    /// The satisfaction survey about a delivered case (or on demand, about none).
    Survey {
        /// The case, if it is about one.
        case: Option<CaseId>,
    },
    /// A suggestion.
    Suggestion,
    /// A complaint.
    Complaint,
}

/// One run through a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The id of the event that opened it.
    pub id: SessionId,
    /// The form, pinned by content.
    pub form: FormRef,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: State,
    /// The answers so far.
    pub answers: Answers,
    /// Misses at the present question.
    pub misses: u8,
    /// Questions that were asked again because an answer before them changed; of a completion, all that it asks for.
    #[serde(default)]
    pub again: BTreeSet<QuestionId>,
    /// Why a question is asked again, in the officer's words (completions only).
    #[serde(default)]
    pub reasons: BTreeMap<QuestionId, String>,
    /// When it was opened.
    pub started_at: Timestamp,
    /// When the person last did something in it.
    pub touched_at: Timestamp,
    /// Whether its timers are armed. One that is due before its time, because the person came back meanwhile, is
    /// armed again then: so an answer need not move them.
    #[serde(default)]
    pub armed: bool,
}

/// Where a session stands.
///
/// ```text
///             answer / skip                 confirm              typed name
///  Asking(q) ───────────────► Asking(q') ─ … ─► Review ─────────► Signing ─────────► (submitted)
///     ▲  back                                   │   ▲
///     └──────────────────────────────────────── │   │ answer
///                                        edit q ▼   │
///                                            Editing(q)
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// This question waits for its answer.
    Asking(QuestionId),
    /// Everything is shown; confirm, or pick a line.
    Review,
    /// One line is answered anew, then back to the review.
    Editing(QuestionId),
    /// The declaration was shown and waits for the typed name.
    Signing,
}

/// Who answers the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// wasl.
    #[default]
    Bot,
    /// A member of staff (or the wait for one); the bot is silent.
    Human {
        /// Since when.
        since: Timestamp,
    },
}

/// One request of the person, for "my request".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLine {
    /// Its id.
    pub case: CaseId,
    /// Its reference number.
    pub reference: String,
    /// The service asked for.
    pub service: Box<str>,
    /// Its status as the case store spells it: `submitted`, `with_committee`, …; message `status-<that with - for _>`.
    pub status: Box<str>,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// The first day on which an answer can come.
    pub answer_from: NaiveDate,
    /// Whether the service was given.
    #[serde(default)]
    pub served: bool,
}
