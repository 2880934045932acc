//! Reports of our own making, in the forms that servers use.

use super::*;
use crate::channel::email::mime;

fn of(raw: &str) -> Option<Bounce> {
    let part_of = |address: &str| {
        let n = address.strip_prefix("help+b")?.split('@').next()?;
        Some(OutboxId(format!("event/{n}")))
    };
    read(&mime::parse(raw.as_bytes()).unwrap(), &part_of)
}

fn report(groups: &str) -> String {
    format!(
        "Return-Path: <>\nDelivered-To: help+b12@charity.example\nFrom: Mail <mailer-daemon@mx.example>\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         {groups}\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <77@charity.example>\nTo: layla@mail.example\n--b--\n"
    )
}

fn verdicts(groups: &str) -> Vec<(Option<String>, Verdict)> {
    let bounce = of(&report(groups)).unwrap();
    bounce.recipients.into_iter().map(|one| (one.address, one.verdict)).collect()
}

fn layla() -> Option<String> {
    Some("layla@mail.example".to_owned())
}

#[test]
fn a_delivery_report_is_read() {
    let bounce = of(&report(
        "Original-Recipient: rfc822;Layla@mail.example\nFinal-Recipient: rfc822; L@inner.example\nAction: failed\n\
         Status: 5.1.1 (bad)\nDiagnostic-Code: smtp; 550 5.1.1\n  no such user",
    ));
    assert_eq!(
        bounce,
        Some(Bounce {
            kind: Kind::Delivery,
            recipients: vec![Recipient {
                address: layla(),
                verdict: Verdict::Hard,
                reason: Reason::NoPerson,
                status: Some("5.1.1".into()),
            }],
            part: Some(OutboxId("event/12".into())),
            message_id: Some("77@charity.example".into()),
        })
    );
}

#[test]
fn the_action_is_more_than_the_code() {
    for (action, verdict) in [
        ("failed", Verdict::Hard),
        ("delayed", Verdict::Delayed),
        ("delivered", Verdict::Delivered),
        ("relayed (to a server without reports)", Verdict::Delivered),
        ("expanded", Verdict::Delivered),
    ] {
        let groups = format!("Final-Recipient: rfc822;layla@mail.example\nAction: {action}\nStatus: 5.1.1");
        assert_eq!(verdicts(&groups), [(layla(), verdict)], "{action}");
    }
}

#[test]
fn several_recipients_are_told_apart() {
    let second = "Final-Recipient: rfc822;omar@mail.example\nAction: failed\nStatus: 5.2.2";
    let first = "Final-Recipient: rfc822;layla@mail.example\nAction: failed\nStatus: 5.1.1";
    let expected = [(layla(), Verdict::Hard), (Some("omar@mail.example".to_owned()), Verdict::Soft)];
    assert_eq!(verdicts(&format!("{first}\n\n{second}\n\n{first}")), expected);
    // Without the empty line between.
    assert_eq!(verdicts(&format!("{first}\n{second}")), expected);
}

#[test]
fn free_words_are_read() {
    for (raw, verdict) in [
        (
            "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. I am a mail program.\n\n\
             <layla@mail.example>:\nSorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\n\
             Message-ID: <78@charity.example>\nTo: layla@mail.example\n",
            Verdict::Hard,
        ),
        (
            "From: Mail Delivery System <Mailer-Daemon@mx.example>\nX-Failed-Recipients: layla@mail.example\n\n\
             It failed:\n\n  layla@mail.example\n    host mx.mail.example: 552 5.2.2 mailbox is full\n\n\
             ------ This is a copy of the message ------\n\nMessage-Id: <78@charity.example>\n",
            Verdict::Soft,
        ),
        (
            "From: postmaster@mx.example\nSubject: Warning: message delayed 24 hours\n\nTo layla@mail.example it has\n\
             not yet been delivered:\n\nlayla@mail.example\n\nReceived: from x\nMessage-ID: <78@charity.example>\n",
            Verdict::Delayed,
        ),
        (
            "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\nSubject: Returned mail: see transcript\n\n\
             550 <layla@mail.example>... rejected, our policy\n\n----- Original message follows -----\nMessage-ID: <78@charity.example>\n",
            Verdict::Policy,
        ),
    ] {
        let bounce = of(raw).unwrap();
        let told: Vec<_> = bounce.recipients.iter().map(|one| (one.address.clone(), one.verdict)).collect();
        assert_eq!(told, [(layla(), verdict)], "{raw}");
        assert_eq!(bounce.message_id.as_deref(), Some("78@charity.example"), "{raw}");
    }
}

#[test]
fn complaints_are_told_apart() {
    let raw = "From: fbl@provider.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n\
               --b\n\na complaint\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\
               Original-Rcpt-To: <Layla@mail.example>\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <79@charity.example>\n\nx\n--b--\n";
    let bounce = of(raw).unwrap();
    assert_eq!((bounce.kind, bounce.message_id.as_deref()), (Kind::Complaint, Some("79@charity.example")));
    assert_eq!(bounce.recipients[0].address, layla());
}

#[test]
fn peoples_mails_are_no_reports() {
    for raw in [
        "From: layla@mail.example\nSubject: failure notice\n\nI got this: <a@x.example>: user unknown",
        "From: layla@mail.example\nReturn-Path: <>\nSubject: away\n\nYour mail could not be delivered to me, I am away",
        "From: layla@mail.example\n\n550 5.1.1 user unknown",
        // Passed on.
        "From: layla@mail.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nwhat is this?\n--b\n\
         Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@x.example\nStatus: 5.1.1\n\n--b--\n",
    ] {
        assert_eq!(of(raw), None, "{raw}");
    }
}
