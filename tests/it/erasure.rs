//! Somebody asks to be forgotten, and is; who writes again begins anew.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use reqwest::StatusCode;
use wasl::case::Role;

use super::database::{self, either};
use super::harness::{Bot, Person, link, plain};
use super::story::{self, Officer, answers_all, asks_for_help};

/// What the person wrote or is known by, and must be nowhere afterwards.
const TELLING: [&str; 6] =
    ["I would like to learn", "Maria", "0501234567", "501234567", "maria@example.com", "You are kind"];

async fn person_page(bot: &Bot) -> String {
    let mut store = story::store(bot).await;
    let sql = "SELECT id FROM person WHERE key IS NOT NULL ORDER BY created_at DESC LIMIT 1";
    let id = store.text(sql).await;
    format!("/desk/person/{id}")
}

/// Every value of every table as text, each with the table's name.
async fn everything(bot: &Bot) -> Vec<(String, String)> {
    let mut store = story::store(bot).await;
    // The forms are our own words, with names in their examples.
    let tables = store
        .texts(either(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'form'",
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'form'",
        ))
        .await;
    let mut all = Vec::new();
    for table in tables {
        for row in store.rows(&format!("SELECT * FROM {table}")).await {
            all.extend(row.into_iter().flatten().map(|value| (table.clone(), value)));
        }
    }
    all
}

fn papers(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { papers(&path) } else { vec![path] }).collect()
}

/// A request from the signature to the committee's yes and its end, and the person's wish that all be deleted.
async fn served<'a>(bot: &'a Bot, sister: &mut Person<'_>) -> (String, Officer<'a>) {
    let reference = asks_for_help(sister).await;
    let admin = bot.officer("mona", Role::Administrator).await;
    let case = admin.case().await;
    admin.checks(&case, &[]).await;
    admin.does(&case, "hand_over", &[]).await;
    bot.days(14).await;
    let admin = bot.signs_in("mona").await;
    admin.does(&case, "accept", &[("reason", "You are kind, Maria.")]).await;
    admin.does(&case, "register", &[]).await;
    admin.does(&case, "deliver", &[]).await;
    sister.reads().await;
    sister.says("my data").await;
    sister.taps("Delete everything").await;
    (reference, admin)
}

#[tokio::test]
async fn a_person_is_forgotten_and_who_writes_again_begins_anew() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    let (reference, admin) = served(&bot, &mut sister).await;
    let case = link(&admin.reads("/desk?lang=en").await, "/desk/case/");
    let page = person_page(&bot).await;
    let erase = format!("{page}/erase");
    assert!(admin.reads("/desk?lang=en").await.contains("asks that all data about them be deleted"));
    assert!(admin.reads(&page).await.contains(&erase));

    // An officer cannot; nor can an administrator while a request is open, or without a yes.
    let officer = bot.officer("amina", Role::Officer).await;
    assert!(!officer.reads(&page).await.contains(&erase));
    assert_eq!(officer.posts(&erase, &[("confirm", "yes")]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(officer.gets(&erase).await.0, StatusCode::NOT_FOUND);
    assert!(admin.reads(&format!("{erase}?lang=en")).await.contains("still open"));
    let (status, told) = admin.posts(&erase, &[("confirm", "yes")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.contains(&case), "it says which");
    admin.does(&case, "close", &[]).await;
    let asked = plain(&admin.reads(&format!("{erase}?lang=en")).await);
    assert!(asked.contains("cannot be undone") && asked.contains("<p>1 request, 1 paper.</p>"), "{asked}");
    let asked = plain(&admin.reads(&format!("{erase}?lang=ar")).await);
    assert!(asked.contains("طلب واحد، ومستند واحد.</p>"), "{asked}");
    admin.reads("/desk?lang=en").await;
    assert_eq!(admin.posts(&erase, &[]).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    sister.reads().await;
    sister.expect("closed");

    let address = story::store(&bot).await.text("SELECT path FROM address").await;
    let documents = bot.folder.path().join("documents");
    assert!(!papers(&documents).is_empty());
    let before = everything(&bot).await;
    assert!(before.iter().any(|(_, text)| text.contains("You are kind")), "the search finds what is there");
    let (status, to) = admin.posts(&erase, &[("confirm", "yes")]).await;
    assert_eq!((status, &*to), (StatusCode::SEE_OTHER, "/desk?say=desk-done-erased"));
    assert_eq!(papers(&documents), Vec::<PathBuf>::new(), "the papers' bytes are gone");
    is_forgotten(&bot, &reference, &address).await;
    for gone in [&page, &case, &erase] {
        assert_eq!(admin.gets(gone).await.0, StatusCode::NOT_FOUND, "{gone}");
    }
    let queue = admin.reads("/desk?lang=en").await;
    assert!(queue.contains("No tasks."), "{queue}");

    begins_anew(&bot, &mut sister, &officer, &reference, &page).await;
}

/// No words, no address, no sealed value that only waits for its key; the record of what was decided is whole.
async fn is_forgotten(bot: &Bot, reference: &str, address: &str) {
    for (table, text) in everything(bot).await {
        for words in TELLING.iter().copied().chain([address]) {
            assert!(!text.contains(words), "{words} is still in {table}");
        }
    }
    let mut store = story::store(bot).await;
    for sealed in [
        "person WHERE key IS NOT NULL",
        "inbox WHERE length(body) > 0",
        "outbox WHERE length(body) > 0",
        "case_answer",
        "case_file WHERE length(signature) > 0 OR signature_hash <> '' OR length(checks) > 0",
        "conversation",
        "earlier_signature",
        "document",
        "discarded",
        "blind",
        "timer",
    ] {
        assert_eq!(store.text(&format!("SELECT count(*) FROM {sealed}")).await, "0", "{sealed}");
    }
    let case = store.text("SELECT reference || ' ' || status || ' ' || service FROM case_v1").await;
    assert_eq!(case, format!("{reference} closed CERT"));
    let decided = store.text("SELECT outcome || ' ' || reason || ' ' || state FROM decision_v1").await;
    assert_eq!(decided, "accepted erased taken");
    let logged = "SELECT count(*) FROM audit WHERE what = 'person.erased' AND who = 'mona'";
    assert_eq!(store.text(logged).await, "1");
}

/// The same chat writes again: greeted as somebody new, files a request, and nothing of before is beside it.
async fn begins_anew(bot: &Bot, sister: &mut Person<'_>, officer: &Officer<'_>, reference: &str, page: &str) {
    let before = sister.heard.len();
    sister.says("Peace be upon you").await;
    let heard: Vec<&str> = sister.heard[before..].iter().filter_map(|m| m["text"].as_str()).collect();
    assert!(!heard.iter().any(|text| text.contains(reference)), "{heard:?}");
    sister.expect_question("language").taps("English").await;
    sister.expect_question("consent").taps("Yes, I agree").await;
    sister.taps("Ask for help").await;
    sister.expect_question("service").taps("Certificate of Islam").await;
    answers_all(sister).await;
    sister.taps("It is all correct").await;
    sister.says("Maria Santos Cruz").await;
    sister.says("my request").await;
    assert!(!sister.last_text().contains(reference), "only the new one: {}", sister.last_text());
    let queue = officer.reads("/desk?lang=en").await;
    assert!(!queue.contains(reference));
    let case = link(&queue, "/desk/case/");
    assert!(officer.reads(&case).await.contains("Maria Santos Cruz"));
    let anew = person_page(bot).await;
    assert_ne!(anew, page, "nothing leads from the one to the other");
    let shown = officer.reads(&anew).await;
    assert!(!shown.contains(reference) && shown.contains("Peace be upon you"));
    assert_eq!(officer.gets(page).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn papers_of_a_deleted_draft_go_with_it_at_once() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    story::arrives(&mut sister).await;
    sister.taps("Ask for help").await;
    sister.expect_question("service").taps("Certificate of Islam").await;
    answers_all(&mut sister).await;
    let documents = bot.folder.path().join("documents");
    assert_eq!(papers(&documents).len(), 1);
    sister.says("my data").await;
    sister.taps("Delete my draft").await;
    sister.taps("Yes, delete it").await;
    assert_eq!(papers(&documents), Vec::<PathBuf>::new(), "deleted is deleted");
    // The same photo is welcome again.
    sister.says("ask for help").await;
    sister.expect_question("service").taps("Certificate of Islam").await;
    answers_all(&mut sister).await;
    assert_eq!(papers(&documents).len(), 1);
}

#[tokio::test]
async fn papers_whose_deletion_was_interrupted_are_deleted_later() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    let admin = bot.officer("mona", Role::Administrator).await;
    let case = admin.case().await;
    admin.does(&case, "withdraw", &[]).await;
    let documents = bot.folder.path().join("documents");
    // A folder that takes no deletion stands for storage that fails, and for a crash before it was asked.
    let (kept, aside) = (papers(&documents), bot.folder.path().join("aside"));
    let erase = format!("{}/erase", person_page(&bot).await);
    for paper in &kept {
        std::fs::copy(paper, &aside).unwrap();
        std::fs::remove_file(paper).unwrap();
        std::fs::create_dir(paper).unwrap();
    }
    assert_eq!(admin.posts(&erase, &[("confirm", "yes")]).await.0, StatusCode::SEE_OTHER);
    for paper in &kept {
        std::fs::remove_dir(paper).unwrap();
        std::fs::copy(&aside, paper).unwrap();
    }
    assert_eq!(papers(&documents), kept);
    // The server's own round may have come first.
    bot.engine.sweep_papers().await.unwrap();
    assert_eq!(papers(&documents), Vec::<PathBuf>::new());
    assert_eq!(bot.engine.sweep_papers().await.unwrap(), 0, "nothing is left to do");
}

fn wasl(bot: &Bot, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(bot.folder.path())
        .env("WASL_STORE__URL", database::url(bot.folder.path()))
        .env("WASL_DOCUMENTS__FOLDER", bot.folder.path().join("documents"))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn the_command_forgets_beside_a_running_server() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    let reference = asks_for_help(&mut sister).await;
    let output = wasl(&bot, &["person", "forget", &reference, "--yes"]);
    assert!(!output.status.success());
    assert!(said(&output).contains(&format!("still open: {reference}")), "{}", said(&output));
    let admin = bot.officer("mona", Role::Administrator).await;
    admin.does(&admin.case().await, "withdraw", &[]).await;
    let output = wasl(&bot, &["person", "forget", &reference]);
    assert!(!output.status.success() && said(&output).contains("Nothing was deleted."), "{}", said(&output));
    let output = wasl(&bot, &["person", "forget", &reference, "--yes"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(papers(&bot.folder.path().join("documents")), Vec::<PathBuf>::new());
    let output = wasl(&bot, &["person", "forget", &reference, "--yes"]);
    assert!(!output.status.success() && said(&output).contains("nobody is known"), "{}", said(&output));
    sister.says("hello").await.expect_question("language");
}
