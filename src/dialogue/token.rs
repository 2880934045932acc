//! Button tokens: the same choice of the same question in the same session is the same token, and no other.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::message::{ChoiceToken, PersonId};

/// Keeps these digests apart from every other digest over the same parts.
const SALT: &str = "wasl choice 1";

/// The first 16 bytes of SHA-256 over person, scope (a session's id or a stage's name), question and choice,
/// in base64url: 22 characters. Nothing in it counts or is drawn, so that a step that runs twice makes it again.
pub(super) fn token(person: PersonId, scope: &str, question: &str, choice: &str) -> ChoiceToken {
    let mut hash = Sha256::new();
    hash.update(person.0.as_bytes());
    for part in [SALT, scope, question, choice] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    ChoiceToken(URL_SAFE_NO_PAD.encode(&hash.finalize()[..16]).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_bound_to_person_scope_question_and_choice() {
        let person = |n| PersonId(uuid::Uuid::from_u128(n));
        let one = token(person(1), "menu", "menu", "request");
        assert_eq!(one, token(person(1), "menu", "menu", "request"));
        assert_eq!(one.0.len(), 22);
        for other in [
            token(person(2), "menu", "menu", "request"),
            token(person(1), "other", "menu", "request"),
            token(person(1), "menu", "men", "urequest"),
            token(person(1), "menu", "menu", "requests"),
        ] {
            assert_ne!(one, other);
        }
    }
}
