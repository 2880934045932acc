//! What is never asked where others may read along: the chat gives a link to our own page, the answer comes back from
//! there, and what is sent in the chat all the same is neither taken nor kept.

use super::ask::{self, Manner};
use super::event::Answered;
use super::offer::{Offers, Pick, buttons};
use super::read::{Read, read};
use super::turn::Turn;
use super::{Conversation, Effect, Env, Owner, Session, Stage};
use super::{intake, session, step};
use crate::form::{Answer, Form, Kind, Misfit, Moment, Pii, Play, Question, QuestionId};
use crate::locale::{Args, Word, strip_controls};
use crate::message::{Body, Choice, ExpectsKind, Refusal, SessionId};

/// A question as our own page puts it.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What is asked.
    pub label: String,
    /// Help, an example, what can be sent; empty if there is none.
    pub hint: String,
    /// Why it is asked again, in the officer's words.
    pub reason: Option<String>,
    /// What is waited for.
    pub kind: ExpectsKind,
    /// Whether words may have several lines.
    pub multiline: bool,
    /// Whether a PDF is refused.
    pub images_only: bool,
    /// Whether it asks the last day of a paper: in the chat, another paper can be sent instead.
    pub after_paper: bool,
    /// The answers to choose from.
    pub choices: Vec<Choice>,
}

/// Whether this question is never asked on the channel of this step.
pub(super) fn is_gated(turn: &Turn<'_>, question: &Question) -> bool {
    turn.env.secure_link.is_some() && question.pii == Pii::Special
}

/// A fresh link for a question of a session, if it needs one.
pub(super) fn link(turn: &Turn<'_>, session: &Session, question: &Question) -> Option<String> {
    let make = turn.env.secure_link.filter(|_| is_gated(turn, question))?;
    Some(make(session.id, &question.id))
}

/// Whether what was sent has no place in the transcript: it is, or may be, an answer to what is not asked here.
pub(super) fn hides(turn: &Turn<'_>, body: &Body, offers: &[&Offers<'_>]) -> bool {
    if *body == Body::Refused(Refusal::NotHere) {
        return true;
    }
    if !turn.is_ours() || turn.conv.stage == Stage::Language || present(turn).is_none() {
        return false;
    }
    match body {
        Body::Text(_) => {
            let picks = |page: &&Offers<'_>| step::chosen(turn, body, page) != Pick::Nothing;
            turn.word.is_none() && !offers.iter().any(picks) && !intake::is_greeting(turn, body)
        }
        Body::Media(_) | Body::Place { .. } | Body::Phone(_) | Body::Edited(_) => true,
        _ => false,
    }
}

/// The question that the present session stands at, if it is not asked here.
fn present<'a>(turn: &Turn<'a>) -> Option<&'a Question> {
    let session = turn.conv.session.as_ref()?;
    let question = turn.form(&session.form)?.question(ask::present_question(session)?)?;
    is_gated(turn, question).then_some(question)
}

/// Something was sent in the chat while this question waits for its page. Buttons beside it do what they say.
pub(super) fn answer(
    turn: &mut Turn<'_>,
    form: &Form,
    question: &Question,
    body: &Body,
    offers: &Offers<'_>,
) {
    if intake::is_greeting(turn, body) {
        turn.tell("greeting-back", &Args::none());
        return if turn.away { intake::ask(turn, Manner::Again) } else { session::recap(turn) };
    }
    if let Pick::One(code) = step::chosen(turn, body, offers) {
        return intake::extra(turn, form, question, &code);
    }
    match body {
        Body::Choice(_) | Body::Choices(_) => turn.tell("old-button", &Args::none()),
        // "No", "I have none" where it may be left out.
        Body::Text(_) if !question.required && matches!(turn.word, Some(Word::No | Word::None)) => {
            return intake::extra(turn, form, question, "#skip");
        }
        Body::Text(_) if turn.word.is_some() => session::count_miss(turn),
        _ => {
            turn.tell("secure-not-here", &Args::none());
            session::count_miss(turn);
        }
    }
    intake::ask(turn, Manner::Again);
}

/// What was sent was not taken, and is not kept; where a paper was sent behind its question, how to send another.
pub(super) fn tell_not_here(turn: &mut Turn<'_>) {
    if present(turn).is_none_or(|question| question.kind == Kind::Date) {
        turn.tell("secure-another", &Args::none());
    } else {
        turn.tell("secure-not-here", &Args::none());
        session::count_miss(turn);
    }
}

/// An answer came from our own page. It counts where its session still stands at its question, also when that was put
/// aside meanwhile: then it is taken up.
pub(super) fn given(turn: &mut Turn<'_>, answered: &Answered) {
    let Answered { session, question, answer } = answered;
    let heard = turn.label("heard-secure").into_owned();
    turn.out.push(Effect::Heard(heard));
    let ours = turn.is_ours();
    if !stands(&turn.conv, *session, question) {
        turn.tell("secure-late", &Args::none());
        step::present(turn);
    } else {
        take(turn, *session, question, answer);
    }
    if !ours {
        // Said when they hand back: what is asked next then.
        turn.hush();
    }
}

fn take(turn: &mut Turn<'_>, id: SessionId, question: &str, answer: &Answer) {
    if turn.conv.session.as_ref().is_some_and(|session| session.id == id) {
        turn.conv.stage = Stage::Menu;
        session::touch(turn);
    } else {
        session::take_up(turn, Some(id));
    }
    let form = turn.conv.session.as_ref().and_then(|session| turn.form(&session.form));
    let Some(form) = form else { return session::lost(turn) };
    let Some(question) = form.question(question) else { return session::lost(turn) };
    match intake::judge(turn, form, question, answer) {
        Ok(()) => {
            turn.tell("secure-received", &Args::none());
            intake::keep(turn, form, question, answer.clone());
        }
        // It was right when it was given: what it hangs on has changed since.
        Err(misfit) => intake::missed(turn, form, question, &misfit, false),
    }
}

/// Whether that session, open or put aside, stands at that question.
fn stands(conversation: &Conversation, id: SessionId, question: &str) -> bool {
    let mut sessions = conversation.session.iter().chain(&conversation.parked);
    sessions.any(|session| session.id == id && ask::present_question(session) == Some(question))
}

/// A turn in which that session is the present one; `None` when it does not stand at that question any more.
fn looking<'a>(
    mut conversation: Conversation,
    env: &'a Env<'a>,
    id: SessionId,
    question: &str,
) -> Option<Turn<'a>> {
    if !stands(&conversation, id, question) {
        return None;
    }
    if let Some(place) = conversation.parked.iter().position(|session| session.id == id) {
        conversation.session = Some(conversation.parked.remove(place));
    }
    Some(Turn::new(conversation, env))
}

/// The question as our own page puts it; `None` when the session does not stand at it any more.
pub fn asked(conversation: Conversation, env: &Env<'_>, session: SessionId, question: &str) -> Option<Asked> {
    let turn = looking(conversation, env, session, question)?;
    let session = turn.conv.session.as_ref()?;
    let form = turn.form(&session.form)?;
    let question = form.question(question)?;
    let play = Play::new(form, &session.answers, env.at);
    let offers = answers(&turn, session, &play, question);
    let hint = play.hint(question, turn.locale());
    let how = match question.kind {
        // It says how to write several in a chat.
        Kind::SelectMultiple { .. } => Default::default(),
        _ => ask::how(&turn, question, &hint),
    };
    let lines = [&*hint, &*how].map(|line| strip_controls(line).into_owned());
    Some(Asked {
        label: strip_controls(&play.label(question, turn.locale())).into_owned(),
        hint: lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"),
        reason: session.reasons.get(&question.id).map(|reason| strip_controls(reason).into_owned()),
        kind: ask::expects(question, &offers).kind,
        multiline: matches!(question.kind, Kind::Text { multiline: true }),
        images_only: matches!(question.kind, Kind::Document { images_only: true }),
        after_paper: intake::paper_before(session, form, question, env.at).is_some(),
        choices: buttons(&offers.list),
    })
}

/// Reads what was sent on our own page as the answer to its question, and judges it as in a chat: the answer, or the
/// sentence that says what was expected. `None` when the session does not stand at the question any more.
pub fn weigh(
    conversation: Conversation,
    env: &Env<'_>,
    session: SessionId,
    question: &str,
    body: &Body,
) -> Option<Result<Answer, String>> {
    let mut turn = looking(conversation, env, session, question)?;
    if let Body::Text(text) = body {
        turn.word =
            Some(text).filter(|text| step::fits(&turn, text)).and_then(|t| env.words.word(t, turn.locale()));
    }
    let session = turn.conv.session.as_ref()?;
    let form = turn.form(&session.form)?;
    let question = form.question(question)?;
    let offers = answers(&turn, session, &Play::new(form, &session.answers, env.at), question);
    let weighed = match read(&turn, question, body, &offers) {
        Read::Answer(answer) => intake::judge(&turn, form, question, &answer).map(|()| answer),
        Read::Misfit(misfit) => Err(misfit),
        Read::Extra(_) | Read::OldButton => Err(Misfit::OtherKind),
    };
    Some(weighed.map_err(|misfit| intake::expected(&turn, form, question, &misfit)))
}

/// The choices that are answers.
fn answers<'a>(
    turn: &Turn<'a>,
    session: &Session,
    play: &Play<'a, '_>,
    question: &'a Question,
) -> Offers<'a> {
    let mut offers = ask::offers(turn, session, play, question);
    offers.list.retain(|offer| !offer.code.starts_with('#'));
    offers
}

/// The special question that the present session stands at.
pub fn waits_at(conversation: &Conversation, form: &Form) -> Option<(SessionId, QuestionId)> {
    let session = conversation.session.as_ref()?;
    let question = form.question(ask::present_question(session)?)?;
    (question.pii == Pii::Special).then(|| (session.id, question.id.clone()))
}

/// Whether a file that is sent now, where what is special is not asked, could only be the answer to what is: it need not
/// be fetched then. What is sent to a member of staff is theirs to judge.
pub fn takes_no_file(conversation: &Conversation, form: &Form, at: Moment) -> bool {
    let Some(session) = &conversation.session else { return false };
    let question = ask::present_question(session).and_then(|id| form.question(id));
    let of_paper = |question: &Question| {
        intake::paper_before(session, form, question, at).is_some_and(|paper| paper.pii == Pii::Special)
    };
    conversation.owner == Owner::Bot
        && question.is_some_and(|question| question.pii == Pii::Special || of_paper(question))
}
