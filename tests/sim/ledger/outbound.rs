//! What left: in order, once unless nobody can know, not after its time, not to who blocked us.

use std::collections::BTreeMap;

use super::{Books, Figures, Sim, Wrong, require};
use crate::base::Said;
use crate::provider::{Attempt, Fate};

pub fn phones_agree(sim: &Sim, books: &Books, figures: &mut Figures) -> Result<(), Wrong> {
    let attempts = sim.world.provider.attempts();
    let phones = sim.world.provider.phones();
    let rows: BTreeMap<&str, &Said> = books.outbox.iter().map(|row| (row.id.as_str(), row)).collect();
    let mut of: BTreeMap<&str, Vec<&Attempt>> = BTreeMap::new();
    for attempt in &attempts {
        of.entry(&attempt.key).or_default().push(attempt);
    }
    figures.sends += attempts.len();
    for (path, phone) in &phones {
        let mut last = 0;
        let mut arrived: BTreeMap<&str, usize> = BTreeMap::new();
        for part in phone {
            let Some(row) = rows.get(part.key.as_str()) else {
                return Err(format!("{path} received {}, which was never written", part.key));
            };
            let times = arrived.entry(&part.key).or_insert(0);
            *times += 1;
            if *times == 1 {
                require(row.seq > last, || format!("{path} received {} after a later one", part.key))?;
                last = row.seq;
            }
        }
        for (key, times) in arrived {
            let ambiguous = of[key].iter().filter(|attempt| attempt.is_ambiguous()).count();
            figures.twice += times - 1;
            require(times - 1 <= ambiguous, || {
                format!("{path} received {key} {times} times, and {ambiguous} sends were ambiguous")
            })?;
        }
    }
    for (key, attempts) in &of {
        figures.ambiguous += attempts.iter().filter(|attempt| attempt.is_ambiguous()).count();
        let Some(row) = rows.get(key) else { return Err(format!("{key} was sent, and never written")) };
        goes_as_agreed(row, attempts)?;
    }
    for row in books.outbox.iter().filter(|row| row.speaker != "you") {
        ends_as_told(sim, row, of.get(row.id.as_str()).map_or(&[], Vec::as_slice), books)?;
    }
    Ok(())
}

/// The attempts of one part, one after another.
fn goes_as_agreed(row: &Said, attempts: &[&Attempt]) -> Result<(), Wrong> {
    let key = &row.id;
    let (mut unknown, mut over) = (false, false);
    let mut not_before = None;
    for attempt in attempts {
        require(!over, || format!("{key} was sent again after it was {}", row.state))?;
        require(not_before.is_none_or(|at| attempt.at >= at), || {
            format!("{key} came again before the provider would have it")
        })?;
        require(row.not_after.is_none_or(|at| attempt.at.micros() < at), || {
            format!("{key} was sent after its time")
        })?;
        require(!(attempt.bulk && attempt.told_gone), || {
            format!("{key} ({}) was sent to {}, who blocked us", row.purpose, attempt.path)
        })?;
        match attempt.fate {
            // Whoever died did not hear it.
            _ if attempt.unrecorded => {}
            Fate::Busy(at) => not_before = Some(at),
            Fate::Gone | Fate::Never => over = true,
            // Sent once more, and then given up.
            Fate::Unanswered | Fate::Lost if unknown => over = true,
            _ => {}
        }
        unknown |= attempt.is_ambiguous();
    }
    Ok(())
}

/// What a part came to: it arrived, or somebody was told that it did not.
fn ends_as_told(sim: &Sim, row: &Said, attempts: &[&Attempt], books: &Books) -> Result<(), Wrong> {
    let key = &row.id;
    let arrived = attempts
        .iter()
        .any(|a| matches!(a.fate, Fate::Sent | Fate::Unanswered | Fate::DiedAfter | Fate::Slow));
    match row.state.as_str() {
        "forgotten" => {
            let before = sim.people.iter().flat_map(|person| &person.before);
            let forgotten = before.map(ToString::to_string).any(|id| id == row.person);
            require(forgotten && row.path.is_empty(), || format!("{key} is forgotten, and nobody else is"))
        }
        "readable" => require(row.path.starts_with("webchat"), || format!("{key} is nowhere to be read")),
        "sent" => require(arrived, || format!("{key} is called sent, and never arrived")),
        "late" => {
            let told = books.tasks.iter().filter(|(kind, detail)| kind == "late" && detail == key).count();
            require(told == 1, || format!("{key} was dropped late with {told} tasks"))?;
            require(row.not_after.is_some(), || format!("{key} ({}) cannot be late", row.purpose))
        }
        // Who blocked us is not reminded; that they did was told.
        "dead" if row.cause.as_deref() == Some("blocked") => {
            require(!arrived && row.not_after.is_some(), || format!("{key} ({}) was held back", row.purpose))
        }
        "dead" => {
            let refused = |row: &&Said| row.state == "dead" && row.cause.as_deref() != Some("blocked");
            let dead = books.outbox.iter().filter(refused).count();
            let told = books.tasks.iter().filter(|(kind, _)| kind == "undeliverable").count();
            require(dead == told, || format!("{dead} parts were given up, and {told} tasks say so"))?;
            let reason = attempts.len() >= 8
                || attempts.iter().any(|a| a.is_ambiguous() || matches!(a.fate, Fate::Gone | Fate::Never))
                || row.cause.as_deref() == Some("gone");
            require(reason, || format!("{key} was given up after {} attempts", attempts.len()))
        }
        state => Err(format!("{key} is {state} at the end")),
    }
}
