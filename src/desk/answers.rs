//! The answers of a case, each with what the check found.

use std::collections::BTreeMap;

use super::DeskState;
use super::frame::Pairs;
use super::shown::line_of;
use crate::case::Check;
use crate::engine::OpenedCase;
use crate::form::{Answer, Answers, Form, Kind, Moment, Pii, Play, Question, QuestionId};
use crate::locale::{Args, strip_controls};
use crate::message::Locale;

/// One answer on the page.
pub struct AnswerRow {
    /// The question's name.
    pub id: String,
    /// The question.
    pub label: String,
    /// The title of its group, on the group's first row only.
    pub group: Option<String>,
    /// The answer as it reads; empty when there is none.
    pub value: String,
    /// The paper, when the answer is one.
    pub paper: Option<PaperLink>,
    /// What the check found.
    pub state: State,
    /// The officer's words about it.
    pub why: String,
    /// Whether the answer is of the most careful class.
    pub sensitive: bool,
    /// Whether it is compared with anything: what the form worked out is not.
    pub checkable: bool,
}

/// A paper to download.
pub struct PaperLink {
    /// Where.
    pub href: String,
    /// Its name, cleaned.
    pub name: String,
    /// Its size in words.
    pub size: String,
}

/// What the check found about one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum State {
    Open,
    Matched,
    Mismatched,
    Missing,
}

/// One of the four radio buttons.
pub struct Radio {
    /// What is posted.
    pub value: &'static str,
    /// Its message.
    pub key: &'static str,
    /// Whether it is the present one.
    pub on: bool,
}

const STATES: [(State, &str, &str); 4] = [
    (State::Open, "", "desk-check-open"),
    (State::Matched, "matched", "desk-check-matched"),
    (State::Mismatched, "mismatched", "desk-check-mismatched"),
    (State::Missing, "missing", "desk-check-missing"),
];

impl State {
    /// As the form posts it.
    pub fn as_str(self) -> &'static str {
        STATES.iter().find(|(state, _, _)| *state == self).map_or("", |(_, value, _)| value)
    }
    /// Its message; `None` while nothing was found.
    pub fn key(self) -> Option<&'static str> {
        let known = STATES.iter().find(|(state, _, _)| *state == self && self != State::Open);
        known.map(|(_, _, key)| *key)
    }
    fn of(check: Option<&Check>) -> (State, String) {
        match check {
            None => (State::Open, String::new()),
            Some(Check::Matched) => (State::Matched, String::new()),
            Some(Check::Mismatched(why)) => (State::Mismatched, strip_controls(why).into_owned()),
            Some(Check::Missing(why)) => (State::Missing, strip_controls(why).into_owned()),
        }
    }
}

impl AnswerRow {
    /// The four radio buttons.
    pub fn choices(&self) -> [Radio; 4] {
        STATES.map(|(state, value, key)| Radio { value, key, on: state == self.state })
    }
}

/// The questions that the check may speak of: every answer, and every paper that is asked for and not there.
pub fn checkable(opened: &OpenedCase, at: Moment) -> Vec<QuestionId> {
    let answers = answers_of(opened);
    let play = Play::new(&opened.form, &answers, at);
    let asked = opened.form.questions.iter().filter(|question| compared(question));
    asked.filter(|question| listed(&play, &answers, question)).map(|question| question.id.clone()).collect()
}

/// The rows of the page in form order. What was posted and refused stands in place of what is stored.
pub fn rows(desk: &DeskState, locale: &Locale, opened: &OpenedCase, posted: &Pairs) -> Vec<AnswerRow> {
    let config = desk.engine.config();
    let at = Moment { now: desk.engine.now(), zone: config.association.zone };
    let answers = answers_of(opened);
    let play = Play::new(&opened.form, &answers, at);
    let mut group = None;
    let listed = opened.form.questions.iter().filter(|question| listed(&play, &answers, question));
    let rows = listed.map(|question| {
        let title = group_of(&opened.form, question, locale);
        let new = title != group && title.is_some();
        group.clone_from(&title);
        let (state, why) = verdict(opened, posted, question);
        let (value, paper) = shown(desk, &play, question, &answers, locale);
        AnswerRow {
            id: question.id.to_string(),
            label: line_of(&play.label(question, locale)),
            group: title.filter(|_| new),
            value,
            paper,
            state,
            why,
            sensitive: question.pii == Pii::Special,
            checkable: compared(question),
        }
    });
    rows.collect()
}

fn answers_of(opened: &OpenedCase) -> Answers {
    opened.answers.iter().cloned().collect::<BTreeMap<_, _>>()
}

fn compared(question: &Question) -> bool {
    !matches!(question.kind, Kind::Calculate | Kind::Note)
}

fn listed(play: &Play<'_, '_>, answers: &Answers, question: &Question) -> bool {
    // What the form works out for itself is shown where it has a label to be read by.
    let silent = !compared(question) && question.label.is_empty();
    (answers.contains_key(&question.id) && !silent)
        || (matches!(question.kind, Kind::Document { .. }) && play.relevant(question))
}

fn group_of(form: &Form, question: &Question, locale: &Locale) -> Option<String> {
    let titles = question.groups.iter().filter_map(|group| group.get(locale, &form.default_locale));
    let joined = titles.collect::<Vec<_>>().join(" · ");
    Some(line_of(&joined)).filter(|title| !title.is_empty())
}

fn verdict(opened: &OpenedCase, posted: &Pairs, question: &Question) -> (State, String) {
    let typed = posted.get(&format!("check.{}", question.id));
    let known = typed.and_then(|value| STATES.iter().find(|(_, name, _)| *name == value));
    match known {
        Some((state, _, _)) => {
            (*state, posted.get(&format!("why.{}", question.id)).unwrap_or_default().to_owned())
        }
        None => State::of(opened.case.checks.get(&question.id)),
    }
}

fn shown(
    desk: &DeskState,
    play: &Play<'_, '_>,
    question: &Question,
    answers: &Answers,
    locale: &Locale,
) -> (String, Option<PaperLink>) {
    let words = desk.engine.words();
    match answers.get(&question.id) {
        None | Some(Answer::Skipped) => (String::new(), None),
        Some(Answer::Document(paper)) => {
            let kilobytes = paper.media.size.div_ceil(1024) as f64;
            let size =
                words.label(locale, "desk-size", &Args::none().number("kilobytes", kilobytes)).into_owned();
            let href = format!("/desk/document/{}", paper.media.document);
            (String::new(), Some(PaperLink { href, name: line_of(&paper.media.name), size }))
        }
        Some(Answer::Date(day)) => (words.day(locale, *day), None),
        Some(Answer::Integer(number)) => (words.number(locale, *number as f64), None),
        Some(Answer::Decimal(number)) => (words.number(locale, *number), None),
        Some(answer) => (strip_controls(&play.shown(question, answer, locale)).into_owned(), None),
    }
}
