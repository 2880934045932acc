//! The functions of the profile: a table per family, each row beside what it does.

mod choice;
mod day;
mod number;
mod text;
mod truth;

use std::borrow::Cow;

use super::eval::eval;
use super::tree::Node;
use super::{Scope, Value};

/// A function: its name, how many arguments it takes, and what it does.
pub struct Function {
    pub name: &'static str,
    /// The fewest arguments.
    least: usize,
    /// The most arguments.
    most: usize,
    /// Without arguments it looks at `.`.
    pub dot_if_empty: bool,
    /// Its worth.
    pub run: for<'v> fn(&Call<'v>) -> Value<'v>,
}

/// As many arguments as somebody writes.
const ANY: usize = usize::MAX;

const fn function(
    name: &'static str,
    least: usize,
    most: usize,
    run: for<'v> fn(&Call<'v>) -> Value<'v>,
) -> Function {
    Function { name, least, most, dot_if_empty: false, run }
}

/// A function of one text that looks at `.` when it is given none.
const fn of_dot(name: &'static str, run: for<'v> fn(&Call<'v>) -> Value<'v>) -> Function {
    Function { name, least: 1, most: 1, dot_if_empty: true, run }
}

static FAMILIES: [&[Function]; 5] =
    [truth::FUNCTIONS, text::FUNCTIONS, number::FUNCTIONS, day::FUNCTIONS, choice::FUNCTIONS];

/// Why a function was not found.
pub enum Missing {
    /// ODK or its kin know it, the chat profile does not; what to do instead, possibly empty.
    NotInProfile(&'static str),
    /// Nobody knows it; functions with a name like it, possibly none.
    Misspelt(Vec<&'static str>),
}

/// The function of that name.
pub fn find(name: &str) -> Result<&'static Function, Missing> {
    let all = || FAMILIES.iter().flat_map(|family| family.iter());
    if let Some(function) = all().find(|function| function.name == name) {
        return Ok(function);
    }
    if let Some((_, instead)) = ELSEWHERE.iter().find(|(other, _)| *other == name) {
        return Err(Missing::NotInProfile(instead));
    }
    let plain = |name: &str| name.to_lowercase().replace(['-', '_', ':'], "");
    let wanted = plain(name);
    let allowed = if wanted.chars().count() < 5 { 1 } else { 2 };
    let mut near: Vec<(usize, &'static str)> =
        all().map(|function| (distance(&plain(function.name), &wanted), function.name)).collect();
    near.retain(|(steps, _)| *steps <= allowed);
    near.sort_unstable();
    Err(Missing::Misspelt(near.into_iter().take(3).map(|(_, name)| name).collect()))
}

/// Functions that forms of ODK, Kobo, CHT or spreadsheets use and the profile does not have.
const ELSEWHERE: &[(&str, &str)] = &[
    ("area", ""),
    ("base64-decode", ""),
    ("concatenate", "write concat(…)"),
    ("count-if", ""),
    ("count-non-empty", "there are no repeats in a chat"),
    ("current", "name the question as ${name}"),
    ("date-time", "write date(…) for a day or now() for the instant"),
    ("decimal-time", ""),
    ("digest", ""),
    ("distance", ""),
    ("geofence", ""),
    ("indexed-repeat", "there are no repeats in a chat"),
    ("instance", "put the list on the choices sheet and filter it with choice_filter"),
    ("isblank", "write ${name} = ''"),
    ("jr:itext", "put the words into a label"),
    ("last", "there are no repeats in a chat"),
    ("len", "write string-length(…)"),
    ("lower-case", "write translate(…)"),
    ("pulldata", "put the list on the choices sheet and filter it with choice_filter"),
    ("random", "the same answers must always give the same form"),
    ("randomize", "the same answers must always give the same form"),
    ("sqrt", "write pow(…, 0.5)"),
    ("substring", "write substr(text, from, to), counted from 0"),
    ("trim", "write normalize-space(…)"),
    ("upper-case", "write translate(…)"),
    ("uuid", "the session has its own number"),
    ("acos", ""),
    ("asin", ""),
    ("atan", ""),
    ("atan2", ""),
    ("cos", ""),
    ("exp", ""),
    ("exp10", ""),
    ("log", ""),
    ("log10", ""),
    ("pi", ""),
    ("sin", ""),
    ("tan", ""),
];

/// How many letters must be put in, taken out or changed to make `b` of `a` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

impl Function {
    /// What is wrong with `count` arguments, if anything.
    pub fn miscounted(&self, count: usize) -> Option<String> {
        let (name, least, most) = (self.name, self.least, self.most);
        let pairs = name == "weighted-checklist" && !count.is_multiple_of(2);
        if (least..=most).contains(&count) && !pairs {
            return None;
        }
        let takes = match (least, most) {
            (0, 0) => "no argument: write nothing between ( and )".to_owned(),
            (1, 1) => "one argument".to_owned(),
            _ if pairs => "two limits, then pairs of a value and its weight".to_owned(),
            (least, ANY) => format!("at least {least} arguments"),
            (least, most) if least == most => format!("{least} arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        };
        Some(format!("{name}(…) takes {takes}; here are {count}"))
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name // names are unique in the table
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A call: arguments are worked out when a function asks for them, so that `if` looks at one branch only. A
/// function asks for an argument once at most: asking twice at every level of nesting would never end.
pub struct Call<'a> {
    pub args: &'a [Node],
    pub scope: &'a dyn Scope,
}

impl<'v> Call<'v> {
    /// How many arguments there are.
    fn count(&self) -> usize {
        self.args.len()
    }
    /// The worth of an argument; one that is not there is the empty text.
    fn value(&self, index: usize) -> Value<'v> {
        self.args.get(index).map_or_else(|| Value::Text("".into()), |node| eval(node, self.scope))
    }
    fn text(&self, index: usize) -> Cow<'v, str> {
        self.value(index).text()
    }
    fn number(&self, index: usize) -> f64 {
        self.value(index).number_in(self.scope.zone())
    }
    fn truth(&self, index: usize) -> bool {
        self.value(index).truth()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_not_both_in_and_out_of_the_profile() {
        let names: Vec<&str> = FAMILIES.iter().flat_map(|f| f.iter()).map(|f| f.name).collect();
        let mut seen = BTreeSet::new();
        for name in names.iter().chain(ELSEWHERE.iter().map(|(name, _)| name)) {
            assert!(seen.insert(name), "{name} twice");
        }
    }

    #[test]
    fn distance_counts_changed_letters() {
        for (a, b, steps) in
            [("", "abc", 3), ("int", "int", 0), ("selcted", "selected", 1), ("flaw", "lawn", 2)]
        {
            assert_eq!(distance(a, b), steps, "{a} {b}");
        }
    }
}
