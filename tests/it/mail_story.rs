//! The story by mail, through a real post office.

use std::collections::BTreeMap;

use wasl::case::Role;
use wasl::message::{Address, ChannelId};

use super::harness::{self, Bot, PIXEL};
use super::mail::{self, Office, Person};
use super::secure_page::{Page, link_in, unlinked, without_tokens};
use super::story::ANSWERS;

pub const HELP: &str = "help@charity.test";

/// The program with a mailbox at a post office.
pub struct House {
    pub bot: Bot,
    pub office: Office,
}

impl House {
    pub async fn open() -> House {
        House::open_with("", HELP, Office::open()).await
    }

    pub async fn open_with(more: &str, address: &str, office: Office) -> House {
        let bot = Bot::start_by(harness::clock(), |url| {
            format!("server.public_url = '{url}'\n{more}\n{}", office.settings(address))
        });
        House { bot: bot.await, office }
    }

    pub fn address(&self, person: &Person<'_>) -> Address {
        Address { channel: ChannelId::new("email"), path: person.address.as_str().into() }
    }

    /// What is asked of somebody now: the question, and whether it must be answered.
    pub async fn asked(&self, person: &Person<'_>) -> (String, bool) {
        self.bot.settle().await;
        let lines = self.bot.engine.newest_lines(&self.address(person), 20).await.unwrap();
        let asked = lines.iter().rev().find_map(|line| line.part.expects.clone());
        let asked = asked.unwrap_or_else(|| panic!("nothing is asked:\n{}", person.transcript()));
        (asked.question.into(), asked.required)
    }

    /// Answers the newest mail, and reads what comes back.
    pub async fn answers(&self, person: &Person<'_>, text: &str) {
        person.answers(text).await;
        person.expects("").await;
    }

    /// Through language and consent to the menu.
    pub async fn arrives(&self, person: &Person<'_>) {
        person.writes(HELP, "Hello", "Hello, I am Maria and I need help.").await;
        person.expects("Peace be upon you").await;
        person.answers("English").await;
        person.expects("agree").await;
        person.answers("Yes, I agree").await;
        person.expects("What can we do for you?").await;
    }

    /// Chooses a service by its name.
    pub async fn chooses(&self, person: &Person<'_>, service: &str) {
        person.answers("1").await;
        person.expects("What do you need help with?").await;
        self.answers(person, service).await;
    }

    /// Opens the page that the last mail leads to.
    pub async fn page(&self, person: &Person<'_>) -> Page {
        let link = link_in(&person.last().text);
        Page::opens(&link.unwrap_or_else(|| panic!("no link:\n{}", person.transcript()))).await
    }

    /// Answers whatever is asked until everything is to be reviewed.
    pub async fn answers_all(&self, person: &Person<'_>) {
        let answers: BTreeMap<&str, &str> = ANSWERS.iter().copied().collect();
        for _ in 0..40 {
            let (question, required) = self.asked(person).await;
            match (question.as_str(), answers.get(question.as_str())) {
                ("review", _) => return,
                (paper, _) if paper.starts_with("paper_") && required => {
                    self.page(person).await.answers().await;
                    person.expects("").await;
                }
                (_, Some(answer)) => self.answers(person, answer).await,
                _ => self.answers(person, "skip").await,
            }
        }
        panic!("the form does not end:\n{}", person.transcript());
    }

    /// Hands in what was answered; its number.
    pub async fn signs(&self, person: &Person<'_>) -> String {
        person.answers("It is all correct").await;
        person.expects("please write your full name").await;
        person.answers("Maria Santos Cruz").await;
        let receipt = person.expects("Its number is").await.text;
        receipt[receipt.find("W-").unwrap()..][..11].to_owned()
    }
}

#[tokio::test]
async fn a_sister_asks_and_hears_the_decision_by_mail() {
    if !mail::wanted() {
        return;
    }
    let house = House::open().await;
    let sister = house.office.person("maria@people.test", "Maria");
    house.arrives(&sister).await;
    house.chooses(&sister, "Certificate of Islam").await;
    house.answers_all(&sister).await;
    let reference = house.signs(&sister).await;

    let officer = house.bot.officer("amina", Role::Administrator).await;
    assert!(officer.reads("/desk?lang=en").await.contains(&reference));
    let case = officer.case().await;
    let page = officer.reads(&case).await;
    for shown in ["I would like to learn how to pray.", "Maria Santos Cruz", "iqama.png"] {
        assert!(page.contains(shown), "{shown}");
    }
    officer.checks(&case, &[("paper_id", "missing", "The photo is too dark to read.")]).await;
    officer.does(&case, "return", &[]).await;
    sister.expects("The photo is too dark to read.").await;
    house.page(&sister).await.sends("better.png", PIXEL).await;
    sister.expects("").await;
    house.answers_all(&sister).await;
    sister.answers("It is all correct").await;
    sister.expects("please write your full name").await;
    sister.answers("Maria Santos Cruz").await;
    sister.expects("What was missing for request").await;
    officer.checks(&case, &[]).await;
    officer.does(&case, "hand_over", &[]).await;
    sister.expects("It is now with the research committee.").await;
    house.bot.days(14).await;
    let officer = house.bot.signs_in("amina").await;
    officer.does(&case, "accept", &[("reason", "The committee agreed.")]).await;
    sister.expects("it was accepted").await;
    officer.does(&case, "register", &[]).await;
    sister.expects("Your registration is complete.").await;
    officer.does(&case, "deliver", &[]).await;
    sister.expects("you received what you asked for").await;
    house.bot.hours(2).await;
    sister.expects("").await;
    for _ in 0..20 {
        if house.asked(&sister).await.0 == "menu" {
            break;
        }
        house.answers(&sister, "skip").await;
    }
    assert_eq!(sister.times("Its number is"), 1, "{}", sister.transcript());
    // A mail says when it was written, so no two stories have the same numbers.
    let seen = without_tokens(&unlinked(&sister.transcript()), "/status/").replace(&reference, "W-….-….");
    let seen = seen.replace(&house.bot.url, "https://wasl.example");
    harness::golden("email/help-en", &seen);
}
