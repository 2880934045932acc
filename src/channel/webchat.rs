//! The chat on our own pages. People's clients read the outbox by cursor, so nothing is ever sent from here;
//! [`decode`] reads what they post.
//!
//! ```json
//! {"id": "b3Vy", "text": "السلام عليكم"}
//! {"id": "b3Vz", "choice": "kJ2…"}
//! {"id": "b3V0", "choices": ["kJ2…", "m0p…"]}
//! {"id": "b3V1", "lat": 24.7136, "lon": 46.6753}
//! ```

use serde::Deserialize;

use super::{BoxFuture, Capabilities, Channel, Delivery, Repeat, SendError, Sent, Shares};
use crate::message::{Address, Body, ChannelId, ChoiceToken, OutboxId, Part};

/// The name of this channel.
pub const NAME: &str = "webchat";
/// The longest id a client may give a message, in characters.
pub const MAX_ID: usize = 64;
/// The longest token of a choice, in characters.
const MAX_TOKEN: usize = 64;
/// The most choices that may be ticked at once.
const MAX_CHOICES: usize = 200;

/// The channel `webchat`.
pub struct Webchat {
    id: ChannelId,
    can: Capabilities,
}

impl Webchat {
    /// The channel.
    pub fn new() -> Self {
        Webchat {
            id: ChannelId::new(NAME),
            can: Capabilities {
                delivery: Delivery::Read,
                text: 16_384,
                buttons: MAX_CHOICES,
                button_label: 200,
                repeat: Repeat::Deduplicated,
                page: None,
                shares: Shares::Nothing,
                ticks: true,
                opens: false,
                costs: false,
                window: None,
                private: true,
            },
        }
    }
}

impl Default for Webchat {
    fn default() -> Self {
        Webchat::new()
    }
}

impl Channel for Webchat {
    fn id(&self) -> &ChannelId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.can
    }

    /// Always refused: the clients of this channel read.
    fn send<'a>(
        &'a self,
        _to: &'a Address,
        _part: &'a Part,
        _key: &'a OutboxId,
    ) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(async { Err(SendError::Never { cause: "webchat is read, not sent".into() }) })
    }
}

/// What a client posted: its own id of the message, and what was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    /// 1 to 64 characters of `A-Z a-z 0-9 _ -`: the same id is the same message.
    pub id: String,
    /// What was said.
    pub body: Body,
}

/// Why a posted message cannot be read. Nothing of it is repeated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// Not JSON.
    #[error("the body is not JSON")]
    NotJson,
    /// JSON of another shape: a field of the wrong type, one missing, one unknown.
    #[error("the JSON has another shape")]
    WrongShape,
    /// The id is missing, too long, or has other characters.
    #[error("id must be 1 to 64 of A-Z a-z 0-9 _ -")]
    BadId,
    /// Nothing was said: no field, or an empty text.
    #[error("nothing is said")]
    Nothing,
    /// Two things were said at once.
    #[error("say one thing: text, choice, choices, or lat and lon")]
    TwoThings,
    /// A choice's token that cannot be one of ours, or too many of them.
    #[error("not a choice's token")]
    BadChoice,
    /// Not a place on earth.
    #[error("lat must be -90 to 90 and lon -180 to 180")]
    BadPlace,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    id: String,
    text: Option<String>,
    choice: Option<String>,
    choices: Option<Vec<String>>,
    lat: Option<f64>,
    lon: Option<f64>,
}

/// Reads the JSON body of one posted message.
pub fn decode(raw: &[u8]) -> Result<Posted, DecodeError> {
    let text = std::str::from_utf8(raw).map_err(|_| DecodeError::NotUtf8)?;
    let wire: Wire = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => DecodeError::WrongShape,
        _ => DecodeError::NotJson,
    })?;
    if !is_id(&wire.id) {
        return Err(DecodeError::BadId);
    }
    Ok(Posted { id: wire.id, body: body(wire.text, wire.choice, wire.choices, wire.lat, wire.lon)? })
}

/// Whether `id` may be a message's id: 1 to 64 characters of `A-Z a-z 0-9 _ -`.
pub fn is_id(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The one thing that was said.
pub fn body(
    text: Option<String>,
    choice: Option<String>,
    choices: Option<Vec<String>>,
    lat: Option<f64>,
    lon: Option<f64>,
) -> Result<Body, DecodeError> {
    match (text, choice, choices, lat, lon) {
        (Some(text), None, None, None, None) if text.trim().is_empty() => Err(DecodeError::Nothing),
        (Some(text), None, None, None, None) => Ok(Body::Text(text)),
        (None, Some(token), None, None, None) => Ok(Body::Choice(token_of(token)?)),
        (None, None, Some(tokens), None, None) if tokens.len() > MAX_CHOICES => Err(DecodeError::BadChoice),
        (None, None, Some(tokens), None, None) => {
            Ok(Body::Choices(tokens.into_iter().map(token_of).collect::<Result<_, _>>()?))
        }
        (None, None, None, Some(lat), Some(lon)) => {
            let on_earth = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
            if on_earth { Ok(Body::Place { lat, lon }) } else { Err(DecodeError::BadPlace) }
        }
        (None, None, None, None, None) => Err(DecodeError::Nothing),
        (None, None, None, _, _) => Err(DecodeError::BadPlace),
        _ => Err(DecodeError::TwoThings),
    }
}

fn token_of(token: String) -> Result<ChoiceToken, DecodeError> {
    let fits = (1..=MAX_TOKEN).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(ChoiceToken(token.into())) } else { Err(DecodeError::BadChoice) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, expected: Result<Body, DecodeError>) {
        assert_eq!(decode(raw.as_bytes()).map(|posted| posted.body), expected, "{raw}");
    }

    fn token(text: &str) -> ChoiceToken {
        ChoiceToken(text.into())
    }

    #[test]
    fn each_thing_that_can_be_said() {
        check(r#"{"id":"a","text":"سلام"}"#, Ok(Body::Text("سلام".into())));
        check(r#"{"id":"A_z-9","choice":"t1"}"#, Ok(Body::Choice(token("t1"))));
        check(r#"{"id":"a","choices":["t1","t2"]}"#, Ok(Body::Choices(vec![token("t1"), token("t2")])));
        check(r#"{"id":"a","choices":[]}"#, Ok(Body::Choices(vec![])));
        check(r#"{"id":"a","lat":-90,"lon":180.0}"#, Ok(Body::Place { lat: -90.0, lon: 180.0 }));
        check(r#"{"id":"a","text":"x","choice":null}"#, Ok(Body::Text("x".into())));
    }

    #[test]
    fn exactly_one_thing_is_said() {
        check(r#"{"id":"a"}"#, Err(DecodeError::Nothing));
        check(r#"{"id":"a","text":"  \n"}"#, Err(DecodeError::Nothing));
        check(r#"{"id":"a","text":"x","choice":"t"}"#, Err(DecodeError::TwoThings));
        check(r#"{"id":"a","choice":"t","choices":[]}"#, Err(DecodeError::TwoThings));
        check(r#"{"id":"a","text":"x","lat":1,"lon":1}"#, Err(DecodeError::TwoThings));
        check(r#"{"id":"a","lat":1}"#, Err(DecodeError::BadPlace));
        check(r#"{"id":"a","lat":91,"lon":0}"#, Err(DecodeError::BadPlace));
        check(r#"{"id":"a","lat":1e999,"lon":0}"#, Err(DecodeError::NotJson));
    }

    #[test]
    fn the_shape_is_strict() {
        check("", Err(DecodeError::NotJson));
        check("{", Err(DecodeError::NotJson));
        check("[]", Err(DecodeError::WrongShape));
        check(r#"{"text":"x"}"#, Err(DecodeError::WrongShape));
        check(r#"{"id":"a","text":1}"#, Err(DecodeError::WrongShape));
        check(r#"{"id":"a","texts":"x"}"#, Err(DecodeError::WrongShape));
        check(r#"{"id":"a","choice":""}"#, Err(DecodeError::BadChoice));
        check(r#"{"id":"a","choice":"ت"}"#, Err(DecodeError::BadChoice));
        assert_eq!(decode(b"{\"id\":\"a\",\"text\":\"\xff\"}"), Err(DecodeError::NotUtf8));
    }

    #[test]
    fn ids_are_short_and_plain() {
        let long = "x".repeat(64);
        for id in ["a", "A-z_0", &long] {
            assert!(is_id(id), "{id}");
        }
        for id in ["", "a b", "a/b", "é", &"x".repeat(65)] {
            assert!(!is_id(id), "{id}");
        }
        check(r#"{"id":"a:b","text":"x"}"#, Err(DecodeError::BadId));
    }
}
