//! Passwords: what is accepted, and argon2 away from the async threads.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The fewest characters of a password.
pub const MIN_CHARS: usize = 12;
/// The most characters of a password: hashing megabytes would be a way to keep the machine busy.
pub const MAX_CHARS: usize = 256;
/// The fewest different characters of a password.
const MIN_DIFFERENT: usize = 5;
/// How many passwords are hashed at the same time: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// A hash of no password, with the parameters of real ones: checking against it takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password is not taken; each has a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Fewer than [`MIN_CHARS`] characters.
    TooShort,
    /// More than [`MAX_CHARS`] characters.
    TooLong,
    /// Too few different characters, or made of the name.
    TooPlain,
    /// The repetition is another.
    Differs,
}

impl Unfit {
    /// The message that says what to do.
    pub fn key(self) -> &'static str {
        match self {
            Unfit::TooShort => "desk-password-too-short",
            Unfit::TooLong => "desk-password-too-long",
            Unfit::TooPlain => "desk-password-too-plain",
            Unfit::Differs => "desk-password-differs",
        }
    }
}

/// Whether `password`, typed again as `again`, may protect the access of `name`.
pub fn fit(name: &str, password: &str, again: &str) -> Result<(), Unfit> {
    let chars = password.chars().count();
    let different = password.chars().collect::<BTreeSet<_>>().len();
    let (lower, name) = (password.to_lowercase(), name.trim().to_lowercase());
    let only_name = !name.is_empty() && lower.replace(&name, "").chars().count() < MIN_DIFFERENT;
    match () {
        () if chars < MIN_CHARS => Err(Unfit::TooShort),
        () if chars > MAX_CHARS => Err(Unfit::TooLong),
        () if different < MIN_DIFFERENT || only_name => Err(Unfit::TooPlain),
        () if password != again => Err(Unfit::Differs),
        () => Ok(()),
    }
}

/// Why a password was neither hashed nor checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotHashed {
    /// Too many wait before.
    #[error("too many passwords are being checked at the moment")]
    Busy,
    /// argon2 or its thread failed.
    #[error("the password could not be hashed")]
    Failed,
}

/// Hashes and checks passwords, two at a time. Cheap to clone; clones share the limit.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Passwords { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Passwords {
    /// The argon2id hash of `password` in PHC form, with a salt of its own.
    pub async fn hash(&self, password: String) -> Result<String, NotHashed> {
        self.run(move || {
            let hash: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string())
        })
        .await?
        .map_err(|_| NotHashed::Failed)
    }

    /// Whether `password` is the one behind `phc`. Without a hash the answer is no, after the same work.
    pub async fn check(&self, password: String, phc: Option<String>) -> Result<bool, NotHashed> {
        self.run(move || {
            let known = phc.is_some();
            let phc = phc.unwrap_or_else(|| NOBODY.to_owned());
            let right = PasswordHash::new(&phc)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
            known && right
        })
        .await
    }

    /// The permit goes with the work: a client that hangs up does not free a turn that is still being used.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotHashed> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let permit: OwnedSemaphorePermit = turn.map_err(|_| NotHashed::Busy)?.map_err(|_| NotHashed::Busy)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await
        .map_err(|_| NotHashed::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted() {
        fn check(name: &str, password: &str, again: &str, expected: Result<(), Unfit>) {
            assert_eq!(fit(name, password, again), expected, "{name} {password}");
        }
        check("mona", "correct horse", "correct horse", Ok(()));
        check("منى", "الصبر مفتاح الفرج", "الصبر مفتاح الفرج", Ok(()));
        check("mona", "eleven chrs", "eleven chrs", Err(Unfit::TooShort));
        check("mona", "أحد عشر حر", "أحد عشر حر", Err(Unfit::TooShort));
        check("mona", &"ab c1 ".repeat(50), "", Err(Unfit::TooLong));
        check("mona", "aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", Err(Unfit::TooPlain));
        check("mona", "MonaMonaMona", "MonaMonaMona", Err(Unfit::TooPlain));
        check("mona", "correct horse", "correct hors", Err(Unfit::Differs));
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let passwords = Passwords::default();
        let phc = passwords.hash("correct horse".into()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert_eq!(passwords.check("correct horse".into(), Some(phc.clone())).await, Ok(true));
        assert_eq!(passwords.check("correct house".into(), Some(phc)).await, Ok(false));
        assert_eq!(passwords.check("correct horse".into(), None).await, Ok(false));
    }

    #[test]
    fn the_hash_of_nobody_costs_what_a_real_one_costs() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let real: PasswordHash = Argon2::default().hash_password(b"x").unwrap();
        let cost = |hash: &PasswordHash| hash.to_string().split('$').nth(3).map(str::to_owned);
        assert_eq!(cost(&nobody), cost(&real));
        assert_eq!(nobody.hash.unwrap().len(), real.hash.unwrap().len());
        assert_eq!(
            Argon2::default().verify_password(b"x", &nobody),
            Err(argon2::password_hash::Error::PasswordInvalid)
        );
    }
}
