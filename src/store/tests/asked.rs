//! What the desk, the clock and a start ask now and then.

use super::*;
use crate::message::{DocumentId, StaffId};
use crate::store::desk::{self, Held, OpenFilter};
use crate::store::document::{self, NewDocument};
use crate::store::erasure;
use crate::store::task::{self, TaskKind};
use crate::store::{decision, form, master_key, staff};

const LAYLA: StaffId = StaffId(Uuid::from_u128(1));

async fn set(tx: &mut Tx, case: CaseId, column: &'static str) {
    sql("UPDATE case_file SET ").then(column).then(" WHERE id = $1").bind(case).execute(tx).await.unwrap();
}

#[tokio::test]
async fn the_desks_lists_and_counts_agree() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    staff::insert(&mut tx, LAYLA, "Layla", "hash", "officer", at(0)).await.unwrap();
    let (a, b) = (somebody(&mut tx, "a").await, somebody(&mut tx, "b").await);
    let (first, second, ended) =
        (a_case(&mut tx, a, 1).await, a_case(&mut tx, b, 2).await, a_case(&mut tx, b, 3).await);
    set(&mut tx, second, "status = 'with_committee', owner = (SELECT id FROM staff)").await;
    set(&mut tx, ended, "status = 'closed', next_due = NULL").await;
    conversation::human_started(&mut tx, a, "asked", at(1)).await.unwrap();
    assert_eq!(desk::held(&mut tx, a).await.unwrap(), Held::Waiting);
    conversation::human_took(&mut tx, a, at(2)).await.unwrap();
    assert_eq!(desk::held(&mut tx, a).await.unwrap(), Held::Staff);
    assert_eq!(desk::held(&mut tx, b).await.unwrap(), Held::Bot);
    let counts = desk::open_counts(&mut tx, LAYLA, at(2)).await.unwrap();
    let expected =
        desk::OpenCounts { open: 2, mine: 1, unowned: 1, due: 1, committee: 1, waiting: 1, finished: 1 };
    assert_eq!(counts, expected);
    for (filter, cases) in [
        (OpenFilter::default(), &[first, second][..]),
        (OpenFilter { owner: Some(LAYLA), ..OpenFilter::default() }, &[second]),
        (OpenFilter { unowned: true, ..OpenFilter::default() }, &[first]),
        (OpenFilter { due_before: Some(at(2)), ..OpenFilter::default() }, &[first]),
        (OpenFilter { status: Some("with_committee"), ..OpenFilter::default() }, &[second]),
    ] {
        let rows = desk::open_cases(&mut tx, filter, 9, 0).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), cases, "{filter:?}");
    }
    assert_eq!(desk::finished_cases(&mut tx, 9, 0).await.unwrap()[0].id, ended);
    assert_eq!(erasure::open_requests(&mut tx, a).await.unwrap(), [reference_of(first)]);
    assert_eq!(erasure::extent(&mut tx, b).await.unwrap(), (2, 0));
}

#[tokio::test]
async fn what_is_over_ends_and_what_goes_on_is_renewed() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    staff::insert(&mut tx, LAYLA, "Layla", "hash", "officer", at(0)).await.unwrap();
    for token in ["short", "long"] {
        staff::open(&mut tx, token, LAYLA, at(0), at(10)).await.unwrap();
    }
    desk::renew(&mut tx, "long", at(20)).await.unwrap();
    assert_eq!(desk::session_ends(&mut tx, "long").await.unwrap(), Some(at(20)));
    let failed = staff::failed(&mut tx, "n", at(1)).await.unwrap();
    staff::failed(&mut tx, "n", at(5)).await.unwrap();
    desk::sweep(&mut tx, at(10), at(0)).await.unwrap();
    assert_eq!(desk::session_ends(&mut tx, "short").await.unwrap(), None);
    assert!(desk::session_ends(&mut tx, "long").await.unwrap().is_some());
    staff::not_failed(&mut tx, failed).await.unwrap();
    assert_eq!(staff::failures(&mut tx, "n", at(0)).await.unwrap(), 1);
    desk::sweep(&mut tx, at(10), at(6)).await.unwrap();
    assert_eq!(staff::failures(&mut tx, "n", at(0)).await.unwrap(), 0);

    staff::disable(&mut tx, LAYLA).await.unwrap();
    staff::enable(&mut tx, LAYLA, "new", "administrator").await.unwrap();
    let row = staff::get(&mut tx, LAYLA).await.unwrap().unwrap();
    assert_eq!((row.disabled, &*row.role, &*row.password_hash), (false, "administrator", "new"));
    for token in ["first", "other"] {
        staff::invite(&mut tx, token, "officer", at(9), at(0)).await.unwrap();
    }
    staff::is_first(&mut tx, "first").await.unwrap();
    staff::void_first(&mut tx, at(1)).await.unwrap();
    assert_eq!(staff::invited(&mut tx, "first", at(2)).await.unwrap(), None);
    assert!(staff::invited(&mut tx, "other", at(2)).await.unwrap().is_some());
}

#[tokio::test]
async fn what_waits_for_time_alone_is_found_when_it_is_over() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let case = a_case(&mut tx, a, 1).await;
    assert_eq!(case::due(&mut tx, at(2), 9).await.unwrap(), [], "an officer's turn");
    set(&mut tx, case, "status = 'returned'").await;
    assert_eq!(case::due(&mut tx, at(0), 9).await.unwrap(), []);
    assert_eq!(case::due(&mut tx, at(2), 9).await.unwrap(), [(case, "returned".to_owned())]);
    assert_eq!(case::hold(&mut tx, case).await.unwrap(), case::get(&mut tx, case).await.unwrap());
    case::keep_signature(&mut tx, case, 1, b"one", at(1)).await.unwrap();
    case::keep_signature(&mut tx, case, 2, b"two", at(2)).await.unwrap();
    let earlier = case::earlier_signatures(&mut tx, case).await.unwrap();
    assert_eq!(earlier, [(1, b"one".to_vec()), (2, b"two".to_vec())]);
    let insert = "INSERT INTO decision (id, case_id, outcome, reason) SELECT 'd', id, 'accepted', 'fits' FROM case_file";
    sql(insert).execute(&mut tx).await.unwrap();
    assert_eq!(decision::waiting(&mut tx, "d").await.unwrap().unwrap().case_id, case);
    decision::taken(&mut tx, "d", at(3), None).await.unwrap();
    assert_eq!(decision::waiting(&mut tx, "d").await.unwrap(), None);
}

#[tokio::test]
async fn papers_of_no_request_and_bytes_without_a_row_are_found() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    document::expect(&mut tx, "00/00/7", at(5)).await.unwrap();
    document::expect(&mut tx, "00/00/7", at(7)).await.unwrap();
    assert_eq!(document::discarded(&mut tx, at(6), 9).await.unwrap(), [""; 0]);
    assert_eq!(document::discarded(&mut tx, at(7), 9).await.unwrap(), ["00/00/7"]);
    let (id, name) = (DocumentId(Uuid::from_u128(7)), b"sealed");
    let (mime, sha256, object_key) = ("image/png", "s", "00/00/7");
    let paper = NewDocument { id, person: a, name, mime, size: 9, sha256, object_key, at: at(1) };
    document::put(&mut tx, &paper).await.unwrap();
    assert_eq!(document::loose(&mut tx, a).await.unwrap()[0].id, id);
    let case = a_case(&mut tx, a, 1).await;
    assert!(document::attach(&mut tx, id, case).await.unwrap());
    assert_eq!(document::loose(&mut tx, a).await.unwrap(), []);
}

#[tokio::test]
async fn a_task_that_is_asked_for_twice_is_one_and_is_settled() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    for _ in 0..2 {
        task::put_once(&mut tx, TaskKind::Complaint, a, "", at(1)).await.unwrap();
    }
    assert_eq!(task::open_count(&mut tx, true).await.unwrap(), 1);
    assert_eq!(task::open_count(&mut tx, false).await.unwrap(), 0, "a complaint is not for everybody");
    let id = task::open(&mut tx, true, 9).await.unwrap()[0].id;
    assert_eq!(task::kind_of(&mut tx, id).await.unwrap().as_deref(), Some("complaint"));
    task::settle(&mut tx, TaskKind::Complaint, a, at(2)).await.unwrap();
    assert_eq!(task::kind_of(&mut tx, id).await.unwrap(), None);
    assert_eq!(task::open_count(&mut tx, true).await.unwrap(), 0);
}

#[tokio::test]
async fn whoever_is_at_an_address_is_found() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    assert_eq!(person::anybody(&mut tx).await.unwrap().unwrap().0, a);
    let found = person::at_all(&mut tx, &[&address("a"), &address("nobody")]).await.unwrap();
    assert_eq!(found.into_values().map(|person| person.id).collect::<Vec<_>>(), [a]);
}

#[tokio::test]
async fn what_was_settled_once_is_kept() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(master_key::hold(&mut tx).await.unwrap(), None);
    master_key::keep(&mut tx, "digest").await.unwrap();
    assert_eq!(master_key::known(&mut tx).await.unwrap().as_deref(), Some("digest"));
    let other = sql("INSERT INTO master_key (id, digest) VALUES (2, 'other')");
    assert!(!is_taken(&mut tx, other).await, "there is one");
    form::pin(&mut tx, "h", "help", "{}", at(1)).await.unwrap();
    form::pin(&mut tx, "h", "help", "{\"other\": 1}", at(2)).await.unwrap();
    assert_eq!(form::get(&mut tx, "h").await.unwrap(), Some(("help".to_owned(), "{}".to_owned())));
    assert_eq!(form::get(&mut tx, "g").await.unwrap(), None);
}
