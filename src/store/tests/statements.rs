//! Every statement that the store can run is run by these tests, with values of its own types, on SQLite and on
//! PostgreSQL: so none that people reach is wrong for one of them. The sources are read for what there is.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::postgres;

/// The file in which a process of [`ran_by_all`] notes what it runs.
const NOTES: &str = "TEST_STATEMENTS";
/// Between two notes, and between place and words of one: no statement holds them.
const END: char = '\u{0}';
const OF: char = '\u{1}';

/// A statement is about to be run.
#[allow(clippy::disallowed_methods)] // a test's own switch is no setting
pub(in crate::store) fn run(written_at: &Location, words: &str) {
    let Some(notes) = std::env::var_os(NOTES) else { return };
    if written_at.file().contains("/tests") {
        return;
    }
    let note = format!("{}:{}{OF}{words}{END}", written_at.file(), written_at.line());
    // In one piece: other threads note theirs.
    fs::File::options().create(true).append(true).open(notes).unwrap().write_all(note.as_bytes()).unwrap();
}

/// What stands in a source of the store, tests left out.
#[derive(Default)]
struct Written {
    /// `src/store/person.rs`
    file: String,
    text: String,
    /// How many statements begin in it.
    statements: usize,
    /// Each piece of SQL.
    pieces: BTreeSet<String>,
}

impl Written {
    fn in_the_store() -> Vec<Written> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        walk(&root.join("src/store"), &mut files);
        let mut all = Vec::new();
        for path in files {
            let file = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            if !file.contains("/tests") {
                let text = fs::read_to_string(&path).unwrap();
                let tokens = TokenStream::from_str(&text).unwrap();
                let mut written = Written { file, text, ..Written::default() };
                written.read(tokens);
                all.push(written);
            }
        }
        assert!(
            all.iter().map(|written| written.statements).sum::<usize>() > 100,
            "the sources were not found"
        );
        all
    }

    fn read(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut before = String::new();
        while let Some(token) = tokens.next() {
            let called =
                matches!(tokens.peek(), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis);
            match &token {
                // An attribute: docs, texts of errors; and the whole of what is not shipped.
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    tokens.next_if(|next| matches!(next, TokenTree::Punct(p) if p.as_char() == '!'));
                    let attribute = tokens.next().map(|group| group.to_string()).unwrap_or_default();
                    let attribute: String = attribute.split_whitespace().collect();
                    if ["[cfg(test)]", "[cfg(feature=\"mutant\")]"].contains(&&*attribute) {
                        skip_item(&mut tokens);
                    }
                }
                // A seeded mistake's other words.
                TokenTree::Ident(name) if called && (name == "edited" || name == "is") => {
                    tokens.next();
                }
                TokenTree::Ident(name) if called && (name == "sql" || name == "sql_each") => {
                    // Not where one of the two is defined.
                    self.statements += usize::from(before != "fn" && self.file != "src/store/query.rs");
                }
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Literal(literal) => self.read_literal(&literal.to_string()),
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
            before = token.to_string();
        }
    }

    fn read_literal(&mut self, literal: &str) {
        let file = &self.file;
        let Some(words) = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            assert!(!is_sql(literal), "{file}: {literal} cannot be read: write it in plain quotes");
            return;
        };
        if is_sql(words) && !OF_EVERY_OPENING.contains(&words) {
            assert!(!words.contains('\\'), "{file}: {words} cannot be read: write it without escapes");
            self.pieces.insert(words.to_owned());
        }
    }

    /// The lines in which a statement may begin, but those.
    fn lines_but(&self, lines: &BTreeSet<usize>) -> Vec<usize> {
        let lines_of_it = self.text.lines().enumerate().filter(|(_, line)| line.contains("sql"));
        lines_of_it.map(|(n, _)| n + 1).filter(|n| !lines.contains(n)).collect()
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

/// Goes behind the end of the item: its block, or its semicolon.
fn skip_item(tokens: &mut impl Iterator<Item = TokenTree>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            TokenTree::Punct(punct) if [';', ','].contains(&punct.as_char()) => return,
            _ => {}
        }
    }
}

/// Whether a literal is SQL, or a piece of it.
fn is_sql(literal: &str) -> bool {
    let words = literal.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.into_iter().any(|word| {
        [
            "SELECT",
            "INSERT",
            "UPDATE",
            "DELETE",
            "WITH",
            "VALUES",
            "FROM",
            "WHERE",
            "ORDER",
            "LIMIT",
            "JOIN",
            "CONFLICT",
            "RETURNING",
            "FOR",
            "AND",
            "NOT",
            "IN",
            "SET",
            "PRAGMA",
            "BEGIN",
            "COMMIT",
            "SAVEPOINT",
        ]
        .contains(&word)
    })
}

/// What is run without a statement of ours, each time that a store opens or begins, and by the tests of those.
const OF_EVERY_OPENING: &[&str] = &[
    "BEGIN",
    "BEGIN IMMEDIATE",
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "PRAGMA wal_checkpoint(TRUNCATE)",
    "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')",
    "SELECT to_regclass('_sqlx_migrations') IS NOT NULL",
    "SELECT coalesce(max(version), 0) FROM _sqlx_migrations",
    // By the test in which servers hear each other.
    "SELECT pg_notify('wasl', $1)",
    // By the test of two versions.
    "SELECT EXISTS (SELECT 1 FROM pg_stat_activity
             WHERE datname = current_database() AND application_name <> $1
               AND (application_name = 'wasl' OR application_name LIKE 'wasl/%'))",
    // By the tests with several hosts.
    "SELECT pg_is_in_recovery()",
    "SELECT CASE WHEN NOT pg_is_in_recovery() THEN
                      ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint END",
];

/// What SQLite alone reads, where PostgreSQL has a text of its own.
fn is_sqlite(words: &str) -> bool {
    words == "UPDATE inbox SET attempt = 1 WHERE state = 'waiting' AND attempt = 0"
}

/// What one database reads alone.
fn is_postgres(words: &str) -> bool {
    ["pg_", "FOR UPDATE", "FOR KEY SHARE"].iter().any(|mark| words.contains(mark))
}

/// Runs the tests of the store in a process of their own; nothing that is written may be left out there.
fn ran_by_all(on_postgres: bool, but: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes");
    let environment = [(NOTES, notes.to_str().unwrap()), ("TEST_ON_POSTGRES", "1")];
    let environment = &environment[..1 + usize::from(on_postgres)];
    let read_here = |words: &str| if on_postgres { !is_sqlite(words) } else { !is_postgres(words) };
    let told = postgres::apart(&["store::tests::"], but, environment);
    let notes = fs::read_to_string(notes).unwrap();
    let notes = notes.split_terminator(END).map(|note| note.split_once(OF).unwrap());
    let (places, ran): (BTreeSet<&str>, BTreeSet<&str>) = notes.unzip();
    let (mut left, mut statements) = (Vec::new(), 0);
    for written in Written::in_the_store() {
        let file = &written.file;
        // A move needs both databases: all of it is run beside PostgreSQL.
        if !on_postgres && file.starts_with("src/store/moving/") {
            continue;
        }
        for piece in written.pieces.iter().filter(|words| read_here(words)) {
            if !ran.iter().any(|ran| ran.contains(&**piece)) {
                left.push(format!("{file}: {piece:?}"));
            }
        }
        let lines = places.iter().filter_map(|place| place.strip_prefix(&**file)?.strip_prefix(':'));
        let lines: BTreeSet<usize> = lines.map(|line| line.parse().unwrap()).collect();
        // What is the other database's alone is no statement here.
        let others = written.pieces.iter().filter(|words| !read_here(words)).count();
        if lines.len() + others < written.statements {
            left.push(format!("{file}: one that begins in {:?}", written.lines_but(&lines)));
        }
        statements += lines.len();
    }
    assert!(left.is_empty(), "no test of the store runs\n  {}", left.join("\n  "));
    format!("{statements} statements in {} texts; {told}", ran.len())
}

#[test]
fn every_statement_is_run_on_sqlite() {
    if postgres::is_meant() {
        return;
    }
    println!("{}", ran_by_all(false, &["every_statement_is_run"]));
}

/// All that is not about SQLite's file, or how SQLite reads.
#[test]
fn every_statement_is_run_on_postgresql() {
    if !postgres::wanted() || postgres::is_meant() {
        return;
    }
    let of_sqlite = [
        "every_statement_is_run",
        "only_addresses_of_databases_are_taken",
        "a_second_server_is_refused",
        "a_new_data_folder_is_for_its_owner_only",
        "a_newer_schema_is_refused_with_both_versions",
        "what_is_not_a_database_is_named",
        "the_writer_is_durable_and_the_readers_cannot_write",
        "a_full_disk_is_told_apart",
        "a_database_of_every_version",
        "an_old_schema_in_use",
        "the_hot_statements_read",
        "a_destroyed_key_is_not_left",
    ];
    println!("{}", ran_by_all(true, &of_sqlite));
}
