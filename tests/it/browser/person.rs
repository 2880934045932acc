//! What somebody does and sees at a page: `browser.taps("…")`, `browser.hears("…")`.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};
use thirtyfour::extensions::query::ElementQueryable;
use thirtyfour::{By, Key, TypingData, WebElement};

use super::super::harness::wanted;
use super::chromium::{Browser, GLANCE, PATIENCE, Screen};

/// Where the programs of the page's tests lie: the accessibility checker of Deque.
const AXE: &str = "TEST_AXE";

/// Runs the checker over everything that can be seen, and names each fault in a line.
const CHECK: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(
        (found) => done(found.violations.flatMap((fault) => fault.nodes.map((node) =>
            [fault.impact, fault.id, node.target.join(' '), node.failureSummary].join(' | ')))),
        (error) => done([String(error)]));";

impl Browser {
    pub async fn goes(&self, path: &str) {
        self.page.goto(format!("{}{path}", self.url)).await.unwrap();
    }

    /// The one element there, as soon as it can be seen.
    pub async fn sees(&self, css: &str) -> WebElement {
        let query = self.page.query(By::Css(css)).wait(PATIENCE, GLANCE).and_displayed();
        query.first().await.unwrap_or_else(|_| panic!("{css} is not on the page"))
    }

    /// Presses the button or link with these words, as soon as there is one.
    pub async fn taps(&self, words: &str) {
        let path = format!("//*[self::button or self::a][normalize-space()=\"{words}\"]");
        let query = self.page.query(By::XPath(path)).wait(PATIENCE, GLANCE).and_clickable();
        let Ok(button) = query.first().await else {
            panic!("no button {words:?} on the page:\n{}", self.text().await)
        };
        button.click().await.unwrap();
    }

    /// Types into the chat's field and sends it: with Enter at a desk; with the button on a phone, whose Enter begins
    /// a new line.
    pub async fn says(&self, words: &str) {
        let field = self.sees("#field").await;
        match self.screen {
            Screen::Desk => field.send_keys(TypingData::from(words) + Key::Enter).await.unwrap(),
            Screen::Phone => {
                field.send_keys(words).await.unwrap();
                self.sees("#say button").await.click().await.unwrap();
            }
        }
    }

    /// Waits until that was said in the chat.
    pub async fn hears(&self, words: &str) {
        self.finds(&format!("//*[@role='log']//*[contains(., \"{words}\")]"), words).await;
    }

    /// Waits until that stands on the page.
    pub async fn reads(&self, words: &str) {
        self.finds(&format!("//main//*[contains(., \"{words}\")]"), words).await;
    }

    async fn finds(&self, path: &str, words: &str) {
        let query = self.page.query(By::XPath(path)).wait(PATIENCE, GLANCE).and_displayed();
        if query.first().await.is_err() {
            panic!("{words:?} is not on the page:\n{}", self.text().await);
        }
    }

    /// How often that was said in the chat.
    pub async fn times(&self, words: &str) -> usize {
        let path = format!("//*[@role='log']//*[contains(@class, 'words')][contains(., \"{words}\")]");
        self.page.find_all(By::XPath(path)).await.unwrap().len()
    }

    /// Types into a field.
    pub async fn fills(&self, css: &str, words: &str) {
        self.sees(css).await.send_keys(words).await.unwrap();
    }

    /// Chooses a file of this device.
    pub async fn attaches(&self, css: &str, file: &Path) {
        // The field itself is hidden behind a button.
        let query = self.page.query(By::Css(css)).wait(PATIENCE, GLANCE);
        query.first().await.unwrap().send_keys(file.to_str().unwrap()).await.unwrap();
    }

    /// Presses a key wherever the focus is.
    pub async fn presses(&self, key: Key) {
        self.page.active_element().await.unwrap().send_keys(key).await.unwrap();
    }

    /// Goes on with Tab until the focus is on the element with these words.
    pub async fn tabs_to(&self, words: &str) {
        for _ in 0..30 {
            self.presses(Key::Tab).await;
            if self.page.active_element().await.unwrap().text().await.unwrap().trim() == words {
                return;
            }
        }
        panic!("Tab does not reach {words:?}");
    }

    pub async fn text(&self) -> String {
        self.page.find(By::Css("main")).await.unwrap().text().await.unwrap()
    }

    pub async fn path(&self) -> String {
        self.page.current_url().await.unwrap().path().to_owned()
    }

    pub async fn script(&self, script: &str) -> Value {
        self.page.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// What must hold of every page in every state: nothing is wider than the screen, nobody is shut out, nothing
    /// failed; and a picture of it is kept beside the test's programs.
    pub async fn is_good(&self, state: &str) {
        let width = self.script("return document.documentElement.scrollWidth").await;
        assert!(width.as_u64().unwrap() <= self.screen.width(), "{state} is {width} wide");
        self.page.screenshot(&pictures("target").join(format!("{state}.png"))).await.unwrap();
        self.is_open_to_everybody(state).await;
        for entry in self.page.browser_log().await.unwrap() {
            assert_ne!(entry.level, "SEVERE", "{state}: {}", entry.message);
        }
    }

    /// No fault that the accessibility checker knows.
    async fn is_open_to_everybody(&self, state: &str) {
        let Some(axe) = axe() else { return };
        let check = async {
            if self.script("return typeof axe").await == json!("undefined") {
                self.page.execute(axe, Vec::new()).await.unwrap();
            }
            self.page.execute_async(CHECK, Vec::new()).await.unwrap()
        };
        let faults: Vec<String> = self.examines(check).await.convert().unwrap();
        assert!(faults.is_empty(), "{state} shuts people out:\n{}", faults.join("\n"));
    }

    /// A picture for the documentation, made anew where it is asked for.
    pub async fn is_pictured(&self, name: &str) {
        if wanted("TEST_PICTURES") {
            self.page.screenshot(&pictures("docs").join(format!("{name}.png"))).await.unwrap();
        }
    }
}

fn pictures(of: &str) -> PathBuf {
    let folder = match of {
        "docs" => Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures"),
        _ => Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages"),
    };
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The checker's source, where the environment names it; else a line says that nobody looks.
#[allow(clippy::disallowed_methods)] // a test's own switches are no settings
fn axe() -> Option<&'static str> {
    static SOURCE: OnceLock<Option<String>> = OnceLock::new();
    let source = SOURCE.get_or_init(|| {
        let Some(path) = std::env::var_os(AXE) else {
            eprintln!("left out: whether the pages are open to everybody; set {AXE} to the path of axe.min.js, or use tests/run.sh");
            return None;
        };
        Some(std::fs::read_to_string(path).expect("the accessibility checker"))
    });
    source.as_deref()
}
