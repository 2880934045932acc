//! A survey's answers as the rows that other systems read.

use crate::form::{Answer, QuestionId};

/// One answer as it stands in `survey_answer`: one of the three, by the kind of question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// The question.
    pub question: QuestionId,
    /// A scale's or a number's value, if it is a whole one.
    pub number: Option<i64>,
    /// Words; also days (ISO 8601), telephone numbers and mail addresses as they were kept, and the decimal
    /// digits of a number that is not whole.
    pub text: Option<String>,
    /// The name of the choice taken; several stand in list order with a space between, a tick is `OK`.
    pub choice: Option<String>,
}

/// The rows of a survey, in the order of its answers. What was skipped, and papers, make no row.
pub fn rows(answers: &[(QuestionId, Answer)]) -> Vec<Row> {
    answers.iter().filter_map(|(question, answer)| row(question, answer)).collect()
}

fn row(question: &QuestionId, answer: &Answer) -> Option<Row> {
    let empty = Row { question: question.clone(), ..Row::default() };
    let number = |n: i64| Row { number: Some(n), ..empty.clone() };
    let text = |t: String| Row { text: Some(t), ..empty.clone() };
    let choice = |c: String| Row { choice: Some(c), ..empty.clone() };
    match answer {
        Answer::Integer(n) => Some(number(*n)),
        Answer::Decimal(n) => Some(whole(*n).map_or_else(|| text(n.to_string()), number)),
        Answer::One(name) => Some(choice(name.to_string())),
        Answer::Many(names) => Some(choice(names.join(" "))),
        Answer::Ack => Some(choice("OK".into())),
        Answer::Text(words) | Answer::Phone(words) | Answer::Email(words) => Some(text(words.clone())),
        Answer::Date(day) => Some(text(day.to_string())),
        Answer::Place { lat, lon } => Some(text(format!("{lat} {lon}"))),
        Answer::Skipped | Answer::Document(_) => None,
    }
}

/// The number if it has no fraction and fits (up to 2^53 every whole number is exact).
fn whole(n: f64) -> Option<i64> {
    (n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_992.0).then_some(n as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_column() {
        let check = |answer: Answer, number: Option<i64>, text: Option<&str>, choice: Option<&str>| {
            let found = rows(&[("q".into(), answer)]);
            let expected = Row {
                question: "q".into(),
                number,
                text: text.map(Into::into),
                choice: choice.map(Into::into),
            };
            assert_eq!(found, [expected]);
        };
        check(Answer::Decimal(4.0), Some(4), None, None);
        check(Answer::Decimal(3.5), None, Some("3.5"), None);
        check(Answer::Decimal(f64::NAN), None, Some("NaN"), None);
        check(Answer::Integer(3), Some(3), None, None);
        check(Answer::One("partly".into()), None, None, Some("partly"));
        check(Answer::Many(vec!["a".into(), "c".into()]), None, None, Some("a c"));
        check(Answer::Ack, None, None, Some("OK"));
        check(Answer::Text("شكرًا".into()), None, Some("شكرًا"), None);
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        check(Answer::Date(day), None, Some("2026-11-22"), None);
        check(Answer::Place { lat: 24.5, lon: 46.7 }, None, Some("24.5 46.7"), None);
    }

    #[test]
    fn what_was_skipped_is_no_row_and_the_order_stays() {
        let answers = [
            ("overall".into(), Answer::Decimal(5.0)),
            ("ease".into(), Answer::Skipped),
            ("word".into(), Answer::Text("good".into())),
        ];
        let questions: Vec<_> = rows(&answers).into_iter().map(|row| row.question).collect();
        assert_eq!(questions, ["overall".into(), QuestionId::from("word")]);
    }
}
