//! Direction marks: put around values that we insert, taken out of texts that people send.

use std::borrow::Cow;

/// U+2068, first strong isolate.
pub(super) const ISOLATE: char = '\u{2068}';
/// U+2069, end of an isolate.
pub(super) const END_ISOLATE: char = '\u{2069}';

/// U+200F, right-to-left mark.
pub(super) const RIGHT_TO_LEFT: char = '\u{200F}';

/// Puts U+200F before each line of a right-to-left text in which letters stand in isolates only: such a line
/// ("1. label — value") has no direction of its own, and most programs would lay it out from the left.
pub(super) fn anchored(text: String) -> String {
    if !text.contains(ISOLATE) || text.split('\n').all(has_direction) {
        return text;
    }
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| if has_direction(line) { line.to_owned() } else { format!("{RIGHT_TO_LEFT}{line}") })
        .collect();
    lines.join("\n")
}

/// Whether a letter stands outside of isolates, or nothing is isolated.
fn has_direction(line: &str) -> bool {
    let mut depth = 0_usize;
    for c in line.chars() {
        match c {
            ISOLATE => depth += 1,
            END_ISOLATE => depth = depth.saturating_sub(1),
            c if depth == 0 && c.is_alphabetic() => return true,
            _ => {}
        }
    }
    !line.contains(ISOLATE)
}

/// Puts a value between U+2068 and U+2069.
pub fn isolate(text: &str) -> String {
    format!("{ISOLATE}{text}{END_ISOLATE}")
}

/// Drops bidi controls (U+200E/F, U+202A-E, U+2066-9, U+061C), other control characters but newline, and zero-width
/// marks; a tab becomes a space and every line end U+000A. The joiners U+200C and U+200D stay between visible
/// characters, because Persian spelling and joined emoji need them.
pub fn strip_controls(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_seen) {
        return text.into();
    }
    let unified = text.replace("\r\n", "\n");
    let mut kept = String::with_capacity(unified.len());
    for c in unified.chars() {
        match c {
            '\t' => kept.push(' '),
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => kept.push('\n'),
            '\u{200C}' | '\u{200D}' if !ends_visibly(&kept) => {}
            '\n' => kept.push('\n'),
            c if c.is_control() || is_hidden(c) => {}
            c => kept.push(c),
        }
    }
    kept.truncate(kept.trim_end_matches(['\u{200C}', '\u{200D}']).len());
    kept.into()
}

/// Whether [`strip_controls`] leaves it wherever it stands.
fn is_seen(c: char) -> bool {
    let sometimes = matches!(c, '\u{200C}' | '\u{200D}' | '\u{2028}' | '\u{2029}');
    c == '\n' || !(sometimes || c.is_control() || is_hidden(c))
}

fn ends_visibly(text: &str) -> bool {
    text.chars()
        .next_back()
        .is_some_and(|last| !last.is_whitespace() && last != '\u{200C}' && last != '\u{200D}')
}

/// Bidi controls, zero-width marks (the joiners apart) and the deprecated format controls.
pub(super) fn is_hidden(c: char) -> bool {
    is_bidi_control(c)
        || matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}')
}

/// The characters that Unicode's bidirectional algorithm takes as commands.
pub(super) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_taken_out() {
        for (given, wanted) in [
            ("user\u{202E}gpj.exe", "usergpj.exe"),
            ("\u{200E}a\u{200F}b\u{61C}", "ab"),
            ("\u{2066}a\u{2069}\u{2067}b\u{2068}", "ab"),
            ("a\u{0}b\u{1B}[31mc\u{7F}\u{9F}", "ab[31mc"),
            ("a\r\nb\rc\td\u{2028}e", "a\nb\nc d\ne"),
            ("a\u{200B}b\u{FEFF}c\u{2060}d\u{AD}e", "abcde"),
            ("\u{200D}a\u{200D}\u{200D}\u{200C} \u{200C}b\u{200D}", "a\u{200D} b"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("👨\u{200D}👩\u{200D}👧", "👨\u{200D}👩\u{200D}👧"),
            ("فاطمة بنت أحمد", "فاطمة بنت أحمد"),
        ] {
            assert_eq!(strip_controls(given), wanted, "{given:?}");
        }
    }

    #[test]
    fn a_line_of_values_only_runs_from_the_right() {
        for (given, wanted) in [
            (
                "\u{2068}١\u{2069}. \u{2068}المدينة\u{2069}",
                "\u{200F}\u{2068}١\u{2069}. \u{2068}المدينة\u{2069}",
            ),
            ("طلبك \u{2068}W-1\u{2069}", "طلبك \u{2068}W-1\u{2069}"),
            ("شكرًا\n\u{2068}a\u{2069}", "شكرًا\n\u{200F}\u{2068}a\u{2069}"),
            ("English only\n12", "English only\n12"),
        ] {
            assert_eq!(anchored(given.to_owned()), wanted, "{given:?}");
        }
    }

    #[test]
    fn stripping_undoes_isolation() {
        assert_eq!(strip_controls(&isolate("W-1234")), "W-1234");
        assert_ne!(isolate("W-1234"), "W-1234");
    }

    proptest::proptest! {
        #[test]
        fn stripping_twice_changes_nothing_more(text in "\\PC*|[\\x00-\\x7f\u{200C}\u{200D}\u{202E}ab ]*") {
            let once = strip_controls(&text);
            proptest::prop_assert_eq!(&strip_controls(&once), &once);
        }
    }
}
