//! The limits of what is sent, in UTF-16 units; the words of the details are ours, the codes Meta's.

use std::collections::BTreeSet;

use serde_json::Value;

use super::refusal::Refusal;

type Checked = Result<(), Refusal>;

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A text that must be there.
pub fn needed<'v>(value: &'v Value, key: &str, most: usize) -> Result<&'v str, Refusal> {
    let text = value[key].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Refusal::of(131008, format!("The parameter {key} is required.")));
    }
    short(value, key, most)?;
    Ok(text)
}

/// A text that may be there.
fn short(value: &Value, key: &str, most: usize) -> Checked {
    match value.get(key).map(Value::as_str) {
        None => Ok(()),
        Some(Some(text)) if units(text) <= most => Ok(()),
        _ => Err(Refusal::of(131009, format!("Param {key} must be at most {most} characters long."))),
    }
}

/// Texts that differ.
fn different<'v>(texts: impl Iterator<Item = &'v str>, what: &str) -> Checked {
    let mut seen = BTreeSet::new();
    for text in texts {
        if !seen.insert(text) {
            return Err(Refusal::of(131009, format!("Duplicated {what}")));
        }
    }
    Ok(())
}

fn list<'v>(value: &'v Value, key: &str, most: usize) -> Result<&'v Vec<Value>, Refusal> {
    let all = value[key].as_array().filter(|all| !all.is_empty());
    let all = all.ok_or_else(|| Refusal::of(131008, format!("The parameter {key} is required.")))?;
    if all.len() > most {
        return Err(Refusal::of(
            131009,
            format!("Invalid {key} count. Min allowed {key}: 1, Max allowed {key}: {most}"),
        ));
    }
    Ok(all)
}

pub fn interactive(value: &Value) -> Checked {
    let kind = value["type"].as_str().unwrap_or_default();
    needed(&value["body"], "text", if kind == "list" { 4096 } else { 1024 })?;
    short(&value["footer"], "text", 60)?;
    if let Some(header) = value.get("header") {
        if header["type"] == "text" {
            needed(header, "text", 60)?;
        } else if kind == "list" {
            return Err(Refusal::of(131009, "A list has a header of text only."));
        }
    }
    let action = &value["action"];
    match kind {
        "button" => buttons(action),
        "list" => rows(action),
        "cta_url" => {
            needed(&action["parameters"], "display_text", 20)?;
            let url = needed(&action["parameters"], "url", 2000)?;
            match url.starts_with("https://") || url.starts_with("http://") {
                true => Ok(()),
                false => Err(Refusal::of(131009, "The parameter url is no URL.")),
            }
        }
        "location_request_message" if action["name"] == "send_location" => Ok(()),
        "flow" => needed(&action["parameters"], "flow_cta", 20).map(drop),
        _ => Err(Refusal::of(131009, "Unsupported Interactive Message type")),
    }
}

fn buttons(action: &Value) -> Checked {
    let buttons = list(action, "buttons", 3)?;
    for button in buttons {
        needed(&button["reply"], "title", 20)?;
        needed(&button["reply"], "id", 256)?;
    }
    let all = |key: &'static str| buttons.iter().filter_map(move |button| button["reply"][key].as_str());
    different(all("title"), "button title")?;
    different(all("id"), "button id")
}

fn rows(action: &Value) -> Checked {
    needed(action, "button", 20)?;
    let sections = list(action, "sections", 10)?;
    for section in sections {
        if sections.len() > 1 {
            needed(section, "title", 24)?;
        }
        short(section, "title", 24)?;
        for row in list(section, "rows", 10)? {
            needed(row, "title", 24)?;
            needed(row, "id", 200)?;
            short(row, "description", 72)?;
        }
    }
    let rows: Vec<&Value> =
        sections.iter().filter_map(|section| section["rows"].as_array()).flatten().collect();
    if rows.len() > 10 {
        return Err(Refusal::of(131009, "Total row count exceed max allowed count: 10"));
    }
    different(rows.iter().filter_map(|row| row["id"].as_str()), "row id")
}

/// A media object: an id of ours or a link; `captioned` if it may have a caption.
pub fn media(value: &Value, captioned: bool, known: impl Fn(&str) -> bool) -> Checked {
    match (value["id"].as_str(), value["link"].as_str()) {
        (Some(id), _) if !known(id) => {
            return Err(Refusal::parameter(format!("Media {id} was not found, or is no longer kept.")));
        }
        (Some(_), _) => {}
        (None, Some(link)) if link.starts_with("https://") || link.starts_with("http://") => {}
        _ => return Err(Refusal::of(131008, "The parameter id or link is required.")),
    }
    match value.get("caption") {
        Some(_) if !captioned => Err(Refusal::parameter("Unexpected key \"caption\"")),
        _ => short(value, "caption", 1024),
    }
}

/// What a file may be, and how large, in bytes.
pub fn file(mime: &str, size: usize) -> Checked {
    let kind = mime.split(';').next().unwrap_or_default().trim();
    let most = match kind {
        "image/jpeg" | "image/png" => 5 << 20,
        "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" | "video/mp4" | "video/3gpp" => {
            16 << 20
        }
        "image/webp" => 500 << 10,
        kind if kind.starts_with("image/") || kind.starts_with("audio/") || kind.starts_with("video/") => 0,
        kind if kind.contains('/') => 100 << 20,
        _ => 0,
    };
    match size {
        _ if most == 0 => Err(Refusal::parameter(format!(
            "Param file must be a file with one of the supported types; it is {mime}."
        ))),
        0 => Err(Refusal::of(131053, "The file is empty.")),
        size if size > most => {
            Err(Refusal::of(131053, format!("The file has {size} bytes; {most} are allowed.")))
        }
        _ => Ok(()),
    }
}
