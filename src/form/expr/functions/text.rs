//! Functions of text. Lengths and places count UTF-16 units, as ODK's engines do.

use std::borrow::Cow;

use super::{ANY, Call, Function, function, of_dot};
use crate::form::expr::Value;

pub const FUNCTIONS: &[Function] = &[
    of_dot("string", |call| Value::Text(call.text(0))),
    of_dot("string-length", |call| Value::Number(call.text(0).encode_utf16().count() as f64)),
    of_dot("normalize-space", |call| Value::made(normalize(&call.text(0)))),
    function("concat", 0, ANY, |call| Value::made((0..call.count()).map(|i| call.text(i)).collect())),
    function("join", 1, ANY, join),
    function("coalesce", 2, 2, |call| Value::Text(first_filled(call.text(0), || call.text(1)))),
    function("once", 1, 1, |call| Value::Text(first_filled(call.scope.once(), || call.text(0)))),
    function("contains", 2, 2, |call| Value::Bool(call.text(0).contains(&*call.text(1)))),
    function("starts-with", 2, 2, |call| Value::Bool(call.text(0).starts_with(&*call.text(1)))),
    function("ends-with", 2, 2, |call| Value::Bool(call.text(0).ends_with(&*call.text(1)))),
    function("substr", 2, 3, substr),
    function("substring-before", 2, 2, |call| side(call, |(before, _)| before)),
    function("substring-after", 2, 2, |call| side(call, |(_, after)| after)),
    function("translate", 3, 3, translate),
];

fn normalize(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first_filled<'v>(text: Cow<'v, str>, otherwise: impl FnOnce() -> Cow<'v, str>) -> Cow<'v, str> {
    if text.is_empty() { otherwise() } else { text }
}

fn join<'v>(call: &Call<'v>) -> Value<'v> {
    let parts: Vec<_> = (1..call.count()).map(|i| call.text(i)).collect();
    Value::made(parts.join(&call.text(0)))
}

/// `substr(text, from, to?)`: places from 0, the last one left out, negative ones counted from the end.
fn substr<'v>(call: &Call<'v>) -> Value<'v> {
    let units: Vec<u16> = call.text(0).encode_utf16().collect();
    let length = units.len() as f64;
    let place = |number: f64| {
        let place = number.trunc();
        (if place < 0.0 { place + length } else { place }).clamp(0.0, length) as usize // NaN becomes 0
    };
    let from = call.number(1);
    let to = if call.count() > 2 { place(call.number(2)) } else { units.len() };
    let taken = if from.is_nan() { None } else { units.get(place(from)..to) };
    Value::made(taken.map(String::from_utf16_lossy).unwrap_or_default())
}

/// What stands on one side of the first occurrence; empty if there is none.
fn side<'v>(call: &Call<'v>, which: for<'a> fn((&'a str, &'a str)) -> &'a str) -> Value<'v> {
    let (text, sign) = (call.text(0), call.text(1));
    Value::made(text.split_once(&*sign).map(which).unwrap_or_default().to_owned())
}

/// Replaces each character of the second text by the one at the same place of the third, or drops it.
fn translate<'v>(call: &Call<'v>) -> Value<'v> {
    let (from, to): (Vec<char>, Vec<char>) = (call.text(1).chars().collect(), call.text(2).chars().collect());
    let swap = |c: char| match from.iter().position(|other| *other == c) {
        Some(place) => to.get(place).copied(),
        None => Some(c),
    };
    Value::made(call.text(0).chars().filter_map(swap).collect())
}
