//! Time is an argument, never a call: only [`SystemClock`] reads the machine's clock.
//!
//! A [`Timestamp`] keeps microseconds and no more, because that is what both databases keep: a value
//! that is written and read back is equal to the one that was written.

use std::sync::Mutex;

use chrono::{DateTime, Duration, NaiveDate, SubsecRound, Utc};
use chrono_tz::Tz;
use icu::calendar::{Date, cal::Hijri as HijriCalendar, cal::hijri::UmmAlQura};
use serde::{Deserialize, Serialize};

/// An instant in UTC, to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "DateTime<Utc>", into = "DateTime<Utc>")]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// 1970-01-01T00:00Z.
    pub const EPOCH: Timestamp = Timestamp(DateTime::UNIX_EPOCH);
    /// From a chrono instant; what is finer than a microsecond is dropped.
    pub fn new(at: DateTime<Utc>) -> Self {
        Timestamp(at.trunc_subsecs(6))
    }
    /// Reads RFC 3339 text.
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|at| Timestamp::new(at.with_timezone(&Utc)))
    }
    /// From microseconds since 1970-01-01T00:00Z. `None` outside chrono's range.
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).map(Timestamp)
    }
    /// Microseconds since 1970-01-01T00:00Z: how instants are stored and ordered.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }
    /// As chrono knows it.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }
    /// The calendar day at `zone`.
    pub fn date_in(self, zone: Tz) -> NaiveDate {
        self.0.with_timezone(&zone).date_naive()
    }
    /// ISO 8601 in UTC with seconds and a `Z`: the form that other systems read.
    pub fn iso(self) -> String {
        self.0.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }
    /// Later by `by` (saturating at chrono's last instant).
    pub fn plus(self, by: Duration) -> Self {
        Timestamp(self.0.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC))
    }
    /// Later by whole days of 24 hours.
    pub fn minus(self, by: Duration) -> Self {
        self.plus(-by)
    }
    /// So many days later.
    pub fn plus_days(self, days: u32) -> Self {
        self.plus(Duration::days(i64::from(days)))
    }
    /// The time from `earlier` to this instant; negative if it is later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        self.0 - earlier.0
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Timestamp::new(at)
    }
}
impl From<Timestamp> for DateTime<Utc> {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

/// Where "now" comes from.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // the one place that may ask
    fn now(&self) -> Timestamp {
        Timestamp::new(Utc::now())
    }
}

/// A clock that stands still until it is moved: for tests, `wasl talk` and replays.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        ManualClock(Mutex::new(at))
    }
    /// Moves it forward (or, with a negative duration, back).
    pub fn advance(&self, by: Duration) {
        let mut at = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *at = at.plus(by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A day of the Umm al-Qura calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hijri {
    /// Year after the Hijra.
    pub year: i32,
    /// 1 (Muharram) to 12.
    pub month: u8,
    /// 1 to 30.
    pub day: u8,
}

/// The years for which the Umm al-Qura table is published; outside it the library would silently
/// guess, so we do not ask it.
pub const HIJRI_YEARS: std::ops::RangeInclusive<i32> = 1300..=1600;

impl Hijri {
    /// The Umm al-Qura day of a Gregorian one; `None` outside [`HIJRI_YEARS`].
    pub fn from_gregorian(date: NaiveDate) -> Option<Self> {
        use chrono::Datelike;
        let iso = Date::try_new_iso(date.year(), date.month() as u8, date.day() as u8).ok()?;
        let day = iso.to_calendar(HijriCalendar::<UmmAlQura>::new_umm_al_qura());
        let year = day.year().extended_year();
        HIJRI_YEARS.contains(&year).then(|| Hijri {
            year,
            month: day.month().ordinal,
            day: day.day_of_month().0,
        })
    }

    /// The Gregorian day; `None` when there is no such day in the table.
    pub fn to_gregorian(self) -> Option<NaiveDate> {
        if !HIJRI_YEARS.contains(&self.year) {
            return None;
        }
        let date = Date::try_new_hijri_with_calendar(
            self.year,
            self.month,
            self.day,
            HijriCalendar::<UmmAlQura>::new_umm_al_qura(),
        )
        .ok()?;
        let iso = date.to_calendar(icu::calendar::Iso);
        NaiveDate::from_ymd_opt(
            iso.year().extended_year(),
            u32::from(iso.month().ordinal),
            u32::from(iso.day_of_month().0),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policys_own_date_in_both_calendars() {
        let day = NaiveDate::from_ymd_opt(2020, 9, 15).unwrap();
        let hijri = Hijri { year: 1442, month: 1, day: 27 };
        assert_eq!(Hijri::from_gregorian(day), Some(hijri));
        assert_eq!(hijri.to_gregorian(), Some(day));
    }

    #[test]
    fn outside_the_table_there_is_no_hijri_day() {
        assert_eq!(Hijri::from_gregorian(NaiveDate::from_ymd_opt(1800, 1, 1).unwrap()), None);
        assert_eq!(Hijri { year: 1442, month: 1, day: 31 }.to_gregorian(), None);
        assert_eq!(Hijri { year: 1700, month: 1, day: 1 }.to_gregorian(), None);
    }

    #[test]
    fn instants_survive_their_stored_form() {
        let at = Timestamp::parse("2026-11-22T10:00:00.123456789Z").unwrap();
        assert_eq!(Timestamp::from_micros(at.micros()), Some(at));
        assert_eq!(at.iso(), "2026-11-22T10:00:00Z");
    }
}
