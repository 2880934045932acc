//! An association outgrows its SQLite file: the server is stopped, everything moves to PostgreSQL, and whoever was in the
//! middle of a form goes on in it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicUsize;

use sqlx::{Connection, PgConnection, SqliteConnection};

use super::walker::{Place, Server, Walker, papers_at_the_desk};
use super::{harness, postgres};

/// A command of the operator's on that database; what it said, and whether it went well.
fn wasl(folder: &Path, database: &str, args: &[&str]) -> (String, bool) {
    let ran = Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(folder)
        .env("WASL_STORE__URL", database)
        .args(args)
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    (said, ran.status.success())
}

/// What another system reads of the requests.
const CASES: &str =
    "SELECT reference || ' ' || status || ' ' || submitted_at || ' ' || answer_from FROM case_v1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_in_the_middle_of_a_form_goes_on_after_the_move() {
    if !postgres::wanted() {
        return;
    }
    let folder = harness::folder();
    let file = format!("sqlite://{}", folder.path().join("wasl.db").display());
    let (new, place, pace) = (postgres::database(), Place::default(), AtomicUsize::new(0));
    let server = Server::start_on(folder.path(), &file, &place);
    let (mut served, mut halfway) = (Walker::start(&place).await, Walker::start(&place).await);
    served.walk(&pace).await;
    halfway.walk_to(Some("city"), &pace).await;
    let (said, well) = wasl(folder.path(), &file, &["migrate", "--to", &new]);
    assert!(!well && said.contains("is in use by another wasl; stop that one first"), "{said}");
    server.stop();

    let mut old = SqliteConnection::connect(&file).await.unwrap();
    let cases: Vec<String> = sqlx::query_scalar(CASES).fetch_all(&mut old).await.unwrap();
    old.close().await.unwrap();
    let (said, well) = wasl(folder.path(), &file, &["migrate", "--to", &new]);
    assert!(well && said.contains("the chain is whole") && said.contains("set store.url"), "{said}");
    assert!(!said.contains("postgres://"), "an address may hold a password: {said}");
    let (said, well) = wasl(folder.path(), &file, &["migrate", "--to", &new]);
    assert!(!well && said.contains("is not empty"), "{said}");

    let (said, _) = wasl(folder.path(), &new, &["doctor"]);
    assert!(said.contains("ok    key: ") && said.contains("the chain is whole"), "{said}");
    let mut there = PgConnection::connect(&new).await.unwrap();
    let moved: Vec<String> = sqlx::query_scalar(CASES).fetch_all(&mut there).await.unwrap();
    assert_eq!((moved.len(), &moved), (1, &cases));
    // Each start takes another port, and the two find it: the same persons, in the same place of the same form.
    let server = Server::start_on(folder.path(), &new, &place);
    let read = served.read.clone();
    served.was_served().await;
    assert_eq!(served.read, read, "nothing is said twice");
    halfway.walk(&pace).await;
    halfway.was_served().await;
    assert_eq!(halfway.answered, served.answered, "and no question was skipped");
    let papers: BTreeSet<Vec<u8>> = [&served, &halfway].iter().flat_map(|w| w.papers.clone()).collect();
    assert_eq!(papers_at_the_desk(folder.path(), &new, &place.url()).await, papers, "every paper opens");
    server.stop();
    let (said, _) = wasl(folder.path(), &new, &["doctor"]);
    assert!(said.contains("the chain is whole"), "{said}");
}
