//! What every page owes: words in the officer's language whatever happens, links that lead somewhere, lists that go on.

use super::*;

#[tokio::test]
async fn a_form_that_cannot_be_read_is_answered_in_the_officers_language() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    let id = browser.case("edu", "submitted").await;
    for path in ["/desk/login".to_owned(), format!("/desk/case/{id}"), "/desk/find".into()] {
        let request = Request::post(format!("{path}?lang=en")).header("sec-fetch-site", "same-origin");
        let page = browser.send(request.header(header::CONTENT_TYPE, "text/plain"), "x".into()).await;
        page.expect(StatusCode::UNSUPPORTED_MEDIA_TYPE, &["<html lang=\"en\"", "This could not be read"]);
    }
    let request = Request::post("/desk/login?lang=ar").header("sec-fetch-site", "same-origin");
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let page = browser.send(request, "name=Mona".into()).await;
    page.expect(StatusCode::UNPROCESSABLE_ENTITY, &["<html lang=\"ar\"", "تعذرت قراءة ما أُرسل"]);
}

#[tokio::test]
async fn the_languages_of_a_refused_page_lead_to_a_page() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    let id = browser.case("edu", "submitted").await;
    let mut tx = browser.engine.store().read().await.unwrap();
    let person = store::case::get(&mut tx, id).await.unwrap().unwrap().person;
    drop(tx);
    let say = format!("/desk/person/{person}/say");
    let refused = browser.post(&say, &[("text", " ")]).await;
    let other = format!("href=\"/desk/person/{person}?lang=en\"");
    refused.expect(StatusCode::UNPROCESSABLE_ENTITY, &[&other]);
    let reload = browser.get(&say).await;
    assert_eq!(
        (reload.status, reload.location()),
        (StatusCode::SEE_OTHER, &*format!("/desk/person/{person}"))
    );
    browser
        .get("/desk/task/1/done?lang=en")
        .await
        .expect(StatusCode::METHOD_NOT_ALLOWED, &["This page is not here"]);
}

#[tokio::test]
async fn a_page_that_panics_ends_in_words() {
    let mut browser = Browser::open("").await;
    let state = DeskState::new(browser.engine.clone());
    let broken =
        Router::new().route("/desk/broken", axum::routing::get(async || -> String { panic!("a mistake") }));
    browser.pages = crate::desk::guarded(broken, &state).with_state(state);
    let page = browser.get("/desk/broken?lang=en").await;
    page.expect(StatusCode::INTERNAL_SERVER_ERROR, &["This did not come to its end"]);
}

#[tokio::test]
async fn what_does_not_fit_on_a_page_stands_on_the_next() {
    let mut browser = Browser::open("").await;
    browser.sign_up().await;
    for n in 0..201 {
        browser.case(&format!("s{n}"), "submitted").await;
    }
    let first = browser.get("/desk?lang=en").await;
    first.expect(StatusCode::OK, &["href=\"/desk?page=1\">More<"]);
    assert_eq!(first.body.matches("scope=\"row\"").count(), 200);
    let second = browser.get("/desk?page=1").await;
    second.expect(StatusCode::OK, &["href=\"/desk?page=0\"", "/desk?page=1&#38;lang=en"]);
    assert_eq!(second.body.matches("scope=\"row\"").count(), 1);
}
