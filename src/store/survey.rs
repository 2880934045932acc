//! What people said about the service.

use super::query::sql;
use super::value::row;
use super::{Result, Tx};
use crate::message::{CaseId, PersonId, SessionId};
use crate::time::Timestamp;

/// Notes that a person was asked; once for each session.
pub async fn asked(
    tx: &mut Tx,
    session: SessionId,
    person: PersonId,
    case: Option<CaseId>,
    at: Timestamp,
) -> Result<()> {
    sql("INSERT INTO survey_asked (session, person, case_id, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (session) DO NOTHING")
    .bind(session)
    .bind(person)
    .bind(case)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}

/// When a person was last asked.
pub async fn last_asked(tx: &mut Tx, person: PersonId) -> Result<Option<Timestamp>> {
    sql("SELECT max(at) FROM survey_asked WHERE person = $1").bind(person).scalar(tx).await
}

/// An answer to be stored.
#[derive(Debug)]
pub struct NewSurveyAnswer<'a> {
    /// The run through the survey.
    pub session: SessionId,
    /// About which request, if any.
    pub case: Option<CaseId>,
    /// Who answered.
    pub person: PersonId,
    /// The question's id.
    pub question: &'a str,
    /// A number or a rating.
    pub number: Option<i64>,
    /// A choice's name.
    pub choice: Option<&'a str>,
    /// Words, sealed.
    pub text: Option<&'a [u8]>,
    /// Whether the survey was answered to its end.
    pub complete: bool,
    /// By which channel.
    pub channel: &'a str,
    /// In which language.
    pub locale: &'a str,
    /// Whether we asked, or the person came by themselves.
    pub solicited: bool,
    /// When.
    pub at: Timestamp,
}

/// Stores an answer over the one that was there.
pub async fn put_answer(tx: &mut Tx, answer: &NewSurveyAnswer<'_>) -> Result<()> {
    sql(
        "INSERT INTO survey_answer (session, question, person, case_id, number, choice, text, complete, channel,
             locale, solicited, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (session, question) DO UPDATE SET number = excluded.number, choice = excluded.choice,
             text = excluded.text, complete = excluded.complete, at = excluded.at",
    )
    .bind(answer.session)
    .bind(answer.question)
    .bind(answer.person)
    .bind(answer.case)
    .bind(answer.number)
    .bind(answer.choice)
    .bind(answer.text)
    .bind(answer.complete)
    .bind(answer.channel)
    .bind(answer.locale)
    .bind(answer.solicited)
    .bind(answer.at)
    .execute(tx)
    .await?;
    Ok(())
}

row! {
    /// A stored answer.
    pub struct SurveyAnswerRow {
        /// The run through the survey.
        session: SessionId,
        /// Who answered: to open `text`.
        person: PersonId,
        /// The service of the request it is about.
        service: Option<String>,
        /// The question's id.
        question: String,
        /// A number or a rating.
        number: Option<i64>,
        /// A choice's name.
        choice: Option<String>,
        /// Words, sealed.
        text: Option<Vec<u8>>,
        /// Whether the survey was answered to its end.
        complete: bool,
        /// By which channel.
        channel: String,
        /// In which language.
        locale: String,
        /// Whether we asked.
        solicited: bool,
        /// When.
        at: Timestamp,
    }
}

/// Every answer given from `from` and before `to`, oldest first.
pub async fn between(tx: &mut Tx, from: Timestamp, to: Timestamp) -> Result<Vec<SurveyAnswerRow>> {
    sql(
        "SELECT a.session, a.person, c.service, a.question, a.number, a.choice, a.text, a.complete, a.channel,
                a.locale, a.solicited, a.at
         FROM survey_answer a LEFT JOIN case_file c ON c.id = a.case_id
         WHERE a.at >= $1 AND a.at < $2 ORDER BY a.at, a.session, a.question",
    )
    .bind(from)
    .bind(to)
    .fetch_all(tx).await
}
