//! Coming in and going out: the first access by a one-time link, login, logout.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;

use super::DeskState;
use super::client::Client;
use super::errors::{Sent, plain};
use super::frame::{Asked, Frame, page};
use super::password::{MAX_CHARS, NotHashed, fit};
use super::session::{NoRandomness, SignedIn, cookie, digest, end_from, next_of, secret, sent};
use super::staff::{admit, cleaned, known, name_fits, role_of};
use super::{flash::Flash, lockout};
use crate::locale::Args;
use crate::message::StaffId;
use crate::store::{self, StoreError};

#[derive(Template)]
#[template(path = "desk-login.html")]
struct LoginPage<'a> {
    frame: Frame<'a>,
    next: &'a str,
    name: &'a str,
}

#[derive(Template)]
#[template(path = "desk-setup.html")]
struct SetupPage<'a> {
    frame: Frame<'a>,
    name: &'a str,
}

/// Why somebody does not come in; each has a message.
#[derive(Debug)]
enum NotIn {
    Wrong,
    Locked,
    Busy,
    Failed,
}

impl From<StoreError> for NotIn {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed at a login");
        NotIn::Failed
    }
}
impl From<NotHashed> for NotIn {
    fn from(not: NotHashed) -> Self {
        match not {
            NotHashed::Busy => NotIn::Busy,
            NotHashed::Failed => NotIn::Failed,
        }
    }
}
impl From<NoRandomness> for NotIn {
    fn from(_: NoRandomness) -> Self {
        NotIn::Failed
    }
}

impl NotIn {
    fn answer(&self) -> (StatusCode, &'static str) {
        match self {
            NotIn::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, "desk-login-wrong"),
            NotIn::Locked => (StatusCode::TOO_MANY_REQUESTS, "desk-login-locked"),
            NotIn::Busy => (StatusCode::SERVICE_UNAVAILABLE, "desk-login-busy"),
            NotIn::Failed => (StatusCode::SERVICE_UNAVAILABLE, "refused-store"),
        }
    }
}

/// Where a login leads.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// The login's fields.
#[derive(Deserialize)]
pub struct Login {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /desk/login`
pub async fn login_page(
    State(desk): State<DeskState>,
    asked: Asked,
    Query(wanted): Query<Wanted>,
) -> Response {
    let frame = Frame::new(&desk, &asked, None);
    page(StatusCode::OK, &LoginPage { frame, next: next_of(&wanted.next), name: "" })
}

/// `POST /desk/login`
pub async fn login(
    State(desk): State<DeskState>,
    asked: Asked,
    client: Client,
    Sent(fields): Sent<Login>,
) -> Response {
    let name = cleaned(&fields.name);
    match enter(&desk, &name, fields.password, client).await {
        Ok(secret) => come_in(&desk, &secret, next_of(&fields.next)),
        Err(not) => {
            let (status, key) = not.answer();
            let mut frame = Frame::new(&desk, &asked, None);
            frame.complain(key, false, &Args::none());
            page(status, &LoginPage { frame, next: next_of(&fields.next), name: &name })
        }
    }
}

/// Checks name and password, and opens a session: gives its secret. A name that nobody has costs the same time.
async fn enter(desk: &DeskState, name: &str, password: String, client: Client) -> Result<String, NotIn> {
    let (store, now) = (desk.engine.store(), desk.engine.now());
    let attempt = lockout::reserve(store, name, client, now).await?.ok_or(NotIn::Locked)?;
    let row = {
        let mut tx = store.read().await?;
        known(&mut tx, name).await?.filter(|row| !row.disabled)
    };
    // Longer ones cannot be right, and would only keep the machine busy.
    let phc = row.as_ref().map(|row| row.password_hash.clone());
    let phc = phc.filter(|_| password.chars().count() <= MAX_CHARS);
    let password = password.chars().take(MAX_CHARS).collect();
    let right = match desk.passwords.check(password, phc).await {
        Ok(right) => right,
        Err(not) => {
            // A password that nobody looked at was no guess.
            let mut tx = store.begin().await?;
            lockout::take_back(&mut tx, attempt).await?;
            tx.commit().await?;
            return Err(not.into());
        }
    };
    let row = row.filter(|_| right).ok_or(NotIn::Wrong)?;
    let mut tx = store.begin().await?;
    lockout::take_back(&mut tx, attempt).await?;
    let secret = open(desk, &mut tx, row.id).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Opens a session for `staff`, on the record; gives its secret.
async fn open(desk: &DeskState, tx: &mut store::Tx, staff: StaffId) -> Result<String, NotIn> {
    let (secret, now) = (secret()?, desk.engine.now());
    store::staff::open(tx, &digest(&secret), staff, now, end_from(now)).await?;
    store::audit::append(tx, &staff.to_string(), "staff.signed_in", "", now).await?;
    Ok(secret)
}

fn come_in(desk: &DeskState, secret: &str, to: &str) -> Response {
    with_cookie(Redirect::to(to), cookie(desk.engine.config().secure(), secret))
}

fn with_cookie(to: Redirect, cookie: HeaderValue) -> Response {
    let mut response = to.into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// `POST /desk/logout`
pub async fn logout(
    State(desk): State<DeskState>,
    asked: Asked,
    staff: SignedIn,
    jar: CookieJar,
) -> Response {
    let secure = desk.engine.config().secure();
    let closed = async {
        let mut tx = desk.engine.store().begin().await?;
        store::staff::close(&mut tx, &digest(sent(&jar, secure).unwrap_or_default())).await?;
        store::audit::append(&mut tx, &staff.0.id.to_string(), "staff.signed_out", "", desk.engine.now())
            .await?;
        tx.commit().await
    };
    if let Err(error) = closed.await {
        tracing::error!(%error, "a session could not be closed");
        return super::errors::failed(&desk, &asked, &staff);
    }
    let to = format!("/desk/login?say={}", Flash::SignedOut.key());
    with_cookie(Redirect::to(&to), cookie(secure, ""))
}

/// `GET /desk/setup/<token>`
pub async fn setup_page(State(desk): State<DeskState>, asked: Asked, Path(token): Path<String>) -> Response {
    let role = async {
        let mut tx = desk.engine.store().read().await?;
        store::staff::invited(&mut tx, &digest(&token), desk.engine.now()).await
    };
    match role.await {
        Ok(Some(_)) => {
            let frame = Frame::new(&desk, &asked, None);
            page(StatusCode::OK, &SetupPage { frame, name: "" })
        }
        Ok(None) => gone(&desk, &asked),
        Err(error) => {
            tracing::error!(%error, "an invitation could not be looked up");
            plain(&desk, &asked, None, StatusCode::SERVICE_UNAVAILABLE, "desk-broken")
        }
    }
}

fn gone(desk: &DeskState, asked: &Asked) -> Response {
    plain(desk, asked, None, StatusCode::GONE, "desk-setup-gone")
}

/// The fields of the first access.
#[derive(Deserialize)]
pub struct Setup {
    name: String,
    password: String,
    again: String,
}

/// Why an access was not made.
enum NotMade {
    Unfit(&'static str),
    Gone,
    NotIn(NotIn),
}

impl<E: Into<NotIn>> From<E> for NotMade {
    fn from(error: E) -> Self {
        NotMade::NotIn(error.into())
    }
}

/// `POST /desk/setup/<token>`: makes the access and signs in.
pub async fn setup(
    State(desk): State<DeskState>,
    asked: Asked,
    Path(token): Path<String>,
    Sent(fields): Sent<Setup>,
) -> Response {
    let name = cleaned(&fields.name);
    let (status, key) = match make(&desk, &token, &name, &fields).await {
        Ok(secret) => {
            return come_in(&desk, &secret, &format!("/desk?say={}", Flash::Welcome.key()));
        }
        Err(NotMade::Gone) => return gone(&desk, &asked),
        Err(NotMade::Unfit(key)) => (StatusCode::UNPROCESSABLE_ENTITY, key),
        Err(NotMade::NotIn(not)) => not.answer(),
    };
    let mut frame = Frame::new(&desk, &asked, None);
    frame.complain(key, false, &Args::none());
    page(status, &SetupPage { frame, name: &name })
}

/// Uses the invitation up and makes the access, both or neither.
async fn make(desk: &DeskState, token: &str, name: &str, fields: &Setup) -> Result<String, NotMade> {
    let (store, now, token) = (desk.engine.store(), desk.engine.now(), digest(token));
    // Looked at before the hashing: without a link nobody makes the machine work.
    let role = {
        let mut tx = store.read().await?;
        store::staff::invited(&mut tx, &token, now).await?
    };
    let role = role.as_deref().and_then(role_of).ok_or(NotMade::Gone)?;
    if !name_fits(name) {
        return Err(NotMade::Unfit("desk-name-unfit"));
    }
    fit(name, &fields.password, &fields.again).map_err(|unfit| NotMade::Unfit(unfit.key()))?;
    let hash = desk.passwords.hash(fields.password.clone()).await?;
    let mut tx = store.begin().await?;
    if !store::staff::used(&mut tx, &token, now).await? {
        return Err(NotMade::Gone);
    }
    let id = admit(&mut tx, name, &hash, role, now).await?;
    let id = id.ok_or(NotMade::Unfit("desk-name-taken"))?;
    let secret = open(desk, &mut tx, id).await?;
    tx.commit().await?;
    Ok(secret)
}
