//! What a person reads: their transcript, and the page behind their status link.

use chrono::NaiveDate;

use super::Engine;
use super::failed::Failed;
use super::receive::Unstored;
use super::sealed::outbox_place;
use crate::message::{Address, CaseId, Locale, Part};
use crate::store::outbox::OwnLine;
use crate::store::{self, StoreError};
use crate::time::Timestamp;

/// A line of a person's transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Increasing; a reader asks for what comes after the last one it has.
    pub cursor: i64,
    /// The outbox id.
    pub id: String,
    /// Who speaks, the words, the buttons, what is expected.
    pub part: Part,
    /// When it was written.
    pub at: Timestamp,
}

/// What anybody who holds a status link sees: no name, no answer.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusPage {
    /// `W-XXXX-XXXX`.
    pub reference: String,
    /// The service's code.
    pub service: String,
    /// As the case store spells it.
    pub status: String,
    /// When it was signed.
    pub submitted_at: Timestamp,
    /// The first day of an answer.
    pub answer_from: NaiveDate,
    /// (status, when), oldest first.
    pub history: Vec<(String, Timestamp)>,
    /// The person's language.
    pub locale: Locale,
}

impl From<StoreError> for Unstored {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Unstored
    }
}

impl From<Failed> for Unstored {
    fn from(failed: Failed) -> Self {
        tracing::error!(error = %failed, "stored lines could not be read");
        Unstored
    }
}

impl Engine {
    /// The transcript of whoever is at `address` after `cursor`, oldest first, at most `limit` lines; empty for
    /// a stranger.
    ///
    /// # Errors
    /// When the store fails or the lines cannot be opened.
    pub async fn lines(&self, address: &Address, after: i64, limit: u32) -> Result<Vec<Line>, Unstored> {
        if crate::mutant::is("cursor_first") {
            let mut newest = self.newest_lines(address, limit).await?;
            newest.retain(|line| line.cursor > after);
            return Ok(newest);
        }
        self.opened(store::outbox::after(&self.inner.store, address, after, i64::from(limit)).await?)
    }

    /// Whether somebody is at that address: from the commit of their first message on, also before its turn.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn knows(&self, address: &Address) -> Result<bool, Unstored> {
        let mut tx = self.inner.store.read().await.map_err(Failed::from)?;
        let person = store::person::at(&mut tx, address).await.map_err(Failed::from)?;
        Ok(person.is_some_and(|person| person.key.is_some()))
    }

    /// The newest lines of that transcript, oldest first, at most `limit`.
    ///
    /// # Errors
    /// As [`Engine::lines`].
    pub async fn newest_lines(&self, address: &Address, limit: u32) -> Result<Vec<Line>, Unstored> {
        self.opened(store::outbox::newest(&self.inner.store, address, i64::from(limit)).await?)
    }

    fn opened(&self, rows: Vec<OwnLine>) -> Result<Vec<Line>, Unstored> {
        let Some(first) = rows.first() else { return Ok(Vec::new()) };
        let key = self.inner.vault.person_key(first.person, &first.key).map_err(Failed::from)?;
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            let plain = key.open(&outbox_place(&row.id), &row.body).map_err(Failed::from)?;
            let part = serde_json::from_slice(&plain).map_err(Failed::from)?;
            lines.push(Line { cursor: row.seq, id: row.id, part, at: row.at });
        }
        Ok(lines)
    }

    /// The status page behind a link's token; `None` for a token that no case has.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn status(&self, token: &str) -> Result<Option<StatusPage>, Unstored> {
        let mut tx = self.inner.store.read().await?;
        let Some(row) = store::case::by_status_token(&mut tx, token).await? else { return Ok(None) };
        let person = store::person::get(&mut tx, row.person).await?;
        if person.is_none_or(|person| person.key.is_none()) {
            // They were forgotten, and so is their link.
            return Ok(None);
        }
        let mut history: Vec<(String, Timestamp)> = Vec::new();
        for event in store::case::events(&mut tx, row.id).await? {
            if history.last().is_none_or(|(status, _)| *status != event.status_after) {
                history.push((event.status_after, event.at));
            }
        }
        Ok(Some(StatusPage {
            reference: row.reference,
            service: row.service,
            status: row.status,
            submitted_at: row.submitted_at,
            answer_from: row.answer_from,
            history,
            locale: Locale::parse(&row.locale).unwrap_or_else(|_| self.default_locale()),
        }))
    }

    /// The public address of a case's status page. Its token is derived, so it can be written again any time.
    pub fn status_link(&self, case: CaseId) -> String {
        let token = self.inner.vault.token("status", &case.to_string());
        format!("{}/status/{token}", self.inner.config.public_url())
    }
}
