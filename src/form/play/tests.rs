use proptest::prelude::*;

use super::super::markdown::Workbook;
use super::*;
use crate::message::{DocumentId, Locale};
use crate::time::Timestamp;

const FORM: &str = "
| survey | type | name | label::en | label::ar | hint::en | required | required_message::en | relevant | constraint | constraint_message::en | calculation | choice_filter | default | parameters | wasl_kind |
|| note | hello | Welcome | أهلا | | | | | | | | | | | |
|| select_one yn | more | More? | المزيد؟ | | yes | We need this | | | | | | 'yes' | | |
|| begin_group | g | Home | البيت | | | | ${more} = 'yes' | | | | | | | |
|| select_one gov | gov | Where? | أين؟ | | yes | | | | | | | | | |
|| note | near | Near ${gov} | قرب ${gov} | | | | ${gov} = 'north' | | | | | | | |
|| select_one town | town | Town in ${gov}? | مدينة؟ | Not ${more} | | | | | | | area = ${gov} | | | |
|| end_group | | | | | | | | | | | | | | | |
|| integer | age | Age? | العمر؟ | | | | | . >= 18 and . < 120 | ${age} is not an age | | | | | |
|| calculate | adult | | | | | | | | | ${age} * 2 | | | | |
|| calculate | echo | | | | | | ${more} = 'yes' | | | concat(${gov}, '!') | | | | |
|| integer | kids | Kids? | أطفال؟ | | | | | . * 10 <= ${adult} | Too many | | | | | |
|| select_multiple need | need | Needs? | الحاجة؟ | | | | | not(selected(., 'none') and count-selected(.) > 1) | None alone | | | | | |
|| range | stars | Stars? | نجوم؟ | | | | | | | | | | start=1 end=5 step=1 | |
|| date | day | Day? | اليوم؟ | | | | | . >= today() | Too late | | | today() | | |
|| text | tel | Phone? | الهاتف؟ | | | | | | | | | | | phone |
|| text | mail | Mail? | البريد؟ | | | | | | | | | | | email |
|| image | photo | Photo? | صورة؟ | | | | | | | | | | | |
|| file | paper | Paper? | وثيقة؟ | | | | | | | | | | | |
|| geopoint | place | Place? | المكان؟ | | | | | | | | | | | |
|| acknowledge | ack | Read? | قرأت؟ | | yes | | | | | | | | | |
|| text | word | A word? | كلمة؟ | | | | | | | | | 42 | | |
|| note | bye | Goodbye ${word} | وداعا | | | | | | | | | | | |
| choices | list_name | name | label::en | label::ar | area |
|| yn | yes | Yes | نعم | |
|| yn | no | No | لا | |
|| gov | north | North | الشمال | |
|| gov | south | South | الجنوب | |
|| gov | desert | Desert | الصحراء | |
|| town | alpha | Alpha | ألفا | north |
|| town | beta | Beta | بيتا | south |
|| need | food | Food | طعام | |
|| need | rent | Rent | إيجار | |
|| need | none | None | لا شيء | |
| settings | form_id | default_language |
|| trial | en |
";

fn form() -> Form {
    let book = Workbook::from_markdown("trial.md", FORM).unwrap();
    Form::read(book).unwrap_or_else(|found| panic!("{found:#?}")).0
}

fn at() -> Moment {
    // 22:30 UTC is the next day at the charity
    Moment { now: Timestamp::parse("2026-11-22T22:30:00Z").unwrap(), zone: chrono_tz::Asia::Riyadh }
}

fn one(name: &str) -> Answer {
    Answer::One(name.into())
}

fn many(names: &[&str]) -> Answer {
    Answer::Many(names.iter().map(|name| (*name).into()).collect())
}

fn day(text: &str) -> Answer {
    Answer::Date(text.parse().unwrap())
}

fn file(mime: &str) -> Answer {
    let media = MediaRef {
        document: DocumentId(uuid::Uuid::nil()),
        name: "p.jpg".into(),
        mime: mime.into(),
        size: 1,
    };
    Answer::Document(Paper { media })
}

fn given(answers: &[(&str, Answer)]) -> Answers {
    answers.iter().map(|(id, answer)| ((*id).into(), answer.clone())).collect()
}

fn ids(questions: &[&Question]) -> String {
    questions.iter().map(|question| &*question.id).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_next_question_follows_the_answers() {
    let form = form();
    let check = |answers: &[(&str, Answer)], expected: &str, progress: (usize, usize)| {
        let answers = given(answers);
        let play = Play::new(&form, &answers, at());
        let next = play.next().map_or("", |question| &question.id);
        assert_eq!((next, play.progress()), (expected, progress), "{answers:?}");
    };
    check(&[], "more", (0, 13));
    check(&[("more", one("no"))], "age", (1, 13));
    check(&[("more", one("yes"))], "gov", (1, 14));
    check(&[("more", one("yes")), ("gov", one("north"))], "town", (2, 15));
    check(&[("more", one("yes")), ("gov", one("desert"))], "age", (2, 14));
    check(&[("more", one("no")), ("gov", one("north")), ("age", Answer::Skipped)], "kids", (2, 13));
}

#[test]
fn the_way_back_and_the_notes() {
    let form = form();
    let answers = given(&[("more", one("yes")), ("gov", one("north"))]);
    let play = Play::new(&form, &answers, at());
    let check = |id: &str, before: &str, notes: &str| {
        let found = play.before(id).map_or("", |question| &question.id);
        assert_eq!((found, ids(&play.notes_before(id)).as_str()), (before, notes), "{id}");
    };
    check("more", "", "hello");
    check("gov", "more", "");
    check("town", "gov", "near");
    check("age", "town", "");
    check("kids", "age", "");
    check("nowhere", "", "");
    assert_eq!(ids(&play.notes_after()), "bye");
    let answers = given(&[("more", one("no"))]);
    let play = Play::new(&form, &answers, at());
    assert_eq!(play.before("age").map(|question| &*question.id), Some("more"));
}

#[test]
fn answers_are_checked() {
    let form = form();
    let answers = given(&[("more", one("yes")), ("gov", one("north")), ("age", Answer::Integer(20))]);
    let play = Play::new(&form, &answers, at());
    let check = |id: &str, answer: Answer, expected: Option<Misfit>| {
        let found = play.check(form.question(id).unwrap(), &answer).err();
        assert_eq!(found, expected, "{id} {answer:?}");
    };
    let en = |text: &str| Labels([(Locale::parse("en").unwrap(), text.to_owned())].into());
    let text = |text: &str| Answer::Text(text.into());
    check("more", one("yes"), None);
    check("more", one("maybe"), Some(Misfit::NotAChoice));
    check("more", text("yes"), Some(Misfit::NotAChoice));
    check("more", Answer::Skipped, Some(Misfit::Required(en("We need this"))));
    check("town", one("alpha"), None);
    check("town", one("beta"), Some(Misfit::NotAChoice));
    check("town", Answer::Skipped, None);
    check("age", Answer::Integer(18), None);
    check("age", Answer::Decimal(18.0), None);
    check("age", Answer::Decimal(18.5), Some(Misfit::NotAWholeNumber));
    check("age", Answer::Integer(17), Some(Misfit::Constraint(en("\u{2068}17\u{2069} is not an age"))));
    check("age", text("many"), Some(Misfit::NotANumber));
    check("age", Answer::Decimal(f64::NAN), Some(Misfit::NotANumber));
    check("age", Answer::Skipped, None);
    check("kids", Answer::Integer(4), None);
    check("kids", Answer::Integer(5), Some(Misfit::Constraint(en("Too many"))));
    check("need", many(&["rent", "food"]), None);
    check("need", many(&["none"]), None);
    check("need", many(&["none", "food"]), Some(Misfit::Constraint(en("None alone"))));
    check("need", many(&["gold"]), Some(Misfit::NotAChoice));
    check("need", many(&[]), None);
    check("stars", Answer::Integer(5), None);
    check("stars", Answer::Decimal(3.0), None);
    check("stars", Answer::Integer(6), Some(Misfit::OutOfRange { start: 1.0, end: 5.0 }));
    check("stars", Answer::Decimal(2.5), Some(Misfit::NotAWholeNumber));
    check("day", day("2026-11-23"), None);
    check("day", day("2026-11-22"), Some(Misfit::Constraint(en("Too late"))));
    check("day", text("tomorrow"), Some(Misfit::NotADate));
    check("tel", Answer::Phone("+966501234567".into()), None);
    check("tel", Answer::Phone("0501234567".into()), Some(Misfit::NotAPhone));
    check("mail", Answer::Email("a@example.com".into()), None);
    check("mail", Answer::Email("a@localhost".into()), Some(Misfit::NotAnEmail));
    check("photo", file("image/png"), None);
    check("photo", file("image/heif"), None);
    check("photo", file("application/pdf"), Some(Misfit::WrongType("application/pdf".into())));
    check("photo", text("here"), Some(Misfit::OtherKind));
    check("paper", file("application/pdf"), None);
    check("paper", file("image/svg+xml"), Some(Misfit::WrongType("image/svg+xml".into())));
    check("place", Answer::Place { lat: 21.5, lon: 39.2 }, None);
    check(
        "place",
        Answer::Place { lat: 91.0, lon: 0.0 },
        Some(Misfit::OutOfRange { start: -90.0, end: 90.0 }),
    );
    check(
        "place",
        Answer::Place { lat: 0.0, lon: f64::NAN },
        Some(Misfit::OutOfRange { start: -180.0, end: 180.0 }),
    );
    check("ack", Answer::Ack, None);
    check("ack", Answer::Skipped, Some(Misfit::Required(Labels::default())));
    check("word", text(&"x".repeat(1000)), None);
    check("word", text(&"x".repeat(1001)), Some(Misfit::TooLong(1000)));
    check("word", file("image/png"), Some(Misfit::OtherKind));
    check("hello", text("hi"), Some(Misfit::OtherKind));
}

#[test]
fn proposals_fit_their_kind() {
    let form = form();
    let answers = Answers::new();
    let play = Play::new(&form, &answers, at());
    let check = |id: &str, expected: Option<Answer>| {
        assert_eq!(play.proposed(form.question(id).unwrap()), expected, "{id}");
    };
    check("day", Some(day("2026-11-23")));
    check("word", Some(Answer::Text("42".into())));
    check("more", None);
    check("age", None);
}

#[test]
fn words_are_filled_and_isolated() {
    let form = form();
    let (en, ar) = (Locale::parse("en").unwrap(), Locale::parse("ar-SA").unwrap());
    let word = Answer::Text("a\u{202e}b".into());
    let answers = given(&[("more", one("yes")), ("gov", one("north")), ("word", word)]);
    let play = Play::new(&form, &answers, at());
    let label = |id: &str, locale| play.label(form.question(id).unwrap(), locale);
    assert_eq!(label("near", &en), "Near \u{2068}North\u{2069}");
    assert_eq!(label("near", &ar), "قرب \u{2068}الشمال\u{2069}");
    assert_eq!(label("bye", &en), "Goodbye \u{2068}ab\u{2069}");
    assert_eq!(play.hint(form.question("town").unwrap(), &ar), "Not \u{2068}نعم\u{2069}");
    assert_eq!(play.hint(form.question("age").unwrap(), &en), "");
    let empty = Answers::new();
    assert_eq!(Play::new(&form, &empty, at()).label(form.question("near").unwrap(), &en), "Near ");
}

#[test]
fn answers_are_shown_and_stored() {
    let form = form();
    let answers = Answers::new();
    let play = Play::new(&form, &answers, at());
    let check = |id: &str, answer: Answer, stored: &str, english: &str, arabic: &str| {
        let question = form.question(id).unwrap();
        let shown = |tag| play.shown(question, &answer, &Locale::parse(tag).unwrap());
        assert_eq!(play.stored(question, &answer), stored, "{id}");
        assert_eq!((&*shown("en"), &*shown("ar")), (english, arabic), "{id}");
    };
    check("more", one("yes"), "yes", "Yes", "نعم");
    check("more", one("gone"), "gone", "gone", "gone");
    check("need", many(&["none", "food"]), "food none", "Food, None", "طعام، لا شيء");
    check("age", Answer::Integer(20), "20", "20", "20");
    check("stars", Answer::Decimal(4.0), "4", "4", "4");
    check("day", day("2026-01-02"), "2026-01-02", "2026-01-02", "2026-01-02");
    check("photo", file("image/png"), "p.jpg", "p.jpg", "p.jpg");
    check("place", Answer::Place { lat: 21.5, lon: 39.0 }, "21.5 39 0 0", "21.5, 39", "21.5, 39");
    check("ack", Answer::Ack, "OK", "✓", "✓");
    check("age", Answer::Skipped, "", "", "");
}

#[test]
fn what_is_not_relevant_is_kept_and_not_handed_in() {
    let form = form();
    let submission = |answers: &[(&str, Answer)]| {
        let answers = given(answers);
        let handed_in = Play::new(&form, &answers, at()).submission();
        handed_in.iter().map(|(id, answer)| format!("{id}={answer:?}")).collect::<Vec<_>>().join(" ")
    };
    let north = |more: &str| {
        [
            ("more", one(more)),
            ("gov", one("north")),
            ("age", Answer::Integer(20)),
            ("kids", Answer::Skipped),
            ("need", many(&["rent", "food"])),
        ]
    };
    assert_eq!(
        submission(&north("yes")),
        "more=One(\"yes\") gov=One(\"north\") age=Integer(20) adult=Text(\"40\") echo=Text(\"north!\") need=Many([\"food\", \"rent\"])"
    );
    assert_eq!(
        submission(&north("no")),
        "more=One(\"no\") age=Integer(20) adult=Text(\"40\") need=Many([\"food\", \"rent\"])"
    );
}

#[test]
fn a_change_upsets_what_looks_at_it() {
    let form = form();
    let check = |answers: &[(&str, Answer)], changed: &str, expected: &[&str]| {
        let answers = given(answers);
        let upset = Play::new(&form, &answers, at()).upset_by(changed);
        assert_eq!(upset.iter().map(|id| &**id).collect::<Vec<_>>(), expected, "{answers:?}");
    };
    let moved = |gov: &str| [("more", one("yes")), ("gov", one(gov)), ("town", one("alpha"))];
    check(&moved("north"), "gov", &[]);
    check(&moved("south"), "gov", &["town"]);
    check(&moved("desert"), "gov", &["town"]);
    check(&moved("south"), "age", &[]);
    check(&[("more", one("no")), ("gov", one("south")), ("town", one("alpha"))], "gov", &[]);
    // kids looks at adult, which is worked out from age
    check(&[("age", Answer::Integer(20)), ("kids", Answer::Integer(5))], "age", &["kids"]);
    check(&[("age", Answer::Integer(50)), ("kids", Answer::Integer(5))], "age", &[]);
    check(&[("age", Answer::Integer(20)), ("kids", Answer::Skipped)], "age", &[]);
}

/// Any answer, of any kind.
fn answer() -> impl Strategy<Value = Answer> {
    let name = || prop::sample::select(vec!["yes", "no", "north", "desert", "alpha", "food", "none", "x"]);
    prop_oneof![
        ".{0,8}".prop_map(Answer::Text),
        any::<i64>().prop_map(Answer::Integer),
        any::<f64>().prop_map(Answer::Decimal),
        name().prop_map(one),
        prop::collection::vec(name(), 0..4).prop_map(|names| many(&names)),
        (-9999i32..9999, 1u32..366)
            .prop_map(|(year, day)| Answer::Date(NaiveDate::from_yo_opt(year, day).unwrap_or_default())),
        Just(Answer::Ack),
        Just(Answer::Skipped),
        Just(Answer::Phone("+966501234567".into())),
        Just(file("application/pdf")),
        (any::<f64>(), any::<f64>()).prop_map(|(lat, lon)| Answer::Place { lat, lon }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However people answer, the form comes to its end, and nothing panics on the way.
    #[test]
    fn every_way_through_ends(tries in prop::collection::vec(answer(), 1..20)) {
        let form = form();
        let ar = Locale::parse("ar").unwrap();
        let (mut answers, mut tries) = (Answers::new(), tries.into_iter().cycle());
        for _ in 0..form.questions.len() {
            let play = Play::new(&form, &answers, at());
            let Some(question) = play.next() else { break };
            play.label(question, &ar);
            play.proposed(question);
            let answer = tries.next().unwrap_or(Answer::Skipped);
            play.shown(question, &answer, &ar);
            let stands = play.check(question, &answer).is_ok();
            let id = question.id.clone();
            answers.insert(id.clone(), if stands { answer } else { Answer::Skipped });
            Play::new(&form, &answers, at()).upset_by(&id);
        }
        let play = Play::new(&form, &answers, at());
        prop_assert!(play.next().is_none());
        let (done, all) = play.progress();
        prop_assert_eq!(done, all);
        for (id, answer) in play.submission() {
            prop_assert!(answer != Answer::Skipped);
            prop_assert!(play.relevant(form.question(&id).unwrap()));
        }
    }
}
