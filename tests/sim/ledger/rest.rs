//! What may not be left when everything had its time.

use wasl::dialogue::{Conversation, Purpose, Timer};
use wasl::message::PersonId;

use super::{Sim, Wrong, require};
use crate::world::vault;

/// Papers and their bytes agree; no draft outlives its days, and no timer waits for a session that is gone.
pub async fn nothing_is_left(sim: &Sim) -> Result<(), Wrong> {
    let (papers, listed) = (sim.world.base.papers(), sim.world.base.listed_papers().await);
    require(papers == listed, || {
        let lost: Vec<_> = listed.difference(&papers).collect();
        let left: Vec<_> = papers.difference(&listed).collect();
        format!("papers without bytes: {lost:?}; bytes without a paper: {left:?}")
    })?;
    for timer in sim.world.base.timers().await {
        let known: Timer = serde_json::from_str(&timer).map_err(|_| format!("a timer called {timer}"))?;
        require(matches!(known, Timer::Survey(_)), || format!("{timer} is armed at the end"))?;
    }
    for (person, key, sealed) in sim.world.base.conversations().await {
        let person: PersonId = person.parse().map_err(|_| format!("a person called {person}"))?;
        let open =
            |error: &dyn std::fmt::Display| format!("the conversation of {person} does not open: {error}");
        let key = vault().person_key(person, &key).map_err(|error| open(&error))?;
        let plain = key.open("conversation", &sealed).map_err(|error| open(&error))?;
        let conversation: Conversation = serde_json::from_slice(&plain).map_err(|error| open(&error))?;
        for session in conversation.session.iter().chain(&conversation.parked) {
            let waits_with_its_case = matches!(session.purpose, Purpose::Completion { .. });
            require(waits_with_its_case, || {
                format!("{person} still has {:?} since {}", session.purpose, session.touched_at.iso())
            })?;
        }
    }
    Ok(())
}
