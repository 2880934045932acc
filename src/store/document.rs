//! Papers: what is known of them; the sealed bytes are on object storage.

use super::query::sql;
use super::value::row;
use super::{Result, Tx};
use crate::message::{CaseId, DocumentId, PersonId};
use crate::time::Timestamp;

/// A paper to be stored.
#[derive(Debug)]
pub struct NewDocument<'a> {
    /// Its id; the same id is the same paper.
    pub id: DocumentId,
    /// Who sent it.
    pub person: PersonId,
    /// Its name, sealed.
    pub name: &'a [u8],
    /// The media type found by content.
    pub mime: &'a str,
    /// Bytes before sealing.
    pub size: i64,
    /// SHA-256 before sealing, in hex.
    pub sha256: &'a str,
    /// Where the sealed bytes are.
    pub object_key: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Stores it; of one with this id only the time is set: it came again.
pub async fn put(tx: &mut Tx, document: &NewDocument<'_>) -> Result<()> {
    sql("INSERT INTO document (id, person, name, mime, size, sha256, object_key, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET at = excluded.at")
    .bind(document.id)
    .bind(document.person)
    .bind(document.name)
    .bind(document.mime)
    .bind(document.size)
    .bind(document.sha256)
    .bind(document.object_key)
    .bind(document.at)
    .execute(tx)
    .await?;
    Ok(())
}

row! {
    /// A stored paper.
    pub struct DocumentRow {
        /// Its id.
        id: DocumentId,
        /// Who sent it.
        person: PersonId,
        /// The request it belongs to, once signed.
        case_id: Option<CaseId>,
        /// Its name, sealed.
        name: Vec<u8>,
        /// The media type found by content.
        mime: String,
        /// Bytes before sealing.
        size: i64,
        /// SHA-256 before sealing, in hex.
        sha256: String,
        /// Where the sealed bytes are.
        object_key: String,
        /// When.
        at: Timestamp,
    }
}

/// A paper by id.
pub async fn get(tx: &mut Tx, id: DocumentId) -> Result<Option<DocumentRow>> {
    sql("SELECT id, person, case_id, name, mime, size, sha256, object_key, at FROM document WHERE id = $1")
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// Whether a stored paper's bytes are at that object key.
pub async fn by_object(tx: &mut Tx, object_key: &str) -> Result<bool> {
    sql("SELECT EXISTS (SELECT 1 FROM document WHERE object_key = $1)").bind(object_key).scalar(tx).await
}

/// How many bytes a person has stored.
pub async fn of_person_bytes(tx: &mut Tx, person: PersonId) -> Result<i64> {
    sql("SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM document WHERE person = $1")
        .bind(person)
        .scalar(tx)
        .await
}

/// The paper belongs to a request; false when there is no such paper of that request's person.
pub async fn attach(tx: &mut Tx, id: DocumentId, case: CaseId) -> Result<bool> {
    let attached = sql("UPDATE document SET case_id = $2
         WHERE id = $1 AND person = (SELECT c.person FROM case_file c WHERE c.id = $2)")
    .bind(id)
    .bind(case)
    .execute(tx)
    .await?;
    Ok(attached == 1)
}

/// A person's papers that belong to no request.
pub async fn loose(tx: &mut Tx, person: PersonId) -> Result<Vec<DocumentRow>> {
    sql("SELECT id, person, case_id, name, mime, size, sha256, object_key, at FROM document
         WHERE person = $1 AND case_id IS NULL ORDER BY at, id")
    .bind(person)
    .fetch_all(tx)
    .await
}

/// Gives a paper up: its row goes, and its bytes are noted for deletion until [`deleted`].
pub async fn discard(tx: &mut Tx, id: DocumentId, at: Timestamp) -> Result<()> {
    sql("INSERT INTO discarded (object_key, at) SELECT object_key, $2 FROM document WHERE id = $1
         ON CONFLICT (object_key) DO NOTHING")
    .bind(id)
    .bind(at)
    .execute(tx)
    .await?;
    sql("DELETE FROM document WHERE id = $1").bind(id).execute(tx).await?;
    Ok(())
}

/// Bytes are about to be stored there: unless [`deleted`] says before `until` that a row names them, they are to be
/// deleted then.
pub async fn expect(tx: &mut Tx, object_key: &str, until: Timestamp) -> Result<()> {
    sql("INSERT INTO discarded (object_key, at) VALUES ($1, $2)
         ON CONFLICT (object_key) DO UPDATE SET at = excluded.at")
    .bind(object_key)
    .bind(until)
    .execute(tx)
    .await?;
    Ok(())
}

/// The object keys whose bytes are to be deleted by `now`, longest first, at most `limit`.
pub async fn discarded(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<String>> {
    sql("SELECT object_key FROM discarded WHERE at <= $1 ORDER BY at, object_key LIMIT $2")
        .bind(now)
        .bind(limit)
        .scalars(tx)
        .await
}

/// The bytes at that object key are gone, or a paper has come again whose they are.
pub async fn deleted(tx: &mut Tx, object_key: &str) -> Result<()> {
    sql("DELETE FROM discarded WHERE object_key = $1").bind(object_key).execute(tx).await?;
    Ok(())
}
