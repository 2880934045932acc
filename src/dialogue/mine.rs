//! "My request" and "my data".

use std::borrow::Cow;

use super::elsewhere;
use super::event::Effect;
use super::offer::{Offer, Offers};
use super::session;
use super::step::chosen_page;
use super::turn::Turn;
use super::{CaseLine, Purpose, Stage};
use crate::locale::Args;
use crate::message::CaseId;

/// Whether a request can still be taken back.
fn is_open(status: &str) -> bool {
    matches!(
        status,
        "submitted" | "returned" | "checked" | "with_committee" | "appealed" | "accepted" | "registered"
    )
}

/// A status in words.
pub(super) fn status<'a>(turn: &Turn<'a>, status: &str) -> Cow<'a, str> {
    let key = format!("status-{}", status.replace('_', "-"));
    let known = turn.env.words.has(turn.locale(), &key);
    turn.label(if known { &key } else { "status-unknown" })
}

/// Puts the person's requests before what is said next.
pub(super) fn tell_requests(turn: &mut Turn<'_>) {
    if turn.conv.cases.is_empty() {
        return turn.tell("requests-none", &Args::none());
    }
    turn.tell("requests", &Args::none());
    let lines: Vec<String> = turn.conv.cases.iter().rev().map(|line| line_of(turn, line)).collect();
    turn.tell_text(lines.join("\n\n"));
}

fn line_of(turn: &Turn<'_>, line: &CaseLine) -> String {
    let (words, locale) = (turn.env.words, turn.locale());
    let args = Args::none()
        .text("reference", line.reference.clone())
        .text("service", turn.service(&line.service))
        .text("status", status(turn, &line.status))
        .text("submitted", words.day(locale, line.submitted_at.date_in(turn.env.at.zone)))
        .text("from", words.day(locale, line.answer_from))
        .text("link", (turn.env.status_link)(line.case));
    let undecided = matches!(&*line.status, "submitted" | "checked" | "with_committee" | "appealed")
        && line.answer_from > turn.env.at.today();
    turn.words(if undecided { "request-line-undecided" } else { "request-line" }, &args)
}

/// Lists the requests.
pub(super) fn requests(turn: &mut Turn<'_>) {
    tell_requests(turn);
    let offers = request_offers(turn);
    turn.offer("requests-next", &Args::none(), "requests", &offers.list);
}

/// Take back an open one; menu.
pub(super) fn request_offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    let open = turn.conv.cases.iter().rev().filter(|line| is_open(&line.status));
    let mut list: Vec<Offer<'_>> = open
        .map(|line| {
            let args = Args::none().text("reference", line.reference.clone());
            let label = turn.env.words.label(turn.locale(), "withdraw-button", &args);
            turn.choice("requests", format!("withdraw:{}", line.case), label)
        })
        .collect();
    list.push(turn.anywhere("human", "menu-human"));
    list.push(turn.anywhere("menu", "menu-menu"));
    Offers::numbered(list)
}

/// A request was picked to be taken back: asks for a yes.
pub(super) fn request_chosen(turn: &mut Turn<'_>, code: &str) {
    let case = code.strip_prefix("withdraw:").and_then(|id| id.parse().ok());
    chosen_page(turn, case.map_or(Stage::Requests, Stage::ConfirmWithdraw));
}

/// Asks whether it is really to be taken back.
pub(super) fn ask_withdraw(turn: &mut Turn<'_>, case: CaseId) {
    let Some(line) = turn.conv.cases.iter().find(|line| line.case == case && is_open(&line.status)) else {
        return chosen_page(turn, Stage::Requests);
    };
    let args = Args::none().text("reference", line.reference.clone());
    let offers = yes_no(turn, "withdraw");
    turn.offer("withdraw-confirm", &args, "withdraw", &offers.list);
}

/// Yes and no of a page.
pub(super) fn yes_no<'a>(turn: &Turn<'a>, page: &'static str) -> Offers<'a> {
    // The case is part of the scope: a yes to one request never takes another back.
    let scope = match &turn.conv.stage {
        Stage::ConfirmWithdraw(case) => format!("{page}:{case}").into(),
        _ => Cow::from(page),
    };
    let yes = if page == "withdraw" { "withdraw-yes" } else { "discard-yes" };
    Offers::numbered(vec![
        turn.choice_about(scope.clone(), "no", turn.label("keep-it")),
        turn.choice_about(scope, "yes", turn.label(yes)),
    ])
}

/// Takes the request back, or leaves it.
pub(super) fn withdraw(turn: &mut Turn<'_>, case: CaseId, code: &str) {
    if code != "yes" {
        turn.tell("nothing-changed", &Args::none());
        return chosen_page(turn, Stage::Requests);
    }
    let stands = turn.env.stands;
    if let Some(line) = turn.conv.cases.iter_mut().find(|line| line.case == case) {
        let (reference, status) = (line.reference.clone(), stands.unwrap_or(&line.status).to_owned());
        if is_open(&status) {
            line.status = "withdrawn".into();
            turn.out.push(Effect::Withdraw(case));
            drop_completions(turn, case);
            turn.tell("withdraw-done", &Args::none().text("reference", reference));
        } else {
            let args = over(turn, case, reference, &status);
            turn.tell("withdraw-late", &args);
        }
    }
    chosen_page(turn, Stage::Menu);
}

/// What is told of a request that moved on before the person's words came.
pub(super) fn over<'a>(turn: &Turn<'a>, case: CaseId, reference: String, standing: &str) -> Args<'a> {
    Args::none()
        .text("reference", reference)
        .text("status", status(turn, standing))
        .text("link", (turn.env.status_link)(case))
}

/// Gives up what was still to be sent for a case that is over.
pub(super) fn drop_completions(turn: &mut Turn<'_>, case: CaseId) {
    let of_case = |p: &Purpose| matches!(p, Purpose::Completion { case: of, .. } if *of == case);
    let sessions = turn.conv.session.iter().chain(&turn.conv.parked);
    let ids: Vec<_> = sessions.filter(|s| of_case(&s.purpose)).map(|s| s.id).collect();
    for id in ids {
        session::remove(turn, id);
        turn.out.push(Effect::Discard(id));
    }
}

/// What is kept, and what can be done about it.
pub(super) fn data(turn: &mut Turn<'_>) {
    tell_data(turn);
    let offers = data_offers(turn);
    turn.offer("data-next", &Args::none(), "data", &offers.list);
}

/// Puts what is kept before what is said next.
pub(super) fn tell_data(turn: &mut Turn<'_>) {
    let (words, locale) = (turn.env.words, turn.locale());
    let since = turn.conv.consent.as_ref().map(|c| words.day(locale, c.at.date_in(turn.env.at.zone)));
    let args = Args::none()
        .text("language", words.native_name(locale))
        .text("since", since.unwrap_or_default())
        .number("requests", turn.conv.cases.len() as f64)
        .number("drafts", drafts(turn).len() as f64);
    turn.tell("data", &args);
}

/// Delete the draft if there is one, ask that everything be deleted, go on in another chat, menu.
pub(super) fn data_offers<'a>(turn: &Turn<'a>) -> Offers<'a> {
    let mut list = Vec::new();
    if !drafts(turn).is_empty() {
        list.push(turn.choice("data", "discard", turn.label("data-discard")));
    }
    list.push(turn.choice("data", "erase", turn.label("data-erase")));
    list.push(turn.choice("data", "elsewhere", turn.label("data-elsewhere")));
    list.push(turn.anywhere("menu", "menu-menu"));
    Offers::numbered(list)
}

/// The sessions that are nobody's business yet but the person's.
fn drafts(turn: &Turn<'_>) -> Vec<crate::message::SessionId> {
    let draft = |p: &Purpose| matches!(p, Purpose::Request { .. } | Purpose::Suggestion | Purpose::Complaint);
    let sessions = turn.conv.session.iter().chain(&turn.conv.parked);
    sessions.filter(|s| draft(&s.purpose)).map(|s| s.id).collect()
}

/// A choice of "my data".
pub(super) fn data_chosen(turn: &mut Turn<'_>, code: &str) {
    match code {
        "discard" => return chosen_page(turn, Stage::ConfirmDiscard),
        "elsewhere" => return elsewhere::offer(turn),
        _ => {}
    }
    turn.out.push(Effect::AskErasure);
    turn.tell("erasure-asked", &Args::none());
    chosen_page(turn, Stage::Menu);
}

/// Asks whether the draft is really to be deleted.
pub(super) fn ask_discard(turn: &mut Turn<'_>) {
    let offers = yes_no(turn, "discard");
    turn.offer("discard-confirm", &Args::none(), "discard", &offers.list);
}

/// Deletes the drafts, or leaves them.
pub(super) fn discard(turn: &mut Turn<'_>, code: &str) {
    if code == "yes" {
        for id in drafts(turn) {
            session::remove(turn, id);
            turn.out.push(Effect::Discard(id));
        }
        turn.tell("discarded", &Args::none());
    } else {
        turn.tell("nothing-changed", &Args::none());
    }
    chosen_page(turn, Stage::Menu);
}
