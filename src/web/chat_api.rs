//! The chat, for the page's script and for any other client: open, say, read.

use axum::body::{Body, to_bytes};
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Json;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::WebState;
use super::errors::Problem;
use super::language;
use super::limits::{Client, MAX_MESSAGE};
use super::person::Person;
use super::token::Token;
use crate::channel::webchat;
use crate::engine::{Heard, Line};
use crate::locale::dir;
use crate::message::{self, Choice, Dir, EventId, Expects, Locale, Speaker};

/// How many lines one answer holds at most; a client asks again from the cursor it got.
pub const PAGE: u32 = 200;

/// A line of the transcript as clients read it.
#[derive(Debug, Serialize)]
pub struct Told<'a> {
    cursor: i64,
    id: &'a str,
    from: Speaker,
    dir: Dir,
    lang: &'a Locale,
    text: &'a str,
    choices: &'a [Choice],
    expects: Option<&'a Expects>,
}

impl<'a> Told<'a> {
    /// The line for the wire.
    pub fn of(line: &'a Line) -> Self {
        Told {
            cursor: line.cursor,
            id: &line.id,
            from: line.part.from,
            dir: dir(&line.part.locale),
            lang: &line.part.locale,
            text: &line.part.text,
            choices: &line.part.choices,
            expects: line.part.expects.as_ref(),
        }
    }
}

/// The answer to a new session.
#[derive(Serialize)]
pub struct Opened {
    token: String,
    cursor: i64,
}

/// `POST /chat/api/sessions`: opens a chat. The greeting stands after the cursor.
pub async fn open(
    State(state): State<WebState>,
    client: Client,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Opened>), Problem> {
    #[derive(Deserialize, Default)]
    #[serde(deny_unknown_fields)]
    struct Wish {
        lang: Option<Locale>,
    }
    let raw = read_bytes(body).await?;
    let wish: Wish = if raw.is_empty() { Wish::default() } else { from_json(&headers, &raw)? };
    let token = start(&state, client, &headers, wish.lang).await?;
    Ok((StatusCode::CREATED, Json(Opened { token: token.as_str().to_owned(), cursor: 0 })))
}

/// The opening's own id, outside the alphabet of clients' ids: no message of theirs is taken for it.
const OPENING: &str = ".start";

/// Opens a chat: draws the secret and tells the engine, so that the greeting is said.
pub async fn start(
    state: &WebState,
    client: Client,
    headers: &HeaderMap,
    wish: Option<Locale>,
) -> Result<Token, Problem> {
    state.0.rates.session(client)?;
    let token = Token::draw()?;
    let person = Person { address: token.address() };
    let hint = wish.or_else(|| language::browser(state.engine().words(), headers));
    let opened = person.says(state, OPENING, message::Body::Start { hint });
    state.engine().receive(opened).await?;
    state.0.known.add(&person.address);
    Ok(token)
}

/// The answer to what was said.
#[derive(Serialize)]
pub struct Accepted {
    /// The client's own id of the message.
    id: String,
    /// Our id of it: the person's own line has the id `<event>/<n>`.
    event: EventId,
}

impl Accepted {
    /// The message `id` was heard.
    pub fn of(id: String, heard: Heard) -> (StatusCode, Json<Accepted>) {
        let (Heard::New(event) | Heard::Again(event)) = heard;
        (StatusCode::ACCEPTED, Json(Accepted { id, event }))
    }
}

/// `POST /chat/api/messages`: says one thing. The same id is the same message.
pub async fn say(
    State(state): State<WebState>,
    person: Person,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Accepted>), Problem> {
    state.0.rates.message(&person.address.path)?;
    expect_json(&headers)?;
    let posted = webchat::decode(&read_bytes(body).await?)?;
    let said = person.says(&state, &posted.id, posted.body);
    let heard = state.engine().receive(said).await?;
    Ok(Accepted::of(posted.id, heard))
}

/// `GET /chat/api/messages?after=<cursor>`: the lines after a cursor, oldest first, at most 200.
pub async fn read(
    State(state): State<WebState>,
    person: Person,
    RawQuery(query): RawQuery,
) -> Result<Json<serde_json::Value>, Problem> {
    let after = after_in(query.as_deref().unwrap_or_default())?;
    let lines = state.engine().lines(&person.address, after, PAGE).await?;
    let cursor = lines.last().map_or(after, |line| line.cursor);
    let messages: Vec<Told<'_>> = lines.iter().map(Told::of).collect();
    Ok(Json(serde_json::json!({"messages": messages, "cursor": cursor})))
}

/// The cursor in a query: 0 when there is none.
pub fn after_in(query: &str) -> Result<i64, Problem> {
    match query.split('&').find_map(|pair| pair.strip_prefix("after=")) {
        None => Ok(0),
        Some(text) => text.parse().ok().filter(|after| *after >= 0).ok_or(Problem::WrongShape),
    }
}

async fn read_bytes(body: Body) -> Result<Bytes, Problem> {
    // The other way to fail is a client that hung up: nobody is left to read the answer.
    to_bytes(body, MAX_MESSAGE).await.map_err(|_| Problem::TooLarge)
}

fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(Problem::ContentType) }
}

fn from_json<T: serde::de::DeserializeOwned>(headers: &HeaderMap, raw: &[u8]) -> Result<T, Problem> {
    expect_json(headers)?;
    let text = std::str::from_utf8(raw).map_err(|_| Problem::NotUtf8)?;
    serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Problem::WrongShape,
        _ => Problem::NotJson,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_count_from_zero() {
        assert_eq!(after_in(""), Ok(0));
        assert_eq!(after_in("x=1&after=12"), Ok(12));
        for query in ["after=", "after=-1", "after=1.5", "after=99999999999999999999", "after=%31"] {
            assert_eq!(after_in(query), Err(Problem::WrongShape), "{query}");
        }
    }

    #[test]
    fn only_json_is_read() {
        #[track_caller]
        fn check(kind: &str, expected: Result<(), Problem>) {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            assert_eq!(expect_json(&headers), expected, "{kind}");
        }
        check("application/json", Ok(()));
        check("Application/JSON; charset=utf-8", Ok(()));
        check("text/plain", Err(Problem::ContentType));
        check("application/jsonp", Err(Problem::ContentType));
        assert_eq!(expect_json(&HeaderMap::new()), Err(Problem::ContentType));
    }

    #[tokio::test]
    async fn a_message_has_a_size() {
        assert!(read_bytes(Body::from(vec![b'x'; MAX_MESSAGE])).await.is_ok());
        assert_eq!(read_bytes(Body::from(vec![b'x'; MAX_MESSAGE + 1])).await, Err(Problem::TooLarge));
    }
}
