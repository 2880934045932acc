//! Reports in the words of a server, as they were before RFC 3464 and as some still are: qmail, Exim, Exchange,
//! Notes, mobile carriers.

use std::sync::LazyLock;

use regex::Regex;

use super::super::headers::Headers;
use super::super::mime::Letter;
use super::super::thread;
use super::{Recipient, Verdict, address, code, once, reason};

/// The most lines that are looked at.
const LINES: usize = 300;

/// Where the mail that is returned begins.
static RETURNED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\W*(-{2,}.*(original|returned|copy of|unsent|below this line|this is a copy|undelivered).*|(original|your) message (follows|headers?)\b.*|received: .*|return-path: .*|content-type: message/.*|received:?|original message headers:|message header follows:?.*)$",
    )
    .expect("a pattern of ours")
});

/// How servers call such a mail: in its subject, or in its first lines.
const SUBJECTS: &[&str] = &[
    "undeliver",
    "undelivered",
    "delivery status",
    "delivery fail",
    "delivery error",
    "delivery notification",
    "delivery problem",
    "delivery delay",
    "returned mail",
    "returned to sender",
    "return to sender",
    "failure notice",
    "failure notif",
    "failure delivery",
    "delivery has failed",
    "mail delivery",
    "message status",
    "could not be delivered",
    "mail system error",
    "nondeliverable",
    "non-delivery",
    "user unknown",
    "mail error",
    "rejected mail",
    "unbekannt",
    "unzustellbar",
    "non remis",
    "non remise",
    "no entregado",
    "delivery report",
    "warning: could not send",
    "mail could not be delivered",
    "not delivered",
    "message delivery",
    "error sending",
];
const WORDS: &[&str] = &[
    "could not be delivered",
    "was not delivered",
    "unable to deliver",
    "couldn't be delivered",
    "cannot be delivered",
    "wasn't able to deliver",
    "did not reach",
    "delivery to the following",
    "failed to deliver",
    "undeliverable",
    "delivery failed",
    "permanent fatal errors",
    "permanent error",
    "following addresses",
    "not be delivered",
    "has been rejected",
    "message blocked",
    "message not delivered",
    "delivery has failed",
    "returned to sender",
    "rejected your message",
    "delivery temporarily suspended",
    "has not been delivered",
    "trouble delivering",
    "not yet been delivered",
];

/// Reads a report in free words; `None` when the mail is none.
pub(super) fn read(letter: &Letter) -> Option<Vec<Recipient>> {
    let failed: Vec<String> = letter
        .headers
        .all("x-failed-recipients")
        .flat_map(|field| field.split(','))
        .filter_map(address)
        .collect();
    let (blocks, general) = blocks(letter);
    if failed.is_empty() && !is_report(letter, general.contains('@')) {
        return None;
    }
    let words = plain(&general);
    let warning = WARNINGS.iter().any(|known| words.contains(known));
    // What is said of several says nothing of one.
    let general = if blocks.len() > 1 { "" } else { &general };
    let mut told: Vec<Recipient> = blocks
        .iter()
        .filter(|(address, _)| failed.is_empty() || failed.contains(address))
        .map(|(address, text)| recipient(Some(address.clone()), text, general))
        .collect();
    for address in failed {
        if !told.iter().any(|one| one.address.as_ref() == Some(&address)) {
            told.push(recipient(Some(address), "", general));
        }
    }
    if told.is_empty() {
        told.push(recipient(general.lines().find_map(address), "", general));
    }
    if warning {
        told.iter_mut().for_each(|one| one.verdict = Verdict::Delayed);
    }
    Some(once(told))
}

fn recipient(address: Option<String>, text: &str, general: &str) -> Recipient {
    let status = status(text).or_else(|| status(general));
    let (reason, verdict) = reason::of(text, status.as_deref(), || general.to_owned());
    Recipient { address, verdict, reason, status }
}

/// Words of a report that is a warning only.
const WARNINGS: &[&str] = &[
    "not yet been delivered",
    "delivery attempts will continue",
    "will be retried",
    "do not need to resend",
    "will keep trying",
    "will continue to",
    "still trying",
];

/// What a server that writes reports calls itself.
const SERVERS: &[&str] = &[
    "mailer-daemon",
    "mailer_daemon",
    "mailerdaemon",
    "mail-daemon",
    "postmaster",
    "post_master",
    "mail delivery",
    "maildelivery",
];

/// Whether it may be a server's at all.
pub(super) fn is_server(letter: &Letter) -> bool {
    has_name(letter) || has_no_sender(letter) || letter.headers.get("x-failed-recipients").is_some()
}

fn has_name(letter: &Letter) -> bool {
    let from = letter.headers.get("from").unwrap_or_default().to_ascii_lowercase();
    SERVERS.iter().any(|known| from.contains(known))
}

fn has_no_sender(letter: &Letter) -> bool {
    letter.headers.get("return-path") == Some("<>")
}

/// Whether a server wrote it, and in words of a report. A wrong yes would take a person's address for dead: nobody
/// as the envelope's sender is not enough where only the body has such words, or where nobody's address is `named`.
fn is_report(letter: &Letter, named: bool) -> bool {
    let (server, nobody) = (has_name(letter), has_no_sender(letter));
    let subject = letter.subject.to_lowercase();
    let told = SUBJECTS.iter().any(|known| subject.contains(known));
    let start: String = letter.text.chars().take(1_500).collect();
    let words = || WORDS.iter().any(|known| plain(&start).contains(known));
    server && (letter.media == "multipart/report" || told || words()) || nobody && told && named
}

fn plain(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Addresses with what is said below each, and all that is said.
fn blocks(letter: &Letter) -> (Vec<(String, String)>, String) {
    let recipients = thread::recipients(letter);
    let ours = |found: &String| {
        letter.from.contains(found) || recipients.iter().any(|to| to.eq_ignore_ascii_case(found))
    };
    let coded = |line: &str| line.get(..3).is_some_and(|code| code.bytes().all(|b| b.is_ascii_digit()));
    let (mut blocks, mut general) = (Vec::<(String, String)>::new(), String::new());
    for line in letter.text.lines().take(LINES) {
        if RETURNED.is_match(line.trim_end()) {
            break;
        }
        general.push_str(line);
        general.push('\n');
        let bare = line.trim();
        match address(bare).filter(|found| !ours(found) && leads(bare, found)) {
            Some(found)
                if blocks.len() < super::RECIPIENTS && !blocks.iter().any(|(known, _)| *known == found) =>
            {
                blocks.push((found, format!("{line}\n")));
            }
            _ => {
                // In a transcript each line that has a code and no address is about what comes next.
                if let Some((_, text)) = blocks.last_mut().filter(|(_, text)| !(coded(text) && coded(bare))) {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    (blocks, general)
}

/// Whether a line is about an address: it begins with it, perhaps after a code, or is little else, and no field of
/// the mail that is described.
fn leads(line: &str, address: &str) -> bool {
    let at = line.to_lowercase().find(address).unwrap_or(usize::MAX);
    let Some(before) = line.get(..at) else { return false };
    let before = before.trim_end_matches(['<', ' ', '\t', '"']);
    let code = before.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b' ');
    let field =
        ["to:", "cc:", "from:", "subject:"].iter().any(|field| before.trim_end().eq_ignore_ascii_case(field));
    code || (!field && before.len() < 40 && line.len() < address.len() + 40)
}

/// What the words of the report say about an address, or all that they say.
pub(super) fn about(letter: &Letter, address: Option<&str>) -> String {
    let (blocks, general) = blocks(letter);
    let own = blocks.into_iter().find(|(known, _)| Some(known.as_str()) == address);
    own.map_or(general, |(_, text)| text)
}

/// The first code in a text.
fn status(text: &str) -> Option<String> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[\s#(\[-])([245]\.\d{1,3}\.\d{1,3})\b").expect("a pattern of ours")
    });
    CODE.captures(text).and_then(|found| code(&found[1]))
}

/// The header of the mail that is returned below the words.
pub(super) fn returned(letter: &Letter) -> Headers {
    let lines: Vec<&str> = letter.text.lines().take(LINES * 2).collect();
    let Some(at) = lines.iter().position(|line| RETURNED.is_match(line.trim_end())) else {
        return Headers::default();
    };
    // The mark itself, or already the first field.
    let below = lines[at..].iter().skip_while(|line| !line.contains(':') || line.starts_with('-'));
    Headers::parse(&below.copied().collect::<Vec<_>>().join("\n"))
}
