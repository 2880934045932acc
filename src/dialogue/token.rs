//! Button tokens: the same choice of the same question in the same session is the same token, and no other.

use std::borrow::Cow;
use std::cell::OnceCell;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::message::{ChoiceToken, PersonId};

/// Keeps these digests apart from every other digest over the same parts.
const SALT: &str = "wasl choice 1";

/// Whose choices they are, and of which question of which session or of which page: what the tokens of a page have
/// in common. It is hashed when the first token is asked for: what is answered in words needs none.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    person: PersonId,
    scope: Cow<'a, str>,
    question: Cow<'a, str>,
    begun: OnceCell<Sha256>,
}

impl<'a> Scope<'a> {
    /// `scope` is a session's id or a stage's name.
    pub fn new(person: PersonId, scope: Cow<'a, str>, question: Cow<'a, str>) -> Self {
        Scope { person, scope, question, begun: OnceCell::new() }
    }

    /// The first 16 bytes of SHA-256 over person, scope, question and choice, in base64url: 22 characters. Nothing in
    /// it counts or is drawn, so that a step that runs twice makes it again.
    pub fn token(&self, choice: &str) -> ChoiceToken {
        let begun = self.begun.get_or_init(|| {
            let mut hash = Sha256::new_with_prefix(self.person.0.as_bytes());
            [SALT, &self.scope, &self.question].into_iter().for_each(|part| enter(&mut hash, part));
            hash
        });
        let mut hash = begun.clone();
        enter(&mut hash, choice);
        ChoiceToken(URL_SAFE_NO_PAD.encode(&hash.finalize()[..16]).into())
    }
}

/// Takes a part in, its length first, so that parts do not run together.
fn enter(hash: &mut Sha256, part: &str) {
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_bound_to_person_scope_question_and_choice() {
        let token = |person: u128, scope: &str, question: &str, choice: &str| {
            let person = PersonId(uuid::Uuid::from_u128(person));
            Scope::new(person, scope.into(), question.into()).token(choice)
        };
        let one = token(1, "menu", "menu", "request");
        assert_eq!(one, token(1, "menu", "menu", "request"));
        assert_eq!(one.0.len(), 22);
        for other in [
            token(2, "menu", "menu", "request"),
            token(1, "other", "menu", "request"),
            token(1, "menu", "men", "urequest"),
            token(1, "menu", "menu", "requests"),
        ] {
            assert_ne!(one, other);
        }
    }
}
