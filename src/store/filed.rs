//! What people file beside requests: suggestions and complaints.

use super::query::sql;
use super::value::row;
use super::{Result, Tx};
use crate::message::{PersonId, SessionId};
use crate::time::Timestamp;

/// Something filed, to be stored.
#[derive(Debug)]
pub struct NewFiled<'a> {
    /// The run through its form.
    pub session: SessionId,
    /// Who filed it.
    pub person: PersonId,
    /// `suggestion` or `complaint`.
    pub kind: &'a str,
    /// The form's id.
    pub form_id: &'a str,
    /// The form's content hash.
    pub form_hash: &'a str,
    /// The person's language.
    pub locale: &'a str,
    /// By which channel.
    pub channel: &'a str,
    /// The answers, sealed.
    pub answers: &'a [u8],
    /// When.
    pub at: Timestamp,
}

/// Stores it; once for each session.
pub async fn put(tx: &mut Tx, filed: &NewFiled<'_>) -> Result<()> {
    sql("INSERT INTO filed (session, person, kind, form_id, form_hash, locale, channel, answers, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (session) DO NOTHING")
    .bind(filed.session)
    .bind(filed.person)
    .bind(filed.kind)
    .bind(filed.form_id)
    .bind(filed.form_hash)
    .bind(filed.locale)
    .bind(filed.channel)
    .bind(filed.answers)
    .bind(filed.at)
    .execute(tx)
    .await?;
    Ok(())
}

row! {
    /// Something that was filed.
    pub struct FiledRow {
        /// The run through its form.
        session: SessionId,
        /// Who filed it.
        person: PersonId,
        /// `suggestion` or `complaint`.
        kind: String,
        /// The form's id.
        form_id: String,
        /// The form's content hash.
        form_hash: String,
        /// The person's language.
        locale: String,
        /// By which channel.
        channel: String,
        /// The answers, sealed.
        answers: Vec<u8>,
        /// When.
        at: Timestamp,
    }
}

/// The newest `limit` after the first `skip`, newest first; complaints among them only `with_complaints`.
pub async fn list(tx: &mut Tx, with_complaints: bool, limit: i64, skip: i64) -> Result<Vec<FiledRow>> {
    sql("SELECT session, person, kind, form_id, form_hash, locale, channel, answers, at FROM filed
         WHERE $1 OR kind <> 'complaint' ORDER BY at DESC, session LIMIT $2 OFFSET $3")
    .bind(with_complaints)
    .bind(limit)
    .bind(skip)
    .fetch_all(tx)
    .await
}
