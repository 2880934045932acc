//! How webhooks come: signed, more than once, together, and in any order.

use serde_json::json;

use super::client::{Hook, caller, opened, text};

#[tokio::test]
async fn a_webhook_proves_itself_and_is_signed() {
    let (bot, _) = opened().await;
    let hook = Hook::open(&bot.whatsapp).await;
    assert_eq!(bot.whatsapp.verifies("known").await, (200, "1158201444".to_owned()));
    assert_eq!(bot.whatsapp.verifies("unknown").await.0, 403);
    for signature in [None, Some("sha256=00"), Some("")] {
        assert_eq!(bot.whatsapp.forges(signature).await, 401, "{signature:?}");
    }
    bot.whatsapp.delivered().await;
    assert_eq!(hook.changes(), bot.whatsapp.taken());
    assert_eq!(hook.messages()[0]["text"]["body"], "hello");
}

#[tokio::test]
async fn what_is_not_taken_comes_again() {
    let (bot, sister) = opened().await;
    sister.says("١٢٣ 🌙");
    let hook = Hook::open(&bot.whatsapp).await;
    *hook.refuses.lock().unwrap() = 3;
    bot.whatsapp.delivered().await;
    let mut texts: Vec<String> =
        hook.messages().iter().map(|m| m["text"]["body"].as_str().unwrap().to_owned()).collect();
    texts.sort();
    assert_eq!(texts, ["hello", "١٢٣ 🌙"], "each once, in whatever order");
    bot.whatsapp.brings_twice(true);
    sister.says("twice");
    bot.whatsapp.delivered().await;
    assert_eq!(hook.messages().iter().filter(|m| m["text"]["body"] == "twice").count(), 2);
}

#[tokio::test]
async fn statuses_follow_a_message_and_carry_our_own_id() {
    let (bot, sister) = opened().await;
    let hook = Hook::open(&bot.whatsapp).await;
    let mut call = text(&sister.phone, "hello");
    call["biz_opaque_callback_data"] = json!("outbox-1");
    let id = bot.sends(call).await;
    sister.reads();
    bot.whatsapp.delivered().await;
    let told = |statuses: &[&str]| statuses.iter().map(|s| (id.clone(), (*s).to_owned())).collect::<Vec<_>>();
    assert_eq!(hook.statuses(), told(&["sent", "delivered", "read"]));
    let change = hook.changes().pop().unwrap();
    let status = &change["value"]["statuses"][0];
    assert_eq!(
        (&status["biz_opaque_callback_data"], &status["recipient_id"]),
        (&json!("outbox-1"), &json!(sister.phone))
    );
    assert_eq!(status["pricing"]["pricing_model"], "PMP");
    sister.goes_away();
    let away = bot.sends(text(&sister.phone, "are you there?")).await;
    assert_eq!(sister.statuses(), ["read", "sent"]);
    sister.comes_back();
    bot.whatsapp.delivered().await;
    assert_eq!(hook.statuses().pop().unwrap(), (away, "delivered".to_owned()));
}

#[tokio::test]
async fn statuses_come_backwards_together_and_before_the_answer() {
    let (bot, sister) = opened().await;
    let hook = Hook::open(&bot.whatsapp).await;
    bot.whatsapp.delivered().await;
    bot.whatsapp.holds();
    let id = bot.sends(text(&sister.phone, "hello")).await;
    sister.reads();
    sister.says("thanks");
    bot.whatsapp.releases(true, 100);
    bot.whatsapp.delivered().await;
    let last = hook.came.lock().unwrap().last().unwrap().len();
    assert_eq!(last, 4, "in one request: three statuses and a message");
    let statuses: Vec<String> = hook.statuses().into_iter().map(|(_, status)| status).collect();
    assert_eq!(statuses, ["read", "delivered", "sent"]);
    assert_eq!(hook.statuses()[0].0, id);

    bot.whatsapp.tells_first(true);
    let early = bot.sends(text(&sister.phone, "early")).await;
    let told = hook.statuses().into_iter().filter(|(id, _)| *id == early).count();
    assert_eq!(told, 2, "sent and delivered, before the call was answered");
}

#[tokio::test]
async fn without_a_webhook_everything_waits() {
    let bot = caller().await;
    let sister = bot.whatsapp.person("966501234567", "Maryam");
    sister.says("hello");
    bot.sends(text(&sister.phone, "hello")).await;
    assert!(bot.whatsapp.taken().is_empty());
    let hook = Hook::open(&bot.whatsapp).await;
    bot.whatsapp.delivered().await;
    assert_eq!((hook.messages().len(), hook.statuses().len()), (1, 2));
}
