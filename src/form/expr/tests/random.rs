//! Random texts and random well-formed expressions.

use proptest::prelude::*;

use super::*;

/// Pieces from which nearly-expressions are made.
const PIECES: &[&str] = &[
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "div",
    "mod",
    "and",
    "or",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    ".",
    "..",
    "${a}",
    "{a}$",
    "${",
    "'x'",
    "'",
    "\"",
    "‘",
    "”",
    "1",
    "2.5",
    ".5",
    "name",
    "not",
    "if",
    "selected",
    "regex",
    "today",
    "jr:choice-name",
    "position",
    "\u{200F}",
    " ",
    "٣",
    "👍",
    "/",
    "$",
    "{",
    "}",
];

fn operand() -> impl Strategy<Value = String> {
    let fixed = ["${a}", "${b}", ".", "column", "today()", "now()", "true()", "min()", "''", "'2026-02-30'"];
    prop_oneof![
        proptest::sample::select(fixed.to_vec()).prop_map(str::to_owned),
        "'[a-zA-Z0-9 ٣👍|()*+?\\[\\]\\\\-]{0,8}'".prop_map(|text| text),
        (-1e12f64..1e12).prop_map(|number| format!("({number})")),
        (0u32..40_000).prop_map(|number| number.to_string()),
    ]
}

fn expression() -> impl Strategy<Value = String> {
    let operators = ["or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod"];
    let one = [
        "not",
        "string",
        "string-length",
        "normalize-space",
        "number",
        "int",
        "floor",
        "ceiling",
        "abs",
        "round",
        "date",
        "decimal-date-time",
        "boolean",
        "boolean-from-string",
        "count-selected",
        "once",
        "sum",
    ];
    let two = [
        "selected",
        "selected-at",
        "coalesce",
        "concat",
        "join",
        "contains",
        "starts-with",
        "ends-with",
        "substr",
        "substring-before",
        "substring-after",
        "pow",
        "round",
        "min",
        "max",
        "format-date",
        "format-date-time",
        "difference-in-months",
        "count",
    ];
    let three = ["if", "substr", "translate", "checklist"];
    operand().prop_recursive(5, 40, 3, move |inner| {
        let call = |names: Vec<&'static str>| proptest::sample::select(names);
        prop_oneof![
            (inner.clone(), call(operators.to_vec()), inner.clone())
                .prop_map(|(a, o, b)| format!("{a} {o} {b}")),
            inner.clone().prop_map(|a| format!("-({a})")),
            (call(one.to_vec()), inner.clone()).prop_map(|(f, a)| format!("{f}({a})")),
            (call(two.to_vec()), inner.clone(), inner.clone()).prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("regex({a}, concat({b}, ''))")),
            inner.clone().prop_map(|a| format!("jr:choice-name({a}, '${{a}}')")),
            (call(three.to_vec()), inner.clone(), inner.clone(), inner)
                .prop_map(|(f, a, b, c)| format!("{f}({a}, {b}, {c})")),
        ]
    })
}

/// Everything that can be done with a text; nothing of it may panic.
fn exercise(text: &str, given: &Given) -> bool {
    match Expr::parse(text) {
        Ok((expr, _)) => {
            let value = expr.eval(given);
            let _ = (value.number(), value.truth(), value.number_in(given.zone), value.text());
            expr.lints();
            let (again, repairs) = Expr::parse(&expr.text).expect("a repaired text parses again");
            assert!(again == expr && repairs.is_empty(), "{text}");
            true
        }
        Err(error) => {
            assert!(error.at <= text.chars().count(), "{text}: {} is outside", error.at);
            assert!(!error.text.is_empty());
            false
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(text in "\\PC*") {
        exercise(&text, &Given::of(&[]));
    }

    #[test]
    fn any_pieces_are_parsed_or_refused(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..24)) {
        exercise(&pieces.concat(), &Given::of(&[]));
    }

    #[test]
    fn any_expression_has_a_worth(text in expression(), a in "\\PC{0,6}", b in "[0-9TZ:+. -]{0,12}", dot in "\\PC*") {
        let answers = [("a", a.as_str()), ("b", &b), (".", &dot), ("#column", &a)];
        let given = Given { zone: chrono_tz::Asia::Beirut, ..Given::of(&answers) };
        // A random text can be longer than the limit; what is refused must be refused for that alone.
        let fits = text.chars().count() <= crate::form::expr::LONGEST;
        prop_assert_eq!(exercise(&text, &given), fits, "{}", text);
    }
}
