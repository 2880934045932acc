//! What people do reaches the bot in the shapes that Meta gives it.

use serde_json::{Value, json};

use super::super::NUMBER;
use super::client::{Hook, message, opened, text};

#[tokio::test]
async fn a_message_carries_who_wrote_it() {
    let (bot, mut sister) = opened().await;
    let hook = Hook::open(&bot.whatsapp).await;
    bot.whatsapp.delivered().await;
    let first = hook.changes()[0].clone();
    assert_eq!(first["field"], "messages");
    assert_eq!(first["value"]["metadata"]["display_phone_number"], NUMBER);
    assert_eq!(first["value"]["contacts"][0]["wa_id"], "966501234567");
    assert_eq!(first["value"]["contacts"][0]["profile"]["name"], "Maryam");
    let said = &first["value"]["messages"][0];
    assert_eq!((&said["from"], &said["text"]["body"]), (&json!("966501234567"), &json!("hello")));
    assert!(said["timestamp"].is_string(), "seconds as text");

    sister.hides_number("maryam.k");
    sister.says("still me");
    bot.whatsapp.delivered().await;
    let hidden = hook.changes().pop().unwrap()["value"].clone();
    assert!(hidden["messages"][0].get("from").is_none() && hidden["contacts"][0].get("wa_id").is_none());
    assert_eq!(hidden["messages"][0]["from_user_id"], sister.user_id());
    assert_eq!(hidden["contacts"][0]["profile"]["username"], "maryam.k");
    let mut call = text("", "hello");
    call.as_object_mut().unwrap().remove("to");
    call["recipient"] = json!(sister.user_id());
    let answer: Value = bot.posts(&call).await.unwrap().json().await.unwrap();
    assert!(answer["contacts"][0].get("wa_id").is_none(), "{answer}");
    assert_eq!(answer["contacts"][0]["user_id"], sister.user_id());
    assert_eq!(sister.last().text, "hello");
    call["recipient"] = json!("SA.1");
    assert_eq!(bot.refused(call).await, (400, 100), "an id of another business");

    let before = sister.user_id();
    sister.changes_number("966509999999");
    bot.whatsapp.delivered().await;
    let changes = hook.changes();
    let system = &changes[changes.len() - 2]["value"]["messages"][0];
    assert_eq!((&system["type"], &system["system"]["wa_id"]), (&json!("system"), &json!("966509999999")));
    let update = &changes[changes.len() - 1];
    assert_eq!(update["field"], "user_id_update");
    assert_eq!(update["value"]["user_id_update"][0]["user_id"]["previous"], before);
    assert_eq!(update["value"]["user_id_update"][0]["user_id"]["current"], sister.user_id());
    bot.sends(text(&sister.phone, "Welcome back")).await;
    assert_eq!(sister.times("Welcome back"), 1);
}

#[tokio::test]
async fn buttons_and_rows_are_chosen() {
    let (bot, sister) = opened().await;
    let hook = Hook::open(&bot.whatsapp).await;
    let interactive =
        |content: Value| message(&sister.phone, json!({ "type": "interactive", "interactive": content }));
    let reply = |n: usize| {
        let reply = json!({ "id": format!("b{n}"), "title": format!("Answer {n}") });
        json!({ "type": "reply", "reply": reply })
    };
    let button = interactive(json!({
        "type": "button",
        "body": { "text": "Do you agree?" },
        "action": { "buttons": [reply(1), reply(2)] },
    }));
    let asked = bot.sends(button).await;
    sister.expects("agree").await;
    sister.taps("Answer 2");
    let row = json!({ "id": "r1", "title": "Jeddah", "description": "and around" });
    let list = interactive(json!({
        "type": "list",
        "body": { "text": "Where?" },
        "action": { "button": "Cities", "sections": [{ "rows": [row] }] },
    }));
    bot.sends(list).await;
    sister.taps("Jeddah");
    bot.whatsapp.delivered().await;
    let messages = hook.messages();
    let (pressed, chosen) = (&messages[1], &messages[2]);
    assert_eq!(
        pressed["interactive"],
        json!({ "type": "button_reply", "button_reply": { "id": "b2", "title": "Answer 2" } })
    );
    assert_eq!(pressed["context"], json!({ "from": NUMBER, "id": asked }));
    assert_eq!(chosen["interactive"], json!({ "type": "list_reply", "list_reply": row }));
    let transcript = "Maryam: hello\nbot: Do you agree?\n    [Answer 1]\n    [Answer 2]\nMaryam: Answer 2\n\
                      bot: Where?\n    [Jeddah]\nMaryam: Jeddah";
    assert_eq!(sister.transcript(), transcript);
}

#[tokio::test]
async fn everything_else_comes_too() {
    let (bot, sister) = opened().await;
    let hook = Hook::open(&bot.whatsapp).await;
    let asked = bot.sends(text(&sister.phone, "How are you?")).await;
    sister.answers(&asked, "Well, thank God");
    sister.reacts(&asked, "❤️");
    sister.reacts(&asked, "");
    sister.sends_place(21.4, 39.8);
    sister.sends_file("audio", "audio/ogg; codecs=opus", b"OggS", &json!({ "voice": true }));
    let last = sister.sends_what_nobody_can_read();
    bot.whatsapp.emits("account_update", json!({ "event": "ACCOUNT_DELETED" }));
    bot.whatsapp.delivered().await;
    let messages = hook.messages();
    let kinds: Vec<&Value> = messages.iter().map(|message| &message["type"]).collect();
    assert_eq!(kinds, ["text", "text", "reaction", "reaction", "location", "audio", "unsupported"]);
    assert_eq!(messages[1]["context"]["id"], asked);
    assert_eq!(
        (&messages[2]["reaction"]["emoji"], &messages[3]["reaction"]["emoji"]),
        (&json!("❤️"), &json!(""))
    );
    assert_eq!(messages[5]["audio"]["voice"], true);
    assert_eq!(messages[6]["errors"][0]["code"], 131_051);
    assert_eq!(hook.changes().pop().unwrap()["field"], "account_update");

    let read = json!({
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": last,
        "typing_indicator": { "type": "text" },
    });
    let answer: Value = bot.posts(&read).await.unwrap().json().await.unwrap();
    assert_eq!(answer, json!({ "success": true }));
    assert_eq!(sister.chat().last().unwrap().status, "read", "she sees two blue ticks");
    let unknown = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x" });
    assert_eq!(bot.refused(unknown).await, (400, 100));
}
