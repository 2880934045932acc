//! What a step is given, and what it asks to be done.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::form::{Answer, Answers, FormRef, QuestionId};
use crate::message::{Body, CaseId, ChannelId, Locale, Prompt, SessionId, Speaker};
use crate::time::Timestamp;

/// What happened to a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The person sent something.
    Said(Body),
    /// The person sent something by a channel that tells more about it.
    Sent(Box<Sent>),
    /// The person goes on in another chat: they sent the code there that they were given here.
    Came,
    /// The person answered a question on our own page.
    Answered(Box<Answered>),
    /// A timer that was armed earlier is due.
    Due(Timer),
    /// Their request moved.
    Case(CaseNews),
    /// A member of staff writes to them.
    StaffSaid {
        /// The words.
        text: String,
    },
    /// A member of staff takes the conversation.
    StaffTook,
    /// … and hands it back to the bot.
    StaffLeft,
}

/// What a person sent, and what came along with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// What they sent.
    pub body: Body,
    /// The channel's own id of the message: a change of it names it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<str>>,
    /// Words that stand under a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// What files that were sent together share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<Box<str>>,
    /// What the link asks for by which the chat was opened: a service's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Box<str>>,
}

/// An answer that was given on our own page, where it was found right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The session that asked.
    pub session: SessionId,
    /// Its question.
    pub question: QuestionId,
    /// The answer.
    pub answer: Answer,
}

/// A timer of a conversation. Stored as its JSON text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// The draft lapses soon.
    DraftReminder(SessionId),
    /// The draft lapses.
    DraftLapse(SessionId),
    /// The survey about a case may be asked.
    Survey(CaseId),
    /// The survey's window is over: what was answered counts as it is.
    SurveyLapse(SessionId),
}

/// News about a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CaseNews {
    pub case: CaseId,
    pub reference: String,
    /// The status after the move, as the case store spells it.
    pub status: Box<str>,
    pub news: News,
}

/// What is new. Notices never carry a telling word in their first line (lock screens).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum News {
    /// Papers or answers are missing: they are asked for in the chat.
    Returned {
        form: FormRef,
        service: Box<str>,
        answers: Answers,
        missing: Vec<Missing>,
        /// The last whole day on which the request waits for them.
        until: NaiveDate,
    },
    /// The data was found in order.
    Checked,
    /// The committee has it; the answer comes not before this day.
    WithCommittee {
        answer_from: NaiveDate,
    },
    Accepted {
        reason: String,
    },
    Rejected {
        reason: String,
        /// The last whole day on which it can be asked that it be studied again.
        until: NaiveDate,
    },
    /// The person's wish that it be studied again is recorded.
    Appealed,
    /// Nothing to tell: only the status is another.
    Standing,
    /// Registration is complete.
    Registered,
    /// The service was given; the survey may be asked at `survey_at`.
    Delivered {
        survey_at: Timestamp,
    },
    Closed,
    /// What was missing did not come in time.
    Lapsed,
    Withdrawn,
}

/// One thing that is missing, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The question to ask again.
    pub question: QuestionId,
    /// The officer's words.
    pub reason: String,
}

/// What is to be done. Applied in order, in the transaction of the step.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Keeps the person's own words in the transcript as they would read them (a button's label, a file's name).
    Heard(String),
    /// The person was given the code of [`super::Env::way_code`].
    OfferedWay,
    /// What the person sent is not kept: it did not belong here.
    Forget,
    /// Say this.
    Say(Prompt, Speaker),
    /// Wake this conversation at that time; arming a timer again moves it.
    Arm(Timer, Timestamp),
    /// Forget the timer.
    Disarm(Timer),
    /// Keep the consent (or its refusal): wording version, language.
    Consented {
        /// Yes or no.
        given: bool,
        /// The wording's version.
        version: String,
        /// The language it was read in.
        locale: Locale,
        /// The words as they were read.
        wording: String,
    },
    /// Keep whether they may be written to first, where they were asked: wording and its version.
    Allowed {
        /// Yes or no.
        given: bool,
        /// The wording's version.
        version: String,
        /// The words as they were read.
        wording: String,
    },
    /// A session opened: keep its form's content for as long as it may be needed.
    Pin(FormRef),
    /// A signed request (or a completed one) goes to the case store.
    Submit(Box<Submission>),
    /// A survey's answers, complete or as far as they came.
    Surveyed {
        /// The run.
        session: SessionId,
        /// The case, if it is about one.
        case: Option<CaseId>,
        /// The form.
        form: FormRef,
        /// The answers in order.
        answers: Vec<(QuestionId, Answer)>,
        /// Whether every question was passed.
        complete: bool,
    },
    /// A suggestion or a complaint.
    File(Box<Filed>),
    /// A person is wanted; the human stretch starts.
    Refer(Reason),
    /// A member of staff took the conversation: the human stretch that was waited for, or one that starts here because
    /// staff stepped in.
    HumanTook,
    /// The human stretch ends.
    HumanEnded,
    /// The session is given up: its papers are deleted.
    Discard(SessionId),
    /// The person takes a request back.
    Withdraw(CaseId),
    /// The person asks that all about them be deleted: a task for an officer.
    AskErasure,
}

/// Why a person is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// They asked.
    Asked,
    /// Several answers in a row did not fit, and they took the offer.
    Stuck,
}

/// A request as signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// The session; a new case takes its id.
    pub session: SessionId,
    /// The case it completes, if it is not a new one.
    pub case: Option<CaseId>,
    /// Its reference number.
    pub reference: String,
    /// The service's code.
    pub service: Box<str>,
    /// The form.
    pub form: FormRef,
    /// The answers in form order, calculated ones included, skipped ones not.
    pub answers: Vec<(QuestionId, Answer)>,
    /// What was signed.
    pub signature: Signature,
}

/// A signature: the typed name under the declaration, and a hash that binds it to what was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// As typed.
    pub name: String,
    /// The declaration as it was read.
    pub declaration: String,
    /// The version of its wording.
    pub version: String,
    /// The language it was read in.
    pub locale: Locale,
    /// The channel it was given on.
    pub channel: ChannelId,
    /// When.
    pub at: Timestamp,
    /// SHA-256, 64 hex digits, over the JSON of (answers, declaration, version, locale, channel, at, name).
    pub hash: String,
}

/// A suggestion or a complaint as handed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Filed {
    pub session: SessionId,
    /// `suggestion` or `complaint`.
    pub kind: Box<str>,
    pub reference: String,
    pub form: FormRef,
    pub answers: Vec<(QuestionId, Answer)>,
    pub locale: Locale,
}
