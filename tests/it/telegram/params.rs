//! What a call carries: JSON, a form, a multipart form or a query, all the same to Telegram.

use std::collections::BTreeMap;

use axum::Form;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Multipart, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde_json::{Map, Value};

/// What a bot may upload.
const UPLOAD: usize = 50 << 20;

/// A file in a multipart form.
#[derive(Debug, Clone)]
pub struct Upload {
    pub name: String,
    pub mime: String,
    pub bytes: Bytes,
}

/// The fields of a call. Forms carry text only: a number or an object in it is JSON.
#[derive(Debug, Clone, Default)]
pub struct Params {
    pub fields: Map<String, Value>,
    pub files: BTreeMap<String, Upload>,
}

impl Params {
    /// Reads a request. `None` if it is too large or makes no sense.
    pub async fn read(parts: Parts, body: Body) -> Option<Params> {
        let mut params = Params::default();
        let Query(query) = Query::<BTreeMap<String, String>>::try_from_uri(&parts.uri).ok()?;
        params.fields.extend(query.into_iter().map(|(name, value)| (name, Value::from(value))));
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.to_lowercase();
        if kind.starts_with("multipart/form-data") {
            params.take_multipart(Request::from_parts(parts, body)).await?;
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            let request = Request::from_parts(parts, body);
            let Form(form) = Form::<BTreeMap<String, String>>::from_request(request, &()).await.ok()?;
            params.fields.extend(form.into_iter().map(|(name, value)| (name, Value::from(value))));
        } else if kind.starts_with("application/json") {
            let body = to_bytes(body, UPLOAD).await.ok()?;
            if let Value::Object(fields) = serde_json::from_slice(&body).ok()? {
                params.fields.extend(fields);
            }
        }
        Some(params)
    }

    async fn take_multipart(&mut self, request: Request) -> Option<()> {
        let mut form = Multipart::from_request(request, &()).await.ok()?;
        while let Some(field) = form.next_field().await.ok()? {
            let name = field.name()?.to_owned();
            let file = field.file_name().map(str::to_owned);
            let mime = field.content_type().unwrap_or("application/octet-stream").to_owned();
            let bytes = field.bytes().await.ok().filter(|bytes| bytes.len() <= UPLOAD)?;
            match file {
                Some(file) => {
                    self.files.insert(name, Upload { name: file, mime, bytes });
                }
                None => {
                    let text = std::str::from_utf8(&bytes).ok()?;
                    self.fields.insert(name, Value::from(text));
                }
            }
        }
        Some(())
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }

    pub fn int(&self, name: &str) -> Option<i64> {
        let value = self.fields.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    pub fn flag(&self, name: &str) -> bool {
        let value = self.fields.get(name);
        value == Some(&Value::Bool(true))
            || matches!(value.and_then(Value::as_str), Some("true" | "True" | "1"))
    }

    /// A list or an object, which a form carries as text.
    pub fn json(&self, name: &str) -> Option<Value> {
        match self.fields.get(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            Value::Null => None,
            value => Some(value.clone()),
        }
    }
}
