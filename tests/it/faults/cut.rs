//! Power cuts: what was written and not synced is gone, or is there in part; the server is started on what is left.
//!
//! The shim writes every change and every sync to a journal. A cut is a kill -9 at some moment; then the files are made
//! anew from the journal as a disk may hold them: of each file what was synced, and of what was written since then
//! nothing, or some sectors. A name is there if its folder was synced since it was given, and so is each folder above.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{DirEntryExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::{kept, shim, whole};
use crate::harness;
use crate::walker::{Place, Server, Walker};

/// Power cuts, and people who write meanwhile.
const CUTS: usize = 16;
const PEOPLE: usize = 3;
const PATIENCE: Duration = Duration::from_secs(240);
/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// One record of the journal.
struct Record {
    kind: u8,
    inode: u64,
    offset: usize,
    path: PathBuf,
    data: Vec<u8>,
}

/// The records that were written whole.
fn records(journal: &Path) -> Vec<Record> {
    let (bytes, mut records) = (fs::read(journal).unwrap_or_default(), Vec::new());
    let mut rest = &bytes[..];
    while let Some((head, after)) = rest.split_at_checked(25) {
        let number = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().unwrap());
        let length = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap()) as usize;
        let Some((path, after)) = after.split_at_checked(length(17)) else { break };
        let Some((data, after)) = after.split_at_checked(length(21)) else { break };
        let path = PathBuf::from(String::from_utf8_lossy(path).into_owned());
        let (offset, data) = (number(9) as usize, data.to_vec());
        records.push(Record { kind: head[0], inode: number(1), offset, path, data });
        rest = after;
    }
    records
}

/// A file as the disk holds it, and what was not synced yet.
#[derive(Clone, Default)]
struct Content {
    synced: Vec<u8>,
    pending: Vec<(usize, Option<Vec<u8>>)>,
}

fn change(bytes: &mut Vec<u8>, offset: usize, data: Option<&[u8]>) {
    match data {
        Some(data) => {
            bytes.resize(bytes.len().max(offset + data.len()), 0);
            bytes[offset..offset + data.len()].copy_from_slice(data);
        }
        None => bytes.resize(offset, 0),
    }
}

impl Content {
    fn sync(&mut self) {
        for (offset, data) in std::mem::take(&mut self.pending) {
            change(&mut self.synced, offset, data.as_deref());
        }
    }

    /// As the cut leaves it: `luck` says which sectors of what was not synced came to the disk.
    fn left(mut self, luck: &mut impl FnMut() -> bool) -> Vec<u8> {
        for (offset, data) in self.pending {
            match data {
                None if luck() => change(&mut self.synced, offset, None),
                None => {}
                Some(data) => {
                    let whole = data.chunks(SECTOR).enumerate();
                    for (n, sector) in whole.filter(|_| luck()).collect::<Vec<_>>() {
                        change(&mut self.synced, offset + n * SECTOR, Some(sector));
                    }
                }
            }
        }
        self.synced
    }
}

/// The disk below a folder: files by inode, names as the program sees them, names that a cut leaves.
struct Disk {
    root: PathBuf,
    files: BTreeMap<u64, Content>,
    seen: BTreeMap<PathBuf, Option<u64>>,
    durable: BTreeMap<PathBuf, Option<u64>>,
}

impl Disk {
    /// As it is now, all of it synced.
    fn at_rest(root: &Path) -> Disk {
        let (mut files, mut seen) = (BTreeMap::new(), BTreeMap::new());
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let path = entry.path();
                if path.is_dir() {
                    seen.insert(path.clone(), None);
                    folders.push(path);
                } else {
                    let inode = entry.ino();
                    let synced = fs::read(&path).unwrap();
                    files.insert(inode, Content { synced, pending: Vec::new() });
                    seen.insert(path, Some(inode));
                }
            }
        }
        Disk { root: root.to_owned(), files, durable: seen.clone(), seen }
    }

    fn happened(&mut self, record: Record) {
        let Record { kind, inode, offset, path, data } = record;
        match kind {
            b'W' | b'T' => {
                // A new file of an old inode has nothing of it.
                if self.seen.get(&path) != Some(&Some(inode))
                    && !self.seen.values().any(|i| *i == Some(inode))
                {
                    self.files.remove(&inode);
                }
                self.seen.insert(path, Some(inode));
                let data = (kind == b'W').then_some(data);
                self.files.entry(inode).or_default().pending.push((offset, data));
            }
            b'S' => self.files.entry(inode).or_default().sync(),
            b'D' => {
                let inside = |name: &Path| name.parent() == Some(&*path);
                self.durable.retain(|name, _| !inside(name));
                let names = self.seen.iter().filter(|(name, _)| inside(name));
                self.durable.extend(names.map(|(name, inode)| (name.clone(), *inode)));
            }
            b'M' => drop(self.seen.insert(path, None)),
            b'U' => drop(self.seen.remove(&path)),
            b'R' => {
                let to = PathBuf::from(String::from_utf8_lossy(&data).into_owned());
                if let Some(inode) = self.seen.remove(&path) {
                    self.seen.insert(to, inode);
                }
            }
            other => panic!("a record of the kind {other}"),
        }
    }

    /// Makes the files of the folder what the cut leaves. The memory map of the log is no file of the disk.
    fn left(mut self, mut luck: impl FnMut() -> bool) {
        for entry in fs::read_dir(&self.root).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
        }
        let folders: BTreeSet<PathBuf> =
            self.durable.iter().filter(|(_, inode)| inode.is_none()).map(|(name, _)| name.clone()).collect();
        let root = self.root.clone();
        let reached = |name: &Path| {
            name.ancestors().skip(1).take_while(|above| *above != root).all(|above| folders.contains(above))
        };
        for (name, inode) in &self.durable {
            if !reached(name) || name.extension().is_some_and(|end| end == "db-shm") {
                continue;
            }
            match inode {
                None => fs::create_dir_all(name).unwrap(),
                Some(inode) => {
                    let content = self.files.remove(inode).unwrap_or_default();
                    fs::write(name, content.left(&mut luck)).unwrap();
                    // A key that others may read is refused.
                    fs::set_permissions(name, PermissionsExt::from_mode(0o600)).unwrap();
                }
            }
        }
    }
}

/// A server on a disk whose changes are noted.
struct Noted {
    server: Server,
    disk: Disk,
    journal: PathBuf,
}

impl Noted {
    fn start(folder: &TempDir, place: &Place, told: &[(&str, &str)]) -> Noted {
        let (shim, journal) = (shim::compiled().expect("compiled before"), folder.path().join("journal"));
        let _ = fs::remove_file(&journal);
        let disk = Disk::at_rest(&folder.path().join("wasl-data").canonicalize().unwrap());
        let mut all = vec![("SHIM_JOURNAL", journal.to_str().unwrap())];
        all.extend(told);
        let server = shim::serve(shim, folder.path(), place, &all).expect("it starts on what a cut left");
        Noted { server, disk, journal }
    }

    /// The power is cut.
    fn cut(self, luck: impl FnMut() -> bool) {
        let Noted { server, mut disk, journal } = self;
        server.kill();
        for record in records(&journal) {
            disk.happened(record);
        }
        disk.left(luck);
    }
}

/// The same luck for the same seed: a linear congruence (Knuth's MMIX).
fn luck(seed: usize) -> impl FnMut() -> bool {
    let mut state = seed as u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Every other seed: nothing comes to the disk by itself.
        seed % 2 == 1 && state >> 62 == 0
    }
}

#[allow(clippy::disallowed_methods)] // a test's own switches are no settings
fn cuts_wanted() -> usize {
    std::env::var("FAULTS_CUTS").map_or(CUTS, |cuts| cuts.parse().expect("FAULTS_CUTS is a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_to_a_power_cut() {
    if shim::compiled().is_none() {
        return;
    }
    let (folder, wanted) = (shim::base(), cuts_wanted());
    let (place, done) = (Place::default(), Arc::new(AtomicBool::new(false)));
    let (pace, cuts) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (cutting, path) = (place.clone(), folder.path().to_owned());
    let cutter = std::thread::spawn({
        let (done, pace, cuts) = (done.clone(), pace.clone(), cuts.clone());
        move || {
            let mut noted = Noted::start(&folder, &cutting, &[]);
            while !done.load(Ordering::Relaxed) {
                let (at, since) = (pace.load(Ordering::Relaxed), Instant::now());
                let n = cuts.load(Ordering::Relaxed);
                while pace.load(Ordering::Relaxed) < at + 1 + n % 5
                    && since.elapsed() < Duration::from_secs(2)
                {
                    std::thread::sleep(Duration::from_millis(1));
                }
                noted.cut(luck(n));
                cuts.fetch_add(1, Ordering::Relaxed);
                noted = Noted::start(&folder, &cutting, &[]);
            }
            (noted, folder)
        }
    });
    let mut people = Vec::new();
    while cuts.load(Ordering::Relaxed) < wanted {
        let round: Vec<_> = (0..PEOPLE)
            .map(|_| {
                let (place, pace) = (place.clone(), pace.clone());
                tokio::spawn(async move {
                    let mut walker = Walker::start(&place).await;
                    walker.walk(&pace).await;
                    walker
                })
            })
            .collect();
        for person in round {
            let walked = tokio::time::timeout(PATIENCE, person).await;
            people.push(walked.expect("an answer that was acknowledged is gone").unwrap());
        }
    }
    done.store(true, Ordering::Relaxed);
    let (noted, _folder) = cutter.join().unwrap();
    // The last cut is after everything.
    noted.cut(luck(0));
    let server = Server::start(&path, &place);
    for person in &mut people {
        kept(person, "after the cuts").await;
    }
    let papers: BTreeSet<Vec<u8>> = people.iter().flat_map(|person| person.papers.clone()).collect();
    let opened = crate::walker::papers_at_the_desk(&path, "sqlite://wasl-data/wasl.db", &place.url()).await;
    assert_eq!(opened, papers, "every paper that was acknowledged opens");
    server.stop();
    whole(&path, people.len(), "after the cuts").await;
    let (cuts, answers) = (cuts.load(Ordering::Relaxed), pace.load(Ordering::Relaxed));
    harness::tell(&format!("{cuts} power cuts, {} people, {answers} answers, nothing lost", people.len()));
}

/// Says so much to a server in this environment, cuts the power when it was acknowledged, and gives what is there of it.
async fn after_a_cut(told: &[(&str, &str)]) -> (usize, usize) {
    let (folder, place) = (shim::base(), Place::default());
    let noted = Noted::start(&folder, &place, told);
    let client = reqwest::Client::new();
    let opened = client.post(format!("{}/chat/api/sessions", place.url())).send().await.unwrap();
    let session: Value = opened.json().await.unwrap();
    let token = session["token"].as_str().unwrap();
    let mut acknowledged = 0;
    for n in 0..8 {
        let body = serde_json::json!({ "id": format!("m{n}"), "text": format!("words {n}") });
        let said = client.post(format!("{}/chat/api/messages", place.url())).bearer_auth(token).json(&body);
        acknowledged += usize::from(said.send().await.unwrap().status() == 202);
    }
    noted.cut(|| false);
    let server = Server::start(folder.path(), &place);
    let url = format!("{}/chat/api/messages", place.url());
    let (mut there, since) = (0, Instant::now());
    // What is in the inbox is turned soon; what is not never comes.
    while there < acknowledged && since.elapsed() < Duration::from_secs(3) {
        let page = client.get(&url).bearer_auth(token).send().await.unwrap();
        let page: Value = page.json().await.unwrap();
        let lines = page["messages"].as_array().cloned().unwrap_or_default();
        there = lines.iter().filter(|line| line["from"] == "you").count();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(server);
    (acknowledged, there)
}

/// The checker sees what a disk loses that only says it synced, and what `synchronous=NORMAL` would lose: both leave the
/// log unsynced.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_lies_is_found_out() {
    if shim::compiled().is_none() {
        return;
    }
    assert_eq!(after_a_cut(&[]).await, (8, 8), "an honest disk");
    let (acknowledged, there) = after_a_cut(&[("SHIM_DEAF", ".db-wal")]).await;
    assert!(acknowledged == 8 && there < acknowledged, "{there} of {acknowledged} are there");
}

/// `cargo test --test it --features mutant faults::cut`: what many guides advise for this log loses what was acknowledged.
#[cfg(feature = "mutant")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn less_than_full_synchronisation_is_found_out() {
    if shim::compiled().is_none() {
        return;
    }
    let (acknowledged, there) = after_a_cut(&[("WASL_MUTANT", "synchronous_normal")]).await;
    assert!(acknowledged == 8 && there < acknowledged, "{there} of {acknowledged} are there");
    harness::tell(&format!("synchronous=NORMAL: {there} of {acknowledged} acknowledged messages are there"));
}
