//! Opening, locking, migrating, transactions.

use std::future::Future;
use std::task::{Context, Poll, Waker};

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::*;
use crate::store::open::Pools;
use crate::store::tx::Connection;
use crate::store::{OpenError, StoreError, migrate};

#[tokio::test]
async fn only_addresses_of_databases_are_taken() {
    for bad in ["", "wasl.db", "mysql://localhost/wasl", "sqlite://", "sqlite::memory:", "sqlite://a?mode=ro"]
    {
        match Store::open(bad).await {
            Err(OpenError::Url(url)) => assert_eq!(url, bad),
            _ => panic!("{bad:?} was taken"),
        }
    }
}

#[tokio::test]
async fn a_second_server_is_refused_and_a_short_command_is_not() {
    let (folder, store) = fresh().await;
    let second = Store::open(&url(&folder)).await.err().expect("it is served already");
    assert!(matches!(second, OpenError::InUse { .. }));
    assert!(
        second.to_string().contains("wasl.db is in use by another wasl; stop that one first"),
        "{second}"
    );
    let beside = Store::open_shared(&url(&folder)).await.unwrap();
    let mut tx = beside.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    tx.commit().await.unwrap();
    let mut tx = store.read().await.unwrap();
    assert!(person::get(&mut tx, a).await.unwrap().is_some());
    drop((tx, beside));
    store.close().await;
    drop(store);
    assert!(Store::open(&url(&folder)).await.is_ok(), "the lock goes with the server");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_data_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _store) = fresh().await;
    let mode = std::fs::metadata(folder.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_both_versions() {
    let (folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    sql("UPDATE _sqlx_migrations SET version = 999 WHERE version = 1").execute(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    drop(store);
    for result in [Store::open(&url(&folder)).await, Store::open_shared(&url(&folder)).await] {
        let text = result.err().expect("newer").to_string();
        assert!(text.contains("schema version 999"), "{text}");
        assert!(text.contains(&format!("knows only {}", Store::schema_version())), "{text}");
    }
}

#[tokio::test]
async fn what_is_not_a_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(
        folder.path().join("data/wasl.db"),
        "a letter, not a database, long enough to be looked at",
    )
    .unwrap();
    let text = Store::open(&url(&folder)).await.err().expect("not a database").to_string();
    assert!(text.contains("wasl.db cannot be opened: the database failed: file is not a database"), "{text}");
}

#[tokio::test]
async fn the_writer_is_durable_and_the_readers_cannot_write() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    for (pragma, expected) in [
        ("PRAGMA journal_mode", "wal"),
        ("PRAGMA synchronous", "2"),
        ("PRAGMA foreign_keys", "1"),
        ("PRAGMA trusted_schema", "0"),
        ("PRAGMA busy_timeout", "5000"),
        ("PRAGMA secure_delete", "1"),
    ] {
        let Connection::Sqlite(conn) = tx.conn() else { unreachable!() };
        let row = sqlx::query(pragma).fetch_one(conn).await.unwrap();
        let value = sqlx::Row::try_get_unchecked::<String, _>(&row, 0).unwrap();
        assert_eq!(value, expected, "{pragma}");
    }
    drop(tx);
    let mut tx = store.read().await.unwrap();
    assert!(sql("DELETE FROM person").execute(&mut tx).await.is_err());
}

#[tokio::test]
async fn a_reader_sees_one_moment() {
    let (_folder, store) = fresh().await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(inbox::last_seq(&mut reader).await.unwrap(), 0);
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    heard(&mut tx, a, "m1").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(inbox::last_seq(&mut reader).await.unwrap(), 0);
    drop(reader);
    assert_eq!(inbox::last_seq(&mut store.read().await.unwrap()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_dropped_transaction_and_a_savepoint_undo() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    somebody(&mut tx, "dropped").await;
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert!(person::at(&mut tx, &address("dropped")).await.unwrap().is_none());
    somebody(&mut tx, "kept").await;
    tx.savepoint().await.unwrap();
    somebody(&mut tx, "undone").await;
    tx.rollback_to().await.unwrap();
    tx.savepoint().await.unwrap();
    somebody(&mut tx, "released").await;
    tx.release().await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.read().await.unwrap();
    for (path, there) in [("kept", true), ("undone", false), ("released", true)] {
        assert_eq!(person::at(&mut tx, &address(path)).await.unwrap().is_some(), there, "{path}");
    }
}

#[tokio::test]
async fn a_begin_that_nobody_waits_for_leaves_nothing_behind() {
    let (_folder, store) = fresh().await;
    for polls in 1..20 {
        let mut begin = Box::pin(store.begin());
        for _ in 0..polls {
            if let Poll::Ready(tx) = begin.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                drop(tx.unwrap());
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begin);
        let tx = store.begin().await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_full_disk_is_told_apart_and_no_error_quotes_a_row() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    said(&mut tx, a, "secret-id", "reply", NewState::Queued).await;
    let id = OutboxId("secret-id".into());
    let twice = outbox::put(&mut tx, &[part(&id, a, "reply", NewState::Queued)]).await.unwrap_err();
    let text = twice.to_string();
    assert!(text.contains("UNIQUE constraint failed: outbox.id") && !text.contains("secret"), "{text}");
    sql("PRAGMA max_page_count = 1").execute(&mut tx).await.unwrap();
    let large = vec![0; 4_000_000];
    let full = inbox::quarantine(&mut tx, "webchat", &large, "large", at(0)).await.unwrap_err();
    assert!(matches!(full, StoreError::Full), "{full}");
}

/// Found by the simulator's full disks: the writer believed in its transaction ever after, and nothing more was written.
#[tokio::test]
async fn a_transaction_that_the_database_undid_by_itself_is_not_the_last() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    somebody(&mut tx, "a").await;
    sql("ROLLBACK").execute(&mut tx).await.unwrap();
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    let b = somebody(&mut tx, "b").await;
    tx.commit().await.unwrap();
    let mut tx = store.read().await.unwrap();
    assert!(person::get(&mut tx, b).await.unwrap().is_some());
    let undone = person::at(&mut tx, &address("a")).await.unwrap();
    assert!(undone.is_none(), "what was undone is not there");
}

pub(super) async fn pool(folder: &TempDir) -> (SqlitePool, Pools) {
    let options = SqliteConnectOptions::new().filename(folder.path().join("old.db")).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    (pool.clone(), Pools::Sqlite { write: pool.clone(), read: pool })
}

/// What a database of each version held: written once, when the version was current, and never changed.
pub(super) const OF_ITS_DAY: [(i64, &str); 12] = [
    (
        1,
        "INSERT INTO person VALUES ('0000000a-0000-8000-8000-000000000000', x'01', 'webchat', 'p', 1);
         INSERT INTO address VALUES ('webchat', 'p', '0000000a-0000-8000-8000-000000000000');
         INSERT INTO conversation VALUES ('0000000a-0000-8000-8000-000000000000', x'02', 1, 0, 'ar', 1);
         INSERT INTO consent VALUES (1, '0000000a-0000-8000-8000-000000000000', 1, '1', 'ar', 'webchat', 'words', 1);",
    ),
    (
        2,
        "INSERT INTO inbox (id, channel, external_id, person, kind, body, at) VALUES
         ('0000000e-0000-8000-8000-000000000000', 'webchat', 'm1', '0000000a-0000-8000-8000-000000000000', 'said', x'03', 2);
         INSERT INTO outbox (id, person, channel, path, speaker, purpose, lane, body, at, state, due_at) VALUES
         ('e/0', '0000000a-0000-8000-8000-000000000000', 'webchat', 'p', 'bot', 'reply', 0, x'04', 2, 'queued', 2);
         INSERT INTO timer VALUES ('0000000a-0000-8000-8000-000000000000', 'remind', 3);",
    ),
    (
        3,
        "INSERT INTO staff (id, name, password_hash, role, created_at) VALUES
         ('0000000b-0000-8000-8000-000000000000', 'Layla', 'hash', 'officer', 3);",
    ),
    (
        4,
        "INSERT INTO case_file (id, person, reference, status_token, service, form_id, form_hash, source_channel, entered_by,
           locale, consent_version, status, submitted_at, answer_from, next_due, owner, signature, signature_hash, created_at, updated_at)
         VALUES ('0000000c-0000-8000-8000-000000000000', '0000000a-0000-8000-8000-000000000000', 'W-0000-000C', 't', 'housing',
           'help', 'h', 'website', 'person', 'ar', '1', 'submitted', 4000000, '2026-12-06', 5000000,
           '0000000b-0000-8000-8000-000000000000', x'05', 's', 4, 4);
         INSERT INTO decision (id, case_id, outcome, reason) VALUES ('d', '0000000c-0000-8000-8000-000000000000', 'accepted', 'fits');",
    ),
    (
        5,
        "INSERT INTO survey_answer VALUES ('s', 'q', '0000000a-0000-8000-8000-000000000000', '0000000c-0000-8000-8000-000000000000',
           4, NULL, NULL, 1, 'webchat', 'ar', 1, 6000000);",
    ),
    (6, "INSERT INTO human_stretch (person, reason, started_at) VALUES ('0000000a-0000-8000-8000-000000000000', 'asked', 7);"),
    (7, "INSERT INTO discarded VALUES ('00/00/7', 8);"),
    (8, ""),
    (
        9,
        "INSERT INTO earlier_signature VALUES ('0000000c-0000-8000-8000-000000000000', 1, x'06', 9);
         INSERT INTO invite (token_hash, role, created_at, expires_at, first) VALUES ('i', 'administrator', 9, 10, 1);",
    ),
    (10, "INSERT INTO master_key VALUES (1, 'd');"),
    (11, "UPDATE address SET keyboard = '1' WHERE path = 'p';"),
    (12, "UPDATE address SET heard_at = 11 WHERE path = 'p';"),
];

#[tokio::test]
async fn a_database_of_every_version_reaches_the_newest_with_its_data() {
    for (oldest, _) in OF_ITS_DAY {
        let folder = tempfile::tempdir().unwrap();
        let (pool, pools) = pool(&folder).await;
        for (version, data) in OF_ITS_DAY.into_iter().filter(|(version, _)| *version <= oldest) {
            migrate::forward(&pools, version).await.unwrap();
            assert_eq!(migrate::found(&pools).await.unwrap(), version);
            sqlx::raw_sql(data).execute(&pool).await.unwrap();
        }
        pool.close().await;
        let url = format!("sqlite://{}", folder.path().join("old.db").display());
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let a = person::at(&mut tx, &address("p")).await.unwrap().unwrap();
        assert_eq!(a.key.as_deref(), Some(&[1][..]));
        assert_eq!(inbox::waiting(&mut tx, 9, 9).await.unwrap().len(), usize::from(oldest >= 2), "{oldest}");
        assert_eq!(
            outbox::claim(&mut tx, "webchat", 1, at(0), at(1)).await.unwrap().len(),
            usize::from(oldest >= 2),
            "{oldest}"
        );
        let case = case::by_reference(&mut tx, "W-0000-000C").await.unwrap();
        assert_eq!(
            case.and_then(|case| case.owner_name).as_deref(),
            (oldest >= 4).then_some("Layla"),
            "{oldest}"
        );
        for (view, since) in [("case_v1", 4), ("decision_v1", 4), ("survey_answer_v1", 5)] {
            let rows: i64 = sql("SELECT count(*) FROM ").then(view).scalar(&mut tx).await.unwrap();
            assert_eq!(rows, i64::from(oldest >= since), "{view} of {oldest}");
        }
    }
    assert_eq!(
        OF_ITS_DAY.len() as i64 + 1,
        Store::schema_version(),
        "add the data of the newest version's day"
    );
}

#[tokio::test]
async fn an_old_schema_in_use_is_not_migrated_under_its_server() {
    let folder = tempfile::tempdir().unwrap();
    let (pool, pools) = pool(&folder).await;
    migrate::forward(&pools, 1).await.unwrap();
    pool.close().await;
    let lock = std::fs::File::create(folder.path().join("old.db.lock")).unwrap();
    lock.lock().unwrap();
    let url = format!("sqlite://{}", folder.path().join("old.db").display());
    assert!(matches!(Store::open_shared(&url).await.err(), Some(OpenError::InUse { .. })));
    drop(lock);
    assert!(Store::open_shared(&url).await.is_ok());
    assert!(Store::open(&url).await.is_ok(), "a short command keeps no lock");
}
