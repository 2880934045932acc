//! SQLite: the folder, the lock, the pragmas.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

use super::error::{OpenError, StoreError};
use super::open::Pools;

/// The file of a `sqlite:` address; options after `?` are not taken.
pub(super) fn path_of(url: &str) -> std::result::Result<PathBuf, OpenError> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
    match path {
        Some(path) if !path.is_empty() && !path.starts_with(':') && !path.contains('?') => Ok(path.into()),
        _ => Err(OpenError::Url(url.to_owned())),
    }
}

/// A folder that is made now is for this user only.
pub(super) fn make_folder(path: &Path) -> std::result::Result<(), OpenError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).map_err(|source| OpenError::Folder { path: folder.into(), source })
}

/// Takes the server's lock, a file beside the database, or says who has it.
pub(super) fn lock(path: &Path) -> std::result::Result<File, OpenError> {
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

/// One writer, and readers beside it.
pub(super) async fn connect(path: &Path) -> std::result::Result<Pools, OpenError> {
    let unusable = |source: sqlx::Error| OpenError::Unusable {
        database: path.display().to_string(),
        source: StoreError::from(source),
    };
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
    Ok(Pools::Sqlite { write, read })
}

/// Begins to write. A transaction that SQLite undid by itself, as it may on a full disk, is one that the driver (0.9.0)
/// still believes in: it refuses to begin another on that connection, for ever. So that connection is closed.
pub(super) async fn begin(write: &SqlitePool) -> sqlx::Result<Transaction<'static, Sqlite>> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    match write.begin_with(BEGIN).await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            write.acquire().await?.close().await?;
            write.begin_with(BEGIN).await
        }
        begun => begun,
    }
}
