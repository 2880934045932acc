//! The log of what staff did and saw, chained by hashes: a row changed or taken out from between others
//! breaks the chain. (Rows cut off at the end leave a whole chain; compare the last hash with a copy.)

use sha2::{Digest, Sha256};

use super::query::sql;
use super::value::row;
use super::{Result, Tx};
use crate::time::Timestamp;

/// Appends a line: who did what to which object. Ids and fixed words only.
pub async fn append(tx: &mut Tx, who: &str, what: &str, object: &str, at: Timestamp) -> Result<()> {
    tx.in_order().await?;
    let last: Option<(i64, Vec<u8>)> =
        sql("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetch_optional(tx).await?;
    let (seq, before) = last.unwrap_or_default();
    let mut line = AuditRow {
        seq: seq + 1,
        who: who.into(),
        what: what.into(),
        object: object.into(),
        at,
        hash: Vec::new(),
    };
    line.hash = line.chained(&before);
    sql("INSERT INTO audit (seq, who, what, object, at, hash) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(line.seq)
        .bind(&line.who)
        .bind(&line.what)
        .bind(&line.object)
        .bind(line.at)
        .bind(&line.hash)
        .execute(tx)
        .await?;
    Ok(())
}

row! {
    /// A line of the log.
    pub struct AuditRow {
        /// Its number, from 1 without gaps.
        seq: i64,
        /// Who.
        who: String,
        /// Did what.
        what: String,
        /// To which object.
        object: String,
        /// When.
        at: Timestamp,
        /// SHA-256 over the hash before it and this line.
        hash: Vec<u8>,
    }
}

impl AuditRow {
    fn chained(&self, before: &[u8]) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(before);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.micros().to_be_bytes());
        for field in [&self.who, &self.what, &self.object] {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hash.finalize().to_vec()
    }
}

/// Follows the chain: how many lines are sound, or the number of the first that is not.
pub async fn verify(tx: &mut Tx) -> Result<std::result::Result<u64, i64>> {
    let (mut count, mut before, mut last) = (0u64, Vec::new(), i64::MIN);
    loop {
        // In pieces: the log may be longer than the memory.
        let lines: Vec<AuditRow> =
            sql("SELECT seq, who, what, object, at, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT 1000")
                .bind(last)
                .fetch_all(tx)
                .await?;
        if lines.is_empty() {
            return Ok(Ok(count));
        }
        for line in lines {
            if line.seq != count as i64 + 1 || line.chained(&before) != line.hash {
                return Ok(Err(count as i64 + 1));
            }
            (count, before, last) = (count + 1, line.hash, line.seq);
        }
    }
}

/// The newest `limit` lines, newest first.
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<AuditRow>> {
    sql("SELECT seq, who, what, object, at, hash FROM audit ORDER BY seq DESC LIMIT $1")
        .bind(limit)
        .fetch_all(tx)
        .await
}
