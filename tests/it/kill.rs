//! kill -9 of the real binary (and now and then a SIGTERM), again and again, while people write and send papers: nothing acknowledged is lost, one case
//! each, no question skipped, and every paper opens at the desk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::harness;

/// How often the process is ended, at least 50 times by kill -9, and how many people write meanwhile.
const KILLS: usize = 64;
const PEOPLE: usize = 6;
/// In what time everybody of a round must have been served, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(240);
/// Between two tries of somebody who waits.
const AGAIN: Duration = Duration::from_millis(10);

/// Where the program listens now: each start takes a port that is free.
#[derive(Clone, Default)]
struct Place(Arc<Mutex<String>>);

impl Place {
    fn url(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

struct Server {
    child: Child,
}

impl Server {
    fn start(folder: &Path, place: &Place) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wasl"))
            .current_dir(folder)
            .env("WASL_SERVER__LISTEN", "127.0.0.1:0")
            .env("WASL_POLICY__MESSAGES_PER_MINUTE", "100000")
            .env("WASL_POLICY__SESSIONS_PER_MINUTE", "100000")
            .env("WASL_LOG", "error")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let home =
            lines.find_map(|line| line.ok().filter(|line| line.contains("the association and the chat")));
        let home = home.expect("the server did not start");
        let url = home.split_whitespace().last().unwrap().trim_end_matches('/');
        url.clone_into(&mut place.0.lock().unwrap());
        Server { child }
    }

    /// SIGTERM, in the middle of everything: it stops in order, and in time.
    fn stop(mut self) {
        let asked = Instant::now();
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        assert!(self.child.wait().unwrap().success(), "a stop in order is a success");
        assert!(asked.elapsed() < Duration::from_secs(12), "server.shutdown_seconds bounds it");
    }

    fn kill(mut self) {
        // SIGKILL: no chance to tidy up.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// One person who answers whatever is asked, and sends each answer until it is acknowledged.
struct Walker {
    client: Client,
    place: Place,
    token: String,
    /// What was read so far, and where it ends.
    read: Vec<Value>,
    cursor: i64,
    /// The texts that were acknowledged, in order.
    acknowledged: Vec<String>,
    /// How often each question was answered.
    answered: BTreeMap<String, usize>,
    /// The papers that were acknowledged, each unlike any other.
    papers: Vec<Vec<u8>>,
}

impl Walker {
    async fn start(place: &Place) -> Walker {
        let client = Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
        loop {
            let url = format!("{}/chat/api/sessions", place.url());
            let sent = client.post(url).json(&json!({ "lang": "en" })).send().await;
            if let Ok(answer) = sent
                && answer.status() == StatusCode::CREATED
                && let Ok(session) = answer.json::<Value>().await
            {
                let token = session["token"].as_str().unwrap().to_owned();
                let place = place.clone();
                let (read, acknowledged, answered) = (Vec::new(), Vec::new(), BTreeMap::new());
                let papers = Vec::new();
                return Walker { client, place, token, read, cursor: 0, acknowledged, answered, papers };
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Reads what is new, however often the server dies meanwhile.
    async fn reads(&mut self) {
        loop {
            let url = format!("{}/chat/api/messages?after={}", self.place.url(), self.cursor);
            let got = self.client.get(url).bearer_auth(&self.token).send().await;
            if let Ok(answer) = got
                && answer.status() == StatusCode::OK
                && let Ok(page) = answer.json::<Value>().await
            {
                let messages = page["messages"].as_array().unwrap().clone();
                if messages.is_empty() {
                    return;
                }
                self.cursor = page["cursor"].as_i64().unwrap();
                self.read.extend(messages);
            } else {
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    /// Answers the present question; the same id until it is acknowledged.
    async fn answers(&mut self, n: usize, question: &str, text: &str) {
        let body = json!({ "id": format!("a{n}"), "text": text });
        self.sends(question, |walker| {
            walker.client.post(format!("{}/chat/api/messages", walker.place.url())).json(&body)
        })
        .await;
        self.acknowledged.push(text.to_owned());
    }

    /// Sends the paper that is asked for.
    async fn uploads(&mut self, n: usize, question: &str) {
        let name = format!("paper-{n}.png");
        let paper = [harness::PIXEL, self.token.as_bytes(), name.as_bytes()].concat();
        self.sends(question, |walker| {
            let file = Part::bytes(paper.clone()).file_name(name.clone());
            let form = Form::new().text("id", format!("a{n}")).part("file", file);
            walker.client.post(format!("{}/chat/api/documents", walker.place.url())).multipart(form)
        })
        .await;
        self.acknowledged.push(format!("📎 {name}"));
        self.papers.push(paper);
    }

    async fn sends(&mut self, question: &str, request: impl Fn(&Walker) -> RequestBuilder) {
        loop {
            let sent = request(self).bearer_auth(&self.token).send().await;
            match sent.map(|answer| answer.status()) {
                Ok(StatusCode::ACCEPTED) => break,
                // Everybody here shares one client address: their papers take turns.
                Ok(StatusCode::TOO_MANY_REQUESTS) => tokio::time::sleep(AGAIN).await,
                Ok(status) if status.is_client_error() => panic!("{question}: {status}"),
                _ => tokio::time::sleep(AGAIN).await,
            }
        }
        *self.answered.entry(question.to_owned()).or_default() += 1;
    }

    /// Walks until the receipt, at the speed the server allows. `pace` counts everybody's answers.
    async fn walk(&mut self, pace: &AtomicUsize) {
        for n in 0.. {
            assert!(n < 60, "the walk does not end: {:?}", self.answered);
            let (question, said) = loop {
                self.reads().await;
                let all = &self.read;
                let own = all.iter().filter(|m| m["from"] == "you").count();
                let last = all.iter().rev().find(|m| m["from"] != "you");
                // Everything acknowledged was turned, and the bot asks something.
                if own == self.acknowledged.len()
                    && let Some(last) = last
                {
                    if all.iter().any(|m| m["text"].as_str().unwrap().contains("Its number is")) {
                        return;
                    }
                    if let Some(question) = last["expects"]["question"].as_str() {
                        break (question.to_owned(), last.clone());
                    }
                }
                tokio::time::sleep(AGAIN).await;
            };
            // The first stage and a question of the form are both called `language`.
            let asked = format!("{question} ({})", said["expects"]["kind"]);
            match said["expects"]["kind"].as_str() {
                Some("file") => self.uploads(n, &asked).await,
                _ => self.answers(n, &asked, &answer_to(&question, &said)).await,
            }
            pace.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What a walker answers; what is optional is skipped.
fn answer_to(question: &str, said: &Value) -> String {
    let known = match question {
        "language" => "English",
        "consent" => "yes",
        "menu" => "1",
        "service" => "HAJJ",
        "need" => "I would like to learn how to pray.",
        "urgency" => "wait",
        "full_name" | "signature" | "sign" => "Maria Santos Cruz",
        "contact" => "only here",
        "phone" => "+966501234567",
        "email" => "maria@example.com",
        "birth_date" => "25/12/1990",
        "paper_id_expiry" => "31/12/2099",
        "city" => "Jeddah",
        "dependants" => "2",
        "review" => "It is all correct",
        _ if said["expects"]["required"] == false => "skip",
        _ => "1",
    };
    known.to_owned()
}

/// What an officer downloads from the pages of all requests.
async fn papers_at_the_desk(folder: &Path, url: &str) -> BTreeSet<Vec<u8>> {
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
