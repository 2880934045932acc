//! What a tree is worth.

use std::cmp::Ordering;

use super::functions::Call;
use super::tree::{ChoiceSource, Kind, Node, Operator};
use super::{Scope, Value};

/// The worth of `node` as things stand in `scope`.
pub fn eval<'v>(node: &'v Node, scope: &'v dyn Scope) -> Value<'v> {
    match &node.kind {
        Kind::Text(text) => Value::Text(text.into()),
        Kind::Number(number) => Value::Number(*number),
        Kind::Question(name) => Value::Text(scope.value(name)),
        Kind::Dot => Value::Text(scope.dot()),
        Kind::Column(name) => Value::Text(scope.column(name).unwrap_or_default()),
        Kind::Minus(inner) => Value::Number(-eval(inner, scope).number_in(scope.zone())),
        Kind::Chain(first, rest) => chain(first, rest, scope),
        Kind::Call(function, args) => bounded((function.run)(&Call { args, scope })),
        Kind::Matches(value, pattern) => Value::Bool(pattern.matches(&eval(value, scope).text())),
        Kind::ChoiceName(choice, source) => {
            let (ChoiceSource::Question(name) | ChoiceSource::List(name)) = source;
            Value::Text(scope.choice_label(name, &eval(choice, scope).text()))
        }
    }
}

/// The most bytes of a text that a function gives: nested `join` could double a text at every level.
const TEXT: usize = 1 << 16;

fn bounded(value: Value<'_>) -> Value<'_> {
    match value {
        Value::Text(text) if text.len() > TEXT => {
            let mut text = text.into_owned();
            text.truncate(text.floor_char_boundary(TEXT));
            Value::made(text)
        }
        value => value,
    }
}

fn chain<'v>(first: &'v Node, rest: &'v [(Operator, Node)], scope: &'v dyn Scope) -> Value<'v> {
    let mut left = eval(first, scope);
    for (operator, right) in rest {
        left = match operator {
            Operator::Or => Value::Bool(left.truth() || eval(right, scope).truth()),
            Operator::And => Value::Bool(left.truth() && eval(right, scope).truth()),
            operator => join(*operator, &left, &eval(right, scope), scope),
        };
    }
    left
}

fn join(operator: Operator, left: &Value<'_>, right: &Value<'_>, scope: &dyn Scope) -> Value<'static> {
    let number = |value: &Value<'_>| value.number_in(scope.zone());
    let calculated = |work: fn(f64, f64) -> f64| Value::Number(work(number(left), number(right)));
    let compared = |holds: fn(Ordering) -> bool| {
        Value::Bool(number(left).partial_cmp(&number(right)).is_some_and(holds)) // NaN: always false
    };
    match operator {
        Operator::Equal => Value::Bool(equal(left, right, scope)),
        Operator::Unequal => Value::Bool(!equal(left, right, scope)),
        Operator::Less => compared(Ordering::is_lt),
        Operator::AtMost => compared(Ordering::is_le),
        Operator::Greater => compared(Ordering::is_gt),
        Operator::AtLeast => compared(Ordering::is_ge),
        Operator::Plus => calculated(|a, b| a + b),
        Operator::Minus => calculated(|a, b| a - b),
        Operator::Times => calculated(|a, b| a * b),
        Operator::Divide => calculated(|a, b| a / b),
        Operator::Modulo => calculated(|a, b| a % b),
        Operator::Or => Value::Bool(left.truth() || right.truth()),
        Operator::And => Value::Bool(left.truth() && right.truth()),
    }
}

/// XPath 1.0: as truths if one is a truth, else as numbers if one is a number, else as texts.
fn equal(left: &Value<'_>, right: &Value<'_>, scope: &dyn Scope) -> bool {
    match (left, right) {
        (Value::Bool(_), _) | (_, Value::Bool(_)) => left.truth() == right.truth(),
        (Value::Number(_), _) | (_, Value::Number(_)) => {
            left.number_in(scope.zone()) == right.number_in(scope.zone())
        }
        (Value::Text(left), Value::Text(right)) => left == right,
    }
}
