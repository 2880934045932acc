//! Buttons: under a message, or in place of the keyboard.

use serde_json::{Value, json};

use super::html;
use super::params::Params;
use super::refusal::Refusal;

/// What a button under a message does, one of these.
const DOES: &[&str] = &[
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
    "pay",
];
/// Buttons under one message.
const INLINE: usize = 100;
/// Buttons in place of the keyboard.
const KEYS: usize = 300;

#[derive(Debug, Clone, PartialEq)]
pub enum Markup {
    /// Buttons under the message.
    Inline(Value),
    /// Buttons in place of the keyboard.
    Keys(Value),
    /// The keyboard is the phone's own again.
    Remove,
    /// The phone begins an answer to this message.
    Force,
}

/// The markup of a call, refused as Telegram refuses it.
pub fn read(params: &Params, private: bool) -> Result<Option<Markup>, Refusal> {
    let Some(markup) = params.fields.get("reply_markup") else { return Ok(None) };
    if markup.is_null() || markup.as_str() == Some("") {
        return Ok(None);
    }
    let Some(markup) = params.json("reply_markup").filter(Value::is_object) else {
        return Err(Refusal::bad("object expected as reply markup"));
    };
    if let Some(rows) = markup.get("inline_keyboard") {
        let rows = rows_of(rows, "inline keyboard", INLINE)?;
        for button in rows.iter().flatten() {
            check_inline(button)?;
        }
        return Ok((!rows.is_empty()).then(|| Markup::Inline(json!({ "inline_keyboard": rows }))));
    }
    if let Some(rows) = markup.get("keyboard") {
        let rows = rows_of(rows, "keyboard", KEYS)?;
        for button in rows.iter().flatten() {
            check_key(button, private)?;
        }
        let mut keys = markup.clone();
        keys["keyboard"] = json!(rows);
        return Ok((!rows.is_empty()).then_some(Markup::Keys(keys)));
    }
    if markup["remove_keyboard"] == true {
        return Ok(Some(Markup::Remove));
    }
    Ok((markup["force_reply"] == true).then_some(Markup::Force))
}

/// Rows without the empty ones.
fn rows_of(rows: &Value, what: &str, most: usize) -> Result<Vec<Vec<Value>>, Refusal> {
    let wrong = |why: &str| Refusal::bad(&format!("can't parse {what}: {why}"));
    let rows = rows.as_array().ok_or_else(|| wrong("an Array of rows is expected"))?;
    let rows: Option<Vec<Vec<Value>>> = rows.iter().map(|row| row.as_array().cloned()).collect();
    let mut rows = rows.ok_or_else(|| wrong("a row is no Array"))?;
    rows.retain(|row| !row.is_empty());
    if rows.iter().map(Vec::len).sum::<usize>() > most {
        return Err(Refusal::bad("reply markup is too long"));
    }
    Ok(rows)
}

fn label(button: &Value, what: &str) -> Result<(), Refusal> {
    match button.get("text").map(Value::as_str) {
        None => Err(Refusal::bad(&format!("can't parse {what} button: Can't find field \"text\""))),
        Some(None) => {
            Err(Refusal::bad(&format!("can't parse {what} button: Field \"text\" must be of type String")))
        }
        Some(Some(text)) if text.trim().is_empty() => Err(Refusal::bad("BUTTON_TEXT_INVALID")),
        Some(Some(_)) => Ok(()),
    }
}

fn check_inline(button: &Value) -> Result<(), Refusal> {
    label(button, "inline keyboard")?;
    if !DOES.iter().any(|does| button.get(does).is_some()) {
        let why = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
        return Err(Refusal::bad(why));
    }
    if let Some(data) = button.get("callback_data") {
        let bytes = data.as_str().map_or(0, str::len);
        if !(1..=64).contains(&bytes) {
            return Err(Refusal::bad("BUTTON_DATA_INVALID"));
        }
    }
    if let Some(url) = button.get("url") {
        let url = url.as_str().unwrap_or_default();
        if html::link(url).is_none() {
            let why = format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL");
            return Err(Refusal::bad(&why));
        }
    }
    Ok(())
}

fn check_key(button: &Value, private: bool) -> Result<(), Refusal> {
    // A key may be its label alone.
    if button.is_string() {
        return label(&json!({ "text": button }), "keyboard");
    }
    label(button, "keyboard")?;
    for (asks, what) in [("request_contact", "phone number"), ("request_location", "location")] {
        if button[asks] == true && !private {
            return Err(Refusal::bad(&format!("{what} can be requested in private chats only")));
        }
    }
    Ok(())
}

/// The labels of rows of buttons.
pub fn labels(rows: &Value) -> Vec<Vec<String>> {
    let label = |button: &Value| button["text"].as_str().or(button.as_str()).unwrap_or_default().to_owned();
    let rows = rows.as_array().into_iter().flatten().filter_map(Value::as_array);
    rows.map(|row| row.iter().map(label).collect()).collect()
}
