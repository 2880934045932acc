//! The new words of a reply: without what it quotes, the line above the quotation, the block of headers that Outlook
//! writes instead, and signatures.
//!
//! | what stands there | what is taken away |
//! |---|---|
//! | a line above a quotation (`On … wrote:`), also wrapped, with `>` lines below | it and the `>` lines; what is written between and below them stays |
//! | the same without `>` lines | it and all below |
//! | two or more header labels (`From:`, `Sent:` …) with an address or a subject | they and all below |
//! | `----- Original Message -----` in a known language | it and all below |
//! | [`marker`] | it and all below |
//! | `---- Forwarded message ----` | nothing: what is passed on is what the person says |
//! | `-- ` (RFC 3676, 4.3), a line of underscores at the end, a telephone's own line, a closing formula with a name | it, and what is below: given back as the signature |
//!
//! Phrases are in `clients.txt`, by meaning and not by language: a person's client speaks another language than the
//! person. Where in doubt, words stay: an answer that is lost is worse than a greeting too much.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{Means, begins, contains, fold, is_bidi};

/// The most lines that a line above a quotation is wrapped to.
const WRAPPED: usize = 4;
/// The longest line above a quotation, in bytes: names in other scripts are long.
const ATTRIBUTION: usize = 700;
/// The most lines read of a reply, the rest is not a person's.
const LINES: usize = 5_000;

/// What a person wrote, parted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// The new words, trimmed; empty when there are none.
    pub text: String,
    /// What stood below as a signature; an answer may have strayed there.
    pub signature: Option<String>,
    /// Whether something was quoted.
    pub quoted: bool,
}

/// The line in a mail of ours below which nothing is read: `words` in the reader's language between two marks that no
/// person types.
pub fn marker(words: &str) -> String {
    format!("##- {words} -##")
}

/// Parts the text of a mail. Linear in its length.
pub fn part(text: &str) -> Reply {
    let lines: Vec<Line> = text.lines().take(LINES).map(Line::of).collect();
    let (kept, quoted) = without_quotes(&lines);
    let (body, signature) = without_signature(&kept);
    Reply { text: joined(&body), signature: Some(joined(&signature)).filter(|s| !s.is_empty()), quoted }
}

/// A line, and the same folded.
struct Line<'a> {
    raw: &'a str,
    folded: String,
}

impl<'a> Line<'a> {
    fn of(raw: &'a str) -> Self {
        // Phrases stand at the beginning: nothing of a line of a megabyte is folded but that.
        let end = raw.char_indices().nth(ATTRIBUTION).map_or(raw.len(), |(at, _)| at);
        Line { raw, folded: fold(&raw[..end]) }
    }
    fn is_blank(&self) -> bool {
        self.folded.is_empty()
    }
    fn is_quote(&self) -> bool {
        self.folded.starts_with('>')
    }
    /// Only dashes, underscores, equal signs.
    fn is_rule(&self) -> bool {
        self.folded.len() > 1 && self.folded.chars().all(|c| matches!(c, '-' | '_' | '=' | '\u{2014}' | ' '))
    }
}

/// What the lines from some line on are.
enum Found {
    /// The end of what is new.
    Cut,
    /// A line above a quotation, of so many lines.
    Above(usize),
    /// What is passed on.
    Forwarded,
    /// The person's words, as far as can be seen.
    Words,
}

fn without_quotes<'l, 'a>(lines: &'l [Line<'a>]) -> (Vec<&'l Line<'a>>, bool) {
    static BLANK: LazyLock<Line<'static>> = LazyLock::new(|| Line::of(""));
    let (mut kept, mut quoted, mut at) = (Vec::new(), false, 0);
    while let Some(line) = lines.get(at) {
        if line.is_quote() {
            quoted = true;
            kept.push(&*BLANK);
            at += 1;
            continue;
        }
        match found(lines, at) {
            Found::Words => kept.push(line),
            Found::Above(count) => {
                quoted = true;
                at += count;
                continue;
            }
            Found::Cut => return (kept, true),
            Found::Forwarded => {
                kept.extend(&lines[at..]);
                return (kept, quoted);
            }
        }
        at += 1;
    }
    (kept, quoted)
}

fn found(lines: &[Line], at: usize) -> Found {
    let folded = &lines[at].folded;
    if folded.is_empty() {
        return Found::Words;
    }
    if folded.starts_with("##-") && folded.ends_with("-##") {
        return Found::Cut;
    }
    let dashed = folded.trim_matches(|c: char| "-_=>: ".contains(c));
    let between = dashed.len() + 4 <= folded.len() || folded.ends_with(':');
    if between && begins(dashed, Means::Forwarded).is_some_and(|phrase| phrase.len() == dashed.len()) {
        return Found::Forwarded;
    }
    if between && begins(dashed, Means::Original).is_some_and(|phrase| phrase.len() == dashed.len()) {
        return Found::Cut;
    }
    if is_header_block(&lines[at..]) {
        return Found::Cut;
    }
    match attribution(&lines[at..]) {
        Some(count) => {
            let below = lines[at + count..].iter().find(|line| !line.is_blank());
            if below.is_some_and(Line::is_quote) { Found::Above(count) } else { Found::Cut }
        }
        None => Found::Words,
    }
}

/// What a header label of a block means. `From: Cairo` above `To: Amman` is an answer and no block: that takes an
/// address, or a subject as the third.
fn is_header_block(lines: &[Line]) -> bool {
    const LABELS: [Means; 5] = [Means::From, Means::Sent, Means::To, Means::Cc, Means::Subject];
    let label = |line: &Line| {
        LABELS.into_iter().find(|means| {
            begins(&line.folded, *means)
                .is_some_and(|label| line.folded[label.len()..].trim_start().starts_with(':'))
        })
    };
    if !lines.first().and_then(label).is_some_and(|means| matches!(means, Means::From | Means::Sent)) {
        return false;
    }
    let (mut seen, mut address, mut others) = (Vec::new(), false, 0);
    for line in lines.iter().take(12).take_while(|line| !line.is_blank()) {
        match label(line) {
            Some(means) if !seen.contains(&means) => seen.push(means),
            Some(_) => {}
            None => others += 1,
        }
        if others > 2 {
            break;
        }
        address |= line.folded.contains('@');
    }
    let subject = seen.contains(&Means::Subject);
    seen.len() >= 2 && (address || (subject && seen.len() >= 3))
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[^\s<>@:;]+@[^\s<>@]+"));
static ADDRESS_LAST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[^\s<>@:;]+@[^\s<>@]+(>|&gt;|\]|\))+\s*:$"));
static CLOCK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b\d{1,2}[:.]\d{2}\b"));
static DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(19|20)\d\d\b|\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b"));
/// A date within the first words: `pe 20. lokakuuta`, `30.09.2017`.
static EARLY: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\p{L}{1,10}[.,]? ){0,2}\d"));

fn pattern(written: &str) -> Regex {
    Regex::new(written).expect("a pattern of ours")
}

/// Over how many lines a line above a quotation goes that begins here.
fn attribution(lines: &[Line]) -> Option<usize> {
    let first = lines.first()?.folded.trim_start_matches(['-', ' ']);
    let lead = begins(first, Means::Lead).is_some();
    if !lead && !EARLY.is_match(first) {
        return None;
    }
    let mut whole = String::new();
    for (n, line) in lines.iter().take(WRAPPED).enumerate() {
        if line.is_blank() || line.is_quote() || whole.len() > ATTRIBUTION {
            return None;
        }
        if n > 0 {
            whole.push(' ');
        }
        whole.push_str(line.folded.trim_matches(|c: char| c == '-' || c == ' '));
        let quote_below = lines[n + 1..].iter().find(|line| !line.is_blank()).is_some_and(Line::is_quote);
        if is_attribution(&whole, lead, quote_below) {
            return Some(n + 1);
        }
    }
    None
}

/// Whether a joined line stands above a quotation. That somebody wrote is not enough, a person says so too: there must
/// be an address, or a date that ends in the verb, has the time of day or has a quotation below.
fn is_attribution(whole: &str, lead: bool, quote_below: bool) -> bool {
    let colon = whole.ends_with(':');
    let wrote = contains(whole, Means::Wrote);
    let last = wrote.is_some_and(|end| whole[end..].trim_matches([':', ' ']).is_empty());
    let (date, clock) = (DATE.is_match(whole), CLOCK.is_match(whole));
    let address = ADDRESS.is_match(whole);
    if colon && date && clock && ADDRESS_LAST.is_match(whole) {
        return true;
    }
    let ended = colon || (last && address);
    ended
        && wrote.is_some()
        && (lead || address)
        && (date || clock || whole.contains(char::is_numeric))
        && (address || (date && (last || clock || quote_below)))
}

/// The longest signature, in lines that are not blank.
const SIGNATURE: usize = 12;

type Parted<'l, 'a> = (Vec<&'l Line<'a>>, Vec<&'l Line<'a>>);

fn without_signature<'l, 'a>(kept: &[&'l Line<'a>]) -> Parted<'l, 'a> {
    if kept.iter().any(|line| is_forward(line)) {
        return (kept.to_vec(), Vec::new());
    }
    let end = kept.iter().rposition(|line| !line.is_blank() && !line.is_rule()).map_or(0, |at| at + 1);
    let kept = &kept[..end];
    // From the bottom up, counting what is below.
    let (mut below, mut cut) = (Vec::<&Line>::new(), kept.len());
    for (at, line) in kept.iter().enumerate().rev() {
        if line.is_blank() {
            continue;
        }
        let above = kept[..at].iter().any(|line| !line.is_blank());
        if ends_here(line, &below, above) {
            cut = at;
        }
        if below.len() > SIGNATURE {
            break;
        }
        below.push(line);
    }
    let (body, mut signature): (Vec<_>, Vec<_>) = (kept[..cut].to_vec(), kept[cut..].to_vec());
    let (device, body) = body.into_iter().partition::<Vec<_>, _>(|line| is_device(line, Means::Device));
    signature.extend(device);
    (body, signature)
}

fn is_forward(line: &Line) -> bool {
    let dashed = line.folded.trim_matches(|c: char| "-_=>: ".contains(c));
    dashed.len() < line.folded.len() && begins(dashed, Means::Forwarded) == Some(dashed)
}

/// Whether a signature begins with `line`, when `below` stands under it.
fn ends_here(line: &Line, below: &[&Line], above: bool) -> bool {
    let folded = line.folded.as_str();
    let marks = |mark: char| folded.len() >= 2 && folded.chars().all(|c| c == mark);
    if folded == "--" || folded == "\u{2014}" {
        return below.len() <= SIGNATURE;
    }
    if marks('_') {
        return above && below.len() <= SIGNATURE / 2;
    }
    if below.is_empty() && above && is_device(line, Means::DeviceLast) {
        return true;
    }
    let formula = folded.trim_end_matches([',', '.', '!', '\u{060C}', ' ']);
    // A number under a greeting is more likely an answer than a title.
    above
        && below.len() <= 5
        && begins(formula, Means::Regards) == Some(formula)
        && below.iter().all(|line| {
            line.folded.chars().count() <= 60
                && !line.folded.contains(|c: char| c.is_ascii_digit() || c == '?')
        })
}

/// Whether a program wrote this line: short, and no sentence.
fn is_device(line: &Line, means: Means) -> bool {
    let words = line.folded.split('<').next().unwrap_or_default().trim();
    words.split(' ').count() <= 9
        && begins(words, means).is_some()
        && !words.contains(['.', ',', ';', '!', '?', '\u{060C}', '\u{061F}'])
}

/// The lines without marks of direction that stand alone, without blank ones at the ends, never two in a row between
/// paragraphs where something was taken out.
fn joined(lines: &[&Line]) -> String {
    let mut text = String::new();
    let mut blanks = 0;
    for line in lines {
        if line.is_blank() {
            blanks += 1;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if blanks == 0 { "\n" } else { "\n\n" });
        }
        blanks = 0;
        text.push_str(line.raw.trim_end());
    }
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_bidi(c));
    trimmed.to_owned()
}

#[cfg(test)]
mod tests;
