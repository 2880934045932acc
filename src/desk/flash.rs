//! What the desk says after a step: a key of a closed list travels in the address, never a text.

use crate::case::Refusal;
use crate::engine::ActError;

/// Something to say once, at the head of the next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the keys below are the documentation
pub enum Flash {
    Assigned,
    Checked,
    Returned,
    HandedOver,
    Accepted,
    Rejected,
    Appealed,
    Registered,
    Delivered,
    Closed,
    Withdrawn,
    Erased,
    TookOver,
    Said,
    SaidAndTook,
    HandedBack,
    TaskDone,
    SignedOut,
    Welcome,
    OutOfOrder,
    TooEarly,
    NotAllowed,
    NoReason,
    Unchecked,
    NothingMissing,
    NotFound,
    Store,
    Form,
    Empty,
    TooLong,
    StillOpen,
    Changed,
    NotConfirmed,
}

const KEYS: [(Flash, &str); 33] = [
    (Flash::Assigned, "desk-done-assigned"),
    (Flash::Checked, "desk-done-checked"),
    (Flash::Returned, "desk-done-returned"),
    (Flash::HandedOver, "desk-done-handed-over"),
    (Flash::Accepted, "desk-done-accepted"),
    (Flash::Rejected, "desk-done-rejected"),
    (Flash::Appealed, "desk-done-appealed"),
    (Flash::Registered, "desk-done-registered"),
    (Flash::Delivered, "desk-done-delivered"),
    (Flash::Closed, "desk-done-closed"),
    (Flash::Withdrawn, "desk-done-withdrawn"),
    (Flash::Erased, "desk-done-erased"),
    (Flash::TookOver, "desk-done-took-over"),
    (Flash::Said, "desk-done-said"),
    (Flash::SaidAndTook, "desk-done-said-and-took"),
    (Flash::HandedBack, "desk-done-handed-back"),
    (Flash::TaskDone, "desk-done-task"),
    (Flash::SignedOut, "desk-done-signed-out"),
    (Flash::Welcome, "desk-done-welcome"),
    (Flash::OutOfOrder, "refused-out-of-order"),
    (Flash::TooEarly, "refused-too-early"),
    (Flash::NotAllowed, "refused-not-allowed"),
    (Flash::NoReason, "refused-no-reason"),
    (Flash::Unchecked, "refused-unchecked"),
    (Flash::NothingMissing, "refused-nothing-missing"),
    (Flash::NotFound, "refused-not-found"),
    (Flash::Store, "refused-store"),
    (Flash::Form, "refused-form"),
    (Flash::Empty, "refused-empty"),
    (Flash::TooLong, "refused-too-long"),
    (Flash::StillOpen, "refused-still-open"),
    (Flash::Changed, "refused-changed"),
    (Flash::NotConfirmed, "refused-not-confirmed"),
];

impl Flash {
    /// The flash behind a key from an address; `None` for anything else.
    pub fn from_key(key: &str) -> Option<Flash> {
        KEYS.iter().find(|(_, known)| *known == key).map(|(flash, _)| *flash)
    }
    /// Its message.
    pub fn key(self) -> &'static str {
        KEYS.iter().find(|(flash, _)| *flash == self).map_or("refused-form", |(_, key)| key)
    }
    /// Whether the step was done.
    pub fn good(self) -> bool {
        !self.key().starts_with("refused-")
    }
}

impl From<&ActError> for Flash {
    fn from(error: &ActError) -> Flash {
        match error {
            ActError::NotFound => Flash::NotFound,
            ActError::Store => Flash::Store,
            ActError::StillOpen => Flash::StillOpen,
            ActError::Changed => Flash::Changed,
            ActError::Refused(refusal) => match refusal {
                Refusal::OutOfOrder { .. } => Flash::OutOfOrder,
                Refusal::TooEarly { .. } => Flash::TooEarly,
                Refusal::NotAllowed => Flash::NotAllowed,
                Refusal::NoReason => Flash::NoReason,
                Refusal::Unchecked(_) => Flash::Unchecked,
                Refusal::NothingMissing => Flash::NothingMissing,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_flash_has_a_key_of_its_own_and_comes_back_from_it() {
        let keys: BTreeSet<_> = KEYS.iter().map(|(_, key)| key).collect();
        assert_eq!(keys.len(), KEYS.len());
        for (flash, key) in KEYS {
            assert_eq!(Flash::from_key(key), Some(flash));
            assert_eq!(flash.key(), key);
        }
        let last = KEYS.iter().map(|(flash, _)| *flash as usize).max();
        assert_eq!(last, Some(KEYS.len() - 1), "a flash is missing from the table");
    }

    #[test]
    fn what_is_no_key_says_nothing() {
        for forged in ["", "desk-title", "You won a prize", "<script>", "desk-done-accepted "] {
            assert_eq!(Flash::from_key(forged), None, "{forged}");
        }
    }

    #[test]
    fn both_languages_have_every_key() {
        for file in [include_str!("../../locales/ar/desk.ftl"), include_str!("../../locales/en/desk.ftl")] {
            for (_, key) in KEYS {
                assert!(file.contains(&format!("\n{key} = ")), "{key}");
            }
        }
    }
}
