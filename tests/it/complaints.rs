//! A complaint may be about those who read transcripts: it stands in none.

use wasl::case::Role;

use super::harness::{Bot, Person, link};
use super::story::asks_for_help;

const WORDS: &str = "Amina shouted at me.";

async fn begins_to_complain(person: &mut Person<'_>) {
    person.says("menu").await;
    person.taps("Suggest or complain").await;
    person.taps("A complaint").await;
}

/// A complaint from the menu to its thanks.
async fn complains(person: &mut Person<'_>) {
    begins_to_complain(person).await;
    for _ in 0..9 {
        match person.question() {
            Some("about") => person.says("1").await,
            Some("contact") => person.taps("Leave my name out").await,
            Some("menu") => return,
            Some(_) if person.last()["expects"]["kind"] == "text" => person.says(WORDS).await,
            _ => person.says("skip").await,
        };
    }
    panic!("the complaint does not end: {}", person.last_text());
}

#[tokio::test]
async fn an_officer_reads_a_complaint_nowhere_and_an_administrator_in_its_place() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    complains(&mut sister).await;
    assert!(sister.heard.iter().any(|m| m["text"] == WORDS), "its own person reads it");
    let number = sister
        .last_text()
        .split("the number \u{2068}W-")
        .nth(1)
        .map(|rest| format!("W-{}", &rest[..9]))
        .unwrap();
    sister.says("menu").await;

    let officer = bot.officer("amina", Role::Officer).await;
    let case = officer.case().await;
    let page = officer.reads(&case).await;
    let person = link(&page, "/desk/person/");
    let admin = bot.officer("mona", Role::Administrator).await;
    // A page of the desk tells nothing that leads from a complaint to its person, whoever reads it.
    for (who, staff) in [("officer", &officer), ("administrator", &admin)] {
        for path in [&case, &person] {
            let page = staff.reads(&format!("{path}?lang=en")).await;
            assert!(page.contains("I would like to learn how to pray."), "the rest is there");
            for telling in [
                WORDS,
                &number,
                "A complaint",
                "Suggest or complain",
                "Leave my name out",
                "You were writing",
            ] {
                assert!(!page.contains(telling), "{who} reads {telling:?} at {path}");
            }
        }
    }
    let filed = officer.reads("/desk/filed?lang=en").await;
    assert!(!filed.contains(WORDS) && !filed.contains(&number) && filed.contains("administrators only"));
    let by = wasl::engine::Staff {
        id: wasl::message::StaffId(Default::default()),
        name: "amina".into(),
        role: Role::Officer,
    };
    assert_eq!(
        bot.engine.filed(&by, 9, 0).await.unwrap().len(),
        0,
        "the engine itself opens none for an officer"
    );
    let filed = admin.reads("/desk/filed?lang=en").await;
    assert!(filed.contains(WORDS) && filed.contains(&number));
    assert!(!filed.contains("/desk/person/"), "the name stays out of it");
}

#[tokio::test]
async fn what_is_said_to_a_colleague_in_the_middle_of_a_complaint_reaches_the_colleague() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    begins_to_complain(&mut sister).await;
    sister.says("person").await;
    sister.says("I would rather speak to you.").await;
    let officer = bot.officer("amina", Role::Officer).await;
    let page = officer.reads(&format!("{}?lang=en", officer.case().await)).await;
    assert!(page.contains("I would rather speak to you."));
    assert!(!page.contains("sorry that you have reason to complain"));
}

#[tokio::test]
async fn a_complaint_that_was_begun_and_left_is_not_told_of_either() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    begins_to_complain(&mut sister).await;
    sister.says("1").await;
    sister.says("pause").await;
    bot.days(31).await;
    sister.reads().await;
    assert_eq!(sister.times("The complaint you began was deleted today"), 1, "its person is told");
    let officer = bot.officer("amina", Role::Officer).await;
    let page = officer.reads(&format!("{}?lang=en", officer.case().await)).await;
    assert!(!page.contains("complaint you began"));
}
