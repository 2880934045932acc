//! Persons, conversations, consent, blind index, and forgetting.

use super::*;
use crate::store::consent::{self, NewConsent};
use crate::store::{blind, conversation, erasure, timer};
use crate::vault::{Vault, VaultError};

#[tokio::test]
async fn a_person_is_found_at_every_address() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let other = Address { channel: ChannelId::new("telegram"), path: "77".into() };
    assert_eq!(person::at(&mut tx, &other).await.unwrap(), None);
    person::touch(&mut tx, a, &other).await.unwrap();
    for address in [address("a"), other] {
        assert_eq!(person::at(&mut tx, &address).await.unwrap().map(|person| person.id), Some(a));
    }
    let known = person::get(&mut tx, a).await.unwrap().unwrap();
    assert_eq!(
        (&*known.channel, &*known.path),
        ("telegram", "77"),
        "the last address is the one to answer to"
    );
}

#[tokio::test]
async fn the_key_of_a_known_person_is_never_replaced() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    assert!(!person::create(&mut tx, a, b"another key", &address("a"), at(5)).await.unwrap());
    assert_eq!(person::get(&mut tx, a).await.unwrap().unwrap().key.as_deref(), Some(&b"key of a"[..]));
}

#[tokio::test]
async fn a_conversation_is_saved_only_over_the_version_that_was_read() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    assert_eq!(conversation::load(&mut tx, a).await.unwrap(), None);
    for (expected, state, saved) in
        [(1, "early", false), (0, "one", true), (0, "again", false), (1, "two", true), (1, "stale", false)]
    {
        let result = super::saved(&mut tx, a, state.as_bytes(), expected, false).await;
        assert_eq!(result, saved, "{state} over version {expected}");
    }
    assert_eq!(conversation::load(&mut tx, a).await.unwrap(), Some((b"two".to_vec(), 2)));
}

#[tokio::test]
async fn a_stretch_in_human_hands_begins_and_ends_once() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    conversation::human_started(&mut tx, a, "asked", at(1)).await.unwrap();
    conversation::human_started(&mut tx, a, "asked again", at(2)).await.unwrap();
    conversation::human_took(&mut tx, a, at(2)).await.unwrap();
    conversation::human_took(&mut tx, a, at(3)).await.unwrap();
    let waiting = conversation::waiting_for_human(&mut tx).await.unwrap();
    let taken = conversation::StretchRow {
        person: a,
        reason: "asked".into(),
        started_at: at(1),
        taken_at: Some(at(2)),
    };
    assert_eq!(waiting, [taken]);
    conversation::human_ended(&mut tx, a, at(3)).await.unwrap();
    assert_eq!(conversation::waiting_for_human(&mut tx).await.unwrap(), []);
    conversation::human_started(&mut tx, a, "later", at(4)).await.unwrap();
    assert_eq!(conversation::waiting_for_human(&mut tx).await.unwrap().len(), 1);
}

#[tokio::test]
async fn consent_is_kept_with_its_words() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    assert_eq!(consent::last(&mut tx, a).await.unwrap(), None);
    let yes = NewConsent {
        person: a,
        given: true,
        version: "1",
        locale: "ar",
        channel: "webchat",
        wording: "the words",
        at: at(1),
    };
    consent::put(&mut tx, &yes).await.unwrap();
    consent::put(&mut tx, &NewConsent { given: false, at: at(2), ..yes }).await.unwrap();
    let last = consent::last(&mut tx, a).await.unwrap().unwrap();
    assert_eq!((last.given, &*last.wording, last.at), (false, "the words", at(2)));
}

#[tokio::test]
async fn a_sealed_value_is_found_by_its_digest() {
    let (_folder, store) = fresh().await;
    let mut tx = store.begin().await.unwrap();
    let a = somebody(&mut tx, "a").await;
    let case = a_case(&mut tx, a, 1).await;
    for case in [None, None, Some(case), Some(case)] {
        blind::put(&mut tx, "national_id", "d1", a, case).await.unwrap();
    }
    assert_eq!(blind::find(&mut tx, "national_id", "d1").await.unwrap(), [(a, None), (a, Some(case))]);
    assert_eq!(blind::find(&mut tx, "phone", "d1").await.unwrap(), []);
    blind::put(&mut tx, "way", "d2", a, None).await.unwrap();
    blind::clear(&mut tx, "national_id", a).await.unwrap();
    assert_eq!(blind::find(&mut tx, "national_id", "d1").await.unwrap(), []);
    assert_eq!(blind::find(&mut tx, "way", "d2").await.unwrap(), [(a, None)], "of that kind only");
}

#[tokio::test]
async fn a_forgotten_persons_words_cannot_be_opened() {
    let (_folder, store) = fresh().await;
    let vault = Vault::from_bytes([7; 32]);
    let mut tx = store.begin().await.unwrap();
    let a = PersonId::of(&address("a"));
    let wrapped = vault.wrap_new_key(a).unwrap();
    person::create(&mut tx, a, &wrapped, &address("a"), at(0)).await.unwrap();
    let sealed = vault.person_key(a, &wrapped).unwrap().seal("conversation", b"words");
    assert!(saved(&mut tx, a, &sealed, 0, false).await);
    timer::arm(&mut tx, &[(a, "remind", at(9))]).await.unwrap();
    blind::put(&mut tx, "phone", "d", a, None).await.unwrap();
    heard(&mut tx, a, "m1").await.unwrap();
    said(&mut tx, a, "x", "reply", NewState::Queued).await;
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    erasure::forget(&mut tx, a, at(9)).await.unwrap();
    assert_eq!(person::get(&mut tx, a).await.unwrap().unwrap().key, None);
    assert_eq!(person::at(&mut tx, &address("a")).await.unwrap(), None);
    assert_eq!(conversation::load(&mut tx, a).await.unwrap(), None);
    assert_eq!(timer::next(&mut tx).await.unwrap(), None);
    assert_eq!(blind::find(&mut tx, "phone", "d").await.unwrap(), []);
    assert_eq!(inbox::waiting_count(&mut tx).await.unwrap(), 0);
    assert_eq!(outbox::queued_count(&mut tx).await.unwrap(), 0);

    let anew = vault.wrap_new_key(a).unwrap();
    assert!(
        !person::create(&mut tx, a, &anew, &address("a"), at(10)).await.unwrap(),
        "nobody is that person again"
    );
    let next = PersonId::after(&address("a"), 1);
    let anew = vault.wrap_new_key(next).unwrap();
    assert!(person::create(&mut tx, next, &anew, &address("a"), at(10)).await.unwrap());
    let known = person::at(&mut tx, &address("a")).await.unwrap().unwrap();
    let new_key = vault.person_key(known.id, &known.key.unwrap()).unwrap();
    assert!(matches!(new_key.open("conversation", &sealed), Err(VaultError::Sealed)));
    assert_eq!(heard(&mut tx, next, "m1").await, None, "a late repetition is still known");
    assert!(heard(&mut tx, next, "m2").await.is_some());
    tx.commit().await.unwrap();
    assert_eq!(outbox::after(&store, &address("a"), 0, 9).await.unwrap(), [], "of the one forgotten");
}

#[tokio::test]
async fn a_destroyed_key_is_not_left_in_the_file() {
    let (folder, store) = fresh().await;
    let in_file = |key: &[u8]| {
        let file = std::fs::read(folder.path().join("data/wasl.db")).unwrap();
        file.windows(key.len()).any(|bytes| bytes == key)
    };
    let mut tx = store.begin().await.unwrap();
    let long = |name: &str| name.repeat(20); // a wrapped key is longer than the row that is left
    let (a, _) = (somebody(&mut tx, &long("one ")).await, somebody(&mut tx, &long("two ")).await);
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    erasure::forget(&mut tx, a, at(9)).await.unwrap();
    tx.commit().await.unwrap();
    store.checkpoint().await.unwrap();
    let log = std::fs::metadata(folder.path().join("data/wasl.db-wal")).unwrap();
    assert_eq!(log.len(), 0, "nor beside it");
    assert!(!in_file(format!("key of {}", long("one ")).as_bytes()));
    assert!(in_file(format!("key of {}", long("two ")).as_bytes()), "the test looks in the right place");
}
