//! `[channel.email]`: a mailbox that is read, and a server that sends.

use std::path::PathBuf;

use serde::Deserialize;

use super::{ConfigError, Secret};

/// The shortest key of signed addresses, in characters: what is signed with it is seen by whoever gets our mail.
const KEY: usize = 32;

/// How a connection is kept from being read along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// TLS from the first byte.
    #[default]
    Implicit,
    /// TLS after a word in the clear, and nothing said without it.
    StartTls,
    /// None: on this machine only.
    None,
}

/// `[channel.email]`: see `config.default.toml` for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Email {
    pub address: String,
    pub authserv_id: String,
    pub key: Secret,
    pub key_file: PathBuf,
    pub plus_addressing: bool,
    pub max_mail_bytes: u64,
    pub mailbox: String,
    pub processed: String,
    pub mails_in_ten_minutes: usize,
    pub mails_a_day: usize,
    pub imap: MailServer,
    pub smtp: MailServer,
}

/// `[channel.email.imap]` and `[channel.email.smtp]`: see `config.default.toml` for each.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct MailServer {
    pub host: String,
    /// 0 until the settings are read: the usual one.
    pub port: u16,
    pub tls: Encryption,
    pub user: String,
    pub password: Secret,
    pub password_file: PathBuf,
}

impl Default for Email {
    fn default() -> Self {
        Email {
            address: String::new(),
            authserv_id: String::new(),
            key: Secret::default(),
            key_file: PathBuf::new(),
            plus_addressing: true,
            max_mail_bytes: 25 * 1024 * 1024,
            mailbox: "INBOX".into(),
            processed: "Processed".into(),
            mails_in_ten_minutes: 5,
            mails_a_day: 30,
            imap: MailServer::default(),
            smtp: MailServer::default(),
        }
    }
}

impl Email {
    /// Reads the secrets' files, fills in what is usual, and refuses what cannot work.
    pub(super) fn complete(&mut self) -> Result<(), ConfigError> {
        if !self.key_file.as_os_str().is_empty() {
            self.key = Secret::read("channel.email.key_file", &self.key_file)?;
        }
        let local =
            self.address.split_once('@').filter(|_| email_address::EmailAddress::is_valid(&self.address));
        let Some((local, _)) = local.filter(|_| self.address.is_ascii()) else {
            let remedy = "write the address that people write to, such as help@charity.example";
            return senseless("channel.email.address", &self.address, remedy);
        };
        if local.contains('+') {
            let remedy = "write it without a plus: wasl adds its own marks behind one";
            return senseless("channel.email.address", &self.address, remedy);
        }
        if self.authserv_id.trim().is_empty() || self.authserv_id.contains(char::is_whitespace) {
            let remedy = "write what your mail server calls itself at the beginning of Authentication-Results: look into the \
                          source of any mail that came; without it no sender could be believed";
            return senseless("channel.email.authserv_id", &self.authserv_id, remedy);
        }
        if self.key.reveal().chars().count() < KEY {
            let remedy = "make one of at least 32 characters once, and keep it (openssl rand -hex 32 > wasl-data/email.key), in \
                          WASL_CHANNEL__EMAIL__KEY or in the file that channel.email.key_file names";
            return senseless("channel.email.key", "(not shown)", remedy);
        }
        if self.mailbox.is_empty() || self.mailbox == self.processed {
            let remedy = "name the folder that mail comes to (INBOX), and another one for what was processed";
            return senseless("channel.email.mailbox", &self.mailbox, remedy);
        }
        if !(64 * 1024..=25 * 1024 * 1024).contains(&self.max_mail_bytes) {
            let remedy = "write a number of bytes from 65536 to 26214400";
            return senseless("channel.email.max_mail_bytes", &self.max_mail_bytes.to_string(), remedy);
        }
        if self.mails_in_ten_minutes == 0 || self.mails_a_day == 0 {
            let remedy =
                "write 1 or more: these bounds keep two machines from writing to each other for ever";
            return senseless("channel.email.mails_a_day", "0", remedy);
        }
        if self.imap.user.is_empty() {
            self.imap.user.clone_from(&self.address);
        }
        self.imap.complete(&IMAP)?;
        self.smtp.complete(&SMTP)
    }
}

/// What differs between the two servers: the keys' names, and the usual ports.
struct Usual {
    host: &'static str,
    user: &'static str,
    password: &'static str,
    password_file: &'static str,
    tls: &'static str,
    /// Whether nobody may come in without a name.
    login: bool,
    implicit: u16,
    plain: u16,
}

const IMAP: Usual = Usual {
    host: "channel.email.imap.host",
    user: "channel.email.imap.user",
    password: "channel.email.imap.password",
    password_file: "channel.email.imap.password_file",
    tls: "channel.email.imap.tls",
    login: true,
    implicit: 993,
    plain: 143,
};
const SMTP: Usual = Usual {
    host: "channel.email.smtp.host",
    user: "channel.email.smtp.user",
    password: "channel.email.smtp.password",
    password_file: "channel.email.smtp.password_file",
    tls: "channel.email.smtp.tls",
    login: false,
    implicit: 465,
    plain: 587,
};

impl MailServer {
    fn complete(&mut self, usual: &Usual) -> Result<(), ConfigError> {
        if !self.password_file.as_os_str().is_empty() {
            self.password = Secret::read(usual.password_file, &self.password_file)?;
        }
        if self.host.is_empty() || !self.host.bytes().all(|b| b.is_ascii_graphic()) {
            return senseless(
                usual.host,
                &self.host,
                "write the server's name, such as mail.charity.example",
            );
        }
        if self.tls == Encryption::None && !self.is_here() {
            let remedy = "write \"implicit\" or \"starttls\": without TLS, passwords and mails could be read along; \"none\" is for \
                          a server on this machine only";
            return senseless(usual.tls, "none", remedy);
        }
        if self.port == 0 {
            self.port = if self.tls == Encryption::Implicit { usual.implicit } else { usual.plain };
        }
        if self.user.is_empty() && !self.password.is_empty() {
            return senseless(usual.user, "", "write the name that the password belongs to");
        }
        let one_line = |text: &str| !text.contains(['\r', '\n', '\0']);
        if !one_line(&self.user) || !one_line(self.password.reveal()) {
            return senseless(
                usual.password,
                "(not shown)",
                "write the name and the password in one line each",
            );
        }
        if (usual.login || !self.user.is_empty()) && self.password.is_empty() {
            let remedy = "give the mailbox's password, or one made for programs, in the file that password_file beside it names, \
                          or in WASL_CHANNEL__EMAIL__IMAP__PASSWORD and WASL_CHANNEL__EMAIL__SMTP__PASSWORD";
            return senseless(usual.password, "(not shown)", remedy);
        }
        Ok(())
    }

    /// Whether it is on this machine.
    fn is_here(&self) -> bool {
        self.host == "localhost"
            || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

fn senseless(key: &'static str, value: &str, remedy: &'static str) -> Result<(), ConfigError> {
    Err(ConfigError::Senseless { key, value: value.to_owned(), remedy })
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    const WHOLE: [(&str, &str); 8] = [
        ("address", "'help@charity.example'"),
        ("authserv_id", "'mx.charity.example'"),
        ("key", "'0123456789abcdef0123456789abcdef'"),
        ("imap.host", "'mail.charity.example'"),
        ("imap.password", "'secret-one'"),
        ("smtp.host", "'mail.charity.example'"),
        ("smtp.user", "'help'"),
        ("smtp.password", "'secret-two'"),
    ];

    fn read(settings: &[(&str, &str)]) -> Result<Email, String> {
        let lines: Vec<String> = settings.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let config = Config::from_toml(&format!("[channel.email]\n{}", lines.join("\n")));
        config.map(|config| config.channel.email.unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_usual_is_filled_in() {
        let email = read(&WHOLE).unwrap();
        assert_eq!((email.imap.port, email.smtp.port, &*email.imap.user), (993, 465, "help@charity.example"));
        let shown = format!("{email:?}");
        assert!(!shown.contains("secret-") && !shown.contains("0123"), "{shown}");
    }

    #[test]
    fn nothing_that_is_needed_may_be_missing() {
        for (missing, _) in WHOLE {
            let rest: Vec<_> = WHOLE.into_iter().filter(|(key, _)| *key != missing).collect();
            let error = read(&rest).expect_err(missing);
            assert!(error.contains(&format!("channel.email.{missing}")), "{missing}: {error}");
        }
    }

    #[test]
    fn what_cannot_work_is_refused() {
        for (key, value) in [
            ("address", "'help+x@charity.example'"),
            ("address", "'help'"),
            ("key", "'short'"),
            ("imap.tls", "'none'"),
            ("smtp.tls", "'none'"),
            ("mailbox", "'Processed'"),
            ("max_mail_bytes", "1"),
            ("mails_a_day", "0"),
            ("imap.password", "\"a\\nb\""),
        ] {
            let mut settings: Vec<_> = WHOLE.into_iter().filter(|(known, _)| *known != key).collect();
            settings.push((key, value));
            let error = read(&settings).expect_err(key);
            assert!(error.contains(&format!("channel.email.{key}")), "{key}: {error}");
        }
        let here = WHOLE.map(|(key, value)| (key, if key == "imap.host" { "'127.0.0.1'" } else { value }));
        let mut here = here.to_vec();
        here.push(("imap.tls", "'none'"));
        assert_eq!(read(&here).unwrap().imap.port, 143);
    }
}
