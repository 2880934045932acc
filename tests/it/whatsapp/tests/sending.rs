//! What a business may say, and what it may not.

use std::sync::Arc;

use chrono::TimeDelta;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use wasl::time::{ManualClock, Timestamp};

use super::super::super::harness::BEGIN;
use super::super::super::provider::Fault;
use super::super::{NUMBER, NUMBER_ID, WhatsApp};
use super::client::{Caller, Hook, caller, message, of, opened, text};

fn buttons(labels: &[&str]) -> Value {
    let one =
        |label: &&str| json!({ "type": "reply", "reply": { "id": format!("id-{label}"), "title": label } });
    let buttons: Vec<Value> = labels.iter().map(one).collect();
    let body = json!({ "text": "Which?" });
    let content = json!({ "type": "button", "body": body, "action": { "buttons": buttons } });
    json!({ "type": "interactive", "interactive": content })
}

fn rows(sections: &[usize]) -> Value {
    let row = |s: usize, n: usize| {
        let title = format!("Row {s}-{n}");
        json!({ "id": format!("{s}-{n}"), "title": title, "description": "x" })
    };
    let section = |(s, n): (usize, &usize)| {
        let rows: Vec<Value> = (0..*n).map(|n| row(s, n)).collect();
        json!({ "title": format!("Section {s}"), "rows": rows })
    };
    let sections: Vec<Value> = sections.iter().enumerate().map(section).collect();
    let action = json!({ "button": "Choose", "sections": sections });
    json!({ "type": "interactive", "interactive": { "type": "list", "body": { "text": "Which?" }, "action": action } })
}

/// `content` with something else at a path.
fn but(content: Value, path: &str, value: Value) -> Value {
    let mut content = content;
    *content.pointer_mut(path).unwrap_or_else(|| panic!("no {path}")) = value;
    content
}

#[tokio::test]
async fn who_has_no_token_or_no_number_is_refused() {
    let (bot, sister) = opened().await;
    let url = format!("{}/v24.0/{NUMBER_ID}/messages", bot.whatsapp.url());
    let call = text(&sister.phone, "hello");
    for request in [bot.client.post(&url), bot.client.post(&url).bearer_auth("other")] {
        let answer = request.json(&call).send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], 190);
    }
    for (path, status, code) in
        [("v24.0/1/messages", 400, 100), ("v24.0/1/nothing", 404, 2500), ("x/1/messages", 404, 2500)]
    {
        let url = format!("{}/{path}", bot.whatsapp.url());
        let answer = bot.client.post(url).bearer_auth(bot.whatsapp.token()).json(&call).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], code, "{path}");
    }
}

#[tokio::test]
async fn a_message_has_limits() {
    let (bot, sister) = opened().await;
    let label = "ش".repeat(20);
    let to = |content: Value| message(&sister.phone, content);
    for good in [
        json!({ "type": "text", "text": { "body": "و".repeat(4096) } }),
        buttons(&["1", "2", &label]),
        rows(&[10]),
        rows(&[4, 6]),
        json!({ "type": "location", "location": { "latitude": 21.4, "longitude": 39.8 } }),
        json!({ "type": "interactive", "interactive": { "type": "cta_url", "body": { "text": "See" }, "action": {
            "name": "cta_url", "parameters": { "display_text": "Open", "url": "https://example.org" } } } }),
        json!({ "type": "image", "image": { "link": "https://example.org/a.png", "caption": "x" } }),
    ] {
        bot.sends(to(good)).await;
    }
    let long = |n: usize| json!("a".repeat(n));
    let first = "/interactive/action/buttons/0/reply";
    let row = "/interactive/action/sections/0/rows/0";
    for (wrong, code) in [
        (json!({ "type": "text", "text": { "body": " " } }), 131008),
        (json!({ "type": "text", "text": { "body": "a".repeat(4097) } }), 131009),
        (json!({ "type": "poem", "poem": {} }), 100),
        (buttons(&[]), 131008),
        (buttons(&["1", "2", "3", "4"]), 131009),
        (buttons(&["1", "1"]), 131009),
        (buttons(&[&format!("{label}a")]), 131009),
        (but(buttons(&["1"]), &format!("{first}/id"), long(257)), 131009),
        (but(buttons(&["1"]), "/interactive/body/text", long(1025)), 131009),
        (rows(&[11]), 131009),
        (rows(&[5, 6]), 131009),
        (but(rows(&[1]), &format!("{row}/title"), long(25)), 131009),
        (but(rows(&[1]), &format!("{row}/description"), long(73)), 131009),
        (but(rows(&[2]), &format!("{row}/id"), json!("0-1")), 131009),
        (but(rows(&[1, 1]), "/interactive/action/sections/0/title", json!("")), 131008),
        (but(rows(&[1]), "/interactive/action/button", long(21)), 131009),
        (but(rows(&[1]), "/interactive/type", json!("carpet")), 131009),
        (json!({ "type": "image", "image": { "id": "1" } }), 100),
        (json!({ "type": "image", "image": {} }), 131008),
        (
            json!({ "type": "image", "image": { "link": "https://example.org/a.png", "caption": "a".repeat(1025) } }),
            131009,
        ),
        (json!({ "type": "audio", "audio": { "link": "https://example.org/a", "caption": "x" } }), 100),
        (json!({ "type": "location", "location": {} }), 131008),
    ] {
        assert_eq!(bot.refused(to(wrong.clone())).await, (400, code), "{wrong}");
    }
    let mut call = text(&sister.phone, "x");
    call["biz_opaque_callback_data"] = long(513);
    assert_eq!(bot.refused(call).await, (400, 100));
    assert_eq!(bot.refused(json!({ "to": sister.phone })).await, (400, 100), "messaging_product is needed");
    assert_eq!(bot.refused(text("", "x")).await, (400, 100));
    assert_eq!(bot.refused(text(NUMBER, "x")).await, (400, 131021));
}

#[tokio::test]
async fn a_day_after_the_last_word_only_templates_go() {
    let clock = Arc::new(ManualClock::at(Timestamp::parse(BEGIN).unwrap()));
    let bot = of(WhatsApp::at(clock.clone()).await);
    let hook = Hook::open(&bot.whatsapp).await;
    let sister = bot.whatsapp.person("966501234567", "Maryam");
    let hello = || text(&sister.phone, "hello");
    assert_eq!(bot.refused(hello()).await, (400, 131047), "she never wrote");
    sister.says("hello");
    clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    bot.sends(hello()).await;
    clock.advance(TimeDelta::seconds(1));
    assert_eq!(bot.refused(hello()).await, (400, 131047));
    bot.whatsapp.refuses_late(true);
    let late = bot.sends(hello()).await;
    bot.whatsapp.delivered().await;
    assert_eq!(hook.statuses().last().unwrap(), &(late, "failed".to_owned()));
    let failed = hook.changes().pop().unwrap()["value"].clone();
    assert_eq!(failed["statuses"][0]["errors"][0]["code"], 131_047);
    assert!(failed.get("contacts").is_none());

    bot.whatsapp.template(
        "decision",
        "ar",
        "السلام عليكم {{1}}، صدر قرار {{2}}.",
        &["أريد التفاصيل"],
        "APPROVED",
    );
    bot.whatsapp.template("decision", "en", "Hello {{1}}, {{2}}.", &[], "PAUSED");
    bot.whatsapp.template("decision", "fil", "Hello.", &[], "PENDING");
    let template = |language: &str, parameters: &[&str]| {
        let parameters: Vec<Value> =
            parameters.iter().map(|text| json!({ "type": "text", "text": text })).collect();
        let components = json!([{ "type": "body", "parameters": parameters }]);
        let language = json!({ "code": language });
        let template = json!({ "name": "decision", "language": language, "components": components });
        message(&sister.phone, json!({ "type": "template", "template": template }))
    };
    bot.sends(template("ar", &["مريم", "W-1"])).await;
    let shown = sister.expects("صدر قرار W-1").await;
    assert_eq!((shown.kind.as_str(), shown.labels), ("template", vec!["أريد التفاصيل".to_owned()]));
    for (call, refusal) in [
        (template("ar", &["مريم"]), (400, 132000)),
        (template("ar", &["a\nb", "c"]), (400, 132018)),
        (template("ar", &["", "c"]), (400, 132018)),
        (template("ar", &[&"a".repeat(1024), "c"]), (400, 132005)),
        (
            but(template("ar", &["a", "b"]), "/template/components/0/parameters/0/type", json!("image")),
            (400, 132012),
        ),
        (template("en", &["a", "b"]), (400, 132015)),
        (template("fil", &[]), (404, 132001)),
        (template("fr", &[]), (404, 132001)),
    ] {
        assert_eq!(bot.refused(call.clone()).await, refusal, "{call}");
    }
    sister.taps("أريد التفاصيل");
    bot.whatsapp.delivered().await;
    let answer = hook.messages().pop().unwrap();
    assert_eq!((&answer["type"], &answer["button"]["text"]), (&json!("button"), &json!("أريد التفاصيل")));
    bot.sends(hello()).await;
    sister.expects("hello").await;
}

#[tokio::test]
async fn some_cannot_be_reached() {
    let (bot, sister) = opened().await;
    let hook = Hook::open(&bot.whatsapp).await;
    sister.blocks();
    let lost = bot.sends(text(&sister.phone, "hello")).await;
    bot.whatsapp.template("hi", "en", "Hi", &[], "APPROVED");
    let hi = json!({ "type": "template", "template": { "name": "hi", "language": { "code": "en" } } });
    let nobody = bot.sends(message("+15551234567", hi)).await;
    bot.whatsapp.delivered().await;
    let failed = |id: String| (id, "failed".to_owned());
    assert_eq!(hook.statuses(), [failed(lost), failed(nobody)]);
    assert_eq!(sister.times("hello"), 0);
    let brother = bot.whatsapp.person("966507654321", "Yusuf");
    brother.says("hello");
    bot.whatsapp.next_fails_with(131_049);
    let id = bot.sends(text(&brother.phone, "hello")).await;
    bot.whatsapp.delivered().await;
    assert_eq!(hook.statuses().pop().unwrap(), failed(id));
    let last = hook.changes().pop().unwrap();
    assert_eq!(last["value"]["statuses"][0]["errors"][0]["code"], 131_049);
    assert_eq!(brother.statuses(), ["failed"]);
}

async fn uploads(bot: &Caller, mime: &str, bytes: Vec<u8>, product: &str) -> Value {
    let file = Part::bytes(bytes).file_name("a").mime_str(mime).unwrap();
    let form = Form::new()
        .text("messaging_product", product.to_owned())
        .text("type", mime.to_owned())
        .part("file", file);
    let url = format!("{}/v24.0/{NUMBER_ID}/media", bot.whatsapp.url());
    let request = bot.client.post(url).bearer_auth(bot.whatsapp.token()).multipart(form);
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn files_go_both_ways() {
    let clock = Arc::new(ManualClock::at(Timestamp::parse(BEGIN).unwrap()));
    let bot = of(WhatsApp::at(clock.clone()).await);
    let hook = Hook::open(&bot.whatsapp).await;
    let sister = bot.whatsapp.person("966501234567", "Maryam");
    sister.sends_file("image", "image/jpeg", b"jpeg", &json!({ "caption": "my card" }));
    bot.whatsapp.delivered().await;
    let image = hook.messages().pop().unwrap()["image"].clone();
    assert_eq!(image["caption"], "my card");
    let object = format!("{}/v24.0/{}", bot.whatsapp.url(), image["id"].as_str().unwrap());
    let media: Value = bot.gets(&object).await.json().await.unwrap();
    assert_eq!((&media["mime_type"], &media["file_size"]), (&json!("image/jpeg"), &json!(4)));
    let link = media["url"].as_str().unwrap();
    assert_eq!(bot.client.get(link).send().await.unwrap().status(), 401, "the token is needed there too");
    assert_eq!(bot.gets(link).await.bytes().await.unwrap(), "jpeg");
    clock.advance(TimeDelta::minutes(5));
    assert_eq!(bot.gets(link).await.status(), 404, "five minutes");
    clock.advance(TimeDelta::days(7));
    assert_eq!(bot.gets(&object).await.status(), 400, "seven days");

    sister.says("and?");
    let sent = uploads(&bot, "application/pdf", b"%PDF".to_vec(), "whatsapp").await;
    let document = json!({ "id": sent["id"], "filename": "letter.pdf", "caption": "Your letter" });
    bot.sends(message(&sister.phone, json!({ "type": "document", "document": document }))).await;
    assert_eq!(sister.expects("Your letter").await.kind, "document");
    for (mime, size, product, code) in [
        ("image/jpeg", (5 << 20) + 1, "whatsapp", 131_053),
        ("image/gif", 1, "whatsapp", 100),
        ("image/png", 0, "whatsapp", 131_053),
        ("application/pdf", 1, "signal", 100),
    ] {
        assert_eq!(uploads(&bot, mime, vec![0; size], product).await["error"]["code"], code, "{mime} {size}");
    }
}

#[tokio::test]
async fn calls_fail_as_asked() {
    let (bot, sister) = opened().await;
    let hello = text(&sister.phone, "hello");
    bot.whatsapp.next("messages", Fault::Broken);
    bot.whatsapp.next("messages", Fault::TooMany(1));
    bot.whatsapp.next("*", Fault::BadGateway);
    assert_eq!(bot.refused(hello.clone()).await, (500, 131000));
    assert_eq!(bot.refused(hello.clone()).await, (429, 130429));
    assert_eq!(bot.posts(&hello).await.unwrap().status(), 502);
    assert_eq!(sister.times("hello"), 0);
    bot.whatsapp.next("messages", Fault::CutAfter);
    assert!(bot.posts(&hello).await.is_err());
    assert_eq!(sister.times("hello"), 1, "it was sent, and nobody knows");
    bot.whatsapp.fails("*", Fault::CutBefore);
    assert!(bot.posts(&hello).await.is_err() && bot.posts(&hello).await.is_err());
    bot.whatsapp.recovers();
    bot.sends(hello).await;
    assert_eq!(sister.times("hello"), 2, "a call that is repeated sends twice");
    let calls = bot.whatsapp.calls("messages");
    let statuses: Vec<_> = calls.iter().map(|call| call.status).collect();
    assert_eq!(statuses, [Some(500), Some(429), None, None, None, None, Some(200)]);
    assert_eq!(calls[6].body["to"], "966501234567");
}

#[tokio::test]
async fn who_sends_too_fast_is_told() {
    let bot = caller().await;
    let counted = |phone: &str| bot.whatsapp.quietly(|state| state.count(phone));
    let to_one: Vec<_> = (0..46).map(|_| counted("1")).collect();
    assert_eq!(to_one.iter().filter(|counted| counted.is_ok()).count(), 45);
    assert_eq!(to_one[45].as_ref().unwrap_err().code, 131_056);
    let to_all: Vec<_> = (0..36).map(|n| counted(&format!("2{n}"))).collect();
    assert_eq!(to_all.iter().filter(|counted| counted.is_ok()).count(), 35);
    assert_eq!(to_all[35].as_ref().unwrap_err().code, 130_429);
    let (bot, sister) = opened().await;
    bot.whatsapp.limits(80, 1);
    bot.sends(text(&sister.phone, "one")).await;
    assert_eq!(bot.refused(text(&sister.phone, "two")).await, (400, 131_056));
}
