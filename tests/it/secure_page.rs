//! Our own page for what is not asked in a chat, as a browser without scripts has it.

use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, StatusCode};

use super::harness::{PIXEL, plain};

/// Where a link to the page begins, behind the address of the program.
pub const PATH: &str = "/secure/";

/// The link to the page in what the bot said, if there is one.
pub fn link_in(text: &str) -> Option<String> {
    let text = plain(text);
    let link = text.split_whitespace().find(|word| word.contains(PATH))?;
    Some(link.trim_matches(|c: char| matches!(c, '\u{200f}' | '\u{2066}'..='\u{2069}')).to_owned())
}

/// The text with every link of the page made the same: no two are alike.
pub fn unlinked(text: &str) -> String {
    without_tokens(text, PATH)
}

/// The text with what follows each `path` made the same.
pub fn without_tokens(text: &str, path: &str) -> String {
    let mut pieces = text.split(path);
    let mut all = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let token = piece.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
        all.extend([path, "…", token.map_or("", |end| &piece[end..])]);
    }
    all
}

/// Somebody at the page.
pub struct Page {
    client: Client,
    /// Where it is now.
    pub url: String,
    pub status: StatusCode,
    pub text: String,
}

impl Page {
    /// Follows the link.
    pub async fn opens(link: &str) -> Page {
        let mut page =
            Page { client: Client::new(), url: link.to_owned(), status: StatusCode::OK, text: String::new() };
        page.goes(link).await;
        page
    }

    pub async fn goes(&mut self, url: &str) {
        self.does(self.client.get(url)).await;
    }

    /// What a browser does with the answer: it follows where that leads.
    async fn does(&mut self, request: RequestBuilder) {
        let answer = request.send().await.unwrap();
        for (name, value) in [("cache-control", "no-store"), ("referrer-policy", "same-origin")] {
            assert_eq!(answer.headers()[name], value);
        }
        self.url = answer.url().to_string();
        self.status = answer.status();
        self.text = answer.text().await.unwrap();
    }

    /// The address of the form that has this field.
    fn action(&self, field: &str) -> String {
        let form = self.text.split("<form ").skip(1).find(|form| form.contains(field));
        let form = form.unwrap_or_else(|| panic!("no form with {field} on:\n{}", self.text));
        let action = form.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
        let base: reqwest::Url = self.url.parse().unwrap();
        base.join(action).unwrap().to_string()
    }

    /// Types an answer and sends it.
    pub async fn says(&mut self, text: &str) {
        self.does(self.client.post(self.action("name=\"text\"")).form(&[("text", text)])).await;
    }

    /// Chooses what has this label, and sends it.
    pub async fn picks(&mut self, label: &str) {
        let before = self.text.split(&format!("<span>{label}</span>")).next().unwrap();
        let token = before.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned();
        self.does(self.client.post(self.action("name=\"choice\"")).form(&[("choice", token)])).await;
    }

    /// Chooses a file and sends it.
    pub async fn sends(&mut self, name: &str, bytes: &[u8]) {
        let file = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let form = Form::new().part("file", file);
        self.does(self.client.post(self.action("name=\"file\"")).multipart(form)).await;
    }

    /// Gives what this page asks for, and whatever it asks for next, until it says that the chat goes on.
    pub async fn answers(&mut self) {
        for _ in 0..20 {
            assert_eq!(self.status, StatusCode::OK, "{}", self.text);
            if self.text.contains("name=\"file\"") {
                self.sends("iqama.png", PIXEL).await;
            } else if self.text.contains("Until which day") {
                self.says("31/12/2027").await;
            } else {
                return self.expects("Your answer has reached us safely.");
            }
        }
        panic!("the page does not end:\n{}", self.text);
    }

    #[track_caller]
    pub fn expects(&self, words: &str) {
        assert!(self.text.contains(words), "{words:?} is not on the page ({}):\n{}", self.status, self.text);
    }
}
