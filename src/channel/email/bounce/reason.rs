//! Why a mail was not taken, from what servers say: a table of words, then the code (RFC 3463), then the number of SMTP.

use std::cell::LazyCell;

use super::Verdict;

/// Why a mail was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// There is no such person.
    NoPerson,
    /// There is no such domain, or it takes no mail.
    NoDomain,
    /// They moved.
    Moved,
    /// Their mailbox is full.
    Full,
    /// Their mailbox is closed for now.
    Closed,
    /// Ours was too large.
    TooLarge,
    /// The server is busy, or wants us to wait.
    Busy,
    /// The server could not be reached in time.
    Unreachable,
    /// Our content, our server or our domain was refused.
    Refused,
    /// The server looked at the mail and then said that there is no such person: a filter's answer.
    Filtered,
    /// A reader called it spam.
    Complaint,
    /// The server is broken.
    Broken,
    /// It is not said.
    Unknown,
}

impl Reason {
    fn verdict(self) -> Verdict {
        match self {
            Reason::NoPerson | Reason::NoDomain | Reason::Moved => Verdict::Hard,
            Reason::Refused => Verdict::Policy,
            Reason::Complaint => Verdict::Delivered,
            // Closed mailboxes are opened again, and three soft ones are a hard one: so is what is not said.
            Reason::Full
            | Reason::Closed
            | Reason::TooLarge
            | Reason::Busy
            | Reason::Unreachable
            | Reason::Broken
            | Reason::Filtered
            | Reason::Unknown => Verdict::Soft,
        }
    }
}

/// What servers say, the more telling first: "recipient address rejected" stands before many a reason.
const SAID: &[(Reason, &[&str])] = &[
    // Microsoft's answer for an address that a domain does not have.
    (Reason::NoPerson, &["recipient address rejected: access denied"]),
    (
        Reason::Full,
        &[
            "mailbox full",
            "mailbox is full",
            "mailbox has exceeded",
            "quota",
            "mailbox size",
            "storage limit",
            "insufficient storage",
            "exceeded storage",
            "out of storage",
            "not enough space",
            "disk space",
            "no space left",
            "insufficient system storage",
            "mailfolder is full",
            "too much mail",
            "storage space",
            "is full",
        ],
    ),
    (
        Reason::TooLarge,
        &[
            "message size",
            "too big",
            "too large",
            "size limit",
            "exceeds maximum",
            "exceeds limit",
            "message length",
            "maximum size",
            "exceeded the maximum",
        ],
    ),
    (
        Reason::Moved,
        &["has moved", "user moved", "address has changed", "is no longer used", "no longer on server"],
    ),
    // A name server that does not answer may answer tomorrow.
    (Reason::Unreachable, &["host not found, try again", "temporary lookup failure", "name server timeout"]),
    (
        Reason::NoDomain,
        &[
            "null mx",
            "nullmx",
            "type=mx",
            "type=aaaa",
            "type=a:",
            "domain name not found",
            "couldn't find any host",
            "could not find any host",
            "domain is not reachable",
            "host unknown",
            "unknown host",
            "host not found",
            "domain not found",
            "name or service not known",
            "no such domain",
            "domain does not exist",
            "does not accept mail",
            "no mx",
            "unable to resolve",
            "bad destination host",
            "unrouteable mail domain",
            "illegal host",
            "invalid domain",
            "domain may not exist",
        ],
    ),
    (
        Reason::Refused,
        &[
            "spam",
            "blacklist",
            "black list",
            "blocklist",
            "block list",
            "blocked",
            "reputation",
            "policy",
            "virus",
            "dmarc",
            "dkim",
            "spf",
            "authenticat",
            "authoriz",
            "relay",
            "reverse dns",
            "ptr ",
            "rfc compliance",
            "rfc 5322",
            "rfc5322",
            "not compliant",
            "content rejected",
            "message content",
            "prohibited",
            "refused to accept",
            "access denied",
            "denied by",
            "not permitted",
            "suspected",
            "dnsbl",
            "rbl",
            "listed at",
            "rejected by filter",
            "unsolicited",
            "abuse",
            "sender rejected",
            "sender address",
            "sender domain",
            "permission",
            "not allowed",
            "violat",
            "banned",
            "helo",
            "forbidden",
            "unacceptable",
            "recipient preferences",
            "must issue",
        ],
    ),
    (
        Reason::Closed,
        &[
            "suspended",
            "disabled",
            "inactive",
            "deactivated",
            "not active",
            "account expired",
            "locked",
            "temporarily unavailable",
            "is closed",
            "frozen",
            "on hold",
            "discontinued",
        ],
    ),
    (
        Reason::NoPerson,
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "not exist",
            "doesn't exist",
            "no mailbox here",
            "invalid recipient",
            "unknown recipient",
            "user not found",
            "recipient not found",
            "no such mailbox",
            "invalid mailbox",
            "not a valid mailbox",
            "unknown local",
            "no such recipient",
            "no such address",
            "not our customer",
            "unknown address",
            "address unknown",
            "couldn't be found",
            "could not be found",
            "wasn't found",
            "not known",
            "no account",
            "not listed in",
            "mailbox not found",
            "unknown or illegal",
            "bad destination",
            "invalid address",
            "recipient unknown",
            "no user",
            "invalid user",
            "unrouteable address",
            "addressee unknown",
            "mailbox unavailable",
            "no valid recipients",
            "undeliverable address",
            "doesn't have",
            "not a known user",
            "is not a valid",
            "user invalid",
        ],
    ),
    (
        Reason::Busy,
        &[
            "too many",
            "try again",
            "rate",
            "greylist",
            "throttl",
            "too fast",
            "deferred",
            "resources",
            "busy",
        ],
    ),
    (
        Reason::Unreachable,
        &[
            "timed out",
            "timeout",
            "connection refused",
            "no route",
            "could not be reached",
            "unable to connect",
            "connection dropped",
            "lost connection",
            "expired",
            "retry time",
            "too long",
            "network",
            "unreachable",
            "delivery time",
            "hop count",
            "loop",
            "not responding",
            "tls",
            " days",
        ],
    ),
    (
        Reason::Broken,
        &[
            "system error",
            "local error",
            "configuration",
            "internal error",
            "i/o error",
            "service unavailable",
            "out of memory",
            "command failed",
            "software error",
            "protocol error",
        ],
    ),
    (
        Reason::NoPerson,
        &["recipient address rejected", "recipient rejected", "rejected recipient", "not found"],
    ),
];

/// What a code says when words do not.
const CODES: &[(&str, Reason)] = &[
    ("5.1.1", Reason::NoPerson),
    ("5.1.2", Reason::NoDomain),
    ("5.1.3", Reason::NoPerson),
    ("5.1.6", Reason::Moved),
    ("5.1.7", Reason::Refused),
    ("5.1.8", Reason::Refused),
    ("5.1.10", Reason::NoDomain),
    ("5.2.1", Reason::NoPerson),
    ("5.2.2", Reason::Full),
    ("5.2.3", Reason::TooLarge),
    ("5.3.4", Reason::TooLarge),
    ("5.4.4", Reason::NoDomain),
    ("5.4.6", Reason::Unreachable),
    ("5.4.7", Reason::Unreachable),
    ("5.7.", Reason::Refused),
    ("4.2.1", Reason::Closed),
    ("4.2.2", Reason::Full),
    ("4.4.", Reason::Unreachable),
    ("4.7.", Reason::Busy),
    ("4.", Reason::Busy),
];

/// The reason and the verdict, from the server's words, the code, and all that the report says.
pub(super) fn of(said: &str, status: Option<&str>, all: impl Fn() -> String) -> (Reason, Verdict) {
    let coded = |status: &str| {
        let known = CODES.iter().filter(|(known, _)| status.starts_with(known));
        known.max_by_key(|(known, _)| known.len()).map(|(_, reason)| *reason)
    };
    let by_code = status.and_then(coded);
    let all = LazyCell::new(all);
    let found = by_words(said).or(by_code).or_else(|| by_words(&all)).unwrap_or(Reason::Unknown);
    let reason = match (found, by_code) {
        // These codes are about our own address: no word about an address is about the person's.
        (Reason::NoPerson | Reason::NoDomain, Some(Reason::Refused))
            if matches!(status, Some("5.1.7" | "5.1.8")) =>
        {
            Reason::Refused
        }
        // An address of old, by the code that says it is none.
        (Reason::Closed, Some(Reason::NoPerson)) if status == Some("5.1.1") => Reason::NoPerson,
        (Reason::NoPerson, _) if status != Some("5.1.1") && (after_data(said) || after_data(&all)) => {
            Reason::Filtered
        }
        (reason, _) => reason,
    };
    let verdict = match reason.verdict() {
        // The server itself says that it may change.
        Verdict::Hard if status.is_some_and(|status| status.starts_with('4')) => Verdict::Soft,
        verdict => verdict,
    };
    (reason, verdict)
}

/// Whether the mail itself was refused, and not its address: an address is refused when it is named (RFC 5321, 3.3).
fn after_data(said: &str) -> bool {
    let said = said.to_lowercase();
    let transcript = said.lines().map(str::trim).collect::<Vec<_>>();
    let answered = |pair: &[&str]| pair[0] == ">>> data" && pair[1].starts_with("<<< 5");
    let plain = said.split_whitespace().collect::<Vec<_>>().join(" ");
    ["to end of data command", "server after end of data", "smtp command data"]
        .iter()
        .any(|known| plain.contains(known))
        || transcript.windows(2).any(answered)
}

fn by_words(said: &str) -> Option<Reason> {
    // Without addresses and links, which hold any word, and without the kind before it: `smtp;`, `X-Relay;`.
    let said = said.split_once(';').filter(|(kind, _)| !kind.contains(' ')).map_or(said, |(_, said)| said);
    let plain = |word: &&str| !word.contains('@') && !word.contains("://");
    let said = said.to_lowercase().split_whitespace().filter(plain).collect::<Vec<_>>().join(" ");
    SAID.iter().find(|(_, words)| words.iter().any(|words| said.contains(words))).map(|(reason, _)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_more_than_codes() {
        for (said, status, reason, verdict) in [
            ("smtp; 550 5.1.1 <a@x.example>: no such user", Some("5.1.1"), Reason::NoPerson, Verdict::Hard),
            ("smtp; 550 sorry, mailbox is full", Some("5.1.1"), Reason::Full, Verdict::Soft),
            ("smtp; 550 sorry, mailbox is full", Some("5.0.0"), Reason::Full, Verdict::Soft),
            ("smtp; 550 <not-exist@x.example> spam", Some("5.0.0"), Reason::Refused, Verdict::Policy),
            ("", Some("5.1.1"), Reason::NoPerson, Verdict::Hard),
            ("", Some("5.1.10"), Reason::NoDomain, Verdict::Hard),
            ("", Some("5.7.26"), Reason::Refused, Verdict::Policy),
            ("", Some("5.2.1"), Reason::NoPerson, Verdict::Hard),
            ("", Some("5.9.9"), Reason::Unknown, Verdict::Soft),
            ("", None, Reason::Unknown, Verdict::Soft),
            ("450 unknown user", Some("4.1.1"), Reason::NoPerson, Verdict::Soft),
            ("550 no such domain", Some("5.1.8"), Reason::Refused, Verdict::Policy),
            ("account inactive", Some("5.1.1"), Reason::NoPerson, Verdict::Hard),
            ("account inactive", Some("5.2.1"), Reason::Closed, Verdict::Soft),
        ] {
            assert_eq!(of(said, status, String::new), (reason, verdict), "{said} {status:?}");
        }
    }

    #[test]
    fn what_is_refused_after_the_data_is_no_address() {
        let all = || ">>> DATA\n<<< 550 unknown user".to_owned();
        assert_eq!(of("550 unknown user", None, all), (Reason::Filtered, Verdict::Soft));
    }
}
