//! The story over WhatsApp, within the day that a person may be answered freely, and outside it.

use std::collections::BTreeMap;

use wasl::case::Role;
use wasl::message::{Address, ChannelId};

use super::harness::{self, Bot, PIXEL};
use super::secure_page::{Page, link_in, unlinked};
use super::story::ANSWERS;
use super::whatsapp::{ACCOUNT, NUMBER_ID, Person, WhatsApp};

pub const WORD: &str = "the-words-of-the-verification";

/// The program with a WhatsApp of its own, by the same clock.
pub struct House {
    pub bot: Bot,
    pub whatsapp: WhatsApp,
}

impl House {
    pub async fn open() -> House {
        House::open_with("").await
    }

    pub async fn open_with(more: &str) -> House {
        let clock = harness::clock();
        let whatsapp = WhatsApp::at(clock.clone()).await;
        // The clock stands still here, so who is told to wait would wait for ever: see `weather`.
        whatsapp.limits(usize::MAX, usize::MAX);
        let settings = |url: &str| {
            format!(
                "server.public_url = '{url}'\n{more}\n[channel.whatsapp]\ntoken = '{}'\napp_secret = '{}'\n\
                 verify_token = '{WORD}'\nphone_number_id = '{NUMBER_ID}'\naccount_id = '{ACCOUNT}'\n\
                 api_base = '{}'\nmessages_per_second = 0\n",
                whatsapp.token(),
                whatsapp.app_secret(),
                whatsapp.url(),
            )
        };
        let bot = Bot::start_by(clock, settings).await;
        whatsapp.hook(&format!("{}/webhook/whatsapp", bot.url));
        House { bot, whatsapp }
    }

    /// With every template that the bot wants, approved.
    pub async fn with_templates() -> House {
        let house = House::open().await;
        for (name, text) in [
            ("wasl_notice", "We have a message for you."),
            ("wasl_reminder", "We are still here for you."),
            ("wasl_survey", "We would like to hear from you."),
        ] {
            house.whatsapp.template(name, "en", text, &["Read"], "APPROVED");
        }
        house
    }

    /// Everything that was sent has arrived, was answered, and the answers and their statuses are where they belong.
    pub async fn settle(&self) {
        let settled = async {
            loop {
                self.whatsapp.delivered().await;
                self.bot.settle().await;
                if self.whatsapp.is_quiet() {
                    return;
                }
            }
        };
        let settled = tokio::time::timeout(std::time::Duration::from_secs(10), settled).await;
        assert!(settled.is_ok(), "something waits for ever");
    }

    /// Waits until the database says so.
    pub async fn until(&self, query: &str, wanted: &str) {
        let mut store = super::story::store(&self.bot).await;
        let found = async {
            while store.text(query).await != wanted {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let found = tokio::time::timeout(std::time::Duration::from_secs(10), found).await;
        assert!(found.is_ok(), "{query} is never {wanted}");
    }

    /// More than any wait between two attempts passes.
    pub async fn time_passes(&self) {
        self.bot.clock.advance(chrono::Duration::seconds(70));
        self.bot.engine.tick().await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    }

    /// Waits until somebody has these words once more, however long that takes by the clock of the bot.
    pub async fn waits_for(&self, person: &Person, words: &str) {
        let before = person.times(words);
        for _ in 0..60 {
            self.whatsapp.delivered().await;
            if person.times(words) > before {
                return;
            }
            self.time_passes().await;
        }
        panic!("{words:?} did not come:\n{}", person.transcript());
    }

    pub fn address(&self, person: &Person) -> Address {
        Address { channel: ChannelId::new("whatsapp"), path: person.phone.as_str().into() }
    }

    /// What is asked of somebody now: the question, and whether it must be answered.
    pub async fn asked(&self, person: &Person) -> (String, bool) {
        self.settle().await;
        let lines = self.bot.engine.newest_lines(&self.address(person), 20).await.unwrap();
        let asked = lines.iter().rev().find_map(|line| line.part.expects.clone());
        let asked = asked.unwrap_or_else(|| panic!("nothing is asked:\n{}", person.transcript()));
        (asked.question.into(), asked.required)
    }

    /// Presses through language and consent to the menu.
    pub async fn arrives(&self, person: &Person) {
        person.says("Hello");
        person.expects("Peace be upon you").await;
        person.taps("English");
        person.expects("agree").await;
        person.taps("Yes, I agree");
        person.expects("What can we do for you?").await;
    }

    /// Chooses a service by its number, or by its row.
    pub async fn chooses(&self, person: &Person, service: &str) {
        person.taps("Ask for help");
        person.expects("What do you need help with?").await;
        person.says(service);
        self.settle().await;
    }

    /// Opens the page that the last message leads to.
    pub async fn page(&self, person: &Person) -> Page {
        self.settle().await;
        let link = link_in(&person.last().text);
        Page::opens(&link.unwrap_or_else(|| panic!("no link:\n{}", person.transcript()))).await
    }

    /// Answers whatever is asked until everything is to be reviewed.
    pub async fn answers_all(&self, person: &Person) {
        let answers: BTreeMap<&str, &str> = ANSWERS.iter().copied().collect();
        for _ in 0..40 {
            let (question, required) = self.asked(person).await;
            match (question.as_str(), answers.get(question.as_str())) {
                ("review", _) => return,
                (paper, _) if paper.starts_with("paper_") && required => {
                    self.page(person).await.answers().await;
                }
                (_, Some(answer)) => {
                    person.says(answer);
                }
                _ => {
                    person.says("skip");
                }
            }
        }
        panic!("the form does not end:\n{}", person.transcript());
    }

    /// Hands in what was answered; its number.
    pub async fn signs(&self, person: &Person) -> String {
        person.taps("It is all correct");
        person.expects("please write your full name").await;
        person.says("Maria Santos Cruz");
        let receipt = person.expects("Its number is").await.text;
        receipt[receipt.find("W-").unwrap()..][..11].to_owned()
    }
}

#[tokio::test]
async fn a_sister_asks_and_hears_the_decision_weeks_later() {
    let house = House::with_templates().await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    house.arrives(&sister).await;
    house.chooses(&sister, "Certificate of Islam").await;
    house.answers_all(&sister).await;
    let reference = house.signs(&sister).await;
    house.settle().await;
    sister.taps("Yes, please");
    sister.expects("We will write to you here").await;

    let officer = house.bot.officer("amina", Role::Administrator).await;
    assert!(officer.reads("/desk?lang=en").await.contains(&reference));
    let case = officer.case().await;
    let page = officer.reads(&case).await;
    for shown in ["I would like to learn how to pray.", "Maria Santos Cruz", "iqama.png"] {
        assert!(page.contains(shown), "{shown}");
    }
    // Within the day: the whole of it is said at once.
    officer.checks(&case, &[("paper_id", "missing", "The photo is too dark to read.")]).await;
    officer.does(&case, "return", &[]).await;
    sister.expects("The photo is too dark to read.").await;
    house.page(&sister).await.sends("better.png", PIXEL).await;
    house.answers_all(&sister).await;
    sister.taps("It is all correct");
    sister.expects("please write your full name").await;
    sister.says("Maria Santos Cruz");
    sister.expects("What was missing for request").await;
    officer.checks(&case, &[]).await;
    officer.does(&case, "hand_over", &[]).await;
    sister.expects("It is now with the research committee.").await;
    house.settle().await;

    // Two weeks later only a knock is taken; the decision comes when she answers it.
    house.bot.days(14).await;
    let officer = house.bot.signs_in("amina").await;
    officer.does(&case, "accept", &[("reason", "The committee agreed.")]).await;
    let knock = sister.expects("We have a message for you.").await;
    assert_eq!((&*knock.kind, &knock.labels[..]), ("template", &["Read".to_owned()][..]));
    house.settle().await;
    assert_eq!(sister.times("it was accepted"), 0, "nothing of it before she asks: {}", sister.transcript());
    sister.taps("Read");
    sister.expects("it was accepted").await;
    house.settle().await;
    assert_eq!(sister.times("it was accepted"), 1);
    officer.does(&case, "register", &[]).await;
    officer.does(&case, "deliver", &[]).await;
    house.settle().await;
    house.bot.hours(2).await;
    for _ in 0..20 {
        if house.asked(&sister).await.0 == "menu" {
            break;
        }
        let last = sister.last();
        match last.labels.last().filter(|label| *label != "Skip" || last.labels.len() == 1) {
            Some(label) => {
                sister.taps(label);
            }
            None => {
                sister.says("skip");
            }
        }
    }
    assert_eq!(sister.times("Its number is"), 1, "{}", sister.transcript());
    house.settle().await;
    assert!(sister.statuses().iter().all(|status| *status == "delivered"), "{:?}", sister.statuses());
    let seen = unlinked(&sister.transcript()).replace(&house.bot.url, "https://wasl.example");
    harness::golden("whatsapp/help-en", &seen);
}
