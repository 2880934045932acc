//! What survives: one file a table group, each a handful of functions over a [`Tx`].
//!
//! Sealed bytes come in and go out sealed; nothing here can open them. Time is always an argument. All SQL stays
//! in the subset that SQLite and PostgreSQL share; instants are microseconds, ids are hyphenated text.

pub mod audit;
pub mod blind;
pub mod case;
pub mod consent;
pub mod conversation;
pub mod decision;
pub mod desk;
pub mod document;
pub mod erasure;
pub mod filed;
pub mod form;
pub mod inbox;
pub mod outbox;
pub mod person;
pub mod staff;
pub mod survey;
pub mod task;
pub mod timer;

mod error;
mod migrate;
mod open;
mod rows;
mod tx;
mod value;

#[cfg(test)]
mod tests;

pub use error::{OpenError, Result, StoreError};
pub use open::Store;
pub use tx::Tx;
