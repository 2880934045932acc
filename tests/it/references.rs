//! Two requests never share a number.

use super::harness::Bot;
use super::story::{self, answers_all, asks_for_help};

#[tokio::test]
async fn a_number_that_another_request_has_is_passed_over() {
    let bot = Bot::start().await;
    let mut first = bot.chat("en").await;
    let taken = asks_for_help(&mut first).await;
    let mut second = bot.chat("en").await;
    story::arrives(&mut second).await;
    second.taps("Ask for help").await;
    second.taps("Certificate of Islam").await;
    // The second request's id is that of the event that opened it: the number it will want is given to the first.
    let mut store = story::store(&bot).await;
    let opened = store.text("SELECT id FROM inbox ORDER BY seq DESC LIMIT 1").await;
    let wanted = wasl::message::reference_of(opened.parse().unwrap());
    store.run(&format!("UPDATE case_file SET reference = '{wanted}'")).await;

    answers_all(&mut second).await;
    second.taps("It is all correct").await;
    second.says("Maria Santos Cruz").await;
    let given = store.texts("SELECT reference FROM case_v1").await;
    assert_eq!(given.len(), 2, "nothing was parked");
    assert!(given.contains(&wanted) && !given.contains(&taken));
    let other = given.iter().find(|reference| **reference != wanted).unwrap();
    assert_eq!(
        second.times(&format!("Its number is {other}")),
        1,
        "the person is told the number that is kept"
    );
    assert_eq!(second.times(&wanted), 0);
    let officer = bot.officer("amina", wasl::case::Role::Officer).await;
    assert!(officer.reads("/desk?lang=en").await.contains(other.as_str()));
}
