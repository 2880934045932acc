//! What Meta posts, or what somebody posts in its name.

use std::sync::LazyLock;

use wasl::channel::whatsapp::WhatsApp;
use wasl::channel::{Channel, Heard, Sorted};
use wasl::config::Config;
use wasl::message::{Body, Locale};

static WHATSAPP: LazyLock<WhatsApp> = LazyLock::new(|| {
    let text = "[channel.whatsapp]\ntoken = 't'\napp_secret = 's'\nverify_token = 'v'\nphone_number_id = '10001'\n\
                account_id = '20002'";
    let config = Config::from_toml(text).unwrap();
    WhatsApp::new(&config.channel.whatsapp.unwrap(), &Locale::parse("en").unwrap()).unwrap()
});

/// One post.
pub fn run(data: &[u8]) {
    // Any bytes may stand in the store after a change of versions; they must not end anything.
    if let Err(unreadable) = WHATSAPP.decode(data) {
        assert!(!unreadable.0.is_empty());
    }
    if let Some(answered) = std::str::from_utf8(data).ok().and_then(|query| WHATSAPP.prove(query)) {
        assert!(answered.bytes().all(|byte| byte.is_ascii_digit()), "nothing but digits is repeated");
    }
    let sorted = match WHATSAPP.sort(data) {
        Ok(sorted) => sorted,
        Err(unreadable) => return assert!(!unreadable.0.is_empty()),
    };
    for sorted in sorted {
        match sorted {
            Sorted::Letter(letter) => {
                assert!(letter.from.is_none() || !letter.external_id.is_empty());
                assert!(letter.from.iter().chain(&letter.also).all(|address| !address.path.is_empty()));
                if letter.from.is_some() {
                    means(&letter.raw);
                }
            }
            Sorted::Report(report) => assert!(!report.key.0.is_empty() && report.key.0.len() <= 80),
            Sorted::Alert(alert) => assert!(alert.is_ascii() && alert.len() < 400, "{alert}"),
            Sorted::Aside { reason, .. } => assert!(!reason.is_empty()),
            Sorted::Foreign => {}
        }
    }
}

fn means(raw: &[u8]) {
    match WHATSAPP.decode(raw) {
        Ok(Heard::Nothing(reason)) => assert!(!reason.is_empty()),
        Ok(Heard::Said(said)) => {
            let json = serde_json::to_string(&said.body).unwrap();
            let same: Body = serde_json::from_str(&json).unwrap();
            assert_eq!(same, said.body, "what was said survives the inbox");
        }
        Ok(Heard::File(file)) => {
            assert!(
                !file.handle.contains(['/', '?', '#', '.']),
                "a handle stays within the path it is put in"
            );
        }
        Ok(_) => {}
        Err(unreadable) => panic!("what was sorted is not read: {unreadable}"),
    }
}
