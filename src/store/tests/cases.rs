//! Requests, papers, decisions, forms, surveys, what is filed.

use super::*;
use crate::message::{DocumentId, SessionId, StaffId};
use crate::store::case::{Change, NewCaseEvent, QueueFilter};
use crate::store::decision::{self, NewDecision};
use crate::store::document::{self, NewDocument};
use crate::store::filed::{self, NewFiled};
use crate::store::survey::{self, NewSurveyAnswer};
use crate::store::{form, staff};

#[tokio::test]
async fn a_case_is_found_by_all_its_names() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let id = a_case(&mut tx, a, 1).await;
    let row = case::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((row.id, row.person, &*row.reference), (id, a, &*reference_of(id)));
    assert_eq!((row.submitted_at, row.next_due, &*row.status), (at(60), Some(at(1)), "submitted"));
    assert_eq!((row.owner, row.owner_name.as_deref(), &*row.checks), (None, None, &b""[..]));
    assert_eq!(row.answer_from.to_string(), "2026-12-06");
    assert_eq!(case::by_status_token(&mut tx, "token 1").await.unwrap().as_ref(), Some(&row));
    assert_eq!(case::by_status_token(&mut tx, "token").await.unwrap(), None);
    assert_eq!(case::by_reference(&mut tx, &reference_of(id)).await.unwrap().as_ref(), Some(&row));
    assert_eq!(case::of_person(&mut tx, a).await.unwrap(), [row]);
}

#[tokio::test]
async fn only_the_policys_eight_source_channels_are_taken() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    a_case(&mut tx, a, 1).await;
    for (channel, taken) in [
        ("interview", true),
        ("phone", true),
        ("social_media", true),
        ("letter", true),
        ("help_request", true),
        ("volunteering", true),
        ("website", true),
        ("branch_delegate", true),
        ("rumour", false),
    ] {
        let change = sql("UPDATE case_file SET source_channel = $1").bind(channel);
        assert_eq!(is_taken(&mut tx, change).await, taken, "{channel}");
    }
}

#[tokio::test]
async fn a_case_moves_only_from_where_it_was_read() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let officer = StaffId(Uuid::from_u128(9));
    staff::insert(&mut tx, officer, "Layla", "hash", "officer", at(0)).await.unwrap();
    let id = a_case(&mut tx, a, 1).await;
    let change = Change {
        status: "checked",
        owner: Some(officer),
        next_due: None,
        checks: b"sealed checks",
        at: at(70),
        expected_status: "submitted",
    };
    assert!(case::set(&mut tx, id, &change).await.unwrap());
    assert!(!case::set(&mut tx, id, &change).await.unwrap(), "it is not submitted any more");
    case::resign(&mut tx, id, b"second signature", "ghi", at(80)).await.unwrap();
    let row = case::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(
        (&*row.status, row.owner, row.owner_name.as_deref()),
        ("checked", Some(officer), Some("Layla"))
    );
    assert_eq!((row.next_due, &*row.checks, row.updated_at), (None, &b"sealed checks"[..], at(80)));
    assert_eq!((&*row.signature, &*row.signature_hash), (&b"second signature"[..], "ghi"));
}

#[tokio::test]
async fn the_queue_shows_first_what_is_due_first() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let officer = StaffId(Uuid::from_u128(9));
    staff::insert(&mut tx, officer, "Layla", "hash", "officer", at(0)).await.unwrap();
    assert!(saved(&mut tx, a, b"", 0, true).await);
    let mut ids = Vec::new();
    for n in [3, 2, 1] {
        ids.push(a_case(&mut tx, a, n).await);
    }
    let closed = Change {
        status: "closed",
        owner: Some(officer),
        next_due: None,
        checks: b"",
        at: at(70),
        expected_status: "submitted",
    };
    case::set(&mut tx, ids[1], &closed).await.unwrap();
    for (open_only, owner, limit, expected) in [
        (false, None, 9, vec![ids[2], ids[0], ids[1]]),
        (true, None, 9, vec![ids[2], ids[0]]),
        (true, None, 1, vec![ids[2]]),
        (false, Some(officer), 9, vec![ids[1]]),
        (true, Some(officer), 9, vec![]),
    ] {
        let filter = QueueFilter { open_only, owner, limit };
        let rows = case::queue(&mut tx, filter).await.unwrap();
        assert!(rows.iter().all(|row| row.with_human));
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn answers_are_replaced_and_either_plain_or_sealed() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let id = a_case(&mut tx, a, 1).await;
    case::put_answer(&mut tx, id, 2, "city", Some("Hail"), None).await.unwrap();
    case::put_answer(&mut tx, id, 1, "phone", Some("plain by mistake"), None).await.unwrap();
    case::put_answer(&mut tx, id, 1, "phone", None, Some(b"sealed")).await.unwrap();
    let answers = case::answers(&mut tx, id).await.unwrap();
    let seen: Vec<_> =
        answers.iter().map(|a| (&*a.question, a.plain.as_deref(), a.sealed.as_deref())).collect();
    assert_eq!(seen, [("phone", None, Some(&b"sealed"[..])), ("city", Some("Hail"), None)]);
    for (question, plain, sealed) in [("both", Some("x"), Some(&b"x"[..])), ("neither", None, None)] {
        tx.savepoint().await.unwrap();
        assert!(case::put_answer(&mut tx, id, 3, question, plain, sealed).await.is_err());
        tx.rollback_to().await.unwrap();
    }
    case::clear_answers(&mut tx, id).await.unwrap();
    assert_eq!(case::answers(&mut tx, id).await.unwrap(), []);
}

#[tokio::test]
async fn events_are_numbered_upwards() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let id = a_case(&mut tx, a, 1).await;
    let event = NewCaseEvent {
        person: a,
        name: "submitted",
        by_kind: "person",
        by_name: "",
        reason: None,
        status_after: "submitted",
        at: at(60),
    };
    let first = case::event(&mut tx, id, &event).await.unwrap();
    let later = NewCaseEvent { name: "assigned", reason: Some("why"), ..event };
    assert!(case::event(&mut tx, id, &later).await.unwrap() > first);
    let events = case::events(&mut tx, id).await.unwrap();
    let seen: Vec<_> = events.iter().map(|event| (&*event.name, event.reason.as_deref())).collect();
    assert_eq!(seen, [("submitted", None), ("assigned", Some("why"))]);
}

#[tokio::test]
async fn another_system_inserts_a_decision_and_it_is_taken_once() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let (one, two) = (a_case(&mut tx, a, 1).await, a_case(&mut tx, a, 2).await);
    let insert = "INSERT INTO decision (id, case_id, outcome, reason) VALUES ($1, $2, $3, $4)";
    for (id, case, outcome, reason, taken) in [
        ("e1", one, "accepted", "fits", true),
        ("e1", one, "accepted", "the same id", false),
        ("e2", one, "perhaps", "no such outcome", false),
        ("e3", one, "rejected", " ", false),
        ("e4", CaseId(Uuid::nil()), "rejected", "why", false),
        ("", one, "rejected", "no id", false),
    ] {
        tx.savepoint().await.unwrap();
        let result = sql(insert).bind(id).bind(case).bind(outcome).bind(reason).execute(&mut tx).await;
        assert_eq!(result.is_ok(), taken, "{id}: {reason}");
        if taken { tx.release().await.unwrap() } else { tx.rollback_to().await.unwrap() }
    }
    let ours = NewDecision {
        id: "w1",
        case: two,
        outcome: "rejected",
        reason: "why",
        early_reason: Some("urgent"),
        decided_by: Some("committee"),
        decided_at: at(100),
        source: "desk",
    };
    assert!(decision::insert(&mut tx, &ours).await.unwrap());
    assert!(!decision::insert(&mut tx, &ours).await.unwrap(), "the same decision");
    let pending = decision::pending(&mut tx).await.unwrap();
    let seen: Vec<_> = pending.iter().map(|d| (&*d.id, d.case_id, &*d.source)).collect();
    assert_eq!(seen, [("e1", one, "other system"), ("w1", two, "desk")]);
    assert_eq!(pending[1].decided_at.as_deref(), Some("2026-11-22T10:01:40Z"));
    assert!(decision::taken(&mut tx, "e1", at(101), None).await.unwrap());
    assert!(!decision::taken(&mut tx, "e1", at(102), None).await.unwrap());
    assert!(decision::taken(&mut tx, "w1", at(101), Some("too early")).await.unwrap());
    assert_eq!(decision::pending(&mut tx).await.unwrap(), []);
    for change in
        ["UPDATE decision SET reason = 'other' WHERE id = 'e1'", "DELETE FROM decision WHERE id = 'e1'"]
    {
        assert!(!is_taken(&mut tx, sql(change)).await, "{change}");
    }
}

#[tokio::test]
async fn papers_are_counted_and_go_only_to_their_owners_case() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let (a, b) = (somebody(&mut tx, "a").await, somebody(&mut tx, "b").await);
    let (of_a, of_b) = (a_case(&mut tx, a, 1).await, a_case(&mut tx, b, 2).await);
    let id = DocumentId(Uuid::from_u128(5));
    let paper = NewDocument {
        id,
        person: a,
        name: b"sealed name",
        mime: "application/pdf",
        size: 100,
        sha256: "ab",
        object_key: "00/00/5",
        at: at(1),
    };
    assert!(!document::by_object(&mut tx, "00/00/5").await.unwrap());
    document::put(&mut tx, &paper).await.unwrap();
    document::put(&mut tx, &paper).await.unwrap();
    assert!(document::by_object(&mut tx, "00/00/5").await.unwrap());
    document::put(&mut tx, &NewDocument { id: DocumentId(Uuid::from_u128(6)), ..paper }).await.unwrap();
    assert_eq!(document::of_person_bytes(&mut tx, a).await.unwrap(), 200);
    assert_eq!(document::of_person_bytes(&mut tx, b).await.unwrap(), 0);
    assert!(!document::attach(&mut tx, id, of_b).await.unwrap());
    assert!(document::attach(&mut tx, id, of_a).await.unwrap());
    assert_eq!(document::get(&mut tx, id).await.unwrap().unwrap().case_id, Some(of_a));
    document::discard(&mut tx, id, at(2)).await.unwrap();
    assert_eq!(document::get(&mut tx, id).await.unwrap(), None);
    assert_eq!(
        document::discarded(&mut tx, at(99), 9).await.unwrap(),
        ["00/00/5"],
        "until its bytes are deleted"
    );
    document::deleted(&mut tx, "00/00/5").await.unwrap();
    assert_eq!(document::discarded(&mut tx, at(99), 9).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_form_is_pinned_as_it_first_was() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    form::pin(&mut tx, "h1", "help", "{}", at(1)).await.unwrap();
    form::pin(&mut tx, "h1", "help", "changed", at(2)).await.unwrap();
    form::pin(&mut tx, "h2", "help", "{\"v\":2}", at(3)).await.unwrap();
    let all = form::all(&mut tx).await.unwrap();
    assert_eq!(
        all,
        [("h1", "help", "{}"), ("h2", "help", "{\"v\":2}")].map(|(a, b, c)| (a.into(), b.into(), c.into()))
    );
}

#[tokio::test]
async fn survey_answers_are_replaced_and_the_last_question_is_remembered() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let case = a_case(&mut tx, a, 1).await;
    let session = SessionId(Uuid::from_u128(7));
    assert_eq!(survey::last_asked(&mut tx, a).await.unwrap(), None);
    survey::asked(&mut tx, session, a, Some(case), at(5)).await.unwrap();
    survey::asked(&mut tx, session, a, Some(case), at(6)).await.unwrap();
    assert_eq!(survey::last_asked(&mut tx, a).await.unwrap(), Some(at(5)));
    let answer = NewSurveyAnswer {
        session,
        case: Some(case),
        person: a,
        question: "service",
        number: Some(2),
        choice: None,
        text: None,
        complete: false,
        channel: "webchat",
        locale: "ar",
        solicited: true,
        at: at(7),
    };
    survey::put_answer(&mut tx, &answer).await.unwrap();
    survey::put_answer(&mut tx, &NewSurveyAnswer { number: Some(4), complete: true, ..answer })
        .await
        .unwrap();
    let rows = survey::between(&mut tx, at(7), at(8)).await.unwrap();
    let seen: Vec<_> = rows.iter().map(|row| (row.number, row.complete, row.service.as_deref())).collect();
    assert_eq!(seen, [(Some(4), true, Some("housing"))]);
    assert_eq!(survey::between(&mut tx, at(0), at(7)).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_filed_is_listed_newest_first() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    for (n, kind) in [(1, "suggestion"), (2, "complaint"), (2, "again")] {
        let new = NewFiled {
            session: SessionId(Uuid::from_u128(n)),
            person: a,
            kind,
            form_id: "suggest",
            form_hash: "abc",
            locale: "en",
            channel: "webchat",
            answers: b"sealed",
            at: at(n as i64),
        };
        filed::put(&mut tx, &new).await.unwrap();
    }
    let kinds: Vec<_> =
        filed::list(&mut tx, true, 9, 0).await.unwrap().into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, ["complaint", "suggestion"]);
    let kinds: Vec<_> =
        filed::list(&mut tx, false, 9, 0).await.unwrap().into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, ["suggestion"], "not for everybody");
    let next = filed::list(&mut tx, true, 1, 1).await.unwrap();
    assert_eq!(next.iter().map(|row| &*row.kind).collect::<Vec<_>>(), ["suggestion"], "the page after");
}
