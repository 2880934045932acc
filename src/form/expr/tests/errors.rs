use super::*;

/// Every text is refused at that character, in a message that has those words.
fn refused(table: &[(&str, usize, &str)]) {
    for (text, at, words) in table {
        let error = Expr::parse(text).expect_err(text);
        assert!(error.text.contains(words), "{text}: {error}");
        assert_eq!(error.at, *at, "{text}: {error}");
    }
}

#[test]
fn structure() {
    refused(&[
        ("", 0, "empty"),
        ("  ", 0, "empty"),
        ("1 +", 3, "stops too early"),
        ("(1 + 2", 6, "`(` at character 1 is never closed"),
        ("concat('a'", 10, "concat( at character 1 is never closed"),
        ("1 + 2)", 5, "closes nothing"),
        ("1, 2", 1, "comma"),
        ("1 2", 2, "operator is missing"),
        ("${a} ${b}", 5, "operator is missing"),
        ("${a} (1)", 5, "operator is missing before `(`"),
        ("if(1, , 2)", 6, "value is missing"),
        ("= 1", 0, "value is missing"),
        ("1 AND 2", 2, "write and"),
        ("'abc", 0, "never ends"),
        ("${a} = \"b", 7, "never ends"),
        ("${a", 0, "`}` is missing"),
        ("$a", 0, "braces"),
        ("${}", 0, "cannot be the name"),
        ("${a b}", 0, "cannot be the name"),
        ("${last-saved#a}", 0, "last-saved"),
        ("{a} = 1", 0, "dollar sign"),
    ]);
}

#[test]
fn signs_of_other_languages() {
    refused(&[
        ("../a = 1", 0, "paths"),
        ("/data/a = 1", 0, "paths"),
        ("${a}/b", 4, "paths"),
        ("instance('x')", 0, "choices sheet"),
        ("${a}[1]", 4, "conditions in [ ]"),
        ("${a} == 1", 5, "write ="),
        ("${a} <> 1", 5, "write !="),
        ("${a} && ${b}", 5, "write and"),
        ("!${a}", 0, "not(…)"),
        ("${a} ≥ 5", 5, ">="),
        ("${a} =< 5", 5, "<="),
        ("٥ > 3", 0, "digits 0 to 9"),
        ("concat('a'، 'b')", 10, "plain comma"),
        ("5 − 3", 2, "hyphen"),
        ("1 # 2", 2, "`#`"),
    ]);
}

#[test]
fn functions() {
    refused(&[
        ("selcted(${a}, 'b')", 0, "did you mean selected(…)"),
        ("1 + countSelected(.)", 4, "did you mean count-selected(…)"),
        ("Selected(., 'a')", 0, "did you mean selected(…)"),
        ("frobnicate(1)", 0, "there is no function frobnicate(…)"),
        ("pulldata('a', 'b', 'c', 'd')", 0, "not in the chat profile"),
        ("substring('a', 1)", 0, "substr("),
        ("random()", 0, "not in the chat profile"),
        ("not()", 0, "not(…) takes one argument; here are 0"),
        ("1 + if(1, 2)", 4, "if(…) takes 3 arguments; here are 2"),
        ("today(1)", 0, "no argument"),
        ("round(1, 2, 3)", 0, "1 to 2 arguments"),
        ("join()", 0, "at least 1"),
        ("weighted-checklist(1, 2, 'a', 1, 'b')", 0, "pairs"),
        ("position(../a)", 9, "paths"),
        ("jr:choice-name", 0, "needs its arguments"),
        ("jr:choice-name(${a}, ${a})", 21, "in quotes"),
        ("jr:choice-name(${a}, '/data/a')", 21, "in quotes"),
    ]);
}

#[test]
fn patterns() {
    refused(&[
        ("regex(., '(')", 9, "cannot be read"),
        ("regex(., 'a(?=b)')", 9, "look-around"),
        ("regex(., '(?<!a)b')", 9, "look-around"),
        ("regex(., '(a)\\1')", 9, "back-references"),
        ("regex(., 'a)|(b')", 9, "cannot be read"),
        ("regex(., '((a{1,999}){1,999}){1,999}')", 9, "too large"),
    ]);
}

#[test]
fn limits() {
    let longest = format!("'{}'", "x".repeat(crate::form::expr::LONGEST - 2));
    assert!(Expr::parse(&longest).is_ok());
    let open = "(".repeat(64);
    let close = ")".repeat(64);
    check(&Given::of(&[]), &[(&format!("{open}1{close}"), "1")]);
    refused(&[
        (&format!("{longest} "), 4_096, "longer than 4096"),
        (&"(".repeat(100_000), 4_096, "longer than"),
        (&"(".repeat(4_000), 64, "64 levels"),
        (&"-".repeat(4_000), 64, "64 levels"),
        (&"not(".repeat(1_000), 256, "64 levels"),
    ]);
}

#[test]
fn the_deepest_and_the_longest_fit_a_small_stack() {
    let deep = format!("{}1{}", "if(1, (".repeat(32), "), 2)".repeat(32));
    let long = format!("1{}", "+1".repeat(2_047));
    let chained = format!("1{}", "=1".repeat(2_047));
    let run = move || {
        let given = Given::of(&[]);
        check(&given, &[(&deep, "1"), (&long, "2048"), (&chained, "true")]);
        [deep, long, chained].iter().for_each(|text| assert!(parsed(text).lints().is_empty()));
    };
    // Worker threads have 2 MiB.
    std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn nesting_costs_neither_time_nor_memory_without_end() {
    for (open, close) in [
        ("date(", ")"),
        ("substr('a', ", ")"),
        ("format-date(today(), ", ")"),
        ("join(", ", '', '', '')"),
        ("if(true(), ", ", 1)"),
        ("round(", ", 0)"),
        ("round(1, ", ")"),
    ] {
        let text = format!("{}'x'{}", open.repeat(63), close.repeat(63));
        assert!(parsed(&text).eval(&Given::of(&[])).text().len() <= 1 << 16, "{open}");
    }
}

#[test]
fn repairs() {
    for (text, repaired, notes) in [
        ("${a} = ‘yes’", "${a} = 'yes'", 1),
        ("${a} = “yes”", "${a} = \"yes\"", 1),
        ("${a} = ”it's”", "${a} = \"it's\"", 1),
        ("${a} = ‘it\"s’", "${a} = 'it\"s'", 1),
        ("${a} = “a \" b”", "", 0),
        ("${a} = 'yes’", "${a} = 'yes'", 1),
        ("${a} = ‘yes'", "${a} = 'yes'", 1),
        ("${a} = \"it’s\"", "${a} = \"it’s\"", 0),
        ("{a}$ = 'yes'", "${a} = 'yes'", 1),
        ("{a}$ = {b}$", "${a} = ${b}", 2),
        ("jr:choice-name({a}$, '{a}$')", "jr:choice-name(${a}, '${a}')", 2),
        ("${a} = '5{a}$'", "${a} = '5{a}$'", 0),
        ("\u{200F}${a}\u{200E} = 1", " ${a}  = 1", 1),
        ("${a} = '\u{200F}'", "${a} = '\u{200F}'", 0),
        ("${a} = 1", "${a} = 1", 0),
    ] {
        match Expr::parse(text) {
            Ok((expr, found)) => {
                assert_eq!((expr.text.as_str(), found.len()), (repaired, notes), "{text}: {found:?}")
            }
            Err(error) => assert!(repaired.is_empty(), "{text}: {error}"),
        }
    }
}
