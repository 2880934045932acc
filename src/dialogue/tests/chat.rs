//! A conversation played against [`step`], taken through JSON at every step.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::Duration;

use crate::config::Config;
use crate::dialogue::{CaseNews, Conversation, Effect, Env, Event, News, Submission, Timer, step};
use crate::form::{Moment, Shelf};
use crate::locale::Catalogue;
use crate::message::{
    Address, Body, CaseId, ChannelId, ChoiceToken, DocumentId, EventId, Locale, MediaRef, PersonId, Prompt,
    derive_id,
};
use crate::time::Timestamp;

pub(super) static CONFIG: LazyLock<Config> =
    LazyLock::new(|| Config::from_toml("association.phone = \"0112345678\"").unwrap());
pub(super) static WORDS: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::shipped(&CONFIG.association.default_locale).unwrap());
/// Three services on one small form, and small forms for the rest.
pub(super) static SMALL: LazyLock<Shelf> = LazyLock::new(|| shelf(&super::forms::files()));
/// The forms as shipped.
pub(super) static SHIPPED: LazyLock<Shelf> = LazyLock::new(|| {
    let names = ["support-request", "satisfaction", "suggestion", "complaint", "services"];
    let read = |name: &&str| {
        let path = format!("{}/forms/{name}.md", env!("CARGO_MANIFEST_DIR"));
        (format!("{name}.md"), std::fs::read_to_string(path).unwrap())
    };
    shelf(&names.iter().map(read).collect::<Vec<_>>())
});

fn shelf(files: &[(String, String)]) -> Shelf {
    Shelf::read(files).unwrap_or_else(|findings| panic!("{findings:#?}")).0
}

/// One person's chat.
pub(super) struct Chat {
    pub conv: Conversation,
    pub now: Timestamp,
    /// What the last event did.
    pub last: Vec<Effect>,
    /// Every button ever drawn, newest last.
    pub drawn: Vec<(String, ChoiceToken)>,
    pub timers: BTreeMap<Timer, Timestamp>,
    pub submitted: Vec<Submission>,
    /// Where the case store says the request stands; `None`: as its last news told.
    pub stands: Option<&'static str>,
    pub shelf: &'static Shelf,
    count: u32,
}

impl Chat {
    pub fn on(shelf: &'static Shelf) -> Chat {
        Chat {
            conv: Conversation::default(),
            now: Timestamp::parse("2026-11-22T10:00:00Z").unwrap(),
            last: Vec::new(),
            drawn: Vec::new(),
            timers: BTreeMap::new(),
            submitted: Vec::new(),
            stands: None,
            shelf,
            count: 0,
        }
    }

    /// Past language and consent, at the menu.
    pub fn at_the_menu(shelf: &'static Shelf, language: &str) -> Chat {
        let mut chat = Chat::on(shelf);
        chat.starts(None);
        chat.says(language);
        chat.says(if language == "English" { "yes" } else { "نعم" });
        chat.asks("menu");
        chat
    }

    /// One event, with the conversation taken through JSON before and after.
    pub fn event(&mut self, event: Event) -> &mut Self {
        let event: Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
        self.count += 1;
        let channel = ChannelId::new("webchat");
        let env = Env {
            event: EventId::of(&channel, &self.count.to_string()),
            asks_leave: false,
            person: PersonId::of(&Address { channel: channel.clone(), path: "sister".into() }),
            channel: &channel,
            at: Moment { now: self.now, zone: CONFIG.association.zone },
            words: &WORDS,
            shelf: self.shelf,
            association: &CONFIG.association,
            policy: &CONFIG.policy,
            status_link: &|case| format!("https://wasl.example/status/{case}"),
            secure_link: None,
            reference: &crate::message::reference_of,
            stands: self.stands,
            way_code: &|| "C-0A1B-2C3D".into(),
        };
        let (conv, effects) = step(self.conv.clone(), &event, &env);
        let again = step(self.conv.clone(), &event, &env);
        assert_eq!((&conv, &effects), (&again.0, &again.1), "the same step twice does the same");
        let json = serde_json::to_string(&conv).unwrap();
        self.conv = serde_json::from_str(&json).unwrap();
        assert_eq!(self.conv, conv, "the conversation survives JSON");
        for effect in &effects {
            self.note(effect);
        }
        self.last = effects;
        self
    }

    fn note(&mut self, effect: &Effect) {
        match effect {
            Effect::Say(prompt, _) => {
                assert!(!prompt.text.trim().is_empty(), "an empty message: {}", prompt.key);
                assert!(!prompt.text.contains(['[', '{']), "a missing message or value: {}", prompt.text);
                for choice in &prompt.choices {
                    assert!(!choice.label.trim().is_empty(), "a blank button: {}", prompt.key);
                    self.drawn.push((choice.label.clone(), choice.token.clone()));
                }
            }
            Effect::Arm(timer, at) => {
                self.timers.insert(timer.clone(), *at);
            }
            Effect::Disarm(timer) => {
                self.timers.remove(timer);
            }
            Effect::Submit(submission) => self.submitted.push((**submission).clone()),
            _ => {}
        }
    }

    pub fn said(&mut self, body: Body) -> &mut Self {
        self.event(Event::Said(body))
    }
    pub fn starts(&mut self, hint: Option<&str>) -> &mut Self {
        self.said(Body::Start { hint: hint.map(|tag| Locale::parse(tag).unwrap()) })
    }
    pub fn says(&mut self, text: &str) -> &mut Self {
        self.said(Body::Text(text.into()))
    }
    /// Presses the button of that label that was drawn last.
    pub fn taps(&mut self, label: &str) -> &mut Self {
        let token = self.token(label);
        self.said(Body::Choice(token))
    }
    pub fn token(&self, label: &str) -> ChoiceToken {
        let found = self.drawn.iter().rev().find(|(drawn, _)| drawn == label);
        found.unwrap_or_else(|| panic!("no button {label:?}; last said:\n{}", self.text())).1.clone()
    }
    pub fn sends(&mut self, name: &str, mime: &str) -> &mut Self {
        let document = DocumentId(derive_id(&["document", name]));
        self.said(Body::Media(MediaRef { document, name: name.into(), mime: mime.into(), size: 1000 }))
    }
    pub fn news(&mut self, status: &str, news: News) -> &mut Self {
        let line = self.conv.cases.last().cloned().expect("a request");
        self.event(Event::Case(CaseNews {
            case: line.case,
            reference: line.reference,
            status: status.into(),
            news,
        }))
    }

    /// Lets days pass; timers that come due meanwhile fire in order.
    pub fn waits_days(&mut self, days: i64) -> Vec<Effect> {
        let until = self.now.plus(Duration::days(days));
        let mut done = Vec::new();
        while let Some((timer, at)) = self
            .timers
            .iter()
            .map(|(t, at)| (t.clone(), *at))
            .filter(|(_, at)| *at <= until)
            .min_by_key(|(_, at)| *at)
        {
            self.timers.remove(&timer);
            self.now = self.now.max(at);
            self.event(Event::Due(timer));
            done.extend(self.last.clone());
        }
        self.now = until;
        done
    }

    /// What the last event made the bot (or staff) say.
    pub fn prompts(&self) -> Vec<&Prompt> {
        self.last.iter().filter_map(prompt_of).collect()
    }
    pub fn text(&self) -> String {
        self.prompts().iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("\n---\n")
    }
    pub fn labels(&self) -> Vec<String> {
        self.prompts().iter().flat_map(|p| p.choices.iter().map(|c| c.label.clone())).collect()
    }

    /// The last thing said waits for an answer to this question.
    #[track_caller]
    pub fn asks(&mut self, question: &str) -> &mut Self {
        let asked = self.prompts().last().and_then(|p| p.expects.as_ref()).map(|e| e.question.to_string());
        assert_eq!(asked.as_deref(), Some(question), "said:\n{}", self.text());
        self
    }
    /// The words (without isolation marks) stand in what was said.
    #[track_caller]
    pub fn expect(&mut self, words: &str) -> &mut Self {
        let text = self.text().replace(['\u{2066}', '\u{2068}', '\u{2069}'], "");
        assert!(text.contains(words), "{words:?} is not in:\n{text}");
        self
    }
    #[track_caller]
    pub fn expect_silence(&mut self) -> &mut Self {
        assert_eq!(self.prompts(), Vec::<&Prompt>::new());
        self
    }
    #[track_caller]
    pub fn expect_effect(&mut self, is: impl Fn(&Effect) -> bool) -> &mut Self {
        assert!(self.last.iter().any(is), "not among {:#?}", self.last);
        self
    }
    pub fn case(&self) -> CaseId {
        self.conv.cases.last().expect("a request").case
    }
}

fn prompt_of(effect: &Effect) -> Option<&Prompt> {
    match effect {
        Effect::Say(prompt, _) => Some(prompt),
        _ => None,
    }
}
