//! A limit on everything: bytes, requests a minute, open streams.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::WebState;
use super::errors::Problem;
use crate::config::Policy;

/// The largest message that is not a paper, in bytes.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// How many people may share one client address (a family, an office, a mobile network) at full speed.
const PEOPLE_AN_ADDRESS: u32 = 20;
/// Open event streams in all, of one client address, and of one person. Each holds a descriptor: the server's limit
/// (`LimitNOFILE` in docs/operate.md) leaves room for all of them.
const MAX_STREAMS: usize = 2_000;
const MAX_STREAMS_AN_ADDRESS: usize = 100;
const MAX_STREAMS_A_PERSON: usize = 4;
/// Papers that are in memory at once, of everybody together.
const MAX_UPLOADS: usize = 8;
/// Papers of one person on their way at once.
const MAX_UPLOADS_A_PERSON: usize = 2;
/// After so many checks the addresses and people that were quiet for a while are forgotten.
const FORGET_EVERY: u32 = 1_024;

type Keyed<K> = RateLimiter<K, HashMapStateStore<K>, DefaultClock>;

/// Requests a minute, per person and per client address.
pub struct Rates {
    sessions: Keyed<IpAddr>,
    clients: Keyed<IpAddr>,
    people: Keyed<Box<str>>,
    checks: AtomicU32,
}

impl Rates {
    /// As the policy says; a client address may make 20 times the requests of one person.
    pub fn new(policy: &Policy) -> Self {
        let a_minute = |count: u32| Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN));
        Rates {
            sessions: RateLimiter::hashmap(a_minute(policy.sessions_per_minute)),
            clients: RateLimiter::hashmap(a_minute(
                policy.messages_per_minute.saturating_mul(PEOPLE_AN_ADDRESS),
            )),
            people: RateLimiter::hashmap(a_minute(policy.messages_per_minute)),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts a new chat from `client`.
    pub fn session(&self, client: Client) -> Result<(), Problem> {
        self.count(&self.sessions, &client.0)
    }

    /// Counts a message of the person whose address has that path.
    pub fn message(&self, path: &str) -> Result<(), Problem> {
        self.count(&self.people, &path.into())
    }

    fn count<K: Hash + Eq + Clone>(&self, rate: &Keyed<K>, key: &K) -> Result<(), Problem> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.sessions.retain_recent();
            self.clients.retain_recent();
            self.people.retain_recent();
        }
        rate.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            Problem::TooMany(wait.as_secs().saturating_add(1))
        })
    }
}

/// The middleware that counts every request of a client address.
pub async fn by_client(
    State(state): State<WebState>,
    client: Client,
    request: Request,
    next: Next,
) -> Response {
    let rates = &state.0.rates;
    match rates.count(&rates.clients, &client.0) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Where a request comes from, see [`Server::client`](crate::config::Server::client).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl FromRequestParts<WebState> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Self::Rejection> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |connection| connection.0.ip());
        let forwarded =
            parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        Ok(Client(state.engine().config().server.client(peer, forwarded)))
    }
}

/// The open event streams, counted per person and per client address.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Held>>);

/// Who holds how many places.
#[derive(Default)]
struct Held {
    people: HashMap<Box<str>, usize>,
    clients: HashMap<IpAddr, usize>,
}

impl Held {
    fn of(&self, path: &str, client: Client) -> (usize, usize) {
        let count = |count: Option<&usize>| count.copied().unwrap_or(0);
        (count(self.people.get(path)), count(self.clients.get(&client.0)))
    }
    fn all(&self) -> usize {
        self.people.values().sum()
    }
    fn enter(&mut self, path: &str, client: Client) {
        *self.people.entry(path.into()).or_insert(0) += 1;
        *self.clients.entry(client.0).or_insert(0) += 1;
    }
    fn leave(&mut self, path: &str, client: Client) {
        leave(&mut self.people, path);
        leave(&mut self.clients, &client.0);
    }
}

impl Streams {
    /// A place for one more stream of that person, given back when it is dropped.
    pub fn enter(&self, path: &str, client: Client) -> Result<Place, Problem> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (own, from_there) = open.of(path, client);
        if open.all() >= MAX_STREAMS {
            return Err(Problem::Busy);
        }
        if own >= MAX_STREAMS_A_PERSON || from_there >= MAX_STREAMS_AN_ADDRESS {
            return Err(Problem::TooMany(10));
        }
        open.enter(path, client);
        Ok(Place { streams: self.clone(), path: path.into(), client })
    }
}

/// One open stream.
pub struct Place {
    streams: Streams,
    path: Box<str>,
    client: Client,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.streams.0.lock().unwrap_or_else(PoisonError::into_inner).leave(&self.path, self.client);
    }
}

/// The papers that are being read and stored: each stands in memory whole. Places are few, so nobody holds many: a
/// person two, and all who share a client address half of them.
#[derive(Clone, Default)]
pub struct Uploads(Arc<Mutex<Held>>);

impl Uploads {
    /// A place for one more paper of that person, given back when it is dropped. [`Problem::PapersAtOnce`] for who
    /// holds enough, [`Problem::Busy`] if none is free; at once.
    pub fn enter(&self, path: &str, client: Client) -> Result<Sender, Problem> {
        let mut sending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (own, from_there) = sending.of(path, client);
        if own >= MAX_UPLOADS_A_PERSON || from_there >= MAX_UPLOADS / 2 {
            return Err(Problem::PapersAtOnce(10));
        }
        if sending.all() >= MAX_UPLOADS {
            return Err(Problem::Busy);
        }
        sending.enter(path, client);
        Ok(Sender { uploads: self.clone(), path: path.into(), client })
    }
}

/// One paper on its way.
pub struct Sender {
    uploads: Uploads,
    path: Box<str>,
    client: Client,
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.uploads.0.lock().unwrap_or_else(PoisonError::into_inner).leave(&self.path, self.client);
    }
}

/// One less; the last takes the entry with it.
fn leave<K, Q>(counts: &mut HashMap<K, usize>, key: &Q)
where
    K: Hash + Eq + std::borrow::Borrow<Q>,
    Q: Hash + Eq + ?Sized,
{
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_person_who_is_too_fast_is_told_to_wait_and_nobody_else_is() {
        let config = Config::from_toml("[policy]\nmessages_per_minute = 2").unwrap();
        let rates = Rates::new(&config.policy);
        assert_eq!(rates.message("a"), Ok(()));
        assert_eq!(rates.message("a"), Ok(()));
        assert!(matches!(rates.message("a"), Err(Problem::TooMany(1..=31))));
        assert_eq!(rates.message("b"), Ok(()));
    }

    #[test]
    fn a_person_and_an_address_have_a_few_streams_and_get_their_places_back() {
        let streams = Streams::default();
        let enter = |person: &str, client: &str| streams.enter(person, Client(ip(client)));
        let mut places: Vec<_> =
            (0..MAX_STREAMS_A_PERSON).map(|_| enter("a", "192.0.2.1").unwrap()).collect();
        assert!(enter("a", "192.0.2.2").is_err(), "one person");
        for n in MAX_STREAMS_A_PERSON..MAX_STREAMS_AN_ADDRESS {
            places.push(enter(&format!("person {n}"), "192.0.2.1").unwrap());
        }
        assert!(enter("b", "192.0.2.1").is_err(), "one address");
        assert!(enter("b", "192.0.2.2").is_ok());
        places.remove(0);
        assert!(enter("a", "192.0.2.1").is_ok());
        drop(places);
        let open = streams.0.lock().unwrap();
        assert!(open.people.is_empty() && open.clients.is_empty());
    }

    #[test]
    fn eight_papers_are_in_memory_at_once_and_the_ninth_waits_its_turn() {
        let uploads = Uploads::default();
        let enter = |person: &str, client: &str| uploads.enter(person, Client(ip(client)));
        let mut places: Vec<_> =
            (0..8).map(|n| enter(&format!("person {n}"), &format!("192.0.2.{}", n / 2)).unwrap()).collect();
        assert_eq!(enter("late", "192.0.2.9").map(drop), Err(Problem::Busy));
        places.pop();
        assert_eq!(enter("late", "192.0.2.9").map(drop), Ok(()));
        drop(places);
        let sending = uploads.0.lock().unwrap();
        assert!(sending.people.is_empty() && sending.clients.is_empty());
    }

    #[test]
    fn nobody_holds_the_places_of_all() {
        let uploads = Uploads::default();
        let enter = |person: &str, client: &str| uploads.enter(person, Client(ip(client)));
        let _two = [enter("a", "192.0.2.1").unwrap(), enter("a", "192.0.2.2").unwrap()];
        assert_eq!(enter("a", "192.0.2.3").map(drop), Err(Problem::PapersAtOnce(10)), "one person");
        let _more: Vec<_> = ["b", "c", "d"].map(|person| enter(person, "192.0.2.1").unwrap()).into();
        assert_eq!(enter("e", "192.0.2.1").map(drop), Err(Problem::PapersAtOnce(10)), "one address");
        assert_eq!(enter("e", "192.0.2.4").map(drop), Ok(()));
    }
}
