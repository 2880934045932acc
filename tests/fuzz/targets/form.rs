//! A form's file: read or refused with its places; what was read is played from its first question to its last.

use wasl::form::{Answer, Answers, Form, Play, Shelf, Workbook};
use wasl::message::Locale;

use super::world;

/// One file, as `wasl form check` reads it.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let lines = text.lines().count() as u32;
    let book = match Workbook::from_markdown("fuzz.md", &text) {
        Ok(book) => book,
        Err(findings) => {
            assert!(!findings.is_empty(), "refused without a reason");
            assert!(findings.iter().all(|f| f.line <= lines), "a line that is not there");
            return;
        }
    };
    // The catalogue of services is read with forms beside it; alone it is refused, which is an end as good.
    let _ = Shelf::read(&[("services.md".to_owned(), text.to_string())]);
    let Ok((form, warnings)) = Form::read(book) else { return };
    assert!(warnings.iter().all(|f| f.line <= lines), "a line that is not there");
    let again = Workbook::from_markdown("fuzz.md", &text).map(Form::read);
    assert!(matches!(&again, Ok(Ok((same, _))) if same.hash == form.hash), "the same file is the same form");
    play(&form);
}

/// Every question is left out, or answered with its first choice.
fn play(form: &Form) {
    let (mut answers, at) = (Answers::new(), world::moment(world::begin()));
    let locale = Locale::parse("ar").unwrap();
    for _ in 0..=form.questions.len() {
        let play = Play::new(form, &answers, at);
        let Some(question) = play.next() else { break };
        let _ = (play.label(question, &locale), play.hint(question, &locale), play.before(&question.id));
        let first = play.choices(question).next().map(|choice| Answer::One(choice.name.clone()));
        let answer = first.unwrap_or(Answer::Skipped);
        let _ = (play.check(question, &answer), play.upset_by(&question.id));
        let id = question.id.clone();
        assert!(answers.insert(id, answer).is_none(), "a question is asked once");
    }
    let play = Play::new(form, &answers, at);
    assert!(play.next().is_none(), "a form comes to its end");
    let (answered, all) = play.progress();
    assert!(answered == all && play.submission().len() <= form.questions.len());
}
