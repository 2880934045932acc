//! The doors for what providers bring: posted to us, or asked for. What came is stored as it came, and read in its
//! turn; what is nobody's is set aside.

use std::sync::Arc;

use bytes::Bytes;
use chrono::Duration;
use futures_util::future::join_all;
use reqwest::header::HeaderMap;
use tokio::sync::{Mutex, mpsc};

use super::Engine;
use super::receive::{Heard, Unstored};
use super::turn::Worked;
use crate::channel::{Channel, Ingress, Letter, SendError, Sorted};
use crate::message::ChannelId;
use crate::store::{self, StoreError};

/// How long a server that asks keeps the others from asking: longer than one question takes.
const HELD: Duration = Duration::seconds(90);
/// How many providers' waits are remembered; what is more is not told, which costs a spinner.
const ACKNOWLEDGED: usize = 1024;

/// Why a post was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPosted {
    /// No channel has a webhook there.
    #[error("no such webhook")]
    NoWebhook,
    /// It is not the provider's.
    #[error("not the provider's")]
    NotTheirs,
    /// It could not be stored: they must post it again.
    #[error("could not be stored")]
    Unstored,
}

/// Why nothing was pulled.
#[derive(Debug, thiserror::Error)]
pub enum NotPulled {
    /// The provider.
    #[error(transparent)]
    Provider(#[from] SendError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something could not be stored: it is asked for again.
    #[error(transparent)]
    Unstored(#[from] Unstored),
}

/// Letters whose provider waits to be told.
pub(super) struct Acknowledged {
    sender: mpsc::Sender<(ChannelId, Bytes)>,
    waiting: Mutex<mpsc::Receiver<(ChannelId, Bytes)>>,
}

impl Acknowledged {
    pub(super) fn new() -> Self {
        let (sender, waiting) = mpsc::channel(ACKNOWLEDGED);
        Acknowledged { sender, waiting: waiting.into() }
    }
}

impl Engine {
    /// The answer to a provider that asks, with the query of a `GET`, whether the webhook of `channel` is ours.
    ///
    /// # Errors
    /// Where there is no webhook, or it is not the provider that asks.
    pub fn proved(&self, channel: &str, query: &str) -> Result<String, NotPosted> {
        let channel = self.inner.channels.get(&ChannelId::new(channel));
        let channel = channel.filter(|channel| channel.ingress() == Ingress::Webhook);
        channel.ok_or(NotPosted::NoWebhook)?.prove(query).ok_or(NotPosted::NotTheirs)
    }

    /// What a provider posted to the webhook of `channel`: stored when this returns `Ok`.
    ///
    /// # Errors
    /// See [`NotPosted`]. What is theirs and cannot be read is stored all the same.
    pub async fn posted(&self, channel: &str, headers: &HeaderMap, raw: Bytes) -> Result<(), NotPosted> {
        let channel = self.inner.channels.get(&ChannelId::new(channel));
        let channel = channel.filter(|channel| channel.ingress() == Ingress::Webhook);
        let channel = channel.ok_or(NotPosted::NoWebhook)?;
        let taken = if channel.verify(headers, &raw) {
            self.take_in(channel, raw).await.map_err(|_| NotPosted::Unstored)
        } else {
            Err(NotPosted::NotTheirs)
        };
        let outcome = match taken {
            Ok(()) => "stored",
            Err(NotPosted::NotTheirs) => "not_theirs",
            Err(_) => "unstored",
        };
        metrics::counter!("wasl_posts_total", "outcome" => outcome).increment(1);
        taken
    }

    /// Asks a channel's provider once for what came, and stores it. Nothing, while another server asks.
    ///
    /// # Errors
    /// See [`NotPulled`]; what was not stored comes again.
    pub async fn pull(&self, channel: &Arc<dyn Channel>) -> Result<Worked, NotPulled> {
        if self.is_superseded() {
            return Ok(Worked::Nothing);
        }
        let (name, server, now) = (channel.id().as_str(), self.inner.exchange.name(), self.now());
        let mut tx = self.inner.store.begin().await?;
        let held = store::pull::hold(&mut tx, name, server, now, now.plus(self.held())).await?;
        tx.commit().await?;
        let Some(cursor) = held else { return Ok(Worked::Nothing) };
        let pulled = channel.pull(cursor.as_deref()).await?;
        for stored in join_all(pulled.raw.into_iter().map(|raw| self.take_in(channel, raw))).await {
            stored?;
        }
        // Only now: what was asked for and not stored must come again.
        if let Some(cursor) = &pulled.cursor {
            let mut tx = self.inner.store.begin().await?;
            store::pull::advance(&mut tx, name, cursor).await?;
            tx.commit().await?;
        }
        Ok(Worked::Some)
    }

    /// Where only one server can be, nobody has to wait for one that is gone.
    fn held(&self) -> Duration {
        if self.inner.store.is_shared() { HELD } else { Duration::zero() }
    }

    /// Lets another server ask at once.
    ///
    /// # Errors
    /// When the store fails; then the others wait a while.
    pub async fn pull_no_more(&self) -> Result<(), StoreError> {
        let mut tx = self.inner.store.begin().await?;
        store::pull::release(&mut tx, self.inner.exchange.name(), self.now()).await?;
        tx.commit().await
    }

    async fn take_in(&self, channel: &Arc<dyn Channel>, raw: Bytes) -> Result<(), Unstored> {
        let sorted = match channel.sort(&raw) {
            Ok(sorted) => sorted,
            Err(unreadable) => return self.set_aside(channel.id(), &raw, unreadable.0).await,
        };
        let taken = join_all(sorted.into_iter().map(async |sorted| match sorted {
            Sorted::Letter(letter) => self.take_letter(channel.id(), letter).await,
            Sorted::Report(report) => self.told(channel.id(), report).await,
            Sorted::Aside { raw, reason } => self.set_aside(channel.id(), &raw, reason).await,
            Sorted::Foreign => Ok(()),
            Sorted::Alert(alert) => self.alert(channel.id(), &alert).await,
        }));
        taken.await.into_iter().collect()
    }

    async fn take_letter(&self, channel: &ChannelId, letter: Letter) -> Result<(), Unstored> {
        let Some(from) = letter.from.clone() else {
            return self.set_aside(channel, &letter.raw, "it is no person's").await;
        };
        let raw = letter.raw.clone();
        if let Heard::New(_) = self.receive_letter(from, letter).await? {
            // Full: a spinner turns until it gives up by itself.
            let _ = self.inner.heard.sender.try_send((channel.clone(), raw));
        }
        Ok(())
    }

    /// Staff is told of a channel's line.
    async fn alert(&self, channel: &ChannelId, alert: &str) -> Result<(), Unstored> {
        tracing::warn!(channel = %channel.as_str(), alert, "a provider tells of the line");
        let mut tx = self.inner.store.begin().await?;
        store::task::put_of_line(&mut tx, channel.as_str(), alert, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Keeps, sealed, what is nobody's or cannot be read.
    async fn set_aside(&self, channel: &ChannelId, raw: &[u8], reason: &str) -> Result<(), Unstored> {
        metrics::counter!("wasl_set_aside_total").increment(1);
        let sealed = self.inner.vault.seal_aside(channel.as_str(), raw);
        let mut tx = self.inner.store.begin().await?;
        store::inbox::quarantine(&mut tx, channel.as_str(), &sealed, reason, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Waits for a letter whose provider may want to hear that it came, and tells it.
    pub async fn acknowledge(&self) {
        let next = self.inner.heard.waiting.lock().await.recv().await;
        let Some((channel, raw)) = next else { return std::future::pending().await };
        if let Some(channel) = self.inner.channels.get(&channel) {
            channel.acknowledge(&raw).await;
        }
    }
}
