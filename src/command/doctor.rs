//! `wasl doctor`: is everything there, and healthy? Each line says what was looked at, and the remedy if it is not well.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::app;
use crate::channel::Examined;
use crate::config::Config;
use crate::locale::Catalogue;
use crate::message::ChannelId;
use crate::store::{self, Store};
use crate::time::{Clock, SystemClock};

/// A commit slower than this makes every answer slow.
const SLOW_COMMIT: Duration = Duration::from_millis(50);
/// What nobody is turned away for, but should be mended.
const NO_WAYS: &str =
    "who declines is told no other way to you; set association.phone, email, website or address";
/// More papers than this are not counted.
const MOST: i64 = 10_000;

pub(super) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let mut ill = 0;
    let mut look = |what: &str, result: Result<String, String>| match result {
        Ok(well) => println!("ok    {what}: {well}"),
        Err(remedy) => {
            ill += 1;
            println!("WRONG {what}: {remedy}");
        }
    };
    look("languages", languages(config));
    look("forms", forms(config));
    look("papers", papers(&config.documents.folder));
    look("address", address(config));
    if !config.association.is_reached_elsewhere() {
        println!("note  ways: {NO_WAYS}");
    }
    let open = channels(config, &mut look).await;
    match Store::open_shared(&config.store.url).await {
        Ok(store) => {
            look("database", Ok(format!("schema {}", Store::schema_version())));
            look("key", key(&store, config).await);
            look("commit", commits(&store).await);
            look("audit log", audit(&store).await);
            look("waiting", waiting(&store).await);
            look("last heard", heard(&store, &open).await);
            store.close().await;
        }
        Err(error) => look("database", Err(error.to_string())),
    }
    Ok(if ill == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What each channel finds at its provider. Gives those that are open.
async fn channels(config: &Config, look: &mut impl FnMut(&str, Result<String, String>)) -> Vec<ChannelId> {
    let configured = match app::configured(config) {
        Ok(configured) => configured,
        Err(error) => {
            look("channels", Err(format!("{error:#}")));
            return Vec::new();
        }
    };
    if configured.is_empty() {
        look("channels", Err("none is open: nobody can write to you; see channel.* in the settings".into()));
    }
    for channel in &configured {
        for examined in channel.examine(&config.public_url()).await {
            let found = match examined {
                Examined::Fine(well) => Ok(well),
                Examined::Wrong { found, remedy } => Err(format!("{found}; {remedy}")),
            };
            look(channel.id().as_str(), found);
        }
    }
    configured.iter().map(|channel| channel.id().clone()).collect()
}

fn languages(config: &Config) -> Result<String, String> {
    let words = Catalogue::shipped(&config.association.default_locale).map_err(|e| e.to_string())?;
    Ok(words.locales().iter().map(|l| l.as_str()).collect::<Vec<_>>().join(", "))
}

fn forms(config: &Config) -> Result<String, String> {
    match app::read_forms(config) {
        Ok(Ok((shelf, findings))) => Ok(format!("{} forms, {} remarks", shelf.all().count(), findings.len())),
        Ok(Err(findings)) => Err(format!("{} mistakes; `wasl check` shows them", findings.len())),
        Err(error) => Err(error.to_string()),
    }
}

async fn key(store: &Store, config: &Config) -> Result<String, String> {
    let file = config.vault.key_file.display();
    match app::try_vault(store, &config.vault.key_file).await.map_err(|e| e.to_string())? {
        None => Ok(format!("{file} will be made at the first start")),
        Some(_) => Ok(format!("{file} is readable by its owner only, and opens this database")),
    }
}

fn papers(folder: &Path) -> Result<String, String> {
    app::writable(folder).map(|()| format!("{} can be written to", folder.display())).map_err(|e| {
        format!("{} cannot be written to ({e}); give it to the user wasl runs as", folder.display())
    })
}

fn address(config: &Config) -> Result<String, String> {
    let loopback = config.server.listen.ip().is_loopback();
    if !loopback && !config.secure() {
        return Err("people would come without https: put a proxy with a certificate in front, and set \
                    server.public_url to its https:// address"
            .into());
    }
    Ok(config.public_url())
}

async fn commits(store: &Store) -> Result<String, String> {
    let mut took = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let mut tx = store.begin().await.map_err(|e| e.to_string())?;
        store::audit::append(&mut tx, "operator", "doctor.commit", "", SystemClock.now())
            .await
            .map_err(|e| e.to_string())?;
        tx.commit().await.map_err(|e| e.to_string())?;
        took.push(start.elapsed());
    }
    took.sort();
    // The middle one: a single slow one says that the machine was busy, not that the disk is slow.
    let middle = took[took.len() / 2];
    if middle > SLOW_COMMIT {
        return Err(format!(
            "a commit takes {} ms; use a local disk, or a database nearby",
            middle.as_millis()
        ));
    }
    Ok(format!("the middle of five took {:.1} ms", middle.as_secs_f64() * 1000.0))
}

async fn audit(store: &Store) -> Result<String, String> {
    let mut tx = store.read().await.map_err(|e| e.to_string())?;
    match store::audit::verify(&mut tx).await.map_err(|e| e.to_string())? {
        Ok(rows) => Ok(format!("{rows} entries, the chain is whole")),
        Err(row) => Err(format!(
            "entry {row} was changed after it was written; keep this database and look who could"
        )),
    }
}

/// When people were last heard on each channel that is open.
async fn heard(store: &Store, open: &[ChannelId]) -> Result<String, String> {
    let mut tx = store.read().await.map_err(|e| e.to_string())?;
    let newest = store::inbox::newest(&mut tx).await.map_err(|e| e.to_string())?;
    let now = SystemClock.now();
    let told = open.iter().map(|channel| {
        let channel = channel.as_str();
        match newest.iter().find(|newest| newest.channel == channel) {
            Some(newest) => format!("{channel} {}", ago(now.since(newest.at))),
            None => format!("{channel} never"),
        }
    });
    Ok(told.collect::<Vec<_>>().join(", "))
}

fn ago(since: chrono::Duration) -> String {
    match (since.num_days(), since.num_hours(), since.num_minutes()) {
        (0, 0, minutes) => format!("{minutes} minutes ago"),
        (0, hours, _) => format!("{hours} hours ago"),
        (days, ..) => format!("{days} days ago"),
    }
}

async fn waiting(store: &Store) -> Result<String, String> {
    let mut tx = store.read().await.map_err(|e| e.to_string())?;
    let inbox = store::inbox::waiting_count(&mut tx).await.map_err(|e| e.to_string())?;
    let outbox = store::outbox::queued_count(&mut tx).await.map_err(|e| e.to_string())?;
    let aside = store::inbox::quarantined(&mut tx).await.map_err(|e| e.to_string())?;
    let papers =
        store::document::discarded(&mut tx, SystemClock.now(), MOST).await.map_err(|e| e.to_string())?.len();
    Ok(format!(
        "{inbox} messages to answer, {outbox} parts to send, {papers} papers to delete, {aside} letters set aside that are no person's"
    ))
}
