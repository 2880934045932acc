//! Moving a case.

use std::collections::BTreeMap;

use super::{Action, By, Case, Check, Moved, Refusal, Role, Status, due};
use crate::config::Policy;
use crate::form::QuestionId;
use crate::time::Timestamp;

/// Moves a case, or says why not. Who may comes first, then the order of steps, then reasons, then time.
pub fn advance(
    case: &Case,
    action: &Action,
    by: &By,
    now: Timestamp,
    policy: &Policy,
) -> Result<Moved, Refusal> {
    use Status::*;
    allowed(action, by)?;
    let from = case.status;
    let to = |to: Status, reason: Option<String>| Ok(moved(case, to, to.as_str(), reason, now, policy));
    match (action, from) {
        (_, Closed | Withdrawn | Lapsed) => Err(Refusal::OutOfOrder { from }),
        (Action::Assign { to }, _) => {
            let case = Case { owner: Some(*to), ..case.clone() };
            Ok(Moved { case, event: "assigned", reason: None })
        }
        (Action::Withdraw, _) => to(Withdrawn, None),
        (Action::Check { results }, Submitted | Checked) => check(case, results, now, policy),
        (Action::Return, Submitted) if case.unmatched().is_empty() => Err(Refusal::NothingMissing),
        (Action::Return, Submitted) => to(Returned, None),
        (Action::Complete { changed }, Returned) => {
            let mut complete = moved(case, Submitted, "completed", None, now, policy);
            complete
                .case
                .checks
                .retain(|question, check| *check == Check::Matched && !changed.contains(question));
            Ok(complete)
        }
        (Action::Lapse, Returned) => waited(case, now).and_then(|()| to(Lapsed, None)),
        (Action::HandToCommittee, Checked | Appealed) => to(WithCommittee, None),
        (Action::HandToCommittee, Submitted) if !case.unchecked().is_empty() => {
            Err(Refusal::Unchecked(case.unchecked()))
        }
        (Action::Accept { reason, early }, WithCommittee) => {
            to(Accepted, Some(decided(case, reason, early.as_deref(), by, now, policy)?))
        }
        (Action::Reject { reason, early }, WithCommittee) => {
            to(Rejected, Some(decided(case, reason, early.as_deref(), by, now, policy)?))
        }
        (Action::Appeal { reason }, Rejected) => to(Appealed, Some(given(reason)?)),
        (Action::Register, Accepted) => to(Registered, None),
        (Action::Deliver, Registered) => to(Delivered, None),
        (Action::Close, Delivered) => to(Closed, None),
        (Action::Close, Rejected) => waited(case, now).and_then(|()| to(Closed, None)),
        _ => Err(Refusal::OutOfOrder { from }),
    }
}

/// Whether this hand may do this at all.
fn allowed(action: &Action, by: &By) -> Result<(), Refusal> {
    let may = match by {
        By::Staff { .. } => true,
        By::System(_) => matches!(action, Action::Accept { .. } | Action::Reject { .. }),
        By::Person => matches!(action, Action::Complete { .. } | Action::Appeal { .. } | Action::Withdraw),
        By::Clock => matches!(action, Action::Close | Action::Lapse),
    };
    if may { Ok(()) } else { Err(Refusal::NotAllowed) }
}

fn moved(
    case: &Case,
    status: Status,
    event: &'static str,
    reason: Option<String>,
    now: Timestamp,
    policy: &Policy,
) -> Moved {
    let next_due = due::next(status, case.submitted_at, now, policy);
    Moved { case: Case { status, next_due, ..case.clone() }, event, reason }
}

/// Joins the results to those of earlier rounds. Only when everything that is asked was looked at and matches is the
/// case checked; a later round that finds something takes it back.
fn check(
    case: &Case,
    results: &BTreeMap<QuestionId, Check>,
    now: Timestamp,
    policy: &Policy,
) -> Result<Moved, Refusal> {
    if results.is_empty() {
        return Err(Refusal::Unchecked(Vec::new()));
    }
    let needs_words = |check: &Check| match check {
        Check::Matched => false,
        Check::Mismatched(why) | Check::Missing(why) => why.trim().is_empty(),
    };
    if results.values().any(needs_words) {
        return Err(Refusal::NoReason);
    }
    let mut looked = case.clone();
    looked.checks.extend(results.iter().map(|(question, check)| (question.clone(), check.clone())));
    let (status, event) = if looked.unchecked().is_empty() {
        (Status::Checked, "checked")
    } else {
        (Status::Submitted, "check_saved")
    };
    Ok(moved(&looked, status, event, None, now, policy))
}

/// The reason of a decision, with the override's below it; refused before its time.
fn decided(
    case: &Case,
    reason: &str,
    early: Option<&str>,
    by: &By,
    now: Timestamp,
    policy: &Policy,
) -> Result<String, Refusal> {
    let reason = given(reason)?;
    let not_before = due::decision_from(case.submitted_at, policy);
    if now >= not_before {
        return Ok(reason);
    }
    match (early.map(str::trim).filter(|why| !why.is_empty()), by) {
        (None, _) => Err(Refusal::TooEarly { not_before }),
        (Some(why), By::Staff { role: Role::Administrator, .. }) => Ok(format!("{reason}\n{why}")),
        (Some(_), _) => Err(Refusal::NotAllowed),
    }
}

/// A reason that says something.
fn given(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() { Err(Refusal::NoReason) } else { Ok(reason.to_owned()) }
}

/// Whether what the person was given time for is over.
fn waited(case: &Case, now: Timestamp) -> Result<(), Refusal> {
    match case.next_due {
        Some(not_before) if now < not_before => Err(Refusal::TooEarly { not_before }),
        _ => Ok(()),
    }
}
