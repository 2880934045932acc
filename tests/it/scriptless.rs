//! The chat without JavaScript: pages and forms, from the first button to the page of the request, and back after weeks.

use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use wasl::case::Role;

use super::harness::{Bot, PIXEL};

/// A browser that runs no script: what it sees, and the cookie it keeps.
struct Browser<'a> {
    bot: &'a Bot,
    client: Client,
    cookie: String,
    page: String,
}

impl<'a> Browser<'a> {
    async fn opens(bot: &'a Bot) -> Browser<'a> {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let mut browser = Browser { bot, client, cookie: String::new(), page: String::new() };
        browser.goes("/chat?lang=en").await;
        browser.submits("/chat/start", &[]).await;
        browser
    }

    /// Sends a request; a cookie that is set must be the one that lasts.
    async fn does(&mut self, request: RequestBuilder) -> StatusCode {
        let answer = request.header("cookie", format!("wasl-lang=en; {}", self.cookie)).send().await.unwrap();
        let set =
            answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned());
        if let Some(set) = set.into_iter().find(|set| set.starts_with("wasl-chat=")) {
            self.cookie = set.split(';').next().unwrap().to_owned();
            assert!(set.contains("Max-Age=34560000") || set.contains("Max-Age=0"), "{set}");
        }
        let status = answer.status();
        self.page = answer.text().await.unwrap();
        status
    }

    async fn goes(&mut self, path: &str) {
        let request = self.client.get(format!("{}{path}", self.bot.url));
        assert_eq!(self.does(request).await, StatusCode::OK, "{path}");
    }

    /// Where a form leads: the page after it.
    async fn after(&mut self, request: RequestBuilder) {
        let status = self.does(request).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{}", self.page);
        self.bot.settle().await;
        self.goes("/chat?lang=en").await;
    }

    async fn submits(&mut self, path: &str, fields: &[(&str, &str)]) {
        let request = self.client.post(format!("{}{path}", self.bot.url)).form(fields);
        self.after(request).await;
    }

    fn id(&self) -> String {
        let at = self.page.find("name=\"id\" value=\"").expect("a form") + "name=\"id\" value=\"".len();
        self.page[at..].split('"').next().unwrap().to_owned()
    }

    async fn says(&mut self, text: &str) {
        let id = self.id();
        self.submits("/chat/say", &[("id", &id), ("text", text)]).await;
    }

    async fn taps(&mut self, label: &str) {
        let Some(end) = self.page.find(&format!("\">{label}</button>")) else {
            panic!("no button {label:?} on:\n{}", self.page)
        };
        let token = self.page[..end].rsplit('"').next().unwrap().to_owned();
        let id = self.id();
        self.submits("/chat/say", &[("id", &id), ("choice", &token)]).await;
    }

    fn paper(&self, name: &str, bytes: &'static [u8]) -> RequestBuilder {
        let file = Part::bytes(bytes).file_name(name.to_owned());
        let form = Form::new().text("id", self.id()).part("file", file);
        self.client.post(format!("{}/chat/upload", self.bot.url)).multipart(form)
    }

    async fn sends(&mut self, name: &str) {
        self.after(self.paper(name, PIXEL)).await;
    }

    #[track_caller]
    fn sees(&self, words: &str) {
        assert!(self.page.contains(words), "{words:?} is not on:\n{}", self.page);
    }
}

async fn hands_in(sister: &mut Browser<'_>) -> String {
    for label in ["English", "Yes, I agree", "Ask for help", "Certificate of Islam"] {
        sister.taps(label).await;
    }
    for said in
        ["I need it for my papers.", "It can wait", "Maria Cruz", "Only here in this chat", "25/12/1990"]
    {
        sister.says(said).await;
    }
    for said in ["skip", "Jeddah", "skip", "skip"] {
        sister.says(said).await;
    }
    sister.sees("Please send a photo of your iqama");
    let refused = sister.paper("notes.txt", b"only words");
    assert_eq!(sister.does(refused).await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    sister.sees("If this is difficult, write");
    sister.goes("/chat?lang=en").await;
    sister.sends("iqama.png").await;
    sister.says("1/1/2020").await;
    sister.sees("This paper is no longer valid.");
    // There is something to send it with, also where a day is asked.
    sister.sees("Send a photo or file");
    sister.sends("newer.png").await;
    sister.says("31/12/2027").await;
    sister.sees("newer.png");
    sister.taps("It is all correct").await;
    sister.says("Maria Santos Cruz").await;
    sister.sees("Its number is");
    let at = sister.page.find("<a href=\"http").expect("the link to the request is a link");
    let link = sister.page[at + "<a href=\"".len()..].split('"').next().unwrap().to_owned();
    link[link.find("/status/").unwrap()..].to_owned()
}

#[tokio::test]
async fn a_sister_without_script_asks_hears_and_comes_back_after_weeks() {
    let bot = Bot::start().await;
    let mut sister = Browser::opens(&bot).await;
    let status = hands_in(&mut sister).await;
    sister.goes(&status).await;
    sister.sees("received, being looked at");

    bot.days(31).await;
    let officer = bot.officer("amina", Role::Officer).await;
    let case = officer.case().await;
    officer.checks(&case, &[]).await;
    sister.goes("/chat?lang=en").await;
    sister.sees("Your data and papers are in order.");

    sister.goes("/chat/forget?lang=en").await;
    sister.sees("you will not see our answer here");
    sister.goes("/chat?lang=en").await;
    sister.sees("Your data and papers are in order.");
    sister.submits("/chat/forget", &[]).await;
    sister.sees("action=\"/chat/start\"");
}

#[tokio::test]
async fn the_secret_of_a_chat_is_kept_anew_whenever_it_is_looked_at() {
    let bot = Bot::start().await;
    let mut sister = Browser::opens(&bot).await;
    for path in ["/?lang=en", "/chat?lang=en"] {
        let request = sister.client.get(format!("{}{path}", bot.url)).header("cookie", &sister.cookie);
        let answer = request.send().await.unwrap();
        let set = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        assert!(
            set.into_iter().any(|set| set.starts_with(&sister.cookie) && set.contains("Max-Age=34560000")),
            "{path}"
        );
    }
    sister.taps("English").await;
    sister.sees("data-open");
}
