//! Keys, seals, digests, papers.

use std::sync::Arc;

use uuid::Uuid;

use super::*;
use crate::message::{DocumentId, PersonId};

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn key(vault: &Vault, n: u128) -> PersonKey {
    vault.person_key(person(n), &vault.wrap_new_key(person(n)).unwrap()).unwrap()
}

#[test]
fn sealed_bytes_open_only_at_their_place_with_their_key() {
    let vault = Vault::from_bytes([1; 32]);
    let mine = key(&vault, 1);
    let sealed = mine.seal("outbox/1", b"words");
    assert_eq!(mine.open("outbox/1", &sealed).unwrap(), b"words");
    assert!(matches!(mine.open("outbox/2", &sealed), Err(VaultError::Sealed)), "another place");
    assert!(matches!(key(&vault, 2).open("outbox/1", &sealed), Err(VaultError::Sealed)), "another person");
    assert_eq!(sealed.len(), 1 + 24 + 5 + 16);
    assert_ne!(sealed, mine.seal("outbox/1", b"words"), "a new nonce each time");
    assert_eq!(mine.open("empty", &mine.seal("empty", b"")).unwrap(), b"");
}

#[test]
fn a_change_anywhere_is_found() {
    let mine = key(&Vault::from_bytes([1; 32]), 1);
    let sealed = mine.seal("p", b"words");
    for i in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[i] ^= 1;
        assert!(mine.open("p", &changed).is_err(), "byte {i}");
        assert!(mine.open("p", &sealed[..i]).is_err(), "cut to {i}");
    }
}

#[test]
fn a_wrapped_key_is_bound_to_its_person_and_master() {
    let vault = Vault::from_bytes([1; 32]);
    let wrapped = vault.wrap_new_key(person(1)).unwrap();
    let sealed = vault.person_key(person(1), &wrapped).unwrap().seal("p", b"x");
    assert_eq!(vault.person_key(person(1), &wrapped).unwrap().open("p", &sealed).unwrap(), b"x");
    assert!(vault.person_key(person(2), &wrapped).is_err());
    assert!(Vault::from_bytes([2; 32]).person_key(person(1), &wrapped).is_err());
    assert_ne!(wrapped, vault.wrap_new_key(person(1)).unwrap());
}

#[test]
fn a_master_key_is_told_from_any_other() {
    let digest = Vault::from_bytes([1; 32]).digest();
    assert_eq!(digest, Vault::from_bytes([1; 32]).digest());
    assert_eq!(digest.len(), 64);
    assert_ne!(digest, Vault::from_bytes([2; 32]).digest());
    assert!(!digest.contains(&"01".repeat(32)), "it is not the key");
}

#[test]
fn digests_and_tokens_are_stable_and_separate() {
    let vault = Vault::from_bytes([1; 32]);
    let digest = vault.blind("phone", "+966500000000");
    assert_eq!(digest, vault.blind("phone", "+966500000000"));
    assert_eq!(digest.len(), 64);
    assert_ne!(digest, vault.blind("national_id", "+966500000000"));
    assert_ne!(vault.blind("a", "bc"), vault.blind("ab", "c"));
    assert_ne!(digest, Vault::from_bytes([2; 32]).blind("phone", "+966500000000"));
    let stands_for = vault.pseudonym("survey", "session");
    assert_eq!(stands_for, vault.pseudonym("survey", "session"));
    assert_ne!(stands_for, Vault::from_bytes([2; 32]).pseudonym("survey", "session"));
    let token = vault.token("status", "case");
    assert_eq!((token.len(), &token), (22, &vault.token("status", "case")));
    assert_ne!(token, vault.token("upload", "case"));
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    assert_eq!(random_token().unwrap().len(), 43);
    assert_ne!(random_token().unwrap(), random_token().unwrap());
}

#[test]
fn nothing_secret_is_printed() {
    let vault = Vault::from_bytes([1; 32]);
    assert_eq!(format!("{vault:?} {:?}", key(&vault, 1)), "Vault PersonKey");
}

#[test]
fn the_key_file_is_made_once_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/vault.key");
    let (first, made_now) = Vault::open(&path).unwrap();
    assert!(made_now);
    let (second, made_now) = Vault::open(&path).unwrap();
    assert!(!made_now);
    assert_eq!(first.blind("k", "v"), second.blind("k", "v"));
    let (other, _) = Vault::open(&folder.path().join("other.key")).unwrap();
    assert_ne!(first.blind("k", "v"), other.blind("k", "v"));
    for (content, why) in [("", "empty"), ("c2hvcnQ", "short"), ("not base64url!", "not base64")] {
        std::fs::write(&path, content).unwrap();
        assert!(matches!(Vault::open(&path), Err(VaultError::NotAKey { .. })), "{why}");
    }
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.key");
    Vault::open(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for (mode, taken) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o620, false)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let result = Vault::open(&path);
        assert_eq!(result.is_ok(), taken, "{mode:o}");
        if let Err(refusal) = result {
            assert!(refusal.to_string().contains("run: chmod 600 "), "{refusal}");
        }
    }
}

#[tokio::test]
async fn papers_are_kept_under_names_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let documents = Documents::local(&folder.path().join("papers")).unwrap();
    kept_and_deleted(&documents).await;
    let id = DocumentId(Uuid::from_u128(0xabcd << 112 | 5));
    let key = documents.put(id, b"sealed".to_vec()).await.unwrap();
    assert_eq!(key, "ab/cd/abcd0000000000000000000000000005");
    assert_eq!(std::fs::read(folder.path().join("papers").join(&key)).unwrap(), b"sealed");
}

#[tokio::test]
async fn papers_are_kept_in_other_stores_too() {
    kept_and_deleted(&Documents::on(Arc::new(object_store::memory::InMemory::new()))).await;
}

async fn kept_and_deleted(documents: &Documents) {
    let id = DocumentId(Uuid::from_u128(1));
    let key = documents.put(id, b"sealed".to_vec()).await.unwrap();
    assert_eq!(&documents.get(&key).await.unwrap()[..], b"sealed");
    documents.put(id, b"sealed again".to_vec()).await.unwrap();
    assert_eq!(&documents.get(&key).await.unwrap()[..], b"sealed again");
    documents.delete(&key).await.unwrap();
    documents.delete(&key).await.unwrap();
    assert!(matches!(documents.get(&key).await, Err(DocumentError::Missing)));
}
