//! Sealed papers on object storage: a folder of this machine, or any other store of the `object_store` crate.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use tokio::sync::{Mutex, MutexGuard};

use super::key_file::make_folder;
use crate::message::DocumentId;

/// What can go wrong with stored papers. No text names a paper or a person.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The folder could not be made or used.
    #[error("the documents' folder {} cannot be used; give this user the right to write there, or set documents.folder", .0.display())]
    Folder(PathBuf),
    /// There is no such paper.
    #[error("no such document")]
    Missing,
    /// Storage failed.
    #[error("the documents' storage failed")]
    Storage,
}

impl From<object_store::Error> for DocumentError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => DocumentError::Missing,
            _ => DocumentError::Storage,
        }
    }
}

/// Where sealed papers are. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Documents {
    store: Arc<dyn ObjectStore>,
    /// The same store, if it is a folder: its files are synced to the disk by us.
    folder: Option<Arc<LocalFileSystem>>,
    turn: Arc<Mutex<()>>,
}

impl Documents {
    /// Papers in a folder; it is made when it is missing.
    pub fn local(folder: &Path) -> Result<Documents, DocumentError> {
        make_folder(folder).map_err(|_| DocumentError::Folder(folder.into()))?;
        let store =
            LocalFileSystem::new_with_prefix(folder).map_err(|_| DocumentError::Folder(folder.into()))?;
        let store = Arc::new(store);
        Ok(Documents { folder: Some(store.clone()), ..Documents::on(store) })
    }

    /// Papers in any object store, whose `put` must be durable when it returns.
    pub fn on(store: Arc<dyn ObjectStore>) -> Documents {
        Documents { store, folder: None, turn: Arc::default() }
    }

    /// Whoever stores bytes together with the row that names them, or deletes bytes because no row names them,
    /// holds this the while: so no bytes are deleted whose row has just come. Clones share it.
    pub async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Where a paper is kept: the hex digits of its id, in folders by the first and the second two. Nothing
    /// that a sender chose is in it.
    pub fn key_of(id: DocumentId) -> String {
        let hex = id.0.simple().to_string();
        format!("{}/{}/{hex}", &hex[..2], &hex[2..4])
    }

    /// Stores sealed bytes durably; gives the object key. The same id again replaces the bytes.
    pub async fn put(&self, id: DocumentId, sealed: impl Into<Bytes>) -> Result<String, DocumentError> {
        let key = Documents::key_of(id);
        let path = ObjectPath::from(key.as_str());
        self.store.put(&path, sealed.into().into()).await?;
        self.sync(&path).await?;
        Ok(key)
    }

    /// The sealed bytes at an object key.
    pub async fn get(&self, key: &str) -> Result<Bytes, DocumentError> {
        Ok(self.store.get(&ObjectPath::from(key)).await?.bytes().await?)
    }

    /// Deletes the bytes at an object key; gone already is as good.
    pub async fn delete(&self, key: &str) -> Result<(), DocumentError> {
        match self.store.delete(&ObjectPath::from(key)).await.map_err(DocumentError::from) {
            Err(DocumentError::Missing) => Ok(()),
            other => other,
        }
    }

    /// The library renames a file into place without fsync; a paper is acknowledged only when a power cut keeps it.
    async fn sync(&self, path: &ObjectPath) -> Result<(), DocumentError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let storage = |_| DocumentError::Storage;
        let file = folder.path_to_filesystem(path)?;
        tokio::fs::File::open(&file).await.map_err(storage)?.sync_all().await.map_err(storage)?;
        #[cfg(unix)]
        for folder in file.ancestors().skip(1).take(3) {
            tokio::fs::File::open(folder).await.map_err(storage)?.sync_all().await.map_err(storage)?;
        }
        Ok(())
    }
}
