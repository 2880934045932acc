//! Any hands do anything to a request, in any order, with any time between: decisions of other systems among them.

use arbitrary::{Result, Unstructured};
use chrono::Duration;
use wasl::case::{self, Action, By, Case, Check, Role, Status};
use wasl::form::QuestionId;
use wasl::message::{CaseId, StaffId};

use super::world;

const QUESTIONS: [&str; 3] = ["name", "paper", "income"];
const REASONS: [&str; 4] = ["", " ", "because", "\u{200f}لأن"];

/// One request's life.
pub fn run(data: &[u8]) {
    let mut drawn = Unstructured::new(data);
    // Drawn to its end: then the life is over.
    let _ = live(&mut drawn);
}

fn live(drawn: &mut Unstructured<'_>) -> Result<()> {
    let (policy, mut now) = (&world::CONFIG.policy, world::begin());
    let id = uuid::Uuid::from_u128(1);
    let mut case = case::submitted(CaseId(id), now, policy);
    case.asked = QUESTIONS.iter().map(|name| QuestionId::from(*name)).collect();
    while !drawn.is_empty() {
        // Clocks go back too.
        now = now.plus(Duration::hours(i64::from(drawn.int_in_range(-30i16..=900)?)));
        let (by, action) = (by(drawn)?, action(drawn)?);
        let before = case.clone();
        let Ok(moved) = case::advance(&case, &action, &by, now, policy) else {
            assert_eq!(case, before);
            continue;
        };
        case = moved.case;
        holds(&before, &case, &action, &by);
        let decided = matches!(action, Action::Accept { .. } | Action::Reject { .. });
        let over = matches!(&by, By::Staff { role: Role::Administrator, .. });
        let in_time = now >= case::decision_from(case.submitted_at, policy);
        assert!(!decided || in_time || over, "a decision before its time");
        let json = serde_json::to_vec(&case).unwrap();
        assert_eq!(serde_json::from_slice::<Case>(&json).unwrap(), case);
    }
    Ok(())
}

fn holds(before: &Case, after: &Case, action: &Action, by: &By) {
    let ends = |case: &Case| matches!(case.status, Status::Closed | Status::Withdrawn | Status::Lapsed);
    assert!(!ends(before), "an ended request moves");
    assert_eq!(ends(after), after.next_due.is_none(), "an open request without a day, or an ended one with");
    assert_eq!((after.id, after.submitted_at), (before.id, before.submitted_at));
    if after.status == Status::WithCommittee && before.status == Status::Submitted {
        assert!(before.unchecked().is_empty(), "to the committee unchecked");
    }
    if matches!(action, Action::Accept { .. } | Action::Reject { .. }) {
        assert_eq!(before.status, Status::WithCommittee, "a step was skipped");
        assert!(matches!(by, By::Staff { .. } | By::System(_)), "not for this hand");
    }
}

fn by(drawn: &mut Unstructured<'_>) -> Result<By> {
    let id = StaffId(uuid::Uuid::from_u128(2));
    Ok(match drawn.int_in_range(0..=5u8)? {
        0 | 1 => By::Staff { id, role: Role::Officer },
        2 => By::Staff { id, role: Role::Administrator },
        3 => By::System("other".into()),
        4 => By::Person,
        _ => By::Clock,
    })
}

fn reason(drawn: &mut Unstructured<'_>) -> Result<String> {
    Ok((*drawn.choose(&REASONS)?).to_owned())
}

fn action(drawn: &mut Unstructured<'_>) -> Result<Action> {
    let early = |drawn: &mut Unstructured<'_>| -> Result<Option<String>> {
        Ok(if drawn.arbitrary()? { Some(reason(drawn)?) } else { None })
    };
    Ok(match drawn.int_in_range(0..=12u8)? {
        0 => Action::Assign { to: StaffId(uuid::Uuid::from_u128(3)) },
        1 | 2 => Action::Check { results: results(drawn)? },
        3 => Action::Return,
        4 => Action::Complete { changed: [QuestionId::from(*drawn.choose(&QUESTIONS)?)].into() },
        5 => Action::HandToCommittee,
        6 => Action::Accept { reason: reason(drawn)?, early: early(drawn)? },
        7 => Action::Reject { reason: reason(drawn)?, early: early(drawn)? },
        8 => Action::Appeal { reason: reason(drawn)? },
        9 => Action::Register,
        10 => Action::Deliver,
        11 => Action::Close,
        _ => {
            if drawn.arbitrary()? {
                Action::Withdraw
            } else {
                Action::Lapse
            }
        }
    })
}

fn results(drawn: &mut Unstructured<'_>) -> Result<std::collections::BTreeMap<QuestionId, Check>> {
    let mut results = std::collections::BTreeMap::new();
    for name in QUESTIONS {
        let check = match drawn.int_in_range(0..=4u8)? {
            0 | 1 => Check::Matched,
            2 => Check::Mismatched(reason(drawn)?),
            3 => Check::Missing(reason(drawn)?),
            _ => continue,
        };
        results.insert(name.into(), check);
    }
    Ok(results)
}
