//! The terminal of `wasl talk`: parts go into a queue that the command prints.

use tokio::sync::mpsc;

use super::{BoxFuture, Capabilities, Channel, Delivery, Repeat, SendError, Sent, Shares};
use crate::message::{Address, ChannelId, OutboxId, Part};

/// The channel `terminal`.
pub struct Terminal {
    id: ChannelId,
    can: Capabilities,
    parts: mpsc::Sender<Part>,
}

impl Terminal {
    /// A terminal that prints what it takes out of the other end of `parts`.
    pub fn new(parts: mpsc::Sender<Part>) -> Self {
        Terminal {
            id: ChannelId::new("terminal"),
            can: Capabilities {
                delivery: Delivery::Send,
                text: 16_384,
                buttons: 200,
                button_label: 200,
                repeat: Repeat::Doubles,
                page: None,
                shares: Shares::Nothing,
                ticks: true,
                opens: false,
                costs: false,
                window: None,
                private: true,
            },
            parts,
        }
    }
}

impl Channel for Terminal {
    fn id(&self) -> &ChannelId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.can
    }

    /// Waits for room in the queue; [`SendError::Gone`] when nobody prints any more.
    fn send<'a>(
        &'a self,
        _to: &'a Address,
        part: &'a Part,
        key: &'a OutboxId,
    ) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(async move {
            self.parts.send(part.clone()).await.map_err(|_| SendError::Gone)?;
            Ok(Sent { provider_id: key.0.clone() })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Locale, Purpose, Speaker};

    #[tokio::test]
    async fn what_is_sent_comes_out_until_nobody_listens() {
        let (sender, mut printed) = mpsc::channel(1);
        let terminal = Terminal::new(sender);
        let to = Address { channel: terminal.id().clone(), path: "me".into() };
        let part = Part {
            key: "greeting".into(),
            from: Speaker::Bot,
            locale: Locale::parse("en").unwrap(),
            text: "Peace.".into(),
            choices: Vec::new(),
            expects: None,
            purpose: Purpose::Reply,
            share: None,
            board: None,
            opens: None,
        };
        let key = OutboxId("e/0".into());
        assert_eq!(terminal.send(&to, &part, &key).await, Ok(Sent { provider_id: "e/0".into() }));
        assert_eq!(printed.recv().await, Some(part.clone()));
        drop(printed);
        assert_eq!(terminal.send(&to, &part, &key).await, Err(SendError::Gone));
    }
}
