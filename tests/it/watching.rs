//! What watches over HTTP: the stream of new lines, and whoever asks whether the program can work.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::harness::{Bot, Person};
use super::story::arrives;

/// An open stream of events.
struct Stream {
    answer: Response,
    read: String,
}

impl Stream {
    async fn open(person: &Person<'_>, last: Option<&str>) -> Stream {
        let url = format!("{}/chat/api/events", person.bot.url);
        let mut asked = person.client.get(url).bearer_auth(&person.token);
        if let Some(id) = last {
            asked = asked.header("last-event-id", id);
        }
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Stream { answer, read: String::new() }
    }

    /// The next event: its id and its data; `None` when the stream is at its end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                let found = line("data: ")
                    .map(|data| (line("id: ").unwrap().to_owned(), serde_json::from_str(data).unwrap()));
                self.read = rest.to_owned();
                if found.is_some() {
                    return found;
                }
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.answer.chunk());
            let chunk = chunk.await.expect("something within its time").unwrap()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn lines_arrive_as_they_are_written_and_a_broken_stream_goes_on_where_it_ended() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    arrives(&mut sister).await;
    let heard: Vec<Value> = sister.heard.clone();
    let mut stream = Stream::open(&sister, None).await;
    let mut ids = Vec::new();
    for told in &heard {
        let (id, event) = stream.next().await.unwrap();
        assert_eq!((&event["text"], &event["from"]), (&told["text"], &told["from"]));
        ids.push(id);
    }
    // What is said while it is open.
    sister.says("my request").await;
    let (_, own) = stream.next().await.unwrap();
    assert_eq!((&own["from"], &own["text"]), (&Value::from("you"), &Value::from("my request")));
    let (_, answer) = stream.next().await.unwrap();
    assert_eq!(answer["text"], sister.last()["text"]);
    // It broke after the first line: what followed comes, and the first does not come again.
    drop(stream);
    let mut stream = Stream::open(&sister, Some(&ids[0])).await;
    let (id, second) = stream.next().await.unwrap();
    assert_eq!((&id, &second["text"]), (&ids[1], &heard[1]["text"]));
    let refused = sister.client.get(format!("{}/chat/api/events", bot.url)).bearer_auth(&sister.token);
    let refused = refused.header("last-event-id", "first").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_stop_ends_the_open_streams() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    arrives(&mut sister).await;
    let mut stream = Stream::open(&sister, None).await;
    for _ in &sister.heard {
        stream.next().await.unwrap();
    }
    bot.stops();
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn it_is_ready_while_its_store_answers() {
    let bot = Bot::start().await;
    let ready = async || reqwest::get(format!("{}/readyz", bot.url)).await.unwrap();
    let answer = ready().await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.json::<Value>().await.unwrap()["status"], "ready");
    bot.stops();
    bot.engine.store().close().await;
    let answer = ready().await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json::<Value>().await.unwrap()["store"], "no answer");
    let alive = reqwest::get(format!("{}/healthz", bot.url)).await.unwrap();
    assert_eq!(alive.status(), StatusCode::OK, "the process lives");
}
