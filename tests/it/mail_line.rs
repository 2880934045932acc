//! What goes wrong between two mail servers, on a real post office.

use std::time::Duration;

use super::harness::{self, Bot, PIXEL};
use super::mail::{self, Office, With};
use super::mail_story::{HELP, House};

impl House {
    /// Waits until the database says so.
    async fn until(&self, query: &str, wanted: &str) {
        let mut store = super::story::store(&self.bot).await;
        let found = async {
            while store.text(query).await != wanted {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let found = tokio::time::timeout(Duration::from_secs(20), found).await;
        assert!(found.is_ok(), "{query} is never {wanted}, but {}", store.text(query).await);
    }

    async fn count(&self, query: &str) -> String {
        super::story::store(&self.bot).await.text(query).await
    }
}

const HEARD: &str = "SELECT CAST(count(*) AS TEXT) FROM inbox";
const ASIDE: &str = "SELECT CAST(count(*) AS TEXT) FROM quarantine";

#[tokio::test]
async fn what_lay_there_before_stays_and_what_is_read_is_put_away_whoever_read_it_first() {
    if !mail::wanted() {
        return;
    }
    let office = Office::open();
    let sister = office.person("maria@people.test", "Maria");
    sister.writes(HELP, "Long ago", "Please call me.").await;
    while office.lie_in(HELP, "") == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let house = House::open_with("", HELP, office).await;
    house.until("SELECT CAST(count(*) AS TEXT) FROM pull WHERE cursor IS NOT NULL", "1").await;
    let sister = house.office.person("maria@people.test", "Maria");
    sister.writes(HELP, "Today", "Hello").await;
    let mail = sister.expects("Peace be upon you").await;
    assert_eq!(mail.subject, "Re: Today");
    assert_eq!(house.count(HEARD).await, "1");
    // What was answered is put away at the next look.
    sister.answers("English").await;
    sister.expects("agree").await;
    while house.office.lie_in(HELP, ".Processed") == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn the_line_breaks_and_comes_back_and_no_mail_is_lost_or_read_twice() {
    if !mail::wanted() {
        return;
    }
    let house = House::open().await;
    let sister = house.office.person("maria@people.test", "Maria");
    house.arrives(&sister).await;
    house.office.shuts();
    // Exim keeps it until the mailboxes are open again.
    sister.answers("1").await;
    house.office.opens();
    sister.expects("What do you need help with?").await;
    let heard = house.count(HEARD).await;
    house.office.makes_anew(HELP);
    sister.answers("Certificate of Islam").await;
    sister.expects("What do you need? Tell us in your own words.").await;
    let all: usize = heard.parse().unwrap();
    assert_eq!(house.count(HEARD).await, (all + 1).to_string(), "the mails that it had are not read again");
}

#[tokio::test]
async fn a_server_that_says_come_again_is_come_to_again_and_one_that_says_never_is_not() {
    if !mail::wanted() {
        return;
    }
    let house = House::open().await;
    let grey = house.office.person("grey@people.test", "Maria");
    grey.writes(HELP, "Hello", "Hello").await;
    // Tried, and in nobody's hands: an answer that came later would be counted from another day.
    let waits = "SELECT CAST(count(*) AS TEXT) FROM outbox WHERE attempt = 1 AND state = 'queued' AND lease_until = 0";
    house.until(waits, "1").await;
    house.office.knows_them();
    house.bot.clock.advance(chrono::Duration::hours(1));
    house.bot.engine.tick().await.unwrap();
    grey.expects("Peace be upon you").await;

    let nobody = house.office.person("nobody@people.test", "Nobody");
    nobody.writes(HELP, "Hello", "Hello").await;
    let gone = "SELECT CAST(count(*) AS TEXT) FROM address WHERE path = 'nobody@people.test' AND blocked_at IS NOT NULL";
    house.until(gone, "1").await;
}

#[tokio::test]
async fn a_mail_that_comes_back_closes_the_address_until_the_person_writes_again() {
    if !mail::wanted() {
        return;
    }
    let house = House::open().await;
    let far = house.office.person("layla@far.test", "Layla");
    far.writes(HELP, "Hello", "Hello").await;
    // Taken, and then returned: a real report of a real server.
    let gone =
        "SELECT CAST(count(*) AS TEXT) FROM address WHERE path = 'layla@far.test' AND blocked_at IS NOT NULL";
    house.until(gone, "1").await;
    assert_eq!(house.count(HEARD).await, "1", "a report is nobody's message");
    far.writes(HELP, "Again", "Hello again").await;
    house.until(HEARD, "2").await;
    house.until("SELECT CAST(count(*) AS TEXT) FROM outbox WHERE provider_id IS NOT NULL", "2").await;
}

#[tokio::test]
async fn who_may_be_another_hears_nothing_and_staff_is_told() {
    if !mail::wanted() {
        return;
    }
    let house = House::open().await;
    let forger = house.office.person("maria@forged.test", "Maria");
    forger.writes(HELP, "Hello", "What is my request?").await;
    house.until(ASIDE, "1").await;
    house.until("SELECT CAST(count(*) AS TEXT) FROM task", "1").await;
    assert_eq!((house.count(HEARD).await.as_str(), house.office.lie_in("maria@forged.test", "")), ("0", 0));
}

#[tokio::test]
async fn papers_come_with_the_mail_and_each_is_heard() {
    if !mail::wanted() {
        return;
    }
    let house = House::open().await;
    let sister = house.office.person("maria@people.test", "Maria");
    house.arrives(&sister).await;
    sister.answers_with("Here is my card.", Some(("card.png", PIXEL))).await;
    sister.expects("").await;
    house.until("SELECT CAST(count(*) AS TEXT) FROM inbox WHERE state <> 'done'", "0").await;
    house.bot.settle().await;
    sister.answers("1").await;
    sister.expects("What do you need help with?").await;
}

#[tokio::test]
async fn an_answer_stands_in_the_thread_and_names_a_way_back_that_only_we_can_make() {
    if !mail::wanted() {
        return;
    }
    let house = House::open().await;
    let sister = house.office.person("maria@people.test", "Maria");
    let fields = vec![("X-Priority", "1".to_owned())];
    sister.sends(HELP, "السلام عليكم", "السلام عليكم", With { fields, file: None }).await;
    let mail = sister.expects("اختيار اللغة").await;
    assert_eq!(mail.subject, "Re: السلام عليكم");
    assert!(mail.html.contains("dir=\"rtl\"") || mail.html.contains("dir=\"ltr\""), "{}", mail.html);
    assert_eq!(mail.field("Auto-Submitted"), Some("auto-replied"));
    assert_eq!(mail.references.len(), 1);
    assert!(
        mail.reply_to.starts_with("help+c") && mail.reply_to.ends_with("@charity.test"),
        "{}",
        mail.reply_to
    );
    let sender = mail.field("Return-path").or(mail.field("Return-Path")).unwrap();
    assert!(sender.starts_with("<help+b"), "{sender}");
    // A thread that stays one: the third mail names the two before it.
    sister.answers("2").await;
    let next = sister.expects("agree").await;
    assert_eq!((next.subject.as_str(), next.references.len()), ("Re: السلام عليكم", 3));
}

/// Answers every mail by itself, as some machines do, without saying so.
async fn answers_itself(
    office: &Office,
    machine: &mail::Person<'_>,
    fields: &[(&str, &str)],
    rounds: usize,
) -> usize {
    let mut answered = 0;
    for _ in 0..rounds {
        let mails = machine.mails();
        for mail in &mails[answered..] {
            let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            let text = "Thank you for your mail. I am away until Monday.";
            machine
                .sends(&mail.reply_to, &format!("Re: {}", mail.subject), text, With { fields, file: None })
                .await;
        }
        answered = mails.len();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let _ = office;
    answered
}

#[tokio::test]
async fn no_storm_begins_with_machines_that_answer() {
    if !mail::wanted() {
        return;
    }
    let office = Office::open();
    let settings = office.settings(HELP).replace("mails_in_ten_minutes = 1000", "mails_in_ten_minutes = 5");
    let bot = Bot::start_by(harness::clock(), |url| format!("server.public_url = '{url}'\n{settings}")).await;
    let polite = office.person("polite@people.test", "Away");
    let rude = office.person("rude@people.test", "Away");
    for machine in [&polite, &rude] {
        machine.writes(HELP, "Hello", "Hello").await;
    }
    let (polite, rude) = tokio::join!(
        answers_itself(&office, &polite, &[("Auto-Submitted", "auto-replied")], 12),
        answers_itself(&office, &rude, &[], 12),
    );
    assert_eq!(polite, 1, "one answer, to what was written first");
    assert!((1..=5).contains(&rude), "{rude}");
    drop(bot);
}

#[tokio::test]
async fn two_of_us_say_little_to_each_other() {
    if !mail::wanted() {
        return;
    }
    let house = House::open().await;
    let other = "help@sister.test";
    let settings = house.office.settings(other);
    let sister =
        Bot::start_by(harness::clock(), |url| format!("server.public_url = '{url}'\n{settings}")).await;
    // Somebody writes to one of them in the name of the other.
    house.office.person(other, "Other").writes(HELP, "Hello", "Hello").await;
    house.until("SELECT CAST(count(*) AS TEXT) FROM outbox WHERE state = 'sent'", "1").await;
    let mut store = super::story::store(&sister).await;
    for _ in 0..500 {
        if store.text(ASIDE).await == "1" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(store.text(ASIDE).await, "1", "the other knows it for a mail of ours");
    assert_eq!(store.text("SELECT CAST(count(*) AS TEXT) FROM outbox").await, "0");
}
