//! How many mails one address gets: whatever answers them, a storm cannot begin. Counted by each server for itself, since
//! its start.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Over how long the two bounds are counted.
const SHORT: Duration = Duration::from_secs(600);
const LONG: Duration = Duration::from_secs(24 * 3600);
/// When so many addresses are remembered, those that got nothing for a day are forgotten.
const REMEMBERED: usize = 10_000;

/// The bounds, and what left.
#[derive(Debug)]
pub(super) struct Caps {
    in_ten_minutes: usize,
    a_day: usize,
    left: Mutex<BTreeMap<Box<str>, Vec<Instant>>>,
}

impl Caps {
    pub(super) fn new(in_ten_minutes: usize, a_day: usize) -> Caps {
        Caps { in_ten_minutes, a_day, left: Mutex::default() }
    }

    /// Counts a mail that leaves now.
    ///
    /// # Errors
    /// How long it must wait instead.
    pub(super) fn take(&self, to: &str, now: Instant) -> Result<(), Duration> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.len() >= REMEMBERED {
            left.retain(|_, times| times.last().is_some_and(|last| now.duration_since(*last) < LONG));
        }
        let times = left.entry(to.into()).or_default();
        times.retain(|time| now.duration_since(*time) < LONG);
        let wait = |most: usize, over: Duration| {
            let oldest = times.len().checked_sub(most).and_then(|at| times.get(at))?;
            over.checked_sub(now.duration_since(*oldest)).filter(|wait| !wait.is_zero())
        };
        match wait(self.in_ten_minutes, SHORT).max(wait(self.a_day, LONG)) {
            Some(wait) => Err(wait),
            None => {
                times.push(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_ends_by_itself() {
        let (caps, begin) = (Caps::new(2, 3), Instant::now());
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert_eq!(caps.take("a", at(0)), Ok(()));
        assert_eq!(caps.take("a", at(10)), Ok(()));
        assert_eq!(caps.take("a", at(20)), Err(Duration::from_secs(580)));
        assert_eq!(caps.take("b", at(20)), Ok(()), "another address");
        assert_eq!(caps.take("a", at(600)), Ok(()));
        assert_eq!(caps.take("a", at(1300)), Err(Duration::from_secs(24 * 3600 - 1300)));
        assert_eq!(caps.take("a", at(24 * 3600)), Ok(()));
    }
}
