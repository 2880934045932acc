use super::*;
use crate::form::expr::Matter;

#[test]
fn what_authors_should_know() {
    let empty = |name: &str| Matter::EmptyNumber(name.to_owned());
    let truth = |name: &str| Matter::TextAsTruth(name.to_owned());
    let table: Vec<(&str, Vec<(usize, Matter)>)> = vec![
        ("${age} < 30", vec![]),
        ("if(${age} < 30, 'a', 'b')", vec![(3, empty("age"))]),
        ("not(${age} < 30)", vec![(4, empty("age"))]),
        ("if(. < 30, 'a', 'b')", vec![]),
        ("if(${age} != '' and ${age} < 30, 'a', 'b')", vec![]),
        ("if(coalesce(${age}, 0) < 30, 'a', 'b')", vec![]),
        ("if(${a} = 'x' and ${a} + ${b} > 3, 1, 2)", vec![(18, empty("a")), (18, empty("b"))]),
        ("if(${a} = 'x', ${b} > 3, 2)", vec![]),
        ("${age} != 5", vec![(0, empty("age"))]),
        ("${age} != '5'", vec![]),
        ("if(${flag}, 1, 2)", vec![(3, truth("flag"))]),
        ("not(${flag})", vec![(4, truth("flag"))]),
        ("${a} and ${b} = 'yes'", vec![(0, truth("a"))]),
        ("if(${a} < 1, 1, if(${a} < 2, 2, 3))", vec![(3, empty("a"))]),
        ("1 = 1 or ${a} or 2 = 2", vec![(9, truth("a"))]),
        ("${a} < 'b'", vec![(7, Matter::WordsCompared)]),
        ("${a} < '2026-01-01'", vec![]),
        ("${a} < '5'", vec![]),
        ("regex(., ${a})", vec![(0, Matter::LoosePattern)]),
        ("regex(., '[0-9]+')", vec![]),
        ("concat('hello ${a}', 'x')", vec![(7, Matter::QuotedQuestion)]),
        ("jr:choice-name(${a}, '${a}')", vec![]),
    ];
    for (text, expected) in table {
        let found: Vec<(usize, Matter)> =
            parsed(text).lints().into_iter().map(|l| (l.at, l.matter)).collect();
        assert_eq!(found, expected, "{text}");
    }
}
