//! The composition root: builds everything, starts the loops, stops them in order.

mod channels;
mod key;
mod listen;
mod paced;

use std::future::Future;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use channels::{configured, introductions};

use crate::channel::Channel;
use crate::config::{Config, ConfigError};
use crate::engine::{Engine, Parts, Worked};
use crate::form::{self, Finding, Shelf};
use crate::locale::Catalogue;
use crate::store::{Store, StoreError};
use crate::time::{Clock, SystemClock};
use crate::vault::{Documents, Vault};
use crate::{desk, web};

pub use key::{open_vault, try_vault};

/// How long a loop sleeps when nothing wakes it: a missed nudge costs at most this.
const IDLE: Duration = Duration::from_secs(5);
/// How long a loop waits after the store failed.
const AFTER_FAILURE: Duration = Duration::from_millis(250);

/// Structured logs on standard error, one JSON object a line; filtered by `WASL_LOG`.
///
/// # Errors
/// When `WASL_LOG` is not a level.
pub fn log() -> Result<(), ConfigError> {
    let filter = tracing_subscriber::EnvFilter::new(Config::log_filter()?);
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    // A panic's own text may quote what somebody wrote; its place is enough to find it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
    Ok(())
}

/// The shipped forms and those of `forms.folder`, the latter in place of shipped ones of the same name.
///
/// # Errors
/// When the folder or a file in it cannot be read. Mistakes in forms come as findings in the inner result.
#[allow(clippy::type_complexity)]
pub fn read_forms(config: &Config) -> anyhow::Result<Result<(Shelf, Vec<Finding>), Vec<Finding>>> {
    let mut files: std::collections::BTreeMap<String, String> = form::shipped().into_iter().collect();
    let folder = &config.forms.folder;
    if !folder.as_os_str().is_empty() {
        let entries = std::fs::read_dir(folder)
            .with_context(|| format!("settings: forms.folder = {} cannot be read", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "md") {
                let text = std::fs::read_to_string(&path)
                    .with_context(|| format!("the form {} cannot be read", path.display()))?;
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
                files.insert(name.unwrap_or_default(), text);
            }
        }
    }
    Ok(Shelf::read(&files.into_iter().collect::<Vec<_>>()))
}

/// Everything but the loops and the listener: what tests drive tick by tick.
///
/// # Errors
/// Names what is missing and the remedy.
pub async fn build(config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<Engine> {
    let store = Store::open(&config.store.url).await?;
    let vault = open_vault(&store, &config.vault.key_file).await?;
    let shelf = shelf(&config)?;
    build_with(config, shelf, clock, store, vault, Vec::new()).await
}

/// The forms, or a text that names the first mistake in them.
///
/// # Errors
/// When a form is not right or cannot be read.
pub fn shelf(config: &Config) -> anyhow::Result<Shelf> {
    match read_forms(config)? {
        Ok((shelf, _)) => Ok(shelf),
        Err(findings) => anyhow::bail!(
            "{} mistakes in the forms, the first: {}:{} {}. `wasl check` shows all.",
            findings.len(),
            findings.first().map_or("", |f| f.file.as_str()),
            findings.first().map_or(0, |f| f.line),
            findings.first().map_or("", |f| f.text.as_str()),
        ),
    }
}

/// [`build`] with forms, a store and a vault of the caller's, and channels beside the configured ones.
///
/// # Errors
/// As [`build`].
pub async fn build_with(
    config: Config,
    shelf: Shelf,
    clock: Arc<dyn Clock>,
    store: Store,
    vault: Vault,
    mut channels: Vec<Arc<dyn Channel>>,
) -> anyhow::Result<Engine> {
    let words = Catalogue::shipped(&config.association.default_locale)?;
    channels.extend(channels::configured(&config)?);
    let documents = Documents::local(&config.documents.folder)?;
    Ok(Engine::start(Parts { config, words, shelf, clock, store, vault, documents, channels }).await?)
}

/// The pages: public ones and the desk.
pub fn router(engine: &Engine, stop: watch::Receiver<bool>) -> Router {
    web::router(web::WebState::new(engine.clone(), stop))
        .merge(desk::router(desk::DeskState::new(engine.clone())))
}

/// Runs until it is told to stop (Ctrl-C, SIGTERM), then stops in order: intake, turns, sends, flush.
///
/// # Errors
/// When something it needs is missing; the text says what and the remedy.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let listen = config.server.listen;
    let metrics_listen = config.metrics.listen.clone();
    let recorder = PrometheusBuilder::new().install_recorder().context("the metrics recorder")?;
    let new_key = !config.vault.key_file.exists();
    let engine = build(config, Arc::new(SystemClock)).await?;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("settings: server.listen = {listen} cannot be used. Is another wasl running? Choose another port with WASL_SERVER__LISTEN=127.0.0.1:8081")
    })?;
    // Before the greeting: whoever read it may stop the program at once.
    let stop_asked = asked_to_stop()?;
    greet(&engine, listener.local_addr()?, new_key).await?;
    if !engine.config().association.is_reached_elsewhere() {
        tracing::warn!(
            "who declines is told no other way to you: set association.phone, email, website or address"
        );
    }
    let (stop, stopped) = watch::channel(false);
    let mut loops = JoinSet::new();
    loops.spawn(turn_loop(engine.clone(), stopped.clone()));
    channels::spawn(&mut loops, &engine, &stopped);
    loops.spawn(decision_loop(engine.clone(), stopped.clone()));
    loops.spawn(exchange_loop(engine.clone(), stopped.clone()));
    loops.spawn(upkeep_loop(recorder.clone(), stopped.clone()));
    if !metrics_listen.is_empty() {
        let listener = TcpListener::bind(&metrics_listen)
            .await
            .with_context(|| format!("settings: metrics.listen = {metrics_listen} cannot be used"))?;
        let pages = web::metrics_router(move || recorder.render());
        loops.spawn(serve_pages(listener, pages, stopped.clone()));
    }
    let bound = Duration::from_secs(engine.config().server.shutdown_seconds);
    let mut pages = JoinSet::new();
    pages.spawn(serve_pages(listener, router(&engine, stopped.clone()), stopped));
    let asked = tokio::select! {
        () = stop_asked => true,
        _ = loops.join_next() => false,
        _ = pages.join_next() => false,
    };
    tracing::info!("stopping");
    stop_in_order(&engine, &stop, pages, loops, bound).await;
    anyhow::ensure!(asked, "a part of the server ended by itself (the log says where); start it again");
    Ok(())
}

async fn stop_in_order(
    engine: &Engine,
    stop: &watch::Sender<bool>,
    mut pages: JoinSet<()>,
    mut loops: JoinSet<()>,
    bound: Duration,
) {
    stop.send_replace(true);
    let finish = async {
        // Open requests wait for a tick, so ticks go on until the last request is answered.
        while !pages.is_empty() {
            let _ = tokio::time::timeout(Duration::from_millis(20), pages.join_next()).await;
            drain(engine).await;
        }
        while loops.join_next().await.is_some() {}
        drain(engine).await;
    };
    if tokio::time::timeout(bound, finish).await.is_err() {
        tracing::warn!("not everything was finished in time; what was stored goes on at the next start");
    }
    engine.store().close().await;
    tracing::info!("stopped");
}

async fn drain(engine: &Engine) {
    while matches!(engine.tick().await, Ok(Worked::Some)) {}
    while matches!(engine.deliver().await, Ok(Worked::Some)) {}
}

/// Says where to go, and how the first administrator gets in.
async fn greet(engine: &Engine, listen: std::net::SocketAddr, new_key: bool) -> anyhow::Result<()> {
    let config = engine.config();
    let url =
        if config.server.public_url.is_empty() { format!("http://{listen}") } else { config.public_url() };
    let mut text = format!(
        "wasl is ready.\n\
         \x20 the association and the chat  {url}/\n\
         \x20 the chat alone                {url}/chat\n\
         \x20 the desk, for staff           {url}/desk\n"
    );
    if new_key {
        text.push_str(&format!(
            "The key that seals what people write was made now. Keep a copy of it apart from the database's copies:\n\
             without it nobody can read anything again.\n\
             \x20 {}\n",
            config.vault.key_file.display()
        ));
    }
    if let Some(token) = desk::first_invitation(engine).await? {
        text.push_str(
            "Nobody may enter the desk yet. This link creates the administrator, once, within 24 hours:\n",
        );
        text.push_str(&format!("  {url}/desk/setup/{token}\n"));
    }
    // A server whose standard output nobody reads serves all the same.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// Serves pages until the stop is called.
pub async fn serve_pages(listener: TcpListener, pages: Router, stopped: watch::Receiver<bool>) {
    listen::serve(listener, pages, until(stopped)).await;
}

/// Resolves when the stop was called.
async fn until(mut stopped: watch::Receiver<bool>) {
    // The sender lives as long as the app: an error means the same as the call.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Listens for the stop from now on; what it gives resolves when it came.
#[cfg(unix)]
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Listens for the stop; what it gives resolves when it came.
#[cfg(not(unix))]
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Where nobody can ask for it, the process is simply ended.
        let _ = tokio::signal::ctrl_c().await;
    })
}

async fn turn_loop(engine: Engine, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match engine.tick().await {
            Ok(Worked::Some) => {}
            Ok(Worked::Nothing) => {
                let next = engine.next_timer().await.ok().flatten();
                let wait =
                    next.map_or(IDLE, |due| due.since(engine.now()).to_std().unwrap_or_default().min(IDLE));
                pause(&stopped, wait.max(Duration::from_millis(1)), engine.turn_wanted()).await;
            }
            Err(error) => after_failure(&stopped, &error, "a tick failed").await,
        }
    }
}

async fn decision_loop(engine: Engine, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let round = async {
            if engine.look_for_newer().await? {
                return Ok(());
            }
            engine.take_decisions().await?;
            engine.close_due().await?;
            engine.tell_unread().await?;
            engine.sweep_papers().await?;
            engine.empty_log().await
        };
        match round.await {
            Ok(()) => pause(&stopped, IDLE, std::future::pending()).await,
            Err(error) => {
                after_failure(&stopped, &error, "cases could not be moved").await;
            }
        }
    }
}

/// Keeps the line to other servers on the same database, where there may be any.
async fn exchange_loop(engine: Engine, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        tokio::select! {
            ended = engine.exchange() => {
                if let Err(error) = ended {
                    after_failure(&stopped, &error, "other servers are not heard").await;
                }
            }
            () = until(stopped.clone()) => {}
        }
    }
}

async fn upkeep_loop(recorder: PrometheusHandle, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        recorder.run_upkeep();
        pause(&stopped, IDLE, std::future::pending()).await;
    }
}

/// Waits until work is wanted, at most so long; a stop cuts the wait short (never the work).
async fn pause(stopped: &watch::Receiver<bool>, at_most: Duration, wanted: impl Future<Output = ()>) {
    tokio::select! {
        () = wanted => {}
        () = tokio::time::sleep(at_most) => {}
        () = until(stopped.clone()) => {}
    }
}

async fn after_failure(stopped: &watch::Receiver<bool>, error: &StoreError, what: &'static str) {
    tracing::error!(%error, "{what}");
    pause(stopped, AFTER_FAILURE, std::future::pending()).await;
}

/// The loops of a server that answer people, as one future, for tests that want them without a listener. What the third
/// loop does (decisions, what is over, papers) a test asks the engine for itself: at its own instant, and alone.
pub fn loops(engine: &Engine, stopped: watch::Receiver<bool>) -> impl Future<Output = ()> + Send + use<> {
    let loops = (
        turn_loop(engine.clone(), stopped.clone()),
        channels::run(engine, &stopped),
        exchange_loop(engine.clone(), stopped),
    );
    async move {
        tokio::join!(loops.0, loops.1, loops.2);
    }
}

/// Runs what waits for somebody (a terminal) on a thread of its own, which the end of the program does not wait for.
pub fn beside(work: impl FnOnce() + Send + 'static) {
    std::thread::spawn(work);
}

/// Whether a folder can be written to: for `wasl doctor`.
///
/// # Errors
/// The operating system's own words.
pub fn writable(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let probe = folder.join(".wasl-doctor");
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(probe)
}
