//! Papers that people send: looked at, cleaned of tricks, sealed, stored.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::Engine;
use super::failed::Failed;
use crate::form;
use crate::locale::strip_controls;
use crate::message::{Address, DocumentId, MediaRef, PersonId, derive_id};
use crate::store::{self, Store, StoreError};
use crate::vault::{Documents, PersonKey};

/// Why a paper was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// More bytes than `limit`.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// Nothing in it.
    #[error("empty")]
    Empty,
    /// Not a kind of file that is taken, judged by its content; the media type it looks like, if any.
    #[error("not a picture or PDF")]
    WrongType {
        /// What it looks like.
        found: Option<String>,
    },
    /// The person has stored as much as one person may.
    #[error("too much stored")]
    Full,
    /// It could not be stored now; or the address is a stranger's.
    #[error("could not be stored")]
    Unstored,
}

impl From<StoreError> for NotTaken {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a paper could not be stored");
        NotTaken::Unstored
    }
}

impl From<Failed> for NotTaken {
    fn from(failed: Failed) -> Self {
        tracing::error!(error = %failed, "a paper could not be stored");
        NotTaken::Unstored
    }
}

/// How many discarded papers one round deletes.
const SWEEP: i64 = 64;
/// How long storing a paper's bytes may take before they count as left behind.
const UPLOAD: chrono::Duration = chrono::Duration::minutes(15);
/// The longest file name kept, in characters.
const NAME_CHARS: usize = 120;

/// The place of a paper's bytes.
pub(super) fn document_place(id: DocumentId) -> String {
    format!("document/{id}")
}

impl Engine {
    /// Looks at a file's content, cleans its name, seals and stores it for the person at `address`. The same file
    /// of the same person is the same document.
    ///
    /// # Errors
    /// See [`NotTaken`]; nothing is kept then.
    pub async fn keep_document(
        &self,
        address: &Address,
        name: &str,
        bytes: Bytes,
    ) -> Result<MediaRef, NotTaken> {
        let limits = &self.inner.config.documents;
        let size = bytes.len() as u64;
        if size == 0 {
            return Err(NotTaken::Empty);
        }
        if size > limits.max_bytes {
            return Err(NotTaken::TooLarge { limit: limits.max_bytes });
        }
        let mime = kind_of(&bytes)?;
        let mut tx = self.inner.store.read().await?;
        let person = store::person::at(&mut tx, address).await?.ok_or(NotTaken::Unstored)?;
        let stored = store::document::of_person_bytes(&mut tx, person.id).await?;
        drop(tx);
        if !self.has_room(stored, size) {
            return Err(NotTaken::Full);
        }
        let wrapped = person.key.ok_or(NotTaken::Unstored)?;
        let key = self.inner.vault.person_key(person.id, &wrapped).map_err(Failed::from)?;
        let (owner, name) = (person.id, clean_name(name));
        let sealing = tokio::task::spawn_blocking(move || Sealed::of(&key, owner, name, &bytes));
        let Sealed { id, name, sealed_name, sha256, paper } = sealing.await.map_err(|_| Failed::Panicked)?;
        let object = Documents::key_of(id);
        let new = store::document::NewDocument {
            id,
            person: owner,
            name: &sealed_name,
            mime,
            size: size as i64,
            sha256: &sha256,
            object_key: &object,
            at: self.now(),
        };
        if let Err(refused) = self.put_with_row(&new, &wrapped, paper).await {
            self.drop_orphan(&object).await;
            return Err(refused);
        }
        Ok(MediaRef { document: id, name, mime: mime.into(), size })
    }

    fn has_room(&self, stored: i64, size: u64) -> bool {
        (stored.max(0) as u64).saturating_add(size) <= self.inner.config.documents.max_person_bytes
    }

    /// Stores the bytes, then the row; until the row is there the bytes are noted for deletion, so that a crash or a
    /// client that hangs up in between leaves nothing behind. Others of the same person's papers may have come since
    /// the first look, or the person may have been forgotten, so both are looked at again where nobody else writes
    /// about them.
    async fn put_with_row(
        &self,
        new: &store::document::NewDocument<'_>,
        sealed_with: &[u8],
        paper: Vec<u8>,
    ) -> Result<(), NotTaken> {
        let _turn = self.inner.documents.turn().await;
        let _others = self.inner.store.alone_with(new.object_key).await?;
        let mut tx = self.inner.store.begin().await?;
        store::document::expect(&mut tx, new.object_key, self.now().plus(UPLOAD)).await?;
        tx.commit().await?;
        self.inner.documents.put(new.id, paper).await.map_err(Failed::from)?;
        let mut tx = self.inner.store.begin().await?;
        let owner = store::person::hold_alone(&mut tx, new.person).await?;
        if owner.is_none_or(|owner| owner.key.as_deref() != Some(sealed_with)) {
            // Forgotten while the paper was on its way.
            return Err(NotTaken::Unstored);
        }
        let known = store::document::get(&mut tx, new.id).await?.is_some();
        let stored = store::document::of_person_bytes(&mut tx, new.person).await?;
        if !known && !self.has_room(stored, new.size as u64) {
            return Err(NotTaken::Full);
        }
        store::document::put(&mut tx, new).await?;
        store::document::deleted(&mut tx, new.object_key).await?;
        Ok(tx.commit().await?)
    }

    /// Deletes the bytes of papers that were discarded, or never got their row, and are still there: after a crash, or
    /// because storage failed.
    /// Returns how many were looked at.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep_papers(&self) -> Result<usize, StoreError> {
        let mut tx = self.inner.store.read().await?;
        let discarded = store::document::discarded(&mut tx, self.now(), SWEEP).await?;
        drop(tx);
        for object_key in &discarded {
            self.drop_orphan(object_key).await;
        }
        Ok(discarded.len())
    }

    /// Deletes the bytes of a discarded paper, unless a row names them: the same paper may have come again. What
    /// cannot be deleted now is reported, and tried again by [`Engine::sweep_papers`].
    pub(super) async fn drop_orphan(&self, object_key: &str) {
        if let Err(error) = drop_paper(&self.inner.store, &self.inner.documents, object_key).await {
            tracing::warn!(%error, "a discarded paper could not be deleted");
        }
    }
}

/// Deletes the bytes at an object key that no row names, then forgets that they were to be deleted.
pub(super) async fn drop_paper(store: &Store, documents: &Documents, object_key: &str) -> Result<(), Failed> {
    let _turn = documents.turn().await;
    let _others = store.alone_with(object_key).await?;
    let mut tx = store.read().await?;
    let named = store::document::by_object(&mut tx, object_key).await?;
    drop(tx);
    if !named {
        let deleted = documents.delete(object_key).await;
        if !crate::mutant::is("delete_unchecked") {
            deleted?;
        }
    }
    let mut tx = store.begin().await?;
    store::document::deleted(&mut tx, object_key).await?;
    Ok(tx.commit().await?)
}

/// A paper as it is stored, and its clean name.
struct Sealed {
    id: DocumentId,
    name: String,
    sealed_name: Vec<u8>,
    sha256: String,
    paper: Vec<u8>,
}

impl Sealed {
    /// Takes a moment for a large paper: not for a thread that others wait for.
    fn of(key: &PersonKey, owner: PersonId, name: String, bytes: &[u8]) -> Sealed {
        let sha256 = hex(&Sha256::digest(bytes));
        let id = DocumentId(derive_id(&["document", &owner.to_string(), &sha256]));
        let sealed_name = key.seal(&format!("name/{id}"), name.as_bytes());
        Sealed { id, name, sealed_name, sha256, paper: key.seal(&document_place(id), bytes) }
    }
}

/// The media type of a paper, found in its content: a picture or a PDF.
///
/// # Errors
/// [`NotTaken::WrongType`] for everything else.
pub fn kind_of(bytes: &[u8]) -> Result<&'static str, NotTaken> {
    let found = infer::get(bytes).map(|kind| kind.mime_type());
    let taken = found.filter(|mime| form::takes_paper(false, mime) && begins_so(mime, bytes));
    taken.ok_or_else(|| NotTaken::WrongType { found: found.map(str::to_owned) })
}

/// Whether that kind of file begins at the beginning. A PDF's mark is looked for within the first kilobyte, and a
/// WebP's only behind the first eight bytes: a page with a script, or a program, may stand before it. Before a PDF there
/// may be a byte order mark and white space.
fn begins_so(mime: &str, bytes: &[u8]) -> bool {
    match mime {
        "application/pdf" => {
            bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start().starts_with(b"%PDF-")
        }
        "image/webp" => bytes.starts_with(b"RIFF"),
        _ => true,
    }
}

/// The last part of a path of either kind of slash, without controls and direction marks, at most 120 characters;
/// never empty.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = strip_controls(last).replace('\n', " ").trim().chars().take(NAME_CHARS).collect();
    match clean.trim_matches('.') {
        "" => "file".to_owned(),
        _ => clean,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn file_names_keep_no_paths_and_no_tricks() {
        for (name, clean) in [
            ("iqama.jpg", "iqama.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\x.pdf", "x.pdf"),
            ("..", "file"),
            ("", "file"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("line\nbreak.png", "line break.png"),
        ] {
            assert_eq!(clean_name(name), clean, "{name:?}");
        }
        assert_eq!(clean_name(&"x".repeat(500)).chars().count(), NAME_CHARS);
    }

    #[test]
    fn a_page_or_a_program_that_holds_a_paper_is_none() {
        for (bytes, taken) in [
            (&b"%PDF-1.7\n..."[..], true),
            (b"\xef\xbb\xbf\r\n%PDF-1.4", true),
            (b"<script>alert(1)</script>\n%PDF-1.4", false),
            (b"\n<scr%PDF-1.4\n<st>pt>", false),
            (b"MZ\x90\x00%PDF-1.4", false),
            (b"%PDF", false),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", true),
            (b"<script>WEBP", false),
        ] {
            assert_eq!(kind_of(bytes).is_ok(), taken, "{}", bytes.escape_ascii());
        }
    }

    pub(in crate::engine) async fn engine(folder: &std::path::Path, settings: &str) -> Engine {
        let config = crate::config::Config::from_toml(settings).unwrap();
        let words = crate::locale::Catalogue::shipped(&config.association.default_locale).unwrap();
        let url = format!("sqlite://{}", folder.join("wasl.db").display());
        let parts = crate::engine::Parts {
            config,
            words,
            shelf: Default::default(),
            clock: std::sync::Arc::new(crate::time::ManualClock::at(at())),
            store: crate::store::Store::open(&url).await.unwrap(),
            vault: crate::vault::Vault::from_bytes([1; 32]),
            documents: Documents::local(&folder.join("documents")).unwrap(),
            channels: Vec::new(),
        };
        Engine::start(parts).await.unwrap()
    }

    pub(in crate::engine) fn at() -> crate::time::Timestamp {
        crate::time::Timestamp::parse("2026-11-22T10:00:00Z").unwrap()
    }

    async fn somebody(engine: &Engine) -> Address {
        known(engine, "a").await
    }

    pub(in crate::engine) async fn known(engine: &Engine, path: &str) -> Address {
        let address = Address { channel: crate::message::ChannelId::new("webchat"), path: path.into() };
        let id = PersonId::of(&address);
        let key = engine.inner.vault.wrap_new_key(id).unwrap();
        let mut tx = engine.inner.store.begin().await.unwrap();
        store::person::create(&mut tx, id, &key, &address, at()).await.unwrap();
        tx.commit().await.unwrap();
        address
    }

    pub(in crate::engine) fn paper(last: u8) -> Bytes {
        [b"%PDF-1.4 ".as_slice(), &[last]].concat().into()
    }

    #[tokio::test]
    async fn only_bytes_that_no_row_names_are_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), "").await;
        let address = somebody(&engine).await;
        let kept = engine.keep_document(&address, "a.pdf", paper(1)).await.unwrap();
        let object = Documents::key_of(kept.document);
        engine.drop_orphan(&object).await;
        assert!(engine.inner.documents.get(&object).await.is_ok(), "a row names it");
        let mut tx = engine.inner.store.begin().await.unwrap();
        store::document::discard(&mut tx, kept.document, at()).await.unwrap();
        tx.commit().await.unwrap();
        engine.drop_orphan(&object).await;
        assert!(engine.inner.documents.get(&object).await.is_err(), "no row names it");
        assert_eq!(engine.keep_document(&address, "a.pdf", paper(1)).await, Ok(kept));
        engine.drop_orphan(&object).await;
        assert!(engine.inner.documents.get(&object).await.is_ok(), "it came again");
    }

    #[tokio::test]
    async fn bytes_whose_row_never_came_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), "").await;
        let address = somebody(&engine).await;
        for polls in 0..40 {
            let keeping = engine.keep_document(&address, "a.pdf", paper(polls));
            // The client hangs up after so many looks.
            let mut keeping = std::pin::pin!(keeping);
            for _ in 0..polls {
                if futures_util::poll!(&mut keeping).is_ready() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        }
        let mut tx = engine.inner.store.begin().await.unwrap();
        let rows = store::document::loose(&mut tx, PersonId::of(&address)).await.unwrap().len();
        let left = store::document::discarded(&mut tx, at().plus(UPLOAD), 99).await.unwrap();
        drop(tx);
        for object in left {
            engine.drop_orphan(&object).await;
        }
        assert_eq!(walk(&folder.path().join("documents")), rows, "bytes without a row are gone");
        assert!((1..40).contains(&rows), "some came to their end, some did not");
    }

    #[tokio::test]
    async fn a_paper_of_somebody_forgotten_meanwhile_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), "").await;
        let address = somebody(&engine).await;
        let id = DocumentId(derive_id(&["paper"]));
        let mut tx = engine.inner.store.begin().await.unwrap();
        let person = store::person::at(&mut tx, &address).await.unwrap().unwrap();
        store::erasure::forget(&mut tx, person.id, at()).await.unwrap();
        tx.commit().await.unwrap();
        let new = store::document::NewDocument {
            id,
            person: person.id,
            name: b"sealed",
            mime: "image/png",
            size: 1,
            sha256: "",
            object_key: &Documents::key_of(id),
            at: at(),
        };
        let kept = engine.put_with_row(&new, &person.key.unwrap(), b"sealed".to_vec()).await;
        assert_eq!(kept, Err(NotTaken::Unstored));
        assert_eq!(engine.keep_document(&address, "a.pdf", paper(1)).await, Err(NotTaken::Unstored));
    }

    #[tokio::test]
    async fn papers_that_come_together_share_the_room_of_their_person() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), "[documents]\nmax_bytes = 10\nmax_person_bytes = 25").await;
        let address = somebody(&engine).await;
        let all = (0..6).map(|n| engine.keep_document(&address, "a.pdf", paper(n)));
        let all = futures_util::future::join_all(all).await;
        assert_eq!(all.iter().filter(|kept| kept.is_ok()).count(), 2);
        assert!(all.iter().all(|kept| kept.is_ok() || *kept == Err(NotTaken::Full)));
        let objects = walk(&folder.path().join("documents"));
        assert_eq!(objects, 2, "what was refused is not kept");
    }

    pub(in crate::engine) fn walk(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
    }
}
