//! Calls of the Graph API: one HTTP request each, never repeated here, and what their failure means for the caller.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Client, Method};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::codes::{self, Refused};
use crate::channel::http::{self, NoAnswer};
use crate::channel::{FetchError, SendError};
use crate::config::{self, Secret};

/// How long a call may take.
const CALL: Duration = Duration::from_secs(20);
/// How long a file may take.
const FILE: Duration = Duration::from_secs(60);
/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// The line to one number of a business.
pub(super) struct Api {
    http: Client,
    base: String,
    token: Secret,
    /// The id of our number.
    pub number: Box<str>,
    /// The id of our account (WABA).
    pub account: Box<str>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallError {
    /// It never left.
    NotSent(&'static str),
    /// It may have arrived.
    Unknown(&'static str),
    /// Meta refused it.
    Refused(Refused),
}

impl From<NoAnswer> for CallError {
    fn from(none: NoAnswer) -> CallError {
        match none {
            NoAnswer::NotSent(cause) => CallError::NotSent(cause),
            NoAnswer::Unknown(cause) => CallError::Unknown(cause),
        }
    }
}

/// What is read of a refusal.
#[derive(serde::Deserialize)]
struct Refusal {
    error: Refused,
}

/// What is read of the answer to a message.
#[derive(serde::Deserialize)]
struct Taken {
    messages: Vec<Named>,
}

#[derive(serde::Deserialize)]
struct Named {
    id: String,
}

/// What is read of a file that can be fetched.
#[derive(serde::Deserialize)]
struct Media {
    url: String,
    sha256: Option<String>,
    file_size: Option<u64>,
}

impl Api {
    /// A line as the settings open it.
    ///
    /// # Errors
    /// When this machine has no TLS to offer.
    pub(super) fn new(settings: &config::WhatsApp) -> Result<Api, reqwest::Error> {
        Ok(Api {
            http: http::client()?,
            base: format!("{}/{}", settings.api_base.trim_end_matches('/'), settings.api_version),
            token: settings.token.clone(),
            number: settings.phone_number_id.as_str().into(),
            account: settings.account_id.as_str().into(),
        })
    }

    /// Sends a message; gives the id by which Meta knows it.
    pub(super) async fn message(&self, body: &Value) -> Result<String, CallError> {
        let path = format!("{}/messages", self.number);
        let taken: Taken = self.call(Method::POST, &path, Some(body)).await?;
        let first = taken.messages.into_iter().next();
        first.map(|named| named.id).ok_or(CallError::Unknown("the answer names no message"))
    }

    /// Anything else that is told of the number's messages: that one was read.
    pub(super) async fn note(&self, body: &Value) -> Result<Value, CallError> {
        self.call(Method::POST, &format!("{}/messages", self.number), Some(body)).await
    }

    /// One call; only what `R` names is read of its answer. `path` begins after the version.
    pub(super) async fn call<R: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<R, CallError> {
        let request = self.http.request(method, format!("{}/{path}", self.base));
        let request = request.timeout(CALL).bearer_auth(self.token.reveal());
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.map_err(NoAnswer::from)?;
        let status = answer.status();
        let raw =
            http::read(answer, MAX_ANSWER).await.map_err(|_| CallError::Unknown("the answer broke off"))?;
        if status.is_success() {
            return serde_json::from_slice(&raw)
                .map_err(|_| CallError::Unknown("the answer has another shape"));
        }
        match serde_json::from_slice::<Refusal>(&raw) {
            Ok(refusal) => Err(CallError::Refused(refusal.error)),
            // A server that fails without a word of Meta's may have done it.
            Err(_) if status.is_server_error() => Err(CallError::Unknown("the server failed")),
            Err(_) => Err(CallError::Refused(Refused::of_status(status.as_u16()))),
        }
    }

    /// The bytes of a file that somebody sent, at most `limit` of them. Its address is good for five minutes and needs the
    /// token, so it is asked for anew each time; what comes must have the digest that Meta tells.
    pub(super) async fn file(&self, id: &str, limit: u64) -> Result<Bytes, FetchError> {
        let path = format!("{id}?phone_number_id={}", self.number);
        let media: Media = self.call(Method::GET, &path, None).await.map_err(|error| match error {
            CallError::Refused(refused) if codes::is_missing(&refused) => FetchError::Never,
            _ => FetchError::Later,
        })?;
        if media.file_size.is_some_and(|size| size > limit) {
            return Err(FetchError::TooLarge);
        }
        let request = self.http.get(media.url).timeout(FILE).bearer_auth(self.token.reveal());
        // Some of Meta's servers refuse who does not say what they are.
        let request = request.header(reqwest::header::USER_AGENT, "wasl");
        let answer = request.send().await.map_err(|_| FetchError::Later)?;
        if !answer.status().is_success() {
            return Err(FetchError::Later);
        }
        let bytes = http::read(answer, usize::try_from(limit).unwrap_or(usize::MAX)).await?;
        match media.sha256 {
            Some(told) if !told.eq_ignore_ascii_case(&hex(&Sha256::digest(&bytes))) => Err(FetchError::Later),
            _ => Ok(bytes),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl CallError {
    /// What the sender of a part does about it.
    pub(super) fn of_a_send(self) -> SendError {
        match self {
            CallError::NotSent(cause) => SendError::Later { after: None, cause: cause.into() },
            CallError::Unknown(cause) => SendError::Unknown { cause: cause.into() },
            CallError::Refused(refused) => refused.of_a_send(),
        }
    }
}
