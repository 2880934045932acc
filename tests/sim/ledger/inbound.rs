//! What people sent: taken once, in order, and answered.

use std::collections::{BTreeMap, BTreeSet};

use wasl::engine::Line;
use wasl::message::Body;
use wasl::time::Timestamp;

use super::{Books, Person, Sim, Wrong, is_theirs, require, source};
use crate::person::Message;

/// Every acknowledged message is in the inbox and was taken; what was parked is what a disk forgot, with a task each.
pub fn nothing_is_lost_or_taken_twice(sim: &Sim, books: &Books) -> Result<(), Wrong> {
    for message in sim.people.iter().flat_map(|person| &person.messages) {
        let name = &message.inbound.external_id;
        let row = books.inbox.get(&message.event.to_string());
        if message.acked.is_some() || message.stored.is_some() {
            require(row.is_some(), || format!("{name} was acknowledged and is lost"))?;
        }
    }
    let known: BTreeSet<String> =
        sim.people.iter().flat_map(|p| &p.messages).map(|message| message.event.to_string()).collect();
    for row in books.inbox.values() {
        let damaged = sim.damaged.contains(&row.id);
        require(row.state == "done" || (damaged && row.state == "parked"), || {
            format!("{} is {} at the end", row.external_id, row.state)
        })?;
        require(row.kind != "said" || known.contains(&row.id), || {
            format!("{} is taken under an id that nobody sent", row.external_id)
        })?;
    }
    let parked = books.inbox.values().filter(|row| row.state == "parked").map(|row| &row.id);
    for event in parked.clone() {
        let tasks = books.tasks.iter().filter(|(kind, detail)| kind == "parked" && detail == event).count();
        require(tasks == 1, || format!("{event} was parked with {tasks} tasks"))?;
    }
    let tasks = books.tasks.iter().filter(|(kind, _)| kind == "parked").count();
    require(tasks == parked.count(), || format!("{tasks} events were given up"))
}

/// Each message stands once in its sender's transcript, as it was sent; lines of one event are numbered without a gap.
pub fn lines_stand_once_and_in_order(person: &Person, books: &Books) -> Result<(), Wrong> {
    let lines = books.lines(person);
    let path = &person.address.path;
    let messages: BTreeMap<String, &Message> =
        person.own().map(|message| (message.event.to_string(), message)).collect();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut next: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        let Some((event, n)) = source(line) else { return Err(format!("{path}: a line called {}", line.id)) };
        let row = books.inbox.get(event);
        require(row.is_some_and(|row| row.person == person.id.to_string()), || {
            format!("{path}: {} was written by nothing that happened to them", line.id)
        })?;
        let expected = next.entry(event).or_insert(0);
        require(n == *expected, || format!("{path}: {} where number {expected} belongs", line.id))?;
        *expected += 1;
        if is_theirs(line) {
            let Some(message) = messages.get(event) else {
                return Err(format!("{path} never said {:?}", line.part.text));
            };
            if let Body::Text(text) = &message.inbound.body {
                require(line.part.text == *text, || {
                    format!("{path} said {text:?}, not {:?}", line.part.text)
                })?;
            }
            require(places.insert(event, place).is_none(), || format!("{path}: {event} stands twice"))?;
        }
    }
    for (event, message) in &messages {
        let (row, silent) = (books.inbox.get(event), matches!(message.inbound.body, Body::Start { .. }));
        let taken = row.is_some_and(|row| row.state == "done");
        require(!taken || silent || places.contains_key(event.as_str()), || {
            format!("{path}: {} was taken and stands nowhere", message.inbound.external_id)
        })?;
    }
    in_order(person, &places)
}

/// What was acknowledged before another was sent stands before it; so does what was stored before it in one batch.
fn in_order(person: &Person, places: &BTreeMap<&str, usize>) -> Result<(), Wrong> {
    let place = |message: &Message| places.get(message.event.to_string().as_str()).copied();
    let all: Vec<(&Message, usize)> = person.own().filter_map(|m| Some((m, place(m)?))).collect();
    for (earlier, at) in &all {
        let known = [earlier.acked, earlier.stored].into_iter().flatten().min();
        for (later, then) in &all {
            let Some((known, tried)) = known.zip(later.tried) else { continue };
            require(known >= tried || at < then, || {
                let (a, b) = (&earlier.inbound.external_id, &later.inbound.external_id);
                format!("{a} was acknowledged before {b} was sent, and stands after it")
            })?;
        }
    }
    Ok(())
}

/// Of several things in a row that cannot be read, one is answered: so many seconds after another, one may be passed over.
const BURST: i64 = 20;

/// Whoever never came into human hands has an answer to everything.
pub fn everything_is_answered(person: &Person, books: &Books) -> Result<(), Wrong> {
    let lines = books.lines(person);
    if lines.iter().any(|line| matches!(&*line.part.key, "human-wait" | "human-here" | "staff")) {
        return Ok(());
    }
    let answered: BTreeSet<&str> =
        lines.iter().filter(|line| !is_theirs(line)).filter_map(|line| Some(source(line)?.0)).collect();
    let unreadable: BTreeSet<String> = person
        .own()
        .filter(|message| matches!(message.inbound.body, Body::Unsupported(_)))
        .map(|message| message.event.to_string())
        .collect();
    let (mut excused, mut before) = (BTreeSet::new(), None::<Timestamp>);
    for line in lines.iter().filter(|line| is_theirs(line)) {
        let Some((event, _)) = source(line).filter(|(event, _)| unreadable.contains(*event)) else {
            continue;
        };
        if before.replace(line.at).is_some_and(|before| line.at.since(before).num_seconds() < BURST) {
            excused.insert(event);
        }
    }
    for message in person.own() {
        let event = message.event.to_string();
        let taken = books.inbox.contains_key(&event);
        let excused = excused.contains(event.as_str());
        require(!taken || excused || answered.contains(event.as_str()), || {
            format!("{} has no answer", message.inbound.external_id)
        })?;
    }
    Ok(())
}

/// Who reads by cursor, in pieces of any size, has read everything once.
pub fn who_reads_misses_nothing(person: &Person, lines: &[Line]) -> Result<(), Wrong> {
    let all = lines.iter().map(|line| &line.id);
    require(!person.reads() || person.read.iter().eq(all), || {
        format!("{} read {} lines of {}", person.address.path, person.read.len(), lines.len())
    })
}
