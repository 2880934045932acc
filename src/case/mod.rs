//! What happens next to a request: its lifecycle. Pure.
//!
//! [`advance()`] moves a [`Case`] by an [`Action`], or gives the [`Refusal`]: a step is never skipped, a
//! decision never comes before the policy's two weeks (an administrator may override, and says why), and no
//! open case is without a next due date ([`due`]).

mod action;
mod advance;
mod due;
mod status;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::config::Policy;
use crate::form::QuestionId;
use crate::message::{CaseId, StaffId};
use crate::time::Timestamp;

pub use action::{Action, By, Moved, Refusal, Role};
pub use advance::advance;
pub use due::{APPEAL_DAYS, answer_from, decision_from, working_days};
pub use status::{Queue, Status};

/// A request, as far as its lifecycle needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Where it stands.
    pub status: Status,
    /// When it was signed (a completion does not move it).
    pub submitted_at: Timestamp,
    /// Who looks after it; `None` until somebody takes it (the queue "unowned" is the owner then).
    pub owner: Option<StaffId>,
    /// When the next thing is due. No open case is without.
    pub next_due: Option<Timestamp>,
    /// The result of the check per question: all that were looked at so far, over several rounds.
    pub checks: BTreeMap<QuestionId, Check>,
    /// What has to be looked at before the check is complete: every answer that was given, every paper that is needed.
    #[serde(default)]
    pub asked: BTreeSet<QuestionId>,
}

/// What the officer found when matching an answer with its paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// It matches.
    Matched,
    /// It does not: why.
    Mismatched(String),
    /// The paper is missing: what to send.
    Missing(String),
}

impl Case {
    /// The questions whose check found something missing or mismatched, in the order of their names.
    pub fn unmatched(&self) -> Vec<QuestionId> {
        self.checks
            .iter()
            .filter(|(_, check)| **check != Check::Matched)
            .map(|(question, _)| question.clone())
            .collect()
    }

    /// What stands between the request and the committee: what is unmatched, and what nobody looked at yet.
    pub fn unchecked(&self) -> Vec<QuestionId> {
        let unlooked = self.asked.iter().filter(|question| !self.checks.contains_key(*question));
        self.unmatched().into_iter().chain(unlooked.cloned()).collect()
    }
}

/// A case as it stands right after it was signed: nobody's yet, with a first look due.
pub fn submitted(id: CaseId, at: Timestamp, policy: &Policy) -> Case {
    Case {
        id,
        status: Status::Submitted,
        submitted_at: at,
        owner: None,
        next_due: due::next(Status::Submitted, at, at, policy),
        checks: BTreeMap::new(),
        asked: BTreeSet::new(),
    }
}
