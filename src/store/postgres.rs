//! PostgreSQL: the address, the pool, and how a transaction begins.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};

use super::error::{OpenError, Result, StoreError};

/// Connections of one server: more do not make two cores faster.
const CONNECTIONS: u32 = 12;

/// Whether that is an address of a PostgreSQL database.
pub(super) fn is_meant(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// The pool, and the database's name for people: host and database, never user or password.
pub(super) async fn connect(url: &str) -> std::result::Result<(PgPool, String), OpenError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| OpenError::PostgresUrl)?;
    if options.get_host().contains(',') {
        // The driver takes one host only.
        return Err(OpenError::PostgresUrl);
    }
    let place = options.get_socket().map_or_else(
        || format!("{}:{}", options.get_host(), options.get_port()),
        |folder| folder.display().to_string(),
    );
    let name = format!("{} at {place}", options.get_database().unwrap_or(options.get_username()));
    // A server that loses its network in the middle of a transaction must not hold rows for ever. With
    // synchronous_commit off, commits that were acknowledged could be lost.
    let options = options
        .application_name("wasl")
        .statement_cache_capacity(256)
        .options([("idle_in_transaction_session_timeout", "60s"), ("synchronous_commit", "on")]);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(|error| OpenError::Unreachable {
            database: name.clone(),
            source: StoreError::from(error),
        })?;
    Ok((pool, name))
}

/// Begins in a task of its own. Dropped between `BEGIN` and its answer, the driver (0.9.0) would put a connection back
/// into the pool with a transaction open in it; a task is not dropped with whoever waited for it.
pub(super) async fn begin(pool: &PgPool, how: &'static str) -> Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(how).await });
    // It neither panics nor is aborted but with the whole runtime.
    Ok(begun.await.map_err(|_| StoreError::Busy)??)
}
