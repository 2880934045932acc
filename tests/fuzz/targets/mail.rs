//! A mail, or what somebody's server calls one.

use wasl::channel::Sorted;
use wasl::channel::email::classify::Writer;
use wasl::channel::email::sort::sort;
use wasl::channel::email::{Own, answers, html, limits, reply, stored, thread, tnef, understand};
use wasl::message::ChannelId;

/// One mail; and the same bytes as a text, as a page, as a `winmail.dat`.
pub fn run(data: &[u8]) {
    let own = Own {
        address: "help@charity.example".into(),
        authserv_id: "mx.charity.example".into(),
        key: b"a key".to_vec(),
    };
    let text = String::from_utf8_lossy(data);
    // What is new in a text is in it, and is parted once.
    let new = reply::part(&text);
    assert!(new.text.lines().all(|line| text.contains(line)));
    let given = answers::read(&text, answers::MOST).given;
    assert!(given.iter().all(|(number, _)| (1..=answers::MOST).contains(number)));
    assert!(html::read(&text).text.len() <= html::LIMIT * 3);
    assert_eq!(thread::verify(&text, &own.address, b"another key"), None);
    let _ = tnef::unpack(data);
    for sorted in sort(data, &own, &ChannelId::new("email")) {
        match sorted {
            Sorted::Letter(letter) => assert!(stored::decode(&letter.raw).is_ok(), "what was sorted is read"),
            Sorted::Aside { reason, .. } => assert!(!reason.is_empty()),
            Sorted::Report(_) => panic!("nobody without the key reports"),
            Sorted::Alert(alert) => assert!(alert.is_ascii()),
            Sorted::Foreign => {}
        }
    }

    let Ok(mail) = understand(data, &own) else { return };
    assert_eq!(understand(data, &own).as_ref(), Ok(&mail), "the same bytes mean the same");
    for file in &mail.letter.attachments {
        assert!(
            !file.name.is_empty() && !file.name.contains(['/', '\\']) && file.name.chars().count() <= 120
        );
        assert!(file.bytes.len() <= limits::SIZE);
    }
    if let Writer::Bounce(bounce) = &mail.writer {
        assert!(bounce.part.is_none(), "nobody without the key names a part of ours");
        let addresses = bounce.recipients.iter().filter_map(|one| one.address.as_deref());
        assert!(addresses.into_iter().all(|address| address.contains('@')));
    }
    assert!(mail.thread.mark.is_none(), "nobody without the key names a conversation");
}
