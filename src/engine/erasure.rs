//! A person is forgotten, because they asked for it.
//!
//! One transaction destroys their key, empties every row that holds their words, and notes the papers whose bytes are
//! to be deleted; the bytes go after it, and again by [`Engine::sweep_papers`] until they are gone. A crash anywhere
//! leaves either everything or nothing that can be read.

use super::Engine;
use super::documents::drop_paper;
use super::failed::Failed;
use super::staff::{ActError, Staff};
use crate::case::Role;
use crate::message::PersonId;
use crate::store::{self, Store, StoreError, Tx};
use crate::time::Timestamp;
use crate::vault::Documents;

/// What an erasure would take away, and what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// How many requests the person has.
    pub requests: i64,
    /// How many papers.
    pub papers: i64,
    /// The reference numbers of requests that are not at their end. They are closed or withdrawn first: an open
    /// request always has somebody who owes an answer, and nobody could give it any more.
    pub open: Vec<String>,
}

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum NotErased {
    /// There is no such person, or they were erased before.
    #[error("there is no such person")]
    Unknown,
    /// These requests are still open.
    #[error("requests are open: {}", .0.join(", "))]
    Open(Vec<String>),
    /// The store failed; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NotErased> for ActError {
    fn from(not: NotErased) -> Self {
        match not {
            NotErased::Unknown => ActError::NotFound,
            NotErased::Open(_) => ActError::StillOpen,
            NotErased::Store(error) => error.into(),
        }
    }
}

impl Extent {
    /// What stands in the store of a person.
    ///
    /// # Errors
    /// [`NotErased::Unknown`], or when the store fails.
    pub async fn of(tx: &mut Tx, person: PersonId) -> Result<Extent, NotErased> {
        let known = store::person::get(tx, person).await?;
        if known.is_none_or(|known| known.key.is_none()) {
            return Err(NotErased::Unknown);
        }
        let (requests, papers) = store::erasure::extent(tx, person).await?;
        Ok(Extent { requests, papers, open: store::erasure::open_requests(tx, person).await? })
    }
}

/// Forgets a person on behalf of `by`, on the record; beside a running server too, which then knows them no more.
///
/// # Errors
/// [`NotErased`]: nothing was changed.
pub async fn erase(
    store: &Store,
    documents: &Documents,
    by: &str,
    person: PersonId,
    now: Timestamp,
) -> Result<(), NotErased> {
    let mut tx = store.begin().await?;
    store::person::hold_alone(&mut tx, person).await?;
    let extent = Extent::of(&mut tx, person).await?;
    if !extent.open.is_empty() {
        return Err(NotErased::Open(extent.open));
    }
    let papers = store::erasure::forget(&mut tx, person, now).await?;
    store::audit::append(&mut tx, by, "person.erased", &person.to_string(), now).await?;
    tx.commit().await?;
    for paper in papers {
        if let Err(error) = drop_paper(store, documents, &paper).await {
            tracing::warn!(%error, "a paper of somebody forgotten could not be deleted yet");
        }
    }
    if let Err(error) = store.checkpoint().await {
        tracing::warn!(%error, "the log beside the database could not be emptied yet");
    }
    Ok(())
}

impl Engine {
    /// Empties the log beside the database, if that was held up after an erasure.
    ///
    /// # Errors
    /// When the store fails; a reader that still holds it up is waited for next time.
    pub async fn empty_log(&self) -> Result<(), StoreError> {
        if !self.inner.store.has_stale_log() {
            return Ok(());
        }
        match self.inner.store.checkpoint().await {
            Err(StoreError::Busy) => Ok(()),
            emptied => emptied,
        }
    }

    /// What an erasure of that person would take away, for an administrator.
    ///
    /// # Errors
    /// [`ActError::NotFound`] for an unknown or erased person, and for whoever is no administrator.
    pub async fn extent(&self, by: &Staff, person: PersonId) -> Result<Extent, ActError> {
        administrator(by)?;
        let mut tx = self.inner.store.read().await?;
        Ok(Extent::of(&mut tx, person).await?)
    }

    /// Forgets a person on behalf of an administrator.
    ///
    /// # Errors
    /// As [`Engine::extent`]; [`ActError::StillOpen`] while a request is not at its end.
    pub async fn erase(&self, by: &Staff, person: PersonId) -> Result<(), ActError> {
        administrator(by)?;
        erase(&self.inner.store, &self.inner.documents, &by.name, person, self.now()).await?;
        Ok(())
    }
}

fn administrator(by: &Staff) -> Result<(), Failed> {
    if by.role == Role::Administrator { Ok(()) } else { Err(Failed::Absent("the right to erase")) }
}

#[cfg(test)]
mod tests {
    use std::future::{Future, poll_fn};
    use std::pin::pin;
    use std::task::Poll;

    use super::super::documents::tests::{at, engine, known, paper, walk};
    use super::*;

    /// Polls a future so often and drops it then, as a crash would; whether it came to its end.
    async fn cut_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        let mut left = polls;
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => {
                left -= 1;
                Poll::Pending
            }
        })
        .await
    }

    #[tokio::test]
    async fn an_erasure_that_is_cut_anywhere_leaves_all_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), "").await;
        let (store, documents) = (&engine.inner.store, &engine.inner.documents);
        let (mut whole, mut gone) = (0, 0);
        for polls in 0..200 {
            let address = known(&engine, &format!("person {polls}")).await;
            engine.keep_document(&address, "a.pdf", paper(polls as u8)).await.unwrap();
            let person = PersonId::of(&address);
            let done = cut_after(polls, erase(store, documents, "mona", person, at())).await;
            // What the cut one still had under way is over once another may write.
            drop(store.begin().await.unwrap());
            engine.sweep_papers().await.unwrap();
            let mut tx = store.read().await.unwrap();
            let key = store::person::get(&mut tx, person).await.unwrap().unwrap().key;
            let papers = store::erasure::extent(&mut tx, person).await.unwrap().1;
            drop(tx);
            match key {
                Some(_) => whole += 1,
                None => gone += 1,
            }
            assert_eq!(papers, i64::from(key.is_some()), "after {polls} polls");
            assert_eq!(walk(&folder.path().join("documents")), whole, "after {polls} polls");
            if done.is_some() {
                assert!(key.is_none());
                break;
            }
        }
        assert!(whole > 0 && gone > 0, "cut before the commit {whole} times, after it {gone} times");
    }

    #[tokio::test]
    async fn papers_of_an_erasure_that_is_cut_after_its_commit_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), "").await;
        let (store, documents) = (&engine.inner.store, &engine.inner.documents);
        let address = known(&engine, "a").await;
        engine.keep_document(&address, "a.pdf", paper(1)).await.unwrap();
        let person = PersonId::of(&address);
        let forgotten = async {
            let key = async || {
                let mut tx = store.read().await.unwrap();
                store::person::get(&mut tx, person).await.unwrap().unwrap().key
            };
            while key().await.is_some() {
                tokio::task::yield_now().await;
            }
        };
        // While somebody else stores or deletes bytes, this one waits: committed, and none of its papers deleted.
        let others = documents.turn().await;
        tokio::select! {
            _ = erase(store, documents, "mona", person, at()) => panic!("it did not wait"),
            () = forgotten => {}
        }
        drop(others);
        assert_eq!(walk(&folder.path().join("documents")), 1);
        assert_eq!(engine.sweep_papers().await.unwrap(), 1);
        assert_eq!(walk(&folder.path().join("documents")), 0);
    }

    #[tokio::test]
    async fn only_an_administrator_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), "").await;
        let person = PersonId::of(&known(&engine, "a").await);
        let staff = |role| Staff {
            id: crate::message::StaffId(crate::message::derive_id(&["staff"])),
            name: "Mona".into(),
            role,
        };
        let refused = engine.erase(&staff(Role::Officer), person).await;
        assert!(matches!(refused, Err(ActError::NotFound)));
        assert!(matches!(engine.extent(&staff(Role::Officer), person).await, Err(ActError::NotFound)));
        assert!(engine.erase(&staff(Role::Administrator), person).await.is_ok());
        assert!(matches!(engine.erase(&staff(Role::Administrator), person).await, Err(ActError::NotFound)));
    }
}
