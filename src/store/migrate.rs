//! The schema's steps, embedded; forward only.
//!
//! Servers of two versions may run on one PostgreSQL database while they are upgraded one after the other. So a step only
//! adds what the version before can leave out, and whatever changes what is kept is a step, a conversation's shape too, be
//! it one that does nothing: by it a server of an older version knows (`is_outdated`) to turn and send nothing more and
//! only to take in what comes. The newer one gives it time for that.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::error::Result;
use super::open::Pools;
use super::postgres::answer;

macro_rules! migrations {
    ($($version:literal $name:literal),* $(,)?) => {
        /// (version, name, SQL for SQLite, SQL for PostgreSQL), oldest first.
        const STEPS: &[(i64, &str, &str, &str)] = &[$((
            $version,
            $name,
            include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        )),*];
    };
}

migrations! {
    1 "0001_people",
    2 "0002_messages",
    3 "0003_staff",
    4 "0004_cases",
    5 "0005_surveys",
    6 "0006_case_store",
    7 "0007_private",
    8 "0008_survey_days",
    9 "0009_desk",
    10 "0010_master_key",
    11 "0011_channels",
    12 "0012_delivery",
    13 "0013_mail",
}

/// The newest version known here.
pub(super) fn newest() -> i64 {
    STEPS.last().map_or(0, |(version, ..)| *version)
}

/// Runs every step up to and including `target` that was not run yet, each in its own transaction. On PostgreSQL one
/// server at a time, under a lock of the database's.
pub(super) async fn forward(pools: &Pools, target: i64) -> std::result::Result<(), MigrateError> {
    let shared = matches!(pools, Pools::Postgres(_));
    let steps = STEPS.iter().filter(|(version, ..)| *version <= target);
    let steps = steps.map(|(version, name, sqlite, postgres)| {
        let sql = sqlx::SqlSafeStr::into_sql_str(if shared { *postgres } else { *sqlite });
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    let steps = Migrator::with_migrations(steps.collect());
    match pools {
        Pools::Sqlite { write, .. } => steps.run(write).await,
        Pools::Postgres(primary) => steps.run(&primary.pool()).await,
    }
}

const NEWEST: &str = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations";

/// The version the database is at; 0 for an empty one.
pub(super) async fn found(pools: &Pools) -> Result<i64> {
    match pools {
        Pools::Sqlite { write, .. } => {
            let there = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')";
            let there: bool = sqlx::query_scalar(there).fetch_one(write).await?;
            if !there { Ok(0) } else { Ok(sqlx::query_scalar(NEWEST).fetch_one(write).await?) }
        }
        Pools::Postgres(primary) => {
            let pool = &primary.pool();
            let there = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
            let there: bool = answer(sqlx::query_scalar(there).fetch_one(pool)).await?;
            if !there { Ok(0) } else { Ok(answer(sqlx::query_scalar(NEWEST).fetch_one(pool)).await?) }
        }
    }
}
