//! Functions of truth.

use super::{ANY, Call, Function, function};
use crate::form::expr::Value;
use crate::form::expr::pattern::Pattern;

pub const FUNCTIONS: &[Function] = &[
    function("if", 3, 3, |call| if call.truth(0) { call.value(1) } else { call.value(2) }),
    function("not", 1, 1, |call| Value::Bool(!call.truth(0))),
    function("true", 0, 0, |_| Value::Bool(true)),
    function("false", 0, 0, |_| Value::Bool(false)),
    function("boolean", 1, 1, |call| Value::Bool(call.truth(0))),
    function("boolean-from-string", 1, 1, |call| Value::Bool(["true", "1"].contains(&&*call.text(0)))),
    function("regex", 2, 2, regex),
    function("checklist", 3, ANY, |call| ticked(call, 1)),
    function("weighted-checklist", 4, ANY, |call| ticked(call, 2)),
];

/// A pattern that was worked out; a wrong one matches nothing. Fixed patterns are compiled when parsed.
fn regex<'v>(call: &Call<'v>) -> Value<'v> {
    let pattern = Pattern::new(&call.text(1));
    Value::Bool(pattern.is_ok_and(|pattern| pattern.matches(&call.text(0))))
}

/// Whether the count (with `step` 2: the weight) of true values lies between two limits; -1 is no upper limit.
fn ticked<'v>(call: &Call<'v>, step: usize) -> Value<'v> {
    let (least, most) = (call.number(0), call.number(1));
    let weight = |index: usize| if step == 2 { call.number(index + 1) } else { 1.0 };
    let sum: f64 = (2..call.count()).step_by(step).filter(|i| call.truth(*i)).map(weight).sum();
    Value::Bool(sum >= least && (most == -1.0 || sum <= most))
}
