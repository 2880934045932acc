//! What comes back from the store: sealed bytes that somebody changed do not open; the JSON within is read or refused.

use std::sync::LazyLock;

use wasl::dialogue::{Conversation, Event, Signature, Submission, Timer};
use wasl::form::Answer;
use wasl::message::{Address, ChannelId, Part, PersonId};
use wasl::vault::{PersonKey, Vault};

static PERSON: LazyLock<PersonId> =
    LazyLock::new(|| PersonId::of(&Address { channel: ChannelId::new("webchat"), path: "sister".into() }));
static VAULT: LazyLock<Vault> = LazyLock::new(|| Vault::from_bytes([7; 32]));
static KEY: LazyLock<PersonKey> = LazyLock::new(|| {
    let wrapped = VAULT.wrap_new_key(*PERSON).unwrap();
    VAULT.person_key(*PERSON, &wrapped).unwrap()
});

/// One row.
pub fn run(data: &[u8]) {
    assert!(KEY.open("inbox/1", data).is_err(), "bytes of a stranger open");
    assert!(VAULT.person_key(*PERSON, data).is_err(), "a stranger's key is unwrapped");
    let sealed = KEY.seal("inbox/1", data);
    assert_eq!(KEY.open("inbox/1", &sealed).unwrap(), data);
    assert!(KEY.open("inbox/2", &sealed).is_err(), "sealed for another place");
    // One bit somewhere, which the input chooses.
    let at = data.iter().fold(0usize, |at, byte| at.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let mut bent = sealed;
    let (place, bit) = (at % bent.len(), at % 8);
    bent[place] ^= 1 << bit;
    assert!(KEY.open("inbox/1", &bent).is_err(), "a bit was turned");
    rows(data);
}

fn rows(data: &[u8]) {
    if let Ok(conversation) = serde_json::from_slice::<Conversation>(data) {
        let json = serde_json::to_vec(&conversation).unwrap();
        assert_eq!(serde_json::from_slice::<Conversation>(&json).unwrap(), conversation);
        let _ = (conversation.papers(), conversation.about_to_move());
    }
    if let Ok(signature) = serde_json::from_slice::<Signature>(data) {
        let fits = signature.fits(&[]);
        assert!(!fits || signature.hash.len() == 64);
        let other = Signature { name: format!("{} x", signature.name), ..signature };
        assert!(!(fits && other.fits(&[])), "another name under the same hash");
    }
    let _ = serde_json::from_slice::<Event>(data);
    let _ = serde_json::from_slice::<Submission>(data);
    let _ = serde_json::from_slice::<Timer>(data);
    let _ = serde_json::from_slice::<Answer>(data);
    let _ = serde_json::from_slice::<Part>(data);
}
