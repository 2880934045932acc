//! The disk is full: people are told at once, those who watch over the server too, and when there is room again all goes
//! on by itself.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::{kept, shim, whole};
use crate::harness;
use crate::walker::{Place, Server, Walker};

/// How soon a message is refused on a full disk, and how soon all is well when there is room.
const REFUSED: Duration = Duration::from_secs(1);
const WELL_AGAIN: Duration = Duration::from_secs(10);
/// How long it stays full.
const FULL: Duration = Duration::from_secs(2);

/// What a monitor reads: the status, and what stands in `store`.
async fn monitor(place: &Place, path: &str) -> (StatusCode, String) {
    let answer = reqwest::get(format!("{}{path}", place.url())).await.unwrap();
    let status = answer.status();
    let told: Value = answer.json().await.unwrap();
    (status, told["store"].as_str().unwrap().to_owned())
}

/// Somebody else says things until one is refused, as it must be: at once, in words.
async fn refused(client: &Client, place: &Place, token: &str) {
    for n in 0..400 {
        let (url, begun) = (format!("{}/chat/api/messages", place.url()), Instant::now());
        let said = client.post(url).bearer_auth(token).header("accept-language", "ar");
        let said = said.json(&json!({ "id": format!("full{n}"), "text": "x".repeat(4000) }));
        let answer = said.send().await.unwrap();
        if answer.status() == StatusCode::ACCEPTED {
            // What the log has room for yet.
            continue;
        }
        assert!(begun.elapsed() < REFUSED, "refused after {:?}", begun.elapsed());
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key("retry-after"));
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told["error"]["code"], "unstored");
        let words = told["error"]["message"].as_str().unwrap();
        assert!(words.contains("تعذّر حفظ"), "{words}");
        return;
    }
    panic!("the disk is full, and everything is taken");
}

/// The disk is full while somebody is in the middle of a conversation.
async fn full_for_a_while(place: &Place, fill: impl Fn(), free: impl Fn()) -> Duration {
    let client = Client::new();
    let opened = client.post(format!("{}/chat/api/sessions", place.url())).send().await.unwrap();
    let token = opened.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    assert_eq!(monitor(place, "/readyz").await, (StatusCode::OK, "ok".into()));
    fill();
    refused(&client, place, &token).await;
    assert_eq!(monitor(place, "/readyz").await, (StatusCode::SERVICE_UNAVAILABLE, "full".into()));
    assert_eq!(monitor(place, "/healthz").await, (StatusCode::OK, "full".into()), "it lives");
    let url = format!("{}/chat/api/messages", place.url());
    let read = client.get(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(read.status(), StatusCode::OK, "reading goes on");
    tokio::time::sleep(FULL).await;
    assert_eq!(monitor(place, "/readyz").await.1, "full", "it is told for as long as it is so");
    free();
    let freed = Instant::now();
    while monitor(place, "/readyz").await.0 != StatusCode::OK {
        assert!(freed.elapsed() < WELL_AGAIN, "room for {WELL_AGAIN:?}, and not well");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let well = freed.elapsed();
    let said = json!({ "id": "after", "text": "x" });
    let answer = client.post(&url).bearer_auth(&token).json(&said).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    well
}

/// Somebody asks for help meanwhile: nothing of it is lost, and nobody starts the server again.
async fn lives_through(folder: &Path, mut server: Server, place: &Place, fill: impl Fn(), free: impl Fn()) {
    let pace = Arc::new(AtomicUsize::new(0));
    let walking = tokio::spawn({
        let (place, pace) = (place.clone(), pace.clone());
        async move {
            let mut walker = Walker::start(&place).await;
            walker.walk(&pace).await;
            walker
        }
    });
    while pace.load(Ordering::Relaxed) < 5 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let well = full_for_a_while(place, fill, free).await;
    let mut walker = walking.await.unwrap();
    kept(&mut walker, "after the disk was full").await;
    assert!(server.lives(), "it needs no restart");
    server.stop();
    whole(folder, 1, "after the disk was full").await;
    harness::tell(&format!("a full disk: well again {} ms after there was room", well.as_millis()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_does_not_let_files_grow_is_told_and_gone_on_from() {
    let Some(shim) = shim::compiled() else { return };
    let (folder, place) = (shim::base(), Place::default());
    let full = folder.path().join("full");
    let server = shim::serve(shim, folder.path(), &place, &[("SHIM_FULL", full.to_str().unwrap())]).unwrap();
    let (fill, free) = (|| fs::write(&full, "").unwrap(), || fs::remove_file(&full).unwrap());
    lives_through(folder.path(), server, &place, fill, free).await;
}

/// A disk of its own in memory, as large as `size` says; unmounted when it is dropped.
struct Mounted(PathBuf);

impl Mounted {
    /// `None`, and told, where this user may not mount.
    fn of(folder: &Path, size: &str) -> Option<Mounted> {
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder)
            .output();
        if !mount.is_ok_and(|mount| mount.status.success()) {
            harness::tell("a small disk of its own is not tried: this user may not mount one");
            return None;
        }
        Some(Mounted(folder.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_disk_is_full_and_then_not() {
    let (folder, place) = (harness::folder(), Place::default());
    let Some(disk) = Mounted::of(folder.path(), "8m") else { return };
    let server = Server::start(folder.path(), &place);
    let ballast = folder.path().join("ballast");
    let fill = || {
        let mut file = fs::File::create(&ballast).unwrap();
        while file.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
    };
    lives_through(folder.path(), server, &place, fill, || fs::remove_file(&ballast).unwrap()).await;
    drop(disk);
}
