//! What is done to a case, by whom, and what comes of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Case, Check, Status};
use crate::form::QuestionId;
use crate::message::StaffId;
use crate::time::Timestamp;

/// What a member of staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// All that an officer may, and a decision before its time with a reason that is kept.
    Administrator,
    /// Every step of a case in its order.
    Officer,
}

/// Who moves a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A member of staff; also on behalf of a person who is on the telephone or at the office.
    Staff {
        /// Who.
        id: StaffId,
        /// What they may do.
        role: Role,
    },
    /// Another system that wrote into the shared store (its name): it may accept and reject.
    System(String),
    /// The person whose request it is: may complete, appeal and withdraw.
    Person,
    /// A timer: may close and lapse.
    Clock,
}

/// What is done to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Somebody takes it, or is given it.
    Assign {
        /// Who looks after it from now on.
        to: StaffId,
    },
    /// The result of matching data and papers, question by question; joined to earlier rounds.
    Check {
        /// What was looked at now; not empty.
        results: BTreeMap<QuestionId, Check>,
    },
    /// Back to the person, for what is `Missing` or `Mismatched`.
    Return,
    /// The person sent what was missing, and signed again.
    Complete {
        /// The answers that are not what they were: whatever was found about them before says nothing any more.
        changed: BTreeSet<QuestionId>,
    },
    /// To the committee, for the first time or after an appeal.
    HandToCommittee,
    /// The committee says yes.
    Accept {
        /// Why; told to the person.
        reason: String,
        /// Why before the two weeks are over; kept, never told to the person.
        early: Option<String>,
    },
    /// The committee says no.
    Reject {
        /// Why; told to the person.
        reason: String,
        /// Why before the two weeks are over; kept, never told to the person.
        early: Option<String>,
    },
    /// The person asks for another look.
    Appeal {
        /// Their words.
        reason: String,
    },
    /// The registration is complete.
    Register,
    /// The service was given.
    Deliver,
    /// It is done: surveyed, or the window of the survey or of the appeal is over.
    Close,
    /// The person takes it back.
    Withdraw,
    /// Nothing came although it was asked for.
    Lapse,
}

/// Why an action is refused; each has a message `refused-…` for the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Not from this status.
    OutOfOrder {
        /// Where the case stands.
        from: Status,
    },
    /// A waiting time is not over: the policy's two weeks before a decision, the days to appeal before a
    /// rejected case is closed, the days to complete before a returned case lapses.
    TooEarly {
        /// The first instant at which it may be done.
        not_before: Timestamp,
    },
    /// Not for this hand: only an administrator may override, only the committee decides, …
    NotAllowed,
    /// A reason is needed.
    NoReason,
    /// Something is still mismatched, missing or not looked at (the questions), or a check says nothing (none).
    Unchecked(Vec<QuestionId>),
    /// Nothing is marked missing or mismatched, so there is nothing to return for.
    NothingMissing,
}

/// The case after an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// As it is now.
    pub case: Case,
    /// The name of the event for `case_event`: `assigned`, `checked`, `check_saved` (not all matched),
    /// `returned`, `completed`, and else the status reached (`with_committee`, `accepted`, …).
    pub event: &'static str,
    /// The reason that is kept with it, if any. An override's reason follows on a line of its own, so this is
    /// for staff; what the person is told is the action's `reason`.
    pub reason: Option<String>,
}
