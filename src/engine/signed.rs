//! What was signed, now and before: kept with its answers, and held against its hash.

use serde::{Deserialize, Serialize};

use super::Engine;
use super::decision::open_texts;
use super::failed::Failed;
use super::sealed::{earlier_place, signature_place};
use crate::dialogue::Signature;
use crate::form::QuestionId;
use crate::store::case::CaseRow;
use crate::store::{self, Tx};
use crate::time::Timestamp;
use crate::vault::PersonKey;

/// A signature and whether it fits what it stands under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What was signed.
    pub signature: Signature,
    /// Whether the hash, computed again over the stored answers, is still the one that was signed.
    pub intact: bool,
}

/// A signature that was replaced, as it is sealed: each answer as the JSON under the hash.
#[derive(Serialize, Deserialize)]
struct Earlier {
    signature: Signature,
    answers: Vec<(QuestionId, String)>,
}

impl Engine {
    /// The signature of a case over its answers as they are stored.
    pub(super) fn signature_of(
        &self,
        row: &CaseRow,
        key: &PersonKey,
        answers: &[(QuestionId, String)],
    ) -> Result<Signed, Failed> {
        let signature: Signature =
            serde_json::from_slice(&key.open(&signature_place(row.id), &row.signature)?)?;
        let intact = signature.fits(answers) && signature.hash == row.signature_hash;
        Ok(Signed { signature, intact })
    }

    /// The signatures that a case had before, oldest first.
    pub(super) async fn earlier_signatures(
        &self,
        tx: &mut Tx,
        row: &CaseRow,
        key: &PersonKey,
    ) -> Result<Vec<Signed>, Failed> {
        let mut signed = Vec::new();
        for (number, sealed) in store::case::earlier_signatures(tx, row.id).await? {
            let opened = key.open(&earlier_place(row.id, number), &sealed)?;
            let Earlier { signature, answers } = serde_json::from_slice(&opened)?;
            signed.push(Signed { intact: signature.fits(&answers), signature });
        }
        Ok(signed)
    }

    /// Keeps a case's signature and answers, which are about to be replaced.
    pub(super) async fn keep_signed(
        &self,
        tx: &mut Tx,
        row: &CaseRow,
        key: &PersonKey,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let answers = open_texts(tx, key, row.id).await?;
        let signature = self.signature_of(row, key, &answers)?.signature;
        let number = store::case::earlier_signatures(tx, row.id).await?.len() as i64 + 1;
        let signed = serde_json::to_vec(&Earlier { signature, answers })?;
        let sealed = key.seal(&earlier_place(row.id, number), &signed);
        Ok(store::case::keep_signature(tx, row.id, number, &sealed, now).await?)
    }
}
