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
use std::task::Poll;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

thread_local! {
    /// Commands until the process dies; `None` outside of what may die.
    static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
    /// Commands so far, of all that may die.
    static BURNT: Cell<u64> = const { Cell::new(0) };
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
            LEFT.set(Some(if left == NEVER { NEVER } else { left - 1 }));
        }
        None => {}
    }
}

/// How many commands this thread sent so far in what may die.
pub fn burnt() -> u64 {
    BURNT.get()
}

/// A future that may die, and that can be left in the middle.
pub struct Fused<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
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
        Fused { future: Box::pin(future) }
    }

    /// Drives it until it is through, dies after `fuse` commands, or is `held`.
    pub async fn drive(&mut self, fuse: u32, held: impl Fn() -> bool) -> Came<T> {
        let mut left = Some(fuse);
        poll_fn(|cx| {
            LEFT.set(left);
            let polled = catch_unwind(AssertUnwindSafe(|| self.future.as_mut().poll(cx)));
            left = LEFT.take();
            match polled {
                Ok(Poll::Ready(done)) => Poll::Ready(Came::Through(done)),
                Ok(Poll::Pending) if held() => Poll::Ready(Came::Held),
                Ok(Poll::Pending) => Poll::Pending,
                Err(panic) if panic.is::<Died>() => Poll::Ready(Came::Dead),
                Err(panic) => resume_unwind(panic),
            }
        })
        .await
    }
}

/// Runs a future to its end, or to its death after `fuse` commands.
pub async fn run<T>(fuse: u32, future: impl Future<Output = T>) -> Result<T, Died> {
    match Fused::new(future).drive(fuse, || false).await {
        Came::Through(done) => Ok(done),
        Came::Held | Came::Dead => Err(Died),
    }
}

/// What was reported as an error since the last call.
pub fn errors() -> Vec<String> {
    ERRORS.take()
}

/// Counts commands and collects errors, for the thread that it is the default of.
pub struct Watcher;

impl Subscriber for Watcher {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR && metadata.target().starts_with("wasl")
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
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
