//! Which language a page is written in: the visitor's choice (`?lang=`, kept in a cookie), else what their
//! browser asks for, else the association's.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use super::WebState;
use crate::locale::{Catalogue, Hints};
use crate::message::Locale;

const COOKIE: &str = "wasl-lang";
/// How many languages of an `Accept-Language` header are looked at.
const MAX_ASKED: usize = 20;

/// Whoever reads a page.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The language to write in.
    pub locale: Locale,
    /// Set when `?lang=` chose it just now: [`Reader::remember`] keeps it.
    chosen_now: bool,
    secure: bool,
}

impl Reader {
    /// Finds the language of a request.
    pub fn of(state: &WebState, uri: &Uri, headers: &HeaderMap) -> Reader {
        let words = state.engine().words();
        let asked = asked_in(uri.query().unwrap_or_default()).and_then(|tag| available(words, &tag));
        let chosen_now = asked.is_some();
        let kept = || {
            let jar = CookieJar::from_headers(headers);
            jar.get(COOKIE).and_then(|cookie| available(words, cookie.value()))
        };
        let chosen = asked.or_else(kept);
        let browser = browser(words, headers);
        let locale =
            words.negotiate(&Hints { chosen: chosen.as_ref(), channel: browser.as_ref(), text: None });
        Reader { locale, chosen_now, secure: state.engine().config().secure() }
    }

    /// The same reader, of a page in that language.
    pub fn in_language(&self, locale: Locale) -> Reader {
        Reader { locale, ..*self }
    }

    /// The cookies to set: the choice made just now, for a year.
    pub fn remember(&self) -> CookieJar {
        let jar = CookieJar::new();
        if !self.chosen_now {
            return jar;
        }
        let mut cookie = Cookie::new(COOKIE, self.locale.to_string());
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_secure(self.secure);
        cookie.make_permanent();
        jar.add(cookie)
    }
}

impl FromRequestParts<WebState> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        Ok(Reader::of(state, &parts.uri, &parts.headers))
    }
}

/// What a browser asks for among the loaded languages; `None` if it asks for none of them.
pub fn browser(words: &Catalogue, headers: &HeaderMap) -> Option<Locale> {
    let header = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    asked_for(header).into_iter().find_map(|tag| available(words, &tag))
}

/// The loaded language of that tag, or of its language without region.
fn available(words: &Catalogue, tag: &str) -> Option<Locale> {
    let wish = Locale::parse(tag).ok()?;
    let all = words.locales();
    all.iter()
        .find(|locale| **locale == wish)
        .or_else(|| all.iter().find(|locale| locale.language() == wish.language()))
        .cloned()
}

/// Whether an address chooses the language.
pub fn is_chosen_by(uri: &Uri) -> bool {
    asked_in(uri.query().unwrap_or_default()).is_some()
}

fn asked_in(query: &str) -> Option<String> {
    query.split('&').find_map(|pair| pair.strip_prefix("lang=")).map(str::to_owned)
}

/// The tags of an `Accept-Language` header, the most wanted first.
fn asked_for(header: &str) -> Vec<String> {
    let mut asked: Vec<(u32, String)> = header
        .split(',')
        .take(MAX_ASKED)
        .filter_map(|entry| {
            let mut fields = entry.split(';').map(str::trim);
            let tag = fields.next().filter(|tag| !tag.is_empty() && *tag != "*")?;
            let weight =
                fields.find_map(|field| field.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
            let thousandths = (weight.filter(|q| (0.0..=1.0).contains(q))? * 1000.0) as u32;
            (thousandths > 0).then(|| (thousandths, tag.to_owned()))
        })
        .collect();
    asked.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    asked.into_iter().map(|(_, tag)| tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_heard_in_the_order_of_their_wishes() {
        #[track_caller]
        fn check(header: &str, expected: &[&str]) {
            assert_eq!(asked_for(header), expected);
        }
        check("ar-SA,ar;q=0.9,en;q=0.8", &["ar-SA", "ar", "en"]);
        check("en;q=0.5, fil ;q=0.7, *;q=0.1", &["fil", "en"]);
        check("en;q=0, ar", &["ar"]);
        check("en;q=9, ar;q=x, fr", &["fr"]);
        check("", &[]);
    }

    #[test]
    fn the_address_may_choose() {
        assert_eq!(asked_in("a=b&lang=en").as_deref(), Some("en"));
        assert_eq!(asked_in("slang=en"), None);
    }
}
