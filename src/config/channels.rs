//! `[channel]`: a section that is there opens its channel.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ConfigError;

/// `[channel]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// The chat on our own pages.
    pub webchat: Webchat,
    /// Telegram, where it is open.
    pub telegram: Option<Telegram>,
}

/// `[channel.webchat]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webchat {
    /// Whether it is open.
    pub enabled: bool,
}

/// A secret of the settings: never shown.
#[derive(Clone, PartialEq, Eq, Default, Deserialize, zeroize::ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret of this text.
    pub fn new(text: &str) -> Secret {
        Secret(text.to_owned())
    }
    /// The secret itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn read(key: &'static str, file: &Path) -> Result<Secret, ConfigError> {
        match std::fs::read_to_string(file) {
            Ok(text) => Ok(Secret(text.trim().to_owned())),
            Err(error) => Err(ConfigError::NoSecret { key, file: file.to_owned(), error }),
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// How a Telegram bot's updates come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TelegramMode {
    /// Telegram posts them.
    Webhook,
    /// We ask for them.
    Polling,
}

/// `[channel.telegram]`: see `config.default.toml` for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Telegram {
    pub token: Secret,
    pub token_file: PathBuf,
    /// Set by the time the settings are read.
    pub mode: Option<TelegramMode>,
    pub webhook_secret: Secret,
    pub webhook_secret_file: PathBuf,
    pub api_base: String,
    pub messages_per_second: u32,
    pub messages_per_person_second: u32,
    pub sends_at_once: usize,
}

impl Default for Telegram {
    fn default() -> Self {
        Telegram {
            token: Secret::default(),
            token_file: PathBuf::new(),
            mode: None,
            webhook_secret: Secret::default(),
            webhook_secret_file: PathBuf::new(),
            api_base: "https://api.telegram.org".into(),
            messages_per_second: 30,
            messages_per_person_second: 1,
            sends_at_once: 32,
        }
    }
}

impl Telegram {
    /// Reads the secrets' files, chooses the mode, and refuses what cannot work.
    pub(super) fn complete(&mut self, secure: bool) -> Result<(), ConfigError> {
        if !self.token_file.as_os_str().is_empty() {
            self.token = Secret::read("channel.telegram.token_file", &self.token_file)?;
        }
        if !self.webhook_secret_file.as_os_str().is_empty() {
            let file = &self.webhook_secret_file;
            self.webhook_secret = Secret::read("channel.telegram.webhook_secret_file", file)?;
        }
        let senseless =
            |key, value: &str, remedy| Err(ConfigError::Senseless { key, value: value.to_owned(), remedy });
        if !is_token(self.token.reveal()) {
            let remedy = "give the token as @BotFather wrote it (digits, a colon, letters), in WASL_CHANNEL__TELEGRAM__TOKEN or \
                          in the file that channel.telegram.token_file names";
            return senseless("channel.telegram.token", "(not shown)", remedy);
        }
        let mode =
            *self.mode.get_or_insert(if secure { TelegramMode::Webhook } else { TelegramMode::Polling });
        if mode == TelegramMode::Webhook && !is_webhook_secret(self.webhook_secret.reveal()) {
            let remedy = "a webhook needs a secret of 1 to 256 of A-Z a-z 0-9 _ -, in \
                          WASL_CHANNEL__TELEGRAM__WEBHOOK_SECRET or in the file that channel.telegram.webhook_secret_file \
                          names; or set channel.telegram.mode = \"polling\"";
            return senseless("channel.telegram.webhook_secret", "(not shown)", remedy);
        }
        if !["http://", "https://"].iter().any(|scheme| self.api_base.starts_with(scheme)) {
            return senseless("channel.telegram.api_base", &self.api_base, "begin it with https://");
        }
        if !(1..=1024).contains(&self.sends_at_once) {
            let count = self.sends_at_once.to_string();
            return senseless("channel.telegram.sends_at_once", &count, "write a number from 1 to 1024");
        }
        Ok(())
    }
}

/// Digits, a colon, and what may stand in an address: the token is a part of every address of the Bot API.
fn is_token(text: &str) -> bool {
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    text.split_once(':').is_some_and(|(bot, rest)| {
        !bot.is_empty() && bot.bytes().all(|b| b.is_ascii_digit()) && !rest.is_empty() && plain(rest)
    })
}

fn is_webhook_secret(text: &str) -> bool {
    (1..=256).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn telegram(settings: &str) -> Result<Telegram, String> {
        let config = Config::from_toml(settings).map_err(|error| error.to_string())?;
        Ok(config.channel.telegram.unwrap())
    }

    #[test]
    fn a_section_opens_the_channel_and_only_that() {
        assert!(Config::from_toml("").unwrap().channel.telegram.is_none());
        let open = telegram("[channel.telegram]\ntoken = '1:a_B-c'").unwrap();
        assert_eq!((open.mode, &*open.api_base), (Some(TelegramMode::Polling), "https://api.telegram.org"));
    }

    #[test]
    fn a_webhook_needs_its_secret() {
        let public = "server.public_url = 'https://bot.example'\n[channel.telegram]\ntoken = '1:a'\n";
        let error = telegram(public).unwrap_err();
        assert!(error.contains("channel.telegram.webhook_secret") && error.contains("polling"), "{error}");
        let open = telegram(&format!("{public}webhook_secret = 's_-1'")).unwrap();
        assert_eq!(open.mode, Some(TelegramMode::Webhook));
        assert!(telegram(&format!("{public}webhook_secret = 'with space'")).is_err());
        assert!(telegram(&format!("{public}mode = 'polling'")).is_ok());
    }

    #[test]
    fn a_bad_token_is_refused_and_not_shown() {
        for token in ["", "abc", "1:", "1:a/b", "x1:a"] {
            let error = telegram(&format!("[channel.telegram]\ntoken = '{token}'")).unwrap_err();
            assert!(error.contains("channel.telegram.token") && error.contains("BotFather"), "{error}");
            assert!(token.len() < 3 || !error.contains(token), "{error}");
        }
        let shown =
            format!("{:?}", Config::from_toml("[channel.telegram]\ntoken = '12:secretpart'").unwrap());
        assert!(!shown.contains("secretpart"), "{shown}");
    }

    #[test]
    fn secrets_come_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "7:from_a_file\n").unwrap();
        let open = telegram(&format!("[channel.telegram]\ntoken_file = '{}'", file.display())).unwrap();
        assert_eq!(open.token.reveal(), "7:from_a_file");
        let error = telegram("[channel.telegram]\ntoken_file = '/nowhere/token'").unwrap_err();
        assert!(error.contains("channel.telegram.token_file") && error.contains("/nowhere/token"), "{error}");
    }
}
