//! A refusal of the Graph API: what counts is `error.code`.

use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub status: u16,
    pub code: u32,
    pub title: String,
    pub details: String,
}

/// The HTTP status and the title of a code, as Meta's table of error codes had them.
fn known(code: u32) -> (u16, &'static str) {
    match code {
        0 | 190 => (401, "Authentication error"),
        10 | 200 => (403, "Permission denied"),
        131000 => (500, "Something went wrong"),
        131008 => (400, "Required parameter is missing"),
        131009 => (400, "Parameter value is not valid"),
        131016 => (500, "Service unavailable"),
        131021 => (400, "Recipient cannot be sender"),
        131026 => (400, "Message undeliverable"),
        131031 => (403, "Business Account locked"),
        131042 => (400, "Business eligibility payment issue"),
        131047 => (400, "Re-engagement message"),
        131049 => (400, "This message was not delivered to maintain healthy ecosystem engagement."),
        131053 => (400, "Media upload error"),
        131056 => (400, "(Business Account, Consumer Account) pair rate limit hit"),
        131062 => (400, "Business-scoped user IDs are not supported for this message"),
        130429 => (429, "Rate limit hit"),
        132000 => (400, "Number of parameters does not match the expected number of params"),
        132001 => (404, "Template name does not exist in the translation"),
        132005 => (400, "Translated text too long"),
        132012 => (400, "Parameter format does not match format in the created template"),
        132015 => (400, "Template is Paused"),
        132018 => (400, "There's an issue with the parameters in your template"),
        _ => (400, "Invalid parameter"),
    }
}

impl Refusal {
    pub fn of(code: u32, details: impl Into<String>) -> Refusal {
        let (status, title) = known(code);
        Refusal { status, code, title: title.to_owned(), details: details.into() }
    }

    /// 100: a parameter that is wrong or missing.
    pub fn parameter(details: impl Into<String>) -> Refusal {
        Refusal::of(100, details)
    }

    /// As the answer of a call.
    pub fn body(&self) -> Value {
        let mut error = json!({
            "message": format!("(#{}) {}", self.code, self.title),
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": "AFakeTraceOfTheTests",
        });
        if !self.details.is_empty() {
            error["error_data"] = json!({ "messaging_product": "whatsapp", "details": self.details });
        }
        json!({ "error": error })
    }

    /// As an error in a status.
    pub fn in_status(&self) -> Value {
        json!({
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": { "details": self.details },
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        })
    }
}
