//! The story as it is told once, without a crash: every kind of turn is in one of its chapters. Each act is kept with
//! the files from before it and with what stood at its end.

use chrono::Duration;
use wasl::case::{Action, Check};
use wasl::message::Body;

use super::super::harness;
use super::super::story::ANSWERS;
use super::stage::{Act, Saved, Stage};

/// One act, and what it comes to.
pub struct Scene {
    pub chapter: &'static str,
    pub act: Act,
    pub before: Saved,
    pub ending: Vec<String>,
}

pub struct Telling {
    stage: Option<Stage>,
    chapter: &'static str,
    scenes: Vec<Scene>,
}

impl Telling {
    pub async fn of_the_whole_story() -> Vec<Scene> {
        let stage = Some(Stage::begin().await);
        let mut told = Telling { stage, chapter: "", scenes: Vec::new() };
        told.a_request_with_a_paper().await;
        told.a_return_and_its_completion().await;
        told.a_human_stretch().await;
        told.a_draft_that_waits_and_is_taken_back().await;
        told.a_draft_that_lapses().await;
        told.a_suggestion_and_the_wish_to_be_forgotten().await;
        told.the_decision_of_another_system().await;
        told.the_survey_and_the_end().await;
        told.is_whole();
        told.scenes
    }

    async fn a_request_with_a_paper(&mut self) {
        self.chapter = "request";
        self.does(Act::Sends(Body::Start { hint: None })).await;
        self.says(&["English", "yes", "1", "CERT"]).await;
        self.answers_until("paper_id").await;
        self.does(Act::SendsPaper { name: "iqama.png", page: 1 }).await;
        self.says(&["31/12/2027"]).await;
        self.signs().await;
    }

    async fn a_return_and_its_completion(&mut self) {
        self.chapter = "return";
        self.checks(Some("paper_id")).await;
        self.officer(Action::Return).await;
        self.does(Act::SendsPaper { name: "better.png", page: 2 }).await;
        self.says(&["31/12/2028"]).await;
        self.signs().await;
    }

    async fn a_human_stretch(&mut self) {
        self.chapter = "human";
        self.says(&["menu", "help", "INQ", "What is zakat?", "person"]).await;
        self.does(Act::TakesOver).await;
        self.says(&["Are you there?"]).await;
        self.does(Act::Writes("Yes, I am here.")).await;
        self.does(Act::HandsBack).await;
    }

    async fn a_draft_that_waits_and_is_taken_back(&mut self) {
        self.chapter = "draft";
        self.says(&["pause"]).await;
        self.does(Act::Waits(Duration::days(23))).await;
        self.says(&["continue"]).await;
        self.answers_until("review").await;
        self.signs().await;
        self.says(&["status", "1", "2"]).await;
    }

    async fn a_draft_that_lapses(&mut self) {
        self.chapter = "lapse";
        self.says(&["help", "EDU"]).await;
        self.does(Act::SendsPaper { name: "by-mistake.png", page: 3 }).await;
        self.says(&["menu"]).await;
        self.does(Act::Waits(Duration::days(30))).await;
    }

    async fn a_suggestion_and_the_wish_to_be_forgotten(&mut self) {
        self.chapter = "opinion";
        self.says(&["menu", "Suggest or complain", "1", "2", "A lesson on Friday evening.", "no"]).await;
        self.says(&["my data", "Delete everything"]).await;
    }

    async fn the_decision_of_another_system(&mut self) {
        self.chapter = "decision";
        self.checks(None).await;
        self.officer(Action::HandToCommittee).await;
        self.does(Act::AnotherSystemDecides { service: "CERT" }).await;
        self.officer(Action::Register).await;
        self.officer(Action::Deliver).await;
    }

    async fn the_survey_and_the_end(&mut self) {
        self.chapter = "survey";
        self.does(Act::Waits(Duration::days(1))).await;
        self.says(&["5", "stop"]).await;
        self.does(Act::TimeCloses(Duration::days(20))).await;
    }

    async fn does(&mut self, act: Act) {
        let before = self.stage.take().unwrap().save().await;
        let mut stage = Stage::on_a_copy(&before, usize::MAX).await;
        stage.plays(&act).await;
        assert!(!stage.crashed);
        let ending = stage.ending().await;
        self.stage = Some(stage);
        self.scenes.push(Scene { chapter: self.chapter, act, before, ending });
    }

    fn stage(&self) -> &Stage {
        self.stage.as_ref().unwrap()
    }

    async fn says(&mut self, texts: &[&str]) {
        for text in texts {
            self.does(Act::Sends(Body::Text((*text).into()))).await;
        }
    }

    /// Answers whatever is asked until that question comes.
    async fn answers_until(&mut self, last: &str) {
        for _ in 0..20 {
            let question = self.stage().question().await;
            if question == last {
                return;
            }
            let answer = ANSWERS.iter().find(|(known, _)| *known == question).map_or("skip", |(_, a)| a);
            self.says(&[answer]).await;
        }
        panic!("{last} is not asked");
    }

    async fn signs(&mut self) {
        assert_eq!(self.stage().question().await, "review");
        self.says(&["It is all correct", "Maria Santos Cruz"]).await;
    }

    async fn officer(&mut self, action: Action) {
        self.does(Act::Moves { service: "CERT", action }).await;
    }

    /// The officer looks at everything; `missing` is not in order.
    async fn checks(&mut self, missing: Option<&str>) {
        let found = |question: &str| match missing {
            Some(missing) if missing == question => Check::Missing("The photo is too dark.".into()),
            _ => Check::Matched,
        };
        let asked = self.stage().asked("CERT").await;
        let results = asked.into_iter().map(|question| (question.clone(), found(&question))).collect();
        self.officer(Action::Check { results }).await;
    }

    /// Each kind of thing that can happen has happened.
    fn is_whole(&self) {
        let endings: Vec<String> = self.scenes.iter().map(|scene| scene.ending.join("\n")).collect();
        let all = harness::plain(&endings.join("\n"));
        for seen in [
            "case CERT closed",
            "case INQ withdrawn",
            "returned by staff",
            "completed by person",
            "accepted by system",
            "closed by clock",
            "task erasure",
            "task person_wanted",
            "task suggestion",
            "filed suggestion",
            "stretch ended",
            "survey overall 5",
            "papers 2 of 2",
            "still waiting for you",
            "Today we deleted",
            "is cancelled",
            "was missing for request",
        ] {
            assert!(all.contains(seen), "the story has no {seen:?}");
        }
    }
}
