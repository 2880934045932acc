//! Every statement is run here against a database in a fresh folder; and against PostgreSQL, in a second run
//! (`statements` finds one that is not).

mod asked;
mod cases;
mod channels;
mod desk;
mod messages;
mod moving;
mod opening;
mod people;
mod shared;
pub(super) mod statements;
mod told;
mod views;

#[path = "../../tests/it/postgres.rs"]
mod postgres;

use chrono::NaiveDate;
use tempfile::TempDir;
use uuid::Uuid;

use super::case::NewCase;
use super::inbox::NewEvent;
use super::outbox::{NewPart, NewState};
use super::query::{Statement, sql};
use super::{Store, Tx, case, conversation, inbox, outbox, person};
use crate::message::{Address, CaseId, ChannelId, EventId, OutboxId, PersonId, reference_of};
use crate::time::Timestamp;

fn url(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("data/wasl.db").display())
}

/// The folder must outlive the store.
async fn fresh() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = if postgres::is_meant() { postgres::database() } else { url(&folder) };
    let store = Store::open(&url).await.unwrap();
    (folder, store)
}

/// Whether the database takes a statement; whatever it did is undone.
async fn is_taken(tx: &mut Tx, statement: Statement<'_>) -> bool {
    tx.savepoint().await.unwrap();
    let taken = statement.execute(tx).await.is_ok();
    tx.rollback_to().await.unwrap();
    taken
}

/// The `seconds`-th second after 2026-11-22T10:00:00Z.
fn at(seconds: i64) -> Timestamp {
    Timestamp::parse("2026-11-22T10:00:00Z").unwrap().plus(chrono::Duration::seconds(seconds))
}

fn address(path: &str) -> Address {
    Address { channel: ChannelId::new("webchat"), path: path.into() }
}

async fn somebody(tx: &mut Tx, path: &str) -> PersonId {
    let id = PersonId::of(&address(path));
    person::create(tx, id, format!("key of {path}").as_bytes(), &address(path), at(0)).await.unwrap();
    id
}

async fn heard(tx: &mut Tx, person: PersonId, external_id: &str) -> Option<i64> {
    let event = NewEvent {
        id: EventId::of(&ChannelId::new("webchat"), external_id),
        channel: "webchat",
        external_id,
        person,
        kind: "said",
        body: external_id.as_bytes(),
        at: at(1),
    };
    inbox::hear(tx, &event).await.unwrap()
}

fn part<'a>(id: &'a OutboxId, person: PersonId, purpose: &'a str, state: NewState) -> NewPart<'a> {
    NewPart {
        id,
        person,
        channel: "webchat",
        path: "a",
        from: "bot",
        purpose,
        body: b"sealed",
        state,
        at: at(0),
        not_after: None,
        private: false,
    }
}

async fn said(tx: &mut Tx, person: PersonId, id: &str, purpose: &str, state: NewState) -> i64 {
    outbox::put(tx, &[part(&OutboxId(id.into()), person, purpose, state)]).await.unwrap();
    sql("SELECT max(seq) FROM outbox").scalar(tx).await.unwrap()
}

/// Whether a conversation could be saved over the version that was read.
async fn saved(tx: &mut Tx, person: PersonId, state: &[u8], expected_version: i64, with_human: bool) -> bool {
    let new = conversation::NewState { person, state, expected_version, with_human, locale: Some("ar") };
    conversation::save(tx, &[new], at(1)).await.unwrap()
}

async fn a_case(tx: &mut Tx, person: PersonId, n: u128) -> CaseId {
    let id = CaseId(Uuid::from_u128(n << 88 | n));
    let new = NewCase {
        id,
        person,
        reference: &reference_of(id),
        status_token: &format!("token {n}"),
        service: "housing",
        form_id: "help",
        form_hash: "abc",
        source_channel: "website",
        entered_by: "person",
        locale: "ar",
        consent_version: "1",
        status: "submitted",
        submitted_at: at(60),
        answer_from: NaiveDate::from_ymd_opt(2026, 12, 6).unwrap(),
        next_due: Some(at(n as i64)),
        signature: b"signature",
        signature_hash: "def",
        at: at(61),
    };
    case::create(tx, &new).await.unwrap();
    id
}
