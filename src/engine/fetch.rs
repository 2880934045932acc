//! Files that a provider holds: fetched, looked at, sealed and stored before their message has its turn. The person's
//! later messages wait behind it, so that nothing is answered out of order.

use chrono::Duration;

use super::Engine;
use super::documents::NotTaken;
use super::failed::Failed;
use super::letter::of_file;
use super::sealed::inbox_place;
use super::turn::Worked;
use crate::channel::{FetchError, File, Heard};
use crate::dialogue::Event;
use crate::message::{Address, Body, ChannelId, Refusal};
use crate::store::inbox::Unfetched;
use crate::store::task::TaskKind;
use crate::store::{self, StoreError};
use crate::time::Timestamp;
use crate::vault::PersonKey;

/// How long one fetch may take before another one begins.
const LEASE: Duration = Duration::seconds(120);
/// The waits between attempts, in seconds; after the last one the person is asked to send the file again.
const WAITS: [i64; 4] = [1, 5, 15, 30];

impl Engine {
    /// Fetches the file that has waited longest, if there is one.
    ///
    /// # Errors
    /// When the store fails: the file is fetched again later.
    pub async fn fetch(&self) -> Result<Worked, StoreError> {
        if self.is_superseded() {
            return Ok(Worked::Nothing);
        }
        let now = self.now();
        let mut tx = self.inner.store.begin().await?;
        let unfetched = store::inbox::to_fetch(&mut tx, now, now.plus(LEASE)).await?;
        tx.commit().await?;
        let Some(unfetched) = unfetched else { return Ok(Worked::Nothing) };
        match self.fetch_one(&unfetched).await {
            Ok(()) => Ok(Worked::Some),
            Err(failed) => match failed.of_the_database() {
                Ok(error) => Err(error),
                Err(failed) => self.not_taken(&unfetched, &failed).await.map(|()| Worked::Some),
            },
        }
    }

    /// When the next file is to be fetched by this server.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_fetch(&self) -> Result<Option<Timestamp>, StoreError> {
        if self.is_superseded() {
            return Ok(None);
        }
        store::inbox::next_fetch(&mut self.inner.store.read().await?).await
    }

    async fn fetch_one(&self, unfetched: &Unfetched) -> Result<(), Failed> {
        let wrapped = unfetched.key.as_ref().ok_or(Failed::Absent("the person's key"))?;
        let key = self.inner.vault.person_key(unfetched.person, wrapped)?;
        let raw = key.open(&inbox_place(unfetched.id), &unfetched.body)?;
        let channel = self.channel(&unfetched.channel)?;
        let Ok(Heard::File(file)) = channel.decode(&raw) else { return Err(Failed::Absent("the file")) };
        let mut tx = self.inner.store.read().await?;
        let person =
            store::person::get(&mut tx, unfetched.person).await?.ok_or(Failed::Absent("the person"))?;
        drop(tx);
        let address = Address { channel: ChannelId::new(&person.channel), path: person.path.as_str().into() };
        if *address.channel.as_str() == *unfetched.channel {
            channel.typing(&address).await;
        }
        let limit = self.inner.config.documents.max_bytes;
        let body = match channel.fetch(&file, limit).await {
            Ok(bytes) => match self.keep_document(&address, &file.name, bytes).await {
                Ok(media) => Body::Media(media),
                Err(NotTaken::Unstored) => return self.later(unfetched, &key, *file).await,
                Err(refused) => Body::Refused(refusal(&refused)),
            },
            Err(FetchError::TooLarge) => Body::Refused(Refusal::TooLarge(limit)),
            Err(FetchError::Never) => Body::Refused(Refusal::Unfetched),
            Err(FetchError::Later) => return self.later(unfetched, &key, *file).await,
        };
        self.came(unfetched, &key, &of_file(body, *file)).await
    }

    /// Our own fault: left to its lease, and after several tries passed over, so that nobody waits behind it for ever.
    async fn not_taken(&self, unfetched: &Unfetched, failed: &Failed) -> Result<(), StoreError> {
        tracing::error!(event = %unfetched.id, error = %failed, "a file could not be taken");
        if unfetched.fetches <= WAITS.len() as i64 {
            return Ok(());
        }
        let now = self.now();
        let mut tx = self.inner.store.begin().await?;
        store::inbox::park(&mut tx, unfetched.seq, "its file could not be taken", now).await?;
        let (person, event) = (unfetched.person, unfetched.id.to_string());
        store::task::put(&mut tx, TaskKind::Parked, Some(person), None, &event, now).await?;
        tx.commit().await?;
        self.entered();
        Ok(())
    }

    /// Not now: another time, or never.
    async fn later(&self, unfetched: &Unfetched, key: &PersonKey, file: File) -> Result<(), Failed> {
        let wait = usize::try_from(unfetched.fetches - 1).ok().and_then(|n| WAITS.get(n));
        let Some(wait) = wait else {
            return self.came(unfetched, key, &of_file(Body::Refused(Refusal::Unfetched), file)).await;
        };
        let mut tx = self.inner.store.begin().await?;
        let at = self.now().plus(Duration::seconds(*wait));
        store::inbox::await_file(&mut tx, unfetched.seq, at).await?;
        Ok(tx.commit().await?)
    }

    /// The event is this one now, and has its turn.
    async fn came(&self, unfetched: &Unfetched, key: &PersonKey, event: &Event) -> Result<(), Failed> {
        let body = key.seal(&inbox_place(unfetched.id), &serde_json::to_vec(event)?);
        let mut tx = self.inner.store.begin().await?;
        store::inbox::fetched(&mut tx, unfetched.seq, unfetched.fetches, &body).await?;
        tx.commit().await?;
        self.entered();
        Ok(())
    }
}

fn refusal(not_taken: &NotTaken) -> Refusal {
    match not_taken {
        NotTaken::TooLarge { limit } => Refusal::TooLarge(*limit),
        NotTaken::WrongType { .. } => Refusal::WrongType,
        NotTaken::Full => Refusal::Full,
        NotTaken::Empty | NotTaken::Unstored => Refusal::Unfetched,
    }
}
