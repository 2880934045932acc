//! Somebody at their mail program.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use mail_parser::MessageParser;

use super::Office;
use crate::harness::plain;

/// Every mail of this process has a number.
static WRITTEN: AtomicUsize = AtomicUsize::new(0);
/// How long a mail may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail that came.
#[derive(Debug, Clone)]
pub struct Mail {
    pub raw: String,
    pub subject: String,
    pub id: String,
    pub references: Vec<String>,
    pub reply_to: String,
    /// The words, without the marks that keep inserted values apart.
    pub text: String,
    pub html: String,
}

impl Mail {
    fn read(raw: &[u8]) -> Mail {
        let mail = MessageParser::default().parse(raw).unwrap();
        let references = mail.references().as_text_list().unwrap_or_default();
        let reply_to = mail.reply_to().and_then(|to| to.first()?.address()).unwrap_or_default().to_owned();
        Mail {
            raw: String::from_utf8_lossy(raw).into_owned(),
            subject: mail.subject().unwrap_or_default().to_owned(),
            id: mail.message_id().unwrap_or_default().to_owned(),
            references: references.iter().map(ToString::to_string).collect(),
            reply_to,
            text: plain(&mail.body_text(0).unwrap_or_default()).replace("\r\n", "\n").trim_end().to_owned(),
            html: mail.body_html(0).unwrap_or_default().into_owned(),
        }
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let begin = format!("{name}: ");
        self.raw.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(&begin))
    }
}

/// What goes along with a mail.
#[derive(Default)]
pub struct With<'a> {
    pub fields: Vec<(&'a str, String)>,
    pub file: Option<(&'a str, &'a [u8])>,
}

/// Somebody.
pub struct Person<'o> {
    office: &'o Office,
    pub address: String,
    name: String,
    /// What passed between them and the bot, as they saw it.
    seen: std::cell::RefCell<String>,
    /// How many of their mails they have read.
    read: std::cell::Cell<usize>,
}

impl<'o> Person<'o> {
    pub(super) fn new(office: &'o Office, address: &str, name: &str) -> Person<'o> {
        let (address, name) = (address.to_owned(), name.to_owned());
        Person { office, address, name, seen: Default::default(), read: Default::default() }
    }

    /// Everything that is in their mailbox, the oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        let mailbox = self.office.mailbox(&self.address);
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .filter_map(|kind| std::fs::read_dir(mailbox.join(kind)).ok())
            .flatten()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort_by_key(|path| order(&path.file_name().unwrap().to_string_lossy()));
        files.iter().map(|file| Mail::read(&std::fs::read(file).unwrap())).collect()
    }

    /// How many of the mails hold these words.
    pub fn times(&self, words: &str) -> usize {
        self.mails().iter().filter(|mail| mail.text.contains(words)).count()
    }

    pub fn transcript(&self) -> String {
        self.seen.borrow().clone()
    }

    /// Reads the mails that came until one holds these words.
    pub async fn expects(&self, words: &str) -> Mail {
        let begin = Instant::now();
        loop {
            for mail in self.mails().into_iter().skip(self.read.get()) {
                self.read.set(self.read.get() + 1);
                *self.seen.borrow_mut() += &shown("bot", &mail.subject, &mail.text);
                if mail.text.contains(words) {
                    return mail;
                }
            }
            assert!(begin.elapsed() < PATIENCE, "{words:?} did not come:\n{}", self.transcript());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The newest mail that was read.
    pub fn last(&self) -> Mail {
        let read = self.read.get().checked_sub(1).expect("nothing was read yet");
        self.mails().swap_remove(read)
    }

    /// Writes to an address.
    pub async fn writes(&self, to: &str, subject: &str, text: &str) {
        self.sends(to, subject, text, With::default()).await;
    }

    /// Answers the newest mail, as mail programs do: below stands what is answered.
    pub async fn answers(&self, text: &str) {
        self.answers_with(text, None).await;
    }

    /// The same, with a file.
    pub async fn answers_with(&self, text: &str, file: Option<(&str, &[u8])>) {
        let last = self.last();
        let quoted: String = last.text.lines().map(|line| format!("> {line}\n")).collect();
        let whole = format!(
            "{text}\n\nOn Sun, Nov 22, 2026 at 10:05 AM Charity <{}> wrote:\n\n{quoted}",
            last.reply_to
        );
        let mut references = last.references.clone();
        references.push(last.id.clone());
        let references: Vec<String> = references.iter().map(|id| format!("<{id}>")).collect();
        let fields = vec![("In-Reply-To", format!("<{}>", last.id)), ("References", references.join(" "))];
        *self.seen.borrow_mut() += &shown(&self.name, &last.subject, text);
        self.delivers(&last.reply_to, &last.subject, &whole, With { fields, file }).await;
    }

    /// Writes with more than words.
    pub async fn sends(&self, to: &str, subject: &str, text: &str, with: With<'_>) {
        *self.seen.borrow_mut() += &shown(&self.name, subject, text);
        self.delivers(to, subject, text, with).await;
    }

    async fn delivers(&self, to: &str, subject: &str, text: &str, with: With<'_>) {
        let mut mail = Message::builder()
            .from(Mailbox::new(Some(self.name.clone()), self.address.parse().unwrap()))
            .to(to.parse().unwrap())
            .subject(subject)
            .message_id(Some(format!("<{}@people.test>", WRITTEN.fetch_add(1, Ordering::Relaxed))));
        for (name, value) in with.fields {
            let name = HeaderName::new_from_ascii(name.to_owned()).unwrap();
            mail = mail.raw_header(HeaderValue::new(name, value));
        }
        let words = SinglePart::plain(text.to_owned());
        let mail = match with.file {
            None => mail.singlepart(words),
            Some((name, bytes)) => {
                let file = Attachment::new(name.to_owned())
                    .body(bytes.to_vec(), ContentType::parse("application/octet-stream").unwrap());
                mail.multipart(MultiPart::mixed().singlepart(words).singlepart(file))
            }
        };
        let server: AsyncSmtpTransport<Tokio1Executor> =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
                .port(self.office.smtp())
                .build();
        server.send(mail.unwrap()).await.unwrap();
    }
}

/// Dovecot's names of mails begin with when they came: seconds, then `M` and the millionths of one.
fn order(name: &str) -> (u64, u64) {
    let mut parts = name.split('.');
    let seconds = parts.next().and_then(|text| text.parse().ok()).unwrap_or_default();
    let digits = |text: &str| {
        text.trim_start_matches('M').chars().take_while(char::is_ascii_digit).collect::<String>()
    };
    let micros = parts.next().and_then(|text| digits(text).parse().ok()).unwrap_or_default();
    (seconds, micros)
}

fn shown(who: &str, subject: &str, text: &str) -> String {
    let text = text.replace('\n', "\n    ");
    let text: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    format!("{who} ({subject}):\n    {text}")
}
