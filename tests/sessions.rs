//! Old sessions stay readable: `tests/data/sessions/<version>/*.json` holds conversations as each released version
//! stored them. Every one must be read, and must go on. `UPDATE=1 cargo test --test sessions` writes those of this
//! version; those of earlier versions are never written again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wasl::config::Config;
use wasl::dialogue::{Conversation, Effect, Env, Event, step};
use wasl::form::{Moment, Shelf, shipped};
use wasl::locale::Catalogue;
use wasl::message::{Address, Body, ChannelId, EventId, PersonId};
use wasl::time::Timestamp;

struct House {
    config: Config,
    words: Catalogue,
    shelf: Shelf,
    channel: ChannelId,
    said: u32,
}

impl House {
    fn new() -> House {
        let config = Config::from_toml("").unwrap();
        let words = Catalogue::shipped(&config.association.default_locale).unwrap();
        let (shelf, _) = Shelf::read(&shipped()).unwrap();
        House { config, words, shelf, channel: ChannelId::new("webchat"), said: 0 }
    }

    fn step(&mut self, conversation: Conversation, event: &Event) -> (Conversation, Vec<Effect>) {
        self.said += 1;
        let address = Address { channel: self.channel.clone(), path: "sister".into() };
        let now = Timestamp::parse("2026-11-22T07:00:00Z").unwrap();
        let env = Env {
            event: EventId::of(&self.channel, &self.said.to_string()),
            asks_leave: false,
            person: PersonId::of(&address),
            channel: &self.channel,
            at: Moment { now, zone: self.config.association.zone },
            words: &self.words,
            shelf: &self.shelf,
            association: &self.config.association,
            policy: &self.config.policy,
            status_link: &|case| format!("https://wasl.test/status/{case}"),
            secure_link: None,
            reference: &wasl::message::reference_of,
            stands: None,
            way_code: &|| "C-0A1B-2C3D".into(),
        };
        step(conversation, event, &env)
    }

    /// The conversation at each of its typical places, as this version stores it.
    fn samples(&mut self) -> BTreeMap<&'static str, Conversation> {
        let mut samples = BTreeMap::new();
        let mut conversation = Conversation::default();
        for (said, place) in [
            ("/start", "1-language"),
            ("English", "2-consent"),
            ("yes", "3-menu"),
            ("Ask for help", "4-service"),
            ("EDU", "5-first-question"),
            ("I would like to learn how to pray.", "6-second-question"),
            ("person", "7-with-a-person"),
            ("menu", "8-back-at-the-question"),
            ("pause", "9-paused"),
            ("hello", "10-continued"),
        ] {
            (conversation, _) = self.step(conversation, &Event::Said(Body::Text(said.into())));
            samples.insert(place, conversation.clone());
        }
        for (answer, place) in [
            ("English", ""),
            ("Maria Cruz", ""),
            ("only here", ""),
            ("Jeddah", ""),
            ("skip", ""),
            ("skip", "11-review"),
            ("It is all correct", "12-signing"),
            ("Maria Cruz", "13-handed-in"),
        ] {
            (conversation, _) = self.step(conversation, &Event::Said(Body::Text(answer.into())));
            if !place.is_empty() {
                samples.insert(place, conversation.clone());
            }
        }
        samples
    }
}

#[allow(clippy::disallowed_methods)] // a test's own switch is no setting
fn update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sessions");
    fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn sessions_of_every_version_are_read_and_go_on() {
    let mut house = House::new();
    let current =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sessions").join(env!("CARGO_PKG_VERSION"));
    if update() {
        fs::create_dir_all(&current).unwrap();
        for (place, conversation) in house.samples() {
            let json = serde_json::to_string_pretty(&conversation).unwrap();
            fs::write(current.join(format!("{place}.json")), json + "\n").unwrap();
        }
    }
    let mut read = 0;
    for folder in folders() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let json = fs::read_to_string(&path).unwrap();
            let conversation: Conversation =
                serde_json::from_str(&json).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let (_, effects) = house.step(conversation, &Event::Said(Body::Start { hint: None }));
            let said = effects.iter().any(|effect| matches!(effect, Effect::Say(..)));
            assert!(said, "{}: the conversation does not go on", path.display());
            read += 1;
        }
    }
    assert!(read >= 13, "only {read} stored sessions");
}

/// What this version stores is what its samples hold: a changed shape shows itself here, before it is released.
#[test]
fn the_samples_are_of_this_version() {
    let current =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sessions").join(env!("CARGO_PKG_VERSION"));
    for (place, conversation) in House::new().samples() {
        let path = current.join(format!("{place}.json"));
        let stored: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut now = serde_json::to_value(&conversation).unwrap();
        let mut then = stored;
        // A form's wording may change between versions; its hash is not a shape.
        for value in [&mut now, &mut then] {
            for place in ["/session/form/hash", "/parked/0/form/hash"] {
                if let Some(hash) = value.pointer_mut(place) {
                    *hash = serde_json::Value::Null;
                }
            }
        }
        assert_eq!(now, then, "{place}: run UPDATE=1 cargo test --test sessions");
    }
}
