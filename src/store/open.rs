//! Opening: the folder, the lock, the pragmas, the schema.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::error::{OpenError, Result, StoreError};
use super::migrate;
use super::tx::Tx;

/// An open database. Cheap to clone; the clones share it.
#[derive(Clone)]
pub struct Store {
    write: SqlitePool,
    read: SqlitePool,
    /// What was erased may still stand in the log beside the database.
    stale_log: Arc<AtomicBool>,
    /// Held, never read: the operating system frees the lock when the last clone goes, or the process dies.
    _lock: Option<Arc<File>>,
}

impl Store {
    /// Opens the database at `url` (`sqlite://path`) to serve it: makes the folder and the file when they are
    /// missing, brings the schema up to date, and keeps every other server out for as long as the store lives.
    pub async fn open(url: &str) -> std::result::Result<Store, OpenError> {
        let path = path_of(url)?;
        let lock = lock(&path)?;
        let mut store = connect(&path).await?;
        store._lock = Some(Arc::new(lock));
        if store.check_version(&path).await? < migrate::newest() {
            store.migrate(&path).await?;
        }
        // A process that died may have left erased rows in the log; a reader that holds it up now is waited for later.
        match store.checkpoint().await {
            Ok(()) | Err(StoreError::Busy) => Ok(store),
            Err(source) => Err(OpenError::Unusable { path, source }),
        }
    }

    /// Opens it for a short command, beside a server that may be running. An old schema is brought up to date,
    /// which is refused while a server runs.
    pub async fn open_shared(url: &str) -> std::result::Result<Store, OpenError> {
        let path = path_of(url)?;
        make_folder(&path)?;
        let store = connect(&path).await?;
        if store.check_version(&path).await? < migrate::newest() {
            let lock = lock(&path)?;
            store.migrate(&path).await?;
            drop(lock);
        }
        Ok(store)
    }

    /// Begins to write, alone: `BEGIN IMMEDIATE` on the only write connection. Dropping the [`Tx`] rolls back.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx::new(self.write.begin_with("BEGIN IMMEDIATE").await?))
    }

    /// Begins to read: every statement sees the database as it was at the first one.
    pub async fn read(&self) -> Result<Tx> {
        Ok(Tx::new(self.read.begin().await?))
    }

    /// For what one statement reads: it sees one moment by itself.
    pub(super) fn reader(&self) -> &SqlitePool {
        &self.read
    }

    /// Brings everything into the database's own file and empties the log beside it: what was overwritten is left in
    /// neither. Waits for readers, at most the busy timeout; [`StoreError::Busy`] when one of them held it up.
    pub async fn checkpoint(&self) -> Result<()> {
        self.stale_log.store(true, Ordering::Relaxed);
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.write).await?;
        self.stale_log.store(busy != 0, Ordering::Relaxed);
        if busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
    }

    /// Whether the last [`Store::checkpoint`] was held up: what was erased is still in the log.
    pub fn has_stale_log(&self) -> bool {
        self.stale_log.load(Ordering::Relaxed)
    }

    /// Waits for open transactions, then closes every connection.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// The newest schema version that this build knows.
    pub fn schema_version() -> i64 {
        migrate::newest()
    }

    async fn check_version(&self, path: &Path) -> std::result::Result<i64, OpenError> {
        let found = migrate::found(&self.write)
            .await
            .map_err(|source| OpenError::Unusable { path: path.into(), source })?;
        let known = migrate::newest();
        if found > known {
            return Err(OpenError::Newer { path: path.into(), found, known });
        }
        Ok(found)
    }

    async fn migrate(&self, path: &Path) -> std::result::Result<(), OpenError> {
        migrate::forward(&self.write, migrate::newest())
            .await
            .map_err(|source| OpenError::Migrate { path: path.into(), source: Box::new(source) })
    }
}

/// The file of a `sqlite:` address; options after `?` are not taken.
fn path_of(url: &str) -> std::result::Result<PathBuf, OpenError> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
    match path {
        Some(path) if !path.is_empty() && !path.starts_with(':') && !path.contains('?') => Ok(path.into()),
        _ => Err(OpenError::Url(url.to_owned())),
    }
}

/// A folder that is made now is for this user only.
fn make_folder(path: &Path) -> std::result::Result<(), OpenError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).map_err(|source| OpenError::Folder { path: folder.into(), source })
}

/// Takes the server's lock, a file beside the database, or says who has it.
fn lock(path: &Path) -> std::result::Result<File, OpenError> {
    make_folder(path)?;
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let folder_error = |source| OpenError::Folder { path: name.clone(), source };
    let file = File::options().write(true).create(true).truncate(false).open(&name).map_err(folder_error)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.into() }),
        Err(TryLockError::Error(source)) => Err(folder_error(source)),
    }
}

async fn connect(path: &Path) -> std::result::Result<Store, OpenError> {
    let unusable =
        |source: sqlx::Error| OpenError::Unusable { path: path.into(), source: StoreError::from(source) };
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .statement_cache_capacity(256)
        .pragma("trusted_schema", "OFF");
    // FULL: with NORMAL a power cut takes back commits that were acknowledged. secure_delete: what was
    // erased (a forgotten person's key) is overwritten. The cache (8 MB) holds the inner pages of every index, and the
    // log grows to 16 MB before it is brought into the file, so that a page which many commits touch is copied once.
    let writer = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-8000")
        .pragma("wal_autocheckpoint", "4000")
        .optimize_on_close(true, 400);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
        .connect_with(writer)
        .await
        .map_err(unusable)?;
    let read = SqlitePoolOptions::new()
        .max_connections(4)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
        .connect_with(options.read_only(true))
        .await
        .map_err(unusable)?;
    Ok(Store { write, read, stale_log: Arc::default(), _lock: None })
}
