//! `${name}` in texts: found, put right, and replaced.

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Words.
    Words(&'t str),
    /// The name between `${` and `}`.
    Reference(&'t str),
}

/// A text as words and references; `${` without a closing brace is words.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(open) = rest.find("${") {
        let Some(close) = rest[open..].find('}').map(|at| open + at) else { break };
        if open > 0 {
            pieces.push(Piece::Words(&rest[..open]));
        }
        pieces.push(Piece::Reference(rest[open + 2..close].trim()));
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// The names a text refers to.
pub(super) fn references(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Reference(name) => Some(name),
        Piece::Words(_) => None,
    })
}

/// The text with `{name}$` turned into `${name}`, if there is any: authors who write from right to left are
/// told to type it so, and it would be shown to people as it stands.
pub(super) fn turned(text: &str) -> Option<String> {
    let (mut fixed, mut rest, mut found) = (String::new(), text, false);
    while let Some(close) = rest.find("}$") {
        let name = rest[..close].rfind('{').map(|open| (open, &rest[open + 1..close]));
        match name {
            // `${a}${b}` holds `}$` too: there the brace is opened by a dollar and the next one follows
            Some((open, name)) if is_name(name) && !rest[..open].ends_with('$') => {
                fixed.push_str(&rest[..open]);
                fixed.push_str("${");
                fixed.push_str(name);
                fixed.push('}');
                rest = &rest[close + 2..];
                found = true;
            }
            _ => {
                fixed.push_str(&rest[..close + 1]);
                rest = &rest[close + 1..];
            }
        }
    }
    fixed.push_str(rest);
    found.then_some(fixed)
}

/// Whether `text` is a name of XLSForm: an ASCII letter or `_`, then letters, digits, `_`, `-`, `.`.
pub(super) fn is_name(text: &str) -> bool {
    let mut signs = text.chars();
    signs.next().is_some_and(|sign| sign.is_ascii_alphabetic() || sign == '_')
        && signs.all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(references(text).collect::<Vec<_>>(), expected, "{text}");
        };
        check("Hello ${name}, you are ${ age }.", &["name", "age"]);
        check("${a}${b}", &["a", "b"]);
        check("costs 5$ {x} ${open", &[]);
        check("", &[]);
    }

    #[test]
    fn reversed_references_are_turned() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(turned(text).as_deref(), expected, "{text}");
        check("مرحبا {name}$!", Some("مرحبا ${name}!"));
        check("{a}$ {b}$", Some("${a} ${b}"));
        check("${a}${b}", None);
        check("${a}$", None);
        check("{two words}$", None);
        check("}$", None);
    }
}
