//! `/` and `/chat`: who the association is, and the chat.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use super::WebState;
use super::assets;
use super::errors::Problem;
use super::language::Reader;
use super::plain::{Plain, kept};
use crate::locale::{Args, Catalogue, dir};
use crate::message::Locale;

/// What the script says, each as `web-js-<key>`: it stands in the page, because the policy allows no inline code.
const SCRIPT_WORDS: [&str; 23] = [
    "you",
    "bot",
    "staff",
    "sending",
    "waiting",
    "sent",
    "refused",
    "done",
    "search",
    "none-found",
    "choose",
    "attach",
    "file-hint",
    "file-large",
    "uploading",
    "place",
    "place-wait",
    "place-failed",
    "date-pick",
    "ended",
    "forgotten",
    "offline",
    "answers",
];

/// What stands around every page.
pub struct Frame<'a> {
    /// The page's language.
    pub lang: &'a Locale,
    /// `rtl` or `ltr`.
    pub dir: &'static str,
    /// The page's title.
    pub title: String,
    /// The association's name.
    pub name: &'a str,
    /// The line under the name.
    pub supervisor: &'a str,
    /// The other languages: tag, own name, direction.
    pub languages: Vec<(&'a Locale, String, &'static str)>,
    /// Address of the style.
    pub style: String,
    /// Address of the script.
    pub script: String,
    /// Address of the icon.
    pub icon: String,
    words: &'a Catalogue,
    registration: &'a str,
}

impl<'a> Frame<'a> {
    /// A frame in the reader's language; `title` is a message's key.
    pub fn new(state: &'a WebState, reader: &'a Reader, title: &str) -> Self {
        let (words, who) = (state.engine().words(), &state.engine().config().association);
        let lang = &reader.locale;
        let others = words.locales().iter().filter(|locale| *locale != lang);
        Frame {
            lang,
            dir: dir(lang).as_str(),
            title: words.label(lang, title, &Args::none()).into_owned(),
            name: who.text(&who.name, lang),
            supervisor: who.text(&who.supervisor, lang),
            languages: others.map(|l| (l, words.native_name(l).to_owned(), dir(l).as_str())).collect(),
            style: assets::url("site.css"),
            script: assets::url("chat.js"),
            icon: assets::url("icon.svg"),
            words,
            registration: &who.registration,
        }
    }

    /// A message without values, in the page's language.
    pub fn t(&self, key: &str) -> String {
        self.words.label(self.lang, key, &Args::none()).into_owned()
    }

    /// The line with the registration number; empty when there is none.
    pub fn registered(&self) -> String {
        if self.registration.is_empty() {
            return String::new();
        }
        let args = Args::none().text("number", self.registration);
        self.words.say(self.lang, "web-registration", &args)
    }
}

/// A way to reach the association.
pub struct Contact {
    label: String,
    /// Where it leads; empty for what is only read.
    link: String,
    text: String,
    /// Numbers and addresses of mail and web run from left to right in every language.
    latin: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    frame: Frame<'a>,
    contacts: Vec<Contact>,
    chat: Option<Plain>,
    script_words: Vec<(&'static str, String)>,
    max_bytes: u64,
}

#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage<'a> {
    frame: Frame<'a>,
    chat: Option<Plain>,
    script_words: Vec<(&'static str, String)>,
    max_bytes: u64,
}

/// `GET /`
pub async fn home(
    State(state): State<WebState>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let open = state.engine().config().channel.webchat.enabled;
    let chat = if open { Some(Plain::of(&state, &headers).await?) } else { None };
    let frame = Frame::new(&state, &reader, "web-home-title");
    let page = HomePage {
        contacts: contacts(&state, &frame),
        script_words: script_words(&frame),
        max_bytes: state.engine().config().documents.max_bytes,
        frame,
        chat,
    };
    let token = page.chat.as_ref().and_then(|chat| chat.token.as_ref());
    Ok(kept(&state, (reader.remember(), html(&page)).into_response(), token))
}

/// `GET /chat`
pub async fn chat(
    State(state): State<WebState>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let chat = Some(Plain::of(&state, &headers).await?);
    let frame = Frame::new(&state, &reader, "web-chat-title");
    let page = ChatPage {
        script_words: script_words(&frame),
        max_bytes: state.engine().config().documents.max_bytes,
        frame,
        chat,
    };
    let token = page.chat.as_ref().and_then(|chat| chat.token.as_ref());
    Ok(kept(&state, (reader.remember(), html(&page)).into_response(), token))
}

#[derive(Template)]
#[template(path = "forget.html")]
struct ForgetPage<'a> {
    frame: Frame<'a>,
}

/// `GET /chat/forget`: what it means that this browser forgets the chat, before it does.
pub async fn ask_forget(State(state): State<WebState>, reader: Reader) -> Response {
    let page = ForgetPage { frame: Frame::new(&state, &reader, "web-chat-forget") };
    (reader.remember(), html(&page)).into_response()
}

/// A page as an answer. A template that cannot be written is our own bug.
pub fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(_) => {
            tracing::error!("a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn script_words(frame: &Frame<'_>) -> Vec<(&'static str, String)> {
    SCRIPT_WORDS.iter().map(|key| (*key, frame.t(&format!("web-js-{key}")))).collect()
}

fn contacts(state: &WebState, frame: &Frame<'_>) -> Vec<Contact> {
    let who = &state.engine().config().association;
    let dialled: String = who.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let is_site = who.website.starts_with("https://") || who.website.starts_with("http://");
    let site = if is_site { who.website.clone() } else { format!("https://{}", who.website) };
    let open = state.engine().config().channel.webchat.enabled;
    let chat = if open { frame.t("web-contact-chat") } else { String::new() };
    let all = [
        ("web-chat-title", &*chat, "#chat".to_owned(), false),
        ("web-contact-phone", &*who.phone, format!("tel:{dialled}"), true),
        ("web-contact-email", &*who.email, format!("mailto:{}", who.email), true),
        ("web-contact-website", &*who.website, site, true),
        ("web-contact-address", who.text(&who.address, frame.lang), String::new(), false),
    ];
    all.into_iter()
        .filter(|(_, text, _, _)| !text.is_empty())
        .map(|(key, text, link, latin)| Contact { label: frame.t(key), link, text: text.to_owned(), latin })
        .collect()
}
