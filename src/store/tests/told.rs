//! What providers tell of parts they took, in any order; parts that wait until their person speaks; who may be written to.

use super::*;
use crate::store::outbox::{Outcome, Told};
use crate::store::task;
use crate::store::task::TaskKind;

/// A part that was sent, and that its provider calls `w1`.
async fn a_sent_part(tx: &mut Tx, id: &str) -> PersonId {
    let a = somebody(tx, id).await;
    said(tx, a, id, "reply", NewState::Queued).await;
    let claimed = outbox::claim(tx, "webchat", 1, at(1), at(30)).await.unwrap().pop().unwrap();
    let sent = Outcome::Sent { provider_id: Some("w1".into()) };
    assert!(outbox::record(tx, id, claimed.attempt, &sent).await.unwrap());
    a
}

async fn stands(tx: &mut Tx, id: &str) -> (String, i64) {
    sql("SELECT state, stage FROM outbox WHERE id = $1").bind(id).fetch_one(tx).await.unwrap()
}

/// Every order of these.
fn orders(all: &[Told]) -> Vec<Vec<Told>> {
    if all.is_empty() {
        return vec![Vec::new()];
    }
    let mut orders_of = Vec::new();
    for (n, first) in all.iter().enumerate() {
        let rest: Vec<Told> =
            all.iter().enumerate().filter(|(m, _)| *m != n).map(|(_, told)| *told).collect();
        for mut order in orders(&rest) {
            order.insert(0, *first);
            orders_of.push(order);
        }
    }
    orders_of
}

async fn tells(tx: &mut Tx, id: &str, told: Told) {
    if told != Told::Failed {
        return outbox::told(tx, &[(id, "w1", told)]).await.unwrap();
    }
    if let Some(claimed) = outbox::reclaim(tx, id, "w1", at(90)).await.unwrap() {
        let dead = Outcome::Dead { cause: "it failed".into() };
        assert!(outbox::record(tx, id, claimed.attempt, &dead).await.unwrap());
    }
}

#[tokio::test]
async fn what_is_told_in_any_order_and_twice_says_the_same() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    use Told::{Arrived, Failed, Read, Sent};
    let sets: [&[Told]; 5] = [
        &[Sent, Arrived, Read],
        &[Sent, Failed],
        &[Sent, Failed, Arrived],
        &[Sent, Failed, Arrived, Read],
        &[Sent, Sent, Failed, Failed, Read],
    ];
    for set in sets {
        let furthest = *set.iter().max().unwrap();
        let state = if furthest == Failed { "dead" } else { "sent" };
        for (n, order) in orders(set).into_iter().enumerate() {
            let id = format!("{set:?}{n}");
            a_sent_part(&mut tx, &id).await;
            for told in &order {
                tells(&mut tx, &id, *told).await;
            }
            assert_eq!(stands(&mut tx, &id).await, (state.to_owned(), furthest as i64), "{order:?}");
        }
    }
}

#[tokio::test]
async fn what_is_told_of_a_part_whose_outcome_was_unknown_settles_it() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    said(&mut tx, a, "x", "reply", NewState::Queued).await;
    outbox::claim(&mut tx, "webchat", 1, at(1), at(30)).await.unwrap();
    assert!(outbox::record(&mut tx, "x", 1, &Outcome::Unknown { due: at(60) }).await.unwrap());
    outbox::told(&mut tx, &[("x", "w1", Told::Sent), ("nobody's", "w9", Told::Read)]).await.unwrap();
    assert_eq!(stands(&mut tx, "x").await, ("sent".into(), 1));
    assert!(
        outbox::claim(&mut tx, "webchat", 1, at(99), at(120)).await.unwrap().is_empty(),
        "not sent again"
    );
    assert!(outbox::sent_as(&mut tx, a, "w1").await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_told_of_an_earlier_attempt_counts_only_if_it_arrived() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    a_sent_part(&mut tx, "x").await;
    let failed = outbox::reclaim(&mut tx, "x", "w1", at(90)).await.unwrap().unwrap();
    assert_eq!((failed.attempt, &*failed.purpose), (2, "reply"));
    // The answer to the first call comes after it was told that it failed.
    assert_eq!(outbox::sent(&mut tx, &[("x", 1, Some("w1"))]).await.unwrap(), 0);
    assert!(outbox::record(&mut tx, "x", 2, &Outcome::Again { due: at(5) }).await.unwrap());
    outbox::told(&mut tx, &[("x", "w1", Told::Sent)]).await.unwrap();
    assert_eq!(stands(&mut tx, "x").await.0, "queued");
    let again = outbox::claim(&mut tx, "webchat", 1, at(5), at(90)).await.unwrap().pop().unwrap();
    let sent = Outcome::Sent { provider_id: Some("w2".into()) };
    assert!(outbox::record(&mut tx, "x", again.attempt, &sent).await.unwrap());
    assert!(outbox::reclaim(&mut tx, "x", "w1", at(90)).await.unwrap().is_none(), "that one is over");
    assert_eq!(stands(&mut tx, "x").await, ("sent".into(), 0));
    outbox::told(&mut tx, &[("x", "w1", Told::Arrived)]).await.unwrap();
    assert_eq!(stands(&mut tx, "x").await, ("sent".into(), 3));
}

#[tokio::test]
async fn what_is_held_leaves_when_its_person_speaks_and_nobody_waits_behind_it() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    said(&mut tx, a, "x", "notice", NewState::Queued).await;
    outbox::claim(&mut tx, "webchat", 1, at(1), at(30)).await.unwrap();
    assert!(!outbox::hold(&mut tx, "x", 7, at(50)).await.unwrap(), "another attempt began");
    assert!(outbox::hold(&mut tx, "x", 1, at(50)).await.unwrap());
    assert_eq!(outbox::queued_count(&mut tx).await.unwrap(), 0);
    assert!(!outbox::waits(&mut tx, a).await.unwrap());
    said(&mut tx, a, "y", "reply", NewState::Queued).await;
    let next = outbox::claim(&mut tx, "webchat", 9, at(2), at(30)).await.unwrap();
    assert_eq!(next.iter().map(|part| &*part.id).collect::<Vec<_>>(), ["y"]);
    outbox::sent(&mut tx, &[("y", 1, None)]).await.unwrap();
    assert_eq!(outbox::unread(&mut tx, at(49)).await.unwrap(), []);
    let unread = outbox::unread(&mut tx, at(50)).await.unwrap();
    let unread: Vec<_> =
        unread.iter().map(|part| (&*part.id, part.person, &*part.channel, part.attempt)).collect();
    assert_eq!(unread, [("x", a, "webchat", 1)]);
    assert_eq!(outbox::unread(&mut tx, at(99)).await.unwrap(), [], "told once");
    assert_eq!(outbox::release(&mut tx, &[("webchat", "b"), ("webchat", "a")], at(60)).await.unwrap(), 1);
    assert!(outbox::waits(&mut tx, a).await.unwrap());
    let released = outbox::claim(&mut tx, "webchat", 9, at(60), at(90)).await.unwrap();
    assert_eq!((&*released[0].id, released[0].attempt), ("x", 2));
}

#[tokio::test]
async fn a_held_survey_is_dropped_in_its_time_and_nobody_is_told() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let id = OutboxId("x".into());
    let survey = NewPart { not_after: Some(at(10)), ..part(&id, a, "survey", NewState::Queued) };
    outbox::put(&mut tx, &[survey]).await.unwrap();
    outbox::claim(&mut tx, "webchat", 1, at(1), at(5)).await.unwrap();
    assert!(outbox::hold(&mut tx, "x", 1, at(50)).await.unwrap());
    outbox::claim(&mut tx, "webchat", 1, at(11), at(15)).await.unwrap();
    assert_eq!(stands(&mut tx, "x").await.0, "late");
    let tasks: i64 = sql("SELECT count(*) FROM task").scalar(&mut tx).await.unwrap();
    assert_eq!(tasks, 0);
}

#[tokio::test]
async fn an_address_knows_when_its_person_spoke_and_whether_they_may_be_written_to() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let standing = async |tx: &mut Tx| person::standing(tx, "webchat", &["a"]).await.unwrap().remove(0);
    let new = standing(&mut tx).await;
    assert_eq!((new.heard_at, new.knocked_at, new.allowed, &*new.path), (None, None, false, "a"));
    for seconds in [5, 9, 7] {
        person::spoke(&mut tx, &[("webchat", "a", at(seconds))]).await.unwrap();
    }
    person::knocked(&mut tx, "webchat", "a", at(20)).await.unwrap();
    person::allow(&mut tx, &address("a"), Some(at(3))).await.unwrap();
    let known = standing(&mut tx).await;
    assert_eq!((known.heard_at, known.knocked_at, known.allowed), (Some(at(9)), Some(at(20)), true));
    person::allow(&mut tx, &address("a"), None).await.unwrap();
    assert!(!standing(&mut tx).await.allowed);
    let b = somebody(&mut tx, "b").await;
    person::link(&mut tx, a, &address("b")).await.unwrap();
    person::link(&mut tx, a, &address("c")).await.unwrap();
    for path in ["b", "c"] {
        assert_eq!(person::at(&mut tx, &address(path)).await.unwrap().unwrap().id, a, "not {b}");
    }
}

#[tokio::test]
async fn who_moves_takes_along_what_is_still_to_leave() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    said(&mut tx, a, "x", "reply", NewState::Queued).await;
    person::moved(&mut tx, a, &address("a"), &address("b")).await.unwrap();
    let claimed = outbox::claim(&mut tx, "webchat", 1, at(1), at(5)).await.unwrap().remove(0);
    assert_eq!(&*claimed.path, "b");
    assert_eq!(person::get(&mut tx, a).await.unwrap().unwrap().path, "b");
}

#[tokio::test]
async fn a_line_is_one_task_however_often_it_is_told() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    for (detail, all) in [("the token was refused", 1), ("the token was refused", 1), ("quality RED", 2)] {
        task::put_of_line(&mut tx, "whatsapp", detail, at(1)).await.unwrap();
        let open: i64 = sql("SELECT count(*) FROM task WHERE kind = $1")
            .bind(TaskKind::Line.as_str())
            .scalar(&mut tx)
            .await
            .unwrap();
        assert_eq!(open, all);
    }
}

#[tokio::test]
async fn what_does_not_reach_its_person_goes_another_way_as_if_it_were_new() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = a_sent_part(&mut tx, "x").await;
    let other = Address { channel: ChannelId::new("pager"), path: "7".into() };
    person::link(&mut tx, a, &other).await.unwrap();
    let ways = person::ways(&mut tx, a).await.unwrap();
    let ways: Vec<_> = ways.iter().map(|way| (&*way.channel, &*way.path)).collect();
    assert_eq!(ways, [("webchat", "x"), ("pager", "7")], "where they spoke last comes first");
    person::keep_thread(&mut tx, &other, b"sealed").await.unwrap();
    let failed = outbox::reclaim(&mut tx, "x", "w1", at(90)).await.unwrap().unwrap();
    assert_eq!(failed.thread, None);
    assert!(
        !outbox::redirect(&mut tx, "x", 1, ("pager", "7"), at(5)).await.unwrap(),
        "another attempt began"
    );
    assert!(outbox::redirect(&mut tx, "x", failed.attempt, ("pager", "7"), at(5)).await.unwrap());
    assert_eq!(stands(&mut tx, "x").await, ("queued".into(), 0));
    assert!(outbox::claim(&mut tx, "webchat", 9, at(9), at(90)).await.unwrap().is_empty());
    let claimed = outbox::claim(&mut tx, "pager", 9, at(9), at(90)).await.unwrap().pop().unwrap();
    assert_eq!(
        (&*claimed.path, claimed.was_unknown, &claimed.thread),
        ("7", false, &Some(b"sealed".to_vec()))
    );
    // What is told late of where it went before changes nothing here.
    assert!(
        outbox::record(&mut tx, "x", claimed.attempt, &Outcome::Sent { provider_id: Some("p1".into()) })
            .await
            .unwrap()
    );
    assert!(
        !outbox::redirect(&mut tx, "x", claimed.attempt, ("webchat", "x"), at(9)).await.unwrap(),
        "it was sent"
    );
    person::reachable(&mut tx, &other, Some(at(9))).await.unwrap();
    assert_eq!(person::ways(&mut tx, a).await.unwrap().len(), 1, "who blocked us there is not reached there");
}
