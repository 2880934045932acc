//! Real mails, where a folder of them is at hand: `TEST_FIXTURES=<folder>` with `email/{replies,autoreplies,bounces,
//! weird}`, each with an `INDEX.md` of what is expected. Prints the table of `docs/figures.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use wasl::channel::email::bounce::{Kind, Verdict};
use wasl::channel::email::classify::Writer;
use wasl::channel::email::limits::Refused;
use wasl::channel::email::{Own, Understood, reply, understand};

use super::harness::{tell, variable};

/// One line of an index: a file and what is expected of it.
struct Sample {
    path: PathBuf,
    name: String,
    expected: String,
}

impl Sample {
    fn understood(&self) -> Result<Understood, Refused> {
        let raw = fs::read(&self.path).unwrap();
        let start = Instant::now();
        let mail = understand(&raw, &Own::default());
        assert!(start.elapsed() < Duration::from_secs(1), "{} took {:?}", self.name, start.elapsed());
        mail
    }

    /// The text that is expected, when a file holds it.
    fn text(&self) -> Option<String> {
        fs::read_to_string(format!("{}.expected.txt", self.path.display())).ok()
    }

    fn is_mail(&self) -> bool {
        // The rest of `replies` are bare texts.
        self.name.ends_with(".eml") || !self.path.parent().is_some_and(|folder| folder.ends_with("replies"))
    }
}

fn samples(folder: &str) -> Option<Vec<Sample>> {
    let Some(root) = variable("TEST_FIXTURES") else {
        tell("not run: real mails; name a folder of them in TEST_FIXTURES");
        return None;
    };
    let folder = Path::new(&root).join("email").join(folder);
    let index = fs::read_to_string(folder.join("INDEX.md")).unwrap();
    let sample = |line: &str| {
        let columns: Vec<&str> = line.split(" | ").collect();
        let [name, _, _, expected] = columns.as_slice() else { return None };
        let path = folder.join(name);
        path.is_file().then(|| Sample { path, name: (*name).to_owned(), expected: (*expected).to_owned() })
    };
    Some(index.lines().filter_map(sample).collect())
}

fn percent(part: usize, whole: usize) -> String {
    format!("{part}/{whole} ({:.1} %)", 100.0 * part as f64 / whole.max(1) as f64)
}

/// What somebody who looks at a sample sees in it; `None` where the index does not say.
fn class(folder: &str, sample: &Sample) -> Option<&'static str> {
    match folder {
        "replies" => Some("human"),
        "autoreplies" if sample.expected.starts_with("HUMAN") => Some("human"),
        "autoreplies" => Some("automatic"),
        "bounces" if sample.name.contains("__arf-") || sample.expected.contains("feedback") => {
            Some("complaint")
        }
        "bounces" => Some("bounce"),
        "weird" if sample.name.contains("calendar_reply") => Some("automatic"),
        "weird" if sample.name.starts_with("synthetic__") => Some("human"),
        _ => None,
    }
}

fn found(mail: &Understood) -> &'static str {
    match &mail.writer {
        Writer::Human => "human",
        Writer::Automatic(_) | Writer::List(_) | Writer::Own(_) => "automatic",
        Writer::Bounce(bounce) if bounce.kind == Kind::Complaint => "complaint",
        Writer::Bounce(_) => "bounce",
    }
}

#[test]
fn mails_are_told_apart() {
    let mut table: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for folder in ["replies", "autoreplies", "bounces", "weird"] {
        let Some(samples) = samples(folder) else { return };
        for sample in samples.iter().filter(|sample| sample.is_mail()) {
            let Ok(mail) = sample.understood() else {
                tell(&format!("  refused: {}", sample.name));
                continue;
            };
            let Some(class) = class(folder, sample) else { continue };
            let found = found(&mail);
            *table.entry((class, found)).or_default() += 1;
            if class != found {
                tell(&format!("  {} is {class}, taken for {found}: {:?}", sample.name, mail.letter.subject));
            }
        }
    }
    let count = |class: Option<&str>, found: Option<&str>| -> usize {
        let fits = |wanted: Option<&str>, is: &str| wanted.is_none_or(|wanted| wanted == is);
        table.iter().filter(|((c, f), _)| fits(class, c) && fits(found, f)).map(|(_, n)| n).sum()
    };
    tell("| class | mails | precision | recall |\n|---|---|---|---|");
    for class in ["human", "automatic", "bounce", "complaint"] {
        let (right, mails) = (count(Some(class), Some(class)), count(Some(class), None));
        let taken = count(None, Some(class));
        tell(&format!("| {class} | {mails} | {} | {} |", percent(right, taken), percent(right, mails)));
    }
    let (machines, humans) = (count(None, None) - count(Some("human"), None), count(Some("human"), None));
    let missed = count(None, Some("human")) - count(Some("human"), Some("human"));
    tell(&format!(
        "| not a person's, and not answered | {machines} | | {} |",
        percent(machines - missed, machines)
    ));
    assert_eq!(count(Some("human"), Some("human")), humans, "a person's mail was taken for a program's");
    assert!((machines - missed) * 100 >= machines * 98, "98 % of what programs write are noticed");
}

/// What the index expects of one recipient: whether nothing more is sent there, and why.
fn expectations(expected: &str) -> Vec<(bool, &str)> {
    let one = |one| {
        let hard = str::contains(one, "hard=true");
        let reason = one.split("reason=").nth(1)?.split(' ').next()?;
        one.contains("hard=").then_some((hard, reason))
    };
    expected.split(';').filter_map(one).filter(|(_, reason)| *reason != "feedback").collect()
}

#[test]
fn bounces_are_judged() {
    let Some(samples) = samples("bounces") else { return };
    let (mut counts, mut plain, mut told) = ([[0_usize; 2]; 2], [0_usize; 2], 0);
    for sample in samples {
        let expected = expectations(&sample.expected);
        let Some(Writer::Bounce(bounce)) = sample.understood().ok().map(|mail| mail.writer) else {
            if !expected.is_empty() {
                tell(&format!("  {} is no bounce here", sample.name));
            }
            continue;
        };
        told += usize::from(bounce.message_id.is_some());
        let same = expected.iter().all(|(hard, _)| *hard == expected[0].0);
        for (n, (hard, reason)) in expected.iter().enumerate() {
            // Some tell one address twice; here it is told once.
            let one = bounce.recipients.get(n).or_else(|| bounce.recipients.last().filter(|_| same));
            let found = one.is_some_and(|one| one.verdict == Verdict::Hard);
            let right = one.is_some() && found == *hard;
            counts[usize::from(*hard)][usize::from(found)] += 1;
            plain[usize::from(right)] += usize::from(*reason != "filtered");
            if !right {
                tell(&format!("  {}: hard={hard} ({reason}), found {:?}", sample.name, one));
            }
        }
    }
    let [[soft, soft_as_hard], [hard_as_soft, hard]] = counts;
    let all = soft + soft_as_hard + hard_as_soft + hard;
    tell("| verdict | addresses | precision | recall |\n|---|---|---|---|");
    for (name, right, missed, taken) in
        [("hard", hard, hard_as_soft, soft_as_hard), ("not hard", soft, soft_as_hard, hard_as_soft)]
    {
        let (precision, recall) = (percent(right, right + taken), percent(right, right + missed));
        tell(&format!("| {name} | {} | {precision} | {recall} |", right + missed));
    }
    tell(&format!("| verdicts right | {all} | | {} |", percent(hard + soft, all)));
    tell(&format!(
        "| without `filtered` | {} | | {} |",
        plain[0] + plain[1],
        percent(plain[1], plain[0] + plain[1])
    ));
    tell(&format!("| with the id of our mail | {told} | | |"));
    assert!(plain[1] * 100 >= (plain[0] + plain[1]) * 95, "95 % of the verdicts are right");
}

/// Lines without trailing space; empty lines are paragraphs, however many.
fn lines(text: &str) -> Vec<&str> {
    text.trim().lines().map(str::trim_end).filter(|line| !line.is_empty()).collect()
}

#[test]
fn replies_are_parted() {
    let Some(samples) = samples("replies") else { return };
    let (mut all, mut exact, mut arabic, mut arabic_exact) = (0, 0, 0, 0);
    for sample in samples {
        let Some(expected) = sample.text() else { continue };
        let found = if sample.is_mail() {
            sample.understood().unwrap().reply.text
        } else {
            reply::part(&String::from_utf8_lossy(&fs::read(&sample.path).unwrap())).text
        };
        let right = lines(&found) == lines(&expected);
        let written = sample.name.starts_with("synthetic__");
        all += 1;
        exact += usize::from(right);
        arabic += usize::from(written);
        arabic_exact += usize::from(written && right);
        if !right {
            tell(&format!("  {} differs in its last line: {:?}", sample.name, lines(&found).last()));
        }
    }
    tell("| replies | texts | exact |\n|---|---|---|");
    tell(&format!("| all | {all} | {} |", percent(exact, all)));
    tell(&format!("| Arabic, Hebrew, Urdu, HTML | {arabic} | {} |", percent(arabic_exact, arabic)));
    assert!(exact * 100 >= all * 90, "90 % of the replies are exact");
    assert_eq!(arabic, arabic_exact, "every Arabic form is right");
}

#[test]
fn strange_mails_are_read() {
    let Some(samples) = samples("weird") else { return };
    let (mut read, mut refused, mut texts) = (0, 0, 0);
    for sample in samples {
        let Ok(mail) = sample.understood() else {
            refused += 1;
            continue;
        };
        read += 1;
        let names: Vec<&str> = mail.letter.attachments.iter().map(|file| file.name.as_str()).collect();
        assert!(names.iter().all(|name| !name.is_empty() && !name.contains(['/', '\\', '\0'])), "{names:?}");
        if let Some(expected) = sample.text() {
            texts += 1;
            let name = sample.expected.starts_with("attachment name");
            let found = if name { names.join("\n") } else { mail.reply.text.clone() };
            assert_eq!(found.trim(), expected.trim(), "{}", sample.name);
        }
        if sample.name.contains("winmail") {
            assert_eq!(names.len(), 2, "{names:?}");
        }
        if sample.name.contains("inline_image") {
            assert!(names.is_empty(), "{names:?}");
        }
    }
    tell(&format!(
        "strange mails: {read} read, {refused} refused with a reason, {texts} with the text expected"
    ));
    assert!(read > 10 && texts > 0, "is this the right folder?");
}
