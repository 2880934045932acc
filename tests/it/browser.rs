//! The program as people see it: a real Chromium, at the width of a cheap phone and at an officer's desk.
//!
//! Runs where `TEST_BROWSER` is set, as tests/run.sh does; `TEST_AXE` names the accessibility checker, and
//! `TEST_PICTURES` makes the pictures of docs/ anew.

mod chromium;
mod desk;
mod keyboard;
mod person;

use thirtyfour::By;
use wasl::case::Role;

use self::chromium::{Browser, Screen};
use super::harness::{self, Bot, PIXEL};
use super::secure_page::{PATH, link_in};
use super::telegram_story::House;

/// Whether to run; a scenario that does not says so.
fn wanted() -> bool {
    let wanted = harness::wanted("TEST_BROWSER");
    if !wanted {
        harness::tell("skipped: needs Chromium and chromedriver; set TEST_BROWSER=1, or use tests/run.sh");
    }
    wanted
}

/// What a sister answers in Arabic, each after the question that is named first.
const ANSWERS: &[(&str, &str)] = &[
    ("ما حاجتك؟", "أحتاج إلى شهادة إسلامي لتصحيح أوراقي."),
    ("ما مدى استعجال حاجتك؟", "يمكن الانتظار"),
    ("ما اسمك الكامل؟", "ماريا سانتوس كروز"),
    ("كيف يناسبك أن نتواصل معك؟", "هنا في المحادثة فقط"),
    ("ما تاريخ ميلادك؟", "٢٥/١٢/١٩٩٠"),
    ("ما جنسيتك؟", "تخطي"),
    ("في أي مدينة سكنك؟", "جدة"),
    ("متى كان دخولك في الإسلام؟", "تخطي"),
    ("من الأنسب للحديث معك؟", "امرأة"),
];

/// From the first page to the first question of the form.
async fn arrives_in_arabic(sister: &Browser) {
    sister.goes("/?lang=ar").await;
    assert_eq!(sister.script("return document.documentElement.dir").await, "rtl");
    sister.is_good("home-ar").await;
    sister.is_pictured("home-ar").await;
    sister.taps("بدء المحادثة").await;
    sister.hears("نرجو اختيار اللغة").await;
    sister.is_good("chat-language").await;
    sister.taps("العربية").await;
    sister.hears("هل لدينا موافقتك").await;
    sister.is_good("chat-consent").await;
    sister.taps("نعم، أوافق").await;
    sister.hears("كيف يمكننا خدمتك؟").await;
    sister.is_good("chat-menu").await;
    sister.taps("طلب مساعدة").await;
    sister.hears("في أي شيء نساعدك؟").await;
    sister.is_good("chat-services").await;
    sister.taps("شهادة دخول الإسلام").await;
}

/// From the second question to the receipt; the path of the request's page.
async fn hands_in(sister: &Browser) -> String {
    for (question, answer) in &ANSWERS[1..] {
        sister.hears(question).await;
        sister.says(answer).await;
    }
    sister.hears("نرجو إرسال صورة الإقامة").await;
    sister.sees("#answers .main-button").await;
    sister.is_good("chat-file").await;
    let paper = sister.file("iqama.png", PIXEL);
    sister.attaches("#answers input[type=file]", &paper).await;
    sister.hears("إلى أي يوم هي صالحة؟").await;
    sister.is_good("chat-date").await;
    sister.says("٣١/١٢/٢٠٢٧").await;
    sister.hears("هل كل شيء صحيح؟").await;
    sister.is_good("chat-review").await;
    sister.taps("كل شيء صحيح").await;
    sister.hears("للتوقيع نرجو كتابة الاسم الكامل").await;
    sister.is_good("chat-signature").await;
    sister.says("ماريا سانتوس كروز").await;
    sister.hears("وصلنا طلبك، ورقمه").await;
    sister.hears("٦ ديسمبر ٢٠٢٦").await;
    sister.hears("١٤٤٨").await;
    sister.is_good("chat-receipt").await;
    let link = sister.sees("#log a[href*='/status/']").await.attr("href").await.unwrap().unwrap();
    link[link.find("/status/").unwrap()..].to_owned()
}

#[tokio::test]
async fn a_sister_asks_for_help_in_arabic_on_her_phone_and_hears_of_it() {
    if !wanted() {
        return;
    }
    let bot = Bot::start().await;
    let sister = Browser::open(&bot, Screen::Phone).await;
    arrives_in_arabic(&sister).await;
    sister.hears(ANSWERS[0].0).await;
    sister.is_good("chat-question").await;
    sister.says(ANSWERS[0].1).await;
    sister.hears(ANSWERS[1].0).await;
    // The chat has a page of its own too.
    sister.goes("/chat?lang=ar").await;
    sister.hears(ANSWERS[1].0).await;
    sister.sees("#answers .choice").await;
    sister.is_good("chat-urgency").await;
    sister.is_pictured("chat-ar").await;
    let status = hands_in(&sister).await;

    // A device that was put away shows the same conversation again.
    let lines = sister.page.find_all(By::Css("#log .words")).await.unwrap().len();
    sister.page.refresh().await.unwrap();
    sister.hears("وصلنا طلبك، ورقمه").await;
    sister.sees("#answers .choice").await;
    assert_eq!(
        sister.page.find_all(By::Css("#log .words")).await.unwrap().len(),
        lines,
        "nothing lost, nothing twice"
    );

    // What the officer does is on the open page at once.
    let officer = bot.officer("amina", Role::Officer).await;
    let case = officer.case().await;
    officer.checks(&case, &[("paper_id", "missing", "الصورة مظلمة ولا تُقرأ.")]).await;
    officer.does(&case, "return", &[]).await;
    sister.hears("الصورة مظلمة ولا تُقرأ.").await;
    assert_eq!(sister.times("الصورة مظلمة ولا تُقرأ.").await, 1);
    sister.is_good("chat-returned").await;

    sister.goes(&status).await;
    sister.sees(".reference").await;
    sister.is_good("status-ar").await;
    sister.is_pictured("status-ar").await;
}

#[tokio::test]
async fn a_brother_reads_english_on_his_phone_and_speaks_to_a_person() {
    if !wanted() {
        return;
    }
    let bot = Bot::start().await;
    let brother = Browser::open(&bot, Screen::Phone).await;
    brother.goes("/?lang=en").await;
    assert_eq!(brother.script("return document.documentElement.dir").await, "ltr");
    brother.is_good("home-en").await;
    brother.goes("/chat?lang=en").await;
    brother.taps("Begin").await;
    brother.taps("English").await;
    brother.taps("Yes, I agree").await;
    brother.taps("Ask for help").await;
    brother.taps("Learn about Islam").await;
    brother.hears("Tell us in your own words").await;
    brother.says("I would like to learn how to pray.").await;
    brother.hears("In which language do you understand best?").await;
    brother.is_good("chat-en").await;
    brother.is_pictured("chat-en").await;
    brother.says("person").await;
    brother.hears("One of our staff will write to you here").await;
    brother.is_good("chat-waiting").await;
}

#[tokio::test]
async fn what_is_not_asked_in_a_chat_of_others_is_sent_on_our_page() {
    if !wanted() {
        return;
    }
    let house = House::open("polling").await;
    let sister = house.telegram.person("Maryam");
    house.arrives(&sister).await;
    house.chooses(&sister, "Certificate of Islam").await;
    house.answers_until(&sister, "paper_id").await;
    let link = link_in(&sister.last().text).unwrap();
    let path = &link[link.find(PATH).unwrap()..];
    for (name, language, question) in [
        ("secure-ar", "ar", "نرجو إرسال صورة الإقامة"),
        ("secure-en", "en", "Please send a photo of your iqama"),
    ] {
        let phone = Browser::open_without_script(&house.bot, Screen::Phone).await;
        phone.goes(&format!("{path}?lang={language}")).await;
        phone.reads(question).await;
        phone.is_good(name).await;
        phone.is_pictured(name).await;
    }
    let phone = Browser::open_without_script(&house.bot, Screen::Phone).await;
    phone.goes(path).await;
    let paper = phone.file("iqama.png", PIXEL);
    phone.attaches("#photo", &paper).await;
    phone.taps("Send the photo").await;
    phone.reads("Until which day is it valid?").await;
    phone.is_good("secure-text").await;
    phone.fills("input[name=text]", "31/12/2027").await;
    phone.taps("Send").await;
    phone.reads("Your answer has reached us safely").await;
    phone.is_good("secure-done").await;
    sister.expects("Here is everything you told us").await;
}
