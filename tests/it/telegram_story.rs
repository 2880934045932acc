//! The story over Telegram, with polling and with a webhook, and what only happens there.

use std::collections::BTreeMap;

use wasl::case::Role;
use wasl::message::{Address, ChannelId};

use super::harness::{self, Bot, PIXEL};
use super::secure_page::{Page, link_in, unlinked};
use super::story::ANSWERS;
use super::telegram::{Person, Telegram};

const SECRET: &str = "the-webhooks-own_secret";

/// The program with a Telegram of its own.
pub struct House {
    pub bot: Bot,
    pub telegram: Telegram,
}

impl House {
    pub async fn open(mode: &str) -> House {
        House::open_with(mode, "").await
    }

    pub async fn open_with(mode: &str, more: &str) -> House {
        let telegram = Telegram::start().await;
        // The clock stands still here, so who is told to wait would wait for ever: see `weather`.
        telegram.limits(usize::MAX, None, 1);
        let bot = Bot::start_at(|url| {
            format!(
                "server.public_url = '{url}'\n{more}\n[channel.telegram]\ntoken = '{}'\napi_base = '{}'\nmode = '{mode}'\n\
                 webhook_secret = '{SECRET}'\nmessages_per_second = 0\nmessages_per_person_second = 0\n",
                telegram.token(),
                telegram.url(),
            )
        })
        .await;
        if mode == "webhook" {
            telegram.called("setWebhook", 1).await;
        }
        House { bot, telegram }
    }

    /// Everything that was sent has arrived, was answered, and the answers are on the phones.
    pub async fn settle(&self) {
        self.telegram.delivered().await;
        let settled = tokio::time::timeout(std::time::Duration::from_secs(10), self.bot.settle()).await;
        assert!(settled.is_ok(), "something waits for ever");
    }

    fn address(&self, person: &Person) -> Address {
        Address { channel: ChannelId::new("telegram"), path: person.id.to_string().into() }
    }

    /// What is asked of somebody now: the question, and whether it must be answered.
    pub async fn asked(&self, person: &Person) -> (String, bool) {
        self.settle().await;
        let lines = self.bot.engine.newest_lines(&self.address(person), 20).await.unwrap();
        let asked = lines.iter().rev().find_map(|line| line.part.expects.clone()).expect("a question");
        (asked.question.into(), asked.required)
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

    /// What a transcript holds, of both sides.
    pub async fn lines(&self, person: &Person) -> Vec<String> {
        let lines = self.bot.engine.newest_lines(&self.address(person), 200).await.unwrap();
        lines.into_iter().map(|line| line.part.text).collect()
    }

    /// Presses through language and consent to the menu.
    pub async fn arrives(&self, person: &Person) {
        person.starts(None);
        person.expects("Peace be upon you").await;
        person.taps("English");
        person.expects("agree").await;
        person.taps("Yes, I agree");
        person.expects("What can we do for you?").await;
    }

    /// Chooses a service on the page of the keyboard on which it stands.
    pub async fn chooses(&self, person: &Person, service: &str) {
        person.taps("Ask for help");
        person.expects("What do you need help with?").await;
        for _ in 0..5 {
            self.settle().await;
            if person.last().buttons.iter().flatten().any(|label| label == service) {
                person.taps(service);
                return self.settle().await;
            }
            person.taps("More ›");
        }
        panic!("no {service:?} on any page:\n{}", person.transcript());
    }

    /// Opens the page that the last message leads to.
    pub async fn page(&self, person: &Person) -> Page {
        self.settle().await;
        let link = link_in(&person.last().text);
        Page::opens(&link.unwrap_or_else(|| panic!("no link:\n{}", person.transcript()))).await
    }

    /// Answers whatever is asked until everything is to be reviewed.
    pub async fn answers_all(&self, person: &Person) {
        self.answers_until(person, "review").await;
    }

    /// Answers whatever is asked until `last` is.
    pub async fn answers_until(&self, person: &Person, last: &str) {
        let answers: BTreeMap<&str, &str> = ANSWERS.iter().copied().collect();
        for _ in 0..40 {
            let (question, required) = self.asked(person).await;
            match (question.as_str(), answers.get(question.as_str())) {
                (asked, _) if asked == last => return,
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
}

async fn a_sister_asks_and_hears_the_decision(mode: &str) {
    let house = House::open(mode).await;
    let sister = house.telegram.person("Maria");
    house.arrives(&sister).await;
    house.chooses(&sister, "Certificate of Islam").await;
    house.answers_all(&sister).await;
    sister.taps("It is all correct");
    sister.expects("please write your full name").await;
    sister.says("Maria Santos Cruz");
    let receipt = sister.expects("Its number is").await.text;
    let reference = receipt[receipt.find("W-").unwrap()..][..11].to_owned();

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
    house.answers_all(&sister).await;
    sister.taps("It is all correct");
    sister.expects("please write your full name").await;
    sister.says("Maria Santos Cruz");
    sister.expects("What was missing for request").await;
    officer.checks(&case, &[]).await;
    officer.does(&case, "hand_over", &[]).await;
    sister.expects("It is now with the research committee.").await;
    house.bot.days(14).await;
    let officer = house.bot.signs_in("amina").await;
    officer.does(&case, "accept", &[("reason", "The committee agreed.")]).await;
    sister.expects("it was accepted").await;
    officer.does(&case, "register", &[]).await;
    officer.does(&case, "deliver", &[]).await;
    house.bot.hours(2).await;
    for _ in 0..20 {
        if house.asked(&sister).await.0 == "menu" {
            break;
        }
        let last = sister.last();
        match last.buttons.first().and_then(|row| row.last()) {
            Some(label) => {
                sister.taps(label);
            }
            None => {
                sister.says("skip");
            }
        }
    }
    assert_eq!(sister.times("Its number is"), 1, "{}", sister.transcript());
    if mode == "polling" {
        let seen = unlinked(&sister.transcript()).replace(&house.bot.url, "https://wasl.example");
        harness::golden("telegram/help-en", &seen);
    }
    house.settle().await;
    assert!(house.telegram.waiting().is_empty());
}

#[tokio::test]
async fn the_story_by_polling() {
    a_sister_asks_and_hears_the_decision("polling").await;
}

#[tokio::test]
async fn the_story_by_webhook() {
    a_sister_asks_and_hears_the_decision("webhook").await;
}
