//! What is PostgreSQL's alone: several servers on one database.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use super::*;
use crate::store::case::NewCaseEvent;
use crate::store::open::{NOTICE, Pools};
use crate::store::postgres::connect;
use crate::store::{OpenError, StoreError, audit, erasure, migrate, timer};

/// Whether a future still waits after a moment.
async fn waits<F: Future>(future: &mut std::pin::Pin<Box<F>>) -> bool {
    tokio::time::timeout(Duration::from_millis(200), future).await.is_err()
}

#[tokio::test]
async fn what_one_took_up_another_passes_over() {
    if !postgres::is_meant() {
        return;
    }
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let (a, b) = (somebody(&mut tx, "a").await, somebody(&mut tx, "b").await);
    for (person, id) in [(a, "a1"), (a, "a2")] {
        heard(&mut tx, person, id).await.unwrap();
    }
    timer::arm(&mut tx, &[(a, "one", at(1))]).await.unwrap();
    tx.commit().await.unwrap();
    let mut one = store.begin().await.unwrap();
    let taken = inbox::waiting(&mut one, i64::MAX, 9).await.unwrap();
    assert_eq!(timer::due(&mut one, at(2), 9).await.unwrap().len(), 1);
    let mut two = store.begin().await.unwrap();
    let b1 = heard(&mut two, b, "b1").await.unwrap();
    assert_eq!(inbox::interrupted(&mut two).await.unwrap(), 2, "a2 and b1, and not what is in hands");
    let others: Vec<i64> =
        inbox::waiting(&mut two, i64::MAX, 9).await.unwrap().into_iter().map(|event| event.seq).collect();
    assert_eq!(others, [b1], "a2 waits behind a1");
    assert_eq!(inbox::again(&mut two, taken[0].seq).await.unwrap(), None);
    assert_eq!(timer::due(&mut two, at(2), 9).await.unwrap(), []);
    two.rollback().await.unwrap();
    inbox::done(&mut one, &[taken[0].seq], at(3)).await.unwrap();
    one.commit().await.unwrap();
    let mut two = store.begin().await.unwrap();
    assert_eq!(inbox::waiting(&mut two, i64::MAX, 9).await.unwrap()[0].body, b"a2");
    assert_eq!(inbox::again(&mut two, taken[0].seq).await.unwrap(), None, "it was done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_part_is_claimed_once() {
    if !postgres::is_meant() {
        return;
    }
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    for n in 0..60 {
        let person = somebody(&mut tx, &format!("{n}")).await;
        said(&mut tx, person, &format!("{n}/0"), "reply", NewState::Queued).await;
        said(&mut tx, person, &format!("{n}/1"), "reply", NewState::Queued).await;
    }
    tx.commit().await.unwrap();
    let claims = (0..6).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut claimed = Vec::new();
            loop {
                let mut tx = store.begin().await.unwrap();
                let parts = outbox::claim(&mut tx, "webchat", 3, at(1), at(61)).await.unwrap();
                tx.commit().await.unwrap();
                if parts.is_empty() {
                    return claimed;
                }
                claimed.extend(parts.into_iter().map(|part| part.id));
            }
        })
    });
    let mut all = Vec::new();
    for claimed in claims.collect::<Vec<_>>() {
        all.extend(claimed.await.unwrap());
    }
    let different: BTreeSet<&String> = all.iter().collect();
    assert_eq!((all.len(), different.len()), (60, 60), "the first of each person, and no second beside it");
    assert!(all.iter().all(|id| id.ends_with("/0")));
}

#[tokio::test]
async fn events_and_audit_lines_are_numbered_in_the_order_of_their_commits() {
    if !postgres::is_meant() {
        return;
    }
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let id = a_case(&mut tx, a, 1).await;
    tx.commit().await.unwrap();
    let event = NewCaseEvent {
        person: a,
        name: "assigned",
        by_kind: "staff",
        by_name: "",
        reason: None,
        status_after: "submitted",
        at: at(60),
    };
    let (mut one, mut two) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    let first = case::event(&mut one, id, &event).await.unwrap();
    let mut second = Box::pin(case::event(&mut two, id, &event));
    assert!(waits(&mut second).await, "for the commit of the first");
    audit::append(&mut one, "one", "did", "", at(1)).await.unwrap();
    one.commit().await.unwrap();
    assert!(second.await.unwrap() > first);
    audit::append(&mut two, "two", "did", "", at(2)).await.unwrap();
    two.commit().await.unwrap();
    assert_eq!(audit::verify(&mut store.read().await.unwrap()).await.unwrap(), Ok(2));
}

#[tokio::test]
async fn a_person_is_not_forgotten_while_somebody_writes_about_them() {
    if !postgres::is_meant() {
        return;
    }
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    tx.commit().await.unwrap();
    let mut turn = store.begin().await.unwrap();
    assert!(person::hold(&mut turn, a).await.unwrap().is_some());
    let mut erasing = store.begin().await.unwrap();
    let mut forgotten = Box::pin(async {
        person::hold_alone(&mut erasing, a).await.unwrap();
        erasure::forget(&mut erasing, a, at(5)).await.unwrap();
    });
    assert!(waits(&mut forgotten).await);
    assert!(saved(&mut turn, a, b"words", 0, false).await);
    heard(&mut turn, a, "m1").await.unwrap();
    turn.commit().await.unwrap();
    forgotten.await;
    let mut late = store.begin().await.unwrap();
    let written_to = address("a");
    let addresses = [&written_to];
    let mut late_words = Box::pin(person::at_all(&mut late, &addresses));
    assert!(waits(&mut late_words).await, "for the end of the erasure");
    erasing.commit().await.unwrap();
    assert!(late_words.await.unwrap().is_empty(), "nobody is there any more");
    assert_eq!(conversation::load(&mut late, a).await.unwrap(), None);
    assert_eq!(inbox::waiting_count(&mut late).await.unwrap(), 0);
}

#[tokio::test]
async fn failures_are_told_apart_and_none_quotes_a_row() {
    if !postgres::is_meant() {
        return;
    }
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let (a, b) = (somebody(&mut tx, "a").await, somebody(&mut tx, "b").await);
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    said(&mut tx, a, "secret-id", "reply", NewState::Queued).await;
    let id = OutboxId("secret-id".into());
    let twice = outbox::put(&mut tx, &[part(&id, a, "reply", NewState::Queued)]).await.unwrap_err();
    assert!(twice.is_the_rows() && !twice.to_string().contains("secret"), "{twice}");
    let shape =
        sql("SELECT CAST('secret' AS uuid)").execute(&mut store.begin().await.unwrap()).await.unwrap_err();
    assert!(shape.is_the_rows() && !shape.to_string().contains("secret"), "{shape}");

    let touch = "UPDATE person SET channel = channel WHERE id = $1";
    let (mut one, mut two) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    sql(touch).bind(a).execute(&mut one).await.unwrap();
    sql(touch).bind(b).execute(&mut two).await.unwrap();
    let (first, second) =
        tokio::join!(sql(touch).bind(b).execute(&mut one), sql(touch).bind(a).execute(&mut two));
    let deadlock = first.and(second).unwrap_err();
    assert!(matches!(deadlock, StoreError::Busy), "{deadlock}");
    drop((one, two));

    let mut tx = store.begin().await.unwrap();
    let own: i32 = sql("SELECT pg_backend_pid()").scalar(&mut tx).await.unwrap();
    let end = "SELECT pg_terminate_backend(CAST($1 AS integer))";
    sql(end).bind(i64::from(own)).execute(&mut store.begin().await.unwrap()).await.unwrap();
    let ended = sql("SELECT 1").execute(&mut tx).await.unwrap_err();
    assert!(matches!(ended, StoreError::Busy), "{ended}");
    drop(tx);
    assert!(person::get(&mut store.read().await.unwrap(), a).await.unwrap().is_some(), "and goes on");
}

#[tokio::test]
async fn several_open_a_new_database_at_once_and_a_newer_one_is_refused() {
    if !postgres::is_meant() {
        return;
    }
    let url = postgres::database();
    let stores = futures_util::future::join_all((0..4).map(|_| Store::open(&url))).await;
    assert!(stores.iter().all(Result::is_ok));
    let store = stores.into_iter().next().unwrap().unwrap();
    let mut tx = store.begin().await.unwrap();
    sql("UPDATE _sqlx_migrations SET version = 999 WHERE version = 1").execute(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let text = Store::open(&url).await.err().expect("newer").to_string();
    assert!(text.contains("schema version 999") && text.contains("knows only"), "{text}");
}

#[tokio::test]
async fn servers_of_an_older_version_are_given_time_and_a_command_waits_for_a_server() {
    if !postgres::is_meant() {
        return;
    }
    let url = postgres::database();
    let newest = Store::schema_version();
    let pools = Pools::Postgres(Arc::new(connect(&url, "a test").await.unwrap().0));
    migrate::forward(&pools, newest - 1).await.unwrap();
    let options: PgConnectOptions = url.parse().unwrap();
    let older = PgConnection::connect_with(&options.application_name("wasl/1")).await.unwrap();
    let text = Store::open_shared(&url).await.err().expect("it is served").to_string();
    assert!(text.contains("upgrade a server first"), "{text}");
    assert_eq!(migrate::found(&pools).await.unwrap(), newest - 1);
    let since = Instant::now();
    Store::open(&url).await.unwrap();
    assert!(since.elapsed() >= NOTICE, "it was given no time");
    assert_eq!(migrate::found(&pools).await.unwrap(), newest);
    older.close().await.unwrap();
    // Commands and servers of the same version give nobody time.
    let command = PgConnectOptions::from_str(&url).unwrap().application_name("wasl command");
    let _command = PgConnection::connect_with(&command).await.unwrap();
    let since = Instant::now();
    let stores = futures_util::future::join_all((0..3).map(|_| Store::open(&url))).await;
    assert!(stores.iter().all(Result::is_ok) && since.elapsed() < NOTICE);
}

#[tokio::test]
async fn no_address_tells_its_password() {
    if !postgres::is_meant() {
        return;
    }
    for (url, named) in [
        ("postgres://me:se%20cret@127.0.0.1:1/wasl", "wasl at 127.0.0.1:1"),
        ("postgres://me:secret@127.0.0.1:1,127.0.0.1:2/wasl", "wasl at 127.0.0.1:1, 127.0.0.1:2"),
        ("postgres://me:secret@one,,two/wasl", "commas between several hosts"),
        ("postgres://me:secret@localhost/wasl?host=one,two", "commas between several hosts"),
        ("postgres://me:sec/ret@one:1:2/wasl", "%40 and the like"),
    ] {
        let error = Store::open(url).await.err().expect("nobody is there");
        assert!(matches!(error, OpenError::Unreachable { .. } | OpenError::PostgresUrl));
        let text = format!("{error} {error:?}");
        assert!(text.contains(named) || error.to_string().contains(named), "{text}");
        assert!(!text.contains("cret"), "{text}");
    }
}

#[tokio::test]
async fn of_several_hosts_the_one_that_answers_is_used() {
    if !postgres::is_meant() {
        return;
    }
    let url = postgres::database();
    let (user_and_name, folder) = url.split_once("?host=").unwrap();
    let hosts = format!("@127.0.0.1:1,{}/", folder.replace('/', "%2F"));
    let store = Store::open(&user_and_name.replace("@localhost/", &hosts)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    somebody(&mut tx, "a").await;
    tx.commit().await.unwrap();
    assert!(Store::open(&url).await.is_ok(), "it is the same database");
}

#[tokio::test]
async fn servers_hear_each_other() {
    if !postgres::is_meant() {
        return;
    }
    let (_folder, store) = fresh().await;
    let mut told = store.listen().await.unwrap().expect("there may be others");
    store.tell("turn").await.unwrap();
    assert_eq!(told.next().await.unwrap().as_deref(), Some("turn"));
}

#[tokio::test]
async fn one_server_at_a_time_has_the_bytes_of_a_paper() {
    if !postgres::is_meant() {
        return;
    }
    let (_folder, store) = fresh().await;
    let one = store.alone_with("00/00/5").await.unwrap();
    assert!(store.alone_with("00/00/6").await.unwrap().is_some(), "others are others");
    let mut two = Box::pin(store.alone_with("00/00/5"));
    assert!(waits(&mut two).await);
    drop(one);
    assert!(two.await.unwrap().is_some());
}
