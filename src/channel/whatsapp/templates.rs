//! Templates: what may be said to who wrote more than a day ago. Each says only that something waits, so that nothing of a
//! request stands on a lock screen; its button opens the chat for the whole of it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::CallError;
use super::{WhatsApp, draw};
use crate::channel::{SendError, Sent};
use crate::message::{Address, Locale, OutboxId, Part, Purpose};

/// How long what Meta approved is taken for what it approves.
const FRESH: Duration = Duration::from_secs(3600);
/// How many templates are asked for at once, the most that Meta gives.
const PAGE: u32 = 250;
/// How many pages are asked for at most.
const PAGES: usize = 40;

/// A template as we want it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// Its language as Meta spells it: `ar`, `pt_BR`.
    pub language: String,
    /// What it says.
    pub body: String,
    /// What stands on its button.
    pub button: String,
}

/// A template as Meta has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, …
    pub status: String,
    /// `UTILITY`, `MARKETING`, …: Meta may change it.
    pub category: String,
    /// What it says.
    pub body: String,
}

/// The purposes that have a template.
pub const PURPOSES: [Purpose; 3] = [Purpose::Notice, Purpose::Reminder, Purpose::Survey];

/// The name of the template for what is said for `purpose`.
pub fn name_of(prefix: &str, purpose: Purpose) -> String {
    let purpose = match purpose {
        Purpose::Reply | Purpose::Notice => "notice",
        Purpose::Reminder => "reminder",
        Purpose::Survey => "survey",
    };
    format!("{prefix}_{purpose}")
}

/// A language as Meta spells it.
pub fn language_of(locale: &Locale) -> String {
    locale.as_str().replace('-', "_")
}

/// What is known of Meta's approval.
pub(super) struct Templates {
    prefix: String,
    otherwise: Locale,
    approved: Mutex<Option<(Instant, Vec<Known>)>>,
}

impl Templates {
    pub(super) fn new(prefix: &str, otherwise: &Locale) -> Templates {
        Templates { prefix: prefix.to_owned(), otherwise: otherwise.clone(), approved: Mutex::default() }
    }

    /// What was approved, if that was asked a short while ago.
    fn fresh(&self) -> Option<Vec<Known>> {
        let approved = self.approved.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, known) = approved.as_ref()?;
        (at.elapsed() < FRESH).then(|| known.clone())
    }

    fn keep(&self, known: Option<Vec<Known>>) {
        let known = known.map(|known| (Instant::now(), known));
        *self.approved.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// The language of those approved that comes nearest to `locale`.
    fn nearest(&self, known: &[Known], name: &str, locale: &Locale) -> Option<String> {
        let approved: Vec<&str> = known
            .iter()
            .filter(|template| template.name == name && template.status == "APPROVED")
            .map(|template| &*template.language)
            .collect();
        let same = |wanted: &str| approved.iter().find(|language| **language == wanted);
        let akin = |locale: &Locale| {
            approved.iter().find(|language| language.split('_').next() == Some(locale.language()))
        };
        let found = same(&language_of(locale)).or_else(|| akin(locale));
        let found = found.or_else(|| same(&language_of(&self.otherwise))).or_else(|| akin(&self.otherwise));
        found.or_else(|| approved.first()).map(|language| (*language).to_owned())
    }
}

impl WhatsApp {
    /// Sends the template for `part`'s purpose in the nearest language that Meta approved.
    pub(super) async fn knock_at(
        &self,
        to: &Address,
        part: &Part,
        key: &OutboxId,
    ) -> Result<Sent, SendError> {
        let name = name_of(&self.templates.prefix, part.purpose);
        let known = match self.templates.fresh() {
            Some(known) => known,
            None => {
                let known = self.known_templates().await.map_err(CallError::of_a_send)?;
                self.templates.keep(Some(known.clone()));
                known
            }
        };
        let Some(language) = self.templates.nearest(&known, &name, &part.locale) else {
            self.templates.keep(None);
            let cause = format!("no language of the template {name} is approved; see `wasl templates check`");
            return Err(SendError::Never { cause });
        };
        match self.api.message(&draw::template(to, &name, &language, key)).await {
            Ok(provider_id) => Ok(Sent { provider_id }),
            Err(error) => {
                // It may have been approved no longer: the next one asks anew.
                self.templates.keep(None);
                Err(error.of_a_send())
            }
        }
    }

    /// Every template of the account.
    pub(super) async fn known_templates(&self) -> Result<Vec<Known>, CallError> {
        #[derive(Deserialize)]
        struct Page {
            data: Vec<Template>,
            paging: Option<Paging>,
        }
        #[derive(Deserialize)]
        struct Paging {
            next: Option<String>,
            cursors: Option<Cursors>,
        }
        #[derive(Deserialize)]
        struct Cursors {
            after: Option<String>,
        }
        #[derive(Deserialize)]
        struct Template {
            name: String,
            language: String,
            status: String,
            #[serde(default)]
            category: String,
            #[serde(default)]
            components: Vec<Value>,
        }
        let mut known = Vec::new();
        let mut after = String::new();
        for _ in 0..PAGES {
            let fields = "fields=name,language,status,category,components";
            let path = format!("{}/message_templates?{fields}&limit={PAGE}{after}", self.api.account);
            let page: Page = self.api.call(Method::GET, &path, None).await?;
            known.extend(page.data.into_iter().map(|template| Known {
                body: body_of(&template.components),
                name: template.name,
                language: template.language,
                status: template.status,
                category: template.category,
            }));
            let next = page.paging.filter(|paging| paging.next.is_some());
            let Some(cursor) = next.and_then(|paging| paging.cursors?.after) else { break };
            // A cursor is base64: its signs are none of a query's.
            after = format!("&after={}", cursor.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"));
        }
        Ok(known)
    }

    /// What Meta has, for `wasl templates`.
    ///
    /// # Errors
    /// When Meta does not tell; with what to say of it.
    pub async fn templates(&self) -> Result<Vec<Known>, SendError> {
        self.known_templates().await.map_err(CallError::of_a_send)
    }

    /// Hands a template in for approval.
    ///
    /// # Errors
    /// When Meta does not take it; with what to say of it.
    pub async fn submit(&self, wanted: &Wanted) -> Result<(), SendError> {
        let body = json!({
            "name": wanted.name,
            "language": wanted.language,
            "category": "UTILITY",
            "components": [
                { "type": "BODY", "text": wanted.body },
                { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": wanted.button }] },
            ],
        });
        let path = format!("{}/message_templates", self.api.account);
        let _: Value = self.api.call(Method::POST, &path, Some(&body)).await.map_err(CallError::of_a_send)?;
        Ok(())
    }
}

fn body_of(components: &[Value]) -> String {
    let body = components.iter().find(|component| component["type"] == "BODY");
    body.and_then(|body| body["text"].as_str()).unwrap_or_default().to_owned()
}
