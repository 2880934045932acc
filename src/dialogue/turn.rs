//! One step while it runs: the conversation as it changes, what is to be done, sentences not yet said.

use std::borrow::Cow;
use std::rc::Rc;

use super::offer::{Offer, buttons};
use super::token::Scope;
use super::{Conversation, Effect, Env, Owner, Session};
use crate::form::{Form, FormRef, Labels};
use crate::locale::{Args, Word};
use crate::message::{ChoiceToken, Expects, ExpectsKind, Locale, Prompt, Purpose, SessionId, Share, Speaker};

/// Buttons of this scope mean the same wherever the conversation stands.
const ANYWHERE: &str = "anywhere";

/// One step while it runs.
pub(super) struct Turn<'a> {
    /// What may be looked at.
    pub env: &'a Env<'a>,
    /// The conversation so far.
    pub conv: Conversation,
    /// What is to be done so far.
    pub out: Vec<Effect>,
    /// Why things are said in this step.
    pub purpose: Purpose,
    /// The steering word that the whole of what was typed is.
    pub word: Option<Word>,
    /// The channel's own id of the message this step answers, if it has one.
    pub message: Option<Box<str>>,
    /// Whether the present session was left alone so long that what was typed may not be meant for its question.
    pub away: bool,
    /// Sentences that open the next prompt: several thoughts, one message.
    lines: Vec<String>,
    /// The scope of [`ANYWHERE`].
    anywhere: Rc<Scope<'a>>,
}

impl<'a> Turn<'a> {
    /// Begins a step.
    pub fn new(conv: Conversation, env: &'a Env<'a>) -> Self {
        Turn {
            env,
            conv,
            out: Vec::new(),
            purpose: Purpose::Reply,
            word: None,
            message: None,
            away: false,
            lines: Vec::new(),
            anywhere: Rc::new(Scope::new(env.person, ANYWHERE.into(), ANYWHERE.into())),
        }
    }

    /// Ends it: sentences that no prompt took are said by themselves.
    pub fn finish(mut self) -> (Conversation, Vec<Effect>) {
        if !self.lines.is_empty() {
            self.say("note", String::new(), &[], None);
        }
        (self.conv, self.out)
    }

    /// Takes back what was said in this step: a member of staff is speaking with the person.
    pub fn hush(&mut self) {
        self.lines.clear();
        self.out.retain(|effect| !matches!(effect, Effect::Say(..)));
    }

    /// The language spoken.
    pub fn locale(&self) -> &Locale {
        self.conv.locale.as_ref().unwrap_or(&self.env.association.default_locale)
    }
    /// A message in the language spoken.
    pub fn words(&self, key: &str, args: &Args<'_>) -> String {
        self.env.words.say(self.locale(), key, args)
    }
    /// A message for a button.
    pub fn label(&self, key: &str) -> Cow<'a, str> {
        self.env.words.label(self.locale(), key, &Args::none())
    }
    /// A form's or a service's own text.
    pub fn text_of<'l>(&self, labels: &'l Labels) -> &'l str {
        labels.get(self.locale(), &self.env.association.default_locale).unwrap_or_default()
    }
    /// What a service is called.
    pub fn service(&self, code: &str) -> String {
        self.env.shelf.services.get(code).map_or(code, |s| self.text_of(&s.label)).to_owned()
    }
    /// Whether the bot answers (and not a member of staff).
    pub fn is_ours(&self) -> bool {
        self.conv.owner == Owner::Bot
    }

    /// Puts a sentence before the next prompt.
    pub fn tell(&mut self, key: &str, args: &Args<'_>) {
        let text = self.words(key, args);
        self.tell_text(text);
    }
    /// The same for words that are already chosen.
    pub fn tell_text(&mut self, text: String) {
        if !text.trim().is_empty() {
            self.lines.push(text);
        }
    }

    /// Says everything told so far, then `text`.
    pub fn say(&mut self, key: &str, text: String, offers: &[Offer<'_>], expects: Option<Expects>) {
        self.tell_text(text);
        let text = std::mem::take(&mut self.lines).join("\n\n");
        let share = self.share(expects.as_ref(), offers);
        let prompt = Prompt {
            key: key.into(),
            locale: self.locale().clone(),
            text,
            choices: buttons(offers),
            expects,
            purpose: self.purpose,
            share,
        };
        self.out.push(Effect::Say(prompt, Speaker::Bot));
    }
    /// Whether a number or a place can be shared with one press, or could until now: where such a button is drawn, it
    /// must be taken away, or replaced by the choices.
    fn share(&mut self, expects: Option<&Expects>, offers: &[Offer<'_>]) -> Option<Share> {
        let label = match expects.map(|expects| expects.kind) {
            Some(ExpectsKind::Phone) => Some("share-phone"),
            Some(ExpectsKind::Place) => Some("share-place"),
            _ => None,
        };
        let share = match label {
            Some(label) => Some(Share::Offered(self.label(label).into_owned())),
            None => self.conv.sharing.then_some(Share::Over),
        };
        self.conv.sharing = label.is_some() || share.is_some() && !offers.is_empty();
        share
    }
    /// Says a message that waits for one of `offers`.
    pub fn offer(&mut self, key: &str, args: &Args<'_>, question: &str, offers: &[Offer<'_>]) {
        let text = self.words(key, args);
        self.offer_text(key, text, question, offers);
    }
    /// The same for words that are already chosen.
    pub fn offer_text(&mut self, key: &str, text: String, question: &str, offers: &[Offer<'_>]) {
        let expects = Expects { question: question.into(), kind: ExpectsKind::Choice, required: true };
        self.say(key, text, offers, Some(expects));
    }

    /// The form a session pinned.
    pub fn form(&self, reference: &FormRef) -> Option<&'a Form> {
        let current = self.env.shelf.current(&reference.id).filter(|form| form.hash == reference.hash);
        current.or_else(|| self.env.shelf.pinned(reference)).map(|form| &**form)
    }

    /// What the choices of a question of a session have in common.
    pub fn scope(&self, session: &Session, question: impl Into<Cow<'a, str>>) -> Rc<Scope<'a>> {
        Rc::new(Scope::new(self.env.person, session.id.to_string().into(), question.into()))
    }
    /// A choice of a page that is no form: its scope is the page.
    pub fn choice(
        &self,
        page: &'static str,
        code: impl Into<Cow<'a, str>>,
        label: impl Into<Cow<'a, str>>,
    ) -> Offer<'a> {
        self.choice_about(page.into(), code, label)
    }
    /// The same, where the page alone does not tell what it is about.
    pub fn choice_about(
        &self,
        page: Cow<'a, str>,
        code: impl Into<Cow<'a, str>>,
        label: impl Into<Cow<'a, str>>,
    ) -> Offer<'a> {
        Offer::new(&Rc::new(Scope::new(self.env.person, page.clone(), page)), code, label)
    }
    /// A choice that means the same everywhere, labelled by the message `label`.
    pub fn anywhere(&self, code: &'static str, label: &str) -> Offer<'a> {
        Offer::new(&self.anywhere, code, self.label(label))
    }
    /// The choice that takes up a session, wherever the conversation stands.
    pub fn resuming(&self, session: SessionId, label: impl Into<Cow<'a, str>>) -> Offer<'a> {
        Offer::new(&self.anywhere, format!("continue:{session}"), label)
    }
    /// Whether a button means this everywhere.
    pub fn is_anywhere(&self, code: &str, pressed: &ChoiceToken) -> bool {
        self.anywhere.token(code) == *pressed
    }
}
