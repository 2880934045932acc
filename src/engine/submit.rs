//! What a conversation hands in: requests, surveys, suggestions and complaints.

use std::collections::BTreeSet;

use chrono::Duration;

use super::Engine;
use super::apply::Turn;
use super::failed::Failed;
use super::sealed::{answer_place, checks_place, filed_place, signature_place};
use crate::case::{self, Action, By, Case, Status};
use crate::dialogue::{Conversation, Filed, Submission};
use crate::form::{Answer, Form, Pii, QuestionId};
use crate::message::{CaseId, ChannelId, DocumentId, PersonId, SessionId};
use crate::mutant;
use crate::store::case::{CaseRow, Change, NewCase, NewCaseEvent};
use crate::store::document::DocumentRow;
use crate::store::filed::NewFiled;
use crate::store::survey::NewSurveyAnswer;
use crate::store::task::TaskKind;
use crate::store::{self, Tx};
use crate::time::Timestamp;
use crate::vault::PersonKey;

/// The channel a case came by, as the policy's list of eight names it.
fn source_channel(channel: &ChannelId) -> &'static str {
    match channel.as_str() {
        "telegram" | "whatsapp" => "social_media",
        "email" => "letter",
        "terminal" => "interview",
        _ => "website",
    }
}

impl Engine {
    /// A signed request becomes a case, or completes the case it belongs to.
    pub(super) async fn submit(
        &self,
        tx: &mut Tx,
        turn: &Turn<'_>,
        conversation: &Conversation,
        submission: &Submission,
    ) -> Result<(), Failed> {
        let form = &self.form(tx, &submission.form).await?;
        let id = match submission.case {
            Some(id) => {
                if !self.complete(tx, turn, id, submission).await? {
                    return Ok(());
                }
                id
            }
            None => {
                let id = if mutant::is("case_id_drawn") {
                    CaseId(crate::message::derive_id(&[&submission.reference, &turn.now.iso()]))
                } else {
                    CaseId(submission.session.0)
                };
                self.create(tx, turn, conversation, id, submission).await?;
                id
            }
        };
        store::case::clear_answers(tx, id).await?;
        for (position, (question, answer)) in submission.answers.iter().enumerate() {
            self.keep_answer(tx, turn, form, id, position, question, answer).await?;
        }
        store::audit::append(tx, "person", "case.signed", &id.to_string(), turn.now).await?;
        metrics::counter!("wasl_cases_signed_total").increment(1);
        Ok(())
    }

    async fn create(
        &self,
        tx: &mut Tx,
        turn: &Turn<'_>,
        conversation: &Conversation,
        id: CaseId,
        submission: &Submission,
    ) -> Result<(), Failed> {
        let config = &self.inner.config;
        let case = case::submitted(id, turn.now, &config.policy);
        let signature = seal_signature(turn.key, id, submission)?;
        let consent = conversation.consent.as_ref().map_or("", |c| c.version.as_str());
        let new = NewCase {
            id,
            person: turn.person,
            reference: &submission.reference,
            service: &submission.service,
            form_id: &submission.form.id,
            form_hash: &submission.form.hash,
            source_channel: source_channel(&turn.address.channel),
            entered_by: "person",
            locale: submission.signature.locale.as_str(),
            consent_version: consent,
            status: case.status.as_str(),
            submitted_at: case.submitted_at,
            next_due: case.next_due,
            answer_from: case::answer_from(case.submitted_at, config.association.zone, &config.policy),
            signature: &signature,
            signature_hash: &submission.signature.hash,
            status_token: &self.inner.vault.token("status", &id.to_string()),
            at: turn.now,
        };
        store::case::create(tx, &new).await?;
        let new = by_person(turn.person, "submitted", Status::Submitted, turn.now);
        store::case::event(tx, id, &new).await?;
        Ok(())
    }

    async fn complete(
        &self,
        tx: &mut Tx,
        turn: &Turn<'_>,
        id: CaseId,
        submission: &Submission,
    ) -> Result<bool, Failed> {
        let before = super::decision::open_answers(tx, turn.key, id).await?;
        let changed = changed(&before, &submission.answers);
        // What comes too late changes nothing of what was decided on; staff has a task.
        if !self.moved_by_person(tx, turn.person, id, &Action::Complete { changed }, turn.now).await? {
            return Ok(false);
        }
        let row = store::case::get(tx, id).await?.ok_or(Failed::Absent("the case"))?;
        self.keep_signed(tx, &row, turn.key, turn.now).await?;
        let signature = seal_signature(turn.key, id, submission)?;
        store::case::resign(tx, id, &signature, &submission.signature.hash, turn.now).await?;
        Ok(true)
    }

    /// The person takes a request back. What can no longer be taken back stays as it is; the next notice tells.
    pub(super) async fn withdraw(
        &self,
        tx: &mut Tx,
        person: PersonId,
        case: CaseId,
        now: Timestamp,
    ) -> Result<(), Failed> {
        self.moved_by_person(tx, person, case, &Action::Withdraw, now).await?;
        Ok(())
    }

    /// A move the person makes themselves, in the transaction of their turn: the answer to them is the step's.
    /// False: the case no longer allows it.
    async fn moved_by_person(
        &self,
        tx: &mut Tx,
        person: PersonId,
        id: CaseId,
        action: &Action,
        now: Timestamp,
    ) -> Result<bool, Failed> {
        let row = store::case::hold(tx, id).await?.ok_or(Failed::Absent("the case"))?;
        if row.person != person {
            return Err(Failed::Absent("the person's own case"));
        }
        let key = self.key_of(tx, person).await?;
        let before = self.case_of(&row, &key)?;
        match case::advance(&before, action, &By::Person, now, &self.inner.config.policy) {
            Ok(moved) => {
                self.save_moved(tx, &before, &moved.case, &key, now).await?;
                store::case::event(tx, id, &by_person(person, moved.event, moved.case.status, now)).await?;
            }
            Err(refusal) => {
                tracing::warn!(case = %id, ?refusal, "a person's move came too late");
                store::task::put(tx, TaskKind::LateMove, Some(person), Some(id), "", now).await?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes a case's new standing; a case that moved meanwhile voids the transaction.
    pub(super) async fn save_moved(
        &self,
        tx: &mut Tx,
        before: &Case,
        after: &Case,
        key: &PersonKey,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let change = Change {
            status: after.status.as_str(),
            owner: after.owner,
            next_due: after.next_due,
            checks: &key.seal(&checks_place(after.id), &serde_json::to_vec(&after.checks)?),
            at: now,
            expected_status: before.status.as_str(),
        };
        let saved = store::case::set(tx, after.id, &change).await?;
        if saved { Ok(()) } else { Err(Failed::Overtaken) }
    }

    /// The lifecycle's view of a stored case.
    pub(super) fn case_of(&self, row: &CaseRow, key: &PersonKey) -> Result<Case, Failed> {
        let checks = match row.checks.as_slice() {
            [] => Default::default(),
            sealed => serde_json::from_slice(&key.open(&checks_place(row.id), sealed)?)?,
        };
        Ok(Case {
            id: row.id,
            status: Status::parse(&row.status).ok_or(Failed::Absent("a known status"))?,
            submitted_at: row.submitted_at,
            owner: row.owner,
            next_due: row.next_due,
            checks,
            asked: Default::default(),
        })
    }

    /// The person's key, to write about them; an erased person has none.
    pub(super) async fn key_of(&self, tx: &mut Tx, person: PersonId) -> Result<PersonKey, Failed> {
        let found = store::person::hold(tx, person).await?.ok_or(Failed::Absent("the person"))?;
        let wrapped = found.key.ok_or(Failed::Absent("the person's key"))?;
        Ok(self.inner.vault.person_key(person, &wrapped)?)
    }

    #[allow(clippy::too_many_arguments)] // a row has as many columns
    async fn keep_answer(
        &self,
        tx: &mut Tx,
        turn: &Turn<'_>,
        form: &Form,
        case: CaseId,
        position: usize,
        question: &QuestionId,
        answer: &Answer,
    ) -> Result<(), Failed> {
        let asked = form.question(question);
        let pii = asked.map_or(Pii::None, |q| q.pii);
        let json = serde_json::to_string(answer)?;
        let place = answer_place(case, question);
        let (plain, sealed) = match pii {
            Pii::None => (Some(json.as_str()), None),
            Pii::Person | Pii::Special => (None, Some(turn.key.seal(&place, json.as_bytes()))),
        };
        store::case::put_answer(tx, case, position as i64, question, plain, sealed.as_deref()).await?;
        if let Answer::Document(paper) = answer
            && !store::document::attach(tx, paper.media.document, case).await?
        {
            store::task::put(tx, TaskKind::PaperMissing, Some(turn.person), Some(case), "", turn.now).await?;
        }
        let saves = asked.and_then(|q| q.saves.as_deref());
        if let (Some(kind @ ("phone" | "email")), Answer::Phone(value) | Answer::Email(value)) =
            (saves, answer)
        {
            let digest = self.inner.vault.blind(kind, &value.to_lowercase());
            store::blind::put(tx, kind, &digest, turn.person, Some(case)).await?;
        }
        Ok(())
    }

    /// A survey's answers, as far as they came.
    #[allow(clippy::too_many_arguments)]
    pub(super) async fn keep_survey(
        &self,
        tx: &mut Tx,
        turn: &Turn<'_>,
        conversation: &Conversation,
        session: SessionId,
        case: Option<CaseId>,
        answers: &[(QuestionId, Answer)],
        complete: bool,
    ) -> Result<(), Failed> {
        let locale = conversation.locale.as_ref().map_or("", |l| l.as_str());
        // The session's own id is made of the person's and the request's: who reads both tables could try them all.
        let session = SessionId(self.inner.vault.pseudonym("survey", &session.to_string()));
        for row in crate::survey::rows(answers) {
            let place = format!("survey/{session}/{}", row.question);
            let words = row.text.map(|text| turn.key.seal(&place, text.as_bytes()));
            let new = NewSurveyAnswer {
                session,
                case,
                person: turn.person,
                question: &row.question,
                number: row.number,
                choice: row.choice.as_deref(),
                text: words.as_deref(),
                complete,
                channel: turn.address.channel.as_str(),
                locale,
                solicited: case.is_some(),
                at: turn.now,
            };
            store::survey::put_answer(tx, &new).await?;
        }
        Ok(())
    }

    /// A suggestion or a complaint: sealed as a whole, and a task for staff.
    pub(super) async fn file(&self, tx: &mut Tx, turn: &Turn<'_>, filed: &Filed) -> Result<(), Failed> {
        let answers = turn.key.seal(&filed_place(filed.session), &serde_json::to_vec(filed)?);
        let new = NewFiled {
            session: filed.session,
            person: turn.person,
            kind: &filed.kind,
            form_id: &filed.form.id,
            form_hash: &filed.form.hash,
            locale: filed.locale.as_str(),
            channel: turn.address.channel.as_str(),
            answers: &answers,
            at: turn.now,
        };
        store::filed::put(tx, &new).await?;
        // Neither the task nor its reference says whose it is: a complaint may be about those who read the tasks.
        let kind = TaskKind::parse(&filed.kind).ok_or(Failed::Absent("the kind of what was filed"))?;
        store::task::put(tx, kind, None, None, &filed.reference, turn.now).await?;
        Ok(())
    }

    /// With a session that is given up goes what came beside it too: the person's papers that no case and no session
    /// holds and never did, such as one whose message did not arrive.
    pub(super) async fn discard_papers(
        &self,
        tx: &mut Tx,
        person: PersonId,
        conversation: &Conversation,
        now: Timestamp,
    ) -> Result<Vec<String>, Failed> {
        let kept = conversation.papers();
        let loose: Vec<DocumentRow> = store::document::loose(tx, person).await?;
        let mut orphans = Vec::new();
        // A paper that just came may belong to a message that waits behind this one.
        let settled = |document: &DocumentRow| now.since(document.at) > Duration::hours(1);
        for document in loose.into_iter().filter(|d| !kept.contains(&d.id) && settled(d)) {
            store::document::discard(tx, document.id, now).await?;
            orphans.push(document.object_key);
        }
        Ok(orphans)
    }

    /// Papers that the conversation named before this turn and names no more (a draft was deleted, another photo took
    /// the place of one): they go at once, unless they were handed in. One that came again since its message did may
    /// belong to a message that waits behind this one, and stays.
    pub(super) async fn discard_unnamed(
        &self,
        tx: &mut Tx,
        before: &BTreeSet<DocumentId>,
        conversation: &Conversation,
        heard_at: Timestamp,
    ) -> Result<Vec<String>, Failed> {
        let mut orphans = Vec::new();
        for id in before.difference(&conversation.papers()) {
            let Some(paper) = store::document::get(tx, *id).await? else { continue };
            if paper.case_id.is_none() && paper.at <= heard_at {
                store::document::discard(tx, paper.id, self.now()).await?;
                orphans.push(paper.object_key);
            }
        }
        Ok(orphans)
    }
}

/// The questions whose answer is not the same in both, or stands in one only.
fn changed(before: &[(QuestionId, Answer)], after: &[(QuestionId, Answer)]) -> BTreeSet<QuestionId> {
    let not_in = |other: &[(QuestionId, Answer)], one: &(QuestionId, Answer)| !other.contains(one);
    let gone = before.iter().filter(|one| not_in(after, one));
    gone.chain(after.iter().filter(|one| not_in(before, one))).map(|(question, _)| question.clone()).collect()
}

fn by_person<'a>(person: PersonId, name: &'a str, after: Status, at: Timestamp) -> NewCaseEvent<'a> {
    let status_after = after.as_str();
    NewCaseEvent { person, name, by_kind: "person", by_name: "", reason: None, status_after, at }
}

fn seal_signature(key: &PersonKey, id: CaseId, submission: &Submission) -> Result<Vec<u8>, Failed> {
    Ok(key.seal(&signature_place(id), &serde_json::to_vec(&submission.signature)?))
}
