//! Golden transcripts: the whole story as it reads, in each language. `UPDATE=1 cargo test transcripts` writes them anew.

use std::fs;
use std::path::Path;

use wasl::command::transcript::replay;
use wasl::config::Config;

use super::harness;

#[tokio::test]
async fn every_transcript_reads_as_it_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut played = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // Of a channel's own phones: see `telegram_story`.
            continue;
        }
        let golden = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let now = replay(&golden, Config::from_toml("").unwrap(), &name)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error:#}"));
        if harness::wanted("UPDATE") {
            fs::write(&path, &now).unwrap();
        } else if now != golden {
            let at = golden.lines().zip(now.lines()).position(|(was, is)| was != is);
            let line = |text: &str| at.and_then(|n| text.lines().nth(n)).unwrap_or("(the end)").to_owned();
            panic!("{name}:{}\n  was: {}\n  is:  {}", at.map_or(0, |n| n + 1), line(&golden), line(&now));
        }
        played += 1;
    }
    assert!(played >= 2, "a transcript in each language");
}
