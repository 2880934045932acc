//! The primary is lost and a standby takes over: the program goes there by itself, and whatever it acknowledged is there.

use std::time::{Duration, Instant};

use super::cluster::Cluster;
use super::walker::{Crowd, Place, Server, Walker};
use super::{harness, postgres};

/// In what time people must be served by the new primary. A host without power ends no connection: it is waited for.
const TAKEN_OVER: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_is_promoted_has_all_that_was_acknowledged() {
    if !postgres::wanted() {
        return;
    }
    let (folder, mut cluster) = (harness::folder(), Cluster::new());
    cluster.makes("a", "");
    cluster.database("a").await;
    cluster.follows("b", "a").await;
    let (url, place) = (cluster.url_of_any(&["b", "a"], "wasl"), Place::default());
    let mut server = Server::start_on(folder.path(), &url, &place);
    let mut asks = Walker::start(&place).await;
    asks.walk_to(Some("menu"), &Default::default()).await;
    let crowd = Crowd::comes(3, &place);

    // It dies, as a process does.
    tokio::time::sleep(Duration::from_secs(3)).await;
    cluster.stops("a");
    cluster.promotes("b");
    let killed = taken_over(&mut asks).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    // It comes back as it was, knowing nothing of the other: nobody goes back to it.
    cluster.starts("a", "");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(server.lives());

    // A new standby, and this time nobody answers and no connection ends.
    cluster.loses("a");
    cluster.follows("a", "b").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    cluster.freezes("b");
    cluster.promotes("a");
    let frozen = taken_over(&mut asks).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let told = crowd.goes(folder.path(), &url, &place).await;
    assert!(server.lives());
    server.stop();
    println!("served again {killed:.1?} after a death, {frozen:.1?} after a loss of power; {told}");
}

async fn taken_over(asks: &mut Walker) -> Duration {
    let promoted = Instant::now();
    let served = tokio::time::timeout(TAKEN_OVER, asks.asks("menu")).await;
    assert!(served.is_ok(), "not served within {TAKEN_OVER:?}");
    promoted.elapsed()
}
