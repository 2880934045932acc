//! The charity's side: officers who do the next thing, and now and then the wrong one; and another system that decides.

use std::collections::BTreeMap;

use chrono::Duration;
use wasl::case::{Action, Check, Role, Status};
use wasl::engine::{ActError, Staff};
use wasl::message::{CaseId, PersonId, StaffId, derive_id};
use wasl::store;
use wasl::store::decision::NewDecision;

use super::rng::Rng;
use super::world::{World, Wrong};

/// How often the process dies in what the desk does, against the rest of its work: there is little of it.
const DESK: u32 = 4;

#[derive(Clone)]
pub struct Office {
    rng: Rng,
    /// The decisions that the other system wrote.
    pub written: Vec<String>,
    /// Whether the last word with a person was to take over.
    took: bool,
    /// How often somebody acted, to the page's own knowledge.
    pub acts: u32,
}

pub fn staff(role: Role) -> Staff {
    let name = if role == Role::Officer { "amina" } else { "mona" };
    Staff { id: StaffId(derive_id(&[name])), name: name.into(), role }
}

impl Office {
    pub fn new(rng: Rng) -> Office {
        Office { rng, written: Vec::new(), took: false, acts: 0 }
    }

    /// Somebody looks at one of the requests of these people, or at one of the people.
    pub async fn works(&mut self, world: &mut World, people: &[PersonId]) -> Result<(), Wrong> {
        let Some(person) = self.rng.pick(people).copied() else { return Ok(()) };
        let cases = cases_of(world, person).await;
        let Some((case, status)) = self.rng.pick(&cases).cloned() else {
            return if self.rng.chance(250) { self.speaks(world, person).await } else { Ok(()) };
        };
        if self.rng.chance(120) {
            return self.speaks(world, person).await;
        }
        if status == Status::WithCommittee && self.rng.chance(400) {
            return self.writes_decision(world, case).await;
        }
        if self.rng.chance(120) {
            let action = self.anything();
            return self.acts(world, case, action).await;
        }
        self.goes_on(world, person, case).await
    }

    /// One step with a request, or several: whoever has its papers on the table goes on.
    async fn goes_on(&mut self, world: &mut World, person: PersonId, case: CaseId) -> Result<(), Wrong> {
        for _ in 0..1 + self.rng.below(7) {
            let cases = cases_of(world, person).await;
            let Some((_, status)) = cases.into_iter().find(|(id, _)| *id == case) else { return Ok(()) };
            if status == Status::WithCommittee && self.rng.chance(450) {
                return self.writes_decision(world, case).await;
            }
            let Some(action) = self.next(world, case, status).await? else { return Ok(()) };
            self.acts(world, case, action).await?;
        }
        Ok(())
    }

    /// What comes next for a request, as an officer does it.
    async fn next(
        &mut self,
        world: &mut World,
        case: CaseId,
        status: Status,
    ) -> Result<Option<Action>, Wrong> {
        let reason = format!("reason {}", self.acts);
        Ok(Some(match status {
            Status::Submitted => {
                let opened = world.engine().open_case(&staff(Role::Officer), case).await;
                let opened = match opened {
                    Ok(opened) => opened,
                    // That somebody read it cannot be written down.
                    Err(_) if world.full => return Ok(None),
                    Err(error) => return Err(format!("a request does not open: {error}")),
                };
                if !opened.case.unmatched().is_empty() && self.rng.chance(800) {
                    return Ok(Some(Action::Return));
                }
                let asked: Vec<_> = opened.answers.iter().map(|(question, _)| question.clone()).collect();
                let mut results: BTreeMap<_, _> =
                    asked.iter().map(|question| (question.clone(), Check::Matched)).collect();
                if self.rng.chance(400)
                    && let Some(question) = self.rng.pick(&asked)
                {
                    results.insert(question.clone(), Check::Missing("too dark".into()));
                }
                Action::Check { results }
            }
            Status::Checked | Status::Appealed => Action::HandToCommittee,
            Status::WithCommittee => {
                let early = Some("a birth is near".into());
                if self.rng.chance(650) {
                    Action::Accept { reason, early }
                } else {
                    Action::Reject { reason, early }
                }
            }
            Status::Accepted => Action::Register,
            Status::Registered => Action::Deliver,
            Status::Rejected if self.rng.chance(300) => Action::Appeal { reason },
            _ => return Ok(None),
        }))
    }

    /// What somebody presses who is on the wrong page.
    fn anything(&mut self) -> Action {
        let all = [
            Action::Return,
            Action::HandToCommittee,
            Action::Accept { reason: "yes".into(), early: None },
            Action::Register,
            Action::Deliver,
            Action::Withdraw,
        ];
        let place = self.rng.below(all.len());
        all.into_iter().nth(place).unwrap_or(Action::Return)
    }

    pub async fn acts(&mut self, world: &mut World, case: CaseId, action: Action) -> Result<(), Wrong> {
        self.acts += 1;
        let fuse = world.fuse("act", DESK);
        world.tells(format!("the desk: {action:?} on {case}"));
        let before = steps(world, case).await;
        let by = staff(Role::Administrator);
        let done = world.does(fuse, |engine| async move { engine.act(&by, case, action).await }).await?;
        let after = steps(world, case).await;
        match done {
            Some(Ok(())) if after != before + 1 => Err(format!("an act made {} steps", after - before)),
            Some(Err(ActError::Refused(_))) if after == before => Ok(()),
            Some(Err(_)) if world.full && after == before => Ok(()),
            Some(Err(error)) => Err(format!("the desk was told: {error} ({:?})", world.errors)),
            // Who was not answered looks at the page again.
            None if after > before + 1 => Err("an act that died was done twice".into()),
            _ => Ok(()),
        }
    }

    async fn writes_decision(&mut self, world: &mut World, case: CaseId) -> Result<(), Wrong> {
        // Early ones are refused; most wait for their time.
        if self.rng.chance(700) {
            world.passes(Duration::days(14));
        }
        let outcome = if self.rng.chance(700) { "accepted" } else { "rejected" };
        if world.full {
            return Ok(());
        }
        self.decides(world, case, outcome).await
    }

    /// The other system writes its decision into the shared store.
    pub async fn decides(&mut self, world: &mut World, case: CaseId, outcome: &str) -> Result<(), Wrong> {
        let id = format!("decision-{}", self.written.len());
        world.tells(format!("another system decides on {case}"));
        let store = world.engine().store().clone();
        let mut tx = store.begin().await.map_err(|error| error.to_string())?;
        let new = NewDecision {
            id: &id,
            case,
            outcome,
            reason: "the committee agreed",
            early_reason: None,
            decided_by: None,
            decided_at: world.now(),
            source: "other",
        };
        store::decision::insert(&mut tx, &new).await.map_err(|error| error.to_string())?;
        tx.commit().await.map_err(|error| error.to_string())?;
        self.written.push(id);
        Ok(())
    }

    /// Staff in somebody's conversation.
    pub async fn speaks(&mut self, world: &mut World, person: PersonId) -> Result<(), Wrong> {
        // Whoever takes a conversation hands it back soon: most of what is tested happens with the bot.
        let what = if std::mem::take(&mut self.took) { 2 } else { self.rng.below(4) };
        self.took = what < 2;
        self.does(world, person, what).await
    }

    /// Staff writes to somebody.
    pub async fn says(&mut self, world: &mut World, person: PersonId) -> Result<(), Wrong> {
        self.took = true;
        self.does(world, person, 1).await
    }

    async fn does(&mut self, world: &mut World, person: PersonId, what: usize) -> Result<(), Wrong> {
        let by = staff(Role::Officer);
        let known =
            store::person::get(&mut world.engine().store().read().await.map_err(|e| e.to_string())?, person)
                .await
                .map_err(|error| error.to_string())?;
        if known.is_none() {
            return Ok(());
        }
        world.tells(format!(
            "the desk: {} {person}",
            ["takes over", "writes to", "hands back", "hands back"][what]
        ));
        let (words, press) = (format!("staff words {}", self.acts), self.acts.to_string());
        self.acts += 1;
        let fuse = world.fuse("speak", DESK);
        let done = world
            .does(fuse, |engine| async move {
                match what {
                    0 => engine.take_over(&by, person, &press).await,
                    1 => engine.say(&by, person, &press, &words).await,
                    _ => engine.hand_back(&by, person, &press).await,
                }
            })
            .await?;
        match done {
            Some(Err(error)) if !world.full => Err(format!("staff could not speak: {error}")),
            _ => Ok(()),
        }
    }
}

/// A person's requests and where they stand.
pub async fn cases_of(world: &World, person: PersonId) -> Vec<(CaseId, Status)> {
    let store = world.engine().store().clone();
    let mut tx = store.read().await.unwrap();
    let mut cases = store::case::of_person(&mut tx, person).await.unwrap();
    cases.sort_by_key(|row| row.id);
    cases.into_iter().filter_map(|row| Some((row.id, Status::parse(&row.status)?))).collect()
}

async fn steps(world: &World, case: CaseId) -> usize {
    let store = world.engine().store().clone();
    let mut tx = store.read().await.unwrap();
    store::case::events(&mut tx, case).await.unwrap().len()
}
