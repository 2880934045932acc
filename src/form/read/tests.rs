use proptest::prelude::*;

use super::super::markdown::Workbook;
use super::super::model::{Finding, Form, Kind, Pii, Severity};

/// A survey of these rows under the columns `columns`, with two lists.
fn book(columns: &str, rows: &str) -> Workbook {
    let rows: String = rows.lines().map(|row| format!("|| {} |\n", row.trim())).collect();
    let lists = "| choices | list_name | name | label::en | area |\n\
        || yn | yes | Yes | |\n|| yn | no | No | |\n|| town | jed | Jeddah | west |\n|| town | ryd | Riyadh | mid |\n";
    let settings = "| settings | form_id | default_language |\n|| trial | English (en) |\n";
    let text = format!("| survey | {columns} |\n{rows}{lists}{settings}");
    Workbook::from_markdown("trial.md", &text).unwrap_or_else(|found| panic!("{text}: {found:?}"))
}

fn told(found: &[Finding]) -> Vec<String> {
    let severity = |finding: &Finding| match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Repair => "repair",
    };
    found
        .iter()
        .filter(|finding| {
            !finding.text.starts_with("no question uses") && !finding.text.starts_with("no choice_filter")
        })
        .map(|f| format!("{} {}:{} [{}] {}", severity(f), f.sheet, f.line, f.column, f.text))
        .collect()
}

/// What reading says; each expected text is the beginning of a finding, in order.
fn check(columns: &str, rows: &str, expected: &[&str]) {
    let found = match Form::read(book(columns, rows)) {
        Ok((_, found)) | Err(found) => told(&found),
    };
    let fits = found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| f.starts_with(e));
    assert!(fits, "{rows}\nfound {found:#?}\nexpected {expected:#?}");
}

#[test]
fn rows_are_refused_with_a_reason() {
    let columns = "type | name | label::en";
    let check = |rows: &str, expected: &[&str]| check(columns, rows, expected);
    check("text | a | A?", &[]);
    check(
        "txt | a | A?\ntext | b | B?",
        &["error survey:2 [type] no type is called `txt`; did you mean `text`?"],
    );
    check(" | a | A?\ntext | b | B?", &["error survey:2 [type] this row has no type"]);
    check("rank town | a | A?\ntext | b | B?", &["error survey:2 [type] ranking is not played"]);
    check(
        "select_one tonw | a | A?",
        &["error survey:2 [type] no list is called `tonw`; did you mean `town`?"],
    );
    check("text | 1a | A?", &["error survey:2 [name] `1a` is no name"]);
    check("text | اسم | A?", &["error survey:2 [name] `اسم` is no name"]);
    check("text | a | A?\ntext | a | B?", &["error survey:3 [name] `a` is taken on line 2 already"]);
    check("text | a | ", &["error survey:2 [label::en] there is nothing to say"]);
    check("note | a | A", &["error survey:1 [] this form asks nothing"]);
    check("start | s | \ntext | a | A?", &["warning survey:2 [type] not kept in chat"]);
    check("begin_group | g | G\ntext | a | A?", &["error survey:2 [type] this group has no end_group"]);
    check("text | a | A?\nend_group | | ", &["error survey:3 [type] no group is open here"]);
    check(
        "txt | a b | \ntext | b | ${zz}",
        &["error survey:2 [type] no type", "error survey:3 [label::en] no question is called `zz`"],
    );
    let many: String = (0..26).map(|n| format!("text | q{n} | Q?\n")).collect();
    check(&many, &["warning survey:1 [] 26 questions are many for a chat"]);
    check(&format!("text | a | {}", "x".repeat(1025)), &["warning survey:2 [label::en] longer than 1024"]);
}

#[test]
fn columns_are_never_passed_over_in_silence() {
    let refuse = |column: &str, cell: &str, expected: &str| {
        let columns = format!("type | name | label::en | {column}");
        check(
            &columns,
            &format!("text | a | A? | {cell}"),
            if expected.is_empty() { &[] } else { std::slice::from_ref(&expected) },
        );
    };
    refuse("trigger", "x", "error survey:2 [trigger] `trigger` is not played");
    refuse("trigger", "", "");
    refuse("repeat_count", "3", "error survey:2 [repeat_count] repeats are not played");
    refuse("media::image", "a.png", "error survey:2 [media::image] pictures");
    refuse("bind::orx:max-pixels", "1", "error survey:2 [bind::orx:max-pixels] raw XForms");
    refuse("guidance_hint", "x", "warning survey:2 [guidance_hint] guidance_hint is not shown");
    refuse("relevent", "x", "error survey:1 [relevent] this column is not known; did you mean `relevant`?");
    refuse("# note", "x", "");
    refuse("choice_filter", "1", "error survey:2 [choice_filter] only select_one");
    refuse("calculation", "1", "error survey:2 [calculation] only calculate");
    refuse("required", "maybe", "error survey:2 [required] write yes or no");
    refuse(
        "wasl_kind",
        "phnoe",
        "error survey:2 [wasl_kind] `phnoe` is none of phone, email, name; did you mean `phone`?",
    );
    refuse("wasl_pii", "secret", "error survey:2 [wasl_pii] `secret` is none of none, person, special");
    refuse("wasl_save", "a b", "error survey:2 [wasl_save] a field's name");
    refuse("parameters", "start=1", "error survey:2 [parameters] this type has no parameter `start`");
    refuse("parameters", "randomize=true", "error survey:2 [parameters] choices are offered");
    refuse("appearance", "field-list", "error survey:2 [appearance] one question at a time");
    refuse("appearance", "numbers", "");
    refuse("label", "B?", "error survey:1 [label::en] `label` without language is in the default language");
    refuse("label::Elvish", "B?", "error survey:1 [label::Elvish] the language `elvish` is not known");
    refuse("label::en", "B?", "error survey:1 [label::en] this column is there twice");
    refuse("constraint", ". > 1", "warning survey:2 [constraint] without constraint_message");
    refuse(
        "constraint_message::en",
        "No.",
        "warning survey:2 [constraint_message::en] there is no constraint",
    );
}

#[test]
fn references_look_up_and_only_up() {
    let columns = "type | name | label::en | relevant | calculation";
    let check = |rows: &str, expected: &[&str]| check(columns, rows, expected);
    check("text | a | A? | |\ntext | b | B? | ${a} = 'x' |", &[]);
    check(
        "text | a | A? | ${b} = 'x' |\ntext | b | B? | |",
        &["error survey:2 [relevant] `b` comes later, on line 3"],
    );
    check("text | a | A? | ${a} = 'x' |", &["error survey:2 [relevant] `a` is asked only now"]);
    check(
        "text | aa | A? | |\ntext | b | B? | ${ab} = 'x' |",
        &["error survey:3 [relevant] no question is called `ab`"],
    );
    check(
        "select_one yn | a | A? | |\ntext | b | B? | ${yn} = 'x' |",
        &["error survey:3 [relevant] `yn` is a list"],
    );
    check("note | n | N | |\ntext | b | B? | ${n} = 'x' |", &["error survey:3 [relevant] `n` is a note"]);
    check(
        "begin_group | g | G | |\ntext | a | ${g} | |\nend_group | | | |",
        &["error survey:3 [label::en] `g` is a group"],
    );
    check(
        "today | d | | |\ntext | a | A? | ${d} = '' |",
        &["warning survey:2", "error survey:3 [relevant] `d` is not kept"],
    );
    check(
        "calculate | c | | | ${c} + 1\ntext | a | A? | |",
        &["error survey:2 [calculation] `c` is circular"],
    );
    check(
        "calculate | c | | | ${d} + 1\ncalculate | d | | | ${c} + 1\ntext | a | A? | |",
        &["error survey:2 [calculation] `c` and `d` (line 3) are circular"],
    );
    check("calculate | c | | |\ntext | a | A? | |", &["error survey:2 [calculation] say what"]);
    check(
        "text | a | A? | |\ntext | b | Hello {a}$ | |",
        &["repair survey:3 [label::en] `{name}$` is read as `${name}`"],
    );
    check(
        "text | a | A? | |\ntext | b | B? | a = 'x' |",
        &["error survey:3 [relevant] `a` alone is a column"],
    );
    check("text | a | A? | . = 'x' |", &["error survey:2 [relevant] `.` is the answer under test"]);
    check("text | a | A? | |\ntext | b | B? | ${a} = ‘x’ |", &["repair survey:3 [relevant]"]);
    check("text | a | A? | |\ntext | b | B? | ${a = |", &["error survey:3 [relevant] at character"]);
    check(
        "text | a | A? | |\ntext | b | B? | regex(${a}, '(?=x)') |",
        &["error survey:3 [relevant] at character"],
    );
}

#[test]
fn filters_and_lists_are_looked_at() {
    let columns = "type | name | label::en | choice_filter | required";
    let check = |rows: &str, expected: &[&str]| check(columns, rows, expected);
    check("text | a | A? | |\nselect_one town | t | T? | area = ${a} |", &[]);
    check(
        "text | a | A? | |\nselect_one town | t | T? | aera = ${a} |",
        &["error survey:3 [choice_filter] the sheet choices has no column `aera`; did you mean `area`?"],
    );
    check(
        "text | a | A? | |\nselect_one town | t | T? | area = ${a} | yes",
        &["warning survey:3 [required] if the filter leaves no choice"],
    );
    check(
        "geopoint | g | G? | | yes",
        &["warning survey:2 [required] not everybody", "warning survey:2 [wasl_pii] this looks"],
    );
}

#[test]
fn choices_are_looked_at() {
    let check = |rows: &str, expected: &[&str]| {
        let text = format!(
            "|survey|type|name|label::en|\n||select_one l|a|A?|\n|choices|list_name|name|label::en|wasl_aliases_en|\n{rows}"
        );
        let found = match Form::read(Workbook::from_markdown("t.md", &text).unwrap()) {
            Ok((_, found)) | Err(found) => told(&found),
        };
        let fits = found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| f.starts_with(e));
        assert!(fits, "{rows}\nfound {found:#?}\nexpected {expected:#?}");
    };
    check("||l|a|A||\n||l|b|B||", &[]);
    check("||l|a|A||\n||l|a|B||", &["error choices:5 [name] `a` is in the list `l` already"]);
    check("||l|a b|A||", &["error choices:4 [name] `a b` holds a space"]);
    check("||l||A||\n||l|b|B||", &["error choices:4 [name] a choice needs a list and a name"]);
    check("||l|a|||", &["error choices:4 [label::en] the choice `a` has no label"]);
    check("||l|a|A ${a}||", &["error choices:4 [label::en] `${…}` is not replaced"]);
    check("||l|a|A|x, y|\n||l|b|B|y|", &["warning choices:5 [wasl_aliases_en] `y` is an alias of another"]);
    check("||l|a|A||\n||l|b|A||", &["warning choices:5 [label::en] two choices of this list"]);
    check(
        "||l|a|Twenty-one letters ab||",
        &["warning choices:4 [label::en] `a` of the list `l` is longer than 20"],
    );
    let four = "||l|a|Twenty-one letters ab||\n||l|b|B||\n||l|c|C||\n||l|d|D||";
    check(four, &[]);
    let eleven: String = (0..11).map(|n| format!("||l|c{n}|C{n}||\n")).collect();
    check(&eleven, &["warning choices:4 [] the list `l` has more than 10"]);
    check("||l|a|A||\n||m|b|B||", &[]);
}

#[test]
fn kinds_are_read() {
    let columns = "type | name | label::en | wasl_kind | parameters | appearance | wasl_pii";
    let check = |row: &str, kind: Kind, pii: Pii| {
        let (form, _) = Form::read(book(columns, row)).unwrap_or_else(|found| panic!("{row}: {found:?}"));
        assert_eq!((&form.questions[0].kind, form.questions[0].pii), (&kind, pii), "{row}");
    };
    let range = |start, end, step| Kind::Range { start, end, step };
    check("text | q | Q? | | | multiline | none", Kind::Text { multiline: true }, Pii::None);
    check("text | q | Q? | phone | | | ", Kind::Phone, Pii::Person);
    check("text | q | Q? | Email | | | special", Kind::Email, Pii::Special);
    check("text | q | Q? | name | | | ", Kind::Name, Pii::Person);
    check("range | q | Q? | | start=0, end=1; step=0.5 | | ", range(0.0, 1.0, 0.5), Pii::None);
    check("range | q | Q? | | | | ", range(1.0, 10.0, 1.0), Pii::None);
    check("image | q | Q? | | max-pixels=100 | | ", Kind::Document { images_only: true }, Pii::Special);
    check("file | q | Q? | | | | ", Kind::Document { images_only: false }, Pii::Special);
    check("Select One from town | q | Q? | | | | ", Kind::SelectOne { list: "town".into() }, Pii::None);
    check("geopoint | q | Q? | | | | ", Kind::Place, Pii::Person);
}

#[test]
fn conditions_of_groups_are_joined() {
    let columns = "type | name | label::en | relevant";
    let rows = "text | a | A? |\nbegin_group | g | Home | ${a} = '1'\nbegin_group | h | Rooms | ${a} != '2'\n\
        text | b | B? | ${a} != '3'\ntext | c | C? |\nend_group | | |\ntext | d | D? |\nend_group | | |\ntext | e | E? |";
    let (form, _) = Form::read(book(columns, rows)).unwrap();
    let check = |id: &str, relevant: &str, groups: usize| {
        let question = form.question(id).unwrap();
        let text = question.relevant.as_ref().map_or("", |expr| &expr.text);
        assert_eq!((text, question.groups.len()), (relevant, groups), "{id}");
    };
    check("a", "", 0);
    check("b", "((${a} = '1') and (${a} != '2')) and (${a} != '3')", 2);
    check("c", "(${a} = '1') and (${a} != '2')", 2);
    check("d", "${a} = '1'", 1);
    check("e", "", 0);
}

#[test]
fn languages_are_read_in_any_spelling() {
    let read = |header: &str, settings: &str| {
        let text = format!("|survey|type|name|{header}|\n||text|a|A?|A?|\n{settings}");
        Form::read(Workbook::from_markdown("folder/trial-form.md", &text).unwrap())
    };
    let check = |header: &str, settings: &str, expected: &str| {
        let told = match read(header, settings) {
            Ok((form, found)) => {
                let locales: Vec<_> = form.locales.iter().map(|locale| locale.as_str()).collect();
                format!("{} {} {} {}", form.id, form.default_locale, locales.join(","), found.len())
            }
            Err(found) => found[0].text.clone(),
        };
        assert!(told.starts_with(expected), "{header}: {told}");
    };
    let arabic = "|settings|default_language|\n||Arabic|\n";
    check("label::English (en)|label::العربية", arabic, "trial-form ar en,ar 0");
    check("label|label::en", arabic, "trial-form ar ar,en 0");
    check("label|hint", "", "trial-form en en 1");
    check("label|label::ar", "", "the column `label` names no language");
    check("label::en|label::ar", "|settings|default_language|form_id|\n||fr|x|\n", "x fr en,ar 0");
    check(
        "label::en|label::ar",
        "|settings|default_language|\n||Elvish|\n",
        "the language `Elvish` is not known",
    );
    check("label::en|label::ar", "|settings|form_id|\n||two words|\n", "`two words` is no name");
    check("label::en|label::ar", "|settings|form_id|\n||a|\n||b|\n", "settings have one row");
    check(
        "label::en|label::ar",
        "|settings|frm_id|\n||a|\n",
        "this column is not known; did you mean `form_id`?",
    );
    check("label::en|label::ar", "|entities|list_name|\n||a|\n", "entities are not written from chat");
}

#[test]
fn missing_translations_are_told() {
    let text = "|survey|type|name|label::en|label::ar|hint::en|\n||text|a|A?|أ؟|help|\n||text|b|B?||\n";
    let (form, found) = Form::read(Workbook::from_markdown("t.md", text).unwrap()).unwrap();
    let expected =
        ["warning survey:2 [hint] no `hint` in `ar`", "warning survey:3 [label::ar] no `label` in `ar`"];
    assert_eq!(told(&found), expected);
    assert_eq!(form.questions.len(), 2);
}

#[test]
fn what_looks_sensitive_is_told() {
    let columns = "type | name | label::en | wasl_pii";
    let check = |row: &str, sensitive: bool| {
        let (_, found) = Form::read(book(columns, row)).unwrap();
        let told = found.iter().any(|finding| finding.text.starts_with("this looks like"));
        assert_eq!(told, sensitive, "{row}");
    };
    check("text | passport_number | Number? |", true);
    check("integer | q | What is your salary? |", true);
    check("text | q | ما رقم جوازك؟ |", true);
    check("text | q | What is your salary? | none", false);
    check("text | colour | Which colour? |", false);
    check("image | photo | Photo? |", true);
    check("text | rapid | Is it rapid? |", false);
}

#[test]
fn the_hash_is_of_the_meaning() {
    let hash = |text: &str| {
        let book = Workbook::from_markdown("t.md", text).unwrap();
        Form::read(book).unwrap_or_else(|found| panic!("{text}: {found:?}")).0.hash
    };
    let first = hash("|survey|type|name|label::en|\n||text|a|A?|");
    assert_eq!(first.len(), 64);
    let same = |text: &str| assert_eq!(hash(text), first, "{text}");
    let other = |text: &str| assert_ne!(hash(text), first, "{text}");
    same("words\n\n| Survey | type | name | label::en |\n|---|---|\n|| text | a | A? |");
    same("|survey|name|type|label::en|\n||a|text|A?|");
    same("|survey|type|name|label::en|# note|hint::en|\n||text|a|A?|mine||");
    same("|settings|form_id|\n|survey|type|name|label::en|\n||text|a|A?|");
    other("|survey|type|name|label::en|\n||text|a|A ?|");
    other("|survey|type|name|label::en|\n||text|b|A?|");
    other("|survey|type|name|label::en|required|\n||text|a|A?|yes|");
    other("|settings|form_id|\n||x|\n|survey|type|name|label::en|\n||text|a|A?|");
}

#[test]
fn a_pinned_form_is_read_again_from_its_source() {
    let (form, _) = Form::read(book("type | name | label::en", "text | a | A?")).unwrap();
    let json = serde_json::to_string(&form.source).unwrap();
    let again = Form::read(serde_json::from_str(&json).unwrap()).unwrap().0;
    assert_eq!(again.reference(), form.reference());
}

proptest! {
    #[test]
    fn any_form_is_read_or_refused(
        columns in prop::collection::vec("type|name|label|label::ar|relevant|constraint|default|required|parameters|wasl_kind|x{0,2}", 1..6),
        rows in prop::collection::vec(prop::collection::vec(
            "text|range|select_one l|begin_group|end_group|calculate|note|\\$\\{a\\}|a|b|yes|start=1 end=0|1 \\+|\\. > 1|\\PC{0,12}", 6), 0..8),
    ) {
        let cells = |row: &Vec<String>| row.iter().take(columns.len()).map(|c| c.replace('|', "\\|")).collect::<Vec<_>>().join("|");
        let rows: String = rows.iter().map(|row| format!("||{}|\n", cells(row))).collect();
        let text = format!("|survey|{}|\n{rows}|choices|list_name|name|label|\n||l|a|A|\n", columns.join("|"));
        if let Ok(book) = Workbook::from_markdown("t.md", &text) {
            match Form::read(book) {
                Ok((form, found)) => {
                    prop_assert!(!form.questions.is_empty());
                    prop_assert!(found.iter().all(|finding| finding.severity != Severity::Error));
                }
                Err(found) => prop_assert!(found.iter().any(|finding| finding.severity == Severity::Error)),
            }
        }
    }
}
