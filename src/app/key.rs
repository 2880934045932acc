//! One database, one master key: what another key would seal, nobody could open, and whoever finds the same value again
//! by its digest would find nothing.

use std::path::Path;

use crate::store::{self, Store, Tx};
use crate::vault::Vault;

/// The vault whose master key is in that file. A missing key is made only where there is none yet for this database,
/// and the first start settles which key it is: several servers that start on an empty database have the same one, or
/// only one of them starts.
///
/// # Errors
/// When the key is missing or another than the database's; the text names the remedy.
pub async fn open_vault(store: &Store, key_file: &Path) -> anyhow::Result<Vault> {
    let mut tx = store.begin().await?;
    let known = store::master_key::hold(&mut tx).await?;
    let sealed = store::person::anybody(&mut tx).await?.is_some();
    is_there(known.is_some() || sealed, key_file)?;
    let (vault, _) = Vault::open(key_file)?;
    is_the_one(&vault, known.as_deref(), &mut tx, key_file).await?;
    if known.is_none() {
        store::master_key::keep(&mut tx, &vault.digest()).await?;
    }
    tx.commit().await?;
    Ok(vault)
}

/// As [`open_vault`], and changes nothing: `None` where the first start will make the key.
///
/// # Errors
/// As [`open_vault`].
pub async fn try_vault(store: &Store, key_file: &Path) -> anyhow::Result<Option<Vault>> {
    let mut tx = store.read().await?;
    let known = store::master_key::known(&mut tx).await?;
    let sealed = store::person::anybody(&mut tx).await?.is_some();
    is_there(known.is_some() || sealed, key_file)?;
    if !key_file.exists() {
        return Ok(None);
    }
    let (vault, _) = Vault::open(key_file)?;
    is_the_one(&vault, known.as_deref(), &mut tx, key_file).await?;
    Ok(Some(vault))
}

fn is_there(begun: bool, key_file: &Path) -> anyhow::Result<()> {
    let file = key_file.display();
    anyhow::ensure!(
        !begun || key_file.exists(),
        "the key file {file} is missing, and only its key opens what is in the database: restore the file from its \
         backup, copy it from another server on this database, or set vault.key_file to where it is"
    );
    Ok(())
}

/// Whether it is the database's key. One that was begun before the digest was kept is tried on somebody's own key.
async fn is_the_one(vault: &Vault, known: Option<&str>, tx: &mut Tx, key_file: &Path) -> anyhow::Result<()> {
    let opens = store::person::anybody(tx)
        .await?
        .is_none_or(|(person, wrapped)| vault.person_key(person, &wrapped).is_ok());
    anyhow::ensure!(
        opens && known.is_none_or(|known| known == vault.digest()),
        "the key in {} is not the one that seals this database: restore the right one from its backup, copy it from \
         another server on this database, or set vault.key_file to where it is (or store.url to the database that \
         belongs to this key)",
        key_file.display()
    );
    Ok(())
}
