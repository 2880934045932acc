//! Forgetting a person: what identifies them goes, what counts requests and records decisions stays.

use super::query::sql;
use super::{Result, Tx};
use crate::message::PersonId;
use crate::mutant;
use crate::time::Timestamp;

/// Everything of a person that goes, in an order that the schema allows. The key goes first: from here on nothing
/// that was sealed for them opens.
const WORDS: [&str; 11] = [
    "UPDATE person SET key = NULL, channel = '', path = '' WHERE id = $1",
    "DELETE FROM address WHERE person = $1",
    "DELETE FROM conversation WHERE person = $1",
    "DELETE FROM timer WHERE person = $1",
    "DELETE FROM blind WHERE person = $1",
    "DELETE FROM case_answer WHERE case_id IN (SELECT id FROM case_file WHERE person = $1)",
    "DELETE FROM earlier_signature WHERE case_id IN (SELECT id FROM case_file WHERE person = $1)",
    "UPDATE case_event SET reason = NULL WHERE person = $1",
    "UPDATE survey_answer SET text = NULL WHERE person = $1",
    "UPDATE outbox SET state = 'forgotten' WHERE person = $1 AND state IN ('queued', 'held', 'readable')",
    "UPDATE decision SET reason = 'erased', early_reason = CASE WHEN early_reason IS NULL THEN NULL ELSE 'erased' END
     WHERE taken_at IS NOT NULL AND case_id IN (SELECT id FROM case_file WHERE person = $1)",
];

/// The same where sealed bytes are emptied ($2). An event keeps its id, so that a sender's late repetition is still
/// known; its external id holds the address, and goes.
const EMPTIED: [&str; 4] = [
    "UPDATE case_file SET checks = $2, signature = $2, signature_hash = '' WHERE person = $1",
    "UPDATE filed SET answers = $2 WHERE person = $1",
    "UPDATE outbox SET path = '', body = $2, provider_id = NULL WHERE person = $1",
    "UPDATE inbox SET external_id = CAST(id AS TEXT), body = $2 WHERE person = $1",
];

/// The same where the instant is kept.
const DATED: [&str; 5] = [
    "INSERT INTO discarded (object_key, at) SELECT DISTINCT object_key, $2 FROM document WHERE person = $1
     ON CONFLICT (object_key) DO NOTHING",
    "UPDATE inbox SET ended_at = coalesce(ended_at, $2),
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
        if mutant::is("blind_remains") && statement.contains("blind") {
            continue;
        }
        #[cfg(feature = "mutant")]
        if mutant::is("erases_others") && statement.contains("timer") {
            sql("DELETE FROM timer").execute(tx).await?;
        }
        sql(statement).bind(person).execute(tx).await?;
    }
    for statement in EMPTIED {
        sql(statement).bind(person).bind(&b""[..]).execute(tx).await?;
    }
    for statement in DATED {
        sql(statement).bind(person).bind(at).execute(tx).await?;
    }
    let papers = "DELETE FROM document WHERE person = $1 RETURNING object_key";
    sql(papers).bind(person).scalars(tx).await
}

/// The references of a person's requests for which something is still due, oldest first.
pub async fn open_requests(tx: &mut Tx, person: PersonId) -> Result<Vec<String>> {
    let open = "SELECT reference FROM case_file WHERE person = $1 AND next_due IS NOT NULL ORDER BY submitted_at, id";
    sql(open).bind(person).scalars(tx).await
}

/// How many requests and how many papers a person has.
pub async fn extent(tx: &mut Tx, person: PersonId) -> Result<(i64, i64)> {
    sql(
        "SELECT (SELECT count(*) FROM case_file WHERE person = $1), (SELECT count(*) FROM document WHERE person = $1)",
    )
    .bind(person)
    .fetch_one(tx).await
}
