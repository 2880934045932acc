//! Opening either database, and beginning transactions on it.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::postgres::PgListener;
use sqlx::{PgPool, SqlitePool};

use super::error::{OpenError, Result, StoreError};
use super::query::sql;
use super::tx::{Inner, Tx};
use super::{migrate, postgres, sqlite};

/// An open database. Cheap to clone; the clones share it.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    /// What was erased may still stand in the log beside an SQLite database.
    stale_log: Arc<AtomicBool>,
    /// Held, never read: the operating system frees the lock when the last clone goes, or the process dies.
    _lock: Option<Arc<File>>,
}

#[derive(Clone)]
pub(super) enum Pools {
    /// One writer, and readers beside it.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

impl Store {
    /// Opens the database at `url` to serve it, and brings its schema up to date. `sqlite://path`: makes the folder and
    /// the file when they are missing, and keeps every other server out for as long as the store lives.
    /// `postgres://user:password@host/database`: any number of servers share it.
    pub async fn open(url: &str) -> std::result::Result<Store, OpenError> {
        if postgres::is_meant(url) {
            return Store::open_shared(url).await;
        }
        let path = sqlite::path_of(url)?;
        let lock = sqlite::lock(&path)?;
        let store = Store {
            pools: sqlite::connect(&path).await?,
            stale_log: Arc::default(),
            _lock: Some(Arc::new(lock)),
        };
        if store.is_behind(&path.display().to_string()).await? {
            store.migrate(&path.display().to_string()).await?;
        }
        // A process that died may have left erased rows in the log; a reader that holds it up now is waited for later.
        match store.checkpoint().await {
            Ok(()) | Err(StoreError::Busy) => Ok(store),
            Err(source) => Err(OpenError::Unusable { database: path.display().to_string(), source }),
        }
    }

    /// Opens it for a short command, beside a server that may be running. An old schema is brought up to date; of
    /// SQLite that is refused while a server runs.
    pub async fn open_shared(url: &str) -> std::result::Result<Store, OpenError> {
        if postgres::is_meant(url) {
            let (pool, name) = postgres::connect(url).await?;
            let store = Store { pools: Pools::Postgres(pool), stale_log: Arc::default(), _lock: None };
            if store.is_behind(&name).await? {
                store.migrate(&name).await?;
            }
            return Ok(store);
        }
        let path: PathBuf = sqlite::path_of(url)?;
        sqlite::make_folder(&path)?;
        let store = Store { pools: sqlite::connect(&path).await?, stale_log: Arc::default(), _lock: None };
        if store.is_behind(&path.display().to_string()).await? {
            let lock = sqlite::lock(&path)?;
            store.migrate(&path.display().to_string()).await?;
            drop(lock);
        }
        Ok(store)
    }

    /// Begins to write. On SQLite alone, with `BEGIN IMMEDIATE` on the only write connection; on PostgreSQL beside
    /// others, each statement seeing what was committed before it. Dropping the [`Tx`] rolls back.
    pub async fn begin(&self) -> Result<Tx> {
        let open = Tx::opens();
        let inner = match &self.pools {
            Pools::Sqlite { write, .. } => Inner::Sqlite(sqlite::begin(write).await?),
            Pools::Postgres(pool) => Inner::Postgres(postgres::begin(pool, "BEGIN").await?),
        };
        Ok(Tx::new(inner, open))
    }

    /// Begins to read: every statement sees the database as it was at the first one.
    pub async fn read(&self) -> Result<Tx> {
        let open = Tx::opens();
        let inner = match &self.pools {
            Pools::Sqlite { read, .. } => Inner::Sqlite(read.begin().await?),
            Pools::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Inner::Postgres(postgres::begin(pool, begin).await?)
            }
        };
        Ok(Tx::new(inner, open))
    }

    /// Keeps other servers from bytes on object storage that they share with us, until what it gives is dropped.
    pub async fn alone_with(&self, object_key: &str) -> Result<Option<Tx>> {
        if !self.is_shared() {
            return Ok(None);
        }
        let mut tx = self.begin().await?;
        let lock = sql("SELECT pg_advisory_xact_lock(7702122, hashtext($1))").bind(object_key);
        lock.execute(&mut tx).await?;
        Ok(Some(tx))
    }

    pub(super) fn pools(&self) -> &Pools {
        &self.pools
    }

    /// Whether other servers may share this database.
    pub fn is_shared(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Tells every server on this database something; who does not listen at this moment misses it.
    pub async fn tell(&self, what: &str) -> Result<()> {
        if let Pools::Postgres(pool) = &self.pools {
            sqlx::query("SELECT pg_notify('wasl', $1)").bind(what).execute(pool).await?;
        }
        Ok(())
    }

    /// Hears what servers on this database tell each other from now on; `None` where there is only one.
    pub async fn listen(&self) -> Result<Option<Told>> {
        let Pools::Postgres(pool) = &self.pools else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen("wasl").await?;
        Ok(Some(Told { listener }))
    }

    /// Brings everything into the database's own file and empties the log beside it: what was overwritten is left in
    /// neither. Waits for readers, at most the busy timeout; [`StoreError::Busy`] when one of them held it up. PostgreSQL
    /// does so by itself, in its own time.
    pub async fn checkpoint(&self) -> Result<()> {
        let Pools::Sqlite { write, .. } = &self.pools else { return Ok(()) };
        self.stale_log.store(true, Ordering::Relaxed);
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(write).await?;
        self.stale_log.store(busy != 0, Ordering::Relaxed);
        if busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
    }

    /// Whether the last [`Store::checkpoint`] was held up: what was erased is still in the log.
    pub fn has_stale_log(&self) -> bool {
        self.stale_log.load(Ordering::Relaxed)
    }

    /// Waits for open transactions, then closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// The newest schema version that this build knows.
    pub fn schema_version() -> i64 {
        migrate::newest()
    }

    /// Whether the schema is older than this build; a newer one is refused.
    async fn is_behind(&self, database: &str) -> std::result::Result<bool, OpenError> {
        let found = migrate::found(&self.pools).await;
        let found = found.map_err(|source| OpenError::Unusable { database: database.into(), source })?;
        let known = migrate::newest();
        if found > known {
            return Err(OpenError::Newer { database: database.into(), found, known });
        }
        Ok(found < known)
    }

    async fn migrate(&self, database: &str) -> std::result::Result<(), OpenError> {
        migrate::forward(&self.pools, migrate::newest())
            .await
            .map_err(|source| OpenError::Migrate { database: database.into(), source: Box::new(source) })
    }
}

/// What servers on one database tell each other.
pub struct Told {
    listener: PgListener,
}

impl Told {
    /// The next thing told; `None` when the connection was lost and made again, and something may have been missed.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let told = self.listener.try_recv().await?;
        Ok(told.map(|told| told.payload().to_owned()))
    }
}
