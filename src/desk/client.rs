//! Where a request comes from, and how often names, passwords and links may be tried from there.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::DeskState;
use super::errors::plain;
use super::frame::Asked;

/// How many tries a client has in a minute, all at once or spread.
const TRIES_A_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
/// After so many tries the clients that were quiet for a while are forgotten.
const FORGET_EVERY: u32 = 256;

/// Where a request comes from, see [`Server::client`](crate::config::Server::client).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl FromRequestParts<DeskState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &DeskState) -> Result<Self, Infallible> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |connection| connection.0.ip());
        let forwarded =
            parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        Ok(Client(desk.engine.config().server.client(peer, forwarded)))
    }
}

type PerClient = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>;

/// Counts the tries of each client. Cheap to clone; clones share the count.
#[derive(Clone)]
pub struct Tries(Arc<(PerClient, AtomicU32)>);

impl Default for Tries {
    fn default() -> Self {
        Tries(Arc::new((RateLimiter::hashmap(Quota::per_minute(TRIES_A_MINUTE)), AtomicU32::new(0))))
    }
}

impl Tries {
    /// Counts a try; when there were too many, the seconds (at least 1) until the next one.
    fn count(&self, client: Client) -> Result<(), u64> {
        let (tries, counted) = &*self.0;
        if counted.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            tries.retain_recent();
        }
        tries
            .check_key(&client.0)
            .map_err(|until| until.wait_time_from(DefaultClock::default().now()).as_secs().saturating_add(1))
    }
}

/// The middleware before a name, a password or a link is looked at: 429 with `Retry-After` after too many tries.
pub async fn limit(
    State(desk): State<DeskState>,
    asked: Asked,
    client: Client,
    request: Request,
    next: Next,
) -> Response {
    let Err(seconds) = desk.tries.count(client) else { return next.run(request).await };
    let mut response = plain(&desk, &asked, None, StatusCode::TOO_MANY_REQUESTS, "desk-too-many");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_who_tries_too_often_waits_and_nobody_else_does() {
        let tries = Tries::default();
        for _ in 0..TRIES_A_MINUTE.get() {
            assert_eq!(tries.count(Client(ip("192.0.2.7"))), Ok(()));
        }
        assert!(matches!(tries.count(Client(ip("192.0.2.7"))), Err(1..=4)));
        assert_eq!(tries.count(Client(ip("192.0.2.8"))), Ok(()));
    }
}
