//! The parsed shape of an expression.

use super::functions::Function;
use super::pattern::Pattern;

/// A part of an expression and where it begins, in characters of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub at: usize,
    pub kind: Kind,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Text(String),
    Number(f64),
    /// `${name}`
    Question(Name),
    /// `.`
    Dot,
    /// A bare name: a column of the choice row.
    Column(String),
    Minus(Box<Node>),
    /// Operands joined by operators of one level, worth is folded from the left. Flat, so that depth
    /// grows by nesting alone and a long sum cannot exhaust the stack.
    Chain(Box<Node>, Vec<(Operator, Node)>),
    Call(&'static Function, Vec<Node>),
    /// `regex(value, 'pattern')` with a fixed pattern.
    Matches(Box<Node>, Pattern),
    /// `jr:choice-name(value, '${question}')`
    ChoiceName(Box<Node>, ChoiceSource),
}

/// A question as an expression names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name itself.
    pub text: String,
    /// Its place in the form, once the form is read; none in an expression that stands alone.
    pub place: Option<usize>,
}

/// Where `jr:choice-name` looks.
#[derive(Debug, Clone, PartialEq)]
pub enum ChoiceSource {
    Question(String),
    List(String),
}

/// The operators, weakest binding first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
}

/// How many levels [`Operator::level`] knows.
pub const LEVELS: u8 = 6;

impl Operator {
    /// How tightly it binds, 0 the weakest.
    pub fn level(self) -> u8 {
        match self {
            Operator::Or => 0,
            Operator::And => 1,
            Operator::Equal | Operator::Unequal => 2,
            Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast => 3,
            Operator::Plus | Operator::Minus => 4,
            Operator::Times | Operator::Divide | Operator::Modulo => 5,
        }
    }
}

impl Node {
    /// The parts directly inside, from left to right.
    pub fn children(&self) -> Vec<&Node> {
        match &self.kind {
            Kind::Text(_) | Kind::Number(_) | Kind::Question(_) | Kind::Dot | Kind::Column(_) => Vec::new(),
            Kind::Minus(inner) | Kind::Matches(inner, _) | Kind::ChoiceName(inner, _) => vec![inner],
            Kind::Chain(first, rest) => {
                std::iter::once(&**first).chain(rest.iter().map(|(_, n)| n)).collect()
            }
            Kind::Call(_, args) => args.iter().collect(),
        }
    }
    /// Tells every question named in this part its place.
    pub fn settle(&mut self, place: &impl Fn(&str) -> Option<usize>) {
        match &mut self.kind {
            Kind::Question(name) => name.place = place(&name.text),
            Kind::Text(_) | Kind::Number(_) | Kind::Dot | Kind::Column(_) => {}
            Kind::Minus(inner) | Kind::Matches(inner, _) | Kind::ChoiceName(inner, _) => inner.settle(place),
            Kind::Chain(first, rest) => {
                first.settle(place);
                rest.iter_mut().for_each(|(_, node)| node.settle(place));
            }
            Kind::Call(_, args) => args.iter_mut().for_each(|arg| arg.settle(place)),
        }
    }
    /// Shows this part and all inside it to `see`, from left to right, the inner ones first.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Node)) {
        for child in self.children() {
            child.visit(see);
        }
        see(self);
    }
}
