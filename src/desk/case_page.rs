//! The page of one case: who, what, papers, check, steps, signature, history, conversation.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::DeskState;
use super::answers::{AnswerRow, rows};
use super::errors::{failed, not_found};
use super::flash::Flash;
use super::frame::{Asked, Frame, Pairs, page};
use super::session::SignedIn;
use super::shown::{Due, line_of, stored, tone_of};
use super::step::{Decision, Offers, Step};
use super::talk::Talk;
use crate::case::By;
use crate::engine::{ActError, OpenedCase, Signed};
use crate::locale::{Args, strip_controls};
use crate::message::CaseId;

#[derive(Template)]
#[template(path = "desk-case.html")]
struct CasePage<'a> {
    frame: Frame<'a>,
    head: Head,
    offers: Shown,
    answers: Vec<AnswerRow>,
    signature: SignedRow,
    earlier: Vec<SignedRow>,
    history: Vec<Happened>,
    talk: Talk,
}

struct Head {
    reference: String,
    service: String,
    status: String,
    tone: &'static str,
    next_step: String,
    submitted: String,
    answer_from: String,
    due: Option<Due>,
    late: bool,
    owner: Option<String>,
    language: String,
    /// Where the buttons post to.
    action: String,
    /// The last event that the page shows: every button says what was seen when it was pressed.
    seen: i64,
}

/// The steps as the page draws them.
struct Shown {
    assign: bool,
    check: bool,
    simple: Vec<Step>,
    reasoned: Vec<Folded>,
    decision: Option<DecisionForm>,
}

struct Folded {
    step: Step,
    asks_reason: bool,
    open: bool,
    reason: String,
}

struct DecisionForm {
    open: bool,
    may_override: bool,
    early_text: String,
    reason: String,
    early: String,
}

struct SignedRow {
    name: String,
    declaration: String,
    version: String,
    lang: String,
    channel: String,
    at: String,
    hash: String,
    intact: bool,
}

struct Happened {
    what: String,
    by: String,
    at: String,
    reason: Option<String>,
}

/// What was posted and refused: shown again, so that nobody types a reason twice.
pub struct Refused {
    /// Why.
    pub why: Flash,
    /// The fields as they were sent.
    pub form: Pairs,
}

/// `GET /desk/case/<uuid>`
pub async fn show(
    State(desk): State<DeskState>,
    asked: Asked,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<CaseId>() else { return not_found(&desk, &asked, &staff) };
    case_page(&desk, &asked, &staff, id, None).await
}

/// The page of case `id`; with what was refused at its head, if anything was.
pub async fn case_page(
    desk: &DeskState,
    asked: &Asked,
    staff: &SignedIn,
    id: CaseId,
    refused: Option<Refused>,
) -> Response {
    let opened = match desk.engine.open_case(&staff.0, id).await {
        Ok(opened) => opened,
        Err(ActError::NotFound) => return not_found(desk, asked, staff),
        Err(_) => return failed(desk, asked, staff),
    };
    let talk = match Talk::of_case(desk, asked, staff, &opened).await {
        Ok(talk) => talk,
        Err(_) => return failed(desk, asked, staff),
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(status, &CasePage::new(desk, asked, staff, &opened, talk, refused))
}

impl<'a> CasePage<'a> {
    fn new(
        desk: &'a DeskState,
        asked: &Asked,
        staff: &'a SignedIn,
        opened: &OpenedCase,
        talk: Talk,
        refused: Option<Refused>,
    ) -> CasePage<'a> {
        let mut frame = Frame::new(desk, asked, Some(staff));
        let why = refused.as_ref().map(|refused| refused.why).or(frame.flash());
        let form = refused.map(|refused| refused.form).unwrap_or_default();
        if let Some(why) = why {
            let args = Args::none()
                .text("day", frame.words().day(frame.locale(), opened.answer_from))
                .text("status", frame.status(&stored(opened.case.status)));
            frame.notice(why, &args);
        }
        let by = By::Staff { id: staff.0.id, role: staff.0.role };
        let config = desk.engine.config();
        let offers = Offers::of(&opened.case, &by, desk.engine.now(), &config.policy);
        let answers = rows(desk, frame.locale(), opened, &form);
        CasePage {
            head: head(desk, &frame, opened),
            offers: Shown::new(&frame, &offers, opened, &form),
            answers,
            signature: signed(desk, &frame, &opened.signed),
            earlier: opened.earlier.iter().map(|earlier| signed(desk, &frame, earlier)).collect(),
            history: history(desk, &frame, opened),
            talk,
            frame,
        }
    }
}

fn head(desk: &DeskState, frame: &Frame<'_>, opened: &OpenedCase) -> Head {
    let association = &desk.engine.config().association;
    let stored = stored(opened.case.status);
    let due = opened.case.next_due.map(|due| frame.due(due, desk.engine.now(), association));
    Head {
        reference: opened.reference.clone(),
        service: frame.service(desk.engine.shelf(), &opened.service, association),
        status: frame.status(&stored),
        tone: tone_of(&stored),
        next_step: frame.t(super::shown::key_of("desk-next", &stored)),
        submitted: frame.words().day(frame.locale(), opened.case.submitted_at.date_in(association.zone)),
        answer_from: frame.words().day(frame.locale(), opened.answer_from),
        late: due.as_ref().is_some_and(|(_, late)| *late),
        due: due.map(|(due, _)| due),
        owner: opened.owner_name.as_deref().map(line_of),
        language: frame.language(&opened.locale),
        action: format!("/desk/case/{}", opened.case.id),
        seen: opened.seen,
    }
}

impl Shown {
    fn new(frame: &Frame<'_>, offers: &Offers, opened: &OpenedCase, form: &Pairs) -> Shown {
        let typed = |step: Step, field: &str| {
            let same = form.get("do").and_then(Step::named) == Some(step);
            form.get(field).filter(|_| same).unwrap_or_default().to_owned()
        };
        let either = |field: &str| {
            let (accept, reject) = (typed(Step::Accept, field), typed(Step::Reject, field));
            if accept.is_empty() { reject } else { accept }
        };
        let day = Args::none().text("day", frame.words().day(frame.locale(), opened.answer_from));
        let folded = offers.folded.iter().map(|step| Folded {
            step: *step,
            asks_reason: *step == Step::Appeal,
            open: form.get("do").and_then(Step::named) == Some(*step),
            reason: typed(*step, "reason"),
        });
        Shown {
            assign: offers.assign,
            check: offers.check,
            simple: offers.simple.clone(),
            reasoned: folded.collect(),
            decision: offers.decision.map(|decision| DecisionForm {
                open: decision == Decision::Open,
                may_override: decision == Decision::Override,
                early_text: match decision {
                    Decision::Override => frame.say("desk-early-override", &day),
                    Decision::Open | Decision::Wait => frame.say("desk-early-wait", &day),
                },
                reason: either("reason"),
                early: either("early"),
            }),
        }
    }
}

fn signed(desk: &DeskState, frame: &Frame<'_>, signed: &Signed) -> SignedRow {
    let signature = &signed.signature;
    SignedRow {
        name: line_of(&signature.name),
        declaration: strip_controls(&signature.declaration).into_owned(),
        version: line_of(&signature.version),
        lang: signature.locale.to_string(),
        channel: frame.channel(&signature.channel),
        at: frame.moment(signature.at, &desk.engine.config().association),
        hash: signature.hash.clone(),
        intact: signed.intact,
    }
}

fn history(desk: &DeskState, frame: &Frame<'_>, opened: &OpenedCase) -> Vec<Happened> {
    let association = &desk.engine.config().association;
    let what = |event: &str| {
        let key = super::shown::key_of("desk-event", event);
        if frame.words().has(frame.locale(), &key) { frame.t(&key) } else { line_of(event) }
    };
    let happened = opened.history.iter().map(|step| Happened {
        what: what(&step.event),
        by: line_of(&step.by),
        at: frame.moment(step.at, association),
        reason: step.reason.as_deref().map(|reason| strip_controls(reason).into_owned()),
    });
    happened.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Check, submitted};
    use crate::config::Config;
    use crate::desk::talk::TalkLine;
    use crate::desk::tests::Browser;
    use crate::dialogue::Signature;
    use crate::engine::Staff;
    use crate::form::{Answer, Paper, Shelf, shipped};
    use crate::message::{ChannelId, DocumentId, Locale, MediaRef, PersonId, StaffId, derive_id};

    const HOSTILE: &str = "<script>alert(1)</script>\u{202E}\u{2066}\"' onload=x";

    fn hostile_case(browser: &Browser) -> OpenedCase {
        let (shelf, _) = Shelf::read(&shipped()).unwrap();
        let (locale, now) = (Locale::parse("en").unwrap(), browser.engine.now());
        let mut case = submitted(CaseId(derive_id(&["case"])), now, &Config::from_toml("").unwrap().policy);
        case.checks.insert("need".into(), Check::Mismatched(HOSTILE.into()));
        let document = DocumentId(derive_id(&["paper"]));
        let media = MediaRef { document, name: HOSTILE.into(), mime: "image/png".into(), size: 2048 };
        OpenedCase {
            case,
            seen: 1,
            person: PersonId(derive_id(&["person"])),
            reference: "W-ABCD-1234".into(),
            service: HOSTILE.into(),
            locale: locale.clone(),
            form: shelf.current("support-request.CERT").unwrap().clone(),
            answers: vec![
                ("need".into(), Answer::Text(HOSTILE.into())),
                ("full_name".into(), Answer::Text(HOSTILE.into())),
                ("paper_id".into(), Answer::Document(Paper { media })),
            ],
            signed: Signed {
                intact: true,
                signature: Signature {
                    name: HOSTILE.into(),
                    declaration: HOSTILE.into(),
                    version: HOSTILE.into(),
                    locale,
                    channel: ChannelId::new(HOSTILE),
                    at: now,
                    hash: "00".into(),
                },
            },
            earlier: Vec::new(),
            history: Vec::new(),
            held: crate::store::desk::Held::Staff,
            owner_name: Some(HOSTILE.into()),
            answer_from: now.plus_days(14).utc().date_naive(),
        }
    }

    fn render(browser: &Browser, lang: &str, refused: Option<Refused>) -> String {
        let opened = hostile_case(browser);
        let desk = DeskState::new(browser.engine.clone());
        let staff = Staff {
            id: StaffId(derive_id(&["staff"])),
            name: HOSTILE.into(),
            role: crate::case::Role::Officer,
        };
        let asked = Asked {
            locale: Locale::parse(lang).unwrap(),
            path: "/desk/case/x".into(),
            tab: None,
            page: 0,
            flash: None,
        };
        let line = TalkLine {
            speaker: "You".into(),
            tone: "you",
            text: strip_controls(HOSTILE).into_owned(),
            at: String::new(),
        };
        let talk = Talk {
            base: "/desk/person/x".into(),
            case: None,
            held: crate::store::desk::Held::Staff,
            press: "drawn".into(),
            draft: HOSTILE.into(),
            lines: vec![line],
        };
        CasePage::new(&desk, &asked, &SignedIn(staff), &opened, talk, refused).render().unwrap()
    }

    #[tokio::test]
    async fn in_both_directions_nothing_hostile_gets_through() {
        let browser = Browser::open("").await;
        for (lang, dir) in [("ar", "rtl"), ("en", "ltr")] {
            let html = render(&browser, lang, None);
            assert!(html.contains(&format!("<html lang=\"{lang}\" dir=\"{dir}\">")), "{html}");
            assert!(!html.contains("<script") && !html.contains("\" onload"), "{html}");
            assert!(html.contains("&#60;script&#62;alert(1)"), "{html}");
            let shown = html.split("<textarea").next().unwrap();
            assert!(!shown.contains('\u{202E}') && !shown.contains('\u{2066}'), "{html}");
            assert!(html.contains("name=\"check.paper_id\"") && html.contains("download>"), "{html}");
        }
    }

    #[tokio::test]
    async fn what_was_refused_is_still_there() {
        let browser = Browser::open("").await;
        let fields = [("do", "check"), ("check.full_name", "missing"), ("why.full_name", "as on the card")];
        let form = Pairs::from_form(fields.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec());
        let html = render(&browser, "en", Some(Refused { why: Flash::NoReason, form }));
        assert!(html.contains("role=\"alert\"") && html.contains("A reason is needed."), "{html}");
        assert!(html.contains("name=\"check.full_name\" value=\"missing\" checked"), "{html}");
        assert!(html.contains("value=\"as on the card\""), "{html}");
    }
}
