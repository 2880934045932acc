//! How the channel is opened, and what an operator should know of it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use teloxide::payloads::{
    DeleteWebhook, GetMe, GetMyCommands, GetMyCommandsSetters, GetMyDescription, GetMyDescriptionSetters,
    GetMyName, GetMyNameSetters, GetMyShortDescription, GetMyShortDescriptionSetters, GetWebhookInfo,
    SetMyCommands, SetMyCommandsSetters, SetMyDescription, SetMyDescriptionSetters, SetMyName,
    SetMyNameSetters, SetMyShortDescription, SetMyShortDescriptionSetters,
};
use teloxide::requests::Payload;
use teloxide::types::BotCommand;

use super::api::CallError;
use super::{Telegram, sort};
use crate::channel::{Channel as _, Examined, Introduction, SendError};
use crate::config::TelegramMode;

/// How many updates Telegram may post at once.
const CONNECTIONS: u8 = 40;

/// Opens a webhook. teloxide's own payload asks for a certificate's file, which makes it another kind of request.
#[derive(Serialize)]
struct SetWebhook<'a> {
    url: String,
    secret_token: &'a str,
    max_connections: u8,
    allowed_updates: [&'static str; 4],
}

impl Payload for SetWebhook<'_> {
    type Output = bool;
    const NAME: &'static str = "SetWebhook";
}

/// What is read of `getWebhookInfo`.
#[derive(Deserialize)]
struct Webhook {
    url: String,
    #[serde(default)]
    pending_update_count: u64,
    last_error_message: Option<String>,
}

#[derive(Deserialize)]
struct Me {
    username: Option<String>,
}

impl Telegram {
    /// Sets or takes away the webhook.
    pub(super) async fn open_line(&self, public_url: &str) -> Result<(), SendError> {
        match self.mode {
            TelegramMode::Webhook => {
                let hook = SetWebhook {
                    url: self.webhook(public_url),
                    secret_token: self.secret.reveal(),
                    max_connections: CONNECTIONS,
                    allowed_updates: sort::WANTED,
                };
                self.api.call::<_, bool>(&hook).await.map_err(CallError::of_a_send)?;
            }
            // What waits there is kept, and asked for.
            TelegramMode::Polling => {
                self.api.call::<_, bool>(&DeleteWebhook::new()).await.map_err(CallError::of_a_send)?;
            }
        }
        Ok(())
    }

    /// Introduces the bot in each language.
    pub(super) async fn introduce_all(&self, to: &[Introduction]) -> Result<(), SendError> {
        for (n, introduction) in to.iter().enumerate() {
            // The first also stands for every language that has none of its own.
            if n == 0 {
                self.introduce(introduction, None).await.map_err(CallError::of_a_send)?;
            }
            // Telegram takes languages of two letters (ISO 639-1) only.
            let language = introduction.locale.language();
            if language.len() == 2 {
                self.introduce(introduction, Some(language)).await.map_err(CallError::of_a_send)?;
            }
        }
        Ok(())
    }

    fn webhook(&self, public_url: &str) -> String {
        format!("{public_url}/webhook/{}", self.id().as_str())
    }

    /// Sets what differs: a bot may change its name a few times a day only.
    async fn introduce(&self, to: &Introduction, language: Option<&str>) -> Result<(), CallError> {
        macro_rules! settle {
            ($get:ident, $set:ident, $setter:ident, $field:literal, $text:expr) => {
                let (mut get, mut set) = ($get::new(), $set::new().$setter($text));
                if let Some(language) = language {
                    (get, set) = (get.language_code(language), set.language_code(language));
                }
                self.settle(&get, $field, $text, &set).await?;
            };
        }
        settle!(GetMyName, SetMyName, name, "name", &to.name);
        settle!(GetMyDescription, SetMyDescription, description, "description", &to.description);
        settle!(
            GetMyShortDescription,
            SetMyShortDescription,
            short_description,
            "short_description",
            &to.short
        );
        let commands = to.commands.iter().map(|(name, text)| BotCommand::new(*name, text));
        let (mut get, mut set) = (GetMyCommands::new(), SetMyCommands::new(commands));
        if let Some(language) = language {
            (get, set) = (get.language_code(language), set.language_code(language));
        }
        let present: Vec<BotCommand> = self.api.call(&get).await?;
        if present != set.commands {
            self.api.call::<_, bool>(&set).await?;
        }
        Ok(())
    }

    async fn settle<G, S>(&self, get: &G, field: &str, text: &str, set: &S) -> Result<(), CallError>
    where
        G: Payload + Serialize,
        S: Payload + Serialize,
    {
        let present: serde_json::Value = self.api.call(get).await?;
        if present.get(field).and_then(serde_json::Value::as_str) != Some(text) {
            self.api.call::<_, bool>(set).await?;
        }
        Ok(())
    }

    /// What `wasl doctor` says: who the bot is, and how updates come.
    pub(super) async fn look(&self) -> Vec<Examined> {
        let me: Me = match self.ask(&GetMe::new()).await {
            Ok(me) => me,
            Err(wrong) => return vec![wrong],
        };
        let name = me.username.unwrap_or_default();
        let mut seen = vec![Examined::Fine(format!("the token is @{name}'s: https://t.me/{name}"))];
        match self.ask::<_, Webhook>(&GetWebhookInfo::new()).await {
            Ok(webhook) => seen.extend(self.of_the_webhook(webhook)),
            Err(wrong) => seen.push(wrong),
        }
        seen
    }

    fn of_the_webhook(&self, webhook: Webhook) -> Vec<Examined> {
        let Webhook { url, pending_update_count, last_error_message } = webhook;
        let wrong = |found: String, remedy: &str| Examined::Wrong { found, remedy: remedy.to_owned() };
        let mut seen = Vec::new();
        match (self.mode, url.is_empty()) {
            (TelegramMode::Webhook, true) => seen.push(wrong(
                "Telegram knows no webhook of this bot".into(),
                "start wasl: it sets the webhook to server.public_url",
            )),
            (TelegramMode::Webhook, false) => {
                seen.push(Examined::Fine(format!("updates are posted to {url}")));
            }
            (TelegramMode::Polling, true) => seen.push(Examined::Fine("updates are asked for".into())),
            (TelegramMode::Polling, false) => seen.push(wrong(
                format!("updates are posted to {url}, and wasl would ask for them"),
                "start wasl: it takes the webhook away; or set channel.telegram.mode = \"webhook\"",
            )),
        }
        if let Some(error) = last_error_message {
            seen.push(wrong(
                format!("Telegram's last try to post an update failed: {error}"),
                "check that server.public_url leads here from outside, with a certificate that is not self-made",
            ));
        }
        seen.push(Examined::Fine(format!("{pending_update_count} updates wait with Telegram")));
        seen
    }

    async fn ask<P: Payload + Serialize, R: DeserializeOwned>(&self, payload: &P) -> Result<R, Examined> {
        let wrong = |found: String, remedy: &str| Examined::Wrong { found, remedy: remedy.to_owned() };
        self.api.call(payload).await.map_err(|error| match error {
            CallError::Refused { code: 401 | 404, .. } => wrong(
                "Telegram does not know this token".into(),
                "ask @BotFather for the token (/mybots, API Token) and put it into channel.telegram.token",
            ),
            CallError::Refused { code, description, .. } => {
                wrong(format!("Telegram answered {code}: {description}"), "wait a minute and try again")
            }
            CallError::Server(code) => {
                wrong(format!("Telegram answered {code}"), "wait a minute and try again")
            }
            CallError::NotSent(cause) | CallError::Unknown(cause) => wrong(
                format!("Telegram is not reached: {cause}"),
                "check the network and channel.telegram.api_base; where Telegram is blocked, run the Bot API's own \
                 server elsewhere",
            ),
        })
    }
}
