//! kill -9 of the real binary (and now and then a SIGTERM), again and again, while people write and send papers: nothing acknowledged is lost, one case
//! each, no question skipped, and every paper opens at the desk.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::walker::{Place, Server, Walker, papers_at_the_desk};
use super::{database, harness};

/// How often the process is ended, at least 50 times by kill -9, and how many people write meanwhile.
const KILLS: usize = 64;
const PEOPLE: usize = 6;
/// In what time everybody of a round must have been served, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_to_kill_9() {
    let folder = harness::folder();
    let database = database::url(folder.path());
    let (place, done) = (Place::default(), Arc::new(AtomicBool::new(false)));
    let (pace, kills) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let killer = {
        let (path, done, pace, kills) = (folder.path().to_owned(), done.clone(), pace.clone(), kills.clone());
        let (place, database) = (place.clone(), database.clone());
        std::thread::spawn(move || {
            // As just after a start, and as after a while.
            let start = |n: usize| {
                let caution = if n.is_multiple_of(2) { "0" } else { "60" };
                let settings = [("WASL_STORE__URL", &*database), ("WASL_SERVER__CAUTION_SECONDS", caution)];
                Server::start_with(&path, &place, &settings).expect("it starts")
            };
            let mut server = start(0);
            while !done.load(Ordering::Relaxed) {
                // Killed some answers later, or after some time without any: at many different places.
                let (at, since) = (pace.load(Ordering::Relaxed), Instant::now());
                let answers = 1 + kills.load(Ordering::Relaxed) % 3;
                while pace.load(Ordering::Relaxed) < at + answers && since.elapsed() < Duration::from_secs(1)
                {
                    std::thread::sleep(Duration::from_millis(1));
                }
                // Each fifth end is an orderly one: it loses nothing either.
                let n = kills.fetch_add(1, Ordering::Relaxed);
                if n % 5 == 4 {
                    server.stop()
                } else {
                    server.kill()
                }
                server = start(n);
            }
            server
        })
    };
    let mut people = Vec::new();
    // Rounds of new people until there were kills enough.
    while kills.load(Ordering::Relaxed) < KILLS {
        let round: Vec<_> = (0..PEOPLE)
            .map(|_| {
                let (place, pace) = (place.clone(), pace.clone());
                tokio::spawn(async move {
                    let mut walker = Walker::start(&place).await;
                    walker.walk(&pace).await;
                    walker
                })
            })
            .collect();
        for person in round {
            let walked = tokio::time::timeout(PATIENCE, person).await;
            people.push(walked.expect("somebody waits for an answer that never comes").unwrap());
        }
    }
    done.store(true, Ordering::Relaxed);
    let server = killer.join().unwrap();
    let questions = people[0].answered.clone();
    for person in &mut people {
        assert_eq!(person.answered, questions, "everybody was asked the same, no question skipped");
        person.was_served().await;
    }
    let papers: BTreeSet<Vec<u8>> = people.iter().flat_map(|person| person.papers.clone()).collect();
    assert_eq!(papers.len(), 3 * people.len(), "three papers each");
    assert_eq!(
        papers_at_the_desk(folder.path(), &database, &place.url()).await,
        papers,
        "every paper that was acknowledged opens"
    );
    server.kill();
    let kills = kills.load(Ordering::Relaxed);
    let answers = pace.load(Ordering::Relaxed);
    println!(
        "{kills} ends (each fifth a SIGTERM), {} people, {answers} answers, {} papers",
        people.len(),
        papers.len()
    );
}
