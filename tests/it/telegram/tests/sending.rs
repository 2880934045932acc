//! What a bot may say, and what it may not.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::super::Person;
use super::client::{Caller, caller};

const NOT_MODIFIED: &str = "400 Bad Request: message is not modified: specified new message content and reply markup \
                            are exactly the same as a current content and reply markup of the message";

/// Somebody who opened the bot.
async fn opened() -> (Caller, Person) {
    let bot = caller().await;
    let sister = bot.telegram.person("Maryam");
    sister.starts(None);
    (bot, sister)
}

fn html(chat: i64, text: &str) -> Value {
    json!({ "chat_id": chat, "text": text, "parse_mode": "HTML" })
}

fn buttons(data: &[&str]) -> Value {
    let rows: Vec<Value> =
        data.iter().map(|data| json!([{ "text": format!("<{data}>"), "callback_data": data }])).collect();
    json!({ "inline_keyboard": rows })
}

#[tokio::test]
async fn a_text_has_up_to_4096_units_after_parsing() {
    let (bot, sister) = opened().await;
    let empty = "400 Bad Request: message text is empty";
    for text in ["", "  \n ", "<b> </b>", "\u{202E}"] {
        assert_eq!(bot.refused("sendMessage", html(sister.id, text)).await, empty, "{text:?}");
    }
    assert_eq!(bot.refused("sendMessage", json!({ "chat_id": sister.id })).await, empty);
    let most = "🌙".repeat(2048);
    bot.calls("sendMessage", html(sister.id, &format!("<b>{most}</b> \n"))).await;
    assert_eq!(sister.last().pieces("bold"), std::slice::from_ref(&most));
    let more = format!("{most}a");
    let long = "400 Bad Request: message is too long";
    assert_eq!(bot.refused("sendMessage", html(sister.id, &more)).await, long);
}

#[tokio::test]
async fn html_is_parsed_and_shown() {
    let (bot, sister) = opened().await;
    let text = "  سلام <b>مريم &amp; <i>Ana</i></b> &lt;3 <a href=\"https://example.org/?a=1&amp;b\">here</a> \
                <pre><code class=\"language-sh\">ls</code></pre> <tg-spoiler>x</tg-spoiler> &#x1F319;&nbsp; ";
    let sent = bot.calls("sendMessage", html(sister.id, text)).await;
    let shown = sister.expects("here").await;
    assert_eq!(shown.text, "سلام مريم & Ana <3 here ls x 🌙&nbsp;");
    assert_eq!(shown.pieces("bold"), ["مريم & Ana"]);
    assert_eq!(shown.pieces("italic"), ["Ana"]);
    assert_eq!(shown.pieces("pre"), ["ls"]);
    assert_eq!(shown.pieces("spoiler"), ["x"]);
    let link = sent["entities"].as_array().unwrap().iter().find(|e| e["type"] == "text_link").unwrap();
    assert_eq!(link["url"], "https://example.org/?a=1&b");
    assert_eq!(sent["from"]["is_bot"], true);

    for (text, why) in [
        ("a <b>c", "Can't find end tag corresponding to start tag \"b\""),
        ("1 < 2", "Unsupported start tag \"\" at byte offset 2"),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("a <br> b", "Unsupported start tag \"br\" at byte offset 2"),
        ("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        (
            "<a href>x</a>",
            "Expected equal sign in declaration of an attribute of the tag \"a\" at byte offset 0",
        ),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ] {
        let refused = bot.refused("sendMessage", html(sister.id, text)).await;
        assert_eq!(refused, format!("400 Bad Request: can't parse entities: {why}"));
    }
    let markdown = json!({ "chat_id": sister.id, "text": "*x*", "parse_mode": "Fancy" });
    assert_eq!(bot.refused("sendMessage", markdown).await, "400 Bad Request: unsupported parse_mode");
}

#[tokio::test]
async fn texts_are_cleaned_and_entities_must_fit() {
    let (bot, sister) = opened().await;
    bot.sends(sister.id, "a\u{202E}b\tc\r\nd \u{2068}e\u{2069}").await;
    assert_eq!(sister.last().text, "ab c\nd \u{2068}e\u{2069}");
    let entity = |offset: i64, length: i64, kind: &str| {
        let entity = json!({ "type": kind, "offset": offset, "length": length });
        json!({ "chat_id": sister.id, "text": "a🌙b", "entities": [entity] })
    };
    bot.calls("sendMessage", entity(1, 2, "bold")).await;
    assert_eq!(sister.last().pieces("bold"), ["🌙"]);
    for (wrong, why) in [
        (entity(2, 1, "bold"), "entity begins in a middle of a UTF-16 symbol"),
        (entity(0, 2, "bold"), "entity ends in a middle of a UTF-16 symbol"),
        (entity(5, 1, "bold"), "entity begins after the end of the text at UTF-16 offset 5"),
        (
            entity(3, 2, "bold"),
            "entity beginning at UTF-16 offset 3 ends after the end of the text at UTF-16 offset 5",
        ),
        (entity(-1, 2, "bold"), "receive an entity with incorrect offset -1"),
        (entity(0, 1, "loud"), "can't parse MessageEntity: Unsupported type specified"),
    ] {
        assert_eq!(bot.refused("sendMessage", wrong).await, format!("400 Bad Request: {why}"));
    }
}

#[tokio::test]
async fn buttons_are_checked_and_tapped() {
    let (bot, sister) = opened().await;
    let with = |markup: Value| json!({ "chat_id": sister.id, "text": "Which?", "reply_markup": markup });
    let most = "ش".repeat(32);
    bot.calls("sendMessage", with(buttons(&[&most, "y"]))).await;
    assert_eq!(sister.last().buttons, [[format!("<{most}>")], ["<y>".to_owned()]]);
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    bot.calls("sendMessage", with(buttons(&many[..100]))).await;
    let one = |button: Value| with(json!({ "inline_keyboard": [[button]] }));
    for (wrong, why) in [
        (with(buttons(&[&format!("{most}a")])), "BUTTON_DATA_INVALID"),
        (with(buttons(&[""])), "BUTTON_DATA_INVALID"),
        (with(buttons(&many)), "reply markup is too long"),
        (one(json!({ "text": " ", "callback_data": "x" })), "BUTTON_TEXT_INVALID"),
        (
            one(json!({ "text": "x" })),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            one(json!({ "callback_data": "x" })),
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            one(json!({ "text": "x", "url": "nowhere" })),
            "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
        (with(json!("buttons")), "object expected as reply markup"),
    ] {
        assert_eq!(bot.refused("sendMessage", wrong).await, format!("400 Bad Request: {why}"));
    }
    // A form carries the markup as text.
    let form = [
        ("chat_id", sister.id.to_string()),
        ("text", "Form".into()),
        ("reply_markup", buttons(&["z"]).to_string()),
    ];
    let answer = bot.client.get(bot.url("SENDMESSAGE")).query(&form).send().await.unwrap();
    assert_eq!(answer.status(), 200, "a query will do");
    let answer = bot.client.post(bot.url("sendMessage")).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 200, "and a form");

    let query = sister.taps("<z>");
    assert_eq!(sister.press(&query), (true, None), "it turns");
    let update = bot.polls(0).await.pop().unwrap();
    let query_update = &update["callback_query"];
    assert_eq!(query_update["data"], "z");
    assert_eq!(query_update["message"]["text"], "Form");
    assert_eq!(query_update["message"]["reply_markup"], buttons(&["z"]));
    let id = query_update["id"].as_str().unwrap();
    let answer = json!({ "callback_query_id": id, "text": "Thank you" });
    let long = json!({ "callback_query_id": id, "text": "a".repeat(201) });
    assert_eq!(bot.refused("answerCallbackQuery", long).await, "400 Bad Request: MESSAGE_TOO_LONG");
    bot.calls("answerCallbackQuery", answer.clone()).await;
    assert_eq!(sister.press(&query), (false, Some("Thank you".to_owned())));
    let old = "400 Bad Request: query is too old and response timeout expired or query ID is invalid";
    assert_eq!(bot.refused("answerCallbackQuery", answer).await, old, "answered once");
    let message = query_update["message"]["message_id"].as_i64().unwrap();
    bot.calls("deleteMessage", json!({ "chat_id": sister.id, "message_id": message })).await;
    sister.taps_on(message, "<z>");
    let stale = bot.polls(-1).await[0]["callback_query"]["message"].clone();
    assert_eq!((&stale["date"], stale.get("text")), (&json!(0), None), "it was deleted under the finger");
    let late = sister.taps("<z>");
    bot.telegram.presses_expire();
    for id in [late.as_str(), "nothing"] {
        assert_eq!(bot.refused("answerCallbackQuery", json!({ "callback_query_id": id })).await, old);
    }
}

#[tokio::test]
async fn an_edit_changes_what_is_there_and_the_bots_own() {
    let (bot, sister) = opened().await;
    let sent = bot
        .calls("sendMessage", json!({ "chat_id": sister.id, "text": "One", "reply_markup": buttons(&["a"]) }))
        .await;
    let id = sent["message_id"].as_i64().unwrap();
    let edit = |id: i64, text: &str, more: Value| {
        let mut edit = json!({ "chat_id": sister.id, "message_id": id, "text": text });
        edit.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        edit
    };
    let same = edit(id, "One", json!({ "reply_markup": buttons(&["a"]) }));
    assert_eq!(bot.refused("editMessageText", same).await, NOT_MODIFIED);
    sister.expects("One").await;
    bot.calls("editMessageText", edit(id, "Two", json!({}))).await;
    let shown = sister.expects("Two").await;
    assert!(shown.edited && shown.buttons.is_empty(), "markup that is not given goes: {shown:?}");
    let markup = json!({ "chat_id": sister.id, "message_id": id, "reply_markup": buttons(&["b"]) });
    bot.calls("editMessageReplyMarkup", markup.clone()).await;
    assert_eq!(sister.last().buttons, [["<b>"]]);
    assert_eq!(bot.refused("editMessageReplyMarkup", markup).await, NOT_MODIFIED);
    let keys = json!({ "keyboard": [["Yes"]] });
    let inline_only = edit(id, "Three", json!({ "reply_markup": keys }));
    assert_eq!(
        bot.refused("editMessageText", inline_only).await,
        "400 Bad Request: inline keyboard expected"
    );
    let keyed = json!({ "chat_id": sister.id, "text": "Keys", "reply_markup": keys });
    let keyed = bot.calls("sendMessage", keyed).await["message_id"].as_i64().unwrap();
    assert_eq!(sister.keys(), [["Yes"]]);
    sister.presses("Yes");
    let theirs = sister.chat()[0].id;
    for (id, why) in [
        (keyed, "message can't be edited"),
        (theirs, "message can't be edited"),
        (999, "message to edit not found"),
        (0, "message identifier is not specified"),
    ] {
        let refused = bot.refused("editMessageText", edit(id, "x", json!({}))).await;
        assert_eq!(refused, format!("400 Bad Request: {why}"));
    }
    let gone = json!({ "chat_id": sister.id, "message_id": id });
    bot.calls("deleteMessage", gone.clone()).await;
    assert_eq!(bot.refused("deleteMessage", gone).await, "400 Bad Request: message to delete not found");
    let refused = bot.refused("editMessageText", edit(id, "x", json!({}))).await;
    assert_eq!(refused, "400 Bad Request: message to edit not found");
    assert_eq!(sister.transcript(), "Maryam: /start\nbot: Keys\nMaryam: Yes\nkeys: [Yes]");
    let off = json!({ "chat_id": sister.id, "text": "Done", "reply_markup": { "remove_keyboard": true } });
    bot.calls("sendMessage", off).await;
    assert!(sister.keys().is_empty());
}

#[tokio::test]
async fn an_answer_needs_what_it_answers() {
    let (bot, sister) = opened().await;
    let mut answer = json!({ "chat_id": sister.id, "text": "x", "reply_parameters": { "message_id": 77 } });
    let refused = bot.refused("sendMessage", answer.clone()).await;
    assert_eq!(refused, "400 Bad Request: message to be replied not found");
    answer["reply_parameters"]["allow_sending_without_reply"] = json!(true);
    bot.calls("sendMessage", answer).await;
    bot.calls("sendChatAction", json!({ "chat_id": sister.id, "action": "typing" })).await;
    assert_eq!(sister.actions(), ["typing"]);
    let refused = bot.refused("sendChatAction", json!({ "chat_id": sister.id, "action": "dancing" })).await;
    assert_eq!(refused, "400 Bad Request: wrong parameter action in request");
}

#[tokio::test]
async fn files_go_both_ways() {
    let (bot, sister) = opened().await;
    let form = |field: &'static str, caption: String, bytes: Vec<u8>| {
        let form = Form::new().text("chat_id", sister.id.to_string()).text("caption", caption);
        form.part(field, Part::bytes(bytes).file_name("letter.pdf").mime_str("application/pdf").unwrap())
    };
    let sent =
        bot.uploads("sendDocument", form("document", "Your letter".into(), b"%PDF-1.7".to_vec())).await;
    assert_eq!(sent["result"]["document"]["file_name"], "letter.pdf", "{sent}");
    let shown = sister.expects("Your letter").await;
    assert_eq!(shown.media.as_deref(), Some("document"));
    let id = sent["result"]["document"]["file_id"].as_str().unwrap();
    let path = bot.calls("getFile", json!({ "file_id": id })).await["file_path"].as_str().unwrap().to_owned();
    let url = format!("{}/file/bot{}/{path}", bot.telegram.url(), bot.telegram.token());
    assert_eq!(bot.client.get(&url).send().await.unwrap().bytes().await.unwrap(), "%PDF-1.7");
    bot.telegram.links_expire();
    assert_eq!(bot.client.get(&url).send().await.unwrap().status(), 404);
    let attached = form("a1", String::new(), b"x".to_vec()).text("document", "attach://a1");
    assert_eq!(bot.uploads("sendDocument", attached).await["ok"], true);
    bot.calls("sendDocument", json!({ "chat_id": sister.id, "document": id })).await;
    let photo = bot.uploads("sendPhoto", form("photo", String::new(), b"x".to_vec())).await;
    assert!(photo["result"]["photo"][0]["file_id"].is_string(), "{photo}");
    let long = bot.uploads("sendPhoto", form("photo", "a".repeat(1025), b"x".to_vec())).await;
    assert_eq!(long["description"], "Bad Request: message caption is too long");
    let large = bot.uploads("sendPhoto", form("photo", String::new(), vec![0; (10 << 20) + 1])).await;
    assert_eq!(large["error_code"], 400, "{large}");
    let huge = bot.uploads("sendDocument", form("document", String::new(), vec![0; (50 << 20) + 1])).await;
    assert_eq!(huge["error_code"], 413, "{huge}");
    for (document, why) in [
        (json!(null), "there is no document in the request"),
        (json!("BQADother"), "wrong file identifier/HTTP URL specified"),
    ] {
        let refused =
            bot.refused("sendDocument", json!({ "chat_id": sister.id, "document": document })).await;
        assert_eq!(refused, format!("400 Bad Request: {why}"));
    }
}

#[tokio::test]
async fn a_bot_presents_itself_within_limits() {
    let bot = caller().await;
    for (what, most) in [("Name", 64), ("Description", 512), ("ShortDescription", 120)] {
        let key = if what == "ShortDescription" { "short_description".into() } else { what.to_lowercase() };
        let text = "و".repeat(most);
        bot.calls(&format!("setMy{what}"), json!({ &key: text, "language_code": "ar" })).await;
        let kept = bot.calls(&format!("getMy{what}"), json!({ "language_code": "ar" })).await;
        assert_eq!(kept[&key], text);
        let refused = bot.refused(&format!("setMy{what}"), json!({ &key: format!("{text}a") })).await;
        assert!(refused.ends_with("is too long"), "{refused}");
        let refused =
            bot.refused(&format!("setMy{what}"), json!({ &key: "x", "language_code": "arab" })).await;
        assert_eq!(refused, "400 Bad Request: invalid language code specified");
    }
    let list =
        |command: &str, text: &str| json!({ "commands": [{ "command": command, "description": text }] });
    bot.calls("setMyCommands", list("start", "Begin")).await;
    assert_eq!(bot.calls("getMyCommands", json!({})).await[0]["command"], "start");
    for wrong in ["Start", "", "a-b", &"a".repeat(33)] {
        let refused = bot.refused("setMyCommands", list(wrong, "x")).await;
        assert_eq!(refused, "400 Bad Request: BOT_COMMAND_INVALID");
    }
    let refused = bot.refused("setMyCommands", list("a", &"a".repeat(257))).await;
    assert_eq!(refused, "400 Bad Request: BOT_COMMAND_DESCRIPTION_INVALID");
    let many = vec![json!({ "command": "a", "description": "b" }); 101];
    assert!(bot.refused("setMyCommands", json!({ "commands": many })).await.contains("too many"));
    bot.calls("deleteMyCommands", json!({})).await;
    assert_eq!(bot.calls("getMyCommands", json!({})).await, json!([]));
}
