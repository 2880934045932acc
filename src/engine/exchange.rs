//! What servers on one database tell each other, so that none waits for its next look: that something came in, that
//! something is to be sent, that somebody has new lines. Only a nudge: whoever misses it looks again by itself.

use std::fmt::Write as _;

use tokio::sync::mpsc;

use super::Engine;
use crate::message::PersonId;
use crate::store::StoreError;

/// How many words wait to be told; more are left out.
pub(super) const WAITING: usize = 1024;
/// How many of them are told at once: PostgreSQL takes 8000 bytes.
const TOGETHER: usize = 150;

/// A word to the other servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// There may be a turn to do.
    Turn,
    /// There may be a part to send.
    Send,
    /// There may be new lines at the address of which this is [`PersonId::of`].
    Lines(PersonId),
}

/// The words that this server tells.
pub(super) struct Exchange {
    /// Sets our own words apart from those of others.
    name: String,
    words: mpsc::Sender<Word>,
    /// Taken from by [`Engine::exchange`] alone.
    waiting: tokio::sync::Mutex<mpsc::Receiver<Word>>,
}

impl Exchange {
    pub(super) fn new() -> Exchange {
        let (words, waiting) = mpsc::channel(WAITING);
        let mut name = [0; 8];
        // Without a name of our own we hear ourselves, which only costs a look.
        let _ = getrandom::fill(&mut name);
        let name = u64::from_be_bytes(name).to_string();
        Exchange { name, words, waiting: waiting.into() }
    }

    /// This server's own name, drawn at its start.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Engine {
    /// Tells the other servers, if there may be any.
    pub(super) fn tell_others(&self, word: Word) {
        if self.inner.store.is_shared() {
            // Full: the others look by themselves before long.
            let _ = self.inner.exchange.words.try_send(word);
        }
    }

    /// Tells the other servers what happens here and hears what happens there, until the connection fails; never ends
    /// where there is only one server.
    ///
    /// # Errors
    /// When the connection fails.
    pub async fn exchange(&self) -> Result<(), StoreError> {
        let Some(mut told) = self.inner.store.listen().await? else { return std::future::pending().await };
        // What was told before we listened was missed.
        self.heard_from_others(None);
        let mut waiting = self.inner.exchange.waiting.lock().await;
        let mut words = Vec::new();
        loop {
            tokio::select! {
                told = told.next() => self.heard_from_others(told?.as_deref()),
                _ = waiting.recv_many(&mut words, TOGETHER) => {
                    self.inner.store.tell(&self.written(&words)).await?;
                    words.clear();
                }
            }
        }
    }

    fn written(&self, words: &[Word]) -> String {
        let mut text = self.inner.exchange.name.clone();
        let (turn, send) = (words.contains(&Word::Turn), words.contains(&Word::Send));
        text.push_str(if turn { " turn" } else { "" });
        text.push_str(if send { " send" } else { "" });
        for word in words {
            if let Word::Lines(person) = word {
                // Writing to a string cannot fail.
                let _ = write!(text, " {person}");
            }
        }
        text
    }

    /// `None`: something may have been missed.
    fn heard_from_others(&self, told: Option<&str>) {
        let Some(told) = told else {
            self.inner.turns.notify_one();
            return;
        };
        let mut words = told.split(' ');
        if words.next() == Some(&self.inner.exchange.name) {
            return;
        }
        for word in words {
            match word {
                "turn" | "send" => self.inner.turns.notify_one(),
                person => {
                    if let Ok(person) = person.parse() {
                        // Nobody watching is the usual case.
                        let _ = self.inner.watchers.send(person);
                    }
                }
            }
        }
    }
}
