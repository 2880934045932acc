//! Who is asked when, and what the answers mean. Pure.
//!
//! A survey is a form like any other (`satisfaction`); what is its own is here: the hour at which it may be
//! asked ([`ask_at`], [`may_ask`], [`quiet`]) and the rows its answers become in the case store ([`rows()`]).

mod rows;
mod timing;

pub use rows::{Row, rows};
pub use timing::{ask_at, may_ask, quiet};
