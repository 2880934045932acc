//! What an operator should know of the line to Meta.

use reqwest::Method;
use serde::Deserialize;

use super::WhatsApp;
use super::api::CallError;
use crate::channel::Examined;

/// What is read of our number.
#[derive(Deserialize)]
struct Number {
    display_phone_number: Option<String>,
    verified_name: Option<String>,
    quality_rating: Option<String>,
    name_status: Option<String>,
    messaging_limit_tier: Option<String>,
}

/// What is read of the apps that hear of the account.
#[derive(Deserialize)]
struct Apps {
    data: Vec<serde_json::Value>,
}

fn wrong(found: String, remedy: &str) -> Examined {
    Examined::Wrong { found, remedy: remedy.to_owned() }
}

impl WhatsApp {
    /// What `wasl doctor` says: whose number it is and how it stands, who hears of the account, what is approved.
    pub(super) async fn look(&self) -> Vec<Examined> {
        let mut seen = self.at_the_number().await;
        if seen.iter().any(|line| matches!(line, Examined::Wrong { .. })) {
            return seen;
        }
        seen.push(self.at_the_account().await);
        seen.push(self.at_the_templates().await);
        seen
    }

    async fn at_the_number(&self) -> Vec<Examined> {
        let fields = "display_phone_number,verified_name,quality_rating,name_status,messaging_limit_tier";
        let path = format!("{}?fields={fields}", self.api.number);
        let number: Number = match self.api.call(Method::GET, &path, None).await {
            Ok(number) => number,
            Err(error) => return vec![of(&error)],
        };
        let known = |text: Option<String>| text.unwrap_or_else(|| "not told".into());
        let quality = known(number.quality_rating);
        let mut seen = vec![Examined::Fine(format!(
            "the token reaches {} ({}), name {}, limit {}",
            known(number.display_phone_number),
            known(number.verified_name),
            known(number.name_status),
            known(number.messaging_limit_tier),
        ))];
        seen.push(match &*quality {
            "RED" | "YELLOW" => wrong(
                format!("the number's quality is {quality}: people blocked or reported it"),
                "write first to nobody who did not ask for it, until it is GREEN again in WhatsApp Manager",
            ),
            _ => Examined::Fine(format!("quality {quality}")),
        });
        seen
    }

    async fn at_the_account(&self) -> Examined {
        let path = format!("{}/subscribed_apps", self.api.account);
        match self.api.call::<Apps>(Method::GET, &path, None).await {
            Ok(apps) if apps.data.is_empty() => wrong(
                "no app hears what people write to this account".into(),
                "subscribe the app: POST /<account_id>/subscribed_apps with the token, as docs/channels.md shows",
            ),
            Ok(_) => Examined::Fine("an app hears of the account".into()),
            Err(error) => of(&error),
        }
    }

    async fn at_the_templates(&self) -> Examined {
        match self.known_templates().await {
            Ok(known) => {
                let approved = known.iter().filter(|template| template.status == "APPROVED").count();
                Examined::Fine(format!("{approved} of {} templates are approved", known.len()))
            }
            Err(error) => of(&error),
        }
    }
}

fn of(error: &CallError) -> Examined {
    match error {
        CallError::NotSent(cause) | CallError::Unknown(cause) => {
            wrong(format!("Meta is not reached: {cause}"), "check the network and channel.whatsapp.api_base")
        }
        CallError::Refused(refused) => {
            let remedy = match refused.code {
                0 | 190 => {
                    "make a token of a system user that does not expire, with whatsapp_business_messaging and \
                     whatsapp_business_management, and put it into channel.whatsapp.token"
                }
                3 | 10 | 200..=299 => {
                    "give the system user of the token full control of the app and of the account"
                }
                33 | 100 => {
                    "check channel.whatsapp.phone_number_id and account_id: both stand under WhatsApp, API setup"
                }
                _ => "look the code up in Meta's table of error codes",
            };
            wrong(format!("Meta refuses: {}", refused.cause()), remedy)
        }
    }
}
