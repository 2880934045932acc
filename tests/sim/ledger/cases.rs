//! Requests: one for each signature, answered by their person, told of in every step.

use std::collections::{BTreeMap, BTreeSet};

use wasl::case::Role;
use wasl::engine::{Line, OpenedCase};
use wasl::form::{Answer, Answers, Kind, Moment, Play, Question};
use wasl::message::{Body, CaseId, ChannelId, EventId, Purpose};
use wasl::store;

use super::{Books, Figures, Person, Sim, Wrong, is_theirs, require, source};
use crate::office::{cases_of, staff};
use crate::person::Message;

/// The steps of which a person is told.
const TOLD: &[&str] = &[
    "checked",
    "returned",
    "with_committee",
    "accepted",
    "rejected",
    "registered",
    "delivered",
    "closed",
    "lapsed",
];

pub async fn all_stand_as_told(sim: &Sim, books: &Books, figures: &mut Figures) -> Result<(), Wrong> {
    let mut references = BTreeSet::new();
    for person in &sim.people {
        let lines = books.lines(person);
        let cases = cases_of(&sim.world, person.id).await;
        let receipts: Vec<&Line> = lines.iter().filter(|line| &*line.part.key == "receipt").collect();
        // Where a completion waited, the receipt opens its question.
        let opened: BTreeSet<&str> = receipts.iter().filter_map(|line| Some(source(line)?.0)).collect();
        figures.cases += cases.len();
        let mut told = 0;
        for (case, _) in &cases {
            let opened = sim.world.engine().open_case(&staff(Role::Administrator), *case).await;
            let opened = opened.map_err(|error| format!("{case} does not open: {error}"))?;
            require(references.insert(opened.reference.clone()), || format!("{} twice", opened.reference))?;
            let receipt = |line: &Line| line.part.text.contains(&opened.reference);
            told += usize::from(lines.iter().any(receipt));
            is_told_of(sim, person, *case, lines).await?;
            if !sim.damaged.is_empty() {
                continue;
            }
            is_answered_by(sim, person, *case, &opened, lines).await?;
        }
        require(told == cases.len(), || {
            format!("{} has {} requests, and reads of {told}", person.address.path, cases.len())
        })?;
        require(opened.len() <= cases.len(), || {
            format!("{} has {} receipts for {} requests", person.address.path, opened.len(), cases.len())
        })?;
    }
    Ok(())
}

/// One submission; and of every step of the charity's side one notice, in order.
async fn is_told_of(sim: &Sim, person: &Person, case: CaseId, lines: &[Line]) -> Result<(), Wrong> {
    let from_their_own = person.own().any(|message| message.event.0 == case.0);
    require(from_their_own, || format!("{case} does not come from anything that was sent"))?;
    let store = sim.world.engine().store().clone();
    let mut tx = store.read().await.map_err(|error| error.to_string())?;
    let steps = store::case::events(&mut tx, case).await.map_err(|error| error.to_string())?;
    let submitted = steps.iter().filter(|step| step.name == "submitted").count();
    require(submitted == 1, || format!("{case} was submitted {submitted} times"))?;
    let mut last = 0;
    for step in steps.iter().filter(|step| TOLD.contains(&step.name.as_str())) {
        let event = EventId::of(&ChannelId::new("desk"), &format!("case-event:{}", step.number)).to_string();
        let place = |(place, line): (usize, &Line)| {
            (source(line)?.0 == event && line.part.purpose == Purpose::Notice).then_some(place)
        };
        let at: Vec<usize> = lines.iter().enumerate().filter_map(place).collect();
        let again = step.name == "checked" && at.is_empty();
        let first = at.first().copied().unwrap_or(last);
        require(again || !at.is_empty(), || {
            format!("nobody told {} that {case} is {}", person.address.path, step.name)
        })?;
        require(first >= last, || format!("{case}: {} is told of before what came first", step.name))?;
        last = first;
    }
    let first_check = steps.iter().find(|step| step.name == "checked");
    if let Some(step) = first_check {
        let event = EventId::of(&ChannelId::new("desk"), &format!("case-event:{}", step.number)).to_string();
        let told = lines.iter().any(|line| source(line).is_some_and(|(e, _)| e == event));
        require(told, || format!("nobody told {} that {case} is in order", person.address.path))?;
    }
    Ok(())
}

/// Every answer was given where its question stood, and every question that the form wants was put.
async fn is_answered_by(
    sim: &Sim,
    person: &Person,
    case: CaseId,
    opened: &OpenedCase,
    lines: &[Line],
) -> Result<(), Wrong> {
    let messages: BTreeMap<String, &Message> =
        person.own().map(|message| (message.event.to_string(), message)).collect();
    let own = case.to_string();
    let begin = lines.iter().position(|line| source(line).is_some_and(|(event, _)| event == own));
    let lines = &lines[begin.unwrap_or(0)..];
    let mut standing = "";
    let mut given: Vec<(&str, &Message, &Line)> = Vec::new();
    let mut put: BTreeSet<&str> = BTreeSet::new();
    for line in lines {
        if let Some(question) = line.part.key.strip_prefix("question:") {
            standing = question;
            put.insert(question);
        }
        let message = source(line).and_then(|(event, _)| messages.get(event));
        if let Some(message) = message.filter(|_| is_theirs(line)) {
            given.push((standing, message, line));
        }
    }
    let name = &opened.reference;
    for (id, answer) in &opened.answers {
        let Some(question) = opened.form.question(id) else {
            return Err(format!("{name}: {id} is not asked"));
        };
        if !takes_answer(question) {
            continue;
        }
        let fits = |(at, message, line): &(&str, &Message, &Line)| {
            let here = *at == &**id || matches!(answer, Answer::Document(_));
            here && could_mean(opened, question, answer, message, line)
        };
        require(given.iter().any(fits), || format!("{name}: nobody gave {answer:?} for {id}"))?;
        if let Answer::Document(paper) = answer {
            let paper =
                sim.world.engine().open_document(&staff(Role::Administrator), paper.media.document).await;
            require(paper.is_ok(), || format!("{name}: the paper for {id} is gone"))?;
        }
    }
    let answers: Answers = opened.answers.iter().cloned().collect();
    let wanted = wanted(sim, opened, &answers)?;
    for question in opened.form.questions.iter().filter(|q| takes_answer(q) && wanted.contains(&*q.id)) {
        let id = &question.id;
        require(put.contains(&**id), || format!("{name}: {id} was never asked"))?;
        let left_out = |(at, message, _): &(&str, &Message, &Line)| {
            let number = |text: &str| text.parse::<u32>().is_ok();
            let body = &message.inbound.body;
            // Who is asked for something and says no leaves it out.
            let skips = matches!(body, Body::Text(text) if text == "skip" || text == "no" || number(text));
            *at == &**id && (skips || pressed(body))
        };
        require(answers.contains_key(id) || given.iter().any(left_out), || {
            format!("{name}: nobody left {id} out")
        })?;
        require(!question.required || answers.contains_key(id), || format!("{name}: {id} was left out"))?;
    }
    Ok(())
}

/// The questions that are asked of whoever gave these answers. Of a form that nobody wrote that is worked out here, and no
/// other answer may have been handed in, nor one that its condition does not take; of those that ship the program is asked,
/// as of the papers behind either.
fn wanted<'o>(sim: &Sim, opened: &'o OpenedCase, answers: &Answers) -> Result<BTreeSet<&'o str>, Wrong> {
    let zone = sim.world.engine().config().association.zone;
    let play = Play::new(&opened.form, answers, Moment { now: opened.signed.signature.at, zone });
    let Some(spec) = &sim.world.spec else {
        return Ok(opened.form.questions.iter().filter(|q| play.relevant(q)).map(|q| &*q.id).collect());
    };
    let own = spec.wanted(answers);
    let is_wanted = |q: &&Question| if spec.asks(&q.id) { own.contains(&*q.id) } else { play.relevant(q) };
    let name = &opened.reference;
    for (id, answer) in answers.iter().filter(|(id, _)| spec.asks(id)) {
        require(own.contains(&**id), || format!("{name}: {id} is not to be asked, and is {answer:?}"))?;
    }
    for id in &own {
        let answer = answers.get(*id);
        require(spec.takes(id, answer), || format!("{name}: {id} must not be {answer:?}"))?;
    }
    Ok(opened.form.questions.iter().filter(is_wanted).map(|q| &*q.id).collect())
}

fn takes_answer(question: &Question) -> bool {
    !matches!(question.kind, Kind::Note | Kind::Calculate)
}

/// Whether what was sent can be what was kept.
fn could_mean(
    opened: &OpenedCase,
    question: &Question,
    answer: &Answer,
    message: &Message,
    line: &Line,
) -> bool {
    let body = &message.inbound.body;
    let text = match body {
        Body::Text(text) | Body::Phone(text) => text.trim(),
        _ => "",
    };
    match answer {
        Answer::Text(kept) => kept == text,
        Answer::Integer(n) => fold(text).parse() == Ok(*n),
        Answer::Decimal(n) => fold(text).parse() == Ok(*n) || pressed(body),
        Answer::Date(day) => {
            let parts: Vec<String> = fold(text).split('/').map(|part| format!("{part:0>2}")).collect();
            let [d, m, y] = parts.as_slice() else { return false };
            format!("{y}-{m}-{d}") == day.to_string()
        }
        Answer::Phone(kept) => {
            let digits: String = fold(text).chars().filter(char::is_ascii_digit).collect();
            digits.len() > 6 && kept.ends_with(digits.trim_start_matches('0'))
        }
        Answer::Email(kept) => kept == text,
        Answer::One(name) => chose(opened, question, name, body, text, line),
        Answer::Many(names) => {
            names.is_empty() || names.iter().all(|name| chose(opened, question, name, body, text, line))
        }
        Answer::Document(paper) => {
            matches!(body, Body::Media(media) if media.document == paper.media.document)
        }
        Answer::Place { .. } => matches!(body, Body::Place { .. }) || !text.is_empty(),
        Answer::Ack => true,
        Answer::Skipped => false,
    }
}

fn pressed(body: &Body) -> bool {
    matches!(body, Body::Choice(_) | Body::Choices(_))
}

/// A choice: by the label that its button had, by its number, or by a word for it.
fn chose(opened: &OpenedCase, question: &Question, name: &str, body: &Body, text: &str, line: &Line) -> bool {
    let (Kind::SelectOne { list } | Kind::SelectMultiple { list }) = &question.kind else { return false };
    let Some(choices) = opened.form.lists.get(list) else { return false };
    let Some((place, choice)) = choices.iter().enumerate().find(|(_, choice)| &*choice.name == name) else {
        return false;
    };
    if pressed(body) {
        return choice.label.0.values().any(|label| line.part.text.contains(label.as_str()));
    }
    let number = fold(text.trim()).parse::<usize>().ok();
    // The beginning of a word for it does, where it begins no other: "no" of "no hurry".
    let text = text.to_lowercase();
    let word = |word: &String| !text.is_empty() && word.to_lowercase().starts_with(&text);
    number == Some(place + 1) || choice.words.iter().any(word) || choice.label.0.values().any(word)
}

/// Arabic digits as ASCII.
fn fold(text: &str) -> String {
    text.chars().map(|c| ('٠'..='٩').position(|d| d == c).map_or(c, |n| (b'0' + n as u8) as char)).collect()
}

/// Each decision of the other system was taken once: it moved its request, or was refused with a task.
pub async fn decisions_count_once(sim: &Sim, books: &Books) -> Result<(), Wrong> {
    let taken = sim.world.base.decisions().await;
    let mut refused = 0;
    let mut in_force: BTreeMap<&str, usize> = BTreeMap::new();
    for id in &sim.office.written {
        let Some((_, case, why)) = taken.iter().find(|(known, ..)| known == id) else {
            return Err(format!("{id} was never taken"));
        };
        match why {
            // Its request's person was forgotten before it was taken.
            Some(why) if why == "erased" => {}
            Some(_) => refused += 1,
            None => *in_force.entry(case).or_insert(0) += 1,
        }
    }
    let tasks = books.tasks.iter().filter(|(kind, _)| kind == "decision_refused").count();
    require(tasks == refused, || format!("{refused} decisions were refused, and {tasks} tasks say so"))?;
    let store = sim.world.engine().store().clone();
    let mut tx = store.read().await.map_err(|error| error.to_string())?;
    for (case, times) in in_force {
        let id: CaseId = case.parse().map_err(|_| format!("a case called {case}"))?;
        let steps = store::case::events(&mut tx, id).await.map_err(|error| error.to_string())?;
        let by_system = steps.iter().filter(|step| step.by_kind == "system").count();
        require(by_system == times, || format!("{case}: {times} decisions made {by_system} steps"))?;
    }
    Ok(())
}
