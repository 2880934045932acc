//! What a client posts to the chat: JSON, or (after a first byte that is even) a form with a paper whose boundary is
//! `b`.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};
use wasl::channel::webchat::{self, DecodeError};
use wasl::message::Body;
use wasl::web::form_of;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().unwrap());

/// One body.
pub fn run(data: &[u8]) {
    if let Some((kind, body)) = data.split_first()
        && kind % 2 == 0
    {
        form(body);
    }
    match webchat::decode(data) {
        Ok(posted) => {
            assert!(webchat::is_id(&posted.id));
            let json = serde_json::to_string(&posted.body).unwrap();
            let same: Body = serde_json::from_str(&json).unwrap();
            assert_eq!(same, posted.body, "what was said survives the inbox");
        }
        Err(DecodeError::NotUtf8) => assert!(std::str::from_utf8(data).is_err()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn form(body: &[u8]) {
    let read = RUNTIME.block_on(form_of("multipart/form-data; boundary=b", body.to_vec()));
    if let Some((id, name, bytes)) = read {
        assert!(webchat::is_id(&id) && name.chars().count() <= 200 && bytes.len() <= body.len());
    }
}
