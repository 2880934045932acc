//! A question of a form, as it is put to a person.

use std::borrow::Cow;

use super::gate;
use super::offer::{Offer, Offers};
use super::session;
use super::turn::Turn;
use super::{Purpose, Session, State};
use crate::form::{Answer, Kind, Play, Question};
use crate::locale::{Args, Button, strip_controls};
use crate::message::{Expects, ExpectsKind};

/// How fully a question is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// For the first time: with the notes before it and how far it is.
    Fresh,
    /// Again, after a word between.
    Again,
}

/// A question as it is about to be put.
pub(super) struct Put<'a> {
    question: &'a Question,
    text: String,
    offers: Offers<'a>,
    expects: Expects,
}

impl<'a> Put<'a> {
    /// The question's words and buttons, as things stand in `play`.
    pub fn of(
        turn: &Turn<'a>,
        session: &Session,
        play: &Play<'a, '_>,
        question: &'a Question,
        manner: Manner,
    ) -> Put<'a> {
        let text = words(turn, session, play, question, manner);
        let offers = offers(turn, session, play, question);
        let mut expects = expects(question, &offers);
        if gate::is_gated(turn, question) {
            expects.kind = ExpectsKind::None;
        }
        Put { question, text, offers, expects }
    }

    /// Puts it.
    pub fn say(self, turn: &mut Turn<'a>) {
        let key = format!("question:{}", self.question.id);
        turn.say(&key, self.text, &self.offers.list, Some(self.expects));
    }
}

fn words(
    turn: &Turn<'_>,
    session: &Session,
    play: &Play<'_, '_>,
    question: &Question,
    manner: Manner,
) -> String {
    let locale = turn.locale();
    let mut lines: Vec<Cow<'_, str>> = Vec::new();
    if manner == Manner::Fresh {
        lines.extend(heading(turn, play, question).map(Cow::Owned));
        lines.extend(play.notes_before(&question.id).into_iter().map(|note| play.label(note, locale)));
        let (place, all) = place(play, session, &question.id);
        let args = Args::none().number("n", place as f64).number("all", all as f64);
        lines.push(turn.words("progress", &args).into());
    }
    let elsewhere = gate::link(turn, session, question);
    let mut asked = play.label(question, locale);
    if elsewhere.is_none() {
        let hint = play.hint(question, locale);
        let how = how(turn, question, &hint);
        for line in [hint, how] {
            if !line.is_empty() {
                asked = format!("{asked}\n{line}").into();
            }
        }
    }
    lines.push(asked);
    if let Some(reason) = session.reasons.get(&question.id) {
        lines.push(turn.words("why-again", &Args::none().text("reason", reason)).into());
    }
    if let Some(link) = elsewhere {
        lines.push(turn.words("secure-ask", &Args::none().text("link", link)).into());
    } else if let Some(answer) = present_answer(play, session, question) {
        let given = session.answers.get(&question.id) == Some(&*answer);
        let args = Args::none().text("value", shown(turn, play, question, &answer));
        lines.push(turn.words(if given { "present-answer" } else { "proposed-answer" }, &args).into());
    }
    lines.join("\n\n")
}

/// What can be sent, where neither hint nor buttons tell.
pub(super) fn how<'a>(turn: &Turn<'a>, question: &Question, hint: &str) -> Cow<'a, str> {
    let key = match &question.kind {
        Kind::SelectMultiple { .. } => "how-many",
        _ if !hint.is_empty() => return Cow::default(),
        Kind::Date => "how-date",
        Kind::Document { images_only: true } => "how-image",
        Kind::Document { images_only: false } => "how-file",
        Kind::Place => "how-place",
        _ => return Cow::default(),
    };
    turn.words(key, &Args::none()).into()
}

/// Whether a question takes an answer.
pub(super) fn takes_answer(question: &Question) -> bool {
    !matches!(question.kind, Kind::Note | Kind::Calculate)
}

/// What the questions from here on are about, where that is another group than before.
fn heading(turn: &Turn<'_>, play: &Play<'_, '_>, question: &Question) -> Option<String> {
    let before = play.before(&question.id).and_then(|before| before.groups.last());
    let group = question.groups.last().filter(|group| before != Some(group))?;
    group.get(turn.locale(), &play.form.default_locale).map(|group| strip_controls(group).into_owned())
}

/// (place of the question, how many) among the relevant ones that take an answer; of a completion, among those it
/// asks for.
fn place(play: &Play<'_, '_>, session: &Session, id: &str) -> (usize, usize) {
    if matches!(session.purpose, Purpose::Completion { .. }) && session.again.contains(id) {
        let (there, all) = session::sent(session);
        return (there + usize::from(!session.answers.contains_key(id)), all);
    }
    let (mut place, mut all) = (1, 0);
    for question in play.relevant_ones().filter(|q| takes_answer(q)) {
        all += 1;
        if &*question.id == id {
            place = all;
        }
    }
    (place, all.max(place))
}

/// The answer that stands, or the one the form proposes; what was left out is none.
pub(super) fn present_answer<'s>(
    play: &Play<'_, '_>,
    session: &'s Session,
    question: &Question,
) -> Option<Cow<'s, Answer>> {
    let standing = session.answers.get(&question.id).filter(|answer| **answer != Answer::Skipped);
    standing.map(Cow::Borrowed).or_else(|| play.proposed(question).map(Cow::Owned))
}

/// The buttons of a question: its choices, then keep, skip, stop, and the ways out after several misses.
pub(super) fn offers<'a>(
    turn: &Turn<'a>,
    session: &Session,
    play: &Play<'a, '_>,
    question: &'a Question,
) -> Offers<'a> {
    let scope = turn.scope(session, &*question.id);
    let gated = gate::is_gated(turn, question);
    let mut list: Vec<Offer<'_>> = match &question.kind {
        _ if gated => Vec::new(),
        Kind::SelectOne { .. } | Kind::SelectMultiple { .. } => play
            .choices(question)
            .map(|choice| {
                let label = choice.label.get(turn.locale(), &play.form.default_locale);
                let label = strip_controls(label.unwrap_or(&choice.name));
                Offer::new(&scope, &*choice.name, label).or(&*choice.words)
            })
            .collect(),
        Kind::Range { start, end, step } => steps(*start, *end, *step)
            .into_iter()
            .map(|value| Offer::new(&scope, value.to_string(), turn.env.words.number(turn.locale(), value)))
            .collect(),
        Kind::Acknowledge => vec![Offer::new(&scope, "ok", turn.label("acknowledge"))],
        _ => Vec::new(),
    };
    // What the form proposes is not read to them here, so they cannot keep it here.
    let kept = present_answer(play, session, question).filter(|a| !gated || matches!(a, Cow::Borrowed(_)));
    if kept.is_some() {
        let keep = Offer::new(&scope, "#keep", turn.label("keep"));
        list.push(keep.or_said(Button::Keep, turn.env.words));
    }
    let mut extra = |code: &'static str, label: &str| list.push(Offer::new(&scope, code, turn.label(label)));
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
    let numbered = numbered && !gated;
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
pub(super) fn expects(question: &Question, offers: &Offers<'_>) -> Expects {
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

/// How an answer reads: days in both calendars, numbers in the language's digits, papers by name. What is special is not
/// read to them where others may read along.
pub(super) fn shown<'s>(
    turn: &'s Turn<'_>,
    play: &'s Play<'_, '_>,
    question: &Question,
    answer: &'s Answer,
) -> Cow<'s, str> {
    let (words, locale) = (turn.env.words, turn.locale());
    match answer {
        _ if *answer != Answer::Skipped && gate::is_gated(turn, question) => turn.label("secure-given"),
        Answer::Date(day) => words.day(locale, *day).into(),
        Answer::Integer(n) => words.number(locale, *n as f64).into(),
        Answer::Decimal(n) => words.number(locale, *n).into(),
        Answer::Document(paper) => {
            words.label(locale, "heard-file", &Args::none().text("name", &paper.media.name))
        }
        Answer::Ack => turn.label("acknowledged"),
        Answer::Skipped => turn.label("skipped"),
        Answer::Many(names) if names.is_empty() => turn.label("heard-none"),
        Answer::Place { lat, lon } => {
            let args = Args::none().text("lat", format!("{lat:.5}")).text("lon", format!("{lon:.5}"));
            words.label(locale, "heard-place", &args)
        }
        // Left to right in any paragraph: the plus of a number belongs before its digits.
        Answer::Phone(value) | Answer::Email(value) => format!("\u{2066}{value}\u{2069}").into(),
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
