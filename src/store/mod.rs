//! What survives: one file a table group, each a handful of functions over a [`Tx`].
//!
//! Sealed bytes come in and go out sealed; nothing here can open them. Time is always an argument. A
//! statement has one text for SQLite and PostgreSQL wherever it can (`query`); each keeps its own types (`value`).
//!
//! Several servers may share a PostgreSQL database. What they take up they lock, and pass over what another has locked;
//! whoever writes about a person holds that person's row against being forgotten meanwhile ([`person::hold`]).

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
pub mod master_key;
pub mod moving;
pub mod outbox;
pub mod person;
pub mod pull;
pub mod staff;
pub mod survey;
pub mod task;
pub mod timer;

mod error;
mod migrate;
mod open;
mod postgres;
mod query;
mod rows;
mod sqlite;
mod tx;
mod value;

#[cfg(test)]
mod tests;

pub use error::{OpenError, Result, StoreError};
pub use open::{Store, Told};
pub use tx::Tx;
