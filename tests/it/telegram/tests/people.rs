//! What people do reaches the bot in the shapes that Telegram gives it.

use serde_json::{Value, json};

use super::super::{BOT, Person, USERNAME};
use super::client::{Caller, caller};

/// The update of what just happened, without its envelope.
async fn heard(bot: &Caller, kind: &str) -> Value {
    let update = bot.polls(-1).await.pop().expect("an update");
    assert!(update[kind].is_object(), "no {kind}: {update}");
    update[kind].clone()
}

async fn opened() -> (Caller, Person) {
    let bot = caller().await;
    let sister = bot.telegram.person("Maryam").speaks("ar");
    sister.starts(None);
    (bot, sister)
}

#[tokio::test]
async fn a_bot_cannot_write_first() {
    let bot = caller().await;
    let sister = bot.telegram.person("Maryam");
    let hello = |chat: Value| json!({ "chat_id": chat, "text": "hello" });
    for nobody in [json!(sister.id), json!(4), json!("@somebody")] {
        assert_eq!(bot.refused("sendMessage", hello(nobody)).await, "400 Bad Request: chat not found");
    }
    let refused = bot.refused("sendMessage", json!({ "text": "hello" })).await;
    assert_eq!(refused, "400 Bad Request: chat_id is empty");
    let brother = bot.telegram.person("Yusuf");
    let group = bot.telegram.group("Family", &brother);
    group.hears(&sister, "/help");
    let why = "403 Forbidden: bot can't initiate conversation with a user";
    assert_eq!(bot.refused("sendMessage", hello(json!(sister.id))).await, why);
    sister.starts(None);
    bot.sends(sister.id, "hello").await;
    assert_eq!(
        bot.calls("sendMessage", hello(json!(sister.id.to_string()))).await["chat"]["type"],
        "private"
    );
}

#[tokio::test]
async fn a_message_carries_who_wrote_it() {
    let (bot, sister) = opened().await;
    let message = heard(&bot, "message").await;
    assert_eq!(message["from"]["language_code"], "ar");
    assert_eq!(message["chat"], json!({ "id": sister.id, "first_name": "Maryam", "type": "private" }));
    for name in ["_Ana_*[x](y)", "🌙🌙", "\u{202E}ramas", &"n".repeat(200), "<b>&amp;"] {
        let odd = bot.telegram.person(name).account(|user| {
            user.last_name = Some("\u{2066}x".to_owned());
            user.username = Some("odd_one".to_owned());
            user.language = None;
        });
        odd.says("hello");
        let from = heard(&bot, "message").await["from"].clone();
        assert_eq!(from["first_name"], name);
        assert_eq!(from["username"], "odd_one");
        assert!(from.get("language_code").is_none(), "not every phone says it");
    }
}

#[tokio::test]
async fn blocking_is_told_and_closes_the_chat() {
    let (bot, sister) = opened().await;
    let hello = json!({ "chat_id": sister.id, "text": "hello" });
    sister.blocks();
    let moved = heard(&bot, "my_chat_member").await;
    assert_eq!(moved["old_chat_member"]["status"], "member");
    assert_eq!(moved["new_chat_member"]["status"], "kicked");
    assert_eq!(moved["new_chat_member"]["user"]["id"], BOT);
    let refused = bot.refused("sendMessage", hello.clone()).await;
    assert_eq!(refused, "403 Forbidden: bot was blocked by the user");
    sister.unblocks();
    assert_eq!(heard(&bot, "my_chat_member").await["new_chat_member"]["status"], "member");
    bot.calls("sendMessage", hello.clone()).await;
    sister.leaves();
    assert_eq!(bot.refused("sendMessage", hello).await, "403 Forbidden: user is deactivated");
}

#[tokio::test]
async fn numbers_and_places_are_shared() {
    let (bot, sister) = opened().await;
    let keys = json!([
        [{ "text": "My number", "request_contact": true }],
        [{ "text": "Where I am", "request_location": true }, "Neither"],
    ]);
    let ask = |chat: i64| json!({ "chat_id": chat, "text": "?", "reply_markup": { "keyboard": keys } });
    bot.calls("sendMessage", ask(sister.id)).await;
    assert_eq!(sister.keys(), [vec!["My number"], vec!["Where I am", "Neither"]]);
    sister.presses("My number");
    let contact = heard(&bot, "message").await["contact"].clone();
    assert_eq!(contact["user_id"], sister.id);
    assert!(contact["phone_number"].as_str().unwrap().starts_with("966"), "without a plus");
    sister.presses("Where I am");
    assert!(heard(&bot, "message").await["location"]["latitude"].is_f64());
    sister.presses("Neither");
    assert_eq!(heard(&bot, "message").await["text"], "Neither");
    let brother = bot.telegram.person("Yusuf");
    sister.shares_contact_of("Yusuf", "+966501234567", Some(&brother));
    let contact = heard(&bot, "message").await["contact"].clone();
    assert_eq!(contact["user_id"], brother.id, "not hers");
    sister.shares_contact_of("The plumber", "0501234567", None);
    assert!(heard(&bot, "message").await["contact"].get("user_id").is_none());

    let group = bot.telegram.group("Family", &sister);
    let refused = bot.refused("sendMessage", ask(group.id)).await;
    assert_eq!(refused, "400 Bad Request: phone number can be requested in private chats only");
}

#[tokio::test]
async fn files_come_as_ids_and_are_fetched() {
    let (bot, sister) = opened().await;
    let picture: Vec<u8> = (0..=255).collect();
    sister.sends_photo(&picture, "my card");
    let photo = heard(&bot, "message").await;
    assert_eq!(photo["caption"], "my card");
    let sizes = photo["photo"].as_array().unwrap();
    assert!(sizes.len() == 3 && sizes[0]["file_id"] != sizes[2]["file_id"], "the largest is the last");
    let id = sizes[2]["file_id"].as_str().unwrap();
    let file = bot.calls("getFile", json!({ "file_id": id })).await;
    assert_eq!(file["file_size"], 256);
    let path = file["file_path"].as_str().unwrap();
    let url = format!("{}/file/bot{}/{path}", bot.telegram.url(), bot.telegram.token());
    assert_eq!(bot.client.get(url).send().await.unwrap().bytes().await.unwrap(), picture);

    sister.sends_document("passport.pdf", "application/pdf", b"%PDF");
    let document = heard(&bot, "message").await["document"].clone();
    assert_eq!(
        (&document["file_name"], &document["mime_type"]),
        (&json!("passport.pdf"), &json!("application/pdf"))
    );
    sister.sends_large_document("film.zip", "application/zip", (20 << 20) + 1);
    let large = heard(&bot, "message").await["document"]["file_id"].clone();
    assert_eq!(bot.refused("getFile", json!({ "file_id": large })).await, "400 Bad Request: file is too big");
    assert_eq!(bot.refused("getFile", json!({ "file_id": "x" })).await, "400 Bad Request: invalid file_id");
    assert_eq!(bot.refused("getFile", json!({})).await, "400 Bad Request: file_id not specified");

    sister.sends_voice(b"OggS");
    assert_eq!(heard(&bot, "message").await["voice"]["mime_type"], "audio/ogg");
    sister.sends_video(b"mp4", "me");
    assert_eq!(heard(&bot, "message").await["video"]["duration"], 3);
    sister.sends_sticker("🌙");
    assert_eq!(heard(&bot, "message").await["sticker"]["emoji"], "🌙");
    sister.sends_album(&[b"one", b"two"], "both sides");
    let album = bot.polls(-2).await;
    let (first, second) = (&album[0]["message"], &album[1]["message"]);
    assert_eq!(first["media_group_id"], second["media_group_id"]);
    assert!(first["caption"] == "both sides" && second.get("caption").is_none());
    assert_eq!(sister.chat().last().unwrap().media.as_deref(), Some("photo"));
}

#[tokio::test]
async fn what_was_said_can_be_changed() {
    let (bot, sister) = opened().await;
    let id = sister.says("Jeda");
    sister.edits(id, "Jeddah");
    let edited = heard(&bot, "edited_message").await;
    assert_eq!((&edited["message_id"], &edited["text"]), (&json!(id), &json!("Jeddah")));
    assert!(edited["edit_date"].is_i64());
    assert!(sister.transcript().ends_with("Maryam: Jeddah (edited)"));
    bot.sends(sister.id, "Where is that?").await;
    bot.sends(sister.id, "Where do you live?").await;
    sister.expects("Where").await;
    assert_eq!(sister.expects("Where").await.text, "Where do you live?", "each is expected once");
    assert_eq!(sister.times("Where"), 2);
    let gone = json!({ "chat_id": sister.id, "message_id": id });
    bot.calls("deleteMessage", gone).await;
    assert!(!sister.transcript().contains("Jeddah"), "a bot may, in a private chat");
    let last = sister.says(&"🌙".repeat(2049));
    let said = sister.chat();
    assert_eq!(said[said.len() - 1].id, last);
    assert_eq!(said[said.len() - 2].text, "🌙".repeat(2048), "phones send what is too long in pieces");
}

#[tokio::test]
async fn a_group_hears_commands_moves_and_ends() {
    let (bot, sister) = opened().await;
    let group = bot.telegram.group("Family", &sister);
    let added = heard(&bot, "message").await;
    assert_eq!(added["chat"], json!({ "id": group.id, "title": "Family", "type": "group" }));
    assert_eq!(added["new_chat_members"][0]["is_bot"], true);
    let last = bot.polls(-1).await[0]["update_id"].as_i64().unwrap();
    group.hears(&sister, "dinner is ready");
    assert!(bot.polls(last + 1).await.is_empty(), "not to the bot");
    group.hears(&sister, &format!("/start@{USERNAME}"));
    assert_eq!(heard(&bot, "message").await["from"]["id"], sister.id);
    bot.sends(group.id, "Write to me in private").await;
    assert_eq!(group.chat().len(), 1);
    let theirs = json!({ "chat_id": group.id, "message_id": 1 });
    assert_eq!(bot.refused("deleteMessage", theirs).await, "400 Bad Request: message can't be deleted");

    let larger = group.upgrades(&sister);
    let moved: Vec<Value> = bot.polls(-2).await.into_iter().map(|update| update["message"].clone()).collect();
    assert_eq!(moved[0]["migrate_to_chat_id"], larger.id);
    assert_eq!(moved[1]["migrate_from_chat_id"], group.id);
    let answer = bot.answer("sendMessage", json!({ "chat_id": group.id, "text": "hello" })).await;
    assert_eq!(answer["description"], "Bad Request: group chat was upgraded to a supergroup chat");
    assert_eq!(answer["parameters"], json!({ "migrate_to_chat_id": larger.id }));
    bot.sends(larger.id, "hello").await;
    larger.puts_the_bot_out(&sister);
    assert_eq!(heard(&bot, "my_chat_member").await["new_chat_member"]["status"], "kicked");
    let refused = bot.refused("sendMessage", json!({ "chat_id": larger.id, "text": "hello" })).await;
    assert_eq!(refused, "403 Forbidden: bot was kicked from the supergroup chat");
}
