use super::super::play::{Answer, Answers, Misfit, Moment, Paper, Play};
use super::*;
use crate::message::{DocumentId, MediaRef};
use crate::time::Timestamp;

const ASK: &str = "|survey|type|name|label::English (en)|label|\n||hidden|service|||\n||text|need|Need?|الحاجة؟|\n\
    |settings|form_id|default_language|\n||ask|Arabic (ar)|\n";
const SERVICES: &str = "|services|code|form|label::ar|label::en|papers|\n||FIN|ask|مال|Money|id* income|\n||INQ|ask|سؤال|Question||\n";
const PAPERS: &str = "|papers|code|type|label::ar|label::en|hint::en|expires|expiry_label::ar|expiry_label::en|expired_message::ar|expired_message::en|\n\
    ||id|file|الهوية|Identity|lay it flat|yes|إلى متى؟|Until when?|انتهت|It is over|\n||income|image|الدخل|Income||no|||||\n";

fn read(
    catalogue: &str,
    forms: &[(&str, &str)],
) -> Result<(Services, Vec<Form>, Vec<Finding>), Vec<Finding>> {
    let book = |name: &str, text: &str| {
        Workbook::from_markdown(name, text).unwrap_or_else(|found| panic!("{found:?}"))
    };
    let forms: Vec<_> = forms.iter().map(|(name, text)| book(name, text)).collect();
    Services::read(book("services.md", catalogue), &forms)
}

#[test]
fn a_form_is_made_for_each_service() {
    let (services, forms, found) = read(&format!("{SERVICES}{PAPERS}"), &[("ask.md", ASK)]).unwrap();
    assert_eq!(services.0.iter().map(Service::form_id).collect::<Vec<_>>(), ["ask.FIN", "ask.INQ"]);
    assert_eq!(forms.iter().map(|form| &*form.id).collect::<Vec<_>>(), ["ask.FIN", "ask.INQ"]);
    let missing: Vec<_> = found.iter().map(|finding| finding.text.as_str()).collect();
    assert_eq!(missing, ["no `hint` in `ar`"], "what the base tells already is not told again");
    let told = |form: &Form| {
        let line =
            |q: &super::super::model::Question| format!("{}{}", q.id, if q.required { "*" } else { "" });
        form.questions.iter().map(line).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(told(&forms[0]), "service need paper_id* paper_id_expiry* paper_income");
    assert_eq!(told(&forms[1]), "service need");
    assert_ne!(forms[0].hash, forms[1].hash);
    let again = Form::read(forms[0].source.clone()).unwrap().0;
    assert_eq!(again.reference(), forms[0].reference(), "a made form is read again from its source");
    let taken = ASK.replace("||text|need|", "||text|paper_id|");
    assert!(
        read(&format!("{SERVICES}{PAPERS}"), &[("ask.md", &taken)]).is_err(),
        "a name is not taken twice"
    );
    let (ar, en) = (Locale::parse("ar").unwrap(), Locale::parse("en").unwrap());
    let id = forms[0].question("paper_id").unwrap();
    assert_eq!((id.label.get(&ar, &ar), id.label.get(&en, &ar)), (Some("الهوية"), Some("Identity")));
    assert_eq!((id.pii, id.hint.get(&en, &ar)), (super::super::model::Pii::Special, Some("lay it flat")));
}

#[test]
fn papers_are_played_with_their_day() {
    let (_, forms, _) = read(&format!("{SERVICES}{PAPERS}"), &[("ask.md", ASK)]).unwrap();
    let form = &forms[0];
    let at = Moment { now: Timestamp::parse("2026-11-22T10:00:00Z").unwrap(), zone: chrono_tz::Asia::Riyadh };
    let day = form.question("paper_id_expiry").unwrap();
    let mut answers = Answers::new();
    assert!(!Play::new(form, &answers, at).relevant(day));
    let media = MediaRef {
        document: DocumentId(uuid::Uuid::nil()),
        name: "id.pdf".into(),
        mime: "application/pdf".into(),
        size: 9,
    };
    answers.insert("paper_id".into(), Answer::Document(Paper { media }));
    let play = Play::new(form, &answers, at);
    assert!(play.relevant(day));
    assert_eq!(play.check(day, &Answer::Date("2026-11-22".parse().unwrap())), Ok(()));
    let over = play.check(day, &Answer::Date("2026-11-21".parse().unwrap()));
    assert!(matches!(over, Err(Misfit::Constraint(told)) if told.0.len() == 2));
    assert_eq!(play.submission()[0], ("service".into(), Answer::Text("FIN".into())));
}

#[test]
fn mistakes_in_the_catalogue_are_named() {
    let check = |catalogue: &str, expected: &[&str]| {
        let found = read(catalogue, &[("ask.md", ASK)]).map(|_| ()).unwrap_err();
        let errors = found.iter().filter(|finding| finding.severity == Severity::Error);
        let told: Vec<_> = errors.map(|f| format!("{}:{} {}", f.sheet, f.line, f.text)).collect();
        let fits = told.len() == expected.len() && told.iter().zip(expected).all(|(f, e)| f.starts_with(e));
        assert!(fits, "{catalogue}\nfound {told:#?}\nexpected {expected:#?}");
    };
    let service = |row: &str| format!("|services|code|form|label::en|papers|\n||{row}|\n{PAPERS}");
    check(&service("FIN|ask|Money|di"), &["services:2 no paper is called `di`; did you mean `id`?"]);
    check(&service("FIN|ask|Money|id id*"), &["services:2 the paper `id` is named twice"]);
    check(&service("FIN|aks|Money|"), &["services:2 no form is called `aks`; did you mean `ask`?"]);
    check(&service("F N|ask|Money|"), &["services:2 `F N` is no code"]);
    check(&service("FIN|ask||"), &["services:2 a service needs a label"]);
    check(
        &service("FIN|ask|Money|id|\n||FIN|ask|Money|"),
        &["services:3 the service `FIN` is there already"],
    );
    check(PAPERS, &["services:0 a catalogue needs a sheet `services`"]);
    check(
        "|services|code|form|label|\n||FIN|ask|Money|\n",
        &["services:1 say which language", "services:2 a service needs a label"],
    );
    check(
        "|services|code|form|label::en|colour|\n||FIN|ask|Money|red|\n",
        &["services:1 this column is not known"],
    );
    let paper = |row: &str| {
        format!(
            "{SERVICES}|papers|code|type|label::en|expires|expiry_label::en|\n||income|file|Income|||\n||{row}|\n"
        )
    };
    check(&paper("id|pdf|Identity||"), &["papers:6 `pdf` is neither image nor file"]);
    check(&paper("id|file|Identity|yes|Until?"), &["papers:6 a paper that expires needs this text"]);
    check(&paper("id|file|Identity|often|"), &["papers:6 write yes or no"]);
    check(&paper("id|file|||"), &["papers:6 a paper needs a label"]);
    check(&paper("id|file|Identity|||\n||id|file|Identity||"), &["papers:7 the paper `id` is there already"]);
}

#[test]
fn a_base_that_is_refused_tells_why_once() {
    let found =
        read(SERVICES.split("|id").next().unwrap_or_default(), &[("ask.md", &ASK.replace("text", "txt"))]);
    let found = found.map(|_| ()).unwrap_err();
    let told: Vec<_> = found.iter().map(|finding| format!("{} {}", finding.file, finding.text)).collect();
    assert_eq!(
        told,
        ["ask.md this form asks nothing", "ask.md no type is called `txt`; did you mean `text`?"]
    );
}
