//! Who asks: the holder of a chat's secret, shown as a bearer token (the API) or in a cookie (plain forms).

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::CookieJar;

use super::WebState;
use super::errors::Problem;
use super::token::Token;
use crate::message::{Address, Body, Inbound};

/// How many addresses are remembered as known before the memory starts anew.
const MAX_KNOWN: usize = 20_000;

/// How long a browser keeps the cookie of a chat that is not looked at: the longest that browsers allow. Drafts and
/// requests have clocks of their own.
const COOKIE_DAYS: u64 = 400;

/// Somebody whose chat was opened before.
#[derive(Debug, Clone)]
pub struct Person {
    /// Where they are.
    pub address: Address,
}

impl FromRequestParts<WebState> for Person {
    type Rejection = Problem;

    /// By `Authorization: Bearer <token>`.
    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or(Problem::NoSession)?;
        Person::of(state, &token).await
    }
}

impl Person {
    /// The holder of `token`; [`Problem::NoSession`] if no chat was ever opened with it.
    pub async fn of(state: &WebState, token: &Token) -> Result<Person, Problem> {
        let address = token.address();
        let known = &state.0.known;
        if !known.has(&address) {
            if !state.engine().knows(&address).await? {
                return Err(Problem::NoSession);
            }
            known.add(&address);
        }
        Ok(Person { address })
    }

    /// What they said, as the engine hears it. `id` is the client's, unique among the person's messages.
    pub fn says(&self, state: &WebState, id: &str, body: Body) -> Inbound {
        Inbound {
            from: self.address.clone(),
            external_id: format!("{}:{id}", self.address.path).into(),
            sent_at: state.engine().now(),
            body,
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Token::read(token.trim()))?
}

/// The addresses whose chat is known to be open, so that not every request asks the store.
#[derive(Default)]
pub struct Known(Mutex<HashSet<Box<str>>>);

impl Known {
    fn has(&self, address: &Address) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&address.path)
    }

    /// Remembers one.
    pub fn add(&self, address: &Address) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(address.path.clone());
    }
}

/// The name of the cookie of the plain chat: bound to this very host when people come by https.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-wasl-chat" } else { "wasl-chat" }
}

/// The token in the cookie, if there is one.
pub fn in_cookie(headers: &HeaderMap, secure: bool) -> Option<Token> {
    CookieJar::from_headers(headers).get(cookie_name(secure)).and_then(|cookie| Token::read(cookie.value()))
}

/// Sets the cookie that keeps `token`; it is set anew whenever the chat is opened or spoken in.
pub fn set_cookie(headers: &mut HeaderMap, token: &Token, secure: bool) {
    write_cookie(headers, token.as_str(), secure, COOKIE_DAYS * 86_400);
}

/// Takes the cookie back.
pub fn clear_cookie(headers: &mut HeaderMap, secure: bool) {
    write_cookie(headers, "", secure, 0);
}

fn write_cookie(headers: &mut HeaderMap, value: &str, secure: bool, seconds: u64) {
    let name = cookie_name(secure);
    let mark = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{mark}");
    // A token is base64url: it always fits into a header.
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.append(SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_bearer_token_is_read_and_nothing_else() {
        let token = Token::draw().unwrap();
        let shown = |text: String| bearer(&headers("authorization", &text)).is_some();
        assert!(shown(format!("Bearer {}", token.as_str())));
        assert!(shown(format!("bearer  {}", token.as_str())));
        assert!(!shown(format!("Basic {}", token.as_str())));
        assert!(!shown(token.as_str().to_owned()));
        assert!(!shown("Bearer ".to_owned()));
        assert!(!shown(format!("Bearer {}x", token.as_str())));
    }

    #[test]
    fn the_cookie_is_for_this_host_and_for_no_script() {
        let token = Token::draw().unwrap();
        let written = |secure| {
            let mut headers = HeaderMap::new();
            set_cookie(&mut headers, &token, secure);
            headers[SET_COOKIE].to_str().unwrap().to_owned()
        };
        let text = written(true);
        assert!(text.starts_with("__Host-wasl-chat="), "name");
        for needed in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=34560000"] {
            assert!(text.contains(needed), "{needed}");
        }
        assert!(!text.contains("Domain"));
        let plain = written(false);
        assert!(plain.starts_with("wasl-chat=") && !plain.contains("Secure"));
        let back = in_cookie(&headers("cookie", &format!("a=b; wasl-chat={}", token.as_str())), false);
        assert!(back == Some(token.clone()));
        assert!(in_cookie(&headers("cookie", &format!("wasl-chat={}", token.as_str())), true).is_none());
    }
}
