//! `wasl talk`: the same engine in a terminal; nothing is kept.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use super::transcript::{Player, replay, shown};
use crate::app;
use crate::config::Config;
use crate::form::Form;
use crate::locale::Catalogue;
use crate::message::{Locale, Part};
use crate::time::SystemClock;

pub(super) const EXAMPLES: &str = "\
Example: wasl talk --lang ar
         wasl talk --record story.txt
         wasl talk --replay story.txt

Write a line and press Enter. [English] presses the button of that name, !paper.png sends a file.";

#[derive(Args)]
pub(super) struct Talk {
    /// The language your channel would hint at.
    #[arg(long)]
    lang: Option<String>,
    /// Write the conversation into this file, as a transcript that can be replayed.
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    record: Option<PathBuf>,
    /// Play a transcript, and show where the bot now says something else.
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
}

pub(super) async fn run(talk: Talk, config: Config) -> anyhow::Result<ExitCode> {
    if let Some(file) = &talk.replay {
        return compare(file, config).await;
    }
    let hint = talk.lang.as_deref().map(Locale::parse).transpose()?;
    let opening = format!(
        "@ opens {}",
        hint.as_ref().map_or(config.association.default_locale.as_str(), |l| l.as_str())
    );
    let clock = Arc::new(SystemClock);
    let mut record = Record::to(talk.record)?;
    let shelf = app::shelf(&config)?;
    let mut player = Player::start(config, shelf, clock, "talk").await?;
    record.line(&format!("@ at {}", player.now().iso()))?;
    record.line(&opening)?;
    let parts = player.open(hint).await?;
    record.parts(&parts)?;
    converse(&mut player, &mut record).await?;
    Ok(ExitCode::SUCCESS)
}

/// Plays one form: it takes the complaint's place, and the way there is walked silently.
pub(super) async fn play(form: Form, lang: &str, config: Config) -> anyhow::Result<ExitCode> {
    let locale = language(&form, lang, &config)?;
    let mut shelf = app::shelf(&config)?;
    shelf.replace("complaint", form);
    let mut player = Player::start(config, shelf, Arc::new(SystemClock), "form").await?;
    player.open(Some(locale.clone())).await?;
    for line in [locale.as_str(), "1"] {
        player.says(line).await?;
    }
    let parts = player.complains().await?;
    let mut record = Record(None);
    record.parts(&parts)?;
    converse(&mut player, &mut record).await?;
    Ok(ExitCode::SUCCESS)
}

/// The language to play in: both the form and the bot's own words must have it.
fn language(form: &Form, lang: &str, config: &Config) -> anyhow::Result<Locale> {
    let words = Catalogue::shipped(&config.association.default_locale)?;
    let both: Vec<&Locale> = words.locales().iter().filter(|l| form.locales.contains(l)).collect();
    let names: Vec<&str> = both.iter().map(|l| l.as_str()).collect();
    let asked = Locale::parse(lang).ok().filter(|asked| both.contains(&asked));
    asked.with_context(|| {
        format!("{lang:?} is no language of both the form and the bot; these are: {}", names.join(", "))
    })
}

/// Until the input ends, or Ctrl-C: either way the player is dropped in order, and what was said with it.
async fn converse(player: &mut Player, record: &mut Record) -> anyhow::Result<()> {
    let mut lines = terminal();
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(line) = line else { break };
        let line = line.context("the terminal cannot be read")?;
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        match player.says(line).await {
            Ok(parts) => {
                record.line(&format!("> {line}"))?;
                record.parts(&parts)?;
            }
            Err(error) => println!("({error:#})"),
        }
    }
    Ok(())
}

/// The lines that are typed. They are read beside the conversation: a wait for the next line must not keep a signal
/// waiting.
fn terminal() -> tokio::sync::mpsc::Receiver<std::io::Result<String>> {
    let (typed, lines) = tokio::sync::mpsc::channel(1);
    app::beside(move || {
        for line in std::io::stdin().lock().lines() {
            if typed.blocking_send(line).is_err() {
                break;
            }
        }
    });
    lines
}

async fn compare(file: &PathBuf, config: Config) -> anyhow::Result<ExitCode> {
    let recorded =
        std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let now = replay(&recorded, config, "replay").await?;
    if now == recorded {
        println!("{}: the bot says the same", file.display());
        return Ok(ExitCode::SUCCESS);
    }
    for (n, (was, is)) in
        recorded.lines().zip(now.lines()).enumerate().filter(|(_, (was, is))| was != is).take(1)
    {
        println!("{}:{}: was: {was}", file.display(), n + 1);
        println!("{}:{}: is:  {is}", file.display(), n + 1);
    }
    println!(
        "{}: the bot says something else ({} lines before, {} now)",
        file.display(),
        recorded.lines().count(),
        now.lines().count()
    );
    Ok(ExitCode::FAILURE)
}

/// Prints, and writes a transcript where one is wanted.
struct Record(Option<std::fs::File>);

impl Record {
    fn to(file: Option<PathBuf>) -> anyhow::Result<Record> {
        let open = |file: PathBuf| {
            std::fs::File::create(&file).with_context(|| format!("{} cannot be written", file.display()))
        };
        Ok(Record(file.map(open).transpose()?))
    }
    fn line(&mut self, line: &str) -> anyhow::Result<()> {
        if let Some(file) = &mut self.0 {
            writeln!(file, "{line}").context("the transcript cannot be written")?;
        }
        Ok(())
    }
    fn parts(&mut self, parts: &[Part]) -> anyhow::Result<()> {
        for part in parts {
            let text = shown(part);
            print!("{text}");
            self.line(text.trim_end_matches('\n'))?;
        }
        std::io::stdout().flush().context("the terminal cannot be written")
    }
}
