//! Who was forgotten: nothing of theirs is left, and nobody else is touched.

use std::collections::BTreeSet;

use wasl::case::Status;
use wasl::engine::ActError;
use wasl::message::PersonId;

use super::{Wrong, require};
use crate::office::cases_of;
use crate::world::World;

type Rows = BTreeSet<(String, String)>;

/// Tables in which no row of somebody forgotten may stand.
const EMPTIED: [&str; 7] =
    ["address", "conversation", "timer", "blind", "document", "case_answer", "earlier_signature"];
/// Tables that tell what was done, and of which bytes are still to be deleted.
const NOTED: [&str; 3] = ["audit", "discarded", "sqlite_sequence"];

/// The books before somebody is forgotten.
pub struct Forgetting {
    rows: Rows,
    /// Their own id, and those of their requests: a row that holds one is theirs.
    ids: Vec<String>,
    person: PersonId,
    has_open_requests: bool,
}

impl Forgetting {
    pub async fn begins(world: &World, person: PersonId) -> Forgetting {
        let cases = cases_of(world, person).await;
        let mut ids = vec![person.to_string()];
        ids.extend(cases.iter().map(|(case, _)| case.to_string()));
        let rows = world.base.everything().await;
        let is_over = |status: &Status| matches!(status, Status::Closed | Status::Lapsed | Status::Withdrawn);
        let has_open_requests = !cases.iter().all(|(_, status)| is_over(status));
        Forgetting { rows, ids, person, has_open_requests }
    }

    /// Whether they were forgotten: all of them, or nothing.
    pub async fn ends(
        self,
        world: &World,
        path: &str,
        done: Option<Result<(), ActError>>,
    ) -> Result<bool, Wrong> {
        let after = world.base.everything().await;
        let (person, died) = (self.person, done.is_none());
        let gone = after
            .iter()
            .any(|(table, row)| table == "person" && row.contains(&self.ids[0]) && row.contains("NULL"));
        match done {
            Some(Ok(())) => {
                require(gone && !self.has_open_requests, || format!("{person} is not forgotten"))?
            }
            Some(Err(ActError::StillOpen)) => {
                require(!gone && self.has_open_requests, || format!("{person} has no open request"))?;
            }
            Some(Err(error)) => {
                require(world.full && !gone, || format!("{person} could not be forgotten: {error}"))?;
            }
            None => {}
        }
        self.touches_nobody_else(&after, gone, died)?;
        if gone {
            self.leaves_nothing(&after, path)?;
        }
        Ok(gone)
    }

    fn touches_nobody_else(&self, after: &Rows, gone: bool, died: bool) -> Result<(), Wrong> {
        for (table, row) in self.rows.symmetric_difference(after) {
            let theirs = self.ids.iter().any(|id| row.contains(id));
            // A process that starts marks what waits.
            let noted = NOTED.contains(&table.as_str()) || (died && table == "inbox");
            require(noted || (theirs && gone), || {
                format!("{} was forgotten ({gone}), and in {table} changed {row}", self.person)
            })?;
        }
        Ok(())
    }

    fn leaves_nothing(&self, after: &Rows, path: &str) -> Result<(), Wrong> {
        let theirs = |row: &str| self.ids.iter().any(|id| row.contains(id));
        for (table, row) in after {
            require(!row.contains(path), || format!("{table} still tells of {path}: {row}"))?;
            require(!(EMPTIED.contains(&table.as_str()) && theirs(row)), || {
                format!("{table} still holds {row} of {path}")
            })?;
            // What was sealed for them, and what staff wrote of them.
            let words = row.split(' ').any(|value| value.strip_prefix("X'").is_some_and(|hex| hex.len() > 1));
            let sealed = ["inbox", "outbox", "case_file", "filed"].contains(&table.as_str());
            require(!(sealed && theirs(row) && words), || format!("{table} still holds words of {path}"))?;
            let reasons = row.contains("'reason ") || row.contains("the committee agreed");
            require(!(theirs(row) && reasons), || format!("{table} still holds reasons of {path}: {row}"))?;
        }
        Ok(())
    }
}
