//! HTML to text, without what the client marked as quoted. Linear: tokens only, no tree, which hostile nesting would
//! make quadratic.
//!
//! | client | mark | what goes |
//! |---|---|---|
//! | Gmail | `.gmail_quote`, `.gmail_attr` | the element |
//! | Apple, Thunderbird | `blockquote[type=cite]`, `.moz-cite-prefix` | the element |
//! | Yahoo, Proton | `.yahoo_quoted`, `.protonmail_quote` | the element |
//! | new Outlook | `#mail-editor-reference-message-container` | the element |
//! | Outlook | `#appendonsend`, `#divRplyFwdMsg`, `.OutlookMessageHeader`, the border above the headers (`E1E1E1`, `B5C4DF`) | all that follows |
//!
//! Any other `blockquote` is written with `> `, as in a plain text. What is hidden, and what is no text, goes.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// The most bytes read of one body.
pub const LIMIT: usize = 1_000_000;
/// How far an end tag looks for its start.
const OPEN: usize = 256;

/// A body, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Its words.
    pub text: String,
    /// The images (`cid:`) of what was not quoted.
    pub shown: Vec<String>,
    /// The images of what was.
    pub quoted: Vec<String>,
    /// Whether something was left out as quoted.
    pub cut: bool,
}

/// Reads a body.
pub fn read(html: &str) -> Page {
    let end = (0..=LIMIT.min(html.len())).rev().find(|at| html.is_char_boundary(*at)).unwrap_or(0);
    let mut emitter = DefaultEmitter::default();
    // `<style>`, `<script>`, `<title>` and their like hold no tags.
    emitter.naively_switch_states(true);
    let mut walk = Walk::default();
    for Ok(token) in Tokenizer::new_with_emitter(&html[..end], emitter) {
        match token {
            Token::StartTag(tag) => walk.start(&tag),
            Token::EndTag(tag) => walk.end(&tag.name),
            Token::String(text) if walk.dropped.is_none() => {
                walk.words(&String::from_utf8_lossy(&text.value))
            }
            _ => {}
        }
    }
    walk.page.text = walk.page.text.trim().to_owned();
    walk.page
}

/// Elements without an end.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Elements whose content is no words.
const WORDLESS: &[&str] =
    &["head", "style", "script", "title", "template", "svg", "math", "object", "select", "map"];
/// Elements that begin a line, and those around which a line is left.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "blockquote",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
    "form",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];
const PARAGRAPHS: &[&str] = &["p", "h1", "h2", "h3", "h4", "h5", "h6"];

/// What marks a quotation, and how much of it goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Element,
    Rest,
}
const CLASSES: &[(&str, Reach)] = &[
    ("gmail_quote", Reach::Element),
    ("gmail_attr", Reach::Element),
    ("gmail_extra_quote", Reach::Element),
    ("moz-cite-prefix", Reach::Element),
    ("yahoo_quoted", Reach::Element),
    ("protonmail_quote", Reach::Element),
    ("zmail_extra", Reach::Element),
    ("OutlookMessageHeader", Reach::Rest),
];
const IDS: &[(&str, Reach)] = &[
    ("mail-editor-reference-message-container", Reach::Element),
    ("appendonsend", Reach::Rest),
    ("divRplyFwdMsg", Reach::Rest),
];
const BORDERS: &[&str] = &["#e1e1e1", "#b5c4df"];

struct Open {
    name: Box<str>,
    /// Whether it is a quotation that is written with `> `.
    quotes: bool,
    /// How many line breaks there are at least around it.
    breaks: usize,
}

#[derive(Default)]
struct Walk {
    page: Page,
    /// What is open.
    open: Vec<Open>,
    /// How many were open around what is being left out; `Some(0)`: it never ends.
    dropped: Option<usize>,
    /// Whether what is left out is quoted.
    quote: bool,
    /// How many `> ` a line begins with.
    depth: usize,
    /// A space is due before the next word.
    space: bool,
    /// Where the link goes that is open, and where its words began.
    link: Option<(String, usize)>,
}

impl Walk {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        let void = VOID.contains(&name.as_str());
        if name == "img" {
            self.image(tag);
        }
        if self.dropped.is_none() {
            match leaves(&name, tag) {
                Some((reach, quote)) => {
                    self.block(1);
                    self.quote = quote;
                    self.page.cut |= quote;
                    // A void element has no content to leave out.
                    self.dropped = match reach {
                        Reach::Rest => Some(0),
                        Reach::Element if void => None,
                        Reach::Element => Some(self.open.len() + 1),
                    };
                }
                None => self.begin(&name, tag),
            }
        }
        if !void {
            let quotes = self.dropped.is_none() && name == "blockquote";
            self.depth += usize::from(quotes);
            let breaks = breaks(&name, tag);
            self.open.push(Open { name: name.into(), quotes, breaks });
        }
    }

    fn begin(&mut self, name: &str, tag: &StartTag<()>) {
        match name {
            "br" => self.newline(),
            "td" | "th" => self.space = true,
            "a" => {
                let to = attribute(tag, "href").filter(|to| to.starts_with("http"));
                self.link = to.map(|to| (to, self.page.text.len()));
            }
            _ => self.block(breaks(name, tag)),
        }
        if name == "li" {
            self.words("- ");
        }
    }

    fn end(&mut self, name: &[u8]) {
        let name = String::from_utf8_lossy(name);
        let Some(at) = self.open.iter().rev().take(OPEN).position(|open| *open.name == *name) else {
            return;
        };
        let left = self.open.len() - at - 1;
        let around = self.open.get(left).map_or(0, |open| open.breaks);
        for open in self.open.drain(left..) {
            self.depth -= usize::from(open.quotes);
        }
        match self.dropped {
            Some(inside) if inside > left => {
                self.dropped = None;
                self.space = false;
            }
            Some(_) => {}
            None if name == "a" => self.end_of_link(),
            None => self.block(around),
        }
    }

    /// Where a link goes is said where its words do not say it.
    fn end_of_link(&mut self) {
        let Some((to, from)) = self.link.take() else { return };
        let said = self.page.text.get(from..).unwrap_or_default().trim();
        if !said.is_empty() && !said.contains('@') && !to.contains(said) && to.len() <= 500 {
            self.words(&format!(" <{to}>"));
        }
    }

    fn image(&mut self, tag: &StartTag<()>) {
        let source = attribute(tag, "src").unwrap_or_default();
        let Some(id) = source.strip_prefix("cid:") else { return };
        let quoted = self.dropped.is_some() && self.quote;
        let images = if quoted { &mut self.page.quoted } else { &mut self.page.shown };
        if images.len() < 200 {
            images.push(id.to_owned());
        }
    }

    fn words(&mut self, text: &str) {
        let preformatted = self.open.iter().rev().take(8).any(|open| &*open.name == "pre");
        for c in text.chars() {
            match c {
                '\n' if preformatted => self.newline(),
                c if c.is_whitespace() && !preformatted => self.space = true,
                c => {
                    if self.page.text.is_empty() || self.page.text.ends_with('\n') {
                        for _ in 0..self.depth.min(3) {
                            self.page.text.push_str("> ");
                        }
                    } else if self.space {
                        self.page.text.push(' ');
                    }
                    self.space = false;
                    self.page.text.push(c);
                }
            }
        }
    }

    fn newline(&mut self) {
        self.space = false;
        if !self.page.text.is_empty() {
            self.page.text.push('\n');
        }
    }

    /// At least so many line breaks.
    fn block(&mut self, breaks: usize) {
        self.space &= breaks == 0;
        let there = self.page.text.bytes().rev().take_while(|b| *b == b'\n').take(breaks).count();
        if !self.page.text.is_empty() {
            (there..breaks).for_each(|_| self.page.text.push('\n'));
        }
    }
}

fn breaks(name: &str, tag: &StartTag<()>) -> usize {
    // Word's paragraphs have no margin.
    let tight = || attribute(tag, "class").is_some_and(|class| class.starts_with("Mso"));
    match name {
        _ if PARAGRAPHS.contains(&name) => 2 - usize::from(tight()),
        _ => usize::from(BLOCKS.contains(&name)),
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let found = tag.attributes.iter().find(|(key, _)| key.as_slice() == name.as_bytes());
    found.map(|(_, value)| String::from_utf8_lossy(&value.value).into_owned())
}

/// Whether an element is left out, how far, and whether as quoted.
fn leaves(name: &str, tag: &StartTag<()>) -> Option<(Reach, bool)> {
    // Outlook on the web puts `x_` before the names in what it was sent.
    let own = |name: &str| name.trim_start_matches("x_").to_owned();
    let style = attribute(tag, "style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    if WORDLESS.contains(&name) || attribute(tag, "hidden").is_some() || style.contains("display:none") {
        return Some((Reach::Element, false));
    }
    if name == "blockquote" && attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite")) {
        return Some((Reach::Element, true));
    }
    if style.contains("border-top:solid") && BORDERS.iter().any(|colour| style.contains(colour)) {
        return Some((Reach::Rest, true));
    }
    let id = own(&attribute(tag, "id").unwrap_or_default());
    let classes = attribute(tag, "class").unwrap_or_default();
    let by_id = IDS.iter().find(|(known, _)| *known == id);
    let by_class = classes
        .split_ascii_whitespace()
        .find_map(|class| CLASSES.iter().find(|(known, _)| *known == own(class)));
    by_id.or(by_class).map(|(_, reach)| (*reach, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        read(html).text
    }

    #[test]
    fn lines_are_those_of_the_page() {
        assert_eq!(text("<div>a</div><div><br></div><div>b</div>"), "a\n\nb");
        assert_eq!(text("<p>a\n c<p>b</p>"), "a c\n\nb");
        assert_eq!(text("<p class=MsoNormal>a</p><p class='MsoNormal'>b</p>"), "a\nb");
        assert_eq!(text("<ul><li>x<li>y</ul>z"), "- x\n- y\nz");
        assert_eq!(text("<table><tr><td>1<td>2</tr><tr><td>3</table>"), "1 2\n3");
        assert_eq!(text("<pre>a\n  b</pre>"), "a\n  b");
        assert_eq!(text("نعم&nbsp;&amp; لا"), "نعم & لا");
    }

    #[test]
    fn what_is_no_text_goes() {
        assert_eq!(text("<head><title>t</title></head><style>p{}</style><script>'<p>x'</script>a"), "a");
        assert_eq!(text("a<span style='display: none'>secret</span>b<i hidden>x</i>"), "a\nb");
    }

    #[test]
    fn a_link_is_said_where_its_words_do_not() {
        assert_eq!(text("<a href='https://x.example/1'>here</a>"), "here <https://x.example/1>");
        assert_eq!(text("<a href='https://x.example/1'>x.example</a>"), "x.example");
    }

    #[test]
    fn every_mark_of_a_quotation_is_known() {
        for quoted in [
            "<div class='gmail_quote gmail_quote_container'>old<div>x</div></div>new",
            "<div class=gmail_attr>old</div><blockquote type=CITE><p>old</blockquote>new",
            "<div class='moz-cite-prefix'>old</div>new",
            "<div id='ydp1yahoo_quoted_2' class='x_yahoo_quoted'>old</div>new",
            "<div class=protonmail_quote>old</div>new",
            "<div id=mail-editor-reference-message-container>old</div>new",
        ] {
            let page = read(&format!("<div>first<br>{quoted}</div>"));
            assert_eq!((page.text.as_str(), page.cut), ("first\nnew", true), "{quoted}");
        }
        for rest in [
            "<div id=appendonsend></div><hr>",
            "<div id=x_divRplyFwdMsg>",
            "<div class=OutlookMessageHeader>",
            "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0 0 0'>",
            "<div style='border:none;border-top: solid #B5C4DF 1.0pt'>",
        ] {
            let page = read(&format!("<div>first</div>{rest}From: x</div><div>old</div>"));
            assert_eq!((page.text.as_str(), page.cut), ("first", true), "{rest}");
        }
    }

    #[test]
    fn another_blockquote_is_written_as_in_plain_text() {
        assert_eq!(text("a<blockquote>old<br>older</blockquote>b"), "a\n> old\n> older\nb");
    }

    #[test]
    fn images_are_told_apart() {
        let page = read(
            "<img src='cid:a@x'><div class=gmail_quote><img src=\"cid:b@x\"></div><img src=https://t.example>",
        );
        assert_eq!((page.shown, page.quoted), (vec!["a@x".to_owned()], vec!["b@x".to_owned()]));
    }

    #[test]
    fn hostile_nesting_takes_no_time() {
        for piece in [
            "<div>",
            "<blockquote>",
            "<p>",
            "<a href=http://a>",
            "<table><td>",
            "</div>",
            "<b></i>",
            "<pre>\n",
        ] {
            let page = read(&piece.repeat(LIMIT / piece.len()));
            assert!(page.text.len() <= LIMIT, "{piece}");
        }
    }
}
