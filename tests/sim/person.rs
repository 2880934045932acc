//! People of random patience: what they see, and what they do about it.

use bytes::Bytes;
use wasl::message::{Address, Body, ChannelId, Choice, EventId, ExpectsKind, Inbound, Part, PersonId};
use wasl::time::Timestamp;

use super::rng::Rng;

/// A message that somebody sends, and what they know of its way.
#[derive(Debug, Clone)]
pub struct Message {
    pub inbound: Inbound,
    pub event: EventId,
    /// The batch in which it was first tried.
    pub tried: Option<u32>,
    /// The batch in which it was acknowledged, as its sender saw it.
    pub acked: Option<u32>,
    /// The batch that stored it, if that was said.
    pub stored: Option<u32>,
    /// Whether its sender was forgotten since it was stored.
    pub forgotten: bool,
}

/// What somebody does next.
#[derive(Debug)]
pub enum Deed {
    Sends(Body),
    SendsPaper { name: String, bytes: Bytes },
    Waits,
}

#[derive(Clone)]
pub struct Person {
    pub address: Address,
    pub id: PersonId,
    /// Who they were before, each time they were forgotten.
    pub before: Vec<PersonId>,
    pub messages: Vec<Message>,
    /// The parts that they have before them, oldest first.
    pub shown: Vec<Part>,
    /// How far they read, and the ids of what they read.
    pub cursor: i64,
    pub read: Vec<String>,
    /// Whether they blocked us, and write no more.
    pub away: bool,
    rng: Rng,
    /// How often in a thousand they do something else than what is asked.
    wild: u32,
    /// How often in a thousand they do nothing.
    slow: u32,
    said: u32,
    papers: u32,
}

/// A paper that every form takes: the head of a PDF.
const PAPER: &[u8] = b"%PDF-1.4 ";

/// What may be typed anywhere.
const WORDS: &[&str] = &[
    "back",
    "back",
    "back",
    "skip",
    "pause",
    "continue",
    "menu",
    "help",
    "person",
    "language",
    "status",
    "my data",
    "stop",
    "change",
    "rate",
    "yes",
    "no",
    "1",
    "2",
    "7",
    "Thank you!",
    "رجوع",
    "🙂",
    "request",
];

impl Person {
    pub fn new(n: usize, mut rng: Rng) -> Person {
        let channel = ["webchat", "post", "wire"][(n + rng.below(2)) % 3];
        Person::at(channel, n, rng)
    }

    /// Somebody of much patience, who does what is asked.
    pub fn patient(channel: &str, rng: Rng) -> Person {
        Person { wild: 0, slow: 0, ..Person::at(channel, 0, rng) }
    }

    fn at(channel: &str, n: usize, mut rng: Rng) -> Person {
        let address = Address { channel: ChannelId::new(channel), path: format!("{channel}-{n}").into() };
        let (wild, slow) = (rng.between(20, 350) as u32, rng.between(0, 500) as u32);
        let id = PersonId::of(&address);
        Person {
            address,
            id,
            before: vec![],
            messages: vec![],
            shown: vec![],
            cursor: 0,
            read: vec![],
            away: false,
            rng,
            wild,
            slow,
            said: 0,
            papers: 0,
        }
    }

    /// Whether their client reads (and nothing is sent to them).
    pub fn reads(&self) -> bool {
        self.address.channel.as_str() == "webchat"
    }

    /// Puts a message on its way; its place among theirs.
    pub fn sends(&mut self, body: Body, at: Timestamp) -> usize {
        let external_id: Box<str> = format!("{}-m{}", self.address.path, self.messages.len()).into();
        let event = EventId::of(&self.address.channel, &external_id);
        let inbound = Inbound { from: self.address.clone(), external_id, sent_at: at, body };
        let message = Message { inbound, event, tried: None, acked: None, stored: None, forgotten: false };
        self.messages.push(message);
        self.messages.len() - 1
    }

    /// What they sent and is theirs: not what they sent before they were forgotten.
    pub fn own(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|message| !message.forgotten)
    }

    /// Whether a message of theirs is known to have come.
    pub fn is_known(&self) -> bool {
        self.own().any(|message| message.acked.is_some())
    }

    /// Whether a message of theirs has come.
    pub fn is_there(&self) -> bool {
        self.own().any(|message| message.acked.is_some() || message.stored.is_some())
    }

    /// They were forgotten, with those of their messages that had come: whoever writes next from here is somebody new.
    pub fn is_forgotten(&mut self, came: impl Fn(&Message) -> bool) {
        for message in &mut self.messages {
            message.forgotten |= came(message);
        }
        self.before.push(self.id);
        self.id = PersonId::after(&self.address, self.before.len() as u32);
        self.shown.clear();
        self.read.clear();
    }

    /// What they were asked last.
    pub fn prompt(&self) -> Option<&Part> {
        self.shown.iter().rev().find(|part| part.expects.is_some() || !part.choices.is_empty())
    }

    /// What they do next.
    pub fn next(&mut self) -> Deed {
        if self.own().next().is_none() {
            return Deed::Sends(self.begins());
        }
        if self.away || self.rng.chance(self.slow) {
            return Deed::Waits;
        }
        if self.rng.chance(self.wild) {
            return self.goes_astray();
        }
        let Some(prompt) = self.prompt().cloned() else {
            return if self.rng.chance(100) { self.says("hello?") } else { Deed::Waits };
        };
        self.answers(&prompt)
    }

    fn begins(&mut self) -> Body {
        match self.rng.below(4) {
            0 => Body::Text("Peace be upon you".into()),
            1 => Body::Text("السلام عليكم".into()),
            _ => Body::Start { hint: None },
        }
    }

    fn says(&mut self, text: &str) -> Deed {
        Deed::Sends(Body::Text(text.to_owned()))
    }

    /// Something else than what is asked.
    fn goes_astray(&mut self) -> Deed {
        match self.rng.below(12) {
            0 => Deed::Sends(Body::Start { hint: None }),
            1 => Deed::Sends(Body::Place { lat: 24.7, lon: 46.6 }),
            2 => Deed::Sends(Body::Phone("+966501234567".into())),
            3 => Deed::Sends(Body::Unsupported("sticker".into())),
            4 if self.is_known() => self.sends_paper(),
            // What they just sent, once more, as a new message.
            5 => match self.messages.last().map(|message| message.inbound.body.clone()) {
                Some(body) => Deed::Sends(body),
                None => Deed::Waits,
            },
            6 | 7 => {
                let old: Vec<&Choice> = self.shown.iter().flat_map(|part| &part.choices).collect();
                match self.rng.pick(&old) {
                    Some(choice) => Deed::Sends(Body::Choice(choice.token.clone())),
                    None => Deed::Waits,
                }
            }
            _ => {
                let word = *self.rng.pick(WORDS).unwrap_or(&"help");
                self.says(word)
            }
        }
    }

    fn sends_paper(&mut self) -> Deed {
        self.papers += 1;
        let bytes = [PAPER, self.address.path.as_bytes(), &self.papers.to_be_bytes()].concat();
        Deed::SendsPaper { name: format!("paper {}.pdf", self.papers), bytes: bytes.into() }
    }

    /// Words that nobody else says, and that are said once.
    fn own_words(&mut self) -> String {
        self.said += 1;
        format!("words {} of {}", self.said, self.address.path)
    }

    /// What is asked, most likely rightly.
    fn answers(&mut self, prompt: &Part) -> Deed {
        let Some(expects) = &prompt.expects else { return self.chooses(prompt, 500) };
        let required = expects.required;
        match (&*expects.question, expects.kind) {
            // Enough for now: no more messages that nobody asked for.
            ("menu", _) if self.rng.chance(40) => self.says("stop"),
            ("menu", _) => self.chooses(prompt, 600),
            ("consent", _) => self.chooses(prompt, 900),
            ("review", _) => self.chooses(prompt, 750),
            (_, ExpectsKind::Choice | ExpectsKind::Choices | ExpectsKind::Text) if self.rng.chance(60) => {
                let word = ["back", "back", "pause"][self.rng.below(3)];
                self.says(word)
            }
            (_, ExpectsKind::Choice | ExpectsKind::Choices) => {
                if expects.kind == ExpectsKind::Choices && self.rng.chance(400) {
                    let tokens = prompt.choices.iter().filter(|choice| !choice.aside).take(2);
                    return Deed::Sends(Body::Choices(tokens.map(|choice| choice.token.clone()).collect()));
                }
                self.chooses(prompt, 0)
            }
            (_, ExpectsKind::File) => {
                if !required && self.rng.chance(600) {
                    return self.says("skip");
                }
                self.sends_paper()
            }
            (_, ExpectsKind::Place) => Deed::Sends(Body::Place { lat: 21.5, lon: 39.2 }),
            (_, ExpectsKind::Signature) => self.says("Maria Santos Cruz"),
            _ if !required && self.rng.chance(550) => self.says("skip"),
            (question, kind) => {
                let text = self.text_for(question, kind);
                Deed::Sends(Body::Text(text))
            }
        }
    }

    fn text_for(&mut self, question: &str, kind: ExpectsKind) -> String {
        let wrong = self.rng.chance(80);
        match kind {
            _ if wrong => self.own_words(),
            ExpectsKind::Integer => ["0", "2", "٣", "4"][self.rng.below(4)].into(),
            ExpectsKind::Decimal => ["2500", "3", "٢"][self.rng.below(3)].into(),
            ExpectsKind::Date if question.ends_with("_expiry") => "31/12/2030".into(),
            ExpectsKind::Date => ["25/12/1990", "1/3/2020"][self.rng.below(2)].into(),
            ExpectsKind::Phone => ["0501234567", "0559876543"][self.rng.below(2)].into(),
            ExpectsKind::Email => "maria@example.com".into(),
            _ => self.own_words(),
        }
    }

    /// One of the choices: the first so often in a thousand, else any. By its button, or by its number where there are
    /// no buttons.
    fn chooses(&mut self, prompt: &Part, first: u32) -> Deed {
        let lines = numbered(&prompt.text).len();
        let all = if prompt.choices.is_empty() { lines } else { prompt.choices.len() };
        if all == 0 {
            let words = self.own_words();
            return Deed::Sends(Body::Text(words));
        }
        let n = if self.rng.chance(first) { 0 } else { self.rng.below(all) };
        match prompt.choices.get(n) {
            Some(choice) => Deed::Sends(Body::Choice(choice.token.clone())),
            None => self.says(&(n + 1).to_string()),
        }
    }
}

/// The choices that stand as numbered lines in a text, by what follows the number.
pub fn numbered(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| {
            let (number, label) = line.split_once(". ")?;
            number.parse::<u32>().is_ok().then_some(label)
        })
        .collect()
}
