//! One person in several chats: the code that was given in one is sent in another, which is theirs from then on.

use super::Engine;
use super::apply::Applied;
use super::failed::Failed;
use super::sealed::{CONVERSATION, outbox_place};
use super::turn::address_of;
use super::written::{Said, Written};
use crate::dialogue::{Conversation, Event, Sent};
use crate::locale::Args;
use crate::message::{
    Address, Body, ChannelId, OutboxId, Part, PersonId, Purpose, Speaker, code_of, code_typed,
};
use crate::store::inbox::Waiting;
use crate::store::outbox::NewState;
use crate::store::task::TaskKind;
use crate::store::{self, Tx};
use crate::time::Timestamp;
use crate::vault::PersonKey;

/// Codes among the digests by which values are found again.
const KIND: &str = "way";
/// What is said in the chat that they come from.
const LEFT: &str = "elsewhere-left";
/// A code holds for the hour in which it is given and the next one, in microseconds.
const HOUR: i64 = 3_600_000_000;

impl Engine {
    /// The code that a person is given now.
    pub(super) fn way_code(&self, person: PersonId) -> String {
        self.way_code_of(person, self.now().micros() / HOUR)
    }

    fn way_code_of(&self, person: PersonId, hour: i64) -> String {
        code_of(self.inner.vault.code(KIND, &format!("{person}/{hour}")))
    }

    /// The code that a person was given is found again by its digest; earlier ones are over.
    pub(super) async fn offer_way(&self, tx: &mut Tx, person: PersonId) -> Result<(), Failed> {
        let digest = self.inner.vault.blind(KIND, &self.way_code(person));
        store::blind::clear(tx, KIND, person).await?;
        Ok(store::blind::put(tx, KIND, &digest, person, None).await?)
    }

    /// Makes a chat the chat of whoever was given the code that was sent in it, and lets them go on there. `None` for
    /// everything else that is said.
    pub(super) async fn comes_from_elsewhere(
        &self,
        tx: &mut Tx,
        waiting: &Waiting,
        conversation: &Conversation,
        event: &Event,
        written: &mut Written,
    ) -> Result<Option<Applied>, Failed> {
        let Some(code) = words_of(event).and_then(code_typed) else { return Ok(None) };
        let now = self.now();
        let Some(person) = self.given_to(tx, &code, now).await? else {
            if !conversation.is_new() {
                // Somebody's answer may look like a code.
                return Ok(None);
            }
            let applied = self.say_alone(waiting, "elsewhere-late", now, written)?;
            written.done(waiting.seq);
            return Ok(Some(applied));
        };
        let applied = if person == waiting.person {
            self.say_alone(waiting, "elsewhere-same", now, written)?
        } else if conversation.has_begun() {
            // What was begun here is another person's as far as we know: people bring both together, not programs.
            let other = waiting.person.to_string();
            store::task::put_once(tx, TaskKind::SamePerson, person, &other, now).await?;
            self.say_alone(waiting, "elsewhere-two", now, written)?
        } else {
            store::blind::clear(tx, KIND, person).await?;
            self.moves_in(tx, waiting, person, now, written).await?
        };
        written.done(waiting.seq);
        Ok(Some(applied))
    }

    /// Whose code it is, as long as it holds.
    async fn given_to(&self, tx: &mut Tx, code: &str, now: Timestamp) -> Result<Option<PersonId>, Failed> {
        let digest = self.inner.vault.blind(KIND, code);
        let found = store::blind::find(tx, KIND, &digest).await?.pop();
        let hour = now.micros() / HOUR;
        Ok(found.map(|(person, _)| person).filter(|person| {
            [hour, hour - 1].into_iter().any(|hour| self.way_code_of(*person, hour) == code)
        }))
    }

    async fn moves_in(
        &self,
        tx: &mut Tx,
        waiting: &Waiting,
        person: PersonId,
        now: Timestamp,
        written: &mut Written,
    ) -> Result<Applied, Failed> {
        let here = address_of(waiting);
        let there = store::person::hold(tx, person).await?.ok_or(Failed::Absent("the person"))?;
        let wrapped = there.key.as_ref().ok_or(Failed::Absent("the person's key"))?;
        let key = self.inner.vault.person_key(person, wrapped)?;
        let left = Address { channel: ChannelId::new(&there.channel), path: there.path.into() };
        let applied = self.says_goodbye(tx, waiting, person, &key, left, written).await?;
        store::person::link(tx, person, &here).await?;
        store::person::touch(tx, person, &here).await?;
        self.tell(tx, person, &key, "came", &format!("came:{}", waiting.id), &Event::Came, now).await?;
        self.entered();
        Ok(applied)
    }

    /// Tells them where they were: whoever was robbed of a code must hear of it. A page shows the new chat's lines anyway.
    async fn says_goodbye(
        &self,
        tx: &mut Tx,
        waiting: &Waiting,
        person: PersonId,
        key: &PersonKey,
        left: Address,
        written: &mut Written,
    ) -> Result<Applied, Failed> {
        if !self.senders().any(|sender| *sender.id() == left.channel) {
            return Ok(Applied::default());
        }
        let conversation = store::conversation::load(tx, person).await?;
        let locale = match conversation {
            Some((sealed, _)) => {
                serde_json::from_slice::<Conversation>(&key.open(CONVERSATION, &sealed)?)?.locale
            }
            None => None,
        };
        let locale = locale.unwrap_or_else(|| self.inner.config.association.default_locale.clone());
        let part = Part {
            key: LEFT.into(),
            from: Speaker::Bot,
            text: self.inner.words.say(&locale, LEFT, &Args::none()),
            locale,
            choices: Vec::new(),
            expects: None,
            purpose: Purpose::Notice,
            share: None,
            board: None,
            opens: None,
        };
        let id = OutboxId(format!("{}/left", waiting.id));
        written.say(Said {
            body: key.seal(&outbox_place(&id.0), &serde_json::to_vec(&part)?),
            id,
            person,
            address: left,
            from: "bot",
            purpose: "notice",
            state: NewState::Queued,
            at: self.now(),
            not_after: None,
            private: false,
        });
        Ok(Applied { queued: true, ..Applied::default() })
    }
}

/// The words that were sent, if it was words.
fn words_of(event: &Event) -> Option<&str> {
    match event {
        Event::Said(Body::Text(text)) => Some(text),
        Event::Sent(sent) => match &**sent {
            Sent { body: Body::Text(text), .. } => Some(text),
            _ => None,
        },
        _ => None,
    }
}
