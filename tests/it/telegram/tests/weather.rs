//! It fails as asked, and no more.

use serde_json::json;

use super::super::params::Params;
use super::super::{Fault, Person};
use super::client::{Caller, caller};

async fn opened() -> (Caller, Person) {
    let bot = caller().await;
    let sister = bot.telegram.person("Maryam");
    sister.starts(None);
    (bot, sister)
}

#[tokio::test]
async fn errors_come_in_the_order_in_which_they_were_asked_for() {
    let (bot, sister) = opened().await;
    let hello = json!({ "chat_id": sister.id, "text": "hello" });
    bot.telegram.next("sendMessage", Fault::Broken);
    bot.telegram.next("sendMessage", Fault::BadGateway);
    bot.telegram.next("*", Fault::TooMany(7));
    assert_eq!(bot.refused("sendMessage", hello.clone()).await, "500 Internal Server Error");
    let gateway = bot.posts("sendMessage", &hello).await.unwrap();
    assert_eq!(gateway.status(), 502);
    assert!(gateway.text().await.unwrap().starts_with("<html>"), "no JSON");
    let answer = bot.answer("getMe", json!({})).await;
    assert_eq!(answer["description"], "Too Many Requests: retry after 7");
    assert_eq!(answer["parameters"], json!({ "retry_after": 7 }));
    assert_eq!(sister.times("hello"), 0, "nothing was done");
    bot.calls("sendMessage", hello).await;
    let codes: Vec<_> = bot.telegram.calls("sendMessage").iter().map(|call| call.code).collect();
    assert_eq!(codes, [Some(500), None, Some(200)], "what was tried is known");
}

/// Resolves when a call that will hang has come, and never for others.
async fn hangs(bot: &Caller, fault: Fault, calls: usize) {
    match fault {
        Fault::HangsBefore | Fault::HangsAfter => drop(bot.telegram.called("sendMessage", calls).await),
        _ => std::future::pending().await,
    }
}

#[tokio::test]
async fn a_connection_ends_before_or_after_the_message_is_shown() {
    let (bot, sister) = opened().await;
    let hello = json!({ "chat_id": sister.id, "text": "hello" });
    let faults =
        [(Fault::CutBefore, 0), (Fault::CutAfter, 1), (Fault::HangsBefore, 1), (Fault::HangsAfter, 2)];
    for (n, (fault, shown)) in faults.into_iter().enumerate() {
        bot.telegram.next("sendmessage", fault);
        tokio::select! {
            posted = bot.posts("sendMessage", &hello) => {
                assert!(posted.is_err() && matches!(fault, Fault::CutBefore | Fault::CutAfter), "{fault:?}");
            }
            () = hangs(&bot, fault, n + 1) => {}
        }
        assert_eq!(sister.times("hello"), shown, "{fault:?}");
    }
    bot.telegram.fails("*", Fault::CutBefore);
    for _ in 0..3 {
        assert!(bot.posts("getMe", &json!({})).await.is_err(), "the service is away");
    }
    bot.telegram.recovers();
    bot.calls("getMe", json!({})).await;
}

#[tokio::test]
async fn who_sends_too_fast_waits() {
    let (bot, sister) = opened().await;
    let params = Params::default();
    let sent = (0..31).map(|_| bot.telegram.quietly(|state| state.count(&params)));
    assert_eq!(sent.filter(Result::is_ok).count(), 30, "in one second");
    let answer = bot.answer("sendMessage", json!({ "chat_id": sister.id, "text": "32" })).await;
    assert_eq!(answer["error_code"], 429, "also who is quiet for less than that");
    assert!((1..=3).contains(&answer["parameters"]["retry_after"].as_i64().unwrap()), "{answer}");
    bot.calls("getMe", json!({})).await;

    let (bot, sister) = opened().await;
    let brother = bot.telegram.person("Yusuf");
    brother.starts(None);
    bot.telegram.limits(30, Some(2), 60);
    bot.sends(sister.id, "one").await;
    bot.sends(brother.id, "one").await;
    let mut refused = json!(null);
    for _ in 0..20 {
        refused = bot.answer("sendMessage", json!({ "chat_id": sister.id, "text": "more" })).await;
        if refused["ok"] == false {
            break;
        }
    }
    assert_eq!(refused["description"], "Too Many Requests: retry after 60");
    let call = bot.telegram.calls("sendMessage").pop().unwrap();
    assert_eq!((call.code, call.params.text("text")), (Some(429), Some("more")));
}

#[tokio::test]
async fn a_download_can_fail() {
    let (bot, sister) = opened().await;
    sister.sends_document("a.txt", "text/plain", b"a");
    let update = bot.polls(-1).await.pop().unwrap();
    let file = json!({ "file_id": update["message"]["document"]["file_id"] });
    let path = bot.calls("getFile", file).await["file_path"].as_str().unwrap().to_owned();
    let url = format!("{}/file/bot{}/{path}", bot.telegram.url(), bot.telegram.token());
    bot.telegram.next("file", Fault::Broken);
    assert_eq!(bot.client.get(&url).send().await.unwrap().status(), 500);
    assert_eq!(bot.client.get(&url).send().await.unwrap().status(), 200);
}
