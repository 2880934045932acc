//! Pages that are no form: left, named, understood.

use super::chat::{Chat, SHIPPED, SMALL};
use super::requests::handed_in;
use crate::dialogue::Effect;

#[test]
fn cancel_leaves_a_page_and_unsubscribes_nobody() {
    let mut chat = handed_in();
    let reference = chat.conv.cases[0].reference.clone();
    chat.taps("My request").taps(&format!("Cancel {reference}")).asks("withdraw");
    chat.says("cancel").asks("requests").expect("nothing was changed");
    assert!(!chat.last.iter().any(|effect| matches!(effect, Effect::Withdraw(_))));
    chat.says("exit").asks("menu");
    for page in ["Ask for help", "Suggest or complain", "My data", "Change language"] {
        chat.taps(page).says("quit").asks("menu");
    }
    chat.taps("Ask for help")
        .says("EDU")
        .says("words")
        .says("my data")
        .taps("Delete my draft")
        .asks("discard");
    chat.says("إلغاء").asks("menu").expect("nothing was changed");
    assert!(chat.conv.parked.len() == 1 && !chat.conv.stopped);
    chat.says("cancel").expect("no more reminders");
    assert!(chat.conv.stopped);
}

#[test]
fn a_language_named_on_a_page_leaves_the_person_there() {
    let mut chat = Chat::at_the_menu(&SMALL, "English");
    chat.taps("Ask for help").says("عربي").asks("service").expect("في أي شيء نساعدك؟");
    let mut chat = handed_in();
    let reference = chat.conv.cases[0].reference.clone();
    chat.says("my request").taps(&format!("Cancel {reference}")).says("العربية").asks("withdraw");
}

#[test]
fn a_need_is_no_complaint_and_help_is_explained() {
    for (said, question) in [
        ("I need a service", "service"),
        ("service", "service"),
        ("problem", "service"),
        ("خدمة", "service"),
        ("أحتاج خدمة", "service"),
        ("مشكلة", "service"),
        ("food", "need"),
        ("rent", "need"),
        ("money", "need"),
        ("طعام", "need"),
        ("help", "service"),
        ("problem with your service", "about"),
        ("شكوى", "about"),
    ] {
        Chat::at_the_menu(&SHIPPED, "English").says(said).asks(question);
    }
    for (said, words) in [
        ("How does this work", "You can write at any time"),
        ("I don't understand", "You can write at any time"),
        ("لم أفهم", "You can write at any time"),
    ] {
        Chat::at_the_menu(&SHIPPED, "English").says(said).asks("menu").expect(words);
    }
}

#[test]
fn not_to_understand_is_no_answer() {
    for said in ["لا أفهم", "I dont understand", "I didn't understand", "what does this mean?", "ما معنى هذا؟"]
    {
        let mut chat = Chat::at_the_menu(&SHIPPED, "English");
        chat.says("Ask for help")
            .says("EDU")
            .asks("need")
            .says(said)
            .asks("need")
            .expect("in your own words");
    }
}
