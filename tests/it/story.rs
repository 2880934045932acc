//! The whole story over HTTP: a person asks for help, an officer works, the decision comes, the survey is answered.

use std::collections::BTreeMap;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use wasl::case::Role;
use wasl::desk;

use super::database::Database;
use super::harness::{Bot, Person, link};

/// What somebody answers who asks for help; questions that are not named are skipped.
pub const ANSWERS: &[(&str, &str)] = &[
    ("need", "I would like to learn how to pray."),
    ("urgency", "It can wait"),
    ("full_name", "Maria Santos Cruz"),
    ("contact", "Only here in this chat"),
    ("phone", "0501234567"),
    ("email", "maria@example.com"),
    ("birth_date", "25/12/1990"),
    ("city", "Jeddah"),
    ("dependants", "٢"),
];

const PASSWORD: &str = "a long and quiet river";

/// Greeting, language, consent.
pub async fn arrives(person: &mut Person<'_>) {
    person.expect_question("language").taps("English").await;
    person.expect_question("consent").taps("Yes, I agree").await;
    person.expect_question("menu");
}

/// Answers whatever is asked until everything is to be reviewed.
pub async fn answers_all(person: &mut Person<'_>) {
    answers_all_but(person, &[]).await;
}

/// The same, with other answers to some questions.
pub async fn answers_all_but(person: &mut Person<'_>, others: &[(&str, &str)]) {
    let answers: BTreeMap<&str, &str> = ANSWERS.iter().chain(others).copied().collect();
    for _ in 0..40 {
        let question = person.question().expect("a question").to_owned();
        match (question.as_str(), answers.get(question.as_str())) {
            ("review", _) => return,
            (paper, _) if paper.starts_with("paper_") && paper.ends_with("_expiry") => {
                person.says("31/12/2027").await;
            }
            (paper, _) if paper.starts_with("paper_") && person.last()["expects"]["required"] == true => {
                person.sends_paper("iqama.png").await;
            }
            (_, Some(answer)) => {
                person.says(answer).await;
            }
            _ => {
                person.says("skip").await;
            }
        }
    }
    panic!("the form does not end");
}

/// From the greeting to the receipt; the reference number.
pub async fn asks_for_help(person: &mut Person<'_>) -> String {
    arrives(person).await;
    person.taps("Ask for help").await;
    person.expect_question("service").taps("Certificate of Islam").await;
    answers_all(person).await;
    person.taps("It is all correct").await;
    assert_eq!(person.last()["expects"]["kind"], "signature");
    person.says("Maria Santos Cruz").await;
    let receipts: Vec<&str> = person
        .heard
        .iter()
        .filter_map(|m| m["text"].as_str())
        .filter(|t| t.contains("Its number is"))
        .collect();
    assert_eq!(receipts.len(), 1, "one receipt");
    let receipt = receipts[0];
    assert!(receipt.contains("6 December 2026"), "{receipt}");
    assert!(receipt.contains("1448"), "both calendars: {receipt}");
    let at = receipt.find("W-").unwrap();
    receipt[at..at + 11].to_owned()
}

/// An officer at the desk, in a browser without JavaScript.
pub struct Officer<'a> {
    bot: &'a Bot,
    client: Client,
    cookie: String,
}

impl Bot {
    /// A member of staff who was invited, chose name and password, and logged in.
    pub async fn officer(&self, name: &str, role: Role) -> Officer<'_> {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let password = PASSWORD;
        let token = desk::staff::invite(self.engine.store(), role, self.engine.now()).await.unwrap();
        let setup = format!("{}/desk/setup/{token}", self.url);
        let form = [("name", name), ("password", password), ("again", password)];
        let answer = client.post(&setup).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap());
        let again = client.post(&setup).form(&form).send().await.unwrap();
        assert_ne!(again.status(), StatusCode::SEE_OTHER, "an invitation works once");
        self.signs_in(name).await
    }

    /// A member of staff logs in: a session lasts twelve hours.
    pub async fn signs_in(&self, name: &str) -> Officer<'_> {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let form = [("name", name), ("password", PASSWORD)];
        let answer = client.post(format!("{}/desk/login", self.url)).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/desk")
        );
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Officer { bot: self, client, cookie }
    }
}

impl Officer<'_> {
    pub async fn reads(&self, path: &str) -> String {
        let url = format!("{}{path}", self.bot.url);
        let answer = self.client.get(url).header("cookie", &self.cookie).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    /// Asks for a page that may not be there.
    pub async fn gets(&self, path: &str) -> (StatusCode, String) {
        let url = format!("{}{path}", self.bot.url);
        let answer = self.client.get(url).header("cookie", &self.cookie).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    /// Submits a form; where it leads.
    pub async fn posts(&self, path: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
        let url = format!("{}{path}", self.bot.url);
        let answer = self.client.post(url).header("cookie", &self.cookie).form(form).send().await.unwrap();
        let status = answer.status();
        let to = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned()).unwrap_or_default();
        let page = if to.is_empty() { answer.text().await.unwrap() } else { to };
        self.bot.settle().await;
        assert!(!page.starts_with("/desk/login"), "{path}: the session is over");
        (status, page)
    }

    /// Submits the form of that page whose address ends so, as a browser does: with what the form itself carries.
    pub async fn submits(&self, page: &str, ending: &str, more: &[(&str, &str)]) -> (StatusCode, String) {
        let html = self.reads(page).await;
        let (action, carried) =
            form_of(&html, ending).unwrap_or_else(|| panic!("no form {ending} in {html}"));
        let carried = carried.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        self.posts(&action, &carried.chain(more.iter().copied()).collect::<Vec<_>>()).await
    }

    /// The newest case's page.
    pub async fn case(&self) -> String {
        let queue = self.reads("/desk?lang=en").await;
        let at = queue.find("/desk/case/").expect("a case in the queue");
        queue[at..at + "/desk/case/".len() + 36].to_owned()
    }

    pub async fn does(&self, case: &str, what: &str, more: &[(&str, &str)]) {
        let form: Vec<(&str, &str)> = [("do", what)].into_iter().chain(more.iter().copied()).collect();
        let (status, to) = self.posts(case, &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{what}: {to}");
        let page = self.reads(&to).await;
        assert!(!page.contains("role=\"alert\""), "{what} was refused: {to}");
    }

    /// Everything on the page matches but what `wrong` names.
    pub async fn checks(&self, case: &str, wrong: &[(&str, &str, &str)]) {
        let page = self.reads(case).await;
        let mut form = form_of(&page, case).expect("a form").1;
        form.push(("do".into(), "check".into()));
        for (at, _) in page.match_indices("name=\"check.") {
            let rest = &page[at + "name=\"".len()..];
            let name = rest[..rest.find('"').unwrap()].to_owned();
            if !form.iter().any(|(known, _)| *known == name) {
                let question = name.trim_start_matches("check.");
                match wrong.iter().find(|(q, _, _)| *q == question) {
                    Some((q, found, why)) => {
                        form.push((format!("why.{q}"), (*why).to_owned()));
                        form.push((name, (*found).to_owned()));
                    }
                    None => form.push((name, "matched".into())),
                }
            }
        }
        assert!(form.len() > 3, "the page offers what is to be checked");
        let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let (status, to) = self.posts(case, &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
    }
}

/// The text between two others, the first time that they stand there.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    Some(&rest[..rest.find(after)?])
}

/// A posted form of a page: where it leads, and the hidden fields it carries.
pub fn form_of(html: &str, ending: &str) -> Option<(String, Vec<(String, String)>)> {
    let forms = html.split("<form method=\"post\" ").skip(1);
    let mut forms = forms.filter_map(|form| Some((between(form, "action=\"", "\"")?, form)));
    let (action, form) = forms.find(|(action, _)| action.ends_with(ending))?;
    let form = form.split("</form>").next()?;
    let hidden = form.split("<input type=\"hidden\" ").skip(1);
    let hidden = hidden.filter_map(|field| {
        Some((between(field, "name=\"", "\"")?.to_owned(), between(field, "value=\"", "\"")?.to_owned()))
    });
    Some((action.to_owned(), hidden.collect()))
}

/// The one case, checked and handed to the committee.
pub async fn officer_hands_over(bot: &Bot) {
    let officer = bot.officer("amina", Role::Officer).await;
    let case = officer.case().await;
    officer.checks(&case, &[]).await;
    officer.does(&case, "hand_over", &[]).await;
}

#[tokio::test]
async fn a_sister_asks_for_help_and_hears_the_decision() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    let reference = asks_for_help(&mut sister).await;
    let officer = bot.officer("amina", Role::Administrator).await;
    assert!(officer.reads("/desk?lang=en").await.contains(&reference));
    let case = officer.case().await;
    let page = officer.reads(&case).await;
    for shown in ["I would like to learn how to pray.", "Maria Santos Cruz", "Jeddah", "iqama.png"] {
        assert!(page.contains(shown), "{shown}");
    }

    // A paper is missing: the person is told exactly what, and sends it in the chat.
    officer.checks(&case, &[("paper_id", "missing", "The photo is too dark to read.")]).await;
    officer.does(&case, "return", &[]).await;
    sister.reads().await;
    assert_eq!(sister.times("The photo is too dark to read."), 1, "exactly what is missing");
    sister.expect_question("paper_id").sends_file("better.heic", super::harness::HEIC).await;
    answers_all(&mut sister).await;
    sister.taps("It is all correct").await;
    sister.says("Maria Santos Cruz").await;
    assert_eq!(sister.times("What was missing for request"), 1);

    officer.checks(&case, &[]).await;
    officer.checks(&case, &[]).await;
    sister.reads().await;
    assert_eq!(sister.times("Your data and papers are in order."), 1, "however often it is saved");
    officer.does(&case, "hand_over", &[]).await;
    sister.reads().await;
    assert_eq!(sister.times("It is now with the research committee."), 1);

    // Not before two weeks.
    let (_, to) = officer.posts(&case, &[("do", "accept"), ("reason", "The committee agreed.")]).await;
    bot.settle().await;
    sister.reads().await;
    assert_eq!(sister.times("it was accepted"), 0, "{to}");
    bot.days(14).await;
    let officer = bot.signs_in("amina").await;
    officer.does(&case, "accept", &[("reason", "The committee agreed.")]).await;
    sister.reads().await;
    assert_eq!(sister.times("it was accepted"), 1);
    assert_eq!(sister.times("The committee agreed."), 1);
    officer.does(&case, "register", &[]).await;
    officer.does(&case, "deliver", &[]).await;

    // The survey: five taps at most, and its answers stand in the store.
    bot.hours(26).await;
    sister.reads().await;
    sister.expect_question("overall").says("٥").await;
    sister.expect_question("ease").says("4").await;
    sister.expect_question("respect").taps("5").await;
    sister.expect_question("solved").taps("Yes").await;
    sister.expect_question("word").says("skip").await;
    assert_eq!(sister.times("What you told us helps us"), 1);
    let mut store = store(&bot).await;
    let answers = "SELECT question || ' ' || coalesce(CAST(number AS TEXT), choice) FROM survey_answer ORDER BY question";
    assert_eq!(store.texts(answers).await, ["ease 4", "overall 5", "respect 5", "solved yes"]);
    let officer = bot.signs_in("amina").await;
    officer.does(&case, "close", &[]).await;
    sister.reads().await;
    assert_eq!(sister.times("It is closed."), 1);
    assert_eq!(store.text("SELECT status FROM case_v1").await, "closed");
}

pub async fn store(bot: &Bot) -> Database {
    Database::of(bot.folder.path()).await
}

#[tokio::test]
async fn a_wrong_answer_is_met_with_what_was_expected_and_a_person_after_three() {
    let bot = Bot::start().await;
    let mut brother = bot.chat("en").await;
    arrives(&mut brother).await;
    brother.taps("Ask for help").await;
    brother.says("EDU").await;
    while brother.question() != Some("contact") {
        let question = brother.question().unwrap().to_owned();
        let answer = ANSWERS.iter().find(|(q, _)| *q == question).map_or("skip", |(_, a)| a);
        brother.says(answer).await;
    }
    brother.taps("You may call me").await;
    brother.expect_question("phone");
    for wrong in ["12", "٠٧٧٧", "my phone"] {
        brother.says(wrong).await;
        brother.expect_question("phone");
        assert!(brother.last_text().contains("0501234567"), "an example is given");
    }
    assert_eq!(brother.times("speak to a person"), 1, "offered after three misses");
    brother.says("٠٥٠١٢٣٤٥٦٧").await;
    assert_ne!(brother.question(), Some("phone"), "a number in any digits: {}", brother.last_text());
}

#[tokio::test]
async fn a_person_takes_over_and_the_bot_returns_to_the_same_question() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    arrives(&mut sister).await;
    sister.taps("Ask for help").await;
    sister.says("EDU").await;
    sister.expect_question("need").says("person").await;
    let officer = bot.officer("amina", Role::Officer).await;
    let queue = officer.reads("/desk?tab=waiting&lang=en").await;
    let person = link(&queue, "/desk/person/");
    let (_, to) = officer.submits(&person, "/take-over", &[]).await;
    assert!(to.contains("desk-done-took-over"), "{to}");
    let said = sister.says("Are you there?").await.heard.len();
    let (_, to) = officer.submits(&person, "/say", &[("text", "Yes, I am here. <b>Peace</b>")]).await;
    assert!(to.contains("desk-done-said#"), "{to}");
    sister.reads().await;
    assert_eq!(sister.heard.len(), said + 1, "the bot is silent");
    assert_eq!(sister.last()["from"], "staff");
    sister.expect("<b>Peace</b>");
    officer.submits(&person, "/hand-back", &[]).await;
    sister.reads().await;
    sister.expect_question("need");
    let mut store = store(&bot).await;
    let ended = "SELECT count(*) FROM human_stretch WHERE started_at IS NOT NULL AND ended_at IS NOT NULL";
    assert_eq!(store.text(ended).await, "1", "start and end of the human stretch are recorded");
}

#[tokio::test]
async fn a_draft_waits_is_reminded_of_and_lapses() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    arrives(&mut sister).await;
    sister.taps("Ask for help").await;
    sister.says("EDU").await;
    sister.says("I would like to learn how to pray.").await;
    let question = sister.question().unwrap().to_owned();
    sister.says("pause").await;
    bot.days(10).await;
    sister.says("hello").await;
    assert_eq!(sister.times("You were asking for: Learn about Islam"), 1, "a recap of one line");
    assert_eq!(sister.question(), Some(question.as_str()), "days later, the same question");
    bot.days(23).await;
    sister.reads().await;
    assert_eq!(sister.times("still waiting for you"), 1, "one reminder");
    bot.days(8).await;
    sister.reads().await;
    assert_eq!(sister.times("Today we deleted what you began"), 1);
    sister.says("hello").await;
    sister.expect_question("menu");
}

#[tokio::test]
async fn declining_shows_the_other_ways_and_returns_when_wanted() {
    let bot = Bot::start_with("[association]\nphone = \"+966 11 000 0000\"").await;
    let mut guest = bot.chat("en").await;
    guest.taps("English").await;
    guest.taps("No").await;
    assert_eq!(guest.times("+966 11 000 0000"), 1);
    guest.taps("Back to the question").await;
    guest.expect_question("consent").taps("Yes, I agree").await;
    guest.expect_question("menu");
    let mut store = store(&bot).await;
    let consents = "SELECT CASE WHEN given THEN 'yes ' ELSE 'no ' END || version || ' ' || wording FROM consent ORDER BY id";
    let consents = store.texts(consents).await;
    assert!(consents[0].starts_with("no 2 ") && consents[1].starts_with("yes 2 "), "{consents:?}");
    assert!(consents.len() == 2 && consents.iter().all(|wording| wording.contains("kept safe by")));
}
