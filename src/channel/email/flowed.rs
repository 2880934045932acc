//! `format=flowed` (RFC 3676): lines that a client broke for width are joined again.

/// Joins flowed lines. With `delsp` the space at the break was added with it.
///
/// A line flows on when it ends in a space, is no signature mark, and the next has as many `>`.
pub fn unfold(text: &str, delsp: bool) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let rest = &line[depth..];
        // Space-stuffing, 4.4.
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let signature = rest == "-- ";
        let joins = open == Some(depth) && !signature;
        if !joins {
            if open.is_some() || !whole.is_empty() {
                whole.push('\n');
            }
            whole.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                whole.push(' ');
            }
        }
        let flows = rest.ends_with(' ') && !signature;
        whole.push_str(if flows && delsp { &rest[..rest.len() - 1] } else { rest });
        open = flows.then_some(depth);
        if whole.is_empty() && !flows {
            // An empty first line: the next begins below it.
            whole.push('\n');
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::unfold;

    #[test]
    fn lines_flow() {
        assert_eq!(unfold("one \ntwo \nthree\nfour", false), "one two three\nfour");
        assert_eq!(unfold("مر \nحبا", true), "مرحبا");
    }

    #[test]
    fn quotations_flow_apart() {
        assert_eq!(unfold("> a \n> b\n>> c \nd", false), "> a b\n>> c \nd");
    }

    #[test]
    fn a_signature_mark_flows_neither_way() {
        assert_eq!(unfold("x \n-- \nname", false), "x \n-- \nname");
    }

    #[test]
    fn stuffing_is_taken_out() {
        assert_eq!(unfold(" >no quote\n From here", false), ">no quote\nFrom here");
        assert_eq!(unfold("a\n\nb", false), "a\n\nb");
    }
}
