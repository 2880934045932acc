//! Seeded mistakes that the ledger must find, each within so many seeds: a checker that finds nothing proves nothing.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasl::mutant::choose;

use super::{asked, plays};

/// How many seeds a mistake may survive.
const SEEDS: u64 = 200;

const MUTANTS: &[&str] = &[
    "ack_first",
    "no_dedupe",
    "two_transactions",
    "done_first",
    "cursor_first",
    "send_before_mark",
    "mark_before_send",
    "lease_without_predicate",
    "inbound_unordered",
    "outbound_unordered",
    "attempt_uncommitted",
    "unknown_uncounted",
    "survey_over_intake",
    "timer_twice",
    "timer_forgotten",
    "outbox_id_drawn",
    "case_id_drawn",
    "parked_blocks",
    "stop_ignored",
    "reminder_to_blocked",
    "deadline_ignored",
    "decision_twice",
    "back_skips",
    "late_untold",
    "dead_untold",
    "news_apart",
    "retry_after_ignored",
    "gone_retried",
    "version_unguarded",
    "blind_remains",
    "erases_others",
    "delete_unchecked",
    "full_blames_the_row",
    "relevant_ignored",
    "constraint_ignored",
    "required_ignored",
    "hidden_handed_in",
];

/// The first seed that catches it, and how.
fn caught(mutant: &'static str) -> Option<(u64, String)> {
    let first = asked("SIM_FIRST").unwrap_or(0);
    (first..first + SEEDS).find_map(|seed| {
        choose(mutant);
        let played = plays(seed);
        choose("");
        played.err().map(|fault| (seed, fault.wrong))
    })
}

#[test]
fn every_mistake_is_caught() {
    #[allow(clippy::disallowed_methods)] // a test's own switches are no settings
    let only = std::env::var("SIM_MUTANT").ok();
    let wanted: Vec<&'static str> =
        MUTANTS.iter().copied().filter(|name| only.as_deref().is_none_or(|only| only == *name)).collect();
    let (next, survived) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(mutant) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match caught(mutant) {
                        Some((seed, wrong)) => println!("{mutant}: seed {seed}: {wrong}"),
                        None => survived.lock().unwrap().push(*mutant),
                    }
                }
            });
        }
    });
    let survived = survived.into_inner().unwrap();
    assert!(survived.is_empty(), "not caught within {SEEDS} seeds: {survived:?}");
}
