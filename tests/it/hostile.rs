//! Hostile input: each gets a clear error, and nothing else breaks.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::harness::{Bot, PIXEL, Person};
use super::story::{ANSWERS, arrives, asks_for_help};

async fn code(answer: reqwest::Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("an error is JSON: {text}"));
    (status, body["error"]["code"].as_str().expect("a code").to_owned())
}

#[tokio::test]
async fn messages_that_are_not_messages() {
    let bot = Bot::start().await;
    let sister = bot.chat("en").await;
    let client = Client::new();
    let url = format!("{}/chat/api/messages", bot.url);
    let big = format!("{{\"id\":\"a\",\"text\":\"{}\"}}", "x".repeat(3_000_000));
    for (name, body, content_type, status) in [
        ("oversized", big.into_bytes(), "application/json", 413),
        ("not JSON", b"hello".to_vec(), "application/json", 400),
        ("wrong content type", b"{\"id\":\"a\",\"text\":\"x\"}".to_vec(), "text/plain", 415),
        ("bad UTF-8", b"{\"id\":\"a\",\"text\":\"\xff\xfe\"}".to_vec(), "application/json", 400),
        ("no id", b"{\"text\":\"x\"}".to_vec(), "application/json", 422),
        ("an id with a path", b"{\"id\":\"../../a\",\"text\":\"x\"}".to_vec(), "application/json", 422),
        (
            "text and choice",
            b"{\"id\":\"a\",\"text\":\"x\",\"choice\":\"y\"}".to_vec(),
            "application/json",
            422,
        ),
        ("nothing said", b"{\"id\":\"a\"}".to_vec(), "application/json", 422),
        ("deep", [vec![b'['; 10_000], vec![b']'; 10_000]].concat(), "application/json", 422),
    ] {
        let answer = client
            .post(&url)
            .bearer_auth(&sister.token)
            .header("content-type", content_type)
            .body(body)
            .send()
            .await
            .unwrap();
        let (found, code) = code(answer).await;
        assert!(found == status || (400..500).contains(&found), "{name}: {found} {code}");
        assert_eq!(found, status, "{name}: {code}");
    }
}

#[tokio::test]
async fn tokens_that_are_not_ones_own() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    let mut brother = bot.chat("en").await;
    arrives(&mut sister).await;
    let client = Client::new();
    for token in ["", "x", "A".repeat(43).as_str(), &sister.token[..42], &format!("{}x", sister.token)] {
        for (method, path) in [
            (Method::GET, "/chat/api/messages?after=0"),
            (Method::GET, "/chat/api/events"),
            (Method::POST, "/chat/api/messages"),
        ] {
            let request = client.request(method, format!("{}{path}", bot.url)).bearer_auth(token);
            let answer = request.json(&json!({ "id": "a", "text": "x" })).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        }
    }
    // Another person's button is an old button, whoever presses it.
    let hers = sister.token_of("Ask for help");
    brother.taps("English").await;
    brother.expect_question("consent");
    let answer = brother.post(&json!({ "id": "forged", "choice": hers })).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    brother.reads().await;
    brother.expect_question("consent");
    assert_eq!(brother.times("belonged to an earlier question"), 1);
}

#[tokio::test]
async fn the_same_id_is_the_same_message() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    for _ in 0..3 {
        let answer = sister.post(&json!({ "id": "once", "text": "English" })).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
    }
    sister.reads().await;
    assert_eq!(sister.heard.iter().filter(|m| m["from"] == "you").count(), 1);
}

async fn to_question(person: &mut Person<'_>, question: &str) {
    arrives(person).await;
    person.taps("Ask for help").await;
    person.taps("Certificate of Islam").await;
    while person.question() != Some(question) {
        let asked = person.question().unwrap().to_owned();
        let answer = ANSWERS.iter().find(|(q, _)| *q == asked).map_or("skip", |(_, a)| a);
        person.says(answer).await;
    }
}

#[tokio::test]
async fn files_that_are_not_papers() {
    let bot = Bot::start_with("[documents]\nmax_bytes = 100000").await;
    let mut sister = bot.chat("en").await;
    to_question(&mut sister, "paper_id").await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let html = b"<!doctype html><script>alert(1)</script>";
    let exe = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00";
    let big: &'static [u8] = Box::leak(vec![0xFF; 200_000].into_boxed_slice());
    for (n, (name, bytes, status)) in [
        ("drawing.svg", &svg[..], 415),
        ("page.html", &html[..], 415),
        ("iqama.jpg", &exe[..], 415),
        ("empty.png", &b""[..], 422),
        ("big.jpg", big, 413),
    ]
    .into_iter()
    .enumerate()
    {
        let (found, code) = code(sister.uploads(&format!("bad{n}"), name, bytes).await).await;
        assert_eq!(found, status, "{name}: {code}");
    }
    sister.reads().await;
    sister.expect_question("paper_id");
    let answer = sister.uploads("tricky", "../../../etc/\u{202e}gnp.exe", PIXEL).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    sister.reads().await;
    let own = sister.heard.iter().rfind(|m| m["from"] == "you").unwrap()["text"].as_str().unwrap().to_owned();
    assert!(own.contains("gnp.exe") && !own.contains("..") && !own.contains('\u{202e}'), "{own:?}");
    let stranger = Client::new();
    let form =
        reqwest::multipart::Form::new().text("id", "x").part("file", reqwest::multipart::Part::bytes(PIXEL));
    let answer =
        stranger.post(format!("{}/chat/api/documents", bot.url)).multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "no upload without a session");
}

#[tokio::test]
async fn words_that_are_too_many_or_turned_around() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    to_question(&mut sister, "need").await;
    sister.says(&"x".repeat(10_000)).await;
    sister.expect_question("need");
    assert_eq!(sister.times("a little long"), 1);
    sister.says("I need <script>alert(1)</script> help").await;
    while sister.question() != Some("full_name") {
        let asked = sister.question().unwrap().to_owned();
        let answer = ANSWERS.iter().find(|(q, _)| *q == asked).map_or("skip", |(_, a)| a);
        sister.says(answer).await;
    }
    sister.says("Maria\u{202e} sotnaS\u{2066} \u{0007}Cruz").await;
    super::story::answers_all(&mut sister).await;
    let review = sister.heard.iter().rev().find(|m| m["text"].as_str().unwrap().contains("Maria")).unwrap();
    let review = review["text"].as_str().unwrap();
    assert!(
        review.contains("Maria sotnaS Cruz") && !review.contains('\u{202e}') && !review.contains('\u{7}'),
        "{review:?}"
    );
}

#[tokio::test]
async fn pages_that_nobody_may_see() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    asks_for_help(&mut sister).await;
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for path in [
        "/desk",
        "/desk/filed",
        "/desk/case/00000000-0000-0000-0000-000000000000",
        "/desk/document/00000000-0000-0000-0000-000000000000",
        "/desk/person/00000000-0000-0000-0000-000000000000",
    ] {
        let answer = client.get(format!("{}{path}", bot.url)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path} sends strangers to the login");
        assert!(answer.headers()["location"].to_str().unwrap().starts_with("/desk/login"));
    }
    for path in ["/status/none", "/nowhere", "/metrics", "/chat/api/nowhere"] {
        let answer = client.get(format!("{}{path}", bot.url)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let closed = client.post(format!("{}/webhook/telegram", bot.url)).body("{}").send().await.unwrap();
    assert_eq!(closed.status(), StatusCode::NOT_FOUND, "a channel that is not open");
    let answer = client.get(format!("{}/desk/setup/none", bot.url)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::GONE, "no invitation, or no longer");
    let cross = client
        .post(format!("{}/desk/login", bot.url))
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .form(&[("name", "a"), ("password", "b")])
        .send()
        .await
        .unwrap();
    assert_eq!(cross.status(), StatusCode::FORBIDDEN, "no form of another site");
}

#[tokio::test]
async fn every_page_carries_its_guards() {
    let bot = Bot::start().await;
    let client = Client::new();
    for path in ["/", "/chat", "/desk/login", "/status/none", "/healthz"] {
        let answer = client.get(format!("{}{path}", bot.url)).send().await.unwrap();
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        // `no-referrer` would also take the Origin away that guards forms against other sites.
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
    }
}

/// A button of an earlier question never answers the present one.
#[tokio::test]
async fn an_old_button_is_not_an_answer() {
    let bot = Bot::start().await;
    let mut sister = bot.chat("en").await;
    sister.taps("English").await;
    let old = sister.token_of("Yes, I agree");
    sister.taps("Yes, I agree").await;
    sister.expect_question("menu");
    let answer = sister.post(&json!({ "id": "old", "choice": old })).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    sister.reads().await;
    sister.expect_question("menu");
    assert_eq!(sister.times("belonged to an earlier question"), 1);
}

/// Words, a number, a file's name, an address that is asked for, a staff member's name and password.
const CANARIES: [&str; 6] = [
    "zanzibar-words",
    "0501234567",
    "zanzibar-passport",
    "zanzibar-status",
    "zanzibar-name",
    "zanzibar-password",
];

/// Somebody says, sends and asks for what tells who they are, rightly and wrongly, and waits for the answers.
async fn telling(url: &str) -> String {
    let [words, number, file, status, name, password] = CANARIES;
    let client = Client::new();
    let opened = client.post(format!("{url}/chat/api/sessions")).json(&json!({ "lang": "en" })).send().await;
    let session: Value = opened.unwrap().json().await.unwrap();
    let token = session["token"].as_str().unwrap().to_owned();
    for (n, text) in [words, number, &"x".repeat(9_000), "\u{202e}\0"].into_iter().enumerate() {
        let body = json!({ "id": format!("m{n}"), "text": text });
        let sent =
            client.post(format!("{url}/chat/api/messages")).bearer_auth(&token).json(&body).send().await;
        assert_eq!(sent.unwrap().status(), StatusCode::ACCEPTED);
    }
    for (bytes, expected) in [(super::harness::PIXEL, 202), (&b"<svg>"[..], 415)] {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(format!("{file}.png"));
        let form = reqwest::multipart::Form::new().text("id", format!("p{expected}")).part("file", part);
        let sent =
            client.post(format!("{url}/chat/api/documents")).bearer_auth(&token).multipart(form).send().await;
        assert_eq!(sent.unwrap().status(), expected);
    }
    let page = client.get(format!("{url}/status/{status}")).send().await.unwrap().text().await.unwrap();
    assert!(!page.contains(status), "nothing of the request on an error page");
    let login = client.post(format!("{url}/desk/login")).form(&[("name", name), ("password", password)]);
    let refused = login.send().await.unwrap().text().await.unwrap();
    assert!(!refused.contains(password));
    // The greeting, four texts and a picture.
    let mut answered = 0;
    while answered < 6 {
        let lines = client.get(format!("{url}/chat/api/messages")).bearer_auth(&token).send().await.unwrap();
        let lines: Value = lines.json().await.unwrap();
        answered = lines["messages"].as_array().unwrap().iter().filter(|line| line["from"] == "bot").count();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    token
}

/// Nobody's words, names, numbers or tokens are in a log line, however much is logged.
#[test]
fn logs_hold_nobody() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};
    let folder = super::harness::folder();
    let mut server = Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(folder.path())
        .env("WASL_SERVER__LISTEN", "127.0.0.1:0")
        .env("WASL_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    let url =
        lines.next().unwrap().unwrap().split_whitespace().last().unwrap().trim_end_matches('/').to_owned();
    // Read while it runs, or the pipe fills and the server waits.
    let mut errors = server.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut log = String::new();
        errors.read_to_string(&mut log).unwrap();
        log
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let token = runtime.block_on(telling(&url));
    assert!(Command::new("kill").arg(server.id().to_string()).status().unwrap().success());
    assert!(server.wait().unwrap().success());
    let log = reader.join().unwrap();
    assert!(log.contains("\"stopping\"") && log.contains("\"stopped\""), "the log is read to its end: {log}");
    for canary in CANARIES.into_iter().chain([&*token]) {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
}
