//! The master key's file: 32 random bytes as base64url, readable by its owner only.

use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// What can go wrong with keys. No text holds a key or what was sealed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file could not be read or made.
    #[error("the key file {} cannot be used: {source}; give this user the right to read it, or set vault.key_file", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others may read the file.
    #[error("the key file {} can be read by others; run: chmod 600 {}", .path.display(), .path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// It does not hold a key.
    #[error("the key file {} does not hold a key (32 bytes in base64url); restore it from its backup", .path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes")]
    Random,
    /// Sealed for another place or person, changed since, or under another master key.
    #[error("sealed bytes could not be opened: another key, another place, or changed")]
    Sealed,
}

/// Reads the key, or makes it when there is no file; tells whether it was made now.
pub(super) fn read_or_make(path: &Path) -> Result<(Zeroizing<[u8; 32]>, bool), VaultError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok((parse(path, &Zeroizing::new(text))?, false)),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => Ok((make(path)?, true)),
        Err(source) => Err(VaultError::File { path: path.into(), source }),
    }
}

fn parse(path: &Path, text: &str) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    refuse_readable_by_others(path)?;
    let not_a_key = || VaultError::NotAKey { path: path.into() };
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| not_a_key())?);
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() != key.len() {
        return Err(not_a_key());
    }
    key.copy_from_slice(&bytes);
    Ok(key)
}

fn make(path: &Path) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let mut key = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *key).map_err(|_| VaultError::Random)?;
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(*key));
    write_new(path, &text).map_err(|source| VaultError::File { path: path.into(), source })?;
    Ok(key)
}

/// Makes a folder, for this user only, when it is missing.
pub(super) fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Writes the key durably: were it lost after the first person's key was wrapped, all would be lost.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        make_folder(folder)?;
    }
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    #[cfg(unix)]
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

#[cfg(unix)]
fn refuse_readable_by_others(path: &Path) -> Result<(), VaultError> {
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(path).map_err(|source| VaultError::File { path: path.into(), source })?;
    match about.permissions().mode() & 0o077 {
        0 => Ok(()),
        _ => Err(VaultError::Open { path: path.into() }),
    }
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_path: &Path) -> Result<(), VaultError> {
    Ok(())
}
