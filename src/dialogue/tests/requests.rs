//! News about a request.

use chrono::NaiveDate;

use super::chat::Chat;
use super::intake::asking;
use crate::dialogue::{Effect, Missing, News};
use crate::form::Answers;
use crate::message::Purpose;

/// A signed request for FIN.
pub(super) fn handed_in() -> Chat {
    let mut chat = asking("English", "FIN");
    for said in ["words", "Rent of a flat", "skip", "1", "skip", "0501234567"] {
        chat.says(said);
    }
    chat.sends("id.pdf", "application/pdf")
        .says("25/12/2026")
        .asks("review")
        .says("yes")
        .says("Maria Santos");
    assert_eq!(chat.submitted.len(), 1);
    chat
}

fn returned(chat: &Chat) -> News {
    let submission = chat.submitted[0].clone();
    News::Returned {
        form: submission.form,
        service: submission.service,
        answers: submission.answers.into_iter().collect::<Answers>(),
        missing: vec![Missing { question: "paper_id".into(), reason: "The photo is too dark.".into() }],
        until: NaiveDate::from_ymd_opt(2026, 12, 21).unwrap(),
    }
}

#[test]
fn each_step_is_told_and_its_first_line_tells_nothing() {
    let mut chat = handed_in();
    let day = NaiveDate::from_ymd_opt(2026, 12, 7).unwrap();
    let past = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
    for (status, news, words) in [
        ("checked", News::Checked, "in order"),
        ("with_committee", News::WithCommittee { answer_from: day }, "from 7 December 2026"),
        ("with_committee", News::WithCommittee { answer_from: past }, "as soon as it has decided"),
        ("accepted", News::Accepted { reason: "All papers fit.".into() }, "All papers fit."),
        (
            "rejected",
            News::Rejected { reason: "Outside our means.".into(), until: day },
            "until 7 December 2026",
        ),
        ("registered", News::Registered, "registration is complete"),
        ("closed", News::Closed, "welcome to write"),
    ] {
        chat.news(status, news).expect(words);
        let prompt = chat.prompts()[0];
        assert_eq!(prompt.purpose, Purpose::Notice);
        let first = prompt.text.lines().next().unwrap();
        assert!(first.starts_with("There is news about your request"), "{first}");
        assert_eq!(&*chat.conv.cases[0].status, status);
    }
    chat.taps("My request").expect("Status: closed");
}

#[test]
fn what_is_missing_is_asked_reviewed_and_signed() {
    let mut chat = handed_in();
    let (case, news) = (chat.case(), returned(&chat));
    chat.news("returned", news).asks("paper_id").expect("The photo is too dark.");
    chat.expect("Question 1 of 1").starts(None).expect("Answered: 0 of 1");
    chat.sends("better.jpg", "image/jpeg").asks("paper_id_expiry").expect("Question 2 of 2");
    chat.says("1/1/2020").asks("paper_id_expiry").expect("It has run out.").says("31/12/2027").asks("review");
    chat.expect("better.jpg").expect("31 December 2027").says("yes").says("Maria Santos");
    chat.expect("What was missing for request").expect("6 December 2026");
    let completed = chat.submitted.last().unwrap();
    assert_eq!((completed.case, &completed.reference), (Some(case), &chat.submitted[0].reference));
    assert_eq!(completed.answers.len(), chat.submitted[0].answers.len());
    assert_eq!(chat.conv.cases.len(), 1);
}

#[test]
fn a_completion_is_reminded_of_before_its_request_lapses() {
    let mut chat = handed_in();
    let news = returned(&chat);
    chat.news("returned", news).asks("paper_id").expect("until 21 December 2026");
    chat.waits_days(8);
    chat.starts(None).asks("paper_id").says("pause").expect("until 21 December 2026");
    let said = |done: Vec<Effect>| done.iter().any(|effect| matches!(effect, Effect::Say(..)));
    assert!(!said(chat.waits_days(14)));
    assert!(said(chat.waits_days(2)), "its request does not wait longer because she looked");
    chat.expect("until 21 December 2026");
}

#[test]
fn what_was_not_served_is_not_rated() {
    let mut chat = handed_in();
    let until = NaiveDate::from_ymd_opt(2026, 12, 21).unwrap();
    chat.news("rejected", News::Rejected { reason: "Outside our means.".into(), until });
    chat.news("closed", News::Closed).says("rate").asks("overall");
    let purpose = &chat.conv.session.as_ref().unwrap().purpose;
    assert!(matches!(purpose, crate::dialogue::Purpose::Survey { case: None, .. }), "{purpose:?}");
}

#[test]
fn a_running_request_is_not_disturbed() {
    let mut chat = handed_in();
    let news = returned(&chat);
    chat.says("menu").says("help").says("EDU").asks("need").news("returned", news).asks("need");
    chat.expect("too dark").expect("as soon as we have finished").expect("back to where we were");
    chat.news("checked", News::Checked).asks("need");
    for said in ["words", "Rent of a flat", "skip", "1", "skip", "0501234567", "yes"] {
        chat.says(said);
    }
    chat.says("Maria Santos").expect("W-").asks("paper_id").expect("You were sending what was missing");
}

#[test]
fn a_request_is_taken_back_after_a_yes() {
    let mut chat = handed_in();
    let (case, reference) = (chat.case(), chat.conv.cases[0].reference.clone());
    chat.taps("My request").taps(&format!("Cancel {reference}")).asks("withdraw").taps("No, leave it");
    chat.asks("requests").taps(&format!("Cancel {reference}")).taps("Yes, cancel it").asks("menu");
    chat.expect_effect(|e| *e == Effect::Withdraw(case));
    chat.news("withdrawn", News::Withdrawn).expect_silence();
    chat.says("status").expect("Status: cancelled");
    assert!(!chat.labels().iter().any(|label| label.starts_with("Cancel")));
}

#[test]
fn a_completion_that_comes_too_late_gets_no_receipt() {
    let mut chat = handed_in();
    let (case, news) = (chat.case(), returned(&chat));
    let reference = chat.conv.cases[0].reference.clone();
    chat.news("returned", news).sends("better.jpg", "image/jpeg").says("31/12/2027").says("yes");
    assert_eq!(chat.conv.about_to_move(), Some(case));
    chat.stands = Some("lapsed");
    chat.says("Maria Santos")
        .asks("menu")
        .expect(&reference)
        .expect("Its status now: ended")
        .expect("ask again");
    assert!(!chat.text().contains("has reached us"), "no receipt: {}", chat.text());
    chat.expect_effect(|e| matches!(e, Effect::Discard(_)));
    assert!(chat.conv.session.is_none() && &*chat.conv.cases[0].status == "returned", "until the news comes");
    chat.stands = None;
    chat.news("lapsed", News::Lapsed).expect("did not reach us in time");
}

#[test]
fn a_request_that_moved_on_meanwhile_is_not_said_to_be_taken_back() {
    let mut chat = handed_in();
    let (case, reference) = (chat.case(), chat.conv.cases[0].reference.clone());
    chat.says("status").taps(&format!("Cancel {reference}"));
    assert_eq!(chat.conv.about_to_move(), Some(case));
    chat.stands = Some("rejected");
    chat.taps("Yes, cancel it").asks("menu").expect("cannot be cancelled any more").expect("not accepted");
    assert!(!chat.last.contains(&Effect::Withdraw(case)));
    assert_eq!(&*chat.conv.cases[0].status, "submitted", "until the news comes");
}
