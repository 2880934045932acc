//! How the bot presents itself: name, descriptions and commands, per language.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::params::Params;
use super::refusal::Refusal;
use super::state::State;
use super::text::units;

/// Texts by what they are (`name`, `description`, `short_description`) and language ("" = all others); commands by
/// scope and language.
#[derive(Debug, Default)]
pub struct Profile {
    pub texts: BTreeMap<(&'static str, String), String>,
    pub commands: BTreeMap<(String, String), Value>,
}

/// A language's two letters, or none for all others.
fn language(params: &Params) -> Result<String, Refusal> {
    let code = params.text("language_code").unwrap_or_default();
    let two = code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
    if code.is_empty() || two {
        Ok(code.to_owned())
    } else {
        Err(Refusal::bad("invalid language code specified"))
    }
}

fn scope(params: &Params) -> Result<String, Refusal> {
    let Some(scope) = params.json("scope") else { return Ok("default".to_owned()) };
    let known = [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ];
    match scope["type"].as_str().filter(|kind| known.contains(kind)) {
        Some(_) => Ok(scope.to_string()),
        None => Err(Refusal::bad("can't parse BotCommandScope: Unsupported type specified")),
    }
}

impl State {
    /// setMyName, setMyDescription, setMyShortDescription: nothing given takes it away.
    pub fn set_profile(
        &mut self,
        what: &'static str,
        most: usize,
        params: &Params,
    ) -> Result<Value, Refusal> {
        let text = params.text(what).unwrap_or_default().to_owned();
        if units(&text) > most {
            return Err(Refusal::bad(&format!("bot {} is too long", what.replace('_', " "))));
        }
        let key = (what, language(params)?);
        if text.is_empty() {
            self.profile.texts.remove(&key)
        } else {
            self.profile.texts.insert(key, text)
        };
        Ok(json!(true))
    }

    /// getMyName and its like: the language's own, else that of all others.
    pub fn profile_text(&self, what: &'static str, params: &Params) -> Result<Value, Refusal> {
        let text = |language: String| self.profile.texts.get(&(what, language)).cloned();
        let found = text(language(params)?).or_else(|| text(String::new())).unwrap_or_default();
        Ok(json!({ what: found }))
    }

    /// setMyCommands: up to 100 in a scope and a language.
    pub fn set_commands(&mut self, params: &Params) -> Result<Value, Refusal> {
        let Some(Value::Array(list)) = params.json("commands") else {
            return Err(Refusal::bad("can't parse commands list JSON object"));
        };
        if list.len() > 100 {
            return Err(Refusal::bad("too many bot commands"));
        }
        for one in &list {
            let field = |name: &str| one[name].as_str().unwrap_or_default();
            let command = field("command").trim_start_matches('/');
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            if !(1..=32).contains(&command.len()) || !command.bytes().all(plain) {
                return Err(Refusal::bad("BOT_COMMAND_INVALID"));
            }
            if !(1..=256).contains(&units(field("description"))) {
                return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
            }
        }
        self.profile.commands.insert((scope(params)?, language(params)?), json!(list));
        Ok(json!(true))
    }

    pub fn commands(&self, params: &Params) -> Result<Value, Refusal> {
        let key = (scope(params)?, language(params)?);
        Ok(self.profile.commands.get(&key).cloned().unwrap_or_else(|| json!([])))
    }

    pub fn delete_commands(&mut self, params: &Params) -> Result<Value, Refusal> {
        self.profile.commands.remove(&(scope(params)?, language(params)?));
        Ok(json!(true))
    }
}
