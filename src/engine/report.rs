//! What providers tell of parts that they took: in any order, more than once, and long after.

use std::collections::BTreeMap;

use tokio::sync::oneshot;

use super::Engine;
use super::delivery::{LEASE, Landing};
use super::receive::Unstored;
use crate::channel::{Fate, Report};
use crate::message::ChannelId;
use crate::store::outbox::Told;
use crate::store::{self, StoreError, Tx};

/// A report on its way into the store, and where who brought it waits.
pub(super) struct Brought {
    channel: ChannelId,
    report: Report,
    answer: oneshot::Sender<()>,
}

impl Engine {
    /// Takes a report in: it is recorded when this returns `Ok`, in a commit that [`Engine::tick`] makes.
    pub(super) async fn told(&self, channel: &ChannelId, report: Report) -> Result<(), Unstored> {
        let (answer, recorded) = oneshot::channel();
        let brought = Brought { channel: channel.clone(), report, answer };
        self.inner.reports.send(brought).await.map_err(|_| Unstored)?;
        self.inner.turns.notify_one();
        recorded.await.map_err(|_| Unstored)
    }

    /// Records reports. What arrived outweighs what failed; a part that failed is treated as a send that failed so.
    pub(super) async fn record_reports(&self, tx: &mut Tx, brought: &[Brought]) -> Result<(), StoreError> {
        let mut furthest: BTreeMap<&str, (&str, Told)> = BTreeMap::new();
        for Brought { report, .. } in brought {
            let told = match report.fate {
                Fate::Sent => Told::Sent,
                Fate::Arrived => Told::Arrived,
                Fate::Read => Told::Read,
                Fate::Failed(_) => continue,
            };
            let entry = furthest.entry(&report.key.0).or_insert((&report.provider_id, told));
            if entry.1 < told {
                *entry = (&report.provider_id, told);
            }
        }
        let parts: Vec<_> = furthest.into_iter().map(|(id, (named, told))| (id, named, told)).collect();
        store::outbox::told(tx, &parts).await?;
        for Brought { channel, report, .. } in brought {
            let Fate::Failed(error) = &report.fate else { continue };
            let Some(pace) = self.pace(channel) else { continue };
            let until = self.now().plus(LEASE);
            let failed = store::outbox::reclaim(tx, &report.key.0, &report.provider_id, until).await?;
            if let Some(claimed) = failed.filter(|claimed| claimed.channel == channel.as_str()) {
                let landing = Landing::failed(self, claimed, error.clone(), pace);
                self.record(tx, std::slice::from_ref(&landing)).await?;
                landing.count();
            }
        }
        Ok(())
    }
}

/// Those who brought reports hear that they are recorded.
pub(super) fn recorded(brought: Vec<Brought>) {
    for Brought { answer, .. } in brought {
        // Whoever hung up meanwhile brings it again.
        let _ = answer.send(());
    }
}
