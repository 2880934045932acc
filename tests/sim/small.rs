//! Small cases in every order in which their few things can happen; and some of those orders with a death before each
//! command.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::Duration;
use wasl::case::{Action, Check, Status};
use wasl::message::{Body, CaseId};

use super::fuse::{self, NEVER};
use super::office::{cases_of, staff};
use super::run::Sim;
use super::world::Wrong;

/// One thing that happens; a number is that of the process that does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    /// The first message arrives, and its acknowledgement is lost.
    FirstUnheard(usize),
    /// It comes again.
    FirstAgain(usize),
    /// A message arrives: the second one, or the only one.
    Message(usize),
    Tick(usize),
    Deliver(usize),
    /// Another system writes its decision.
    Decide,
    /// The decision is taken.
    Take(usize),
}

use Act::{Decide, Deliver, FirstAgain, FirstUnheard, Message, Take, Tick};

/// What happens, in any order but for those of which one comes before the other.
struct Story {
    name: &'static str,
    channel: &'static str,
    acts: &'static [Act],
    before: &'static [(Act, Act)],
}

const STORIES: [Story; 3] = [
    Story {
        name: "two messages, one of them again",
        channel: "post",
        acts: &[FirstUnheard(0), Message(1), FirstAgain(1), Tick(0), Deliver(0), Deliver(1)],
        before: &[(FirstUnheard(0), FirstAgain(1))],
    },
    Story {
        name: "a decision, and its person takes the request back",
        channel: "wire",
        acts: &[Message(0), Decide, Take(1), Tick(0), Tick(1), Deliver(0)],
        before: &[(Decide, Take(1))],
    },
    Story {
        name: "a draft that lapses, and its person goes on",
        channel: "post",
        acts: &[Message(0), Tick(0), Tick(1), Deliver(0), Deliver(1)],
        before: &[],
    },
];

/// Of how many orders one is played with deaths, unless all are wanted (`SIM_SMALL=1`).
const ONE_OF: usize = 60;

impl Story {
    /// Every order.
    fn orders(&self) -> Vec<Vec<Act>> {
        let mut orders = vec![vec![]];
        for _ in self.acts {
            orders = orders.into_iter().flat_map(|order| self.longer(&order)).collect();
        }
        orders
    }

    fn longer(&self, order: &[Act]) -> Vec<Vec<Act>> {
        let left: BTreeSet<Act> = self.acts.iter().copied().filter(|act| !order.contains(act)).collect();
        let may = |act: &&Act| self.before.iter().all(|(first, then)| then != *act || order.contains(first));
        left.iter().filter(may).map(|act| [order, &[*act]].concat()).collect()
    }

    /// The world right before.
    async fn begins(&self) -> Result<Sim, Wrong> {
        let mut sim = Sim::small(self.channel).await;
        if self.acts.contains(&Decide) {
            until(&mut sim, "a request", async |sim| {
                !cases_of(&sim.world, sim.people[0].id).await.is_empty()
            })
            .await?;
            to_the_committee(&mut sim).await?;
            says(&mut sim, Body::Text("status".into())).await?;
            presses(&mut sim, 0).await?;
        } else {
            let asked = |sim: &Sim| sim.people[0].prompt().is_some_and(|part| &*part.key == "question:need");
            until(&mut sim, "a question", async |sim| asked(sim)).await?;
        }
        if self.acts.iter().all(|act| !matches!(act, Decide | FirstUnheard(_))) {
            sim.world.passes(Duration::days(40));
        }
        Ok(sim)
    }

    /// What its person sends.
    fn says(&self, sim: &mut Sim) {
        let at = sim.world.now();
        let person = &mut sim.people[0];
        if self.acts.contains(&Decide) {
            // Yes, take it back.
            let yes = person.prompt().and_then(|part| part.choices.get(1)).map(|choice| choice.token.clone());
            person.sends(Body::Choice(yes.expect("it is asked whether")), at);
            return;
        }
        person.sends(Body::Text("the first words".into()), at);
        if self.acts.iter().any(|act| matches!(act, FirstUnheard(_))) {
            person.sends(Body::Text("the second words".into()), at);
        }
    }
}

async fn until(sim: &mut Sim, what: &str, is_so: impl AsyncFn(&Sim) -> bool) -> Result<(), Wrong> {
    for _ in 0..400 {
        if is_so(sim).await {
            return Ok(());
        }
        sim.acts(0).await?;
        settles(sim).await?;
    }
    Err(format!("the story never came to {what}"))
}

async fn settles(sim: &mut Sim) -> Result<(), Wrong> {
    while !sim.network.is_empty() {
        sim.messages_arrive().await?;
    }
    sim.world.drains(100).await?;
    sim.looks(0, 1000).await
}

async fn says(sim: &mut Sim, body: Body) -> Result<(), Wrong> {
    let at = sim.world.now();
    let place = sim.people[0].sends(body, at);
    sim.network.push((0, place));
    settles(sim).await
}

/// Presses that button of what was asked last.
async fn presses(sim: &mut Sim, n: usize) -> Result<(), Wrong> {
    let choice = sim.people[0].prompt().and_then(|part| part.choices.get(n)).map(|c| c.token.clone());
    says(sim, Body::Choice(choice.ok_or("there is no such button")?)).await
}

async fn to_the_committee(sim: &mut Sim) -> Result<(), Wrong> {
    let person = sim.people[0].id;
    let (case, _) = cases_of(&sim.world, person).await[0];
    let opened = sim.world.engine().open_case(&staff(wasl::case::Role::Officer), case).await;
    let opened = opened.map_err(|error| error.to_string())?;
    let results = opened.answers.iter().map(|(question, _)| (question.clone(), Check::Matched)).collect();
    sim.office.acts(&mut sim.world, case, Action::Check { results }).await?;
    sim.office.acts(&mut sim.world, case, Action::HandToCommittee).await?;
    sim.world.passes(Duration::days(15));
    settles(sim).await
}

async fn case_of(sim: &Sim) -> Option<(CaseId, Status)> {
    cases_of(&sim.world, sim.people[0].id).await.into_iter().next()
}

async fn happens(sim: &mut Sim, act: Act, first: usize) -> Result<(), Wrong> {
    sim.world.tells(format!("{act:?}"));
    match act {
        FirstUnheard(at) | FirstAgain(at) => {
            sim.world.at = at;
            sim.weather.ack_lost = if act == FirstUnheard(at) { 1000 } else { 0 };
            sim.network = vec![(0, first)];
            sim.messages_arrive().await?;
            sim.weather.ack_lost = 0;
        }
        Message(at) => {
            sim.world.at = at;
            sim.network = vec![(0, sim.people[0].messages.len() - 1)];
            sim.messages_arrive().await?;
        }
        Tick(at) => {
            sim.world.at = at;
            sim.world.ticks(NEVER).await?;
        }
        Deliver(at) => {
            sim.world.at = at;
            sim.world.delivers(NEVER).await?;
        }
        Decide => {
            if let Some((case, _)) = case_of(sim).await {
                sim.office.decides(&mut sim.world, case, "accepted").await?;
            }
        }
        Take(at) => {
            sim.world.at = at;
            sim.decisions_are_taken().await?;
        }
    }
    Ok(())
}

/// Plays one order, with a death before its `n`-th command. Whether it died.
async fn plays(
    begun: &Sim,
    story: &Story,
    order: &[Act],
    n: Option<u64>,
) -> Result<bool, (Wrong, Vec<String>)> {
    let mut sim = begun.again().await;
    let first = sim.people[0].messages.len();
    story.says(&mut sim);
    sim.world.doom = n.map(|n| fuse::burnt() + n);
    let played = async {
        for act in order {
            happens(&mut sim, *act, first).await?;
            sim.no_errors()?;
        }
        sim.world.doom = None;
        // What is still unheard of comes again.
        sim.network = (first..sim.people[0].messages.len())
            .filter(|place| sim.people[0].messages[*place].acked.is_none())
            .map(|place| (0, place))
            .collect();
        let died = sim.world.deaths > 0;
        sim.balances().await.map(|_| died)
    };
    played.await.map_err(|wrong| (wrong, std::mem::take(&mut sim.world.told)))
}

#[test]
fn small_cases_in_every_order() {
    let all = super::asked("SIM_SMALL").is_some();
    let told = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for story in &STORIES {
            let told = &told;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let (orders, deaths) = runtime.block_on(plays_all(story, all));
                assert!(deaths > 0, "{}: nothing died", story.name);
                let line = format!("{}: {orders} orders, {deaths} deaths", story.name);
                told.lock().unwrap().push(line);
            });
        }
    });
    println!("{}", told.into_inner().unwrap().join("\n"));
}

/// How many orders, and how many deaths in some of them.
async fn plays_all(story: &Story, all: bool) -> (usize, usize) {
    let begun = story.begins().await.unwrap_or_else(|wrong| panic!("{}: {wrong}", story.name));
    let deaths = AtomicUsize::new(0);
    let orders = story.orders();
    for (place, order) in orders.iter().enumerate() {
        let fault = |(wrong, told): (Wrong, Vec<String>), n: Option<u64>| -> bool {
            let last = told[told.len().saturating_sub(60)..].join("\n");
            panic!("{}: {order:?}, dead before {n:?}: {wrong}\n{last}", story.name)
        };
        plays(&begun, story, order, None).await.unwrap_or_else(|wrong| fault(wrong, None));
        for n in (0..).take_while(|_| all || place % ONE_OF == 0) {
            if !plays(&begun, story, order, Some(n)).await.unwrap_or_else(|wrong| fault(wrong, Some(n))) {
                break;
            }
            deaths.fetch_add(1, Ordering::Relaxed);
        }
    }
    (orders.len(), deaths.into_inner())
}
