//! A mail from its bytes to what it means, and any bytes at all.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn own() -> Own {
    Own {
        address: "help@charity.example".into(),
        authserv_id: "mx.charity.example".into(),
        key: b"key".to_vec(),
    }
}

#[test]
fn a_reply_is_understood() {
    let id = uuid::Uuid::from_u128(7);
    let to = thread::sign(&own().address, &Mark::Conversation(id), &own().key).unwrap();
    let raw = format!(
        "Delivered-To: {to}\r\n\
         Authentication-Results: mx.charity.example; dmarc=pass header.from=mail.example\r\n\
         From: =?utf-8?b?2YTZitmE2Yk=?= <Layla@Mail.example>\r\nTo: {to}\r\nSubject: Re: [#77] x\r\n\
         Message-ID: <1@mail.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         ١: ليلى\r\n٢: ستة\r\n\r\nOn Mon, 2 Mar 2026 at 10:00, Help <{to}> wrote:\r\n> 1. Who?\r\n> 2. How many?\r\n"
    );
    let mail = understand(raw.as_bytes(), &own()).unwrap();
    assert_eq!(mail.writer, Writer::Human);
    assert_eq!(mail.thread.mark, Some(Mark::Conversation(id)));
    assert_eq!(mail.thread.tag.as_deref(), Some("77"));
    assert_eq!(mail.alignment, Alignment::Aligned);
    assert_eq!(mail.letter.from, ["layla@mail.example"]);
    assert_eq!(mail.reply.text, "١: ليلى\n٢: ستة");
    assert!(mail.reply.quoted);
    assert_eq!(mail.answers.given, [(1, "ليلى".to_owned()), (2, "ستة".to_owned())]);
}

#[test]
fn our_own_addresses_are_known() {
    for ours in ["help@charity.example", "HELP@Charity.example", "help+c123.abc@charity.example"] {
        assert!(own().is_ours(ours), "{ours}");
    }
    for other in ["layla@charity.example", "help@other.example", "", "help"] {
        assert!(!own().is_ours(other), "{other}");
    }
    assert!(!Own::default().is_ours("help@charity.example"));
}

/// Bytes that are almost mail: what parsers stumble over, in any order.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("From: a@x.example\r\n".to_owned()),
        Just("Content-Type: multipart/mixed; boundary=b\r\n".to_owned()),
        Just(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n".to_owned()
        ),
        Just("Content-Type: multipart/digest;\r\n boundary=b\r\n".to_owned()),
        Just("Content-Type: message/rfc822\r\n".to_owned()),
        Just("Content-Type: message/delivery-status\r\n\r\n".to_owned()),
        Just(
            "Content-Type: text/html; charset=windows-1256\r\n\r\n<div class=gmail_quote><blockquote>"
                .to_owned()
        ),
        Just("Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n".to_owned()),
        Just("Content-Type: application/ms-tnef; name*0*=utf-8''%ff\r\n\r\n".to_owned()),
        Just("Content-Transfer-Encoding: base64\r\n".to_owned()),
        Just("Content-Transfer-Encoding: quoted-printable\r\n\r\n=\r\n=4".to_owned()),
        Just("Subject: =?utf-8?q?=D9?= =?x?b?!?=\r\n".to_owned()),
        Just("Authentication-Results: mx.charity.example; dkim=pass (((\r\n".to_owned()),
        Just("Final-Recipient: rfc822; a@x.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n".to_owned()),
        Just("\r\n--b\r\n".to_owned()),
        Just("\r\n--b--\r\n".to_owned()),
        Just("\r\n\r\n".to_owned()),
        Just("في الأحد، 22 نوفمبر 2026 في 10:13 ص كتب\nx <a@x.example>:\n> ".to_owned()),
        Just("\u{202B}من:\nإلى: a@x.example\n-- \n1) \u{662}: ".to_owned()),
        "\\PC{0,20}",
    ];
    prop_oneof![
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..2000),
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_understood_or_refused(raw in pieces()) {
        let _ = understand(&raw, &own());
        let _ = tnef::unpack(&raw);
        let _ = charset::decode(&raw, None);
    }

    #[test]
    fn nothing_is_invented(text in "(\\PC{0,30}\n){0,12}") {
        let reply = reply::part(&text);
        for line in reply.text.lines().filter(|line| !line.trim().is_empty()) {
            prop_assert!(text.contains(line.trim()), "{line:?}");
        }
        let answers = answers::read(&text, 5);
        prop_assert!(answers.given.iter().all(|(number, _)| (1..=5).contains(number)));
    }
}

/// What grows faster than its size: a mail of some megabytes made of one thing.
#[test]
fn hostile_mails_take_no_time() {
    let size = 2_000_000;
    let many = |piece: &str| piece.repeat(size / piece.len());
    let body = |kind: &str, text: &str| format!("From: a@x.example\nContent-Type: {kind}\n\n{text}");
    let mails = [
        body("text/plain", &many("On Monday 1 2026 ")),
        body("text/plain", &many("On 1.1.2026\n")),
        body("text/plain", &many("From: x\nTo: y\n")),
        body("text/plain", &many("> \n")),
        body("text/plain; format=flowed", &many("a \n")),
        body("text/plain", &many("1: ")),
        body("text/plain", &many("\u{202B}في ")),
        body("text/html", &many("<div>")),
        body("text/html", &many("<a href=https://x.example>")),
        body("text/html", &many("<p class=x_gmail_quote></div>")),
        body("text/html", &many("&amp")),
        body("multipart/mixed; boundary=b", &many("--b\n\n")),
        body("multipart/mixed; boundary=b", &many("--b\nContent-Type: multipart/mixed; boundary=c\n\n")),
        body("multipart/mixed; boundary=b", &many("--b\nContent-Type: message/rfc822\n\n")),
        body("message/rfc822", &many("Content-Type: message/rfc822\n\n")),
        body("multipart/digest; boundary=b", &many("--b\n\nContent-Type: multipart/digest; boundary=b\n\n")),
        body(
            "multipart/report; boundary=b",
            &format!(
                "--b\nContent-Type: message/delivery-status\n\n{}",
                many("Final-Recipient: x;a@x.example\n\n")
            ),
        ),
        format!(
            "From: mailer-daemon\nReturn-Path: <>\nSubject: failure notice\n\n{}",
            many("<a@x.example>:\n")
        ),
        many("X: y\n"),
        many("From: a@x.example,\n"),
        format!("From: {}\n\nx", many("(").split_at(200_000).0),
        format!("Authentication-Results: mx.charity.example;{}\n\nx", many("(a)").split_at(200_000).0),
        format!("References: {}\n\nx", many("<a@b> ").split_at(200_000).0),
        format!("Subject: {}\n\nx", many("=?utf-8?q?x?= ").split_at(200_000).0),
    ];
    for (n, mail) in mails.iter().enumerate() {
        let start = Instant::now();
        let _ = understand(mail.as_bytes(), &own());

        // Unoptimised, and on a busy machine; what is not linear takes minutes.
        assert!(start.elapsed() < Duration::from_secs(10), "mail {n} took {:?}", start.elapsed());
    }
}
