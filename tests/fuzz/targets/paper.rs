//! A file as somebody sends it: what it is, found in its content; and a name for it (its first line).

use wasl::engine::{NotTaken, clean_name, kind_of};
use wasl::form::takes_paper;

/// One file.
pub fn run(data: &[u8]) {
    match kind_of(data) {
        Ok(mime) => {
            assert!(takes_paper(false, mime), "{mime} is no paper");
            let begin = data.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or_default();
            assert!(data[begin] != b'<' && !data.starts_with(b"MZ") && !data.starts_with(b"PK"), "{mime}");
        }
        Err(NotTaken::WrongType { .. }) => {}
        Err(other) => panic!("{other}"),
    }
    let name = data.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let clean = clean_name(&String::from_utf8_lossy(name));
    assert!((1..=120).contains(&clean.chars().count()), "{clean:?}");
    assert!(!clean.contains(['/', '\\', '\0', '\n', '\u{202e}', '\u{2066}']), "{clean:?}");
    assert!(clean != "." && clean != "..");
}
