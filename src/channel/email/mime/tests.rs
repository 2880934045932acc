//! Mails as clients and servers build them.

use super::*;

fn letter(raw: impl AsRef<[u8]>) -> Letter {
    parse(raw.as_ref()).unwrap()
}

/// A mail of parts, each `header` and body.
fn mixed(kind: &str, parts: &[(&str, &str)]) -> String {
    let parts: String =
        parts.iter().map(|(header, body)| format!("--b\r\n{header}\r\n\r\n{body}\r\n")).collect();
    format!("From: a@x.example\r\nContent-Type: multipart/{kind}; boundary=b\r\n\r\n{parts}--b--\r\n")
}

fn names(letter: &Letter) -> Vec<&str> {
    letter.attachments.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn plain_text_is_taken_and_a_stub_is_not() {
    let both = |plain| {
        mixed(
            "alternative",
            &[("Content-Type: text/plain", plain), ("Content-Type: text/html", "<p>the page</p>")],
        )
    };
    let plain = letter(both("the words"));
    assert_eq!((plain.text.trim(), plain.source), ("the words", Source::Plain));
    for stub in ["", "  ", "Your program does not show HTML."] {
        let page = letter(both(stub));
        assert_eq!((page.text.as_str(), page.source), ("the page", Source::Html { quoted: false }));
    }
}

#[test]
fn flowed_lines_are_joined() {
    let raw = "From: a@x.example\nContent-Type: text/plain; format=flowed\n\nwe are \nsix\n";
    assert_eq!(letter(raw).text, "we are six");
}

#[test]
fn letters_are_found() {
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode("نحن ستة أفراد والمستأجر أبي");
    for kind in [
        "",
        "Content-Type: text/plain\n",
        "Content-Type: text/plain; charset=iso-8859-1\n",
        "Content-Type: text/plain; charset=utf-8\n",
    ] {
        let mut raw = format!("From: a@x.example\n{kind}\n").into_bytes();
        raw.extend_from_slice(&bytes);
        assert_eq!(letter(raw).text, "نحن ستة أفراد والمستأجر أبي", "{kind}");
    }
}

#[test]
fn a_subject_is_read_however_it_was_written() {
    let subject = |value: &[u8]| letter([b"From: a@x.example\nSubject: ", value, b"\n\nx"].concat()).subject;
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode("طلب المساعدة العاجلة");
    assert_eq!(subject(&bytes), "طلب المساعدة العاجلة");
    assert_eq!(subject("طلب".as_bytes()), "طلب");
    assert_eq!(subject(b"=?utf-8?b?2LfZhNio?= a\n b"), "طلب a b");
    assert_eq!(subject(b"=?iso-8859-1?q?=C7=E1=D3=E1=C7=E3_=DA=E1=ED=DF=E3?="), "السلام عليكم");
    assert_eq!(subject(b"=?iso-8859-1?q?Caf=E9_r=E9serv=E9?="), "Café réservé");
}

#[test]
fn files_have_names_types_and_bytes() {
    let raw = mixed(
        "mixed",
        &[
            ("Content-Type: text/plain", "see"),
            (
                "Content-Type: APPLICATION/PDF\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n filename*0*=utf-8''%D8%B9%D9;\r\n filename*1*=%82%D8%AF.pdf",
                "JVBERg==",
            ),
            (
                "Content-Type: text/plain; charset=utf-8; name=\"../n.txt\"\r\nContent-Disposition: attachment",
                "a note",
            ),
            ("Content-Type: image/jpeg\r\nContent-Disposition: inline; filename=p.jpg", "jpeg"),
            ("Content-Type: application/pgp-signature; name=s.asc", "x"),
        ],
    );
    let mail = letter(raw);
    assert_eq!(names(&mail), ["عقد.pdf", "n.txt", "p.jpg"]);
    assert_eq!(mail.attachments[0].declared, "application/pdf");
    assert_eq!(mail.attachments[0].bytes, b"%PDF");
    assert_eq!(mail.text.trim(), "see");
}

#[test]
fn images_of_the_page_are_told_from_papers() {
    let image = |id: &str, length: usize| {
        (
            format!(
                "Content-Type: image/png; name={id}.png\r\nContent-ID: <{id}@x>\r\nContent-Disposition: inline"
            ),
            "x".repeat(length),
        )
    };
    let images =
        [image("logo", 900), image("paper", ORNAMENT + 1), image("old", ORNAMENT * 2), image("loose", 900)];
    let mut parts = vec![(
        "Content-Type: text/html",
        "<img src='cid:logo@x'><img src='cid:paper@x'><div class=gmail_quote><img src='cid:old@x'></div>",
    )];
    parts.extend(images.iter().map(|(header, body)| (header.as_str(), body.as_str())));
    assert_eq!(names(&letter(mixed("related", &parts))), ["paper.png", "loose.png"]);
}

#[test]
fn a_forwarded_mails_files_come_out() {
    let inner = "From: c@x.example\r\nContent-Type: application/pdf; name=in.pdf\r\n\r\n%PDF";
    let mail = letter(mixed(
        "mixed",
        &[("Content-Type: text/plain", "see"), ("Content-Type: message/rfc822", inner)],
    ));
    assert_eq!(names(&mail), ["in.pdf"]);
    assert_eq!(mail.pieces[0].media, "message/rfc822");
}

#[test]
fn what_cannot_be_read_is_told() {
    let mail = letter(mixed("mixed", &[("Content-Type: application/ms-tnef; name=winmail.dat", "no")]));
    assert_eq!(mail.flaws, [Flaw::Packed]);
    let mail = letter(mixed(
        "encrypted",
        &[
            ("Content-Type: application/pgp-encrypted", "Version: 1"),
            ("Content-Type: application/octet-stream; name=e.asc", "x"),
        ],
    ));
    assert_eq!(mail.flaws, [Flaw::Encrypted]);
    let many: Vec<(&str, &str)> = vec![("Content-Type: image/png; name=a.png", "x"); limits::PARTS + 5];
    assert_eq!(letter(mixed("mixed", &many)).flaws, [Flaw::PartsLeftOut]);
}

#[test]
fn what_is_too_deep_is_refused() {
    let nest = |depth: usize| {
        let open: String =
            (0..depth).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
        parse(format!("From: a@x.example\n{open}Content-Type: text/plain\n\nx").as_bytes())
    };
    assert!(nest(limits::DEPTH - 1).is_ok());
    assert_eq!(nest(limits::DEPTH + 1), Err(Refused::Nested));
    assert_eq!(parse(b""), Err(Refused::NotMail));
}

#[test]
fn senders_are_counted() {
    let of = |fields: &str| letter(format!("{fields}\n\nx")).from;
    assert_eq!(of("From: =?utf-8?q?L?= <L@X.example>"), ["l@x.example"]);
    assert_eq!(of("From: a@x.example, b@x.example").len(), 2);
    assert_eq!(of("From: a@x.example\nFrom: b@x.example").len(), 2);
    assert_eq!(of("From: nobody"), ["nobody"].map(|_| String::new()));
}
