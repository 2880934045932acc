//! Functions of days and instants. A day is text (`2026-11-22`); as a number it is days since 1970-01-01T00:00Z,
//! beginning at midnight in the form's zone, exactly as ODK's engine counts.

use chrono::{DateTime, Months, NaiveDate};
use chrono_tz::Tz;

use super::{Call, Function, function};
use crate::form::expr::{Value, date};

pub const FUNCTIONS: &[Function] = &[
    function("today", 0, 0, |call| Value::made(date::iso_day(now(call).date_naive()))),
    function("now", 0, 0, |call| Value::made(date::iso_instant(now(call)))),
    function("date", 1, 1, day),
    function("decimal-date-time", 1, 1, |call| {
        Value::Number(moment(call, 0).map_or(f64::NAN, |at| date::days(at.to_utc())))
    }),
    function("format-date", 2, 2, format),
    function("format-date-time", 2, 2, format),
    function("difference-in-months", 2, 2, months_between),
];

fn now(call: &Call<'_>) -> DateTime<Tz> {
    call.scope.now().utc().with_timezone(&call.scope.zone())
}

/// The instant an argument means: a number of days, or the text of a day or an instant; `None` if there is none such.
fn moment(call: &Call<'_>, index: usize) -> Option<DateTime<Tz>> {
    moment_of(&call.value(index), call.scope.zone())
}

fn moment_of(value: &Value<'_>, zone: Tz) -> Option<DateTime<Tz>> {
    match value {
        Value::Number(days) => date::at_days(*days, zone),
        Value::Text(text) => date::instant(text, zone).map(|at| at.with_timezone(&zone)),
        Value::Bool(_) => None,
    }
}

/// The day as text, also of `2026-1-5`; the empty text for a day that does not exist.
fn day<'v>(call: &Call<'v>) -> Value<'v> {
    let value = call.value(0);
    let padded = match &value {
        Value::Text(text) => date::unpadded_day(text),
        _ => None,
    };
    let day = padded.or_else(|| moment_of(&value, call.scope.zone()).map(|at| at.date_naive()));
    Value::made(day.map(date::iso_day).unwrap_or_default())
}

fn format<'v>(call: &Call<'v>) -> Value<'v> {
    let format = call.text(1);
    Value::made(moment(call, 0).map(|at| date::format(at, &format)).unwrap_or_default())
}

/// Whole calendar months from the first day to the second, negative if it is the earlier one (the
/// Community Health Toolkit's function; the 28th of February ends a month that began on the 31st of January).
fn months_between<'v>(call: &Call<'v>) -> Value<'v> {
    let (Some(from), Some(to)) = (moment(call, 0), moment(call, 1)) else {
        return Value::Number(f64::NAN);
    };
    let (from, to) = (from.date_naive(), to.date_naive());
    let months = if from <= to { whole_months(from, to) } else { -whole_months(to, from) };
    Value::Number(months)
}

fn whole_months(from: NaiveDate, to: NaiveDate) -> f64 {
    use chrono::Datelike;
    let months = (to.year() - from.year()) * 12 + to.month0() as i32 - from.month0() as i32;
    let reached = u32::try_from(months).ok().and_then(|months| from.checked_add_months(Months::new(months)));
    let full = reached.is_some_and(|day| day <= to);
    f64::from(if full { months } else { months - 1 })
}
