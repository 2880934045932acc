//! What can be asked: the wasl chat profile of XLSForm.
//!
//! A form is three tables (`survey`, `choices`, `settings`). [`markdown`] reads them from Markdown, [`model`]
//! turns them into a checked [`Form`], [`expr`] is the expression language, and [`play`] answers the questions
//! that a conversation has: what comes next, is it relevant, is this answer right.
//!
//! Pure: no clock (today enters with [`Moment`]), no randomness, no I/O.

pub mod expr;
mod findings;
mod index;
pub mod markdown;
pub mod model;
mod near;
pub mod phone;
mod placeholder;
pub mod play;
mod read;
pub mod services;
pub mod shelf;
mod shipped;

pub use markdown::{Row, Sheet, Workbook};
pub use model::{
    Choice, Finding, Form, FormHash, FormId, FormRef, Kind, Labels, Pii, Question, QuestionId, Severity,
};
pub use phone::{email, phone};
pub use play::{Answer, Answers, Misfit, Moment, Paper, Play, takes_paper};
pub use services::{Service, Services};
pub use shelf::Shelf;
pub use shipped::shipped;
