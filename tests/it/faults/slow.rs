//! Clients that are slow, gone, greedy, or never read: each is hung up on in the time that is documented, and whoever
//! else asks is answered meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::harness;
use crate::walker::{Place, Server};

/// How many there are of each kind.
const MANY: usize = 100;
/// When a client of that kind is hung up on at the latest: 30 seconds (docs/reliability.md), and what a busy machine
/// adds. None is before [`KEPT`]: who is merely slow must have a chance.
const GONE: Duration = Duration::from_secs(45);
const KEPT: Duration = Duration::from_secs(15);
/// How long an answer may take for everybody else.
const PROMPT: Duration = Duration::from_secs(1);

/// Sends this, then so many bytes a second or nothing, until it is hung up on; how long that took.
async fn lingers(address: Arc<str>, sent: String, drips: bool) -> Duration {
    let mut stream = TcpStream::connect(&*address).await.unwrap();
    let begun = Instant::now();
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut answer = [0; 4096];
    loop {
        tokio::select! {
            read = stream.read(&mut answer) => if read.unwrap_or(0) == 0 { return begun.elapsed() },
            () = tokio::time::sleep(Duration::from_secs(1)) => {
                if drips && stream.write_all(b"x").await.is_err() {
                    return begun.elapsed();
                }
            }
        }
        assert!(begun.elapsed() < GONE * 2, "it is kept for ever");
    }
}

/// Asks again and again and reads nothing, until it is hung up on.
async fn never_reads(address: Arc<str>) -> Duration {
    let mut stream = TcpStream::connect(&*address).await.unwrap();
    let begun = Instant::now();
    let asked = "GET /assets/site.css HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100);
    let asks = async { while stream.write_all(asked.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(GONE * 2, asks).await.expect("it is kept for ever");
    begun.elapsed()
}

/// What a chat's client does; how long each answer took, at most.
async fn chats(place: Place, until: Instant) -> (usize, Duration) {
    let (client, mut slowest, mut said) = (Client::new(), Duration::ZERO, 0);
    let opened = client.post(format!("{}/chat/api/sessions", place.url())).send().await.unwrap();
    let token = opened.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    while Instant::now() < until {
        let begun = Instant::now();
        let url = format!("{}/chat/api/messages", place.url());
        let body = json!({ "id": format!("m{said}"), "text": "menu" });
        let answer = client.post(url).bearer_auth(&token).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        slowest = slowest.max(begun.elapsed());
        said += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    (said, slowest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_and_absent_clients_are_hung_up_on_and_nobody_waits_for_them() {
    let (folder, place) = (harness::folder(), Place::default());
    let server = Server::start(folder.path(), &place);
    let address: Arc<str> = place.url().trim_start_matches("http://").into();
    let client = Client::new();
    let opened = client.post(format!("{}/chat/api/sessions", place.url())).send().await.unwrap();
    let token = opened.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    let body = format!(
        "POST /chat/api/messages HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: 60000\r\n\r\n{{\"id\":\"slow\",\"text\":\""
    );
    let login = "POST /desk/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                 content-length: 4000\r\n\r\nname=";
    let mut lingering = JoinSet::new();
    for (sent, drips) in [
        ("", false),
        ("GET / HTTP/1.1\r\nhost: x\r\nx-slow: ", true),
        ("GET / HTTP/1.1\r\nhost: x\r\nx-gone: ", false),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n", false),
        (&*body, false),
        (&*body, true),
    ] {
        for _ in 0..MANY {
            lingering.spawn(lingers(address.clone(), sent.to_owned(), drips));
        }
    }
    lingering.spawn(lingers(address.clone(), login.to_owned(), true));
    for _ in 0..4 {
        lingering.spawn(never_reads(address.clone()));
    }
    let (said, slowest) = chats(place.clone(), Instant::now() + Duration::from_secs(20)).await;
    assert!(slowest < PROMPT && said > 20, "{said} answers, the slowest after {slowest:?}");
    let lived = lingering.join_all().await;
    let (first, last) = (lived.iter().min().unwrap(), lived.iter().max().unwrap());
    assert!(*first > KEPT && *last < GONE, "hung up on after {first:?} to {last:?}");
    server.stop();
    harness::tell(&format!(
        "{} slow clients hung up on after {} to {} s; {said} others answered meanwhile, at most after {} ms",
        lived.len(),
        first.as_secs(),
        last.as_secs(),
        slowest.as_millis()
    ));
}

/// What comes back until it hangs up, or for a second.
async fn answered(address: &str, sent: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    // Who is refused before the end of what they send may not get rid of the rest.
    let both = async {
        let _ = stream.write_all(sent).await;
        let _ = stream.read_to_end(&mut answer).await;
    };
    let _ = tokio::time::timeout(Duration::from_secs(3), both).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_that_are_too_much_and_requests_in_a_row() {
    let (folder, place) = (harness::folder(), Place::default());
    let mut server = Server::start(folder.path(), &place);
    let address = place.url().trim_start_matches("http://").to_owned();
    let head = |more: &str| format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{more}connection: close\r\n\r\n");
    for (name, sent) in [
        ("one header of 100 kB", head(&format!("x: {}\r\n", "x".repeat(100_000)))),
        ("10,000 headers", head(&"x: y\r\n".repeat(10_000))),
        ("an address of 100 kB", format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(100_000))),
        ("no HTTP", "\x16\x03\x01\x02\0\x01\0\x01\u{7f}\x03\x03\r\n\r\n".to_owned()),
        ("two lengths", head("content-length: 1\r\ncontent-length: 2\r\n")),
        ("a length that is none", head("content-length: -1\r\n")),
        ("a header with a NUL", head("x: \0\r\n")),
        ("two answers' worth of body", head("transfer-encoding: chunked\r\ncontent-length: 4\r\n")),
    ] {
        let answer = answered(&address, sent.as_bytes()).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        // A length beside chunks is passed over (RFC 9112, 6.3), and the connection ends with the answer.
        assert!(refused || name.starts_with("two answers"), "{name}: {answer}");
        assert!(answer.matches("HTTP/1.1").count() <= 1, "{name}: one answer at most");
        assert!(server.lives(), "{name}");
    }
    let row = format!("{}{}", "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n".repeat(500), head(""));
    assert_eq!(
        answered(&address, row.as_bytes()).await.matches("HTTP/1.1 200").count(),
        501,
        "each in its turn"
    );
    server.stop();
}
