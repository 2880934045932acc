//! Brings changes to the bot's webhook, signed, each until it answers 200. Nothing promises their order.

use std::collections::VecDeque;
use std::fmt::Write;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::Client;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::time::{Instant, sleep_until};

use super::WhatsApp;
use super::state::{ACCOUNT, NUMBER, NUMBER_ID, State};

/// How long a bot may take to answer.
const ANSWER: Duration = Duration::from_secs(20);
/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(2);

/// What one request carries.
#[derive(Debug, Clone)]
pub struct Post {
    number: u64,
    /// Each `{"field":…, "value":…}`.
    changes: Vec<Value>,
    sending: bool,
    tries: u32,
    not_before: Option<Instant>,
    again: bool,
}

pub struct Hook {
    pub url: Option<String>,
    pub waiting: VecDeque<Post>,
    /// Changes that were taken, each as often as it was.
    pub taken: Vec<Value>,
    /// Nothing leaves until this is taken away.
    pub held: bool,
    /// Each request comes twice.
    pub twice: bool,
    /// How long a failed delivery waits for its next try; twice as long each time.
    pub patience: Duration,
    posts: u64,
}

impl Hook {
    pub fn new() -> Hook {
        Hook {
            url: None,
            waiting: VecDeque::new(),
            taken: Vec::new(),
            held: false,
            twice: false,
            patience: Duration::from_millis(20),
            posts: 0,
        }
    }

    /// A change of this field; what is the same in each is added.
    pub fn push(&mut self, field: &str, mut value: Value) {
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] = json!({ "display_phone_number": NUMBER, "phone_number_id": NUMBER_ID });
        self.post(vec![json!({ "field": field, "value": value })]);
    }

    /// These changes as they are.
    pub fn post(&mut self, changes: Vec<Value>) {
        self.posts += 1;
        let number = self.posts;
        self.waiting.push_back(Post {
            number,
            changes,
            sending: false,
            tries: 0,
            not_before: None,
            again: false,
        });
    }

    /// Whether something about this message is still to be brought.
    pub fn has(&self, id: &str) -> bool {
        self.waiting
            .iter()
            .flat_map(|post| &post.changes)
            .any(|change| change["value"]["statuses"][0]["id"] == id)
    }

    /// What waits leaves in requests of up to `batch` changes, the newest first if `backwards`.
    pub fn release(&mut self, backwards: bool, batch: usize) {
        let mut changes: Vec<Value> = self.waiting.drain(..).flat_map(|post| post.changes).collect();
        if backwards {
            changes.reverse();
        }
        for some in changes.chunks(batch.max(1)) {
            self.post(some.to_vec());
        }
        self.held = false;
    }
}

/// A body as Meta writes it: what is not ASCII, escaped, and slashes too.
pub fn written(body: &Value) -> String {
    let mut written = String::new();
    for c in body.to_string().chars() {
        match c {
            '/' => written.push_str("\\/"),
            c if c.is_ascii() => written.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(written, "\\u{unit:04x}").unwrap();
                }
            }
        }
    }
    written
}

/// The signature of a body.
pub fn signature(secret: &str, body: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let hex = mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    format!("sha256={hex}")
}

/// The body that carries these changes.
pub fn envelope(changes: &[Value]) -> Value {
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": ACCOUNT, "changes": changes }] })
}

/// Delivers until the test ends.
pub async fn deliver(whatsapp: WhatsApp) {
    let client = Client::builder().no_proxy().timeout(ANSWER).build().unwrap();
    let mut changes = whatsapp.changes();
    loop {
        changes.mark_unchanged();
        let (post, wake) = whatsapp.quietly(|state| state.next_post(Instant::now()));
        if let Some((url, post)) = post {
            let secret = whatsapp.app_secret();
            let body = written(&envelope(&post.changes));
            let request = client
                .post(url)
                .header("content-type", "application/json")
                .header("X-Hub-Signature-256", signature(&secret, &body));
            let taken = request.body(body).send().await.is_ok_and(|answer| answer.status() == 200);
            whatsapp.change(|state| state.posted(post.number, taken));
            continue;
        }
        tokio::select! {
            _ = changes.changed() => {}
            () = sleep_until(wake.unwrap_or(Instant::now() + ANSWER)) => {}
        }
    }
}

impl State {
    /// The next request, if one may leave now, and when to look again.
    fn next_post(&mut self, now: Instant) -> (Option<(String, Post)>, Option<Instant>) {
        let Some(url) = self.hook.url.clone().filter(|_| !self.hook.held) else { return (None, None) };
        let due = |post: &Post| post.not_before.is_none_or(|at| at <= now);
        match self.hook.waiting.iter_mut().find(|post| !post.sending && due(post)) {
            Some(post) => {
                post.sending = true;
                (Some((url, post.clone())), None)
            }
            None => (None, self.hook.waiting.iter().filter_map(|post| post.not_before).min()),
        }
    }

    fn posted(&mut self, number: u64, taken: bool) {
        let hook = &mut self.hook;
        let Some(at) = hook.waiting.iter().position(|post| post.number == number) else { return };
        let post = &mut hook.waiting[at];
        post.sending = false;
        if !taken {
            post.not_before =
                Some(Instant::now() + hook.patience.saturating_mul(1 << post.tries.min(16)).min(LONGEST));
            post.tries += 1;
            return;
        }
        hook.taken.extend(post.changes.iter().cloned());
        if hook.twice && !post.again {
            post.again = true;
        } else {
            hook.waiting.remove(at);
        }
    }
}
