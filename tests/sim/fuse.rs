//! A process that dies at an exact moment.
//!
//! Between two commands to its database a process changes nothing that outlives it, so these are the moments that
//! differ: right before the n-th command, and inside a send. sqlx tells each command's span to the database's thread, and
//! asks the subscriber of the *calling* thread for it: there the commands are counted, whatever the other thread's pace,
//! and there the future is unwound. A drop at the n-th `Pending` (as in `tests/it/crash`) hits more places inside of sqlx;
//! this hits the same one each time.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

thread_local! {
    /// Commands until the process dies; `None` outside of what may die.
    static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
    /// Commands so far, of all that may die.
    static BURNT: Cell<u64> = const { Cell::new(0) };
    /// Whether what runs is to wait before each transaction but its first.
    static PAUSES: Cell<bool> = const { Cell::new(false) };
    /// Transactions that are open, and how many commands there were when the newest began.
    static OPEN: Cell<(u32, u64)> = const { Cell::new((0, 0)) };
    /// What was reported as an error since it was last asked for.
    static ERRORS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Enough for anything: it never burns down.
pub const NEVER: u32 = u32::MAX;

/// The process died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Died;

/// Dies here, if this runs in something that may die.
pub fn die() {
    if LEFT.take().is_some() {
        resume_unwind(Box::new(Died));
    }
}

fn burn() {
    match LEFT.get() {
        Some(0) => die(),
        Some(left) => {
            BURNT.set(BURNT.get() + 1);
            if PAUSES.get() {
                exhaust_budget();
            }
            LEFT.set(Some(if left == NEVER { NEVER } else { left - 1 }));
        }
        None => {}
    }
}

/// How many commands this thread sent so far in what may die.
pub fn burnt() -> u64 {
    BURNT.get()
}

/// How many transactions are open in what runs.
pub fn open() -> u32 {
    OPEN.get().0
}

/// Whether no transaction has begun, or the only one waits for its connection still: here another process may work.
fn is_between(transactions: (u32, u64)) -> bool {
    transactions.0 == 0 || (transactions.0 == 1 && transactions.1 == BURNT.get())
}

/// A future that may die, and that can be left in the middle.
pub struct Fused<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    /// Its own transactions, while it is left.
    open: (u32, u64),
}

/// How far a future came.
pub enum Came<T> {
    Through(T),
    /// It waits for something that only the test gives.
    Held,
    Dead,
}

impl<'a, T> Fused<'a, T> {
    pub fn new(future: impl Future<Output = T> + 'a) -> Fused<'a, T> {
        Fused { future: Box::pin(future), open: (0, 0) }
    }

    /// Drives it until it is through, dies after `fuse` commands, is `held`, or has sent `pause` commands and stands
    /// between two transactions.
    pub async fn drive(&mut self, fuse: u32, pause: u32, held: impl Fn() -> bool) -> Came<T> {
        let (mut left, begun) = (Some(fuse), BURNT.get());
        let others = OPEN.replace(self.open);
        let (mut seen, mut tries) = (begun, 0);
        let pauses = || BURNT.get() - begun >= u64::from(pause);
        let came = poll_fn(|cx| {
            // So that the next transaction waits for its connection, be there one or not.
            if pause != NEVER && !is_between(OPEN.get()) && tries < TRIES {
                exhaust_budget();
            }
            PAUSES.set(pause != NEVER);
            LEFT.set(left);
            let polled = catch_unwind(AssertUnwindSafe(|| self.future.as_mut().poll(cx)));
            left = LEFT.take();
            PAUSES.set(false);
            tries = if BURNT.get() == seen { tries + 1 } else { 0 };
            seen = BURNT.get();
            match polled {
                Ok(Poll::Ready(done)) => Poll::Ready(Came::Through(done)),
                Ok(Poll::Pending) if held() || (pauses() && is_between(OPEN.get())) => {
                    Poll::Ready(Came::Held)
                }
                Ok(Poll::Pending) => Poll::Pending,
                Err(panic) if panic.is::<Died>() => Poll::Ready(Came::Dead),
                Err(panic) => resume_unwind(panic),
            }
        })
        .await;
        self.open = OPEN.replace(others);
        if pause != NEVER {
            // Whoever comes next has a budget again.
            tokio::task::yield_now().await;
        }
        came
    }
}

/// How often a future is asked without budget and sends no command before it is asked with some.
const TRIES: u32 = 8;

/// Spends what the runtime grants a task before it must let others work: whatever it asks the runtime for, it waits.
fn exhaust_budget() {
    let nobody = &mut Context::from_waker(Waker::noop());
    // A budget is 128; outside of a task there is none, and no end.
    for _ in 0..256 {
        match tokio::task::coop::poll_proceed(nobody) {
            Poll::Ready(granted) => granted.made_progress(),
            Poll::Pending => return,
        }
    }
}

/// Runs a future to its end, or to its death after `fuse` commands.
pub async fn run<T>(fuse: u32, future: impl Future<Output = T>) -> Result<T, Died> {
    match Fused::new(future).drive(fuse, NEVER, || false).await {
        Came::Through(done) => Ok(done),
        Came::Held | Came::Dead => Err(Died),
    }
}

/// What was reported as an error since the last call.
pub fn errors() -> Vec<String> {
    ERRORS.take()
}

/// Counts commands and transactions, and collects errors, for the thread that it is the default of.
pub struct Watcher;

impl Subscriber for Watcher {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let wanted = if metadata.is_span() {
            metadata.name() == "transaction"
        } else {
            *metadata.level() == Level::ERROR
        };
        wanted && metadata.target().starts_with("wasl")
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        OPEN.set((OPEN.get().0 + 1, BURNT.get()));
        Id::from_u64(1)
    }
    fn try_close(&self, _: Id) -> bool {
        let (open, begun) = OPEN.get();
        OPEN.set((open.saturating_sub(1), begun));
        true
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        ERRORS.with_borrow_mut(|errors| errors.push(text.0));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
    fn current_span(&self) -> tracing_core::span::Current {
        burn();
        tracing_core::span::Current::none()
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!("{}={value:?} ", field.name()));
    }
}
