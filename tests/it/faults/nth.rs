//! As SQLite is tested: the first operation on the files fails once, then in another run the second, and so on, until a
//! run comes to its end before the fault.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{kept, shim, whole};
use crate::harness;
use crate::walker::{Place, Server, Walker};

/// How an operation fails.
const HOW: [&str; 4] = ["ENOSPC", "EIO", "torn", "EINTR"];
/// How many faults are tried where all are not asked for.
const SAMPLE: usize = 12;
/// So long without an answer, and the operator starts the server again.
const STUCK: Duration = Duration::from_secs(10);
/// In what time somebody must be served, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// What became of a run.
#[derive(Default)]
struct Ended {
    /// Whether the fault came.
    came: bool,
    /// How many operations there were until it (or in all).
    operations: usize,
    /// How often the process ended by itself.
    ends: usize,
    /// How often it lived and served nobody.
    stuck: usize,
}

/// Somebody asks for help while the n-th operation fails.
async fn run(base: &TempDir, n: usize, how: &'static str) -> Ended {
    let shim = shim::compiled().expect("compiled before");
    let folder = shim::copy_of(base);
    let count = folder.path().join("count");
    let (place, pace, mut ended) = (Place::default(), Arc::new(AtomicUsize::new(0)), Ended::default());
    let at = n.to_string();
    let told = [("SHIM_FAIL_AT", &*at), ("SHIM_FAIL_AS", how), ("SHIM_COUNT", count.to_str().unwrap())];
    let mut server = shim::serve(shim, folder.path(), &place, &told).unwrap_or_else(|| {
        ended.ends += 1;
        Server::start(folder.path(), &place)
    });
    let walking = tokio::spawn({
        let (place, pace) = (place.clone(), pace.clone());
        async move {
            let mut walker = Walker::start(&place).await;
            walker.walk(&pace).await;
            walker
        }
    });
    let (mut at, mut since) = (0, Instant::now());
    let begun = Instant::now();
    while !walking.is_finished() {
        assert!(begun.elapsed() < PATIENCE, "operation {n} as {how}: somebody waits for ever");
        tokio::time::sleep(Duration::from_millis(5)).await;
        if pace.load(Ordering::Relaxed) != at {
            (at, since) = (pace.load(Ordering::Relaxed), Instant::now());
        }
        let stuck = since.elapsed() > STUCK;
        if stuck || !server.lives() {
            ended.stuck += usize::from(stuck);
            ended.ends += usize::from(!stuck);
            server.kill();
            server = Server::start(folder.path(), &place);
            since = Instant::now();
        }
    }
    let told = format!("operation {n} as {how}");
    let mut walker = walking.await.unwrap();
    kept(&mut walker, &told).await;
    server.ends();
    let said = std::fs::read_to_string(&count).unwrap_or_default();
    let mut said = said.split_whitespace().map(|number| number.parse::<usize>().unwrap());
    (ended.operations, ended.came) = (said.next().unwrap_or_default(), said.next() == Some(1));
    whole(folder.path(), 1, &told).await;
    ended
}

/// `FAULTS_EVERY=1`: every operation, each way it can fail; 10: each tenth; unset: a sample.
#[allow(clippy::disallowed_methods)] // a test's own switches are no settings
fn every_wanted() -> Option<usize> {
    std::env::var("FAULTS_EVERY").ok().map(|every| every.parse().expect("FAULTS_EVERY is a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_fails_once_loses_nothing() {
    if shim::compiled().is_none() {
        return;
    }
    let base = shim::base();
    let calm = run(&base, usize::MAX, "EIO").await;
    assert!(!calm.came && calm.ends + calm.stuck == 0 && calm.operations > 100, "{}", calm.operations);
    let (mut faults, mut ends, mut stuck) = (0, 0, 0);
    let places: Vec<(usize, &str)> = match every_wanted() {
        Some(every) => (1..calm.operations).step_by(every).flat_map(|n| HOW.map(|how| (n, how))).collect(),
        None => (0..SAMPLE).map(|n| (1 + n * calm.operations / SAMPLE, HOW[n % HOW.len()])).collect(),
    };
    for (n, how) in places {
        let ended = run(&base, n, how).await;
        faults += usize::from(ended.came);
        ends += ended.ends;
        stuck += ended.stuck;
    }
    assert!(faults >= SAMPLE / 2, "only {faults} faults came");
    assert_eq!(stuck, 0, "a server lived and served nobody");
    harness::tell(&format!(
        "{faults} faults in a conversation of {} operations: {ends} ends of the process, nothing lost",
        calm.operations
    ));
}
