//! What officers are to look at: the one list of kinds, and the open tasks.

use super::query::sql;
use super::value::row;
use super::{Result, Tx};
use crate::message::{CaseId, PersonId};
use crate::time::Timestamp;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal),* $(,)?) => {
        /// What officers are to look at. The desk has a sentence for each, in every language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum TaskKind { $($(#[$doc])* $kind),* }

        impl TaskKind {
            /// Every kind.
            pub const ALL: &[TaskKind] = &[$(TaskKind::$kind),*];

            /// As the table spells it: `person_wanted`.
            pub const fn as_str(self) -> &'static str {
                match self { $(TaskKind::$kind => $name),* }
            }
        }
    };
}

kinds! {
    /// The person would like to speak to a person, or could not get on.
    PersonWanted "person_wanted",
    /// The person asks that all about them be deleted.
    Erasure "erasure",
    /// A suggestion was handed in.
    Suggestion "suggestion",
    /// A complaint was handed in.
    Complaint "complaint",
    /// A part could not be delivered.
    Undeliverable "undeliverable",
    /// A reminder or a survey was not delivered in its time, and dropped.
    Late "late",
    /// An event failed too often and was put aside.
    Parked "parked",
    /// The person moved a request that had moved on.
    LateMove "late_move",
    /// A signed answer names a paper that is not stored.
    PaperMissing "paper_missing",
    /// A decision of another system was refused.
    DecisionRefused "decision_refused",
    /// Somebody wrote too long ago to be told of it, and may not be or did not open the chat.
    Unread "unread",
    /// Two people may be one and the same.
    SamePerson "same_person",
    /// A channel's provider says something that somebody must look at.
    Line "line",
}

impl TaskKind {
    /// Reads what [`TaskKind::as_str`] writes; `None` for a kind of another version.
    pub fn parse(text: &str) -> Option<TaskKind> {
        TaskKind::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// Stores a task; gives its number. `detail` is free of people's words and names.
pub async fn put(
    tx: &mut Tx,
    kind: TaskKind,
    person: Option<PersonId>,
    case: Option<CaseId>,
    detail: &str,
    at: Timestamp,
) -> Result<i64> {
    sql("INSERT INTO task (kind, person, case_id, detail, at) VALUES ($1, $2, $3, $4, $5) RETURNING id")
        .bind(kind.as_str())
        .bind(person)
        .bind(case)
        .bind(detail)
        .bind(at)
        .scalar(tx)
        .await
}

/// Stores a task about a person that is one task however often it is asked for: while it is open, nothing is added.
pub async fn put_once(
    tx: &mut Tx,
    kind: TaskKind,
    person: PersonId,
    detail: &str,
    at: Timestamp,
) -> Result<()> {
    sql("INSERT INTO task (kind, person, detail, at) SELECT $1, $2, $3, $4
         WHERE NOT EXISTS (SELECT 1 FROM task WHERE kind = $1 AND person = $2 AND done_at IS NULL)")
    .bind(kind.as_str())
    .bind(person)
    .bind(detail)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Stores a task about a channel that is one task however often it is told, while it is open.
pub async fn put_of_line(tx: &mut Tx, channel: &str, detail: &str, at: Timestamp) -> Result<()> {
    let told = format!("{channel}: {detail}");
    sql("INSERT INTO task (kind, detail, at) SELECT $1, $2, $3
         WHERE NOT EXISTS (SELECT 1 FROM task WHERE kind = $1 AND detail = $2 AND done_at IS NULL)")
    .bind(TaskKind::Line.as_str())
    .bind(&told)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}

/// What such a task asked for was done, or is not wanted any more.
pub async fn settle(tx: &mut Tx, kind: TaskKind, person: PersonId, at: Timestamp) -> Result<()> {
    sql("UPDATE task SET done_at = $3 WHERE kind = $1 AND person = $2 AND done_at IS NULL")
        .bind(kind.as_str())
        .bind(person)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

row! {
    /// An open task.
    pub struct TaskRow {
        /// Its number.
        id: i64,
        /// What kind.
        kind: String,
        /// About whom.
        person: Option<PersonId>,
        /// About which request.
        case_id: Option<CaseId>,
        /// What else is to be known.
        detail: String,
        /// Since when.
        at: Timestamp,
    }
}

/// The oldest `limit` tasks that are not done, oldest first; those of complaints among them only `with_complaints`.
pub async fn open(tx: &mut Tx, with_complaints: bool, limit: i64) -> Result<Vec<TaskRow>> {
    sql("SELECT id, kind, person, case_id, detail, at FROM task
         WHERE done_at IS NULL AND ($1 OR kind <> 'complaint') ORDER BY id LIMIT $2")
    .bind(with_complaints)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// How many there are of them in all.
pub async fn open_count(tx: &mut Tx, with_complaints: bool) -> Result<i64> {
    sql("SELECT count(*) FROM task WHERE done_at IS NULL AND ($1 OR kind <> 'complaint')")
        .bind(with_complaints)
        .scalar(tx)
        .await
}

/// The kind of an open task; `None` when there is no such task, or it is done.
pub async fn kind_of(tx: &mut Tx, id: i64) -> Result<Option<String>> {
    sql("SELECT kind FROM task WHERE id = $1 AND done_at IS NULL").bind(id).scalar_optional(tx).await
}

/// A task is done.
pub async fn done(tx: &mut Tx, id: i64, at: Timestamp) -> Result<()> {
    sql("UPDATE task SET done_at = $2 WHERE id = $1 AND done_at IS NULL")
        .bind(id)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}
