//! What stands between us and people's phones: two providers that keep state and refuse what providers refuse. One shows
//! a part twice that is sent twice, one drops what it knows the key of. Everything that they did is on record.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use wasl::channel::webchat::Webchat;
use wasl::channel::{BoxFuture, Capabilities, Channel, Delivery, Repeat, SendError, Sent, Shares};
use wasl::message::{Address, ChannelId, OutboxId, Part};
use wasl::time::{Clock, ManualClock, Timestamp};

use super::fuse;
use super::rng::Rng;
use super::weather::Weather;

/// What became of a send, as only the provider knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrived, and we were told.
    Sent,
    /// It arrived, and the answer was lost.
    Unanswered,
    /// It was lost, and nobody said so.
    Lost,
    /// Not now: come again, not before that instant.
    Busy(Timestamp),
    /// The provider is broken.
    Broken,
    /// This part is never taken.
    Never,
    /// The person blocked us.
    Gone,
    /// Our process died before it arrived.
    DiedBefore,
    /// … after it arrived.
    DiedAfter,
    /// It is still under way; it arrived. Replaced when it comes to an end.
    Slow,
}

/// One call of [`Channel::send`].
#[derive(Debug, Clone)]
pub struct Attempt {
    pub key: String,
    pub path: String,
    pub at: Timestamp,
    pub bulk: bool,
    pub fate: Fate,
    /// The person blocked us, we were told, and neither heard of them nor reached them since.
    pub told_gone: bool,
    /// An earlier attempt was still under way, and its lease over: the clock was set meanwhile.
    pub overlaps: bool,
    /// Our process died before it wrote down what became of it.
    pub unrecorded: bool,
}

impl Attempt {
    /// Whether nobody on our side can know whether it arrived.
    pub fn is_ambiguous(&self) -> bool {
        self.overlaps
            || (self.unrecorded && !matches!(self.fate, Fate::Gone | Fate::Never))
            || matches!(self.fate, Fate::Unanswered | Fate::Lost | Fate::DiedBefore | Fate::DiedAfter)
    }
}

/// A part as it came to a phone.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub key: String,
    pub part: Part,
}

#[derive(Default, Clone)]
struct Record {
    attempts: Vec<Attempt>,
    phones: BTreeMap<String, Vec<Arrived>>,
    /// How much each phone showed when its person was forgotten.
    old: BTreeMap<String, usize>,
    blocked: BTreeSet<String>,
    /// Who blocked us, and we were told so, and neither heard of them nor reached them since.
    told: BTreeSet<String>,
    down: bool,
    /// Whether anything was ever sent while a transaction was open.
    in_transaction: bool,
    /// Attempts that are held, by their places.
    held: BTreeSet<usize>,
}

/// Both providers, and the phones behind them.
pub struct Provider {
    record: Mutex<Record>,
    chance: Mutex<(Rng, Weather)>,
    clock: Arc<ManualClock>,
}

/// How long a part is in one sender's hands, in seconds.
const LEASE: i64 = 60;
/// More parts than this to one phone within a second are too many.
const PER_SECOND: usize = 3;

impl Provider {
    pub fn new(rng: Rng, weather: Weather, clock: Arc<ManualClock>) -> Arc<Provider> {
        Arc::new(Provider { record: Mutex::default(), chance: Mutex::new((rng, weather)), clock })
    }

    /// The same providers in another world.
    pub fn again(&self, clock: Arc<ManualClock>) -> Arc<Provider> {
        let chance = (Rng::new(0), Weather::calm());
        Arc::new(Provider { record: Mutex::new(self.record().clone()), chance: Mutex::new(chance), clock })
    }

    /// The channels as an engine is given them: one that is read, and the two that are sent to.
    pub fn channels(self: &Arc<Self>) -> Vec<Arc<dyn Channel>> {
        let can = |text, buttons, button_label, repeat| Capabilities {
            delivery: Delivery::Send,
            text,
            buttons,
            button_label,
            repeat,
            page: None,
            shares: Shares::Nothing,
            ticks: true,
            opens: false,
            costs: false,
            window: None,
            private: true,
        };
        let post = can(400, 3, 20, Repeat::Doubles);
        let wire = can(4096, 30, 200, Repeat::Deduplicated);
        let line = |name: &str, can| -> Arc<dyn Channel> {
            Arc::new(Line { id: ChannelId::new(name), can, provider: self.clone() })
        };
        vec![Arc::new(Webchat::new()), line("post", post), line("wire", wire)]
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        // A process that dies while it sends unwinds through here.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn attempts(&self) -> Vec<Attempt> {
        self.record().attempts.clone()
    }

    /// Who reads at that phone is somebody new to us: what it shows from before is nothing they go on from.
    pub fn forgets_whom(&self, path: &str) {
        let record = &mut *self.record();
        let seen = record.phones.get(path).map_or(0, Vec::len);
        record.old.insert(path.to_owned(), seen);
    }

    /// How many sends there were.
    pub fn count(&self) -> usize {
        self.record().attempts.len()
    }

    /// The sends from that place on.
    pub fn attempts_from(&self, place: usize) -> Vec<Attempt> {
        self.record().attempts[place..].to_vec()
    }

    /// What a phone shows since its person was forgotten last.
    pub fn phone(&self, path: &str) -> Vec<Arrived> {
        let record = self.record();
        let old = record.old.get(path).copied().unwrap_or_default();
        record.phones.get(path).map(|phone| phone[old..].to_vec()).unwrap_or_default()
    }

    pub fn phones(&self) -> BTreeMap<String, Vec<Arrived>> {
        self.record().phones.clone()
    }

    /// The weather clears: everything is taken from now on.
    pub fn clears(&self) {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).1 = Weather::calm();
        let mut record = self.record();
        record.down = false;
        record.blocked.clear();
    }

    pub fn cut(&self, down: bool) {
        self.record().down = down;
    }

    pub fn block(&self, path: &str, blocked: bool) {
        let mut record = self.record();
        if blocked {
            record.blocked.insert(path.to_owned());
        } else {
            record.blocked.remove(path);
        }
    }

    /// Who writes to us has not blocked us.
    pub fn hears_from(&self, path: &str) {
        let mut record = self.record();
        record.blocked.remove(path);
        record.told.remove(path);
    }

    pub fn was_sent_in_a_transaction(&self) -> bool {
        self.record().in_transaction
    }

    /// How many sends are held.
    pub fn held(&self) -> usize {
        self.record().held.len()
    }

    /// Lets the held send at that place come to its end.
    pub fn release(&self, place: usize) {
        self.record().held.remove(&place);
    }

    /// The process died before it wrote down what became of that attempt.
    pub fn forgets(&self, place: usize) {
        let record = &mut *self.record();
        let Some(attempt) = record.attempts.get_mut(place) else { return };
        attempt.unrecorded = true;
        if attempt.fate == Fate::Gone && !attempt.told_gone {
            record.told.remove(&attempt.path);
        }
    }

    /// A process died: the send at that place, held in it, is on its way, and nobody will hear of it.
    pub fn process_died(&self, place: usize) {
        let mut record = self.record();
        record.held.remove(&place);
        if let Some(attempt) = record.attempts.get_mut(place).filter(|attempt| attempt.fate == Fate::Slow) {
            attempt.fate = Fate::DiedAfter;
        }
    }

    fn decide(&self, path: &str, at: Timestamp) -> (Fate, bool) {
        let (rng, weather) = &mut *self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        let record = self.record();
        let just_now = |a: &&Attempt| a.path == path && at.since(a.at).num_seconds() == 0;
        let lately = record.attempts.iter().rev().take(50).filter(just_now).count();
        let slow = rng.chance(weather.slow);
        let fate = if record.down {
            if rng.chance(500) { Fate::Lost } else { Fate::Broken }
        } else if record.blocked.contains(path) {
            Fate::Gone
        } else if (lately >= PER_SECOND && weather.busy > 0) || rng.chance(weather.busy / 2) {
            Fate::Busy(at.plus(chrono::Duration::seconds(rng.between(1, 900))))
        } else if rng.chance(weather.busy / 2) {
            Fate::Broken
        } else if rng.chance(weather.unknown) {
            if rng.chance(500) { Fate::Unanswered } else { Fate::Lost }
        } else if rng.chance(weather.never) {
            Fate::Never
        } else if rng.chance(weather.crash) {
            if rng.chance(500) { Fate::DiedBefore } else { Fate::DiedAfter }
        } else {
            Fate::Sent
        };
        (fate, slow && fate == Fate::Sent)
    }

    /// One call, from its arrival to what is answered. `None`: nothing yet, it is held at that place.
    fn takes(&self, to: &Address, part: &Part, key: &OutboxId, repeat: Repeat) -> Taken {
        let at = self.clock.now();
        let (fate, slow) = self.decide(&to.path, at);
        let mut record = self.record();
        let bulk = matches!(part.purpose, wasl::message::Purpose::Reminder | wasl::message::Purpose::Survey);
        let (key, path) = (key.0.clone(), to.path.to_string());
        let told_gone = record.told.contains(&path);
        match fate {
            Fate::Gone => drop(record.told.insert(path.clone())),
            // What is taken again tells that the block is over.
            Fate::Sent => drop(record.told.remove(&path)),
            _ => {}
        }
        if matches!(fate, Fate::Sent | Fate::Unanswered | Fate::DiedAfter) {
            let phone = record.phones.entry(path.clone()).or_default();
            let known = repeat == Repeat::Deduplicated && phone.iter().any(|a| a.key == key);
            if !known {
                phone.push(Arrived { key: key.clone(), part: part.clone() });
            }
        }
        let lease = chrono::Duration::seconds(LEASE);
        let overlaps =
            record.attempts.iter().any(|a| a.key == key && a.fate == Fate::Slow && at.since(a.at) >= lease);
        let place = record.attempts.len();
        let noted = if slow { Fate::Slow } else { fate };
        record.attempts.push(Attempt {
            key,
            path,
            at,
            bulk,
            fate: noted,
            told_gone,
            overlaps,
            unrecorded: false,
        });
        record.in_transaction |= fuse::open() > 0;
        if slow {
            record.held.insert(place);
            return Taken::Held(place);
        }
        Taken::At(fate)
    }
}

enum Taken {
    At(Fate),
    Held(usize),
}

/// One of the providers.
struct Line {
    id: ChannelId,
    can: Capabilities,
    provider: Arc<Provider>,
}

impl Channel for Line {
    fn id(&self) -> &ChannelId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.can
    }

    fn send<'a>(
        &'a self,
        to: &'a Address,
        part: &'a Part,
        key: &'a OutboxId,
    ) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(async move {
            let fate = match self.provider.takes(to, part, key, self.can.repeat) {
                Taken::At(fate) => fate,
                Taken::Held(place) => {
                    poll_fn(|_| match self.provider.record().held.contains(&place) {
                        true => Poll::Pending,
                        false => Poll::Ready(()),
                    })
                    .await;
                    self.provider.record().attempts[place].fate = Fate::Sent;
                    Fate::Sent
                }
            };
            let cause = || "weather".to_owned();
            let unknown = Err(SendError::Unknown { cause: cause() });
            match fate {
                Fate::DiedBefore | Fate::DiedAfter => {
                    fuse::die();
                    unknown
                }
                Fate::Sent | Fate::Slow => Ok(Sent { provider_id: "p".into() }),
                Fate::Unanswered | Fate::Lost => unknown,
                Fate::Busy(after) => {
                    let wait = after.since(self.provider.clock.now()).num_milliseconds().max(0) as u64;
                    Err(SendError::Later { after: Some(Duration::from_millis(wait)), cause: cause() })
                }
                Fate::Broken => Err(SendError::Later { after: None, cause: cause() }),
                Fate::Never => Err(SendError::Never { cause: cause() }),
                Fate::Gone => Err(SendError::Gone),
            }
        })
    }
}
