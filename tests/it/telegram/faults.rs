//! What goes wrong on a test's wish.

use std::collections::VecDeque;

use super::refusal::Refusal;

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// 500 as Telegram words it; nothing was done.
    Broken,
    /// 502 of a proxy, with a page of HTML; nothing was done.
    BadGateway,
    /// 429: not before so many seconds; nothing was done.
    TooMany(u64),
    /// No answer ever comes; nothing was done.
    HangsBefore,
    /// No answer ever comes, though it was done.
    HangsAfter,
    /// The connection ends; nothing was done.
    CutBefore,
    /// The connection ends, though it was done.
    CutAfter,
}

impl Fault {
    /// What Telegram itself answers, if it does.
    pub fn refusal(self) -> Option<Refusal> {
        match self {
            Fault::Broken => Some(Refusal::broken()),
            Fault::TooMany(seconds) => Some(Refusal::too_many(seconds)),
            _ => None,
        }
    }

    /// Whether the call is done all the same.
    pub fn is_late(self) -> bool {
        matches!(self, Fault::HangsAfter | Fault::CutAfter)
    }
}

/// Faults to come, each for one method (in lower case) or, as `*`, for any.
#[derive(Debug, Default)]
pub struct Faults {
    /// Each once.
    pub next: VecDeque<(String, Fault)>,
    /// Until it is taken away.
    pub lasting: Option<(String, Fault)>,
}

impl Faults {
    /// The fault of this call, if any.
    pub fn take(&mut self, method: &str) -> Option<Fault> {
        let meant = |named: &str| named == "*" || named == method;
        match self.next.iter().position(|(named, _)| meant(named)) {
            Some(at) => self.next.remove(at).map(|(_, fault)| fault),
            None => self.lasting.as_ref().filter(|(named, _)| meant(named)).map(|(_, fault)| *fault),
        }
    }
}
