//! The house rules that a compiler does not know, checked on every `cargo test`: see `src/lib.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, and which others each may enter. `message`, `time`, `config` and `mutant` (empty in what
/// ships) are open to all.
const ALLOWED: &[(&str, &[&str])] = &[
    ("main", &["command"]),
    ("command", &["app", "channel", "desk", "engine", "form", "locale", "store", "case", "vault"]),
    ("app", &["web", "desk", "engine", "channel", "store", "vault", "form", "locale"]),
    ("web", &["engine", "channel", "locale", "form"]),
    ("desk", &["engine", "store", "case", "survey", "vault", "form", "locale", "dialogue"]),
    ("engine", &["dialogue", "case", "survey", "channel", "store", "vault", "form", "locale"]),
    ("dialogue", &["form", "locale"]),
    ("survey", &["form"]),
    ("case", &["form"]),
    ("form", &[]),
    ("locale", &[]),
    ("vault", &[]),
    ("channel", &[]),
    ("store", &[]),
    ("message", &[]),
    ("time", &[]),
    ("config", &[]),
    ("mutant", &[]),
];
const OPEN_TO_ALL: &[&str] = &["message", "time", "config", "mutant"];
/// Rooms without async, clock, randomness or the order of a hash map.
const PURE: &[&str] = &[
    "form/",
    "locale/",
    "dialogue/",
    "case/",
    "survey/",
    "channel/render.rs",
    "channel/email/",
    "message.rs",
];
/// What lies in one of them and is the other kind: how mails travel.
const IMPURE: &str = "channel/email/line/";
const FILE_LINES: usize = 500;

struct Source {
    path: String,
    /// Only what ships: unit tests are cut off.
    shipped: String,
    all: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    walk(&root.join("src"), &mut files);
    assert!(files.len() > 40, "the sources were not found");
    files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| {
            let all = fs::read_to_string(&path).unwrap();
            // Within src: a copy of the whole that lies in a folder called `tests` is no test.
            let path = path.strip_prefix(root.join("src")).unwrap();
            let shipped = if is_test_file(path) { String::new() } else { without_tests(&all) };
            let path = path.to_string_lossy().replace('\\', "/");
            Source { path, shipped, all }
        })
        .collect()
}

/// The text with every item under `#[cfg(test)]` left blank, so that line numbers stay true.
fn without_tests(all: &str) -> String {
    let (mut shipped, mut lines) = (String::new(), all.lines());
    while let Some(line) = lines.next() {
        shipped.push_str(if line.trim() == "#[cfg(test)]" { "" } else { line });
        shipped.push('\n');
        if line.trim() != "#[cfg(test)]" {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let end = format!("{}}}", " ".repeat(indent));
        for (n, line) in lines.by_ref().enumerate() {
            shipped.push('\n');
            if line == end || (n == 0 && line.ends_with(';')) {
                break;
            }
        }
    }
    shipped
}

#[test]
fn only_tests_are_left_out() {
    let all = "a\n#[cfg(test)]\nmod tests;\nb\n#[cfg(test)]\nmod more {\n    c\n}\nd\n";
    assert_eq!(without_tests(all), "a\n\n\nb\n\n\n\n\nd\n");
}

fn is_test_file(path: &Path) -> bool {
    path.file_stem().is_some_and(|s| s == "tests") || path.components().any(|c| c.as_os_str() == "tests")
}

fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, out) } else { out.push(path) }
    }
}

fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn room_of(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

fn none(found: Vec<String>, rule: &str) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

/// Every `crate::x` and `wasl::x` outside the allowed directions.
#[test]
fn rooms_keep_their_directions() {
    let names: BTreeSet<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    let mut found = Vec::new();
    for source in sources() {
        let room = room_of(&source.path);
        if room == "lib" {
            continue;
        }
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == room) else {
            found.push(format!("{}: a room that the map does not know", source.path));
            continue;
        };
        for (n, line) in code_lines(&source.shipped) {
            for other in mentioned(line, &names) {
                if other != room && !OPEN_TO_ALL.contains(&other) && !allowed.contains(&other) {
                    found.push(format!("{}:{n}: {room} may not enter {other}", source.path));
                }
            }
        }
    }
    none(found, "directions (src/lib.rs has the map)");
}

fn mentioned<'a>(line: &str, names: &BTreeSet<&'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for prefix in ["crate::", "wasl::"] {
        for (at, _) in line.match_indices(prefix) {
            let rest = &line[at + prefix.len()..];
            // `crate::{a, b}` names several rooms at once.
            let parts: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list.split(',').collect(),
                None => vec![rest],
            };
            for part in parts {
                let word: String =
                    part.trim().chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                found.extend(names.iter().copied().filter(|name| *name == word));
            }
        }
    }
    found
}

#[test]
fn pure_rooms_are_pure() {
    let forbidden = [
        "async ",
        ".await",
        "HashMap",
        "HashSet",
        "SystemTime",
        "Instant",
        "Utc::now",
        "getrandom",
        "rand::",
        "tokio",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "println!",
    ];
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| PURE.iter().any(|p| s.path.starts_with(p))) {
        if source.path.starts_with(IMPURE) {
            continue;
        }
        for (n, line) in code_lines(&source.shipped) {
            for word in forbidden.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{}:{n}: {word}", source.path));
            }
        }
    }
    none(found, "pure modules have no async, no clock, no randomness, no hash order, no I/O");
}

#[test]
fn crates_live_in_their_rooms() {
    let homes: &[(&str, &[&str])] = &[
        ("sqlx", &["store"]),
        ("axum", &["web", "desk", "app"]),
        ("hyper", &["app"]),
        ("hyper_util", &["app"]),
        ("tower_http", &["web", "desk", "app"]),
        ("askama", &["web", "desk", "channel"]),
        ("object_store", &["vault"]),
        ("chacha20poly1305", &["vault"]),
        ("fluent", &["locale"]),
        ("figment", &["config"]),
        ("clap", &["main", "command"]),
        ("argon2", &["desk"]),
        ("phonenumber", &["form"]),
        ("teloxide", &["channel"]),
        ("mail_parser", &["channel"]),
        ("html5gum", &["channel"]),
        ("lettre", &["channel"]),
        ("async_imap", &["channel"]),
    ];
    let mut found = Vec::new();
    for source in sources() {
        let room = room_of(&source.path);
        for (name, allowed) in homes.iter().filter(|(_, allowed)| !allowed.contains(&room)) {
            for (n, line) in code_lines(&source.shipped) {
                if line.contains(&format!("{name}::")) {
                    found.push(format!("{}:{n}: {name} belongs to {}", source.path, allowed.join(", ")));
                }
            }
        }
    }
    none(found, "crates live in their rooms");
}

#[test]
fn tasks_are_spawned_in_the_app_only() {
    let mut found = Vec::new();
    // A transaction that PostgreSQL begins must survive whoever waits for it: see the function.
    let apart = ["store/postgres.rs"];
    for source in sources().iter().filter(|s| !apart.contains(&&*s.path) && room_of(&s.path) != "app") {
        for (n, line) in code_lines(&source.shipped) {
            if line.contains("tokio::spawn")
                || line.contains("task::spawn(")
                || line.contains("thread::spawn")
            {
                found.push(format!("{}:{n}", source.path));
            }
        }
    }
    none(found, "tokio::spawn only in app.rs, and for the begin of a PostgreSQL transaction");
}

#[test]
fn the_environment_is_read_in_the_configuration_only() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| s.path != "config.rs") {
        for (n, line) in code_lines(&source.shipped) {
            if line.contains("env::var") {
                found.push(format!("{}:{n}", source.path));
            }
        }
    }
    none(found, "environment variables only in config.rs");
}

#[test]
fn nothing_panics_on_purpose() {
    let mut found = Vec::new();
    for source in sources() {
        for (n, line) in code_lines(&source.shipped) {
            for word in [".unwrap()", "todo!(", "unimplemented!(", "dbg!(", "panic!("] {
                if line.contains(word) {
                    found.push(format!("{}:{n}: {word}", source.path));
                }
            }
        }
        for word in ["TODO", "FIXME", "XXX:"] {
            if source.all.contains(word) {
                found.push(format!("{}: {word}", source.path));
            }
        }
    }
    none(found, "no unwrap, no unfinished work in what ships");
}

#[test]
fn files_fit_a_reader() {
    let found = sources()
        .iter()
        .filter(|source| source.all.lines().count() > FILE_LINES)
        .map(|source| format!("{}: {} lines", source.path, source.all.lines().count()))
        .collect();
    none(found, "files stay under 500 lines: one concept a file");
}

/// What a person reads stands in `locales/`: no Arabic in what ships, but for letters that are folded or tested for.
#[test]
fn no_sentence_for_people_is_in_the_sources() {
    let arabic = |c: char| ('\u{0620}'..='\u{064A}').contains(&c);
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| !s.path.starts_with("locale/") && !s.path.starts_with("form/"))
    {
        for (n, line) in code_lines(&source.shipped) {
            let run = line.split(|c: char| !arabic(c)).map(|word| word.chars().count()).max().unwrap_or(0);
            if run > 2 {
                found.push(format!("{}:{n}: {}", source.path, line.trim()));
            }
        }
    }
    none(found, "sentences live in locales/");
}

/// A message that is asked for by name is there: a misspelt one would be read as `[name]`.
#[test]
fn every_message_that_is_named_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/en");
    let mut files = Vec::new();
    walk(&folder, &mut files);
    let known: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let known: BTreeSet<&str> = known.lines().filter_map(|line| Some(line.split_once(" =")?.0)).collect();
    let (mut found, mut asked) = (Vec::new(), 0);
    for source in sources().iter().filter(|source| !source.path.starts_with("form/")) {
        for call in [".tell(\"", ".words(\"", ".label(\"", ".offer(\"", "words.say(", "words.label("] {
            for (at, _) in source.shipped.match_indices(call) {
                // The first argument, or after a locale the second; a name that is put together is no literal.
                let rest = &source.shipped[at + call.trim_end_matches('"').len()..];
                let mut pieces = rest.split(';').next().unwrap().split('"');
                let literal = pieces.next().filter(|before| !before.contains("&key")).and(pieces.next());
                let name = literal.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
                asked += usize::from(name.is_some());
                found.extend(name.filter(|n| !known.contains(n)).map(|n| format!("{}: {n}", source.path)));
            }
        }
    }
    assert!(asked > 80, "only {asked} messages are named: are the calls still called so?");
    none(found, "every message has its words in locales/");
}

/// Log lines carry ids and counts: the fields that could carry a person are not among them.
#[test]
fn logs_carry_no_person() {
    let telling =
        ["text", "body", "name", "address", "token", "phone", "email", "path", "inbound", "answer", "words"];
    let mut found = Vec::new();
    for source in sources() {
        let text = &source.shipped;
        for level in ["trace!", "debug!", "info!", "warn!", "error!"] {
            for (at, _) in text.match_indices(&format!("tracing::{level}(")) {
                let call: String = text[at..].chars().take_while(|c| *c != ';').collect();
                let fields = call.split('"').step_by(2).collect::<String>();
                for word in telling {
                    let used = fields
                        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .any(|piece| piece == word);
                    if used {
                        found.push(format!("{}: {call}", source.path));
                    }
                }
            }
        }
    }
    none(found, "no message text, name, address or token in a log line");
}
