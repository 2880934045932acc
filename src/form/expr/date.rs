//! Days and instants as XForms writes them.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta};
use chrono::{TimeZone, Timelike, Utc};
use chrono_tz::Tz;

const DAY_MILLISECONDS: f64 = 86_400_000.0;
/// The years in which numbers are read as instants, in milliseconds: 1 to 9999.
const INSTANTS: std::ops::RangeInclusive<f64> = -62_135_596_800_000.0..=253_402_300_799_999.0;

/// The instant that `2026-11-22`, `2026-11-22T10:30` or `2026-11-22T10:30:00.000+03:00` means; a day is its
/// midnight and a time without an offset is local, both in `zone`. `None` for anything else and for days that
/// do not exist.
pub fn instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let (day, rest) = text.trim().split_at_checked(10)?;
    let shaped =
        day.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    let (year, month, day) = shaped.then(|| (&day[..4], &day[5..7], &day[8..]))?;
    let day = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    if rest.is_empty() {
        return Some(from_local(day.and_time(NaiveTime::MIN), zone));
    }
    let time = rest.strip_prefix('T')?;
    let split = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, offset) = time.split_at(split);
    let time =
        NaiveTime::parse_from_str(time, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(time, "%H:%M"));
    let local = day.and_time(time.ok()?);
    match offset {
        "" => Some(from_local(local, zone)),
        "Z" => Some(local.and_utc()),
        offset => {
            local.and_local_timezone(offset.parse::<FixedOffset>().ok()?).single().map(|at| at.to_utc())
        }
    }
}

/// The instant of a local time. An hour that is left out in spring counts on with the offset before it; of an
/// hour that comes twice in autumn the first is taken.
fn from_local(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    if let Some(at) = zone.from_local_datetime(&local).earliest() {
        return at.to_utc();
    }
    let before = local.checked_sub_days(Days::new(1)).unwrap_or(local);
    let offset = zone.offset_from_local_datetime(&before).latest().map_or(0, |o| o.fix().local_minus_utc());
    (local - TimeDelta::seconds(offset.into())).and_utc()
}

/// Days since 1970-01-01T00:00Z, with a fraction.
pub fn days(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / DAY_MILLISECONDS
}

/// The local time after so many days since 1970-01-01T00:00Z; `None` for NaN and outside the years 1 to 9999.
///
/// Days are added as 24 hours, so a day in summer time plus some weeks can fall on 23:00 of the day before the
/// one that the author means: such an instant is moved to the midnight that follows.
pub fn at_days(days: f64, zone: Tz) -> Option<DateTime<Tz>> {
    let millis = (days * DAY_MILLISECONDS).round();
    if !INSTANTS.contains(&millis) {
        return None;
    }
    let at = DateTime::from_timestamp_millis(millis as i64)?.with_timezone(&zone);
    let short = (at.hour(), at.minute(), at.second(), at.timestamp_subsec_millis()) == (23, 0, 0, 0);
    Some(if short { at + TimeDelta::hours(1) } else { at })
}

/// A day written without leading zeros (`2026-1-5`), which `date()` reads too.
pub fn unpadded_day(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        let plain = lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| plain)
    };
    let year = i32::try_from(digits(year, 4..=4)?).ok()?;
    NaiveDate::from_ymd_opt(year, digits(month, 1..=2)?, digits(day, 1..=2)?)
}

/// `2026-11-22`
pub fn iso_day(day: NaiveDate) -> String {
    day.to_string() // chrono writes a day as ISO 8601 does
}

/// `2026-11-22T10:30:00.000+03:00`
pub fn iso_instant(at: DateTime<Tz>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// Replaces `%Y %y %m %n %b %B %d %e %a %A %H %h %M %S %3`; everything else stays. Names of months and days
/// are English, as in ODK's web engine.
pub fn format(at: DateTime<Tz>, format: &str) -> String {
    let mut written = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        let field = if c == '%' { chars.clone().next().and_then(|sign| field(at, sign)) } else { None };
        match field {
            Some(text) => {
                written.push_str(&text);
                chars.next();
            }
            None => written.push(c),
        }
    }
    written
}

fn field(at: DateTime<Tz>, sign: char) -> Option<String> {
    let text = match sign {
        'Y' => format!("{:04}", at.year()),
        'y' => format!("{:02}", at.year().rem_euclid(100)),
        'm' => format!("{:02}", at.month()),
        'n' => at.month().to_string(),
        'b' => at.format("%b").to_string(),
        'B' => at.format("%B").to_string(),
        'd' => format!("{:02}", at.day()),
        'e' => at.day().to_string(),
        'a' => at.format("%a").to_string(),
        'A' => at.format("%A").to_string(),
        'H' => format!("{:02}", at.hour()),
        'h' => at.hour().to_string(),
        'M' => format!("{:02}", at.minute()),
        'S' => format!("{:02}", at.second()),
        '3' => format!("{:03}", at.timestamp_subsec_millis()),
        _ => return None,
    };
    Some(text)
}
