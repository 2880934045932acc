//! What an expression is worth, and XPath 1.0's coercions between the three types.

use std::borrow::Cow;

use chrono_tz::Tz;

use super::date;

/// The worth of an expression; texts that it only passes on are borrowed from the expression or the answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'v> {
    /// Words; also every answer as it is stored, every day (`2026-11-22`) and every instant.
    Text(Cow<'v, str>),
    /// A number; NaN stands for "no number" and is stored as the empty text.
    Number(f64),
    /// True or false.
    Bool(bool),
}

impl<'v> Value<'v> {
    /// Words that were made here.
    pub fn made(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
    /// As text: whole numbers without `.0`, NaN as the empty text (as ODK stores it), booleans as `true`, `false`.
    pub fn text(self) -> Cow<'v, str> {
        match self {
            Value::Text(text) => text,
            Value::Number(number) => number_text(number).into(),
            Value::Bool(flag) => if flag { "true" } else { "false" }.into(),
        }
    }
    /// As a number; NaN when the text is none. Days are no numbers here: see [`Value::number_in`].
    pub fn number(&self) -> f64 {
        match self {
            Value::Text(text) => parse_number(text),
            Value::Number(number) => *number,
            Value::Bool(flag) => f64::from(u8::from(*flag)),
        }
    }
    /// As a number, where ISO days and instants count as days since 1970-01-01T00:00Z, a day beginning at midnight in `zone`.
    pub fn number_in(&self, zone: Tz) -> f64 {
        match self {
            Value::Text(text) => date::instant(text, zone).map_or_else(|| parse_number(text), date::days),
            other => other.number(),
        }
    }
    /// As a truth: every non-empty text (also `false`), and every number but 0 and NaN.
    pub fn truth(&self) -> bool {
        match self {
            Value::Text(text) => !text.is_empty(),
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Bool(flag) => *flag,
        }
    }
}

fn number_text(number: f64) -> String {
    if number.is_nan() {
        String::new()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else if number == 0.0 {
        "0".to_owned() // also for -0
    } else {
        number.to_string()
    }
}

/// A decimal number with surrounding blanks; a plus sign and an exponent count, as in ODK's web engine
/// (XPath 1.0 alone knows neither). The words that Rust reads as numbers (`inf`, `nan`) do not.
fn parse_number(text: &str) -> f64 {
    let text = text.trim();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b".+-eE".contains(&b));
    if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}
