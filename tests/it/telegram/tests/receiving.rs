//! How a bot hears: it asks, or it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;
use wasl::time::{ManualClock, Timestamp};

use super::super::super::harness::BEGIN;
use super::super::Telegram;
use super::client::{Caller, caller, ids};

/// A webhook that notes what comes.
#[derive(Clone, Default)]
struct Hook {
    came: Arc<Mutex<Vec<(i64, String)>>>,
    /// How many are not taken first.
    refuses: Arc<Mutex<usize>>,
}

impl Hook {
    async fn open(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let app = Router::new().fallback(take).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }

    fn came(&self) -> Vec<i64> {
        self.came.lock().unwrap().iter().map(|(id, _)| *id).collect()
    }
}

async fn take(State(hook): State<Hook>, headers: HeaderMap, Json(update): Json<Value>) -> StatusCode {
    let secret =
        headers.get("x-telegram-bot-api-secret-token").map(|secret| secret.to_str().unwrap().to_owned());
    let id = update["update_id"].as_i64().unwrap();
    hook.came.lock().unwrap().push((id, secret.unwrap_or_default()));
    let mut refuses = hook.refuses.lock().unwrap();
    if *refuses > 0 {
        *refuses -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}

async fn hooked() -> (Caller, Hook) {
    let (bot, hook) = (caller().await, Hook::default());
    let url = hook.open().await;
    let set = json!({ "url": url, "secret_token": "s3cret_-", "max_connections": 4 });
    assert_eq!(bot.answer("setWebhook", set).await["description"], "Webhook was set");
    (bot, hook)
}

#[tokio::test]
async fn a_wrong_token_or_method_is_refused() {
    let bot = caller().await;
    let me = bot.calls("GetMe", json!({})).await;
    assert_eq!(me["is_bot"], true);
    assert_eq!(bot.refused("getMeNot", json!({})).await, "404 Not Found: method not found");
    for path in ["bot1:x/getMe", "file/bot1:x/photos/file_1.jpg"] {
        let answer = bot.client.get(format!("{}/{path}", bot.telegram.url())).send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.json::<Value>().await.unwrap()["description"], "Unauthorized");
    }
    let nowhere = bot.client.get(bot.telegram.url()).send().await.unwrap();
    assert_eq!(nowhere.status(), 404);
}

#[tokio::test]
async fn polling_confirms_by_offset() {
    let bot = caller().await;
    let sister = bot.telegram.person("Maryam");
    sister.starts(Some("from-the-website"));
    sister.says("two");
    sister.says("three");
    let updates = bot.polls(0).await;
    assert_eq!(updates[0]["message"]["text"], "/start from-the-website");
    assert_eq!(
        updates[0]["message"]["entities"],
        json!([{ "type": "bot_command", "offset": 0, "length": 6 }])
    );
    let all = ids(&updates);
    assert_eq!(all, [all[0], all[0] + 1, all[0] + 2]);
    assert_eq!(ids(&bot.polls(0).await), all, "until they are confirmed");
    let one = bot.calls("getUpdates", json!({ "limit": 1 })).await;
    assert_eq!(ids(one.as_array().unwrap()), all[..1]);
    assert_eq!(ids(&bot.polls(all[1]).await), all[1..]);
    assert_eq!(bot.telegram.confirmed(), all[..1]);
    assert_eq!(ids(&bot.polls(-1).await), all[2..], "the last one only; the others are forgotten");
    assert!(bot.polls(all[2] + 1).await.is_empty());
    bot.telegram.delivered().await;
    bot.telegram.repeats(1);
    assert_eq!(ids(&bot.polls(all[2] + 1).await), all[2..], "once more, whatever the offset");
    assert!(bot.polls(all[2] + 1).await.is_empty());
    sister.says("four");
    sister.says("five");
    bot.telegram.releases(true);
    let after = ids(&bot.polls(all[2] + 1).await);
    assert_eq!(after, [all[2] + 2, all[2] + 1], "the newest first");
    bot.telegram.numbers_updates_from(5);
    sister.says("a week later");
    assert!(ids(&bot.polls(0).await).contains(&5));
}

#[tokio::test]
async fn a_poll_waits_and_a_second_one_ends_it() {
    let bot = caller().await;
    let sister = bot.telegram.person("Maryam");
    let wait = json!({ "timeout": 30 });
    let polls = async |n: u64| {
        let begun = |state: &mut super::super::State| (state.updates.poll >= n).then_some(());
        bot.telegram.until(begun, || "nobody asked".to_owned()).await;
    };
    let begin = Instant::now();
    let (first, second, ()) = tokio::join!(
        bot.answer("getUpdates", wait.clone()),
        async {
            polls(1).await;
            bot.answer("getUpdates", wait.clone()).await
        },
        async {
            polls(2).await;
            sister.starts(None);
        },
    );
    assert_eq!(first["error_code"], 409);
    let why =
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    assert_eq!(first["description"], why);
    assert_eq!(second["result"][0]["message"]["text"], "/start");
    assert!(begin.elapsed() < Duration::from_secs(25), "it did not wait for its time to end");
    let (ended, _) =
        tokio::join!(bot.answer("getUpdates", json!({ "timeout": 30, "offset": 2_000_000_000 })), async {
            polls(3).await;
            bot.calls("setWebhook", json!({ "url": "http://127.0.0.1:9/" })).await
        });
    assert_eq!(ended["description"], "Conflict: terminated by setWebhook request");
    let why = "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the \
               webhook first";
    assert_eq!(bot.refused("getUpdates", json!({})).await, why);
    assert_eq!(bot.answer("deleteWebhook", json!({})).await["description"], "Webhook was deleted");
    assert_eq!(
        bot.answer("setWebhook", json!({ "url": "" })).await["description"],
        "Webhook is already deleted"
    );
    assert!(bot.polls(0).await.is_empty());
}

#[tokio::test]
async fn a_webhook_is_checked() {
    let bot = caller().await;
    bot.telegram.only_https();
    for (set, why) in [
        (json!({ "url": "http://example.org/" }), "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            json!({ "url": "https://example.org:8444/" }),
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (json!({ "url": "not at all" }), "bad webhook: invalid URL"),
        (
            json!({ "url": "https://example.org/", "secret_token": "sécret" }),
            "secret token contains unallowed characters",
        ),
        (
            json!({ "url": "https://example.org/", "secret_token": "a".repeat(257) }),
            "secret token is too long",
        ),
    ] {
        assert_eq!(bot.refused("setWebhook", set).await, format!("400 Bad Request: {why}"));
    }
    bot.telegram.holds();
    bot.telegram.person("Maryam").starts(None);
    let set =
        json!({ "url": "https://example.org:8443/x", "allowed_updates": ["message"], "max_connections": 7 });
    bot.calls("setWebhook", set).await;
    let info = bot.calls("getWebhookInfo", json!({})).await;
    assert_eq!(info["url"], "https://example.org:8443/x");
    assert_eq!((&info["max_connections"], &info["pending_update_count"]), (&json!(7), &json!(1)));
    assert_eq!(info["allowed_updates"], json!(["message"]));
    bot.calls("deleteWebhook", json!({ "drop_pending_updates": true })).await;
    assert!(bot.telegram.waiting().is_empty());
}

#[tokio::test]
async fn kinds_that_are_not_wanted_do_not_come() {
    let bot = caller().await;
    let sister = bot.telegram.person("Maryam");
    sister.starts(None);
    bot.telegram.emits("message_reaction", sister.id, &json!({}));
    let only = json!({ "allowed_updates": ["message"] });
    let came = bot.calls("getUpdates", only).await;
    assert_eq!(came.as_array().unwrap().len(), 1, "reactions come on request");
    let last = ids(came.as_array().unwrap())[0];
    sister.blocks();
    assert!(bot.polls(last + 1).await.is_empty(), "what was wanted stays so");
    bot.calls("getUpdates", json!({ "allowed_updates": [] })).await;
    sister.unblocks();
    bot.telegram.emits("guest_message", sister.id, &json!({ "new": true }));
    let came = bot.polls(last + 1).await;
    assert_eq!(came[0]["my_chat_member"]["new_chat_member"]["status"], "member");
    assert_eq!(came[1]["guest_message"]["new"], true, "a kind of which nobody has heard");
}

#[tokio::test]
async fn a_webhook_is_told_until_it_takes_it_and_each_chat_in_order() {
    let (bot, hook) = hooked().await;
    let (sister, brother) = (bot.telegram.person("Maryam"), bot.telegram.person("Yusuf"));
    *hook.refuses.lock().unwrap() = 2;
    sister.starts(None);
    sister.says("two");
    bot.telegram.delivered().await;
    let came = hook.came();
    assert_eq!(came, [came[0], came[0], came[0], came[0] + 1], "the second waits for the first");
    assert!(hook.came.lock().unwrap().iter().all(|(_, secret)| secret == "s3cret_-"));
    let info = bot.telegram.webhook();
    assert_eq!(info["last_error_message"], "Wrong response from the webhook: 503 Service Unavailable");
    *hook.refuses.lock().unwrap() = 1;
    bot.telegram.holds();
    sister.says("three");
    brother.starts(None);
    assert_eq!(bot.telegram.waiting().len(), 2);
    bot.telegram.releases(true);
    bot.telegram.delivered().await;
    bot.telegram.releases(false);
    assert_eq!(hook.came().len(), 4 + 3, "one of them twice");
    bot.telegram.brings_twice(true);
    sister.says("four");
    bot.telegram.delivered().await;
    let came = hook.came();
    assert_eq!(came[came.len() - 2], came[came.len() - 1], "though it was taken");
    bot.telegram.brings_twice(false);
    bot.telegram.repeats(1);
    bot.telegram.delivered().await;
    assert_eq!(hook.came().last(), came.last(), "and once more");
}

#[tokio::test]
async fn an_update_is_kept_for_a_day() {
    let clock = Arc::new(ManualClock::at(Timestamp::parse(BEGIN).unwrap()));
    let telegram = Telegram::at(clock.clone()).await;
    let bot = Caller { telegram, ..caller().await };
    let sister = bot.telegram.person("Maryam");
    sister.starts(None);
    let sent = bot.sends(sister.id, "Welcome").await;
    assert_eq!(sent["date"], 1_795_330_800, "the clock of the test");
    clock.advance(TimeDelta::hours(23));
    assert_eq!(bot.polls(0).await.len(), 1);
    clock.advance(TimeDelta::hours(1));
    assert!(bot.polls(0).await.is_empty());
    clock.advance(TimeDelta::hours(25));
    let gone = json!({ "chat_id": sister.id, "message_id": sent["message_id"] });
    assert_eq!(
        bot.refused("deleteMessage", gone).await,
        "400 Bad Request: message can't be deleted for everyone"
    );
}

#[tokio::test]
async fn a_bot_that_is_away_is_waited_for() {
    let (bot, hook) = hooked().await;
    bot.calls("setWebhook", json!({ "url": "http://127.0.0.1:9/" })).await;
    let sister = bot.telegram.person("Maryam");
    sister.starts(None);
    let failed = |state: &mut super::super::State| state.updates.webhook.as_ref()?.last_error.clone();
    let (_, why) = bot.telegram.until(failed, || "it was taken".to_owned()).await;
    assert_eq!((why.as_str(), hook.came().len()), ("Connection refused", 0), "nobody listens there");
    let url = hook.open().await;
    bot.calls("setWebhook", json!({ "url": url })).await;
    bot.telegram.delivered().await;
    assert_eq!(hook.came(), bot.telegram.confirmed());
}
