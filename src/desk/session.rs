//! Who is signed in: an opaque cookie, its digest in the store.

use std::fmt::Write;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::DeskState;
use super::frame::Asked;
use super::staff::role_of;
use crate::engine::Staff;
use crate::store::{self, StoreError};
use crate::time::Timestamp;

/// How long a session lives after it was last used.
pub const HOURS: i64 = 12;
/// It is renewed when less than this is left: not at every click, because each renewal is a commit.
const RENEW_BELOW_HOURS: i64 = 11;

/// The system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandomness;

/// A fresh secret of 256 bits, as 43 characters that fit into a cookie and an address.
pub fn secret() -> Result<String, NoRandomness> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// SHA-256 of a secret or a name, as 64 hex digits: what the store keeps in place of it.
pub fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The end of a session that is used at `now`.
pub fn end_from(now: Timestamp) -> Timestamp {
    now.plus(chrono::Duration::hours(HOURS))
}

/// The member of staff who is signed in. Every handler that takes one is closed to everybody else.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Staff);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let found = parts.extensions.get::<SignedIn>().cloned();
        found.ok_or_else(|| to_login(&parts.method, parts.uri.path()).into_response())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Asked>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// To the login, and back to the page afterwards when it was only read.
fn to_login(method: &Method, path: &str) -> Redirect {
    if *method == Method::GET && path != "/desk" && next_of(path) == path {
        Redirect::to(&format!("/desk/login?next={path}"))
    } else {
        Redirect::to("/desk/login")
    }
}

/// Where to go after the login: a page of the desk and nothing else, whatever the address said.
pub fn next_of(wanted: &str) -> &str {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'/' || b == b'-';
    let ours = wanted.starts_with("/desk/") && !wanted.contains("//") && !wanted.starts_with("/desk/login");
    if ours && wanted.bytes().all(plain) { wanted } else { "/desk" }
}

/// The cookie's name. `__Host-` makes browsers refuse one that another host or plain http has set.
fn name(secure: bool) -> &'static str {
    if secure { "__Host-wasl_desk" } else { "wasl_desk" }
}

/// The cookie that carries `secret`; an empty one ends the session in the browser.
pub fn cookie(secure: bool, secret: &str) -> HeaderValue {
    // `__Host-` demands the path `/`; without it the cookie stays under the desk.
    let rest = if secure { "Path=/; Secure" } else { "Path=/desk" };
    let seconds = if secret.is_empty() { 0 } else { HOURS * 3600 };
    let cookie = format!("{}={secret}; Max-Age={seconds}; HttpOnly; SameSite=Lax; {rest}", name(secure));
    // Made of our own ASCII only; an empty header sets nothing.
    HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
}

/// The secret that the browser sent.
pub fn sent(jar: &CookieJar, secure: bool) -> Option<&str> {
    jar.get(name(secure)).map(Cookie::value).filter(|secret| !secret.is_empty())
}

/// Finds out who is signed in, and keeps a used session alive.
pub async fn recognise(
    State(desk): State<DeskState>,
    jar: CookieJar,
    mut request: Request,
    next: Next,
) -> Response {
    let secure = desk.engine.config().secure();
    let Some(secret) = sent(&jar, secure) else { return next.run(request).await };
    let found = match lookup(&desk, secret).await {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(%error, "a session could not be looked up");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let Some((staff, renewed)) = found else { return next.run(request).await };
    request.extensions_mut().insert(SignedIn(staff));
    let mut response = next.run(request).await;
    // A handler that set a cookie itself (login, logout) knows better.
    if renewed && !response.headers().contains_key(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie(secure, secret));
    }
    response
}

async fn lookup(desk: &DeskState, secret: &str) -> Result<Option<(Staff, bool)>, StoreError> {
    let (now, hash) = (desk.engine.now(), digest(secret));
    let mut tx = desk.engine.store().read().await?;
    let Some(row) = store::staff::session(&mut tx, &hash, now).await? else { return Ok(None) };
    let ends = store::desk::session_ends(&mut tx, &hash).await?;
    drop(tx);
    let Some(role) = role_of(&row.role) else { return Ok(None) };
    let left = ends.map(|ends| ends.since(now));
    let renew = left.is_some_and(|left| left < chrono::Duration::hours(RENEW_BELOW_HOURS));
    if renew {
        let mut tx = desk.engine.store().begin().await?;
        store::desk::renew(&mut tx, &hash, end_from(now)).await?;
        tx.commit().await?;
    }
    Ok(Some((Staff { id: row.id, name: row.name, role }, renew)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_login_only_pages_of_the_desk_are_reached() {
        fn check(wanted: &str, expected: &str) {
            assert_eq!(next_of(wanted), expected, "{wanted}");
        }
        check("/desk/filed", "/desk/filed");
        check("/desk/case/0b9f-1", "/desk/case/0b9f-1");
        for elsewhere in [
            "",
            "/",
            "https://evil.example/desk/",
            "//evil.example",
            "/desk//evil",
            "/desk/\\evil",
            "/desk/login",
            "/desk/x?y",
        ] {
            check(elsewhere, "/desk");
        }
    }

    #[test]
    fn the_cookie_is_closed_to_scripts_and_other_sites() {
        let plain = cookie(false, "abc").to_str().unwrap().to_owned();
        assert_eq!(plain, "wasl_desk=abc; Max-Age=43200; HttpOnly; SameSite=Lax; Path=/desk");
        let secure = cookie(true, "abc").to_str().unwrap().to_owned();
        assert_eq!(secure, "__Host-wasl_desk=abc; Max-Age=43200; HttpOnly; SameSite=Lax; Path=/; Secure");
        assert!(cookie(true, "").to_str().unwrap().contains("Max-Age=0"));
    }

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (one, two) = (secret().unwrap(), secret().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, two);
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
