//! Consent given and withdrawn, each time with the very words.

use super::query::sql;
use super::value::row;
use super::{Result, Tx};
use crate::message::PersonId;
use crate::time::Timestamp;

/// A consent to be stored.
#[derive(Debug)]
pub struct NewConsent<'a> {
    /// Who.
    pub person: PersonId,
    /// Whether it was given; false: refused or withdrawn.
    pub given: bool,
    /// The version of the wording.
    pub version: &'a str,
    /// The language of the wording.
    pub locale: &'a str,
    /// By which channel.
    pub channel: &'a str,
    /// The words that were shown.
    pub wording: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Stores it beside the earlier ones.
pub async fn put(tx: &mut Tx, consent: &NewConsent<'_>) -> Result<()> {
    sql("INSERT INTO consent (person, given, version, locale, channel, wording, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .bind(consent.person)
    .bind(consent.given)
    .bind(consent.version)
    .bind(consent.locale)
    .bind(consent.channel)
    .bind(consent.wording)
    .bind(consent.at)
    .execute(tx)
    .await?;
    Ok(())
}

row! {
    /// A stored consent.
    pub struct ConsentRow {
        /// Whether it was given.
        given: bool,
        /// The version of the wording.
        version: String,
        /// The language of the wording.
        locale: String,
        /// By which channel.
        channel: String,
        /// The words that were shown.
        wording: String,
        /// When.
        at: Timestamp,
    }
}

/// A person's newest consent or refusal.
pub async fn last(tx: &mut Tx, person: PersonId) -> Result<Option<ConsentRow>> {
    sql(
        "SELECT given, version, locale, channel, wording, at FROM consent WHERE person = $1 ORDER BY id DESC LIMIT 1",
    )
    .bind(person)
    .fetch_optional(tx).await
}
