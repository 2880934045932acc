//! Counting failed logins: a name is closed for a while after too many, whether anybody has it or not.
//!
//! An attempt counts as failed from before its password is looked at until it proves right, so guesses side by
//! side cannot outrun the count. A client's own failures close the name for that client; only many more, from
//! several places, close it for everybody: one outsider cannot shut a colleague out.

use super::client::Client;
use super::session::digest;
use crate::locale::fold;
use crate::store::{self, Store, StoreError, Tx};
use crate::time::Timestamp;

/// How many failures close a name for the client they came from.
pub const FAILURES: i64 = 10;
/// How many failures close a name for everybody.
pub const FAILURES_IN_ALL: i64 = 50;
/// For how long a failure counts, in minutes.
pub const MINUTES: i64 = 15;

/// An attempt that counts as a failure until it is taken back.
#[derive(Debug)]
#[must_use]
pub struct Attempt([i64; 2]);

fn since(now: Timestamp) -> Timestamp {
    now.plus(-chrono::Duration::minutes(MINUTES))
}

/// What the store keeps of a name that somebody typed, alone and together with where they are: what reads
/// the same is one name here, as it is at the login. A line break stands in no cleaned name.
fn keys_of(name: &str, client: Client) -> [(String, i64); 2] {
    let name = fold(name);
    [(digest(&format!("{name}\n{}", client.0)), FAILURES), (digest(&name), FAILURES_IN_ALL)]
}

/// Counts an attempt at `now` as failed, in one transaction with the look at those before it; `None` when the
/// name is closed to this client.
pub async fn reserve(
    store: &Store,
    name: &str,
    client: Client,
    now: Timestamp,
) -> Result<Option<Attempt>, StoreError> {
    let mut tx = store.begin().await?;
    store::desk::sweep(&mut tx, now, since(now)).await?;
    let mut rows = [0; 2];
    for (row, (key, limit)) in rows.iter_mut().zip(keys_of(name, client)) {
        if store::staff::failures(&mut tx, &key, since(now)).await? >= limit {
            return Ok(None);
        }
        *row = store::staff::failed(&mut tx, &key, now).await?;
    }
    tx.commit().await?;
    Ok(Some(Attempt(rows)))
}

/// Takes an attempt back: its password was right, or nobody looked at it.
pub async fn take_back(tx: &mut Tx, attempt: Attempt) -> Result<(), StoreError> {
    for row in attempt.0 {
        store::staff::not_failed(tx, row).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fresh() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("desk.db").display());
        let store = Store::open(&url).await.unwrap();
        (folder, store)
    }
    fn client(number: u8) -> Client {
        Client(std::net::Ipv4Addr::new(192, 0, 2, number).into())
    }
    fn after(minutes: i64) -> Timestamp {
        Timestamp::parse("2026-11-22T10:00:00Z").unwrap().plus(chrono::Duration::minutes(minutes))
    }
    async fn open(store: &Store, name: &str, from: u8, minutes: i64) -> bool {
        reserve(store, name, client(from), after(minutes)).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn ten_failures_close_a_name_to_their_client_for_fifteen_minutes() {
        let (_folder, store) = fresh().await;
        for n in 0..9 {
            assert!(open(&store, "mona", 1, n).await);
        }
        assert!(open(&store, "Mona", 1, 9).await);
        assert!(!open(&store, "mona", 1, 9).await);
        assert!(open(&store, "amina", 1, 9).await, "other names are not closed");
        assert!(open(&store, "mona", 2, 9).await, "nor this one elsewhere");
        assert!(!open(&store, "mona", 1, 15).await);
        assert!(open(&store, "mona", 1, 16).await, "the first failure counts no more");
        store.close().await;
    }

    #[tokio::test]
    async fn fifty_failures_close_a_name_to_everybody() {
        let (_folder, store) = fresh().await;
        for from in 1..=5 {
            for _ in 0..10 {
                assert!(open(&store, "mona", from, 0).await);
            }
        }
        assert!(!open(&store, "mona", 6, 0).await);
        assert!(open(&store, "mona", 6, 16).await);
        store.close().await;
    }

    #[tokio::test]
    async fn attempts_side_by_side_are_all_counted() {
        let (_folder, store) = fresh().await;
        let attempts = (0..30).map(|_| open(&store, "mona", 1, 0));
        let opened = futures_util::future::join_all(attempts).await;
        assert_eq!(opened.iter().filter(|open| **open).count() as i64, FAILURES);
        store.close().await;
    }

    #[tokio::test]
    async fn an_attempt_that_was_right_does_not_count_and_the_others_do() {
        let (_folder, store) = fresh().await;
        for _ in 0..9 {
            assert!(open(&store, "mona", 1, 0).await);
        }
        for _ in 0..3 {
            let right = reserve(&store, "mona", client(1), after(0)).await.unwrap().unwrap();
            let mut tx = store.begin().await.unwrap();
            take_back(&mut tx, right).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert!(open(&store, "mona", 1, 0).await);
        assert!(!open(&store, "mona", 1, 0).await);
        store.close().await;
    }
}
