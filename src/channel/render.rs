//! From a prompt to the parts that a channel can carry. Pure.
//!
//! Words are chosen before; here only the shape is decided: how many parts, and whether choices are
//! drawn as buttons or written as numbered lines.

use icu::segmenter::GraphemeClusterSegmenter;

use super::{Capabilities, Shares};
use crate::message::{Choice, ExpectsKind, Part, Prompt, Share, Speaker};

/// The steps of a scale have labels of at most so many graphemes.
const A_STEP: usize = 2;

/// The parts of `prompt` for a channel that can do `can`, in the order in which they leave; at least one.
///
/// Each text is at most `can.text` UTF-16 units long (a limit below 2 counts as 2). A text is cut at the
/// end of a line where that leaves a part at least half full, else at a space; only a word that is longer
/// than a whole part is cut inside, between graphemes. Choices are buttons on the last part if there are
/// no more than `can.buttons` of them and every label has at most `can.button_label` graphemes; else the
/// answers become numbered lines after the text, and what stands beside them (skip, stop) alone is drawn. Several
/// choices are buttons only where they can be ticked. What is expected stands on the
/// last part only, and so does the button that shares a number or a place, where the channel has such buttons.
pub fn render(prompt: &Prompt, from: Speaker, can: &Capabilities) -> Vec<Part> {
    let share = prompt.share.as_ref().filter(|share| is_shared(share, prompt, can));
    let alone = can.shares == Shares::Place && share.is_some();
    let drawn: Vec<&Choice> =
        prompt.choices.iter().filter(|choice| !alone && is_drawn(choice, prompt, can)).collect();
    let text = with_lines(prompt, |choice| !drawn.iter().any(|drawn| drawn.token == choice.token));
    let mut parts: Vec<Part> = split(&text, can.text.max(2))
        .into_iter()
        .map(|text| Part {
            key: prompt.key.clone(),
            from,
            locale: prompt.locale.clone(),
            text,
            choices: Vec::new(),
            expects: None,
            purpose: prompt.purpose,
            share: None,
            board: None,
            opens: None,
        })
        .collect();
    if let Some(last) = parts.last_mut() {
        last.expects.clone_from(&prompt.expects);
        last.share = share.cloned();
        last.choices = drawn.into_iter().cloned().collect();
    }
    parts
}

/// Whether the channel has a button for what there is to share.
fn is_shared(share: &Share, prompt: &Prompt, can: &Capabilities) -> bool {
    let place = prompt.expects.as_ref().is_some_and(|expects| expects.kind == ExpectsKind::Place);
    match can.shares {
        Shares::Nothing => false,
        Shares::Place => place && matches!(share, Share::Offered(_)),
        Shares::NumberAndPlace => true,
    }
}

/// Whether a choice is a button.
fn is_drawn(choice: &Choice, prompt: &Prompt, can: &Capabilities) -> bool {
    let several = prompt.expects.as_ref().is_some_and(|expects| expects.kind == ExpectsKind::Choices);
    let fit = |choices: &[&Choice]| {
        choices.len() <= can.buttons
            && choices.iter().all(|choice| graphemes(&choice.label) <= can.button_label)
    };
    let all: Vec<&Choice> = prompt.choices.iter().collect();
    if fit(&all) && (!several || can.ticks) {
        return true;
    }
    let asides: Vec<&Choice> = prompt.choices.iter().filter(|choice| choice.aside).collect();
    choice.aside && fit(&asides)
}

/// The text with a line for each choice that is `written`. Answers are numbered, unless they are a scale: its steps stand
/// in one line, and are typed as they are.
fn with_lines(prompt: &Prompt, written: impl Fn(&Choice) -> bool) -> String {
    let mut all = prompt.text.trim_end().to_owned();
    let written: Vec<(usize, &Choice)> =
        prompt.choices.iter().enumerate().filter(|(_, choice)| written(choice)).collect();
    if written.is_empty() {
        return prompt.text.clone();
    }
    let (asides, answers): (Vec<_>, Vec<_>) = written.into_iter().partition(|(_, choice)| choice.aside);
    let scale = answers.iter().all(|(_, choice)| graphemes(&choice.label) <= A_STEP);
    let mut lines: Vec<String> = match scale {
        true => vec![answers.iter().map(|(_, choice)| &*choice.label).collect::<Vec<_>>().join("  ")],
        false => answers.iter().map(|(place, choice)| format!("{}. {}", place + 1, choice.label)).collect(),
    };
    lines.extend(asides.iter().map(|(_, choice)| format!("• {}", choice.label)));
    lines.retain(|line| !line.is_empty());
    all.push_str("\n\n");
    all.push_str(&lines.join("\n"));
    all
}

/// The text without the signs that keep a link's direction: a phone may take them for a part of the link.
pub(super) fn bare_links(text: &str) -> String {
    const OPENS: &str = "\u{2068}http";
    let mut pieces = text.split(OPENS);
    let mut bare = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        bare.push_str("http");
        bare.push_str(&piece.replacen('\u{2069}', "", 1));
    }
    bare
}

/// Cuts `text` into pieces of at most `limit` UTF-16 units, without the white space at the cuts.
fn split(text: &str, limit: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while units(rest) > limit {
        let (piece, after) = rest.split_at(cut(rest, limit));
        let piece = piece.trim_end();
        if !piece.is_empty() {
            pieces.push(piece.to_owned());
        }
        rest = after.trim_start();
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

/// The byte at which a text longer than `limit` is cut: greater than 0, on a character boundary, and with
/// at most `limit` units before it.
fn cut(text: &str, limit: usize) -> usize {
    let (mut used, mut end, mut line, mut space) = (0, text.len(), None, None);
    for (at, character) in text.char_indices() {
        if character == '\n' && used * 2 >= limit {
            line = Some(at);
        }
        if character.is_whitespace() && at > 0 {
            space = Some(at);
        }
        used += character.len_utf16();
        if used > limit {
            end = at;
            break;
        }
    }
    line.filter(|at| *at > 0).or(space).unwrap_or_else(|| inside_a_word(text, end))
}

/// The last grapheme boundary at or before `end`; `end` itself when the first grapheme is longer than that.
fn inside_a_word(text: &str, end: usize) -> usize {
    let boundaries = GraphemeClusterSegmenter::new().segment_str(text);
    boundaries.take_while(|at| *at <= end).last().filter(|at| *at > 0).unwrap_or(end)
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn graphemes(text: &str) -> usize {
    GraphemeClusterSegmenter::new().segment_str(text).count().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::channel::{Delivery, Repeat};
    use crate::message::{ChoiceToken, Expects, Locale, Purpose};

    fn can(text: usize, buttons: usize, button_label: usize) -> Capabilities {
        Capabilities {
            delivery: Delivery::Send,
            text,
            buttons,
            button_label,
            repeat: Repeat::Doubles,
            page: None,
            shares: Shares::Nothing,
            ticks: true,
            opens: false,
            costs: false,
            window: None,
            private: true,
        }
    }

    fn prompt(text: &str, labels: &[&str]) -> Prompt {
        Prompt {
            key: "question:x".into(),
            locale: Locale::parse("en").unwrap(),
            text: text.into(),
            choices: labels
                .iter()
                .map(|label| Choice {
                    token: ChoiceToken((*label).into()),
                    label: (*label).into(),
                    aside: false,
                })
                .collect(),
            expects: Some(Expects { question: "x".into(), kind: ExpectsKind::Choice, required: true }),
            purpose: Purpose::Reply,
            share: None,
        }
    }

    #[test]
    fn a_short_prompt_is_one_part_as_it_is() {
        let asked = prompt("Which?", &["Yes", "No"]);
        let parts = render(&asked, Speaker::Bot, &can(100, 3, 20));
        assert_eq!(parts.len(), 1);
        assert_eq!(
            (&*parts[0].text, parts[0].choices.len(), &parts[0].expects),
            ("Which?", 2, &asked.expects)
        );
        assert_eq!(render(&prompt("", &[]), Speaker::Bot, &can(10, 0, 0)).len(), 1);
    }

    #[test]
    fn choices_that_do_not_fit_become_numbered_lines() {
        #[track_caller]
        fn check(labels: &[&str], can: &Capabilities, expected: &str) {
            let parts = render(&prompt("Which?", labels), Speaker::Bot, can);
            assert_eq!(parts.last().unwrap().text, expected);
            assert!(parts.iter().all(|part| part.choices.is_empty()));
        }
        check(&["one", "two", "three"], &can(100, 2, 20), "Which?\n\n1. one\n2. two\n3. three");
        check(&["a long label", "b"], &can(100, 5, 3), "Which?\n\n1. a long label\n2. b");
        check(&["yes"], &can(100, 0, 20), "Which?\n\n1. yes");
        check(&["1", "2", "10"], &can(100, 2, 20), "Which?\n\n1  2  10");
    }

    #[test]
    fn several_are_ticked_or_numbered_and_what_stands_beside_them_stays_a_button() {
        let mut asked = prompt("Which?", &["Food", "Rent", "Skip"]);
        asked.choices[2].aside = true;
        asked.expects.as_mut().unwrap().kind = ExpectsKind::Choices;
        let part = |can: &Capabilities| render(&asked, Speaker::Bot, can).pop().unwrap();
        assert_eq!(part(&can(100, 9, 20)).choices.len(), 3);
        let numbered = part(&Capabilities { ticks: false, ..can(100, 9, 20) });
        assert_eq!((&*numbered.text, &*numbered.choices[0].label), ("Which?\n\n1. Food\n2. Rent", "Skip"));
        assert_eq!(part(&can(100, 0, 20)).text, "Which?\n\n1. Food\n2. Rent\n• Skip");
    }

    #[test]
    fn a_place_is_asked_for_by_a_message_of_its_own_where_the_channel_has_such() {
        let mut asked = prompt("Where?", &["Skip"]);
        asked.choices[0].aside = true;
        asked.share = Some(Share::Offered("Share".into()));
        let part = |asked: &Prompt, shares| {
            render(asked, Speaker::Bot, &Capabilities { shares, ..can(100, 9, 20) }).pop().unwrap()
        };
        asked.expects.as_mut().unwrap().kind = ExpectsKind::Place;
        let alone = part(&asked, Shares::Place);
        assert_eq!((&*alone.text, alone.choices.len(), &alone.share), ("Where?\n\n• Skip", 0, &asked.share));
        let beside = part(&asked, Shares::NumberAndPlace);
        assert_eq!((&*beside.text, beside.choices.len(), &beside.share), ("Where?", 1, &asked.share));
        asked.expects.as_mut().unwrap().kind = ExpectsKind::Phone;
        let none = part(&asked, Shares::Place);
        assert_eq!((&*none.text, none.choices.len(), none.share), ("Where?", 1, None));
    }

    #[test]
    fn labels_are_counted_in_graphemes() {
        let family = "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}";
        let parts = render(&prompt("Which?", &[family, "نَعَم"]), Speaker::Bot, &can(100, 3, 3));
        assert_eq!(parts[0].choices.len(), 2);
    }

    #[test]
    fn buttons_and_expectation_stand_on_the_last_part_only() {
        let parts = render(&prompt("one two three four", &["a"]), Speaker::Staff, &can(9, 3, 20));
        let texts: Vec<_> = parts.iter().map(|part| &*part.text).collect();
        assert_eq!(texts, ["one two", "three", "four"]);
        let (last, before) = parts.split_last().unwrap();
        assert!(before.iter().all(|part| part.choices.is_empty() && part.expects.is_none()));
        assert!(last.choices.len() == 1 && last.expects.is_some() && last.from == Speaker::Staff);
    }

    #[test]
    fn cuts_are_made_where_a_reader_would() {
        #[track_caller]
        fn check(text: &str, limit: usize, expected: &[&str]) {
            assert_eq!(split(text, limit), expected);
        }
        check("first line\nsecond line here", 16, &["first line", "second line here"]);
        check("a\nb c d e f g h", 12, &["a\nb c d e f", "g h"]);
        check("abcdefgh", 3, &["abc", "def", "gh"]);
        // A letter and its mark stay together, and so do the four units of a flag.
        check("e\u{301}e\u{301}", 3, &["e\u{301}", "e\u{301}"]);
        check("a\u{1F1F8}\u{1F1E6}b", 4, &["a", "\u{1F1F8}\u{1F1E6}", "b"]);
        check("مرحبا بكم جميعا", 10, &["مرحبا بكم", "جميعا"]);
        check("\n\n\n\n\n\n", 3, &[""]);
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_part_is_too_long(
            words in proptest::collection::vec("[a-zء-ي\u{301}😀]{1,30}", 0..60),
            gaps in proptest::collection::vec("[ \n]{1,3}", 60),
            limit in 64usize..200,
            labels in proptest::collection::vec("[a-zء-ي]{3,12}", 0..6),
        ) {
            let text: String = words.iter().zip(&gaps).flat_map(|(word, gap)| [&**word, &**gap]).collect();
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            let parts = render(&prompt(&text, &labels), Speaker::Bot, &can(limit, 3, 20));
            for part in &parts {
                prop_assert!(units(&part.text) <= limit);
            }
            let said: Vec<String> =
                parts.iter().flat_map(|part| part.text.split_whitespace()).map(str::to_owned).collect();
            let mut asked: Vec<String> = words;
            if labels.len() > 3 {
                for (place, label) in labels.iter().enumerate() {
                    asked.push(format!("{}.", place + 1));
                    asked.push((*label).to_owned());
                }
            }
            prop_assert_eq!(said, asked);
        }
    }
}
