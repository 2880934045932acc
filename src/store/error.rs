//! What can go wrong, named by what the caller does next.

use std::path::PathBuf;

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

/// The store's own result.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a statement failed. No variant's text holds what a row holds.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room: nothing is taken in until there is (SQLITE_FULL, 53100).
    #[error("the disk of the database is full")]
    Full,
    /// Another writer did not let go within the timeout, or came first; or the database cannot be reached: try again.
    #[error("the database is busy or away")]
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
            StoreError::Other(sqlx::Error::Database(refusal)) => code_of(&**refusal).is_the_rows(),
            StoreError::Other(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => true,
            StoreError::Full => crate::mutant::is("full_blames_the_row"),
            _ => false,
        }
    }
}

/// What a database calls a failure.
enum Code<'e> {
    /// The primary result code: the low byte of an extended one.
    Sqlite(u32),
    /// The SQLSTATE.
    Postgres(&'e str),
}

fn code_of(refusal: &dyn DatabaseError) -> Code<'_> {
    match refusal.try_downcast_ref::<PgDatabaseError>() {
        Some(refusal) => Code::Postgres(refusal.code()),
        None => {
            let code = refusal.code().and_then(|code| code.parse::<u32>().ok());
            Code::Sqlite(code.unwrap_or_default() & 0xff)
        }
    }
}

impl Code<'_> {
    /// SQLITE_CONSTRAINT; a value out of range or shape, an integrity constraint, a trigger's refusal.
    fn is_the_rows(&self) -> bool {
        match self {
            Code::Sqlite(code) => *code == 19,
            Code::Postgres(state) => ["22", "23", "P0001"].iter().any(|class| state.starts_with(class)),
        }
    }

    fn is_full(&self) -> bool {
        matches!(self, Code::Sqlite(13) | Code::Postgres("53100"))
    }

    /// SQLITE_BUSY and SQLITE_LOCKED; serialization, deadlock, a lock not had in time, too many connections, a
    /// transaction that was idle too long, a standby that is not promoted yet, connections lost, the server stopping.
    fn passes(&self) -> bool {
        match self {
            Code::Sqlite(code) => matches!(code, 5 | 6),
            Code::Postgres("40001" | "40P01" | "55P03" | "53300" | "25P03" | "25006") => true,
            Code::Postgres(state) => state.starts_with("08") || state.starts_with("57P"),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => StoreError::Busy,
            sqlx::Error::Database(refusal) => {
                let code = code_of(&**refusal);
                if code.passes() {
                    StoreError::Busy
                } else if code.is_full() {
                    StoreError::Full
                } else {
                    StoreError::Other(error)
                }
            }
            _ => StoreError::Other(error),
        }
    }
}

/// What kind of failure it is. SQLite's own messages name tables and columns, never values, and so do PostgreSQL's but
/// for those of a value out of shape; a decoding error's text may quote a value, so only its column is told.
fn kind(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default();
            match code_of(&**refusal) {
                Code::Postgres(state) if state.starts_with("22") => {
                    format!("a value is out of shape (code {code})")
                }
                _ => format!("{} (code {code})", refusal.message()),
            }
        }
        sqlx::Error::RowNotFound => "no such row".into(),
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} cannot be read"),
        sqlx::Error::PoolClosed => "it is closed".into(),
        sqlx::Error::Tls(_) => {
            "the connection could not be secured (see sslmode and sslrootcert of store.url)".into()
        }
        _ => "unexpectedly".into(),
    }
}

/// Why the store did not open; each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not an address this build can open.
    #[error(
        "store.url {0:?} is not understood: write sqlite:// and a path, such as sqlite://wasl-data/wasl.db, or postgres://user:password@host/database"
    )]
    Url(String),
    /// The address of a PostgreSQL database is not one that is understood; it may hold a password, so it is not told.
    #[error(
        "store.url is not understood: write postgres://user:password@host/database, with commas between several hosts (postgres://user:password@one:5432,two:5432/database), and %40 and the like for signs in the password"
    )]
    PostgresUrl,
    /// Of several hosts those that answer are standbys.
    #[error(
        "none of the hosts of {database} that answer is the primary; promote one, or put the primary's host into store.url"
    )]
    NoPrimary {
        /// Its name and places.
        database: String,
    },
    /// There is no answer, or no entry, at that address.
    #[error(
        "the database {database} cannot be used: {source}; check that PostgreSQL runs there and lets this user in, and store.url"
    )]
    Unreachable {
        /// Its name and place.
        database: String,
        /// Why.
        source: StoreError,
    },
    /// The folder or the lock file could not be made.
    #[error("{} cannot be made: {source}; give this user the right to write there, or set store.url", .path.display())]
    Folder {
        /// What could not be made.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no database to be moved.
    #[error("there is no database {}; set store.url to the one that is to be moved", .path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Another process serves the same database.
    #[error("{} is in use by another wasl; stop that one first, or set store.url to another file", .path.display())]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// A command is newer than the servers that run on it.
    #[error(
        "{database} is served by an older wasl, and a command does not bring it forward meanwhile; upgrade a server first, then run this again"
    )]
    Served {
        /// Its name and place.
        database: String,
    },
    /// Written by a newer wasl.
    #[error(
        "{database} has schema version {found}, and this wasl knows only {known}; run the newer wasl again, or restore a backup made before the upgrade"
    )]
    Newer {
        /// Its file, or its name and place.
        database: String,
        /// The version found.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// A migration failed; the database is as it was before that step.
    #[error(
        "{database} could not be brought up to date: {source}; keep it and restore the backup, or report this"
    )]
    Migrate {
        /// Its file, or its name and place.
        database: String,
        /// Why.
        source: Box<sqlx::migrate::MigrateError>,
    },
    /// It is there and cannot be read or written.
    #[error(
        "{database} cannot be opened: {source}; check that it is a wasl database, on a local disk if it is a file, that this user may write"
    )]
    Unusable {
        /// Its file, or its name and place.
        database: String,
        /// Why.
        source: StoreError,
    },
}
