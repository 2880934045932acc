//! What comes along with a message on channels that tell more: a changed message, files sent together, captions, a
//! link that names a service; and what cannot be taken at all.

use chrono::Duration;

use super::event::{Effect, Sent};
use super::state::Album;
use super::step::{present, said};
use super::turn::Turn;
use super::{Stage, gate, service};
use crate::locale::{Args, strip_controls};
use crate::message::{Body, Refusal};

/// Within so long after it was told that something cannot be read, it is not told again.
const BURST: Duration = Duration::seconds(20);

/// The person sent something, with more about it.
pub(super) fn sent(turn: &mut Turn<'_>, sent: &Sent) {
    let missed = turn.conv.missed.take();
    turn.message.clone_from(&sent.message);
    if let Some(code) = &sent.wish {
        turn.conv.wish = turn.env.shelf.services.get(code).map(|service| service.code.clone());
    }
    match &sent.body {
        // A changed answer that did not do is an answer to the same question.
        Body::Edited(text) if turn.is_ours() && missed.is_some() && missed == sent.message => {
            said(turn, &Body::Text(text.clone()));
        }
        Body::Edited(_) => {
            turn.conv.missed = missed;
            said(turn, &sent.body);
        }
        body => {
            if turn.is_ours() && is_told_of_album(turn, sent) {
                return;
            }
            said(turn, body);
            took_of_album(turn, sent);
        }
    }
    if let Some(caption) = sent.caption.as_ref().filter(|_| !turn.out.contains(&Effect::Forget)) {
        let words: String = caption.chars().take(turn.env.policy.max_answer_chars).collect();
        turn.out.insert(caption_place(turn), Effect::Heard(strip_controls(&words).into_owned()));
    }
}

/// Right behind the line of its file.
fn caption_place(turn: &Turn<'_>) -> usize {
    turn.out.iter().position(|effect| matches!(effect, Effect::Heard(_))).map_or(0, |at| at + 1)
}

/// The first of several files is taken where one is asked for; whether this is a later one, which the person is told
/// once.
fn is_told_of_album(turn: &mut Turn<'_>, sent: &Sent) -> bool {
    let Some(album) = turn.conv.album.as_mut().filter(|album| sent.album.as_ref() == Some(&album.id)) else {
        return false;
    };
    if !std::mem::replace(&mut album.told, true) {
        turn.tell("album", &Args::none());
    }
    true
}

/// Remembers the files that this was the first of. Where it was no answer, the person was told what is.
fn took_of_album(turn: &mut Turn<'_>, sent: &Sent) {
    let told = match &sent.body {
        Body::Media(media) => !turn.conv.papers().contains(&media.document),
        Body::Refused(Refusal::NotHere) => true,
        _ => return,
    };
    if let Some(id) = &sent.album {
        turn.conv.album = Some(Album { id: id.clone(), told });
    }
}

/// What needs no more than a sentence; whether it was said. A burst of what cannot be read is told once.
pub(super) fn is_told(turn: &mut Turn<'_>, body: &Body) -> bool {
    match body {
        Body::Unsupported(_) => {
            let now = turn.env.at.now;
            let before = turn.conv.unread_at.replace(now);
            before.is_some_and(|before| now.since(before) < BURST)
        }
        Body::Edited(_) if turn.conv.stage != Stage::New => {
            turn.tell("edited", &Args::none());
            true
        }
        Body::Refused(refusal) if turn.conv.stage != Stage::New => {
            let megabytes = |bytes: u64| Args::none().number("megabytes", (bytes / (1024 * 1024)) as f64);
            match refusal {
                Refusal::TooLarge(bytes) => turn.tell("file-too-large", &megabytes(*bytes)),
                Refusal::WrongType => turn.tell("file-type", &Args::none()),
                Refusal::Full => turn.tell("file-full", &Args::none()),
                Refusal::Unfetched => turn.tell("file-unfetched", &Args::none()),
                Refusal::NotHere => gate::tell_not_here(turn),
            }
            present(turn);
            true
        }
        _ => false,
    }
}

/// Opens the service that the link asked for, once the person may use it; whether there was one.
pub(super) fn fulfils(turn: &mut Turn<'_>) -> bool {
    let Some(code) = turn.conv.wish.take() else { return false };
    turn.conv.stage = Stage::Menu;
    service::chosen(turn, &code);
    true
}
