//! One transaction.

use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::error::Result;

/// A transaction; dropping it without [`Tx::commit`] undoes everything.
pub struct Tx {
    inner: Transaction<'static, Sqlite>,
}

impl Tx {
    pub(super) fn new(inner: Transaction<'static, Sqlite>) -> Self {
        Tx { inner }
    }

    pub(super) fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.inner
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }

    /// A seeded mistake: what is one commit becomes two.
    #[cfg(feature = "mutant")]
    pub async fn torn(&mut self, mutant: &str) -> Result<()> {
        if crate::mutant::is(mutant) {
            sqlx::query("COMMIT").execute(self.conn()).await?;
            sqlx::query("BEGIN IMMEDIATE").execute(self.conn()).await?;
        }
        Ok(())
    }

    /// Marks the point to which [`Tx::rollback_to`] returns. Points nest: the newest counts.
    pub async fn savepoint(&mut self) -> Result<()> {
        sqlx::query("SAVEPOINT turn").execute(self.conn()).await?;
        Ok(())
    }

    /// Keeps what was done since the newest point and forgets the point.
    pub async fn release(&mut self) -> Result<()> {
        sqlx::query("RELEASE SAVEPOINT turn").execute(self.conn()).await?;
        Ok(())
    }

    /// Undoes what was done since the newest point and forgets the point.
    pub async fn rollback_to(&mut self) -> Result<()> {
        sqlx::query("ROLLBACK TO SAVEPOINT turn").execute(self.conn()).await?;
        self.release().await
    }
}
