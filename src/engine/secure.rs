//! Our own page for what is never asked in a chat of others: its link, what stands behind it, and the answer's way back
//! into the person's inbox.

use bytes::Bytes;
use chrono::Duration;
use uuid::Uuid;

use super::Engine;
use super::documents::{NotTaken, clean_name, kind_of};
use super::failed::Failed;
use super::receive::Unstored;
use super::sealed::{CONVERSATION, inbox_place};
use super::turn::conversation_of;
use crate::dialogue::{self, Answered, Conversation, Env, Event};
use crate::form::{Answer, Form, Shelf};
use crate::message::{
    Address, Body, CaseId, ChannelId, ChoiceToken, DocumentId, EventId, Locale, MediaRef, PersonId,
    SessionId, derive_id,
};
use crate::store::inbox::{NewEvent, Waiting};
use crate::store::{self, StoreError, Tx};
use crate::time::Timestamp;
use crate::vault::{PersonKey, Vault};

pub use crate::dialogue::Asked;

/// Where answers from the page enter the inbox.
const SECURE: &str = "secure";
/// What the vault seals links for.
const PURPOSE: &str = "secure page";
/// How long a link works. The chat says so (`secure-ask`), and gives a new one to whoever writes anything there.
const LIFE: Duration = Duration::hours(24);

/// What a link leads to.
pub enum SecureLink {
    /// A question that waits.
    Open(Box<Open>),
    /// The answer came by this link; the language to say so in.
    Done(Locale),
    /// Nothing: it is over, or no link of ours.
    Closed,
}

/// A question that waits for its answer.
pub struct Open {
    /// The question.
    pub asked: Asked,
    /// The language it is written in.
    pub locale: Locale,
    /// Whose answer it is.
    pub person: PersonId,
    /// Where they write to us.
    pub address: Address,
}

/// What was sent on the page.
pub enum Given {
    /// Words.
    Text(String),
    /// Choices, by the tokens of [`Asked::choices`].
    Choices(Vec<ChoiceToken>),
    /// A file and its name.
    File(String, Bytes),
}

/// Why an answer was not taken.
#[derive(Debug)]
pub enum Unanswered {
    /// It does not fit: what was expected, in the person's language.
    Misfit(String),
    /// The file was not taken.
    File(NotTaken),
    /// The link is over.
    Closed,
    /// It could not be stored now.
    Unstored,
}

impl From<Failed> for Unanswered {
    fn from(failed: Failed) -> Self {
        let Unstored = failed.into();
        Unanswered::Unstored
    }
}
impl From<StoreError> for Unanswered {
    fn from(error: StoreError) -> Self {
        Failed::Store(error).into()
    }
}

/// What a link's token holds; nobody but us reads it.
struct Link {
    person: PersonId,
    session: SessionId,
    question: Box<str>,
    until: Timestamp,
}

impl Link {
    fn sealed(&self, vault: &Vault) -> String {
        let mut plain = Vec::with_capacity(64);
        plain.extend_from_slice(self.person.0.as_bytes());
        plain.extend_from_slice(self.session.0.as_bytes());
        plain.extend_from_slice(&self.until.micros().to_be_bytes());
        plain.extend_from_slice(self.question.as_bytes());
        vault.seal_link(PURPOSE, &plain)
    }

    fn open(vault: &Vault, token: &str) -> Option<Link> {
        let plain = vault.open_link(PURPOSE, token)?;
        let (person, rest) = plain.split_first_chunk::<16>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let (until, question) = rest.split_first_chunk::<8>()?;
        Some(Link {
            person: PersonId(Uuid::from_bytes(*person)),
            session: SessionId(Uuid::from_bytes(*session)),
            question: std::str::from_utf8(question).ok()?.into(),
            until: Timestamp::from_micros(i64::from_be_bytes(*until))?,
        })
    }
}

/// The same link gives the same event: however often its answer is sent, it is heard once.
fn external_id(token: &str) -> String {
    derive_id(&["secure link", token]).to_string()
}

/// A link with what stands behind it.
struct Behind {
    link: Link,
    key: PersonKey,
    conversation: Conversation,
    address: Address,
}

/// Where a link leads, before its question was looked at.
enum Found {
    Behind(Box<Behind>),
    Done(Locale),
    Closed,
}

impl Engine {
    /// The public address of our page for a question of a session. It works for a day, once.
    pub(super) fn secure_link(&self, person: PersonId, session: SessionId, question: &str) -> String {
        let token = self.secure_token(person, session, question);
        format!("{}/secure/{token}", self.inner.config.public_url())
    }

    fn secure_token(&self, person: PersonId, session: SessionId, question: &str) -> String {
        let until = self.now().plus(LIFE);
        Link { person, session, question: question.into(), until }.sealed(&self.inner.vault)
    }

    /// Whether what is special of a person may be asked on that channel.
    pub(super) fn is_private(&self, channel: &ChannelId) -> bool {
        self.capabilities(channel).is_ok_and(|can| can.private)
    }

    /// What a link's token leads to, in `language` or else the person's own.
    ///
    /// # Errors
    /// When the store fails or the conversation cannot be opened.
    pub async fn secure(&self, token: &str, language: Option<&Locale>) -> Result<SecureLink, Unstored> {
        let mut tx = self.inner.store.read().await?;
        let behind = match self.behind(&mut tx, token, language).await? {
            Found::Behind(behind) => *behind,
            Found::Done(locale) => return Ok(SecureLink::Done(locale)),
            Found::Closed => return Ok(SecureLink::Closed),
        };
        let Behind { link, conversation, address, .. } = behind;
        let locale = conversation.locale.clone().unwrap_or_else(|| self.default_locale());
        let shelf = self.shelf_for(&mut tx, &conversation, &Event::StaffLeft).await?;
        let asked = self.with_env(&link, &address.channel, &shelf, |env| {
            dialogue::asked(conversation, env, link.session, &link.question)
        });
        let Some(asked) = asked else { return Ok(SecureLink::Closed) };
        Ok(SecureLink::Open(Box::new(Open { asked, locale, person: link.person, address })))
    }

    /// Takes the answer that a link was made for: judged as in a chat, and put into the person's inbox. They stay where
    /// they write to us, and the conversation goes on there.
    ///
    /// # Errors
    /// See [`Unanswered`]; nothing was kept then.
    pub async fn answer_securely(
        &self,
        token: &str,
        language: Option<&Locale>,
        given: Given,
    ) -> Result<(), Unanswered> {
        let mut tx = self.inner.store.read().await?;
        let behind = match self.behind(&mut tx, token, language).await? {
            Found::Behind(behind) => *behind,
            // Pressed twice: it was taken.
            Found::Done(_) => return Ok(()),
            Found::Closed => return Err(Unanswered::Closed),
        };
        let shelf = self.shelf_for(&mut tx, &behind.conversation, &Event::StaffLeft).await?;
        drop(tx);
        let body = match &given {
            Given::Text(text) => Body::Text(text.clone()),
            Given::Choices(tokens) => Body::Choices(tokens.clone()),
            Given::File(name, bytes) => Body::Media(unkept(name, bytes).map_err(Unanswered::File)?),
        };
        let Behind { link, key, conversation, address } = behind;
        let weighed = self.with_env(&link, &address.channel, &shelf, |env| {
            dialogue::weigh(conversation, env, link.session, &link.question, &body)
        });
        let mut answer = weighed.ok_or(Unanswered::Closed)?.map_err(Unanswered::Misfit)?;
        if let (Answer::Document(paper), Given::File(name, bytes)) = (&mut answer, given) {
            // Only what fits is kept.
            paper.media = self.keep_document(&address, &name, bytes).await.map_err(Unanswered::File)?;
        }
        Ok(self.enter_answer(token, link, &key, answer).await?)
    }

    async fn enter_answer(
        &self,
        token: &str,
        link: Link,
        key: &PersonKey,
        answer: Answer,
    ) -> Result<(), Failed> {
        let external_id = &external_id(token);
        let id = EventId::of(&ChannelId::new(SECURE), external_id);
        let Link { person, session, question, .. } = link;
        let event = Event::Answered(Box::new(Answered { session, question, answer }));
        let body = &key.seal(&inbox_place(id), &serde_json::to_vec(&event)?);
        let mut tx = self.inner.store.begin().await?;
        let held = store::person::hold(&mut tx, person).await?;
        if held.is_none_or(|held| held.key.is_none()) {
            return Err(Failed::Absent("the person"));
        }
        let at = self.now();
        let new = NewEvent { id, channel: SECURE, external_id, person, kind: "answered", body, at };
        store::inbox::hear(&mut tx, &new).await?;
        tx.commit().await?;
        self.entered();
        Ok(())
    }

    /// The token of the page that the session behind this one waits for now: its next question, if that is not asked in
    /// the chat either.
    ///
    /// # Errors
    /// When the store fails or the conversation cannot be opened.
    pub async fn secure_next(&self, token: &str) -> Result<Option<String>, Unstored> {
        let Some(link) = Link::open(&self.inner.vault, token) else { return Ok(None) };
        let mut tx = self.inner.store.read().await?;
        let Some((_, conversation, address)) = self.conversation_with(&mut tx, link.person).await? else {
            return Ok(None);
        };
        if self.is_private(&address.channel) {
            return Ok(None);
        }
        let form = self.session_form(&mut tx, &conversation).await?;
        let next = form.and_then(|form| dialogue::waits_at(&conversation, &form));
        let next = next.filter(|(session, question)| *session == link.session && *question != link.question);
        Ok(next.map(|(session, question)| self.secure_token(link.person, session, &question)))
    }

    /// Whether a file of this letter is not even fetched: it could only be what is not asked on its channel.
    pub(super) async fn keeps_out_files(
        &self,
        tx: &mut Tx,
        waiting: &Waiting,
        key: &PersonKey,
    ) -> Result<bool, Failed> {
        if self.is_private(&ChannelId::new(&waiting.address_channel)) {
            return Ok(false);
        }
        let conversation = conversation_of(waiting, key)?;
        let form = self.session_form(tx, &conversation).await?;
        Ok(form.is_some_and(|form| dialogue::takes_no_file(&conversation, &form, self.moment())))
    }

    /// The form that the present session pinned, if there is one.
    async fn session_form(
        &self,
        tx: &mut Tx,
        conversation: &Conversation,
    ) -> Result<Option<std::sync::Arc<Form>>, Failed> {
        let Some(session) = &conversation.session else { return Ok(None) };
        match self.form(tx, &session.form).await {
            Err(Failed::Absent(_)) => Ok(None),
            form => form.map(Some),
        }
    }

    async fn behind(&self, tx: &mut Tx, token: &str, language: Option<&Locale>) -> Result<Found, Failed> {
        let Some(link) = Link::open(&self.inner.vault, token) else { return Ok(Found::Closed) };
        let Some((key, mut conversation, address)) = self.conversation_with(tx, link.person).await? else {
            return Ok(Found::Closed);
        };
        if let Some(language) = language {
            conversation.locale = Some(language.clone());
        }
        if self.now() >= link.until {
            return Ok(Found::Closed);
        }
        let id = EventId::of(&ChannelId::new(SECURE), &external_id(token));
        if store::inbox::is_known(tx, id).await? {
            return Ok(Found::Done(conversation.locale.unwrap_or_else(|| self.default_locale())));
        }
        Ok(Found::Behind(Box::new(Behind { link, key, conversation, address })))
    }

    /// A person's key, conversation and address; `None` for who never spoke with us or was forgotten.
    async fn conversation_with(
        &self,
        tx: &mut Tx,
        person: PersonId,
    ) -> Result<Option<(PersonKey, Conversation, Address)>, Failed> {
        let Some(found) = store::person::get(tx, person).await? else { return Ok(None) };
        let Some(wrapped) = found.key else { return Ok(None) };
        let Some((sealed, _)) = store::conversation::load(tx, person).await? else { return Ok(None) };
        let key = self.inner.vault.person_key(person, &wrapped)?;
        let conversation = serde_json::from_slice(&key.open(CONVERSATION, &sealed)?)?;
        let address = Address { channel: ChannelId::new(&found.channel), path: found.path.into() };
        Ok(Some((key, conversation, address)))
    }

    /// What the dialogue may look at for a page: it is ours, so everything may be asked there.
    fn with_env<T>(
        &self,
        link: &Link,
        channel: &ChannelId,
        shelf: &Shelf,
        look: impl FnOnce(&Env<'_>) -> T,
    ) -> T {
        let inner = &self.inner;
        look(&Env {
            event: EventId(link.session.0),
            person: link.person,
            channel,
            asks_leave: false,
            at: self.moment(),
            words: &inner.words,
            shelf,
            association: &inner.config.association,
            policy: &inner.config.policy,
            status_link: &|case: CaseId| self.status_link(case),
            secure_link: None,
            reference: &crate::message::reference_of,
            stands: None,
            way_code: &String::new,
        })
    }
}

/// A file as it would be kept.
fn unkept(name: &str, bytes: &Bytes) -> Result<MediaRef, NotTaken> {
    if bytes.is_empty() {
        return Err(NotTaken::Empty);
    }
    let mime = kind_of(bytes)?.into();
    Ok(MediaRef { document: DocumentId(Uuid::nil()), name: clean_name(name), mime, size: bytes.len() as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link {
        Link {
            person: PersonId(derive_id(&["person"])),
            session: SessionId(derive_id(&["session"])),
            question: "paper_id".into(),
            until: Timestamp::parse("2026-11-23T10:00:00Z").unwrap(),
        }
    }

    #[test]
    fn a_link_holds_what_it_leads_to_and_shows_nothing_of_it() {
        let vault = Vault::from_bytes([1; 32]);
        let token = link().sealed(&vault);
        let opened = Link::open(&vault, &token).unwrap();
        let all = |link: Link| (link.person, link.session, link.question, link.until);
        assert_eq!(all(opened), all(link()));
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
        assert!(token.len() < 200, "{}", token.len());
        assert_ne!(token, link().sealed(&vault), "no two are alike");
    }

    #[test]
    fn a_link_that_was_changed_or_made_by_others_opens_nothing() {
        let vault = Vault::from_bytes([1; 32]);
        let token = link().sealed(&vault);
        assert!(Link::open(&Vault::from_bytes([2; 32]), &token).is_none());
        assert!(Link::open(&vault, &vault.seal_link("another purpose", b"x")).is_none());
        assert!(Link::open(&vault, &vault.seal_link(PURPOSE, b"too short")).is_none());
        for at in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert!(Link::open(&vault, std::str::from_utf8(&other).unwrap()).is_none(), "{at}");
        }
        for forged in ["", "x", "مفتاح", &token[1..], &token[..token.len() - 1]] {
            assert!(Link::open(&vault, forged).is_none(), "{forged}");
        }
    }
}
