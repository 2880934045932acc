//! Somebody who answers whatever is asked, until their request is signed: what every measurement plays.

pub mod http;
pub mod platform;

use wasl::message::{Body, Choice, Expects, ExpectsKind};

/// What a person sends next, given what is expected of them; a file is left out wherever it may be.
pub fn reply(expects: Option<&Expects>, choices: &[Choice], service: &str) -> Body {
    let words = |text: &str| Body::Text(text.to_owned());
    let Some(expects) = expects else { return words("menu") };
    let first = choices.first().map(|choice| Body::Choice(choice.token.clone()));
    match (&*expects.question, expects.kind) {
        ("language", _) => words("العربية"),
        ("service", _) => words(service),
        (_, ExpectsKind::Choice | ExpectsKind::Choices) => first.unwrap_or_else(|| words("menu")),
        (_, ExpectsKind::Integer) => words("٢"),
        (_, ExpectsKind::Decimal) => words("2500"),
        (question, ExpectsKind::Date) if question.contains("expiry") => words("31/12/2030"),
        (_, ExpectsKind::Date) => words("25/12/1990"),
        (_, ExpectsKind::Phone) => words("0501234567"),
        (_, ExpectsKind::Email) => words("maria@example.com"),
        (_, ExpectsKind::File | ExpectsKind::Place) => words("skip"),
        ("need", _) => words("أرغب في تعلم الصلاة وقراءة الفاتحة، ولا أعرف أحدًا قريبًا مني."),
        (_, ExpectsKind::Text | ExpectsKind::Signature | ExpectsKind::None) => words("مريم سانتوس كروز"),
    }
}

/// Whether a signature is asked for: what is said after it is the receipt.
pub fn signs(expects: Option<&Expects>) -> bool {
    expects.is_some_and(|expects| expects.kind == ExpectsKind::Signature)
}

/// The value at a share of sorted values, 0.5 for the median.
pub fn quantile<T: Copy>(sorted: &[T], share: f64) -> T {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}
