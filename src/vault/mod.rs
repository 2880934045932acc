//! What only the right eyes see: sealing under a key of each person, keyed digests, link tokens, and the sealed
//! papers on object storage.
//!
//! One master key, in a file of its own, wraps the persons' keys. A person is forgotten by destroying their
//! wrapped key. Whoever has the database without the master key has nothing.

mod documents;
mod key_file;
mod seal;

#[cfg(test)]
mod tests;

pub use documents::{DocumentError, Documents};
pub use key_file::VaultError;
pub use seal::{PersonKey, Vault, random_token};
