//! A conversation in which anything happens, in any order: each step is taken twice, and the conversation goes through
//! JSON as it does in the store.

use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use chrono::{Duration, NaiveDate};
use wasl::dialogue::{
    CaseNews, Conversation, Effect, Env, Event, Missing, News, Owner, State, Submission, Timer, step,
};
use wasl::form::Answer;
use wasl::message::{
    Address, Body, CaseId, ChannelId, ChoiceToken, DocumentId, EventId, Locale, MediaRef, PersonId, Prompt,
    Purpose, SessionId, derive_id, reference_of,
};
use wasl::time::Timestamp;

use super::world::{self, CONFIG, SHELF, WORDS};

/// Events in one conversation.
const LONGEST: usize = 80;
/// What is said to get on; the rest is said in letters that the input draws.
const SAID: [&str; 40] = [
    "English",
    "العربية",
    "yes",
    "نعم",
    "no",
    "back",
    "رجوع",
    "skip",
    "تخطي",
    "stop",
    "start",
    "help",
    "person",
    "language",
    "menu",
    "القائمة",
    "pause",
    "continue",
    "change",
    "status",
    "rate",
    "my data",
    "done",
    "none",
    "1",
    "2",
    "٣",
    "HAJJ",
    "FIN",
    "0501234567",
    "maria@example.com",
    "25/12/1990",
    "31/12/2099",
    "١/١/١٤٤٥",
    "Maria Santos",
    "It is all correct",
    "only here",
    "Jeddah",
    "-1e400",
    "",
];

struct Talk {
    conversation: Conversation,
    now: Timestamp,
    timers: BTreeMap<Timer, Timestamp>,
    buttons: Vec<ChoiceToken>,
    asked: Option<String>,
    submitted: Vec<Submission>,
    steps: u32,
}

/// One conversation.
pub fn run(data: &[u8]) {
    let mut drawn = Unstructured::new(data);
    let mut talk = Talk {
        conversation: Conversation::default(),
        now: world::begin(),
        timers: BTreeMap::new(),
        buttons: Vec::new(),
        asked: None,
        submitted: Vec::new(),
        steps: 0,
    };
    for _ in 0..LONGEST {
        if drawn.is_empty() {
            break;
        }
        // Drawn to its end: then the conversation is over.
        let Ok(event) = talk.event(&mut drawn) else { break };
        talk.happens(&event);
    }
}

impl Talk {
    fn event(&mut self, drawn: &mut Unstructured<'_>) -> Result<Event> {
        Ok(match drawn.int_in_range(0..=31u8)? {
            0..=6 => Event::Said(Body::Text((*drawn.choose(&SAID)?).to_owned())),
            7..=12 => Event::Said(Body::Text(self.answer())),
            13..=17 => Event::Said(Body::Choice(self.button(drawn)?)),
            18 => Event::Said(Body::Choices(vec![self.button(drawn)?, self.button(drawn)?])),
            19 => Event::Said(Body::Text(drawn.arbitrary::<&str>()?.to_owned())),
            20 | 21 => Event::Said(Body::Media(paper(drawn)?)),
            22 => Event::Said(self.oddity(drawn)?),
            23 => Event::StaffTook,
            24 => Event::StaffLeft,
            25 => Event::StaffSaid { text: format!("Hello, {}", drawn.choose(&SAID)?) },
            26..=28 => Event::Case(self.news(drawn)?),
            29 => Event::Due(self.timer(drawn)?),
            _ => {
                // Clocks go back too.
                self.now = self.now.plus(Duration::hours(i64::from(drawn.int_in_range(-24i16..=900)?)));
                Event::Due(self.timer(drawn)?)
            }
        })
    }

    /// What answers the present question, as far as words do.
    fn answer(&self) -> String {
        let said = match self.asked.as_deref().unwrap_or_default() {
            "language" => "English",
            "consent" => "yes",
            "menu" => "1",
            "service" => "FIN",
            "review" => "It is all correct",
            asked if asked.contains("expiry") => "31/12/2099",
            asked if asked.contains("date") => "25/12/1990",
            asked if asked.contains("phone") => "0501234567",
            asked if asked.contains("email") => "maria@example.com",
            asked if asked.contains("name") || asked.starts_with("sign") => "Maria Santos",
            asked if asked.contains("paper") => "skip",
            _ => "1",
        };
        said.to_owned()
    }

    /// One that was drawn at some time, or one that never was.
    fn button(&self, drawn: &mut Unstructured<'_>) -> Result<ChoiceToken> {
        let back = usize::from(drawn.int_in_range(0..=15u8)?);
        let known = self.buttons.len().checked_sub(back + 1).map(|at| self.buttons[at].clone());
        Ok(known.unwrap_or_else(|| ChoiceToken("never".into())))
    }

    fn oddity(&self, drawn: &mut Unstructured<'_>) -> Result<Body> {
        Ok(match drawn.int_in_range(0..=4u8)? {
            0 => Body::Start { hint: None },
            1 => {
                Body::Start { hint: Locale::parse(drawn.choose(&["en", "ar", "fil", "zh-Hant", "x"])?).ok() }
            }
            2 => Body::Place { lat: 24.7, lon: f64::from(drawn.arbitrary::<i16>()?) },
            3 => Body::Phone("+966501234567".into()),
            _ => Body::Unsupported("sticker".into()),
        })
    }

    fn timer(&mut self, drawn: &mut Unstructured<'_>) -> Result<Timer> {
        let at = usize::from(drawn.int_in_range(0..=7u8)?);
        if let Some(timer) = self.timers.keys().nth(at).cloned() {
            self.timers.remove(&timer);
            return Ok(timer);
        }
        let nobody = uuid::Uuid::from_u128(7);
        Ok(match at % 4 {
            0 => Timer::DraftReminder(SessionId(nobody)),
            1 => Timer::DraftLapse(SessionId(nobody)),
            2 => Timer::Survey(CaseId(nobody)),
            _ => Timer::SurveyLapse(SessionId(nobody)),
        })
    }

    fn news(&self, drawn: &mut Unstructured<'_>) -> Result<CaseNews> {
        let known = self.conversation.cases.last().map(|line| line.case);
        let case = known.unwrap_or(CaseId(uuid::Uuid::from_u128(9)));
        let until = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        let (status, news) = match drawn.int_in_range(0..=11u8)? {
            0 => ("checked", News::Checked),
            1 => ("with_committee", News::WithCommittee { answer_from: until }),
            2 => ("accepted", News::Accepted { reason: "yes".into() }),
            3 => ("rejected", News::Rejected { reason: "no".into(), until }),
            4 => ("delivered", News::Delivered { survey_at: self.now }),
            5 => ("withdrawn", News::Withdrawn),
            6 => ("closed", News::Closed),
            7 => ("lapsed", News::Lapsed),
            8 => ("appealed", News::Appealed),
            9 => ("registered", News::Registered),
            10 => ("submitted", News::Standing),
            _ => ("returned", self.returned(until)),
        };
        Ok(CaseNews { case, reference: reference_of(case), status: status.into(), news })
    }

    fn returned(&self, until: NaiveDate) -> News {
        let missing = |question: &str| Missing { question: question.into(), reason: "too dark".into() };
        let form = match self.submitted.last() {
            Some(submission) => submission.form.clone(),
            None => SHELF.all().next().expect("a form").reference(),
        };
        let answers = self.submitted.last().map(|last| last.answers.iter().cloned().collect());
        News::Returned {
            form,
            service: "FIN".into(),
            answers: answers.unwrap_or_default(),
            missing: ["paper_id", "full_name", "gone"].map(missing).into(),
            until,
        }
    }

    fn happens(&mut self, event: &Event) {
        self.steps += 1;
        let channel = ChannelId::new("webchat");
        let stands = self.conversation.about_to_move().and_then(|case| {
            let line = self.conversation.cases.iter().find(|line| line.case == case)?;
            Some(line.status.clone())
        });
        let env = Env {
            event: EventId::of(&channel, &self.steps.to_string()),
            asks_leave: false,
            person: PersonId::of(&Address { channel: channel.clone(), path: "sister".into() }),
            channel: &channel,
            at: world::moment(self.now),
            words: &WORDS,
            shelf: &SHELF,
            association: &CONFIG.association,
            policy: &CONFIG.policy,
            status_link: &|case| format!("https://wasl.example/status/{case}"),
            secure_link: None,
            reference: &reference_of,
            stands: stands.as_deref(),
            way_code: &|| "C-0A1B-2C3D".into(),
        };
        let json = serde_json::to_vec(event).unwrap();
        let event: Event = serde_json::from_slice(&json).unwrap();
        let before = self.conversation.clone();
        let (after, effects) = step(before.clone(), &event, &env);
        assert!((&after, &effects) == pair(&step(before.clone(), &event, &env)), "a step is a function");
        let json = serde_json::to_vec(&after).unwrap();
        self.conversation = serde_json::from_slice(&json).unwrap();
        assert_eq!(self.conversation, after, "a conversation survives the store");
        self.holds(&before, &event, &effects);
    }

    fn holds(&mut self, before: &Conversation, event: &Event, effects: &[Effect]) {
        let prompts: Vec<&Prompt> = effects.iter().filter_map(prompt).collect();
        for effect in effects {
            self.note(before, event, effect);
        }
        assert!(self.conversation.parked.len() <= 20, "what waits stays few");
        let sessions = || self.conversation.session.iter().chain(&self.conversation.parked);
        let open = |id| sessions().any(|session| session.id == id);
        assert!(
            self.timers.keys().all(|timer| match timer {
                Timer::DraftReminder(id) | Timer::DraftLapse(id) | Timer::SurveyLapse(id) => open(*id),
                Timer::Survey(_) => true,
            }),
            "a timer of a session that is gone"
        );
        let unasked = |p: &&Prompt| matches!(p.purpose, Purpose::Reminder | Purpose::Survey);
        let quiet = before.stopped && self.conversation.stopped && matches!(event, Event::Due(_));
        assert!(!quiet || !prompts.iter().any(unasked), "who asked for silence is written to");
        // That something cannot be read is told once for several things in a row.
        let untold = matches!(event, Event::Said(Body::Unsupported(_))) && prompts.is_empty();
        if matches!(event, Event::Said(_)) && before.owner == Owner::Bot && !untold {
            let Some(last) = prompts.last() else { panic!("no answer to {event:?}") };
            let waited_for = self.conversation.owner != Owner::Bot;
            assert!(
                waited_for || last.expects.is_some() || !last.choices.is_empty(),
                "no way on: {}",
                last.key
            );
        }
        if let Some(last) = prompts.last() {
            self.asked = last.expects.as_ref().map(|expects| expects.question.to_string());
        }
    }

    fn note(&mut self, before: &Conversation, event: &Event, effect: &Effect) {
        match effect {
            Effect::Say(prompt, _) => {
                assert!(!prompt.text.trim().is_empty(), "an empty message: {}", prompt.key);
                for choice in &prompt.choices {
                    assert!(!choice.label.trim().is_empty(), "a blank button: {}", prompt.key);
                    assert!(choice.token.0.len() <= 22 && choice.token.0.is_ascii());
                    self.buttons.push(choice.token.clone());
                }
            }
            Effect::Arm(timer, at) => {
                self.timers.insert(timer.clone(), *at);
            }
            Effect::Disarm(timer) => {
                self.timers.remove(timer);
            }
            Effect::Submit(submission) => {
                let signing = before.session.as_ref().is_some_and(|s| s.state == State::Signing);
                assert!(signing && matches!(event, Event::Said(_)), "submitted without a signature");
                self.signed(submission);
                self.submitted.push((**submission).clone());
            }
            _ => {}
        }
    }

    fn signed(&self, submission: &Submission) {
        let json = |answer: &Answer| serde_json::to_string(answer).unwrap();
        let answers: Vec<_> = submission.answers.iter().map(|(id, a)| (id.clone(), json(a))).collect();
        assert!(submission.signature.fits(&answers), "the signature is of other answers");
        assert!(!submission.signature.name.trim().is_empty());
        let again = self.submitted.iter().any(|s| s.session == submission.session);
        assert!(!again, "one request for each signature");
    }
}

fn pair(step: &(Conversation, Vec<Effect>)) -> (&Conversation, &Vec<Effect>) {
    (&step.0, &step.1)
}

fn prompt(effect: &Effect) -> Option<&Prompt> {
    match effect {
        Effect::Say(prompt, _) => Some(prompt),
        _ => None,
    }
}

fn paper(drawn: &mut Unstructured<'_>) -> Result<MediaRef> {
    let n = drawn.int_in_range(0..=9u8)?;
    let mime = (*drawn.choose(&["image/jpeg", "application/pdf", "application/zip", "x"])?).into();
    let document = DocumentId(derive_id(&["document", &n.to_string()]));
    Ok(MediaRef { document, name: format!("paper {n}.pdf"), mime, size: 1000 })
}
