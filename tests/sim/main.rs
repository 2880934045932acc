//! A simulator around the real engine and the real store: people, officers, providers and another system, in a weather
//! that duplicates, delays, reorders, loses answers and kills the process; a ledger outside of the code checks what is
//! promised in `docs/reliability.md`.
//!
//! `SIM_SEED=17 cargo test --test sim seeds` plays one seed again, and tells its steps if it fails.

mod base;
mod deeds;
mod disk;
mod figures;
mod form;
mod fuse;
mod ledger;
#[cfg(feature = "mutant")]
mod mutants;
mod office;
mod person;
mod provider;
mod rng;
mod run;
mod small;
mod weather;
mod work;
mod world;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use figures::Figures;
use run::{Fault, Outcome};

/// The seeds of every landing.
const SEEDS: u64 = 60;
/// How many of the last steps are told with a fault.
const TOLD: usize = 60;

#[allow(clippy::disallowed_methods)] // a test's own switches are no settings
fn asked(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// One seed on a runtime of one thread.
fn plays(seed: u64) -> Result<Outcome, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run::play(seed))
}

fn commit() -> String {
    let head = std::process::Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    head.map(|head| String::from_utf8_lossy(&head.stdout).trim().to_owned()).unwrap_or_default()
}

fn report(seed: u64, fault: &Fault) -> String {
    let told = asked("SIM_TOLD").map_or(TOLD, |told| told as usize);
    let skipped = fault.told.len().saturating_sub(told);
    let (weather, told) = (fault.told.first(), fault.told[skipped..].join("\n"));
    format!(
        "seed {seed} at {}: {}\n{}\n… {skipped} steps …\n{told}\nagain: SIM_SEED={seed} cargo test --test sim seeds",
        commit(),
        fault.wrong,
        weather.map_or("", String::as_str),
    )
}

/// Plays seeds on two threads until one goes wrong. The figures of all, or the lowest fault found.
fn play_all(first: u64, count: u64) -> Result<Figures, (u64, Fault)> {
    let (next, stop) = (AtomicU64::new(first), AtomicBool::new(false));
    let (all, fault) = (Mutex::new(Figures::default()), Mutex::new(None::<(u64, Fault)>));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    match plays(seed) {
                        Ok(outcome) => all.lock().unwrap().add(&outcome.figures),
                        Err(wrong) => {
                            stop.store(true, Ordering::Relaxed);
                            let mut fault = fault.lock().unwrap();
                            if fault.as_ref().is_none_or(|(other, _)| *other > seed) {
                                *fault = Some((seed, wrong));
                            }
                        }
                    }
                }
            });
        }
    });
    match fault.into_inner().unwrap() {
        Some(fault) => Err(fault),
        None => Ok(all.into_inner().unwrap()),
    }
}

#[test]
fn seeds_balance() {
    let (first, count) = match asked("SIM_SEED") {
        Some(seed) => (seed, 1),
        None => (asked("SIM_FIRST").unwrap_or(0), asked("SIM_SEEDS").unwrap_or(SEEDS)),
    };
    let begun = std::time::Instant::now();
    match play_all(first, count) {
        Ok(figures) => println!("{count} seeds in {:.1?}: {figures:?}", begun.elapsed()),
        Err((seed, fault)) => panic!("{}", report(seed, &fault)),
    }
}

/// Short stories in calm weather, in which the process dies once: before each of their commands.
#[test]
fn a_death_before_any_command_changes_nothing() {
    let stories: Vec<u64> = (0..asked("SIM_STORIES").unwrap_or(2)).collect();
    let deaths = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for half in stories.chunks(stories.len().div_ceil(2)) {
            let deaths = &deaths;
            scope.spawn(move || {
                for seed in half {
                    for n in 0.. {
                        let runtime =
                            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                        match runtime.block_on(run::play_doomed(*seed, n)) {
                            Ok(true) => deaths.fetch_add(1, Ordering::Relaxed),
                            Ok(false) => break,
                            Err(fault) => panic!("dead before command {n}: {}", report(*seed, &fault)),
                        };
                    }
                }
            });
        }
    });
    assert!(deaths.load(Ordering::Relaxed) > 0, "nothing died: are the database's commands still counted?");
    println!("{} stories, dead before each of {deaths:?} commands", stories.len());
}

/// What a seed does is its own doing, and not the machine's.
#[test]
fn the_same_seed_is_the_same_story() {
    for seed in 1000..1004 {
        let digest = || plays(seed).unwrap_or_else(|fault| panic!("{}", report(seed, &fault))).digest;
        assert_eq!(digest(), digest(), "seed {seed}");
    }
}
