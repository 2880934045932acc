//! The real binary, and people who answer whatever it asks, each answer again and again until it is acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::harness;

/// Between two tries of somebody who waits.
const AGAIN: Duration = Duration::from_millis(10);
/// In what time everybody must have been served, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// Where the program listens now: each start takes a port that is free.
#[derive(Clone, Default)]
pub struct Place(Arc<Mutex<String>>);

impl Place {
    pub fn url(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

/// The real program, in a folder of its own.
pub struct Server {
    child: Child,
}

impl Server {
    /// Starts it, and waits until it serves.
    pub fn start(folder: &Path, place: &Place) -> Server {
        Server::start_with(folder, place, &[]).expect("the server did not start")
    }

    /// On the database at that address; key and papers are in the folder.
    pub fn start_on(folder: &Path, database: &str, place: &Place) -> Server {
        let started = Server::start_with(folder, place, &[("WASL_STORE__URL", database)]);
        started.expect("the server did not start")
    }

    /// In an environment with these variables; `None` when it ended before it served.
    pub fn start_with(folder: &Path, place: &Place, variables: &[(&str, &str)]) -> Option<Server> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wasl"))
            .current_dir(folder)
            .env("WASL_SERVER__LISTEN", "127.0.0.1:0")
            .env("WASL_POLICY__MESSAGES_PER_MINUTE", "100000")
            .env("WASL_POLICY__SESSIONS_PER_MINUTE", "100000")
            .env("WASL_LOG", "error")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let home =
            lines.find_map(|line| line.ok().filter(|line| line.contains("the association and the chat")));
        let Some(home) = home else {
            child.wait().unwrap();
            return None;
        };
        let url = home.split_whitespace().last().unwrap().trim_end_matches('/');
        url.clone_into(&mut place.0.lock().unwrap());
        Some(Server { child })
    }

    /// Whether it still runs.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGTERM; how it ends is its own affair.
    pub fn ends(mut self) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        self.child.wait().unwrap();
    }

    /// SIGTERM, in the middle of everything: it stops in order, and in time.
    pub fn stop(mut self) {
        let asked = Instant::now();
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        assert!(self.child.wait().unwrap().success(), "a stop in order is a success");
        assert!(asked.elapsed() < Duration::from_secs(12), "server.shutdown_seconds bounds it");
    }

    pub fn kill(mut self) {
        // SIGKILL: no chance to tidy up.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    /// A test that fails leaves no process behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One person who answers whatever is asked, and sends each answer until it is acknowledged.
pub struct Walker {
    client: Client,
    place: Place,
    pub token: String,
    /// What was read so far, and where it ends.
    pub read: Vec<Value>,
    cursor: i64,
    /// The texts that were acknowledged, in order.
    pub acknowledged: Vec<String>,
    /// How often each question was answered.
    pub answered: BTreeMap<String, usize>,
    /// The papers that were acknowledged, each unlike any other.
    pub papers: Vec<Vec<u8>>,
    /// How often the server said that it cannot take anything now.
    pub refused: usize,
}

impl Walker {
    pub async fn start(place: &Place) -> Walker {
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
                return Walker {
                    client,
                    place,
                    token,
                    read: Vec::new(),
                    cursor: 0,
                    acknowledged: Vec::new(),
                    answered: BTreeMap::new(),
                    papers: Vec::new(),
                    refused: 0,
                };
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Reads what is new, however often the server dies meanwhile.
    pub async fn reads(&mut self) {
        loop {
            let url = format!("{}/chat/api/messages?after={}", self.place.url(), self.cursor);
            let got = self.client.get(url).bearer_auth(&self.token).send().await;
            let broken = |answer: &Response| {
                matches!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR | StatusCode::UNAUTHORIZED)
            };
            assert!(!got.as_ref().is_ok_and(broken), "a chat that was opened is there, and nothing breaks");
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
    async fn answers(&mut self, question: &str, text: &str) {
        let body = json!({ "id": format!("a{}", self.acknowledged.len()), "text": text });
        self.sends(question, |walker| {
            walker.client.post(format!("{}/chat/api/messages", walker.place.url())).json(&body)
        })
        .await;
        self.acknowledged.push(text.to_owned());
    }

    /// Sends the paper that is asked for.
    async fn uploads(&mut self, question: &str) {
        let n = self.acknowledged.len();
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
                Ok(StatusCode::TOO_MANY_REQUESTS) => {}
                Ok(StatusCode::SERVICE_UNAVAILABLE) => self.refused += 1,
                Ok(status) if status.is_client_error() || status == StatusCode::INTERNAL_SERVER_ERROR => {
                    panic!("{question}: {status}")
                }
                Ok(_) => {}
                // The process died, or the answer took too long.
                Err(_) => {}
            }
            tokio::time::sleep(AGAIN).await;
        }
        *self.answered.entry(question.to_owned()).or_default() += 1;
    }

    /// Says something, and waits for the answer.
    pub async fn asks(&mut self, text: &str) {
        self.answers("", text).await;
        self.is_asked().await;
    }

    /// Says something once; what the server says to that.
    pub async fn tries(&mut self, text: &str) -> StatusCode {
        let body = json!({ "id": format!("a{}", self.acknowledged.len()), "text": text });
        let url = format!("{}/chat/api/messages", self.place.url());
        self.client.post(url).bearer_auth(&self.token).json(&body).send().await.unwrap().status()
    }

    /// Walks until the receipt, at the speed the server allows. `pace` counts everybody's answers.
    pub async fn walk(&mut self, pace: &AtomicUsize) {
        self.walk_to(None, pace).await;
    }

    /// … or until that question is asked.
    pub async fn walk_to(&mut self, last: Option<&str>, pace: &AtomicUsize) {
        loop {
            assert!(self.acknowledged.len() < 60, "the walk does not end: {:?}", self.answered);
            let Some((question, said)) = self.is_asked().await else { return };
            if last == Some(&*question) {
                return;
            }
            // The first stage and a question of the form are both called `language`.
            let asked = format!("{question} ({})", said["expects"]["kind"]);
            match said["expects"]["kind"].as_str() {
                Some("file") => self.uploads(&asked).await,
                _ => self.answers(&asked, &answer_to(&question, &said)).await,
            }
            pace.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until everything acknowledged was turned, and the bot asks something; `None` when there is a receipt.
    async fn is_asked(&mut self) -> Option<(String, Value)> {
        loop {
            self.reads().await;
            let all = &self.read;
            let own = all.iter().filter(|m| m["from"] == "you").count();
            let last = all.iter().rev().find(|m| m["from"] != "you");
            if own == self.acknowledged.len()
                && let Some(last) = last
            {
                if all.iter().any(|m| m["text"].as_str().unwrap().contains("Its number is")) {
                    return None;
                }
                if let Some(question) = last["expects"]["question"].as_str() {
                    return Some((question.to_owned(), last.clone()));
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Whoever has a receipt lost nothing, heard nothing twice, and was asked everything once.
    pub async fn was_served(&mut self) {
        self.reads().await;
        let all = &self.read;
        let own: Vec<String> = all
            .iter()
            .filter(|m| m["from"] == "you")
            .map(|m| harness::plain(m["text"].as_str().unwrap()))
            .collect();
        assert_eq!(own, self.acknowledged, "what was acknowledged, once each, in order");
        let receipts = all.iter().filter(|m| m["text"].as_str().unwrap().contains("Its number is")).count();
        assert_eq!(receipts, 1, "one receipt each");
        assert!(self.answered.values().all(|times| *times == 1), "asked once each: {:?}", self.answered);
        assert!(self.answered.len() > 8, "no question skipped: {:?}", self.answered);
    }
}

/// People who walk one after the other, until they may go.
pub struct Crowd {
    walks: Vec<JoinHandle<Vec<Walker>>>,
    done: Arc<AtomicBool>,
    /// How many answers were acknowledged to all of them.
    pub pace: Arc<AtomicUsize>,
}

impl Crowd {
    /// So many at a time.
    pub fn comes(people: usize, place: &Place) -> Crowd {
        let (pace, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let walk = || {
            let (place, pace, done) = (place.clone(), pace.clone(), done.clone());
            tokio::spawn(async move {
                let mut people = Vec::new();
                while !done.load(Ordering::Relaxed) {
                    let mut walker = Walker::start(&place).await;
                    walker.walk(&pace).await;
                    people.push(walker);
                }
                people
            })
        };
        let walks = (0..people).map(|_| walk()).collect();
        Crowd { walks, done, pace }
    }

    /// Everybody finishes what they began. Nobody lost anything: each has one request with every paper. Tells how many
    /// they were.
    pub async fn goes(self, folder: &Path, database: &str, place: &Place) -> String {
        self.done.store(true, Ordering::Relaxed);
        let mut people = Vec::new();
        for walk in self.walks {
            let walked = tokio::time::timeout(PATIENCE, walk).await;
            people.extend(walked.expect("somebody waits for an answer that never comes").unwrap());
        }
        for person in &mut people {
            person.was_served().await;
        }
        let papers: BTreeSet<Vec<u8>> = people.iter().flat_map(|person| person.papers.clone()).collect();
        assert_eq!(papers.len(), 3 * people.len(), "three papers each");
        assert_eq!(papers_at_the_desk(folder, database, &place.url()).await, papers, "every paper opens");
        let refused: usize = people.iter().map(|person| person.refused).sum();
        let answers = self.pace.load(Ordering::Relaxed);
        format!("{} people, {answers} answers, {refused} times 503", people.len())
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
pub async fn papers_at_the_desk(folder: &Path, database: &str, url: &str) -> BTreeSet<Vec<u8>> {
    let invited = Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(folder)
        .env("WASL_STORE__URL", database)
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
