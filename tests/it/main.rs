//! Scenarios: the whole program, spoken to as its users do.

mod alone;
mod browser;
mod checks;
mod clock;
mod complaints;
mod crash;
mod decisions;
mod delivery;
mod erasure;
mod harness;
mod hostile;
mod isolation;
mod kill;
mod operator;
mod references;
mod scriptless;
mod story;
mod stretch;
mod transcripts;
mod watching;
