//! Sealing at the engine's door: where each sealed value stands, so that none opens anywhere else.

use serde::Serialize;

use super::Engine;
use super::failed::Failed;
use crate::message::{CaseId, EventId, PersonId, SessionId};

/// The place of an inbox row's body.
pub(super) fn inbox_place(event: EventId) -> String {
    format!("inbox/{event}")
}
/// The place of an outbox row's body.
pub(super) fn outbox_place(id: &str) -> String {
    format!("outbox/{id}")
}
/// The place of what a channel wants to be told when it answers.
pub(super) const THREAD: &str = "thread";
/// The place of a conversation.
pub(super) const CONVERSATION: &str = "conversation";
/// The place of an answer in the case store.
pub(super) fn answer_place(case: CaseId, question: &str) -> String {
    format!("case/{case}/{question}")
}
/// The place of a case's signature.
pub(super) fn signature_place(case: CaseId) -> String {
    format!("signature/{case}")
}
/// The place of a signature that was replaced.
pub(super) fn earlier_place(case: CaseId, number: i64) -> String {
    format!("earlier/{case}/{number}")
}
/// The place of a suggestion or complaint.
pub(super) fn filed_place(session: SessionId) -> String {
    format!("filed/{session}")
}
/// The place of a case's checks.
pub(super) fn checks_place(case: CaseId) -> String {
    format!("checks/{case}")
}

impl Engine {
    /// Seals a value as JSON for a person at a place.
    pub(super) fn seal_json<T: Serialize>(
        &self,
        person: PersonId,
        wrapped: &[u8],
        place: &str,
        value: &T,
    ) -> Result<Vec<u8>, Failed> {
        let key = self.inner.vault.person_key(person, wrapped)?;
        Ok(key.seal(place, &serde_json::to_vec(value)?))
    }
}
