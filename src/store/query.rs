//! Statements: one text for both databases, and arguments that become the database's own when it runs.

use std::fmt::Write as _;

use chrono::NaiveDate;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, FromRow, Postgres, SqlSafeStr, SqlStr, Sqlite};
use uuid::Uuid;

use super::open::{Pools, Store};
use super::postgres::answer;
use super::tx::{Connection, Tx};
use super::{Result, StoreError};
use crate::message::{CaseId, DocumentId, EventId, PersonId, SessionId, StaffId};
use crate::time::Timestamp;

/// What stands in for a parameter. What is absent has a type all the same: PostgreSQL asks for it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'q> {
    Text(Option<&'q str>),
    Int(Option<i64>),
    Bool(Option<bool>),
    Bytes(Option<&'q [u8]>),
    Instant(Option<Timestamp>),
    Id(Option<Uuid>),
    Day(Option<NaiveDate>),
}

macro_rules! values {
    ($($type:ty => $kind:ident ($given:ident) $value:expr),* $(,)?) => {$(
        impl<'q> From<$type> for Value<'q> {
            fn from($given: $type) -> Self {
                Value::$kind(Some($value))
            }
        }
        impl<'q> From<Option<$type>> for Value<'q> {
            fn from(given: Option<$type>) -> Self {
                Value::$kind(given.map(|$given| $value))
            }
        }
    )*};
}

values! {
    &'q str => Text(text) text,
    &'q String => Text(text) text.as_str(),
    i64 => Int(number) number,
    bool => Bool(truth) truth,
    &'q [u8] => Bytes(bytes) bytes,
    &'q Vec<u8> => Bytes(bytes) bytes.as_slice(),
    Timestamp => Instant(at) at,
    NaiveDate => Day(day) day,
    CaseId => Id(id) id.0,
    DocumentId => Id(id) id.0,
    EventId => Id(id) id.0,
    PersonId => Id(id) id.0,
    SessionId => Id(id) id.0,
    StaffId => Id(id) id.0,
}

/// As SQLite keeps them: ids as hyphenated text, instants as microseconds, truth as 0 or 1, days as text.
fn for_sqlite(values: &[Value<'_>]) -> std::result::Result<SqliteArguments, BoxDynError> {
    let mut arguments = SqliteArguments::default();
    Arguments::reserve(&mut arguments, values.len(), 0);
    for value in values {
        match *value {
            Value::Text(text) => Arguments::add(&mut arguments, text),
            Value::Int(number) => Arguments::add(&mut arguments, number),
            Value::Bool(truth) => Arguments::add(&mut arguments, truth),
            Value::Bytes(bytes) => Arguments::add(&mut arguments, bytes),
            Value::Instant(at) => Arguments::add(&mut arguments, at.map(Timestamp::micros)),
            Value::Id(id) => Arguments::add(&mut arguments, id.map(|id| id.to_string())),
            Value::Day(day) => Arguments::add(&mut arguments, day),
        }?;
    }
    Ok(arguments)
}

/// As PostgreSQL keeps them: in its own types.
fn for_postgres(values: &[Value<'_>]) -> std::result::Result<PgArguments, BoxDynError> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        match *value {
            Value::Text(text) => arguments.add(text),
            Value::Int(number) => arguments.add(number),
            Value::Bool(truth) => arguments.add(truth),
            Value::Bytes(bytes) => arguments.add(bytes),
            Value::Instant(at) => arguments.add(at.map(Timestamp::utc)),
            Value::Id(id) => arguments.add(id),
            Value::Day(day) => arguments.add(day),
        }?;
    }
    Ok(arguments)
}

/// What is read from a row of either database.
pub(super) trait FromRows:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}
impl<T> FromRows for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A statement with its values.
#[derive(Debug)]
pub(super) struct Statement<'q> {
    sqlite: &'static str,
    postgres: &'static str,
    /// The text for both, once it was gone on with.
    built: Option<String>,
    /// What PostgreSQL reads after it.
    end: &'static str,
    values: Vec<Value<'q>>,
    #[cfg(test)]
    written_at: &'static std::panic::Location<'static>,
}

/// A statement that both databases read. Parameters are `$1`, `$2`, …
#[cfg_attr(test, track_caller)]
pub(super) fn sql<'q>(words: &'static str) -> Statement<'q> {
    sql_each(words, words)
}

/// A statement that each database has its own text for.
#[cfg_attr(test, track_caller)]
pub(super) fn sql_each<'q>(sqlite: &'static str, postgres: &'static str) -> Statement<'q> {
    Statement {
        sqlite,
        postgres,
        built: None,
        end: "",
        values: Vec::new(),
        #[cfg(test)]
        written_at: std::panic::Location::caller(),
    }
}

impl<'q> Statement<'q> {
    /// The value of the next parameter.
    pub(super) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Goes on with `VALUES` and these rows, each of as many values.
    pub(super) fn rows<T, V>(mut self, rows: &[T], value: impl Fn(&T) -> V) -> Self
    where
        V: IntoIterator<Item = Value<'q>>,
        V::IntoIter: ExactSizeIterator,
    {
        let (words, values) = self.open(rows.len() * 36);
        words.push_str(" VALUES ");
        for (n, row) in rows.iter().enumerate() {
            let row = value(row).into_iter();
            words.push_str(if n == 0 { "(" } else { ", (" });
            placeholders(words, values.len(), row.len());
            values.extend(row);
        }
        self
    }

    /// Goes on with a list of values in brackets.
    pub(super) fn list(mut self, list: impl ExactSizeIterator<Item = impl Into<Value<'q>>>) -> Self {
        let (words, values) = self.open(list.len() * 6);
        words.push_str(" (");
        placeholders(words, values.len(), list.len());
        values.extend(list.map(Into::into));
        self
    }

    /// Goes on with these words.
    pub(super) fn then(mut self, more: &'static str) -> Self {
        self.open(more.len()).0.push_str(more);
        self
    }

    /// Ends with these words on PostgreSQL: what is to be locked, where SQLite has one writer.
    pub(super) fn on_postgres(mut self, end: &'static str) -> Self {
        self.end = end;
        self
    }

    /// The text, to be gone on with, and the values. Only what both databases read can be gone on with.
    fn open(&mut self, more: usize) -> (&mut String, &mut Vec<Value<'q>>) {
        let start = self.sqlite;
        let words = self.built.get_or_insert_with(|| {
            let mut words = String::with_capacity(start.len() + more + 64);
            words.push_str(start);
            words
        });
        (words, &mut self.values)
    }

    /// Runs it; how many rows it touched.
    pub(super) async fn execute(self, tx: &mut Tx) -> Result<u64> {
        Ok(match tx.conn() {
            Connection::Sqlite(conn) => self.sqlite()?.execute(conn).await?.rows_affected(),
            Connection::Postgres(conn) => answer(self.postgres()?.execute(conn)).await?.rows_affected(),
        })
    }

    /// Every row.
    pub(super) async fn fetch_all<T: FromRows>(self, tx: &mut Tx) -> Result<Vec<T>> {
        match tx.conn() {
            Connection::Sqlite(conn) => self.sqlite_rows()?.fetch_all(conn).await,
            Connection::Postgres(conn) => answer(self.postgres_rows()?.fetch_all(conn)).await,
        }
        .map_err(StoreError::from)
    }

    /// The first row, if there is one.
    pub(super) async fn fetch_optional<T: FromRows>(self, tx: &mut Tx) -> Result<Option<T>> {
        match tx.conn() {
            Connection::Sqlite(conn) => self.sqlite_rows()?.fetch_optional(conn).await,
            Connection::Postgres(conn) => answer(self.postgres_rows()?.fetch_optional(conn)).await,
        }
        .map_err(StoreError::from)
    }

    /// The row that is there.
    pub(super) async fn fetch_one<T: FromRows>(self, tx: &mut Tx) -> Result<T> {
        match tx.conn() {
            Connection::Sqlite(conn) => self.sqlite_rows()?.fetch_one(conn).await,
            Connection::Postgres(conn) => answer(self.postgres_rows()?.fetch_one(conn)).await,
        }
        .map_err(StoreError::from)
    }

    /// Every row, outside of any transaction: one statement sees one moment by itself.
    pub(super) async fn fetch_apart<T: FromRows>(self, store: &Store) -> Result<Vec<T>> {
        match store.pools() {
            Pools::Sqlite { read, .. } => self.sqlite_rows()?.fetch_all(read).await,
            Pools::Postgres(primary) => {
                let fetched = answer(self.postgres_rows()?.fetch_all(&primary.pool())).await;
                if fetched.is_err() {
                    primary.look().await;
                }
                fetched
            }
        }
        .map_err(StoreError::from)
    }

    /// The one column of every row.
    pub(super) async fn scalars<T>(self, tx: &mut Tx) -> Result<Vec<T>>
    where
        (T,): FromRows,
    {
        Ok(self.fetch_all::<(T,)>(tx).await?.into_iter().map(|(value,)| value).collect())
    }

    /// The one column of the first row, if there is one.
    pub(super) async fn scalar_optional<T>(self, tx: &mut Tx) -> Result<Option<T>>
    where
        (T,): FromRows,
    {
        Ok(self.fetch_optional::<(T,)>(tx).await?.map(|(value,)| value))
    }

    /// The one column of the row that is there.
    pub(super) async fn scalar<T>(self, tx: &mut Tx) -> Result<T>
    where
        (T,): FromRows,
    {
        Ok(self.fetch_one::<(T,)>(tx).await?.0)
    }

    fn sqlite(self) -> sqlx::Result<Query<'q, Sqlite, SqliteArguments>> {
        let arguments = for_sqlite(&self.values).map_err(sqlx::Error::Encode)?;
        Ok(sqlx::query_with(self.words_of_sqlite(), arguments))
    }

    fn postgres(self) -> sqlx::Result<Query<'q, Postgres, PgArguments>> {
        let arguments = for_postgres(&self.values).map_err(sqlx::Error::Encode)?;
        Ok(sqlx::query_with(self.words_of_postgres(), arguments))
    }

    fn sqlite_rows<T: FromRows>(self) -> sqlx::Result<QueryAs<'q, Sqlite, T, SqliteArguments>> {
        let arguments = for_sqlite(&self.values).map_err(sqlx::Error::Encode)?;
        Ok(sqlx::query_as_with(self.words_of_sqlite(), arguments))
    }

    fn postgres_rows<T: FromRows>(self) -> sqlx::Result<QueryAs<'q, Postgres, T, PgArguments>> {
        let arguments = for_postgres(&self.values).map_err(sqlx::Error::Encode)?;
        Ok(sqlx::query_as_with(self.words_of_postgres(), arguments))
    }

    // What is built is built from texts of this program and placeholders: values are bound, never written in.

    fn words_of_sqlite(self) -> SqlStr {
        #[cfg(test)]
        super::tests::statements::run(self.written_at, self.built.as_deref().unwrap_or(self.sqlite));
        match self.built {
            Some(words) => AssertSqlSafe(unnamed(&words).unwrap_or(words)).into_sql_str(),
            None => self.sqlite.into_sql_str(),
        }
    }

    fn words_of_postgres(self) -> SqlStr {
        let words = match self.built {
            None if self.end.is_empty() => self.postgres.into_sql_str(),
            built => {
                let words = built.unwrap_or_else(|| self.postgres.to_owned());
                AssertSqlSafe(words + self.end).into_sql_str()
            }
        };
        #[cfg(test)]
        super::tests::statements::run(self.written_at, words.as_str());
        words
    }
}

/// The same with `?` for each parameter, which SQLite counts by itself: it looks the names of hundreds up one by one,
/// for each of them. `None` where they do not stand once each, in order.
fn unnamed(words: &str) -> Option<String> {
    let mut pieces = words.split('$');
    let mut unnamed = String::with_capacity(words.len());
    unnamed.push_str(pieces.next()?);
    for (n, piece) in pieces.enumerate() {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
        let number: usize = piece[..piece.len() - rest.len()].parse().ok()?;
        if number != n + 1 {
            return None;
        }
        unnamed.push('?');
        unnamed.push_str(rest);
    }
    Some(unnamed)
}

/// `$4, $5, $6)` for three values after three others.
fn placeholders(words: &mut String, before: usize, count: usize) {
    for n in 1..=count {
        // Writing to a string cannot fail.
        let _ = write!(words, "{}${}", if n == 1 { "" } else { ", " }, before + n);
    }
    words.push(')');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_in_order_need_no_names() {
        let (built, once) = (
            "SET a = $1 FROM (VALUES ($2, $3), ($4, $5)) AS v",
            "SET a = ? FROM (VALUES (?, ?), (?, ?)) AS v",
        );
        assert_eq!(unnamed(built).as_deref(), Some(once));
        for again in ["a = $1 OR b = $1", "a = $2 AND b = $1", "a = '$'"] {
            assert_eq!(unnamed(again), None, "{again}");
        }
    }
}
