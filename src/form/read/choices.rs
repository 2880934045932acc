//! The sheet `choices`: the lists.

use std::collections::BTreeMap;

use super::super::findings::Findings;
use super::super::markdown::Row;
use super::super::model::Choice;
use super::super::near::suggestion;
use super::super::placeholder::references;
use super::grid::{Grid, cell};
use super::settings::Settings;
use super::survey::Survey;

/// The longest label of a WhatsApp button, in characters, and how many choices become buttons.
const BUTTON: (usize, usize) = (20, 3);
/// The longest label of a row of a WhatsApp list, in characters.
const ROW: usize = 24;
/// The most choices that fit on one WhatsApp list.
const MANY: usize = 10;

/// The lists by name, each with the line it begins on.
pub(super) struct Lists {
    pub(super) by_name: BTreeMap<Box<str>, Vec<Choice>>,
    lines: BTreeMap<Box<str>, u32>,
    /// The author's own columns.
    pub(super) columns: Vec<Box<str>>,
}

/// Reads every row.
pub(super) fn read(grid: &Grid, settings: &Settings, findings: &mut Findings) -> Lists {
    let mut lists = Lists {
        by_name: BTreeMap::new(),
        lines: BTreeMap::new(),
        columns: grid.extra.iter().map(|(name, _)| (*name).into()).collect(),
    };
    for row in grid.rows() {
        let (list, name) = (grid.text(row, "list_name"), grid.text(row, "name"));
        if list.is_empty() || name.is_empty() {
            let column = grid.header(if list.is_empty() { "list_name" } else { "name" }, None);
            findings.error(grid.name(), row.line, column, "a choice needs a list and a name");
            continue;
        }
        let choices = lists.by_name.entry(list.into()).or_default();
        lists.lines.entry(list.into()).or_insert(row.line);
        if !settings.duplicates && choices.iter().any(|choice| &*choice.name == name) {
            let text = format!("`{name}` is in the list `{list}` already");
            findings.error(grid.name(), row.line, grid.header("name", None), text);
        }
        let choice = choice(grid, row, settings);
        check_choice(grid, row, &choice, choices, findings);
        choices.push(choice);
    }
    lists
}

fn choice(grid: &Grid, row: &Row, settings: &Settings) -> Choice {
    let aliases = grid.words(row, "wasl_aliases", &settings.default).0.into_iter();
    let words = |text: String| -> Vec<String> {
        text.split([',', '،', ';', '\n'])
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(Into::into)
            .collect()
    };
    let extra = grid.extra.iter().map(|(name, at)| ((*name).into(), cell(row, *at).to_owned()));
    let label = grid.words(row, "label", &settings.default);
    let short = grid.words(row, "wasl_short", &settings.default);
    let aliases: BTreeMap<_, _> = aliases.map(|(locale, text)| (locale, words(text))).collect();
    let all = label.0.values().chain(short.0.values()).chain(aliases.values().flatten());
    Choice {
        name: grid.text(row, "name").into(),
        words: all.filter(|text| !text.is_empty()).cloned().collect(),
        label,
        short,
        aliases,
        extra: extra.collect(),
    }
}

fn check_choice(grid: &Grid, row: &Row, choice: &Choice, others: &[Choice], findings: &mut Findings) {
    let (sheet, line) = (grid.name(), row.line);
    let name = &choice.name;
    if name.contains(char::is_whitespace) {
        let text = format!("`{name}` holds a space: names are stored side by side, with spaces between them");
        findings.error(sheet, line, grid.header("name", None), text);
    } else if !name.is_ascii() {
        let text =
            format!("`{name}` is not ASCII: other systems that read it may not know what to do with it");
        findings.warning(sheet, line, grid.header("name", None), text);
    }
    if choice.label.is_empty() {
        findings.error(sheet, line, grid.header("label", None), format!("the choice `{name}` has no label"));
    }
    for (locale, label) in &choice.label.0 {
        let header = grid.header("label", Some(locale));
        if references(label).next().is_some() {
            findings.error(
                sheet,
                line,
                header,
                "`${…}` is not replaced in choices: put it into the question",
            );
        }
        if others.iter().any(|other| other.label.0.get(locale) == Some(label)) {
            findings.warning(
                sheet,
                line,
                header,
                format!("two choices of this list are both called `{label}`"),
            );
        }
    }
    for (locale, words) in &choice.aliases {
        let taken = |word: &&String| {
            others.iter().any(|o| o.aliases.get(locale).is_some_and(|all| all.contains(word)))
        };
        if let Some(word) = words.iter().find(taken) {
            let text =
                format!("`{word}` is an alias of another choice of this list: who writes it is asked again");
            findings.warning(sheet, line, grid.header("wasl_aliases", Some(locale)), text);
        }
    }
}

impl Lists {
    /// What can be said once it is known who uses the lists.
    pub(super) fn check(&self, grid: &Grid, survey: &Survey, findings: &mut Findings) {
        let languages = survey.languages.iter();
        for (name, choices) in &self.by_name {
            let line = self.lines.get(name).copied().unwrap_or_default();
            if !survey.lists_used.contains(name) {
                findings.warning(grid.name(), line, "", format!("no question uses the list `{name}`"));
            }
            if choices.len() > MANY {
                let text = format!("the list `{name}` has more than {MANY} choices: it is shown in pages");
                findings.warning(grid.name(), line, "", text);
            }
            too_long(grid, name, line, choices, findings);
            for locale in languages.clone() {
                let lacks =
                    |choice: &&Choice| !choice.label.is_empty() && !choice.label.0.contains_key(locale);
                for choice in choices.iter().filter(lacks) {
                    let text = format!(
                        "the choice `{}` of the list `{name}` has no label in `{locale}`",
                        choice.name
                    );
                    findings.warning(grid.name(), line, "", text);
                }
            }
        }
        for (column, _) in grid.extra.iter().filter(|(column, _)| !survey.filters_mention(column)) {
            let near = suggestion(column, ["list_name", "name", "label"]);
            let text = format!("no choice_filter reads this column{near}");
            findings.warning(grid.name(), grid.line(), column, text);
        }
    }

    /// `; did you mean …?` for a list that is not there.
    pub(super) fn near(&self, name: &str) -> String {
        suggestion(name, self.by_name.keys().map(|list| &**list))
    }
}

/// Labels that do not fit where this list is shown.
fn too_long(grid: &Grid, list: &str, line: u32, choices: &[Choice], findings: &mut Findings) {
    let limit = if choices.len() <= BUTTON.1 { BUTTON.0 } else { ROW };
    for choice in choices {
        for (locale, label) in &choice.label.0 {
            let shown = choice.short.0.get(locale).unwrap_or(label);
            if shown.chars().count() > limit {
                let (name, code) = (&choice.name, locale.as_str().to_lowercase().replace('-', "_"));
                let text = format!(
                    "`{name}` of the list `{list}` is longer than {limit} characters: add a shorter one in `wasl_short_{code}` for small buttons"
                );
                findings.warning(grid.name(), line, grid.header("label", Some(locale)), text);
            }
        }
    }
}
