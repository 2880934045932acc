//! The HTTP side: `/<version>/<number>/messages`, `/<version>/<number>/media`, `/<version>/<media>` and its link.

use std::fmt::Write;

use axum::body::to_bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::provider::Fault;
use super::WhatsApp;
use super::check;
use super::refusal::Refusal;
use super::state::{ACCOUNT, Call, NUMBER_ID, State, Template};

/// How long the link of a file is good, in seconds.
const LINK: i64 = 300;
/// How long an uploaded file is kept, in days.
const UPLOADED: i64 = 30;
/// The largest body that is read, in bytes.
const BODY: usize = 101 << 20;

pub fn router(whatsapp: WhatsApp) -> Router {
    Router::new()
        .fallback(async move |request: Request| answer(&whatsapp, request).await)
        .layer(DefaultBodyLimit::disable())
}

fn refused(refusal: &Refusal) -> Response {
    (StatusCode::from_u16(refusal.status).unwrap(), Json(refusal.body())).into_response()
}

/// What Meta itself says to a fault, if anything.
fn refusal(fault: Fault) -> Option<Refusal> {
    match fault {
        Fault::Broken => Some(Refusal::of(131000, "Message failed to send due to an unknown error.")),
        Fault::TooMany(_) => Some(Refusal::of(130429, "There were too many messages.")),
        _ => None,
    }
}

async fn fails(fault: Fault) -> Response {
    match refusal(fault) {
        Some(refusal) => refused(&refusal),
        None => fault.instead().await,
    }
}

fn bears(headers: &HeaderMap, token: &str) -> Result<(), Refusal> {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match given.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(given) if given == token => Ok(()),
        _ => Err(Refusal::of(190, "Error validating access token.")),
    }
}

/// What a request is, by its path: the name under which faults are set, and the object.
fn route(method: &Method, path: &str) -> Option<(&'static str, String)> {
    let mut pieces = path.trim_start_matches('/').split('/');
    let (first, second, third) = (pieces.next()?, pieces.next()?, pieces.next());
    if first == "download" {
        return Some(("download", second.to_owned()));
    }
    let number = first.strip_prefix('v').filter(|version| version.parse::<f32>().is_ok());
    number?;
    match third {
        Some("messages") if *method == Method::POST => Some(("messages", second.to_owned())),
        Some("media") if *method == Method::POST => Some(("media", second.to_owned())),
        Some("message_templates") if *method == Method::GET => Some(("templates", second.to_owned())),
        Some("message_templates") if *method == Method::POST => Some(("submit", second.to_owned())),
        Some("subscribed_apps") if *method == Method::GET => Some(("apps", second.to_owned())),
        None if *method == Method::GET => Some(("get", second.to_owned())),
        _ => None,
    }
}

async fn answer(whatsapp: &WhatsApp, request: Request) -> Response {
    let Some((what, object)) = route(request.method(), request.uri().path()) else {
        return refused(&Refusal { status: 404, ..Refusal::of(2500, "Unknown path components") });
    };
    if let Err(refusal) = bears(request.headers(), &whatsapp.token()) {
        return refused(&refusal);
    }
    let fault = whatsapp.change(|state| state.faults.take(what));
    if let Some(fault) = fault.filter(|fault| !fault.is_late()) {
        let status = refusal(fault).map(|refusal| refusal.status);
        whatsapp.change(|state| state.calls.push(Call { what, body: Value::Null, status }));
        return fails(fault).await;
    }
    let (body, done) = does(whatsapp, what, &object, request).await;
    let status = match (fault, &done) {
        (Some(_), _) => None,
        (None, Ok(_)) => Some(200),
        (None, Err(refusal)) => Some(refusal.status),
    };
    whatsapp.change(|state| state.calls.push(Call { what, body, status }));
    match (fault, done) {
        (Some(fault), _) => fails(fault).await,
        (None, Ok(answer)) => answer,
        (None, Err(refusal)) => refused(&refusal),
    }
}

/// Does what is asked for; what it carried, and the answer.
async fn does(
    whatsapp: &WhatsApp,
    what: &str,
    object: &str,
    request: Request,
) -> (Value, Result<Response, Refusal>) {
    let ours = || {
        let why = format!("Unsupported post request. Object with ID '{object}' does not exist");
        if object == NUMBER_ID { Ok(()) } else { Err(Refusal::parameter(why)) }
    };
    match what {
        "messages" => {
            let body = to_bytes(request.into_body(), BODY).await.unwrap_or_default();
            let call: Value = serde_json::from_slice(&body).unwrap_or_default();
            let done = match ours() {
                Ok(()) => posts(whatsapp, &call).await,
                Err(refusal) => Err(refusal),
            };
            (call, done)
        }
        "media" => (Value::Null, async { ours().and(upload(whatsapp, request).await) }.await),
        "templates" | "submit" | "apps" if object != ACCOUNT => {
            (json!(object), Err(Refusal::parameter("Unsupported request. Object does not exist")))
        }
        "templates" => (json!(object), Ok(json_of(whatsapp.quietly(|state| state.templates_of())))),
        "submit" => {
            let body = to_bytes(request.into_body(), BODY).await.unwrap_or_default();
            let call: Value = serde_json::from_slice(&body).unwrap_or_default();
            let done = whatsapp.change(|state| state.submit(&call));
            (call, done.map(json_of))
        }
        "apps" => {
            let apps = whatsapp.quietly(|state| state.hook.url.is_some());
            let apps: Vec<Value> = apps
                .then(|| json!({ "whatsapp_business_api_data": { "name": "wasl" } }))
                .into_iter()
                .collect();
            (json!(object), Ok(json_of(json!({ "data": apps }))))
        }
        "get" if object == NUMBER_ID => {
            let number = json!({
                "display_phone_number": "+1 555-078-3881",
                "verified_name": "Wasl",
                "quality_rating": whatsapp.quietly(|state| state.quality),
                "name_status": "APPROVED",
                "messaging_limit_tier": "TIER_250",
                "id": NUMBER_ID,
            });
            (json!(object), Ok(json_of(number)))
        }
        "get" => {
            (json!(object), whatsapp.change(|state| state.media_of(object, whatsapp.url())).map(json_of))
        }
        _ => (json!(object), whatsapp.quietly(|state| state.download(object))),
    }
}

fn json_of(value: Value) -> Response {
    Json(value).into_response()
}

async fn posts(whatsapp: &WhatsApp, call: &Value) -> Result<Response, Refusal> {
    let (answer, id) = whatsapp.change(|state| state.post(call))?;
    let told = |state: &mut State| {
        let first = state.statuses_first && state.hook.url.is_some();
        let id = id.as_deref().filter(|_| first);
        id.is_none_or(|id| !state.hook.has(id)).then_some(())
    };
    whatsapp.until(told, || "the statuses were not taken".to_owned()).await;
    Ok(json_of(answer))
}

async fn upload(whatsapp: &WhatsApp, request: Request) -> Result<Response, Refusal> {
    let unreadable = || Refusal::parameter("The form cannot be read.");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let (mut product, mut kind, mut file) = (false, None, None);
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        let mime = field.content_type().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|_| unreadable())?;
        match name.as_str() {
            "messaging_product" => product = &bytes[..] == b"whatsapp",
            "type" => kind = String::from_utf8(bytes.to_vec()).ok(),
            "file" => file = Some((mime, bytes)),
            _ => {}
        }
    }
    if !product {
        return Err(Refusal::parameter("The parameter messaging_product is required."));
    }
    let (mime, bytes) = file.ok_or_else(|| Refusal::parameter("The parameter file is required."))?;
    let mime = kind.or(mime).unwrap_or_default();
    check::file(&mime, bytes.len())?;
    let id = whatsapp.change(|state| state.keep(&mime, bytes, UPLOADED));
    Ok(json_of(json!({ "id": id })))
}

impl State {
    /// The account's templates, as they are asked for.
    fn templates_of(&self) -> Value {
        let all = self.templates.iter().map(|((name, language), template)| {
            let buttons: Vec<Value> =
                template.buttons.iter().map(|text| json!({ "type": "QUICK_REPLY", "text": text })).collect();
            json!({
                "name": name,
                "language": language,
                "status": template.status,
                "category": template.category.to_uppercase(),
                "components": [{ "type": "BODY", "text": template.body }, { "type": "BUTTONS", "buttons": buttons }],
            })
        });
        json!({ "data": all.collect::<Vec<_>>(), "paging": { "cursors": { "before": "a", "after": "b" } } })
    }

    /// A template is handed in; Meta looks at it later.
    fn submit(&mut self, call: &Value) -> Result<Value, Refusal> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (name, language) = (text(&call["name"]), text(&call["language"]));
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let body = text(&call["components"][0]["text"]);
        if name.is_empty() || !name.chars().all(named) || language.is_empty() || body.is_empty() {
            return Err(Refusal::parameter("Invalid parameter"));
        }
        if body.encode_utf16().count() > 1024
            || self.templates.contains_key(&(name.clone(), language.clone()))
        {
            return Err(Refusal::parameter("Content in this language already exists, or is too long"));
        }
        let buttons = call["components"][1]["buttons"].as_array().into_iter().flatten();
        let buttons: Vec<String> = buttons.map(|button| text(&button["text"])).collect();
        if buttons.iter().any(|label| label.is_empty() || label.encode_utf16().count() > 25) {
            return Err(Refusal::parameter("Invalid button"));
        }
        let template = Template { body, buttons, category: "utility", status: "PENDING" };
        self.templates.insert((name, language), template);
        Ok(json!({ "id": self.number().to_string(), "status": "PENDING", "category": "UTILITY" }))
    }

    /// A file and a link to it.
    fn media_of(&mut self, id: &str, url: &str) -> Result<Value, Refusal> {
        let number = self.number();
        let now = self.now;
        let media = self.media.get(id).filter(|media| media.until > now);
        let media = media.ok_or_else(|| {
            Refusal::parameter(format!("Unsupported get request. Object with ID '{id}' does not exist"))
        })?;
        let hash = Sha256::digest(&media.bytes).iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        let secret = format!("{number}-{}", &hash[..16]);
        let answer = json!({
            "messaging_product": "whatsapp",
            "url": format!("{url}/download/{secret}"),
            "mime_type": media.mime,
            "sha256": hash,
            "file_size": media.bytes.len(),
            "id": id,
        });
        self.links.insert(secret, (id.to_owned(), now + LINK));
        Ok(answer)
    }

    fn download(&mut self, secret: &str) -> Result<Response, Refusal> {
        let (id, until) = self.links.get(secret).cloned().unwrap_or_default();
        match self.media.get(&id).filter(|_| until > self.now) {
            Some(media) => Ok(([(CONTENT_TYPE, media.mime.clone())], media.bytes.clone()).into_response()),
            None => Err(Refusal { status: 404, ..Refusal::parameter("URL signature expired") }),
        }
    }
}
