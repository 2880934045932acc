//! Many rows in one statement.

/// The most rows of one statement.
const MOST: usize = 64;

/// `rows` in pieces whose lengths are powers of two: so few different statements stay prepared, whatever comes.
pub(super) fn pieces<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let length = 1 << rest.len().min(MOST).checked_ilog2()?;
        let (piece, more) = rest.split_at_checked(length)?;
        rest = more;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_powers_of_two_in_order() {
        for (rows, lengths) in
            [(0, &[][..]), (1, &[1]), (7, &[4, 2, 1]), (64, &[64]), (150, &[64, 64, 16, 4, 2])]
        {
            let rows: Vec<usize> = (0..rows).collect();
            assert_eq!(pieces(&rows).map(<[usize]>::len).collect::<Vec<_>>(), lengths);
            assert_eq!(pieces(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        }
    }
}
