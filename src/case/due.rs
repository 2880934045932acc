//! When the next thing is due.

use chrono::{Datelike, Duration, NaiveDate, Weekday};

use super::Status;
use crate::config::Policy;
use crate::time::Timestamp;

/// Days in which a rejection can be appealed.
pub const APPEAL_DAYS: u32 = 30;
/// Days in which an accepted request is registered, a registered one served, and an overdue one decided.
const STEP_DAYS: u32 = 7;

/// The first instant at which the committee may answer: the policy's days of 24 hours after the signature.
pub fn decision_from(submitted_at: Timestamp, policy: &Policy) -> Timestamp {
    submitted_at.plus_days(policy.decision_days)
}

/// The first day on which the committee may answer.
pub fn answer_from(submitted_at: Timestamp, zone: chrono_tz::Tz, policy: &Policy) -> NaiveDate {
    decision_from(submitted_at, policy).date_in(zone)
}

/// The same time of day `days` working days later. The working week is the Saudi one, Sunday to Thursday, and
/// so the weekday is Riyadh's.
pub fn working_days(at: Timestamp, days: u32) -> Timestamp {
    let mut due = at;
    let mut left = days;
    while left > 0 {
        due = due.plus_days(1);
        if !matches!(due.date_in(chrono_tz::Asia::Riyadh).weekday(), Weekday::Fri | Weekday::Sat) {
            left -= 1;
        }
    }
    due
}

/// When a case that came into `status` at `now` needs somebody next; `None` when it is at its end.
pub(super) fn next(
    status: Status,
    submitted_at: Timestamp,
    now: Timestamp,
    policy: &Policy,
) -> Option<Timestamp> {
    match status {
        Status::Submitted | Status::Appealed => Some(working_days(now, policy.first_look_days)),
        Status::Returned => Some(now.plus_days(policy.draft_days)),
        Status::Checked => Some(working_days(now, 1)),
        Status::WithCommittee => Some(committee(submitted_at, now, policy)),
        Status::Accepted | Status::Registered => Some(now.plus_days(STEP_DAYS)),
        Status::Rejected => Some(now.plus_days(APPEAL_DAYS)),
        Status::Delivered => {
            let asked = now.plus(Duration::hours(i64::from(policy.survey_after_hours)));
            Some(asked.plus_days(policy.survey_window_days))
        }
        Status::Closed | Status::Withdrawn | Status::Lapsed => None,
    }
}

/// The earliest day of a decision; once it has passed the target day; once that has passed too (an appeal, a
/// late completion) a week from now.
fn committee(submitted_at: Timestamp, now: Timestamp, policy: &Policy) -> Timestamp {
    [decision_from(submitted_at, policy), submitted_at.plus_days(policy.target_days)]
        .into_iter()
        .find(|due| *due > now)
        .unwrap_or_else(|| now.plus_days(STEP_DAYS))
}
