//! Style, script and icon, embedded in the program. Their address carries their hash, so browsers keep them.

use std::fmt::Write as _;

use axum::extract::{Path, RawQuery};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::errors::Problem;

#[derive(RustEmbed)]
#[folder = "src/web/assets/"]
struct Files;

/// The address of an embedded file, its hash included.
pub fn url(name: &str) -> String {
    let hash = Files::get(name).map(|file| short_hash(&file)).unwrap_or_default();
    format!("/assets/{name}?v={hash}")
}

/// `GET /assets/<name>?v=<hash>`: kept for a year when the hash is the file's, else asked for again each time.
pub async fn serve(
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = Files::get(&name).ok_or(Problem::NotFound)?;
    let kind = media_type(&name).ok_or(Problem::NotFound)?;
    let hash = short_hash(&file);
    let etag = format!("\"{hash}\"");
    let keep = if query.as_deref() == Some(&*format!("v={hash}")) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let about = [(CACHE_CONTROL, keep.to_owned()), (ETAG, etag.clone())];
    if headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    Ok((about, [(CONTENT_TYPE, kind)], file.data.into_owned()).into_response())
}

fn media_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

fn short_hash(file: &rust_embed::EmbeddedFile) -> String {
    file.metadata.sha256_hash()[..8].iter().fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_has_a_media_type_and_a_hash() {
        let names: Vec<_> = Files::iter().collect();
        assert!(names.len() >= 3, "{names:?}");
        for name in names {
            assert!(media_type(&name).is_some(), "{name}");
            assert_eq!(url(&name).len(), format!("/assets/{name}?v=").len() + 16);
        }
    }

    #[tokio::test]
    async fn a_file_with_its_hash_is_kept_and_known_again() {
        let hash = url("site.css").rsplit_once('=').unwrap().1.to_owned();
        let ask = async |query: Option<String>, headers| {
            serve(Path("site.css".to_owned()), RawQuery(query), headers).await
        };
        let kept = ask(Some(format!("v={hash}")), HeaderMap::new()).await.unwrap();
        assert!(kept.headers()[CACHE_CONTROL].to_str().unwrap().ends_with("immutable"));
        let other = ask(Some("v=old".to_owned()), HeaderMap::new()).await.unwrap();
        assert_eq!(other.headers()[CACHE_CONTROL], "no-cache");
        let mut seen = HeaderMap::new();
        seen.insert(IF_NONE_MATCH, format!("\"{hash}\"").parse().unwrap());
        assert_eq!(ask(None, seen).await.unwrap().status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn nothing_outside_is_served() {
        for name in ["../mod.rs", "..%2fmod.rs", "/etc/passwd", "none.css", ""] {
            let answer = serve(Path(name.to_owned()), RawQuery(None), HeaderMap::new()).await;
            assert_eq!(answer.err(), Some(Problem::NotFound), "{name}");
        }
    }
}
