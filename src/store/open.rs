//! Opening either database, and beginning transactions on it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::postgres::PgListener;

use super::error::{OpenError, Result, StoreError};
use super::query::sql;
use super::tx::{Inner, Tx};
use super::{migrate, postgres, sqlite};

/// How long servers of an older version are given to see that this one is newer: they look every five seconds.
pub(super) const NOTICE: Duration = Duration::from_secs(8);

/// An open database. Cheap to clone; the clones share it.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    /// What was erased may still stand in the log beside an SQLite database.
    stale_log: Arc<AtomicBool>,
    /// The operating system frees the lock when the last clone goes, or the process dies.
    lock: Option<Arc<File>>,
    /// The file of an SQLite database that is served.
    place: Option<Arc<Path>>,
}

#[derive(Clone)]
pub(super) enum Pools {
    /// One writer, and readers beside it.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(Arc<postgres::Primary>),
}

impl Store {
    /// Opens the database at `url` to serve it, and brings its schema up to date. `sqlite://path`: makes the folder and
    /// the file when they are missing, and keeps every other server out for as long as the store lives.
    /// `postgres://user:password@host/database`: any number of servers share it. Of several hosts, with commas between
    /// them, the primary is used, wherever that is at the moment.
    pub async fn open(url: &str) -> std::result::Result<Store, OpenError> {
        if postgres::is_meant(url) {
            let (store, primary, name) = Store::connect(url, &postgres::name_of_server()).await?;
            if store.is_behind(&name).await? {
                store.migrate(&name).await?;
            }
            let unusable = |source| OpenError::Unusable { database: name, source };
            if primary.serves_another().await.map_err(unusable)? {
                tracing::info!(
                    "servers of an older version run; they are given time to leave the work to this one"
                );
                tokio::time::sleep(NOTICE).await;
            }
            return Ok(store);
        }
        let path = sqlite::path_of(url)?;
        let lock = sqlite::lock(&path)?;
        let store = Store {
            pools: sqlite::connect(&path).await?,
            stale_log: Arc::default(),
            lock: Some(Arc::new(lock)),
            place: Some(path.as_path().into()),
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

    /// Opens it for a short command, beside a server that may be running. An old schema is brought up to date; that is
    /// refused while a server runs.
    pub async fn open_shared(url: &str) -> std::result::Result<Store, OpenError> {
        if postgres::is_meant(url) {
            let (store, primary, name) = Store::connect(url, postgres::NAME_OF_COMMAND).await?;
            if store.is_behind(&name).await? {
                let served = primary.serves_another().await;
                if served.map_err(|source| OpenError::Unusable { database: name.clone(), source })? {
                    return Err(OpenError::Served { database: name });
                }
                store.migrate(&name).await?;
            }
            return Ok(store);
        }
        let path: PathBuf = sqlite::path_of(url)?;
        sqlite::make_folder(&path)?;
        let store = Store {
            pools: sqlite::connect(&path).await?,
            stale_log: Arc::default(),
            lock: None,
            place: None,
        };
        if store.is_behind(&path.display().to_string()).await? {
            let lock = sqlite::lock(&path)?;
            store.migrate(&path.display().to_string()).await?;
            drop(lock);
        }
        Ok(store)
    }

    async fn connect(
        url: &str,
        called: &str,
    ) -> std::result::Result<(Store, Arc<postgres::Primary>, String), OpenError> {
        let (primary, name) = postgres::connect(url, called).await?;
        let (primary, stale_log) = (Arc::new(primary), Arc::default());
        let store = Store { pools: Pools::Postgres(primary.clone()), stale_log, lock: None, place: None };
        Ok((store, primary, name))
    }

    /// Opens an SQLite database that nobody serves, as it is, and keeps servers out; with it, its schema's version.
    pub(super) async fn open_to_leave(url: &str) -> std::result::Result<(Store, i64), OpenError> {
        let path = sqlite::path_of(url)?;
        if !path.exists() {
            return Err(OpenError::Missing { path });
        }
        let lock = sqlite::lock(&path)?;
        let pools = sqlite::connect(&path).await?;
        let store = Store { pools, stale_log: Arc::default(), lock: Some(Arc::new(lock)), place: None };
        store.is_behind(&path.display().to_string()).await?;
        let found = migrate::found(&store.pools).await;
        let found =
            found.map_err(|source| OpenError::Unusable { database: path.display().to_string(), source })?;
        Ok((store, found))
    }

    /// Begins to write. On SQLite alone, with `BEGIN IMMEDIATE` on the only write connection; on PostgreSQL beside
    /// others, each statement seeing what was committed before it. Dropping the [`Tx`] rolls back.
    pub async fn begin(&self) -> Result<Tx> {
        let open = Tx::opens();
        let inner = match &self.pools {
            Pools::Sqlite { write, .. } => Inner::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(primary) => Inner::Postgres(postgres::begin(primary, "BEGIN").await?),
        };
        Ok(Tx::new(inner, open))
    }

    /// Begins to read: every statement sees the database as it was at the first one.
    pub async fn read(&self) -> Result<Tx> {
        let open = Tx::opens();
        let inner = match &self.pools {
            Pools::Sqlite { read, .. } => Inner::Sqlite(read.begin().await?),
            Pools::Postgres(primary) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Inner::Postgres(postgres::begin(primary, begin).await?)
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

    /// Whether no other server can run on this database.
    pub fn is_alone(&self) -> bool {
        self.lock.is_some()
    }

    /// Tells every server on this database something; who does not listen at this moment misses it.
    pub async fn tell(&self, what: &str) -> Result<()> {
        if let Pools::Postgres(primary) = &self.pools {
            let tell = sqlx::query("SELECT pg_notify('wasl', $1)").bind(what);
            postgres::answer(tell.execute(&primary.pool())).await?;
        }
        Ok(())
    }

    /// Hears what servers on this database tell each other from now on; `None` where there is only one.
    pub async fn listen(&self) -> Result<Option<Told>> {
        let Pools::Postgres(primary) = &self.pools else { return Ok(None) };
        let mut listener = PgListener::connect_with(&primary.pool()).await?;
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

    /// Whether the disk of the database has room again, after it was full. A PostgreSQL's disk is elsewhere: the next
    /// commit tells.
    ///
    /// # Errors
    /// [`StoreError::Full`] while it has not.
    pub async fn room(&self) -> Result<()> {
        match &self.place {
            Some(path) => sqlite::room(path).await.map_err(|_| StoreError::Full),
            None => Ok(()),
        }
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
            Pools::Postgres(primary) => primary.pool().close().await,
        }
    }

    /// The newest schema version that this build knows.
    pub fn schema_version() -> i64 {
        migrate::newest()
    }

    /// Whether a newer wasl has brought a shared database forward since it was opened: what that one keeps, this build
    /// may not understand.
    pub async fn is_outdated(&self) -> Result<bool> {
        Ok(self.is_shared() && migrate::found(&self.pools).await? > migrate::newest())
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
