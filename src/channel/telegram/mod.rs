//! Telegram, by its Bot API (<https://core.telegram.org/bots/api>).
//!
//! | file | what it does |
//! |---|---|
//! | `api` | one call each, and what its failure means |
//! | `sort` | whose an update is |
//! | `decode` | what it means |
//! | `draw` | a part as a message with its keyboard |
//! | `opening` | webhook or polling; the bot's name and commands in each language; what `wasl doctor` tells |

mod api;
mod decode;
mod draw;
mod opening;
mod sort;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use subtle::ConstantTimeEq;
use teloxide::payloads::{AnswerCallbackQuery, EditMessageReplyMarkup, GetFile, SendChatAction};
use teloxide::requests::Payload;
use teloxide::types::{ChatAction, ChatId, FileId, MessageId};

use self::api::{Api, CallError};
use self::draw::Call;
use super::{
    BoxFuture, Capabilities, Channel, Delivery, Examined, FetchError, File, Heard, Ingress, Introduction,
    Pace, Pulled, Repeat, SendError, Sent, Shares, Sorted, Unreadable,
};
use crate::config::{Secret, TelegramMode};
use crate::message::{Address, ChannelId, OutboxId, Part};

/// The name of this channel.
pub const NAME: &str = "telegram";
/// How many choices a keyboard shows at once.
const PAGE: usize = 8;
/// The header that a webhook's secret comes in.
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// The largest file that the Bot API hands out, in bytes.
const MAX_FILE: u64 = 20 * 1024 * 1024;
/// How long one question for updates stays open, in seconds.
const POLL_SECONDS: u32 = 25;

/// The channel `telegram`.
pub struct Telegram {
    id: ChannelId,
    can: Capabilities,
    pace: Pace,
    api: Api,
    mode: TelegramMode,
    secret: Secret,
}

impl Telegram {
    /// The channel as the settings open it.
    ///
    /// # Errors
    /// When this machine has no TLS to offer.
    pub fn new(settings: &crate::config::Telegram) -> Result<Self, reqwest::Error> {
        let can = Capabilities {
            delivery: Delivery::Send,
            // 4,096 after entities are parsed; ours have none.
            text: 4096,
            buttons: 90,
            button_label: 60,
            repeat: Repeat::Doubles,
            page: Some(PAGE),
            shares: Shares::NumberAndPlace,
            ticks: true,
            opens: false,
            costs: false,
            window: None,
            private: false,
        };
        Ok(Telegram {
            id: ChannelId::new(NAME),
            can,
            pace: Pace {
                a_second: settings.messages_per_second,
                a_person_second: settings.messages_per_person_second,
                at_once: settings.sends_at_once,
            },
            api: Api::new(&settings.api_base, settings.token.clone())?,
            mode: settings.mode.unwrap_or(TelegramMode::Polling),
            secret: settings.webhook_secret.clone(),
        })
    }
}

/// Asks for updates. teloxide's own payload holds the offset in 32 bits, which the Bot API does not promise.
#[derive(serde::Serialize)]
struct GetUpdates {
    offset: Option<i64>,
    timeout: u32,
    allowed_updates: [&'static str; 4],
}

impl Payload for GetUpdates {
    type Output = Vec<Box<RawValue>>;
    const NAME: &'static str = "GetUpdates";
    fn timeout_hint(&self) -> Option<std::time::Duration> {
        Some(std::time::Duration::from_secs(self.timeout.into()))
    }
}

/// What is read of a message that was sent.
#[derive(Deserialize)]
struct Placed {
    message_id: i64,
}

/// What is read of a file that can be fetched.
#[derive(Deserialize)]
struct Fetchable {
    file_path: Option<String>,
    file_size: Option<u64>,
}

impl Channel for Telegram {
    fn id(&self) -> &ChannelId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.can
    }

    fn pace(&self) -> Pace {
        self.pace
    }

    fn ingress(&self) -> Ingress {
        match self.mode {
            TelegramMode::Webhook => Ingress::Webhook,
            TelegramMode::Polling => Ingress::Pull,
        }
    }

    fn verify(&self, headers: &HeaderMap, _raw: &[u8]) -> bool {
        let given = headers.get(SECRET_HEADER).map(|value| value.as_bytes()).unwrap_or_default();
        // Without a secret of ours nothing fits, not even an empty one.
        !self.secret.is_empty() && bool::from(given.ct_eq(self.secret.reveal().as_bytes()))
    }

    fn sort(&self, raw: &[u8]) -> Result<Vec<Sorted>, Unreadable> {
        sort::sort(&self.id, self.api.bot(), raw)
    }

    fn decode(&self, raw: &[u8]) -> Result<Heard, Unreadable> {
        decode::decode(&self.id, raw)
    }

    fn pull<'a>(&'a self, cursor: Option<&'a str>) -> BoxFuture<'a, Result<Pulled, SendError>> {
        Box::pin(async move {
            let offset = cursor.and_then(|cursor| cursor.parse().ok());
            let ask = GetUpdates { offset, timeout: POLL_SECONDS, allowed_updates: sort::WANTED };
            let updates: Vec<Box<RawValue>> = self.api.call(&ask).await.map_err(CallError::of_a_send)?;
            let raw: Vec<Bytes> = updates
                .into_iter()
                .map(|update| Bytes::from(Box::<str>::from(update).into_string()))
                .collect();
            let last = raw.iter().filter_map(|update| sort::number(update)).max();
            Ok(Pulled { raw, cursor: last.map(|last| (last + 1).to_string()) })
        })
    }

    fn send<'a>(
        &'a self,
        to: &'a Address,
        part: &'a Part,
        _key: &'a OutboxId,
    ) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(async move {
            let chat = chat(to)?;
            let (sent, at) = match draw::draw(chat, part) {
                Call::Send(message) => (self.api.call::<_, Placed>(&*message).await, None),
                Call::Edit(edit) => (self.api.call::<_, Placed>(&*edit).await, Some(edit.message_id.0)),
            };
            match (sent, at) {
                (Ok(placed), _) => Ok(Sent { provider_id: placed.message_id.to_string() }),
                // It looks so already, or the person deleted it: nothing is left to draw.
                (Err(refused), Some(at)) if is_drawn(&refused) => Ok(Sent { provider_id: at.to_string() }),
                (Err(error), _) => Err(error.of_a_send()),
            }
        })
    }

    fn fetch<'a>(&'a self, file: &'a File, limit: u64) -> BoxFuture<'a, Result<Bytes, FetchError>> {
        Box::pin(async move {
            let limit = limit.min(MAX_FILE);
            if file.size.is_some_and(|size| size > limit) {
                return Err(FetchError::TooLarge);
            }
            let ask = GetFile::new(FileId(file.handle.to_string()));
            let found: Fetchable = self.api.call(&ask).await.map_err(|error| match error {
                refused if refused.says("file is too big") => FetchError::TooLarge,
                CallError::Refused { code: 400, .. } => FetchError::Never,
                _ => FetchError::Later,
            })?;
            if found.file_size.is_some_and(|size| size > limit) {
                return Err(FetchError::TooLarge);
            }
            let path = found.file_path.filter(|path| is_plain(path)).ok_or(FetchError::Never)?;
            self.api.file(&path, limit).await
        })
    }

    fn acknowledge<'a>(&'a self, raw: &'a [u8]) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            #[derive(Deserialize)]
            struct Pressed {
                callback_query: Option<Query>,
            }
            #[derive(Deserialize)]
            struct Query {
                id: String,
            }
            let Ok(Pressed { callback_query: Some(query) }) = serde_json::from_slice(raw) else { return };
            let answer = AnswerCallbackQuery::new(teloxide::types::CallbackQueryId(query.id));
            // One that came too late is refused; the spinner is gone by then.
            let _: Result<bool, CallError> = self.api.call(&answer).await;
        })
    }

    fn typing<'a>(&'a self, to: &'a Address) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let Ok(chat) = chat(to) else { return };
            // Nothing is lost when it is not shown.
            let _: Result<bool, CallError> =
                self.api.call(&SendChatAction::new(chat, ChatAction::Typing)).await;
        })
    }

    fn strip<'a>(&'a self, to: &'a Address, message: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let (Ok(chat), Ok(id)) = (chat(to), message.parse()) else { return };
            // A keyboard that stays does no harm: its old buttons are answered kindly.
            let _: Result<Placed, CallError> =
                self.api.call(&EditMessageReplyMarkup::new(chat, MessageId(id))).await;
        })
    }

    fn open<'a>(&'a self, public_url: &'a str) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(self.open_line(public_url))
    }

    fn introduce<'a>(&'a self, to: &'a [Introduction]) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(self.introduce_all(to))
    }

    fn examine<'a>(&'a self, _public_url: &'a str) -> BoxFuture<'a, Vec<Examined>> {
        Box::pin(self.look())
    }
}

fn chat(to: &Address) -> Result<ChatId, SendError> {
    let never = |_| SendError::Never { cause: "the address is no chat's number".into() };
    to.path.parse().map(ChatId).map_err(never)
}

/// Whether an edit was refused because there is nothing left to draw.
fn is_drawn(refused: &CallError) -> bool {
    ["message is not modified", "message to edit not found", "message can't be edited", "message_id_invalid"]
        .iter()
        .any(|words| refused.says(words))
}

/// Whether a file's path stays below where it is joined to.
fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|piece| !piece.is_empty() && piece != "." && piece != "..")
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'.'))
}
