//! Scenarios: the whole program, spoken to as its users do.

mod browser;
mod crash;
mod decisions;
mod harness;
mod hostile;
mod kill;
mod operator;
mod story;
mod transcripts;
