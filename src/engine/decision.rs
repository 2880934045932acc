//! Cases are moved: by staff, by another system's row in the shared store. The person is told in the same commit.

use chrono::NaiveDate;

use super::Engine;
use super::exchange::Word;
use super::failed::Failed;
use super::sealed::{answer_place, inbox_place};
use super::staff::{ActError, Staff};
use crate::case::{self, Action, By, Case, Check, Refusal, Status};
use crate::dialogue::{CaseNews, Event, Missing, News};
use crate::form::{Answer, Answers, FormRef, QuestionId};
use crate::message::{CaseId, ChannelId, EventId, PersonId};
use crate::mutant;
use crate::store::case::{CaseRow, NewCaseEvent};
use crate::store::decision::{DecisionRow, NewDecision};
use crate::store::task::TaskKind;
use crate::store::{self, StoreError, Tx};
use crate::time::Timestamp;
use crate::vault::PersonKey;

/// Why a move was not made.
#[derive(Debug)]
pub(super) enum NotMoved {
    Refused(Refusal),
    Failed(Failed),
}

impl From<Failed> for NotMoved {
    fn from(failed: Failed) -> Self {
        NotMoved::Failed(failed)
    }
}
impl From<StoreError> for NotMoved {
    fn from(error: StoreError) -> Self {
        NotMoved::Failed(Failed::Store(error))
    }
}

/// Where news of the charity's side enters the inbox.
pub(super) const DESK: &str = "desk";

impl Engine {
    /// Does something to a case on behalf of staff; the person is told in the same transaction.
    ///
    /// # Errors
    /// [`ActError::Refused`] names what the lifecycle wants first; otherwise nothing was changed either.
    pub async fn act(&self, by: &Staff, case: CaseId, action: Action) -> Result<(), ActError> {
        self.act_after(by, case, action, i64::MAX).await
    }

    /// The same from a page that showed the case as event `seen` left it: refused when somebody else did something
    /// to it since, because what was looked at may not be what stands there now.
    ///
    /// # Errors
    /// As [`Engine::act`], and [`ActError::Changed`].
    pub async fn act_after(
        &self,
        by: &Staff,
        case: CaseId,
        action: Action,
        seen: i64,
    ) -> Result<(), ActError> {
        let mut tx = self.inner.store.begin().await?;
        // Who presses twice did the first themselves.
        let own = |event: &store::case::EventRow| event.by_kind == "staff" && event.by_name == by.name;
        let events = store::case::events(&mut tx, case).await?;
        if events.iter().any(|event| event.number > seen && !own(event)) {
            return Err(ActError::Changed);
        }
        let mover = By::Staff { id: by.id, role: by.role };
        self.advance(&mut tx, case, &action, &mover, &by.name).await?;
        tx.commit().await?;
        self.entered();
        Ok(())
    }

    /// Takes the decisions that other systems wrote into the shared store. Returns how many there were.
    ///
    /// # Errors
    /// When the store fails; the decisions that are left wait then.
    pub async fn take_decisions(&self) -> Result<usize, StoreError> {
        let mut tx = self.inner.store.read().await?;
        let pending = store::decision::pending(&mut tx).await?;
        drop(tx);
        let mut taken = 0;
        for decision in pending {
            taken += usize::from(self.take_decision(&decision.id).await?);
        }
        Ok(taken)
    }

    /// Takes one decision as it stands now: its writer may have changed or deleted it until this moment.
    async fn take_decision(&self, id: &str) -> Result<bool, StoreError> {
        let now = self.now();
        let mut tx = self.inner.store.begin().await?;
        let Some(decision) = store::decision::waiting(&mut tx, id).await? else { return Ok(false) };
        tx.savepoint().await?;
        let refused = match self.move_by(&mut tx, &decision).await {
            Ok(()) => {
                tx.release().await?;
                None
            }
            Err(NotMoved::Failed(failed)) => {
                let failed = match failed.of_the_database() {
                    Ok(error) => return Err(error),
                    Err(failed) => failed,
                };
                tx.rollback_to().await?;
                Some(failed.to_string())
            }
            Err(NotMoved::Refused(refusal)) => {
                tx.rollback_to().await?;
                Some(refusal_text(&refusal).to_owned())
            }
        };
        if let Some(why) = &refused {
            let case = decision.case_id;
            store::task::put(&mut tx, TaskKind::DecisionRefused, None, Some(case), why, now).await?;
        }
        if refused.is_some() || !mutant::is("decision_twice") {
            store::decision::taken(&mut tx, id, now, refused.as_deref()).await?;
        }
        tx.commit().await?;
        self.entered();
        Ok(true)
    }

    async fn move_by(&self, tx: &mut Tx, decision: &DecisionRow) -> Result<(), NotMoved> {
        let action = match decision.outcome.as_str() {
            "accepted" => Action::Accept { reason: decision.reason.clone(), early: None },
            _ => Action::Reject { reason: decision.reason.clone(), early: None },
        };
        let by = By::System(decision.source.clone());
        self.advance(tx, decision.case_id, &action, &by, &decision.source).await
    }

    /// Moves the case and puts the news into the person's inbox.
    pub(super) async fn advance(
        &self,
        tx: &mut Tx,
        id: CaseId,
        action: &Action,
        by: &By,
        by_name: &str,
    ) -> Result<(), NotMoved> {
        let now = self.now();
        let row = store::case::hold(tx, id).await?.ok_or(Failed::Absent("the case"))?;
        let key = self.key_of(tx, row.person).await?;
        let mut before = self.case_of(&row, &key)?;
        if matches!(action, Action::Check { .. } | Action::HandToCommittee) {
            before.asked = self.asked_of(tx, &row, &key).await?;
        }
        let moved =
            case::advance(&before, action, by, now, &self.inner.config.policy).map_err(NotMoved::Refused)?;
        self.save_moved(tx, &before, &moved.case, &key, now).await?;
        let status = moved.case.status.as_str();
        let reason = moved.reason.as_deref();
        let new = NewCaseEvent {
            person: row.person,
            name: moved.event,
            by_kind: by_kind(by),
            by_name,
            reason,
            status_after: status,
            at: now,
        };
        let number = store::case::event(tx, id, &new).await?;
        if let (Action::Accept { reason, early } | Action::Reject { reason, early }, By::Staff { .. }) =
            (action, by)
        {
            let outcome = if matches!(action, Action::Accept { .. }) { "accepted" } else { "rejected" };
            let decision = format!("{id}/{number}");
            let new = NewDecision {
                id: &decision,
                case: id,
                outcome,
                reason,
                early_reason: early.as_deref(),
                decided_by: Some(by_name),
                decided_at: now,
                source: DESK,
            };
            store::decision::insert(tx, &new).await?;
            store::decision::taken(tx, &decision, now, None).await?;
        }
        store::audit::append(tx, by_name, &format!("case.{}", moved.event), &id.to_string(), now).await?;
        let Some(news) = self.news(tx, &row, &moved.case, action, &key, now).await? else { return Ok(()) };
        let event =
            Event::Case(CaseNews { case: id, reference: row.reference.clone(), status: status.into(), news });
        #[cfg(feature = "mutant")]
        if matches!(by, By::Staff { .. }) {
            tx.torn("news_apart").await?;
        }
        self.tell(tx, row.person, &key, "case", &format!("case-event:{number}"), &event, now).await?;
        Ok(())
    }

    /// Puts an event of the charity's side into a person's inbox.
    #[allow(clippy::too_many_arguments)]
    pub(super) async fn tell(
        &self,
        tx: &mut Tx,
        person: PersonId,
        key: &PersonKey,
        kind: &str,
        external_id: &str,
        event: &Event,
        now: Timestamp,
    ) -> Result<Option<i64>, Failed> {
        let id = EventId::of(&ChannelId::new(DESK), external_id);
        let body = key.seal(&inbox_place(id), &serde_json::to_vec(event)?);
        let new =
            store::inbox::NewEvent { id, channel: DESK, external_id, person, kind, body: &body, at: now };
        Ok(store::inbox::hear(tx, &new).await?)
    }

    /// After the commit: a turn waits.
    pub(super) fn entered(&self) {
        self.inner.turns.notify_one();
        self.tell_others(Word::Turn);
    }

    async fn news(
        &self,
        tx: &mut Tx,
        row: &CaseRow,
        after: &Case,
        action: &Action,
        key: &PersonKey,
        now: Timestamp,
    ) -> Result<Option<News>, Failed> {
        let config = &self.inner.config;
        let zone = config.association.zone;
        Ok(Some(match action {
            Action::Check { .. } => {
                let (was, is) = (row.status == Status::Checked.as_str(), after.status == Status::Checked);
                match (was, is) {
                    (false, true) => News::Checked,
                    (true, false) => News::Standing,
                    // Told once: a check that is saved again finds nothing new.
                    _ => return Ok(None),
                }
            }
            Action::Assign { .. } | Action::Complete { .. } => return Ok(None),
            Action::Appeal { .. } => News::Appealed,
            Action::Return => self.returned(tx, row, after, key, last_day(after, zone)?).await?,
            Action::HandToCommittee => News::WithCommittee {
                answer_from: case::answer_from(after.submitted_at, zone, &config.policy),
            },
            Action::Accept { reason, .. } => News::Accepted { reason: reason.clone() },
            Action::Reject { reason, .. } => {
                News::Rejected { reason: reason.clone(), until: last_day(after, zone)? }
            }
            Action::Register => News::Registered,
            Action::Deliver => {
                News::Delivered { survey_at: crate::survey::ask_at(now, zone, &config.policy) }
            }
            Action::Close => News::Closed,
            Action::Lapse => News::Lapsed,
            Action::Withdraw => News::Withdrawn,
        }))
    }

    async fn returned(
        &self,
        tx: &mut Tx,
        row: &CaseRow,
        after: &Case,
        key: &PersonKey,
        until: NaiveDate,
    ) -> Result<News, Failed> {
        let answers: Answers = open_answers(tx, key, row.id).await?.into_iter().collect();
        let missing = after
            .checks
            .iter()
            .filter_map(|(question, check)| match check {
                Check::Matched => None,
                Check::Mismatched(reason) | Check::Missing(reason) => {
                    Some(Missing { question: question.clone(), reason: reason.clone() })
                }
            })
            .collect();
        let form = FormRef { id: row.form_id.as_str().into(), hash: row.form_hash.as_str().into() };
        Ok(News::Returned { form, service: row.service.as_str().into(), answers, missing, until })
    }
}

/// The last whole day before the clock moves the case on.
fn last_day(case: &Case, zone: chrono_tz::Tz) -> Result<NaiveDate, Failed> {
    let due = case.next_due.ok_or(Failed::Absent("the day a case is due"))?.date_in(zone);
    Ok(due.pred_opt().unwrap_or(due))
}

/// The answers of a request in form order, opened.
pub(super) async fn open_answers(
    tx: &mut Tx,
    key: &PersonKey,
    case: CaseId,
) -> Result<Vec<(QuestionId, Answer)>, Failed> {
    read_answers(&open_texts(tx, key, case).await?)
}

/// Reads what [`open_texts`] gives.
pub(super) fn read_answers(texts: &[(QuestionId, String)]) -> Result<Vec<(QuestionId, Answer)>, Failed> {
    texts.iter().map(|(question, text)| Ok((question.clone(), serde_json::from_str(text)?))).collect()
}

/// The same as the JSON that is stored.
pub(super) async fn open_texts(
    tx: &mut Tx,
    key: &PersonKey,
    case: CaseId,
) -> Result<Vec<(QuestionId, String)>, Failed> {
    let mut texts = Vec::new();
    for row in store::case::answers(tx, case).await? {
        let text = match (row.plain, row.sealed) {
            (Some(plain), _) => plain,
            (None, Some(sealed)) => {
                let opened = key.open(&answer_place(case, &row.question), &sealed)?;
                String::from_utf8_lossy(&opened).into_owned()
            }
            (None, None) => return Err(Failed::Absent("the answer")),
        };
        texts.push((row.question.as_str().into(), text));
    }
    Ok(texts)
}

fn by_kind(by: &By) -> &'static str {
    match by {
        By::Staff { .. } => "staff",
        By::System(_) => "system",
        By::Person => "person",
        By::Clock => "clock",
    }
}

/// A refusal in the words of `docs/case-store.md`, for other systems.
fn refusal_text(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::OutOfOrder { .. } => "out of order",
        Refusal::TooEarly { .. } => "too early",
        Refusal::NotAllowed => "not allowed",
        Refusal::NoReason => "no reason",
        Refusal::Unchecked(_) => "unchecked",
        Refusal::NothingMissing => "nothing missing",
    }
}
