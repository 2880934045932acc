//! What is said: written in the turn's transaction, read by cursor or sent under a lease.

use super::query::{Value, sql, sql_each};
use super::rows::pieces;
use super::value::row;
use super::{Result, Store, Tx, task};
use crate::message::{Address, OutboxId, PersonId};
use crate::mutant;
use crate::time::Timestamp;

/// How a new part goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewState {
    /// The person's client fetches it by cursor; also the person's own lines.
    Readable,
    /// It is sent.
    Queued,
}

/// A part to be stored.
#[derive(Debug)]
pub struct NewPart<'a> {
    /// Its id.
    pub id: &'a OutboxId,
    /// To whom.
    pub person: PersonId,
    /// By which channel.
    pub channel: &'a str,
    /// Where in that channel.
    pub path: &'a str,
    /// Who speaks: `bot`, `staff`, `you`.
    pub from: &'a str,
    /// Why: `reply`, `notice`, `reminder`, `survey`; `redraw` for the keyboard of an earlier part; [`KNOCK`].
    pub purpose: &'a str,
    /// The part, sealed.
    pub body: &'a [u8],
    /// How it goes out.
    pub state: NewState,
    /// When it was written; it may leave at once.
    pub at: Timestamp,
    /// When it is not worth sending any more; `None`: never.
    pub not_after: Option<Timestamp>,
    /// Whether it belongs to a complaint: its person reads it, no transcript shows it.
    pub private: bool,
}

/// Stores parts; their cursors grow in this order.
pub async fn put(tx: &mut Tx, parts: &[NewPart<'_>]) -> Result<()> {
    for piece in pieces(parts) {
        let insert = sql(
            "INSERT INTO outbox (id, person, channel, path, speaker, purpose, lane, body, state, at, due_at, not_after, private)",
        );
        let insert = insert.rows(piece, |part| {
            [
                Value::Text(Some(&part.id.0)),
                part.person.into(),
                part.channel.into(),
                part.path.into(),
                part.from.into(),
                part.purpose.into(),
                lane(part.purpose).into(),
                part.body.into(),
                part.state.text().into(),
                part.at.into(),
                part.at.into(),
                part.not_after.into(),
                part.private.into(),
            ]
        });
        insert.execute(tx).await?;
    }
    Ok(())
}

impl NewState {
    fn text(self) -> &'static str {
        match self {
            NewState::Readable => "readable",
            NewState::Queued => "queued",
        }
    }
}

/// Replies leave before what nobody waits for.
fn lane(purpose: &str) -> i64 {
    match purpose {
        "reply" | "redraw" | KNOCK => 0,
        "notice" => 1,
        _ => 2,
    }
}

row! {
    /// A line of a person's transcript.
    pub struct Line {
        /// The outbox id.
        id: String,
        /// The part, sealed.
        body: Vec<u8>,
        /// When it was written.
        at: Timestamp,
    }
}

row! {
    /// A line as its own reader fetches it: with what opens it.
    pub struct OwnLine {
        /// Whose it is.
        person: PersonId,
        /// Their wrapped key.
        key: Vec<u8>,
        /// Its cursor: increasing.
        seq: i64,
        /// The outbox id.
        id: String,
        /// The part, sealed.
        body: Vec<u8>,
        /// When it was written.
        at: Timestamp,
    }
}

/// The lines of whoever is at an address ($1, $2), with what follows; what was dropped unsent is left out. One statement,
/// so no transaction around it: this is read after each turn of everybody who watches.
macro_rules! own_lines {
    ($rest:literal) => {
        concat!(
            "SELECT p.id AS person, p.key, o.seq, o.id, o.body, o.at
             FROM address a JOIN person p ON p.id = a.person JOIN outbox o ON o.person = p.id
             WHERE a.channel = $1 AND a.path = $2 AND p.key IS NOT NULL AND o.state NOT IN ('late', 'forgotten')
               AND o.purpose <> 'redraw' ",
            $rest
        )
    };
}

/// The lines of whoever is at `address` after `cursor`, oldest first, at most `limit`.
pub async fn after(store: &Store, address: &Address, cursor: i64, limit: i64) -> Result<Vec<OwnLine>> {
    // `+ 0`: see `timer::due`.
    sql(own_lines!("AND o.seq > $3 ORDER BY o.seq LIMIT $4 + 0"))
        .bind(address.channel.as_str())
        .bind(&*address.path)
        .bind(cursor)
        .bind(limit)
        .fetch_apart(store)
        .await
}

/// The newest `limit` lines of whoever is at `address`, oldest first.
pub async fn newest(store: &Store, address: &Address, limit: i64) -> Result<Vec<OwnLine>> {
    let mut lines: Vec<OwnLine> = sql(own_lines!("ORDER BY o.seq DESC LIMIT $3 + 0"))
        .bind(address.channel.as_str())
        .bind(&*address.path)
        .bind(limit)
        .fetch_apart(store)
        .await?;
    lines.reverse();
    Ok(lines)
}

/// A person's newest `limit` lines as staff may read them, oldest first; what was dropped unsent, and what belongs to
/// a complaint, is left out.
pub async fn last_lines(tx: &mut Tx, person: PersonId, limit: i64) -> Result<Vec<Line>> {
    let mut lines: Vec<Line> = sql("SELECT id, body, at FROM outbox
         WHERE person = $1 AND state NOT IN ('late', 'forgotten') AND NOT private AND purpose <> 'redraw'
         ORDER BY seq DESC LIMIT $2")
    .bind(person)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    lines.reverse();
    Ok(lines)
}

row! {
    /// A part in the sender's hands until the lease ends.
    pub struct Claimed {
        /// The outbox id.
        id: String,
        /// To whom.
        person: PersonId,
        /// By which channel.
        channel: String,
        /// Where in that channel.
        path: String,
        /// The part, sealed.
        body: Vec<u8>,
        /// The person's wrapped key.
        key: Option<Vec<u8>>,
        /// Which attempt this is, from 1; [`record`] must name it.
        attempt: i64,
        /// Whether an earlier attempt may have been delivered: its outcome was unknown, or never recorded.
        was_unknown: bool,
        /// Whether nobody waits for it: a reminder, a survey's question.
        bulk: bool,
        /// Why it is said: see [`NewPart::purpose`].
        purpose: String,
        /// Whether the person blocked us where this goes.
        blocked: bool,
        /// The message there whose keyboard stands, by the provider's id.
        keyboard: Option<String>,
        /// What its channel wants to be told of the address, sealed: see [`super::person::keep_thread`].
        thread: Option<Vec<u8>>,
    }
}

// The outer WHERE repeats the predicate: without it PostgreSQL hands rows out twice. What is picked is picked once,
// before: within the UPDATE, PostgreSQL may ask for it again for each row, pass over what it has locked itself, and so
// pick more than $5. A lease that ran out without a record means a crash in flight, so the outcome is unknown. $3 is the
// epoch: in nobody's hands.
macro_rules! claimed {
    () => {
        " RETURNING id, person, channel, path, body, (SELECT key FROM person WHERE person.id = outbox.person) AS key,
                    attempt, unknown AS was_unknown, (lane = 2) AS bulk, purpose,
                    EXISTS (SELECT 1 FROM address a WHERE a.channel = outbox.channel AND a.path = outbox.path
                              AND a.blocked_at IS NOT NULL) AS blocked,
                    (SELECT a.keyboard FROM address a WHERE a.channel = outbox.channel AND a.path = outbox.path) AS keyboard,
                    (SELECT a.thread FROM address a WHERE a.channel = outbox.channel AND a.path = outbox.path) AS thread"
    };
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH picked AS MATERIALIZED (
                 SELECT o.seq FROM outbox o
                 WHERE o.state = 'queued' AND o.channel = $4 AND o.due_at <= $2 AND o.lease_until <= $2
                   AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.person = o.person AND p.seq < o.seq AND p.state = 'queued')
                 ORDER BY o.lane, o.due_at, o.seq LIMIT $5 ",
            $lock,
            ")
             UPDATE outbox SET lease_until = $1, attempt = attempt + 1, tried_at = $2,
                    unknown = CASE WHEN lease_until > $3 THEN TRUE ELSE unknown END
             WHERE seq IN (SELECT seq FROM picked) AND state = 'queued' AND lease_until <= $2",
            claimed!()
        )
    };
}

pub(super) const CLAIM: &str = claim!("");

/// Takes the parts of a channel that are due and should leave first, at most `most`, until `lease_until`. One person's
/// parts leave in order: a part waits for every earlier one of the same person. Parts past their time are dropped on the
/// way, with a task `late` for an officer.
pub async fn claim(
    tx: &mut Tx,
    channel: &str,
    most: usize,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Vec<Claimed>> {
    if !mutant::is("deadline_ignored") {
        drop_late(tx, now).await?;
    }
    let claim = mutant::edited("lease_without_predicate", CLAIM, "lease_until <= $2", "lease_until >= $3");
    let claim = mutant::edited("outbound_unordered", claim, "p.seq < o.seq", "p.seq < 0");
    sql_each(claim, claim!("FOR UPDATE OF o SKIP LOCKED"))
        .bind(lease_until)
        .bind(now)
        .bind(Timestamp::EPOCH)
        .bind(channel)
        .bind(most as i64)
        .fetch_all(tx)
        .await
}

/// Parts that an earlier run had in its hands when it ended may have left: they are sent once more, at once. Run at
/// the start of the only server on a database; where there are several, their leases run out.
pub async fn interrupted(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    sql("UPDATE outbox SET unknown = TRUE, due_at = $1, lease_until = $2 WHERE state = 'queued' AND lease_until > $2")
        .bind(now)
        .bind(Timestamp::EPOCH)
        .execute(tx)
        .await
}

/// The cause of a part that the person's block refused.
pub const GONE: &str = "gone";
/// The cause of a part that was not sent any more because of such a block.
pub const BLOCKED: &str = "blocked";
/// The cause of a part that its person does not want.
pub const UNWANTED: &str = "unwanted";
/// The purpose of a part that asks a person to open the chat, for others that wait until then.
pub const KNOCK: &str = "knock";

row! {
    /// A part as it was sent.
    pub struct SentPart {
        /// The outbox id.
        id: String,
        /// The part, sealed.
        body: Vec<u8>,
        /// Whether it belongs to a complaint.
        private: bool,
    }
}

/// A person's part that the provider calls `provider_id`; of several the newest.
pub async fn sent_as(tx: &mut Tx, person: PersonId, provider_id: &str) -> Result<Option<SentPart>> {
    sql("SELECT id, body, private FROM outbox
         WHERE person = $1 AND provider_id = $2 AND state = 'sent' AND purpose <> 'redraw' ORDER BY seq DESC LIMIT 1")
    .bind(person)
    .bind(provider_id)
    .fetch_optional(tx)
    .await
}

/// A part is another now: its keyboard was drawn anew.
pub async fn redrawn(tx: &mut Tx, id: &str, body: &[u8]) -> Result<()> {
    sql("UPDATE outbox SET body = $2 WHERE id = $1").bind(id).bind(body).execute(tx).await?;
    Ok(())
}

/// Whether anything was said to a person since then.
pub async fn was_told_since(tx: &mut Tx, person: PersonId, since: Timestamp) -> Result<bool> {
    sql("SELECT EXISTS (SELECT 1 FROM outbox WHERE person = $1 AND speaker = 'bot' AND at >= $2)")
        .bind(person)
        .bind(since)
        .scalar(tx)
        .await
}

async fn drop_late(tx: &mut Tx, now: Timestamp) -> Result<()> {
    let late: Vec<(String, PersonId, bool)> = sql(DROP_LATE).bind(now).fetch_all(tx).await?;
    for (id, person, held) in late {
        // Who did not open the chat for it did not want it.
        if !held && !mutant::is("late_untold") {
            task::put(tx, task::TaskKind::Late, Some(person), None, &id, now).await?;
        }
    }
    Ok(())
}

pub(super) const DROP_LATE: &str = "UPDATE outbox SET state = 'late'
     WHERE state IN ('queued', 'held') AND not_after IS NOT NULL AND not_after <= $1 AND lease_until <= $1
     RETURNING id, person, coalesce(cause, '') = 'held'";

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It left.
    Sent {
        /// The provider's id of it, if it gave one.
        provider_id: Option<String>,
    },
    /// It surely did not leave: try again.
    Again {
        /// When.
        due: Timestamp,
    },
    /// It was not tried: the channel rests.
    Postponed {
        /// Until when.
        due: Timestamp,
    },
    /// It may have left.
    Unknown {
        /// When to look again.
        due: Timestamp,
    },
    /// Its person spoke too long ago: see [`hold`].
    Held,
    /// It will never leave.
    Dead {
        /// Why, in words of ours.
        cause: String,
    },
}

/// These left: ids, attempts, and the provider's ids of them. Nothing is recorded where another attempt began since;
/// gives how many were.
pub async fn sent(tx: &mut Tx, left: &[(&str, i64, Option<&str>)]) -> Result<u64> {
    let mut recorded = 0;
    for piece in pieces(left) {
        let sent = sql(
            "UPDATE outbox SET state = 'sent', lease_until = $1, provider_id = v.column3, stage = 0 FROM (",
        );
        let sent = sent
            .bind(Timestamp::EPOCH)
            .rows(piece, |&(id, attempt, provider_id)| [id.into(), attempt.into(), provider_id.into()]);
        let over =
            ") AS v WHERE outbox.id = v.column1 AND outbox.attempt = v.column2 AND outbox.state = 'queued'";
        recorded += sent.then(over).execute(tx).await?;
    }
    Ok(recorded)
}

/// Records what became of attempt `attempt`; false, and nothing recorded, when another attempt began since.
pub async fn record(tx: &mut Tx, id: &str, attempt: i64, outcome: &Outcome) -> Result<bool> {
    let (statement, value) = match outcome {
        Outcome::Sent { provider_id } => {
            return Ok(sent(tx, &[(id, attempt, provider_id.as_deref())]).await? == 1);
        }
        Outcome::Again { due } => (AGAIN, Value::Instant(Some(*due))),
        Outcome::Postponed { due } => (POSTPONED, Value::Instant(Some(*due))),
        Outcome::Unknown { due } => (UNKNOWN, Value::Instant(Some(*due))),
        // Whoever holds says until when.
        Outcome::Held => return Ok(false),
        Outcome::Dead { cause } => (DEAD, Value::Text(Some(cause))),
    };
    let record = sql(statement).bind(id).bind(attempt).bind(value).bind(Timestamp::EPOCH);
    Ok(record.execute(tx).await? == 1)
}

const AGAIN: &str = "UPDATE outbox SET due_at = $3, lease_until = $4
     WHERE id = $1 AND attempt = $2 AND state = 'queued'";
const POSTPONED: &str = "UPDATE outbox SET due_at = $3, lease_until = $4, attempt = attempt - 1
     WHERE id = $1 AND attempt = $2 AND state = 'queued'";
const UNKNOWN: &str = "UPDATE outbox SET due_at = $3, lease_until = $4, unknown = TRUE
     WHERE id = $1 AND attempt = $2 AND state = 'queued'";
const DEAD: &str = "UPDATE outbox SET state = 'dead', lease_until = $4, cause = $3
     WHERE id = $1 AND attempt = $2 AND state = 'queued'";

/// How many parts have not left yet.
pub async fn queued_count(tx: &mut Tx) -> Result<i64> {
    sql("SELECT count(*) FROM outbox WHERE state = 'queued'").scalar(tx).await
}

/// When the next part may be claimed: its due time, or the end of its lease if that is later. Parts that wait
/// behind another of the same person do not count.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    sql(
        "SELECT min(CASE WHEN o.lease_until > o.due_at THEN o.lease_until ELSE o.due_at END) FROM outbox o
         WHERE o.state = 'queued'
           AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.person = o.person AND p.seq < o.seq AND p.state = 'queued')",
    )
    .scalar(tx).await
}

mod told;
pub use told::{Told, Unread, hold, reclaim, redirect, release, told, unread, waits};
