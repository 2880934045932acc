//! What can go wrong, named by what the caller does next.

use std::path::PathBuf;

/// The store's own result.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a statement failed. No variant's text holds what a row holds.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room: nothing is taken in until there is (SQLITE_FULL).
    #[error("the disk of the database is full")]
    Full,
    /// Another writer did not let go within the timeout: try again.
    #[error("the database is busy")]
    Busy,
    /// Anything else: the transaction is lost.
    #[error("the database failed: {}", kind(.0))]
    Other(sqlx::Error),
}

impl StoreError {
    /// Whether a row is at fault and not the database: the same statement fails again. Such a failure concerns one
    /// event; any other concerns everybody.
    pub fn is_the_rows(&self) -> bool {
        match self {
            StoreError::Other(sqlx::Error::Database(refusal)) => {
                primary_code(refusal.code().as_deref()) == Some(CONSTRAINT)
            }
            StoreError::Other(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => true,
            _ => false,
        }
    }
}

/// SQLITE_CONSTRAINT.
const CONSTRAINT: u32 = 19;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => StoreError::Busy,
            sqlx::Error::Database(refusal) => match primary_code(refusal.code().as_deref()) {
                Some(5 | 6) => StoreError::Busy,
                Some(13) => StoreError::Full,
                _ => StoreError::Other(error),
            },
            _ => StoreError::Other(error),
        }
    }
}

/// SQLite's primary result code: the low byte of an extended one.
fn primary_code(code: Option<&str>) -> Option<u32> {
    code?.parse::<u32>().ok().map(|code| code & 0xff)
}

/// What kind of failure it is. SQLite's own messages name tables and columns, never values; a decoding
/// error's text may quote a value, so only its column is told.
fn kind(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(refusal) => {
            format!("{} (code {})", refusal.message(), refusal.code().unwrap_or_default())
        }
        sqlx::Error::Io(io) => io.to_string(),
        sqlx::Error::RowNotFound => "no such row".into(),
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} cannot be read"),
        sqlx::Error::PoolClosed => "it is closed".into(),
        _ => "unexpectedly".into(),
    }
}

/// Why the store did not open; each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not an address this build can open.
    #[error(
        "store.url {0:?} is not understood: write sqlite:// and a path, such as sqlite://wasl-data/wasl.db"
    )]
    Url(String),
    /// The folder or the lock file could not be made.
    #[error("{} cannot be made: {source}; give this user the right to write there, or set store.url", .path.display())]
    Folder {
        /// What could not be made.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process serves the same database.
    #[error("{} is in use by another wasl; stop that one first, or set store.url to another file", .path.display())]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// Written by a newer wasl.
    #[error(
        "{} has schema version {found}, and this wasl knows only {known}; run the newer wasl again, or restore a backup made before the upgrade",
        .path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// The version found.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// A migration failed; the database is as it was before that step.
    #[error("{} could not be brought up to date: {source}; keep the file and restore the backup, or report this", .path.display())]
    Migrate {
        /// The database.
        path: PathBuf,
        /// Why.
        source: Box<sqlx::migrate::MigrateError>,
    },
    /// It is there and cannot be read or written.
    #[error("{} cannot be opened: {source}; check that it is a wasl database on a local disk that this user may write", .path.display())]
    Unusable {
        /// The database.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
}
