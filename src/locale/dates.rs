//! Numbers, lists and dates as one language writes them, by ICU4X.

use chrono::{Datelike, NaiveDate, Timelike};
use icu::calendar::cal::hijri::UmmAlQura;
use icu::calendar::cal::{Gregorian, Hijri as HijriCalendar};
use icu::datetime::FixedCalendarDateTimeFormatter;
use icu::datetime::fieldsets::{YMD, YMDT};
use icu::datetime::input::{Date, DateTime, Time};
use icu::decimal::{DecimalFormatter, input::Decimal};
use icu::list::{ListFormatter, options::ListFormatterOptions};
use icu::locale::Locale as UnicodeLocale;

use crate::time::Hijri;

/// Up to here every whole number is its own in 64 bits of floating point.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// One language's formatters, built once.
#[derive(Debug)]
pub(super) struct Formats {
    number: DecimalFormatter,
    list: ListFormatter,
    gregorian: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    hijri: FixedCalendarDateTimeFormatter<HijriCalendar<UmmAlQura>, YMD>,
    moment: FixedCalendarDateTimeFormatter<Gregorian, YMDT>,
}

impl Formats {
    /// For a Unicode locale such as `ar-SA-u-nu-arab`. `Err` says what ICU has against it.
    pub(super) fn new(tag: &str) -> Result<Formats, String> {
        let locale = UnicodeLocale::try_from_str(tag).map_err(|why| format!("{tag:?}: {why}"))?;
        let no_data = |why: &dyn std::fmt::Display| format!("{tag:?}: {why}");
        Ok(Formats {
            number: DecimalFormatter::try_new((&locale).into(), Default::default())
                .map_err(|why| no_data(&why))?,
            list: ListFormatter::try_new_and((&locale).into(), ListFormatterOptions::default())
                .map_err(|why| no_data(&why))?,
            gregorian: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMD::long())
                .map_err(|why| no_data(&why))?,
            hijri: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMD::long())
                .map_err(|why| no_data(&why))?,
            moment: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMD::long().with_time_hm())
                .map_err(|why| no_data(&why))?,
        })
    }

    /// With at most two decimals, none of them a closing zero. What is not a finite number reads as Rust writes it.
    pub(super) fn number(&self, value: f64) -> String {
        if value.fract() == 0.0 && value.abs() <= WHOLE {
            return self.number.format_to_string(&Decimal::from(value as i64));
        }
        let plain = format!("{value:.2}");
        let plain = if plain == "-0.00" { "0" } else { &plain };
        match Decimal::try_from_str(plain) {
            Ok(mut decimal) => {
                decimal.absolute.trim_end();
                self.number.format_to_string(&decimal)
            }
            Err(_) => plain.to_owned(),
        }
    }

    /// "a, b and c".
    pub(super) fn list(&self, items: &[impl AsRef<str>]) -> String {
        self.list.format_to_string(items.iter().map(AsRef::as_ref))
    }

    /// "15 September 2020"; ISO for a year that ICU does not take.
    pub(super) fn gregorian(&self, day: NaiveDate) -> String {
        match gregorian_date(day) {
            Some(date) => self.gregorian.format(&date).to_string(),
            None => day.to_string(),
        }
    }

    /// "27 Muharram 1442 AH"; `None` outside the published table.
    pub(super) fn hijri(&self, day: NaiveDate) -> Option<String> {
        let Hijri { year, month, day } = Hijri::from_gregorian(day)?;
        let calendar = HijriCalendar::<UmmAlQura>::new_umm_al_qura();
        let date = Date::try_new_hijri_with_calendar(year, month, day, calendar).ok()?;
        Some(self.hijri.format(&date).to_string())
    }

    /// "15 September 2020 at 10:05"; ISO for a year that ICU does not take.
    pub(super) fn moment(&self, local: chrono::NaiveDateTime) -> String {
        let time = Time::try_new(local.hour() as u8, local.minute() as u8, 0, 0).ok();
        match (gregorian_date(local.date()), time) {
            (Some(date), Some(time)) => self.moment.format(&DateTime { date, time }).to_string(),
            _ => local.format("%Y-%m-%d %H:%M").to_string(),
        }
    }
}

fn gregorian_date(day: NaiveDate) -> Option<Date<Gregorian>> {
    Date::try_new_gregorian(day.year(), day.month() as u8, day.day() as u8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARABIC: &str = "ar-SA-u-nu-arab";
    const ENGLISH: &str = "en-GB-u-nu-latn";

    #[test]
    fn formatters_may_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Formats>();
    }

    #[test]
    fn numbers_have_the_languages_digits_and_at_most_two_decimals() {
        for (tag, value, wanted) in [
            (ARABIC, 3.0, "٣"),
            (ARABIC, 12345.678, "١٢٬٣٤٥٫٦٨"),
            (ARABIC, 0.5, "٠٫٥"),
            (ENGLISH, 3.0, "3"),
            (ENGLISH, 100.0, "100"),
            (ENGLISH, -0.0, "0"),
            (ENGLISH, -12.0, "-12"),
            (ENGLISH, 1e20, "100,000,000,000,000,000,000"),
            (ENGLISH, 12345.678, "12,345.68"),
            (ENGLISH, -0.001, "0"),
            (ENGLISH, -2.5, "-2.5"),
            (ENGLISH, f64::NAN, "NaN"),
            ("fa-u-nu-arabext", 12.0, "۱۲"),
        ] {
            assert_eq!(Formats::new(tag).unwrap().number(value), wanted, "{tag} {value}");
        }
    }

    #[test]
    fn lists_are_joined_as_the_language_joins_them() {
        let items = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        let english = Formats::new(ENGLISH).unwrap();
        assert_eq!(english.list(&items(&["a", "b", "c"])), "a, b and c");
        assert_eq!(english.list(&items(&[])), "");
        let arabic = Formats::new(ARABIC).unwrap();
        assert_eq!(arabic.list(&items(&["أحمد", "سارة", "خالد"])), "أحمد وسارة وخالد");
    }

    #[test]
    fn a_tag_that_is_none_is_refused() {
        assert!(Formats::new("not a tag").unwrap_err().contains("not a tag"));
    }
}
