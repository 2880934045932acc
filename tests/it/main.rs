//! Scenarios: the whole program, spoken to as its users do.

mod alone;
mod browser;
mod checks;
mod clock;
mod complaints;
mod crash;
mod database;
mod decisions;
mod delivery;
mod erasure;
mod faults;
mod harness;
mod hostile;
mod isolation;
mod keys;
mod kill;
mod operator;
mod postgres;
mod process;
mod provider;
mod references;
mod scriptless;
mod servers;
mod story;
mod stretch;
mod telegram;
mod transcripts;
mod watching;

/// What does not look into SQLite's file, and starts no process of its own.
#[test]
fn the_same_on_postgresql() {
    postgres::again(
        &[
            "story::",
            "checks::",
            "decisions::",
            "delivery::",
            "clock::",
            "isolation::",
            "keys::",
            "erasure::",
            "complaints::",
            "stretch::",
            "references::",
            "servers::",
        ],
        &[],
    );
}
