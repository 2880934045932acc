//! What an operator should know of the line to Meta.

use reqwest::Method;
use serde::Deserialize;

use super::api::CallError;
use super::templates::{PURPOSES, name_of};
use super::{SIGNATURE_HEADER, SIGNATURE_SCHEME, WhatsApp};
use crate::channel::Examined;

/// A webhook in which nothing happened.
const NOTHING: &str = r#"{"object":"whatsapp_business_account","entry":[]}"#;

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
    /// What `wasl doctor` says: whose number it is and how it stands, whether the secret is the app's, whether our door
    /// opens, who hears of the account, what is approved.
    pub(super) async fn look(&self, public_url: &str) -> Vec<Examined> {
        let mut seen = match self.at_the_number().await {
            Ok(seen) => seen,
            // Nothing else would be answered either.
            Err(error) => return vec![of(&error)],
        };
        seen.push(self.at_the_secret().await);
        seen.push(self.at_our_door(public_url).await);
        seen.push(self.at_the_account().await);
        seen.push(self.at_the_templates().await);
        seen
    }

    async fn at_the_number(&self) -> Result<Vec<Examined>, CallError> {
        let fields = "display_phone_number,verified_name,quality_rating,name_status,messaging_limit_tier";
        let path = format!("{}?fields={fields}", self.api.number);
        let number: Number = self.api.call(Method::GET, &path, None).await?;
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
        Ok(seen)
    }

    /// The secret is wrong if Meta does not know the token signed with it.
    async fn at_the_secret(&self) -> Examined {
        let proof = self.signed(self.api.token()).unwrap_or_default();
        match self.api.proves(&proof).await {
            Ok(()) => Examined::Fine("the secret is that of the token's app".into()),
            Err(CallError::Refused(refused)) if refused.code == 100 => wrong(
                "the secret is not that of the token's app: nothing that Meta posts would be believed".into(),
                "copy it from App settings, Basic, of the app whose system user made the token, into \
                 channel.whatsapp.app_secret",
            ),
            Err(error) => of(&error),
        }
    }

    /// A post with nothing in it, signed as Meta signs, goes the way that Meta's take.
    async fn at_our_door(&self, public_url: &str) -> Examined {
        let url = format!("{public_url}/webhook/{}", super::NAME);
        let signature = self.signed(NOTHING.as_bytes()).unwrap_or_default();
        let signature = format!("{SIGNATURE_SCHEME}{signature}");
        match self.api.post_to_us(&url, SIGNATURE_HEADER, &signature, NOTHING).await {
            Ok(200) => Examined::Fine(format!("{url} takes what is signed")),
            Ok(403) => wrong(
                format!("{url} does not know the secret"),
                "wasl runs there with other settings: start it again with these",
            ),
            Ok(404) => wrong(
                format!("{url} is not there"),
                "start wasl with these settings, and let server.public_url lead to it",
            ),
            Ok(status) => wrong(
                format!("{url} answers {status}"),
                "let the proxy pass posts to /webhook on to wasl, unchanged",
            ),
            Err(_) => wrong(
                format!("nothing answers at {url}"),
                "start wasl, and let server.public_url lead to it: Meta posts there what people write",
            ),
        }
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
        let known = match self.known_templates().await {
            Ok(known) => known,
            Err(error) => return of(&error),
        };
        let approved =
            |name: &str| known.iter().any(|known| known.name == name && known.status == "APPROVED");
        let names = PURPOSES.map(|purpose| name_of(&self.templates.prefix, purpose));
        let without: Vec<&str> = names.iter().map(|name| &**name).filter(|name| !approved(name)).collect();
        if without.is_empty() {
            return Examined::Fine("every template is approved, in a language at least".into());
        }
        wrong(
            format!("not approved in any language: {}", without.join(", ")),
            "who wrote more than a day ago hears nothing until they are: `wasl templates sync` hands them in",
        )
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
