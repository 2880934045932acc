//! Real letters of providers, where a folder of them is at hand: `TEST_FIXTURES=<folder>` with `telegram/*.json` and
//! `whatsapp/*.json`.

use std::fs;
use std::path::Path;

use serde_json::Value;
use wasl::channel::telegram::Telegram;
use wasl::channel::whatsapp::WhatsApp;
use wasl::channel::{Channel, Heard, Sorted};
use wasl::config::Config;

use super::harness::{tell, variable};

/// What became of the pieces of a corpus.
#[derive(Debug, Default)]
struct Tally {
    said: usize,
    other: usize,
    aside: usize,
    reports: usize,
    foreign: usize,
    alerts: usize,
}

impl Tally {
    /// Nothing of a letter is lost, and nothing of it ends anything.
    fn counts(&mut self, channel: &dyn Channel, raw: &[u8], path: &Path) {
        let sorted = match channel.sort(raw) {
            Ok(sorted) => sorted,
            Err(unreadable) => {
                assert!(!unreadable.0.is_empty());
                self.aside += 1;
                return;
            }
        };
        assert!(!sorted.is_empty(), "{}: nothing is left of it", path.display());
        for sorted in sorted {
            let letter = match sorted {
                Sorted::Letter(letter) => letter,
                Sorted::Report(_) => {
                    self.reports += 1;
                    continue;
                }
                Sorted::Foreign => {
                    self.foreign += 1;
                    continue;
                }
                Sorted::Alert(alert) => {
                    assert!(alert.is_ascii() && alert.len() < 200, "{alert}");
                    self.alerts += 1;
                    continue;
                }
            };
            if letter.from.is_none() {
                self.aside += 1;
                continue;
            }
            match channel.decode(&letter.raw) {
                Ok(Heard::Nothing(reason)) => {
                    assert!(!reason.is_empty());
                    self.aside += 1;
                }
                Ok(Heard::Said(_) | Heard::File(_)) => self.said += 1,
                Ok(_) => self.other += 1,
                Err(unreadable) => panic!("{}: {unreadable}", path.display()),
            }
        }
    }
}

/// Every JSON file of a folder of the corpus; `None`, and said so, where there is no corpus.
fn bodies(folder: &str) -> Option<Vec<(std::path::PathBuf, Vec<u8>)>> {
    let Some(fixtures) = variable("TEST_FIXTURES") else {
        tell(&format!("not run: real letters of {folder}; name a folder of them in TEST_FIXTURES"));
        return None;
    };
    let entries = fs::read_dir(Path::new(&fixtures).join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let json = paths.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    Some(json.map(|path| (path.clone(), fs::read(path).unwrap())).collect())
}

#[test]
fn every_update_of_telegram_is_decoded_or_set_aside_with_a_reason() {
    let Some(bodies) = bodies("telegram") else { return };
    let config = Config::from_toml("[channel.telegram]\ntoken = '1:a'").unwrap();
    let telegram = Telegram::new(&config.channel.telegram.unwrap()).unwrap();
    let mut tally = Tally::default();
    for (path, raw) in bodies {
        tally.counts(&telegram, &raw, &path);
    }
    tell(&format!("telegram: {tally:?}"));
    assert!(tally.said > 10 && tally.aside > 10, "is this the right folder?");
}

#[test]
fn every_webhook_of_whatsapp_is_decoded_or_set_aside_with_a_reason() {
    let Some(bodies) = bodies("whatsapp") else { return };
    let mut tally = Tally::default();
    for (path, raw) in bodies {
        // Each as if it were sent to the number it was sent to.
        let body: Value = serde_json::from_slice(&raw).unwrap();
        let number =
            body.pointer("/entry/0/changes/0/value/metadata/phone_number_id").and_then(Value::as_str);
        let config = Config::from_toml(&format!(
            "[channel.whatsapp]\ntoken = 't'\napp_secret = 's'\nverify_token = 'v'\naccount_id = '11111'\n\
             phone_number_id = '{}'",
            number.unwrap_or("106540352242922")
        ))
        .unwrap();
        let locale = config.association.default_locale.clone();
        let whatsapp = WhatsApp::new(&config.channel.whatsapp.unwrap(), &locale).unwrap();
        tally.counts(&whatsapp, &raw, &path);
    }
    tell(&format!("whatsapp: {tally:?}"));
    assert!(tally.said > 10 && tally.aside > 10, "is this the right folder?");
}
