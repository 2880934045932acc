use uuid::Uuid;

use super::*;
use crate::channel::{Heard, Letter};
use crate::message::{Body, OutboxId};

fn own() -> Own {
    Own { address: "help@charity.example".into(), authserv_id: "mx".into(), key: vec![7; 32] }
}

fn sorted(raw: &str) -> Vec<Sorted> {
    sort(raw.replace('\n', "\r\n").as_bytes(), &own(), &ChannelId::new("email"))
}

fn letters(raw: &str) -> Vec<Letter> {
    let letters = sorted(raw).into_iter().map(|sorted| match sorted {
        Sorted::Letter(letter) => letter,
        other => panic!("{other:?}"),
    });
    letters.collect()
}

fn aside(raw: &str) -> &'static str {
    match sorted(raw).swap_remove(0) {
        Sorted::Aside { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

fn report(raw: &str) -> Report {
    match sorted(raw).swap_remove(0) {
        Sorted::Report(report) => report,
        other => panic!("{other:?}"),
    }
}

fn said(letter: &Letter) -> Body {
    match super::super::stored::decode(&letter.raw) {
        Ok(Heard::Said(said)) => said.body,
        other => panic!("{other:?}"),
    }
}

/// A mail of somebody whom our server vouches for.
fn mail(more: &str, body: &str) -> String {
    format!(
        "Authentication-Results: mx; dmarc=pass header.from=mail.example\nFrom: Layla <Layla@mail.example>\n\
         To: help@charity.example\nSubject: Help please\nDate: Sun, 22 Nov 2026 10:00:00 +0300\nMessage-ID: <a@mail.example>\n\
         {more}\n{body}"
    )
}

const PARTS: &str = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n";
const FILE: &str = "--x\n\nHere it is.\n--x\nContent-Type: image/png; name=card.png\nContent-Disposition: attachment; filename=card.png\n\
                    Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--x--\n";

#[test]
fn a_mail_is_its_words_and_then_each_of_its_files() {
    let found = letters(&mail(PARTS, FILE));
    assert_eq!(found.len(), 2);
    assert_eq!(said(&found[0]), Body::Text("Here it is.".into()));
    let Ok(Heard::File(file)) = super::super::stored::decode(&found[1].raw) else { panic!() };
    assert_eq!((file.name.as_str(), file.held.as_deref()), ("card.png", Some(&b"\x89PNG\r\n\x1a\n"[..])));
    assert!(found.iter().all(|letter| &*letter.from.as_ref().unwrap().path == "layla@mail.example"));
    assert!(found[0].thread.as_ref().unwrap().contains("a@mail.example"));
    assert_ne!(found[0].external_id, found[1].external_id);
}

#[test]
fn the_same_mail_is_the_same_whatever_servers_wrote_above_it_and_another_with_its_id_is_not() {
    let one = &letters(&mail("", "Hello\n"))[0].external_id;
    assert_eq!(&letters(&format!("Received: from x by y\n{}", mail("", "Hello\n")))[0].external_id, one);
    assert_ne!(&letters(&mail("", "Goodbye\n"))[0].external_id, one);
}

#[test]
fn a_first_mail_without_words_says_its_subject() {
    assert_eq!(said(&letters(&mail("", ""))[0]), Body::Text("Help please".into()));
    let answer = mail("In-Reply-To: <b@charity.example>\n", "");
    assert_eq!(said(&letters(&answer)[0]), Body::Unsupported("empty".into()));
}

#[test]
fn of_one_that_is_too_large_its_sender_is_told() {
    let raw = [TOO_LARGE, mail("", "").replace('\n', "\r\n").as_bytes()].concat();
    let sorted = sort(&raw, &own(), &ChannelId::new("email"));
    let [Sorted::Letter(letter)] = sorted.as_slice() else { panic!("{sorted:?}") };
    let Ok(Heard::File(file)) = super::super::stored::decode(&letter.raw) else { panic!() };
    assert_eq!((file.size, file.held), (Some(u64::MAX), None));
}

#[test]
fn who_is_not_vouched_for_or_is_no_person_is_not_answered() {
    let forged = mail("", "Hello\n").replace("dmarc=pass", "dmarc=fail");
    let found = sorted(&forged);
    assert!(matches!(&found[..], [Sorted::Aside { .. }, Sorted::Alert(_)]), "{found:?}");
    assert_eq!(aside(&mail("Auto-Submitted: auto-replied\n", "Away\n")), "an automatic answer");
    assert_eq!(
        aside(
            &mail("", "Hello\n")
                .replace("From: Layla <Layla@mail.example>", "From: a@b.example, c@d.example")
        ),
        "it has not one sender"
    );
    assert_eq!(aside(""), "it is no mail");
    let another_wasl = mail("X-Wasl-Loop: 1\n", "Hello\n");
    assert_eq!(aside(&another_wasl), "a mail that wasl itself sent, or another wasl");
    let ours = thread::message_id("help@charity.example", &part(), &[7; 32]).unwrap();
    assert_eq!(sorted(&another_wasl.replace("a@mail.example", &ours)), [Sorted::Foreign]);
}

fn part() -> OutboxId {
    OutboxId(format!("{}/0", Uuid::from_u128(5)))
}

fn returned(action: &str, status: &str, to: &str) -> String {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx\nTo: {to}\nSubject: Delivery\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nIt did not arrive.\n--x\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nAction: {action}\n\
         Final-Recipient: rfc822; layla@mail.example\nStatus: {status}\n\n--x--\n"
    )
}

#[test]
fn a_report_tells_what_became_of_a_part_and_of_one_that_is_not_ours_nothing() {
    let own = own();
    let to = thread::sign(&own.address, &thread::Mark::Part(part()), &own.key).unwrap();
    let told = report(&returned("failed", "5.1.1", &to));
    assert_eq!((told.key, told.fate), (part(), Fate::Failed(SendError::Gone)));
    assert!(matches!(report(&returned("failed", "4.2.2", &to)).fate, Fate::Failed(SendError::Later { .. })));
    assert!(matches!(report(&returned("delivered", "2.0.0", &to)).fate, Fate::Arrived));
    assert_eq!(sorted(&returned("delayed", "4.4.1", &to)), [Sorted::Foreign]);
    let refused = sorted(&returned("failed", "5.7.1", &to));
    assert!(
        matches!(
            &refused[..],
            [Sorted::Report(Report { fate: Fate::Failed(SendError::Never { .. }), .. }), Sorted::Alert(_)]
        ),
        "{refused:?}"
    );
    assert_eq!(aside(&returned("failed", "5.1.1", "help@charity.example")), "a report, of nothing of ours");
}
