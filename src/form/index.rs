//! What is worked out once of a form, so that no answer has to search for it.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Question, QuestionId};

/// Where questions stand, and which answers are judged by which others.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// The place of each question by name.
    pub(super) places: BTreeMap<QuestionId, usize>,
    /// The places of the questions whose constraint or choice filter looks at this one, or at something that is
    /// worked out from it; in order. Questions at which nobody looks are not in it.
    pub(super) judged_by: BTreeMap<QuestionId, Vec<usize>>,
}

impl Index {
    /// Of the questions of a form, in order.
    pub(super) fn of(questions: &[Question]) -> Index {
        let places: BTreeMap<_, _> = questions.iter().enumerate().map(|(at, q)| (q.id.clone(), at)).collect();
        let mut judged_by: BTreeMap<QuestionId, Vec<usize>> = BTreeMap::new();
        for (at, question) in questions.iter().enumerate() {
            for name in looks_at(question, &|name| questions.get(*places.get(name)?)) {
                if name != &*question.id {
                    judged_by.entry(name.into()).or_default().push(at);
                }
            }
        }
        Index { places, judged_by }
    }

    /// Tells the expressions of the questions where those stand that they read.
    pub(super) fn settle(&self, questions: &mut [Question]) {
        let place = |name: &str| self.places.get(name).copied();
        for question in questions {
            let Question { relevant, constraint, calculation, default, choice_filter, .. } = question;
            let all = [relevant, constraint, calculation, default, choice_filter];
            all.into_iter().flatten().for_each(|expr| expr.settle(&place));
        }
    }
}

/// What a question's constraint and choice filter look at, and what that is worked out from.
fn looks_at<'q>(question: &'q Question, named: &dyn Fn(&str) -> Option<&'q Question>) -> BTreeSet<&'q str> {
    let judges = [&question.constraint, &question.choice_filter];
    let mut open: Vec<&str> = judges.into_iter().flatten().flat_map(|expr| expr.reads()).collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(question) = named(name).filter(|_| seen.insert(name)) {
            let behind = [&question.relevant, &question.calculation];
            open.extend(behind.into_iter().flatten().flat_map(|expr| expr.reads()));
        }
    }
    seen
}
