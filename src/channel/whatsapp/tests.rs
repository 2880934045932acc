//! Webhooks in, messages out.

use serde_json::json;

use super::*;
use crate::channel::{Fate, Letter};
use crate::message::{Body, Choice, ChoiceToken, Expects, ExpectsKind, Purpose, Share, Speaker};
use crate::time::Timestamp;

const NUMBER: &str = "106540352242922";

fn whatsapp() -> WhatsApp {
    let settings = config::WhatsApp {
        token: Secret::new("token"),
        app_secret: Secret::new("secret"),
        verify_token: Secret::new("word"),
        phone_number_id: NUMBER.into(),
        account_id: "102290129340398".into(),
        ..config::WhatsApp::default()
    };
    WhatsApp::new(&settings, &Locale::parse("ar").unwrap()).unwrap()
}

fn value(more: serde_json::Value) -> serde_json::Value {
    let mut value = json!({ "metadata": { "phone_number_id": NUMBER } });
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

fn sorted_of(field: &str, more: serde_json::Value) -> Vec<Sorted> {
    let change = json!({ "field": field, "value": value(more) });
    let body =
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [change] }] });
    whatsapp().sort(body.to_string().as_bytes()).unwrap()
}

fn letter(field: &str, more: serde_json::Value) -> Letter {
    match sorted_of(field, more).pop() {
        Some(Sorted::Letter(letter)) => letter,
        other => panic!("{other:?}"),
    }
}

fn names(letter: &Letter) -> Vec<&str> {
    letter.from.iter().chain(&letter.also).map(|address| &*address.path).collect()
}

#[test]
fn only_what_meta_signed_is_believed() {
    let whatsapp = whatsapp();
    let raw = r#"{"text":"\u0645"}"#.as_bytes();
    let mut headers = HeaderMap::new();
    assert!(!whatsapp.verify(&headers, raw));
    // printf '{"text":"\\u0645"}' | openssl dgst -sha256 -hmac secret
    let digits = "e7d33447ae58400581c99b5bc0df6afccef06a52903fcbf3e19674c7b2d5a3e7";
    let mut is_believed = |value: &str, raw: &[u8]| {
        headers.insert(SIGNATURE_HEADER, value.parse().unwrap());
        whatsapp.verify(&headers, raw)
    };
    assert!(is_believed(&format!("sha256={digits}"), raw));
    assert!(is_believed(&format!("sha256={}", digits.to_uppercase()), raw));
    assert!(!is_believed(&format!("sha256={digits}"), "{\"text\":\"\u{645}\"}".as_bytes()), "written anew");
    for wrong in [digits, &format!("sha1={digits}"), &format!("sha256={digits}0"), "sha256=", "sha256=zz"] {
        assert!(!is_believed(wrong, raw), "{wrong}");
    }
}

#[test]
fn whoever_asks_with_our_word_is_answered_with_their_number() {
    let whatsapp = whatsapp();
    let ask = |mode: &str, challenge: &str, word: &str| {
        whatsapp.prove(&format!("hub.mode={mode}&hub.challenge={challenge}&hub.verify_token={word}"))
    };
    assert_eq!(ask("subscribe", "1158201444", "word").as_deref(), Some("1158201444"));
    for (mode, challenge, word) in [
        ("unsubscribe", "1", "word"),
        ("subscribe", "1", "other"),
        ("subscribe", "1", ""),
        ("subscribe", "%3Cscript%3E", "word"),
        ("subscribe", "", "word"),
    ] {
        assert_eq!(ask(mode, challenge, word), None, "{mode} {challenge} {word}");
    }
    assert_eq!(whatsapp.prove(""), None);
}

#[test]
fn a_person_is_known_by_every_name_that_meta_gives() {
    let message = |more: serde_json::Value| {
        let mut message =
            json!({ "id": "wamid.1", "timestamp": "1749416383", "type": "text", "text": { "body": "x" } });
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        message
    };
    let (phone, id) = ("963944000000", "SY.13491208655302741918");
    let both = json!({ "messages": [message(json!({ "from": phone, "from_user_id": id }))] });
    assert_eq!(names(&letter("messages", both)), [phone, id]);
    let only_id = json!({ "messages": [message(json!({ "from_user_id": id }))] });
    let only_id = letter("messages", only_id);
    assert_eq!(names(&only_id), [id]);
    assert_eq!((&*only_id.external_id, only_id.told), ("wamid.1", false));
    assert_eq!(only_id.spoke_at.map(Timestamp::micros), Some(1_749_416_383_000_000));
    let contact = json!({ "profile": { "name": "Sara" }, "wa_id": phone, "user_id": id });
    let beside = json!({ "contacts": [contact], "messages": [message(json!({ "from_user_id": id }))] });
    assert_eq!(names(&letter("messages", beside)), [phone, id]);
    let early = json!({ "messages": [message(json!({ "from": id }))] });
    assert_eq!(names(&letter("messages", early)), [id]);
    let nobody = letter("messages", json!({ "messages": [message(json!({ "from": "../x" }))] }));
    assert_eq!((nobody.from, nobody.external_id.is_empty()), (None, true));
}

#[test]
fn each_piece_of_a_webhook_stands_by_itself() {
    let text = json!({ "from": "963944000000", "id": "wamid.1", "timestamp": "1", "type": "text", "text": { "body": "x" } });
    let sent = json!({ "id": "wamid.2", "status": "sent", "biz_opaque_callback_data": "e/0" });
    let failed = json!({ "id": "wamid.3", "status": "failed", "errors": [{ "code": 131_047 }],
        "biz_opaque_callback_data": "e/1" });
    let pieces = json!({
        "messages": ["no message", text, { "id": 7 }],
        "statuses": [sent, failed, { "id": "wamid.4", "status": "in_orbit", "biz_opaque_callback_data": "e/2" },
            { "id": "wamid.5", "status": "read" }, 9],
        "errors": [{ "code": 130_429, "title": "whatever" }],
    });
    let sorted = sorted_of("messages", pieces);
    let letters = |s: &&Sorted| matches!(s, Sorted::Letter(letter) if letter.from.is_some());
    assert_eq!(sorted.iter().filter(letters).count(), 1);
    let aside = |s: &&Sorted| matches!(s, Sorted::Letter(letter) if letter.from.is_none());
    assert_eq!(sorted.iter().filter(aside).count(), 2);
    let reports: Vec<_> = sorted
        .iter()
        .filter_map(|sorted| match sorted {
            Sorted::Report(report) => Some((&*report.key.0, report.fate.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(reports, [("e/0", Fate::Sent), ("e/1", Fate::Failed(SendError::Closed))]);
    assert_eq!(sorted.last(), Some(&Sorted::Alert("too many messages at once (130429)".into())));
    assert!(whatsapp().sort(b"no JSON").is_err());
    assert!(whatsapp().sort(b"{}").is_err());
    assert_eq!(sorted_of("flows", json!({})).len(), 1, "what is not known is kept");
}

#[test]
fn another_numbers_messages_are_not_ours() {
    let change = json!({ "field": "messages", "value": {
        "metadata": { "phone_number_id": "999999" },
        "messages": [{ "from": "963944000000", "id": "wamid.1", "type": "text", "text": { "body": "x" } }],
    }});
    let body = json!({ "entry": [{ "changes": [change] }] });
    let sorted = whatsapp().sort(body.to_string().as_bytes()).unwrap();
    assert!(matches!(&sorted[..], [Sorted::Letter(letter)] if letter.from.is_none()));
}

fn heard(message: serde_json::Value) -> Heard {
    let mut whole = json!({ "from": "963944000000", "id": "wamid.1", "timestamp": "1" });
    whole.as_object_mut().unwrap().extend(message.as_object().unwrap().clone());
    let letter = letter("messages", json!({ "messages": [whole] }));
    whatsapp().decode(&letter.raw).unwrap()
}

#[track_caller]
fn says(message: serde_json::Value, body: Body) {
    match heard(message.clone()) {
        Heard::Said(said) => {
            assert_eq!((said.body, said.message.as_deref()), (body, Some("wamid.1")), "{message}")
        }
        other => panic!("{message}: {other:?}"),
    }
}

#[test]
fn every_kind_of_message_means_something() {
    says(json!({ "type": "text", "text": { "body": "نعم" } }), Body::Text("نعم".into()));
    let token = Body::Choice(ChoiceToken("kJ2".into()));
    let reply = |kind: &str| json!({ "type": "interactive", "interactive": { "type": kind, kind: { "id": "kJ2", "title": "No" } } });
    says(reply("button_reply"), token.clone());
    says(reply("list_reply"), token.clone());
    says(json!({ "type": "button", "button": { "text": "No", "payload": "kJ2" } }), token);
    assert_eq!(
        heard(json!({ "type": "button", "button": { "text": "Read", "payload": "open" } })),
        Heard::Opened
    );
    let place =
        json!({ "type": "location", "location": { "latitude": 24.7, "longitude": 46.6, "name": "Home" } });
    says(place, Body::Place { lat: 24.7, lon: 46.6 });
    let contact = |number: &str| json!({ "type": "contacts", "contacts": [{ "phones": [{ "phone": "x", "wa_id": number }] }] });
    says(contact("963944000000"), Body::Phone("+963944000000".into()));
    says(contact("966501234567"), Body::Text("+966501234567".into()));
    let unsupported = |kind: &str| Body::Unsupported(kind.into());
    says(json!({ "type": "audio", "audio": { "id": "1", "voice": true } }), unsupported("voice"));
    for kind in ["video", "sticker", "order", "unsupported", "hologram", "audio"] {
        says(json!({ "type": kind, kind: { "id": "1" } }), unsupported(kind));
    }
    says(json!({ "type": "location", "location": { "latitude": 999 } }), unsupported("location"));
    says(json!({ "type": "image", "image": { "id": "../../etc" } }), unsupported("image"));
    says(json!({ "type": "request_welcome" }), Body::Start { hint: None });
    let beyond = br#"{"message":{"id":"wamid.1","type":"location","location":{"latitude":1E999}}}"#;
    let Ok(Heard::Said(said)) = whatsapp().decode(beyond) else { panic!("they are answered") };
    assert_eq!((said.body, said.message.as_deref()), (unsupported("message"), Some("wamid.1")));
    let none = [
        json!({ "type": "reaction", "reaction": { "message_id": "wamid.0" } }),
        json!({ "type": "revoke" }),
        json!({ "type": "system", "system": { "type": "customer_identity_changed" } }),
        json!({ "type": "text", "text": { "body": "x" }, "group_id": "g" }),
        json!({ "type": "interactive", "interactive": { "type": "button_reply", "button_reply": { "id": "a b" } } }),
    ];
    for message in none {
        assert!(matches!(heard(message.clone()), Heard::Nothing(_)), "{message}");
    }
}

#[test]
fn a_file_is_named_and_told_of() {
    let document = json!({ "id": "1037543291543636", "filename": "id.pdf", "mime_type": "application/pdf", "caption": "my id" });
    let Heard::File(file) = heard(json!({ "type": "document", "document": document })) else {
        panic!("a file")
    };
    assert_eq!(
        (&*file.handle, &*file.name, file.caption.as_deref()),
        ("1037543291543636", "id.pdf", Some("my id"))
    );
    let Heard::File(photo) = heard(json!({ "type": "image", "image": { "id": "9", "caption": " " } })) else {
        panic!("a photo")
    };
    assert_eq!((&*photo.name, photo.caption), ("photo.jpg", None));
}

#[test]
fn a_new_number_and_a_new_id_are_the_same_person() {
    let moved = |heard: Heard| match heard {
        Heard::Moved(address) => address.path,
        other => panic!("{other:?}"),
    };
    let system =
        json!({ "type": "system", "system": { "type": "user_changed_number", "wa_id": "966501234567" } });
    assert_eq!(&*moved(heard(system.clone())), "966501234567");
    let told = letter(
        "messages",
        json!({ "messages": [{ "from": "963944000000", "id": "wamid.1", "timestamp": "1",
        "type": "system", "system": system["system"] }] }),
    );
    assert_eq!((told.told, told.spoke_at), (true, None), "they said nothing");
    let update = json!({ "user_id_update": [{ "wa_id": "966501234567",
        "user_id": { "previous": "SY.1", "current": "SY.2" }, "timestamp": "1" }] });
    let update = letter("user_id_update", update);
    assert_eq!(names(&update), ["SY.1"]);
    assert_eq!(&*moved(whatsapp().decode(&update.raw).unwrap()), "SY.2");
    let preference = json!({ "user_preferences": [{ "wa_id": "966501234567", "category": "marketing_messages",
        "value": "stop", "timestamp": 1_731_705_721 }] });
    let preference = letter("user_preferences", preference);
    assert_eq!(whatsapp().decode(&preference.raw), Ok(Heard::Allowed(false)));
}

fn part(text: &str, labels: &[&str]) -> Part {
    let choice = |label: &&str| Choice {
        token: ChoiceToken(format!("t{}", label.len()).into()),
        label: (*label).into(),
        aside: false,
    };
    Part {
        key: "x".into(),
        from: Speaker::Bot,
        locale: Locale::parse("en").unwrap(),
        text: text.into(),
        choices: labels.iter().map(choice).collect(),
        expects: None,
        purpose: Purpose::Reply,
        share: None,
        board: None,
        opens: Some("Choose".into()),
    }
}

fn drawn(part: &Part) -> Value {
    let to = Address { channel: ChannelId::new(NAME), path: "963944000000".into() };
    draw::draw(&to, part, &OutboxId("e/0".into()))
}

#[test]
fn a_part_is_drawn_as_the_shortest_kind_of_message_that_holds_it() {
    let text = drawn(&part("Peace", &[]));
    assert_eq!(
        text,
        json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "to": "963944000000",
            "type": "text", "text": { "body": "Peace", "preview_url": false }, "biz_opaque_callback_data": "e/0" })
    );
    let kind = |part: &Part| drawn(part)["interactive"]["type"].as_str().unwrap_or("text").to_owned();
    assert_eq!(kind(&part("Which?", &["a", "bb", "ccc"])), "button");
    assert_eq!(kind(&part("Which?", &["a", "bb", "ccc", "dddd"])), "list");
    assert_eq!(kind(&part("Which?", &["a label that is longer than twenty"])), "list");
    assert_eq!(kind(&part(&"x".repeat(1025), &["a"])), "list");
    assert_eq!(kind(&part("Which?", &["same", "same"])), "list", "Meta refuses buttons that read the same");
}

#[test]
fn a_link_stands_bare() {
    let text = "Here: \u{2068}https://wasl.example/status/x\u{2069}, for \u{2068}Maria\u{2069}";
    let bare = "Here: https://wasl.example/status/x, for \u{2068}Maria\u{2069}";
    assert_eq!(drawn(&part(text, &[]))["text"]["body"], bare);
}

#[test]
fn a_row_says_in_full_what_its_title_cannot() {
    let long = "I need help with the rent of my flat in the old town";
    let list = drawn(&part("Which?", &["Food", long, "c", "d"]));
    let rows = &list["interactive"]["action"]["sections"][0]["rows"];
    assert_eq!(rows[0], json!({ "id": "t4", "title": "Food" }));
    assert_eq!(rows[1]["title"], "I need help with the…");
    assert_eq!(rows[1]["description"], long);
    assert_eq!(list["interactive"]["action"]["button"], "Choose");
    let one_word = drawn(&part("Which?", &[&"م".repeat(80), "b", "c", "d"]));
    let row = &one_word["interactive"]["action"]["sections"][0]["rows"][0];
    let units = |value: &Value| value.as_str().unwrap().encode_utf16().count();
    assert_eq!((units(&row["title"]), units(&row["description"])), (24, 72));
}

#[test]
fn a_place_is_asked_for_and_an_id_is_written_to() {
    let mut place = part("Where?", &[]);
    place.expects = Some(Expects { question: "x".into(), kind: ExpectsKind::Place, required: true });
    place.share = Some(Share::Offered("Send".into()));
    let asked = drawn(&place);
    assert_eq!(asked["interactive"]["type"], "location_request_message");
    assert_eq!(asked["interactive"]["action"], json!({ "name": "send_location" }));
    let to = Address { channel: ChannelId::new(NAME), path: "SY.13491208655302741918".into() };
    let to_id = draw::draw(&to, &part("x", &[]), &OutboxId("e/0".into()));
    assert_eq!((&to_id["recipient"], to_id.get("to")), (&json!("SY.13491208655302741918"), None));
    let knock = draw::template(&to, "wasl_notice", "ar", &OutboxId("e/0".into()));
    assert_eq!(knock["template"]["language"], json!({ "code": "ar" }));
    assert_eq!(knock["template"]["components"][0]["parameters"][0]["payload"], OPEN);
}
