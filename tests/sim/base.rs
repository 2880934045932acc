//! The database under the engine. All that is SQLite's own stands here: another one is plugged in by another `Base`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use tempfile::TempDir;
use wasl::store::{OpenError, Store};

use super::disk::Disk;

/// One seed's database and papers, in a folder of their own.
pub struct Base {
    folder: TempDir,
    pub disk: Disk,
}

/// A row of the inbox.
#[derive(Debug)]
pub struct Heard {
    pub id: String,
    pub external_id: String,
    pub person: String,
    pub kind: String,
    pub state: String,
}

/// A row of the outbox.
#[derive(Debug)]
pub struct Said {
    pub seq: i64,
    pub id: String,
    pub person: String,
    pub path: String,
    pub speaker: String,
    pub purpose: String,
    pub state: String,
    pub not_after: Option<i64>,
    pub cause: Option<String>,
}

impl Base {
    pub fn new() -> Base {
        let folder = folder();
        std::fs::copy(template().join("wasl.db"), folder.path().join("wasl.db")).unwrap();
        let disk = Disk::of(folder.path());
        Base { folder, disk }
    }

    /// The same in another folder; nothing is written the while. Papers stay behind.
    pub fn again(&self) -> Base {
        let folder = folder();
        for name in ["wasl.db", "wasl.db-wal"] {
            let (from, to) = (self.folder.path().join(name), folder.path().join(name));
            if from.exists() {
                std::fs::copy(from, to).unwrap();
            }
        }
        let disk = Disk::of(folder.path());
        Base { folder, disk }
    }

    pub fn documents(&self) -> PathBuf {
        self.folder.path().join("documents")
    }

    /// Opens the store as a process that starts does. Two are let in beside each other, which no servers are: what holds
    /// between two of them on PostgreSQL must hold here.
    pub async fn open(&self, alone: bool) -> Store {
        let url = url(self.folder.path());
        loop {
            let opened = if alone { Store::open(&url).await } else { Store::open_shared(&url).await };
            match opened {
                Ok(store) => break store,
                // The dead process' thread still holds the lock's descriptor for a moment.
                Err(OpenError::InUse { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// The storage of papers is gone, or back.
    pub fn storage_is_gone(&self, gone: bool) {
        let (papers, aside) = (self.documents(), self.folder.path().join("documents aside"));
        if gone {
            std::fs::rename(&papers, &aside).unwrap();
            std::fs::write(&papers, "no folder").unwrap();
        } else {
            std::fs::remove_file(&papers).unwrap();
            std::fs::rename(&aside, &papers).unwrap();
        }
    }

    /// The object keys of the papers whose bytes are there.
    pub fn papers(&self) -> BTreeSet<String> {
        fn walk(folder: &Path, within: &str, found: &mut BTreeSet<String>) {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let name = format!("{within}{}", entry.file_name().to_string_lossy());
                match entry.path().is_dir() {
                    true => walk(&entry.path(), &format!("{name}/"), found),
                    false => drop(found.insert(name)),
                }
            }
        }
        let mut found = BTreeSet::new();
        walk(&self.documents(), "", &mut found);
        found
    }

    /// The object keys of the papers that have a row.
    pub async fn listed_papers(&self) -> BTreeSet<String> {
        let keys = sqlx::query_scalar("SELECT object_key FROM document");
        let keys: Vec<String> = keys.fetch_all(&mut self.file().await).await.unwrap();
        keys.into_iter().collect()
    }

    /// Every row of every table: the table, and the columns as SQL would write them.
    pub async fn everything(&self) -> BTreeSet<(String, String)> {
        let file = &mut self.file().await;
        let tables = "SELECT m.name, group_concat('quote(' || c.name || ')', ' || '' '' || ')
             FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' GROUP BY m.name";
        let tables: Vec<(String, String)> = sqlx::query_as(tables).fetch_all(&mut *file).await.unwrap();
        let mut all = BTreeSet::new();
        for (table, columns) in tables {
            let rows = AssertSqlSafe(format!("SELECT {columns} FROM {table}"));
            let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut *file).await.unwrap();
            all.extend(rows.into_iter().map(|row| (table.clone(), row)));
        }
        all
    }

    async fn file(&self) -> SqliteConnection {
        SqliteConnection::connect(&url(self.folder.path())).await.unwrap()
    }

    /// A disk that forgets: the oldest waiting message of somebody is no longer what was stored. Its id.
    pub async fn damage(&self) -> Option<String> {
        let damage = "UPDATE inbox SET body = x'00' WHERE state = 'waiting' AND kind = 'said' AND seq =
             (SELECT min(seq) FROM inbox WHERE state = 'waiting' AND kind = 'said') RETURNING id";
        sqlx::query_scalar(damage).fetch_optional(&mut self.file().await).await.unwrap()
    }

    pub async fn inbox(&self) -> Vec<Heard> {
        let rows = "SELECT id, external_id, person, kind, state FROM inbox ORDER BY seq";
        let rows = sqlx::query(rows).fetch_all(&mut self.file().await).await.unwrap();
        let heard = |row: &SqliteRow| Heard {
            id: row.get("id"),
            external_id: row.get("external_id"),
            person: row.get("person"),
            kind: row.get("kind"),
            state: row.get("state"),
        };
        rows.iter().map(heard).collect()
    }

    pub async fn outbox(&self) -> Vec<Said> {
        let rows = "SELECT seq, id, person, path, speaker, purpose, state, not_after, cause FROM outbox ORDER BY seq";
        let rows = sqlx::query(rows).fetch_all(&mut self.file().await).await.unwrap();
        let said = |row: &SqliteRow| Said {
            seq: row.get("seq"),
            id: row.get("id"),
            person: row.get("person"),
            path: row.get("path"),
            speaker: row.get("speaker"),
            purpose: row.get("purpose"),
            state: row.get("state"),
            not_after: row.get("not_after"),
            cause: row.get("cause"),
        };
        rows.iter().map(said).collect()
    }

    /// (kind, detail) of each task, done or not.
    pub async fn tasks(&self) -> Vec<(String, String)> {
        sqlx::query_as("SELECT kind, detail FROM task ORDER BY id")
            .fetch_all(&mut self.file().await)
            .await
            .unwrap()
    }

    /// (id, case, why it was refused) of each decision that was taken.
    pub async fn decisions(&self) -> Vec<(String, String, Option<String>)> {
        let rows =
            "SELECT id, case_id, refused_because FROM decision WHERE taken_at IS NOT NULL ORDER BY seq";
        sqlx::query_as(rows).fetch_all(&mut self.file().await).await.unwrap()
    }

    /// The timers that are armed.
    pub async fn timers(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT timer FROM timer ORDER BY due")
            .fetch_all(&mut self.file().await)
            .await
            .unwrap()
    }

    /// (person, wrapped key, sealed conversation).
    pub async fn conversations(&self) -> Vec<(String, Vec<u8>, Vec<u8>)> {
        let rows =
            "SELECT p.id, p.key, c.state FROM person p JOIN conversation c ON c.person = p.id ORDER BY p.id";
        sqlx::query_as(rows).fetch_all(&mut self.file().await).await.unwrap()
    }
}

/// An empty database with today's tables, made once: making it anew costs more than a seed.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<TempDir> = OnceLock::new();
    let make = || {
        let folder = folder();
        let path = folder.path().to_owned();
        // On a thread of its own: a runtime may be running here.
        let made = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { Store::open(&url(&path)).await.unwrap().close().await });
        });
        made.join().unwrap();
        folder
    };
    TEMPLATE.get_or_init(make).path()
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("wasl.db").display())
}

/// In memory where the machine has such a place: what is tested here is not the disk.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap()
}
