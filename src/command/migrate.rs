//! `wasl migrate`: the schema forward, or the whole installation to PostgreSQL.

use std::process::ExitCode;

use clap::Args;

use crate::config::Config;
use crate::store::{Store, moving};
use crate::time::{Clock, SystemClock};

#[derive(Args)]
pub(super) struct Migrate {
    /// Move everything in the SQLite database of store.url into this PostgreSQL database, which must be empty. Stop the
    /// server first. Whoever lists this machine's processes reads the address: leave the password out of it and
    /// put it into ~/.pgpass.
    #[arg(long, value_name = "POSTGRES_URL")]
    to: Option<String>,
}

pub(super) const EXAMPLES: &str = "Example: wasl migrate
         wasl migrate --to 'postgres://wasl@db.example.org/wasl?sslmode=verify-full'";

pub(super) async fn run(migrate: Migrate, config: &Config) -> anyhow::Result<ExitCode> {
    if let Some(to) = migrate.to {
        return move_to(&to, config).await;
    }
    let store = Store::open_shared(&config.store.url).await?;
    store.close().await;
    println!("The database is at schema {}.", Store::schema_version());
    Ok(ExitCode::SUCCESS)
}

async fn move_to(to: &str, config: &Config) -> anyhow::Result<ExitCode> {
    let from = &config.store.url;
    let moved = moving::to_postgres(from, to, SystemClock.now()).await?;
    println!("Moved: {} rows of {} tables, counted and compared on both sides.", moved.rows, moved.tables);
    match moved.audit {
        Ok(lines) => println!("The audit log: {lines} entries, the chain is whole."),
        Err(line) => println!(
            "The audit log: entry {line} was changed after it was written. It was so before the move; keep {from} and \
             look who could."
        ),
    }
    println!(
        "Next:\n\
         \x20 1. set store.url to the new address (with its password by environment: WASL_STORE__URL)\n\
         \x20 2. keep vault.key_file = {} and documents.folder = {} as they are: every server needs both\n\
         \x20 3. run wasl doctor, and start wasl\n\
         \x20 4. {from} is as it was: start no wasl on it again, and when you are content, delete it and its copies",
        config.vault.key_file.display(),
        config.documents.folder.display(),
    );
    Ok(ExitCode::SUCCESS)
}
