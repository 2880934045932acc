//! One person in several chats: a code brings them together, and what does not reach them here reaches them there.

use wasl::case::Role;

use super::telegram::{self, Telegram};
use super::whatsapp::Person;
use super::whatsapp_story::House;

const TASKS: &str =
    "SELECT coalesce(string_agg(kind, ' ' ORDER BY kind), '') FROM task WHERE done_at IS NULL";

/// A house with a Telegram too.
async fn with_telegram() -> (House, Telegram) {
    let telegram = Telegram::start().await;
    telegram.limits(usize::MAX, None, 1);
    let settings = format!(
        "[channel.telegram]\ntoken = '{}'\napi_base = '{}'\nmode = 'polling'\nmessages_per_second = 0\n\
         messages_per_person_second = 0\n",
        telegram.token(),
        telegram.url(),
    );
    let house = House::open_with(&settings).await;
    house.whatsapp.template("wasl_notice", "en", "We have a message for you.", &["Read"], "APPROVED");
    (house, telegram)
}

/// The code that somebody is given.
async fn asks_for_a_code(person: &Person) -> String {
    person.says("my data");
    person.expects("To see what is yours").await;
    person.taps("Go on elsewhere");
    let given = person.expects("Your code").await.text;
    given[given.find("C-").unwrap()..][..11].to_owned()
}

/// Somebody whose request was handed in on WhatsApp, and who went on to Telegram; the page of the request.
async fn in_both(house: &House, telegram: &Telegram, leave: &str) -> (Person, telegram::Person, String) {
    let sister = house.whatsapp.person("966501234567", "Maria");
    house.arrives(&sister).await;
    house.chooses(&sister, "Certificate of Islam").await;
    house.answers_all(&sister).await;
    house.signs(&sister).await;
    house.settle().await;
    sister.taps(leave);
    house.settle().await;
    let code = asks_for_a_code(&sister).await;
    let there = telegram.person("Maria");
    there.says(&code);
    there.expects("You are here now").await;
    let officer = house.bot.officer("amina", Role::Administrator).await;
    (sister, there, officer.case().await)
}

#[tokio::test]
async fn what_was_begun_in_one_chat_is_finished_in_another() {
    let (house, telegram) = with_telegram().await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    house.arrives(&sister).await;
    house.chooses(&sister, "Learn about Islam").await;
    house.settle().await;
    let code = asks_for_a_code(&sister).await;
    let there = telegram.person("Maria");
    // Dictated, and typed on a small phone.
    there.says(&code.to_lowercase().replace('-', " "));
    there.expects("You are here now").await;
    sister.expects("Your conversation with us goes on in another chat now.").await;
    there.says("continue");
    there.expects("What do you need?").await;
    there.says("I would like to learn how to pray.");
    there.expects("In which language").await;
    // Whoever writes in the first chat again is answered there.
    sister.says("skip");
    sister.expects("What is your full name?").await;
    // The code worked once. A stranger's language is not known yet.
    let stranger = telegram.person("Mallory");
    stranger.says(&code);
    stranger.expects("انتهى هذا الرمز.").await;
}

#[tokio::test]
async fn a_code_holds_about_an_hour_and_leads_away_from_its_own_chat_only() {
    let (house, telegram) = with_telegram().await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    house.arrives(&sister).await;
    let code = asks_for_a_code(&sister).await;
    sister.says(&code);
    sister.expects("That is this chat.").await;
    house.bot.hours(2).await;
    let there = telegram.person("Maria");
    there.says(&code);
    there.expects("انتهى هذا الرمز.").await;
    // Somebody's answer may look like a code: where a conversation is on, it is an answer.
    sister.says("C-0000-0000");
    sister.expects("We did not understand that yet.").await;
}

#[tokio::test]
async fn where_something_was_begun_people_bring_both_together() {
    let (house, telegram) = with_telegram().await;
    let there = telegram.person("Maria");
    there.starts(None);
    there.expects("Please choose your language").await;
    there.taps("English");
    there.expects("agree").await;
    there.taps("Yes, I agree");
    there.expects("What can we do for you?").await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    house.arrives(&sister).await;
    let code = asks_for_a_code(&sister).await;
    there.says(&code);
    there.expects("You have begun something in this chat too.").await;
    house.until(TASKS, "same_person").await;
}

#[tokio::test]
async fn a_notice_that_may_not_be_said_here_is_said_there() {
    let (house, telegram) = with_telegram().await;
    let (sister, there, case) = in_both(&house, &telegram, "No, I will look").await;
    // She writes on WhatsApp again, so that is where she is answered; then a day passes.
    sister.says("menu");
    sister.expects("What can we do for you?").await;
    house.bot.days(2).await;
    house.bot.signs_in("amina").await.checks(&case, &[]).await;
    there.expects("Your data and papers are in order.").await;
    house.settle().await;
    assert_eq!(there.times("Your data and papers are in order."), 1);
    assert_eq!(sister.times("We have a message for you."), 0, "{}", sister.transcript());
    house.bot.engine.tell_unread().await.unwrap();
    house.until(TASKS, "").await;
}

#[tokio::test]
async fn a_knock_that_nobody_answers_is_followed_by_the_other_chat() {
    let (house, telegram) = with_telegram().await;
    let (sister, there, case) = in_both(&house, &telegram, "Yes, please").await;
    sister.says("menu");
    sister.expects("What can we do for you?").await;
    house.bot.days(2).await;
    house.bot.signs_in("amina").await.checks(&case, &[]).await;
    sister.expects("We have a message for you.").await;
    house.settle().await;
    assert_eq!(there.times("Your data and papers are in order."), 0);
    house.bot.days(3).await;
    house.bot.engine.tell_unread().await.unwrap();
    there.expects("Your data and papers are in order.").await;
    house.until(TASKS, "").await;
    sister.taps("Read");
    house.settle().await;
    assert_eq!(
        sister.times("Your data and papers are in order."),
        0,
        "once is enough: {}",
        sister.transcript()
    );
}

#[tokio::test]
async fn who_blocks_us_there_is_told_here() {
    let (house, telegram) = with_telegram().await;
    let (sister, there, case) = in_both(&house, &telegram, "Yes, please").await;
    there.blocks();
    house.bot.signs_in("amina").await.checks(&case, &[]).await;
    sister.expects("Your data and papers are in order.").await;
    house.settle().await;
    house.until(TASKS, "").await;
}
