//! Who wrote too long ago is knocked at, once a day, if they allowed it; what waits leaves when they speak.

use wasl::case::Role;

use super::whatsapp::Person;
use super::whatsapp_story::House;

/// Somebody who handed in a request, and said whether they may be written to first; its page at the desk.
async fn handed_in(house: &House, person: &Person, leave: &str) -> String {
    house.arrives(person).await;
    house.chooses(person, "Certificate of Islam").await;
    house.answers_all(person).await;
    house.signs(person).await;
    house.settle().await;
    person.taps(leave);
    house.settle().await;
    let officer = house.bot.officer("amina", Role::Administrator).await;
    officer.case().await
}

const HELD: &str = "SELECT CAST(count(*) AS TEXT) FROM outbox WHERE state = 'held'";
const TASKS: &str =
    "SELECT coalesce(string_agg(kind, ' ' ORDER BY kind), '') FROM task WHERE done_at IS NULL";

#[tokio::test]
async fn several_notices_are_one_knock_and_leave_in_their_order() {
    let house = House::with_templates().await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    let case = handed_in(&house, &sister, "Yes, please").await;
    house.bot.days(2).await;
    let officer = house.bot.signs_in("amina").await;
    officer.checks(&case, &[]).await;
    sister.expects("We have a message for you.").await;
    officer.does(&case, "hand_over", &[]).await;
    house.settle().await;
    house.until(HELD, "2").await;
    assert_eq!(sister.times("We have a message for you."), 1, "{}", sister.transcript());
    // Any word opens the chat, not the button alone.
    sister.says("Peace");
    sister.expects("Your data and papers are in order.").await;
    sister.expects("It is now with the research committee.").await;
    house.settle().await;
    house.until(HELD, "0").await;
    house.until(TASKS, "").await;
    // The button of a knock that was answered already: she wants to go on.
    sister.taps("Read");
    sister.expects("What can we do for you?").await;
}

#[tokio::test]
async fn a_day_later_another_notice_knocks_again_and_an_officer_hears_who_does_not_open() {
    let house = House::with_templates().await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    let case = handed_in(&house, &sister, "Yes, please").await;
    house.bot.days(2).await;
    let desk = house.bot.signs_in("amina").await;
    desk.checks(&case, &[]).await;
    sister.expects("We have a message for you.").await;
    house.bot.days(2).await;
    let desk = house.bot.signs_in("amina").await;
    desk.does(&case, "hand_over", &[]).await;
    house.settle().await;
    assert_eq!(sister.times("We have a message for you."), 2, "{}", sister.transcript());
    house.bot.engine.tell_unread().await.unwrap();
    house.until(TASKS, "").await;
    house.bot.days(2).await;
    house.bot.engine.tell_unread().await.unwrap();
    house.until(TASKS, "unread").await;
    house.bot.days(9).await;
    house.bot.engine.tell_unread().await.unwrap();
    house.until(TASKS, "unread").await;
    let page = house.bot.signs_in("amina").await.reads("/desk?lang=en&tab=tasks").await;
    assert!(page.contains("somebody who wrote too long ago"), "{page}");
    sister.taps("Read");
    sister.expects("It is now with the research committee.").await;
}

#[tokio::test]
async fn who_did_not_allow_it_is_not_knocked_at_and_an_officer_hears_of_it() {
    let house = House::with_templates().await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    let case = handed_in(&house, &sister, "No, I will look").await;
    assert_eq!(sister.times("All right."), 1, "{}", sister.transcript());
    house.bot.days(2).await;
    let officer = house.bot.signs_in("amina").await;
    officer.checks(&case, &[]).await;
    house.settle().await;
    house.bot.engine.tell_unread().await.unwrap();
    house.until(HELD, "1").await;
    house.until(TASKS, "unread").await;
    assert_eq!(sister.times("We have a message for you."), 0, "{}", sister.transcript());
    sister.says("Peace");
    sister.expects("Your data and papers are in order.").await;
}

#[tokio::test]
async fn stop_takes_leave_back_at_once() {
    let house = House::with_templates().await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    let case = handed_in(&house, &sister, "Yes, please").await;
    sister.says("stop");
    sister.expects("You will get no more reminders").await;
    house.bot.days(2).await;
    let officer = house.bot.signs_in("amina").await;
    officer.checks(&case, &[]).await;
    house.settle().await;
    house.until(HELD, "1").await;
    assert_eq!(sister.times("We have a message for you."), 0, "{}", sister.transcript());
    let mut store = super::story::store(&house.bot).await;
    let given = "SELECT string_agg(given || version, ' ' ORDER BY id) FROM consent WHERE wording LIKE '%first%' OR wording LIKE '%reminders%'";
    assert_eq!(store.text(given).await.split(' ').count(), 2, "both are kept, with their words");
}

#[tokio::test]
async fn without_a_template_the_officer_hears_and_nothing_is_lost() {
    let house = House::open().await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    let case = handed_in(&house, &sister, "Yes, please").await;
    house.bot.days(2).await;
    let officer = house.bot.signs_in("amina").await;
    officer.checks(&case, &[]).await;
    house.settle().await;
    house.until(TASKS, "undeliverable").await;
    house.until(HELD, "1").await;
    // Approved meanwhile, in another language than hers: better than silence.
    house.whatsapp.template("wasl_notice", "ar", "لدينا رسالة لك.", &["قراءة"], "APPROVED");
    house.bot.days(2).await;
    let officer = house.bot.signs_in("amina").await;
    officer.does(&case, "hand_over", &[]).await;
    sister.expects("لدينا رسالة لك.").await;
    sister.taps("قراءة");
    sister.expects("Your data and papers are in order.").await;
    sister.expects("It is now with the research committee.").await;
}

#[tokio::test]
async fn what_meta_finds_too_late_is_held_like_what_we_find() {
    for late in [false, true] {
        let house = House::with_templates().await;
        let sister = house.whatsapp.person("966501234567", "Maria");
        let case = handed_in(&house, &sister, "Yes, please").await;
        house.whatsapp.refuses_late(late);
        // As Meta counts, she wrote longer ago than we know.
        house.whatsapp.forgets_words(&sister.phone);
        house.bot.signs_in("amina").await.checks(&case, &[]).await;
        sister.expects("We have a message for you.").await;
        house.settle().await;
        house.until(HELD, "1").await;
        sister.taps("Read");
        sister.expects("Your data and papers are in order.").await;
        house.settle().await;
        assert_eq!(sister.times("Your data and papers are in order."), 1, "{}", sister.transcript());
    }
}

#[tokio::test]
async fn a_reminder_waits_for_the_chat_and_is_forgotten_when_nobody_wants_it() {
    let house = House::with_templates().await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    handed_in(&house, &sister, "Yes, please").await;
    house.chooses(&sister, "Learn about Islam").await;
    assert_eq!(house.asked(&sister).await.0, "need");
    house.bot.days(30).await;
    house.settle().await;
    let knocks = sister.times("We are still here for you.");
    assert!(knocks <= 2, "{}", sister.transcript());
    let dropped = "SELECT CAST(count(*) AS TEXT) FROM task WHERE kind = 'late'";
    house.until(dropped, "0").await;
}
