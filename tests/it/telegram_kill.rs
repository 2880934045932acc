//! The real binary is killed in the middle of conversations over Telegram, and nothing is lost.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Client, StatusCode};

use super::database::{self, Database};
use super::harness::{self, PIXEL, folder, tell};
use super::postgres;
use super::secure_page::link_in;
use super::telegram::{Person, Telegram};
use super::walker::{Place, Server};

/// How often it is killed in each mode, and how many people write meanwhile. `TEST_TELEGRAM_KILLS` makes it more.
const KILLS: usize = 6;
const PEOPLE: usize = 4;
/// In what time everybody must have been served, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What somebody answers to a message with these words; what is named first counts.
const ANSWERS: &[(&str, Answer)] = &[
    ("Please choose your language", Answer::Says("English")),
    ("Do you agree?", Answer::Says("yes")),
    ("What can we do for you?", Answer::Says("help")),
    ("What do you need help with?", Answer::Says("certificate")),
    ("please write your full name", Answer::Says("Maria Santos Cruz")),
    ("Is it all correct?", Answer::Says("yes")),
    ("How soon do you need this?", Answer::Says("It can wait")),
    ("Until which day", Answer::OnOurPage),
    ("Please send a photo", Answer::OnOurPage),
    ("photo of", Answer::OnOurPage),
    ("When did you become Muslim?", Answer::Says("skip")),
    ("You may skip", Answer::Says("skip")),
    ("What is your full name?", Answer::Says("Maria Santos Cruz")),
    ("How may we reach you?", Answer::Says("Only here in this chat")),
    ("When were you born?", Answer::Says("25/12/1990")),
    ("In which city", Answer::Says("Jeddah")),
    ("What do you need?", Answer::Says("I need the certificate.")),
];

#[derive(Clone, Copy)]
enum Answer {
    Says(&'static str),
    OnOurPage,
}

/// Answers at our own page as often as it takes, for the program may be dying, until the page asks nothing more.
async fn answers_on_our_page(link: &str, photo: &[u8]) {
    let client = Client::new();
    let attempt = async || -> reqwest::Result<bool> {
        let page = client.get(link).send().await?.error_for_status();
        let page = match page {
            Err(error) if error.status() == Some(StatusCode::GONE) => return Ok(true),
            page => page?.text().await?,
        };
        let answer = if page.contains("name=\"file\"") {
            let file = Part::bytes(photo.to_vec()).file_name("iqama.png");
            client.post(format!("{link}/file")).multipart(Form::new().part("file", file))
        } else if page.contains("name=\"text\"") {
            client.post(link).form(&[("text", "31/12/2027")])
        } else {
            return Ok(true);
        };
        answer.send().await?.error_for_status()?;
        Ok(false)
    };
    while !matches!(attempt().await, Ok(true)) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Answers whatever is asked until there is a receipt; what was said, in order.
async fn walks(person: Person) -> Vec<String> {
    person.starts(None);
    let (mut said, mut answered) = (Vec::new(), String::new());
    loop {
        let shown: Vec<_> = person.chat().into_iter().filter(|shown| shown.by_bot).collect();
        if shown.iter().any(|shown| shown.text.contains("Its number is")) {
            return said;
        }
        // What comes twice is answered once.
        let newest = shown.into_iter().next_back().map(|shown| harness::plain(&shown.text));
        let question = newest.filter(|text| *text != answered).and_then(|text| {
            let answer = ANSWERS.iter().find(|(words, _)| text.contains(words))?.1;
            Some((text, answer))
        });
        match question {
            Some((text, answer)) => {
                answered = text;
                match answer {
                    Answer::Says(words) => {
                        person.says(words);
                        said.push(words.to_owned());
                    }
                    Answer::OnOurPage => {
                        let link = link_in(&answered).expect("a link");
                        answers_on_our_page(&link, &[PIXEL, person.id.to_string().as_bytes()].concat()).await;
                    }
                }
            }
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

/// Where several servers share a database, what a dead one held is taken up when its lease is over: a minute passes.
async fn wait_out_the_leases(folder: &Path) {
    let over = "UPDATE outbox SET lease_until = now() WHERE state = 'queued' AND lease_until > now();
        UPDATE inbox SET fetch_at = now() WHERE fetch_at > now();
        UPDATE pull SET held_until = now()";
    Database::of(folder).await.run(over).await;
}

async fn killed(mode: &str, kills: usize) {
    let (telegram, folder) = (Telegram::start().await, folder());
    telegram.limits(usize::MAX, None, 1);
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let url = format!("http://{listen}");
    let (token, database) = (telegram.token(), database::url(folder.path()));
    let settings = [
        ("WASL_STORE__URL", database.as_str()),
        ("WASL_SERVER__LISTEN", listen.as_str()),
        ("WASL_SERVER__PUBLIC_URL", url.as_str()),
        ("WASL_CHANNEL__TELEGRAM__TOKEN", token.as_str()),
        ("WASL_CHANNEL__TELEGRAM__API_BASE", telegram.url()),
        ("WASL_CHANNEL__TELEGRAM__MODE", mode),
        ("WASL_CHANNEL__TELEGRAM__WEBHOOK_SECRET", "the-webhooks-own_secret"),
        ("WASL_CHANNEL__TELEGRAM__MESSAGES_PER_SECOND", "0"),
        ("WASL_CHANNEL__TELEGRAM__MESSAGES_PER_PERSON_SECOND", "0"),
    ];
    // As just after a start, and as after a while.
    let start = |n: usize| {
        let caution = if n.is_multiple_of(2) { "0" } else { "60" };
        let settings = [&settings[..], &[("WASL_SERVER__CAUTION_SECONDS", caution)]].concat();
        Server::start_with(folder.path(), &Place::default(), &settings).expect("it starts")
    };
    let mut server = start(0);
    let people: Vec<Person> = (0..PEOPLE).map(|n| telegram.person(&format!("person {n}"))).collect();
    let walks: Vec<_> = people.iter().map(|person| tokio::spawn(walks(person.clone()))).collect();
    for n in 1..=kills {
        telegram.called("sendMessage", n * 3).await;
        server.kill();
        if postgres::is_meant() {
            wait_out_the_leases(folder.path()).await;
        }
        server = start(n);
    }
    let mut repeats = 0;
    for (person, walk) in people.iter().zip(walks) {
        let Ok(said) = tokio::time::timeout(PATIENCE, walk).await else {
            panic!("somebody waits for an answer that never comes:\n{}", person.transcript());
        };
        let said = said.unwrap();
        telegram.delivered().await;
        let mut times = BTreeMap::new();
        let by_bot = person.chat().into_iter().filter(|shown| shown.by_bot);
        by_bot.for_each(|shown| *times.entry(shown.text).or_insert(0) += 1);
        repeats += times.values().map(|times: &usize| times - 1).sum::<usize>();
        assert!(said.len() >= 8, "no question was skipped: {}", person.transcript());
    }
    server.stop();
    assert!(repeats <= kills * PEOPLE, "{repeats} repeats for {kills} kills");
    tell(&format!("{mode}: {kills} kills, {PEOPLE} people, {repeats} messages seen twice"));
    let mut store = Database::of(folder.path()).await;
    assert_eq!(store.text("SELECT count(*) FROM case_file").await, PEOPLE.to_string(), "one request each");
    assert_eq!(
        store.text("SELECT count(*) FROM inbox WHERE state <> 'done'").await,
        "0",
        "nothing set aside"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_to_kills_in_mid_conversation() {
    let kills = harness::variable("TEST_TELEGRAM_KILLS").map_or(KILLS, |n| n.parse().unwrap());
    for mode in ["webhook", "polling"] {
        killed(mode, kills).await;
    }
}
