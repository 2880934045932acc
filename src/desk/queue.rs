//! The list of requests, the conversations that wait for a person, and the tasks.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::DeskState;
use super::errors::{failed, not_found};
use super::flash::Flash;
use super::frame::{Asked, Frame, page};
use super::session::SignedIn;
use super::shown::{Due, key_of, line_of, tone_of};
use crate::engine::may_read;
use crate::locale::Args;
use crate::message::{Locale, StaffId};
use crate::store::case::QueueRow;
use crate::store::conversation::StretchRow;
use crate::store::desk::{OpenCounts, OpenFilter};
use crate::store::task::{TaskKind, TaskRow};
use crate::store::{self, StoreError};
use crate::time::Timestamp;

/// How many requests one page shows.
const ROWS: usize = 200;
/// How many tasks one page shows.
const TASKS: i64 = 100;

/// What the list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Tab {
    Open,
    Mine,
    Unowned,
    Due,
    Committee,
    Waiting,
    Finished,
}

const TABS: [(Tab, &str); 7] = [
    (Tab::Open, "open"),
    (Tab::Mine, "mine"),
    (Tab::Unowned, "unowned"),
    (Tab::Due, "due"),
    (Tab::Committee, "committee"),
    (Tab::Waiting, "waiting"),
    (Tab::Finished, "finished"),
];

impl Tab {
    fn named(name: Option<&str>) -> Tab {
        TABS.iter().find(|(_, known)| Some(*known) == name).map_or(Tab::Open, |(tab, _)| *tab)
    }
    /// What is asked of the store; `None`: the tab shows no open requests.
    fn filter(self, me: StaffId, due_before: Timestamp) -> Option<OpenFilter> {
        let all = OpenFilter::default();
        match self {
            Tab::Open => Some(all),
            Tab::Mine => Some(OpenFilter { owner: Some(me), ..all }),
            Tab::Unowned => Some(OpenFilter { unowned: true, ..all }),
            Tab::Due => Some(OpenFilter { due_before: Some(due_before), ..all }),
            Tab::Committee => Some(OpenFilter { status: Some("with_committee"), ..all }),
            Tab::Waiting | Tab::Finished => None,
        }
    }
    fn count(self, counts: &OpenCounts) -> i64 {
        match self {
            Tab::Open => counts.open,
            Tab::Mine => counts.mine,
            Tab::Unowned => counts.unowned,
            Tab::Due => counts.due,
            Tab::Committee => counts.committee,
            Tab::Waiting => counts.waiting,
            Tab::Finished => counts.finished,
        }
    }
}

#[derive(Template)]
#[template(path = "desk-queue.html")]
struct QueuePage<'a> {
    frame: Frame<'a>,
    heading: String,
    tabs: Vec<TabLink>,
    rows: Vec<Row>,
    /// The pages before and after: address and words.
    pages: Vec<(String, String)>,
    waiting: Vec<Waiting>,
    tasks: Vec<Task>,
    /// Said when there are more tasks than are shown.
    more_tasks: Option<String>,
}

struct TabLink {
    href: String,
    label: String,
    count: String,
    current: bool,
}

struct Row {
    href: String,
    reference: String,
    service: String,
    status: String,
    tone: &'static str,
    owner: Option<String>,
    due: Option<Due>,
    late: bool,
    age: String,
    language: String,
}

struct Waiting {
    href: String,
    title: String,
    since: String,
}

struct Task {
    href: Option<String>,
    text: String,
    since: String,
    done: String,
}

/// What the store knows of the list.
struct Found {
    counts: OpenCounts,
    rows: Vec<QueueRow>,
    waiting: Vec<StretchRow>,
    tasks: Vec<TaskRow>,
    tasks_in_all: i64,
}

/// `GET /desk`
pub async fn show(State(desk): State<DeskState>, asked: Asked, staff: SignedIn) -> Response {
    let tab = Tab::named(asked.tab.as_deref());
    match find(&desk, &staff, tab, asked.page).await {
        Ok(found) => page(StatusCode::OK, &QueuePage::new(&desk, &asked, &staff, tab, found)),
        Err(error) => {
            tracing::error!(%error, "the list of requests could not be read");
            failed(&desk, &asked, &staff)
        }
    }
}

async fn find(desk: &DeskState, staff: &SignedIn, tab: Tab, page: u32) -> Result<Found, StoreError> {
    let tomorrow = start_of_tomorrow(desk);
    let skip = i64::from(page) * ROWS as i64;
    let mut tx = desk.engine.store().read().await?;
    let counts = store::desk::open_counts(&mut tx, staff.0.id, tomorrow).await?;
    let rows = match tab.filter(staff.0.id, tomorrow) {
        Some(filter) => store::desk::open_cases(&mut tx, filter, ROWS as i64 + 1, skip).await?,
        None if tab == Tab::Finished => store::desk::finished_cases(&mut tx, ROWS as i64 + 1, skip).await?,
        None => Vec::new(),
    };
    let waiting = match tab {
        Tab::Waiting => store::conversation::waiting_for_human(&mut tx).await?,
        _ => Vec::new(),
    };
    let complaints = may_read(staff.0.role, TaskKind::Complaint);
    let tasks = store::task::open(&mut tx, complaints, TASKS).await?;
    let tasks_in_all = store::task::open_count(&mut tx, complaints).await?;
    Ok(Found { counts, rows, waiting, tasks, tasks_in_all })
}

/// Until when something is due today, at the association's zone.
fn start_of_tomorrow(desk: &DeskState) -> Timestamp {
    let (now, zone) = (desk.engine.now(), desk.engine.config().association.zone);
    let tomorrow = now.date_in(zone).succ_opt().and_then(|day| day.and_hms_opt(0, 0, 0));
    // A midnight that the clocks jump over is taken an hour later.
    let at = tomorrow.and_then(|midnight| {
        let later = midnight + chrono::Duration::hours(1);
        midnight.and_local_timezone(zone).earliest().or(later.and_local_timezone(zone).earliest())
    });
    at.map_or(now, |at| Timestamp::new(at.to_utc()))
}

impl<'a> QueuePage<'a> {
    fn new(desk: &'a DeskState, asked: &Asked, staff: &'a SignedIn, tab: Tab, found: Found) -> QueuePage<'a> {
        let frame = Frame::new(desk, asked, Some(staff));
        let tabs = TABS.map(|(each, name)| TabLink {
            href: if each == Tab::Open { "/desk".into() } else { format!("/desk?tab={name}") },
            label: frame.t(format!("desk-tab-{name}")),
            count: frame.words().number(frame.locale(), each.count(&found.counts) as f64),
            current: each == tab,
        });
        let heading = tabs.iter().find(|link| link.current).map(|link| link.label.clone());
        let more = found.rows.len() > ROWS;
        let rows = found.rows.iter().take(ROWS).map(|row| self::row(desk, &frame, row)).collect();
        let waiting = found.waiting.iter().map(|waiting| self::waiting(desk, &frame, waiting)).collect();
        let tasks = found.tasks.iter().map(|task| self::task(desk, &frame, task)).collect();
        let more_tasks = (found.tasks_in_all > TASKS).then(|| {
            let args = Args::none().number("shown", TASKS as f64).number("all", found.tasks_in_all as f64);
            frame.say("desk-tasks-more", &args)
        });
        QueuePage {
            heading: heading.unwrap_or_default(),
            tabs: tabs.into(),
            rows,
            pages: frame.pages(more),
            waiting,
            tasks,
            more_tasks,
            frame,
        }
    }
}

fn row(desk: &DeskState, frame: &Frame<'_>, row: &QueueRow) -> Row {
    let (association, now) = (&desk.engine.config().association, desk.engine.now());
    let due = row.next_due.map(|due| frame.due(due, now, association));
    let locale = Locale::parse(&row.locale).unwrap_or_else(|_| association.default_locale.clone());
    Row {
        href: format!("/desk/case/{}", row.id),
        reference: row.reference.clone(),
        service: frame.service(desk.engine.shelf(), &row.service, association),
        status: frame.status(&row.status),
        tone: tone_of(&row.status),
        owner: row.owner_name.as_deref().map(line_of),
        late: due.as_ref().is_some_and(|(_, late)| *late),
        due: due.map(|(due, _)| due),
        age: frame.age(row.submitted_at, now),
        language: frame.language(&locale),
    }
}

fn since(desk: &DeskState, frame: &Frame<'_>, at: Timestamp) -> String {
    frame.say("desk-since", &Args::none().text("moment", frame.moment(at, &desk.engine.config().association)))
}

fn waiting(desk: &DeskState, frame: &Frame<'_>, stretch: &StretchRow) -> Waiting {
    let key = match stretch.reason.as_str() {
        _ if stretch.taken_at.is_some() => "desk-waiting-held",
        "stuck" => "desk-waiting-stuck",
        _ => "desk-waiting-person",
    };
    let at = stretch.taken_at.unwrap_or(stretch.started_at);
    let href = format!("/desk/person/{}", stretch.person);
    Waiting { href, title: frame.t(key), since: since(desk, frame, at) }
}

/// The message of a task; `None` is a kind that this version does not know.
fn sentence_of(kind: Option<TaskKind>) -> String {
    kind.map_or_else(|| "desk-task-other".into(), |kind| key_of("desk-task", kind.as_str()))
}

fn task(desk: &DeskState, frame: &Frame<'_>, task: &TaskRow) -> Task {
    let kind = TaskKind::parse(&task.kind);
    let filed = matches!(kind, Some(TaskKind::Suggestion | TaskKind::Complaint));
    let filed = filed.then(|| "/desk/filed".to_owned());
    let case = task.case_id.map(|case| format!("/desk/case/{case}"));
    let person = task.person.map(|person| format!("/desk/person/{person}"));
    Task {
        href: filed.or(case).or(person),
        text: match kind {
            Some(TaskKind::Line) => {
                frame.say(&sentence_of(kind), &Args::none().text("detail", &*task.detail))
            }
            _ => frame.t(sentence_of(kind)),
        },
        since: since(desk, frame, task.at),
        done: format!("/desk/task/{}/done", task.id),
    }
}

/// `POST /desk/task/<number>/done`
pub async fn task_done(
    State(desk): State<DeskState>,
    asked: Asked,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<i64>() else { return not_found(&desk, &asked, &staff) };
    let done = async {
        let (mut tx, now) = (desk.engine.store().begin().await?, desk.engine.now());
        let kind = store::task::kind_of(&mut tx, id).await?.as_deref().and_then(TaskKind::parse);
        if kind.is_some_and(|kind| !may_read(staff.0.role, kind)) {
            return Ok(false);
        }
        store::task::done(&mut tx, id, now).await?;
        store::audit::append(&mut tx, &staff.0.name, "task.done", &id.to_string(), now).await?;
        tx.commit().await.map(|()| true)
    };
    match done.await {
        Ok(false) => not_found(&desk, &asked, &staff),
        Ok(true) => Redirect::to(&format!("/desk?say={}", Flash::TaskDone.key())).into_response(),
        Err(error) => {
            tracing::error!(%error, "a task could not be closed");
            failed(&desk, &asked, &staff)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_a_sentence_for_every_kind_of_task() {
        for file in [include_str!("../../locales/ar/desk.ftl"), include_str!("../../locales/en/desk.ftl")] {
            for kind in TaskKind::ALL.iter().copied().map(Some).chain([None]) {
                let key = sentence_of(kind);
                assert!(file.contains(&format!("\n{key} = ")), "{key}");
            }
        }
    }

    #[test]
    fn a_tab_that_is_none_is_all_open() {
        for (tab, name) in TABS {
            assert_eq!(Tab::named(Some(name)), tab);
        }
        for other in [None, Some(""), Some("Mine"), Some("<script>")] {
            assert_eq!(Tab::named(other), Tab::Open);
        }
    }
}
