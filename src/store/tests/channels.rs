//! What channels with a provider need: files that are awaited, addresses that are not reached, keyboards that stand,
//! letters that are asked for.

use super::*;
use crate::store::outbox::Outcome;
use crate::store::pull;

#[tokio::test]
async fn an_event_waits_for_its_file_and_those_behind_it_wait_too() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let photo = heard(&mut tx, a, "photo").await.unwrap();
    heard(&mut tx, a, "words").await.unwrap();
    inbox::await_file(&mut tx, photo, at(2)).await.unwrap();
    assert_eq!(
        inbox::waiting(&mut tx, i64::MAX, 9).await.unwrap().len(),
        0,
        "neither it nor what came after it"
    );
    assert_eq!(inbox::waiting_count(&mut tx).await.unwrap(), 2);
    assert_eq!(inbox::next_fetch(&mut tx).await.unwrap(), Some(at(2)));
    assert!(inbox::to_fetch(&mut tx, at(1), at(60)).await.unwrap().is_none(), "not yet");
    let first = inbox::to_fetch(&mut tx, at(2), at(60)).await.unwrap().unwrap();
    assert_eq!((first.seq, first.person, first.fetches, &*first.channel), (photo, a, 1, "webchat"));
    assert_eq!((first.key.as_deref(), &*first.body), (Some(&b"key of a"[..]), &b"photo"[..]));
    assert!(inbox::to_fetch(&mut tx, at(3), at(61)).await.unwrap().is_none(), "somebody has it");
    let second = inbox::to_fetch(&mut tx, at(60), at(120)).await.unwrap().unwrap();
    assert_eq!(second.fetches, 2, "after the lease another tries");
    assert!(!inbox::fetched(&mut tx, photo, 1, b"late").await.unwrap(), "who is late has lost it");
    assert!(inbox::fetched(&mut tx, photo, 2, b"stored").await.unwrap());
    let turned = inbox::waiting(&mut tx, i64::MAX, 9).await.unwrap();
    assert_eq!((turned.len(), &*turned[0].body, &*turned[0].kind), (1, &b"stored"[..], "said"));
    inbox::pass_over(&mut tx, photo, "nothing is to be done", at(61)).await.unwrap();
    assert_eq!(inbox::waiting(&mut tx, i64::MAX, 9).await.unwrap()[0].body, b"words");
    assert_eq!(inbox::next_fetch(&mut tx).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_known_of_an_address_comes_with_each_part_that_goes_there() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    for n in 0..3 {
        said(&mut tx, a, &format!("e/{n}"), "reply", NewState::Queued).await;
    }
    let sent = async |tx: &mut Tx, provider_id: &str| {
        let claimed = outbox::claim(tx, "webchat", 1, at(1), at(2)).await.unwrap().pop().unwrap();
        let outcome = Outcome::Sent { provider_id: Some(provider_id.into()) };
        assert!(outbox::record(tx, &claimed.id, 1, &outcome).await.unwrap());
        (claimed.blocked, claimed.keyboard)
    };
    assert_eq!(sent(&mut tx, "1").await, (false, None));
    person::reachable(&mut tx, &address("a"), Some(at(1))).await.unwrap();
    person::keyboards_stand(&mut tx, &[("webchat", "a", Some("1"))]).await.unwrap();
    assert_eq!(sent(&mut tx, "2").await, (true, Some("1".into())));
    person::keyboards_stand(&mut tx, &[("webchat", "a", None)]).await.unwrap();
    // Whoever writes from there is reached there again.
    assert_eq!(person::at_all(&mut tx, &[&address("a")]).await.unwrap().len(), 1);
    assert_eq!(sent(&mut tx, "3").await, (false, None));
}

#[tokio::test]
async fn a_part_is_found_by_its_providers_name_and_drawn_anew() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let (a, b) = (somebody(&mut tx, "a").await, somebody(&mut tx, "b").await);
    said(&mut tx, a, "e/0", "reply", NewState::Queued).await;
    assert!(outbox::sent_as(&mut tx, a, "7").await.unwrap().is_none());
    let claimed = outbox::claim(&mut tx, "webchat", 9, at(1), at(2)).await.unwrap().pop().unwrap();
    let outcome = Outcome::Sent { provider_id: Some("7".into()) };
    outbox::record(&mut tx, &claimed.id, 1, &outcome).await.unwrap();
    outbox::redrawn(&mut tx, "e/0", b"ticked").await.unwrap();
    let found = outbox::sent_as(&mut tx, a, "7").await.unwrap().unwrap();
    assert_eq!((&*found.id, &*found.body), ("e/0", &b"ticked"[..]));
    assert!(outbox::sent_as(&mut tx, b, "7").await.unwrap().is_none(), "names are the person's own");
    assert!(outbox::was_told_since(&mut tx, a, at(0)).await.unwrap());
    assert!(!outbox::was_told_since(&mut tx, a, at(9)).await.unwrap());
    assert!(!outbox::was_told_since(&mut tx, b, at(0)).await.unwrap());
}

#[tokio::test]
async fn a_part_that_was_not_tried_keeps_its_attempts() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    said(&mut tx, a, "e/0", "reply", NewState::Queued).await;
    let claimed = outbox::claim(&mut tx, "webchat", 1, at(1), at(2)).await.unwrap().pop().unwrap();
    let rests = Outcome::Postponed { due: at(9) };
    assert!(outbox::record(&mut tx, &claimed.id, claimed.attempt, &rests).await.unwrap());
    assert!(outbox::claim(&mut tx, "webchat", 1, at(8), at(10)).await.unwrap().is_empty());
    let again = outbox::claim(&mut tx, "webchat", 1, at(9), at(10)).await.unwrap().pop().unwrap();
    assert_eq!((again.attempt, again.was_unknown), (1, false));
}

#[tokio::test]
async fn what_a_run_held_when_it_ended_counts_as_unknown_for_the_next() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    said(&mut tx, a, "e/0", "reply", NewState::Queued).await;
    assert_eq!(outbox::interrupted(&mut tx, at(1)).await.unwrap(), 0, "what nobody holds stays as it is");
    outbox::claim(&mut tx, "webchat", 1, at(1), at(60)).await.unwrap();
    assert_eq!(outbox::interrupted(&mut tx, at(2)).await.unwrap(), 1);
    let again = outbox::claim(&mut tx, "webchat", 1, at(2), at(60)).await.unwrap().pop().unwrap();
    assert!(again.was_unknown);
}

#[tokio::test]
async fn one_server_asks_until_it_is_silent_or_lets_go() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let hold = async |tx: &mut Tx, who: &str, now| {
        pull::hold(tx, "telegram", who, at(now), at(now + 60)).await.unwrap()
    };
    assert_eq!(hold(&mut tx, "first", 0).await, Some(None));
    pull::advance(&mut tx, "telegram", "42").await.unwrap();
    assert_eq!(hold(&mut tx, "second", 1).await, None);
    assert_eq!(hold(&mut tx, "first", 2).await, Some(Some("42".into())), "it goes on");
    assert_eq!(hold(&mut tx, "second", 62).await, Some(Some("42".into())), "where the other fell silent");
    pull::release(&mut tx, "second", at(63)).await.unwrap();
    assert_eq!(hold(&mut tx, "first", 63).await, Some(Some("42".into())), "at once after it let go");
}

#[tokio::test]
async fn a_chat_moves_to_another_address_unless_somebody_is_there() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let (a, b) = (somebody(&mut tx, "a").await, somebody(&mut tx, "b").await);
    person::moved(&mut tx, a, &address("a"), &address("b")).await.unwrap();
    assert_eq!(person::at(&mut tx, &address("b")).await.unwrap().unwrap().id, b);
    person::moved(&mut tx, a, &address("a"), &address("c")).await.unwrap();
    let moved = person::at(&mut tx, &address("c")).await.unwrap().unwrap();
    assert_eq!((moved.id, &*moved.path), (a, "c"));
    assert!(person::at(&mut tx, &address("a")).await.unwrap().is_none());
}
