//! From tokens to the tree.

use super::ExprError;
use super::functions::{self, Function, Missing};
use super::lexer::{Sign, Token};
use super::pattern::Pattern;
use super::tree::{ChoiceSource, Kind, LEVELS, Name, Node, Operator};

/// How deep parentheses, calls and signs may nest: far above any real form, far below the stack.
const DEPTH: usize = 64;

/// Builds the tree of all `tokens`; `end` is the text's length in characters.
pub fn parse(tokens: Vec<Token>, end: usize) -> Result<Node, ExprError> {
    let mut parser = Parser { tokens, next: 0, depth: 0, end };
    let node = parser.chain(0)?;
    match parser.peek() {
        None => Ok(node),
        Some(sign) => parser.fail(after_operand(sign)),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Sign> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }
    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |token| token.at)
    }
    fn fail<T>(&self, text: impl Into<String>) -> Result<T, ExprError> {
        Err(ExprError { at: self.at(), text: text.into() })
    }
    /// Passes over `sign` if it is next.
    fn skip(&mut self, sign: &Sign) -> bool {
        let found = self.peek() == Some(sign);
        self.next += usize::from(found);
        found
    }
    /// Goes one level down, at `at`.
    fn deeper(&mut self, at: usize) -> Result<(), ExprError> {
        self.depth += 1;
        if self.depth > DEPTH {
            let text = format!("more than {DEPTH} levels of nesting: split it over several calculate rows");
            return Err(ExprError { at, text });
        }
        Ok(())
    }

    /// Operands of `level` and above, joined by operators of that level.
    fn chain(&mut self, level: u8) -> Result<Node, ExprError> {
        if level == LEVELS {
            return self.signed();
        }
        let first = self.chain(level + 1)?;
        let mut rest = Vec::new();
        while let Some(operator) = self.operator(level) {
            self.next += 1;
            rest.push((operator, self.chain(level + 1)?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(Node { at: first.at, kind: Kind::Chain(Box::new(first), rest) })
    }

    fn operator(&self, level: u8) -> Option<Operator> {
        match self.peek() {
            Some(Sign::Operator(operator)) if operator.level() == level => Some(*operator),
            _ => None,
        }
    }

    fn signed(&mut self) -> Result<Node, ExprError> {
        let at = self.at();
        if !self.skip(&Sign::Operator(Operator::Minus)) {
            return self.operand();
        }
        self.deeper(at)?;
        let inner = self.signed()?;
        self.depth -= 1;
        Ok(Node { at, kind: Kind::Minus(Box::new(inner)) })
    }

    fn operand(&mut self) -> Result<Node, ExprError> {
        let at = self.at();
        let Some(sign) = self.peek().cloned() else {
            return self.fail("the expression stops too early: a value is missing here");
        };
        let kind = match sign {
            Sign::Text(text) => Kind::Text(text),
            Sign::Number(number) => Kind::Number(number),
            Sign::Question(text) => Kind::Question(Name { text, place: None }),
            Sign::Dot => Kind::Dot,
            Sign::Open => {
                self.next += 1;
                return self.parenthesis(at);
            }
            Sign::Name(name) => {
                self.next += 1;
                return self.named(at, name);
            }
            Sign::Parent => {
                return self.fail("`..` and paths are not in the chat profile: name the question as ${name}");
            }
            Sign::Operator(_) | Sign::Close | Sign::Comma => {
                return self.fail("a value is missing here: ${name}, ., a number, 'text' or a function");
            }
        };
        self.next += 1;
        Ok(Node { at, kind })
    }

    fn parenthesis(&mut self, at: usize) -> Result<Node, ExprError> {
        self.deeper(at)?;
        let inner = self.chain(0)?;
        if !self.skip(&Sign::Close) {
            let text = self.unclosed("the `(`", at);
            return self.fail(text);
        }
        self.depth -= 1;
        Ok(inner)
    }

    fn unclosed(&self, what: &str, at: usize) -> String {
        match self.peek() {
            None => format!("{what} at character {} is never closed: write `)`", at + 1),
            Some(sign) => after_operand(sign),
        }
    }

    /// A function call, or a column of the choice row.
    fn named(&mut self, at: usize, name: String) -> Result<Node, ExprError> {
        if !self.skip(&Sign::Open) {
            if name.contains(':') {
                return Err(ExprError {
                    at, text: format!("`{name}` needs its arguments: write {name}(…)")
                });
            }
            return Ok(Node { at, kind: Kind::Column(name) });
        }
        let function = functions::find(&name).map_err(|missing| unknown(at, &name, missing))?;
        if function.name == "position" && self.skip(&Sign::Parent) {
            if !self.skip(&Sign::Close) {
                return self.fail("write position(..) with nothing after the dots");
            }
            return Ok(Node { at, kind: Kind::Call(function, Vec::new()) });
        }
        self.deeper(at)?;
        let args = self.arguments(function, at)?;
        self.depth -= 1;
        call(function, args, at)
    }

    fn arguments(&mut self, function: &Function, at: usize) -> Result<Vec<Node>, ExprError> {
        let mut args = Vec::new();
        if self.skip(&Sign::Close) {
            return Ok(args);
        }
        loop {
            args.push(self.chain(0)?);
            if self.skip(&Sign::Close) {
                return Ok(args);
            }
            if !self.skip(&Sign::Comma) {
                let text = self.unclosed(&format!("{}(", function.name), at);
                return self.fail(text);
            }
        }
    }
}

/// The call with its arguments counted, and what is fixed in it prepared.
fn call(function: &'static Function, mut args: Vec<Node>, at: usize) -> Result<Node, ExprError> {
    if args.is_empty() && function.dot_if_empty {
        args.push(Node { at, kind: Kind::Dot });
    }
    if let Some(complaint) = function.miscounted(args.len()) {
        return Err(ExprError { at, text: complaint });
    }
    let second = args.get(1).map(|node| (node.at, node.kind.clone()));
    let kind = match (function.name, second) {
        ("regex", Some((at, Kind::Text(pattern)))) => {
            let pattern = Pattern::new(&pattern).map_err(|text| ExprError { at, text })?;
            Kind::Matches(Box::new(args.swap_remove(0)), pattern)
        }
        ("jr:choice-name", Some((at, source))) => {
            let source =
                choice_source(source).ok_or_else(|| ExprError { at, text: CHOICE_SOURCE.to_owned() })?;
            Kind::ChoiceName(Box::new(args.swap_remove(0)), source)
        }
        _ => Kind::Call(function, args),
    };
    Ok(Node { at, kind })
}

const CHOICE_SOURCE: &str =
    "name the question in quotes: jr:choice-name(${question}, '${question}'), or a list: 'list_name'";

fn choice_source(kind: Kind) -> Option<ChoiceSource> {
    let Kind::Text(text) = kind else { return None };
    let text = text.trim();
    match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => Some(ChoiceSource::Question(name.trim().to_owned())),
        None if text.is_empty() || text.contains(['$', '/', '{', ' ']) => None,
        None => Some(ChoiceSource::List(text.to_owned())),
    }
}

fn unknown(at: usize, name: &str, missing: Missing) -> ExprError {
    let text = match missing {
        Missing::NotInProfile("") => {
            format!("the function {name}(…) is not in the chat profile")
        }
        Missing::NotInProfile(instead) => {
            format!("the function {name}(…) is not in the chat profile: {instead}")
        }
        Missing::Misspelt(near) if near.is_empty() => format!("there is no function {name}(…)"),
        Missing::Misspelt(near) => {
            let near: Vec<String> = near.iter().map(|name| format!("{name}(…)")).collect();
            format!("there is no function {name}(…): did you mean {}?", near.join(" or "))
        }
    };
    ExprError { at, text }
}

/// What is wrong when `sign` stands where an operator or the end was expected.
fn after_operand(sign: &Sign) -> String {
    match sign {
        Sign::Close => "this `)` closes nothing: delete it or write its `(`".to_owned(),
        Sign::Comma => "a comma stands only between the arguments of a function".to_owned(),
        Sign::Name(name) if ["AND", "OR", "MOD", "DIV", "And", "Or"].contains(&name.as_str()) => {
            format!("operators are written small: write {}", name.to_lowercase())
        }
        Sign::Open => {
            "an operator is missing before `(`: names of functions stand directly before it".to_owned()
        }
        _ => "an operator is missing here: and, or, =, !=, <, <=, >, >=, +, -, *, div, mod".to_owned(),
    }
}
