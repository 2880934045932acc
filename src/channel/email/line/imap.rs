//! A session with a mailbox, logged in, by IMAP (RFC 9051, RFC 3501).

use std::fmt::Debug;
use std::sync::Arc;

use async_imap::error::Error;
use async_imap::{Client, Session};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use crate::channel::SendError;
use crate::config::{Encryption, MailServer};

/// A connection, with or without TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Stream for T {}

/// A session.
pub(super) type Open = Session<Box<dyn Stream>>;

/// Why there is no session. Never holds words of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotOpen {
    /// It cannot be reached.
    #[error("the mail server cannot be reached")]
    Unreached,
    /// It has no TLS that we trust.
    #[error("no TLS with the mail server: its certificate may have run out, or be of another name")]
    NoTls,
    /// It has no STARTTLS.
    #[error("the mail server has no STARTTLS: set channel.email.imap.tls")]
    NoStartTls,
    /// It does not let us in.
    #[error("the mail server refuses channel.email.imap.user and its password")]
    Refused,
}

impl NotOpen {
    /// What follows for what is asked next.
    pub(super) fn of_a_pull(self) -> SendError {
        match self {
            NotOpen::Unreached | NotOpen::NoTls => later(&self.to_string()),
            NotOpen::NoStartTls | NotOpen::Refused => SendError::Broken { cause: self.to_string() },
        }
    }
}

/// What went wrong in a session: the line is closed, and another is opened.
pub(super) fn broke(error: &Error) -> SendError {
    later(match error {
        Error::No(_) | Error::Bad(_) => "the mail server refuses what is asked of the mailbox",
        Error::Parse(_) => "the mail server gave an answer that cannot be read",
        _ => "the line to the mail server broke",
    })
}

pub(super) fn later(cause: &str) -> SendError {
    SendError::Later { after: None, cause: cause.into() }
}

/// Opens a session.
pub(super) async fn open(server: &MailServer) -> Result<Open, NotOpen> {
    let plain =
        TcpStream::connect((server.host.as_str(), server.port)).await.map_err(|_| NotOpen::Unreached)?;
    let client = match server.tls {
        Encryption::Implicit => greeted(Box::new(secure(server, plain).await?)).await?,
        Encryption::StartTls => {
            let mut client = Client::new(plain);
            client.read_response().await.map_err(|_| NotOpen::Unreached)?.ok_or(NotOpen::Unreached)?;
            let upgraded = client.run_command_and_check_ok("STARTTLS", None).await;
            upgraded.map_err(|error| match error {
                Error::No(_) | Error::Bad(_) => NotOpen::NoStartTls,
                _ => NotOpen::Unreached,
            })?;
            // What the server may have said in the clear after its answer is dropped with the client.
            let stream: Box<dyn Stream> = Box::new(secure(server, client.into_inner()).await?);
            Client::new(stream)
        }
        Encryption::None => greeted(Box::new(plain)).await?,
    };
    let session = client.login(&server.user, server.password.reveal()).await;
    session.map_err(|(error, _)| match error {
        Error::No(_) | Error::Bad(_) | Error::Validate(_) => NotOpen::Refused,
        _ => NotOpen::Unreached,
    })
}

async fn greeted(stream: Box<dyn Stream>) -> Result<Client<Box<dyn Stream>>, NotOpen> {
    let mut client = Client::new(stream);
    client.read_response().await.map_err(|_| NotOpen::Unreached)?.ok_or(NotOpen::Unreached)?;
    Ok(client)
}

async fn secure(server: &MailServer, plain: TcpStream) -> Result<impl Stream + use<>, NotOpen> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| NotOpen::NoTls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(server.host.clone()).map_err(|_| NotOpen::NoTls)?;
    TlsConnector::from(Arc::new(config)).connect(name, plain).await.map_err(|_| NotOpen::NoTls)
}
