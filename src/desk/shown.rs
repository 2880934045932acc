//! How statuses, dates, names and services read on every page of the desk.

use super::frame::Frame;
use crate::case::Status;
use crate::config::Association;
use crate::form::Shelf;
use crate::locale::{Args, strip_controls};
use crate::message::{ChannelId, Locale};
use crate::time::Timestamp;

/// The longest file name or line of words that is shown in one place.
const LONGEST_LINE: usize = 300;

/// A date with its distance from today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// "in 3 days", "2 days overdue".
    pub relative: String,
    /// The date.
    pub date: String,
}

/// The status as the case store spells it.
pub fn stored(status: Status) -> String {
    match serde_json::to_value(status) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The message of a status that the case store spells `with_committee`: `<prefix>-with-committee`.
pub fn key_of(prefix: &str, stored: &str) -> String {
    format!("{prefix}-{}", stored.replace('_', "-"))
}

/// The colour of a status: nothing but a hint beside the words.
pub fn tone_of(stored: &str) -> &'static str {
    match stored {
        "accepted" | "registered" | "delivered" | "closed" => "good",
        "rejected" | "lapsed" | "withdrawn" => "bad",
        "returned" | "appealed" => "warm",
        _ => "",
    }
}

/// One line of people's words: without direction and control marks, cut when endless.
pub fn line_of(words: &str) -> String {
    let line = strip_controls(words).replace('\n', " ");
    let mut cut: String = line.chars().take(LONGEST_LINE).collect();
    if cut.len() < line.len() {
        cut.push('…');
    }
    cut
}

impl Frame<'_> {
    /// The status in words.
    pub fn status(&self, stored: &str) -> String {
        self.t(key_of("status", stored))
    }
    /// How far `due` is from `now`, in days of the association's zone, and its date. The second value: overdue.
    pub fn due(&self, due: Timestamp, now: Timestamp, association: &Association) -> (Due, bool) {
        let (day, today) = (due.date_in(association.zone), now.date_in(association.zone));
        let days = (day - today).num_days();
        let late = due < now;
        let key = if late { "desk-due-late" } else { "desk-due-in" };
        let relative = self.say(key, &Args::none().number("days", days.abs() as f64));
        (Due { relative, date: self.words().day(self.locale(), day) }, late)
    }
    /// The age of something in whole days.
    pub fn age(&self, since: Timestamp, now: Timestamp) -> String {
        self.say("desk-age", &Args::none().number("days", now.since(since).num_days().max(0) as f64))
    }
    /// An instant in the association's zone.
    pub fn moment(&self, at: Timestamp, association: &Association) -> String {
        self.words().moment(self.locale(), at, association.zone)
    }
    /// The service's name in the officer's language, else its code.
    pub fn service(&self, shelf: &Shelf, code: &str, association: &Association) -> String {
        let service = shelf.services.get(code);
        let label = service.and_then(|s| s.label.get(self.locale(), &association.default_locale));
        line_of(label.unwrap_or(code))
    }
    /// The channel's name.
    pub fn channel(&self, channel: &ChannelId) -> String {
        let key = format!("desk-channel-{}", channel.as_str());
        if self.words().has(self.locale(), &key) { self.t(&key) } else { line_of(channel.as_str()) }
    }
    /// The language's own name.
    pub fn language(&self, locale: &Locale) -> String {
        self.words().native_name(locale).to_owned()
    }
}
