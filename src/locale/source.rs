//! Reading Fluent text beside Fluent's own parser: lines for error texts, and numbers in the language's digits.

/// The source with every bare `{ $value }` written `{ NUMBER($value) }`, so that a number shows in the language's
/// digits whether or not the translator asked for it; our NUMBER lets texts pass unchanged. Lines stay where they are.
pub(super) fn with_localised_values(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + source.len() / 8);
    let mut rest = source;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open + 1);
        out.push_str(before);
        rest = after;
        if let Some((name, tail)) = bare_variable(after) {
            out.push_str(" NUMBER($");
            out.push_str(name);
            out.push_str(") }");
            rest = tail;
        }
    }
    out.push_str(rest);
    out
}

/// After an opening brace: the variable's name and what follows the closing brace, if nothing else is inside.
fn bare_variable(after: &str) -> Option<(&str, &str)> {
    let inside = after.trim_start_matches(' ').strip_prefix('$')?;
    let length = inside.find(|c: char| !is_name(c)).filter(|length| *length > 0)?;
    let (name, tail) = inside.split_at(length);
    Some((name, tail.trim_start_matches(' ').strip_prefix('}')?))
}

/// Whether the character may stand in a Fluent identifier.
fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// The line, counted from 1, of a byte position.
pub(super) fn line_at(source: &str, position: usize) -> usize {
    1 + source.as_bytes().iter().take(position).filter(|byte| **byte == b'\n').count()
}

/// The lines, counted from 1, on which a message of this name begins.
pub(super) fn lines_of(source: &str, key: &str) -> Vec<usize> {
    (1..).zip(source.lines()).filter(|(_, line)| message_on(line) == Some(key)).map(|(n, _)| n).collect()
}

/// The name of the message that begins on this line.
pub(super) fn message_on(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end_matches(' ');
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_values_go_through_number() {
        for (given, wanted) in [
            ("a = { $n } b {$m}", "a = { NUMBER($n) } b { NUMBER($m) }"),
            ("a = { $n ->", "a = { $n ->"),
            ("a = { NUMBER($n) }", "a = { NUMBER($n) }"),
            ("a = { -term } {", "a = { -term } {"),
            ("a = { $ }", "a = { $ }"),
        ] {
            assert_eq!(with_localised_values(given), wanted);
        }
    }

    #[test]
    fn messages_are_found_by_line() {
        let source = "# c = d\nkey = a\n  b = c\nother-key=1\nkey = z\n";
        assert_eq!(lines_of(source, "key"), [2, 5]);
        assert_eq!(lines_of(source, "other-key"), [4]);
        assert_eq!(lines_of(source, "b"), Vec::<usize>::new());
        assert_eq!(line_at(source, source.len()), 6);
    }
}
