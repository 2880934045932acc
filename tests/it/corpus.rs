//! Real letters of providers, where a folder of them is at hand: `TEST_FIXTURES=<folder>` with `telegram/*.json`,
//! `whatsapp/*.json`, and the bodies that Meta shows as samples of what is sent in `whatsapp_outbound/*.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use wasl::channel::telegram::Telegram;
use wasl::channel::whatsapp::WhatsApp;
use wasl::channel::{Channel, Heard, Sorted};
use wasl::config::Config;

use super::harness::{tell, variable};
use super::whatsapp::NUMBER_ID;
use super::whatsapp_story::House;

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
                Sorted::Aside { reason, .. } => {
                    assert!(!reason.is_empty());
                    self.aside += 1;
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

/// Which of Meta's samples a body is to be like: its type, and the kind of what is pressed.
fn kind(body: &Value) -> String {
    let kind = body["type"].as_str().or(body["status"].as_str()).unwrap_or_default();
    let inside = body["interactive"]["type"].as_str().unwrap_or_default();
    format!("{kind}/{inside}")
}

/// Every member of a body with the kind of its value: `interactive.action.buttons[].type text`.
fn members(at: &str, value: &Value, all: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Object(object) => {
            object.iter().for_each(|(name, value)| members(&format!("{at}.{name}"), value, all));
            "object"
        }
        Value::Array(values) => {
            values.iter().for_each(|value| members(&format!("{at}[]"), value, all));
            "list"
        }
        Value::String(_) => "text",
        Value::Number(_) => "number",
        Value::Bool(_) | Value::Null => "other",
    };
    all.insert(format!("{at} {kind}"));
}

#[tokio::test]
async fn what_we_send_has_no_member_that_metas_samples_have_not() {
    let Some(samples) = bodies("whatsapp_outbound") else { return };
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, raw) in samples {
        let sample: Value = serde_json::from_slice(&raw).unwrap();
        members("", &sample, known.entry(kind(&sample)).or_default());
    }
    let house = House::with_templates().await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    house.arrives(&sister).await;
    house.chooses(&sister, "Certificate of Islam").await;
    house.answers_all(&sister).await;
    house.signs(&sister).await;
    sister.taps("Yes, please");
    house.settle().await;
    let desk = house.bot.officer("amina", wasl::case::Role::Administrator).await;
    let case = desk.case().await;
    house.bot.days(2).await;
    house.bot.signs_in("amina").await.checks(&case, &[]).await;
    sister.expects("We have a message for you.").await;
    let mut seen = BTreeSet::new();
    for call in house.whatsapp.calls("messages") {
        let (kind, mut ours) = (kind(&call.body), BTreeSet::new());
        members("", &call.body, &mut ours);
        // Meta documents it, and shows it in no sample.
        ours.remove(".biz_opaque_callback_data text");
        let unknown: Vec<_> = match known.get(&kind) {
            Some(known) => ours.difference(known).collect(),
            None => panic!("no sample is of the kind {kind}: {}", call.body),
        };
        assert!(unknown.is_empty(), "{kind}: {unknown:?}");
        seen.insert(kind);
    }
    let kinds = ["interactive/button", "interactive/list", "read/", "template/", "text/"];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), kinds);
}

#[tokio::test]
async fn the_running_bot_takes_every_webhook_and_answers_on() {
    let Some(bodies) = bodies("whatsapp") else { return };
    let house = House::open().await;
    let mut brought = 0;
    for (_, raw) in bodies {
        let body: Value = serde_json::from_slice(&raw).unwrap();
        let entries = body["entry"].as_array().into_iter().flatten();
        for change in entries.filter_map(|entry| entry["changes"].as_array()).flatten() {
            let mut change = change.clone();
            if let Some(number) = change.pointer_mut("/value/metadata/phone_number_id") {
                *number = NUMBER_ID.into();
            }
            house.whatsapp.brings(&change);
            brought += 1;
        }
    }
    // Their senders are nobody whom the fake knows: what is said to them is refused, and ends nothing.
    let taken = async {
        while house.whatsapp.taken().len() < brought {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), taken).await.expect("every one is answered 200");
    house.until("SELECT CAST(count(*) AS TEXT) FROM inbox WHERE state = 'parked'", "0").await;
    house
        .until("SELECT CAST(count(*) AS TEXT) FROM inbox WHERE state = 'waiting' AND fetch_at IS NULL", "0")
        .await;
    let sister = house.whatsapp.person("966501234567", "Maria");
    house.arrives(&sister).await;
    tell(&format!("{brought} changes were taken"));
    assert!(brought > 50, "is this the right folder?");
}
