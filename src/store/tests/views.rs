//! The contract with other systems: names of columns, and text that people can read.

use super::*;
use crate::message::{SessionId, StaffId};
use crate::store::case::{Change, NewCaseEvent};
use crate::store::decision;
use crate::store::staff;
use crate::store::survey::{self, NewSurveyAnswer};

/// The first row of a view as JSON.
async fn first(tx: &mut Tx, view: &'static str) -> serde_json::Value {
    if postgres::is_meant() {
        let row = sql("SELECT row_to_json(v)::text FROM ").then(view).then(" v");
        return serde_json::from_str(&row.scalar::<String>(tx).await.unwrap()).unwrap();
    }
    let columns = sql("SELECT name FROM pragma_table_info($1) ORDER BY cid").bind(view);
    let columns: Vec<String> = columns.scalars(tx).await.unwrap();
    let pairs: Vec<_> = columns.iter().map(|column| format!("'{column}', \"{column}\"")).collect();
    let row = sql("SELECT json_object(").then(pairs.join(", ").leak()).then(") FROM ").then(view);
    serde_json::from_str(&row.scalar::<String>(tx).await.unwrap()).unwrap()
}

async fn filled(tx: &mut Tx) -> (PersonId, CaseId) {
    let a = somebody(tx, "a").await;
    let id = a_case(tx, a, 1).await;
    let officer = StaffId(Uuid::from_u128(9));
    staff::insert(tx, officer, "Layla", "hash", "officer", at(0)).await.unwrap();
    let change = Change {
        status: "with_committee",
        owner: Some(officer),
        next_due: Some(at(3600)),
        checks: b"",
        at: at(120),
        expected_status: "submitted",
    };
    case::set(tx, id, &change).await.unwrap();
    let event = NewCaseEvent {
        person: a,
        name: "with_committee",
        by_kind: "staff",
        by_name: "Layla",
        reason: None,
        status_after: "with_committee",
        at: at(120),
    };
    case::event(tx, id, &event).await.unwrap();
    (a, id)
}

#[tokio::test]
async fn cases_and_their_events_read_as_text() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let (a, id) = filled(&mut tx).await;
    let expected = serde_json::json!({
        "id": id, "reference": reference_of(id), "person": a, "service": "housing", "form": "help",
        "form_version": "abc", "source_channel": "website", "entered_by": "person", "locale": "ar",
        "consent_version": "1", "status": "with_committee", "submitted_at": "2026-11-22T10:01:00Z",
        "answer_from": "2026-12-06", "next_due": "2026-11-22T11:00:00Z", "owner": "Layla",
        "created_at": "2026-11-22T10:01:01Z", "updated_at": "2026-11-22T10:02:00Z",
    });
    assert_eq!(first(&mut tx, "case_v1").await, expected);
    let expected = serde_json::json!({
        "number": 1, "case_id": id, "reference": reference_of(id), "person": a, "name": "with_committee",
        "by_kind": "staff", "by_name": "Layla", "reason": null, "status_after": "with_committee",
        "at": "2026-11-22T10:02:00Z",
    });
    assert_eq!(first(&mut tx, "case_event_v1").await, expected);
}

#[tokio::test]
async fn a_decision_reads_as_pending_taken_or_refused() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let (_, id) = filled(&mut tx).await;
    sql("INSERT INTO decision (id, case_id, outcome, reason) VALUES ('d1', $1, 'accepted', 'fits')")
        .bind(id)
        .execute(&mut tx)
        .await
        .unwrap();
    let expected = serde_json::json!({
        "id": "d1", "case_id": id, "reference": reference_of(id), "outcome": "accepted", "reason": "fits",
        "early_reason": null, "decided_by": null, "decided_at": null, "source": "other system",
        "state": "pending", "taken_at": null, "refused_because": null,
    });
    assert_eq!(first(&mut tx, "decision_v1").await, expected);
    for (refused, state) in [(None, "taken"), (Some("too early"), "refused")] {
        tx.savepoint().await.unwrap();
        decision::taken(&mut tx, "d1", at(5), refused).await.unwrap();
        let seen = first(&mut tx, "decision_v1").await;
        assert_eq!((&seen["state"], &seen["taken_at"]), (&state.into(), &"2026-11-22T10:00:05Z".into()));
        tx.rollback_to().await.unwrap();
    }
}

#[tokio::test]
async fn survey_answers_name_neither_person_nor_case() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let (a, id) = filled(&mut tx).await;
    let session = SessionId(Uuid::from_u128(7));
    let answer = NewSurveyAnswer {
        session,
        case: Some(id),
        person: a,
        question: "service",
        number: Some(4),
        choice: None,
        text: Some(b"sealed"),
        complete: true,
        channel: "webchat",
        locale: "ar",
        solicited: true,
        at: at(7),
    };
    survey::put_answer(&mut tx, &answer).await.unwrap();
    let expected = serde_json::json!({
        "session": session, "service": "housing", "question": "service", "number": 4, "choice": null,
        "completeness": "complete", "channel": "webchat", "locale": "ar", "solicitation": "solicited",
        "answered_on": "2026-11-22",
    });
    assert_eq!(first(&mut tx, "survey_answer_v1").await, expected);
}
