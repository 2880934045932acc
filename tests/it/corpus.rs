//! Real letters of providers, where a folder of them is at hand: `TEST_FIXTURES=<folder>` with `telegram/*.json`.

use std::fs;
use std::path::Path;

use wasl::channel::telegram::Telegram;
use wasl::channel::{Channel, Heard};
use wasl::config::Config;

use super::harness::{tell, variable};

#[test]
fn every_update_is_decoded_or_set_aside_with_a_reason() {
    let Some(folder) = variable("TEST_FIXTURES") else {
        return tell("not run: real updates; name a folder of them in TEST_FIXTURES");
    };
    let config = Config::from_toml("[channel.telegram]\ntoken = '1:a'").unwrap();
    let telegram = Telegram::new(&config.channel.telegram.unwrap()).unwrap();
    let (mut said, mut other, mut aside) = (0, 0, 0);
    for entry in fs::read_dir(Path::new(&folder).join("telegram")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let raw = fs::read(&path).unwrap();
        let letters = match telegram.sort(&raw) {
            Ok(letters) => letters,
            Err(unreadable) => {
                assert!(!unreadable.0.is_empty());
                aside += 1;
                continue;
            }
        };
        for letter in letters {
            match telegram.decode(&letter.raw) {
                Ok(Heard::Nothing(reason)) => {
                    assert!(!reason.is_empty());
                    aside += 1;
                }
                Ok(Heard::Said(_) | Heard::File(_)) => said += 1,
                Ok(_) => other += 1,
                Err(unreadable) => panic!("{}: {unreadable}", path.display()),
            }
        }
    }
    tell(&format!(
        "updates: {said} said something, {other} did something else, {aside} set aside with a reason"
    ));
    assert!(said > 10 && aside > 10, "is this the right folder?");
}
