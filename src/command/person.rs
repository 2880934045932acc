//! `wasl person`: what a person may ask about their data. The desk does the same for administrators.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use clap::Subcommand;

use crate::config::Config;
use crate::engine::{Extent, NotErased, erase};
use crate::message::PersonId;
use crate::store::{self, Store};
use crate::time::{Clock, SystemClock};
use crate::vault::Documents;

#[derive(Subcommand)]
pub(super) enum PersonCommand {
    /// Forget a person: destroy their key, delete what they wrote and their papers. Requests keep number, service,
    /// status and dates.
    #[command(
        after_help = "Example: wasl person forget W-7K2M-9QXA\n         wasl person forget W-7K2M-9QXA --yes"
    )]
    Forget {
        /// The reference number of one of their requests, or the person's id (the last part of the address of
        /// their page at the desk).
        who: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

pub(super) async fn run(command: PersonCommand, config: &Config) -> anyhow::Result<ExitCode> {
    let PersonCommand::Forget { who, yes } = command;
    let store = Store::open_shared(&config.store.url).await?;
    let person = find(&store, &who).await?;
    let extent = Extent::of(&mut store.read().await?, person).await.map_err(|not| told(not, &who))?;
    if !extent.open.is_empty() {
        return Err(told(NotErased::Open(extent.open), &who));
    }
    println!("{who}: {} requests, {} papers, and the whole conversation.", extent.requests, extent.papers);
    if !yes && !confirmed()? {
        println!("Nothing was deleted.");
        return Ok(ExitCode::FAILURE);
    }
    let documents = Documents::local(&config.documents.folder)?;
    erase(&store, &documents, "operator", person, SystemClock.now()).await.map_err(|not| told(not, &who))?;
    println!("{who} is forgotten. Copies made before still hold them: keep those for weeks, not years.");
    if store.has_stale_log() {
        println!(
            "Another program reads the database at the moment: what was deleted leaves its log when wasl is next \
             started. Start it again soon."
        );
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn find(store: &Store, who: &str) -> anyhow::Result<PersonId> {
    if let Ok(id) = who.parse() {
        return Ok(id);
    }
    let mut tx = store.read().await?;
    let found = store::case::by_reference(&mut tx, &who.to_ascii_uppercase()).await?;
    found.map(|row| row.person).ok_or_else(|| told(NotErased::Unknown, who))
}

/// Why not, and what to do about it.
fn told(not: NotErased, who: &str) -> anyhow::Error {
    match not {
        NotErased::Unknown => anyhow::anyhow!(
            "nobody is known as {who:?}, or they were forgotten before; write a reference number (W-7K2M-9QXA) or the \
             id that ends the address of the person's page at the desk"
        ),
        NotErased::Open(open) => anyhow::anyhow!(
            "still open: {}. Close these requests at the desk, or withdraw them if that is the person's wish, and run \
             this again; nothing was deleted",
            open.join(", ")
        ),
        NotErased::Store(error) => error.into(),
    }
}

fn confirmed() -> anyhow::Result<bool> {
    print!("This cannot be undone. Type \"yes\" to delete it: ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
