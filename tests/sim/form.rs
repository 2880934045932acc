//! Forms that nobody wrote, with conditions of their own: what they ask is worked out here once more, by rules that know
//! nothing of the program's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use wasl::form::{self, Answer, Answers, Shelf};

use super::rng::Rng;

/// The form that every service of the catalogue asks.
pub const NAME: &str = "support-request";

/// A form.
pub struct Spec {
    asked: Vec<Asked>,
}

struct Asked {
    name: String,
    kind: Kind,
    required: bool,
    when: Option<When>,
    holds: Option<Holds>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Words,
    Number,
    One,
    Many,
}

/// Of the question at that place, above.
enum When {
    Is(usize, &'static str),
    IsNot(usize, &'static str),
    Took(usize, &'static str),
    Above(usize, i64),
    Below(usize, i64),
    Given(usize),
    Not(Box<When>),
    Both(Box<When>, Box<When>),
    Either(Box<When>, Box<When>),
}

enum Holds {
    Between(i64, i64),
    LongerThan(usize),
    AtMostOne,
    /// The first choice only by itself.
    FirstAlone,
    IsNot(&'static str),
}

const CHOICES: [&str; 4] = ["east", "west", "north", "south"];

/// What stands for an answer: nothing, where it was left out or not asked.
#[derive(Default)]
enum Value<'a> {
    #[default]
    Nothing,
    Words(&'a str),
    Number(i64),
    Took(Vec<&'a str>),
}

impl Spec {
    /// A form of a handful of questions.
    pub fn of(rng: &mut Rng) -> Spec {
        let mut asked: Vec<Asked> = Vec::new();
        for n in 0..4 + rng.below(5) {
            // The first is what a request always begins with.
            let kind = match n {
                0 => Kind::Words,
                1 => Kind::One,
                _ => [Kind::Words, Kind::Number, Kind::One, Kind::One, Kind::Many][rng.below(5)],
            };
            let name = if n == 0 { "need".to_owned() } else { format!("q{n}") };
            let when = (n > 1 && rng.chance(700)).then(|| When::of(rng, &asked, 2)).flatten();
            let holds = (n > 0 && rng.chance(600)).then(|| Holds::of(rng, kind));
            asked.push(Asked { name, kind, required: n == 0 || rng.chance(450), when, holds });
        }
        Spec { asked }
    }

    /// The shipped forms, with this one in the place of the services' own.
    pub fn shelf(&self) -> Shelf {
        let mut files = form::shipped();
        for (name, text) in &mut files {
            if *name == format!("{NAME}.md") {
                *text = self.text();
            }
        }
        let (shelf, findings) =
            Shelf::read(&files).unwrap_or_else(|found| panic!("{found:#?}\n{}", self.text()));
        let of_this: Vec<_> = findings.iter().filter(|finding| finding.file.contains(NAME)).collect();
        assert!(of_this.is_empty(), "{of_this:#?}\n{}", self.text());
        shelf
    }

    /// The questions that are asked of whoever gave these answers, of those that are in this form.
    pub fn wanted(&self, answers: &Answers) -> BTreeSet<&str> {
        let mut values: Vec<Value<'_>> = Vec::new();
        let mut wanted = BTreeSet::new();
        for asked in &self.asked {
            let relevant = asked.when.as_ref().is_none_or(|when| when.is_so(&values));
            values.push(match (relevant, answers.get(asked.name.as_str())) {
                (true, Some(answer)) => Value::of(answer),
                _ => Value::Nothing,
            });
            if relevant {
                wanted.insert(asked.name.as_str());
            }
        }
        wanted
    }

    /// Whether a question is in this form.
    pub fn asks(&self, name: &str) -> bool {
        self.asked.iter().any(|asked| asked.name == name)
    }

    /// Whether an answer may stand; `None`: left out.
    pub fn takes(&self, name: &str, answer: Option<&Answer>) -> bool {
        let Some(asked) = self.asked.iter().find(|asked| asked.name == name) else { return true };
        match answer.map(Value::of).unwrap_or_default() {
            Value::Nothing => !asked.required,
            value => asked.holds.as_ref().is_none_or(|holds| holds.are_so(&value)),
        }
    }

    fn text(&self) -> String {
        let mut text = String::from(
            "| survey | type | name | label::English (en) | label::Arabic (ar) | hint::English (en) | hint::Arabic (ar) \
             | required | required_message::English (en) | required_message::Arabic (ar) | relevant | constraint \
             | constraint_message::English (en) | constraint_message::Arabic (ar) | wasl_kind | wasl_pii | wasl_save |\n\
             |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n\
             | | hidden | service | | | | | | | | | | | | | none | service |\n",
        );
        for asked in &self.asked {
            let Asked { name, kind, required, when, holds } = asked;
            let (kind, required) = (kind.text(), if *required { "yes | Please. | نرجو ذلك." } else { "| |" });
            let when = when.as_ref().map(|when| when.text(&self.asked, false)).unwrap_or_default();
            let holds = holds
                .as_ref()
                .map_or_else(|| "| |".into(), |holds| format!("{} | Not so. | ليس كذلك.", holds.text()));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "| | {kind} | {name} | About {name}? | عن {name}؟ | Example: 2. | مثال: ٢. | {required} | {when} | {holds} | | none | |"
            );
        }
        text.push_str(
            "\n| choices | list_name | name | label::English (en) | label::Arabic (ar) |\n|---|---|---|---|---|\n",
        );
        for (choice, arabic) in CHOICES.iter().zip(["شرق", "غرب", "شمال", "جنوب"]) {
            let _ = writeln!(text, "| | side | {choice} | The {choice} | {arabic} |");
        }
        text.push_str(
            "\n| settings | form_id | form_title::English (en) | form_title::Arabic (ar) | version | default_language |\n\
             |---|---|---|---|---|---|\n| | support-request | A request | طلب | 1 | Arabic (ar) |\n",
        );
        text
    }
}

impl Kind {
    fn text(self) -> &'static str {
        match self {
            Kind::Words => "text",
            Kind::Number => "integer",
            Kind::One => "select_one side",
            Kind::Many => "select_multiple side",
        }
    }
}

impl When {
    fn of(rng: &mut Rng, above: &[Asked], depth: u32) -> Option<When> {
        let deeper = |rng: &mut Rng| When::of(rng, above, depth - 1).map(Box::new);
        if depth > 0 && rng.chance(450) {
            return Some(match rng.below(3) {
                0 => When::Not(deeper(rng)?),
                1 => When::Both(deeper(rng)?, deeper(rng)?),
                _ => When::Either(deeper(rng)?, deeper(rng)?),
            });
        }
        let place = 1 + rng.below(above.len() - 1);
        let choice = CHOICES[rng.below(CHOICES.len())];
        Some(match above[place].kind {
            Kind::Words => When::Given(place),
            Kind::Number if rng.chance(500) => When::Above(place, rng.between(0, 3)),
            Kind::Number => When::Below(place, rng.between(1, 4)),
            Kind::One if rng.chance(600) => When::Is(place, choice),
            Kind::One => When::IsNot(place, choice),
            Kind::Many => When::Took(place, choice),
        })
    }

    fn is_so(&self, values: &[Value<'_>]) -> bool {
        let took = |place: &usize, choice: &str| match &values[*place] {
            Value::Took(names) => names.contains(&choice),
            _ => false,
        };
        match self {
            When::Is(place, choice) | When::Took(place, choice) => took(place, choice),
            When::IsNot(place, choice) => !took(place, choice),
            When::Given(place) => !matches!(values[*place], Value::Nothing),
            // A number that was not given is neither above nor below.
            When::Above(place, than) => matches!(values[*place], Value::Number(n) if n > *than),
            When::Below(place, than) => matches!(values[*place], Value::Number(n) if n < *than),
            When::Not(when) => !when.is_so(values),
            When::Both(one, other) => one.is_so(values) && other.is_so(values),
            When::Either(one, other) => one.is_so(values) || other.is_so(values),
        }
    }

    /// `denied`: within a `not`, where a number that was not given would make it true, which an author is warned of.
    fn text(&self, asked: &[Asked], denied: bool) -> String {
        let name = |place: &usize| format!("${{{}}}", asked[*place].name);
        let compares = |place: &usize, sign: &str, than: &i64| {
            let name = name(place);
            if denied {
                format!("({name} != '' and {name} {sign} {than})")
            } else {
                format!("{name} {sign} {than}")
            }
        };
        match self {
            When::Is(place, choice) => format!("{} = '{choice}'", name(place)),
            When::IsNot(place, choice) => format!("{} != '{choice}'", name(place)),
            When::Took(place, choice) => format!("selected({}, '{choice}')", name(place)),
            When::Above(place, than) => compares(place, ">", than),
            When::Below(place, than) => compares(place, "<", than),
            When::Given(place) => format!("{} != ''", name(place)),
            When::Not(when) => format!("not({})", when.text(asked, true)),
            When::Both(one, other) => {
                format!("({}) and ({})", one.text(asked, denied), other.text(asked, denied))
            }
            When::Either(one, other) => {
                format!("({}) or ({})", one.text(asked, denied), other.text(asked, denied))
            }
        }
    }
}

impl Holds {
    /// Something that people who answer at random come upon.
    fn of(rng: &mut Rng, kind: Kind) -> Holds {
        match kind {
            Kind::Words => Holds::LongerThan(rng.below(12)),
            Kind::Number => Holds::Between(rng.between(0, 2), rng.between(2, 4)),
            Kind::One => Holds::IsNot(CHOICES[rng.below(CHOICES.len())]),
            Kind::Many if rng.chance(500) => Holds::AtMostOne,
            Kind::Many => Holds::FirstAlone,
        }
    }

    fn are_so(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Holds::Between(least, most), Value::Number(n)) => (least..=most).contains(&n),
            (Holds::LongerThan(than), Value::Words(words)) => words.chars().count() > *than,
            (Holds::AtMostOne, Value::Took(names)) => names.len() <= 1,
            (Holds::FirstAlone, Value::Took(names)) => names.len() == 1 || !names.contains(&CHOICES[0]),
            (Holds::IsNot(choice), Value::Took(names)) => names != &[*choice],
            _ => false,
        }
    }

    fn text(&self) -> String {
        match self {
            Holds::Between(least, most) => format!(". >= {least} and . <= {most}"),
            Holds::LongerThan(than) => format!("string-length(.) > {than}"),
            Holds::AtMostOne => "count-selected(.) <= 1".into(),
            Holds::FirstAlone => {
                format!("not(selected(., '{}') and count-selected(.) > 1)", CHOICES[0])
            }
            Holds::IsNot(choice) => format!(". != '{choice}'"),
        }
    }
}

impl<'a> Value<'a> {
    fn of(answer: &'a Answer) -> Value<'a> {
        match answer {
            Answer::Text(words) if !words.trim().is_empty() => Value::Words(words),
            Answer::Integer(n) => Value::Number(*n),
            Answer::One(name) => Value::Took(vec![name]),
            Answer::Many(names) if !names.is_empty() => {
                Value::Took(names.iter().map(|name| &**name).collect())
            }
            _ => Value::Nothing,
        }
    }
}

/// The forms of seeds, made once each.
pub fn made(rng: &mut Rng) -> (std::sync::Arc<Spec>, Shelf) {
    use std::sync::{Arc, Mutex, PoisonError};
    static MADE: Mutex<BTreeMap<u64, (Arc<Spec>, Shelf)>> = Mutex::new(BTreeMap::new());
    let n = rng.below(FORMS) as u64;
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let spec = Spec::of(&mut Rng::new(n));
        let shelf = spec.shelf();
        (Arc::new(spec), shelf)
    };
    made.entry(n).or_insert_with(make).clone()
}

/// How many there are.
const FORMS: usize = 200;

#[test]
fn authors_would_be_told_of_nothing() {
    for n in 0..FORMS {
        let spec = Spec::of(&mut Rng::new(n as u64));
        let book = form::Workbook::from_markdown(&format!("{NAME}.md"), &spec.text());
        let (_, findings) =
            form::Form::read(book.expect("a table")).unwrap_or_else(|found| panic!("{found:#?}"));
        assert!(findings.is_empty(), "form {n}: {findings:#?}\n{}", spec.text());
    }
}
