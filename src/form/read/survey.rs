//! The sheet `survey`: questions and groups, in order.

use std::collections::{BTreeMap, BTreeSet};

use super::super::expr::Expr;
use super::super::findings::Findings;
use super::super::markdown::Row;
use super::super::model::{Kind, Labels, Question};
use super::super::placeholder::is_name;
use super::choices::Lists;
use super::grid::Grid;
use super::logic::{Logic, Named};
use super::settings::Settings;
use super::types::{RowType, Shape, row_type};
use crate::message::Locale;

/// What the sheet holds.
pub(super) struct Survey {
    /// The questions in order.
    pub(super) questions: Vec<Question>,
    /// The languages of their labels, in the order of the columns.
    pub(super) languages: Vec<Locale>,
    /// The lists that are asked from.
    pub(super) lists_used: BTreeSet<Box<str>>,
}

impl Survey {
    /// Whether a choice filter reads the column of that name.
    pub(super) fn filters_mention(&self, column: &str) -> bool {
        let mut filters = self.questions.iter().filter_map(|question| question.choice_filter.as_ref());
        filters.any(|filter| filter.columns().contains(&column))
    }
}

/// A group that is open.
struct Group {
    line: u32,
    label: Labels,
    /// Its condition, with those of the groups around it.
    relevant: Option<Expr>,
}

struct Reader<'g, 's> {
    logic: Logic<'g, 's>,
    lists: &'g Lists,
    groups: Vec<Group>,
    questions: Vec<Question>,
    lists_used: BTreeSet<Box<str>>,
}

/// Reads every row.
pub(super) fn read(grid: &Grid, settings: &Settings, lists: &Lists, findings: &mut Findings) -> Survey {
    let mut all = BTreeMap::new();
    for row in grid.rows() {
        let name = grid.text(row, "name");
        if !name.is_empty() && row_type(grid.text(row, "type")) != RowType::End {
            all.entry(name).or_insert(row);
        }
    }
    let default = &settings.default;
    let logic = Logic {
        grid,
        default,
        findings,
        all,
        above: BTreeMap::new(),
        always: BTreeSet::new(),
        lists: lists.by_name.keys().map(|name| &**name).collect(),
        columns: lists.columns.iter().map(|name| &**name).collect(),
    };
    let mut reader =
        Reader { logic, lists, groups: Vec::new(), questions: Vec::new(), lists_used: BTreeSet::new() };
    grid.rows().for_each(|row| reader.row(row));
    for group in &reader.groups {
        reader.logic.findings.error(grid.name(), group.line, "type", "this group has no end_group");
    }
    let mut languages = grid.languages.clone();
    if grid.has_bare("label") && !languages.contains(default) {
        languages.insert(0, default.clone());
    }
    Survey { questions: reader.questions, languages, lists_used: reader.lists_used }
}

impl<'s> Reader<'_, 's> {
    fn row(&mut self, row: &'s Row) {
        let grid = self.logic.grid;
        let name = grid.text(row, "name");
        match row_type(grid.text(row, "type")) {
            RowType::Refused(_) if grid.text(row, "type").is_empty() => {
                self.logic.error(row, "type", "this row has no type");
            }
            RowType::Refused(reason) => self.logic.error(row, "type", reason),
            RowType::Metadata => {
                let text =
                    "not kept in chat, the row is passed over; to ask for it, use text (with wasl_kind)";
                self.logic.warning(row, "type", text);
                self.logic.above.insert(name, Named::Metadata);
            }
            RowType::Begin => self.begin(row, name),
            RowType::End => {
                if self.groups.pop().is_none() {
                    self.logic.error(row, "type", "no group is open here");
                }
            }
            RowType::Question(shape) => {
                self.name(row, name);
                let question = self.question(row, name, &shape);
                if question.required && question.relevant.is_none() {
                    self.logic.always.insert(name);
                }
                let named = if shape == Shape::Note { Named::Note } else { Named::Value };
                self.logic.above.insert(name, named);
                self.questions.push(question);
            }
        }
    }

    fn name(&mut self, row: &'s Row, name: &'s str) {
        if !is_name(name) || name.len() > 64 {
            let text = format!(
                "`{name}` is no name: an ASCII letter or `_`, then letters, digits, `_`, `-` or `.`, 64 at most"
            );
            self.logic.error(row, "name", text);
        } else if let Some(first) = self.logic.all.get(name).filter(|first| !std::ptr::eq(**first, row)) {
            let text = format!("`{name}` is taken on line {} already", first.line);
            self.logic.error(row, "name", text);
        }
    }

    fn begin(&mut self, row: &'s Row, name: &'s str) {
        if !name.is_empty() {
            self.name(row, name);
        }
        let label = self.logic.words(row, "label");
        let own = self.logic.expression(row, "relevant");
        let around = self.groups.last().and_then(|group| group.relevant.clone());
        let relevant = self.logic.both(row, around.as_ref(), own);
        self.logic.appearance(row);
        for column in ["required", "constraint", "calculation", "choice_filter", "default"] {
            if !self.logic.grid.text(row, column).is_empty() {
                self.logic.error(row, column, "a group has no answer: write this on its questions");
            }
        }
        if !name.is_empty() {
            self.logic.above.insert(name, Named::Group);
        }
        self.groups.push(Group { line: row.line, label, relevant });
    }

    fn question(&mut self, row: &'s Row, name: &'s str, shape: &Shape) -> Question {
        let logic = &mut self.logic;
        let kind = logic.kind(row, shape);
        let asked = !matches!(kind, Kind::Note | Kind::Calculate);
        logic.misplaced(row, shape);
        let label = logic.words(row, "label");
        if label.is_empty() && kind != Kind::Calculate {
            logic.error(row, "label", "there is nothing to say: write a label");
        }
        let own = logic.expression(row, "relevant");
        let around = self.groups.last().and_then(|group| group.relevant.clone());
        let relevant = logic.both(row, around.as_ref(), own);
        let (mut calculation, mut default) = (logic.expression(row, "calculation"), logic.proposal(row));
        if kind == Kind::Calculate {
            calculation = calculation.or(default.take());
        }
        let question = Question {
            id: name.into(),
            label,
            hint: logic.words(row, "hint"),
            required: logic.required(row, asked),
            required_message: logic.words(row, "required_message"),
            relevant,
            constraint: logic.expression(row, "constraint"),
            constraint_message: logic.words(row, "constraint_message"),
            calculation,
            default,
            choice_filter: logic.expression(row, "choice_filter"),
            groups: self
                .groups
                .iter()
                .map(|group| group.label.clone())
                .filter(|label| !label.is_empty())
                .collect(),
            pii: logic.pii(row, &kind),
            saves: logic.saves(row),
            line: row.line,
            kind,
        };
        if let Kind::SelectOne { list } | Kind::SelectMultiple { list } = &question.kind {
            self.list(row, list);
        }
        question
    }

    fn list(&mut self, row: &'s Row, list: &str) {
        if self.lists.by_name.contains_key(list) {
            self.lists_used.insert(list.into());
        } else {
            let text = format!("no list is called `{list}`{}", self.lists.near(list));
            self.logic.error(row, "type", text);
        }
    }
}
