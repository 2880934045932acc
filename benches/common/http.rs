//! A person at the web chat over HTTP: posts what they say, hears the reply from the event stream.

use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use wasl::message::{Body, Choice, Expects, Speaker};

/// A line of the transcript, as far as a measurement looks.
#[derive(Debug, Deserialize)]
pub struct Line {
    /// Who speaks.
    pub from: Speaker,
    /// The buttons.
    pub choices: Vec<Choice>,
    /// What is waited for.
    pub expects: Option<Expects>,
}

/// Somebody at the chat.
pub struct Visitor {
    client: Client,
    url: String,
    token: String,
    stream: Response,
    unread: String,
    said: usize,
}

impl Visitor {
    /// Opens a chat, and a stream of its events after the greeting.
    pub async fn open(client: &Client, url: &str) -> (Visitor, Line) {
        let session = client.post(format!("{url}/chat/api/sessions")).send().await.unwrap();
        assert_eq!(session.status(), StatusCode::CREATED);
        let session: Value = session.json().await.unwrap();
        let token = session["token"].as_str().unwrap().to_owned();
        let stream = client.get(format!("{url}/chat/api/events")).bearer_auth(&token).send().await.unwrap();
        assert_eq!(stream.status(), StatusCode::OK);
        let (client, url) = (client.clone(), url.to_owned());
        let mut visitor = Visitor { client, url, token, stream, unread: String::new(), said: 0 };
        let greeting = visitor.hears().await;
        (visitor, greeting)
    }

    /// Says something; gives what the bot said to it.
    pub async fn says(&mut self, body: &Body) -> Line {
        self.said += 1;
        let id = format!("m{}", self.said);
        let message = match body {
            Body::Text(text) => json!({"id": id, "text": text}),
            Body::Choice(token) => json!({"id": id, "choice": token}),
            _ => unreachable!("no other kind is sent"),
        };
        let url = format!("{}/chat/api/messages", self.url);
        let answer = self.client.post(url).bearer_auth(&self.token).json(&message).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        // read to its end, so that the connection is used again
        answer.bytes().await.unwrap();
        self.hears().await
    }

    async fn hears(&mut self) -> Line {
        loop {
            while let Some(end) = self.unread.find("\n\n") {
                let event: String = self.unread.drain(..end + 2).collect();
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let line: Option<Line> = data.map(|data| serde_json::from_str(data).unwrap());
                if let Some(line) = line.filter(|line| line.from == Speaker::Bot) {
                    return line;
                }
            }
            let bytes = self.stream.chunk().await.unwrap().expect("the stream stays open");
            self.unread.push_str(std::str::from_utf8(&bytes).expect("the server writes whole lines"));
        }
    }
}
