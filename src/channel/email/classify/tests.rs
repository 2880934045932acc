//! Each rule by a mail that it holds for, and people's mails that look like it.

use super::*;
use crate::channel::email::mime;

fn of(fields: &str) -> Writer {
    let own = Own { address: "help@charity.example".into(), ..Own::default() };
    let from = if fields.contains("From:") { "" } else { "From: Layla <layla@mail.example>\n" };
    classify(&mime::parse(format!("{from}{fields}\n\nwords").as_bytes()).unwrap(), &own)
}

#[test]
fn every_rule_holds() {
    for (fields, rule) in [
        ("Auto-Submitted: auto-replied", Rule::AutoSubmitted),
        ("auto-submitted: Auto-Generated; owner=x", Rule::AutoSubmitted),
        ("X-Autoreply: yes", Rule::Responder),
        ("X-Autoreply-From: a@x.example", Rule::Responder),
        ("X-Autorespond: away", Rule::Responder),
        ("X-Autoresponder: x", Rule::Responder),
        ("X-Mail-Autoreply: yes", Rule::Responder),
        ("X-Auto-Response-Suppress: All", Rule::Suppress),
        ("X-Auto-Response-Suppress: DR, OOF", Rule::Suppress),
        ("X-Loop: desk@x.example", Rule::LoopMark),
        ("X-OTRS-Loop: yes", Rule::LoopMark),
        ("Precedence: bulk", Rule::Precedence),
        ("Precedence: JUNK", Rule::Precedence),
        ("X-Precedence: auto_reply", Rule::Precedence),
        ("Return-Path: <>", Rule::NullSender),
        ("From: no-reply@shop.example", Rule::NobodysAddress),
        ("From: noreply-12@shop.example", Rule::NobodysAddress),
        ("From: bounces+7@shop.example", Rule::NobodysAddress),
        ("From: MAILER-DAEMON@mx.example", Rule::NobodysAddress),
        ("Content-Type: text/calendar; charset=utf-8; method=\"REPLY\"", Rule::Calendar),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", Rule::Report),
        ("Content-Type: message/disposition-notification", Rule::Report),
        ("Subject: Automatic reply: x", Rule::Subject),
        ("Subject: Out of Office", Rule::Subject),
        ("Subject: =?utf-8?b?2LHYryDYqtmE2YLYp9im2Yo=?=: x", Rule::Subject),
        ("Subject: =?utf-8?b?2K7Yp9ix2Kwg2KfZhNmF2YPYqtio?=: x", Rule::Subject),
        ("Subject: =?utf-8?q?R=C3=A9ponse_automatique_:_x?=", Rule::Subject),
        ("Subject: Abwesenheitsnotiz: x", Rule::Subject),
        ("Subject: Automatisch antwoord: x", Rule::Subject),
        ("Subject: =?utf-8?q?Respuesta_autom=C3=A1tica:?= x", Rule::Subject),
        ("Subject: Read: x\nIn-Reply-To: <1@charity.example>", Rule::Receipt),
    ] {
        assert_eq!(of(fields), Writer::Automatic(rule), "{fields}");
    }
    for field in ["List-Id: <l.x.example>", "List-Unsubscribe: <mailto:u@x.example>", "List-Post: NO"] {
        assert_eq!(of(field), Writer::List(Rule::ListField), "{field}");
    }
}

#[test]
fn an_answer_to_an_invitation_is_noticed_in_the_body_only() {
    let of = |disposition: &str| {
        of(&format!(
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n--b\nContent-Type: text/calendar\n{disposition}\n\
             BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n--b--\n"
        ))
    };
    assert_eq!(of(""), Writer::Automatic(Rule::Calendar));
    assert_eq!(of("Content-Disposition: attachment; filename=i.ics\n"), Writer::Human);
}

#[test]
fn we_notice_ourselves() {
    assert_eq!(of("X-Wasl-Loop: 1"), Writer::Own(Rule::WaslLoop));
    assert_eq!(of("X-Wasl-Loop: 3\nAuto-Submitted: auto-replied"), Writer::Own(Rule::WaslLoop));
    assert_eq!(of("From: help+cabc.def@charity.example"), Writer::Own(Rule::OwnAddress));
}

#[test]
fn people_are_people() {
    for fields in [
        "",
        "Auto-Submitted: no",
        "Auto-Submitted: No (a person)",
        "X-Autoreply: no",
        "X-Auto-Response-Suppress: None",
        "Precedence: first-class",
        "Return-Path: <layla@mail.example>",
        "Disposition-Notification-To: layla@mail.example",
        "Disposition-Notification-Options: x",
        "From: bouncer@club.example",
        "From: noreplyson@mail.example",
        "From: colleague@charity.example",
        "Subject: Re: Automatic reply: x",
        "Subject: Out of office hours, when may I come?",
        "Subject: =?utf-8?b?2K7Yp9ix2Kwg2KfZhNmF2YPYqtioINi32YjYp9mEINin2YTZitmI2YU=?=",
        "Subject: Read: the letter of my doctor",
        "Subject: Ready: all papers\nIn-Reply-To: <1@charity.example>",
        "Content-Type: text/calendar; method=REQUEST",
        "X-Mailer: Outlook\nImportance: high\nX-Priority: 1",
        "Subject: Undelivered parcel",
        "Subject: failure notice of the landlord",
    ] {
        assert_eq!(of(fields), Writer::Human, "{fields}");
    }
}
