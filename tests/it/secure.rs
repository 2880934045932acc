//! What is never asked in a chat of others is answered on our own page, and the chat goes on by itself.

use std::process::{Child, Command, Stdio};

use reqwest::{Client, StatusCode};

use super::harness::{self, Bot, PIXEL, plain};
use super::secure_page::{PATH, Page, link_in};
use super::telegram::{Fault, Person, Telegram};
use super::telegram_story::House;
use super::whatsapp_story;

/// A form that asks for what is special, in every way.
const OF_PAPERS: &str = "
| survey | type | name | label::English (en) | label::Arabic (ar) | hint::English (en) | hint::Arabic (ar) | required | constraint | constraint_message::English (en) | constraint_message::Arabic (ar) | wasl_pii |
| | text | passport | What is your passport number? | ما رقم جواز سفرك؟ | Example: P1234567. | مثال: P1234567. | yes | regex(., '[A-Z][0-9]{7}') | A passport number is a letter and seven digits. | رقم الجواز حرف وسبعة أرقام. | special |
| | text | account | What is your account number? | ما رقم حسابك؟ | Example: SA03. | مثال: SA03. | | | | | special |
| | select_one illness | health | Are you ill? | هل بك مرض؟ | Example: no. | مثال: لا. | yes | | | | special |
| | image | photo | Please send a photo of your passport. | نرجو إرسال صورة جوازك. | In good light. | في ضوء جيد. | yes | | | | |
| | text | suggestion | What do you suggest? | ما اقتراحك؟ | Example: more lessons. | مثال: دروس أكثر. | yes | | | | |
| choices | list_name | name | label::English (en) | label::Arabic (ar) |
| | illness | ill | Yes, I am ill | نعم، بي مرض |
| | illness | well | I am well | أنا بخير |
| settings | form_id | form_title::English (en) | form_title::Arabic (ar) | version | default_language |
| | suggestion | Suggestion | اقتراح | 1 | Arabic (ar) |
";

const NUMBER: &str = "P7654321";
const ASKED: &str = "What is your passport number?";
const CLOSED: &str = "This page is closed";
const TAKEN: &str = "Your answer has reached us safely.";

/// Settings with that form alone.
fn settings(forms: &tempfile::TempDir) -> String {
    std::fs::write(forms.path().join("suggestion.md"), OF_PAPERS).unwrap();
    format!("forms.folder = '{}'", forms.path().display())
}

async fn house() -> House {
    let forms = tempfile::tempdir().unwrap();
    House::open_with("polling", &settings(&forms)).await
}

/// To the question for the number of the passport.
async fn is_asked(house: &House, person: &Person) {
    house.arrives(person).await;
    person.taps("Suggest or complain");
    person.expects("We are glad to hear you.").await;
    person.taps("A suggestion");
    person.expects(ASKED).await;
    house.settle().await;
}

/// Nothing of it is in the database, in the transcript or in the chat.
async fn is_nowhere(house: &House, person: &Person, words: &str) {
    house.settle().await;
    let lines = house.lines(person).await;
    assert!(lines.iter().all(|line| !line.contains(words)), "{lines:#?}");
    let by_bot = person.chat().into_iter().filter(|shown| shown.by_bot);
    assert!(by_bot.into_iter().all(|shown| !shown.text.contains(words)), "{}", person.transcript());
}

#[tokio::test]
async fn a_sister_on_telegram_answers_on_our_page_and_the_chat_goes_on_by_itself() {
    let house = house().await;
    let sister = house.telegram.person("Maryam");
    is_asked(&house, &sister).await;
    assert!(!sister.last().text.contains("Example: P1234567."), "how to answer stands on the page");
    let mut page = house.page(&sister).await;
    page.expects(ASKED);
    page.expects("Example: P1234567.");
    page.says(NUMBER).await;
    // The page asks on, and so does the chat: whichever she looks at.
    page.expects("What is your account number?");
    sister.expects("Your answer has reached us safely from our page.").await;
    assert_eq!(house.asked(&sister).await.0, "account");
    sister.taps("Skip");
    sister.expects("Are you ill?").await;
    assert!(!sister.last().text.contains("I am well"), "not even the choices: {}", sister.transcript());
    let mut page = house.page(&sister).await;
    page.picks("I am well").await;
    page.expects("Please send a photo of your passport.");
    page.sends("passport.png", PIXEL).await;
    page.expects(TAKEN);
    sister.expects("What do you suggest?").await;
    sister.says("More lessons");
    sister.expects("Your suggestion has reached us").await;
    is_nowhere(&house, &sister, NUMBER).await;
    is_nowhere(&house, &sister, "passport.png").await;
}

#[tokio::test]
async fn a_sister_on_whatsapp_answers_on_our_page_in_arabic() {
    let forms = tempfile::tempdir().unwrap();
    let house = whatsapp_story::House::open_with(&settings(&forms)).await;
    let sister = house.whatsapp.person("966501234567", "Maryam");
    sister.says("السلام عليكم");
    sister.expects("السلام عليكم ورحمة الله").await;
    sister.taps("العربية");
    sister.expects("هل لدينا موافقتك").await;
    sister.taps("نعم، أوافق");
    sister.expects("كيف يمكننا خدمتك؟").await;
    sister.says("اقتراح أو شكوى");
    sister.expects("يسعدنا أن نسمع منك.").await;
    sister.taps("اقتراح");
    sister.expects("ما رقم جواز سفرك؟").await;
    // She types it all the same.
    sister.says(NUMBER);
    sister.expects("لم نأخذ ما أرسلته الآن ولا نحتفظ به").await;
    let mut page = house.page(&sister).await;
    page.expects("<html lang=\"ar\" dir=\"rtl\">");
    page.expects("مثال: P1234567.");
    page.says("رقم").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.expects("رقم الجواز حرف وسبعة أرقام.");
    page.says(NUMBER).await;
    page.expects("ما رقم حسابك؟");
    sister.expects("وصلنا جوابك من صفحتنا بأمان.").await;
    house.settle().await;
    assert_eq!(house.asked(&sister).await.0, "account");
    let said = sister.chat().into_iter().filter(|shown| shown.by_bot && shown.text.contains(NUMBER));
    assert_eq!(said.count(), 0, "{}", sister.transcript());
    // Another language for the page alone.
    let address = page.url.split('?').next().unwrap().to_owned();
    page.goes(&format!("{address}?lang=en")).await;
    page.expects("<html lang=\"en\" dir=\"ltr\">");
    page.expects("What is your account number?");
    page.says("SA03").await;
    page.expects("<html lang=\"en\" dir=\"ltr\">");
    page.expects("Are you ill?");
    sister.expects("هل بك مرض؟").await;
}

#[tokio::test]
async fn a_program_that_looks_at_the_link_spends_nothing() {
    let house = house().await;
    let sister = house.telegram.person("Maryam");
    is_asked(&house, &sister).await;
    let link = link_in(&sister.last().text).unwrap();
    let client = Client::builder().user_agent("TelegramBot (like TwitterBot)").build().unwrap();
    for _ in 0..3 {
        assert_eq!(client.head(&link).send().await.unwrap().status(), StatusCode::OK);
        let answer = client.get(&link).send().await.unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()["x-robots-tag"].to_str().unwrap()[..7]),
            (StatusCode::OK, "noindex")
        );
    }
    // As a messenger may write it: with the mark that closes the link, or the end of a sentence.
    for tail in ["%E2%81%A9", ".", ")"] {
        Page::opens(&format!("{link}{tail}")).await.expects(ASKED);
    }
    let mut page = Page::opens(&link).await;
    page.says(NUMBER).await;
    page.expects("What is your account number?");
}

#[tokio::test]
async fn a_link_is_used_once_and_says_so_kindly() {
    let house = house().await;
    let sister = house.telegram.person("Maryam");
    is_asked(&house, &sister).await;
    let (link, mut page) = (link_in(&sister.last().text).unwrap(), house.page(&sister).await);
    // Two pages are open, and a second link came because she wrote something.
    let mut other = Page::opens(&link).await;
    sister.says("hello");
    sister.expects("You were writing a suggestion.").await;
    let mut third = house.page(&sister).await;
    page.says(NUMBER).await;
    sister.expects("Your answer has reached us safely from our page.").await;
    other.says("P1111111").await;
    assert_eq!(other.status, StatusCode::OK);
    other.expects(TAKEN);
    Page::opens(&link).await.expects("go back to your chat: we go on there.");
    third.says("P2222222").await;
    assert_eq!(third.status, StatusCode::GONE);
    third.expects(CLOSED);
    house.settle().await;
    assert_eq!(sister.times("has reached us safely"), 1, "{}", sister.transcript());
    assert_eq!(sister.times("was not taken"), 0, "{}", sister.transcript());
    assert_eq!(house.asked(&sister).await.0, "account");
}

#[tokio::test]
async fn a_link_is_over_after_a_day_and_any_word_brings_a_new_one() {
    let house = house().await;
    let sister = house.telegram.person("Maryam");
    is_asked(&house, &sister).await;
    let mut page = house.page(&sister).await;
    house.bot.hours(23).await;
    house.page(&sister).await.expects(ASKED);
    house.bot.hours(1).await;
    page.says(NUMBER).await;
    assert_eq!(page.status, StatusCode::GONE);
    page.expects(CLOSED);
    page.expects("Go back to your chat with us and write anything");
    is_nowhere(&house, &sister, NUMBER).await;
    sister.says("anything");
    sister.expects("This is safest on our own page").await;
    let mut page = house.page(&sister).await;
    page.says(NUMBER).await;
    sister.expects("What is your account number?").await;
}

#[tokio::test]
async fn what_is_no_link_of_ours_always_gets_the_same_answer() {
    let house = house().await;
    let sister = house.telegram.person("Maryam");
    is_asked(&house, &sister).await;
    let link = link_in(&sister.last().text).unwrap();
    let home = format!("{}{PATH}", house.bot.url);
    let long = "A".repeat(5000);
    let mut seen = Vec::new();
    for token in ["x", "%00", "..%2F", &*long, &link[home.len() + 1..], "%D9%85"] {
        let answer = Client::new().get(format!("{home}{token}?lang=en")).send().await.unwrap();
        seen.push((answer.status(), answer.text().await.unwrap()));
        let post = Client::new().post(format!("{home}{token}?lang=en")).form(&[("text", NUMBER)]);
        let answer = post.send().await.unwrap();
        seen.push((answer.status(), answer.text().await.unwrap()));
    }
    assert_eq!(seen[0].0, StatusCode::GONE);
    assert!(seen[0].1.contains(CLOSED));
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    // Nor is an answer taken that another site's page sends.
    let forged = Client::new().post(&link).header("sec-fetch-site", "cross-site").form(&[("text", NUMBER)]);
    assert_eq!(forged.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(house.asked(&sister).await.0, "passport");
}

#[tokio::test]
async fn a_bad_answer_is_asked_for_again_with_what_was_typed() {
    let house = house().await;
    let sister = house.telegram.person("Maryam");
    is_asked(&house, &sister).await;
    let mut page = house.page(&sister).await;
    for typed in ["7654321", "skip", "  ", "أ & <b>\"x\""] {
        page.says(typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        page.expects("role=\"alert\"");
        page.expects("aria-invalid=\"true\"");
    }
    page.expects("A passport number is a letter and seven digits.");
    page.expects("value=\"أ &#38; &#60;b&#62;&#34;x&#34;\"");
    is_nowhere(&house, &sister, "7654321").await;
    page.says(NUMBER).await;
    page.says("SA03").await;
    // No choice is a choice that is missing; an unknown one too.
    let choice = Client::new().post(page.url.clone()).form(&[("choice", "unknown")]);
    assert_eq!(choice.send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    page.picks("Yes, I am ill").await;
    // What is no photo.
    for (name, bytes, sentence) in [
        ("a.png", &b""[..], "empty"),
        ("a.docx", b"PK\x03\x04 not a paper", "photo"),
        ("a.pdf", b"%PDF-1.7\n...", "photo"),
    ] {
        page.sends(name, bytes).await;
        assert!(page.status.is_client_error(), "{name}: {}", page.status);
        page.expects(sentence);
        page.expects("Please send a photo of your passport.");
    }
    // A choice of language there leads back to the question.
    page.goes(&format!("{}?lang=ar", page.url.split('?').next().unwrap())).await;
    page.expects("نرجو إرسال صورة جوازك.");
    page.sends("passport.png", PIXEL).await;
    page.expects("وصلنا جوابك بأمان.");
    sister.expects("What do you suggest?").await;
}

const UNKEPT: &str = "SELECT count(*) FROM inbox WHERE length(body) = 0";

#[tokio::test]
async fn what_is_sent_in_the_chat_all_the_same_is_neither_taken_nor_kept() {
    let house = house().await;
    let sister = house.telegram.person("Maryam");
    is_asked(&house, &sister).await;
    let typed = sister.says(NUMBER);
    sister.expects("what you sent just now was not taken, and we do not keep it").await;
    assert!(link_in(&sister.last().text).is_some(), "{}", sister.transcript());
    sister.edits(typed, "P7654322");
    house.settle().await;
    sister.sends_photo(PIXEL, "my passport P7654323");
    house.settle().await;
    assert_eq!(house.telegram.calls("getFile").len(), 0, "not even fetched");
    for words in [NUMBER, "P7654322", "P7654323"] {
        is_nowhere(&house, &sister, words).await;
    }
    house.until(UNKEPT, "3").await;
    house.until("SELECT count(*) FROM document", "0").await;
    assert_eq!(house.asked(&sister).await.0, "passport");
    let lines = house.lines(&sister).await;
    assert!(lines.iter().any(|line| line == "(something that is not kept in this chat)"), "{lines:#?}");
}

#[tokio::test]
async fn words_that_steer_do_what_they_always_do() {
    let house = house().await;
    let sister = house.telegram.person("Maryam");
    is_asked(&house, &sister).await;
    sister.says("skip");
    sister.expects("We cannot go on without this one.").await;
    sister.says("help");
    sister.expects("Press the link below: our own page opens, with one question.").await;
    house.page(&sister).await.says(NUMBER).await;
    sister.expects("What is your account number?").await;
    sister.says("back");
    sister.expects(ASKED).await;
    assert!(!plain(&sister.last().text).contains(NUMBER), "{}", sister.transcript());
    sister.taps("Keep this answer");
    sister.expects("What is your account number?").await;
    sister.says("no");
    sister.expects("Are you ill?").await;
    let mut page = house.page(&sister).await;
    sister.says("pause");
    sister.expects("Your words are kept until").await;
    // Put aside in the chat, answered on the page: it is taken up.
    page.picks("I am well").await;
    sister.expects("Please send a photo of your passport.").await;
    let mut page = house.page(&sister).await;
    sister.says("person");
    sister.expects("One of our staff").await;
    page.sends("passport.png", PIXEL).await;
    page.expects(TAKEN);
    house.settle().await;
    assert_eq!(sister.times("What do you suggest?"), 0, "a person speaks with her: {}", sister.transcript());
}

#[tokio::test]
async fn our_own_chat_asks_everything() {
    let forms = tempfile::tempdir().unwrap();
    let bot = Bot::start_with(&settings(&forms)).await;
    let mut sister = bot.chat("en").await;
    super::story::arrives(&mut sister).await;
    sister.taps("Suggest or complain").await.taps("A suggestion").await.expect_question("passport");
    sister.expect("Example: P1234567.").says(NUMBER).await.expect_question("account");
    assert_eq!(sister.times(PATH), 0);
}

/// The real program with this Telegram, writing all that it can log into a file.
fn program(folder: &std::path::Path, listen: &str, telegram: &Telegram, log: &str) -> Child {
    let log = std::fs::File::create(folder.join(log)).unwrap();
    Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(folder)
        .env("WASL_SERVER__LISTEN", listen)
        .env("WASL_SERVER__PUBLIC_URL", format!("http://{listen}"))
        .env("WASL_FORMS__FOLDER", folder.join("forms"))
        .env("WASL_CHANNEL__TELEGRAM__TOKEN", telegram.token())
        .env("WASL_CHANNEL__TELEGRAM__API_BASE", telegram.url())
        .env("WASL_CHANNEL__TELEGRAM__MODE", "polling")
        .env("WASL_LOG", "trace")
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_outlives_the_program_and_no_log_knows_it() {
    let (telegram, folder) = (Telegram::start().await, harness::folder());
    std::fs::create_dir(folder.path().join("forms")).unwrap();
    std::fs::write(folder.path().join("forms/suggestion.md"), OF_PAPERS).unwrap();
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut first = program(folder.path(), &listen, &telegram, "first.log");
    let sister = telegram.person("Maryam");
    sister.starts(None);
    for (asked, answer) in [
        ("Please choose your language", "English"),
        ("Do you agree?", "yes"),
        ("What can we do for you?", "Suggest or complain"),
        ("We are glad to hear you.", "A suggestion"),
    ] {
        sister.expects(asked).await;
        sister.says(answer);
    }
    let link = link_in(&sister.expects(ASKED).await.text).unwrap();
    sister.says("P1111111");
    sister.expects("was not taken").await;
    let mut page = Page::opens(&link).await;
    page.says("P22222222").await;
    page.expects("A passport number is a letter and seven digits.");
    // Nothing reaches her any more; then the program dies.
    telegram.fails("sendMessage", Fault::CutBefore);
    page.says(NUMBER).await;
    assert_eq!(page.status, StatusCode::OK);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(sister.times("What is your account number?"), 0);
    telegram.recovers();
    let mut second = program(folder.path(), &listen, &telegram, "second.log");
    sister.expects("What is your account number?").await;
    let mut again = Page::opens(&link).await;
    again.expects(TAKEN);
    again.goes(&format!("{}?lang=ar", again.url)).await;
    again.expects("وصلنا جوابك بأمان.");
    assert!(Command::new("kill").arg(second.id().to_string()).status().unwrap().success());
    assert!(second.wait().unwrap().success());
    assert_eq!(sister.times("has reached us safely"), 1, "{}", sister.transcript());
    let token = link.rsplit('/').next().unwrap();
    for log in ["first.log", "second.log"] {
        let log = std::fs::read_to_string(folder.path().join(log)).unwrap();
        assert!(log.contains("\"level\""), "something is logged");
        for canary in ["P1111111", "P22222222", NUMBER, token, ASKED] {
            assert!(!log.contains(canary), "{canary} is in the log");
        }
    }
}
