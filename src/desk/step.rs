//! What an officer can do to a case: the buttons, and what a pressed one means.

use std::collections::BTreeMap;

use super::flash::Flash;
use super::frame::Pairs;
use crate::case::{Action, By, Case, Check, Refusal, advance};
use crate::config::Policy;
use crate::form::QuestionId;
use crate::locale::strip_controls;
use crate::message::StaffId;
use crate::time::Timestamp;

/// The most characters of a reason.
pub const MAX_REASON: usize = 2000;

/// One kind of step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Step {
    Assign,
    Check,
    Return,
    HandToCommittee,
    Accept,
    Reject,
    Register,
    Deliver,
    Close,
    Appeal,
    Withdraw,
}

/// (step, its name in a form, what is said when it is done)
const STEPS: [(Step, &str, Flash); 11] = [
    (Step::Assign, "assign", Flash::Assigned),
    (Step::Check, "check", Flash::Checked),
    (Step::Return, "return", Flash::Returned),
    (Step::HandToCommittee, "hand_over", Flash::HandedOver),
    (Step::Accept, "accept", Flash::Accepted),
    (Step::Reject, "reject", Flash::Rejected),
    (Step::Register, "register", Flash::Registered),
    (Step::Deliver, "deliver", Flash::Delivered),
    (Step::Close, "close", Flash::Closed),
    (Step::Appeal, "appeal", Flash::Appealed),
    (Step::Withdraw, "withdraw", Flash::Withdrawn),
];

impl Step {
    /// The step of that name.
    pub fn named(name: &str) -> Option<Step> {
        STEPS.iter().find(|(_, known, _)| *known == name).map(|(step, _, _)| *step)
    }
    fn row(self) -> &'static (Step, &'static str, Flash) {
        STEPS.iter().find(|(step, _, _)| *step == self).unwrap_or(&STEPS[0])
    }
    /// Its name in a form.
    pub fn name(self) -> &'static str {
        self.row().1
    }
    /// What is said when it is done.
    pub fn done(self) -> Flash {
        self.row().2
    }
    /// The message on its button.
    pub fn label_key(self) -> String {
        format!("desk-do-{}", self.name().replace('_', "-"))
    }
    /// The message under its button: what it does to the person.
    pub fn help_key(self) -> String {
        format!("desk-help-{}", self.name().replace('_', "-"))
    }
    /// Whether it leads the request onward (a filled button).
    pub fn leads(self) -> bool {
        matches!(self, Step::HandToCommittee | Step::Register | Step::Deliver)
    }
    /// The action it stands for; `reason` and `early` are used where the action has them.
    fn action(self, reason: String, early: Option<String>, by: StaffId) -> Action {
        match self {
            Step::Assign => Action::Assign { to: by },
            Step::Check => Action::Check { results: BTreeMap::new() },
            Step::Return => Action::Return,
            Step::HandToCommittee => Action::HandToCommittee,
            Step::Accept => Action::Accept { reason, early },
            Step::Reject => Action::Reject { reason, early },
            Step::Register => Action::Register,
            Step::Deliver => Action::Deliver,
            Step::Close => Action::Close,
            Step::Appeal => Action::Appeal { reason },
            Step::Withdraw => Action::Withdraw,
        }
    }
}

/// Reads a pressed button and its fields. `questions` are those the check may speak of.
pub fn read(form: &Pairs, questions: &[QuestionId], by: StaffId) -> Result<(Step, Action), Flash> {
    let step = form.get("do").and_then(Step::named).ok_or(Flash::Form)?;
    if step == Step::Check {
        return Ok((step, Action::Check { results: checks(form, questions)? }));
    }
    let reason = words(form, "reason")?;
    if matches!(step, Step::Accept | Step::Reject | Step::Appeal) && reason.is_none() {
        return Err(Flash::NoReason);
    }
    Ok((step, step.action(reason.unwrap_or_default(), words(form, "early")?, by)))
}

/// The field's words without the space around them and marks that cannot be seen; `None` when nothing is left.
fn words(form: &Pairs, name: &str) -> Result<Option<String>, Flash> {
    match form.get(name).map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) if text.chars().count() > MAX_REASON => Err(Flash::TooLong),
        Some(text) => Ok(Some(strip_controls(text).into_owned())),
    }
}

/// `check.<question>` = matched, mismatched, missing (or empty: not looked at yet), `why.<question>` = words.
fn checks(form: &Pairs, questions: &[QuestionId]) -> Result<BTreeMap<QuestionId, Check>, Flash> {
    let mut results = BTreeMap::new();
    for (name, value) in form.all() {
        let Some(question) = name.strip_prefix("check.") else { continue };
        let question = questions.iter().find(|known| ***known == *question).ok_or(Flash::Form)?;
        let why = || words(form, &format!("why.{question}"))?.ok_or(Flash::NoReason);
        let check = match value {
            "" => continue,
            "matched" => Check::Matched,
            "mismatched" => Check::Mismatched(why()?),
            "missing" => Check::Missing(why()?),
            _ => return Err(Flash::Form),
        };
        results.insert(question.clone(), check);
    }
    Ok(results)
}

/// The steps that fit a case now, as the lifecycle itself says: each is tried on a copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// Whether "assign to me" makes sense.
    pub assign: bool,
    /// Whether the check can be saved.
    pub check: bool,
    /// Steps that need nothing but the button.
    pub simple: Vec<Step>,
    /// Steps behind a fold: they need a reason or a second look.
    pub folded: Vec<Step>,
    /// The decision, when it is its turn.
    pub decision: Option<Decision>,
}

/// Whether the committee's decision may be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Its days are over.
    Open,
    /// Not yet; this member of staff may override with a reason.
    Override,
    /// Not yet.
    Wait,
}

impl Offers {
    /// What `by` may do to `case` at `now`.
    pub fn of(case: &Case, by: &By, now: Timestamp, policy: &Policy) -> Offers {
        let By::Staff { id, .. } = by else { return Offers::default() };
        let tried = |step: Step, early: Option<&str>| {
            let action = step.action("-".into(), early.map(str::to_owned), *id);
            advance(case, &action, by, now, policy).err()
        };
        let fits = |step: Step| !matches!(tried(step, None), Some(Refusal::OutOfOrder { .. }));
        // What would be refused for its contents (an unfinished check) is not offered either.
        let done = |step: Step| tried(step, None).is_none();
        let of = |steps: &[Step]| steps.iter().copied().filter(|step| done(*step)).collect::<Vec<_>>();
        let decision = fits(Step::Accept).then(|| match tried(Step::Accept, None) {
            None => Decision::Open,
            Some(_) if tried(Step::Accept, Some("-")).is_none() => Decision::Override,
            Some(_) => Decision::Wait,
        });
        Offers {
            assign: case.owner != Some(*id) && fits(Step::Assign),
            check: fits(Step::Check),
            simple: of(&[Step::HandToCommittee, Step::Return, Step::Register, Step::Deliver, Step::Close]),
            folded: of(&[Step::Appeal, Step::Withdraw]),
            decision,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Role, Status};
    use crate::config::Config;
    use crate::message::{CaseId, derive_id};

    fn me() -> StaffId {
        StaffId(derive_id(&["staff", "me"]))
    }
    fn pairs(fields: &[(&str, &str)]) -> Pairs {
        Pairs::from_form(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }
    #[track_caller]
    fn check(fields: &[(&str, &str)], expected: Result<Action, Flash>) {
        let questions = [Box::from("phone"), Box::from("id_card")];
        assert_eq!(read(&pairs(fields), &questions, me()).map(|(_, action)| action), expected);
    }

    #[test]
    fn buttons_become_actions() {
        check(&[("do", "assign")], Ok(Action::Assign { to: me() }));
        check(&[("do", "return")], Ok(Action::Return));
        check(&[("do", "hand_over"), ("reason", "ignored")], Ok(Action::HandToCommittee));
        check(&[("do", "register")], Ok(Action::Register));
        check(&[("do", "deliver")], Ok(Action::Deliver));
        check(&[("do", "close")], Ok(Action::Close));
        check(&[("do", "withdraw")], Ok(Action::Withdraw));
        let (reason, early) = ("no\nroom".to_owned(), Some("a birth".to_owned()));
        check(
            &[("do", "accept"), ("reason", " no\r\nroom "), ("early", "a birth")],
            Ok(Action::Accept { reason: reason.clone(), early }),
        );
        check(
            &[("do", "reject"), ("reason", "no\nroom"), ("early", "  ")],
            Ok(Action::Reject { reason: reason.clone(), early: None }),
        );
        check(&[("do", "appeal"), ("reason", "no\nroom")], Ok(Action::Appeal { reason }));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        check(&[], Err(Flash::Form));
        check(&[("do", "lapse")], Err(Flash::Form));
        check(&[("do", "complete")], Err(Flash::Form));
        check(&[("do", "accept"), ("reason", " \n ")], Err(Flash::NoReason));
        check(&[("do", "reject"), ("reason", &"a".repeat(MAX_REASON + 1))], Err(Flash::TooLong));
        check(&[("do", "check"), ("check.other", "matched")], Err(Flash::Form));
        check(&[("do", "check"), ("check.phone", "perfect")], Err(Flash::Form));
        check(&[("do", "check"), ("check.phone", "missing"), ("why.phone", "")], Err(Flash::NoReason));
    }

    #[test]
    fn a_check_keeps_what_was_found_and_nothing_for_the_rest() {
        let found = Check::Mismatched("other name".into());
        check(
            &[
                ("do", "check"),
                ("check.phone", ""),
                ("check.id_card", "mismatched"),
                ("why.id_card", "other name"),
            ],
            Ok(Action::Check { results: [(Box::from("id_card"), found)].into() }),
        );
    }

    #[test]
    fn names_and_steps_belong_together() {
        for (step, name, _) in STEPS {
            assert_eq!(Step::named(name), Some(step));
            assert_eq!(step.name(), name);
        }
        let keys = [include_str!("../../locales/ar/desk.ftl"), include_str!("../../locales/en/desk.ftl")];
        for (step, file) in STEPS.iter().flat_map(|(step, _, _)| keys.map(|file| (step, file))) {
            assert!(file.contains(&format!("\n{} = ", step.label_key())), "{}", step.label_key());
        }
    }

    #[track_caller]
    fn offered(case: &Case, role: Role, days: u32, simple: &[Step], decision: Option<Decision>) {
        let policy = Config::from_toml("").unwrap().policy;
        let now = case.submitted_at.plus_days(days);
        let offers = Offers::of(case, &By::Staff { id: me(), role }, now, &policy);
        assert_eq!((&*offers.simple, offers.decision), (simple, decision), "{:?}", case.status);
    }

    #[test]
    fn the_page_offers_what_the_lifecycle_would_do() {
        let policy = Config::from_toml("").unwrap().policy;
        let signed = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        let fresh = crate::case::submitted(CaseId(derive_id(&["case"])), signed, &policy);
        offered(&fresh, Role::Officer, 0, &[], None);
        let check = |check: Check| Case { checks: [(Box::from("phone"), check)].into(), ..fresh.clone() };
        offered(&check(Check::Missing("all".into())), Role::Officer, 1, &[Step::Return], None);
        let at = |status: Status| Case { status, ..fresh.clone() };
        offered(&at(Status::WithCommittee), Role::Officer, 1, &[], Some(Decision::Wait));
        offered(&at(Status::WithCommittee), Role::Administrator, 1, &[], Some(Decision::Override));
        offered(&at(Status::WithCommittee), Role::Officer, 15, &[], Some(Decision::Open));
        offered(&at(Status::Accepted), Role::Officer, 15, &[Step::Register], None);
        offered(&at(Status::Registered), Role::Officer, 15, &[Step::Deliver], None);
        offered(&at(Status::Delivered), Role::Officer, 15, &[Step::Close], None);
        offered(&at(Status::Closed), Role::Administrator, 30, &[], None);
    }
}
