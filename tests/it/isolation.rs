//! What goes wrong with one person's event is that person's: everybody else goes on.

use wasl::message::Address;

use super::alone::{Alone, at};
use super::database::either;

const PARKED: &str = "SELECT kind || ' ' || state FROM inbox WHERE state = 'parked'";
const TASKS: &str = "SELECT kind FROM task ORDER BY id";

/// One turn together with the others, and five alone.
const RUNS: usize = 6;

/// Two people who were asked whether they agree.
async fn two_people(alone: &Alone) -> (Address, Address) {
    let (sister, brother) = (at("sister"), at("brother"));
    for person in [&sister, &brother] {
        alone.says(person, &["hello", "English"]).await;
    }
    (sister, brother)
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_parked_with_an_apology() {
    let alone = Alone::cautious(u32::MAX).await;
    let (sister, brother) = two_people(&alone).await;
    alone.hears(&[(&sister, "yes"), (&brother, "yes")]).await;
    // The first of them was damaged on the disk.
    alone
        .changes(
            "UPDATE inbox SET body = substr(body, 2) WHERE seq = (SELECT min(seq) FROM inbox WHERE state = 'waiting')",
        )
        .await;
    for run in 1..RUNS {
        alone.engine.tick().await.unwrap();
        assert!(alone.rows(PARKED).await.is_empty(), "parked after {run} runs only");
    }
    assert!(alone.lines(&brother).await.last().unwrap().contains("What can we do for you?"), "others go on");
    alone.ticks().await;
    assert_eq!(alone.rows(PARKED).await, ["said parked"]);
    assert_eq!(alone.rows(TASKS).await, ["parked"], "an officer looks after it");
    let lines = alone.lines(&sister).await;
    assert_eq!(lines.iter().filter(|line| line.contains("sorry")).count(), 1, "one apology: {lines:?}");
    alone.says(&sister, &["yes"]).await;
    assert!(
        alone.lines(&sister).await.last().unwrap().contains("What can we do for you?"),
        "and she goes on"
    );
}

#[tokio::test]
async fn what_comes_in_the_first_minute_is_stored_before_it_is_turned() {
    let alone = Alone::cautious(60).await;
    let sister = at("sister");
    alone.hears(&[(&sister, "hello")]).await;
    assert!(alone.lines(&sister).await.is_empty(), "acknowledged, and not answered yet");
    alone.ticks().await;
    alone.clock.advance(chrono::Duration::seconds(60));
    alone.hears(&[(&sister, "English")]).await;
    assert!(
        alone.lines(&sister).await.last().unwrap().contains("Do you agree?"),
        "answered in the same commit"
    );
}

#[tokio::test]
async fn a_row_that_the_store_refuses_holds_up_nobody_else() {
    let alone = Alone::start().await;
    let (sister, brother) = two_people(&alone).await;
    let before = alone.lines(&sister).await;
    // Whatever is said to the sister is refused, an apology too.
    alone
        .changes(either(
            "CREATE TRIGGER refuse BEFORE INSERT ON outbox
             WHEN NEW.person = (SELECT person FROM address WHERE path = 'sister')
             BEGIN SELECT raise(ABORT, 'refused'); END",
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF NEW.person = (SELECT person FROM address WHERE path = 'sister') THEN RAISE EXCEPTION 'refused'; END IF;
             RETURN NEW; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION refuse()",
        ))
        .await;
    alone.hears(&[(&sister, "yes"), (&brother, "yes")]).await;
    alone.ticks().await;
    assert!(alone.lines(&brother).await.last().unwrap().contains("What can we do for you?"), "others go on");
    assert_eq!(alone.rows(PARKED).await, ["said parked"]);
    assert_eq!(alone.rows(TASKS).await, ["parked"]);
    assert_eq!(alone.lines(&sister).await, before);
    alone.says(&brother, &["my data"]).await;
    assert!(alone.lines(&brother).await.last().unwrap().contains("What we keep about you"));
}

#[tokio::test]
async fn an_event_that_goes_well_at_last_is_answered_once() {
    let alone = Alone::start().await;
    let (sister, brother) = two_people(&alone).await;
    alone
        .changes(either(
            "CREATE TRIGGER refuse BEFORE INSERT ON consent BEGIN SELECT raise(ABORT, 'refused'); END",
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON consent FOR EACH ROW EXECUTE FUNCTION refuse()",
        ))
        .await;
    alone.hears(&[(&sister, "yes"), (&brother, "yes")]).await;
    for _ in 0..3 {
        alone.engine.tick().await.unwrap();
    }
    alone.changes(either("DROP TRIGGER refuse", "DROP TRIGGER refuse ON consent")).await;
    alone.ticks().await;
    for person in [&sister, &brother] {
        let lines = alone.lines(person).await;
        assert_eq!(lines.iter().filter(|line| *line == "yes").count(), 1, "{lines:?}");
        assert!(lines.last().unwrap().contains("What can we do for you?"), "{lines:?}");
    }
    assert_eq!(alone.rows("SELECT person FROM consent").await.len(), 2);
    assert!(alone.rows(TASKS).await.is_empty() && alone.rows(PARKED).await.is_empty());
}
