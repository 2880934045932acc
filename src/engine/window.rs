//! Channels that take what is said freely only for a while after the person spoke: what comes later waits until they speak
//! again, and they are asked to, if they allowed it.

use chrono::Duration;

use super::Engine;
use super::delivery::Departure;
use super::failed::Failed;
use super::sealed::outbox_place;
use crate::locale::Args;
use crate::message::{ChannelId, Locale, OutboxId, Part, PersonId, Speaker};
use crate::store::outbox::{Claimed, KNOCK, NewPart, NewState, Outcome};
use crate::store::person::Standing;
use crate::store::task::TaskKind;
use crate::store::{self, StoreError, Tx};
use crate::time::Timestamp;

/// One silence is knocked at once a day at most.
const KNOCK_AGAIN: Duration = Duration::hours(24);
/// After so long without an answer to a knock, an officer is told what is not read.
const UNREAD: Duration = Duration::days(3);

impl Engine {
    /// The channel's window, where it has one.
    fn window(&self, channel: &ChannelId) -> Option<Duration> {
        let channel = self.inner.channels.get(channel)?;
        Duration::from_std(channel.capabilities().window?).ok()
    }

    /// What is claimed leaves, unless the person spoke too long ago for it.
    pub(super) async fn departures(
        &self,
        tx: &mut Tx,
        channel: &ChannelId,
        claimed: Vec<Claimed>,
    ) -> Result<Vec<Departure>, StoreError> {
        let mut departures = Vec::with_capacity(claimed.len());
        let Some(window) = self.window(channel).filter(|_| !claimed.is_empty()) else {
            for claimed in claimed {
                departures.extend(self.departing(tx, claimed).await?);
            }
            return Ok(departures);
        };
        let now = self.now();
        let paths: Vec<&str> = claimed.iter().map(|claimed| &*claimed.path).collect();
        let standing = store::person::standing(tx, channel.as_str(), &paths).await?;
        for claimed in claimed {
            let at = standing.iter().find(|standing| standing.path == claimed.path);
            let open = at.and_then(|at| at.heard_at).is_some_and(|heard_at| now.since(heard_at) < window);
            if open || claimed.purpose == KNOCK {
                departures.extend(self.departing(tx, claimed).await?);
            } else {
                self.hold(tx, &claimed).await?;
            }
        }
        Ok(departures)
    }

    /// Puts a part aside until its person speaks, and knocks where that is allowed and was not done a short while ago.
    pub(super) async fn hold(&self, tx: &mut Tx, claimed: &Claimed) -> Result<(), StoreError> {
        let now = self.now();
        let standing = store::person::standing(tx, &claimed.channel, &[&claimed.path]).await?.pop();
        let allowed = standing.as_ref().is_some_and(|standing| standing.allowed);
        if claimed.purpose == KNOCK || claimed.bulk && !allowed {
            // Nobody waits for it, and it may not be said.
            let outcome = Outcome::Dead { cause: "held".into() };
            store::outbox::record(tx, &claimed.id, claimed.attempt, &outcome).await?;
            metrics::counter!("wasl_sends_total", "outcome" => "held").increment(1);
            return Ok(());
        }
        if !allowed
            && self.goes_elsewhere(tx, claimed.person, &claimed.channel, &claimed.id, claimed.attempt).await?
        {
            return Ok(());
        }
        let until = if allowed { now.plus(UNREAD) } else { now };
        if !store::outbox::hold(tx, &claimed.id, claimed.attempt, until).await? {
            return Ok(());
        }
        metrics::counter!("wasl_sends_total", "outcome" => "held").increment(1);
        if allowed && standing.is_some_and(|standing| is_quiet(&standing, now)) {
            match self.knock(tx, claimed, now).await.map_err(Failed::of_the_database) {
                Ok(()) => {}
                Err(Ok(error)) => return Err(error),
                Err(Err(failed)) => {
                    tracing::error!(outbox = %claimed.id, error = %failed, "a person cannot be asked to open the chat");
                }
            }
        }
        Ok(())
    }

    async fn knock(&self, tx: &mut Tx, claimed: &Claimed, now: Timestamp) -> Result<(), Failed> {
        let wrapped = claimed.key.as_ref().ok_or(Failed::Absent("the person's key"))?;
        let key = self.inner.vault.person_key(claimed.person, wrapped)?;
        let waits: Part = serde_json::from_slice(&key.open(&outbox_place(&claimed.id), &claimed.body)?)?;
        let id = OutboxId(format!("{}/knock{}", claimed.id, claimed.attempt));
        let part = self.knocking(waits);
        let body = key.seal(&outbox_place(&id.0), &serde_json::to_vec(&part)?);
        let part = NewPart {
            id: &id,
            person: claimed.person,
            channel: &claimed.channel,
            path: &claimed.path,
            from: "bot",
            purpose: KNOCK,
            body: &body,
            state: NewState::Queued,
            at: now,
            not_after: None,
            private: false,
        };
        store::outbox::put(tx, &[part]).await?;
        Ok(store::person::knocked(tx, &claimed.channel, &claimed.path, now).await?)
    }

    /// What is said instead of a part that must wait: that something waits, and nothing of it.
    fn knocking(&self, waits: Part) -> Part {
        let key = knock_key(waits.purpose);
        Part {
            key: key.into(),
            from: Speaker::Bot,
            text: self.knock_words(&waits.locale, key),
            choices: Vec::new(),
            expects: None,
            share: None,
            board: None,
            opens: None,
            ..waits
        }
    }

    fn knock_words(&self, locale: &Locale, key: &str) -> String {
        let association = &self.inner.config.association;
        let said = Args::none().text("association", association.text(&association.name, locale));
        self.inner.words.label(locale, key, &said).into_owned()
    }

    /// Sends a part that does not reach its person on `channel` by another channel of theirs on which they may be written
    /// to now; false where there is none. What they read themselves, on a page, brings nothing to them.
    pub(super) async fn goes_elsewhere(
        &self,
        tx: &mut Tx,
        person: PersonId,
        channel: &str,
        id: &str,
        attempt: i64,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let ways = store::person::ways(tx, person).await?;
        let reaches = |way: &&store::person::Way| {
            let other = ChannelId::new(&way.channel);
            let sends = self.senders().any(|sender| *sender.id() == other);
            let is_open = |window| way.heard_at.is_some_and(|heard_at| now.since(heard_at) < window);
            way.channel != channel && sends && self.window(&other).is_none_or(is_open)
        };
        let Some(way) = ways.iter().find(reaches) else { return Ok(false) };
        let redirected = store::outbox::redirect(tx, id, attempt, (&way.channel, &way.path), now).await?;
        if redirected {
            metrics::counter!("wasl_sends_total", "outcome" => "elsewhere").increment(1);
        }
        Ok(redirected)
    }

    /// What nobody opened the chat for goes another way, or staff is told of it. Returns of how many parts that is true.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tell_unread(&self) -> Result<usize, StoreError> {
        let now = self.now();
        let mut tx = self.inner.store.begin().await?;
        let unread = store::outbox::unread(&mut tx, now).await?;
        for part in &unread {
            if !self.goes_elsewhere(&mut tx, part.person, &part.channel, &part.id, part.attempt).await? {
                store::task::put_once(&mut tx, TaskKind::Unread, part.person, "", now).await?;
            }
        }
        tx.commit().await?;
        Ok(unread.len())
    }
}

/// Whether this silence was not knocked at, or so long ago that another message may ask again.
fn is_quiet(standing: &Standing, now: Timestamp) -> bool {
    let since = |knocked_at: Timestamp| {
        standing.heard_at.is_some_and(|heard_at| heard_at > knocked_at)
            || now.since(knocked_at) >= KNOCK_AGAIN
    };
    standing.knocked_at.is_none_or(since)
}

/// The message of the catalogue that asks to open the chat for what is said for `purpose`.
pub fn knock_key(purpose: crate::message::Purpose) -> &'static str {
    use crate::message::Purpose;
    match purpose {
        Purpose::Reply | Purpose::Notice => "knock-notice",
        Purpose::Reminder => "knock-reminder",
        Purpose::Survey => "knock-survey",
    }
}
