//! One value of a row, read from either database, and what a whole table comes to.

use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};
use sqlx::{ColumnIndex, Decode, Row, Type};

use super::super::query::Value;
use super::tables::Kind;
use crate::message::PersonId;
use crate::time::Timestamp;

#[derive(Debug)]
pub(super) enum Cell {
    Text(Option<String>),
    Int(Option<i64>),
    Bool(Option<bool>),
    Bytes(Option<Vec<u8>>),
    Instant(Option<Timestamp>),
    /// Of anybody or anything: ids are all alike in a database.
    Id(Option<PersonId>),
    Day(Option<NaiveDate>),
}

/// A value that both databases can give as that.
pub(super) trait From<'r, R: Row>: Decode<'r, R::Database> + Type<R::Database> {}
impl<'r, R: Row, T: Decode<'r, R::Database> + Type<R::Database>> From<'r, R> for T {}

impl Cell {
    /// The `n`-th value of a row.
    pub(super) fn of<'r, R: Row>(row: &'r R, n: usize, kind: Kind) -> sqlx::Result<Cell>
    where
        usize: ColumnIndex<R>,
        String: From<'r, R>,
        i64: From<'r, R>,
        bool: From<'r, R>,
        Vec<u8>: From<'r, R>,
        Timestamp: From<'r, R>,
        PersonId: From<'r, R>,
        NaiveDate: From<'r, R>,
    {
        Ok(match kind {
            Kind::Text => Cell::Text(row.try_get(n)?),
            Kind::Int => Cell::Int(row.try_get(n)?),
            Kind::Bool => Cell::Bool(row.try_get(n)?),
            Kind::Bytes => Cell::Bytes(row.try_get(n)?),
            Kind::Instant => Cell::Instant(row.try_get(n)?),
            Kind::Id => Cell::Id(row.try_get(n)?),
            Kind::Day => Cell::Day(row.try_get(n)?),
        })
    }

    /// As a parameter of a statement.
    pub(super) fn value(&self) -> Value<'_> {
        match self {
            Cell::Text(text) => text.as_ref().into(),
            Cell::Int(number) => (*number).into(),
            Cell::Bool(truth) => (*truth).into(),
            Cell::Bytes(bytes) => bytes.as_ref().into(),
            Cell::Instant(at) => (*at).into(),
            Cell::Id(id) => (*id).into(),
            Cell::Day(day) => (*day).into(),
        }
    }

    /// As bytes that tell it from every other value of its kind; nothing for what is absent.
    fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Cell::Text(text) => text.as_ref().map(|text| text.clone().into_bytes()),
            Cell::Int(number) => number.map(|number| number.to_be_bytes().to_vec()),
            Cell::Bool(truth) => truth.map(|truth| vec![u8::from(truth)]),
            Cell::Bytes(bytes) => bytes.clone(),
            Cell::Instant(at) => at.map(|at| at.micros().to_be_bytes().to_vec()),
            Cell::Id(id) => id.map(|id| id.0.as_bytes().to_vec()),
            Cell::Day(day) => day.map(|day| day.num_days_from_ce().to_be_bytes().to_vec()),
        }
    }
}

/// How many rows, and the sum of their digests: equal for the same rows in whatever order.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) rows: u64,
    digests: [u64; 4],
}

impl Sum {
    pub(super) fn add(&mut self, row: &[Cell]) {
        let mut hash = Sha256::new();
        for cell in row {
            match cell.bytes() {
                None => hash.update([0]),
                Some(bytes) => {
                    hash.update([1]);
                    hash.update((bytes.len() as u64).to_be_bytes());
                    hash.update(bytes);
                }
            }
        }
        self.rows += 1;
        for (sum, bytes) in self.digests.iter_mut().zip(hash.finalize().chunks_exact(8)) {
            let part = bytes.iter().fold(0, |part, byte| part << 8 | u64::from(*byte));
            *sum = sum.wrapping_add(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[&[Option<&str>]]) -> Sum {
        let mut sum = Sum::default();
        for row in rows {
            let row: Vec<Cell> = row.iter().map(|text| Cell::Text(text.map(str::to_owned))).collect();
            sum.add(&row);
        }
        sum
    }

    #[test]
    fn a_sum_knows_rows_and_not_their_order() {
        let (a, b) = (&[Some("a"), None][..], &[Some("b"), Some("")][..]);
        assert_eq!(sum(&[a, b]), sum(&[b, a]));
        for other in [
            &[a][..],
            &[a, a],
            &[a, b, b],
            &[a, &[Some("b"), None]],
            &[a, &[Some("b"), Some(" ")]],
            &[a, &[None, Some("b")]],
            &[&[Some("ab"), None], &[Some(""), Some("")]],
        ] {
            assert_ne!(sum(&[a, b]), sum(other), "{other:?}");
        }
    }
}
