//! The desk as a browser meets it: through the real router, over a real store.

mod pages;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use tower::ServiceExt;

use super::{DeskState, first_invitation, router};
use crate::case::Role;
use crate::config::Config;
use crate::engine::{Engine, Parts};
use crate::form::Shelf;
use crate::locale::Catalogue;
use crate::message::{Address, CaseId, ChannelId, PersonId, derive_id, reference_of};
use crate::store::task::TaskKind;
use crate::store::{self, Store};
use crate::time::{ManualClock, Timestamp};
use crate::vault::{Documents, Vault};

const PASSWORD: &str = "a long enough sentence";

/// A desk with its store in a folder of its own, and what the browser remembers.
pub(super) struct Browser {
    pub(super) engine: Engine,
    pages: Router,
    clock: Arc<ManualClock>,
    cookie: String,
    /// The last byte of the client's address.
    host: u8,
    _folder: tempfile::TempDir,
}

struct Page {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: String,
}

impl Page {
    fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap())
    }
    #[track_caller]
    fn expect(&self, status: StatusCode, parts: &[&str]) -> &Self {
        assert_eq!(self.status, status, "{}", self.body);
        for part in parts {
            assert!(self.body.contains(part), "{part:?} is not in\n{}", self.body);
        }
        self
    }
}

impl Browser {
    pub(super) async fn open(settings: &str) -> Browser {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::from_toml(settings).unwrap();
        let words = Catalogue::shipped(&config.association.default_locale).unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::parse("2026-11-22T10:00:00Z").unwrap()));
        let url = format!("sqlite://{}", folder.path().join("desk.db").display());
        let store = Store::open(&url).await.unwrap();
        let (vault, _) = Vault::open(&folder.path().join("vault.key")).unwrap();
        let documents = Documents::local(&folder.path().join("documents")).unwrap();
        let (shelf, channels) = (Shelf::default(), Vec::new());
        let parts = Parts { config, words, shelf, clock: clock.clone(), store, vault, documents, channels };
        let engine = Engine::start(parts).await.unwrap();
        let pages = router(DeskState::new(engine.clone()));
        Browser { engine, pages, clock, cookie: String::new(), host: 1, _folder: folder }
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Page {
        let peer = std::net::SocketAddr::from(([192, 0, 2, self.host], 1));
        let request = request
            .extension(axum::extract::ConnectInfo(peer))
            .header(header::COOKIE, &self.cookie)
            .header(header::HOST, "127.0.0.1:8080");
        let response: Response =
            self.pages.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            if pair.contains("wasl_desk=") {
                self.cookie = pair.to_owned();
            }
        }
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(bytes.into()).unwrap();
        // Inserted values are isolated; the sentences are looked for without the marks.
        let body = body.replace(['\u{2068}', '\u{2069}'], "");
        Page { status: parts.status, headers: parts.headers, body }
    }
    async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), String::new()).await
    }
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from(path, "same-origin", fields).await
    }
    async fn post_from(&mut self, path: &str, site: &str, fields: &[(&str, &str)]) -> Page {
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let pairs = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site);
        self.send(request, pairs.collect::<Vec<_>>().join("&")).await
    }
    /// Staff of that role, signed in by a new link.
    async fn join(&mut self, name: &str, role: Role) -> Page {
        let token = super::staff::invite(self.engine.store(), role, self.engine.now()).await.unwrap();
        let fields = [("name", name), ("password", PASSWORD), ("again", PASSWORD)];
        self.post(&format!("/desk/setup/{token}"), &fields).await
    }
    async fn sign_up(&mut self) -> Page {
        let token = first_invitation(&self.engine).await.unwrap().unwrap();
        let fields = [("name", "Mona"), ("password", PASSWORD), ("again", PASSWORD)];
        self.post(&format!("/desk/setup/{token}"), &fields).await
    }
    async fn log_in(&mut self, name: &str, password: &str) -> Page {
        self.post("/desk/login", &[("name", name), ("password", password), ("next", "/desk/filed")]).await
    }
    /// A request that stands in the store as somebody handed it in.
    async fn case(&self, service: &str, status: &str) -> CaseId {
        let (now, id) = (self.engine.now(), CaseId(derive_id(&["case", service])));
        let address = Address { channel: ChannelId::new("webchat"), path: service.into() };
        let mut tx = self.engine.store().begin().await.unwrap();
        let person = PersonId::of(&address);
        let (vault, _) = Vault::open(&self._folder.path().join("vault.key")).unwrap();
        let key = vault.wrap_new_key(person).unwrap();
        store::person::create(&mut tx, person, &key, &address, now).await.unwrap();
        let new = store::case::NewCase {
            id,
            person,
            reference: &reference_of(id),
            status_token: &id.to_string(),
            service,
            form_id: "support-request",
            form_hash: "",
            source_channel: "website",
            entered_by: "person",
            locale: "en",
            consent_version: "1",
            status,
            submitted_at: now.plus(-chrono::Duration::days(3)),
            answer_from: now.plus_days(11).utc().date_naive(),
            next_due: Some(now.plus(-chrono::Duration::days(2))),
            signature: b"",
            signature_hash: "",
            at: now,
        };
        store::case::create(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }
}

#[tokio::test]
async fn the_first_link_makes_the_administrator_once() {
    let mut browser = Browser::open("").await;
    let token = first_invitation(&browser.engine).await.unwrap().unwrap();
    let link = format!("/desk/setup/{token}");
    browser.get(&link).await.expect(StatusCode::OK, &["name=\"again\""]);
    let fields = [("name", "Mona"), ("password", "too short"), ("again", "too short")];
    browser
        .post(&link, &fields)
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY, &["role=\"alert\"", "value=\"Mona\""]);
    let fields = [("name", " Mona "), ("password", PASSWORD), ("again", PASSWORD)];
    let made = browser.post(&link, &fields).await;
    assert_eq!((made.status, made.location()), (StatusCode::SEE_OTHER, "/desk?say=desk-done-welcome"));
    browser
        .get("/desk?lang=en&say=desk-done-welcome")
        .await
        .expect(StatusCode::OK, &["Welcome. Your access is ready.", "<bdi>Mona</bdi>"]);
    browser.get(&link).await.expect(StatusCode::GONE, &[]);
    let fields = [("name", "Eve"), ("password", PASSWORD), ("again", PASSWORD)];
    browser.post(&link, &fields).await.expect(StatusCode::GONE, &[]);
    assert_eq!(first_invitation(&browser.engine).await.unwrap(), None);
    let everybody = super::staff::list(browser.engine.store()).await.unwrap();
    assert_eq!(
        everybody.iter().map(|row| (&*row.name, &*row.role)).collect::<Vec<_>>(),
        [("Mona", "administrator")]
    );
}

#[tokio::test]
async fn a_link_ends_after_a_day() {
    let mut browser = Browser::open("").await;
    let token = first_invitation(&browser.engine).await.unwrap().unwrap();
    browser.clock.advance(chrono::Duration::hours(24));
    browser.get(&format!("/desk/setup/{token}")).await.expect(StatusCode::GONE, &[]);
    browser.get("/desk/setup/guessed").await.expect(StatusCode::GONE, &[]);
}

#[tokio::test]
async fn the_first_link_is_void_once_another_is_printed_or_somebody_came_in() {
    let mut browser = Browser::open("").await;
    let first = first_invitation(&browser.engine).await.unwrap().unwrap();
    let second = first_invitation(&browser.engine).await.unwrap().unwrap();
    browser.get(&format!("/desk/setup/{first}")).await.expect(StatusCode::GONE, &[]);
    browser.get(&format!("/desk/setup/{second}")).await.expect(StatusCode::OK, &[]);
    let colleague = super::staff::invite(browser.engine.store(), Role::Officer, browser.engine.now()).await;
    browser.join("Amina", Role::Officer).await;
    browser.get(&format!("/desk/setup/{second}")).await.expect(StatusCode::GONE, &[]);
    browser.get(&format!("/desk/setup/{}", colleague.unwrap())).await.expect(StatusCode::OK, &[]);
}

#[tokio::test]
async fn a_name_that_reads_like_a_colleagues_is_theirs() {
    let mut browser = Browser::open("").await;
    for (name, alike) in [("Mona", "mona"), ("Zoé", "Zoe\u{301}"), ("أحمد", "أَحمد")] {
        assert_eq!(browser.join(name, Role::Officer).await.status, StatusCode::SEE_OTHER);
        let taken = browser.join(alike, Role::Officer).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY, "{alike}");
        assert_eq!(browser.log_in(alike, PASSWORD).await.status, StatusCode::SEE_OTHER, "{alike} comes in");
        browser.get("/desk").await.expect(StatusCode::OK, &[&format!("<bdi>{name}</bdi>")]);
    }
    let everybody = super::staff::list(browser.engine.store()).await.unwrap();
    assert_eq!(everybody.len(), 3);
}

#[tokio::test]
async fn tasks_that_ask_for_the_same_are_one_and_more_than_a_page_are_counted() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    let id = browser.case("edu", "submitted").await;
    let mut tx = browser.engine.store().begin().await.unwrap();
    let person = store::case::get(&mut tx, id).await.unwrap().unwrap().person;
    let now = browser.engine.now();
    for _ in 0..3 {
        store::task::put_once(&mut tx, TaskKind::PersonWanted, person, "asked", now).await.unwrap();
        store::task::put_once(&mut tx, TaskKind::Erasure, person, "", now).await.unwrap();
    }
    assert_eq!(store::task::open_count(&mut tx, true).await.unwrap(), 2);
    store::task::settle(&mut tx, TaskKind::PersonWanted, person, now).await.unwrap();
    for _ in 0..120 {
        store::task::put(&mut tx, TaskKind::Parked, None, None, "", now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let page = browser.get("/desk?lang=en").await;
    page.expect(StatusCode::OK, &["These are the oldest 100 of 121."]);
    assert_eq!(page.body.matches("/done\"").count(), 100);
}

#[tokio::test]
async fn nobody_gets_further_than_the_login() {
    let mut browser = Browser::open("").await;
    let id = CaseId(derive_id(&["x"]));
    for (path, to) in [
        ("/desk".to_owned(), "/desk/login".to_owned()),
        ("/desk/filed".into(), "/desk/login?next=/desk/filed".into()),
        (format!("/desk/case/{id}"), format!("/desk/login?next=/desk/case/{id}")),
        (format!("/desk/document/{id}"), format!("/desk/login?next=/desk/document/{id}")),
        (format!("/desk/person/{id}"), format!("/desk/login?next=/desk/person/{id}")),
        ("/desk/anything/else".into(), "/desk/login?next=/desk/anything/else".into()),
    ] {
        let page = browser.get(&path).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, &*to), "{path}");
    }
    for path in [
        format!("/desk/case/{id}"),
        format!("/desk/person/{id}/say"),
        "/desk/task/1/done".into(),
        "/desk/logout".into(),
    ] {
        let page = browser.post(&path, &[("do", "accept"), ("text", "x")]).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/desk/login"), "{path}");
    }
    browser.cookie = "wasl_desk=guessed".into();
    assert_eq!(browser.get("/desk").await.location(), "/desk/login");
}

#[tokio::test]
async fn in_and_out_again() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    let first = browser.cookie.clone();
    browser.post("/desk/logout", &[]).await;
    browser.cookie = first.clone();
    assert_eq!(browser.get("/desk").await.location(), "/desk/login", "the session ended in the store too");
    let page = browser.log_in("Mona", PASSWORD).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/desk/filed"));
    assert_ne!(browser.cookie, first);
    browser.get("/desk/case/none").await.expect(StatusCode::NOT_FOUND, &[]);
    browser.get("/desk/nowhere/at/all").await.expect(StatusCode::NOT_FOUND, &[]);
    super::staff::disable(browser.engine.store(), "Mona", browser.engine.now()).await.unwrap();
    assert_eq!(browser.get("/desk").await.location(), "/desk/login", "disabled at once");
    browser.log_in("Mona", PASSWORD).await.expect(StatusCode::UNPROCESSABLE_ENTITY, &[]);
}

#[tokio::test]
async fn a_session_lives_twelve_hours_after_its_last_use() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    browser.clock.advance(chrono::Duration::minutes(59));
    assert!(
        !browser.get("/desk").await.headers.contains_key(header::SET_COOKIE),
        "not renewed at every click"
    );
    browser.clock.advance(chrono::Duration::hours(10));
    assert!(browser.get("/desk").await.headers.contains_key(header::SET_COOKIE));
    browser.clock.advance(chrono::Duration::hours(11));
    browser.get("/desk").await.expect(StatusCode::OK, &[]);
    browser.clock.advance(chrono::Duration::hours(12));
    assert_eq!(browser.get("/desk").await.location(), "/desk/login");
}

#[tokio::test]
async fn a_name_is_closed_after_ten_failures_known_or_not() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    let mut answers = Vec::new();
    for name in ["Mona", "Nobody"] {
        browser.host += 1;
        for _ in 0..10 {
            let page = browser.log_in(name, "a wrong long sentence").await;
            answers.push((page.status, page.body.replace(name, "")));
        }
        browser.log_in(name, PASSWORD).await.expect(StatusCode::TOO_MANY_REQUESTS, &[]);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "the answer tells who exists");
    browser.clock.advance(chrono::Duration::minutes(16));
    assert_eq!(browser.log_in("Mona", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn other_sites_cannot_press_our_buttons() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    browser.post_from("/desk/logout", "cross-site", &[]).await.expect(StatusCode::FORBIDDEN, &[]);
    browser.get("/desk").await.expect(StatusCode::OK, &[]);
}

#[tokio::test]
async fn the_list_reads_in_both_directions_and_escapes_what_people_wrote() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    let id = browser.case("<script>alert(1)</script>\u{202E}", "submitted").await;
    let english = browser.get("/desk?lang=en").await;
    english.expect(
        StatusCode::OK,
        &[
            "<html lang=\"en\" dir=\"ltr\">",
            &reference_of(id),
            "&#60;script&#62;",
            "2 days overdue",
            "3 days",
        ],
    );
    let arabic = browser.get("/desk?lang=ar&tab=due").await;
    arabic.expect(
        StatusCode::OK,
        &["<html lang=\"ar\" dir=\"rtl\">", "متأخر يومين", &format!("/desk/case/{id}")],
    );
    for page in [&english, &arabic] {
        assert!(!page.body.contains("<script"), "{}", page.body);
        assert!(!page.body.contains('\u{202E}'));
    }
    let policy = english.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(english.headers[header::CACHE_CONTROL], "no-store");
    assert!(!english.body.contains("style=") && !english.body.contains(" onclick"));
    browser.get("/desk?tab=committee&lang=en").await.expect(StatusCode::OK, &["Nothing here at the moment."]);
}

#[tokio::test]
async fn a_forged_notice_is_not_shown() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    let page = browser.get("/desk?say=You%20won%20a%20prize").await;
    assert!(!page.body.contains("prize") && !page.body.contains("class=\"notice"), "{}", page.body);
}

#[tokio::test]
async fn by_https_the_cookie_is_bound_to_the_host() {
    let mut browser = Browser::open("[server]\npublic_url = \"https://desk.example\"").await;
    let made = browser.sign_up().await;
    let cookie = made.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-wasl_desk=") && cookie.contains("; Secure"), "{cookie}");
    browser.get("/desk").await.expect(StatusCode::OK, &[]);
}

#[tokio::test]
async fn assets_are_served_and_nothing_beside_them() {
    let mut browser = Browser::open("").await;
    let css = browser.get("/desk/assets/desk.css").await;
    css.expect(StatusCode::OK, &[":root"]);
    assert_eq!(css.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    browser.get("/desk/assets/..%2Fmod.rs").await.expect(StatusCode::NOT_FOUND, &[]);
}

#[tokio::test]
async fn a_task_is_marked_done() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    let mut tx = browser.engine.store().begin().await.unwrap();
    let number = store::task::put(&mut tx, TaskKind::PersonWanted, None, None, "", browser.engine.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    browser.get("/desk?lang=en").await.expect(StatusCode::OK, &["Somebody would like to speak to a person"]);
    let page = browser.post(&format!("/desk/task/{number}/done"), &[]).await;
    assert_eq!(page.location(), "/desk?say=desk-done-task");
    browser.get("/desk?lang=en").await.expect(StatusCode::OK, &["No tasks."]);
}

#[tokio::test]
async fn an_override_needs_an_administrator_and_its_reason_is_kept() {
    let mut browser = Browser::open("").await;
    let id = browser.case("edu", "with_committee").await;
    let link = format!("/desk/case/{id}");
    let early = [("do", "accept"), ("reason", "The committee agreed."), ("early", "A birth.")];
    browser.join("Amina", Role::Officer).await;
    assert_ne!(browser.post(&link, &early).await.status, StatusCode::SEE_OTHER);
    browser.join("Mona", Role::Administrator).await;
    assert_ne!(browser.post(&link, &early[..2]).await.status, StatusCode::SEE_OTHER, "no reason");
    let mut tx = browser.engine.store().read().await.unwrap();
    let row = store::case::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(row.status, "with_committee");
    drop(tx);
    let done = browser.post(&link, &early).await;
    assert_eq!(done.location(), format!("{link}?say=desk-done-accepted"));
    let mut tx = browser.engine.store().read().await.unwrap();
    let events = store::case::events(&mut tx, id).await.unwrap();
    let kept = Some("The committee agreed.\nA birth.");
    assert!(events.iter().any(|event| event.name == "accepted" && event.reason.as_deref() == kept));
}

#[tokio::test]
async fn a_disabled_name_comes_back_by_a_new_link_as_the_same_access() {
    let mut browser = Browser::open("").await;
    browser.join("Salim", Role::Administrator).await;
    let old = browser.cookie.clone();
    browser.join("Salim", Role::Officer).await.expect(StatusCode::UNPROCESSABLE_ENTITY, &[]);
    let before = super::staff::list(browser.engine.store()).await.unwrap();
    super::staff::disable(browser.engine.store(), "Salim", browser.engine.now()).await.unwrap();
    assert_eq!(browser.join("Salim", Role::Officer).await.status, StatusCode::SEE_OTHER);
    let after = super::staff::list(browser.engine.store()).await.unwrap();
    assert_eq!((after.len(), after[0].id, after[0].disabled), (1, before[0].id, false));
    assert_eq!(after[0].role, "officer");
    browser.cookie = old;
    assert_eq!(browser.get("/desk").await.location(), "/desk/login", "earlier sessions stay closed");
}

#[tokio::test]
async fn too_many_tries_are_told_when_to_come_back() {
    let mut browser = Browser::open("").await;
    // The tries come back with the machine's own time: on a slow one it takes a few more than twenty.
    let mut tried = 0;
    let page = loop {
        let fields = [("name", "a"), ("password", "b"), ("again", "b")];
        let page = browser.post("/desk/setup/guessed", &fields).await;
        tried += 1;
        if page.status == StatusCode::TOO_MANY_REQUESTS || tried == 40 {
            break page;
        }
    };
    assert!(tried > 20, "the first twenty are free");
    page.expect(StatusCode::TOO_MANY_REQUESTS, &[]);
    assert!(page.headers.contains_key(header::RETRY_AFTER));
    browser.get("/desk/login").await.expect(StatusCode::OK, &[]);
}

#[tokio::test]
async fn the_task_of_a_complaint_is_for_administrators() {
    let mut browser = Browser::open("").await;
    let mut tx = browser.engine.store().begin().await.unwrap();
    let number =
        store::task::put(&mut tx, TaskKind::Complaint, None, None, "", browser.engine.now()).await.unwrap();
    tx.commit().await.unwrap();
    let done = format!("/desk/task/{number}/done");
    browser.join("Amina", Role::Officer).await;
    browser.get("/desk?lang=en").await.expect(StatusCode::OK, &["No tasks."]);
    browser.post(&done, &[]).await.expect(StatusCode::NOT_FOUND, &[]);
    browser.get("/desk/filed?lang=en").await.expect(StatusCode::OK, &["administrators only"]);
    browser.join("Mona", Role::Administrator).await;
    browser.get("/desk?lang=en").await.expect(StatusCode::OK, &["A new complaint"]);
    assert_eq!(browser.post(&done, &[]).await.status, StatusCode::SEE_OTHER);
}
