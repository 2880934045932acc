//! When a survey may be asked: after the service, not too often, and never at night.

use chrono::{Duration, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::config::Policy;
use crate::time::Timestamp;

/// When the survey about a case delivered at `delivered` may be asked: after `policy.survey_after_hours`, and
/// never in quiet hours (then at their end).
pub fn ask_at(delivered: Timestamp, zone: Tz, policy: &Policy) -> Timestamp {
    awake(delivered.plus(Duration::hours(i64::from(policy.survey_after_hours))), zone, policy)
}

/// Whether a person who was last surveyed at `last` may be asked now, else when: `policy.survey_cooldown_days`
/// of 24 hours after the last one, and not in quiet hours.
pub fn may_ask(last: Option<Timestamp>, now: Timestamp, zone: Tz, policy: &Policy) -> Result<(), Timestamp> {
    let rested = last.map_or(now, |last| last.plus_days(policy.survey_cooldown_days));
    let at = awake(rested.max(now), zone, policy);
    if at == now { Ok(()) } else { Err(at) }
}

/// When the quiet hours end, if `now` lies in them. They run from `policy.quiet_from_hour` up to, and without,
/// `policy.quiet_until_hour` at `zone`, over midnight when the first is the later one; there are none when
/// both are the same.
pub fn quiet(now: Timestamp, zone: Tz, policy: &Policy) -> Option<Timestamp> {
    let (from, until) = (policy.quiet_from_hour, policy.quiet_until_hour);
    let local = now.utc().with_timezone(&zone);
    let (today, hour) = (local.date_naive(), chrono::Timelike::hour(&local));
    let tomorrow = today.succ_opt().unwrap_or(today);
    let (is_quiet, ends) = match from.cmp(&until) {
        std::cmp::Ordering::Less => (from <= hour && hour < until, today),
        std::cmp::Ordering::Equal => (false, today),
        std::cmp::Ordering::Greater if hour >= from => (true, tomorrow),
        std::cmp::Ordering::Greater => (hour < until, today),
    };
    is_quiet.then(|| hour_of(ends, until, zone)).flatten()
}

fn awake(at: Timestamp, zone: Tz, policy: &Policy) -> Timestamp {
    quiet(at, zone, policy).unwrap_or(at)
}

/// The instant at which `hour` (24 is midnight of the next day) begins on that day. An hour that the clocks
/// leave out begins when they have moved on; of one that comes twice, the later.
fn hour_of(day: NaiveDate, hour: u32, zone: Tz) -> Option<Timestamp> {
    let (day, hour) = if hour == 24 { (day.succ_opt()?, 0) } else { (day, hour) };
    let local = day.and_time(NaiveTime::from_hms_opt(hour, 0, 0)?);
    let found = zone.from_local_datetime(&local);
    let at = found.latest().or_else(|| zone.from_local_datetime(&(local + Duration::hours(1))).earliest())?;
    Some(Timestamp::new(at.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const RIYADH: Tz = chrono_tz::Asia::Riyadh;

    fn policy(from: u32, until: u32) -> Policy {
        let toml = format!("[policy]\nquiet_from_hour = {from}\nquiet_until_hour = {until}");
        Config::from_toml(&toml).unwrap().policy
    }
    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn quiet_hours() {
        let check = |from, until, zone, now: &str, ends: Option<&str>| {
            let found = quiet(at(now), zone, &policy(from, until));
            assert_eq!(found.map(Timestamp::iso).as_deref(), ends, "{from}-{until} {zone} at {now}");
        };
        // Over midnight: 21:00 to 08:00 in Riyadh is 18:00 to 05:00 in UTC.
        check(21, 8, RIYADH, "2026-11-22T17:59:59Z", None);
        check(21, 8, RIYADH, "2026-11-22T18:00:00Z", Some("2026-11-23T05:00:00Z"));
        check(21, 8, RIYADH, "2026-11-22T21:30:00Z", Some("2026-11-23T05:00:00Z"));
        check(21, 8, RIYADH, "2026-11-23T04:59:59Z", Some("2026-11-23T05:00:00Z"));
        check(21, 8, RIYADH, "2026-11-23T05:00:00Z", None);
        // Within a day, none at all, up to midnight, from midnight, the whole day.
        check(1, 6, chrono_tz::UTC, "2026-11-22T03:00:00Z", Some("2026-11-22T06:00:00Z"));
        check(1, 6, chrono_tz::UTC, "2026-11-22T06:00:00Z", None);
        check(9, 9, chrono_tz::UTC, "2026-11-22T09:00:00Z", None);
        check(22, 24, chrono_tz::UTC, "2026-11-22T23:00:00Z", Some("2026-11-23T00:00:00Z"));
        check(24, 6, chrono_tz::UTC, "2026-11-22T00:00:00Z", Some("2026-11-22T06:00:00Z"));
        check(24, 6, chrono_tz::UTC, "2026-11-22T23:59:59Z", None);
        check(0, 24, chrono_tz::UTC, "2026-11-22T12:00:00Z", Some("2026-11-23T00:00:00Z"));
        // Cairo's clocks go from 00:00 to 01:00 on 2026-04-24: the hour that ends the night is not there.
        check(20, 0, chrono_tz::Africa::Cairo, "2026-04-23T20:00:00Z", Some("2026-04-23T22:00:00Z"));
    }

    #[test]
    fn asked_some_hours_after_the_service_and_never_at_night() {
        let check = |delivered: &str, asked: &str| {
            assert_eq!(ask_at(at(delivered), RIYADH, &policy(21, 8)).iso(), asked, "{delivered}");
        };
        check("2026-11-22T10:00:00Z", "2026-11-22T12:00:00Z");
        check("2026-11-22T15:59:59Z", "2026-11-22T17:59:59Z");
        check("2026-11-22T16:00:00Z", "2026-11-23T05:00:00Z");
        check("2026-11-23T02:59:59Z", "2026-11-23T05:00:00Z");
    }

    #[test]
    fn not_asked_again_within_the_rest() {
        let check = |last: Option<&str>, now: &str, then: Option<&str>| {
            let found = may_ask(last.map(at), at(now), RIYADH, &policy(21, 8));
            assert_eq!(found.err().map(Timestamp::iso).as_deref(), then, "{last:?} at {now}");
        };
        check(None, "2026-11-22T12:00:00Z", None);
        check(None, "2026-11-22T19:00:00Z", Some("2026-11-23T05:00:00Z"));
        check(Some("2026-11-20T12:00:00Z"), "2026-11-22T12:00:00Z", Some("2026-11-27T12:00:00Z"));
        check(Some("2026-11-15T12:00:00Z"), "2026-11-22T12:00:00Z", None);
        check(Some("2026-11-15T12:00:01Z"), "2026-11-22T12:00:00Z", Some("2026-11-22T12:00:01Z"));
        // The rest ends at night: asked in the morning.
        check(Some("2026-11-15T19:00:00Z"), "2026-11-22T12:00:00Z", Some("2026-11-23T05:00:00Z"));
    }
}
