//! What a person sent, read as an answer to a question: buttons, numbers in any digits, labels, aliases, days.

use super::offer::{Offer, Offers, Pick};
use super::turn::Turn;
use crate::form::{Answer, Kind, Labels, Misfit, Paper, Question};
use crate::locale::{Word, fold_digits, strip_controls};
use crate::message::{Body, ChoiceToken};

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Read {
    /// An answer of the right kind; the form still judges it.
    Answer(Answer),
    /// A button that is no answer: skip, keep, …
    Extra(Box<str>),
    /// It does not fit.
    Misfit(Misfit),
    /// A button of an earlier question.
    OldButton,
}

/// Reads `body` as an answer to `question`.
pub(super) fn read(turn: &Turn<'_>, question: &Question, body: &Body, offers: &Offers<'_>) -> Read {
    match body {
        Body::Choice(token) => match offers.by_token(token) {
            Some(offer) => of_code(question, &offer.code),
            None => Read::OldButton,
        },
        Body::Choices(tokens) => ticked(question, tokens, offers),
        Body::Text(text) => typed(turn, question, text, offers),
        Body::Media(media) if matches!(question.kind, Kind::Document { .. }) => {
            Read::Answer(Answer::Document(Paper { media: media.clone() }))
        }
        Body::Place { lat, lon } if matches!(question.kind, Kind::Place) => place(*lat, *lon),
        Body::Phone(number) if matches!(question.kind, Kind::Phone | Kind::Text { .. }) => {
            typed(turn, question, number, offers)
        }
        _ => Read::Misfit(Misfit::OtherKind),
    }
}

/// A choice's code as the answer its question keeps.
fn of_code(question: &Question, code: &str) -> Read {
    if code.starts_with('#') {
        return Read::Extra(code.into());
    }
    Read::Answer(match &question.kind {
        Kind::SelectMultiple { .. } => Answer::Many(vec![code.into()]),
        Kind::Range { .. } => match code.parse() {
            Ok(value) => Answer::Decimal(value),
            Err(_) => return Read::Misfit(Misfit::NotANumber),
        },
        Kind::Acknowledge => Answer::Ack,
        _ => Answer::One(code.into()),
    })
}

/// Check boxes: all at once, kept in the list's order.
fn ticked(question: &Question, tokens: &[ChoiceToken], offers: &Offers<'_>) -> Read {
    if let [token] = tokens
        && let Some(offer) = offers.by_token(token)
    {
        return of_code(question, &offer.code);
    }
    if !matches!(question.kind, Kind::SelectMultiple { .. }) {
        return Read::Misfit(Misfit::OtherKind);
    }
    let is_answer = |token: &ChoiceToken| offers.answers().any(|offer| offer.token() == token);
    if !tokens.iter().all(is_answer) {
        return Read::OldButton;
    }
    let codes = offers.answers().filter(|offer| tokens.contains(offer.token())).map(Offer::picked);
    Read::Answer(Answer::Many(codes.collect()))
}

fn typed(turn: &Turn<'_>, question: &Question, text: &str, offers: &Offers<'_>) -> Read {
    let most = turn.env.policy.max_answer_chars;
    if !super::step::fits(turn, text) {
        return Read::Misfit(Misfit::TooLong(most));
    }
    let clean = strip_controls(text);
    let clean = clean.trim();
    if let Pick::One(code) = offers.exactly(clean) {
        return of_code(question, &code);
    }
    if clean.is_empty() {
        return Read::Misfit(Misfit::Required(Default::default()));
    }
    let country = &turn.env.association.country;
    let read = match &question.kind {
        // A plain yes tells nothing where several lines are asked.
        Kind::Text { multiline: true } if question.required && turn.word == Some(Word::Yes) => {
            Err(Misfit::Constraint(wanted(question)))
        }
        Kind::Text { .. } => Ok(Answer::Text(clean.to_owned())),
        Kind::Name => name(turn, clean).map(Answer::Text).ok_or_else(|| Misfit::Constraint(wanted(question))),
        Kind::Integer => integer(clean).map(Answer::Integer),
        Kind::Decimal => decimal(clean).map(Answer::Decimal),
        Kind::Range { .. } => stars(clean).map_or_else(|| decimal(clean), Ok).map(Answer::Decimal),
        Kind::Date => {
            let today = turn.env.at.today();
            turn.env.words.read_day(clean, today).map(Answer::Date).ok_or(Misfit::NotADate)
        }
        Kind::Phone => crate::form::phone::phone(clean, country).map(Answer::Phone).ok_or(Misfit::NotAPhone),
        Kind::Email => crate::form::email(clean).map(Answer::Email).ok_or(Misfit::NotAnEmail),
        Kind::SelectOne { .. } => return one(question, clean, turn.word, offers),
        Kind::SelectMultiple { .. } => return many(turn, question, clean, offers),
        Kind::Acknowledge if matches!(turn.word, Some(Word::Yes | Word::Done)) => Ok(Answer::Ack),
        Kind::Acknowledge => return one(question, clean, turn.word, offers),
        Kind::Place => return place_typed(clean),
        // "No", "I have none" where a paper may be left out.
        Kind::Document { .. } if !question.required && matches!(turn.word, Some(Word::No | Word::None)) => {
            return Read::Extra("#skip".into());
        }
        Kind::Document { .. } | Kind::Note | Kind::Calculate => Err(Misfit::OtherKind),
    };
    read.map_or_else(Read::Misfit, Read::Answer)
}

/// A person's name with single spaces: two letters at least, and no word that answers or steers.
pub(super) fn name(turn: &Turn<'_>, said: &str) -> Option<String> {
    let name = strip_controls(said).split_whitespace().collect::<Vec<_>>().join(" ");
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    (letters >= 2 && turn.word.is_none()).then_some(name)
}

/// The author's words for an answer that does not do.
fn wanted(question: &Question) -> Labels {
    let own = [&question.constraint_message, &question.required_message];
    own.into_iter().find(|labels| !labels.is_empty()).cloned().unwrap_or_default()
}

fn one(question: &Question, said: &str, word: Option<Word>, offers: &Offers<'_>) -> Read {
    match offers.pick(said, word) {
        Pick::One(code) => of_code(question, &code),
        Pick::Ambiguous(codes) => Read::Misfit(Misfit::Ambiguous(codes)),
        Pick::Nothing => Read::Misfit(Misfit::NotAChoice),
    }
}

/// "1, 3", "1 3 4", "food, rent", or one label that has a comma itself.
fn many(turn: &Turn<'_>, question: &Question, said: &str, offers: &Offers<'_>) -> Read {
    match offers.pick(said, turn.word) {
        Pick::One(code) => return of_code(question, &code),
        Pick::Nothing if turn.word == Some(Word::None) => return Read::Answer(Answer::Many(Vec::new())),
        _ => {}
    }
    let mut pieces: Vec<&str> = said.split([',', '،', ';', '؛', '\n', '+', '&']).collect();
    if let [single] = pieces[..] {
        let words: Vec<&str> = single.split_whitespace().collect();
        if words.iter().all(|word| super::offer::number(word).is_some()) {
            pieces = words;
        }
    }
    let mut codes = Vec::new();
    for piece in pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()) {
        match offers.pick(piece, turn.env.words.word(piece, turn.locale())) {
            Pick::One(code) if !code.starts_with('#') => codes.push(code),
            Pick::Ambiguous(codes) => return Read::Misfit(Misfit::Ambiguous(codes)),
            _ => return Read::Misfit(Misfit::NotAChoice),
        }
    }
    let in_order =
        offers.answers().filter(|offer| codes.iter().any(|code| **code == *offer.code)).map(Offer::picked);
    Read::Answer(Answer::Many(in_order.collect()))
}

/// Commas before exactly three digits part thousands; another single comma is a decimal one.
fn plain_number(said: &str) -> String {
    let digits: String = fold_digits(said).chars().filter(|c| !c.is_whitespace()).collect();
    let digits = digits.trim_end_matches('.').to_owned();
    let groups: Vec<&str> = digits.split(',').collect();
    let thousands = groups.len() > 1
        && groups[1..].iter().enumerate().all(|(i, group)| {
            let whole = if i + 2 == groups.len() { group.split('.').next().unwrap_or(group) } else { group };
            whole.len() == 3
        });
    if thousands { digits.replace(',', "") } else { digits.replace(',', ".") }
}

fn decimal(said: &str) -> Result<f64, Misfit> {
    let plain = plain_number(said);
    let looks = plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    plain.parse().ok().filter(|value: &f64| looks && value.is_finite()).ok_or(Misfit::NotANumber)
}

fn integer(said: &str) -> Result<i64, Misfit> {
    plain_number(said).parse().map_err(|_| match decimal(said) {
        Ok(_) => Misfit::NotAWholeNumber,
        Err(misfit) => misfit,
    })
}

/// As many as there are stars, if there is nothing else.
fn stars(said: &str) -> Option<f64> {
    let signs: Vec<char> = said.chars().filter(|c| !c.is_whitespace() && *c != '\u{fe0f}').collect();
    let all = !signs.is_empty() && signs.iter().all(|c| matches!(c, '⭐' | '★' | '🌟'));
    all.then_some(signs.len() as f64)
}

fn place(lat: f64, lon: f64) -> Read {
    if (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon) {
        Read::Answer(Answer::Place { lat, lon })
    } else {
        Read::Misfit(Misfit::OtherKind)
    }
}

/// "24.7136, 46.6753".
fn place_typed(said: &str) -> Read {
    let folded = fold_digits(said);
    let mut degrees = folded.split([',', '،', ' ']).filter(|part| !part.is_empty()).map(str::parse);
    match (degrees.next(), degrees.next(), degrees.next()) {
        (Some(Ok(lat)), Some(Ok(lon)), None) => place(lat, lon),
        _ => Read::Misfit(Misfit::OtherKind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_any_digits_and_with_either_comma() {
        for (said, value) in [
            ("12", Ok(12.0)),
            ("١٢", Ok(12.0)),
            ("٢٫٥", Ok(2.5)),
            ("2,5", Ok(2.5)),
            ("1,250", Ok(1250.0)),
            ("1,250.75", Ok(1250.75)),
            ("1 250", Ok(1250.0)),
            ("-3", Ok(-3.0)),
            ("inf", Err(Misfit::NotANumber)),
            ("1e5", Err(Misfit::NotANumber)),
            ("two", Err(Misfit::NotANumber)),
        ] {
            assert_eq!(decimal(said), value, "{said}");
        }
        assert_eq!(integer("٣"), Ok(3));
        assert_eq!(integer("2.5"), Err(Misfit::NotAWholeNumber));
        assert_eq!(integer("many"), Err(Misfit::NotANumber));
    }

    #[test]
    fn stars_count() {
        assert_eq!(stars("⭐⭐⭐⭐"), Some(4.0));
        assert_eq!(stars("⭐ 4"), None);
    }

    #[test]
    fn places_lie_on_the_globe() {
        assert_eq!(place_typed("24.7, 46.6"), Read::Answer(Answer::Place { lat: 24.7, lon: 46.6 }));
        assert_eq!(place_typed("124.7, 46.6"), Read::Misfit(Misfit::OtherKind));
        assert_eq!(place_typed("Jeddah"), Read::Misfit(Misfit::OtherKind));
    }
}
