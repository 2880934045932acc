//! What a transcript may not hold.

use wasl::engine::Line;
use wasl::message::{ChoiceToken, Purpose};

use super::{Person, Wrong, is_theirs, require};

pub fn count(lines: &[Line], purpose: Purpose) -> usize {
    lines.iter().filter(|line| !is_theirs(line) && line.part.purpose == purpose).count()
}

/// The questions of the survey itself: whoever leaves it is asked no more, and not told.
const SURVEY: &[&str] =
    &["question:overall", "question:ease", "question:respect", "question:solved", "question:word"];

/// Whether a prompt asks within a form.
fn asks(key: &str) -> bool {
    (key.starts_with("question:") && !SURVEY.contains(&key))
        || matches!(key, "review" | "review-which" | "declaration")
}

/// No survey over an open form: what was said last must not ask for something.
pub fn surveys_wait(person: &Person, lines: &[Line]) -> Result<(), Wrong> {
    let mut last: Option<&Line> = None;
    for line in lines.iter().filter(|line| !is_theirs(line)) {
        if line.part.purpose == Purpose::Reminder {
            // What lapsed is open no more.
            last = last.filter(|_| !line.part.key.starts_with("lapsed-"));
            continue;
        }
        let event = |line: &Line| line.id.split('/').next().map(str::to_owned);
        if line.part.purpose == Purpose::Survey
            && let Some(before) = last.filter(|before| event(before) != event(line))
        {
            require(!asks(&before.part.key), || {
                format!("{}: a survey over the open {}", person.address.path, before.part.key)
            })?;
        }
        if line.part.from == wasl::message::Speaker::Bot {
            last = Some(line);
        }
    }
    Ok(())
}

/// The first questions of requests, by service.
const FIRST: [&str; 4] = ["question:need", "question:question", "question:offer", "question:gift"];

/// Who asked for silence is only answered, and told what concerns their request, until they ask for something new.
pub fn who_stopped_is_left_alone(person: &Person, lines: &[Line]) -> Result<(), Wrong> {
    let mut stopped = false;
    for line in lines.iter().filter(|line| !is_theirs(line)) {
        let key = &*line.part.key;
        let bulk = matches!(line.part.purpose, Purpose::Reminder | Purpose::Survey);
        require(!(stopped && bulk), || format!("{} asked for silence and reads {key}", person.address.path))?;
        match key {
            "stopped" => stopped = true,
            key if FIRST.contains(&key) => stopped = false,
            _ => {}
        }
    }
    Ok(())
}

/// Between two messages of its person a draft is reminded of once; a survey follows a delivery.
pub fn reminders_come_once(person: &Person, lines: &[Line]) -> Result<(), Wrong> {
    let mut since: Vec<&ChoiceToken> = Vec::new();
    for line in lines {
        if is_theirs(line) {
            since.clear();
        }
        if line.part.purpose == Purpose::Reminder && line.part.key.starts_with("reminder-") {
            for choice in &line.part.choices {
                require(!since.contains(&&choice.token), || {
                    format!("{} is reminded twice of one thing", person.address.path)
                })?;
                since.push(&choice.token);
            }
        }
    }
    // A long question may be in several parts; they come from one event. News of the delivery may end in the question
    // that waits, and then bears its key: so there are no more surveys than notices.
    let mut surveys: Vec<&str> = lines
        .iter()
        .filter(|line| line.part.purpose == Purpose::Survey)
        .filter_map(|line| line.id.split('/').next())
        .collect();
    surveys.dedup();
    require(surveys.len() <= count(lines, Purpose::Notice), || {
        format!("{} is surveyed {} times", person.address.path, surveys.len())
    })
}
