//! What an author should know of an expression that parses: where ODK's rules surprise people.

use std::collections::BTreeSet;

use super::tree::{Kind, Node, Operator};

/// Something an author should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// Where, in characters of the text from 0.
    pub at: usize,
    /// What it is about.
    pub matter: Matter,
    /// What happens and what to write instead.
    pub text: String,
}

/// What a lint is about; the question is named so that a form can drop what does not apply to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// This question may be empty where a comparison of numbers decides: the comparison is then false.
    /// Void if the question is required and comes before.
    EmptyNumber(String),
    /// This question's stored text is taken as true or false: every non-empty text is true.
    TextAsTruth(String),
    /// Words are compared by size, which is never true.
    WordsCompared,
    /// A pattern is worked out, so that it cannot be checked here.
    LoosePattern,
    /// `${name}` in quotes is plain text.
    QuotedQuestion,
}

/// All lints of a tree, in the order of their places.
pub fn lints(root: &Node) -> Vec<Lint> {
    let mut finder = Finder { found: Vec::new(), guarded: guarded(root) };
    finder.walk(root, false);
    finder.found.sort_by_key(|lint| lint.at);
    finder.found
}

/// The questions for whose emptiness the author provides: compared with '', or under coalesce or string-length.
fn guarded(root: &Node) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    root.visit(&mut |node| {
        let provides = match &node.kind {
            Kind::Call(function, _) => ["coalesce", "string-length"].contains(&function.name),
            Kind::Chain(..) => node.children().iter().any(|n| n.kind == Kind::Text(String::new())),
            _ => false,
        };
        if provides {
            found.extend(node.children().into_iter().filter_map(question));
        }
    });
    found
}

fn question(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Question(name) => Some(&name.text),
        _ => None,
    }
}

struct Finder<'a> {
    found: Vec<Lint>,
    guarded: BTreeSet<&'a str>,
}

impl Finder<'_> {
    /// Adds what was not yet said: of a question, each matter once.
    fn add(&mut self, at: usize, matter: Matter, text: String) {
        let asked = matches!(matter, Matter::EmptyNumber(_) | Matter::TextAsTruth(_));
        if !asked || self.found.iter().all(|lint| lint.matter != matter) {
            self.found.push(Lint { at, matter, text });
        }
    }

    /// `decides`: whether "false because empty" has a consequence here, as in `if(…)` and `not(…)`.
    fn walk(&mut self, node: &Node, decides: bool) {
        match &node.kind {
            Kind::Text(text) if text.contains("${") => {
                let words =
                    "${…} in quotes is plain text, not an answer: write it outside, or concat('…', ${name})";
                self.add(node.at, Matter::QuotedQuestion, words.to_owned());
            }
            Kind::Chain(first, rest) => self.chain(first, rest, decides),
            Kind::Call(function, args) => {
                let condition = ["if", "not", "boolean"].contains(&function.name);
                if let (true, Some(condition)) = (condition, args.first()) {
                    self.truth(condition);
                }
                if function.name == "regex" {
                    let words =
                        "this pattern is worked out, so it cannot be checked: a wrong one matches nothing";
                    self.add(node.at, Matter::LoosePattern, words.to_owned());
                }
                let passes = decides && function.name == "boolean";
                for (i, arg) in args.iter().enumerate() {
                    self.walk(arg, i == 0 && (passes || ["if", "not"].contains(&function.name)));
                }
            }
            _ => node.children().into_iter().for_each(|child| self.walk(child, false)),
        }
    }

    fn chain(&mut self, first: &Node, rest: &[(Operator, Node)], decides: bool) {
        let mut left = first;
        for (operator, right) in rest {
            match operator {
                Operator::Or | Operator::And => [left, right].into_iter().for_each(|side| self.truth(side)),
                Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast => {
                    self.sizes(left, right, decides);
                }
                Operator::Unequal
                    if [left, right].iter().any(|side| matches!(side.kind, Kind::Number(_))) =>
                {
                    self.empty(left, "true");
                    self.empty(right, "true");
                }
                _ => {}
            }
            left = right;
        }
        let logic = rest.iter().all(|(operator, _)| operator.level() < 2);
        self.walk(first, decides && logic);
        rest.iter().for_each(|(_, node)| self.walk(node, decides && logic));
    }

    fn sizes(&mut self, left: &Node, right: &Node, decides: bool) {
        for side in [left, right] {
            if let Kind::Text(text) = &side.kind {
                let number = super::Value::Text(text.into()).number_in(chrono_tz::UTC);
                if number.is_nan() {
                    let words =
                        "words have no order here, so this comparison is never true: compare numbers or days";
                    self.add(side.at, Matter::WordsCompared, words.to_owned());
                }
            }
            if decides {
                self.empty(side, "false");
            }
        }
    }

    /// Tells that a comparison with `node` has the worth `outcome` while a question in it is empty.
    fn empty(&mut self, node: &Node, outcome: &str) {
        let mut names = BTreeSet::new();
        let mut operands = vec![node];
        while let Some(node) = operands.pop() {
            names.extend(question(node));
            if matches!(node.kind, Kind::Chain(..) | Kind::Minus(_)) {
                operands.extend(node.children());
            }
        }
        for name in names {
            if !self.guarded.contains(name) {
                let words = format!(
                    "while ${{{name}}} is empty this comparison is {outcome}: ask ${{{name}}} before and require it, \
                     or add ${{{name}}} != ''"
                );
                self.add(node.at, Matter::EmptyNumber(name.to_owned()), words);
            }
        }
    }

    fn truth(&mut self, node: &Node) {
        if let Some(name) = question(node) {
            let words = format!(
                "${{{name}}} alone is true whenever it is answered, also with 'no' or 'false': \
                 write ${{{name}}} = 'yes', or ${{{name}}} != ''"
            );
            self.add(node.at, Matter::TextAsTruth(name.to_owned()), words);
        }
    }
}
