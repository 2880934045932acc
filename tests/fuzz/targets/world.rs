//! What ships: settings, words, forms.

use std::sync::LazyLock;

use wasl::config::Config;
use wasl::form::{Moment, Shelf, shipped};
use wasl::locale::Catalogue;
use wasl::time::Timestamp;

/// The settings.
pub static CONFIG: LazyLock<Config> =
    LazyLock::new(|| Config::from_toml("association.phone = \"0112345678\"").unwrap());
/// The words.
pub static WORDS: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::shipped(&CONFIG.association.default_locale).unwrap());
/// The forms.
pub static SHELF: LazyLock<Shelf> = LazyLock::new(|| Shelf::read(&shipped()).unwrap().0);

/// A Sunday at the charity.
pub fn begin() -> Timestamp {
    Timestamp::parse("2026-11-22T10:00:00Z").unwrap()
}

/// That day there.
pub fn moment(now: Timestamp) -> Moment {
    Moment { now, zone: CONFIG.association.zone }
}
