//! Without a mouse, in the dark, and without script.

use std::time::Instant;

use thirtyfour::Key;
use thirtyfour::extensions::query::{ElementQueryable, ElementWaitable};
use thirtyfour::{By, WebElement};

use super::super::harness::Bot;
use super::chromium::{Browser, GLANCE, PATIENCE, Screen};
use super::wanted;

impl Browser {
    /// Waits until the focus is on something else than the whole page, which is where lost focus falls to.
    async fn keeps_the_focus(&self) -> WebElement {
        let query = self.page.query(By::Css("#chat :focus")).wait(PATIENCE, GLANCE);
        query.first().await.expect("the focus stays in the chat")
    }
}

#[tokio::test]
async fn a_brother_without_a_mouse_gets_along_with_tab_and_enter() {
    if !wanted() {
        return;
    }
    let bot = Bot::start().await;
    let brother = Browser::open(&bot, Screen::Desk).await;
    brother.darkens().await;
    brother.goes("/?lang=en").await;
    brother.is_good("home-en-dark").await;
    brother.presses(Key::Tab).await;
    let first = brother.page.active_element().await.unwrap();
    assert_eq!(first.text().await.unwrap(), "Skip to the content");
    brother.tabs_to("Begin").await;
    brother.presses(Key::Enter).await;
    brother.hears("Please choose your language").await;
    let log = brother.keeps_the_focus().await;
    assert_eq!(log.attr("role").await.unwrap().as_deref(), Some("log"), "what is said is read out");
    assert_eq!(log.attr("aria-live").await.unwrap().as_deref(), Some("polite"));

    brother.tabs_to("English").await;
    brother.presses(Key::Enter).await;
    brother.hears("Do you agree?").await;
    brother.is_good("chat-en-dark").await;
    // After an answer the focus is where the next one is given.
    let next = brother.sees("#answers .choice:focus").await;
    assert_eq!(next.text().await.unwrap(), "Yes, I agree");
    brother.presses(Key::Space).await;
    brother.hears("What can we do for you?").await;
    brother.sees("#answers .choice:focus").await;
    brother.presses(Key::Enter).await;
    brother.hears("What do you need help with?").await;
    brother.sees("#answers input[type=search]:focus").await.send_keys("certif").await.unwrap();
    brother.tabs_to("Certificate of Islam").await;
    brother.presses(Key::Space).await;
    brother.hears("Tell us in your own words").await;
    brother.keeps_the_focus().await;
    brother.says("I need it for my papers.").await;
    brother.hears("How soon do you need this?").await;
    let field = brother.keeps_the_focus().await;
    assert_eq!(field.attr("id").await.unwrap().as_deref(), Some("field"), "who types goes on typing");
    brother.is_good("chat-question-dark").await;
}

#[tokio::test]
async fn a_sister_whose_browser_runs_no_script_gets_the_same_questions() {
    if !wanted() {
        return;
    }
    let bot = Bot::start().await;
    let sister = Browser::open_without_script(&bot, Screen::Phone).await;
    sister.goes("/?lang=en").await;
    sister.is_reached_without_script().await;
    sister.is_good("plain-home").await;
    sister.turns_the_page(async { sister.sees("#plain .begin button").await.click().await.unwrap() }).await;
    for (words, button, state) in [
        ("Please choose your language", "English", "plain-language"),
        ("Do you agree?", "Yes, I agree", "plain-consent"),
        ("What can we do for you?", "Ask for help", "plain-menu"),
        ("What do you need help with?", "Learn about Islam", "plain-services"),
    ] {
        sister.hears_later(words).await;
        sister.is_good(state).await;
        sister.taps_for_a_page(button).await;
    }
    sister.hears_later("Tell us in your own words").await;
    sister.is_reached_without_script().await;
    sister.is_good("plain-question").await;
    sister.fills("#plain-text", "I would like to learn how to pray.").await;
    sister.taps_for_a_page("Send").await;
    sister.hears_later("In which language do you understand best?").await;
    sister.hears("I would like to learn how to pray.").await;
    sister.is_good("plain-answered").await;
    // Whoever waits can look again and again, and each time the page is asked for anew.
    sister.taps_for_a_page("Look for new messages").await;
    sister.taps_for_a_page("Look for new messages").await;
    sister.hears("In which language do you understand best?").await;
    sister.goes("/?lang=ar").await;
    sister.is_good("plain-ar").await;
}

#[tokio::test]
async fn a_chat_that_was_begun_without_script_goes_on_when_there_is_one() {
    if !wanted() {
        return;
    }
    let bot = Bot::start().await;
    let sister = Browser::open(&bot, Screen::Phone).await;
    sister.goes("/chat?lang=ar").await;
    let begins = async { drop(sister.script("document.querySelector('#plain .begin').submit()").await) };
    sister.turns_the_page(begins).await;
    sister.hears_later_in("نرجو اختيار اللغة", "عرض الرسائل الجديدة").await;
    sister.sees("#hide").await;
    sister.taps_for_a_page("العربية").await;
    sister.hears_later_in("هل لدينا موافقتك", "عرض الرسائل الجديدة").await;
    sister.is_good("plain-stays").await;
    sister.sees("#plain .attach summary").await.click().await.unwrap();
    sister.sees("#plain-file").await;
    sister.is_good("plain-attach").await;
    sister.taps_for_a_page("نسيان المحادثة على هذا الجهاز").await;
    sister.sees(".card .main-button").await;
    sister.is_good("plain-forget").await;
    sister.taps_for_a_page("نسيان المحادثة على هذا الجهاز").await;
    // Forgotten: a new one is begun by the script.
    sister.sees("#start").await;
}

#[tokio::test]
async fn a_paper_can_be_sent_where_words_are_asked() {
    if !wanted() {
        return;
    }
    let bot = Bot::start().await;
    let sister = Browser::open(&bot, Screen::Phone).await;
    sister.goes("/chat?lang=ar").await;
    sister.taps("بدء المحادثة").await;
    sister.taps("العربية").await;
    sister.taps("نعم، أوافق").await;
    sister.taps("التحدث مع موظف").await;
    sister.hears("سيكتب إليك أحد موظفينا").await;
    sister.sees("#attach button").await;
    sister.is_good("chat-attach").await;
    let paper = sister.file("iqama.png", super::super::harness::PIXEL);
    sister.attaches("#attach input[type=file]", &paper).await;
    sister.hears("iqama.png").await;
    sister.sees("#attach button:not(:disabled)").await;
}

impl Browser {
    /// The page is the one for browsers without script.
    async fn is_reached_without_script(&self) {
        let html = self.page.find(By::Css("html")).await.unwrap();
        assert_eq!(html.class_name().await.unwrap().unwrap_or_default(), "", "no script has run");
    }

    /// Waits until what was done has led to another page: before that the old one still stands there, with buttons
    /// that go away with it.
    async fn turns_the_page(&self, deed: impl Future<Output = ()>) {
        let old = self.page.find(By::Css("html")).await.unwrap();
        deed.await;
        let gone = old.wait_until().wait(PATIENCE, GLANCE).stale().await;
        assert!(gone.is_ok(), "nothing but this page came:\n{}", self.text().await);
    }

    /// Presses the button or link with these words, and waits for the page it leads to.
    async fn taps_for_a_page(&self, words: &str) {
        self.turns_the_page(self.taps(words)).await;
    }

    /// Looks at the page anew until that was said, as a page without script asks for.
    async fn hears_later(&self, words: &str) {
        self.hears_later_in(words, "Look for new messages").await;
    }

    /// The same on a page in another language, whose link reads `look`.
    async fn hears_later_in(&self, words: &str, look: &str) {
        let path = format!("//*[@role='log']//*[contains(., \"{words}\")]");
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let query = self.page.query(By::XPath(path.clone())).nowait();
            if query.exists().await.unwrap() {
                return;
            }
            self.taps_for_a_page(look).await;
        }
        panic!("{words:?} is not on the page:\n{}", self.text().await);
    }
}
