//! An installation moves from SQLite to PostgreSQL: every row of every table, in one transaction there, counted and
//! compared before it counts.

mod cell;
mod tables;

use futures_util::TryStreamExt;
use sqlx::{ColumnIndex, Row};

use self::cell::{Cell, Sum};
use super::query::sql;
use super::rows::pieces;
use super::tx::{Connection, Tx};
use super::{OpenError, Store, StoreError, audit, postgres};
use crate::time::Timestamp;

#[cfg(test)]
pub(in crate::store) use self::tables::Kind;
pub(in crate::store) use self::tables::{TABLES, Table};

/// How many rows travel together.
const TOGETHER: usize = 64;

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// How many tables there are.
    pub tables: usize,
    /// How many rows they hold in all.
    pub rows: u64,
    /// The audit log as [`audit::verify`] finds it, the same on both sides: how many lines are sound, or the first that
    /// is not.
    pub audit: std::result::Result<u64, i64>,
}

/// Why nothing was moved; the database that was to be left is as it was, and the new one holds nothing.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// What is to be moved is on PostgreSQL already.
    #[error(
        "store.url names a PostgreSQL database already; wasl moves from SQLite to PostgreSQL only (between servers of PostgreSQL use pg_dump and pg_restore)"
    )]
    NotFromSqlite,
    /// The new place is not an address of PostgreSQL; it may hold a password, so it is not told.
    #[error("--to is not understood: write postgres://user:password@host/database")]
    NotToPostgres,
    /// One of the two databases does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The old database has the schema of an older version.
    #[error(
        "{database} has schema version {found}, not {known}; run `wasl migrate` first (and a backup before it)"
    )]
    Behind {
        /// Its file.
        database: String,
        /// The version found.
        found: i64,
        /// The version of this build.
        known: i64,
    },
    /// The new database is somebody's already.
    #[error(
        "the new database is not empty: there are rows in {table}; nothing was moved. Make a new one (CREATE DATABASE) and name that, or drop this one if nobody needs it"
    )]
    NotEmpty {
        /// A table with rows.
        table: &'static str,
    },
    /// A row that one of the databases does not take as it is.
    #[error(
        "a row of {table} cannot be moved: {source}; nothing was moved, so stay on SQLite and report this"
    )]
    Row {
        /// Its table.
        table: &'static str,
        /// Why; without what stands in it.
        source: StoreError,
    },
    /// What was read back is not what was written.
    #[error(
        "{table} is not the same in the new database; nothing was moved, so stay on SQLite and report this"
    )]
    Differs {
        /// Where.
        table: &'static str,
    },
    /// One of the databases failed.
    #[error("nothing was moved: {0}; look to that database and run this again")]
    Store(#[from] StoreError),
}

/// Copies all that is in the SQLite database at `from` into the empty PostgreSQL database at `to`, and notes it in the
/// audit log there. What is at `from` is only read; it is locked meanwhile against servers and commands.
pub async fn to_postgres(from: &str, to: &str, now: Timestamp) -> std::result::Result<Moved, MoveError> {
    if postgres::is_meant(from) {
        return Err(MoveError::NotFromSqlite);
    }
    if !postgres::is_meant(to) {
        return Err(MoveError::NotToPostgres);
    }
    let (old, found) = Store::open_to_leave(from).await?;
    let known = Store::schema_version();
    if found != known {
        return Err(MoveError::Behind { database: from.into(), found, known });
    }
    let new = Store::open_shared(to).await?;
    // The transaction of a writer, for nobody to write meanwhile; it writes nothing, and is undone.
    let mut reading = old.begin().await?;
    let mut writing = new.begin().await?;
    let moved = copy(&mut reading, &mut writing).await?;
    audit::append(&mut writing, "operator", "store.moved", "", now).await?;
    writing.commit().await?;
    reading.rollback().await?;
    new.close().await;
    old.close().await;
    Ok(moved)
}

async fn copy(old: &mut Tx, new: &mut Tx) -> std::result::Result<Moved, MoveError> {
    // A server that starts there waits until this is over; one that runs there left a row.
    new.one_starts().await?;
    for table in TABLES {
        if sql(table.there).scalar(new).await? {
            return Err(MoveError::NotEmpty { table: table.name });
        }
    }
    let mut rows = 0;
    for table in TABLES {
        let written = copy_table(table, old, new).await?;
        let read = sum_of(table, new).await.map_err(|source| of_row(table, source))?;
        if read != written {
            return Err(MoveError::Differs { table: table.name });
        }
        rows += read.rows;
    }
    let audit = audit::verify(new).await?;
    if audit != audit::verify(old).await? {
        return Err(MoveError::Differs { table: "audit" });
    }
    Ok(Moved { tables: TABLES.len(), rows, audit })
}

/// A row that is at fault is no failure of the database.
fn of_row(table: &Table, source: StoreError) -> MoveError {
    match source.is_the_rows() {
        true => MoveError::Row { table: table.name, source },
        false => source.into(),
    }
}

async fn copy_table(table: &Table, old: &mut Tx, new: &mut Tx) -> std::result::Result<Sum, MoveError> {
    let mut sum = Sum::default();
    // A number that was given once is not given again, be its row gone: others count on it.
    let mut last: i64 = match table.numbered {
        Some(_) => {
            let given = sql("SELECT seq FROM sqlite_sequence WHERE name = $1").bind(table.name);
            given.scalar_optional(old).await?.unwrap_or_default()
        }
        None => 0,
    };
    let number = table.numbered.and_then(|number| table.columns.iter().position(|(name, _)| *name == number));
    let Connection::Sqlite(conn) = old.conn() else { return Err(MoveError::NotFromSqlite) };
    let mut rows = sqlx::query(table.select).fetch(conn);
    let mut batch = Vec::with_capacity(TOGETHER);
    loop {
        let row = rows.try_next().await.map_err(|error| of_row(table, error.into()))?;
        let done = row.is_none();
        if let Some(row) = row {
            let cells = cells(table, &row).map_err(|error| of_row(table, error.into()))?;
            sum.add(&cells);
            if let Some(Cell::Int(Some(given))) = number.and_then(|n| cells.get(n)) {
                last = last.max(*given);
            }
            batch.push(cells);
        }
        if batch.len() == TOGETHER || done {
            insert(table, &batch, new).await.map_err(|source| of_row(table, source))?;
            batch.clear();
        }
        if done {
            break;
        }
    }
    if let Some(number) = table.numbered
        && last > 0
    {
        let go_on = sql("SELECT setval(pg_get_serial_sequence($1, $2), $3)");
        go_on.bind(table.name).bind(number).bind(last).execute(new).await?;
    }
    Ok(sum)
}

async fn insert(table: &Table, rows: &[Vec<Cell>], new: &mut Tx) -> super::Result<()> {
    for piece in pieces(rows) {
        let piece: Vec<&[Cell]> = piece.iter().map(Vec::as_slice).collect();
        let insert = sql(table.insert).rows(&piece, |row| row.iter().map(Cell::value));
        insert.execute(new).await?;
    }
    Ok(())
}

async fn sum_of(table: &Table, new: &mut Tx) -> super::Result<Sum> {
    let Connection::Postgres(conn) = new.conn() else { return Ok(Sum::default()) };
    let mut sum = Sum::default();
    let mut rows = sqlx::query(table.select).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        sum.add(&cells(table, &row)?);
    }
    Ok(sum)
}

fn cells<'r, R: Row>(table: &Table, row: &'r R) -> sqlx::Result<Vec<Cell>>
where
    usize: ColumnIndex<R>,
    String: cell::From<'r, R>,
    i64: cell::From<'r, R>,
    bool: cell::From<'r, R>,
    Vec<u8>: cell::From<'r, R>,
    Timestamp: cell::From<'r, R>,
    crate::message::PersonId: cell::From<'r, R>,
    chrono::NaiveDate: cell::From<'r, R>,
{
    table.columns.iter().enumerate().map(|(n, (_, kind))| Cell::of(row, n, *kind)).collect()
}
