//! Papers: one file and the client's id of the message, as `multipart/form-data`.

use std::future::Future;
use std::time::Duration;

use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Json;
use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout_at};

use super::WebState;
use super::chat_api::Accepted;
use super::errors::Problem;
use super::limits::Client;
use super::person::Person;
use crate::channel::webchat;
use crate::engine::Heard;
use crate::message::Body;

/// The longest file name that is looked at, in characters.
const MAX_NAME: usize = 200;
/// A paper of which not even so many bytes arrive in so long a time is given up: others wait for its place.
const PROGRESS: usize = 8 * 1024;
const STALL: Duration = Duration::from_secs(20);

/// A paper as it was sent.
struct Sent {
    /// The client's id of the message.
    id: String,
    name: String,
    bytes: Bytes,
}

/// `POST /chat/api/documents`: fields `id` and `file`, in any order.
pub async fn take(
    State(state): State<WebState>,
    person: Person,
    client: Client,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<Accepted>), Problem> {
    let (id, heard) = hear(&state, &person, client, form).await?;
    Ok(Accepted::of(id, heard))
}

/// Reads the paper, stores it and tells the engine of it; gives the client's id of the message too. Who is too
/// fast, or comes when as many papers as may be are on their way, is refused before a byte is read.
pub async fn hear(
    state: &WebState,
    person: &Person,
    client: Client,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(String, Heard), Problem> {
    state.0.rates.message(&person.address.path)?;
    let place = state.0.uploads.enter(&person.address.path, client)?;
    let Sent { id, name, bytes } = read(form).await?;
    let media = state.engine().keep_document(&person.address, &name, bytes).await?;
    drop(place);
    let heard = state.engine().receive(person.says(state, &id, Body::Media(media))).await?;
    Ok((id, heard))
}

/// Reads the form.
async fn read(form: Result<Multipart, MultipartRejection>) -> Result<Sent, Problem> {
    let (id, file) = fields(form).await?;
    let id = id.filter(|id| webchat::is_id(id)).ok_or(Problem::BadId)?;
    let (name, bytes) = file.ok_or(Problem::Nothing)?;
    Ok(Sent { id, name, bytes })
}

/// Reads a form with nothing but a file: its name and its bytes.
pub async fn file_of(form: Result<Multipart, MultipartRejection>) -> Result<(String, Bytes), Problem> {
    fields(form).await?.1.ok_or(Problem::Nothing)
}

/// The fields of a form, each at most once.
async fn fields(
    form: Result<Multipart, MultipartRejection>,
) -> Result<(Option<String>, Option<(String, Bytes)>), Problem> {
    let mut form = form.map_err(|_| Problem::ContentType)?;
    let (mut id, mut file) = (None, None);
    let mut pace = Pace::begin();
    while let Some(field) = pace.within(form.next_field()).await?.map_err(why)? {
        match field.name() {
            Some("id") if id.is_none() => {
                let text = pace.all(field).await?;
                let text = std::str::from_utf8(&text).map_err(|_| Problem::NotUtf8)?;
                id = Some(text.trim().to_owned());
            }
            Some("file") if file.is_none() => {
                let name = field.file_name().unwrap_or_default().chars().take(MAX_NAME).collect::<String>();
                file = Some((name, pace.all(field).await?));
            }
            _ => return Err(Problem::WrongShape),
        }
    }
    Ok((id, file))
}

/// What the form around a paper holds, as [`take`] reads it: the client's id of the message, the name of the file, and
/// its bytes. `None` when it is refused. For whoever wants to try bodies without a server (`tests/fuzz`).
pub async fn form_of(content_type: &str, body: Vec<u8>) -> Option<(String, String, Bytes)> {
    let request = Request::post("/").header(CONTENT_TYPE, content_type).body(body.into()).ok()?;
    let Sent { id, name, bytes } = read(Multipart::from_request(request, &()).await).await.ok()?;
    Some((id, name, bytes))
}

/// Whether a paper comes on.
struct Pace {
    until: Instant,
    bytes: usize,
}

impl Pace {
    fn begin() -> Pace {
        Pace { until: Instant::now() + STALL, bytes: 0 }
    }

    /// What comes before the time is over.
    async fn within<T>(&self, coming: impl Future<Output = T>) -> Result<T, Problem> {
        timeout_at(self.until, coming).await.map_err(|_| Problem::Stalled)
    }

    /// A whole field, as long as it comes on.
    async fn all(&mut self, mut field: Field<'_>) -> Result<Bytes, Problem> {
        let mut all = BytesMut::new();
        while let Some(piece) = self.within(field.chunk()).await?.map_err(why)? {
            all.extend_from_slice(&piece);
            self.bytes += piece.len();
            if self.bytes >= PROGRESS {
                *self = Pace::begin();
            }
        }
        Ok(all.freeze())
    }
}

fn why(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Problem::TooLarge } else { Problem::BadForm }
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt;

    use super::*;
    use crate::web::token::Token;

    async fn read_from(kind: &str, body: impl Into<axum::body::Body>) -> Result<Sent, Problem> {
        let request = Request::post("/").header("content-type", kind).body(body.into()).unwrap();
        read(Multipart::from_request(request, &()).await).await
    }

    #[track_caller]
    fn check(answer: Result<Sent, Problem>, expected: Result<(&str, &str, usize), Problem>) {
        let answer = answer.as_ref().map(|sent| (&*sent.id, &*sent.name, sent.bytes.len())).map_err(|e| *e);
        assert_eq!(answer, expected);
    }

    fn part(about: &str, body: &str) -> String {
        format!("--b\r\nContent-Disposition: form-data; {about}\r\n\r\n{body}\r\n")
    }

    #[tokio::test]
    async fn a_form_has_an_id_and_a_file_in_any_order() {
        let kind = "multipart/form-data; boundary=b";
        let id = part("name=\"id\"", "x1");
        let file = part("name=\"file\"; filename=\"هوية.pdf\"", "%PDF-");
        let odd = part("name=\"more\"", "?");
        check(read_from(kind, format!("{id}{file}--b--\r\n")).await, Ok(("x1", "هوية.pdf", 5)));
        check(read_from(kind, format!("{file}{id}--b--\r\n")).await, Ok(("x1", "هوية.pdf", 5)));
        check(read_from(kind, format!("{file}--b--\r\n")).await, Err(Problem::BadId));
        check(read_from(kind, format!("{id}--b--\r\n")).await, Err(Problem::Nothing));
        check(read_from(kind, format!("{id}{file}{file}--b--\r\n")).await, Err(Problem::WrongShape));
        check(read_from(kind, format!("{id}{odd}--b--\r\n")).await, Err(Problem::WrongShape));
        check(read_from(kind, id).await, Err(Problem::BadForm));
        check(read_from("application/json", "{}").await, Err(Problem::ContentType));
    }

    async fn pages(folder: &std::path::Path, settings: &str) -> (WebState, tokio::sync::watch::Sender<bool>) {
        let config = crate::config::Config::from_toml(settings).unwrap();
        let words = crate::locale::Catalogue::shipped(&config.association.default_locale).unwrap();
        let url = format!("sqlite://{}", folder.join("wasl.db").display());
        let now = crate::time::Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        let parts = crate::engine::Parts {
            config,
            words,
            shelf: Default::default(),
            clock: std::sync::Arc::new(crate::time::ManualClock::at(now)),
            store: crate::store::Store::open(&url).await.unwrap(),
            vault: crate::vault::Vault::from_bytes([1; 32]),
            documents: crate::vault::Documents::local(&folder.join("documents")).unwrap(),
            channels: Vec::new(),
        };
        let (stop, stopped) = tokio::sync::watch::channel(false);
        (WebState::new(crate::engine::Engine::start(parts).await.unwrap(), stopped), stop)
    }

    /// Sends a paper of which not a byte ever arrives: only who does not wait for it can answer.
    async fn refused_unread(state: &WebState, token: &Token, status: StatusCode) {
        let endless = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let request = Request::post("/chat/api/documents")
            .header("authorization", format!("Bearer {}", token.as_str()))
            .header("content-type", "multipart/form-data; boundary=b")
            .body(axum::body::Body::from_stream(endless))
            .unwrap();
        let answer = crate::web::router(state.clone()).oneshot(request);
        let answer = tokio::time::timeout(std::time::Duration::from_secs(5), answer).await.unwrap().unwrap();
        assert_eq!(answer.status(), status);
        assert!(answer.headers().contains_key("retry-after"));
    }

    #[tokio::test]
    async fn a_paper_is_refused_unread_when_its_sender_is_too_fast_or_no_place_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let (state, _stop) = pages(folder.path(), "[policy]\nmessages_per_minute = 1").await;
        let (fast, other) = (Token::draw().unwrap(), Token::draw().unwrap());
        for token in [&fast, &other] {
            state.0.known.add(&token.address());
        }
        state.0.rates.message(&fast.address().path).unwrap();
        refused_unread(&state, &fast, StatusCode::TOO_MANY_REQUESTS).await;
        let client = |n: u8| Client(std::net::IpAddr::from([192, 0, 2, n]));
        let enter = |n: u8| state.0.uploads.enter(&format!("person {n}"), client(n)).ok();
        let places: Vec<_> = (0..9).map_while(enter).collect();
        assert_eq!(places.len(), 8);
        refused_unread(&state, &other, StatusCode::SERVICE_UNAVAILABLE).await;
    }

    #[tokio::test]
    async fn a_third_paper_at_once_is_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        let (state, _stop) = pages(folder.path(), "").await;
        let token = Token::draw().unwrap();
        state.0.known.add(&token.address());
        let client = Client(std::net::IpAddr::from([192, 0, 2, 1]));
        let _two = [0, 1].map(|_| state.0.uploads.enter(&token.address().path, client).unwrap());
        refused_unread(&state, &token, StatusCode::TOO_MANY_REQUESTS).await;
    }

    /// A paper of which `piece` arrives every ten seconds: how it ends.
    async fn arrives(piece: &'static [u8]) -> Problem {
        let head = part("name=\"file\"; filename=\"a.pdf\"", "");
        let head = Bytes::from(head.trim_end().to_owned() + "\r\n\r\n");
        let pieces = futures_util::stream::unfold(0, move |n| async move {
            tokio::time::sleep(Duration::from_secs(if n == 0 { 0 } else { 10 })).await;
            (n < 30).then(|| (Ok::<_, std::io::Error>(Bytes::from_static(piece)), n + 1))
        });
        let body = futures_util::stream::once(async { Ok(head) });
        let body = futures_util::StreamExt::chain(body, pieces);
        let body = axum::body::Body::from_stream(body);
        read_from("multipart/form-data; boundary=b", body).await.err().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_paper_that_does_not_come_on_is_given_up_and_a_slow_one_is_not() {
        let began = Instant::now();
        assert_eq!(arrives(b"x").await, Problem::Stalled, "a byte now and then is no progress");
        assert_eq!(began.elapsed().as_secs(), STALL.as_secs());
        assert_eq!(
            arrives(&[b'x'; PROGRESS]).await,
            Problem::BadForm,
            "it was read until its sender stopped"
        );
        assert_eq!(began.elapsed().as_secs(), STALL.as_secs() + 300);
    }
}
