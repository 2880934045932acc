//! The line: a mailbox that is read, and a server that sends.
//!
//! | file | what it does |
//! |---|---|
//! | `imap` | a session with the mailbox |
//! | `mailbox` | what came, by a cursor; and putting it away |
//! | `compose` | a part as a mail |
//! | `smtp` | one mail, one conversation with the server that sends |
//! | `caps` | how many mails one address gets |
//! | `opening` | what `wasl doctor` tells |

mod caps;
mod compose;
mod imap;
mod mailbox;
mod opening;
mod smtp;

use std::time::Instant;

use bytes::Bytes;

use self::caps::Caps;
use self::compose::{From, Uncomposed, compose};
use self::mailbox::Mailbox;
use super::sort::sort;
use super::stored::{self, Before};
use super::{Own, limits};
use crate::channel::{
    BoxFuture, Capabilities, Channel, Delivery, Examined, FetchError, File, Heard, Ingress, Pace, Pulled,
    Repeat, SendError, Sent, Shares, Sorted, Unreadable,
};
use crate::config::{Association, Email as Settings};
use crate::message::{Address, ChannelId, OutboxId, Part};

/// The name of this channel.
pub const NAME: &str = "email";
/// The longest text of one mail, in UTF-16 units: far beyond what anybody reads in one.
const TEXT: usize = 50_000;

/// The channel `email`.
pub struct Email {
    id: ChannelId,
    can: Capabilities,
    settings: Settings,
    own: Own,
    association: Association,
    caps: Caps,
    mailbox: Mailbox,
}

impl Email {
    /// The channel as the settings open it.
    pub fn new(settings: &Settings, association: &Association) -> Self {
        let can = Capabilities {
            delivery: Delivery::Send,
            text: TEXT,
            buttons: 0,
            button_label: 0,
            // The same Message-ID at every attempt: servers and programs that look at it show it once.
            repeat: Repeat::Doubles,
            page: None,
            shares: Shares::Nothing,
            ticks: false,
            opens: false,
            costs: true,
            window: None,
            private: false,
        };
        Email {
            id: ChannelId::new(NAME),
            can,
            own: Own {
                address: settings.address.clone(),
                authserv_id: settings.authserv_id.clone(),
                key: settings.key.reveal().as_bytes().to_vec(),
            },
            association: association.clone(),
            caps: Caps::new(settings.mails_in_ten_minutes, settings.mails_a_day),
            mailbox: Mailbox::new(settings),
            settings: settings.clone(),
        }
    }

    /// What we call ourselves to the server that sends: the domain of our address.
    fn hello(&self) -> &str {
        self.settings.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }

    async fn send_mail(
        &self,
        to: &Address,
        part: &Part,
        key: &OutboxId,
        before: &Before,
    ) -> Result<Sent, SendError> {
        let name = self.association.text(&self.association.name, &part.locale);
        let from = From { own: &self.own, name, marks: self.settings.plus_addressing };
        let mail = compose(&from, to, part, key, before).map_err(|error| match error {
            Uncomposed::Recipient => SendError::Gone,
            Uncomposed::Other => SendError::Never { cause: error.to_string() },
        })?;
        self.caps.take(&to.path, Instant::now()).map_err(|wait| SendError::Later {
            after: Some(wait),
            cause: "this address had all the mails it gets for now (channel.email.mails_a_day)".into(),
        })?;
        smtp::send(&self.settings.smtp, self.hello(), &mail).await?;
        Ok(Sent { provider_id: mail.id })
    }
}

impl Channel for Email {
    fn id(&self) -> &ChannelId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.can
    }

    fn pace(&self) -> Pace {
        // Few servers let more in at once (Exchange Online: three).
        Pace { a_second: 0, a_person_second: 0, at_once: 3 }
    }

    fn ingress(&self) -> Ingress {
        Ingress::Pull
    }

    fn pull<'a>(&'a self, cursor: Option<&'a str>) -> BoxFuture<'a, Result<Pulled, SendError>> {
        Box::pin(self.mailbox.ask(cursor))
    }

    fn sort(&self, raw: &[u8]) -> Result<Vec<Sorted>, Unreadable> {
        Ok(sort(raw, &self.own, &self.id))
    }

    fn decode(&self, raw: &[u8]) -> Result<Heard, Unreadable> {
        stored::decode(raw)
    }

    fn fetch<'a>(&'a self, file: &'a File, limit: u64) -> BoxFuture<'a, Result<Bytes, FetchError>> {
        Box::pin(async move {
            let held = file.held.clone().ok_or(FetchError::TooLarge)?;
            if held.len() as u64 > limit { Err(FetchError::TooLarge) } else { Ok(held) }
        })
    }

    fn send<'a>(
        &'a self,
        to: &'a Address,
        part: &'a Part,
        key: &'a OutboxId,
    ) -> BoxFuture<'a, Result<Sent, SendError>> {
        self.answer(to, part, key, None)
    }

    fn answer<'a>(
        &'a self,
        to: &'a Address,
        part: &'a Part,
        key: &'a OutboxId,
        thread: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(async move {
            // What another version wrote and this one does not read: the mail begins a thread of its own.
            let before = thread.and_then(|thread| serde_json::from_str(thread).ok()).unwrap_or_default();
            self.send_mail(to, part, key, &before).await
        })
    }

    fn examine<'a>(&'a self, _public_url: &'a str) -> BoxFuture<'a, Vec<Examined>> {
        Box::pin(self.look())
    }
}

/// The largest mail that is fetched whole, in bytes.
fn largest(settings: &Settings) -> u64 {
    settings.max_mail_bytes.min(limits::SIZE as u64)
}
