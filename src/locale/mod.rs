//! How it is said: languages, words, digits, dates, direction. Pure.
//!
//! A language is a folder `locales/<tag>/` of Fluent files. `words.ftl` holds what a person may type and the
//! names of things; the other files hold what the product says. Adding a language is adding a folder.

mod args;
mod bidi;
mod catalogue;
mod dates;
mod direction;
mod fold;
mod language;
mod negotiate;
mod read_day;
mod source;
mod words;

pub use args::Args;
pub use bidi::{isolate, strip_controls};
pub use catalogue::{Catalogue, CatalogueError};
pub use direction::dir;
pub use fold::{fold, fold_digits};
pub use negotiate::Hints;
pub use words::{Button, Word};
