//! What only happens on WhatsApp: signatures, names that change, statuses in any order, weather.

use serde_json::{Value, json};

use super::harness::PIXEL;
use super::provider::Fault;
use super::telegram_chat::OF_PICTURE;
use super::whatsapp::Person;
use super::whatsapp_story::{House, WORD};

const PEOPLE: &str = "SELECT CAST(count(*) AS TEXT) FROM person";
const TASKS: &str = "SELECT coalesce(string_agg(kind || ' ' || detail, ', ' ORDER BY id), '') FROM task WHERE done_at IS NULL";

#[tokio::test]
async fn only_meta_is_heard_and_only_meta_is_answered() {
    let house = House::open().await;
    assert_eq!(house.whatsapp.verifies(WORD).await, (200, "1158201444".into()));
    let (status, body) = house.whatsapp.verifies("another").await;
    assert_eq!((status, body.contains("1158201444")), (403, false));
    for forged in [None, Some(""), Some("sha256=00"), Some(&*format!("sha256={}", "0".repeat(64)))] {
        assert_eq!(house.whatsapp.forges(forged).await, 403, "{forged:?}");
    }
    house.until(PEOPLE, "0").await;
}

#[tokio::test]
async fn a_message_is_read_and_its_answer_is_one_message() {
    let house = House::open().await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    let hello = sister.says("السلام عليكم");
    let greeting = sister.expects("السلام عليكم ورحمة الله").await;
    assert_eq!(greeting.labels.len(), 2, "{}", sister.transcript());
    house.settle().await;
    assert_eq!(house.whatsapp.status_of(&sister.phone, &hello), "read");
    let sent = house.whatsapp.calls("messages").iter().filter(|call| call.body["type"].is_string()).count();
    assert_eq!(sent, 1, "each message costs");
}

#[tokio::test]
async fn an_old_button_and_what_cannot_be_read_are_answered_kindly() {
    let house = House::open().await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    house.arrives(&sister).await;
    sister.taps("Yes, I agree");
    sister.expects("That button belonged to an earlier question.").await;
    sister.sends_file("audio", "audio/ogg", b"OggS", &json!({ "voice": true }));
    sister.expects("We cannot read this kind of message yet.").await;
    sister.sends_what_nobody_can_read();
    sister.reacts("wamid.x", "👍");
    house.settle().await;
    assert_eq!(sister.times("We cannot read this kind"), 1, "once: {}", sister.transcript());
}

#[tokio::test]
async fn who_hides_the_number_is_written_to_by_another_name_and_stays_the_same_person() {
    let house = House::open().await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    house.arrives(&sister).await;
    sister.hides_number("maryam.k");
    sister.taps("Ask for help");
    sister.expects("What do you need help with?").await;
    house.settle().await;
    let last =
        house.whatsapp.calls("messages").into_iter().rfind(|call| call.body["type"].is_string()).unwrap();
    assert_eq!((last.body["to"].as_str(), last.body["recipient"].as_str()), (None, Some(&*sister.user_id())));
    house.until(PEOPLE, "1").await;

    // Somebody of whom only the id is ever known.
    let other = house.whatsapp.person("966509999999", "Aisha");
    other.hides_number("aisha");
    house.arrives(&other).await;
    house.until(PEOPLE, "2").await;
}

#[tokio::test]
async fn a_new_number_is_the_same_person_and_what_waits_goes_there() {
    let house = House::open().await;
    let mut sister = house.whatsapp.person("966501234567", "Maryam");
    house.arrives(&sister).await;
    sister.changes_number("963944000000");
    house.settle().await;
    sister.taps("My request");
    sister.expects("no request").await;
    house.settle().await;
    house.until(PEOPLE, "1").await;
    house.until(TASKS, "").await;
}

#[tokio::test]
async fn two_names_that_were_met_apart_become_one_and_an_officer_hears_of_it() {
    let house = House::open().await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    let message = |id: &str, more: Value| {
        let mut message =
            json!({ "id": id, "timestamp": "1795330800", "type": "text", "text": { "body": "hi" } });
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "messages": [message] })
    };
    house.whatsapp.emits("messages", message("wamid.1", json!({ "from": sister.phone })));
    house.settle().await;
    house.whatsapp.emits("messages", message("wamid.2", json!({ "from_user_id": sister.user_id() })));
    house.settle().await;
    house.until(PEOPLE, "2").await;
    sister.says("Hello again");
    house.settle().await;
    house.until(PEOPLE, "2").await;
    let mut store = super::story::store(&house.bot).await;
    assert!(store.text(TASKS).await.starts_with("same_person "));
    let addresses = "SELECT CAST(count(DISTINCT person) AS TEXT) FROM address";
    assert_eq!(store.text(addresses).await, "1", "from now on both lead to one");
}

const STAGES: &str =
    "SELECT coalesce(string_agg(state || stage, ' ' ORDER BY seq), '') FROM outbox WHERE speaker = 'bot'";

#[tokio::test]
async fn statuses_in_any_order_and_twice_say_the_same() {
    let house = House::open().await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    house.whatsapp.brings_twice(true);
    house.whatsapp.tells_first(true);
    sister.says("Hello");
    sister.expects("Peace be upon you").await;
    house.settle().await;
    house.whatsapp.tells_first(false);
    house.whatsapp.holds();
    sister.reads();
    sister.taps("English");
    house.whatsapp.releases(true, 100);
    sister.expects("Do you agree?").await;
    house.settle().await;
    house.until(STAGES, "sent4 sent3").await;
}

#[tokio::test]
async fn seven_days_of_webhooks_again_and_shuffled_change_nothing() {
    let house = House::open().await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    house.arrives(&sister).await;
    house.chooses(&sister, "Certificate of Islam").await;
    house.answers_all(&sister).await;
    sister.reads();
    house.settle().await;
    let (before, seen) = (house.whatsapp.taken(), sister.transcript());
    house.bot.days(7).await;
    let mut store = super::story::store(&house.bot).await;
    let rows = "SELECT (SELECT count(*) FROM inbox) || ' ' || (SELECT count(*) FROM outbox) || ' ' || (SELECT sum(stage) FROM outbox)";
    let was = store.text(rows).await;
    let mut again = before;
    // Every third first, the newest before the oldest.
    again.reverse();
    let (first, rest): (Vec<_>, Vec<_>) = again.into_iter().enumerate().partition(|(n, _)| n % 3 == 0);
    for (_, change) in first.into_iter().chain(rest) {
        house.whatsapp.brings(&change);
    }
    house.settle().await;
    assert_eq!(store.text(rows).await, was);
    assert_eq!(sister.transcript(), seen);
}

#[tokio::test]
async fn a_time_out_is_settled_by_its_status_and_else_sent_once_more() {
    let house = House::open().await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    // It was sent, and the answer broke off: the status says so.
    house.whatsapp.next("messages", Fault::CutAfter);
    sister.says("Hello");
    sister.expects("Peace be upon you").await;
    house.until(STAGES, "sent3").await;
    house.time_passes().await;
    house.settle().await;
    assert_eq!(sister.times("Peace be upon you"), 1, "{}", sister.transcript());
    house.until(STAGES, "sent3").await;
    // It was not: nobody says anything, and it is sent once more.
    house.whatsapp.next("messages", Fault::CutBefore);
    sister.taps("English");
    house.waits_for(&sister, "Do you agree?").await;
    house.settle().await;
    assert_eq!(sister.times("Do you agree?"), 1, "{}", sister.transcript());
}

/// What the weather leads to.
async fn weather(fault: u32, person: &Person, house: &House) {
    house.whatsapp.next_fails_with(fault);
    person.taps("My request");
    house.waits_for(person, "no request").await;
}

#[tokio::test]
async fn what_fails_for_a_while_comes_and_what_fails_for_good_is_a_task() {
    let house = House::open().await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    house.arrives(&sister).await;
    for code in [131_000, 131_056, 130_429] {
        weather(code, &sister, &house).await;
    }
    assert_eq!(sister.times("no request"), 3, "{}", sister.transcript());
    house.until(TASKS, "").await;
    house.whatsapp.next_fails_with(131_009);
    sister.taps("My request");
    house.settle().await;
    house.until(TASKS, "undeliverable a parameter is not right (131009)").await;
}

#[tokio::test]
async fn a_refused_token_stops_the_channel_keeps_the_queue_and_tells_staff() {
    let house = House::open().await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    house.arrives(&sister).await;
    house.whatsapp.next_fails_with(131_031);
    sister.taps("My request");
    house.until(TASKS, "line whatsapp: the account is locked (131031)").await;
    house.waits_for(&sister, "no request").await;
    let officer = house.bot.officer("amina", wasl::case::Role::Administrator).await;
    let page = officer.reads("/desk?lang=en&tab=tasks").await;
    assert!(page.contains("the account is locked"), "{page}");
    house.whatsapp.emits(
        "message_template_status_update",
        json!({ "event": "PAUSED",
        "message_template_name": "wasl_notice", "message_template_language": "ar" }),
    );
    house.settle().await;
    let mut store = super::story::store(&house.bot).await;
    assert!(store.text(TASKS).await.ends_with("line whatsapp: template: wasl_notice, ar, PAUSED"));
}

#[tokio::test]
async fn a_photo_is_fetched_while_its_link_is_good_and_asked_for_again_when_it_is_gone() {
    let forms = tempfile::tempdir().unwrap();
    std::fs::write(forms.path().join("suggestion.md"), OF_PICTURE).unwrap();
    let house = House::open_with(&format!("forms.folder = '{}'", forms.path().display())).await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    house.arrives(&sister).await;
    sister.taps("Suggest or complain");
    sister.expects("We are glad to hear you.").await;
    sister.taps("A suggestion");
    sister.expects("Please send a picture of the place.").await;
    // Not kept any more: it is asked for once more, and nothing waits behind it.
    sister.sends(json!({ "type": "image", "image": { "id": "1037543291543000", "mime_type": "image/png" } }));
    sister.expects("send it").await;
    house.whatsapp.next("download", Fault::Broken);
    sister.sends_file("image", "image/png", PIXEL, &json!({}));
    house.waits_for(&sister, "We have received").await;
}
