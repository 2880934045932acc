//! "Did you mean …?": the known word nearest to a misspelt one.

/// `; did you mean \`x\`?` for the nearest of `known`, or nothing when none is near: at most two letters
/// inserted, left out, changed or swapped, and at most a third of the word.
pub(super) fn suggestion<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let word = word.to_lowercase();
    let nearest = known
        .into_iter()
        .filter(|other| !other.is_empty())
        .map(|other| (distance(&word, &other.to_lowercase()), other))
        .min_by_key(|(distance, _)| *distance);
    match nearest {
        Some((distance, other)) if distance <= 2.min(other.chars().count().div_ceil(3)) => {
            format!("; did you mean `{other}`?")
        }
        _ => String::new(),
    }
}

/// Letters to insert, leave out, change or swap with their neighbour (optimal string alignment). Words of more
/// than 64 letters are taken to be far apart.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(65).collect(), b.chars().take(65).collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested() {
        let check = |word: &str, expected: &str| {
            let known = ["relevant", "required", "label", "yes"];
            assert_eq!(suggestion(word, known), expected, "{word}");
        };
        check("relevent", "; did you mean `relevant`?");
        check("lable", "; did you mean `label`?");
        check("Requird", "; did you mean `required`?");
        check("yse", "; did you mean `yes`?");
        check("no", "");
        check("", "");
        check(&"x".repeat(100), "");
    }
}
