//! The line to a provider's server, for channels that call one.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{Client, Response};

use super::FetchError;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// Why no answer came. Causes never hold addresses: those may hold a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// The request never left.
    NotSent(&'static str),
    /// It may have arrived.
    Unknown(&'static str),
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> NoAnswer {
        if error.is_connect() {
            NoAnswer::NotSent("no connection")
        } else if error.is_builder() {
            NoAnswer::NotSent("the address cannot be used")
        } else if error.is_timeout() {
            NoAnswer::Unknown("no answer in time")
        } else {
            NoAnswer::Unknown("the connection broke off")
        }
    }
}

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is longer than was allowed.
    TooLong,
    /// The connection broke off.
    BrokeOff,
}

impl From<Unread> for FetchError {
    fn from(unread: Unread) -> FetchError {
        match unread {
            Unread::TooLong => FetchError::TooLarge,
            Unread::BrokeOff => FetchError::Later,
        }
    }
}

/// What calls are made with.
///
/// # Errors
/// When this machine has no TLS to offer.
pub(super) fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .pool_max_idle_per_host(64)
        .build()
}

/// A body of at most `limit` bytes.
pub(super) async fn read(mut answer: Response, limit: usize) -> Result<Bytes, Unread> {
    let mut all = BytesMut::new();
    while let Some(piece) = answer.chunk().await.map_err(|_| Unread::BrokeOff)? {
        if all.len() + piece.len() > limit {
            return Err(Unread::TooLong);
        }
        all.extend_from_slice(&piece);
    }
    Ok(all.freeze())
}
