//! Scenarios: the whole program, spoken to as its users do.

mod alone;
mod browser;
mod checks;
mod clock;
mod cluster;
mod complaints;
mod corpus;
mod crash;
mod database;
mod decisions;
mod delivery;
mod elsewhere;
mod erasure;
mod failover;
mod faults;
mod harness;
mod hostile;
mod isolation;
mod keys;
mod kill;
mod mail;
mod mail_corpus;
mod mail_line;
mod mail_operator;
mod mail_story;
mod moving;
mod operator;
mod outage;
mod postgres;
mod provider;
mod references;
mod scriptless;
mod secure;
mod secure_page;
mod servers;
mod story;
mod stretch;
mod telegram;
mod telegram_chat;
mod telegram_kill;
mod telegram_story;
mod transcripts;
mod walker;
mod watching;
mod whatsapp;
mod whatsapp_chat;
mod whatsapp_operator;
mod whatsapp_story;
mod whatsapp_window;

/// What does not look into SQLite's file.
#[test]
fn the_same_on_postgresql() {
    if !postgres::wanted() || postgres::is_meant() {
        return;
    }
    let told = postgres::apart(
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
            "crash::",
            "kill::",
        ],
        &[],
        &[("TEST_ON_POSTGRES", "1")],
    );
    println!("on PostgreSQL: {told}");
}
