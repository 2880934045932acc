//! Calls of the Bot API: one HTTP request each, never repeated here, and what their failure means for the caller.
//!
//! The payloads are teloxide's; its client is not used, because it sleeps ten seconds inside a call whose server
//! failed, and tells a request that never left from one that may have arrived in the same way.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Client;
use serde::Serialize;
use serde::de::DeserializeOwned;
use teloxide::requests::Payload;

use crate::channel::http::{self, NoAnswer};
use crate::channel::{FetchError, SendError};
use crate::config::Secret;

/// How long a call may take, beside the time it is asked to wait.
const CALL: Duration = Duration::from_secs(20);
/// How long a file may take.
const FILE: Duration = Duration::from_secs(60);
/// The largest answer that is read, in bytes: a hundred updates at their longest.
const MAX_ANSWER: usize = 16 * 1024 * 1024;
/// How long the channel rests when the token is refused: somebody has to act.
const TOKEN_REFUSED: Duration = Duration::from_secs(60);

/// The line to one bot.
pub(super) struct Api {
    http: Client,
    base: String,
    token: Secret,
}

/// Why a call failed. Causes never hold addresses: those hold the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallError {
    /// It never left.
    NotSent(&'static str),
    /// It may have arrived.
    Unknown(&'static str),
    /// The server answered that it failed.
    Server(u16),
    /// Telegram refused it.
    Refused {
        /// Telegram's code, as HTTP has it.
        code: u16,
        /// Telegram's words; they name no person.
        description: String,
        /// How long to wait.
        retry_after: Option<Duration>,
        /// Where the group is now.
        moved_to: Option<i64>,
    },
}

#[derive(serde::Deserialize)]
struct Answer<R> {
    ok: bool,
    result: Option<R>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(serde::Deserialize, Default)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl Api {
    /// A line to the server at `base`.
    ///
    /// # Errors
    /// When this machine has no TLS to offer.
    pub(super) fn new(base: &str, token: Secret) -> Result<Api, reqwest::Error> {
        Ok(Api { http: http::client()?, base: base.trim_end_matches('/').to_owned(), token })
    }

    /// The bot's own number: the part of the token that is no secret.
    pub(super) fn bot(&self) -> &str {
        self.token.reveal().split(':').next().unwrap_or_default()
    }

    /// One call; only what `R` names is read of its result.
    pub(super) async fn call<P: Payload + Serialize, R: DeserializeOwned>(
        &self,
        payload: &P,
    ) -> Result<R, CallError> {
        let address = format!("{}/bot{}/{}", self.base, self.token.reveal(), P::NAME);
        let body =
            serde_json::to_vec(payload).map_err(|_| CallError::NotSent("it cannot be written as JSON"))?;
        let request = self
            .http
            .post(address)
            .timeout(CALL + payload.timeout_hint().unwrap_or_default())
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body);
        let answer = request.send().await.map_err(NoAnswer::from)?;
        let status = answer.status();
        let raw =
            http::read(answer, MAX_ANSWER).await.map_err(|_| CallError::Unknown("the answer broke off"))?;
        if status.is_server_error() {
            return Err(CallError::Server(status.as_u16()));
        }
        let answer: Answer<R> = serde_json::from_slice(&raw).map_err(|_| {
            if status.is_success() {
                CallError::Unknown("the answer has another shape")
            } else {
                CallError::refused(status.as_u16(), "no reason was given")
            }
        })?;
        match answer {
            Answer { ok: true, result: Some(result), .. } => Ok(result),
            Answer { error_code, description, parameters, .. } => {
                let parameters = parameters.unwrap_or_default();
                Err(CallError::Refused {
                    code: error_code.unwrap_or(status.as_u16()),
                    description: description.unwrap_or_default(),
                    retry_after: parameters.retry_after.map(Duration::from_secs),
                    moved_to: parameters.migrate_to_chat_id,
                })
            }
        }
    }

    /// The bytes of a file at a path that `getFile` gave, at most `limit` of them.
    pub(super) async fn file(&self, path: &str, limit: u64) -> Result<Bytes, FetchError> {
        let address = format!("{}/file/bot{}/{path}", self.base, self.token.reveal());
        let answer = self.http.get(address).timeout(FILE).send().await.map_err(|_| FetchError::Later)?;
        match answer.status().as_u16() {
            200 => {}
            404 | 400 => return Err(FetchError::Never),
            _ => return Err(FetchError::Later),
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(http::read(answer, limit).await?)
    }
}

impl From<NoAnswer> for CallError {
    fn from(none: NoAnswer) -> CallError {
        match none {
            NoAnswer::NotSent(cause) => CallError::NotSent(cause),
            NoAnswer::Unknown(cause) => CallError::Unknown(cause),
        }
    }
}

impl CallError {
    fn refused(code: u16, description: &str) -> CallError {
        CallError::Refused { code, description: description.into(), retry_after: None, moved_to: None }
    }

    /// Whether Telegram's words begin with these, in any case.
    pub(super) fn says(&self, words: &str) -> bool {
        let CallError::Refused { description, .. } = self else { return false };
        description.to_ascii_lowercase().contains(words)
    }

    /// What the sender of a part does about it.
    pub(super) fn of_a_send(self) -> SendError {
        match self {
            CallError::NotSent(cause) => SendError::Later { after: None, cause: cause.into() },
            CallError::Unknown(cause) => SendError::Unknown { cause: cause.into() },
            CallError::Server(code) => {
                SendError::Later { after: None, cause: format!("the server answered {code}") }
            }
            CallError::Refused { code: 429, retry_after, .. } => SendError::Rest {
                after: retry_after.unwrap_or(Duration::from_secs(1)),
                cause: "too many messages".into(),
            },
            CallError::Refused { code: 401 | 404, .. } => SendError::Rest {
                after: TOKEN_REFUSED,
                cause: "the bot's token was refused; see `wasl doctor`".into(),
            },
            CallError::Refused { code: 403, .. } => SendError::Gone,
            CallError::Refused { moved_to: Some(_), .. } => {
                SendError::Never { cause: "the group has another address now".into() }
            }
            refused if refused.says("chat not found") => SendError::Gone,
            CallError::Refused { code: 409, .. } => SendError::Later {
                after: Some(Duration::from_secs(5)),
                cause: "another program asks for this bot's updates, or a webhook is set".into(),
            },
            CallError::Refused { description, .. } => SendError::Never { cause: description },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_what_to_do_next() {
        #[track_caller]
        fn check(code: u16, description: &str, expected: SendError) {
            assert_eq!(CallError::refused(code, description).of_a_send(), expected);
        }
        check(403, "Forbidden: bot was blocked by the user", SendError::Gone);
        check(403, "Forbidden: user is deactivated", SendError::Gone);
        check(400, "Bad Request: chat not found", SendError::Gone);
        let never = |cause: &str| SendError::Never { cause: cause.into() };
        check(400, "Bad Request: message is too long", never("Bad Request: message is too long"));
        for code in [401, 404] {
            assert!(matches!(CallError::refused(code, "Unauthorized").of_a_send(), SendError::Rest { .. }));
        }
        assert!(matches!(CallError::refused(409, "Conflict").of_a_send(), SendError::Later { .. }));
        let busy = CallError::Refused {
            code: 429,
            description: "Too Many Requests: retry after 7".into(),
            retry_after: Some(Duration::from_secs(7)),
            moved_to: None,
        };
        let rest = SendError::Rest { after: Duration::from_secs(7), cause: "too many messages".into() };
        assert_eq!(busy.of_a_send(), rest);
        let moved = CallError::Refused {
            code: 400,
            description: "Bad Request: group chat was upgraded to a supergroup chat".into(),
            retry_after: None,
            moved_to: Some(-100),
        };
        assert!(matches!(moved.of_a_send(), SendError::Never { .. }));
        assert!(matches!(CallError::Server(502).of_a_send(), SendError::Later { .. }));
        assert!(matches!(CallError::Unknown("x").of_a_send(), SendError::Unknown { .. }));
    }
}
