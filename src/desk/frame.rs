//! What every page shares: language, direction, who is signed in, the notice at its head.

use axum::extract::Request;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use super::DeskState;
use super::flash::Flash;
use super::session::SignedIn;
use super::shown::line_of;
use crate::locale::{Args, Catalogue, dir};
use crate::message::Locale;

const COOKIE: &str = "wasl_desk_lang";
const QUERY: &str = "lang";
/// The last page of a list that can be asked for.
const MAX_PAGE: u32 = 10_000;

/// What the browser asked for, as far as a page's frame needs it; put into the request by [`negotiate`].
#[derive(Debug, Clone)]
pub struct Asked {
    /// The officer's language.
    pub locale: Locale,
    /// The path without its query.
    pub path: String,
    /// The queue's tab, if one is named.
    pub tab: Option<String>,
    /// Which page of a list, counted from 0.
    pub page: u32,
    /// What to say once.
    pub flash: Option<Flash>,
}

/// The languages that the desk is written in: staff reads fewer than the people who write to us.
pub(super) fn spoken(words: &Catalogue) -> impl Iterator<Item = &Locale> {
    words.locales().iter().filter(|locale| words.has(locale, "desk-title"))
}

/// Settles the language (`?lang=`, else the cookie, else the association's) and reads the flash.
pub async fn negotiate(
    State(desk): State<DeskState>,
    jar: CookieJar,
    mut request: Request,
    next: Next,
) -> Response {
    let query = Pairs::read(request.uri().query().unwrap_or_default());
    let words = desk.engine.words();
    let loaded = |tag: &str| {
        let wanted = Locale::parse(tag).ok()?;
        spoken(words).find(|locale| locale.language() == wanted.language()).cloned()
    };
    let chosen = query.get(QUERY).and_then(loaded);
    let remembered = jar.get(COOKIE).and_then(|cookie| loaded(cookie.value()));
    let default = &desk.engine.config().association.default_locale;
    let otherwise = || loaded(default.as_str()).or_else(|| spoken(words).next().cloned());
    let locale = chosen.clone().or(remembered).or_else(otherwise).unwrap_or_else(|| default.clone());
    let asked = Asked {
        locale,
        path: request.uri().path().to_owned(),
        tab: query.get("tab").map(str::to_owned),
        page: query.get("page").and_then(|page| page.parse().ok()).unwrap_or(0).min(MAX_PAGE),
        flash: query.get("say").and_then(Flash::from_key),
    };
    request.extensions_mut().insert(asked);
    let mut response = next.run(request).await;
    if let Some(locale) = chosen {
        let cookie = Cookie::build((COOKIE, locale.as_str().to_owned()))
            .path("/desk")
            .same_site(SameSite::Lax)
            .secure(desk.engine.config().secure())
            .http_only(true)
            .permanent();
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

/// Names and values as forms and addresses carry them, in order; a name may come several times.
#[derive(Debug, Clone, Default)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads `a=b&c=d`; what cannot be read is as if it were not there.
    fn read(query: &str) -> Pairs {
        let uri = format!("/?{query}").parse::<axum::http::Uri>().unwrap_or_default();
        axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri)
            .map_or_else(|_| Pairs::default(), |found| Pairs(found.0))
    }
    /// From a posted form.
    pub fn from_form(pairs: Vec<(String, String)>) -> Pairs {
        Pairs(pairs)
    }
    /// The first value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// What every template can say.
pub struct Frame<'a> {
    words: &'a Catalogue,
    asked: Asked,
    /// The association's name.
    pub association: String,
    /// The name of who is signed in.
    pub staff: Option<String>,
    /// The notice at the head of the page.
    pub notice: Option<Notice>,
}

/// A notice at the head of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Whether something was done, rather than refused.
    pub good: bool,
    /// The sentence.
    pub text: String,
}

/// A language that a page can be read in.
pub struct Language {
    /// Its tag.
    pub tag: String,
    /// Its own name.
    pub name: String,
    /// The present page in it.
    pub href: String,
}

impl<'a> Frame<'a> {
    /// The frame of the page that was asked for.
    pub fn new(desk: &'a DeskState, asked: &Asked, staff: Option<&SignedIn>) -> Frame<'a> {
        let association = &desk.engine.config().association;
        let mut frame = Frame {
            words: desk.engine.words(),
            asked: asked.clone(),
            association: association.text(&association.name, &asked.locale).to_owned(),
            staff: staff.map(|signed_in| line_of(&signed_in.0.name)),
            notice: None,
        };
        if let Some(flash) = asked.flash {
            frame.notice(flash, &Args::none());
        }
        frame
    }
    /// Says `flash` at the head of the page.
    pub fn notice(&mut self, flash: Flash, args: &Args) {
        self.complain(flash.key(), flash.good(), args);
    }
    /// Says the message `key` at the head of the page.
    pub fn complain(&mut self, key: &str, good: bool, args: &Args) {
        self.notice = Some(Notice { good, text: self.words.say(&self.asked.locale, key, args) });
    }
    /// What the address asked to be said.
    pub fn flash(&self) -> Option<Flash> {
        self.asked.flash
    }
    /// A message without values.
    pub fn t(&self, key: impl AsRef<str>) -> String {
        self.words.label(&self.asked.locale, key.as_ref(), &Args::none()).into_owned()
    }
    /// A message with values, each isolated from the direction of its surroundings.
    pub fn say(&self, key: &str, args: &Args) -> String {
        self.words.say(&self.asked.locale, key, args)
    }
    /// The words.
    pub fn words(&self) -> &'a Catalogue {
        self.words
    }
    /// The officer's language.
    pub fn locale(&self) -> &Locale {
        &self.asked.locale
    }
    /// The page's language tag.
    pub fn lang(&self) -> &str {
        self.asked.locale.as_str()
    }
    /// The page's direction.
    pub fn dir(&self) -> &'static str {
        dir(&self.asked.locale).as_str()
    }
    /// Whether this is the page at `path`.
    pub fn at(&self, path: &str) -> bool {
        self.asked.path.trim_end_matches('/') == path
    }
    /// The pages of a list before and after this one; `more`: whether one follows.
    pub fn pages(&self, more: bool) -> Vec<(String, String)> {
        let tab = self.tab().map_or_else(String::new, |tab| format!("tab={tab}&"));
        let link = |page: u32, key: &str| (format!("{}?{tab}page={page}", self.asked.path), self.t(key));
        let before = self.asked.page.checked_sub(1).map(|page| link(page, "desk-page-before"));
        before.into_iter().chain(more.then(|| link(self.asked.page + 1, "desk-page-after"))).collect()
    }
    fn tab(&self) -> Option<&str> {
        self.asked.tab.as_deref().filter(|tab| tab.bytes().all(|b| b.is_ascii_lowercase()))
    }
    /// The other languages, each with its own name.
    pub fn languages(&self) -> Vec<Language> {
        let tab = self.tab().map_or_else(String::new, |tab| format!("tab={tab}&"));
        let page = match self.asked.page {
            0 => String::new(),
            page => format!("page={page}&"),
        };
        let others = spoken(self.words).filter(|locale| **locale != self.asked.locale);
        others
            .map(|locale| Language {
                tag: locale.as_str().to_owned(),
                name: self.words.native_name(locale).to_owned(),
                href: format!("{}?{tab}{page}{QUERY}={locale}", self.asked.path),
            })
            .collect()
    }
}

/// A finished page, or the plain sign that it could not be written.
pub fn page(status: axum::http::StatusCode, template: &impl askama::Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the desk could not be written");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
