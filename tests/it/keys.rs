//! One database is sealed with one master key, whoever starts on it, and in whatever order.

use std::path::{Path, PathBuf};

use wasl::app::{open_vault, try_vault};
use wasl::message::{Address, ChannelId, PersonId};
use wasl::store::{self, Store};
use wasl::time::Timestamp;
use wasl::vault::Vault;

use super::database::{self, Database};
use super::harness;

/// Another connection to the same database, as of another server.
async fn server(folder: &Path) -> Store {
    Store::open_shared(&database::url(folder)).await.unwrap()
}

async fn refused(store: &Store, key_file: &Path) -> String {
    let text = open_vault(store, key_file).await.expect_err("another key was taken").to_string();
    assert_eq!(try_vault(store, key_file).await.expect_err("doctor says so too").to_string(), text);
    assert!(text.contains(&key_file.display().to_string()) && text.contains("vault.key_file"), "{text}");
    assert!(text.contains("copy it from another server"), "{text}");
    text
}

async fn somebody(store: &Store, vault: &Vault) {
    let address = Address { channel: ChannelId::new("webchat"), path: "sister".into() };
    let id = PersonId::of(&address);
    let mut tx = store.begin().await.unwrap();
    let now = Timestamp::parse(harness::BEGIN).unwrap();
    let key = vault.wrap_new_key(id).unwrap();
    assert!(store::person::create(&mut tx, id, &key, &address, now).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_servers_that_start_on_an_empty_database_with_keys_of_their_own_one_goes_on() {
    let folder = harness::folder();
    drop(server(folder.path()).await);
    let key_file = |n: usize| -> PathBuf { folder.path().join(format!("server-{n}/vault.key")) };
    let starts = (0..6).map(|n| {
        let (folder, key_file) = (folder.path().to_owned(), key_file(n));
        tokio::spawn(async move {
            let store = server(&folder).await;
            open_vault(&store, &key_file).await.map(|vault| vault.digest())
        })
    });
    let mut went_on = Vec::new();
    for (n, start) in starts.collect::<Vec<_>>().into_iter().enumerate() {
        match start.await.unwrap() {
            Ok(digest) => went_on.push((n, digest)),
            Err(error) => {
                assert!(error.to_string().contains("is missing"), "{error}");
                assert!(!key_file(n).exists(), "a key that seals nothing is not made");
            }
        }
    }
    let [(first, digest)] = &went_on[..] else { panic!("one goes on, not {went_on:?}") };

    // With the key of the first every one starts.
    for n in (0..6).filter(|n| n != first) {
        std::fs::create_dir_all(key_file(n).parent().unwrap()).unwrap();
        std::fs::copy(key_file(*first), key_file(n)).unwrap();
        let vault = open_vault(&server(folder.path()).await, &key_file(n)).await.unwrap();
        assert_eq!(vault.digest(), *digest);
    }
    let kept = Database::of(folder.path()).await.texts("SELECT digest FROM master_key").await;
    assert_eq!(kept, std::slice::from_ref(digest));
    assert!(
        !std::fs::read_to_string(key_file(*first)).unwrap().contains(digest),
        "the key is in no database"
    );
}

#[tokio::test]
async fn a_replaced_or_lost_key_is_refused_before_anything_is_sealed_with_it() {
    let folder = harness::folder();
    let (right, wrong) = (folder.path().join("vault.key"), folder.path().join("another.key"));
    let store = server(folder.path()).await;
    assert!(try_vault(&store, &right).await.unwrap().is_none(), "looking makes no key");
    assert!(!right.exists());
    open_vault(&store, &right).await.unwrap();
    Vault::open(&wrong).unwrap();
    // Nobody has written yet: there is no sealed word to try the key on.
    assert!(refused(&store, &wrong).await.contains("is not the one that seals this database"));
    let vault = open_vault(&store, &right).await.unwrap();
    somebody(&store, &vault).await;
    assert!(refused(&store, &wrong).await.contains("is not the one that seals this database"));
    std::fs::remove_file(&right).unwrap();
    assert!(refused(&store, &right).await.contains("is missing"));
    assert!(!right.exists(), "no other key is made in its place");
}

#[tokio::test]
async fn a_database_from_before_the_digest_takes_the_key_that_opens_it() {
    let folder = harness::folder();
    let (right, wrong) = (folder.path().join("vault.key"), folder.path().join("another.key"));
    let store = server(folder.path()).await;
    somebody(&store, &Vault::open(&right).unwrap().0).await;
    Vault::open(&wrong).unwrap();
    refused(&store, &wrong).await;
    let mut database = Database::of(folder.path()).await;
    assert_eq!(database.text("SELECT count(*) FROM master_key").await, "0", "a wrong key settles nothing");
    assert!(try_vault(&store, &right).await.unwrap().is_some());
    assert_eq!(database.text("SELECT count(*) FROM master_key").await, "0", "looking settles nothing");
    let vault = open_vault(&store, &right).await.unwrap();
    assert_eq!(database.text("SELECT digest FROM master_key").await, vault.digest());
}
