//! Functions of choices. The choices taken are stored as names with blanks between them.

use super::{Call, Function, function};
use crate::form::expr::Value;

pub const FUNCTIONS: &[Function] = &[
    function("selected", 2, 2, selected),
    function("selected-at", 2, 2, selected_at),
    function("count-selected", 1, 1, |call| Value::Number(call.text(0).split_whitespace().count() as f64)),
    // The parser turns every call of it into a tree of its own, because its second argument is a name.
    function("jr:choice-name", 2, 2, |call| {
        Value::Text(call.scope.choice_label(&call.text(1), &call.text(0)))
    }),
];

/// Nothing is selected in nothing: `selected('', '')` is true, as in ODK's engines.
fn selected<'v>(call: &Call<'v>) -> Value<'v> {
    let (taken, wanted) = (call.text(0), call.text(1));
    let wanted = wanted.trim();
    let found = if wanted.is_empty() {
        taken.trim().is_empty()
    } else {
        taken.split_whitespace().any(|c| c == wanted)
    };
    Value::Bool(found)
}

/// Counted from 0; the empty text outside.
fn selected_at<'v>(call: &Call<'v>) -> Value<'v> {
    let (taken, index) = (call.text(0), call.number(1).trunc());
    let found = if index >= 0.0 { taken.split_whitespace().nth(index as usize) } else { None };
    Value::made(found.unwrap_or_default().to_owned())
}
