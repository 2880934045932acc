//! What plays but may not be meant: missing translations, silent constraints, careless keeping of answers.

use super::super::findings::Findings;
use super::super::markdown::Row;
use super::super::model::{Kind, Question};
use super::grid::Grid;
use super::survey::Survey;
use crate::message::Locale;

/// More questions than this are rarely answered to the end in a chat.
const MANY: usize = 25;

/// Words of a label or name that hint at an answer to be kept with care. English ones are whole words, Arabic
/// ones may be part of a word (the article and endings are written together with it).
const SENSITIVE: &[&str] = &[
    "passport",
    "iqama",
    "id",
    "identity",
    "birth",
    "born",
    "birthday",
    "dob",
    "income",
    "salary",
    "debt",
    "bank",
    "iban",
    "account",
    "health",
    "illness",
    "disease",
    "disability",
    "medical",
    "pregnant",
    "religion",
    "muslim",
    "islam",
    "nationality",
    "address",
    "phone",
    "mobile",
    "whatsapp",
    "email",
    "surname",
    "fullname",
    "marital",
];
const SENSITIVE_ARABIC: &[&str] = &[
    "جواز",
    "إقامة",
    "هوية",
    "ميلاد",
    "دخلك",
    "راتب",
    "ديون",
    "حساب",
    "صحة",
    "مرض",
    "إعاقة",
    "دينك",
    "إسلام",
    "جنسي",
    "عنوان",
    "هاتف",
    "جوال",
    "بريد",
    "الحالة الاجتماعية",
];

/// Looks at the whole form.
pub(super) fn form(grid: &Grid, survey: &Survey, default: &Locale, findings: &mut Findings) {
    let asked = survey.questions.iter().filter(|q| !matches!(q.kind, Kind::Note | Kind::Calculate)).count();
    if asked == 0 {
        findings.error(grid.name(), grid.line(), "", "this form asks nothing");
    } else if asked > MANY {
        let text =
            format!("{asked} questions are many for a chat: more than {MANY} are rarely answered to the end");
        findings.warning(grid.name(), grid.line(), "", text);
    }
    for row in grid.rows() {
        translations(grid, row, survey, default, findings);
    }
    for question in &survey.questions {
        lint(grid, question, findings);
    }
}

/// Texts that are there in one language and not in another.
fn translations(grid: &Grid, row: &Row, survey: &Survey, default: &Locale, findings: &mut Findings) {
    for column in ["label", "hint", "required_message", "constraint_message"] {
        let words = grid.words(row, column, default);
        for locale in
            survey.languages.iter().filter(|locale| !words.is_empty() && !words.0.contains_key(locale))
        {
            let header = grid.header(column, Some(locale));
            findings.warning(grid.name(), row.line, header, format!("no `{column}` in `{locale}`"));
        }
    }
}

fn lint(grid: &Grid, question: &Question, findings: &mut Findings) {
    let mut warn = |column: &'static str, text: &str| {
        findings.warning(grid.name(), question.line, grid.header(column, None), text);
    };
    let select = matches!(question.kind, Kind::SelectOne { .. } | Kind::SelectMultiple { .. });
    if question.constraint.is_some() && question.constraint_message.is_empty() {
        warn("constraint", "without constraint_message nobody is told what is expected");
    }
    if question.constraint.is_none() && !question.constraint_message.is_empty() {
        warn("constraint_message", "there is no constraint, so this is never said");
    }
    if !question.required && !question.required_message.is_empty() {
        warn("required_message", "the question is not required, so this is never said");
    }
    if question.required && question.choice_filter.is_some() && select {
        warn("required", "if the filter leaves no choice the question is passed over, though it is required");
    }
    if question.required && question.kind == Kind::Place && question.relevant.is_none() {
        warn("required", "not everybody can send a place, and there is no way out: make it optional");
    }
    let column = grid
        .rows()
        .find(|row| grid.text(row, "name") == &*question.id)
        .map_or("", |row| grid.text(row, "wasl_pii"));
    if column.is_empty() && looks_sensitive(question) {
        warn("wasl_pii", "this looks like something to keep with care: write person or special (or none)");
    }
}

/// Whether a question that a person answers freely seems to ask for something to be kept with care.
fn looks_sensitive(question: &Question) -> bool {
    match question.kind {
        Kind::Note | Kind::Calculate | Kind::Acknowledge | Kind::Range { .. } => return false,
        Kind::Name | Kind::Phone | Kind::Email | Kind::Document { .. } | Kind::Place => return true,
        _ => {}
    }
    let labels = question.label.0.values().map(String::as_str);
    labels.chain([&*question.id]).any(|text| {
        let text = text.to_lowercase();
        text.split(|sign: char| !sign.is_alphanumeric()).any(|word| SENSITIVE.contains(&word))
            || SENSITIVE_ARABIC.iter().any(|word| text.contains(word))
    })
}
