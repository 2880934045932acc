//! The schema's steps, embedded; forward only.

use sqlx::SqlitePool;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::error::Result;

macro_rules! migrations {
    ($($version:literal $name:literal),* $(,)?) => {
        /// (version, name, SQL), oldest first.
        const STEPS: &[(i64, &str, &str)] = &[$((
            $version,
            $name,
            include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
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
}

/// The newest version known here.
pub(super) fn newest() -> i64 {
    STEPS.last().map_or(0, |(version, ..)| *version)
}

/// Runs every step up to and including `target` that was not run yet, each in its own transaction.
pub(super) async fn forward(pool: &SqlitePool, target: i64) -> std::result::Result<(), MigrateError> {
    let steps = STEPS.iter().filter(|(version, ..)| *version <= target);
    let steps = steps.map(|(version, name, sql)| {
        let sql = sqlx::SqlSafeStr::into_sql_str(*sql);
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(steps.collect()).run(pool).await
}

/// The version the database is at; 0 for an empty one.
pub(super) async fn found(pool: &SqlitePool) -> Result<i64> {
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'")
            .fetch_one(pool)
            .await?;
    if tables == 0 {
        return Ok(0);
    }
    Ok(sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").fetch_one(pool).await?)
}
