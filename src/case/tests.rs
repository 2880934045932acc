use std::collections::BTreeMap;

use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::config::Config;

fn policy() -> Policy {
    Config::from_toml("").unwrap().policy
}
fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}
/// A Sunday.
fn signed() -> Timestamp {
    at("2026-11-22T10:00:00Z")
}
fn fresh() -> Case {
    submitted(CaseId(Uuid::from_u128(1)), signed(), &policy())
}
fn in_status(status: Status) -> Case {
    Case { status, next_due: due::next(status, signed(), signed(), &policy()), ..fresh() }
}
fn staff(role: Role) -> By {
    By::Staff { id: StaffId(Uuid::from_u128(7)), role }
}
fn officer() -> By {
    staff(Role::Officer)
}
fn found(results: &[(&str, Check)]) -> Action {
    Action::Check { results: results.iter().map(|(q, c)| ((*q).into(), c.clone())).collect() }
}
fn completes(changed: &[&str]) -> Action {
    Action::Complete { changed: changed.iter().map(|q| (*q).into()).collect() }
}
fn missing() -> Check {
    Check::Missing("the other side".into())
}
fn accept(early: Option<&str>) -> Action {
    Action::Accept { reason: "eligible".into(), early: early.map(Into::into) }
}
fn reject() -> Action {
    Action::Reject { reason: "another body helps".into(), early: None }
}
fn appeal() -> Action {
    Action::Appeal { reason: "my income changed".into() }
}
fn go(case: &Case, action: &Action, by: &By, days: i64) -> Result<Moved, Refusal> {
    advance(case, action, by, signed().plus(Duration::days(days)), &policy())
}

#[test]
fn statuses_are_spelled_as_they_are_stored() {
    for status in Status::ALL {
        assert_eq!(Status::parse(status.as_str()), Some(status));
        assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{}\"", status.as_str()));
    }
    assert_eq!(Status::parse("With_Committee"), None);
    let ended: Vec<_> = Status::ALL.into_iter().filter(|s| !s.is_open()).collect();
    assert_eq!(ended, [Status::Closed, Status::Withdrawn, Status::Lapsed]);
}

#[test]
fn a_request_from_signature_to_the_end() {
    let steps = [
        (found(&[("id", missing()), ("name", Check::Matched)]), officer(), 1, "check_saved"),
        (Action::Return, officer(), 1, "returned"),
        (completes(&[]), By::Person, 3, "completed"),
        (found(&[("id", Check::Matched)]), officer(), 4, "checked"),
        (Action::HandToCommittee, officer(), 5, "with_committee"),
        (reject(), By::System("committee".into()), 14, "rejected"),
        (appeal(), By::Person, 20, "appealed"),
        (Action::HandToCommittee, officer(), 21, "with_committee"),
        (accept(None), officer(), 25, "accepted"),
        (Action::Register, officer(), 26, "registered"),
        (Action::Deliver, officer(), 30, "delivered"),
        (Action::Close, By::Clock, 45, "closed"),
    ];
    let mut case = fresh();
    for (action, by, day, event) in steps {
        let moved = go(&case, &action, &by, day).unwrap_or_else(|why| panic!("{action:?}: {why:?}"));
        assert_eq!(moved.event, event);
        assert_eq!(moved.case.submitted_at, signed());
        case = moved.case;
    }
    assert_eq!((case.status, case.next_due), (Status::Closed, None));
}

/// Which steps exist: everything not named here is out of order, for the hand that may do most.
#[test]
fn steps_are_never_skipped() {
    use Status::*;
    let checked = found(&[("id", Check::Matched)]);
    let table = [
        (checked.clone(), vec![Submitted, Checked]),
        (completes(&[]), vec![Returned]),
        (Action::Lapse, vec![Returned]),
        (Action::HandToCommittee, vec![Checked, Appealed]),
        (accept(None), vec![WithCommittee]),
        (reject(), vec![WithCommittee]),
        (appeal(), vec![Rejected]),
        (Action::Register, vec![Accepted]),
        (Action::Deliver, vec![Registered]),
        (Action::Close, vec![Rejected, Delivered]),
        (Action::Withdraw, Status::ALL.into_iter().filter(|s| s.is_open()).collect()),
    ];
    for (action, from) in &table {
        for status in Status::ALL {
            let result = go(&in_status(status), action, &staff(Role::Administrator), 400);
            match from.contains(&status) {
                true => assert!(result.is_ok(), "{action:?} from {status:?}: {result:?}"),
                false => assert_eq!(result, Err(Refusal::OutOfOrder { from: status }), "{action:?}"),
            }
        }
    }
}

#[test]
fn hands_do_what_is_theirs() {
    use Status::*;
    let person = || By::Person;
    let system = || By::System("registry".into());
    let table = [
        (Submitted, found(&[("id", Check::Matched)]), person(), false),
        (Submitted, Action::Withdraw, person(), true),
        (Submitted, Action::Withdraw, system(), false),
        (Returned, completes(&[]), person(), true),
        (Returned, completes(&[]), officer(), true),
        (Returned, Action::Lapse, person(), false),
        (Returned, Action::Lapse, By::Clock, true),
        (Checked, Action::HandToCommittee, system(), false),
        (WithCommittee, accept(None), system(), true),
        (WithCommittee, accept(None), person(), false),
        (WithCommittee, accept(None), By::Clock, false),
        (Rejected, appeal(), person(), true),
        (Rejected, appeal(), By::Clock, false),
        (Delivered, Action::Close, By::Clock, true),
        (Delivered, Action::Close, person(), false),
    ];
    for (status, action, by, may) in table {
        let result = go(&in_status(status), &action, &by, 400);
        match may {
            true => assert!(result.is_ok(), "{by:?} {action:?}: {result:?}"),
            false => assert_eq!(result, Err(Refusal::NotAllowed), "{by:?} {action:?}"),
        }
    }
}

#[test]
fn a_check_counts_when_everything_matches() {
    let noted = go(&fresh(), &found(&[("id", missing()), ("name", Check::Matched)]), &officer(), 0).unwrap();
    assert_eq!(noted.case.status, Status::Submitted);
    let hand = go(&noted.case, &Action::HandToCommittee, &officer(), 0);
    assert_eq!(hand, Err(Refusal::Unchecked(vec!["id".into()])));
    assert_eq!(go(&fresh(), &Action::Return, &officer(), 0), Err(Refusal::NothingMissing));

    let returned = go(&noted.case, &Action::Return, &officer(), 0).unwrap();
    let complete = go(&returned.case, &completes(&[]), &By::Person, 2).unwrap();
    assert_eq!(complete.case.checks, BTreeMap::from([("name".into(), Check::Matched)]));

    let checked = go(&complete.case, &found(&[("id", Check::Matched)]), &officer(), 3).unwrap();
    assert_eq!(checked.case.status, Status::Checked);
    let again = go(&checked.case, &found(&[("id", Check::Mismatched("another name".into()))]), &officer(), 3);
    assert_eq!(again.unwrap().case.status, Status::Submitted);

    assert_eq!(go(&fresh(), &found(&[]), &officer(), 0), Err(Refusal::Unchecked(vec![])));
    let wordless = found(&[("id", Check::Missing("  ".into()))]);
    assert_eq!(go(&fresh(), &wordless, &officer(), 0), Err(Refusal::NoReason));
}

#[test]
fn a_check_is_complete_when_everything_asked_was_looked_at() {
    let asked = ["id", "name", "phone"].map(Into::into).into();
    let case = Case { asked, ..fresh() };
    let one = go(&case, &found(&[("name", Check::Matched)]), &officer(), 0).unwrap();
    assert_eq!((one.case.status, one.event), (Status::Submitted, "check_saved"));
    let hand = go(&one.case, &Action::HandToCommittee, &officer(), 0);
    assert_eq!(hand, Err(Refusal::Unchecked(vec!["id".into(), "phone".into()])));
    assert_eq!(go(&one.case, &Action::Return, &officer(), 0), Err(Refusal::NothingMissing));
    let rest = found(&[("id", Check::Matched), ("phone", Check::Matched)]);
    assert_eq!(go(&one.case, &rest, &officer(), 1).unwrap().case.status, Status::Checked);
}

#[test]
fn what_the_person_changed_is_looked_at_again() {
    let results = [("id", Check::Matched), ("name", Check::Matched), ("phone", missing())];
    let noted = go(&fresh(), &found(&results), &officer(), 0).unwrap();
    let returned = go(&noted.case, &Action::Return, &officer(), 0).unwrap();
    let complete = go(&returned.case, &completes(&["name", "phone"]), &By::Person, 1).unwrap();
    assert_eq!(complete.case.checks, BTreeMap::from([("id".into(), Check::Matched)]));
}

#[test]
fn a_decision_waits_two_weeks_to_the_microsecond() {
    let case = in_status(Status::WithCommittee);
    let not_before = signed().plus_days(14);
    let before = not_before.plus(Duration::microseconds(-1));
    let decide = |action: &Action, by: &By, now| advance(&case, action, by, now, &policy());
    let admin = staff(Role::Administrator);

    assert_eq!(decide(&accept(None), &officer(), not_before).unwrap().case.status, Status::Accepted);
    assert_eq!(decide(&accept(None), &officer(), before), Err(Refusal::TooEarly { not_before }));
    assert_eq!(decide(&reject(), &admin, before), Err(Refusal::TooEarly { not_before }));
    assert_eq!(decide(&accept(Some(" ")), &admin, before), Err(Refusal::TooEarly { not_before }));
    assert_eq!(decide(&accept(Some("hunger")), &officer(), before), Err(Refusal::NotAllowed));
    assert_eq!(decide(&accept(Some("hunger")), &By::System("x".into()), before), Err(Refusal::NotAllowed));
    let kept = decide(&accept(Some(" hunger ")), &admin, before).unwrap().reason;
    assert_eq!(kept.as_deref(), Some("eligible\nhunger"));
    let late = decide(&accept(Some("hunger")), &admin, not_before).unwrap().reason;
    assert_eq!(late.as_deref(), Some("eligible"));
}

#[test]
fn decisions_and_appeals_say_why() {
    let blank = || " \n".to_owned();
    let table = [
        (Status::WithCommittee, Action::Accept { reason: blank(), early: None }),
        (Status::WithCommittee, Action::Reject { reason: blank(), early: None }),
        (Status::Rejected, Action::Appeal { reason: blank() }),
    ];
    for (status, action) in table {
        assert_eq!(go(&in_status(status), &action, &officer(), 20), Err(Refusal::NoReason));
    }
}

#[test]
fn the_time_a_person_was_given_is_not_cut_short() {
    for (status, action) in [(Status::Returned, Action::Lapse), (Status::Rejected, Action::Close)] {
        let not_before = signed().plus_days(30);
        assert_eq!(go(&in_status(status), &action, &By::Clock, 29), Err(Refusal::TooEarly { not_before }));
        assert!(go(&in_status(status), &action, &By::Clock, 30).is_ok());
    }
}

#[test]
fn the_next_date_of_each_status() {
    let check = |status, now: &str, expected: &str| {
        let due = due::next(status, signed(), at(now), &policy()).unwrap();
        assert_eq!(due.iso(), expected, "{status:?} at {now}");
    };
    check(Status::Submitted, "2026-11-22T10:00:00Z", "2026-11-24T10:00:00Z");
    // Thursday and two working days: Sunday, Monday.
    check(Status::Submitted, "2026-11-26T10:00:00Z", "2026-11-30T10:00:00Z");
    // Thursday 22:00 in UTC is Friday in Riyadh: Sunday, Monday as they are there.
    check(Status::Submitted, "2026-11-26T22:00:00Z", "2026-11-29T22:00:00Z");
    check(Status::Checked, "2026-11-26T10:00:00Z", "2026-11-29T10:00:00Z");
    check(Status::Returned, "2026-11-23T10:00:00Z", "2026-12-23T10:00:00Z");
    check(Status::WithCommittee, "2026-11-25T10:00:00Z", "2026-12-06T10:00:00Z");
    check(Status::WithCommittee, "2026-12-06T10:00:00Z", "2026-12-22T10:00:00Z");
    check(Status::WithCommittee, "2026-12-25T10:00:00Z", "2027-01-01T10:00:00Z");
    check(Status::Accepted, "2026-12-07T10:00:00Z", "2026-12-14T10:00:00Z");
    check(Status::Registered, "2026-12-07T10:00:00Z", "2026-12-14T10:00:00Z");
    check(Status::Rejected, "2026-12-07T10:00:00Z", "2027-01-06T10:00:00Z");
    check(Status::Appealed, "2026-12-07T10:00:00Z", "2026-12-09T10:00:00Z");
    check(Status::Delivered, "2026-12-07T10:00:00Z", "2026-12-21T12:00:00Z");
}

#[test]
fn the_day_of_the_answer_is_the_charitys_day() {
    let late = at("2026-11-22T22:30:00Z");
    let riyadh = answer_from(late, chrono_tz::Asia::Riyadh, &policy());
    assert_eq!(riyadh.to_string(), "2026-12-07");
    assert_eq!(answer_from(late, chrono_tz::UTC, &policy()).to_string(), "2026-12-06");
}

fn any_check() -> impl Strategy<Value = Check> {
    prop_oneof![Just(Check::Matched), Just(missing()), Just(Check::Mismatched("name".into()))]
}
fn any_action() -> impl Strategy<Value = Action> {
    let early = || proptest::option::of(prop_oneof![Just(String::new()), Just("urgent".to_owned())]);
    let reason = || prop_oneof![Just(String::new()), Just("why".to_owned())];
    prop_oneof![
        1 => Just(Action::Assign { to: StaffId(Uuid::from_u128(9)) }),
        3 => proptest::collection::btree_map(prop_oneof![Just("a"), Just("b")], any_check(), 0..3).prop_map(|m| {
            Action::Check { results: m.into_iter().map(|(q, c)| (q.into(), c)).collect() }
        }),
        1 => Just(Action::Return),
        1 => Just(completes(&[])),
        3 => Just(Action::HandToCommittee),
        1 => (reason(), early()).prop_map(|(reason, early)| Action::Accept { reason, early }),
        1 => (reason(), early()).prop_map(|(reason, early)| Action::Reject { reason, early }),
        1 => reason().prop_map(|reason| Action::Appeal { reason }),
        1 => Just(Action::Register),
        1 => Just(Action::Deliver),
        1 => Just(Action::Close),
        1 => Just(Action::Withdraw),
        1 => Just(Action::Lapse),
    ]
}
fn any_hand() -> impl Strategy<Value = By> {
    prop_oneof![
        4 => Just(staff(Role::Administrator)),
        2 => Just(officer()),
        1 => Just(By::System("registry".into())),
        2 => Just(By::Person),
        1 => Just(By::Clock),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_tried(moves in proptest::collection::vec((any_action(), any_hand(), 0i64..200), 1..60)) {
        let (policy, mut case, mut now) = (policy(), fresh(), signed());
        let mut was_checked = false;
        for (action, by, hours) in moves {
            now = now.plus(Duration::hours(hours));
            let Ok(moved) = advance(&case, &action, &by, now, &policy) else { continue };
            let (from, to) = (case.status, moved.case.status);
            prop_assert!(from.is_open(), "{from:?} took {action:?}");
            prop_assert_eq!(to.is_open(), moved.case.next_due.is_some());
            prop_assert!(to == from || moved.case.next_due.is_none_or(|due| due > now));
            was_checked = (was_checked && to != Status::Submitted) || to == Status::Checked;
            if to == Status::WithCommittee && from != to {
                prop_assert!(was_checked && moved.case.unmatched().is_empty(), "unchecked from {from:?}");
            }
            if matches!(action, Action::Accept { .. } | Action::Reject { .. }) {
                let reason = moved.reason.clone().unwrap_or_default();
                let overridden = matches!(by, By::Staff { role: Role::Administrator, .. })
                    && reason.ends_with("\nurgent");
                prop_assert!(now >= signed().plus_days(14) || overridden);
                prop_assert!(reason.starts_with("why"));
            }
            match by {
                By::Person => prop_assert!(matches!(to, Status::Submitted | Status::Appealed | Status::Withdrawn)),
                By::System(_) => prop_assert!(matches!(to, Status::Accepted | Status::Rejected)),
                By::Clock => prop_assert!(matches!(to, Status::Closed | Status::Lapsed)),
                By::Staff { .. } => {}
            }
            case = moved.case;
        }
    }
}
