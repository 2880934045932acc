//! The staff's pages: rendered here, working without JavaScript, in the officer's language.
//!
//! Deny by default: [`session::recognise`] finds out who is signed in, and every handler but the login's and the
//! first access's takes a [`session::SignedIn`], without which nobody gets further than the login. What is done to
//! a case is said by [`step`] and done by [`crate::engine::Engine::act`]; the rules stand in [`crate::case`].

pub mod actions;
pub mod answers;
pub mod assets;
pub mod auth;
pub mod case_page;
pub mod client;
pub mod document;
pub mod erase;
pub mod errors;
pub mod filed;
pub mod find;
pub mod flash;
pub mod frame;
pub mod lockout;
pub mod password;
pub mod queue;
pub mod session;
pub mod shown;
pub mod staff;
pub mod step;
pub mod talk;

#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{any, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::engine::Engine;
use crate::store;

/// Nothing runs, nothing is loaded but our own style sheet and icon, nobody frames us.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
/// The largest posted form, in bytes: a check of a long form with its reasons.
const MAX_FORM: usize = 512 * 1024;

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the desk works with. Cheap to clone.
#[derive(Clone)]
pub struct DeskState {
    engine: Engine,
    passwords: password::Passwords,
    tries: client::Tries,
}

impl DeskState {
    /// A desk over an engine.
    pub fn new(engine: Engine) -> DeskState {
        DeskState { engine, passwords: password::Passwords::default(), tries: client::Tries::default() }
    }
}

/// The token of a one-time link for the first administrator, while nobody may enter the desk; `None` afterwards.
///
/// # Errors
/// When the store fails, or the system has no random bytes.
pub async fn first_invitation(engine: &Engine) -> Result<Option<String>, staff::InviteError> {
    let nobody = {
        let mut tx = engine.store().read().await?;
        store::staff::list(&mut tx).await?.iter().all(|row| row.disabled)
    };
    if !nobody {
        return Ok(None);
    }
    staff::invite_first(engine.store(), engine.now()).await.map(Some)
}

/// Everything under `/desk`.
pub fn router(state: DeskState) -> Router {
    let csrf = CsrfLayer::new();
    // A proxy may rewrite Host; the address that people come by is ours whatever it says.
    let csrf = csrf.clone().add_trusted_origin(state.engine.config().public_url()).unwrap_or(csrf);
    let limit = from_fn_with_state(state.clone(), client::limit);
    let login = post(auth::login).layer(limit.clone()).get(auth::login_page);
    let setup = post(auth::setup).layer(limit).get(auth::setup_page);
    let pages = Router::new()
        .route("/desk", get(queue::show))
        .route("/desk/", get(async || Redirect::permanent("/desk")))
        .route("/desk/login", login)
        .route("/desk/logout", post(auth::logout))
        .route("/desk/setup/{token}", setup)
        .route("/desk/case/{id}", get(case_page::show).post(actions::act))
        .route("/desk/document/{id}", get(document::download))
        .route("/desk/person/{id}", get(talk::show))
        .route("/desk/person/{id}/erase", get(erase::show).post(erase::act))
        .route("/desk/person/{id}/{what}", post(talk::act).get(talk::back))
        .route("/desk/task/{id}/done", post(queue::task_done))
        .route("/desk/filed", get(filed::show))
        .route("/desk/find", get(find::show).post(find::find))
        .route("/desk/{*rest}", any(errors::nowhere))
        .method_not_allowed_fallback(errors::wrong_method);
    let pages = guarded(pages, &state)
        .layer(csrf)
        .layer(header_layer(header::CACHE_CONTROL, "no-store"))
        .with_state(state);
    Router::new()
        .route("/desk/assets/{name}", get(assets::serve))
        .merge(pages)
        .layer(header_layer(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_layer(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header_layer(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        // With `no-referrer` browsers would send `Origin: null` from our own forms.
        .layer(header_layer(header::REFERRER_POLICY, "same-origin"))
}

/// What stands around every page, the outermost last: who is signed in, an end for what hangs or panics, and the
/// officer's language for whatever is answered.
fn guarded(pages: Router<DeskState>, state: &DeskState) -> Router<DeskState> {
    pages
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(from_fn_with_state(state.clone(), session::recognise))
        .layer(CatchPanicLayer::custom(errors::panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(from_fn_with_state(state.clone(), errors::dress))
        .layer(from_fn_with_state(state.clone(), frame::negotiate))
}

fn header_layer(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
