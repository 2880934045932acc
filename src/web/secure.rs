//! `/secure/<token>`: one question that is never asked in a chat of others, answered on our own page. The link comes in
//! the chat, works once and for a day; the chat goes on by itself.

use askama::Template;
use axum::Form;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::FormRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};

use super::WebState;
use super::documents;
use super::errors::{Problem, words_for};
use super::language::{Reader, is_chosen_by};
use super::limits::Client;
use super::pages::{Frame, html};
use super::plain::answered;
use crate::engine::{Asked, Given, NotTaken, Open, SecureLink, Unanswered};
use crate::message::{Choice, ChoiceToken, ExpectsKind, Locale};

/// No token is longer, in bytes.
const MAX_TOKEN: usize = 512;

/// How an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Control {
    Line,
    Lines,
    One,
    Several,
    File,
}

impl Control {
    fn of(asked: &Asked) -> Control {
        match asked.kind {
            ExpectsKind::Choices => Control::Several,
            _ if !asked.choices.is_empty() => Control::One,
            ExpectsKind::File => Control::File,
            _ if asked.multiline => Control::Lines,
            _ => Control::Line,
        }
    }
}

#[derive(Template)]
#[template(path = "secure.html")]
struct Page<'a> {
    frame: Frame<'a>,
    asked: Asked,
    control: Control,
    /// The `type`, the `inputmode` and the `autocomplete` of the field.
    field: [&'static str; 3],
    /// What was wrong with what was sent.
    wrong: Option<String>,
    /// What was typed, or the tokens that were chosen.
    sent: Vec<String>,
    /// Where an answer is posted to; a file, to `/file` behind it.
    address: String,
}

impl Page<'_> {
    /// Whether this was chosen in what was sent.
    fn chose(&self, choice: &Choice) -> bool {
        self.sent.iter().any(|token| **token == *choice.token.0)
    }
}

#[derive(Template)]
#[template(path = "secure_end.html")]
struct EndPage<'a> {
    frame: Frame<'a>,
    words: &'static str,
}

/// `GET /secure/<token>`: the question. Looking spends nothing: programs that show what a link leads to look too. Also
/// `GET /secure/<token>/file`: where a file was refused, a choice of language or a reload asks for that.
pub async fn show(
    State(state): State<WebState>,
    Path(path): Path<String>,
    reader: Reader,
    uri: Uri,
) -> Result<Response, Problem> {
    let (token, wished) = (token_in(&path), wished(&reader, &uri));
    let page = match found(&state, token, wished.as_ref()).await? {
        SecureLink::Open(open) => question(&state, &reader, token, *open, None, Vec::new()),
        SecureLink::Done(locale) => end(&state, &reader, locale, "web-secure-done"),
        SecureLink::Closed => closed(&state, &reader),
    };
    Ok((reader.remember(), page).into_response())
}

/// `POST /secure/<token>`: fields `text`, or `choice` any number of times.
pub async fn answer(
    State(state): State<WebState>,
    Path(path): Path<String>,
    reader: Reader,
    uri: Uri,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let (token, wished) = (token_in(&path), wished(&reader, &uri));
    let open = match found(&state, token, wished.as_ref()).await? {
        SecureLink::Open(open) => *open,
        SecureLink::Done(_) => return Ok(to(token, &uri)),
        SecureLink::Closed => return Ok(closed(&state, &reader)),
    };
    state.0.rates.message(&open.person.to_string())?;
    let Form(fields) = form.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::ContentType,
        _ => Problem::BadForm,
    })?;
    let sent = |name: &str| -> Vec<String> {
        let named = fields.iter().filter(|(field, _)| field == name);
        named.map(|(_, value)| value.replace("\r\n", "\n")).collect()
    };
    let (control, choices) = (Control::of(&open.asked), sent("choice"));
    let (given, kept) = match control {
        Control::One | Control::Several => {
            let tokens = choices.iter().map(|token| ChoiceToken(token.as_str().into()));
            (Given::Choices(tokens.collect()), choices)
        }
        _ => {
            let text = sent("text").pop().unwrap_or_default();
            (Given::Text(text.clone()), vec![text])
        }
    };
    take(&state, &reader, &uri, token, open, given, kept).await
}

/// `POST /secure/<token>/file`: field `file`. Refused before a byte is read where the link is over.
pub async fn upload(
    State(state): State<WebState>,
    Path(path): Path<String>,
    reader: Reader,
    uri: Uri,
    client: Client,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let (token, wished) = (token_in(&path), wished(&reader, &uri));
    let open = match found(&state, token, wished.as_ref()).await? {
        SecureLink::Open(open) => *open,
        SecureLink::Done(_) => return Ok(to(token, &uri)),
        SecureLink::Closed => return Ok(closed(&state, &reader)),
    };
    let person = open.person.to_string();
    let read = async {
        state.0.rates.message(&person)?;
        let place = state.0.uploads.enter(&person, client)?;
        Ok((documents::file_of(form).await?, place))
    };
    match read.await {
        Ok(((name, bytes), _place)) => {
            take(&state, &reader, &uri, token, open, Given::File(name, bytes), Vec::new()).await
        }
        Err(problem) => Ok(refused(&state, &reader, token, open, problem)),
    }
}

/// Hands an answer to the engine; then to the next question of the kind, or to the end.
async fn take(
    state: &WebState,
    reader: &Reader,
    uri: &Uri,
    token: &str,
    open: Open,
    given: Given,
    sent: Vec<String>,
) -> Result<Response, Problem> {
    let wake = state.engine().watch();
    match state.engine().answer_securely(token, Some(&open.locale), given).await {
        Ok(()) => {
            answered(wake, &open.address).await;
            let next = state.engine().secure_next(token).await?;
            Ok(to(next.as_deref().unwrap_or(token), uri))
        }
        Err(Unanswered::Misfit(wrong)) => {
            let page = question(state, reader, token, open, Some(wrong), sent);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(Unanswered::File(NotTaken::Unstored) | Unanswered::Unstored) => Err(Problem::Unstored),
        Err(Unanswered::File(refusal)) => Ok(refused(state, reader, token, open, refusal.into())),
        Err(Unanswered::Closed) => Ok(closed(state, reader)),
    }
}

/// The language that the address chooses.
fn wished(reader: &Reader, uri: &Uri) -> Option<Locale> {
    is_chosen_by(uri).then(|| reader.locale.clone())
}

async fn found(state: &WebState, token: &str, wished: Option<&Locale>) -> Result<SecureLink, Problem> {
    if token.len() > MAX_TOKEN || !token.bytes().all(is_of_token) {
        return Ok(SecureLink::Closed);
    }
    Ok(state.engine().secure(token, wished).await?)
}

/// The token of a path. What a messenger took for a part of the link (a mark of direction, a full stop) is none of it.
fn token_in(path: &str) -> &str {
    path.trim_end_matches(|c: char| !c.is_ascii() || !is_of_token(c as u8))
}

fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn address_of(token: &str) -> String {
    format!("/secure/{token}")
}

/// To a page of this kind, in the language that was chosen on the way.
fn to(token: &str, uri: &Uri) -> Response {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::to(&format!("{}{query}", address_of(token))).into_response()
}

fn question(
    state: &WebState,
    reader: &Reader,
    token: &str,
    open: Open,
    wrong: Option<String>,
    sent: Vec<String>,
) -> Response {
    let reader = reader.in_language(open.locale);
    let field = match open.asked.kind {
        ExpectsKind::Integer => ["text", "numeric", "off"],
        ExpectsKind::Decimal => ["text", "decimal", "off"],
        ExpectsKind::Phone => ["tel", "tel", "tel"],
        ExpectsKind::Email => ["email", "email", "email"],
        _ => ["text", "text", "off"],
    };
    let page = Page {
        frame: Frame::new(state, &reader, "web-secure-title"),
        control: Control::of(&open.asked),
        asked: open.asked,
        field,
        wrong,
        sent,
        address: address_of(token),
    };
    unlisted(html(&page))
}

/// The question again, with why a file was refused.
fn refused(state: &WebState, reader: &Reader, token: &str, open: Open, problem: Problem) -> Response {
    let own = reader.in_language(open.locale.clone());
    let wrong = words_for(state, &own, problem);
    let mut page = question(state, reader, token, open, Some(wrong), Vec::new());
    *page.status_mut() = problem.into_response().status();
    page
}

fn closed(state: &WebState, reader: &Reader) -> Response {
    let page = end(state, reader, reader.locale.clone(), "web-secure-closed");
    (StatusCode::GONE, page).into_response()
}

fn end(state: &WebState, reader: &Reader, locale: Locale, words: &'static str) -> Response {
    let reader = reader.in_language(locale);
    let frame = Frame::new(state, &reader, &format!("{words}-title"));
    unlisted(html(&EndPage { frame, words }))
}

fn unlisted(page: Response) -> Response {
    let mut unlisted = HeaderMap::new();
    unlisted.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow, noarchive"),
    );
    (unlisted, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_messenger_adds_to_a_link_is_none_of_its_token() {
        for path in ["Ab-_9", "Ab-_9\u{2069}", "Ab-_9.", "Ab-_9),", "Ab-_9؟"] {
            assert_eq!(token_in(path), "Ab-_9");
        }
        assert_eq!(token_in("\u{2069}"), "");
    }
}
