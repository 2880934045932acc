//! Whatever comes: no panic, and always a way on.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::chat::{Chat, SMALL};
use crate::dialogue::{CaseNews, Effect, Event, Missing, News, Owner, Timer};
use crate::message::{Body, CaseId, SessionId};

/// What may happen next; numbers pick a button or a word.
#[derive(Debug, Clone)]
enum Act {
    Press(usize),
    Tick(usize, usize),
    Say(usize),
    Text(String),
    Send,
    Staff(u8),
    News(u8),
    Due(u8),
    Wait(u16),
    Body(u8),
}

const WORDS: [&str; 34] = [
    "yes",
    "no",
    "back",
    "skip",
    "stop",
    "help",
    "person",
    "language",
    "menu",
    "pause",
    "continue",
    "change",
    "status",
    "rate",
    "my data",
    "done",
    "none",
    "English",
    "العربية",
    "1",
    "2",
    "٣",
    "0501234567",
    "1/1/2026",
    "1/1/2030",
    "Food",
    "Rent of a flat",
    "EDU",
    "FIN",
    "Maria Santos",
    "4",
    "",
    "🙂",
    "request",
];

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0usize..12).prop_map(Act::Press),
        1 => ((0usize..9), (0usize..9)).prop_map(|(a, b)| Act::Tick(a, b)),
        8 => (0usize..WORDS.len()).prop_map(Act::Say),
        // Brackets of the person's own, read back to them, would pass for a message of ours that is missing.
        1 => "\\PC{0,40}".prop_map(|text| Act::Text(text.replace(['[', '{'], "("))),
        2 => Just(Act::Send),
        1 => (0u8..3).prop_map(Act::Staff),
        2 => (0u8..9).prop_map(Act::News),
        1 => (0u8..8).prop_map(Act::Due),
        1 => (0u16..1000).prop_map(Act::Wait),
        1 => (0u8..4).prop_map(Act::Body),
    ]
}

fn happens(chat: &mut Chat, act: &Act) {
    chat.last.clear();
    let nth = |chat: &Chat, n: usize| chat.drawn.len().checked_sub(n + 1).map(|i| chat.drawn[i].1.clone());
    match act {
        Act::Press(n) => {
            if let Some(token) = nth(chat, *n) {
                chat.said(Body::Choice(token));
            }
        }
        Act::Tick(a, b) => {
            let tokens = [nth(chat, *a), nth(chat, *b)].into_iter().flatten().collect();
            chat.said(Body::Choices(tokens));
        }
        Act::Say(n) => {
            chat.says(WORDS[*n]);
        }
        Act::Text(text) => {
            chat.says(text);
        }
        Act::Send => {
            chat.sends("paper.pdf", "application/pdf");
        }
        Act::Staff(0) => {
            chat.event(Event::StaffTook);
        }
        Act::Staff(1) => {
            chat.event(Event::StaffLeft);
        }
        Act::Staff(_) => {
            chat.event(Event::StaffSaid { text: "Hello".into() });
        }
        Act::News(n) => {
            chat.event(Event::Case(news(chat, *n)));
        }
        Act::Due(n) => {
            let timer = chat.timers.keys().nth(usize::from(*n)).cloned();
            let nobody = uuid::Uuid::from_u128(7);
            chat.event(Event::Due(timer.unwrap_or(match n {
                0..3 => Timer::DraftLapse(SessionId(nobody)),
                3..6 => Timer::Survey(CaseId(nobody)),
                _ => Timer::SurveyLapse(SessionId(nobody)),
            })));
        }
        Act::Wait(hours) => {
            chat.waits_days(i64::from(*hours) / 24);
        }
        Act::Body(0) => {
            chat.starts(Some("en"));
        }
        Act::Body(1) => {
            chat.said(Body::Place { lat: 1e9, lon: 0.0 });
        }
        Act::Body(2) => {
            chat.said(Body::Phone("+966501234567".into()));
        }
        Act::Body(_) => {
            chat.said(Body::Unsupported("sticker".into()));
        }
    }
}

fn news(chat: &Chat, n: u8) -> CaseNews {
    let line = chat.conv.cases.last();
    let case = line.map_or(CaseId(uuid::Uuid::from_u128(9)), |line| line.case);
    let form = SMALL.current("request.FIN").unwrap();
    let missing = |question: &str| Missing { question: question.into(), reason: "too dark".into() };
    let first_of_2027 = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    let (status, news) = match n {
        0 => ("checked", News::Checked),
        1 => ("with_committee", News::WithCommittee { answer_from: first_of_2027 }),
        2 => ("accepted", News::Accepted { reason: "yes".into() }),
        3 => ("rejected", News::Rejected { reason: "no".into(), until: first_of_2027 }),
        4 => ("delivered", News::Delivered { survey_at: chat.now }),
        5 => ("withdrawn", News::Withdrawn),
        6 => ("closed", News::Closed),
        7 => ("lapsed", News::Lapsed),
        _ => (
            "returned",
            News::Returned {
                form: form.reference(),
                service: "FIN".into(),
                answers: Default::default(),
                missing: vec![missing("paper_id"), missing("gone")],
                until: first_of_2027,
            },
        ),
    };
    CaseNews { case, reference: "W-0000-0000".into(), status: status.into(), news }
}

/// Whether every timer of a session belongs to one that is open or waits.
fn timers_fit(chat: &Chat) -> bool {
    let known = |id| chat.conv.session.iter().chain(&chat.conv.parked).any(|session| session.id == id);
    chat.timers.keys().all(|timer| match timer {
        Timer::DraftReminder(id) | Timer::DraftLapse(id) | Timer::SurveyLapse(id) => known(*id),
        Timer::Survey(_) => true,
    })
}

/// Whatever was drawn last can be pressed, and is not taken for an old button.
fn every_button_works(chat: &mut Chat) {
    chat.starts(None);
    let Some(choices) = chat.prompts().last().map(|p| p.choices.clone()) else { return };
    let before = chat.conv.clone();
    for choice in choices {
        chat.conv = before.clone();
        chat.said(Body::Choice(choice.token));
        assert_eq!(chat.last[0], Effect::Heard(choice.label));
        assert!(
            !chat.text().contains("earlier question") && !chat.text().contains("سؤال سابق"),
            "{}",
            chat.text()
        );
    }
    chat.conv = before;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_may_happen(acts in proptest::collection::vec(act(), 1..60), begun in 0u8..4) {
        let mut chat = match begun {
            0 => Chat::on(&SMALL),
            1 => Chat::at_the_menu(&SMALL, "العربية"),
            2 => super::intake::asking("English", "FIN"),
            _ => super::requests::handed_in(),
        };
        for act in &acts {
            let before = chat.conv.owner.clone();
            happens(&mut chat, act);
            prop_assert!(chat.conv.parked.len() <= 12, "what waits stays few");
            prop_assert!(timers_fit(&chat), "a timer of a session that is gone: {:?}", chat.timers);
            let spoken_to = !matches!(act, Act::Staff(_) | Act::News(_) | Act::Due(_) | Act::Wait(_));
            // That something cannot be read is told once for several things in a row.
            let untold = matches!(act, Act::Body(3..)) && chat.prompts().is_empty();
            if spoken_to && before == Owner::Bot && !chat.last.is_empty() && !untold {
                let last = chat.prompts().last().map(|p| (p.expects.is_some(), p.choices.len()));
                prop_assert!(matches!(last, Some((true, _)) | Some((_, 1..))), "no way on after {act:?}: {last:?}");
            }
        }
        chat.event(Event::StaffLeft);
        every_button_works(&mut chat);
        chat.says("menu");
        prop_assert!(!chat.prompts().is_empty());
    }
}
