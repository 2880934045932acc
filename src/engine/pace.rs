//! How fast parts leave by one channel: in all, to one person, and not at all while the provider wants quiet.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use super::boarding::Gate;
use crate::channel;
use crate::time::Timestamp;

/// So many parts may leave to one person at once, before the seconds are counted.
const AT_ONCE_TO_A_PERSON: u32 = 3;
/// Of the parts of a second so many (one of six) may leave at once; any one second sees no more than all of them.
const A_BURST: u32 = 6;
/// After so many people those who were quiet are forgotten.
const FORGET_ABOVE: usize = 10_000;

/// The pace of one channel.
pub(super) struct Pace {
    all: Option<DefaultDirectRateLimiter>,
    people: Option<RateLimiter<Box<str>, HashMapStateStore<Box<str>>, DefaultClock>>,
    rests_until: Mutex<Timestamp>,
    pub gate: Gate,
}

impl Pace {
    pub(super) fn of(pace: channel::Pace) -> Pace {
        let all = NonZeroU32::new(pace.a_second).map(|a_second| {
            let burst = NonZeroU32::new(a_second.get() / A_BURST).unwrap_or(NonZeroU32::MIN);
            let rest = NonZeroU32::new(a_second.get() - burst.get()).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(Quota::per_second(rest).allow_burst(burst))
        });
        let people = NonZeroU32::new(pace.a_person_second).map(|a_second| {
            let burst = NonZeroU32::new(AT_ONCE_TO_A_PERSON).map_or(a_second, |burst| burst.max(a_second));
            RateLimiter::hashmap(Quota::per_second(a_second).allow_burst(burst))
        });
        Pace { all, people, rests_until: Timestamp::EPOCH.into(), gate: Gate::new() }
    }

    /// Waits until one more part may leave to the person at `path`.
    pub(super) async fn ready(&self, path: &str) {
        if let Some(people) = &self.people {
            if people.len() > FORGET_ABOVE {
                people.retain_recent();
            }
            people.until_key_ready(&path.into()).await;
        }
        if let Some(all) = &self.all {
            all.until_ready().await;
        }
    }

    /// Nothing leaves before then.
    pub(super) fn rest(&self, until: Timestamp) {
        let mut rests_until = self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        *rests_until = until.max(*rests_until);
    }

    /// Until when nothing leaves, if that is not over.
    pub(super) fn rests(&self, now: Timestamp) -> Option<Timestamp> {
        let until = *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        (until > now).then_some(until)
    }
}
