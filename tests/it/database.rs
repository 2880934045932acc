//! The database of a scenario, looked at (or changed) behind the engine's back, as another system would.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection, ValueRef};

use super::postgres;

/// The database's address in that folder: a file in it; or, when PostgreSQL is meant, a database that the folder
/// remembers.
pub fn url(folder: &Path) -> String {
    if !postgres::is_meant() {
        return format!("sqlite://{}", folder.join("wasl.db").display());
    }
    let note = folder.join("database.url");
    std::fs::read_to_string(&note).unwrap_or_else(|_| {
        let url = postgres::database();
        std::fs::write(note, &url).unwrap();
        url
    })
}

/// The folder is a copy of another: on PostgreSQL it gets a copy of that one's database, which nobody may use meanwhile.
pub fn copied(folder: &Path) {
    let note = folder.join("database.url");
    if let Ok(url) = std::fs::read_to_string(&note) {
        std::fs::write(note, postgres::database_of(&format!("TEMPLATE {}", name_in(&url)))).unwrap();
    }
}

/// The folder is needed no more, and nobody uses its database.
pub fn dropped(folder: &Path) {
    if let Ok(url) = std::fs::read_to_string(folder.join("database.url")) {
        postgres::rule(format!("DROP DATABASE {} WITH (FORCE)", name_in(&url)));
    }
}

fn name_in(url: &str) -> &str {
    url.rsplit('/').find_map(|part| part.split_once("?host=")).expect("an address of ours").0
}

/// Whoever died lets go: on PostgreSQL their connections end, and what they had begun is undone.
pub async fn rest(folder: &Path) {
    if !postgres::is_meant() {
        return;
    }
    let mut database = Database::of(folder).await;
    let others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while database.text(&format!("SELECT count(*) {others}")).await != "0" {
        database.run(&format!("SELECT pg_terminate_backend(pid) {others}")).await;
    }
}

/// What the database at hand reads.
pub fn either<'s>(sqlite: &'s str, on_postgres: &'s str) -> &'s str {
    if postgres::is_meant() { on_postgres } else { sqlite }
}

pub enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Database {
    pub async fn of(folder: &Path) -> Database {
        let url = url(folder);
        if !postgres::is_meant() {
            return Database::Sqlite(SqliteConnection::connect(&url).await.unwrap());
        }
        let mut database = Database::Postgres(PgConnection::connect(&url).await.unwrap());
        // Bytes are shown as the text that they may be.
        database.run("SET bytea_output = 'escape'").await;
        database
    }

    /// Every value of every row as text.
    pub async fn rows(&mut self, select: &str) -> Vec<Vec<Option<String>>> {
        let select = AssertSqlSafe(select.to_owned());
        match self {
            Database::Sqlite(file) => {
                let rows = sqlx::query(select).fetch_all(file).await.unwrap();
                let text = |row: &sqlx::sqlite::SqliteRow, n| {
                    let null = row.try_get_raw(n).unwrap().is_null();
                    (!null).then(|| {
                        String::from_utf8_lossy(&row.try_get_unchecked::<Vec<u8>, _>(n).unwrap()).into_owned()
                    })
                };
                rows.iter().map(|row| (0..row.len()).map(|n| text(row, n)).collect()).collect()
            }
            Database::Postgres(server) => {
                let rows = sqlx::raw_sql(select).fetch_all(server).await.unwrap();
                let text = |row: &sqlx::postgres::PgRow, n| {
                    let value = row.try_get_raw(n).unwrap();
                    (!value.is_null()).then(|| value.as_str().unwrap().to_owned())
                };
                rows.iter().map(|row| (0..row.len()).map(|n| text(row, n)).collect()).collect()
            }
        }
    }

    /// The first value of every row.
    pub async fn texts(&mut self, select: &str) -> Vec<String> {
        self.rows(select).await.into_iter().map(|mut row| row.swap_remove(0).unwrap_or_default()).collect()
    }

    /// The first value of the only row.
    pub async fn text(&mut self, select: &str) -> String {
        let mut texts = self.texts(select).await;
        assert_eq!(texts.len(), 1, "{select}");
        texts.remove(0)
    }

    pub async fn run(&mut self, statements: &str) {
        let statements = AssertSqlSafe(statements.to_owned());
        match self {
            Database::Sqlite(file) => sqlx::raw_sql(statements).execute(file).await.map(drop),
            Database::Postgres(server) => sqlx::raw_sql(statements).execute(server).await.map(drop),
        }
        .unwrap();
    }
}
