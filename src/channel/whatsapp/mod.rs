//! WhatsApp, by the Cloud API of Meta (<https://developers.facebook.com/docs/whatsapp/cloud-api>).
//!
//! | file | what it does |
//! |---|---|
//! | `api`, `codes` | one call each, and what its failure means |
//! | `escapes` | halves of characters, mended before anything is read |
//! | `sort`, `notes` | whose each piece of a webhook is; what Meta tells of the account |
//! | `decode` | what it means |
//! | `draw` | a part as a message with its buttons or its list |
//! | `templates` | what may be said to who wrote too long ago |
//! | `opening` | what `wasl doctor` tells |

mod api;
mod codes;
mod decode;
mod draw;
mod escapes;
mod notes;
mod opening;
mod sort;
pub mod templates;

use std::time::Duration;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use self::api::{Api, CallError};
use self::templates::Templates;
use super::{
    BoxFuture, Capabilities, Channel, Delivery, Examined, FetchError, File, Heard, Ingress, Pace, Repeat,
    SendError, Sent, Shares, Sorted, Unreadable,
};
use crate::config::{self, Secret};
use crate::message::{Address, ChannelId, Locale, OutboxId, Part};

/// The name of this channel.
pub const NAME: &str = "whatsapp";
/// What the button of a template brings back: whoever pressed it wants to read what waits.
const OPEN: &str = "open";
/// The header that a webhook's signature comes in, and what stands before its 64 hexadecimal digits.
const SIGNATURE_HEADER: &str = "x-hub-signature-256";
const SIGNATURE_SCHEME: &str = "sha256=";
/// A person may be answered freely for a day after they wrote; a little less, for clocks differ and messages travel.
const WINDOW: Duration = Duration::from_secs(24 * 3600 - 5 * 60);

/// The channel `whatsapp`.
pub struct WhatsApp {
    id: ChannelId,
    can: Capabilities,
    pace: Pace,
    api: Api,
    app_secret: Secret,
    verify_token: Secret,
    templates: Templates,
}

impl WhatsApp {
    /// The channel as the settings open it; a template that is not approved in a person's language is sent in `otherwise`.
    ///
    /// # Errors
    /// When this machine has no TLS to offer.
    pub fn new(settings: &config::WhatsApp, otherwise: &Locale) -> Result<Self, reqwest::Error> {
        let can = Capabilities {
            delivery: Delivery::Send,
            text: 4096,
            // The rows of a list; their labels are cut in the title and stand in full below it.
            buttons: 10,
            button_label: 72,
            repeat: Repeat::Reported,
            page: None,
            shares: Shares::Place,
            ticks: false,
            opens: true,
            costs: true,
            window: Some(WINDOW),
            private: false,
        };
        Ok(WhatsApp {
            id: ChannelId::new(NAME),
            can,
            pace: Pace {
                a_second: settings.messages_per_second,
                a_person_second: 0,
                at_once: settings.sends_at_once,
            },
            api: Api::new(settings)?,
            app_secret: settings.app_secret.clone(),
            verify_token: settings.verify_token.clone(),
            templates: Templates::new(&settings.template_prefix, otherwise),
        })
    }

    /// What the app's secret makes of some bytes, in hexadecimal digits. Without a secret nothing: not even what was
    /// signed with an empty one is believed.
    fn signed(&self, raw: &[u8]) -> Option<String> {
        if self.app_secret.is_empty() {
            return None;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(self.app_secret.reveal().as_bytes()).ok()?;
        mac.update(raw);
        Some(api::hex(&mac.finalize().into_bytes()))
    }
}

impl Channel for WhatsApp {
    fn id(&self) -> &ChannelId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.can
    }

    fn pace(&self) -> Pace {
        self.pace
    }

    fn ingress(&self) -> Ingress {
        Ingress::Webhook
    }

    fn verify(&self, headers: &HeaderMap, raw: &[u8]) -> bool {
        let given = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let digits = given.strip_prefix(SIGNATURE_SCHEME).unwrap_or_default();
        self.signed(raw)
            .is_some_and(|ours| bool::from(ours.as_bytes().ct_eq(digits.to_ascii_lowercase().as_bytes())))
    }

    fn prove(&self, query: &str) -> Option<String> {
        #[derive(Deserialize)]
        struct Asked {
            #[serde(rename = "hub.mode")]
            mode: String,
            #[serde(rename = "hub.challenge")]
            challenge: String,
            #[serde(rename = "hub.verify_token")]
            token: String,
        }
        let asked: Asked = serde_urlencoded::from_str(query).ok()?;
        let ours = self.verify_token.reveal().as_bytes();
        let fits = !ours.is_empty() && bool::from(asked.token.as_bytes().ct_eq(ours));
        // Digits only: what is answered is never a page.
        let plain =
            (1..=40).contains(&asked.challenge.len()) && asked.challenge.bytes().all(|b| b.is_ascii_digit());
        (fits && plain && asked.mode == "subscribe").then_some(asked.challenge)
    }

    fn sort(&self, raw: &[u8]) -> Result<Vec<Sorted>, Unreadable> {
        sort::sort(&sort::Ours { channel: &self.id, number: &self.api.number }, raw)
    }

    fn decode(&self, raw: &[u8]) -> Result<Heard, Unreadable> {
        decode::decode(&self.id, raw)
    }

    fn send<'a>(
        &'a self,
        to: &'a Address,
        part: &'a Part,
        key: &'a OutboxId,
    ) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(async move {
            let sent = self.api.message(&draw::draw(to, part, key)).await;
            sent.map(|provider_id| Sent { provider_id }).map_err(CallError::of_a_send)
        })
    }

    fn knock<'a>(
        &'a self,
        to: &'a Address,
        part: &'a Part,
        key: &'a OutboxId,
    ) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(self.knock_at(to, part, key))
    }

    fn fetch<'a>(&'a self, file: &'a File, limit: u64) -> BoxFuture<'a, Result<Bytes, FetchError>> {
        Box::pin(self.api.file(&file.handle, limit))
    }

    fn acknowledge<'a>(&'a self, raw: &'a [u8]) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            #[derive(Deserialize)]
            struct Stored {
                message: Named,
            }
            #[derive(Deserialize)]
            struct Named {
                id: String,
            }
            let Ok(Stored { message }) = serde_json::from_slice(raw) else { return };
            let read = json!({
                "messaging_product": "whatsapp",
                "status": "read",
                "message_id": message.id,
                "typing_indicator": { "type": "text" },
            });
            // Nothing is lost when the ticks stay grey.
            let _: Result<Value, CallError> = self.api.note(&read).await;
        })
    }

    fn examine<'a>(&'a self, public_url: &'a str) -> BoxFuture<'a, Vec<Examined>> {
        Box::pin(self.look(public_url))
    }
}

#[cfg(test)]
mod tests;
