//! A refusal, worded as the Bot API words it (tdlib/telegram-bot-api, `Client::fail_query_with_error`).

use serde_json::{Value, json};

/// `{"ok":false,…}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub code: u16,
    pub description: String,
    pub parameters: Option<Value>,
}

impl Refusal {
    fn of(code: u16, description: impl Into<String>) -> Refusal {
        Refusal { code, description: description.into(), parameters: None }
    }

    pub fn bad(why: &str) -> Refusal {
        Refusal::of(400, format!("Bad Request: {why}"))
    }

    pub fn unauthorized() -> Refusal {
        Refusal::of(401, "Unauthorized")
    }

    pub fn forbidden(why: &str) -> Refusal {
        Refusal::of(403, format!("Forbidden: {why}"))
    }

    pub fn not_found(why: &str) -> Refusal {
        Refusal::of(404, format!("Not Found{why}"))
    }

    pub fn conflict(why: &str) -> Refusal {
        Refusal::of(409, format!("Conflict: {why}"))
    }

    pub fn too_many(seconds: u64) -> Refusal {
        let description = format!("Too Many Requests: retry after {seconds}");
        Refusal { parameters: Some(json!({ "retry_after": seconds })), ..Refusal::of(429, description) }
    }

    pub fn broken() -> Refusal {
        Refusal::of(500, "Internal Server Error")
    }

    pub fn migrated(to: i64) -> Refusal {
        let parameters = Some(json!({ "migrate_to_chat_id": to }));
        Refusal { parameters, ..Refusal::bad("group chat was upgraded to a supergroup chat") }
    }

    pub fn body(&self) -> Value {
        let mut body = json!({ "ok": false, "error_code": self.code, "description": self.description });
        if let Some(parameters) = &self.parameters {
            body["parameters"] = parameters.clone();
        }
        body
    }
}
