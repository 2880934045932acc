//! Scenarios: the whole program, spoken to as its users do.

mod alone;
mod browser;
mod complaints;
mod clock;
mod crash;
mod decisions;
mod erasure;
mod delivery;
mod harness;
mod hostile;
mod isolation;
mod kill;
mod operator;
mod references;
mod story;
mod stretch;
mod transcripts;
