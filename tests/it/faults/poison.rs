//! Everything that is no message, to the real binary: each is refused or taken in time, nothing breaks, and the same
//! person's next message is answered.

use std::time::{Duration, Instant};

use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::corpus::{self, Poison};
use crate::harness;
use crate::walker::{Place, Server};

/// How many there must be, and how soon each is answered, and the next message after it.
const AT_LEAST: usize = 500;
const PROMPT: Duration = Duration::from_secs(1);
/// For what 10 MB take on a busy machine: never longer.
const LIMIT: Duration = Duration::from_secs(10);

struct Sister {
    client: Client,
    /// What is refused before it was read leaves a connection that nothing more can be sent on.
    other: Client,
    url: String,
    token: String,
    cursor: i64,
    said: usize,
}

impl Sister {
    async fn opens(place: &Place) -> Sister {
        let built = || Client::builder().redirect(Policy::none()).timeout(LIMIT);
        let (client, other) = (built().build().unwrap(), built().pool_max_idle_per_host(0).build().unwrap());
        let url = place.url();
        let opened = client.post(format!("{url}/chat/api/sessions")).send().await.unwrap();
        let token = opened.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
        Sister { client, other, url, token, cursor: 0, said: 0 }
    }

    /// Sends it; the status. A server that hung up before it had read it all has refused it too.
    async fn sends(&self, poison: &Poison) -> Option<StatusCode> {
        let request = self.other.post(format!("{}{}", self.url, poison.path)).bearer_auth(&self.token);
        let kind = HeaderValue::from_bytes(&poison.kind);
        let request = match kind {
            Ok(kind) => request.header("content-type", kind),
            Err(_) => request,
        };
        let request = match &poison.header {
            Some((name, value)) => request.header(*name, HeaderValue::from_bytes(value).unwrap()),
            None => request,
        };
        match request.body(poison.body.clone()).send().await {
            Ok(answer) => Some(answer.status()),
            Err(error) => {
                assert!(!error.is_timeout(), "{}: no answer", poison.name);
                assert!(poison.body.len() > 60_000, "{}: hung up on: {error:?}", poison.name);
                None
            }
        }
    }

    /// Says something that is right, and waits for what the bot says to it.
    async fn is_answered(&mut self) {
        self.said += 1;
        let text = format!("menu {}", self.said);
        let url = format!("{}/chat/api/messages", self.url);
        let body = json!({ "id": format!("right{}", self.said), "text": text });
        let answer = self.client.post(&url).bearer_auth(&self.token).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let mut heard = false;
        loop {
            let read = self.client.get(format!("{url}?after={}", self.cursor)).bearer_auth(&self.token);
            let page: Value = read.send().await.unwrap().json().await.unwrap();
            self.cursor = page["cursor"].as_i64().unwrap();
            for line in page["messages"].as_array().unwrap() {
                heard |= line["from"] == "you" && line["text"] == *text;
                if heard && line["from"] == "bot" {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_sent_the_next_message_is_answered() {
    let (folder, place) = (harness::folder(), Place::default());
    let mut server = Server::start(folder.path(), &place);
    let (all, mut sister) = (corpus::all(), Sister::opens(&place).await);
    assert!(all.len() >= AT_LEAST, "only {} inputs", all.len());
    let (mut taken, mut slowest) = (0, Vec::new());
    for poison in &all {
        let begun = Instant::now();
        let status = sister.sends(poison).await;
        let answered = begun.elapsed();
        let fits = status.is_none_or(|s| s.is_success() || s.is_client_error() || s == StatusCode::SEE_OTHER);
        assert!(fits, "{}: {status:?}", poison.name);
        taken += usize::from(status.is_some_and(|status| status.is_success()));
        let begun = Instant::now();
        let next = tokio::time::timeout(LIMIT, sister.is_answered()).await;
        assert!(next.is_ok(), "after {}: no answer", poison.name);
        slowest.push((answered.max(begun.elapsed()), &*poison.name));
        assert!(server.lives(), "after {}: it is gone", poison.name);
    }
    server.stop();
    slowest.sort();
    let (most, _) = slowest[slowest.len() * 99 / 100];
    assert!(most < PROMPT, "one in a hundred took longer than {most:?}");
    let (last, name) = slowest.last().unwrap();
    harness::tell(&format!(
        "{} poisons, {taken} of them taken for messages; 99 of 100 within {} ms, the slowest {} ms ({name})",
        all.len(),
        most.as_millis(),
        last.as_millis()
    ));
}
