//! kill -9 of the real binary (and now and then a SIGTERM), again and again, while people write and send papers: nothing acknowledged is lost, one case
//! each, no question skipped, and every paper opens at the desk.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};

use super::harness;
use super::process::{Place, Server, Walker};

/// How often the process is ended, at least 50 times by kill -9, and how many people write meanwhile.
const KILLS: usize = 64;
const PEOPLE: usize = 6;
/// In what time everybody of a round must have been served, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(240);
/// What an officer downloads from the pages of all requests.
pub async fn papers_at_the_desk(folder: &Path, url: &str) -> BTreeSet<Vec<u8>> {
    let invited = Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(folder)
        .args(["staff", "add", "--role", "officer"])
        .output()
        .unwrap();
    let invited = String::from_utf8(invited.stdout).unwrap();
    let token = invited.split("/desk/setup/").nth(1).expect("a link").split_whitespace().next().unwrap();
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let password = "a long and quiet river";
    let form = [("name", "amina"), ("password", password), ("again", password)];
    let answer = client.post(format!("{url}/desk/setup/{token}")).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let answer = client.post(format!("{url}/desk/login")).form(&form[..2]).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let get = async |path: &str| {
        let answer = client.get(format!("{url}{path}")).header("cookie", &cookie).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.bytes().await.unwrap().to_vec()
    };
    let mut papers = BTreeSet::new();
    for case in links(&get("/desk?lang=en").await, "/desk/case/") {
        for paper in links(&get(&case).await, "/desk/document/") {
            papers.insert(get(&paper).await);
        }
    }
    papers
}

/// The links of a page that begin so and end with an id.
fn links(page: &[u8], begin: &str) -> BTreeSet<String> {
    let page = String::from_utf8_lossy(page);
    page.match_indices(begin).map(|(at, _)| page[at..at + begin.len() + 36].to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_to_kill_9() {
    let folder = harness::folder();
    let (place, done) = (Place::default(), Arc::new(AtomicBool::new(false)));
    let (pace, kills) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let killer = {
        let (path, done, pace, kills) = (folder.path().to_owned(), done.clone(), pace.clone(), kills.clone());
        let place = place.clone();
        std::thread::spawn(move || {
            let mut server = Server::start(&path, &place);
            while !done.load(Ordering::Relaxed) {
                // Killed some answers later, or after some time without any: at many different places.
                let (at, since) = (pace.load(Ordering::Relaxed), Instant::now());
                let answers = 1 + kills.load(Ordering::Relaxed) % 3;
                while pace.load(Ordering::Relaxed) < at + answers && since.elapsed() < Duration::from_secs(1)
                {
                    std::thread::sleep(Duration::from_millis(1));
                }
                // Each fifth end is an orderly one: it loses nothing either.
                if kills.fetch_add(1, Ordering::Relaxed) % 5 == 4 {
                    server.stop()
                } else {
                    server.kill()
                }
                server = Server::start(&path, &place);
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
        person.reads().await;
        let all = &person.read;
        let own: Vec<String> = all
            .iter()
            .filter(|m| m["from"] == "you")
            .map(|m| harness::plain(m["text"].as_str().unwrap()))
            .collect();
        assert_eq!(own, person.acknowledged, "what was acknowledged, once each, in order");
        let receipts = all.iter().filter(|m| m["text"].as_str().unwrap().contains("Its number is")).count();
        assert_eq!(receipts, 1, "one receipt each");
        assert!(person.answered.values().all(|times| *times == 1), "asked once each: {:?}", person.answered);
        assert!(person.answered.len() > 8, "no question skipped: {:?}", person.answered);
    }
    let papers: BTreeSet<Vec<u8>> = people.iter().flat_map(|person| person.papers.clone()).collect();
    assert_eq!(papers.len(), 3 * people.len(), "three papers each");
    assert_eq!(
        papers_at_the_desk(folder.path(), &place.url()).await,
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
