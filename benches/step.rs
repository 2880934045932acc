//! How long [`wasl::dialogue::step`] takes alone: no store, no sealing, no rendering; and a yardstick beside it.
//!
//! `cargo bench --bench step`

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use wasl::config::Config;
use wasl::dialogue::{Conversation, Effect, Env, Event, State, step};
use wasl::form::{self, Moment, Shelf};
use wasl::locale::Catalogue;
use wasl::message::{
    Address, Body, ChannelId, DocumentId, EventId, ExpectsKind, MediaRef, PersonId, Prompt, derive_id,
};
use wasl::time::Timestamp;

#[allow(dead_code)] // every measurement uses its part
mod common;

/// Steps that are taken before their outcome is let go, as the engine takes those of one commit: with thousands, the time
/// would be that of fresh memory.
const TOGETHER: BatchSize = BatchSize::NumIterations(16);

/// The world a step sees.
struct World {
    config: Config,
    words: Catalogue,
    shelf: Shelf,
    channel: ChannelId,
    person: PersonId,
}

impl World {
    fn shipped() -> World {
        let config = Config::from_toml("association.phone = \"0112345678\"").unwrap();
        let channel = ChannelId::new("webchat");
        let address = Address { channel: channel.clone(), path: "sister".into() };
        World {
            words: Catalogue::shipped(&config.association.default_locale).unwrap(),
            shelf: Shelf::read(&form::shipped()).unwrap().0,
            person: PersonId::of(&address),
            config,
            channel,
        }
    }

    fn step(&self, conversation: Conversation, event: &Event) -> (Conversation, Vec<Effect>) {
        let env = Env {
            event: EventId::of(&self.channel, "one"),
            asks_leave: false,
            person: self.person,
            channel: &self.channel,
            at: Moment {
                now: Timestamp::parse("2026-11-22T10:00:00Z").unwrap(),
                zone: self.config.association.zone,
            },
            words: &self.words,
            shelf: &self.shelf,
            association: &self.config.association,
            policy: &self.config.policy,
            status_link: &|case| format!("https://wasl.example/status/{case}"),
            secure_link: None,
            reference: &wasl::message::reference_of,
            stands: None,
            way_code: &|| "C-0A1B-2C3D".into(),
        };
        step(conversation, event, &env)
    }
}

/// One step of the story, as it is about to be taken.
struct Taken {
    name: String,
    before: Conversation,
    event: Event,
}

/// A request for money with its paper, from the greeting to the receipt: every step it takes.
fn story(world: &World) -> Vec<Taken> {
    let mut taken = Vec::new();
    let mut conversation = Conversation::default();
    let mut body = Body::Start { hint: None };
    let mut name = "start".to_owned();
    for _ in 0..60 {
        let event = Event::Said(body);
        let before = conversation.clone();
        let (after, effects) = world.step(conversation, &event);
        taken.push(Taken { name, before, event });
        conversation = after;
        let handed_in = effects.iter().any(|effect| matches!(effect, Effect::Submit(_)));
        let said = effects.iter().rev().find_map(prompt).expect("something is said");
        if handed_in {
            return taken;
        }
        let expects = said.expects.as_ref();
        name = expects.map_or("nothing", |expects| &*expects.question).to_owned();
        let paper = expects.is_some_and(|e| e.kind == ExpectsKind::File && e.required);
        body = if paper {
            let document = DocumentId(derive_id(&["document", "one"]));
            let (name, mime) = ("iqama.jpg".to_owned(), "image/jpeg".into());
            Body::Media(MediaRef { document, name, mime, size: 100_000 })
        } else {
            common::reply(expects, &said.choices, "FIN")
        };
    }
    panic!("the form does not end");
}

fn prompt(effect: &Effect) -> Option<&Prompt> {
    match effect {
        Effect::Say(prompt, _) => Some(prompt),
        _ => None,
    }
}

fn main() {
    let world = World::shipped();
    let mut criterion = Criterion::default()
        .warm_up_time(std::time::Duration::from_millis(300))
        .measurement_time(std::time::Duration::from_millis(1200))
        .configure_from_args();
    let story = story(&world);
    let review = story.iter().find(|taken| taken.name == "review").expect("there is a review");
    let chosen = [
        ("menu: a word the bot knows", "menu", "قائمة"),
        ("menu: words it does not know", "menu", "السلام عليكم ورحمة الله"),
        ("review: back by a word", "review", "رجوع"),
    ];
    for (label, at, said) in chosen {
        let before = story.iter().find(|taken| taken.name == at).expect("the story passes there");
        let event = Event::Said(Body::Text(said.to_owned()));
        measure(&mut criterion, &world, label, &before.before, &event);
    }
    assert!(matches!(review.before.session.as_ref().map(|s| &s.state), Some(State::Review)));
    yardstick(&mut criterion, &review.before);
    for taken in &story {
        let label = format!("request: {}", taken.name);
        measure(&mut criterion, &world, &label, &taken.before, &taken.event);
    }
    whole(&mut criterion, &world, &story);
    criterion.final_summary();
}

fn measure(criterion: &mut Criterion, world: &World, label: &str, before: &Conversation, event: &Event) {
    criterion.bench_function(label, |bencher| {
        bencher.iter_batched(
            || before.clone(),
            |conversation| black_box(world.step(conversation, event)),
            TOGETHER,
        );
    });
}

/// What a step is held against on a machine of any speed: the same conversation written as JSON and read again.
fn yardstick(criterion: &mut Criterion, conversation: &Conversation) {
    criterion.bench_function("yardstick: the conversation as JSON and back", |bencher| {
        bencher.iter(|| {
            let json = serde_json::to_vec(conversation).unwrap();
            serde_json::from_slice::<Conversation>(&json).unwrap()
        });
    });
}

/// All steps of the request one after another: divide by their number for the mean step.
fn whole(criterion: &mut Criterion, world: &World, story: &[Taken]) {
    criterion.bench_function(&format!("request: all {} steps", story.len()), |bencher| {
        bencher.iter_batched(
            || story.iter().map(|taken| taken.before.clone()).collect::<Vec<_>>(),
            |befores| {
                for (conversation, taken) in befores.into_iter().zip(story) {
                    black_box(world.step(conversation, &taken.event));
                }
            },
            BatchSize::PerIteration,
        );
    });
}
