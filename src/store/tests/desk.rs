//! Staff, sessions, invitations, tasks, and the audit chain.

use super::*;
use crate::message::StaffId;
use crate::store::task::TaskKind;
use crate::store::{audit, staff, task};

const LAYLA: StaffId = StaffId(Uuid::from_u128(1));

#[tokio::test]
async fn staff_names_are_unique_and_the_disabled_are_shut_out() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    assert!(staff::insert(&mut tx, LAYLA, "Layla", "hash", "officer", at(0)).await.unwrap());
    let other = StaffId(Uuid::from_u128(2));
    assert!(!staff::insert(&mut tx, other, "Layla", "hash", "officer", at(0)).await.unwrap());
    assert!(staff::insert(&mut tx, other, "Badr", "hash", "administrator", at(0)).await.unwrap());
    let names: Vec<_> = staff::list(&mut tx).await.unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["Badr", "Layla"]);
    assert_eq!(staff::by_name(&mut tx, "Nobody").await.unwrap(), None);
    staff::open(&mut tx, "t1", LAYLA, at(0), at(100)).await.unwrap();
    assert!(staff::session(&mut tx, "t1", at(1)).await.unwrap().is_some());
    staff::disable(&mut tx, LAYLA).await.unwrap();
    assert!(staff::by_name(&mut tx, "Layla").await.unwrap().unwrap().disabled);
    assert_eq!(staff::session(&mut tx, "t1", at(1)).await.unwrap(), None);
    staff::open(&mut tx, "t2", LAYLA, at(1), at(100)).await.unwrap();
    assert_eq!(staff::session(&mut tx, "t2", at(2)).await.unwrap(), None, "not even with a new session");
}

#[tokio::test]
async fn a_session_ends_by_time_by_logout_and_by_a_new_password() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    staff::insert(&mut tx, LAYLA, "Layla", "hash", "officer", at(0)).await.unwrap();
    for token in ["t1", "t2", "t3"] {
        staff::open(&mut tx, token, LAYLA, at(0), at(100)).await.unwrap();
    }
    assert_eq!(staff::session(&mut tx, "t1", at(99)).await.unwrap().unwrap().id, LAYLA);
    assert_eq!(staff::session(&mut tx, "t1", at(100)).await.unwrap(), None);
    staff::close(&mut tx, "t1").await.unwrap();
    assert_eq!(staff::session(&mut tx, "t1", at(1)).await.unwrap(), None);
    assert!(staff::session(&mut tx, "t2", at(1)).await.unwrap().is_some());
    staff::set_password(&mut tx, LAYLA, "new hash").await.unwrap();
    assert_eq!(staff::session(&mut tx, "t2", at(1)).await.unwrap(), None);
    assert_eq!(staff::get(&mut tx, LAYLA).await.unwrap().unwrap().password_hash, "new hash");
}

#[tokio::test]
async fn an_invitation_is_used_once_and_in_time() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    staff::invite(&mut tx, "i1", "administrator", at(10), at(0)).await.unwrap();
    assert_eq!(staff::invited(&mut tx, "i1", at(9)).await.unwrap().as_deref(), Some("administrator"));
    assert_eq!(staff::invited(&mut tx, "i1", at(10)).await.unwrap(), None);
    assert_eq!(staff::invited(&mut tx, "i2", at(1)).await.unwrap(), None);
    assert!(staff::used(&mut tx, "i1", at(5)).await.unwrap());
    assert!(!staff::used(&mut tx, "i1", at(6)).await.unwrap());
    assert_eq!(staff::invited(&mut tx, "i1", at(7)).await.unwrap(), None);
}

#[tokio::test]
async fn failed_logins_are_counted_by_name_and_time() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    for (name, when) in [("n1", 1), ("n1", 5), ("n2", 5)] {
        staff::failed(&mut tx, name, at(when)).await.unwrap();
    }
    assert_eq!(staff::failures(&mut tx, "n1", at(0)).await.unwrap(), 2);
    assert_eq!(staff::failures(&mut tx, "n1", at(2)).await.unwrap(), 1);
}

#[tokio::test]
async fn tasks_are_open_until_they_are_done() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let case = a_case(&mut tx, a, 1).await;
    let first =
        task::put(&mut tx, TaskKind::Undeliverable, Some(a), Some(case), "telegram", at(1)).await.unwrap();
    task::put(&mut tx, TaskKind::Parked, None, None, "", at(2)).await.unwrap();
    let open = task::open(&mut tx, true, 100).await.unwrap();
    assert_eq!(open.iter().map(|task| &*task.kind).collect::<Vec<_>>(), ["undeliverable", "parked"]);
    assert_eq!((open[0].person, open[0].case_id), (Some(a), Some(case)));
    task::done(&mut tx, first, at(3)).await.unwrap();
    assert_eq!(task::open(&mut tx, true, 100).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_in_the_audit_log_is_found() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(audit::verify(&mut tx).await.unwrap(), Ok(0));
    for n in 1..=5 {
        audit::append(&mut tx, "staff/1", "opened", &format!("case/{n}"), at(n)).await.unwrap();
    }
    assert_eq!(audit::verify(&mut tx).await.unwrap(), Ok(5));
    let newest = audit::newest(&mut tx, 2).await.unwrap();
    assert_eq!(newest.iter().map(|line| &*line.object).collect::<Vec<_>>(), ["case/5", "case/4"]);
    for (forgery, first_bad) in [
        ("UPDATE audit SET object = 'case/9' WHERE seq = 3", 3),
        ("UPDATE audit SET at = (SELECT at FROM audit WHERE seq = 2) WHERE seq = 1", 1),
        ("UPDATE audit SET who = who || 'x', what = substr(what, 2) WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 4) WHERE seq = 5", 5),
    ] {
        tx.savepoint().await.unwrap();
        sql(forgery).execute(&mut tx).await.unwrap();
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Err(first_bad), "{forgery}");
        tx.rollback_to().await.unwrap();
    }
    assert_eq!(audit::verify(&mut tx).await.unwrap(), Ok(5));
}
