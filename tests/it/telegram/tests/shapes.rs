//! What people do has the shapes that a client's types read: none falls to "something unknown".

use serde_json::{Value, json};
use teloxide::prelude::Requester;
use teloxide::types::{ChatId, Update, UpdateKind};
use teloxide::{ApiError, Bot, RequestError};

use super::super::{Fault, Person};
use super::client::{Caller, caller};

async fn opened() -> (Caller, Person, Bot) {
    let caller = caller().await;
    let sister = caller.telegram.person("Maryam").account(|user| user.username = Some("maryam".to_owned()));
    sister.starts(None);
    let bot = Bot::new(caller.telegram.token()).set_api_url(caller.telegram.url().parse().unwrap());
    (caller, sister, bot)
}

fn everything(caller: &Caller, sister: &Person, asked: i64) {
    sister.taps_on(asked, "Yes");
    sister.sends_photo(b"jpeg", "my card");
    sister.sends_document("a.pdf", "application/pdf", b"%PDF");
    sister.sends_voice(b"OggS");
    sister.sends_video(b"mp4", "");
    sister.sends_sticker("🌙");
    sister.sends_album(&[b"one", b"two"], "both");
    sister.sends_place(21.4, 39.8);
    sister.shares_contact();
    sister.shares_contact_of("Yusuf", "0501234567", None);
    sister.edits(sister.says("Jeda"), "Jeddah");
    sister.blocks();
    sister.unblocks();
    let group = caller.telegram.group("Family", sister);
    group.hears(sister, "/help");
    group.upgrades(sister).puts_the_bot_out(sister);
}

#[tokio::test]
async fn what_people_do_is_read_by_teloxide() {
    let (caller, sister, _) = opened().await;
    let keyboard = json!({ "inline_keyboard": [[{ "text": "Yes", "callback_data": "y" }]] });
    let asked = json!({ "chat_id": sister.id, "text": "?", "reply_markup": keyboard });
    let asked = caller.calls("sendMessage", asked).await["message_id"].as_i64().unwrap();
    everything(&caller, &sister, asked);
    caller.calls("deleteMessage", json!({ "chat_id": sister.id, "message_id": asked })).await;
    sister.taps_on(asked, "Yes");
    let updates: Vec<Value> = caller.polls(0).await;
    assert_eq!(updates.len(), 23);
    for update in updates {
        // Its reader borrows the keys: it cannot read from a Value.
        let read: Update = serde_json::from_str(&update.to_string()).unwrap();
        assert!(!matches!(read.kind, UpdateKind::Error(_)), "{update}");
        assert!(!format!("{read:?}").contains("Empty"), "read, but as nothing: {update}");
    }
}

#[tokio::test]
async fn refusals_are_known_to_teloxide() {
    let (caller, sister, bot) = opened().await;
    let chat = ChatId(sister.id);
    let me = bot.get_me().await.unwrap();
    assert!(me.is_bot && me.can_join_groups);
    assert_eq!(bot.send_message(chat, "hello").await.unwrap().text(), Some("hello"));
    let api = |error: RequestError| match error {
        RequestError::Api(error) => error,
        other => panic!("{other}"),
    };
    let refused = bot.send_message(chat, " ").await.unwrap_err();
    assert_eq!(api(refused), ApiError::MessageTextIsEmpty);
    let refused = bot.send_message(chat, "a".repeat(4097)).await.unwrap_err();
    assert_eq!(api(refused), ApiError::MessageIsTooLong);
    assert_eq!(api(bot.send_message(ChatId(1), "x").await.unwrap_err()), ApiError::ChatNotFound);
    caller.telegram.next("sendMessage", Fault::TooMany(3));
    let later = bot.send_message(chat, "x").await.unwrap_err();
    assert!(matches!(later, RequestError::RetryAfter(wait) if wait.seconds() == 3), "{later}");
    let group = caller.telegram.group("Family", &sister);
    let larger = group.upgrades(&sister);
    let moved = bot.send_message(ChatId(group.id), "x").await.unwrap_err();
    assert!(matches!(moved, RequestError::MigrateToChatId(ChatId(id)) if id == larger.id), "{moved}");
    sister.blocks();
    assert_eq!(api(bot.send_message(chat, "x").await.unwrap_err()), ApiError::BotBlocked);
    let stranger = Bot::new("1:a").set_api_url(caller.telegram.url().parse().unwrap());
    assert_eq!(api(stranger.get_me().await.unwrap_err()), ApiError::InvalidToken);
}
