//! Where a request comes from, and how often names, passwords and links may be tried from there.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
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

/// Where a request comes from: the network of an IPv6 client (its first 64 bits), the address of an IPv4 one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl FromRequestParts<DeskState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &DeskState) -> Result<Self, Infallible> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |connection| connection.0.ip());
        Ok(Client::of(peer, &parts.headers, &desk.engine.config().server.trusted_proxies))
    }
}

impl Client {
    /// The last address of `X-Forwarded-For` that is no trusted proxy's, if the connection itself is one's; else
    /// the connection's own.
    fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> Client {
        let mut client = peer.to_canonical();
        let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = values.flat_map(|value| value.split(',')).collect();
        for hop in hops.into_iter().rev() {
            if !trusted.contains(&client) {
                break;
            }
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
        }
        Client(match client {
            IpAddr::V4(_) => client,
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        })
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
    fn only_trusted_proxies_are_believed() {
        #[track_caller]
        fn check(peer: &str, forwarded: &[&str], expected: &str) {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
            assert_eq!(Client::of(ip(peer), &headers, &trusted).0, ip(expected));
        }
        check("192.0.2.7", &[], "192.0.2.7");
        check("192.0.2.7", &["203.0.113.9"], "192.0.2.7");
        check("10.0.0.1", &["6.6.6.6, 203.0.113.9, 10.0.0.2"], "203.0.113.9");
        check("10.0.0.1", &["6.6.6.6", "203.0.113.9"], "203.0.113.9");
        check("10.0.0.1", &["nonsense"], "10.0.0.1");
        check("::ffff:10.0.0.1", &["203.0.113.9"], "203.0.113.9");
        check("2001:db8:1:2:3:4:5:6", &[], "2001:db8:1:2::");
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
