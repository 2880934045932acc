//! Where a request stands.

use serde::{Deserialize, Serialize};

/// Where a request stands.
///
/// ```text
///                 Check (all matched)          HandToCommittee               Accept
///   Submitted ───────────────────────► Checked ──────────────► WithCommittee ──────► Accepted
///     │    ▲ ◄─────────────────────────┘                         ▲      │               │ Register
///     │    │    Check (not all)                  HandToCommittee │      │ Reject        ▼
///     │    │ Complete                                            │      ▼           Registered
///     ▼    │                                               Appealed ◄── Rejected        │ Deliver
///   Returned                                                     Appeal     │           ▼
///     │ Lapse (after its days)                         Close (after 30 days)│       Delivered
///     ▼                                                                     ▼           │ Close
///   Lapsed                                                               Closed ◄───────┘
///
///   Withdraw: from every open status to Withdrawn.      Closed, Withdrawn and Lapsed are the end.
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Signed and handed in; an officer is to match answers and papers.
    Submitted,
    /// With the person again, for what is missing.
    Returned,
    /// Every answer matches its paper.
    Checked,
    /// The committee studies it.
    WithCommittee,
    /// The committee said yes; the registration is to be completed.
    Accepted,
    /// The committee said no; the person may appeal.
    Rejected,
    /// The person asked for another look; to be handed to the committee again.
    Appealed,
    /// Registration is complete; the service is to be given.
    Registered,
    /// The service was given; the survey may be asked.
    Delivered,
    /// Done.
    Closed,
    /// Taken back by the person.
    Withdrawn,
    /// Nothing came for too long after it was returned.
    Lapsed,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// An officer's.
    Officers,
    /// The committee's.
    Committee,
    /// The person's own: to complete, to appeal, to rate.
    Person,
}

impl Status {
    /// Every status, in the order of a request's life.
    pub const ALL: [Status; 12] = [
        Status::Submitted,
        Status::Returned,
        Status::Checked,
        Status::WithCommittee,
        Status::Accepted,
        Status::Rejected,
        Status::Appealed,
        Status::Registered,
        Status::Delivered,
        Status::Closed,
        Status::Withdrawn,
        Status::Lapsed,
    ];

    /// As the case store spells it: `with_committee`.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Submitted => "submitted",
            Status::Returned => "returned",
            Status::Checked => "checked",
            Status::WithCommittee => "with_committee",
            Status::Accepted => "accepted",
            Status::Rejected => "rejected",
            Status::Appealed => "appealed",
            Status::Registered => "registered",
            Status::Delivered => "delivered",
            Status::Closed => "closed",
            Status::Withdrawn => "withdrawn",
            Status::Lapsed => "lapsed",
        }
    }

    /// Reads what [`Status::as_str`] writes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether something can still happen to it.
    pub fn is_open(self) -> bool {
        self.queue().is_some()
    }

    /// Whose turn it is; `None` when the request is at its end.
    pub fn queue(self) -> Option<Queue> {
        match self {
            Status::Submitted
            | Status::Checked
            | Status::Accepted
            | Status::Appealed
            | Status::Registered => Some(Queue::Officers),
            Status::WithCommittee => Some(Queue::Committee),
            Status::Returned | Status::Rejected | Status::Delivered => Some(Queue::Person),
            Status::Closed | Status::Withdrawn | Status::Lapsed => None,
        }
    }
}
