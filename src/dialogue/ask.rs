//! A question of a form, as it is put to a person.

use std::sync::Arc;

use super::offer::{Offer, Offers};
use super::session;
use super::token::token;
use super::turn::Turn;
use super::{Purpose, Session, State};
use crate::form::{Answer, Form, Kind, Play, Question};
use crate::locale::{Args, strip_controls};
use crate::message::{Expects, ExpectsKind};

/// How fully a question is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// For the first time: with the notes before it and how far it is.
    Fresh,
    /// Again, after a word between.
    Again,
}

/// A question's words, and what is waited for.
pub(super) fn words(
    turn: &Turn<'_>,
    session: &Session,
    form: &Form,
    question: &Question,
    manner: Manner,
) -> String {
    let play = Play::new(form, &session.answers, turn.env.at);
    let locale = turn.locale();
    let mut lines = Vec::new();
    if manner == Manner::Fresh {
        lines.extend(heading(turn, &play, form, question));
        for note in play.notes_before(&question.id) {
            lines.push(play.label(note, locale));
        }
        let (place, all) = place(&play, session, &question.id);
        let args = Args::none().number("n", place as f64).number("all", all as f64);
        lines.push(turn.words("progress", &args));
    }
    let mut asked = play.label(question, locale);
    let hint = play.hint(question, locale);
    for line in [&hint, &how(turn, question, &hint)] {
        if !line.is_empty() {
            asked.push('\n');
            asked.push_str(line);
        }
    }
    lines.push(asked);
    if let Some(reason) = session.reasons.get(&question.id) {
        lines.push(turn.words("why-again", &Args::none().text("reason", reason.clone())));
    }
    if let Some(answer) = present_answer(&play, session, question) {
        let given = session.answers.get(&question.id) == Some(&answer);
        let args = Args::none().text("value", shown(turn, &play, question, &answer));
        lines.push(turn.words(if given { "present-answer" } else { "proposed-answer" }, &args));
    }
    lines.join("\n\n")
}

/// What can be sent, where neither hint nor buttons tell.
fn how(turn: &Turn<'_>, question: &Question, hint: &str) -> String {
    let key = match &question.kind {
        Kind::SelectMultiple { .. } => "how-many",
        _ if !hint.is_empty() => return String::new(),
        Kind::Date => "how-date",
        Kind::Document { images_only: true } => "how-image",
        Kind::Document { images_only: false } => "how-file",
        Kind::Place => "how-place",
        _ => return String::new(),
    };
    turn.words(key, &Args::none())
}

/// Whether a question takes an answer.
pub(super) fn takes_answer(question: &Question) -> bool {
    !matches!(question.kind, Kind::Note | Kind::Calculate)
}

/// What the questions from here on are about, where that is another group than before.
fn heading(turn: &Turn<'_>, play: &Play<'_>, form: &Form, question: &Question) -> Option<String> {
    let before = play.before(&question.id).and_then(|before| before.groups.last());
    let group = question.groups.last().filter(|group| before != Some(group))?;
    group.get(turn.locale(), &form.default_locale).map(strip_controls)
}

/// (place of the question, how many) among the relevant ones that take an answer; of a completion, among those it
/// asks for.
fn place(play: &Play<'_>, session: &Session, id: &str) -> (usize, usize) {
    if matches!(session.purpose, Purpose::Completion { .. }) && session.again.contains(id) {
        let (there, all) = session::sent(session);
        return (there + usize::from(!session.answers.contains_key(id)), all);
    }
    let (mut place, mut all) = (1, 0);
    for question in play.form.questions.iter().filter(|q| takes_answer(q) && play.relevant(q)) {
        all += 1;
        if &*question.id == id {
            place = all;
        }
    }
    (place, all.max(place))
}

/// The answer that stands, or the one the form proposes; what was left out is none.
pub(super) fn present_answer(play: &Play<'_>, session: &Session, question: &Question) -> Option<Answer> {
    let standing = session.answers.get(&question.id).filter(|answer| **answer != Answer::Skipped);
    standing.cloned().or_else(|| play.proposed(question))
}

/// The buttons of a question: its choices, then keep, skip, stop, and the ways out after several misses.
pub(super) fn offers(turn: &Turn<'_>, session: &Session, form: &Form, question: &Question) -> Offers {
    let play = Play::new(form, &session.answers, turn.env.at);
    let scope = session.id.to_string();
    let offer = |code: &str, label: String, also: Arc<[String]>| Offer {
        token: token(turn.env.person, &scope, &question.id, code),
        code: code.into(),
        label,
        also,
    };
    let mut list: Vec<Offer> = match &question.kind {
        Kind::SelectOne { .. } | Kind::SelectMultiple { .. } => play
            .choices(question)
            .into_iter()
            .map(|choice| {
                let label = choice.label.get(turn.locale(), &form.default_locale).unwrap_or(&choice.name);
                offer(&choice.name, strip_controls(label), choice.words.clone())
            })
            .collect(),
        Kind::Range { start, end, step } => steps(*start, *end, *step)
            .into_iter()
            .map(|value| {
                offer(&value.to_string(), turn.env.words.number(turn.locale(), value), Arc::default())
            })
            .collect(),
        Kind::Acknowledge => vec![offer("ok", turn.label("acknowledge"), Arc::default())],
        _ => Vec::new(),
    };
    if present_answer(&play, session, question).is_some() {
        list.push(offer("#keep", turn.label("keep"), turn.every("keep-words")));
    }
    let mut extra = |code: &str, label: &str| list.push(offer(code, turn.label(label), Arc::default()));
    if !question.required {
        extra("#skip", "skip");
    }
    if matches!(session.purpose, Purpose::Survey { .. }) {
        extra("#stop", "stop");
    }
    if session.misses >= turn.env.policy.misses {
        extra("#again", "try-again");
        extra("#human", "menu-human");
    }
    let numbered =
        matches!(question.kind, Kind::SelectOne { .. } | Kind::SelectMultiple { .. } | Kind::Acknowledge);
    Offers { list, numbered }
}

/// The values of a scale of at most ten steps; a longer one is typed.
fn steps(start: f64, end: f64, step: f64) -> Vec<f64> {
    // A step that does not divide the span ends before its end; the little more is for binary fractions.
    let count = ((end - start) / step + 1e-6).floor();
    if !(0.0..=10.0).contains(&count) {
        return Vec::new();
    }
    (0..=count as u32).map(|n| start + f64::from(n) * step).collect()
}

/// What is waited for.
pub(super) fn expects(question: &Question, offers: &Offers) -> Expects {
    let kind = match &question.kind {
        Kind::Text { .. } | Kind::Name => ExpectsKind::Text,
        Kind::Integer => ExpectsKind::Integer,
        Kind::Decimal => ExpectsKind::Decimal,
        Kind::SelectMultiple { .. } => ExpectsKind::Choices,
        Kind::SelectOne { .. } | Kind::Acknowledge => ExpectsKind::Choice,
        Kind::Range { .. } if offers.answers().next().is_some() => ExpectsKind::Choice,
        Kind::Range { .. } => ExpectsKind::Decimal,
        Kind::Date => ExpectsKind::Date,
        Kind::Phone => ExpectsKind::Phone,
        Kind::Email => ExpectsKind::Email,
        Kind::Document { .. } => ExpectsKind::File,
        Kind::Place => ExpectsKind::Place,
        Kind::Note | Kind::Calculate => ExpectsKind::None,
    };
    Expects { question: question.id.clone(), kind, required: question.required }
}

/// How an answer reads: days in both calendars, numbers in the language's digits, papers by name.
pub(super) fn shown(turn: &Turn<'_>, play: &Play<'_>, question: &Question, answer: &Answer) -> String {
    let (words, locale) = (turn.env.words, turn.locale());
    match answer {
        Answer::Date(day) => words.day(locale, *day),
        Answer::Integer(n) => words.number(locale, *n as f64),
        Answer::Decimal(n) => words.number(locale, *n),
        Answer::Document(paper) => {
            words.label(locale, "heard-file", &Args::none().text("name", paper.media.name.clone()))
        }
        Answer::Ack => turn.label("acknowledged"),
        Answer::Skipped => turn.label("skipped"),
        Answer::Many(names) if names.is_empty() => turn.label("heard-none"),
        Answer::Place { lat, lon } => {
            let args = Args::none().text("lat", format!("{lat:.5}")).text("lon", format!("{lon:.5}"));
            words.label(locale, "heard-place", &args)
        }
        // Left to right in any paragraph: the plus of a number belongs before its digits.
        Answer::Phone(value) | Answer::Email(value) => format!("\u{2066}{value}\u{2069}"),
        _ => play.shown(question, answer, locale),
    }
}

/// The question a session stands at.
pub(super) fn present_question(session: &Session) -> Option<&str> {
    match &session.state {
        State::Asking(id) | State::Editing(id) => Some(id),
        State::Review | State::Signing => None,
    }
}
