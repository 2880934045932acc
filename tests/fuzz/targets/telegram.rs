//! What Telegram posts, or what somebody posts in its name.

use std::sync::LazyLock;

use wasl::channel::telegram::Telegram;
use wasl::channel::{Channel, Heard, Sorted};
use wasl::config::Config;
use wasl::message::Body;

static TELEGRAM: LazyLock<Telegram> = LazyLock::new(|| {
    let config = Config::from_toml("[channel.telegram]\ntoken = '1:a'").unwrap();
    Telegram::new(&config.channel.telegram.unwrap()).unwrap()
});

/// One post.
pub fn run(data: &[u8]) {
    // What is no update is refused with a reason; it must not end anything.
    if let Err(unreadable) = TELEGRAM.decode(data) {
        assert!(!unreadable.0.is_empty());
    }
    let letters = match TELEGRAM.sort(data) {
        Ok(letters) => letters,
        Err(unreadable) => return assert!(!unreadable.0.is_empty()),
    };
    for letter in letters {
        let Sorted::Letter(letter) = letter else { panic!("an update is a letter") };
        assert!(!letter.external_id.is_empty());
        assert!(letter.from.is_none_or(|from| !from.path.is_empty()));
        // What is stored is the same letter when it is read again after a restart.
        let again = TELEGRAM.sort(&letter.raw).expect("what was sorted is sorted again");
        let again = again.into_iter().next();
        assert!(matches!(again, Some(Sorted::Letter(again)) if again.external_id == letter.external_id));
        match TELEGRAM.decode(&letter.raw) {
            Ok(Heard::Nothing(reason)) => assert!(!reason.is_empty()),
            Ok(Heard::Said(said)) => {
                let json = serde_json::to_string(&said.body).unwrap();
                let same: Body = serde_json::from_str(&json).unwrap();
                assert_eq!(same, said.body, "what was said survives the inbox");
            }
            Ok(_) => {}
            Err(unreadable) => assert!(!unreadable.0.is_empty()),
        }
    }
}
