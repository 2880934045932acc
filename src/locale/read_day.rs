//! Reading a day as people type it: in figures or words, in either calendar, in any digits.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::fold::fold;
use super::words::items;
use crate::time::{HIJRI_YEARS, Hijri};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Calendar {
    Gregorian,
    Hijri,
}

/// One language's words of days, each folded and cut as a typed day is.
#[derive(Debug)]
pub(super) struct DayWords {
    /// Days from today.
    relative: BTreeMap<String, i8>,
    months: BTreeMap<String, (Calendar, u8)>,
    eras: BTreeMap<String, Calendar>,
    fillers: BTreeSet<String>,
    /// Words in the longest month name.
    longest: usize,
}

impl DayWords {
    /// Reads the lists. `Err` names a word with two meanings.
    pub(super) fn read(list_of: impl Fn(&str) -> String) -> Result<DayWords, String> {
        let mut words = DayWords {
            relative: BTreeMap::new(),
            months: BTreeMap::new(),
            eras: BTreeMap::new(),
            fillers: items(&list_of("day-fillers")).map(normal).collect(),
            longest: 0,
        };
        for (key, days) in [("day-yesterday", -1), ("day-today", 0), ("day-tomorrow", 1)] {
            claim(&mut words.relative, &list_of(key), days)?;
        }
        for (key, era) in [("era-gregorian", Calendar::Gregorian), ("era-hijri", Calendar::Hijri)] {
            claim(&mut words.eras, &list_of(key), era)?;
        }
        for (calendar, name) in [(Calendar::Gregorian, "gregorian"), (Calendar::Hijri, "hijri")] {
            for month in 1..=12 {
                claim(&mut words.months, &list_of(&format!("{name}-month-{month}")), (calendar, month))?;
            }
        }
        words.longest = words.months.keys().map(|name| name.split(' ').count()).max().unwrap_or(0);
        Ok(words)
    }

    /// The day that `said` names in this language. Two days, one of them in parentheses, must be the same day.
    pub(super) fn read_day(&self, said: &str, today: NaiveDate) -> Option<NaiveDate> {
        /// No day is written longer; a bound on work for hostile input.
        const LONGEST: usize = 200;
        if said.len() > LONGEST {
            return None;
        }
        let mut parts = said.split(['(', ')']).filter(|part| !part.trim().is_empty());
        let day = self.read_one(parts.next()?, today)?;
        parts.all(|part| self.read_one(part, today) == Some(day)).then_some(day)
    }

    fn read_one(&self, said: &str, today: NaiveDate) -> Option<NaiveDate> {
        let mut tokens = cut(said)?;
        if let Some(days) = self.relative.get(&tokens.join(" ")) {
            let distance = Days::new(u64::from(days.unsigned_abs()));
            return if *days < 0 {
                today.checked_sub_days(distance)
            } else {
                today.checked_add_days(distance)
            };
        }
        let month = self.take_month(&mut tokens);
        let mut marks: Vec<Calendar> = month.iter().map(|(calendar, _)| *calendar).collect();
        tokens.retain(|token| match self.eras.get(token) {
            Some(era) => {
                marks.push(*era);
                false
            }
            None => !self.fillers.contains(token),
        });
        let (year, month, day) = numbers(&tokens, month.map(|(_, number)| number))?;
        let calendar = if HIJRI_YEARS.contains(&year) { Calendar::Hijri } else { Calendar::Gregorian };
        if marks.iter().any(|mark| *mark != calendar) || year < *HIJRI_YEARS.start() {
            return None;
        }
        match calendar {
            Calendar::Hijri => Hijri { year, month, day }.to_gregorian(),
            Calendar::Gregorian => NaiveDate::from_ymd_opt(year, month.into(), day.into()),
        }
    }

    /// Takes the longest month name out of the tokens.
    fn take_month(&self, tokens: &mut Vec<String>) -> Option<(Calendar, u8)> {
        for length in (1..=self.longest.min(tokens.len())).rev() {
            for start in 0..=tokens.len() - length {
                if let Some(month) = self.months.get(&tokens[start..start + length].join(" ")) {
                    tokens.drain(start..start + length);
                    return Some(*month);
                }
            }
        }
        None
    }
}

/// Enters the items of a list under their normal form. `Err` names one that already means something else.
fn claim<T: Copy + PartialEq>(map: &mut BTreeMap<String, T>, list: &str, meaning: T) -> Result<(), String> {
    for item in items(list) {
        if map.insert(normal(item), meaning).is_some_and(|before| before != meaning) {
            return Err(format!("{item:?} names two different days, months or calendars"));
        }
    }
    Ok(())
}

fn normal(item: &str) -> String {
    cut(item).unwrap_or_default().join(" ")
}

/// Cuts a text into runs of digits and runs of letters, apostrophes dropped. `None` if anything stands between them
/// but spaces and the marks that dates are written with.
fn cut(said: &str) -> Option<Vec<String>> {
    let mut tokens: Vec<String> = Vec::new();
    let mut last = None;
    for c in fold(said).chars().filter(|c| *c != '\'') {
        let kind = match c {
            '0'..='9' => Some('0'),
            c if c.is_alphabetic() => Some('a'),
            ' ' | '/' | '-' | '.' | ',' | '\\' | '–' | '—' | '_' => None,
            _ => return None,
        };
        match tokens.last_mut() {
            Some(token) if kind.is_some() && kind == last => token.push(c),
            _ if kind.is_some() => tokens.push(c.to_string()),
            _ => {}
        }
        last = kind;
    }
    Some(tokens)
}

/// Year, month and day. Years have four digits, which tells the order: Y M D or D M Y; beside a named month, day and
/// year in either order.
fn numbers(tokens: &[String], named: Option<u8>) -> Option<(i32, u8, u8)> {
    let year = |token: &str| (token.len() == 4).then(|| token.parse::<i32>().ok()).flatten();
    let short = |token: &str| (token.len() <= 2).then(|| token.parse::<u8>().ok()).flatten();
    let (y, m, d) = match (tokens, named) {
        ([a, b], Some(month)) if a.len() == 4 => (year(a), Some(month), short(b)),
        ([a, b], Some(month)) => (year(b), Some(month), short(a)),
        ([a, b, c], None) if a.len() == 4 => (year(a), short(b), short(c)),
        ([a, b, c], None) => (year(c), short(b), short(a)),
        _ => return None,
    };
    Some((y?, m?, d?))
}

#[cfg(test)]
mod tests;
