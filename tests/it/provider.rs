//! What the tests' own providers have in common: state that is waited for, faults, and a listener that can hang up.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;
use tower::ServiceExt;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// State of which every change is noticed.
pub struct Watched<S> {
    state: Mutex<S>,
    /// Counts what happened.
    changes: watch::Sender<u64>,
}

impl<S> Watched<S> {
    pub fn new(state: S) -> Watched<S> {
        Watched { state: Mutex::new(state), changes: watch::Sender::new(0) }
    }

    /// Does something to the state, of which nobody needs to hear.
    pub fn quietly<T>(&self, act: impl FnOnce(&mut S) -> T) -> T {
        act(&mut self.state.lock().unwrap())
    }

    /// Wakes whoever waits for a change.
    pub fn wake(&self) {
        self.changes.send_modify(|n| *n += 1);
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Waits until `found` finds something; then that. The test fails with `else_say` if it does not in time.
    pub async fn until<T>(
        &self,
        mut found: impl FnMut(&mut S) -> Option<T>,
        else_say: impl FnOnce() -> String,
    ) -> T {
        let mut changes = self.changes();
        let search = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = self.quietly(&mut found) {
                    return found;
                }
                changes.changed().await.unwrap();
            }
        };
        match timeout(PATIENCE, search).await {
            Ok(found) => found,
            Err(_) => panic!("{}", else_say()),
        }
    }
}

/// What becomes of a call, on a test's wish.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// 500 in the provider's own words; nothing was done.
    Broken,
    /// 502 of a proxy, with a page of HTML; nothing was done.
    BadGateway,
    /// Too many calls: not before so many seconds, where a provider says how many; nothing was done.
    TooMany(u64),
    /// No answer ever comes; nothing was done.
    HangsBefore,
    /// No answer ever comes, though it was done.
    HangsAfter,
    /// The connection ends; nothing was done.
    CutBefore,
    /// The connection ends, though it was done.
    CutAfter,
}

/// An answer that is none: the connection ends.
#[derive(Clone)]
struct Cut;

impl Fault {
    /// Whether the call is done all the same.
    pub fn is_late(self) -> bool {
        matches!(self, Fault::HangsAfter | Fault::CutAfter)
    }

    /// What comes where the provider itself says nothing.
    pub async fn instead(self) -> Response {
        match self {
            // The client hangs up some time, which drops this.
            Fault::HangsBefore | Fault::HangsAfter => std::future::pending().await,
            Fault::CutBefore | Fault::CutAfter => {
                let mut nothing = Response::new(Body::empty());
                nothing.extensions_mut().insert(Cut);
                nothing
            }
            _ => {
                let page = "<html><head><title>502 Bad Gateway</title></head></html>";
                (StatusCode::BAD_GATEWAY, [(CONTENT_TYPE, "text/html")], page).into_response()
            }
        }
    }
}

/// Faults to come, each for the calls of one name or, as `*`, for any.
#[derive(Debug, Default)]
pub struct Faults {
    /// Each once.
    pub next: VecDeque<(String, Fault)>,
    /// Until it is taken away.
    pub lasting: Option<(String, Fault)>,
}

impl Faults {
    /// The fault of this call, if any.
    pub fn take(&mut self, call: &str) -> Option<Fault> {
        let meant = |named: &str| named == "*" || named == call;
        match self.next.iter().position(|(named, _)| meant(named)) {
            Some(at) => self.next.remove(at).map(|(_, fault)| fault),
            None => self.lasting.as_ref().filter(|(named, _)| meant(named)).map(|(_, fault)| *fault),
        }
    }
}

/// Serves until the test ends.
pub async fn serve(listener: TcpListener, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let router = router.clone();
            async move {
                let answer: Result<Response, Infallible> = router.oneshot(request.map(Body::new)).await;
                let Ok(answer) = answer;
                let cut = answer.extensions().get::<Cut>().is_some();
                if cut { Err(io::Error::other("cut")) } else { Ok(answer) }
            }
        });
        // A client that hangs up, or is hung up on: nobody is left to tell.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
