//! The real binary on a disk that fails, loses what was not synced, or is full; at the mercy of slow and greedy clients;
//! and given everything that is no message. What was acknowledged is there afterwards, once, and who did nothing wrong
//! is served.
//!
//! The disk is made bad by `shim.c`, which is compiled here and preloaded into the program: it needs Linux and a C
//! compiler, and says so where one is missing.

mod clock;
mod corpus;
mod cut;
mod full;
mod nth;
mod poison;
mod shim;
mod slow;

use std::path::Path;

use sqlx::{Connection, Row, SqliteConnection};

use super::walker::Walker;

/// What was acknowledged is in the transcript: once, in order, with one receipt, and nothing was skipped.
async fn kept(person: &mut Walker, told: &str) {
    person.reads().await;
    let text = |line: &serde_json::Value| super::harness::plain(line["text"].as_str().unwrap());
    let own: Vec<String> = person.read.iter().filter(|line| line["from"] == "you").map(text).collect();
    assert_eq!(own, person.acknowledged, "{told}: what was acknowledged, once each, in order");
    let receipts = person.read.iter().filter(|line| text(line).contains("Its number is")).count();
    assert_eq!(receipts, 1, "{told}: one receipt each");
    assert!(person.answered.values().all(|times| *times == 1), "{told}: {:?}", person.answered);
    assert!(person.answered.len() > 8, "{told}: no question skipped: {:?}", person.answered);
}

/// The database that a stopped server left is whole, and holds so many requests and nothing that was set aside.
async fn whole(folder: &Path, requests: usize, told: &str) {
    let url = format!("sqlite://{}", folder.join("wasl-data/wasl.db").display());
    let mut file = SqliteConnection::connect(&url).await.unwrap();
    let check: String = sqlx::query("PRAGMA integrity_check").fetch_one(&mut file).await.unwrap().get(0);
    assert_eq!(check, "ok", "{told}: the database is damaged");
    for (rows, expected) in [
        ("SELECT count(*) FROM case_file", requests),
        ("SELECT count(*) FROM quarantine", 0),
        ("SELECT count(*) FROM inbox WHERE state <> 'done'", 0),
    ] {
        let count: i64 = sqlx::query(rows).fetch_one(&mut file).await.unwrap().get(0);
        assert_eq!(count, expected as i64, "{told}: {rows}");
    }
    file.close().await.unwrap();
}
