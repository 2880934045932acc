//! An officer at the desk: in both languages, on a wide screen and on a phone.

use thirtyfour::By;
use wasl::case::Role;

use super::super::harness::Bot;
use super::super::story::{answers_all, arrives, officer_hands_over};
use super::chromium::{Browser, Screen};
use super::wanted;

const PASSWORD: &str = "a lantern in the quiet garden";

/// A few requests, the first of them with the committee, and somebody who waits for a person.
async fn days_at_the_association(bot: &Bot) {
    asks_for(bot, "Certificate of Islam").await;
    officer_hands_over(bot).await;
    bot.days(2).await;
    asks_for(bot, "A place to stay").await;
    let mut brother = bot.chat("en").await;
    arrives(&mut brother).await;
    brother.taps("Speak to a person").await;
    bot.days(1).await;
    asks_for(bot, "Learn about Islam").await;
}

async fn asks_for(bot: &Bot, service: &str) {
    let mut person = bot.chat("en").await;
    arrives(&mut person).await;
    person.taps("Ask for help").await;
    person.says(service).await;
    answers_all(&mut person).await;
    person.taps("It is all correct").await;
    person.says("Maria Santos Cruz").await;
}

async fn comes_in(officer: &Browser, bot: &Bot) {
    let invitation =
        wasl::desk::staff::invite(bot.engine.store(), Role::Officer, bot.engine.now()).await.unwrap();
    officer.goes(&format!("/desk/setup/{invitation}?lang=en")).await;
    officer.is_good("desk-setup").await;
    officer.fills("#name", "Huda").await;
    officer.fills("#password", PASSWORD).await;
    officer.fills("#again", PASSWORD).await;
    officer.taps("Create my access").await;
    officer.reads("Your access is ready.").await;
    officer.taps("Sign out").await;
    officer.sees("#password").await;
    officer.is_good("desk-login").await;
    officer.fills("#name", "Huda").await;
    officer.fills("#password", PASSWORD).await;
    officer.taps("Sign in").await;
    officer.sees("table.queue").await;
}

#[tokio::test]
async fn an_officer_checks_a_request_and_hands_it_over() {
    if !wanted() {
        return;
    }
    let bot = Bot::start().await;
    days_at_the_association(&bot).await;
    let mut officer = Browser::open(&bot, Screen::Desk).await;
    comes_in(&officer, &bot).await;
    officer.is_good("desk-queue").await;
    officer.is_pictured("desk-queue").await;

    // The most urgent request: whose it is, whether everything matches, and on to the committee.
    officer.sees("tbody tr:first-child a.ref").await.click().await.unwrap();
    officer.sees("fieldset.check").await;
    officer.is_good("desk-case").await;
    officer.is_pictured("desk-case").await;
    officer.taps("Assign to me").await;
    officer.reads("The request is yours now.").await;
    for matches in officer.page.find_all(By::Css("input[value=matched]")).await.unwrap() {
        matches.click().await.unwrap();
    }
    officer.taps("Save the check").await;
    officer.reads("The check is saved.").await;
    officer.is_good("desk-case-checked").await;
    officer.taps("Hand to the committee").await;
    officer.reads("The request is with the committee.").await;

    // The same pages in Arabic, and on a phone.
    let case = officer.path().await;
    for (screen, name) in [(Screen::Desk, "desk"), (Screen::Phone, "phone")] {
        officer.turns_to(screen).await;
        for lang in ["ar", "en"] {
            officer.goes(&format!("/desk?lang={lang}")).await;
            officer.sees("table.queue").await;
            officer.is_good(&format!("desk-queue-{lang}-{name}")).await;
            officer.goes(&format!("/desk/find?lang={lang}")).await;
            officer.sees("#wanted").await;
            officer.is_good(&format!("desk-find-{lang}-{name}")).await;
            officer.goes(&format!("{case}?lang={lang}")).await;
            officer.sees(".case-head").await;
            officer.is_good(&format!("desk-case-{lang}-{name}")).await;
        }
    }
    officer.darkens().await;
    officer.goes("/desk?lang=ar").await;
    officer.is_good("desk-queue-dark").await;
    officer.goes(&case).await;
    officer.is_good("desk-case-dark").await;
}
