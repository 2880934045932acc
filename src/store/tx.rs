//! One transaction.

use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use super::error::Result;
use super::postgres::answer;
use super::query::sql;

/// A transaction; dropping it without [`Tx::commit`] undoes everything.
pub struct Tx {
    inner: Inner,
    /// Closed when it ends, however it ends: who listens for it sees what is held open, and for how long.
    _open: tracing::Span,
}

pub(super) enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

pub(super) enum Connection<'t> {
    Sqlite(&'t mut SqliteConnection),
    Postgres(&'t mut PgConnection),
}

impl Tx {
    /// `open`: from [`Tx::opens`], so that waiting for a connection counts.
    pub(super) fn new(inner: Inner, open: tracing::Span) -> Self {
        Tx { inner, _open: open }
    }

    /// A transaction is about to begin.
    pub(super) fn opens() -> tracing::Span {
        tracing::trace_span!("transaction")
    }

    pub(super) fn conn(&mut self) -> Connection<'_> {
        match &mut self.inner {
            Inner::Sqlite(tx) => Connection::Sqlite(tx),
            Inner::Postgres(tx) => Connection::Postgres(tx),
        }
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<()> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => answer(tx.commit()).await?,
        }
        Ok(())
    }

    /// Undoes everything, and waits until it is undone: a transaction that is merely dropped holds what it took up for a
    /// moment longer.
    pub async fn rollback(self) -> Result<()> {
        match self.inner {
            Inner::Sqlite(tx) => tx.rollback().await?,
            Inner::Postgres(tx) => answer(tx.rollback()).await?,
        }
        Ok(())
    }

    /// From here to the commit nobody else numbers case events or audit lines: their numbers grow in the order of the
    /// commits, so that a reader who goes on after the last number it saw misses nothing. SQLite has one writer anyway.
    pub(super) async fn in_order(&mut self) -> Result<()> {
        if let Inner::Postgres(_) = self.inner {
            // Any number that nothing else on this database locks.
            sql("SELECT pg_advisory_xact_lock(7702121)").execute(self).await?;
        }
        Ok(())
    }

    /// From here to the commit no other server takes what is settled once, at the first start.
    pub(super) async fn one_starts(&mut self) -> Result<()> {
        if let Inner::Postgres(_) = self.inner {
            // As above.
            sql("SELECT pg_advisory_xact_lock(7702123)").execute(self).await?;
        }
        Ok(())
    }

    /// A seeded mistake: what is one commit becomes two.
    #[cfg(feature = "mutant")]
    pub async fn torn(&mut self, mutant: &str) -> Result<()> {
        if crate::mutant::is(mutant) {
            sql("COMMIT").execute(self).await?;
            super::query::sql_each("BEGIN IMMEDIATE", "BEGIN").execute(self).await?;
        }
        Ok(())
    }

    /// Marks the point to which [`Tx::rollback_to`] returns. Points nest: the newest counts.
    pub async fn savepoint(&mut self) -> Result<()> {
        sql("SAVEPOINT turn").execute(self).await?;
        Ok(())
    }

    /// Keeps what was done since the newest point and forgets the point.
    pub async fn release(&mut self) -> Result<()> {
        sql("RELEASE SAVEPOINT turn").execute(self).await?;
        Ok(())
    }

    /// Undoes what was done since the newest point and forgets the point.
    pub async fn rollback_to(&mut self) -> Result<()> {
        sql("ROLLBACK TO SAVEPOINT turn").execute(self).await?;
        self.release().await
    }
}
