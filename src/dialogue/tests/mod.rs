//! Conversations as scripts.

mod beginning;
mod chat;
mod drafts;
mod forms;
mod intake;
mod pages;
mod people;
mod random;
mod requests;
mod shipped;
mod signing;
