//! A conversation as text: what the person writes, what they read, and what staff does in between.
//!
//! ```text
//! # A comment.
//! @ at 2026-11-22T09:00:00Z          the clock stands there (first line)
//! > hello                            the person writes; `> [English]` presses that button; `> !paper.png` sends a picture
//! bot: Peace be upon you.            what they read, more lines indented by two spaces
//!   [English] [العربية]              the buttons
//! @ days 15                          time passes
//! @ officer checks                   the officer finds everything in order; also: returns <question>: <reason>,
//!                                    hands over, accepts <reason>, rejects <reason>, appeals <reason>, registers,
//!                                    delivers, closes, takes over, says <words>, hands back
//! ```
//!
//! [`replay`] plays the `>` and `@` lines and gives the whole text as it is now: equal to the file, or a difference
//! to look at.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context, bail};
use bytes::Bytes;
use chrono::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::app;
use crate::case::{Action, Check, Role};
use crate::channel::terminal::Terminal;
use crate::config::Config;
use crate::engine::{Engine, Staff, Worked};
use crate::form::Shelf;
use crate::message::{
    Address, Body, CaseId, ChannelId, Choice, Inbound, Locale, Part, PersonId, Speaker, StaffId, derive_id,
};
use crate::store::{self, Store};
use crate::time::{Clock, ManualClock, Timestamp};
use crate::vault::Vault;

/// A picture of one white pixel: what `> !name.png` sends.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0,
    0, 1, 8, 0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 0x0A, b'I', b'D', b'A', b'T', 0x78, 0x9C, 0x63,
    0xF8, 0x0F, 0, 1, 1, 1, 0, 0x1B, 0xB6, 0xEE, 0x56, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xAE, 0x42, 0x60,
    0x82,
];
/// Two parts of one turn, at the most so many before the reader takes them out.
const QUEUE: usize = 64;

/// A bot of its own in a folder of its own, with one person at the terminal; gone when dropped.
pub struct Player {
    engine: Engine,
    parts: mpsc::Receiver<Part>,
    address: Address,
    officer: Staff,
    said: usize,
    pressed: usize,
    choices: Vec<Choice>,
    _folder: TempDir,
}

impl Player {
    /// Starts the bot with these forms. `name` tells apart players that run at the same time.
    ///
    /// # Errors
    /// When the temporary folder or the store in it cannot be made.
    pub async fn start(
        mut config: Config,
        shelf: Shelf,
        clock: Arc<dyn Clock>,
        name: &str,
    ) -> anyhow::Result<Player> {
        let folder = tempfile::Builder::new()
            .prefix(&format!("wasl-{name}-"))
            .tempdir()
            .context("the folder for temporary files")?;
        config.documents.folder = folder.path().join("documents");
        config.server.public_url = "http://wasl.test".into();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("talk.db").display())).await?;
        let vault = Vault::from_bytes([7; 32]);
        let (sender, parts) = mpsc::channel(QUEUE);
        let engine =
            app::build_with(config, shelf, clock, store, vault, vec![Arc::new(Terminal::new(sender))])
                .await?;
        let officer = Staff {
            id: StaffId(derive_id(&["staff", "officer"])),
            name: "officer".into(),
            role: Role::Officer,
        };
        let address = Address { channel: ChannelId::new("terminal"), path: "you".into() };
        Ok(Player {
            engine,
            parts,
            address,
            officer,
            said: 0,
            pressed: 0,
            choices: Vec::new(),
            _folder: folder,
        })
    }

    /// The bot's present time.
    pub fn now(&self) -> Timestamp {
        self.engine.now()
    }

    /// The person opens the chat.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(&mut self, hint: Option<Locale>) -> anyhow::Result<Vec<Part>> {
        self.send(Body::Start { hint }).await
    }

    /// The person writes a line: words, `[a button's label]`, or `!file` (a file of this machine, or the built-in
    /// picture under that name).
    ///
    /// # Errors
    /// When there is no such button, the file is not taken, or the store fails.
    pub async fn says(&mut self, line: &str) -> anyhow::Result<Vec<Part>> {
        let body = if let Some(label) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            let found = self.choices.iter().find(|choice| choice.label == label);
            Body::Choice(found.with_context(|| format!("no button [{label}] is offered"))?.token.clone())
        } else if let Some(file) = line.strip_prefix('!') {
            let bytes = std::fs::read(file).map_or_else(|_| Bytes::from_static(PIXEL), Bytes::from);
            Body::Media(self.engine.keep_document(&self.address, file, bytes).await?)
        } else {
            Body::Text(line.to_owned())
        };
        self.send(body).await
    }

    async fn send(&mut self, body: Body) -> anyhow::Result<Vec<Part>> {
        self.said += 1;
        let inbound = Inbound {
            from: self.address.clone(),
            external_id: self.said.to_string().into(),
            sent_at: self.engine.now(),
            body,
        };
        let engine = self.engine.clone();
        let received = tokio::join!(engine.receive(inbound), async {
            // One tick stores it; the sender waits for that commit.
            tokio::task::yield_now().await;
            engine.tick().await
        });
        received.0?;
        received.1?;
        self.settle().await
    }

    /// The person leads themselves from the menu to the complaint's form.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn complains(&mut self) -> anyhow::Result<Vec<Part>> {
        self.press(2).await?;
        self.press(1).await
    }

    /// Presses the n-th button that is offered, counted from 0.
    async fn press(&mut self, n: usize) -> anyhow::Result<Vec<Part>> {
        let choice = self.choices.get(n).context("no such button is offered")?;
        self.send(Body::Choice(choice.token.clone())).await
    }

    /// Lets everything happen that is due, and gives what was read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn settle(&mut self) -> anyhow::Result<Vec<Part>> {
        let mut read = Vec::new();
        loop {
            let turned = self.engine.tick().await?;
            let mut sent = false;
            while self.engine.deliver().await? == Worked::Some {
                sent = true;
                while let Ok(part) = self.parts.try_recv() {
                    read.push(part);
                }
            }
            if turned == Worked::Nothing && !sent {
                break;
            }
        }
        if let Some(last) = read.iter().rev().find(|part| !part.choices.is_empty()) {
            self.choices.clone_from(&last.choices);
        }
        Ok(read)
    }

    async fn officer(&mut self, words: &str) -> anyhow::Result<()> {
        let (case, person) = self.newest_case().await?;
        let (engine, officer) = (self.engine.clone(), self.officer.clone());
        self.pressed += 1;
        let press = self.pressed.to_string();
        let reason = |verb: &str| words.strip_prefix(verb).unwrap_or_default().trim().to_owned();
        let action = match words.split_whitespace().next().unwrap_or_default() {
            "checks" => {
                let opened = engine.open_case(&officer, case).await?;
                Action::Check {
                    results: opened.case.asked.into_iter().map(|q| (q, Check::Matched)).collect(),
                }
            }
            "returns" => {
                let rest = reason("returns");
                let (question, why) = rest.split_once(':').context("write: returns <question>: <reason>")?;
                let results = [(question.trim().into(), Check::Missing(why.trim().to_owned()))].into();
                engine.act(&officer, case, Action::Check { results }).await?;
                Action::Return
            }
            "hands" if words.ends_with("over") => Action::HandToCommittee,
            "hands" => return Ok(engine.hand_back(&officer, person, &press).await?),
            "accepts" => Action::Accept { reason: reason("accepts"), early: None },
            "rejects" => Action::Reject { reason: reason("rejects"), early: None },
            "appeals" => Action::Appeal { reason: reason("appeals") },
            "registers" => Action::Register,
            "delivers" => Action::Deliver,
            "closes" => Action::Close,
            "takes" => return Ok(engine.take_over(&officer, person, &press).await?),
            "says" => return Ok(engine.say(&officer, person, &press, &reason("says")).await?),
            other => bail!("an officer cannot {other:?}"),
        };
        Ok(engine.act(&officer, case, action).await?)
    }

    async fn newest_case(&self) -> anyhow::Result<(CaseId, PersonId)> {
        let mut tx = self.engine.store().read().await?;
        let person = PersonId::of(&self.address);
        let cases = store::case::of_person(&mut tx, person).await?;
        // Without a case there is still the conversation to take over.
        Ok((cases.first().map_or(CaseId(person.0), |row| row.id), person))
    }
}

/// One part as the transcript writes it.
pub fn shown(part: &Part) -> String {
    let who = match part.from {
        Speaker::Bot => "bot",
        Speaker::Staff => "staff",
        Speaker::You => "you",
    };
    let mut text = format!("{who}: {}\n", part.text.trim_end().replace('\n', "\n  "));
    if !part.choices.is_empty() {
        let labels: Vec<String> = part.choices.iter().map(|choice| format!("[{}]", choice.label)).collect();
        let _ = writeln!(text, "  {}", labels.join(" "));
    }
    text
}

/// Plays a transcript and gives it back as it reads now.
///
/// # Errors
/// Names the line that cannot be played.
pub async fn replay(transcript: &str, config: Config, name: &str) -> anyhow::Result<String> {
    let at = transcript
        .lines()
        .find_map(|line| line.strip_prefix("@ at "))
        .and_then(|text| Timestamp::parse(text.trim()))
        .context("a transcript says when it begins: `@ at 2026-11-22T09:00:00Z`")?;
    let clock = Arc::new(ManualClock::at(at));
    let shelf = app::shelf(&config)?;
    let mut player = Player::start(config, shelf, clock.clone(), name).await?;
    let mut now = String::new();
    for (n, line) in transcript.lines().enumerate() {
        let comes =
            play_line(&mut player, &clock, line).await.with_context(|| format!("line {}: {line}", n + 1))?;
        let Some(parts) = comes else { continue };
        let _ = writeln!(now, "{line}");
        for part in parts {
            now.push_str(&shown(&part));
        }
    }
    Ok(now)
}

/// `None` for lines that the replay writes itself.
async fn play_line(
    player: &mut Player,
    clock: &ManualClock,
    line: &str,
) -> anyhow::Result<Option<Vec<Part>>> {
    if line.is_empty() || line.starts_with('#') || line.starts_with("@ at ") {
        return Ok(Some(Vec::new()));
    }
    if let Some(said) = line.strip_prefix("> ") {
        return player.says(said).await.map(Some);
    }
    let Some(directive) = line.strip_prefix("@ ") else { return Ok(None) };
    if let Some(days) = directive.strip_prefix("days ") {
        clock.advance(Duration::days(days.trim().parse().context("a number of days")?));
    } else if let Some(hint) = directive.strip_prefix("opens ") {
        return player.open(Some(Locale::parse(hint)?)).await.map(Some);
    } else if let Some(words) = directive.strip_prefix("officer ") {
        player.officer(words.trim()).await?;
    } else {
        bail!("no such direction");
    }
    player.settle().await.map(Some)
}
