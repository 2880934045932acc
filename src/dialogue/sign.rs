//! The declaration, the typed name under it, and what is handed in.

use std::borrow::Cow;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::event::{Effect, Filed, Signature, Submission};
use super::offer::{Offer, Offers, Pick};
use super::steer::Steer;
use super::turn::Turn;
use super::{CaseLine, Purpose, Session, State};
use super::{handover, intake, leave, menu, mine, read, review, session, step};
use crate::form::{Answer, Play, QuestionId};
use crate::locale::Args;
use crate::message::{Body, CaseId, Expects, ExpectsKind, reference_of};

/// The declaration in the person's language and, where that is another, in Arabic: the text that is binding.
fn declaration<'a>(turn: &Turn<'a>) -> Cow<'a, str> {
    let words = turn.env.words;
    let own = turn.label("declaration");
    let arabic = words.locales().iter().find(|locale| locale.language() == "ar");
    match arabic.filter(|_| turn.locale().language() != "ar") {
        Some(arabic) => format!("{own}\n\n{}", words.label(arabic, "declaration", &Args::none())).into(),
        None => own,
    }
}

/// Shows the declaration and asks for the name.
pub(super) fn ask(turn: &mut Turn<'_>) {
    let Some(session) = &turn.conv.session else { return };
    let offers = offers(turn, session);
    let text = [
        turn.words("sign", &Args::none()).into(),
        declaration(turn),
        turn.words("sign-name", &Args::none()).into(),
    ]
    .join("\n\n");
    let expects = Expects { question: "signature".into(), kind: ExpectsKind::Signature, required: true };
    turn.say("declaration", text, &offers.list, Some(expects));
}

/// Back to the review; a person, after several misses.
pub(super) fn offers<'a>(turn: &Turn<'a>, session: &Session) -> Offers<'a> {
    let scope = turn.scope(session, "signature");
    let mut list = vec![Offer::new(&scope, "#back", turn.label("review-back"))];
    list.extend(handover::way_out(turn, session, &scope));
    Offers { list, numbered: false }
}

/// A name signs.
pub(super) fn answer(turn: &mut Turn<'_>, body: &Body, offers: &Offers<'_>) {
    let picked = match body {
        Body::Choice(token) => offers.by_token(token).map_or(Pick::Nothing, |o| Pick::One(o.picked())),
        Body::Text(text) if step::fits(turn, text) => offers.exactly(text),
        _ => Pick::Nothing,
    };
    match picked {
        Pick::One(code) if &*code == "#human" => return handover::stuck(turn),
        Pick::Nothing => {}
        _ => return back(turn),
    }
    match body {
        Body::Text(text) if step::fits(turn, text) => {
            if let Some(name) = read::name(turn, text) {
                return signed(turn, name);
            }
            no_name(turn);
        }
        Body::Choice(_) | Body::Choices(_) => turn.tell("old-button", &Args::none()),
        _ => no_name(turn),
    }
    ask(turn);
}

fn no_name(turn: &mut Turn<'_>) {
    turn.tell("sign-not-a-name", &Args::none());
    session::count_miss(turn);
}

fn back(turn: &mut Turn<'_>) {
    session::stand(turn, State::Review);
    review::show(turn);
}

/// Back, change, skip, help at the declaration.
pub(super) fn steer(turn: &mut Turn<'_>, steer: Steer) {
    match steer {
        Steer::Back => return back(turn),
        Steer::Change => {
            session::stand(turn, State::Review);
            return review::show_lines(turn);
        }
        Steer::Help => turn.tell("help-sign", &Args::none()),
        Steer::Skip => turn.tell("cannot-skip", &Args::none()),
        _ => {}
    }
    ask(turn);
}

impl Signature {
    /// Whether this is the signature under these answers, each as the JSON that is stored: its hash is computed again.
    pub fn fits(&self, answers: &[(QuestionId, String)]) -> bool {
        hash(answers, self) == self.hash
    }
}

/// SHA-256 over the JSON of everything that was signed, as 64 hex digits. The answers come as JSON: what is stored is
/// hashed as it stands there, and not as a number that was read and written again.
fn hash(answers: &[(QuestionId, String)], signature: &Signature) -> String {
    let Signature { name, declaration, version, locale, channel, at, .. } = signature;
    let answers: Vec<String> =
        answers.iter().map(|(question, answer)| format!("[{},{answer}]", json(question))).collect();
    let rest = json(&(declaration, version, locale, channel, at, name));
    let signed = format!("[[{}],{}", answers.join(","), rest.trim_start_matches('['));
    Sha256::digest(signed.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The JSON of what always has one: strings, lists of them, and numbers that are finite (see `read`).
fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn signature(turn: &Turn<'_>, answers: &[(QuestionId, Answer)], name: String) -> Signature {
    let mut signature = Signature {
        name,
        declaration: declaration(turn).into_owned(),
        version: turn.label("declaration-version").into_owned(),
        locale: turn.locale().clone(),
        channel: turn.env.channel.clone(),
        at: turn.env.at.now,
        hash: String::new(),
    };
    let answers: Vec<_> = answers.iter().map(|(question, answer)| (question.clone(), json(answer))).collect();
    signature.hash = hash(&answers, &signature);
    signature
}

/// Hands in what was signed, unless a paper ran out since the review.
fn signed(turn: &mut Turn<'_>, name: String) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    if intake::went_stale(turn, form) {
        return;
    }
    let Some(session) = session::close(turn) else { return };
    let answers = Play::new(form, &session.answers, turn.env.at).submission();
    let (case, service) = match &session.purpose {
        Purpose::Completion { case, service } => (Some(*case), service.clone()),
        purpose => (None, purpose.service().into()),
    };
    let id = case.unwrap_or(CaseId(session.id.0));
    let known = turn.conv.cases.iter().find(|line| line.case == id).map(|line| line.reference.clone());
    let reference = known.unwrap_or_else(|| (turn.env.reference)(id));
    let late = turn.env.stands.filter(|status| case.is_some() && *status != "returned");
    let signature = signature(turn, &answers, name);
    turn.out.push(Effect::Submit(Box::new(Submission {
        session: session.id,
        case,
        reference: reference.clone(),
        service: service.clone(),
        form: session.form.clone(),
        answers,
        signature,
    })));
    if let Some(status) = late {
        // The case store refuses it and gives staff a task; the person hears it now, not a receipt.
        turn.out.push(Effect::Discard(session.id));
        let args = mine::over(turn, id, reference, status);
        return ended(turn, "completion-late", &args);
    }
    let from = keep_line(turn, id, reference.clone(), service);
    let key = match case {
        None => "receipt",
        Some(_) if from > turn.env.at.today() => "receipt-completed",
        Some(_) => "receipt-completed-again",
    };
    receipt(turn, key, id, reference, from);
}

/// Writes the request into the person's own list; the first day of an answer.
fn keep_line(turn: &mut Turn<'_>, case: CaseId, reference: String, service: Box<str>) -> NaiveDate {
    let now = turn.env.at.now;
    let status = "submitted".into();
    if let Some(line) = turn.conv.cases.iter_mut().find(|line| line.case == case) {
        line.status = status;
        return line.answer_from;
    }
    let today = turn.env.at.today();
    let days = Days::new(u64::from(turn.env.policy.decision_days));
    let answer_from = today.checked_add_days(days).unwrap_or(today);
    turn.conv.cases.push(CaseLine {
        case,
        reference,
        service,
        status,
        submitted_at: now,
        answer_from,
        served: false,
    });
    answer_from
}

fn receipt(turn: &mut Turn<'_>, key: &str, case: CaseId, reference: String, from: NaiveDate) {
    let args = Args::none()
        .text("reference", reference)
        .text("from", turn.env.words.day(turn.locale(), from))
        .text("link", (turn.env.status_link)(case));
    ended(turn, key, &args);
}

/// The last word of a session; then a completion that waited, or the ways on.
pub(super) fn ended(turn: &mut Turn<'_>, key: &str, args: &Args) {
    let mut offers = menu::waiting(turn);
    if session::next_waiting(turn) {
        turn.tell(key, args);
        return session::recap(turn);
    }
    if key == "receipt" && leave::is_wanted(turn) {
        turn.tell(key, args);
        return leave::ask(turn);
    }
    offers.push(turn.anywhere("status", "menu-status"));
    offers.push(turn.anywhere("menu", "menu-menu"));
    turn.offer(key, args, "menu", &offers);
}

/// The thanks for an opinion. A form that only stands in its place (`wasl form play`) is thanked for neutrally.
fn thanks(session: &Session, kind: &str) -> &'static str {
    let unnamed = || session.answers.get("contact") == Some(&Answer::One("anonymous".into()));
    match session.purpose {
        _ if *session.form.id != *kind => "thanks-form",
        Purpose::Complaint if unnamed() => "thanks-complaint-anonymous",
        Purpose::Complaint => "thanks-complaint",
        _ => "thanks-suggestion",
    }
}

/// A suggestion or a complaint is handed in, without a signature.
pub(super) fn file(turn: &mut Turn<'_>) {
    let Some(session) = &turn.conv.session else { return };
    let Some(form) = turn.form(&session.form) else { return session::lost(turn) };
    if intake::went_stale(turn, form) {
        return;
    }
    let Some(session) = session::close(turn) else { return };
    let kind = session.purpose.key();
    let thanks = thanks(&session, kind);
    let reference = reference_of(CaseId(session.id.0));
    turn.out.push(Effect::File(Box::new(Filed {
        session: session.id,
        kind: kind.into(),
        reference: reference.clone(),
        form: session.form.clone(),
        answers: Play::new(form, &session.answers, turn.env.at).submission(),
        locale: turn.locale().clone(),
    })));
    ended(turn, thanks, &Args::none().text("reference", reference));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{ChannelId, Locale};
    use crate::time::Timestamp;

    #[test]
    fn a_signature_fits_its_own_answers_alone() {
        let answers = [
            (QuestionId::from("need"), Answer::Text("Peace, \"and\" more".into())),
            (QuestionId::from("income"), Answer::Decimal(0.1)),
        ];
        let mut signature = Signature {
            name: "Maria".into(),
            declaration: "[I declare".into(),
            version: "1".into(),
            locale: Locale::parse("en").unwrap(),
            channel: ChannelId::new("webchat"),
            at: Timestamp::parse("2026-11-22T10:00:00Z").unwrap(),
            hash: String::new(),
        };
        let Signature { name, declaration, version, locale, channel, at, .. } = &signature;
        let whole =
            serde_json::to_string(&(&answers, declaration, version, locale, channel, at, name)).unwrap();
        let digest = Sha256::digest(whole.as_bytes());
        signature.hash = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let stored = answers.map(|(question, answer)| (question, json(&answer)));
        assert!(signature.fits(&stored));
        assert!(!signature.fits(&stored[..1]));
        let other = Signature { name: "Mary".into(), ..signature };
        assert!(!other.fits(&stored));
    }
}
