//! `[channel]`: a section that is there opens its channel.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{ConfigError, Email};

/// `[channel]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// The chat on our own pages.
    pub webchat: Webchat,
    /// Telegram, where it is open.
    pub telegram: Option<Telegram>,
    /// WhatsApp, where it is open.
    pub whatsapp: Option<WhatsApp>,
    /// Mail, where it is open.
    pub email: Option<Email>,
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

    pub(super) fn read(key: &'static str, file: &Path) -> Result<Secret, ConfigError> {
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

/// `[channel.whatsapp]`: see `config.default.toml` for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct WhatsApp {
    pub token: Secret,
    pub token_file: PathBuf,
    pub app_secret: Secret,
    pub app_secret_file: PathBuf,
    pub verify_token: Secret,
    pub verify_token_file: PathBuf,
    pub phone_number_id: String,
    pub account_id: String,
    pub api_base: String,
    pub api_version: String,
    pub template_prefix: String,
    pub messages_per_second: u32,
    pub sends_at_once: usize,
}

impl Default for WhatsApp {
    fn default() -> Self {
        WhatsApp {
            token: Secret::default(),
            token_file: PathBuf::new(),
            app_secret: Secret::default(),
            app_secret_file: PathBuf::new(),
            verify_token: Secret::default(),
            verify_token_file: PathBuf::new(),
            phone_number_id: String::new(),
            account_id: String::new(),
            api_base: "https://graph.facebook.com".into(),
            api_version: "v26.0".into(),
            template_prefix: "wasl".into(),
            messages_per_second: 70,
            sends_at_once: 64,
        }
    }
}

impl WhatsApp {
    /// Reads the secrets' files, and refuses what cannot work.
    pub(super) fn complete(&mut self) -> Result<(), ConfigError> {
        for (key, file, secret) in [
            ("channel.whatsapp.token_file", &self.token_file, &mut self.token),
            ("channel.whatsapp.app_secret_file", &self.app_secret_file, &mut self.app_secret),
            ("channel.whatsapp.verify_token_file", &self.verify_token_file, &mut self.verify_token),
        ] {
            if !file.as_os_str().is_empty() {
                *secret = Secret::read(key, file)?;
            }
        }
        let senseless =
            |key, value: &str, remedy| Err(ConfigError::Senseless { key, value: value.to_owned(), remedy });
        let in_a_header = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !in_a_header(self.token.reveal()) {
            let remedy = "give the token of a system user of your business (Business settings, System users), in \
                          WASL_CHANNEL__WHATSAPP__TOKEN or in the file that channel.whatsapp.token_file names";
            return senseless("channel.whatsapp.token", "(not shown)", remedy);
        }
        if self.app_secret.is_empty() {
            let remedy = "give the app's secret (App settings, Basic): without it anybody could write in anybody's name; in \
                          WASL_CHANNEL__WHATSAPP__APP_SECRET or in the file that channel.whatsapp.app_secret_file names";
            return senseless("channel.whatsapp.app_secret", "(not shown)", remedy);
        }
        if !in_a_header(self.verify_token.reveal()) {
            let remedy = "think of a word without spaces and give it here and to Meta (WhatsApp, Configuration, Webhook), in \
                          WASL_CHANNEL__WHATSAPP__VERIFY_TOKEN or in the file that channel.whatsapp.verify_token_file names";
            return senseless("channel.whatsapp.verify_token", "(not shown)", remedy);
        }
        let is_id = |text: &str| (5..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        for (key, id) in [
            ("channel.whatsapp.phone_number_id", &self.phone_number_id),
            ("channel.whatsapp.account_id", &self.account_id),
        ] {
            if !is_id(id) {
                return senseless(key, id, "copy the digits from WhatsApp, API setup, in your app at Meta");
            }
        }
        if !["http://", "https://"].iter().any(|scheme| self.api_base.starts_with(scheme)) {
            return senseless("channel.whatsapp.api_base", &self.api_base, "begin it with https://");
        }
        let version = self.api_version.strip_prefix('v').unwrap_or_default();
        if version.parse::<f32>().is_err() {
            return senseless("channel.whatsapp.api_version", &self.api_version, "write it like v26.0");
        }
        let named = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if self.template_prefix.is_empty() || !self.template_prefix.bytes().all(named) {
            let remedy = "write small letters, digits and _ only";
            return senseless("channel.whatsapp.template_prefix", &self.template_prefix, remedy);
        }
        if !(1..=1024).contains(&self.sends_at_once) {
            let count = self.sends_at_once.to_string();
            return senseless("channel.whatsapp.sends_at_once", &count, "write a number from 1 to 1024");
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
    fn whatsapp_needs_every_secret_and_both_ids() {
        let whole = [
            ("token", "EAAG"),
            ("app_secret", "s"),
            ("verify_token", "v"),
            ("phone_number_id", "106540352242922"),
            ("account_id", "102290129340398"),
        ];
        let read = |settings: &[(&str, &str)]| {
            let lines: Vec<String> =
                settings.iter().map(|(key, value)| format!("{key} = '{value}'")).collect();
            let toml = format!("[channel.whatsapp]\n{}", lines.join("\n"));
            Config::from_toml(&toml).map_err(|error| error.to_string())
        };
        let open = read(&whole).unwrap().channel.whatsapp.unwrap();
        assert_eq!((&*open.api_base, &*open.api_version), ("https://graph.facebook.com", "v26.0"));
        assert!(!format!("{open:?}").contains("EAAG"));
        for (n, (key, _)) in whole.iter().enumerate() {
            let mut without = whole.to_vec();
            without.remove(n);
            let error = read(&without).unwrap_err();
            assert!(error.contains(&format!("channel.whatsapp.{key}")), "{error}");
        }
        for (key, value) in [("api_version", "26"), ("template_prefix", "Wasl-"), ("token", "with space")] {
            let mut wrong: Vec<_> = whole.iter().copied().filter(|(known, _)| *known != key).collect();
            wrong.push((key, value));
            let error = read(&wrong).unwrap_err();
            assert!(error.contains(key), "{error}");
        }
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
