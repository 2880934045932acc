//! It fails as asked, and no more.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

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
    assert_eq!(bot.telegram.calls("sendMessage").len(), 1);
}

#[tokio::test]
async fn a_connection_ends_before_or_after_the_message_is_shown() {
    let (bot, sister) = opened().await;
    for (fault, shown) in
        [(Fault::CutBefore, 0), (Fault::CutAfter, 1), (Fault::HangsBefore, 1), (Fault::HangsAfter, 2)]
    {
        bot.telegram.next("sendmessage", fault);
        let hello = json!({ "chat_id": sister.id, "text": "hello" });
        let posted = timeout(Duration::from_millis(200), bot.posts("sendMessage", &hello)).await;
        match fault {
            Fault::CutBefore | Fault::CutAfter => assert!(posted.unwrap().is_err(), "{fault:?}"),
            _ => assert!(posted.is_err(), "{fault:?}"),
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
    for n in 0..30 {
        bot.sends(sister.id, &n.to_string()).await;
    }
    let answer = bot.answer("sendMessage", json!({ "chat_id": sister.id, "text": "31" })).await;
    assert_eq!((&answer["error_code"], &answer["parameters"]["retry_after"]), (&json!(429), &json!(3)));
    let refused = bot.refused("sendMessage", json!({ "chat_id": sister.id, "text": "32" })).await;
    assert!(refused.starts_with("429"), "also who is quiet for less than that: {refused}");
    bot.calls("getMe", json!({})).await;

    let (bot, sister) = opened().await;
    let brother = bot.telegram.person("Yusuf");
    brother.starts(None);
    bot.telegram.limits(30, Some(1), 1);
    bot.sends(sister.id, "one").await;
    bot.sends(brother.id, "one").await;
    let refused = bot.refused("sendMessage", json!({ "chat_id": sister.id, "text": "two" })).await;
    assert_eq!(refused, "429 Too Many Requests: retry after 1");
    let calls = bot.telegram.called("sendMessage", 3).await;
    assert_eq!(calls.iter().map(|call| call.code).collect::<Vec<_>>(), [200, 200, 429]);
    assert_eq!(calls[2].params.text("text"), Some("two"));
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
