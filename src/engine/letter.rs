//! A letter as its provider brought it, read in its turn.

use chrono::Duration;

use super::Engine;
use super::apply::Applied;
use super::failed::Failed;
use super::sealed::outbox_place;
use super::turn::address_of;
use super::written::Written;
use crate::channel::{self, Channel, Heard, Press, keyboard};
use crate::dialogue::{Event, Sent};
use crate::message::{Body, ChannelId, ChoiceToken, Part, Refusal};
use crate::store::inbox::Waiting;
use crate::store::{self, Tx};
use crate::vault::PersonKey;

/// A group that was told to write in private is not told again for so long.
const GROUP_QUIET: Duration = Duration::hours(1);

/// What reading a letter leads to.
pub(super) enum Read {
    /// A step of the conversation.
    Event(Event),
    /// Nothing but what was done already.
    Done(Applied),
}

impl Engine {
    pub(super) fn channel(&self, name: &str) -> Result<&dyn Channel, Failed> {
        let channel = self.inner.channels.get(&ChannelId::new(name));
        channel.map(|channel| &**channel).ok_or(Failed::Absent("the channel"))
    }

    /// Reads a letter. What is no step of the conversation is done here, in the transaction of the turn.
    pub(super) async fn read_letter(
        &self,
        tx: &mut Tx,
        waiting: &Waiting,
        key: &PersonKey,
        raw: &[u8],
        written: &mut Written,
    ) -> Result<Read, Failed> {
        let now = self.now();
        let heard = match self.channel(&waiting.channel)?.decode(raw) {
            Ok(heard) => heard,
            Err(unreadable) => Heard::Nothing(unreadable.0),
        };
        let mut applied = Applied::default();
        match heard {
            Heard::Said(said) => {
                let channel::Said { body, message, wish } = *said;
                return Ok(Read::Event(sent(Sent { body, message, wish, caption: None, album: None })));
            }
            Heard::File(file) => {
                if self.keeps_out_files(tx, waiting, key).await? {
                    return Ok(Read::Event(of_file(Body::Refused(Refusal::NotHere), *file)));
                }
                let limit = self.inner.config.documents.max_bytes;
                if file.size.is_some_and(|size| size > limit) {
                    return Ok(Read::Event(of_file(Body::Refused(Refusal::TooLarge(limit)), *file)));
                }
                store::inbox::await_file(tx, waiting.seq, now).await?;
                return Ok(Read::Done(Applied { to_fetch: true, ..applied }));
            }
            Heard::Pressed { message, press } => {
                match self.pressed(tx, waiting, key, &message, &press, written).await? {
                    Read::Event(event) => return Ok(Read::Event(event)),
                    Read::Done(drawn) => applied = drawn,
                }
            }
            Heard::Left => {
                store::person::reachable(tx, &address_of(waiting), Some(now)).await?;
            }
            // Whoever writes from an address is reachable there, and this came from it.
            Heard::Returned => {}
            // What was held for them left when they were heard; where nothing was, they want to go on.
            Heard::Opened => {
                if !store::outbox::waits(tx, waiting.person).await? {
                    return Ok(Read::Event(Event::Said(Body::Start { hint: None })));
                }
            }
            Heard::Allowed(allowed) => {
                store::person::allow(tx, &address_of(waiting), allowed.then_some(now)).await?;
            }
            Heard::Group => {
                if !store::outbox::was_told_since(tx, waiting.person, now.minus(GROUP_QUIET)).await? {
                    applied = self.say_alone(waiting, "group", now, written)?;
                }
            }
            Heard::Moved(to) => store::person::moved(tx, waiting.person, &address_of(waiting), &to).await?,
            Heard::Nothing(reason) => {
                store::inbox::pass_over(tx, waiting.seq, reason, now).await?;
                return Ok(Read::Done(applied));
            }
        }
        written.done(waiting.seq);
        Ok(Read::Done(applied))
    }

    /// A key that changes only its keyboard, until ticking is over: then what is ticked is said.
    async fn pressed(
        &self,
        tx: &mut Tx,
        waiting: &Waiting,
        key: &PersonKey,
        message: &str,
        press: &Press,
        written: &mut Written,
    ) -> Result<Read, Failed> {
        let Some(stored) = store::outbox::sent_as(tx, waiting.person, message).await? else {
            // A keyboard that we know nothing of: as a button that belonged to an earlier question.
            return Ok(Read::Event(said(Body::Choice(ChoiceToken("".into())), message)));
        };
        let place = outbox_place(&stored.id);
        let mut part: Part = serde_json::from_slice(&key.open(&place, &stored.body)?)?;
        if *press == Press::Done {
            let ticked = part.board.and_then(|board| board.ticked).unwrap_or_default();
            return Ok(Read::Event(said(Body::Choices(ticked.into_iter().collect()), message)));
        }
        if !keyboard::press(&mut part, press) {
            return Ok(Read::Done(Applied::default()));
        }
        store::outbox::redrawn(tx, &stored.id, &key.seal(&place, &serde_json::to_vec(&part)?)).await?;
        if let Some(board) = &mut part.board {
            board.at = Some(message.into());
        }
        Ok(Read::Done(self.redraw(waiting, key, &part, written)?))
    }
}

fn sent(sent: Sent) -> Event {
    Event::Sent(Box::new(sent))
}

fn said(body: Body, message: &str) -> Event {
    sent(Sent { body, message: Some(message.into()), caption: None, album: None, wish: None })
}

/// What became of a file, with what came along with it.
pub(super) fn of_file(body: Body, file: channel::File) -> Event {
    let channel::File { message, caption, album, .. } = file;
    sent(Sent { body, message, caption, album, wish: None })
}
