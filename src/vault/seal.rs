//! Sealing: XChaCha20-Poly1305 under keys that HKDF derives from one master key.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::key_file::{VaultError, read_or_make};
use crate::message::PersonId;

/// The first byte of everything sealed: which way it was sealed.
const FORMAT: u8 = 1;
const NONCE: usize = 24;

/// The master key's power, without the master key: a key derived for each use.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Vault {
    people: [u8; 32],
    blind: [u8; 32],
    tokens: [u8; 32],
    digest: [u8; 32],
    aside: [u8; 32],
    links: [u8; 32],
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Reads the master key from its file; makes folder, file and key when there is none (then the second value
    /// is true, and somebody should be told to back the file up).
    pub fn open(key_file: &Path) -> Result<(Vault, bool), VaultError> {
        let (master, made_now) = read_or_make(key_file)?;
        Ok((Vault::from_bytes(*master), made_now))
    }

    /// From a master key.
    pub fn from_bytes(master: [u8; 32]) -> Vault {
        let master = Zeroizing::new(master);
        let derive = |purpose: &str| {
            let mut key = [0; 32];
            Hkdf::<Sha256>::new(None, &*master)
                .expand(purpose.as_bytes(), &mut key)
                .expect("32 bytes are within what HKDF-SHA-256 can give (8160)");
            key
        };
        Vault {
            people: derive("person keys"),
            blind: derive("blind index"),
            tokens: derive("link tokens"),
            digest: derive("digest of the master key"),
            aside: derive("letters set aside"),
            links: derive("sealed links"),
        }
    }

    /// What tells this master key from any other (hex, 64 characters): derived from it, and of no use for opening
    /// anything.
    pub fn digest(&self) -> String {
        hex(&self.digest)
    }

    /// Seals what belongs to nobody we know: it may hold somebody's words all the same.
    pub fn seal_aside(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        seal(&self.aside, place, plain)
    }

    /// Opens what [`Vault::seal_aside`] sealed for that place.
    ///
    /// # Errors
    /// When it was sealed for another place or by another key.
    pub fn open_aside(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        open(&self.aside, place, sealed)
    }

    /// Draws a new key for a person and wraps it: only this is stored.
    pub fn wrap_new_key(&self, person: PersonId) -> Result<Vec<u8>, VaultError> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).map_err(|_| VaultError::Random)?;
        Ok(seal(&self.people, &wrap_place(person), &*key))
    }

    /// Unwraps a person's key.
    pub fn person_key(&self, person: PersonId, wrapped: &[u8]) -> Result<PersonKey, VaultError> {
        let bytes = Zeroizing::new(open(&self.people, &wrap_place(person), wrapped)?);
        let key = bytes.as_slice().try_into().map_err(|_| VaultError::Sealed)?;
        Ok(PersonKey(key))
    }

    /// A keyed digest (hex, 64 characters) by which an equal value of the same kind is found again.
    pub fn blind(&self, kind: &str, value: &str) -> String {
        hex(&keyed(&self.blind, &[kind, value]))
    }

    /// An id that stands for another of that kind where others read it: always the same, and only the master key leads
    /// from one to the other.
    pub fn pseudonym(&self, kind: &str, id: &str) -> Uuid {
        let digest = keyed(&self.blind, &["pseudonym", kind, id]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// A link's token (base64url, 22 characters, 128 bits): the same for the same purpose and id, and nobody
    /// without the master key can make it.
    pub fn token(&self, purpose: &str, id: &str) -> String {
        URL_SAFE_NO_PAD.encode(&keyed(&self.tokens, &[purpose, id])[..16])
    }

    /// A link's token that holds `plain` (base64url): nobody without the master key can read it or make one.
    pub fn seal_link(&self, purpose: &str, plain: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(seal(&self.links, purpose, plain))
    }

    /// What [`Vault::seal_link`] sealed for that purpose; `None` for what it did not make.
    pub fn open_link(&self, purpose: &str, token: &str) -> Option<Vec<u8>> {
        open(&self.links, purpose, &URL_SAFE_NO_PAD.decode(token).ok()?).ok()
    }
}

impl Vault {
    /// Forty bits that are always the same for a purpose and an id, and that nobody without the master key can make.
    pub fn code(&self, purpose: &str, id: &str) -> [u8; 5] {
        let digest = keyed(&self.tokens, &[purpose, id]);
        [digest[0], digest[1], digest[2], digest[3], digest[4]]
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn wrap_place(person: PersonId) -> String {
    format!("person/{person}/key")
}

/// A person's own key; wiped from memory when dropped.
#[derive(Clone, ZeroizeOnDrop)]
pub struct PersonKey([u8; 32]);

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey")
    }
}

impl PersonKey {
    /// Seals bytes for a place, such as `outbox/<id>`: elsewhere they do not open.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        seal(&self.0, place, plain)
    }

    /// Opens what was sealed for this person and this place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        open(&self.0, place, sealed)
    }
}

fn seal(key: &[u8; 32], place: &str, plain: &[u8]) -> Vec<u8> {
    let nonce = nonce(key, place, plain);
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place.as_bytes() })
        .expect("nothing in memory is as long as XChaCha20's limit (256 GiB)");
    let mut bytes = Vec::with_capacity(1 + NONCE + sealed.len());
    bytes.push(FORMAT);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&sealed);
    bytes
}

/// A nonce that never repeats: XChaCha20's is long enough to be drawn. Should the operating system ever give no random
/// bytes, it is a keyed digest of place and message: equal ones need both to be equal, and sealing cannot fail.
fn nonce(key: &[u8; 32], place: &str, plain: &[u8]) -> [u8; NONCE] {
    let mut drawn = [0; NONCE];
    match getrandom::fill(&mut drawn) {
        Ok(()) => drawn,
        Err(_) => digest(key, place, plain),
    }
}

fn digest(key: &[u8; 32], place: &str, plain: &[u8]) -> [u8; NONCE] {
    let mut mac = mac(key);
    mac.update(b"nonce");
    mac.update(&(place.len() as u64).to_be_bytes());
    mac.update(place.as_bytes());
    mac.update(plain);
    let digest = mac.finalize().into_bytes();
    let mut nonce = [0; NONCE];
    nonce.copy_from_slice(&digest[..NONCE]);
    nonce
}

fn open(key: &[u8; 32], place: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    let (format, rest) = sealed.split_first().ok_or(VaultError::Sealed)?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(VaultError::Sealed)?;
    if *format != FORMAT {
        return Err(VaultError::Sealed);
    }
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: place.as_bytes() })
        .map_err(|_| VaultError::Sealed)
}

fn mac(key: &[u8; 32]) -> Hmac<Sha256> {
    <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// HMAC-SHA-256 over parts, each preceded by its length.
fn keyed(key: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    let mut mac = mac(key);
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

/// A fresh secret: 256 random bits in base64url (43 characters).
pub fn random_token() -> Result<String, VaultError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| VaultError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
