//! The channels that the settings open, and the loops between them and the engine. Adding a channel is one line in
//! [`configured`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{AFTER_FAILURE, IDLE, after_failure, pause, until};
use crate::channel::email::line::Email;
use crate::channel::telegram::Telegram;
use crate::channel::webchat::Webchat;
use crate::channel::whatsapp::WhatsApp;
use crate::channel::{Channel, Delivery, Ingress, Introduction, SendError};
use crate::config::Config;
use crate::engine::{Engine, NotPulled, Worked};
use crate::locale::{Args, Catalogue};
use crate::message::Locale;

/// How many files are fetched at once.
const FETCHES: usize = 4;
/// How many providers are told at once that something was heard.
const ACKNOWLEDGEMENTS: usize = 8;
/// The first and the longest wait before a line is opened again, or asked again, that failed.
const REOPEN: Duration = Duration::from_secs(2);
const REOPEN_MOST: Duration = Duration::from_secs(60);
/// A refused introduction is tried again after this at the soonest: nobody waits for it.
const INTRODUCE_AGAIN: Duration = Duration::from_secs(600);

/// What the bot understands as commands, and the messages that say what each does.
const COMMANDS: [&str; 9] =
    ["start", "help", "menu", "status", "human", "language", "resume", "data", "stop"];

/// The channels that the settings open.
///
/// # Errors
/// When this machine cannot make the connections they need.
pub fn configured(config: &Config) -> anyhow::Result<Vec<Arc<dyn Channel>>> {
    let mut open: Vec<Arc<dyn Channel>> = Vec::new();
    if config.channel.webchat.enabled {
        open.push(Arc::new(Webchat::new()));
    }
    if let Some(telegram) = &config.channel.telegram {
        open.push(Arc::new(Telegram::new(telegram).context("TLS for Telegram")?));
    }
    if let Some(whatsapp) = &config.channel.whatsapp {
        let otherwise = &config.association.default_locale;
        open.push(Arc::new(WhatsApp::new(whatsapp, otherwise).context("TLS for WhatsApp")?));
    }
    if let Some(email) = &config.channel.email {
        open.push(Arc::new(Email::new(email, &config.association)));
    }
    Ok(open)
}

/// How the bot introduces itself in every language, the default one first.
pub fn introductions(config: &Config, words: &Catalogue) -> Vec<Introduction> {
    let association = &config.association;
    let introduction = |locale: &Locale| {
        let name = association.text(&association.name, locale);
        let say =
            |key: String| words.label(locale, &key, &Args::none().text("association", name)).into_owned();
        Introduction {
            locale: locale.clone(),
            name: say("bot-name".into()),
            description: say("bot-description".into()),
            short: say("bot-short".into()),
            commands: COMMANDS.iter().map(|command| (*command, say(format!("command-{command}")))).collect(),
        }
    };
    let default = &association.default_locale;
    let others = words.locales().iter().filter(|locale| *locale != default);
    std::iter::once(default).chain(others).map(introduction).collect()
}

type Loop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Every loop between the engine and its channels.
fn all(engine: &Engine, stopped: &watch::Receiver<bool>) -> Vec<Loop> {
    let mut loops: Vec<Loop> = Vec::new();
    for channel in engine.channels() {
        let (engine, channel, stopped) = (engine.clone(), channel.clone(), stopped.clone());
        if channel.capabilities().delivery == Delivery::Send {
            loops.push(Box::pin(delivery_loop(engine.clone(), channel.clone(), stopped.clone())));
        }
        if channel.ingress() != Ingress::None {
            loops.push(Box::pin(introduction_loop(engine.clone(), channel.clone(), stopped.clone())));
            loops.push(Box::pin(line_loop(engine, channel, stopped)));
        }
    }
    if engine.channels().any(|channel| channel.ingress() != Ingress::None) {
        for _ in 0..FETCHES {
            loops.push(Box::pin(fetch_loop(engine.clone(), stopped.clone())));
        }
        for _ in 0..ACKNOWLEDGEMENTS {
            loops.push(Box::pin(acknowledge_loop(engine.clone(), stopped.clone())));
        }
    }
    loops
}

/// Starts them.
pub(super) fn spawn(into: &mut JoinSet<()>, engine: &Engine, stopped: &watch::Receiver<bool>) {
    for one in all(engine, stopped) {
        into.spawn(one);
    }
}

/// Runs them as one future.
pub(super) fn run(
    engine: &Engine,
    stopped: &watch::Receiver<bool>,
) -> impl Future<Output = ()> + Send + use<> {
    let all = join_all(all(engine, stopped));
    async move {
        all.await;
    }
}

/// Sends what ticks claim for a channel, many parts at once. A stop lets those on their way land, and records them.
async fn delivery_loop(engine: Engine, channel: Arc<dyn Channel>, stopped: watch::Receiver<bool>) {
    let (channel, pace) = (channel.id(), channel.pace());
    let at_once = pace.at_once.max(1);
    let mut flying = FuturesUnordered::new();
    engine.make_room(channel, at_once);
    while !*stopped.borrow() {
        tokio::select! {
            Some(landing) = flying.next() => engine.landed(channel, landing),
            Some(departure) = engine.departure(channel) => flying.push(engine.send(departure)),
            () = until(stopped.clone()) => {}
        }
    }
    let claimed = engine.close(channel).await;
    flying.extend(claimed.into_iter().map(|departure| engine.send(departure)));
    while let Some(landing) = flying.next().await {
        engine.landed(channel, landing);
    }
    while let Err(error) = engine.record_landed(channel).await {
        // If it fails until the end of the stop, their leases run out: they count as unknown.
        tracing::error!(%error, "what was sent is not recorded");
        tokio::time::sleep(AFTER_FAILURE).await;
    }
}

/// Opens the line to a provider, and asks it for what came where it does not post it.
async fn line_loop(engine: Engine, channel: Arc<dyn Channel>, stopped: watch::Receiver<bool>) {
    let url = engine.config().public_url();
    let mut wait = REOPEN;
    while !*stopped.borrow() {
        let Some(opened) = unless_stopped(&stopped, channel.open(&url)).await else { return };
        let Err(error) = opened else { break };
        tracing::error!(channel = %channel.id().as_str(), %error, "a channel could not be opened; see `wasl doctor`");
        pause(&stopped, asked(&error).unwrap_or(wait), std::future::pending()).await;
        wait = (wait * 2).min(REOPEN_MOST);
    }
    if channel.ingress() == Ingress::Pull {
        pull_loop(&engine, &channel, &stopped).await;
    }
    // What opens the line ends with the program: a loop that ends by itself stops it.
    until(stopped).await;
}

async fn pull_loop(engine: &Engine, channel: &Arc<dyn Channel>, stopped: &watch::Receiver<bool>) {
    let mut wait = REOPEN;
    while !*stopped.borrow() {
        match unless_stopped(stopped, engine.pull(channel)).await {
            None => break,
            Some(Ok(Worked::Some)) => wait = REOPEN,
            Some(Ok(Worked::Nothing)) => pause(stopped, IDLE, std::future::pending()).await,
            Some(Err(NotPulled::Provider(error))) => {
                tracing::error!(channel = %channel.id().as_str(), %error, "a provider was asked in vain");
                pause(stopped, asked(&error).unwrap_or(wait), std::future::pending()).await;
                wait = (wait * 2).min(REOPEN_MOST);
            }
            Some(Err(error)) => {
                tracing::error!(channel = %channel.id().as_str(), %error, "what a provider brought was not stored");
                pause(stopped, AFTER_FAILURE, std::future::pending()).await;
            }
        }
    }
    if let Err(error) = engine.pull_no_more().await {
        tracing::warn!(%error, "other servers wait a while before they ask");
    }
}

fn asked(error: &SendError) -> Option<Duration> {
    match error {
        SendError::Later { after, .. } => *after,
        SendError::Rest { after, .. } => Some(*after),
        _ => None,
    }
}

/// What a future gives, unless the stop comes first: then it is dropped.
async fn unless_stopped<T>(stopped: &watch::Receiver<bool>, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        () = until(stopped.clone()) => None,
    }
}

async fn introduction_loop(engine: Engine, channel: Arc<dyn Channel>, stopped: watch::Receiver<bool>) {
    let introductions = introductions(engine.config(), engine.words());
    while !*stopped.borrow() {
        let Some(introduced) = unless_stopped(&stopped, channel.introduce(&introductions)).await else {
            return;
        };
        let Err(error) = introduced else { break };
        tracing::warn!(channel = %channel.id().as_str(), %error, "the bot's name and commands could not be set");
        let wait = asked(&error).unwrap_or_default().max(INTRODUCE_AGAIN);
        pause(&stopped, wait, std::future::pending()).await;
    }
    // Nothing is left to do, and a loop that ends by itself stops the program.
    until(stopped).await;
}

async fn fetch_loop(engine: Engine, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match engine.fetch().await {
            Ok(Worked::Some) => {}
            Ok(Worked::Nothing) => {
                let next = engine.next_fetch().await.ok().flatten();
                let wait =
                    next.map_or(IDLE, |due| due.since(engine.now()).to_std().unwrap_or_default().min(IDLE));
                pause(&stopped, wait.max(Duration::from_millis(10)), engine.fetch_wanted()).await;
            }
            Err(error) => after_failure(&stopped, &error, "a file was not fetched").await,
        }
    }
}

async fn acknowledge_loop(engine: Engine, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if unless_stopped(&stopped, engine.acknowledge()).await.is_none() {
            return;
        }
    }
}
