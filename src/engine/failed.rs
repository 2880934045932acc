//! What can go wrong inside a transaction of the engine.

use crate::store::StoreError;

/// What can go wrong inside a transaction of the engine. Never holds anybody's words.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// The store: the whole transaction is void.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sealed value does not open.
    #[error("sealed value: {0}")]
    Vault(#[from] crate::vault::VaultError),
    /// Object storage.
    #[error(transparent)]
    Document(#[from] crate::vault::DocumentError),
    /// A stored value is not of the shape this version reads.
    #[error("a stored value has another shape")]
    Shape(#[from] serde_json::Error),
    /// The step panicked: our bug.
    #[error("the step panicked")]
    Panicked,
    /// Somebody else saved the conversation in between.
    #[error("the conversation was saved by another turn")]
    Overtaken,
    /// A row that must be there is not.
    #[error("{0} is missing")]
    Absent(&'static str),
}

impl Failed {
    /// Whether the database itself failed: then everybody waits. Anything else concerns one event, which must not
    /// hold up the others.
    pub(super) fn of_the_database(self) -> Result<StoreError, Failed> {
        match self {
            Failed::Store(error) if !error.is_the_rows() => Ok(error),
            other => Err(other),
        }
    }
}
