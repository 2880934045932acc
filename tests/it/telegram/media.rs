//! What people send besides words.

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use super::person::Person;
use super::send::file_wire;
use super::state::State;

fn content(kind: &str, value: Value, caption: &str) -> Map<String, Value> {
    let mut content = Map::from_iter([(kind.to_owned(), value)]);
    if !caption.is_empty() {
        content.insert("caption".to_owned(), json!(caption));
    }
    content
}

/// A photo in Telegram's sizes: thumbnails, and the picture itself last.
fn photo(state: &mut State, bytes: &[u8]) -> Value {
    let whole = Bytes::copy_from_slice(bytes);
    let mut sizes = Vec::new();
    for (width, height, part) in [(90, 67, 8), (320, 240, 2), (1280, 960, 1)] {
        let piece = whole.slice(..(whole.len() / part).max(1));
        let size = piece.len() as u64;
        let id = state.keep("photos", "jpg", piece, size);
        let mut wire = file_wire(&id, &state.files[&id]);
        (wire["width"], wire["height"]) = (json!(width), json!(height));
        sizes.push(wire);
    }
    json!(sizes)
}

/// A file with what Telegram says of it besides.
fn file(state: &mut State, folder: &str, name: &str, bytes: &[u8], more: &Value) -> Value {
    let size = bytes.len() as u64;
    let extension = name.rsplit('.').next().unwrap_or("bin").to_owned();
    let id = state.keep(folder, &extension, Bytes::copy_from_slice(bytes), size);
    let mut wire = file_wire(&id, &state.files[&id]);
    wire.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    wire
}

impl Person {
    fn made(&self, make: impl FnOnce(&mut State) -> Value) -> Value {
        self.telegram.change(make)
    }

    pub fn sends_photo(&self, bytes: &[u8], caption: &str) -> i64 {
        self.sends(content("photo", self.made(|state| photo(state, bytes)), caption))
    }

    pub fn sends_document(&self, name: &str, mime: &str, bytes: &[u8]) -> i64 {
        let more = json!({ "file_name": name, "mime_type": mime });
        self.sends(content("document", self.made(|state| file(state, "documents", name, bytes, &more)), ""))
    }

    /// A document of which only its size is known here, for what is too large to be made.
    pub fn sends_large_document(&self, name: &str, mime: &str, size: u64) -> i64 {
        let document = self.made(|state| {
            let id = state.keep("documents", "bin", Bytes::new(), size);
            let mut wire = file_wire(&id, &state.files[&id]);
            (wire["file_name"], wire["mime_type"]) = (json!(name), json!(mime));
            wire
        });
        self.sends(content("document", document, ""))
    }

    pub fn sends_voice(&self, bytes: &[u8]) -> i64 {
        let more = json!({ "duration": 3, "mime_type": "audio/ogg" });
        self.sends(content("voice", self.made(|state| file(state, "voice", "v.oga", bytes, &more)), ""))
    }

    pub fn sends_video(&self, bytes: &[u8], caption: &str) -> i64 {
        let more = json!({ "duration": 3, "width": 640, "height": 480, "mime_type": "video/mp4" });
        self.sends(content("video", self.made(|state| file(state, "videos", "v.mp4", bytes, &more)), caption))
    }

    pub fn sends_sticker(&self, emoji: &str) -> i64 {
        let more = json!({
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": false,
            "is_video": false,
            "emoji": emoji,
            "set_name": "greetings",
        });
        self.sends(content(
            "sticker",
            self.made(|state| file(state, "stickers", "s.webp", b"RIFF", &more)),
            "",
        ))
    }

    /// Several photos at once: an update each, held together by an id alone; the caption is the first one's.
    pub fn sends_album(&self, photos: &[&[u8]], caption: &str) -> Vec<i64> {
        let group = self.made(|state| json!(format!("13{:015}", state.number())));
        let one = |(n, bytes): (usize, &&[u8])| {
            let caption = if n == 0 { caption } else { "" };
            let mut content = content("photo", self.made(|state| photo(state, bytes)), caption);
            content.insert("media_group_id".to_owned(), group.clone());
            self.sends(content)
        };
        photos.iter().enumerate().map(one).collect()
    }

    pub fn sends_place(&self, latitude: f64, longitude: f64) -> i64 {
        self.sends(content("location", json!({ "latitude": latitude, "longitude": longitude }), ""))
    }

    /// Shares their own number, as the key that asks for it does.
    pub fn shares_contact(&self) -> i64 {
        let contact = self.made(|state| {
            let user = &state.users[&self.id];
            json!({ "phone_number": user.phone, "first_name": user.first_name, "user_id": user.id })
        });
        self.sends(content("contact", contact, ""))
    }

    /// Shares somebody from the address book: with a Telegram account, if `who` has one.
    pub fn shares_contact_of(&self, first_name: &str, phone: &str, who: Option<&Person>) -> i64 {
        let mut contact = json!({ "phone_number": phone, "first_name": first_name });
        if let Some(who) = who {
            contact["user_id"] = json!(who.id);
        }
        self.sends(content("contact", contact, ""))
    }
}
