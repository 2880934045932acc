//! One [`Config`], read once at start from defaults, a file and the environment.
//!
//! `config.default.toml` beside this file is both the defaults and the manual. Environment variables
//! are read here and nowhere else. Unknown keys are refused with their name and place.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::Deserialize;

pub use channels::{Channels, Secret, Telegram, TelegramMode, Webchat, WhatsApp};
pub use email::{Email, Encryption, MailServer};

use crate::message::Locale;

mod channels;
mod email;

/// Variables after `WASL_` that set nothing here.
const NOT_SETTINGS: &[&str] =
    if cfg!(feature = "mutant") { &["config", "log", "mutant"] } else { &["config", "log"] };

const DEFAULTS: &str = include_str!("config.default.toml");

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The pages.
    pub server: Server,
    /// The figures.
    pub metrics: Metrics,
    /// The database.
    pub store: Store,
    /// The master key.
    pub vault: VaultKey,
    /// Papers.
    pub documents: Documents,
    /// Forms beside the shipped ones.
    pub forms: FormsFolder,
    /// Who the charity is.
    pub association: Association,
    /// Clocks and limits.
    pub policy: Policy,
    /// The channels.
    pub channel: Channels,
}

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where the pages are served.
    pub listen: SocketAddr,
    /// See [`Config::public_url`].
    pub public_url: String,
    /// How long a stop may take, in seconds.
    pub shutdown_seconds: u64,
    /// How long after a start what comes in is stored in a commit of its own, in seconds.
    pub caution_seconds: u64,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Server {
    /// Where a request comes from: the last address of `X-Forwarded-For` (its values, in the order they were sent)
    /// that is no trusted proxy's, if the connection itself is one's; else the connection's own. Of an IPv6 client it
    /// is the network (the first 64 bits), for one client has many addresses there.
    pub fn client<'v>(&self, peer: IpAddr, forwarded: impl Iterator<Item = &'v str>) -> IpAddr {
        let mut client = peer.to_canonical();
        let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
        for hop in hops.into_iter().rev() {
            if !self.trusted_proxies.contains(&client) {
                break;
            }
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
        }
        match client {
            IpAddr::V4(_) => client,
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }
}

/// `[metrics]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Where `/metrics` is served; empty for nowhere.
    pub listen: String,
}

/// `[store]`
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// `sqlite://path` or `postgres://user:password@host/database`.
    pub url: String,
}

impl std::fmt::Debug for Store {
    /// Without the password that the address may hold.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("url", &self.url.split(':').next()).finish_non_exhaustive()
    }
}

/// `[vault]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultKey {
    /// The master key's file.
    pub key_file: PathBuf,
}

/// `[documents]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    /// Where sealed papers are kept.
    pub folder: PathBuf,
    /// Bytes, one paper.
    pub max_bytes: u64,
    /// Bytes, all papers of a person.
    pub max_person_bytes: u64,
}

/// `[forms]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormsFolder {
    /// A folder of the charity's own forms; empty for none.
    pub folder: PathBuf,
}

/// A text in several languages.
pub type Texts = BTreeMap<Locale, String>;

/// `[association]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Association {
    /// Its name.
    pub name: Texts,
    /// The line under the name.
    pub supervisor: Texts,
    /// Its registration number.
    pub registration: String,
    /// The language used when nothing tells a better one.
    pub default_locale: Locale,
    /// The zone of dates and deadlines.
    pub zone: chrono_tz::Tz,
    /// The country whose numbers need no code (ISO 3166 alpha-2).
    pub country: String,
    /// Telephone, or empty.
    pub phone: String,
    /// Mail address, or empty.
    pub email: String,
    /// Site, or empty.
    pub website: String,
    /// Postal or street address.
    pub address: Texts,
    /// The version of the wording people consent to.
    pub consent_version: String,
}

impl Association {
    /// The text in `locale`, else in its language, else in the default language, else any; empty if there is none.
    pub fn text<'a>(&'a self, texts: &'a Texts, locale: &Locale) -> &'a str {
        texts
            .get(locale)
            .or_else(|| texts.iter().find(|(l, _)| l.language() == locale.language()).map(|(_, t)| t))
            .or_else(|| texts.get(&self.default_locale))
            .or_else(|| texts.values().next())
            .map_or("", String::as_str)
    }

    /// Whether there is another way to the association than this program: who declines is told of it.
    pub fn is_reached_elsewhere(&self) -> bool {
        let ways = [&self.phone, &self.email, &self.website];
        ways.into_iter().chain(self.address.values()).any(|way| !way.trim().is_empty())
    }
}

/// `[policy]`: see `config.default.toml` for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Policy {
    pub decision_days: u32,
    pub target_days: u32,
    pub first_look_days: u32,
    pub draft_days: u32,
    pub draft_reminder_days: u32,
    pub misses: u8,
    pub survey_after_hours: u32,
    pub survey_window_days: u32,
    pub survey_cooldown_days: u32,
    pub quiet_from_hour: u32,
    pub quiet_until_hour: u32,
    pub max_answer_chars: usize,
    pub messages_per_minute: u32,
    pub sessions_per_minute: u32,
}

/// Why the settings cannot be used: says the key, where it was set, and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that does not fit, or a key that does not exist.
    #[error("settings: {0}\nEvery key with its default is printed by `wasl check --defaults`.")]
    Unusable(Box<figment::Error>),
    /// A file was named that is not there.
    #[error(
        "settings: there is no file {0}. Name another with --config, or leave it out to run on the defaults."
    )]
    NoFile(PathBuf),
    /// A secret's file that cannot be read.
    #[error("settings: {key} = {}: the file cannot be read ({error}). Name a file that wasl may read.", file.display())]
    NoSecret {
        /// The key.
        key: &'static str,
        /// The file it names.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A value that reads well and cannot be meant.
    #[error("settings: {key} = {value} cannot be used: {remedy}")]
    Senseless {
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
        /// What to write instead.
        remedy: &'static str,
    },
}

impl Config {
    /// The defaults as written, comments and all.
    pub fn manual() -> &'static str {
        DEFAULTS
    }

    /// Defaults, then `file` (or `./wasl.toml` when there is one), then `WASL_…` variables.
    pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        match file {
            Some(path) if !path.is_file() => return Err(ConfigError::NoFile(path.to_owned())),
            Some(path) => figment = figment.merge(Toml::file_exact(path)),
            None if Path::new("wasl.toml").is_file() => {
                figment = figment.merge(Toml::file_exact("wasl.toml"))
            }
            None => {}
        }
        Self::checked(figment.merge(Env::prefixed("WASL_").split("__").ignore(NOT_SETTINGS)))
    }

    /// Defaults and the given text, nothing else: what tests and `wasl talk` use.
    pub fn from_toml(text: &str) -> Result<Config, ConfigError> {
        Self::checked(Figment::from(Toml::string(DEFAULTS)).merge(Toml::string(text)))
    }

    /// The log filter: `WASL_LOG` (error, warn, info, debug or trace; else info) for wasl itself. The crates below
    /// never go under `warn`: some would log addresses of pages, which hold people's links.
    ///
    /// # Errors
    /// When the variable holds anything else.
    #[allow(clippy::disallowed_methods)] // the one place that may ask
    pub fn log_filter() -> Result<String, ConfigError> {
        let level = std::env::var("WASL_LOG").unwrap_or_else(|_| "info".into());
        if !["error", "warn", "info", "debug", "trace"].contains(&level.as_str()) {
            let remedy = "write error, warn, info, debug or trace";
            return Err(ConfigError::Senseless { key: "WASL_LOG", value: level, remedy });
        }
        Ok(format!("warn,wasl={level}"))
    }

    /// The seeded mistake that a test wants of the whole process: `WASL_MUTANT`. Not in what ships.
    #[cfg(feature = "mutant")]
    #[allow(clippy::disallowed_methods)] // the one place that may ask
    pub fn mutant() -> Option<String> {
        std::env::var("WASL_MUTANT").ok()
    }

    fn checked(figment: Figment) -> Result<Config, ConfigError> {
        let mut config: Config = figment.extract().map_err(|e| ConfigError::Unusable(Box::new(e)))?;
        let senseless = |key, value: String, remedy| Err(ConfigError::Senseless { key, value, remedy });
        if !["sqlite://", "postgres://", "postgresql://"].iter().any(|s| config.store.url.starts_with(s)) {
            // No more of it: what follows may hold a password.
            let scheme = config.store.url.split(':').next().unwrap_or_default().to_owned();
            let remedy = "write sqlite:// and a path, or postgres://user:password@host/database";
            return senseless("store.url", scheme, remedy);
        }
        let url = &config.server.public_url;
        let with_scheme = url.starts_with("http://") || url.starts_with("https://");
        if !url.is_empty() && !with_scheme {
            return senseless("server.public_url", url.clone(), "begin it with http:// or https://");
        }
        if config.association.name.is_empty() {
            return senseless("association.name", "{ }".into(), "give the name in at least one language");
        }
        let policy = &config.policy;
        if policy.draft_reminder_days >= policy.draft_days {
            let days = policy.draft_reminder_days.to_string();
            return senseless("policy.draft_reminder_days", days, "remind before policy.draft_days are over");
        }
        if policy.quiet_from_hour > 24 || policy.quiet_until_hour > 24 {
            let hour = policy.quiet_from_hour.max(policy.quiet_until_hour).to_string();
            return senseless(
                "policy.quiet_from_hour or quiet_until_hour",
                hour,
                "write an hour from 0 to 24",
            );
        }
        let secure = config.secure();
        if let Some(telegram) = &mut config.channel.telegram {
            telegram.complete(secure)?;
        }
        if let Some(whatsapp) = &mut config.channel.whatsapp {
            whatsapp.complete()?;
        }
        if let Some(email) = &mut config.channel.email {
            email.complete()?;
        }
        Ok(config)
    }

    /// The address people reach the pages by, without a slash at the end.
    pub fn public_url(&self) -> String {
        if self.server.public_url.is_empty() {
            format!("http://{}", self.server.listen)
        } else {
            self.server.public_url.trim_end_matches('/').to_owned()
        }
    }

    /// Whether people come by https: cookies are then marked `Secure` and carry the `__Host-` prefix.
    pub fn secure(&self) -> bool {
        self.public_url().starts_with("https://")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_is_a_working_configuration() {
        let config = Config::from_toml("").unwrap();
        assert_eq!(config.association.registration, "3260");
        assert_eq!(config.public_url(), "http://127.0.0.1:8080");
        assert!(!config.secure());
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = Config::from_toml("[server]\nlissten = \"1.2.3.4:5\"").unwrap_err().to_string();
        assert!(error.contains("lissten"), "{error}");
    }

    #[test]
    fn senseless_values_name_key_and_remedy() {
        let error = Config::from_toml("[policy]\ndraft_reminder_days = 40").unwrap_err().to_string();
        assert!(error.contains("policy.draft_reminder_days = 40"), "{error}");
        let error = Config::from_toml("[store]\nurl = \"mysql://root:pw@host\"").unwrap_err().to_string();
        assert!(error.contains("store.url") && !error.contains("pw"), "{error}");
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let config = Config::from_toml("server.trusted_proxies = ['10.0.0.1', '10.0.0.2']").unwrap();
        for (peer, forwarded, client) in [
            ("192.0.2.7", &[][..], "192.0.2.7"),
            ("192.0.2.7", &["203.0.113.9"], "192.0.2.7"),
            ("10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["6.6.6.6, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["6.6.6.6", "203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["nonsense"], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", &[], "2001:db8:1:2::"),
        ] {
            let found = config.server.client(peer.parse().unwrap(), forwarded.iter().copied());
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }
}
