//! The chat without JavaScript: the transcript written by the server, plain forms, and the person's secret in
//! a cookie that no script can read.

use std::time::Duration;

use axum::Form;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::FormRejection;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use tokio::sync::broadcast::Receiver;

use super::WebState;
use super::chat_api;
use super::documents;
use super::errors::Problem;
use super::language::Reader;
use super::limits::Client;
use super::person::{Person, clear_cookie, in_cookie, set_cookie};
use super::token::{Token, draw_message_id};
use crate::channel::webchat;
use crate::engine::Line;
use crate::locale::dir;
use crate::message::{Address, Choice, ExpectsKind, PersonId, Speaker};

/// How many lines the page shows: the last ones.
const SHOWN: u32 = 100;
/// How long a form waits for the answer to what it said, so that the next page shows it.
const WAIT_FOR_ANSWER: Duration = Duration::from_secs(2);
/// Where every form leads back to.
const BACK: &str = "/chat#answer";

/// The chat as the templates write it.
pub struct Plain {
    /// Whether there is a chat to show; else a button opens one.
    pub open: bool,
    /// The last lines, oldest first.
    pub lines: Vec<Shown>,
    /// The choices of the last line.
    pub choices: Vec<Choice>,
    /// Whether several choices may be ticked.
    pub several: bool,
    /// Whether a paper is waited for; one can be sent at any time.
    pub file: bool,
    /// The secret, to be kept for another while.
    pub token: Option<Token>,
    /// The `inputmode` of the field.
    pub input: &'static str,
    /// The id that the next message gets: a form sent twice says its thing once.
    pub next_id: String,
}

/// A line of the transcript as a template writes it.
pub struct Shown {
    /// `bot`, `staff` or `you`.
    pub from: &'static str,
    /// Its language.
    pub lang: String,
    /// `rtl` or `ltr`.
    pub dir: &'static str,
    /// The words, and which pieces of them are links.
    pub pieces: Vec<Piece>,
}

/// A piece of a line.
pub struct Piece {
    /// As it reads.
    pub text: String,
    /// Whether it is an address to open.
    pub link: bool,
}

impl Shown {
    fn of(line: &Line) -> Shown {
        Shown {
            from: match line.part.from {
                Speaker::Bot => "bot",
                Speaker::Staff => "staff",
                Speaker::You => "you",
            },
            lang: line.part.locale.to_string(),
            dir: dir(&line.part.locale).as_str(),
            pieces: pieces(&line.part.text, line.part.from == Speaker::Bot),
        }
    }
}

/// What the bot says is cut at the addresses in it; what people write stays whole.
fn pieces(text: &str, links: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let begin = |rest: &str| {
        let schemes = ["https://", "http://"].into_iter().filter_map(|scheme| rest.find(scheme));
        schemes.min().filter(|_| links)
    };
    while let Some(at) = begin(rest) {
        let ends =
            |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '\u{2066}'..='\u{2069}');
        let end = rest[at..].find(ends).map_or(rest.len(), |length| at + length);
        pieces.push(Piece { text: rest[..at].to_owned(), link: false });
        pieces.push(Piece { text: rest[at..end].to_owned(), link: true });
        rest = &rest[end..];
    }
    pieces.push(Piece { text: rest.to_owned(), link: false });
    pieces
}

impl Plain {
    /// The chat of whoever's cookie the request carries.
    pub async fn of(state: &WebState, headers: &HeaderMap) -> Result<Plain, Problem> {
        let token = in_cookie(headers, state.engine().config().secure());
        let person = whose(state, headers).await.ok();
        let lines = match &person {
            Some(person) => state.engine().newest_lines(&person.address, SHOWN).await?,
            None => Vec::new(),
        };
        let asked = asked_by(&lines);
        let kind = asked.and_then(|line| line.part.expects.as_ref()).map(|expects| expects.kind);
        Ok(Plain {
            token: token.filter(|_| person.is_some()),
            open: person.is_some(),
            choices: asked.map(|line| line.part.choices.clone()).unwrap_or_default(),
            several: kind == Some(ExpectsKind::Choices),
            file: kind == Some(ExpectsKind::File),
            input: match kind {
                Some(ExpectsKind::Integer) => "numeric",
                Some(ExpectsKind::Decimal) => "decimal",
                Some(ExpectsKind::Phone) => "tel",
                Some(ExpectsKind::Email) => "email",
                _ => "text",
            },
            lines: lines.iter().map(Shown::of).collect(),
            next_id: draw_message_id()?,
        })
    }
}

/// The line whose answer is waited for: the last of the bot's since the person or a member of staff spoke that
/// has choices or expects something. News that came in between does not hide it.
fn asked_by(lines: &[Line]) -> Option<&Line> {
    let of_the_bot = lines.iter().rev().take_while(|line| line.part.from == Speaker::Bot);
    of_the_bot.into_iter().find(|line| line.part.expects.is_some() || !line.part.choices.is_empty())
}

/// `POST /chat/start`: opens a chat and keeps its secret in a cookie.
pub async fn start(
    State(state): State<WebState>,
    client: Client,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let wake = state.engine().watch();
    let token = chat_api::start(&state, client, &headers, Some(reader.locale)).await?;
    answered(wake, &token.address()).await;
    Ok(kept(&state, back(), Some(&token)))
}

/// `POST /chat/say`: fields `id`, and one of `text`, `choice`, `choices` (any number of times; with the field
/// `done` none is a choice too).
pub async fn say(
    State(state): State<WebState>,
    headers: HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let person = whose(&state, &headers).await?;
    let Form(fields) = form.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::ContentType,
        _ => Problem::BadForm,
    })?;
    let posted = said_in(fields)?;
    state.0.rates.message(&person.address.path)?;
    let wake = state.engine().watch();
    state.engine().receive(person.says(&state, &posted.id, posted.body)).await?;
    answered(wake, &person.address).await;
    Ok(kept(&state, back(), in_cookie(&headers, state.engine().config().secure()).as_ref()))
}

/// `POST /chat/upload`: fields `id` and `file`.
pub async fn upload(
    State(state): State<WebState>,
    headers: HeaderMap,
    client: Client,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let person = whose(&state, &headers).await?;
    let wake = state.engine().watch();
    documents::hear(&state, &person, client, form).await?;
    answered(wake, &person.address).await;
    Ok(kept(&state, back(), in_cookie(&headers, state.engine().config().secure()).as_ref()))
}

/// An answer that keeps the chat's secret in the browser for another while.
pub fn kept(state: &WebState, mut answer: Response, token: Option<&Token>) -> Response {
    if let Some(token) = token {
        set_cookie(answer.headers_mut(), token, state.engine().config().secure());
    }
    answer
}

/// `POST /chat/forget`: this browser forgets the chat.
pub async fn forget(State(state): State<WebState>) -> Response {
    let mut response = back();
    clear_cookie(response.headers_mut(), state.engine().config().secure());
    response
}

/// `GET /chat/look`: the chat anew. A link to where the page already is would only scroll in it.
pub async fn look() -> Response {
    back()
}

fn back() -> Response {
    Redirect::to(BACK).into_response()
}

async fn whose(state: &WebState, headers: &HeaderMap) -> Result<Person, Problem> {
    let secure = state.engine().config().secure();
    let token = in_cookie(headers, secure).ok_or(Problem::NoSession)?;
    Person::of(state, &token).await
}

fn said_in(fields: Vec<(String, String)>) -> Result<webchat::Posted, Problem> {
    let (mut id, mut text, mut choice, mut choices) = (None, None, None, None::<Vec<String>>);
    for (name, value) in fields {
        match &*name {
            "id" => id = Some(value),
            "text" if !value.trim().is_empty() => text = Some(value.replace("\r\n", "\n")),
            "text" => {}
            "choice" => choice = Some(value),
            "choices" => choices.get_or_insert_default().push(value),
            "done" => {
                choices.get_or_insert_default();
            }
            _ => return Err(Problem::WrongShape),
        }
    }
    let id = id.filter(|id| webchat::is_id(id)).ok_or(Problem::BadId)?;
    Ok(webchat::Posted { id, body: webchat::body(text, choice, choices, None, None)? })
}

/// Waits a little for the answer to what was said, so that the next page shows it. `wake` must have been
/// subscribed before it was said.
pub async fn answered(mut wake: Receiver<PersonId>, address: &Address) {
    let own = PersonId::of(address);
    let answered = async { while wake.recv().await.is_ok_and(|person| person != own) {} };
    // No answer in time is no mistake: the page shows what there is, and can be asked for again.
    let _ = tokio::time::timeout(WAIT_FOR_ANSWER, answered).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Body, ChoiceToken};

    #[test]
    fn what_the_bot_says_is_cut_at_its_addresses() {
        let cut = |text: &str, links: bool| -> String {
            let mark = |piece: Piece| if piece.link { format!("[{}]", piece.text) } else { piece.text };
            pieces(text, links).into_iter().map(mark).collect()
        };
        let isolated = "See \u{2066}https://a.example/s/x\u{2069}.\nAnd http://b.example";
        assert_eq!(
            cut(isolated, true),
            "See \u{2066}[https://a.example/s/x]\u{2069}.\nAnd [http://b.example]"
        );
        assert_eq!(cut("https://a.example", false), "https://a.example");
        assert_eq!(cut("no address", true), "no address");
    }

    #[track_caller]
    fn check(fields: &[(&str, &str)], expected: Result<Body, Problem>) {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(said_in(fields).map(|posted| posted.body), expected);
    }

    #[test]
    fn a_plain_form_says_one_thing() {
        let token = |text: &str| ChoiceToken(text.into());
        check(&[("id", "a"), ("text", "x\r\ny")], Ok(Body::Text("x\ny".into())));
        check(&[("id", "a"), ("text", ""), ("choice", "t")], Ok(Body::Choice(token("t"))));
        check(
            &[("id", "a"), ("choices", "t"), ("choices", "u"), ("done", "")],
            Ok(Body::Choices(vec![token("t"), token("u")])),
        );
        check(&[("id", "a"), ("done", "")], Ok(Body::Choices(vec![])));
        check(&[("id", "a"), ("text", " ")], Err(Problem::Nothing));
        check(&[("id", "a"), ("text", "x"), ("choice", "t")], Err(Problem::TwoThings));
        check(&[("text", "x")], Err(Problem::BadId));
        check(&[("id", "../a"), ("text", "x")], Err(Problem::BadId));
        check(&[("id", "a"), ("text", "x"), ("more", "y")], Err(Problem::WrongShape));
    }
}
