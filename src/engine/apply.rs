//! Effects become rows, in the transaction of their step.

use super::Engine;
use super::failed::Failed;
use super::sealed::outbox_place;
use super::turn::address_of;
use super::written::{Said, Written};
use crate::channel::render::render;
use crate::channel::{Capabilities, Delivery, keyboard};
use crate::dialogue::{Conversation, Effect, Purpose as SessionPurpose, Reason, Timer};
use crate::form::FormRef;
use crate::message::{
    Address, Board, ChannelId, EventId, Locale, OutboxId, Part, PersonId, Prompt, Purpose, Speaker,
};
use crate::store::consent::NewConsent;
use crate::store::inbox::Waiting;
use crate::store::outbox::NewState;
use crate::store::task::TaskKind;
use crate::store::{self, Tx};
use crate::time::Timestamp;
use crate::vault::PersonKey;

/// A reminder or a survey's question that could not be delivered for so long is dropped rather than sent late.
const BULK_DAYS: u32 = 3;

/// The purpose of a row that draws the keyboard of an earlier part anew: no line of a transcript.
const REDRAW: &str = "redraw";

/// What a turn works with.
pub(super) struct Turn<'a> {
    pub event: EventId,
    pub person: PersonId,
    pub key: &'a PersonKey,
    pub address: &'a Address,
    pub now: Timestamp,
    /// Whether what is said here belongs to a complaint.
    pub private: bool,
}

/// What the commit leads to.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// A part waits to be sent.
    pub queued: bool,
    /// A file waits to be fetched.
    pub to_fetch: bool,
    /// Stored papers that nothing refers to any more, to be deleted after the commit.
    pub orphans: Vec<String>,
}

impl Applied {
    pub(super) fn join(&mut self, other: Applied) {
        self.queued |= other.queued;
        self.to_fetch |= other.to_fetch;
        self.orphans.extend(other.orphans);
    }
}

/// The rows one event has written so far: outbox ids are counted, never drawn.
struct Writer<'w> {
    n: usize,
    applied: Applied,
    written: &'w mut Written,
}

impl Engine {
    /// Applies the effects in order; what every turn writes is collected in `written`.
    pub(super) async fn apply(
        &self,
        tx: &mut Tx,
        turn: &Turn<'_>,
        conversation: &Conversation,
        effects: Vec<Effect>,
        written: &mut Written,
    ) -> Result<Applied, Failed> {
        let mut writer = Writer { n: 0, applied: Applied::default(), written };
        let can = self.capabilities(&turn.address.channel)?;
        let effects = if can.costs { joined(effects, can.text) } else { effects };
        for effect in effects {
            self.apply_one(tx, turn, conversation, &mut writer, effect).await?;
        }
        Ok(writer.applied)
    }

    async fn apply_one(
        &self,
        tx: &mut Tx,
        turn: &Turn<'_>,
        conversation: &Conversation,
        writer: &mut Writer<'_>,
        effect: Effect,
    ) -> Result<(), Failed> {
        let Turn { person, now, .. } = *turn;
        match effect {
            Effect::Heard(text) => self.write_heard(turn, conversation, writer, text)?,
            Effect::Forget => store::inbox::emptied(tx, turn.event).await?,
            Effect::Say(prompt, speaker) => self.write_prompt(turn, writer, &prompt, speaker)?,
            Effect::Arm(timer, due) => writer.written.set_timer(person, timer_text(&timer)?, Some(due)),
            Effect::Disarm(timer) => writer.written.set_timer(person, timer_text(&timer)?, None),
            Effect::Consented { given, version, locale, wording } => {
                let (locale, channel) = (locale.as_str(), turn.address.channel.as_str());
                let (version, wording) = (version.as_str(), wording.as_str());
                let consent = NewConsent { person, given, version, locale, channel, wording, at: now };
                store::consent::put(tx, &consent).await?;
            }
            Effect::Pin(reference) => self.pin(tx, turn, conversation, &reference).await?,
            Effect::Submit(submission) => self.submit(tx, turn, conversation, &submission).await?,
            Effect::Surveyed { session, case, form: _, answers, complete } => {
                self.keep_survey(tx, turn, conversation, session, case, &answers, complete).await?;
            }
            Effect::File(filed) => self.file(tx, turn, &filed).await?,
            Effect::Refer(reason) => {
                let reason = match reason {
                    Reason::Asked => "asked",
                    Reason::Stuck => "stuck",
                };
                store::conversation::human_started(tx, person, reason, now).await?;
                store::task::put_once(tx, TaskKind::PersonWanted, person, reason, now).await?;
            }
            Effect::HumanTook => {
                store::conversation::human_started(tx, person, "staff", now).await?;
                store::conversation::human_took(tx, person, now).await?;
                store::task::settle(tx, TaskKind::PersonWanted, person, now).await?;
            }
            Effect::HumanEnded => {
                store::conversation::human_ended(tx, person, now).await?;
                store::task::settle(tx, TaskKind::PersonWanted, person, now).await?;
            }
            Effect::Discard(_) => {
                let orphans = self.discard_papers(tx, person, conversation, now).await?;
                writer.applied.orphans.extend(orphans);
            }
            Effect::OfferedWay => self.offer_way(tx, person).await?,
            Effect::Withdraw(case) => self.withdraw(tx, person, case, now).await?,
            Effect::Allowed { given, version, wording } => {
                let locale = conversation.locale.as_ref().map_or("", |locale| locale.as_str());
                let (version, wording) = (version.as_str(), wording.as_str());
                let channel = turn.address.channel.as_str();
                let consent = NewConsent { person, given, version, locale, channel, wording, at: now };
                store::consent::put(tx, &consent).await?;
                store::person::allow(tx, turn.address, given.then_some(now)).await?;
            }
            Effect::AskErasure => {
                store::task::put_once(tx, TaskKind::Erasure, person, "", now).await?;
            }
        }
        Ok(())
    }

    /// A session opened: its form's content is kept, and a survey that we asked for counts as asked.
    async fn pin(
        &self,
        tx: &mut Tx,
        turn: &Turn<'_>,
        conversation: &Conversation,
        reference: &FormRef,
    ) -> Result<(), Failed> {
        let form = self.form(tx, reference).await?;
        let source = serde_json::to_string(&form.source)?;
        store::form::pin(tx, &reference.hash, &reference.id, &source, turn.now).await?;
        let opened = conversation.session.as_ref().filter(|session| session.form == *reference);
        if let Some((session, case)) = opened.and_then(|session| match session.purpose {
            SessionPurpose::Survey { case } => Some((session.id, case)),
            _ => None,
        }) {
            store::survey::asked(tx, session, turn.person, case, turn.now).await?;
        }
        Ok(())
    }

    /// The person's own line of the transcript; nobody needs to be sent what they wrote.
    fn write_heard(
        &self,
        turn: &Turn<'_>,
        conversation: &Conversation,
        writer: &mut Writer<'_>,
        text: String,
    ) -> Result<(), Failed> {
        let locale = conversation
            .locale
            .clone()
            .unwrap_or_else(|| self.inner.config.association.default_locale.clone());
        let part = Part {
            key: "heard".into(),
            from: Speaker::You,
            locale,
            text,
            choices: Vec::new(),
            expects: None,
            purpose: Purpose::Reply,
            share: None,
            board: None,
            opens: None,
        };
        write_part(turn, writer, &part, NewState::Readable)
    }

    fn write_prompt(
        &self,
        turn: &Turn<'_>,
        writer: &mut Writer<'_>,
        prompt: &Prompt,
        speaker: Speaker,
    ) -> Result<(), Failed> {
        let can = self.capabilities(&turn.address.channel)?;
        let state = match can.delivery {
            Delivery::Read => NewState::Readable,
            Delivery::Send => NewState::Queued,
        };
        for mut part in render(prompt, speaker, can) {
            if can.opens && !part.choices.is_empty() {
                let args = crate::locale::Args::none();
                part.opens = Some(self.inner.words.label(&part.locale, "list-open", &args).into_owned());
            }
            if let Some(page) = can.page {
                part.board = self.board(&part, page);
            }
            writer.applied.queued |= state == NewState::Queued;
            write_part(turn, writer, &part, state)?;
        }
        Ok(())
    }

    /// The keyboard of a part where it is drawn anew at each press.
    fn board(&self, part: &Part, page: usize) -> Option<Board> {
        let label = |key| self.inner.words.label(&part.locale, key, &crate::locale::Args::none());
        let (done, before, after) = (label("board-done"), label("board-before"), label("board-after"));
        keyboard::board(part, page, keyboard::Labels { done: &done, before: &before, after: &after })
    }

    pub(super) fn capabilities(&self, channel: &ChannelId) -> Result<&Capabilities, Failed> {
        self.inner.channels.get(channel).map(|c| c.capabilities()).ok_or(Failed::Absent("the channel"))
    }

    /// Says one message of the catalogue to whom an event concerns, whatever their conversation waits for.
    pub(super) fn say_alone(
        &self,
        waiting: &Waiting,
        message: &str,
        now: Timestamp,
        written: &mut Written,
    ) -> Result<Applied, Failed> {
        let Some(wrapped) = &waiting.key else { return Ok(Applied::default()) };
        let key = self.inner.vault.person_key(waiting.person, wrapped)?;
        let address = address_of(waiting);
        let locale = self.locale_of(waiting, &key);
        let text = self.inner.words.say(&locale, message, &crate::locale::Args::none());
        let prompt = Prompt {
            key: message.into(),
            locale,
            text,
            choices: Vec::new(),
            expects: None,
            purpose: Purpose::Reply,
            share: None,
        };
        let turn = Turn {
            event: waiting.id,
            person: waiting.person,
            key: &key,
            address: &address,
            now,
            private: false,
        };
        let mut writer = Writer { n: 0, applied: Applied::default(), written };
        self.write_prompt(&turn, &mut writer, &prompt, Speaker::Bot)?;
        Ok(writer.applied)
    }

    /// Draws the keyboard of a part anew that was sent before.
    pub(super) fn redraw(
        &self,
        waiting: &Waiting,
        key: &PersonKey,
        part: &Part,
        written: &mut Written,
    ) -> Result<Applied, Failed> {
        let id = OutboxId::of(waiting.id, 0);
        written.say(Said {
            body: key.seal(&outbox_place(&id.0), &serde_json::to_vec(part)?),
            id,
            person: waiting.person,
            address: address_of(waiting),
            from: speaker_text(part.from),
            purpose: REDRAW,
            state: NewState::Queued,
            at: self.now(),
            not_after: None,
            private: true,
        });
        Ok(Applied { queued: true, ..Applied::default() })
    }

    fn locale_of(&self, waiting: &Waiting, key: &PersonKey) -> Locale {
        let stored = waiting.conversation.as_ref().and_then(|sealed| {
            let plain = key.open(super::sealed::CONVERSATION, sealed).ok()?;
            serde_json::from_slice::<Conversation>(&plain).ok()?.locale
        });
        stored.unwrap_or_else(|| self.inner.config.association.default_locale.clone())
    }
}

/// Where each message costs, what only tells goes together with what is said after it, as far as one message holds both.
fn joined(effects: Vec<Effect>, most: usize) -> Vec<Effect> {
    let mut joined: Vec<Effect> = Vec::with_capacity(effects.len());
    for effect in effects {
        let Effect::Say(mut prompt, speaker) = effect else {
            joined.push(effect);
            continue;
        };
        let before = joined.iter().rposition(|effect| matches!(effect, Effect::Say(..) | Effect::Heard(_)));
        if let Some(at) = before
            && let Effect::Say(told, by) = &joined[at]
            && *by == speaker
            && told.choices.is_empty()
            && told.expects.is_none()
            && told.locale == prompt.locale
            && told.purpose == prompt.purpose
        {
            let text = format!("{}\n\n{}", told.text, prompt.text);
            if text.encode_utf16().count() <= most {
                prompt.text = text;
                joined.remove(at);
            }
        }
        joined.push(Effect::Say(prompt, speaker));
    }
    joined
}

fn write_part(turn: &Turn<'_>, writer: &mut Writer<'_>, part: &Part, state: NewState) -> Result<(), Failed> {
    let drawn = if crate::mutant::is("outbox_id_drawn") { turn.now.micros() as usize } else { 0 };
    let id = OutboxId::of(turn.event, writer.n + drawn);
    writer.n += 1;
    let body = turn.key.seal(&outbox_place(&id.0), &serde_json::to_vec(part)?);
    let not_after = match part.purpose {
        Purpose::Reply | Purpose::Notice => None,
        Purpose::Reminder | Purpose::Survey => Some(turn.now.plus_days(BULK_DAYS)),
    };
    writer.written.say(Said {
        id,
        person: turn.person,
        address: turn.address.clone(),
        from: speaker_text(part.from),
        purpose: purpose_text(part.purpose),
        body,
        state,
        at: turn.now,
        not_after,
        // What staff writes is no part of a complaint, whatever stands open beside it.
        private: turn.private && part.from != Speaker::Staff,
    });
    Ok(())
}

pub(super) fn timer_text(timer: &Timer) -> Result<String, serde_json::Error> {
    serde_json::to_string(timer)
}

pub(super) fn speaker_text(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Bot => "bot",
        Speaker::Staff => "staff",
        Speaker::You => "you",
    }
}

pub(super) fn purpose_text(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Reply => "reply",
        Purpose::Notice => "notice",
        Purpose::Reminder => "reminder",
        Purpose::Survey => "survey",
    }
}
