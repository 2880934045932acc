//! The program as it is shipped: from its start to the first answer, and the memory it holds, idle and after messages.
//! Linux only: it reads `/proc`.
//!
//! `cargo bench --bench process`

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use tempfile::TempDir;
use tokio::task::JoinSet;

use common::http::Visitor;

#[allow(dead_code)] // every measurement uses its part
mod common;

/// How often the program is started on a database that is there.
const STARTS: usize = 15;
/// How long it is left alone before it counts as idle.
const REST: Duration = Duration::from_secs(3);
/// People who write at once, and messages of each.
const PEOPLE: usize = 40;
const MESSAGES: usize = 50;
/// The service asked for: a dozen questions, no paper.
const SERVICE: &str = "EDU";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let binary = Path::new(env!("CARGO_BIN_EXE_wasl"));
    let size = std::fs::metadata(binary).unwrap().len();
    println!("the stripped binary         {:.1} MB", size as f64 / 1e6);
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (first, server) = Server::start(binary, folder.path()).await;
    tell("the very first start", &[first]);
    drop(server);
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let (took, server) = Server::start(binary, folder.path()).await;
        starts.push(took);
        drop(server);
    }
    tell("a start", &starts);
    let (_, server) = Server::start(binary, folder.path()).await;
    tokio::time::sleep(REST).await;
    println!("resident, idle              {:.1} MB", server.resident("VmRSS:"));
    let begin = Instant::now();
    write_to(&server.url).await;
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "resident, after {} messages {:.1} MB (at most {:.1} MB; {seconds:.1} s)",
        PEOPLE * MESSAGES,
        server.resident("VmRSS:"),
        server.resident("VmHWM:"),
    );
}

/// From the start of the process to its first page, and to the first chat it opened.
struct Took {
    alive: Duration,
    opened: Duration,
}

fn tell(what: &str, starts: &[Took]) {
    for (to, of) in
        [("alive", (|took| took.alive) as fn(&Took) -> Duration), ("a chat opened", |took| took.opened)]
    {
        let mut times: Vec<f64> = starts.iter().map(|took| of(took).as_secs_f64() * 1_000.0).collect();
        times.sort_by(f64::total_cmp);
        let (least, most) = (times[0], times[times.len() - 1]);
        println!(
            "{:<28}{:.0} ms ({least:.0}-{most:.0})",
            format!("{what}, {to}"),
            common::quantile(&times, 0.5)
        );
    }
}

/// The running program; it ends with this value.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    async fn start(binary: &Path, folder: &Path) -> (Took, Server) {
        let client = Client::new();
        let begin = Instant::now();
        let mut child = Command::new(binary)
            .current_dir(folder)
            .env("WASL_SERVER__LISTEN", "127.0.0.1:0")
            .env("WASL_POLICY__MESSAGES_PER_MINUTE", "1000000")
            .env("WASL_POLICY__SESSIONS_PER_MINUTE", "1000000")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find(|line| line.as_ref().unwrap().contains("http://")).expect("it greets").unwrap();
        let at = line.find("http://").unwrap();
        let url = line[at..].trim().trim_end_matches('/').to_owned();
        // Whatever else it prints is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        let page = client.get(format!("{url}/healthz")).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        let alive = begin.elapsed();
        let chat = client.post(format!("{url}/chat/api/sessions")).send().await.unwrap();
        assert_eq!(chat.status(), StatusCode::CREATED);
        (Took { alive, opened: begin.elapsed() }, Server { child, url })
    }

    /// A line of `/proc/<pid>/status`, in MB of a million bytes.
    fn resident(&self, line: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let found = status.lines().find_map(|l| l.strip_prefix(line)).expect("the line is there");
        let kib: f64 = found.split_whitespace().next().unwrap().parse().unwrap();
        kib * 1024.0 / 1e6
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing is left of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn write_to(url: &str) {
    let mut crowd = JoinSet::new();
    for _ in 0..PEOPLE {
        let url = url.to_owned();
        crowd.spawn(async move {
            let client = Client::new();
            let mut said = 0;
            while said < MESSAGES {
                let (mut visitor, mut line) = Visitor::open(&client, &url).await;
                let mut signed = false;
                while !signed && said < MESSAGES {
                    signed = common::signs(line.expects.as_ref());
                    let body = common::reply(line.expects.as_ref(), &line.choices, SERVICE);
                    line = visitor.says(&body).await;
                    said += 1;
                }
            }
        });
    }
    crowd.join_all().await;
}
