//! What word processors and right-to-left editing do to an expression, put right before it is read.
//!
//! Every repair keeps the number of characters, so that places in the repaired text are places in the cell.

/// A text to parse and what was put right in it.
pub struct Repaired {
    pub chars: Vec<char>,
    pub notes: Vec<String>,
}

/// Puts right, outside straight-quoted texts: typographic quotes, `{name}$`, invisible direction marks.
pub fn repair(text: &str) -> Repaired {
    let mut chars: Vec<char> = text.chars().collect();
    let (mut quotes, mut reversed, mut marks) = (false, Vec::new(), false);
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if let Some(family) = Quote::of(c) {
            let (end, curly) = close(&mut chars, at, family);
            quotes |= curly;
            reversed.extend(unreverse(&mut chars, at + 1, Some(end)));
            at = end + 1;
        } else if let Some(name) = unreverse(&mut chars, at, None) {
            at += name.chars().count() + 3;
            reversed.push(name);
        } else {
            if invisible(c) {
                marks = true;
                chars[at] = ' ';
            }
            at += 1;
        }
    }
    let mut notes = Vec::new();
    if quotes {
        notes.push("typographic quotes were read as straight ones: write ' or \"".to_owned());
    }
    notes.extend(reversed.iter().map(|name| format!("`{{{name}}}$` was read as `${{{name}}}`")));
    if marks {
        notes.push("invisible direction marks were read as blanks: delete them".to_owned());
    }
    Repaired { chars, notes }
}

#[derive(Clone, Copy, PartialEq)]
enum Quote {
    Single,
    Double,
}

impl Quote {
    fn of(c: char) -> Option<Quote> {
        match c {
            '\'' | '‘' | '’' | '‚' | '‛' => Some(Quote::Single),
            '"' | '“' | '”' | '„' | '‟' => Some(Quote::Double),
            _ => None,
        }
    }
    fn straight(self) -> char {
        match self {
            Quote::Single => '\'',
            Quote::Double => '"',
        }
    }
    fn other(self) -> Quote {
        match self {
            Quote::Single => Quote::Double,
            Quote::Double => Quote::Single,
        }
    }
}

/// Finds the end of the quoted text that opens at `open`, makes both quotes straight, and tells where it
/// ends and whether a typographic one was there. A text that never ends goes to the end.
fn close(chars: &mut [char], open: usize, family: Quote) -> (usize, bool) {
    let straight = family.straight();
    let rest = || chars.iter().enumerate().skip(open + 1);
    let same_sign = rest().find(|(_, c)| **c == straight).map(|(i, _)| i);
    let same_family = rest().find(|(_, c)| Quote::of(**c) == Some(family)).map(|(i, _)| i);
    let end = if chars[open] == straight { same_sign.or(same_family) } else { same_family };
    let Some(end) = end else {
        let curly = chars[open] != straight;
        chars[open] = straight;
        return (chars.len(), curly);
    };
    let curly = chars[open] != straight || chars[end] != straight;
    if curly {
        let taken = chars[open + 1..end].contains(&straight);
        let sign = if taken { family.other().straight() } else { straight };
        (chars[open], chars[end]) = (sign, sign);
    }
    (end, curly)
}

/// Turns `{name}$` at `at` into `${name}`; with `whole`, only if nothing but it stands before that place.
fn unreverse(chars: &mut [char], at: usize, whole: Option<usize>) -> Option<String> {
    if chars.get(at) != Some(&'{') || at.checked_sub(1).is_some_and(|before| chars[before] == '$') {
        return None;
    }
    let length = chars[at + 1..].iter().take_while(|c| c.is_alphanumeric() || "_-.".contains(**c)).count();
    let end = at + 1 + length;
    let reversed = length > 0 && chars.get(end) == Some(&'}') && chars.get(end + 1) == Some(&'$');
    if !reversed || whole.is_some_and(|whole| whole != end + 2) {
        return None;
    }
    chars[at..end + 2].rotate_right(1);
    Some(chars[at + 2..end + 1].iter().collect())
}

/// Direction marks and the byte order mark: unseen by the author, unknown to XPath.
fn invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}')
}
