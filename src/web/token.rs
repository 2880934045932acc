//! A person's own secret of the web chat: 256 random bits, known to their browser alone. We keep its digest.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::channel::webchat;
use crate::message::{Address, ChannelId};

/// The secret, as 43 characters of base64url. It has no `Debug`, so that it cannot slip into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Draws a new one.
    pub fn draw() -> Result<Token, getrandom::Error> {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Token(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Reads one that a client shows; `None` for what cannot be one.
    pub fn read(text: &str) -> Option<Token> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Token(text.to_owned()))
    }

    /// As the client keeps it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The person's address: channel `webchat`, path the SHA-256 of the token in 64 hexadecimal digits.
    pub fn address(&self) -> Address {
        let mut path = String::with_capacity(64);
        for byte in Sha256::digest(self.0.as_bytes()) {
            // Writing into a String cannot fail.
            let _ = write!(path, "{byte:02x}");
        }
        Address { channel: ChannelId::new(webchat::NAME), path: path.into() }
    }
}

/// Draws a message id for a form that the server writes: 128 bits, 22 characters.
pub fn draw_message_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_token_is_read_again_and_has_its_own_address() {
        let (one, two) = (Token::draw().unwrap(), Token::draw().unwrap());
        assert_eq!(one.as_str().len(), 43);
        assert!(Token::read(one.as_str()) == Some(one.clone()));
        assert_ne!(one.address(), two.address());
        assert_eq!(one.address().path.len(), 64);
        assert!(!one.address().path.contains(one.as_str()));
    }

    #[test]
    fn the_address_is_the_digest_of_the_token() {
        let token = Token::read("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        // printf AAAA… | sha256sum
        assert_eq!(
            &*token.address().path,
            "0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a"
        );
    }

    #[test]
    fn what_cannot_be_a_token_is_none() {
        for text in ["", "x", "AAAA", &"A".repeat(44), &"A".repeat(42), "مفتاح", &"=".repeat(43)] {
            assert!(Token::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_drawn_message_id_is_one_that_clients_may_use() {
        assert!(webchat::is_id(&draw_message_id().unwrap()));
    }
}
