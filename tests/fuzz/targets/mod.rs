//! What is done with any bytes at all: one file a target. Each must come to its end, and what it says of the outcome
//! must hold. libFuzzer calls them (`bins/`), and so does the ordinary suite, with every file of `corpus/`.

pub mod expression;
pub mod form;
pub mod lifecycle;
pub mod mail;
pub mod paper;
pub mod posted;
pub mod reading;
pub mod sealed;
pub mod talk;
pub mod telegram;
pub mod whatsapp;
pub mod world;

/// A target: its name, which is that of its folder in `corpus/`, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const ALL: [Target; 11] = [
    ("expression", expression::run),
    ("form", form::run),
    ("lifecycle", lifecycle::run),
    ("mail", mail::run),
    ("paper", paper::run),
    ("posted", posted::run),
    ("reading", reading::run),
    ("sealed", sealed::run),
    ("talk", talk::run),
    ("telegram", telegram::run),
    ("whatsapp", whatsapp::run),
];
