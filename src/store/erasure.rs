//! Forgetting a person: what identifies them goes, what counts requests and records decisions stays.

use super::{Result, Tx};
use crate::message::PersonId;
use crate::time::Timestamp;

/// Everything of a person that goes, in an order that the schema allows. The key goes first: from here on nothing
/// that was sealed for them opens.
const WORDS: [&str; 14] = [
    "UPDATE person SET key = NULL, channel = '', path = '' WHERE id = $1",
    "DELETE FROM address WHERE person = $1",
    "DELETE FROM conversation WHERE person = $1",
    "DELETE FROM timer WHERE person = $1",
    "DELETE FROM blind WHERE person = $1",
    "DELETE FROM case_answer WHERE case_id IN (SELECT id FROM case_file WHERE person = $1)",
    "DELETE FROM earlier_signature WHERE case_id IN (SELECT id FROM case_file WHERE person = $1)",
    "UPDATE case_file SET checks = x'', signature = x'', signature_hash = '' WHERE person = $1",
    "UPDATE case_event SET reason = NULL WHERE person = $1",
    "UPDATE survey_answer SET text = NULL WHERE person = $1",
    "UPDATE filed SET answers = x'' WHERE person = $1",
    "UPDATE outbox SET state = 'forgotten' WHERE person = $1 AND state IN ('queued', 'readable')",
    "UPDATE outbox SET path = '', body = x'', provider_id = NULL WHERE person = $1",
    "UPDATE decision SET reason = 'erased', early_reason = CASE WHEN early_reason IS NULL THEN NULL ELSE 'erased' END
     WHERE taken_at IS NOT NULL AND case_id IN (SELECT id FROM case_file WHERE person = $1)",
];

/// The same where the instant is kept. An event keeps its id, so that a sender's late repetition is still known; its
/// external id holds the address, and goes.
const DATED: [&str; 5] = [
    "INSERT INTO discarded (object_key, at) SELECT DISTINCT object_key, $2 FROM document WHERE person = $1
     ON CONFLICT (object_key) DO NOTHING",
    "UPDATE inbox SET external_id = id, body = x'', ended_at = coalesce(ended_at, $2),
            state = CASE state WHEN 'waiting' THEN 'done' ELSE state END
     WHERE person = $1",
    "UPDATE human_stretch SET ended_at = $2 WHERE person = $1 AND ended_at IS NULL",
    "UPDATE decision SET reason = 'erased', early_reason = CASE WHEN early_reason IS NULL THEN NULL ELSE 'erased' END,
            taken_at = $2, refused_because = 'erased'
     WHERE taken_at IS NULL AND case_id IN (SELECT id FROM case_file WHERE person = $1)",
    "UPDATE task SET done_at = $2
     WHERE done_at IS NULL AND (person = $1 OR case_id IN (SELECT id FROM case_file WHERE person = $1))",
];

/// Forgets a person. Their key is destroyed and everything they wrote, sent or were told is emptied; requests keep
/// reference, service, status and dates, decisions their outcome, surveys their numbers, consents their wording. The
/// bytes of their papers are noted in `discarded`; gives their object keys.
pub async fn forget(tx: &mut Tx, person: PersonId, at: Timestamp) -> Result<Vec<String>> {
    for statement in WORDS {
        sqlx::query(statement).bind(person).execute(tx.conn()).await?;
    }
    for statement in DATED {
        sqlx::query(statement).bind(person).bind(at).execute(tx.conn()).await?;
    }
    let papers = "DELETE FROM document WHERE person = $1 RETURNING object_key";
    Ok(sqlx::query_scalar(papers).bind(person).fetch_all(tx.conn()).await?)
}

/// The references of a person's requests for which something is still due, oldest first.
pub async fn open_requests(tx: &mut Tx, person: PersonId) -> Result<Vec<String>> {
    let open = "SELECT reference FROM case_file WHERE person = $1 AND next_due IS NOT NULL ORDER BY submitted_at, id";
    Ok(sqlx::query_scalar(open).bind(person).fetch_all(tx.conn()).await?)
}

/// How many requests and how many papers a person has.
pub async fn extent(tx: &mut Tx, person: PersonId) -> Result<(i64, i64)> {
    Ok(sqlx::query_as(
        "SELECT (SELECT count(*) FROM case_file WHERE person = $1), (SELECT count(*) FROM document WHERE person = $1)",
    )
    .bind(person)
    .fetch_one(tx.conn())
    .await?)
}
