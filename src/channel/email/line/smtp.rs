//! One mail, one conversation with our mail server: where it broke off decides what is done next.

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::compose::Composed;
use crate::channel::SendError;
use crate::channel::email::bounce::{self, Reason, Verdict};
use crate::config::{Encryption, MailServer};

/// How long all may take until the mail itself is sent, and the server's answer to it: together less than a send may take.
const BEFORE: Duration = Duration::from_secs(15);
const AFTER: Duration = Duration::from_secs(13);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Sends a mail.
pub(super) async fn send(server: &MailServer, hello: &str, mail: &Composed) -> Result<(), SendError> {
    let ready = tokio::time::timeout(BEFORE, offered(server, hello, mail)).await;
    let mut line = ready.map_err(|_| later("the mail server did not answer in time"))??;
    // From here on it may have arrived, whatever we hear.
    match tokio::time::timeout(AFTER, line.message(&mail.bytes)).await {
        Ok(Ok(_)) => {
            line.abort().await;
            Ok(())
        }
        Ok(Err(error)) if error.is_transient() => Err(later("the mail server put the mail off")),
        Ok(Err(error)) if error.is_permanent() => {
            Err(SendError::Never { cause: format!("the mail server refused the mail{}", code(&error)) })
        }
        Ok(Err(_)) => Err(SendError::Unknown { cause: "the line broke while the mail was sent".into() }),
        Err(_) => Err(SendError::Unknown { cause: "no answer to the mail in time".into() }),
    }
}

/// A line on which the server waits for the mail.
async fn offered(
    server: &MailServer,
    hello: &str,
    mail: &Composed,
) -> Result<AsyncSmtpConnection, SendError> {
    let mut line = open(server, hello).await?;
    if let Err(error) = line.command(Mail::new(Some(mail.sender.clone()), Vec::new())).await {
        return Err(match error.is_permanent() {
            true => SendError::Broken {
                cause: format!("the mail server does not let us send as our address{}", code(&error)),
            },
            false => later("the mail server did not take our address"),
        });
    }
    if let Err(error) = line.command(Rcpt::new(mail.recipient.clone(), Vec::new())).await {
        return Err(refused(&error));
    }
    line.command(Data).await.map_err(|error| match error.is_permanent() {
        true => SendError::Never { cause: format!("the mail server refused the mail{}", code(&error)) },
        false => later("the mail server put the mail off"),
    })?;
    Ok(line)
}

/// A line to the server, logged in.
pub(super) async fn open(server: &MailServer, hello: &str) -> Result<AsyncSmtpConnection, SendError> {
    let tls = || {
        let tls = TlsParameters::new(server.host.clone());
        tls.map_err(|_| SendError::Broken {
            cause: "channel.email.smtp.host is no name that a certificate can have".into(),
        })
    };
    let hello = ClientId::Domain(hello.to_owned());
    let at_once = if server.tls == Encryption::Implicit { Some(tls()?) } else { None };
    let address = (server.host.as_str(), server.port);
    let line = AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT), &hello, at_once, None).await;
    let mut line = line.map_err(|error| match error.is_tls() {
        true => later("no TLS with the mail server: its certificate may have run out, or be of another name"),
        false => later("the mail server cannot be reached"),
    })?;
    if server.tls == Encryption::StartTls {
        if !line.can_starttls() {
            return Err(SendError::Broken {
                cause: "the mail server has no STARTTLS: set channel.email.smtp.tls".into(),
            });
        }
        let upgraded = line.starttls(tls()?, &hello).await;
        upgraded.map_err(|_| {
            later("no TLS with the mail server: its certificate may have run out, or be of another name")
        })?;
    }
    if !server.user.is_empty() {
        let credentials = Credentials::new(server.user.clone(), server.password.reveal().to_owned());
        let known = line.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
        known.map_err(|error| match error.is_permanent() || error.is_client() {
            true => SendError::Broken {
                cause: format!(
                    "the mail server refuses channel.email.smtp.user and its password{}",
                    code(&error)
                ),
            },
            false => later("the mail server did not let us in"),
        })?;
    }
    Ok(line)
}

/// A recipient that was not taken.
fn refused(error: &Error) -> SendError {
    if !error.is_permanent() {
        return later("the mail server put the recipient off");
    }
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    match bounce::of_refusal(&said) {
        // For good, and nothing is said of why: it is about the address, for only that was told yet.
        (Reason::Unknown, _) => SendError::Gone,
        (_, Verdict::Soft) => later("the recipient's mailbox takes nothing now"),
        (_, Verdict::Policy) => {
            SendError::Never { cause: format!("the mail server will not pass it on{}", code(error)) }
        }
        _ => SendError::Gone,
    }
}

/// The number of the answer; never its words, which may hold addresses.
fn code(error: &Error) -> String {
    error.status().map(|code| format!(" ({code})")).unwrap_or_default()
}

fn later(cause: &str) -> SendError {
    SendError::Later { after: None, cause: cause.into() }
}
