//! Keyboards that are drawn anew at each press: pages, ticks, and what a press sends back. Pure.

use std::collections::BTreeSet;

use crate::message::{Board, Choice, ChoiceToken, ExpectsKind, Part};

use super::Press;

/// Before a label that is ticked.
const TICK: &str = "✓ ";
/// Labels of at most so many characters stand beside each other (the steps of a scale), at most [`A_ROW`] a row.
const SHORT: usize = 3;
const A_ROW: usize = 5;

/// A key of a keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What is read on it.
    pub label: String,
    /// What it sends back: at most 24 ASCII characters.
    pub data: String,
}

/// What a key sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pressed {
    /// A choice.
    Choice(ChoiceToken),
    /// A change of the keyboard.
    Press(Press),
}

/// Labels of the keys that every keyboard may have.
#[derive(Debug, Clone, Copy)]
pub struct Labels<'a> {
    /// Ends ticking.
    pub done: &'a str,
    /// To the page before.
    pub before: &'a str,
    /// To the page after.
    pub after: &'a str,
}

/// The board that a part needs where a keyboard shows `page` choices at once: for several choices, and for more than
/// fit; `None` where plain keys do.
pub fn board(part: &Part, page: usize, labels: Labels<'_>) -> Option<Board> {
    let answers = answers(part).count();
    let several = part.expects.as_ref().is_some_and(|expects| expects.kind == ExpectsKind::Choices);
    if answers == 0 || !several && answers <= page {
        return None;
    }
    Some(Board {
        at: None,
        page: 0,
        ticked: several.then(BTreeSet::new),
        done: labels.done.to_owned(),
        before: labels.before.to_owned(),
        after: labels.after.to_owned(),
    })
}

fn answers(part: &Part) -> impl Iterator<Item = &Choice> {
    part.choices.iter().filter(|choice| !choice.aside)
}

/// The rows of a part's keyboard, where `page` choices are shown at once.
pub fn rows(part: &Part, page: usize) -> Vec<Vec<Key>> {
    let all: Vec<&Choice> = answers(part).collect();
    let pages = all.chunks(page.max(1)).collect::<Vec<_>>();
    let at = part.board.as_ref().map_or(0, |board| board.page.min(pages.len().saturating_sub(1)));
    let seen = match &part.board {
        Some(_) => pages.get(at).copied().unwrap_or_default(),
        None => &all[..],
    };
    let keys: Vec<Key> = seen.iter().map(|choice| key(choice, part.board.as_ref())).collect();
    let short = keys.iter().all(|key| key.label.chars().count() <= SHORT);
    let mut rows: Vec<Vec<Key>> = keys.chunks(if short { A_ROW } else { 1 }).map(<[Key]>::to_vec).collect();
    if let Some(board) = &part.board {
        let turn = |label: &str, to: usize| Key { label: label.to_owned(), data: format!(">{to}") };
        let before = at.checked_sub(1).map(|to| turn(&board.before, to));
        let after = (at + 1 < pages.len()).then(|| turn(&board.after, at + 1));
        let turns: Vec<Key> = before.into_iter().chain(after).collect();
        rows.extend((!turns.is_empty()).then_some(turns));
        if board.ticked.is_some() {
            rows.push(vec![Key { label: board.done.clone(), data: ".".to_owned() }]);
        }
    }
    let asides = part.choices.iter().filter(|choice| choice.aside);
    rows.extend(
        asides.map(|choice| vec![Key { label: choice.label.clone(), data: choice.token.0.to_string() }]),
    );
    rows
}

fn key(choice: &Choice, board: Option<&Board>) -> Key {
    let token = &choice.token;
    match board.and_then(|board| board.ticked.as_ref()) {
        None => Key { label: choice.label.clone(), data: token.0.to_string() },
        Some(ticked) => {
            let tick = if ticked.contains(token) { TICK } else { "" };
            Key { label: format!("{tick}{}", choice.label), data: format!("+{}", token.0) }
        }
    }
}

/// Reads what a key sent back; `None` for what no key of ours sends.
pub fn pressed(data: &str) -> Option<Pressed> {
    let token = |text: &str| {
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| ChoiceToken(text.into()))
    };
    Some(match data.split_at_checked(1)? {
        (".", "") => Pressed::Press(Press::Done),
        (">", page) => Pressed::Press(Press::Page(page.parse().ok()?)),
        ("+", ticked) => Pressed::Press(Press::Tick(token(ticked)?)),
        _ => Pressed::Choice(token(data)?),
    })
}

/// What a press makes of a part's board: whether the keyboard looks another way now.
pub fn press(part: &mut Part, press: &Press) -> bool {
    let known =
        |token: &ChoiceToken| part.choices.iter().any(|choice| !choice.aside && choice.token == *token);
    let known = matches!(press, Press::Tick(token) if known(token));
    let Some(board) = &mut part.board else { return false };
    match (press, &mut board.ticked) {
        (Press::Page(page), _) => std::mem::replace(&mut board.page, *page) != *page,
        (Press::Tick(token), Some(ticked)) if known => {
            if !ticked.remove(token) {
                ticked.insert(token.clone());
            }
            true
        }
        (Press::Tick(_) | Press::Done, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Expects, Locale, Purpose, Speaker};

    const LABELS: Labels<'_> = Labels { done: "Done", before: "<", after: ">" };

    fn part(kind: ExpectsKind, labels: &[&str], asides: &[&str]) -> Part {
        let choice = |label: &&str, aside| Choice {
            token: ChoiceToken(label.to_lowercase().into()),
            label: (*label).into(),
            aside,
        };
        let mut part = Part {
            key: "x".into(),
            from: Speaker::Bot,
            locale: Locale::parse("en").unwrap(),
            text: "Which?".into(),
            choices: labels.iter().map(|label| choice(label, false)).collect(),
            expects: Some(Expects { question: "x".into(), kind, required: true }),
            purpose: Purpose::Reply,
            share: None,
            board: None,
            opens: None,
        };
        part.choices.extend(asides.iter().map(|label| choice(label, true)));
        part.board = board(&part, 3, LABELS);
        part
    }

    /// The keyboard as it is seen: rows of `label=data`.
    fn seen(part: &Part) -> Vec<String> {
        let row =
            |row: Vec<Key>| row.iter().map(|key| format!("{}={}", key.label, key.data)).collect::<Vec<_>>();
        rows(part, 3).into_iter().map(|keys| row(keys).join(" ")).collect()
    }

    #[test]
    fn few_choices_are_plain_keys_and_a_scale_stands_in_a_row() {
        let plain = part(ExpectsKind::Choice, &["Food", "Rent"], &["Skip"]);
        assert_eq!(
            (plain.board.is_none(), seen(&plain)),
            (true, vec!["Food=food".into(), "Rent=rent".into(), "Skip=skip".into()])
        );
        assert_eq!(seen(&part(ExpectsKind::Choice, &["1", "2", "3"], &[])), ["1=1 2=2 3=3"]);
        assert!(part(ExpectsKind::Text, &[], &["Skip"]).board.is_none());
    }

    #[test]
    fn many_choices_have_pages() {
        let mut many = part(ExpectsKind::Choice, &["Aaaa", "Bbbb", "Cccc", "Dddd"], &["Skip"]);
        assert_eq!(seen(&many), ["Aaaa=aaaa", "Bbbb=bbbb", "Cccc=cccc", ">=>1", "Skip=skip"]);
        assert!(press(&mut many, &Press::Page(1)));
        assert_eq!(seen(&many), ["Dddd=dddd", "<=>0", "Skip=skip"]);
        assert!(!press(&mut many, &Press::Page(1)), "nothing changes");
        assert!(press(&mut many, &Press::Page(99)));
        assert_eq!(seen(&many), ["Dddd=dddd", "<=>0", "Skip=skip"], "a page that is not there is the last");
    }

    #[test]
    fn several_are_ticked_and_a_tick_is_taken_back() {
        let mut several = part(ExpectsKind::Choices, &["Food", "Rent"], &["Skip"]);
        let tick = |token: &str| Press::Tick(ChoiceToken(token.into()));
        assert_eq!(seen(&several), ["Food=+food", "Rent=+rent", "Done=.", "Skip=skip"]);
        assert!(press(&mut several, &tick("rent")));
        assert_eq!(seen(&several)[1], "✓ Rent=+rent");
        assert!(press(&mut several, &tick("rent")));
        assert_eq!(seen(&several)[1], "Rent=+rent");
        assert!(!press(&mut several, &tick("skip")) && !press(&mut several, &tick("stranger")));
    }

    #[test]
    fn what_keys_send_is_read_back_and_nothing_else_is() {
        let token = |text: &str| ChoiceToken(text.into());
        for (data, read) in [
            ("a-_9", Some(Pressed::Choice(token("a-_9")))),
            ("+ab", Some(Pressed::Press(Press::Tick(token("ab"))))),
            (">12", Some(Pressed::Press(Press::Page(12)))),
            (".", Some(Pressed::Press(Press::Done))),
            (">x", None),
            ("+", None),
            ("", None),
            ("a b", None),
            ("نعم", None),
        ] {
            assert_eq!(pressed(data), read, "{data:?}");
        }
        let long = part(ExpectsKind::Choices, &[&"x".repeat(22)], &[]);
        assert!(rows(&long, 3).iter().flatten().all(|key| key.data.len() <= 64));
    }
}
