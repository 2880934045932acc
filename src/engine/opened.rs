//! What the desk reads: cases, papers, transcripts. Each reading is audited before anything is shown.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use chrono::NaiveDate;

use super::Engine;
use super::decision::{open_answers, open_texts, read_answers};
use super::documents::document_place;
use super::failed::Failed;
use super::sealed::{filed_place, outbox_place};
use super::signed::Signed;
use super::staff::{ActError, Staff};
use crate::case::{Case, Role};
use crate::dialogue::Filed;
use crate::form::{Answer, Answers, Form, FormRef, Kind, Moment, Play, Question, QuestionId};
use crate::message::{CaseId, DocumentId, Locale, MediaRef, Part, PersonId, SessionId, Speaker};
use crate::store::case::CaseRow;
use crate::store::desk::Held;
use crate::store::task::TaskKind;
use crate::store::{self, Tx};
use crate::time::Timestamp;
use crate::vault::PersonKey;

/// One step of a case's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happened: `submitted`, `checked`, …
    pub event: String,
    /// By whom; empty for the person.
    pub by: String,
    /// The reason kept with it.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A case as the desk shows it.
#[derive(Debug, Clone)]
pub struct OpenedCase {
    /// Its standing, with what its check has to speak of.
    pub case: Case,
    /// The number of the last event: what whoever looks at it now has seen.
    pub seen: i64,
    /// Whose it is.
    pub person: PersonId,
    /// `W-XXXX-XXXX`.
    pub reference: String,
    /// The service's code.
    pub service: String,
    /// The person's language.
    pub locale: Locale,
    /// The form as it was when it was filled in.
    pub form: Arc<Form>,
    /// The answers in form order.
    pub answers: Vec<(QuestionId, Answer)>,
    /// What was signed.
    pub signed: Signed,
    /// What was signed before that, oldest first.
    pub earlier: Vec<Signed>,
    /// Oldest first.
    pub history: Vec<Step>,
    /// Who answers the person.
    pub held: Held,
    /// The owner's name.
    pub owner_name: Option<String>,
    /// The first day of a decision.
    pub answer_from: NaiveDate,
}

/// Whether staff of that role sees what belongs to a task of that kind: a complaint may be about an officer.
pub fn may_read(role: Role, kind: TaskKind) -> bool {
    role == Role::Administrator || kind != TaskKind::Complaint
}

/// What a check has to speak of: what the person answered, and the papers that they had to send.
fn asked(form: &Form, answers: &[(QuestionId, Answer)], at: Moment) -> BTreeSet<QuestionId> {
    let answers: Answers = answers.iter().cloned().collect();
    let play = Play::new(form, &answers, at);
    let needed = |question: &Question| match question.kind {
        Kind::Note | Kind::Calculate => false,
        _ if answers.contains_key(&question.id) => true,
        Kind::Document { .. } => question.required && play.relevant(question),
        _ => false,
    };
    form.questions.iter().filter(|question| needed(question)).map(|question| question.id.clone()).collect()
}

impl Engine {
    /// What the check of a stored case has to speak of.
    pub(super) async fn asked_of(
        &self,
        tx: &mut Tx,
        row: &CaseRow,
        key: &PersonKey,
    ) -> Result<BTreeSet<QuestionId>, Failed> {
        let form = self.form_of(tx, row).await?;
        Ok(asked(&form, &open_answers(tx, key, row.id).await?, self.moment()))
    }

    async fn form_of(&self, tx: &mut Tx, row: &CaseRow) -> Result<Arc<Form>, Failed> {
        let reference = FormRef { id: row.form_id.as_str().into(), hash: row.form_hash.as_str().into() };
        self.form(tx, &reference).await
    }

    pub(super) fn moment(&self) -> Moment {
        Moment { now: self.now(), zone: self.inner.config.association.zone }
    }

    /// A case with its answers opened, for staff.
    ///
    /// # Errors
    /// [`ActError::NotFound`] also for a person who was erased.
    pub async fn open_case(&self, by: &Staff, id: CaseId) -> Result<OpenedCase, ActError> {
        let mut tx = self.inner.store.begin().await?;
        let row = store::case::get(&mut tx, id).await?.ok_or(ActError::NotFound)?;
        let key = self.key_of(&mut tx, row.person).await?;
        let form = self.form_of(&mut tx, &row).await?;
        let texts = open_texts(&mut tx, &key, id).await?;
        let answers = read_answers(&texts)?;
        let mut case = self.case_of(&row, &key)?;
        case.asked = asked(&form, &answers, self.moment());
        let signed = self.signature_of(&row, &key, &texts)?;
        let earlier = self.earlier_signatures(&mut tx, &row, &key).await?;
        let history = store::case::events(&mut tx, id).await?;
        let opened = OpenedCase {
            case,
            seen: history.last().map_or(0, |event| event.number),
            person: row.person,
            reference: row.reference,
            service: row.service,
            locale: Locale::parse(&row.locale).unwrap_or_else(|_| self.default_locale()),
            form,
            answers,
            signed,
            earlier,
            history: history
                .into_iter()
                .map(|e| Step { event: e.name, by: e.by_name, reason: e.reason, at: e.at })
                .collect(),
            held: store::desk::held(&mut tx, row.person).await?,
            owner_name: row.owner_name,
            answer_from: row.answer_from,
        };
        store::audit::append(&mut tx, &by.name, "case.read", &id.to_string(), self.now()).await?;
        tx.commit().await?;
        Ok(opened)
    }

    /// A stored paper, opened for staff.
    ///
    /// # Errors
    /// [`ActError::NotFound`] also when its owner was erased.
    pub async fn open_document(&self, by: &Staff, id: DocumentId) -> Result<(MediaRef, Bytes), ActError> {
        let mut tx = self.inner.store.begin().await?;
        let row = store::document::get(&mut tx, id).await?.ok_or(ActError::NotFound)?;
        let key = self.key_of(&mut tx, row.person).await?;
        store::audit::append(&mut tx, &by.name, "document.read", &id.to_string(), self.now()).await?;
        tx.commit().await?;
        let sealed = self.inner.documents.get(&row.object_key).await.map_err(Failed::from)?;
        let bytes = key.open(&document_place(id), &sealed).map_err(Failed::from)?;
        let name = key.open(&format!("name/{id}"), &row.name).map_err(Failed::from)?;
        let media = MediaRef {
            document: id,
            name: String::from_utf8_lossy(&name).into_owned(),
            mime: row.mime.into(),
            size: row.size as u64,
        };
        Ok((media, bytes.into()))
    }

    /// The last `limit` lines of a person's transcript, oldest first, for staff. What belongs to a complaint is not
    /// among them, whoever asks.
    ///
    /// # Errors
    /// [`ActError::NotFound`] for an unknown or erased person.
    pub async fn transcript(
        &self,
        by: &Staff,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<(Speaker, String, Timestamp)>, ActError> {
        let mut tx = self.inner.store.begin().await?;
        let key = self.key_of(&mut tx, person).await?;
        let mut lines = Vec::new();
        for line in store::outbox::last_lines(&mut tx, person, i64::from(limit)).await? {
            let plain = key.open(&outbox_place(&line.id), &line.body).map_err(Failed::from)?;
            let part: Part = serde_json::from_slice(&plain).map_err(Failed::from)?;
            lines.push((part.from, part.text, line.at));
        }
        store::audit::append(&mut tx, &by.name, "transcript.read", &person.to_string(), self.now()).await?;
        tx.commit().await?;
        Ok(lines)
    }

    /// At most `limit` suggestions and complaints after the first `skip`, newest first, with their answers opened, for
    /// staff. Complaints are opened for those alone who [`may_read`] them.
    ///
    /// # Errors
    /// [`ActError::Store`].
    pub async fn filed(
        &self,
        by: &Staff,
        limit: u32,
        skip: u32,
    ) -> Result<Vec<(SessionId, Filed, Timestamp)>, ActError> {
        let mut tx = self.inner.store.begin().await?;
        let mut opened = Vec::new();
        for row in store::filed::list(
            &mut tx,
            may_read(by.role, TaskKind::Complaint),
            i64::from(limit),
            i64::from(skip),
        )
        .await?
        {
            let plain = match self.key_of(&mut tx, row.person).await {
                Ok(key) => key.open(&filed_place(row.session), &row.answers).map_err(Failed::from),
                Err(failed) => Err(failed),
            };
            match plain {
                Ok(plain) => {
                    opened.push((row.session, serde_json::from_slice(&plain).map_err(Failed::from)?, row.at));
                }
                // Erased people's words are gone; the row only counts.
                Err(Failed::Absent(_) | Failed::Vault(_)) => {}
                Err(failed) => return Err(failed.into()),
            }
        }
        store::audit::append(&mut tx, &by.name, "filed.read", "", self.now()).await?;
        tx.commit().await?;
        Ok(opened)
    }

    pub(super) fn default_locale(&self) -> Locale {
        self.inner.config.association.default_locale.clone()
    }
}
