//! `GET /chat/api/events`: the lines of the transcript as they are written, as Server-Sent Events.
//!
//! The page reads them with `fetch`, because `EventSource` cannot send the token in a header. An event's id
//! is the line's cursor, so `Last-Event-ID` (or `?after=`) goes on where a broken stream ended.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Sse};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use super::WebState;
use super::chat_api::{PAGE, Told, after_in};
use super::errors::Problem;
use super::limits::{Client, Place};
use super::person::Person;
use crate::engine::{Engine, Line};
use crate::message::{Address, PersonId};

/// A comment is sent when nothing else was, so that proxies do not close the line.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The transcript is read at least so often, whatever the wake-up calls say.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Opens the stream.
pub async fn stream(
    State(state): State<WebState>,
    person: Person,
    client: Client,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let cursor = match headers.get("last-event-id") {
        Some(id) => id
            .to_str()
            .ok()
            .and_then(|id| id.parse().ok())
            .filter(|id| *id >= 0)
            .ok_or(Problem::WrongShape)?,
        None => after_in(query.as_deref().unwrap_or_default())?,
    };
    let reading = Reading {
        _place: state.0.streams.enter(&person.address.path, client)?,
        wake: state.engine().watch(),
        engine: state.engine().clone(),
        own: PersonId::of(&person.address),
        address: person.address,
        cursor,
        waiting: VecDeque::new(),
        stop: state.0.stop.clone(),
    };
    let events = futures_util::stream::unfold(reading, |mut reading| async move {
        let line = reading.next().await?;
        Some((Ok::<_, Infallible>(event_of(&line)), reading))
    });
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // The second header asks a proxy in between not to collect events before it passes them on.
    Ok(([(CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")], events))
}

fn event_of(line: &Line) -> Event {
    let event = Event::default().id(line.cursor.to_string());
    // A line always has a JSON form; were it otherwise, the client would still learn of its cursor.
    event.json_data(Told::of(line)).unwrap_or_else(|_| Event::default().id(line.cursor.to_string()))
}

struct Reading {
    /// Held for as long as the stream is open.
    _place: Place,
    wake: Receiver<PersonId>,
    engine: Engine,
    own: PersonId,
    address: Address,
    cursor: i64,
    waiting: VecDeque<Line>,
    stop: watch::Receiver<bool>,
}

impl Reading {
    /// The next line; `None` ends the stream: we close, or the store fails (the client comes back).
    async fn next(&mut self) -> Option<Line> {
        loop {
            if let Some(line) = self.waiting.pop_front() {
                self.cursor = line.cursor;
                return Some(line);
            }
            if *self.stop.borrow() {
                return None;
            }
            self.waiting = self.engine.lines(&self.address, self.cursor, PAGE).await.ok()?.into();
            if self.waiting.is_empty() && !self.woken().await {
                return None;
            }
        }
    }

    /// Waits until there may be something new; false when the stream is to end.
    async fn woken(&mut self) -> bool {
        let again = tokio::time::sleep(LOOK_AGAIN);
        tokio::pin!(again);
        loop {
            tokio::select! {
                () = &mut again => return true,
                _ = self.stop.changed() => return false,
                person = self.wake.recv() => match person {
                    Ok(person) if person != self.own => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return true,
                    Err(RecvError::Closed) => return false,
                },
            }
        }
    }
}
