//! What the bot says, and what becomes of it: sent, edited, deleted; and its answers to pressed buttons.

use serde_json::{Map, Value, json};

use super::keyboard::{self, Markup};
use super::params::Params;
use super::refusal::Refusal;
use super::state::{BOT, File, Kind, State};
use super::text::{self, Entity, units};

/// How long a bot may delete a message, in seconds.
const DELETABLE: i64 = 48 * 3600;
/// What getFile hands out, in bytes.
const DOWNLOAD: u64 = 20 << 20;
/// The largest photo that a bot may upload, in bytes.
const PHOTO: usize = 10 << 20;
const ACTIONS: &[&str] = &[
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

fn texts(key: &str, text: String, entities: &[Entity]) -> Map<String, Value> {
    let mut content = Map::new();
    if !text.is_empty() {
        content.insert(key.to_owned(), json!(text));
    }
    if !entities.is_empty() {
        let key = if key == "text" { "entities" } else { "caption_entities" };
        content.insert(key.to_owned(), entities.iter().map(Entity::wire).collect());
    }
    content
}

impl State {
    pub fn send_message(&mut self, params: &Params) -> Result<Value, Refusal> {
        let chat = self.open_chat(params)?;
        let (text, entities) = text::of_message(params)?;
        self.send(chat, texts("text", text, &entities), params)
    }

    /// sendDocument and sendPhoto.
    pub fn send_file(&mut self, what: &'static str, params: &Params) -> Result<Value, Refusal> {
        let chat = self.open_chat(params)?;
        let (caption, entities) = text::of_caption(params)?;
        let mut content = texts("caption", caption, &entities);
        let named = params.text(what);
        let part = named.and_then(|name| name.strip_prefix("attach://")).unwrap_or(what);
        let found = match (params.files.get(part), named) {
            (Some(upload), _) if what == "photo" && upload.bytes.len() > PHOTO => {
                return Err(Refusal::bad("file is too big for a photo; the maximum size is 10485760 bytes"));
            }
            (Some(upload), _) if upload.bytes.is_empty() => {
                return Err(Refusal::bad("file must be non-empty"));
            }
            (Some(upload), _) => {
                let size = upload.bytes.len() as u64;
                let extension = upload.name.rsplit('.').next().unwrap_or("bin").to_owned();
                let folder = if what == "photo" { "photos" } else { "documents" };
                let id = self.keep(folder, &extension, upload.bytes.clone(), size);
                let mut file = file_wire(&id, &self.files[&id]);
                file["file_name"] = json!(upload.name);
                file["mime_type"] = json!(upload.mime);
                file
            }
            (None, Some(id)) if self.files.contains_key(id) => file_wire(id, &self.files[id]),
            (None, Some(_)) => return Err(Refusal::bad("wrong file identifier/HTTP URL specified")),
            (None, None) => return Err(Refusal::bad(&format!("there is no {what} in the request"))),
        };
        let shown = if what == "photo" { photo_wire(&found) } else { found };
        content.insert(what.to_owned(), shown);
        self.send(chat, content, params)
    }

    fn send(&mut self, chat: i64, content: Map<String, Value>, params: &Params) -> Result<Value, Refusal> {
        let markup = keyboard::read(params, self.chats[&chat].kind == Kind::Private)?;
        if let Some(reply) = params.json("reply_parameters") {
            let known = reply["message_id"].as_i64().and_then(|id| self.message(chat, id)).is_some();
            if !known && reply["allow_sending_without_reply"] != true {
                return Err(Refusal::bad("message to be replied not found"));
            }
        }
        if let Some(keys) = &markup {
            let keyboard = &mut self.chats.get_mut(&chat).unwrap().keyboard;
            match keys {
                Markup::Keys(keys) => *keyboard = Some(keys.clone()),
                Markup::Remove => *keyboard = None,
                Markup::Inline(_) | Markup::Force => {}
            }
        }
        let message = self.put(chat, BOT, content);
        match markup {
            Some(Markup::Inline(inline)) => message.inline = Some(inline),
            Some(_) => message.keyed = true,
            None => {}
        }
        let message = message.clone();
        Ok(self.message_wire(chat, &message))
    }

    /// editMessageText and, without a text, editMessageReplyMarkup. Markup that is not given is taken away.
    pub fn edit(&mut self, params: &Params, with_text: bool) -> Result<Value, Refusal> {
        let chat = self.open_chat(params)?;
        let Some(id) = params.int("message_id").filter(|id| *id != 0) else {
            return Err(Refusal::bad("message identifier is not specified"));
        };
        let text = if with_text { Some(text::of_message(params)?) } else { None };
        let markup = match keyboard::read(params, true)? {
            None => None,
            Some(Markup::Inline(inline)) => Some(inline),
            Some(_) => return Err(Refusal::bad("inline keyboard expected")),
        };
        let now = self.now;
        self.shown += 1;
        let shown = self.shown;
        let Some(message) = self.message(chat, id) else {
            return Err(Refusal::bad("message to edit not found"));
        };
        if message.from != BOT || message.keyed {
            return Err(Refusal::bad("message can't be edited"));
        }
        let mut content = message.content.clone();
        if let Some((text, entities)) = text {
            if !content.contains_key("text") {
                return Err(Refusal::bad("there is no text in the message to edit"));
            }
            content.remove("entities");
            content.extend(texts("text", text, &entities));
        }
        if content == message.content && markup == message.inline {
            let why = "message is not modified: specified new message content and reply markup are exactly the same as \
                       a current content and reply markup of the message";
            return Err(Refusal::bad(why));
        }
        (message.content, message.inline) = (content, markup);
        // Buttons that come and go are no edit to who reads.
        if with_text {
            (message.edited, message.shown) = (Some(now), shown);
        }
        let message = message.clone();
        Ok(self.message_wire(chat, &message))
    }

    pub fn delete_message(&mut self, params: &Params) -> Result<Value, Refusal> {
        let chat = self.open_chat(params)?;
        let private = self.chats[&chat].kind == Kind::Private;
        let now = self.now;
        let message = params.int("message_id").and_then(|id| self.message(chat, id));
        let Some(message) = message else { return Err(Refusal::bad("message to delete not found")) };
        if message.from != BOT && !private {
            return Err(Refusal::bad("message can't be deleted"));
        }
        if now - message.date > DELETABLE {
            return Err(Refusal::bad("message can't be deleted for everyone"));
        }
        message.deleted = true;
        Ok(json!(true))
    }

    pub fn answer_query(&mut self, params: &Params) -> Result<Value, Refusal> {
        let notice = params.text("text").filter(|text| !text.is_empty()).map(str::to_owned);
        if notice.as_ref().is_some_and(|text| units(text) > 200) {
            return Err(Refusal::bad("MESSAGE_TOO_LONG"));
        }
        let query = params.text("callback_query_id").and_then(|id| self.queries.get_mut(id));
        match query.filter(|query| !query.answered && !query.expired) {
            Some(query) => {
                (query.answered, query.notice) = (true, notice);
                Ok(json!(true))
            }
            None => Err(Refusal::bad("query is too old and response timeout expired or query ID is invalid")),
        }
    }

    pub fn chat_action(&mut self, params: &Params) -> Result<Value, Refusal> {
        let chat = self.open_chat(params)?;
        match params.text("action").filter(|action| ACTIONS.contains(action)) {
            Some(action) => {
                let action = action.to_owned();
                self.chats.get_mut(&chat).unwrap().actions.push(action);
                Ok(json!(true))
            }
            None => Err(Refusal::bad("wrong parameter action in request")),
        }
    }

    pub fn get_file(&mut self, params: &Params) -> Result<Value, Refusal> {
        let id = params.text("file_id").filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| Refusal::bad("file_id not specified"))?;
        let file = self.files.get_mut(id).ok_or_else(|| Refusal::bad("invalid file_id"))?;
        if file.size > DOWNLOAD {
            return Err(Refusal::bad("file is too big"));
        }
        file.linked = true;
        let mut wire = file_wire(id, file);
        wire["file_path"] = json!(file.path);
        Ok(wire)
    }
}

pub fn file_wire(id: &str, file: &File) -> Value {
    json!({ "file_id": id, "file_unique_id": file.unique, "file_size": file.size })
}

/// The sizes of a photo; of what a bot uploads, one is enough.
fn photo_wire(file: &Value) -> Value {
    let mut size = json!({ "width": 800, "height": 600 });
    for key in ["file_id", "file_unique_id", "file_size"] {
        size[key] = file[key].clone();
    }
    json!([size])
}
