//! What only happens on Telegram: keyboards that change, messages that are edited, albums, groups, blocks, weather.

use wasl::channel::telegram::Telegram;
use wasl::channel::{Channel, Heard};
use wasl::config::Config;
use wasl::message::Body;

use super::harness::PIXEL;
use super::telegram::{Fault, Person};
use super::telegram_story::House;

/// To the question about needs in the form of a request.
async fn begins(house: &House, person: &Person) {
    house.arrives(person).await;
    house.chooses(person, "Learn about Islam").await;
    assert_eq!(house.asked(person).await.0, "need");
}

/// Answers until that question is asked.
async fn walks_to(house: &House, person: &Person, wanted: &str) {
    for _ in 0..40 {
        let (question, _) = house.asked(person).await;
        if question == wanted {
            return;
        }
        let answer = super::story::ANSWERS.iter().find(|(q, _)| *q == question);
        person.says(answer.map_or("skip", |(_, answer)| answer));
    }
    panic!("{wanted} is not asked:\n{}", person.transcript());
}

#[tokio::test]
async fn a_pressed_keyboard_is_gone_and_the_press_is_answered() {
    let house = House::open("polling").await;
    let sister = house.telegram.person("Maryam");
    sister.starts(None);
    let greeting = sister.expects("Please choose your language.").await;
    let press = sister.taps("English");
    sister.expects("Do you agree?").await;
    house.telegram.called("answerCallbackQuery", 1).await;
    house.settle().await;
    assert!(!sister.press(&press).0, "the spinner stops");
    let old = sister.chat().into_iter().find(|shown| shown.id == greeting.id).unwrap();
    assert!(old.buttons.is_empty(), "a spent keyboard is taken off: {}", sister.transcript());
    // Typed instead of pressed: the keyboard goes as well.
    let asked = sister.last();
    sister.says("yes");
    sister.expects("What can we do for you?").await;
    house.settle().await;
    let old = sister.chat().into_iter().find(|shown| shown.id == asked.id).unwrap();
    assert!(old.buttons.is_empty(), "{}", sister.transcript());
}

#[tokio::test]
async fn many_choices_have_pages_and_typing_finds_any_of_them() {
    let house = House::open("polling").await;
    let sister = house.telegram.person("Maryam");
    house.arrives(&sister).await;
    sister.taps("Ask for help");
    let menu = sister.expects("What do you need help with?").await;
    house.settle().await;
    let first = sister.last().buttons;
    sister.taps("More ›");
    house.settle().await;
    let second = sister.last();
    assert_eq!(second.id, menu.id, "the same message");
    assert_ne!(second.buttons, first);
    sister.taps("‹ Before");
    house.settle().await;
    assert_eq!(sister.last().buttons, first);
    sister.says("certificate");
    house.settle().await;
    assert_eq!(sister.times("Certificate of Islam"), 1, "{}", sister.transcript());
}

const OF_SEVERAL: &str = "
| survey | type | name | label::English (en) | label::Arabic (ar) | required |
| | select_multiple day | days | Which days suit you? | ما الأيام المناسبة؟ | yes |
| | text | suggestion | What do you suggest? | ما اقتراحك؟ | yes |
| choices | list_name | name | label::English (en) | label::Arabic (ar) |
| | day | sat | Saturday | السبت |
| | day | sun | Sunday | الأحد |
| | day | mon | Monday | الاثنين |
| settings | form_id | form_title::English (en) | form_title::Arabic (ar) | version | default_language |
| | suggestion | Suggestion | اقتراح | 1 | Arabic (ar) |
";

#[tokio::test]
async fn several_choices_are_ticked_on_one_message_until_done() {
    let forms = tempfile::tempdir().unwrap();
    std::fs::write(forms.path().join("suggestion.md"), OF_SEVERAL).unwrap();
    for mode in ["polling", "webhook"] {
        let house = House::open_with(mode, &format!("forms.folder = '{}'", forms.path().display())).await;
        let sister = house.telegram.person("Maryam");
        house.arrives(&sister).await;
        sister.taps("Suggest or complain");
        sister.expects("We are glad to hear you.").await;
        sister.taps("A suggestion");
        let asked = sister.expects("Which days suit you?").await;
        house.settle().await;
        let labels = || sister.last().buttons.concat();
        assert_eq!(labels()[..4], ["Saturday", "Sunday", "Monday", "✔ Done"], "{}", sister.transcript());
        for (tap, seen) in [
            ("Sunday", ["Saturday", "✓ Sunday", "Monday"]),
            ("Monday", ["Saturday", "✓ Sunday", "✓ Monday"]),
            ("✓ Sunday", ["Saturday", "Sunday", "✓ Monday"]),
            ("Saturday", ["✓ Saturday", "Sunday", "✓ Monday"]),
        ] {
            sister.taps(tap);
            house.settle().await;
            assert_eq!(sister.last().id, asked.id, "nothing new is written: {}", sister.transcript());
            assert_eq!(labels()[..3], seen, "{}", sister.transcript());
        }
        sister.taps("✔ Done");
        sister.expects("What do you suggest?").await;
        assert!(sister.transcript().contains("Saturday, Monday"), "{}", sister.transcript());
    }
}

#[tokio::test]
async fn an_edited_answer_counts_where_it_did_not_do_before() {
    let house = House::open("polling").await;
    let sister = house.telegram.person("Maryam");
    house.arrives(&sister).await;
    house.chooses(&sister, "Certificate of Islam").await;
    walks_to(&house, &sister, "birth_date").await;
    let wrong = sister.says("01/13/2025");
    house.settle().await;
    assert_eq!(house.asked(&sister).await.0, "birth_date");
    sister.edits(wrong, "01/12/2025");
    house.settle().await;
    let (after, _) = house.asked(&sister).await;
    assert_ne!(after, "birth_date", "{}", sister.transcript());
    // What answered already stays, and she is told how to change it.
    sister.edits(wrong, "02/12/2025");
    sister.expects("What we noted before stays as it was.").await;
    assert_eq!(house.asked(&sister).await.0, after);
}

#[tokio::test]
async fn a_number_is_shared_by_its_owner_with_one_press() {
    let house = House::open("polling").await;
    let sister = house.telegram.person("Maryam");
    begins(&house, &sister).await;
    walks_to(&house, &sister, "contact").await;
    sister.taps("You may call me");
    house.settle().await;
    assert_eq!(house.asked(&sister).await.0, "phone");
    assert_eq!(sister.keys()[0], ["📱 Send my number"], "{}", sister.transcript());
    sister.presses("📱 Send my number");
    house.settle().await;
    assert_ne!(house.asked(&sister).await.0, "phone", "{}", sister.transcript());
    assert!(!sister.keys().iter().flatten().any(|key| key.contains("Send my number")), "the key is gone");
}

/// Telegram vouches for the sender's own number alone.
#[test]
fn a_number_of_somebody_else_is_words_like_any() {
    let config = Config::from_toml("[channel.telegram]\ntoken = '1:a'").unwrap();
    let telegram = Telegram::new(&config.channel.telegram.unwrap()).unwrap();
    let shared = |owner: &str| {
        let update = format!(
            r#"{{"update_id": 1, "message": {{"message_id": 2, "date": 1790000000,
                "chat": {{"id": 7, "type": "private", "first_name": "Maryam"}},
                "from": {{"id": 7, "is_bot": false, "first_name": "Maryam"}},
                "contact": {{"phone_number": "966501234567", "first_name": "Somebody"{owner}}}}}}}"#
        );
        match telegram.decode(update.as_bytes()) {
            Ok(Heard::Said(said)) => said.body,
            other => panic!("{other:?}"),
        }
    };
    let number = "+966501234567";
    assert_eq!(shared(r#", "user_id": 7"#), Body::Phone(number.into()));
    assert_eq!(shared(r#", "user_id": 8"#), Body::Text(number.into()));
    assert_eq!(shared(""), Body::Text(number.into()), "somebody who is not on Telegram");
}

/// A form that asks for a picture which may be sent in any chat.
pub const OF_PICTURE: &str = "
| survey | type | name | label::English (en) | label::Arabic (ar) | required | wasl_pii |
| | file | picture | Please send a picture of the place. | نرجو إرسال صورة المكان. | yes | person |
| | text | suggestion | What do you suggest? | ما اقتراحك؟ | yes | |
| settings | form_id | form_title::English (en) | form_title::Arabic (ar) | version | default_language |
| | suggestion | Suggestion | اقتراح | 1 | Arabic (ar) |
";

/// To the question for a picture.
async fn is_asked_for_a_picture(house: &House, person: &Person) {
    house.arrives(person).await;
    person.taps("Suggest or complain");
    person.expects("We are glad to hear you.").await;
    person.taps("A suggestion");
    person.expects("Please send a picture of the place.").await;
}

#[tokio::test]
async fn an_album_is_one_paper_and_one_word_about_the_others() {
    let forms = tempfile::tempdir().unwrap();
    std::fs::write(forms.path().join("suggestion.md"), OF_PICTURE).unwrap();
    let house = House::open_with("polling", &format!("forms.folder = '{}'", forms.path().display())).await;
    let sister = house.telegram.person("Maryam");
    is_asked_for_a_picture(&house, &sister).await;
    let other = [PIXEL, b"another"].concat();
    let third = [PIXEL, b"a third"].concat();
    sister.sends_album(&[PIXEL, &other, &third], "my papers");
    house.settle().await;
    assert_eq!(sister.times("We take one photo at a time"), 1, "{}", sister.transcript());
    assert_eq!(sister.times("We have received"), 1, "{}", sister.transcript());
    assert_eq!(house.asked(&sister).await.0, "suggestion");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_once_a_burst_and_files_that_cannot_be_taken_kindly() {
    let forms = tempfile::tempdir().unwrap();
    std::fs::write(forms.path().join("suggestion.md"), OF_PICTURE).unwrap();
    let house = House::open_with("polling", &format!("forms.folder = '{}'", forms.path().display())).await;
    let sister = house.telegram.person("Maryam");
    is_asked_for_a_picture(&house, &sister).await;
    for _ in 0..4 {
        sister.sends_sticker("🌸");
    }
    sister.sends_voice(b"OggS");
    house.settle().await;
    assert_eq!(sister.times("We cannot read this kind of message yet."), 1, "{}", sister.transcript());
    sister.sends_large_document("scan.pdf", "application/pdf", 30 * 1024 * 1024);
    sister.expects("too large for us. A file may have up to 10 MB").await;
    sister.sends_document("cv.docx", "application/msword", b"PK\x03\x04 not a paper");
    sister.expects("Please send a photo or a PDF.").await;
    house.telegram.next("getFile", Fault::Broken);
    sister.sends_photo(PIXEL, "");
    house
        .until(
            "SELECT count(*) FROM inbox WHERE fetches = 1 AND fetch_at BETWEEN at + 1 AND at + 60000000",
            "1",
        )
        .await;
    house.bot.clock.advance(chrono::Duration::seconds(2));
    sister.expects("We have received").await;
    assert!(sister.actions().contains(&"typing".to_owned()), "{:?}", sister.actions());
}

#[tokio::test]
async fn who_blocks_us_is_left_alone_until_they_write() {
    let house = House::open("polling").await;
    let sister = house.telegram.person("Maryam");
    begins(&house, &sister).await;
    sister.says("I want to learn to pray.");
    house.settle().await;
    sister.blocks();
    house.settle().await;
    let before = house.telegram.calls("sendMessage").len();
    house.bot.days(23).await;
    assert_eq!(house.telegram.calls("sendMessage").len(), before, "no reminder is even tried");
    sister.unblocks();
    sister.says("hello");
    house.settle().await;
    assert!(house.telegram.calls("sendMessage").len() > before, "{}", sister.transcript());
}

#[tokio::test]
async fn a_group_is_told_once_to_write_in_private_and_nothing_personal() {
    let house = House::open("polling").await;
    let sister = house.telegram.person("Maryam");
    begins(&house, &sister).await;
    let group = house.telegram.group("Sisters", &sister);
    for _ in 0..3 {
        group.hears(&sister, "/start@wasl_bot");
        group.hears(&sister, "/status");
    }
    house.settle().await;
    let said = group.chat();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].text.contains("محادثة خاصة"), "{said:?}");
    group.upgrades(&sister);
    group.puts_the_bot_out(&sister);
    house.settle().await;
    assert_eq!(house.asked(&sister).await.0, "need", "her own chat goes on");
}

#[tokio::test]
async fn a_link_opens_the_service_it_names() {
    let house = House::open("polling").await;
    let brother = house.telegram.person("Yusuf");
    brother.starts(Some("EDU"));
    brother.expects("Please choose your language.").await;
    brother.taps("English");
    brother.expects("Do you agree?").await;
    brother.taps("Yes, I agree");
    house.settle().await;
    assert_eq!(house.asked(&brother).await.0, "need", "{}", brother.transcript());
}

#[tokio::test]
async fn odd_names_and_odd_words_get_every_message() {
    let house = House::open("webhook").await;
    for name in ["_under_score_*bold*[x](y)`", "👩‍👩‍👧‍👦🇸🇦", "\u{202e}gnihtemos", &"ن".repeat(200), "<b>&amp;"]
    {
        let person = house.telegram.person(name);
        begins(&house, &person).await;
        person.says("<i>_*[`\u{202e}& a & b </i>");
        house.settle().await;
        assert_ne!(house.asked(&person).await.0, "need", "{}", person.transcript());
    }
}

#[tokio::test]
async fn ten_messages_at_once_are_heard_in_order_once_each() {
    for mode in ["polling", "webhook"] {
        let house = House::open(mode).await;
        house.telegram.brings_twice(true);
        let sister = house.telegram.person("Maryam");
        begins(&house, &sister).await;
        sister.says("person");
        house.settle().await;
        let said: Vec<String> = (0..10).map(|n| format!("message {n}")).collect();
        said.iter().for_each(|words| {
            sister.says(words);
        });
        house.settle().await;
        let lines = house.lines(&sister).await;
        let heard: Vec<&String> = lines.iter().filter(|line| line.starts_with("message ")).collect();
        assert_eq!(heard, said.iter().collect::<Vec<_>>());
        house.telegram.repeats(10);
        house.settle().await;
        assert_eq!(house.lines(&sister).await.len(), lines.len(), "what comes again is known");
    }
}

#[tokio::test]
async fn the_weather_costs_at_most_one_repeat() {
    let house = House::open("polling").await;
    let sister = house.telegram.person("Maryam");
    house.arrives(&sister).await;
    let past = |house: &House, seconds| house.bot.clock.advance(chrono::Duration::seconds(seconds));
    // Shown, and the answer lost: sent once more after a while, and never again.
    house.telegram.next("sendMessage", Fault::CutAfter);
    sister.says("help");
    house.until("SELECT count(*) FROM outbox WHERE unknown", "1").await;
    past(&house, 31);
    house.settle().await;
    let helped = sister.last().text;
    let times = sister.chat().iter().filter(|shown| shown.by_bot && shown.text == helped).count();
    assert_eq!(times, 2, "{}", sister.transcript());
    // Too many: the whole bot rests as long as it is told to, and nothing is lost.
    house.telegram.next("sendMessage", Fault::TooMany(7));
    let brother = house.telegram.person("Yusuf");
    brother.starts(None);
    house.telegram.delivered().await;
    house
        .until("SELECT count(*) FROM outbox WHERE state = 'queued' AND attempt = 0 AND due_at > at", "1")
        .await;
    let calls = house.telegram.calls("sendMessage").len();
    sister.says("menu");
    house.telegram.delivered().await;
    while house.bot.engine.tick().await.unwrap() == wasl::engine::Worked::Some {}
    assert_eq!(house.telegram.calls("sendMessage").len(), calls, "nobody is written to meanwhile");
    past(&house, 8);
    house.settle().await;
    brother.expects("Please choose your language.").await;
    sister.expects("What can we do for you?").await;
}

#[tokio::test]
async fn the_bot_introduces_itself_in_every_language_and_changes_nothing_twice() {
    let house = House::open("polling").await;
    house.telegram.called("setMyCommands", 3).await;
    house.settle().await;
    for method in ["setMyName", "setMyDescription", "setMyShortDescription"] {
        // What a language has by default it need not be told again.
        assert_eq!(house.telegram.calls(method).len(), 2, "{method}: by default, and in English");
    }
    let words =
        wasl::locale::Catalogue::shipped(&house.bot.engine.config().association.default_locale).unwrap();
    let introductions = wasl::app::introductions(house.bot.engine.config(), &words);
    for channel in house.bot.engine.senders() {
        channel.introduce(&introductions).await.unwrap();
    }
    assert_eq!(house.telegram.calls("setMyName").len(), 2, "nothing is set that is so already");
    assert_eq!(house.telegram.calls("setMyCommands").len(), 3);
}

#[tokio::test]
async fn a_forged_post_is_refused_and_what_is_no_update_is_set_aside() {
    let house = House::open("webhook").await;
    let client = reqwest::Client::new();
    let post = async |secret: Option<&str>, body: &'static str| {
        let mut post = client.post(format!("{}/webhook/telegram", house.bot.url)).body(body);
        if let Some(secret) = secret {
            post = post.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        post.send().await.unwrap().status().as_u16()
    };
    let update = r#"{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private","first_name":"x"},"from":{"id":5,"is_bot":false,"first_name":"x"},"text":"/start"}}"#;
    for secret in
        [None, Some(""), Some("wrong"), Some("the-webhooks-own_secre"), Some("the-webhooks-own_secret_")]
    {
        assert_eq!(post(secret, update).await, 403, "{secret:?}");
    }
    assert_eq!(
        post(Some("the-webhooks-own_secret"), "no update at all").await,
        200,
        "kept, not asked for again"
    );
    assert_eq!(post(Some("the-webhooks-own_secret"), r#"{"update_id":2,"poll":{"id":"1"}}"#).await, 200);
    let mut store = super::story::store(&house.bot).await;
    assert_eq!(store.text("SELECT count(*) FROM quarantine").await, "2");
    assert_eq!(store.text("SELECT count(*) FROM inbox").await, "0");
}
