//! A webhook's envelope: its messages, statuses and other changes, each by itself, and whose they are. Nothing of what
//! people say is looked at.
//!
//! ```json
//! {"object": "whatsapp_business_account", "entry": [{"id": "<account>", "changes": [{"field": "messages", "value": {
//!   "metadata": {"phone_number_id": "…"}, "contacts": [{"wa_id": "…", "user_id": "…"}],
//!   "messages": [{"from": "…", "from_user_id": "…", "id": "wamid.…", "timestamp": "…", "type": "text", …}],
//!   "statuses": [{"id": "wamid.…", "status": "sent", "biz_opaque_callback_data": "…"}]}}]}]}
//! ```

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::codes::Refused;
use super::decode::Raw;
use super::escapes;
use super::notes;
use crate::channel::{Fate, Letter, Report, Sorted, Unreadable};
use crate::message::{Address, ChannelId, OutboxId};
use crate::time::Timestamp;

type Piece<'r> = &'r RawValue;

#[derive(Deserialize)]
struct Envelope<'r> {
    #[serde(borrow)]
    entry: Vec<Entry<'r>>,
}

#[derive(Deserialize)]
struct Entry<'r> {
    #[serde(borrow, default)]
    changes: Vec<Piece<'r>>,
}

#[derive(Deserialize)]
struct Change<'r> {
    field: String,
    #[serde(borrow)]
    value: Piece<'r>,
}

/// The value of a change that concerns one of our numbers. What else stands in it belongs to `notes`.
#[derive(Deserialize)]
struct Happened<'r> {
    metadata: Option<Metadata>,
    #[serde(borrow, default)]
    contacts: Option<Vec<Piece<'r>>>,
    #[serde(borrow, default)]
    messages: Option<Vec<Piece<'r>>>,
    #[serde(borrow, default)]
    statuses: Option<Vec<Piece<'r>>>,
    #[serde(borrow, default)]
    user_id_update: Option<Vec<Piece<'r>>>,
    #[serde(borrow, default)]
    user_preferences: Option<Vec<Piece<'r>>>,
    #[serde(default)]
    errors: Option<Vec<Refused>>,
}

#[derive(Deserialize)]
struct Metadata {
    phone_number_id: String,
}

/// The names of one person, as contacts and messages have them.
#[derive(Deserialize, Default, Clone)]
struct Names {
    wa_id: Option<String>,
    user_id: Option<String>,
    parent_user_id: Option<String>,
}

/// What is read of a message, or of what is told of a person.
#[derive(Deserialize)]
struct Message {
    id: Option<String>,
    from: Option<String>,
    from_user_id: Option<String>,
    from_parent_user_id: Option<String>,
    group_id: Option<String>,
    timestamp: Option<Value>,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct Status {
    id: String,
    status: String,
    biz_opaque_callback_data: Option<String>,
    #[serde(default)]
    errors: Option<Vec<Refused>>,
}

#[derive(Deserialize)]
struct IdUpdate {
    user_id: Rotated,
}

#[derive(Deserialize)]
struct Rotated {
    previous: String,
    current: String,
}

#[derive(Deserialize)]
struct Preference {
    #[serde(flatten)]
    names: Names,
    timestamp: Option<Value>,
    value: String,
}

/// Whose webhooks these are.
pub(super) struct Ours<'o> {
    pub channel: &'o ChannelId,
    /// The id of our number.
    pub number: &'o str,
}

/// Everything in a webhook's body, in its order.
pub(super) fn sort(ours: &Ours<'_>, raw: &[u8]) -> Result<Vec<Sorted>, Unreadable> {
    let raw = escapes::mended(raw);
    let envelope: Envelope<'_> =
        serde_json::from_slice(&raw).map_err(|_| Unreadable("it is no webhook of the Cloud API"))?;
    let mut sorted = Vec::new();
    for piece in envelope.entry.into_iter().flat_map(|entry| entry.changes) {
        match serde_json::from_str::<Change<'_>>(piece.get()) {
            Ok(change) => ours.change(piece, &change, &mut sorted),
            Err(_) => sorted.push(aside(piece)),
        }
    }
    Ok(sorted)
}

/// Kept as it came: it is no person's, or of a shape that is not known here.
fn aside(piece: Piece<'_>) -> Sorted {
    Sorted::Letter(Letter { raw: Bytes::copy_from_slice(piece.get().as_bytes()), ..Letter::default() })
}

impl Ours<'_> {
    fn change(&self, whole: Piece<'_>, change: &Change<'_>, sorted: &mut Vec<Sorted>) {
        let Ok(happened) = serde_json::from_str::<Happened<'_>>(change.value.get()) else {
            return sorted.push(aside(whole));
        };
        if happened.metadata.is_some_and(|metadata| metadata.phone_number_id != self.number) {
            // Of another number of the same app.
            return sorted.push(aside(whole));
        }
        let before = sorted.len();
        let contacts: Vec<Names> = happened
            .contacts
            .into_iter()
            .flatten()
            .filter_map(|contact| serde_json::from_str(contact.get()).ok())
            .collect();
        let messages = happened.messages.into_iter().flatten();
        sorted.extend(messages.map(|m| self.message(m, &contacts).unwrap_or_else(|| aside(m))));
        let statuses = happened.statuses.into_iter().flatten();
        sorted.extend(statuses.map(|s| status(s).unwrap_or(Sorted::Foreign)));
        let updates = happened.user_id_update.into_iter().flatten();
        sorted.extend(updates.map(|u| self.id_update(u).unwrap_or_else(|| aside(u))));
        let preferences = happened.user_preferences.into_iter().flatten();
        sorted.extend(preferences.map(|p| self.preference(p, &contacts).unwrap_or_else(|| aside(p))));
        let errors = happened.errors.into_iter().flatten();
        sorted.extend(errors.map(|error| Sorted::Alert(error.cause())));
        if let Some(note) = notes::of(&change.field, change.value.get()) {
            sorted.push(Sorted::Alert(note));
        }
        if sorted.len() == before && change.field != "messages" {
            sorted.push(aside(whole));
        }
    }

    fn message(&self, piece: Piece<'_>, contacts: &[Names]) -> Option<Sorted> {
        let message: Message = serde_json::from_str(piece.get()).ok()?;
        let id = message.id.as_ref().filter(|id| is_name(id))?;
        let own = [&message.from, &message.from_user_id, &message.from_parent_user_id];
        let own: Vec<&str> = own.into_iter().flatten().map(String::as_str).collect();
        let told = message.kind == "system";
        let mut names = own.clone();
        // A system message tells of an old name, and the contact beside it may be the new one's.
        let contact = contacts.iter().find(|contact| contact.all().any(|name| own.contains(&name)));
        let only = if let [only] = contacts { Some(only) } else { None };
        names.extend(contact.or(only).filter(|_| !told).into_iter().flat_map(Names::all));
        let (from, also) = self.addresses(names.into_iter())?;
        let spoke_at =
            (!told && message.group_id.is_none()).then(|| instant(message.timestamp.as_ref())).flatten();
        let told = told || message.group_id.is_some();
        let raw = written(&Raw::Message(piece))?;
        Some(Sorted::Letter(Letter {
            external_id: id.as_str().into(),
            from: Some(from),
            also,
            spoke_at,
            told,
            thread: None,
            raw,
        }))
    }

    fn id_update(&self, piece: Piece<'_>) -> Option<Sorted> {
        let update: IdUpdate = serde_json::from_str(piece.get()).ok()?;
        let Rotated { previous, current } = update.user_id;
        let (from, _) = self.addresses([previous.as_str()].into_iter())?;
        let external_id = format!("user_id_update/{previous}/{current}").into();
        let raw = written(&Raw::UserIdUpdate(piece))?;
        Some(Sorted::Letter(Letter { external_id, from: Some(from), told: true, raw, ..Letter::default() }))
    }

    fn preference(&self, piece: Piece<'_>, contacts: &[Names]) -> Option<Sorted> {
        let preference: Preference = serde_json::from_str(piece.get()).ok()?;
        let only = if let [only] = contacts { Some(only) } else { None };
        let names = preference.names.all().chain(only.into_iter().flat_map(Names::all));
        let (from, also) = self.addresses(names)?;
        let at = instant(preference.timestamp.as_ref()).map_or(0, Timestamp::micros);
        let external_id = format!("user_preferences/{}/{at}/{}", from.path, preference.value).into();
        let raw = written(&Raw::UserPreferences(piece))?;
        Some(Sorted::Letter(Letter {
            external_id,
            from: Some(from),
            also,
            spoke_at: None,
            told: true,
            thread: None,
            raw,
        }))
    }

    /// The address of somebody with these names, and what else they are called: by their number where it is known, for
    /// every version of the API sends to it; else by their id within the business.
    fn addresses<'n>(&self, names: impl Iterator<Item = &'n str>) -> Option<(Address, Vec<Address>)> {
        let mut known: Vec<&str> = Vec::new();
        for name in names {
            let name = name.strip_prefix('+').unwrap_or(name);
            if (is_phone(name) || is_user_id(name)) && !known.contains(&name) {
                known.push(name);
            }
        }
        // Stable: what the message itself says comes before what stands beside it.
        known.sort_by_key(|name| !is_phone(name));
        let mut all =
            known.into_iter().map(|name| Address { channel: self.channel.clone(), path: name.into() });
        Some((all.next()?, all.collect()))
    }
}

impl Names {
    fn all(&self) -> impl Iterator<Item = &str> {
        [&self.wa_id, &self.user_id, &self.parent_user_id].into_iter().flatten().map(String::as_str)
    }
}

/// A number as WhatsApp names people: digits only, with the country's code.
pub(super) fn is_phone(name: &str) -> bool {
    (5..=20).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// An id of a person within the business: `SA.13491208655302741918`, or `SA.ENT.…` over several businesses.
pub(super) fn is_user_id(name: &str) -> bool {
    let Some((country, rest)) = name.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a text can be an id of Meta's.
fn is_name(id: &str) -> bool {
    (1..=512).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Seconds since 1970, as a text or a number.
fn instant(value: Option<&Value>) -> Option<Timestamp> {
    let seconds = match value? {
        Value::String(text) => text.parse::<i64>().ok()?,
        Value::Number(number) => number.as_i64()?,
        _ => return None,
    };
    Timestamp::from_micros(seconds.checked_mul(1_000_000)?)
}

fn written(raw: &Raw<'_>) -> Option<Bytes> {
    serde_json::to_vec(raw).ok().map(Bytes::from)
}

/// What became of a part of ours; `None` where it is somebody else's, or of a kind that changes nothing.
fn status(piece: Piece<'_>) -> Option<Sorted> {
    let status: Status = serde_json::from_str(piece.get()).ok()?;
    let key = status.biz_opaque_callback_data.filter(|key| is_name(key) && key.len() <= 80)?;
    let fate = match &*status.status {
        "sent" => Fate::Sent,
        "delivered" => Fate::Arrived,
        "read" | "played" => Fate::Read,
        "failed" => {
            let why = status.errors.and_then(|errors| errors.first().copied());
            Fate::Failed(why.unwrap_or(Refused { code: 131_000 }).of_a_send())
        }
        _ => return None,
    };
    is_name(&status.id)
        .then(|| Sorted::Report(Report { key: OutboxId(key), provider_id: status.id.as_str().into(), fate }))
}
