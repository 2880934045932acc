//! A paper, handed over as a download and never shown in the page's own origin.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::DeskState;
use super::errors::{failed, not_found};
use super::frame::Asked;
use super::session::SignedIn;
use crate::engine::ActError;
use crate::locale::strip_controls;
use crate::message::{DocumentId, MediaRef};

/// The types that are named; anything else goes out as bytes.
const NAMED: [&str; 6] =
    ["application/pdf", "image/jpeg", "image/png", "image/webp", "image/gif", "image/heif"];
/// The longest file name that goes out, in characters.
const LONGEST_NAME: usize = 120;

/// `GET /desk/document/<uuid>`
pub async fn download(
    State(desk): State<DeskState>,
    asked: Asked,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<DocumentId>() else { return not_found(&desk, &asked, &staff) };
    match desk.engine.open_document(&staff.0, id).await {
        Ok((media, bytes)) => (headers(&media), bytes).into_response(),
        Err(ActError::NotFound) => not_found(&desk, &asked, &staff),
        Err(_) => failed(&desk, &asked, &staff),
    }
}

fn headers(media: &MediaRef) -> HeaderMap {
    let mime = NAMED.into_iter().find(|known| *known == &*media.mime).unwrap_or("application/octet-stream");
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_TYPE, mime);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if let Ok(value) = HeaderValue::from_str(&disposition(&media.name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers
}

/// `attachment` with the name twice (RFC 6266): in plain ASCII, and percent-encoded as RFC 8187 (the successor of
/// RFC 5987) wants it.
fn disposition(name: &str) -> String {
    let name: String = strip_controls(name).chars().take(LONGEST_NAME).collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'/' | b'\\' => encoded.push('_'),
            _ if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(name: &str, mime: &str) -> MediaRef {
        let document = DocumentId(crate::message::derive_id(&["paper"]));
        MediaRef { document, name: name.into(), mime: mime.into(), size: 1 }
    }

    #[test]
    fn names_travel_whole_and_without_tricks() {
        fn check(name: &str, expected: &str) {
            assert_eq!(disposition(name), expected);
        }
        check("id.pdf", "attachment; filename=\"id.pdf\"; filename*=UTF-8''id.pdf");
        check("هوية.pdf", "attachment; filename=\"____.pdf\"; filename*=UTF-8''%D9%87%D9%88%D9%8A%D8%A9.pdf");
        check(
            "a\"b\r\nSet-Cookie: x=1.png",
            "attachment; filename=\"a_b_Set-Cookie_ x_1.png\"; filename*=UTF-8''a%22b%0ASet-Cookie%3A%20x%3D1.png",
        );
        check("..\\..//etc/pw", "attachment; filename=\".._..__etc_pw\"; filename*=UTF-8''.._..__etc_pw");
        check("gp\u{202E}fdp.exe", "attachment; filename=\"gpfdp.exe\"; filename*=UTF-8''gpfdp.exe");
    }

    #[test]
    fn nothing_is_ever_shown_inline() {
        for (mime, expected) in [
            ("application/pdf", "application/pdf"),
            ("image/png", "image/png"),
            ("text/html", "application/octet-stream"),
            ("image/svg+xml", "application/octet-stream"),
        ] {
            let headers = headers(&media("x", mime));
            assert_eq!(headers[header::CONTENT_TYPE], expected);
            assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment;"));
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        }
    }
}
