//! Inbox, outbox, timers: heard once, in order, fenced.

use super::*;
use crate::store::outbox::{Claimed, Outcome};
use crate::store::timer;

async fn order(tx: &mut Tx) -> Vec<String> {
    let waiting = inbox::waiting(tx, i64::MAX, 100).await.unwrap();
    waiting.into_iter().map(|event| String::from_utf8(event.body).unwrap()).collect()
}

#[tokio::test]
async fn the_same_message_is_heard_once() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let sister = somebody(&mut tx, "a").await;
    let first = heard(&mut tx, sister, "m1").await;
    assert!(first.is_some());
    assert_eq!(heard(&mut tx, sister, "m1").await, None);
    assert_eq!(inbox::waiting_count(&mut tx).await.unwrap(), 1);
    assert_eq!(inbox::last_seq(&mut tx).await.unwrap(), first.unwrap());
    let newest = inbox::newest(&mut tx).await.unwrap();
    let newest: Vec<_> = newest.iter().map(|newest| (&*newest.channel, newest.at)).collect();
    assert_eq!(newest, [("webchat", at(1))]);
}

#[tokio::test]
async fn events_of_a_person_wait_for_each_other_and_for_nobody_else() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let (a, b) = (somebody(&mut tx, "a").await, somebody(&mut tx, "b").await);
    let a1 = heard(&mut tx, a, "a1").await.unwrap();
    heard(&mut tx, a, "a2").await.unwrap();
    let b1 = heard(&mut tx, b, "b1").await.unwrap();
    heard(&mut tx, a, "a3").await.unwrap();
    assert_eq!(order(&mut tx).await, ["a1", "b1"]);
    assert_eq!(inbox::waiting(&mut tx, a1, 100).await.unwrap().len(), 1, "not beyond the given place");
    assert_eq!(inbox::waiting(&mut tx, i64::MAX, 1).await.unwrap().len(), 1, "not beyond the limit");
    inbox::done(&mut tx, &[a1], at(2)).await.unwrap();
    assert_eq!(order(&mut tx).await, ["a2", "b1"]);
    inbox::park(&mut tx, a1 + 1, "failed 5 times", at(2)).await.unwrap();
    inbox::done(&mut tx, &[b1], at(2)).await.unwrap();
    assert_eq!(order(&mut tx).await, ["a3"], "nobody waits behind a parked event");
    assert_eq!(inbox::waiting_count(&mut tx).await.unwrap(), 1);
}

#[tokio::test]
async fn a_turn_gets_everything_it_needs() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let seq = heard(&mut tx, a, "a1").await.unwrap();
    let first = inbox::waiting(&mut tx, seq, 1).await.unwrap().remove(0);
    assert_eq!((first.conversation, first.version), (None, 0));
    assert_eq!(first.key.as_deref(), Some(&b"key of a"[..]));
    assert_eq!((&*first.address_channel, &*first.address_path), ("webchat", "a"));
    assert_eq!((first.id, first.at), (EventId::of(&ChannelId::new("webchat"), "a1"), at(1)));
    assert!(saved(&mut tx, a, b"state", 0, false).await);
    for _ in 0..2 {
        inbox::failed(&mut tx, first.id).await.unwrap();
        assert_eq!(inbox::waiting(&mut tx, seq, 1).await.unwrap()[0].attempt, 1, "counted once");
    }
    assert!(inbox::attempt(&mut tx, seq, 1).await.unwrap());
    assert!(!inbox::attempt(&mut tx, seq, 0).await.unwrap(), "another counted it");
    assert_eq!(inbox::interrupted(&mut tx).await.unwrap(), 0, "it was marked before");
    let again = inbox::waiting(&mut tx, seq, 1).await.unwrap().remove(0);
    assert_eq!((again.conversation.as_deref(), again.version, again.attempt), (Some(&b"state"[..]), 1, 2));
}

#[tokio::test]
async fn words_that_are_not_kept_leave_their_event() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    for message in ["a1", "a2"] {
        heard(&mut tx, a, message).await.unwrap();
    }
    let id = |message: &str| EventId::of(&ChannelId::new("webchat"), message);
    inbox::emptied(&mut tx, id("a1")).await.unwrap();
    assert!(inbox::is_known(&mut tx, id("a1")).await.unwrap());
    assert!(!inbox::is_known(&mut tx, id("a3")).await.unwrap());
    assert_eq!(order(&mut tx).await, [""]);
    assert_eq!(heard(&mut tx, a, "a1").await, None, "it is still heard once");
    inbox::done(&mut tx, &[1], at(2)).await.unwrap();
    assert_eq!(order(&mut tx).await, ["a2"], "the others keep theirs");
}

#[tokio::test]
async fn what_cannot_be_read_is_kept() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    inbox::quarantine(&mut tx, "webchat", b"\xff", "not UTF-8", at(0)).await.unwrap();
    let raw: Vec<u8> = sql("SELECT raw FROM quarantine").scalar(&mut tx).await.unwrap();
    assert_eq!(raw, b"\xff");
    assert_eq!(inbox::quarantined(&mut tx).await.unwrap(), 1);
}

async fn claim(tx: &mut Tx, now: i64) -> Option<Claimed> {
    outbox::claim(tx, "webchat", 1, at(now), at(now + 30)).await.unwrap().pop()
}

async fn claim_id(tx: &mut Tx, now: i64) -> String {
    claim(tx, now).await.map_or("-".into(), |part| part.id)
}

async fn sent(tx: &mut Tx, id: &str) {
    assert!(outbox::record(tx, id, 1, &Outcome::Sent { provider_id: Some("p".into()) }).await.unwrap());
}

#[tokio::test]
async fn parts_of_a_person_leave_in_order_and_replies_before_bulk() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let people = [somebody(&mut tx, "a").await, somebody(&mut tx, "b").await, somebody(&mut tx, "c").await];
    for (who, id, purpose) in
        [(0, "a1", "survey"), (0, "a2", "reply"), (1, "b1", "notice"), (2, "c1", "reply"), (2, "c2", "reply")]
    {
        said(&mut tx, people[who], id, purpose, NewState::Queued).await;
    }
    said(&mut tx, people[1], "read by cursor", "reply", NewState::Readable).await;
    assert_eq!(outbox::queued_count(&mut tx).await.unwrap(), 5);
    assert_eq!(claim_id(&mut tx, 1).await, "c1", "a reply first; a2 waits behind a1");
    assert_eq!(claim_id(&mut tx, 1).await, "b1");
    assert_eq!(claim_id(&mut tx, 1).await, "a1");
    assert_eq!(claim_id(&mut tx, 1).await, "-", "each other part waits for an earlier one in flight");
    sent(&mut tx, "c1").await;
    sent(&mut tx, "a1").await;
    assert_eq!(claim_id(&mut tx, 1).await, "a2");
    assert_eq!(claim_id(&mut tx, 1).await, "c2");
}

#[tokio::test]
async fn an_attempt_is_recorded_once_and_only_by_its_own_holder() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    said(&mut tx, a, "x", "reply", NewState::Queued).await;
    let first = claim(&mut tx, 0).await.unwrap();
    assert_eq!((first.attempt, first.was_unknown, first.person), (1, false, a));
    assert_eq!(first.key.as_deref(), Some(&b"key of a"[..]));
    assert_eq!(outbox::next_due(&mut tx).await.unwrap(), Some(at(30)), "when the lease ends");
    assert!(claim(&mut tx, 29).await.is_none());
    let second = claim(&mut tx, 30).await.unwrap();
    assert_eq!((second.attempt, second.was_unknown), (2, true), "the first holder never came back");
    let late = Outcome::Sent { provider_id: None };
    assert!(!outbox::record(&mut tx, "x", 1, &late).await.unwrap(), "fenced off");
    assert!(outbox::record(&mut tx, "x", 2, &late).await.unwrap());
    assert!(!outbox::record(&mut tx, "x", 2, &late).await.unwrap(), "recorded already");
    assert_eq!(outbox::next_due(&mut tx).await.unwrap(), None);
}

#[tokio::test]
async fn each_outcome_does_what_it_says() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    said(&mut tx, a, "x", "reply", NewState::Queued).await;
    claim(&mut tx, 0).await.unwrap();
    assert!(outbox::record(&mut tx, "x", 1, &Outcome::Again { due: at(5) }).await.unwrap());
    assert_eq!(claim_id(&mut tx, 4).await, "-");
    let again = claim(&mut tx, 5).await.unwrap();
    assert_eq!((again.attempt, again.was_unknown), (2, false), "it surely did not leave");
    assert!(outbox::record(&mut tx, "x", 2, &Outcome::Unknown { due: at(9) }).await.unwrap());
    let unsure = claim(&mut tx, 9).await.unwrap();
    assert!(unsure.was_unknown);
    assert!(outbox::record(&mut tx, "x", 3, &Outcome::Again { due: at(10) }).await.unwrap());
    assert!(claim(&mut tx, 10).await.unwrap().was_unknown, "the second attempt stays unknown");
    assert!(outbox::record(&mut tx, "x", 4, &Outcome::Dead { cause: "gone".into() }).await.unwrap());
    assert_eq!(outbox::queued_count(&mut tx).await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_too_late_is_dropped_and_an_officer_is_told() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let id = OutboxId("old".into());
    let late = NewPart { not_after: Some(at(10)), ..part(&id, a, "reminder", NewState::Queued) };
    outbox::put(&mut tx, &[late]).await.unwrap();
    said(&mut tx, a, "new", "reply", NewState::Queued).await;
    assert_eq!(claim_id(&mut tx, 10).await, "new");
    tx.commit().await.unwrap();
    let lines = outbox::after(&store, &address("a"), 0, 10).await.unwrap();
    assert_eq!(lines.iter().map(|line| &*line.id).collect::<Vec<_>>(), ["new"]);
    let mut tx = store.read().await.unwrap();
    let tasks = crate::store::task::open(&mut tx, true, 100).await.unwrap();
    assert_eq!(tasks.iter().map(|task| (&*task.kind, &*task.detail)).collect::<Vec<_>>(), [("late", "old")]);
}

#[tokio::test]
async fn lines_are_read_by_cursor() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let (a, b) = (somebody(&mut tx, "a").await, somebody(&mut tx, "b").await);
    let first = said(&mut tx, a, "1", "reply", NewState::Readable).await;
    said(&mut tx, b, "of another", "reply", NewState::Readable).await;
    said(&mut tx, a, "2", "reply", NewState::Readable).await;
    said(&mut tx, a, "3", "reply", NewState::Queued).await;
    let newest = outbox::last_lines(&mut tx, a, 2).await.unwrap();
    assert_eq!(newest.iter().map(|line| &*line.id).collect::<Vec<_>>(), ["2", "3"]);
    tx.commit().await.unwrap();
    let lines = async |path, after, limit| outbox::after(&store, &address(path), after, limit).await.unwrap();
    let ids = |lines: Vec<outbox::OwnLine>| lines.into_iter().map(|line| line.id).collect::<Vec<_>>();
    assert_eq!(ids(lines("a", 0, 2).await), ["1", "2"]);
    assert_eq!(ids(lines("a", first, 9).await), ["2", "3"]);
    assert_eq!(lines("nobody", 0, 9).await, []);
    assert_eq!(ids(outbox::newest(&store, &address("a"), 2).await.unwrap()), ["2", "3"]);
    let line = lines("a", 0, 1).await.remove(0);
    assert_eq!((line.person, &*line.key, line.seq), (a, &b"key of a"[..], first));
    assert_eq!((&*line.body, line.at), (&b"sealed"[..], at(0)));
}

#[tokio::test]
async fn timers_go_off_once_and_move_when_armed_again() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    timer::arm(&mut tx, &[(a, "remind", at(10))]).await.unwrap();
    timer::arm(&mut tx, &[(a, "remind", at(20)), (a, "survey", at(15)), (a, "never", at(1))]).await.unwrap();
    timer::disarm(&mut tx, a, "never").await.unwrap();
    assert_eq!(timer::next(&mut tx).await.unwrap(), Some(at(15)));
    assert_eq!(timer::due(&mut tx, at(14), 9).await.unwrap(), []);
    let due = timer::due(&mut tx, at(20), 9).await.unwrap();
    assert_eq!(due, [(a, "survey".into(), at(15)), (a, "remind".into(), at(20))]);
    timer::fired(&mut tx, a, "survey").await.unwrap();
    timer::fired(&mut tx, a, "remind").await.unwrap();
    assert_eq!(timer::next(&mut tx).await.unwrap(), None);
}

/// How SQLite would run a statement, one step a line.
async fn plan(tx: &mut Tx, sql: &'static str) -> String {
    let steps = super::sql("EXPLAIN QUERY PLAN ").then(sql);
    let steps: Vec<(i64, i64, i64, String)> = steps.fetch_all(tx).await.unwrap();
    steps.into_iter().map(|(.., step)| step + "\n").collect()
}

#[tokio::test]
async fn the_hot_statements_read_only_what_waits() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    for (sql, indexes) in [
        (inbox::WAITING, &["inbox_waiting", "inbox_waiting_person"][..]),
        (outbox::CLAIM, &["outbox_queued", "outbox_queued_person"]),
        (outbox::DROP_LATE, &["outbox_not_after"]),
    ] {
        let plan = plan(&mut tx, sql).await;
        for index in indexes {
            let used = plan.lines().any(|step| step.split(' ').any(|word| word == *index));
            assert!(used, "{index} is not used:\n{plan}");
        }
        assert!(!plan.contains("TEMP B-TREE"), "something is sorted:\n{plan}");
        assert!(!plan.contains("SCAN i\n") && !plan.contains("SCAN o\n"), "a whole table is read:\n{plan}");
    }
}
