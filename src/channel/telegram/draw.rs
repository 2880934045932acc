//! A part as a call of the Bot API. Pure. The words go as plain text: nothing in them is ever taken for markup.

use teloxide::payloads::{
    EditMessageReplyMarkup, EditMessageReplyMarkupSetters, SendMessage, SendMessageSetters,
};
use teloxide::types::{
    ButtonRequest, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, KeyboardMarkup,
    KeyboardRemove, LinkPreviewOptions, MessageId, ReplyMarkup,
};

use super::PAGE;
use crate::channel::keyboard;
use crate::message::{ExpectsKind, Part, Share};

/// A call that shows a part.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Call {
    /// A new message.
    Send(Box<SendMessage>),
    /// The keyboard of an earlier one.
    Edit(Box<EditMessageReplyMarkup>),
}

/// The call for `part` in `chat`.
pub(super) fn draw(chat: ChatId, part: &Part) -> Call {
    if let Some(at) = part.board.as_ref().and_then(|board| board.at.as_ref()) {
        // A name that is no number is none of Telegram's: it is answered as a message that is not there.
        let id = MessageId(at.parse().unwrap_or_default());
        return Call::Edit(Box::new(EditMessageReplyMarkup::new(chat, id).reply_markup(inline(part))));
    }
    let message = SendMessage::new(chat, &part.text).link_preview_options(no_preview());
    Call::Send(Box::new(message.reply_markup(markup(part))))
}

/// The keyboard under a part. One that shares something stands where the letters are typed, and so does what else can
/// be chosen there: it goes with the press. A message has one keyboard, so as long as such a one may still stand, the
/// choices take its place.
fn markup(part: &Part) -> ReplyMarkup {
    let labels = || part.choices.iter().map(|choice| vec![KeyboardButton::new(&choice.label)]);
    match &part.share {
        Some(Share::Offered(label)) => {
            let request = match part.expects.as_ref().map(|expects| expects.kind) {
                Some(ExpectsKind::Place) => ButtonRequest::Location,
                _ => ButtonRequest::Contact,
            };
            let share = vec![KeyboardButton::new(label).request(request)];
            typed(std::iter::once(share).chain(labels()))
        }
        // Takes such a keyboard away; where there is none, nothing is seen of it.
        _ if part.choices.is_empty() => KeyboardRemove::new().into(),
        Some(Share::Over) => typed(labels()),
        None => inline(part).into(),
    }
}

fn typed(rows: impl Iterator<Item = Vec<KeyboardButton>>) -> ReplyMarkup {
    KeyboardMarkup::new(rows).resize_keyboard().one_time_keyboard().into()
}

fn inline(part: &Part) -> InlineKeyboardMarkup {
    let button = |key: keyboard::Key| InlineKeyboardButton::callback(key.label, key.data);
    InlineKeyboardMarkup::new(
        keyboard::rows(part, PAGE).into_iter().map(|row| row.into_iter().map(button).collect::<Vec<_>>()),
    )
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}
