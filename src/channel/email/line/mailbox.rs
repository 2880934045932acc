//! What came to the mailbox, in the order in which it came. Who reads it in another program changes nothing here: a cursor
//! is kept, and no mark of the mailbox (`\Seen`) is looked at.

use std::fmt;
use std::time::Duration;

use async_imap::types::Uid;
use bytes::Bytes;
use futures_util::TryStreamExt;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::imap::{self, Open, broke, later};
use super::largest;
use crate::channel::email::limits::HEADER;
use crate::channel::email::sort::TOO_LARGE;
use crate::channel::{Pulled, SendError};
use crate::config::{Email as Settings, MailServer};
use crate::time::{Clock as _, SystemClock};

/// How long a session takes to open, and one question to answer: together less than a server that asks keeps others away.
const OPEN: Duration = Duration::from_secs(15);
const QUESTION: Duration = Duration::from_secs(65);
/// How long to wait for a mail before it is looked for again, whatever the server told meanwhile.
const IDLE: Duration = Duration::from_secs(45);
/// The same with servers that tell nothing.
const POLL: Duration = Duration::from_secs(15);
/// The most mails, and about the most bytes of them, that one question brings.
const MAILS: usize = 50;
const BYTES: u64 = 30 * 1024 * 1024;
/// How far back to look in a mailbox that was made anew, in days. What was had before is known by what it says.
const LOOK_BACK: i64 = 7;

/// Where reading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    /// Which making of the mailbox the numbers belong to (UIDVALIDITY).
    validity: u32,
    /// The first mail that is ours to put away: what lay there before wasl stays.
    first: Uid,
    /// The last mail that was had.
    last: Uid,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.validity, self.first, self.last)
    }
}

impl Cursor {
    fn parse(text: &str) -> Option<Cursor> {
        let numbers: Vec<u32> = text.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
        let [validity, first, last] = numbers[..] else { return None };
        Some(Cursor { validity, first, last })
    }
}

/// The mailbox, and the session with it while there is one.
pub(super) struct Mailbox {
    server: MailServer,
    name: String,
    processed: String,
    largest: u64,
    line: Mutex<Option<Line>>,
}

/// A session that stands in the mailbox.
struct Line {
    session: Open,
    validity: u32,
    /// The number that the next mail gets.
    next: Uid,
    idles: bool,
    putting: Putting,
    /// Whether something that was had may still lie there.
    unput: bool,
}

/// How what was had is put away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Putting {
    /// RFC 6851.
    Move,
    /// RFC 4315.
    CopyAndExpunge,
    /// Not at all: it stays.
    Nowhere,
}

impl Mailbox {
    pub(super) fn new(settings: &Settings) -> Mailbox {
        Mailbox {
            server: settings.imap.clone(),
            name: settings.mailbox.clone(),
            processed: settings.processed.clone(),
            largest: largest(settings),
            line: Mutex::new(None),
        }
    }

    /// What came after `cursor`; waits a while for it.
    ///
    /// # Errors
    /// When the mailbox cannot be asked; what came is there when it is asked again.
    pub(super) async fn ask(&self, cursor: Option<&str>) -> Result<Pulled, SendError> {
        let mut kept = self.line.lock().await;
        let mut line = match kept.take() {
            Some(line) => line,
            None => timeout(OPEN, self.open())
                .await
                .map_err(|_| later("the mail server did not answer in time"))??,
        };
        let answer = timeout(QUESTION, async {
            let pulled = self.read(&mut line, cursor.and_then(Cursor::parse)).await?;
            let line =
                if pulled.raw.is_empty() && pulled.cursor.is_none() { line.wait().await? } else { line };
            Ok::<_, SendError>((line, pulled))
        });
        // A session whose question failed is not asked again: nobody knows which answer comes next.
        let (line, pulled) = answer.await.map_err(|_| later("the mail server did not answer in time"))??;
        *kept = Some(line);
        Ok(pulled)
    }

    async fn open(&self) -> Result<Line, SendError> {
        let mut session = imap::open(&self.server).await.map_err(imap::NotOpen::of_a_pull)?;
        let can = session.capabilities().await.map_err(|error| broke(&error))?;
        let putting = match () {
            () if self.processed.is_empty() => Putting::Nowhere,
            () if can.has_str("MOVE") => Putting::Move,
            () if can.has_str("UIDPLUS") => Putting::CopyAndExpunge,
            () => Putting::Nowhere,
        };
        let idles = can.has_str("IDLE");
        if putting != Putting::Nowhere {
            // Refused where it is there already.
            let _: Result<(), _> = session.create(&self.processed).await;
        }
        let mailbox = session.select(&self.name).await.map_err(|error| match error {
            async_imap::error::Error::No(_) => {
                SendError::Broken { cause: "there is no such folder as channel.email.mailbox".into() }
            }
            error => broke(&error),
        })?;
        let (Some(validity), Some(next)) = (mailbox.uid_validity, mailbox.uid_next) else {
            return Err(SendError::Broken {
                cause: "the mail server does not number its mails (UIDNEXT)".into(),
            });
        };
        Ok(Line { session, validity, next, idles, putting, unput: true })
    }

    async fn read(&self, line: &mut Line, cursor: Option<Cursor>) -> Result<Pulled, SendError> {
        let known = cursor.filter(|cursor| cursor.validity == line.validity);
        let at = match (known, cursor) {
            (Some(at), _) => at,
            (None, None) => {
                let begin =
                    Cursor { validity: line.validity, first: line.next, last: line.next.saturating_sub(1) };
                return Ok(Pulled { raw: Vec::new(), cursor: Some(begin.to_string()) });
            }
            (None, Some(_)) => line.made_anew().await.map_err(|error| broke(&error))?,
        };
        if line.unput {
            line.put_away(at, &self.processed).await?;
        }
        let (raw, last) = line.after(at.last, self.largest).await.map_err(|error| broke(&error))?;
        line.unput = last > at.last;
        let moved = last > at.last || known.is_none();
        Ok(Pulled { raw, cursor: moved.then(|| Cursor { last, ..at }.to_string()) })
    }
}

type Answer<T> = Result<T, async_imap::error::Error>;

impl Line {
    /// Where to begin in a mailbox that was made anew: the numbers that were known say nothing now.
    async fn made_anew(&mut self) -> Answer<Cursor> {
        // By the mail server's clock, which no test moves.
        let since = SystemClock.now().utc() - chrono::Duration::days(LOOK_BACK);
        let lately = self.session.uid_search(format!("SINCE {}", since.format("%d-%b-%Y"))).await?;
        let first = lately.into_iter().min().unwrap_or(self.next);
        Ok(Cursor { validity: self.validity, first, last: first.saturating_sub(1) })
    }

    /// The mails after `last`, the oldest first, as far as one question goes; and the number of the newest among them.
    async fn after(&mut self, last: Uid, largest: u64) -> Answer<(Vec<Bytes>, Uid)> {
        let range = format!("{}:*", last.saturating_add(1));
        let sizes: Vec<_> = self.session.uid_fetch(range, "(UID RFC822.SIZE)").await?.try_collect().await?;
        // A range that ends with the newest holds the newest, however it begins.
        let sizes = sizes.iter().filter_map(|mail| Some((mail.uid?, u64::from(mail.size?))));
        let mut found: Vec<(Uid, u64)> = sizes.filter(|(uid, _)| *uid > last).collect();
        found.sort_unstable();
        let (mut raw, mut last, mut bytes) = (Vec::new(), last, 0);
        for (uid, size) in found.into_iter().take(MAILS) {
            let taken = size.min(largest);
            if bytes > 0 && bytes + taken > BYTES {
                break;
            }
            bytes += taken;
            // One that somebody moved away meanwhile is theirs.
            raw.extend(self.fetch(uid, size, largest).await?);
            last = uid;
        }
        Ok((raw, last))
    }

    /// A mail; of one that is too large, its header after a line of ours.
    async fn fetch(&mut self, uid: Uid, size: u64, largest: u64) -> Answer<Option<Bytes>> {
        // Asked for one byte more than is taken: whether there is more is not left to what the server says of its size.
        let what =
            format!("(UID BODY.PEEK[]<0.{}>)", if size > largest { HEADER as u64 } else { largest + 1 });
        let mails: Vec<_> = self.session.uid_fetch(uid.to_string(), what).await?.try_collect().await?;
        let body = mails.iter().filter(|mail| mail.uid == Some(uid)).find_map(|mail| mail.body());
        let Some(body) = body else { return Ok(None) };
        if size.max(body.len() as u64) <= largest {
            return Ok(Some(Bytes::copy_from_slice(body)));
        }
        let header = body.windows(4).position(|four| four == b"\r\n\r\n").map_or(body.len(), |at| at + 4);
        Ok(Some([TOO_LARGE, &body[..header]].concat().into()))
    }

    /// Puts away what was had. That it cannot be is no reason to read no further.
    async fn put_away(&mut self, at: Cursor, processed: &str) -> Result<(), SendError> {
        if self.putting == Putting::Nowhere || at.first > at.last {
            return Ok(());
        }
        let had = self.session.uid_search(format!("UID {}:{}", at.first, at.last)).await;
        let had = had.map_err(|error| broke(&error))?;
        if had.is_empty() {
            return Ok(());
        }
        let set = had.iter().map(Uid::to_string).collect::<Vec<_>>().join(",");
        match self.put(&set, processed).await {
            Ok(()) => Ok(()),
            Err(async_imap::error::Error::No(_) | async_imap::error::Error::Bad(_)) => {
                tracing::warn!(
                    folder = processed,
                    "read mails stay where they are, for the mail server does not move them"
                );
                self.putting = Putting::Nowhere;
                Ok(())
            }
            Err(error) => Err(broke(&error)),
        }
    }

    async fn put(&mut self, set: &str, processed: &str) -> Answer<()> {
        if self.putting == Putting::Move {
            return self.session.uid_mv(set, processed).await;
        }
        self.session.uid_copy(set, processed).await?;
        self.session.uid_store(set, "+FLAGS.SILENT (\\Deleted)").await?.try_collect::<Vec<_>>().await?;
        self.session.uid_expunge(set).await?.try_collect::<Vec<_>>().await?;
        Ok(())
    }

    /// Until the server tells of something, or long enough.
    async fn wait(self) -> Result<Line, SendError> {
        let Line { session, validity, next, idles, putting, unput } = self;
        let session = if idles {
            let mut idle = session.idle();
            idle.init().await.map_err(|error| broke(&error))?;
            {
                let (told, _interrupt) = idle.wait_with_timeout(IDLE);
                // Its own bound begins anew with every word of the server; ours does not.
                if let Ok(told) = timeout(IDLE, told).await {
                    told.map_err(|error| broke(&error))?;
                }
            }
            idle.done().await.map_err(|error| broke(&error))?
        } else {
            tokio::time::sleep(POLL).await;
            session
        };
        Ok(Line { session, validity, next, idles, putting, unput })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let at = Cursor { validity: u32::MAX, first: 1, last: 0 };
        assert_eq!(Cursor::parse(&at.to_string()), Some(at));
        for other in ["", "1", "1 2", "1 2 3 4", "1 2 x", "-1 2 3"] {
            assert_eq!(Cursor::parse(other), None, "{other}");
        }
    }
}
