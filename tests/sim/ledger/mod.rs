//! What must be true at the end, worked out from what people sent, what phones received and what the office did. Nothing
//! here asks the code under test what it thinks of itself, but for the form's own conditions.

mod cases;
mod forgotten;
mod inbound;
mod outbound;
mod rest;
mod talk;

use std::collections::BTreeMap;

pub use forgotten::Forgetting;
use wasl::engine::Line;
use wasl::message::{PersonId, Speaker};

use super::base::{Heard, Said};
use super::figures::Figures;
use super::person::Person;
use super::run::Sim;
use super::world::Wrong;

/// Everything that is known at the end.
pub struct Books {
    /// What stood in the inbox, by its event's id.
    pub inbox: BTreeMap<String, Heard>,
    pub outbox: Vec<Said>,
    /// (kind, detail).
    pub tasks: Vec<(String, String)>,
    /// Each person's whole transcript.
    pub transcripts: BTreeMap<PersonId, Vec<Line>>,
}

/// Checks everything; the first thing that is wrong, with the transcripts.
pub async fn balances(sim: &mut Sim) -> Result<Figures, Wrong> {
    let books = Books::of(sim).await?;
    let checked = check(sim, &books).await;
    if checked.is_err() {
        sim.world.told.push(books.outline("\n"));
    }
    checked
}

async fn check(sim: &mut Sim, books: &Books) -> Result<Figures, Wrong> {
    let (deaths, acts) = (sim.world.deaths as usize, sim.office.acts as usize);
    let mut figures = Figures { deaths, acts, ..Figures::default() };
    (figures.stood_still, figures.forgotten) = (sim.world.stood_still, sim.forgotten);
    inbound::nothing_is_lost_or_taken_twice(sim, books)?;
    for person in &sim.people {
        let lines = books.lines(person);
        inbound::lines_stand_once_and_in_order(person, books)?;
        inbound::everything_is_answered(person, books)?;
        inbound::who_reads_misses_nothing(person, lines)?;
        talk::surveys_wait(person, lines)?;
        talk::who_stopped_is_left_alone(person, lines)?;
        talk::reminders_come_once(person, lines)?;
        figures.messages += person.messages.len();
        figures.surveys += talk::count(lines, wasl::message::Purpose::Survey);
        figures.reminders += talk::count(lines, wasl::message::Purpose::Reminder);
        figures.notices += talk::count(lines, wasl::message::Purpose::Notice);
    }
    outbound::phones_agree(sim, books, &mut figures)?;
    cases::all_stand_as_told(sim, books, &mut figures).await?;
    cases::decisions_count_once(sim, books).await?;
    if sim.rested {
        rest::nothing_is_left(sim).await?;
    }
    let end = format!("{figures:?}, {}", books.outline(" "));
    sim.world.tells(end);
    Ok(figures)
}

impl Books {
    async fn of(sim: &Sim) -> Result<Books, Wrong> {
        let base = &sim.world.base;
        let mut transcripts = BTreeMap::new();
        for person in &sim.people {
            let lines = sim.world.engine().lines(&person.address, 0, 1_000_000).await;
            transcripts.insert(person.id, lines.map_err(|error| error.to_string())?);
        }
        let inbox = base.inbox().await.into_iter().map(|row| (row.id.clone(), row)).collect();
        Ok(Books { inbox, outbox: base.outbox().await, tasks: base.tasks().await, transcripts })
    }

    pub fn lines(&self, person: &Person) -> &[Line] {
        self.transcripts.get(&person.id).map_or(&[], Vec::as_slice)
    }

    /// The transcripts, a few words a line.
    fn outline(&self, between: &str) -> String {
        let line = |line: &Line| {
            let Line { id, part, at, .. } = line;
            let words: String = part.text.chars().take(60).map(|c| if c == '\n' { ' ' } else { c }).collect();
            format!("{id} {} {:?} {} {:?} {words}", at.iso(), part.from, part.key, part.purpose)
        };
        let of = |(person, lines): (&PersonId, &Vec<Line>)| {
            let lines: Vec<String> = lines.iter().map(line).collect();
            format!("{person}{between}{}", lines.join(between))
        };
        self.transcripts.iter().map(of).collect::<Vec<_>>().join(between)
    }
}

/// The event that a line was written by, and its place among that event's lines.
pub fn source(line: &Line) -> Option<(&str, usize)> {
    let (event, n) = line.id.rsplit_once('/')?;
    Some((event, n.parse().ok()?))
}

pub fn is_theirs(line: &Line) -> bool {
    line.part.from == Speaker::You
}

/// That, or what is wrong.
pub fn require(holds: bool, wrong: impl FnOnce() -> Wrong) -> Result<(), Wrong> {
    if holds { Ok(()) } else { Err(wrong()) }
}
