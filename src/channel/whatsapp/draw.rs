//! A part as a message of the Cloud API. Pure. Limits are counted in UTF-16 units, the stricter of what Meta may count in.

use serde_json::{Value, json};

use super::OPEN;
use super::sort::is_phone;
use crate::channel::render::bare_links;
use crate::message::{Address, Choice, ExpectsKind, OutboxId, Part, Share};

/// The longest text above buttons, and of a message that asks for a place.
const BUTTONS_TEXT: usize = 1024;
/// How many buttons a message may have, and how long their titles may be.
const BUTTONS: usize = 3;
const BUTTON_TITLE: usize = 20;
/// How long a row's title and its description may be.
const ROW_TITLE: usize = 24;
const ROW_DESCRIPTION: usize = 72;

/// The message that shows `part` to who is at `to`.
pub(super) fn draw(to: &Address, part: &Part, key: &OutboxId) -> Value {
    let part = Part { text: bare_links(&part.text), ..part.clone() };
    let (kind, content) = content(&part);
    envelope(to, key, kind, content)
}

/// The template `name` in Meta's `language`; its one button brings [`OPEN`] back.
pub(super) fn template(to: &Address, name: &str, language: &str, key: &OutboxId) -> Value {
    let button = json!({
        "type": "button",
        "sub_type": "quick_reply",
        "index": "0",
        "parameters": [{ "type": "payload", "payload": OPEN }],
    });
    let template = json!({ "name": name, "language": { "code": language }, "components": [button] });
    envelope(to, key, "template", template)
}

fn envelope(to: &Address, key: &OutboxId, kind: &str, content: Value) -> Value {
    let name = if is_phone(&to.path) { "to" } else { "recipient" };
    json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        name: to.path,
        "type": kind,
        kind: content,
        "biz_opaque_callback_data": key.0,
    })
}

fn content(part: &Part) -> (&'static str, Value) {
    let short = units(&part.text) <= BUTTONS_TEXT;
    let asks_for_place = part.expects.as_ref().is_some_and(|expects| expects.kind == ExpectsKind::Place);
    if asks_for_place && short && part.choices.is_empty() && matches!(part.share, Some(Share::Offered(_))) {
        let body = json!({
            "type": "location_request_message",
            "body": { "text": part.text },
            "action": { "name": "send_location" },
        });
        return ("interactive", body);
    }
    if part.choices.is_empty() {
        return ("text", json!({ "body": part.text, "preview_url": false }));
    }
    let fits = |choice: &Choice| units(&choice.label) <= BUTTON_TITLE;
    let body = if short && part.choices.len() <= BUTTONS && part.choices.iter().all(fits) && differ(part) {
        buttons(part)
    } else {
        list(part)
    };
    ("interactive", body)
}

/// Whether no two labels are the same: Meta refuses such buttons.
fn differ(part: &Part) -> bool {
    let labels: std::collections::BTreeSet<&str> = part.choices.iter().map(|c| &*c.label).collect();
    labels.len() == part.choices.len()
}

fn buttons(part: &Part) -> Value {
    let button = |choice: &Choice| json!({ "type": "reply", "reply": { "id": choice.token.0, "title": choice.label } });
    json!({
        "type": "button",
        "body": { "text": part.text },
        "action": { "buttons": part.choices.iter().map(button).collect::<Vec<_>>() },
    })
}

fn list(part: &Part) -> Value {
    let rows: Vec<Value> = part.choices.iter().map(row).collect();
    let opens = part.opens.as_deref().unwrap_or("…");
    json!({
        "type": "list",
        "body": { "text": part.text },
        "action": { "button": cut(opens, BUTTON_TITLE), "sections": [{ "rows": rows }] },
    })
}

/// A label that is longer than a title stands below it in full.
fn row(choice: &Choice) -> Value {
    let id = &choice.token.0;
    match units(&choice.label) <= ROW_TITLE {
        true => json!({ "id": id, "title": choice.label }),
        false => json!({
            "id": id,
            "title": cut(&choice.label, ROW_TITLE),
            "description": cut(&choice.label, ROW_DESCRIPTION),
        }),
    }
}

/// A text of at most `most` units; what was longer ends with a sign for it, between two words where that keeps half.
fn cut(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.len_utf16();
        used <= most
    };
    let kept: String = text.chars().take_while(fits).collect();
    let whole = kept.rfind(' ').filter(|at| at * 2 >= kept.len()).map_or(&*kept, |at| &kept[..at]);
    format!("{}…", whole.trim_end())
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
