//! Everything that is no message: what a client may post by mistake, or by intent.

use crate::harness::PIXEL;

/// One request that somebody makes.
pub struct Poison {
    /// What it is, for whoever reads a failure.
    pub name: String,
    /// Where it goes.
    pub path: &'static str,
    /// Its `Content-Type`, as bytes: not every one is text.
    pub kind: Vec<u8>,
    /// Its other header, if it has one.
    pub header: Option<(&'static str, Vec<u8>)>,
    /// Its body.
    pub body: Vec<u8>,
}

const SAY: &str = "/chat/api/messages";
const PAPER: &str = "/chat/api/documents";
const OPEN: &str = "/chat/api/sessions";
const LOGIN: &str = "/desk/login";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=b";
/// The test file of the makers of virus scanners, in two pieces: no scanner should take this file for it.
const EICAR: [&str; 2] = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR", "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];

#[derive(Default)]
struct Corpus(Vec<Poison>);

impl Corpus {
    fn add(&mut self, name: impl Into<String>, path: &'static str, kind: &str, body: impl Into<Vec<u8>>) {
        let (name, kind, body) = (name.into(), kind.as_bytes().to_vec(), body.into());
        self.0.push(Poison { name, path, kind, header: None, body });
    }

    fn say(&mut self, name: impl Into<String>, body: impl Into<Vec<u8>>) {
        self.add(name, SAY, JSON, body);
    }

    fn paper(&mut self, name: impl Into<String>, body: impl Into<Vec<u8>>) {
        self.add(name, PAPER, MULTIPART, body);
    }
}

/// All of it.
pub fn all() -> Vec<Poison> {
    let mut corpus = Corpus::default();
    torn(&mut corpus);
    bytes(&mut corpus);
    shapes(&mut corpus);
    sizes(&mut corpus);
    texts(&mut corpus);
    kinds(&mut corpus);
    forms(&mut corpus);
    files(&mut corpus);
    logins(&mut corpus);
    corpus.0
}

const VALID: &[u8] = br#"{"id":"p","text":"hello"}"#;

/// A message cut short, and with every byte another.
fn torn(corpus: &mut Corpus) {
    for end in 0..VALID.len() {
        corpus.say(format!("cut at {end}"), &VALID[..end]);
        for byte in [0x00, 0xFF, b'"', b'\\'] {
            let mut body = VALID.to_vec();
            body[end] = byte;
            corpus.say(format!("{byte:#04x} at {end}"), body);
        }
    }
}

/// Bytes that are no UTF-8, wherever words may stand.
fn bytes(corpus: &mut Corpus) {
    for bad in [
        &b"\xff"[..],
        b"\xfe\xff",
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\xe0\x80\x80",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xf0\x80\x80\x80",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\x80",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
    ] {
        let name = bad.escape_ascii();
        corpus.say(format!("{name} in a text"), [br#"{"id":"p","text":""#, bad, b"\"}"].concat());
        corpus.say(format!("{name} in an id"), [br#"{"id":""#, bad, br#"","text":"x"}"#].concat());
        corpus.say(format!("{name} in a key"), [br#"{"id":"p",""#, bad, br#"":"x"}"#].concat());
        corpus.say(format!("{name} alone"), bad);
        let part = [b"--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n", bad, b"\r\n--b--\r\n"];
        corpus.paper(format!("{name} as an id"), part.concat());
    }
    let wide: Vec<u8> = VALID.iter().flat_map(|byte| [*byte, 0]).collect();
    corpus.say("UTF-16", [b"\xff\xfe", &*wide].concat());
    corpus.say("a byte order mark", [b"\xef\xbb\xbf", VALID].concat());
}

/// JSON of another shape.
fn shapes(corpus: &mut Corpus) {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let digits = "9".repeat(10_000);
    let values = [
        "null",
        "true",
        "0",
        "-1",
        "1e400",
        "-1e400",
        "1e-400",
        "-0.0",
        "NaN",
        "Infinity",
        "0x10",
        "1.",
        "01",
        &digits,
        "[]",
        "{}",
        "[[]]",
        "\"\"",
        "\"\\ud800\"",
        "\"\\udfff\\ud800\"",
        "\"\\u0000\"",
        "\"\\x\"",
        &deep,
    ];
    for field in ["id", "text", "choice", "choices", "lat", "lon"] {
        for value in values {
            let id = if field == "id" { "" } else { "\"id\":\"p\"," };
            let name: String = value.chars().take(20).collect();
            corpus.say(format!("{field} is {name}"), format!("{{{id}\"{field}\":{value}}}"));
        }
    }
    for value in values {
        let name: String = value.chars().take(20).collect();
        corpus.say(format!("{name} alone"), value);
        corpus.add(format!("lang is {name}"), OPEN, JSON, format!("{{\"lang\":{value}}}"));
    }
    for body in [
        r#"{"id":"p","id":"q","text":"x"}"#,
        r#"{"id":"p","text":"x","text":"y"}"#,
        r#"{"id":"p","text":"x","__proto__":{}}"#,
        r#"{"id":"p","text":"x"}{"id":"q","text":"y"}"#,
        r#"{"id":"p","text":"x"},"#,
        r#"{'id':'p','text':'x'}"#,
        "{\"id\":\"p\",\"text\":\"a\nb\"}",
        "{\"id\":\"p\",/* */\"text\":\"x\"}",
        r#"{"id":"../../etc/passwd","text":"x"}"#,
        r#"{"id":".start","text":"x"}"#,
        r#"{"id":"p","choices":["never","never"]}"#,
        r#"{"id":"p","lat":90.0000001,"lon":0}"#,
    ] {
        corpus.say(body, body);
    }
}

/// Too much, too deep, too often.
fn sizes(corpus: &mut Corpus) {
    for n in [65_000, 70_000, 1_000_000, 10_000_000] {
        corpus.say(format!("{n} letters"), format!("{{\"id\":\"p\",\"text\":\"{}\"}}", "x".repeat(n)));
        corpus.say(format!("{n} spaces"), " ".repeat(n));
        corpus.paper(format!("a form of {n} bytes"), "x".repeat(n));
        corpus.add(
            format!("a password of {n} bytes"),
            LOGIN,
            FORM,
            format!("name=a&password={}", "x".repeat(n)),
        );
    }
    for n in [64, 127, 128, 129, 1_000, 10_000, 30_000] {
        corpus.say(format!("{n} arrays"), "[".repeat(n));
        corpus.say(format!("{n} objects"), "{\"a\":".repeat(n));
        let inside = format!("{{\"id\":\"p\",\"choices\":{}{}}}", "[".repeat(n), "]".repeat(n));
        corpus.say(format!("{n} arrays inside"), inside);
    }
    for n in [201, 5_000] {
        let choices = vec!["\"t\""; n].join(",");
        corpus.say(format!("{n} choices"), format!("{{\"id\":\"p\",\"choices\":[{choices}]}}"));
        corpus.add(format!("{n} fields"), LOGIN, FORM, "name=a&".repeat(n));
        let part = "--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\np\r\n".repeat(n);
        corpus.paper(format!("{n} parts"), part + "--b--\r\n");
    }
}

/// Words that are words, and yet.
fn texts(corpus: &mut Corpus) {
    let long = "\u{fdfa}".repeat(3_900);
    let marks = format!("a{}", "\u{0301}".repeat(3_900));
    let joined = "\u{1f468}\u{200d}".repeat(1_900);
    let digits = "9".repeat(3_900);
    let nested = "(".repeat(3_900);
    for text in [
        &*long,
        &marks,
        &joined,
        &digits,
        &nested,
        "\0",
        "a\0b",
        "\u{202e}txet",
        "\u{2066}\u{2067}",
        "\u{feff}",
        "\u{ffff}",
        "\u{10ffff}",
        "\u{e0041}",
        "\r\n\r\n",
        "{ $name }",
        "{ -brand }",
        "{\"\\u0000\"}",
        "${jndi:ldap://x}",
        "'; DROP TABLE person; --",
        "$(reboot)",
        "%s%n",
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "../../etc/passwd",
        "/start",
        "NaN",
        "-1e400",
        "1/0",
        "٠/٠/٠٠٠٠",
        "31/2/2026",
        "99999999999999999999",
        "0x7fffffff",
        "a@b",
        "+",
        "00",
        "W-",
        "🙂",
        "\u{200b}",
        "back back back",
    ] {
        let body = serde_json::json!({ "id": format!("t{}", corpus.0.len()), "text": text });
        let name: String = text.chars().take(20).collect();
        corpus.say(format!("the words {name:?}"), body.to_string());
    }
}

/// Right bodies that say they are something else, and headers beside them.
fn kinds(corpus: &mut Corpus) {
    for kind in [
        "",
        "x",
        "/",
        "application",
        "application/",
        "application/json/",
        "application/json;",
        "application/json;;;",
        "application/json; charset=utf-7",
        "application/json; charset=\"",
        "APPLICATION/JSON",
        "application/jsonp",
        "application/json, text/html",
        "text/json",
        "text/plain",
        "text/html",
        "multipart/form-data",
        "multipart/mixed",
        "multipart/form-data; boundary=",
        "application/x-www-form-urlencoded",
        "application/xml",
        "image/png",
        "*/*",
        "application/json\tcharset",
        "application/octet-stream",
        "application/vnd.api+json",
        "a/b; c=\"d\\\"e\"",
    ] {
        for path in [SAY, PAPER, OPEN, LOGIN] {
            corpus.add(format!("{kind:?} at {path}"), path, kind, VALID);
        }
    }
    for (header, value) in [
        ("content-encoding", &b"gzip"[..]),
        ("content-encoding", b"deflate, gzip, br, zstd"),
        ("accept-language", b"\xff\xfe"),
        ("accept-language", b"x;q=9e99, *;q=-1, ar-\xd8\xa7"),
        ("accept-language", &[b'a'; 4_000]),
        ("x-forwarded-for", b"127.0.0.1, ::ffff:999.1.1.1, \xff"),
        ("cookie", b"=; ;;; wasl=\xff; a=b=c"),
        ("cookie", &[b';'; 4_000]),
        ("expect", b"100-continue"),
        ("expect", b"the-unexpected"),
        ("upgrade", b"websocket"),
        ("range", b"bytes=9-1"),
        ("host", b"evil.example"),
        ("origin", b"null"),
        ("x-http-method-override", b"DELETE"),
        ("te", b"trailers, chunked"),
        ("if-match", b"\"\xff\""),
    ] {
        for path in [SAY, LOGIN] {
            let kind = if path == SAY { JSON } else { FORM };
            corpus.add(format!("{header}: {} at {path}", value.escape_ascii()), path, kind, VALID);
            corpus.0.last_mut().expect("it was added").header = Some((header, value.to_vec()));
        }
    }
}

fn part(about: &str, body: &[u8]) -> Vec<u8> {
    [b"--b\r\nContent-Disposition: form-data; ", about.as_bytes(), b"\r\n\r\n", body, b"\r\n"].concat()
}

/// Forms around a paper that are none.
fn forms(corpus: &mut Corpus) {
    let (id, file) = (part("name=\"id\"", b"p"), part("name=\"file\"; filename=\"a.png\"", PIXEL));
    let whole = [&*id, &file, b"--b--\r\n"].concat();
    for end in (0..whole.len()).step_by(9) {
        corpus.paper(format!("a form cut at {end}"), &whole[..end]);
    }
    for boundary in ["b ", "\"b", "\"\"", "c", &"b".repeat(71), &"b".repeat(5_000), "b;boundary=c", "b\u{e9}"]
    {
        let kind = format!("multipart/form-data; boundary={boundary}");
        corpus.add(format!("boundary {:.20}", boundary), PAPER, &kind, whole.clone());
    }
    for about in [
        "",
        "name",
        "name=",
        "name=\"",
        "name=\"\"",
        "name=\"id\"; name=\"file\"",
        "name*=utf-8''id",
        "name=id",
        "filename=\"a\"",
        "name=\"__proto__\"",
        "name=\"id\0\"",
        "name=\"file\"; filename=\"",
        "name=\"file\"; filename*=x''%ff",
        "name=\"\u{202e}elif\"",
        "attachment; name=\"id\"",
    ] {
        corpus.paper(format!("a part about {about:?}"), [&*part(about, b"p"), &file, b"--b--\r\n"].concat());
    }
    let heavy = format!("name=\"id\"\r\nX-Heavy: {}", "x".repeat(100_000));
    let lots = format!("name=\"id\"{}", "\r\nX: y".repeat(5_000));
    let nested = "name=\"file\"\r\nContent-Type: multipart/mixed; boundary=b";
    for (name, about) in [("a heavy head", &*heavy), ("many heads", &lots), ("a form in a form", nested)] {
        corpus.paper(name, [&*part(about, b"p"), &file, b"--b--\r\n"].concat());
    }
    for (name, body) in [
        ("only ends", b"--b--\r\n".repeat(1_000)),
        ("only line ends", b"\r\n".repeat(30_000)),
        ("bare line feeds", String::from_utf8_lossy(&whole).replace("\r\n", "\n").into_bytes()),
        ("a prologue", [&b"x".repeat(60_000)[..], b"\r\n", &whole].concat()),
        ("an epilogue", [&whole[..], &b"x".repeat(60_000)].concat()),
        ("the boundary inside", [&*id, &part("name=\"file\"", b"\r\n--b"), b"--b--\r\n"].concat()),
        ("two files", [&*id, &file, &file, b"--b--\r\n"].concat()),
        ("a file as the id", [&*part("name=\"id\"; filename=\"p\"", PIXEL), &file, b"--b--\r\n"].concat()),
    ] {
        corpus.paper(name, body);
    }
}

/// Files that are no papers, or two things at once.
fn files(corpus: &mut Corpus) {
    let eicar = EICAR.concat();
    let vast =
        [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0"[..], &[0; 20]]
            .concat();
    // A zip whose one entry says that it is 4 GiB in 40 bytes, and one that holds itself.
    let bomb = [
        &b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\x28\0\0\0\xff\xff\xff\xff\x01\0\0\0a"[..],
        &[0x78; 40],
    ]
    .concat();
    let gzip =
        [&b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"[..], &b"\xed\xc1\x01\x01\0\0\0\x80\x90\xfe\xaf\xee".repeat(500)]
            .concat();
    for (name, bytes) in [
        ("EICAR", eicar.clone().into_bytes()),
        ("EICAR in a PDF", format!("%PDF-1.4\n{eicar}").into_bytes()),
        ("a zip bomb", bomb.clone()),
        ("a zip bomb in a PNG", [PIXEL, &bomb].concat()),
        ("a gzip bomb", gzip),
        ("a PNG of 2^31 by 2^31", vast),
        ("a PNG with a page", [PIXEL, b"<script>alert(1)</script>"].concat()),
        ("a GIF that is a script", b"GIF89a/*\0\0\0\0*/=1;alert(1)".to_vec()),
        ("a JPEG with PHP", b"\xff\xd8\xff\xe0\0\x10JFIF\0<?php system($_GET[0]);?>".to_vec()),
        ("a PDF behind a page", b"<html><script>alert(1)</script>%PDF-1.4".to_vec()),
        ("a PDF behind a program", b"MZ\x90\0%PDF-1.4".to_vec()),
        ("a PDF with a script", b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>".to_vec()),
        ("an SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
        ("XML that grows", b"<!DOCTYPE l [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><l>&b;</l>".to_vec()),
        ("an ELF", b"\x7fELF\x02\x01\x01".to_vec()),
        ("a shell script", b"#!/bin/sh\nreboot\n".to_vec()),
        ("an old Office file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()),
        ("a playlist", b"#EXTM3U\nfile:///etc/passwd".to_vec()),
        ("a TIFF", b"II*\0\x08\0\0\0\xff\xff".to_vec()),
        ("nothing", Vec::new()),
        ("one byte", vec![0]),
        ("half a head", b"\x89PN".to_vec()),
    ] {
        for (n, file) in ["a.png", "a.pdf.exe", "../../\u{202e}gnp.exe"].into_iter().enumerate() {
            let id = format!("f{}{n}", corpus.0.len());
            let about = format!("name=\"file\"; filename=\"{file}\"");
            let body = [&*part("name=\"id\"", id.as_bytes()), &part(&about, &bytes), b"--b--\r\n"].concat();
            corpus.paper(format!("{name} called {file:?}"), body);
        }
    }
}

/// Logins that are none.
fn logins(corpus: &mut Corpus) {
    for body in [
        "",
        "name",
        "name=",
        "=",
        "&&&&",
        "name=a&name=b&password=c",
        "name=%",
        "name=%f",
        "name=%ff&password=%fe",
        "name=%00&password=%00",
        "name=a&password=%u0041",
        "name[]=a&password[]=b",
        "name=a&password=b&extra=c",
        "name=%F0%9F%98&password=x",
        "password=x",
        "name=\u{202e}&password=\u{ffff}",
        "name=a;password=b",
        "name='--&password=' OR 1=1",
        "name=a&password=b#c",
        "name=+&password=+",
        "\0\0\0\0",
    ] {
        corpus.add(format!("the form {body:?}"), LOGIN, FORM, body);
    }
    corpus.add("a form of bytes", LOGIN, FORM, (0..=255).collect::<Vec<u8>>());
}
