//! PostgreSQL goes away under load, at once and again and again, and comes back: the program lives on, says 503 meanwhile,
//! loses nothing that it acknowledged, and has soon caught up.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};

use super::cluster::Cluster;
use super::walker::{Crowd, Place, Server, Walker};
use super::{harness, postgres};

/// How often it is stopped, where `TEST_STOPS` does not say; and how many people write meanwhile.
const STOPS: usize = 5;
const PEOPLE: usize = 4;
/// How long it is away, in turn.
const AWAY: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(4)];
/// Once in a hundred times it is away for so long.
const LONG: Duration = Duration::from_secs(60);
/// In what time everything that waits must be done once it is back.
const CAUGHT_UP: Duration = Duration::from_secs(60);

#[allow(clippy::disallowed_methods)] // a test's own switch is no setting
fn stops() -> usize {
    std::env::var("TEST_STOPS").ok().map_or(STOPS, |stops| stops.parse().unwrap())
}

async fn status(url: String) -> StatusCode {
    Client::new().get(url).timeout(Duration::from_secs(20)).send().await.unwrap().status()
}

/// Stops it and starts it as often as wanted; the longest time until everything was done after a start.
async fn stop_and_start(
    cluster: &mut Cluster,
    server: &mut Server,
    place: &Place,
    pace: &AtomicUsize,
) -> Duration {
    let mut asks = Walker::start(place).await;
    asks.walk_to(Some("menu"), &AtomicUsize::new(0)).await;
    let mut longest = Duration::ZERO;
    for n in 0..stops() {
        // Some answers later, or after some time without any: at many different places.
        let (at, since) = (pace.load(Ordering::Relaxed), Instant::now());
        while pace.load(Ordering::Relaxed) < at + 1 + n % 5 && since.elapsed() < Duration::from_secs(2) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        cluster.stops("only");
        let away = if n % 100 == 99 { LONG } else { AWAY[n % AWAY.len()] };
        if away >= Duration::from_secs(1) {
            assert_eq!(asks.tries("menu").await, StatusCode::SERVICE_UNAVAILABLE, "nothing can be kept");
            assert_eq!(status(format!("{}/readyz", place.url())).await, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(status(format!("{}/healthz", place.url())).await, StatusCode::OK);
        }
        tokio::time::sleep(away).await;
        assert!(server.lives(), "the process died at stop {n}");
        cluster.starts("only", "");
        let back = Instant::now();
        // The oldest are answered first: with this, everything that was acknowledged before.
        let asked = tokio::time::timeout(CAUGHT_UP, asks.asks("menu")).await;
        assert!(asked.is_ok(), "not caught up {CAUGHT_UP:?} after stop {n}");
        longest = longest.max(back.elapsed());
    }
    longest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_postgresql_stops_at_once() {
    if !postgres::wanted() {
        return;
    }
    let (folder, mut cluster) = (harness::folder(), Cluster::new());
    cluster.makes("only", "");
    let (url, place) = (cluster.database("only").await, Place::default());
    let mut server = Server::start_on(folder.path(), &url, &place);
    let crowd = Crowd::comes(PEOPLE, &place);
    let longest = stop_and_start(&mut cluster, &mut server, &place, &crowd.pace).await;
    let told = crowd.goes(folder.path(), &url, &place).await;
    assert!(server.lives());
    server.stop();
    println!("{} stops, {told}, caught up within {longest:.1?}", stops());
}
