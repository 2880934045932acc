//! Functions of numbers.

use super::{ANY, Call, Function, function, of_dot};
use crate::form::expr::Value;

pub const FUNCTIONS: &[Function] = &[
    of_dot("number", |call| Value::Number(call.number(0))),
    function("int", 1, 1, |call| Value::Number(call.number(0).trunc())),
    function("floor", 1, 1, |call| Value::Number(call.number(0).floor())),
    function("ceiling", 1, 1, |call| Value::Number(call.number(0).ceil())),
    function("abs", 1, 1, |call| Value::Number(call.number(0).abs())),
    function("pow", 2, 2, |call| Value::Number(call.number(0).powf(call.number(1)))),
    function("round", 1, 2, round),
    function("sum", 1, ANY, |call| Value::Number((0..call.count()).map(|i| call.number(i)).sum())),
    function("count", 1, ANY, |call| Value::Number(call.count() as f64)),
    function("min", 0, ANY, |call| extreme(call, f64::min)),
    function("max", 0, ANY, |call| extreme(call, f64::max)),
    function("position", 0, 0, |call| Value::Number(call.scope.position())),
];

/// Halves go away from zero (ODK; XPath alone would take -2.5 to -2).
fn round<'v>(call: &Call<'v>) -> Value<'v> {
    let shift = if call.count() > 1 { 10f64.powf(call.number(1)) } else { 1.0 };
    Value::Number((call.number(0) * shift).round() / shift)
}

/// NaN if there is no argument or one of them is no number.
fn extreme<'v>(call: &Call<'v>, better: fn(f64, f64) -> f64) -> Value<'v> {
    let mut numbers = (0..call.count()).map(|i| call.number(i));
    let first = numbers.next().unwrap_or(f64::NAN);
    Value::Number(
        numbers.fold(first, |best, n| if best.is_nan() || n.is_nan() { f64::NAN } else { better(best, n) }),
    )
}
