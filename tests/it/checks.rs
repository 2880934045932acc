//! The check of a request: complete when everything was looked at, about what stands there now, and heard as it is.

use chrono::Duration;
use reqwest::StatusCode;
use wasl::case::Role;

use super::harness::{Bot, Person, plain};
use super::story::{self, Officer, answers_all, answers_all_but, arrives, asks_for_help, form_of};

async fn status(bot: &Bot) -> String {
    story::store(bot).await.text("SELECT status FROM case_v1").await
}

/// The form of the check as the page draws it, filled in by hand.
struct Sheet {
    action: String,
    fields: Vec<(String, String)>,
}

impl Sheet {
    async fn of(officer: &Officer<'_>, case: &str) -> Sheet {
        let page = officer.reads(case).await;
        let form = page.split("<section aria-labelledby=\"answers-title\">").nth(1).unwrap();
        let (action, fields) = form_of(form, case).unwrap();
        Sheet { action, fields }
    }
    fn ticks(mut self, question: &str, found: &str, why: &str) -> Sheet {
        self.fields.push((format!("check.{question}"), found.into()));
        self.fields.push((format!("why.{question}"), why.into()));
        self
    }
    async fn is_saved(&self, officer: &Officer<'_>) -> (StatusCode, String) {
        let mut form: Vec<(&str, &str)> = self.fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        form.push(("do", "check"));
        officer.posts(&self.action, &form).await
    }
}

/// The row of a question on a request's page.
fn row<'a>(page: &'a str, question: &str) -> &'a str {
    let rows = page.split("<div class=\"answer ").skip(1);
    rows.into_iter().find(|row| row.contains(&format!("id=\"q-{question}\""))).unwrap()
}

#[tokio::test]
async fn one_answer_that_matches_is_no_check_of_all() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    let officer = bot.officer("amina", Role::Officer).await;
    let case = officer.case().await;
    let one = Sheet::of(&officer, &case).await.ticks("full_name", "matched", "");
    assert_eq!(one.is_saved(&officer).await.0, StatusCode::SEE_OTHER);
    assert_eq!(status(&bot).await, "submitted");
    sister.reads().await;
    assert_eq!(sister.times("Your data and papers are in order."), 0);
    let page = officer.reads(&case).await;
    assert!(row(&page, "full_name").starts_with("matched"), "what was found is kept");
    assert!(!page.contains("value=\"hand_over\""), "not to the committee yet");
    let (refused, page) = officer.posts(&case, &[("do", "hand_over")]).await;
    assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("role=\"alert\""));
    officer.checks(&case, &[]).await;
    assert_eq!(status(&bot).await, "checked");
    sister.reads().await;
    assert_eq!(sister.times("Your data and papers are in order."), 1);
}

/// Returned for one thing, and completed.
async fn is_returned_for_the_city(officer: &Officer<'_>, case: &str) {
    officer.checks(case, &[("city", "mismatched", "The street lies in another city.")]).await;
    officer.does(case, "return", &[]).await;
}

async fn completes(sister: &mut Person<'_>) {
    sister.reads().await;
    sister.expect_question("city").says("Mecca").await;
    answers_all(sister).await;
}

#[tokio::test]
async fn what_is_changed_beside_what_was_missing_is_looked_at_again() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    let officer = bot.officer("amina", Role::Officer).await;
    let case = officer.case().await;
    is_returned_for_the_city(&officer, &case).await;
    completes(&mut sister).await;
    let review = plain(sister.last_text());
    let line = review.lines().find(|line| line.contains("What is your full name?")).unwrap();
    let number = line.split('.').next().unwrap().to_owned();
    sister.says(&number).await;
    sister.expect_question("full_name").says("Mary Somebody Else").await;
    sister.expect_question("review").taps("It is all correct").await;
    sister.says("Mary Somebody Else").await;
    let page = officer.reads(&format!("{case}?lang=en")).await;
    assert!(page.contains("Mary Somebody Else"));
    let before = page.split("Signed before, and completed since").nth(1).expect("what was signed first");
    assert!(before.split("</ol>").next().unwrap().contains("Maria Santos Cruz"), "{before}");
    assert!(!page.contains("not what was signed") && !page.contains("does not fit what was signed"));
    for (question, state) in
        [("full_name", "\""), ("city", "\""), ("need", "matched"), ("paper_id", "matched")]
    {
        assert!(row(&page, question).trim_start().starts_with(state), "{question}: {}", row(&page, question));
    }
}

#[tokio::test]
async fn a_page_that_was_opened_before_somebody_elses_step_saves_nothing() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    let amina = bot.officer("amina", Role::Officer).await;
    let huda = bot.officer("huda", Role::Officer).await;
    let case = amina.case().await;
    let stale = Sheet::of(&amina, &case).await.ticks("paper_id", "matched", "");
    // Two officers on one request: what the second finds is not overwritten by what the first saw before it.
    let found = Sheet::of(&huda, &case).await.ticks("paper_id", "missing", "The photo is too dark.");
    assert_eq!(found.is_saved(&huda).await.0, StatusCode::SEE_OTHER);
    assert_eq!(found.is_saved(&huda).await.0, StatusCode::SEE_OTHER, "one's own second press is no surprise");
    let (refused, page) = stale.is_saved(&amina).await;
    assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("role=\"alert\"") && page.contains("The photo is too dark."), "{page}");
    assert!(row(&page, "paper_id").starts_with("missing"), "as it stands, not as it was ticked");

    // Nor is a paper that the person sent since said to match.
    let stale = Sheet::of(&amina, &case).await.ticks("paper_id", "matched", "");
    huda.does(&case, "return", &[]).await;
    sister.reads().await;
    sister.expect_question("paper_id").sends_paper("better.png").await;
    answers_all(&mut sister).await;
    sister.taps("It is all correct").await;
    sister.says("Maria Santos Cruz").await;
    assert_eq!(status(&bot).await, "submitted");
    assert_eq!(stale.is_saved(&amina).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let page = amina.reads(&case).await;
    assert!(page.contains("better.png") && row(&page, "paper_id").starts_with('"'), "not looked at yet");
    // A check that does not say what it is about is none.
    assert_eq!(
        amina.posts(&case, &[("do", "check"), ("check.need", "matched")]).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_check_that_is_taken_back_and_an_appeal_are_not_hidden_from_my_request() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    let officer = bot.officer("amina", Role::Officer).await;
    let case = officer.case().await;
    officer.checks(&case, &[]).await;
    sister.reads().await;
    let heard = sister.heard.len();
    officer.checks(&case, &[("city", "mismatched", "The street lies in another city.")]).await;
    assert_eq!(sister.reads().await.len(), 0, "nothing to tell yet");
    assert_eq!(sister.heard.len(), heard);
    sister.says("my request").await.expect("Status: received, being looked at");
    officer.checks(&case, &[]).await;
    officer.does(&case, "hand_over", &[]).await;
    bot.days(15).await;
    let officer = bot.signs_in("amina").await;
    officer.does(&case, "reject", &[("reason", "The course is full.")]).await;
    bot.clock.advance(Duration::days(1));
    let officer = bot.signs_in("amina").await;
    officer.does(&case, "appeal", &[("reason", "There is an evening course.")]).await;
    sister.reads().await;
    sister.expect("studied again is recorded");
    assert!(!plain(sister.last_text()).contains("evening course"), "the words are for staff");
    sister.says("my request").await.expect("Status: being studied again");
}

#[tokio::test]
async fn an_answer_that_was_changed_in_the_database_is_not_what_was_signed() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    let officer = bot.officer("amina", Role::Officer).await;
    let case = format!("{}?lang=en", officer.case().await);
    assert!(!officer.reads(&case).await.contains("not what was signed"));
    let change = "DELETE FROM case_answer WHERE question = 'urgency'";
    story::store(&bot).await.run(change).await;
    let page = officer.reads(&case).await;
    assert!(page.contains("not what was signed"), "{page}");
}

#[tokio::test]
async fn a_request_is_found_by_its_number_and_by_what_was_given_with_it() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    arrives(&mut sister).await;
    sister.taps("Ask for help").await;
    sister.says("EDU").await;
    answers_all_but(&mut sister, &[("contact", "You may call me")]).await;
    sister.taps("It is all correct").await;
    sister.says("Maria Santos Cruz").await;
    let officer = bot.officer("amina", Role::Officer).await;
    let case = officer.case().await;
    let reference = story::store(&bot).await.text("SELECT reference FROM case_v1").await;
    officer.does(&case, "withdraw", &[]).await;
    assert!(!officer.reads("/desk?lang=en").await.contains(&reference));
    assert!(officer.reads("/desk?tab=finished&lang=en").await.contains(&reference));
    let finds = async |wanted: &str| officer.posts("/desk/find?lang=en", &[("wanted", wanted)]).await.1;
    for wanted in
        [reference.as_str(), &reference.to_lowercase().replace('-', ""), "+966 50 123 4567", "٠٥٠١٢٣٤٥٦٧"]
    {
        assert!(finds(wanted).await.contains(&case), "{wanted}");
    }
    assert!(finds("nobody@example.com").await.contains("Nothing was found."));
    let logged = "SELECT count(*) FROM audit WHERE what = 'case.searched' AND object = ''";
    assert_eq!(story::store(&bot).await.text(logged).await, "5");
}
