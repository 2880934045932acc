//! Whether an answer may stand.

use super::super::expr::Value;
use super::super::model::{Kind, Labels, Question};
use super::super::phone;
use super::standing::{ordered, stored};
use super::{Answer, Misfit, Play};

/// The longest answer in one line, in characters.
const LINE: usize = 1_000;
/// The longest answer in several lines, in characters.
const LINES: usize = 4_000;
/// The longest name of a person, in characters.
const NAME: usize = 200;
/// How far a number may lie beside a step of its range, to allow for binary fractions.
const NEAR: f64 = 1e-6;

/// The media types of pictures that are taken; `image/heif` is what the photos of an iPhone (HEIC) are found to be.
const IMAGES: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "image/heif"];

/// Whether a paper of this media type, as found from its content, is taken where pictures, or pictures and PDF, are
/// asked for.
pub fn takes_paper(images_only: bool, mime: &str) -> bool {
    IMAGES.contains(&mime) || (!images_only && mime == "application/pdf")
}

impl Play<'_, '_> {
    /// Whether `answer` may stand: kind, choice offered, range, constraint. `Skipped` needs an optional question.
    pub fn check(&self, question: &Question, answer: &Answer) -> Result<(), Misfit> {
        if *answer != Answer::Skipped {
            self.fits(question, answer)?;
        }
        let value = stored(self.form, question, answer);
        if value.trim().is_empty() {
            let message = || self.told(&question.required_message, question, answer);
            let required = question.required && !crate::mutant::is("required_ignored");
            return if required { Err(Misfit::Required(message())) } else { Ok(()) };
        }
        let holds = question.constraint.as_ref().is_none_or(|constraint| {
            let view = self.view().testing(&question.id, value);
            constraint.eval(&view).truth()
        });
        if holds || crate::mutant::is("constraint_ignored") {
            Ok(())
        } else {
            Err(Misfit::Constraint(self.told(&question.constraint_message, question, answer)))
        }
    }

    /// The answer the form itself proposes (`default`), if it has one of the right kind.
    pub fn proposed(&self, question: &Question) -> Option<Answer> {
        let view = self.view();
        let text = question.default.as_ref()?.eval(&view).text().into_owned();
        if text.is_empty() {
            return None;
        }
        let number = || Some(Value::made(text.clone()).number()).filter(|number| number.is_finite());
        let answer = match &question.kind {
            Kind::Text { .. } | Kind::Name => Answer::Text(text),
            Kind::Integer => whole(number()?)?,
            Kind::Decimal => Answer::Decimal(number()?),
            Kind::Range { .. } => number().map(|number| whole(number).unwrap_or(Answer::Decimal(number)))?,
            Kind::SelectOne { .. } => Answer::One(text.into()),
            Kind::SelectMultiple { .. } => {
                let names = text.split_whitespace().map(Into::into).collect();
                self.in_list_order(question, Answer::Many(names))
            }
            Kind::Date => Answer::Date(text.get(..10).unwrap_or(&text).parse().ok()?),
            Kind::Phone => Answer::Phone(text),
            Kind::Email => Answer::Email(text),
            Kind::Note | Kind::Acknowledge | Kind::Document { .. } | Kind::Place | Kind::Calculate => {
                return None;
            }
        };
        self.check(question, &answer).is_ok().then_some(answer)
    }

    /// `answer` with several choices in the order of the list, as they are stored.
    pub fn in_list_order(&self, question: &Question, answer: Answer) -> Answer {
        match answer {
            Answer::Many(names) => {
                Answer::Many(ordered(self.form, question, &names).into_iter().map(Into::into).collect())
            }
            other => other,
        }
    }

    /// The author's words with `${name}` replaced; `${…}` of the question itself is the answer under test.
    fn told(&self, words: &Labels, question: &Question, answer: &Answer) -> Labels {
        let filled = words
            .0
            .iter()
            .map(|(locale, text)| (locale.clone(), self.filled(text, locale, Some((question, answer)))));
        Labels(filled.collect())
    }

    /// Whether an answer is of its question's kind.
    fn fits(&self, question: &Question, answer: &Answer) -> Result<(), Misfit> {
        let offered = |name: &str| self.choices(question).any(|choice| &*choice.name == name);
        match (&question.kind, answer) {
            (Kind::Text { multiline }, Answer::Text(text)) => {
                no_longer(text, if *multiline { LINES } else { LINE })
            }
            (Kind::Name, Answer::Text(text)) => no_longer(text, NAME),
            (Kind::Integer, Answer::Integer(_)) => Ok(()),
            (Kind::Integer, Answer::Decimal(number)) if whole(*number).is_some() => Ok(()),
            (Kind::Integer, Answer::Decimal(number)) if number.is_finite() => Err(Misfit::NotAWholeNumber),
            (Kind::Decimal, Answer::Integer(_)) => Ok(()),
            (Kind::Decimal, Answer::Decimal(number)) if number.is_finite() => Ok(()),
            (Kind::Range { start, end, step }, Answer::Integer(number)) => {
                on_scale(*number as f64, *start, *end, *step)
            }
            (Kind::Range { start, end, step }, Answer::Decimal(number)) if number.is_finite() => {
                on_scale(*number, *start, *end, *step)
            }
            (Kind::Integer | Kind::Decimal | Kind::Range { .. }, _) => Err(Misfit::NotANumber),
            (Kind::SelectOne { .. }, Answer::One(name)) if offered(name) => Ok(()),
            (Kind::SelectMultiple { .. }, Answer::Many(names)) if names.iter().all(|name| offered(name)) => {
                Ok(())
            }
            (Kind::SelectOne { .. } | Kind::SelectMultiple { .. }, _) => Err(Misfit::NotAChoice),
            (Kind::Date, Answer::Date(_)) => Ok(()),
            (Kind::Date, _) => Err(Misfit::NotADate),
            (Kind::Phone, Answer::Phone(number)) if phone::is_e164(number) => Ok(()),
            (Kind::Phone, _) => Err(Misfit::NotAPhone),
            (Kind::Email, Answer::Email(address)) if phone::email(address).is_some() => Ok(()),
            (Kind::Email, _) => Err(Misfit::NotAnEmail),
            (Kind::Acknowledge, Answer::Ack) => Ok(()),
            (Kind::Document { images_only }, Answer::Document(paper)) => {
                let mime = &*paper.media.mime;
                if takes_paper(*images_only, mime) { Ok(()) } else { Err(Misfit::WrongType(mime.into())) }
            }
            (Kind::Place, Answer::Place { lat, lon }) => {
                within(*lat, 90.0)?;
                within(*lon, 180.0)
            }
            _ => Err(Misfit::OtherKind),
        }
    }
}

fn no_longer(text: &str, limit: usize) -> Result<(), Misfit> {
    if text.chars().count() > limit { Err(Misfit::TooLong(limit)) } else { Ok(()) }
}

fn within(degrees: f64, limit: f64) -> Result<(), Misfit> {
    let inside = (-limit..=limit).contains(&degrees);
    if inside { Ok(()) } else { Err(Misfit::OutOfRange { start: -limit, end: limit }) }
}

/// Whether a number is one of `start`, `start + step`, … up to `end`.
fn on_scale(number: f64, start: f64, end: f64, step: f64) -> Result<(), Misfit> {
    let steps = (number - start) / step;
    if !(start..=end).contains(&number) {
        Err(Misfit::OutOfRange { start, end })
    } else if (steps - steps.round()).abs() <= NEAR {
        Ok(())
    } else if step.fract() == 0.0 && number.fract() != 0.0 {
        Err(Misfit::NotAWholeNumber)
    } else {
        Err(Misfit::OutOfRange { start, end })
    }
}

/// A number without fraction that fits, as a whole one.
fn whole(number: f64) -> Option<Answer> {
    let fits = number.fract() == 0.0 && number.abs() < 9e15;
    fits.then_some(Answer::Integer(number as i64))
}
