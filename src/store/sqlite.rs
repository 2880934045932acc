//! SQLite: the folder, the lock, the pragmas.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

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

/// What must fit beside the database before it counts as having room: more than a commit needs.
const ROOM: usize = 256 * 1024;

/// Writes so much beside the database, and takes it away again.
pub(super) async fn room(path: &Path) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".room");
    let written = tokio::fs::write(&name, vec![0; ROOM]).await;
    let removed = tokio::fs::remove_file(&name).await;
    written.and(removed)
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
    let synchronous = if crate::mutant::is("synchronous_normal") {
        SqliteSynchronous::Normal
    } else {
        SqliteSynchronous::Full
    };
    let writer = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-8000")
        .pragma("wal_autocheckpoint", "4000")
        .optimize_on_close(true, 400);
    let write = pool(1).connect_with(writer).await.map_err(unusable)?;
    let read = pool(4).connect_with(options.read_only(true)).await.map_err(unusable)?;
    Ok(Pools::Sqlite { write, read })
}

/// Connections that stay open. When the disk fails or is full, SQLite rolls back by itself and sqlx does not hear of it:
/// it would go on counting a transaction that is no more, and begin no other. Such a connection is replaced.
fn pool(most: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(most)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}
