//! The fake refuses, keeps and repeats what it says it does.

mod client;
mod people;
mod sending;
mod webhook;
