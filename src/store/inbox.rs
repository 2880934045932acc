//! What happened: heard once, taken in order, one person at a time.

use super::query::{sql, sql_each};
use super::rows::pieces;
use super::value::row;
use super::{Result, Tx};
use crate::message::{EventId, PersonId};
use crate::mutant;
use crate::time::Timestamp;

/// Something that happened, to be stored.
#[derive(Debug)]
pub struct NewEvent<'a> {
    /// Its id.
    pub id: EventId,
    /// Where it came in.
    pub channel: &'a str,
    /// The channel's own id: the same id is the same event.
    pub external_id: &'a str,
    /// Whom it concerns; the person is there already.
    pub person: PersonId,
    /// What kind of event: `said`, `due`, …; `raw` where `body` is a letter as its provider brought it.
    pub kind: &'a str,
    /// The event, sealed.
    pub body: &'a [u8],
    /// When it came.
    pub at: Timestamp,
}

/// Stores an event and gives its place in the queue; `None` when it was heard before.
pub async fn hear(tx: &mut Tx, event: &NewEvent<'_>) -> Result<Option<i64>> {
    Ok(hear_all(tx, std::slice::from_ref(event)).await?.pop().map(|(_, seq)| seq))
}

/// Stores events in order, and gives the places in the queue of those that were not heard before. Those of somebody
/// forgotten are known by their id alone.
pub async fn hear_all(tx: &mut Tx, events: &[NewEvent<'_>]) -> Result<Vec<(EventId, i64)>> {
    let mut stored = Vec::new();
    for piece in pieces(events) {
        let insert = sql("INSERT INTO inbox (id, channel, external_id, person, kind, body, at)");
        let insert = insert.rows(piece, |event| {
            [
                event.id.into(),
                event.channel.into(),
                event.external_id.into(),
                event.person.into(),
                event.kind.into(),
                event.body.into(),
                event.at.into(),
            ]
        });
        let heard = insert.then(" ON CONFLICT DO NOTHING RETURNING id, seq");
        stored.extend(heard.fetch_all::<(EventId, i64)>(tx).await?);
    }
    Ok(stored)
}

row! {
    /// An event that waits for its turn, with what the turn needs.
    pub struct Waiting {
        /// Its place in the queue.
        seq: i64,
        /// Its id.
        id: EventId,
        /// Whom it concerns.
        person: PersonId,
        /// Where it came in.
        channel: String,
        /// What kind of event.
        kind: String,
        /// The event, sealed.
        body: Vec<u8>,
        /// When it came.
        at: Timestamp,
        /// How often it was begun before.
        attempt: i64,
        /// The person's wrapped key; `None` once the person was forgotten.
        key: Option<Vec<u8>>,
        /// The conversation, sealed; `None` before the first turn.
        conversation: Option<Vec<u8>>,
        /// The conversation's version; 0 before the first turn.
        version: i64,
        /// The channel the person last wrote from.
        address_channel: String,
        /// The path the person last wrote from.
        address_path: String,
    }
}

/// The select list and joins of a [`Waiting`], with a condition and what follows.
macro_rules! waiting {
    ($which:literal, $rest:literal) => {
        concat!(
            "SELECT i.seq, i.id, i.person, i.channel, i.kind, i.body, i.at, i.attempt, p.key, c.state AS conversation,
                    coalesce(c.version, 0) AS version, p.channel AS address_channel, p.path AS address_path
             FROM inbox i JOIN person p ON p.id = i.person LEFT JOIN conversation c ON c.person = i.person
             WHERE i.state = 'waiting' AND i.fetch_at IS NULL AND ",
            $which,
            " AND NOT EXISTS (SELECT 1 FROM inbox o WHERE o.person = i.person AND o.seq < i.seq AND o.state = 'waiting')",
            $rest
        )
    };
}

// `+ 0`: see `timer::due`.
pub(super) const WAITING: &str = waiting!("i.seq <= $1", " ORDER BY i.seq LIMIT $2 + 0");
/// What another has taken up is passed over; whose turn it is, is not forgotten meanwhile.
const TAKEN_UP: &str = " FOR UPDATE OF i SKIP LOCKED FOR KEY SHARE OF p SKIP LOCKED";

/// Takes up the oldest waiting event of each person up to `up_to_seq`, oldest first, at most `limit`: until the
/// transaction ends nobody else takes them up, and their people are not forgotten.
pub async fn waiting(tx: &mut Tx, up_to_seq: i64, limit: i64) -> Result<Vec<Waiting>> {
    let waiting =
        mutant::edited("inbound_unordered", WAITING, "o.seq < i.seq", "o.seq > i.seq AND o.seq <= $1");
    let waiting = mutant::edited("parked_blocks", waiting, "o.state = 'waiting')", "o.state <> 'done')");
    sql(waiting).on_postgres(TAKEN_UP).bind(up_to_seq).bind(limit).fetch_all(tx).await
}

/// Takes up one event as it stands now; `None` when it waits no more, or another has taken it up.
pub async fn again(tx: &mut Tx, seq: i64) -> Result<Option<Waiting>> {
    sql(waiting!("i.seq = $1", "")).on_postgres(TAKEN_UP).bind(seq).fetch_optional(tx).await
}

/// The events at these places were taken.
pub async fn done(tx: &mut Tx, seqs: &[i64], at: Timestamp) -> Result<()> {
    for piece in pieces(seqs) {
        sql("UPDATE inbox SET state = 'done', ended_at = $1 WHERE state = 'waiting' AND seq IN")
            .bind(at)
            .list(piece.iter().copied())
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Puts an event at the provider's disposal: it waits until its file was fetched, from `at` on.
pub async fn await_file(tx: &mut Tx, seq: i64, at: Timestamp) -> Result<()> {
    sql("UPDATE inbox SET fetch_at = $2 WHERE seq = $1 AND state = 'waiting'")
        .bind(seq)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

row! {
    /// An event whose file is to be fetched, in one fetcher's hands.
    pub struct Unfetched {
        /// Its place in the queue.
        seq: i64,
        /// Its id.
        id: EventId,
        /// Whom it concerns.
        person: PersonId,
        /// Where it came in.
        channel: String,
        /// The event, sealed.
        body: Vec<u8>,
        /// Which attempt this is, from 1.
        fetches: i64,
        /// The person's wrapped key; `None` once the person was forgotten.
        key: Option<Vec<u8>>,
    }
}

/// Takes the event whose file has waited longest, until `until`: then somebody else tries.
pub async fn to_fetch(tx: &mut Tx, now: Timestamp, until: Timestamp) -> Result<Option<Unfetched>> {
    sql_each(TO_FETCH, TO_FETCH_SHARED).bind(until).bind(now).fetch_optional(tx).await
}

macro_rules! to_fetch {
    ($lock:literal) => {
        concat!(
            "UPDATE inbox SET fetch_at = $1, fetches = fetches + 1
             WHERE seq = (SELECT seq FROM inbox WHERE fetch_at <= $2 AND state = 'waiting' ORDER BY fetch_at, seq LIMIT 1 ",
            $lock,
            ") AND fetch_at <= $2 AND state = 'waiting'
             RETURNING seq, id, person, channel, body, fetches,
                       (SELECT key FROM person WHERE person.id = inbox.person) AS key"
        )
    };
}
const TO_FETCH: &str = to_fetch!("");
const TO_FETCH_SHARED: &str = to_fetch!("FOR UPDATE SKIP LOCKED");

/// The file came, or will not: the event is this one now. False: another fetcher has it, or nobody waits for it.
pub async fn fetched(tx: &mut Tx, seq: i64, fetches: i64, body: &[u8]) -> Result<bool> {
    let fetched = "UPDATE inbox SET body = $3, kind = 'said', fetch_at = NULL
         WHERE seq = $1 AND fetches = $2 AND fetch_at IS NOT NULL AND state = 'waiting'";
    Ok(sql(fetched).bind(seq).bind(fetches).bind(body).execute(tx).await? == 1)
}

/// When the next file is to be fetched.
pub async fn next_fetch(tx: &mut Tx) -> Result<Option<Timestamp>> {
    sql("SELECT min(fetch_at) FROM inbox WHERE fetch_at IS NOT NULL AND state = 'waiting'").scalar(tx).await
}

/// There is nothing to do about an event: it stays as it came, with the reason.
pub async fn pass_over(tx: &mut Tx, seq: i64, reason: &str, at: Timestamp) -> Result<()> {
    sql("UPDATE inbox SET state = 'done', reason = $2, ended_at = $3 WHERE seq = $1 AND state = 'waiting'")
        .bind(seq)
        .bind(reason)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Counts the first attempt of an event that failed beside others, if it waits still.
pub async fn failed(tx: &mut Tx, id: EventId) -> Result<()> {
    sql("UPDATE inbox SET attempt = 1 WHERE id = $1 AND attempt = 0 AND state = 'waiting'")
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Counts an attempt after `before` others; committed before the work, so that work which kills the process is counted.
/// False: it waits no more, or another counted one meanwhile and has it now.
pub async fn attempt(tx: &mut Tx, seq: i64, before: i64) -> Result<bool> {
    let counted =
        "UPDATE inbox SET attempt = attempt + 1 WHERE seq = $1 AND attempt = $2 AND state = 'waiting'";
    Ok(sql(counted).bind(seq).bind(before).execute(tx).await? == 1)
}

/// Sets the event aside, so that nobody waits behind it.
pub async fn park(tx: &mut Tx, seq: i64, reason: &str, at: Timestamp) -> Result<()> {
    sql("UPDATE inbox SET state = 'parked', reason = $2, ended_at = $3 WHERE seq = $1 AND state = 'waiting'")
        .bind(seq)
        .bind(reason)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether an event was heard, whatever became of it.
pub async fn is_known(tx: &mut Tx, id: EventId) -> Result<bool> {
    sql("SELECT EXISTS (SELECT 1 FROM inbox WHERE id = $1)").bind(id).scalar(tx).await
}

/// Takes the words out of an event: they are not kept.
pub async fn emptied(tx: &mut Tx, id: EventId) -> Result<()> {
    let nothing: &[u8] = &[];
    sql("UPDATE inbox SET body = $2 WHERE id = $1").bind(id).bind(nothing).execute(tx).await?;
    Ok(())
}

/// The newest event's place; 0 when nothing was ever heard.
pub async fn last_seq(tx: &mut Tx) -> Result<i64> {
    sql("SELECT coalesce(max(seq), 0) FROM inbox").scalar(tx).await
}

/// Marks every waiting event as one that the last run may have ended within: each runs alone, with its attempts
/// counted, until it is done. What another server has taken up is not touched. Run once at start; gives how many were
/// not marked before.
pub async fn interrupted(tx: &mut Tx) -> Result<u64> {
    sql_each(
        "UPDATE inbox SET attempt = 1 WHERE state = 'waiting' AND attempt = 0",
        "UPDATE inbox SET attempt = 1 WHERE seq IN
             (SELECT seq FROM inbox WHERE state = 'waiting' AND attempt = 0 FOR UPDATE SKIP LOCKED)",
    )
    .execute(tx)
    .await
}

row! {
    /// When a channel brought something last.
    pub struct Newest {
        /// The channel.
        channel: String,
        /// When.
        at: Timestamp,
    }
}

/// When each channel, and the desk, brought something last.
pub async fn newest(tx: &mut Tx) -> Result<Vec<Newest>> {
    sql("SELECT channel, max(at) AS at FROM inbox GROUP BY channel ORDER BY channel").fetch_all(tx).await
}

/// How many events wait.
pub async fn waiting_count(tx: &mut Tx) -> Result<i64> {
    sql("SELECT count(*) FROM inbox WHERE state = 'waiting'").scalar(tx).await
}

/// How many letters were set aside.
pub async fn quarantined(tx: &mut Tx) -> Result<i64> {
    sql("SELECT count(*) FROM quarantine").scalar(tx).await
}

/// Keeps what could not be read, as it came.
pub async fn quarantine(tx: &mut Tx, channel: &str, raw: &[u8], reason: &str, at: Timestamp) -> Result<()> {
    sql("INSERT INTO quarantine (channel, raw, reason, at) VALUES ($1, $2, $3, $4)")
        .bind(channel)
        .bind(raw)
        .bind(reason)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}
