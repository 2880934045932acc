//! What an operator should know of the line: whether both servers let us in, whether a mail goes round, and whether our
//! server vouches for who writes.

use std::time::{Duration, Instant};

use async_imap::types::Uid;
use futures_util::TryStreamExt;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{HeaderName, HeaderValue};
use tokio::time::timeout;

use super::compose::Composed;
use super::imap::{self, NotOpen, Open};
use super::{Email, smtp};
use crate::channel::email::classify::LOOP;
use crate::channel::email::headers::Headers;
use crate::channel::email::{auth, thread};
use crate::channel::{Examined, SendError};
use crate::config::Encryption;
use crate::message::{OutboxId, derive_id};
use crate::time::{Clock as _, SystemClock};

/// How long each server has to let us in.
const OPEN: Duration = Duration::from_secs(15);
/// How long a mail may take round, and how often it is looked for.
const ROUND: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(500);
/// How many of the newest mails are looked at for our server's word.
const NEWEST: usize = 20;

impl Email {
    /// What `wasl doctor` says of the mailbox, the server that sends, and what came.
    pub(super) async fn look(&self) -> Vec<Examined> {
        let mut seen = Vec::new();
        let session = timeout(OPEN, imap::open(&self.settings.imap)).await.unwrap_or(Err(NotOpen::Unreached));
        let mut session = match session {
            Ok(session) => Some(session),
            Err(error) => {
                seen.push(wrong(format!("channel.email.imap: {error}"), of_opening(error)));
                None
            }
        };
        if let Some(open) = &mut session {
            seen.extend(self.look_into(open).await);
        }
        match (self.send_to_ourselves().await, session) {
            (Err(wrong), _) => seen.push(wrong),
            (Ok(id), Some(session)) => seen.push(self.comes_back(session, &id).await),
            (Ok(_), None) => seen.push(Examined::Fine("the server that sends lets us in".into())),
        }
        seen
    }

    async fn look_into(&self, session: &mut Open) -> Vec<Examined> {
        let remedy = "check channel.email.mailbox and channel.email.processed against the folders that a mail program shows";
        let can = match session.capabilities().await {
            Ok(can) => can,
            Err(error) => return vec![wrong(format!("channel.email.imap: {}", imap::broke(&error)), remedy)],
        };
        let told = if can.has_str("IDLE") {
            "tells of new mail at once"
        } else {
            "is asked for new mail again and again"
        };
        let mut newest = Vec::new();
        for folder in [&self.settings.mailbox, &self.settings.processed] {
            match self.newest(session, folder).await {
                Ok(mails) => newest.extend(mails),
                // The folder for what was read is made when wasl starts.
                Err(_) if *folder == self.settings.processed => {}
                Err(error) => return vec![wrong(format!("{folder}: {}", imap::broke(&error)), remedy)],
            }
        }
        let server = &self.settings.imap.host;
        vec![Examined::Fine(format!("{server} lets us in and {told}")), self.vouched(&newest)]
    }

    /// The fields of the newest mails of a folder.
    async fn newest(
        &self,
        session: &mut Open,
        folder: &str,
    ) -> Result<Vec<Headers>, async_imap::error::Error> {
        // Opened to look only: nothing is changed there.
        let mailbox = session.examine(folder).await?;
        if mailbox.exists == 0 {
            return Ok(Vec::new());
        }
        let from = mailbox.exists.saturating_sub(NEWEST as u32 - 1).max(1);
        let mails =
            session.fetch(format!("{from}:*"), "(BODY.PEEK[HEADER])").await?.try_collect::<Vec<_>>().await?;
        let headers =
            mails.iter().filter_map(|mail| Some(Headers::parse(&String::from_utf8_lossy(mail.header()?))));
        Ok(headers.collect())
    }

    /// Whether our server says of the mails that came whether their senders are who they say.
    fn vouched(&self, newest: &[Headers]) -> Examined {
        let own = &self.settings.authserv_id;
        let strange: Vec<Vec<String>> = newest
            .iter()
            .filter(|mail| mail.get(&LOOP.to_ascii_lowercase()).is_none())
            .map(auth::servers)
            .collect();
        let named =
            strange.iter().filter(|servers| servers.iter().any(|id| id.eq_ignore_ascii_case(own))).count();
        let others: Vec<&String> = strange.iter().filter_map(|servers| servers.first()).collect();
        match (strange.len(), named, others.last()) {
            (0, _, _) => Examined::Fine(
                "no mail came from outside yet: write one from another provider and ask again, to see whether our server \
                 vouches for its sender"
                    .into(),
            ),
            (all, 0, Some(other)) => wrong(
                format!("none of the newest {all} mails has an Authentication-Results of {own}; the newest has one of {other}"),
                "if that is the name of your own mail server, write it into channel.email.authserv_id",
            ),
            (all, 0, None) => wrong(
                format!("none of the newest {all} mails has an Authentication-Results: no sender can be believed"),
                "let your mail server check SPF, DKIM and DMARC of what comes in (Rspamd or OpenDMARC do), and say so in the mail",
            ),
            (all, named, _) => Examined::Fine(format!("{own} said of {named} of the newest {all} mails whether to believe the sender")),
        }
    }

    /// Sends a mail to our own address. Its id.
    async fn send_to_ourselves(&self) -> Result<String, Examined> {
        let now = SystemClock.now().micros().to_string();
        let part = OutboxId(format!("{}/0", derive_id(&["wasl doctor", &now])));
        let unmade = || wrong("no mail to ourselves could be made".into(), "check channel.email.address");
        let own: lettre::Address = self.settings.address.parse().map_err(|_| unmade())?;
        let id = thread::message_id(&self.own.address, &part, &self.own.key).ok_or_else(unmade)?;
        let mail = Message::builder()
            .from(Mailbox::new(None, own.clone()))
            .to(Mailbox::new(None, own.clone()))
            .subject("wasl doctor")
            .message_id(Some(format!("<{id}>")))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(LOOP), "1".to_owned()))
            .body(
                "This mail was sent by `wasl doctor` to see whether mail goes out and comes in.\n".to_owned(),
            )
            .map_err(|_| unmade())?;
        let mail = Composed { sender: own.clone(), recipient: own, id: id.clone(), bytes: mail.formatted() };
        match smtp::send(&self.settings.smtp, self.hello(), &mail).await {
            Ok(()) => Ok(id),
            Err(error) => Err(wrong(
                format!("channel.email.smtp: no mail left: {error}"),
                of_sending(&error, self.settings.smtp.tls),
            )),
        }
    }

    /// Looks for the mail in both folders: a wasl that runs puts it away.
    async fn comes_back(&self, mut session: Open, id: &str) -> Examined {
        let begin = Instant::now();
        let query = format!("HEADER Message-ID \"<{id}>\"");
        while begin.elapsed() < ROUND {
            for folder in [&self.settings.mailbox, &self.settings.processed] {
                if session.examine(folder).await.is_err() {
                    continue;
                }
                let found = session.uid_search(&query).await.unwrap_or_default();
                if found.into_iter().next().is_some_and(|uid: Uid| uid > 0) {
                    let seconds = begin.elapsed().as_secs_f32();
                    return Examined::Fine(format!(
                        "a mail to ourselves left and came back, after {seconds:.1} s"
                    ));
                }
            }
            tokio::time::sleep(LOOK).await;
        }
        wrong(
            format!("a mail to ourselves left, and did not come back within {} s", ROUND.as_secs()),
            "look for it in the folder for spam, and in the log of your mail server; check that channel.email.address leads to \
             channel.email.mailbox",
        )
    }
}

fn wrong(found: String, remedy: &str) -> Examined {
    Examined::Wrong { found, remedy: remedy.to_owned() }
}

fn of_opening(error: NotOpen) -> &'static str {
    match error {
        NotOpen::Unreached => "check channel.email.imap.host and channel.email.imap.port, and the network",
        NotOpen::NoTls => {
            "check channel.email.imap.host and channel.email.imap.tls; the certificate must be a public one, and of that name"
        }
        NotOpen::NoStartTls => "set channel.email.imap.tls to \"implicit\", with port 993",
        NotOpen::Refused => {
            "check channel.email.imap.user and its password; many providers want one made for programs (an app password)"
        }
    }
}

fn of_sending(error: &SendError, tls: Encryption) -> &'static str {
    match (error, tls) {
        (SendError::Broken { .. }, _) => {
            "check channel.email.smtp.user and its password, and that this user may send as channel.email.address"
        }
        (SendError::Later { .. }, Encryption::Implicit) => {
            "check channel.email.smtp.host and channel.email.smtp.port (465); where the server speaks STARTTLS, set \
             channel.email.smtp.tls = \"starttls\" and port 587"
        }
        _ => {
            "check channel.email.smtp.host, channel.email.smtp.port and channel.email.smtp.tls, and the server's log"
        }
    }
}
