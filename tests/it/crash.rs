//! The exhaustive crash test: the whole story, act by act, each dropped at its n-th await, for every n. After each, the
//! process is "started again" on the same files, whoever was not answered tries again, and the act must end exactly as
//! it does without a crash: the same words in the same order, the same cases, nothing lost, nothing twice.
//!
//! An act is played on a copy of the files as the one before it left them, so that a long story costs no more than its
//! awaits.

pub mod stage;
mod telling;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use stage::Stage;
use telling::{Scene, Telling};

use super::postgres;

/// How often in a row an act must come to its end before it is dropped.
const CALM: usize = 3;

/// Plays the scene again and again, dropped `step` awaits later each time, until it ends before it is dropped. How often
/// it was dropped.
///
/// A future can be dropped where it waits, and whether the store's answer is waited for or there already is the machine's
/// affair: the n-th wait of one run is not the n-th of the next, and one run that ends early proves nothing.
async fn dropped_everywhere(scene: &Scene, first: usize, step: usize) -> usize {
    let (mut crashes, mut calm) = (0, 0);
    for n in (first..).step_by(step) {
        let mut stage = Stage::on_a_copy(&scene.before, n).await;
        stage.plays(&scene.act).await;
        let (is, was) = (stage.ending().await, &scene.ending);
        if let Some(at) = (0..is.len().max(was.len())).find(|at| is.get(*at) != was.get(*at)) {
            let (chapter, act) = (scene.chapter, &scene.act);
            let (is, was) = (is.get(at), was.get(at));
            panic!("{chapter}, {act:?} dropped at await {n}: line {at} is {is:?}, not {was:?}");
        }
        let crashed = stage.crashed;
        stage.end().await;
        if crashed {
            (crashes, calm) = (crashes + 1, 0);
        } else {
            calm += 1;
        }
        if calm == CALM {
            return crashes;
        }
    }
    unreachable!("an act has an end")
}

/// Each await on SQLite. On PostgreSQL, where every trial needs a database of its own, each of so many, or
/// of `TEST_CRASH_STEP`.
#[allow(clippy::disallowed_methods)] // a test's own switch is no setting
fn step() -> usize {
    let wanted = std::env::var("TEST_CRASH_STEP").ok().map(|step| step.parse().unwrap());
    wanted.unwrap_or(if postgres::is_meant() { 12 } else { 1 })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_dropped_at_any_await_changes_nothing() {
    let scenes = Arc::new(Telling::of_the_whole_story().await);
    let step = step();
    let (next, awaits) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(BTreeMap::new())));
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let (scenes, next, awaits) = (scenes.clone(), next.clone(), awaits.clone());
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(scene) = scenes.get(n) else { break };
                    // Where some awaits are left out, others in each act.
                    let crashes = dropped_everywhere(scene, n % step, step).await;
                    assert!(
                        step > 1 || crashes > 0,
                        "{}, {:?}: is anything driven at all?",
                        scene.chapter,
                        scene.act
                    );
                    *awaits.lock().unwrap().entry(scene.chapter).or_insert(0) += crashes;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let awaits = awaits.lock().unwrap();
    let all: usize = awaits.values().sum();
    assert!(all > scenes.len(), "it was dropped {all} times only");
    println!("{} acts, dropped at {all} awaits (each {step}.): {awaits:?}", scenes.len());
}
