//! A real post office, for the tests of this process: Dovecot and Exim on loopback. Where `TEST_MAIL` is not set, its
//! scenarios are left out, and say so.

mod office;
mod person;

pub use office::{Office, wanted};
pub use person::{Person, With};
