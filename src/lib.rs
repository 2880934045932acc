//! wasl (وصل: *connection*, and *receipt*) lets the people a charity serves ask for help by chat, in their own
//! language, and lets the charity answer every one of them, on time, on the record.
//!
//! # Bird's eye
//!
//! Everything that happens is an **inbox** row; everything we do is an **outbox** row; one pure function joins
//! them, in one transaction:
//!
//! ```text
//! step(Conversation, &Event, &Env) -> (Conversation, Vec<Effect>)
//! ```
//!
//! We acknowledge after the commit, and hold no transaction over a network call. Ids are derived, not drawn (an
//! outbox id is its event's id and a number, a case's id is its session's, a session's id is that of its first
//! event), so running an event again makes the same rows. Time is an argument. The database is SQLite,
//! or a PostgreSQL that several servers share without a leader.
//!
//! # Code map
//!
//! | room | what it is | pure |
//! |---|---|---|
//! | [`message`] | the vocabulary: who speaks, what was said, what is answered | yes |
//! | [`time`] | instants, the clock, the Umm al-Qura calendar | |
//! | [`config`] | the settings; `config.default.toml` beside it is the manual | |
//! | [`form`] | what can be asked: forms, their expressions, the service catalogue | yes |
//! | [`locale`] | how it is said: messages, words, digits, dates, direction | yes |
//! | [`dialogue`] | what happens next in a conversation: [`dialogue::step()`] | yes |
//! | [`case`] | what happens next to a request: [`case::advance()`] | yes |
//! | [`survey`] | who is asked when, and what the answers mean | yes |
//! | [`channel`] | how it travels: one file a channel, [`channel::render`] | render is |
//! | [`store`] | what survives: inbox, outbox, person, conversation, timer, case, staff, audit | |
//! | [`vault`] | what only the right eyes see: sealing, blind index, documents | |
//! | [`engine`] | the only place where dialogue, channel and store meet | |
//! | [`web`] | the public pages, the chat's API, status pages, health | |
//! | [`desk`] | the staff's pages | |
//! | [`app`] | the composition root: builds everything, starts the loops, stops them in order | |
//! | [`command`] | what the operator types | |
//! | [`mutant`] | seeded mistakes that prove `tests/sim`; empty in what ships | |
//!
//! Sentences that people read are in `locales/<tag>/*.ftl`, questions in `forms/*.md`, tables in `migrations/`.
//!
//! # Invariants
//!
//! Checked by `tests/tidy.rs`, which holds the list of allowed directions:
//!
//! - Rooms are entered only in the allowed directions; `dialogue`, `channel` and `store` never see each other.
//! - Pure rooms have no `async`, no clock, no randomness, no hash order, no I/O.
//! - Crates live in their rooms: sqlx in `store`, axum in `web` and `desk`, fluent in `locale`, teloxide in `channel/telegram`,
//!   lettre and async-imap in `channel/email/line`.
//! - Tasks are spawned in `app` only (and to begin a PostgreSQL transaction); the environment is read in `config` only.
//! - No sentence that a person reads is in `src/`; no text, name, address or token of a person is in a log line.
//! - No `unwrap` in what ships; files stay under 500 lines.
//!
//! # Six walkthroughs
//!
//! **A message arrives.** `web::chat_api` checks size, token and shape and calls [`engine::Engine::receive`]; what a
//! channel's provider brings comes through [`engine::Engine::posted`] (a webhook) or [`engine::Engine::pull`] as a letter,
//! of which only its number and sender are looked at. Both wait for [`engine::Engine::tick`], which is one transaction:
//! receipts that arrived together are inserted under UNIQUE(channel, external id); the oldest waiting event of each person is
//! taken, their conversation opened with their own key, a letter read ([`channel::Channel::decode`]),
//! [`dialogue::step()`] called, and the effects become rows (`engine::apply`: parts by [`channel::render`], cases, timers,
//! consents); what was sent since the last tick is recorded, and what leaves next claimed by lease, one part a person
//! (`engine::boarding`). Then it **commits**, and only then senders are answered, watchers nudged and parts sent
//! ([`engine::Engine::send`], many at once, each in its channel's pace). The web chat reads its lines by cursor. A letter
//! with a file waits until [`engine::Engine::fetch`] has it, and its person's later ones behind it. What a provider reports
//! of parts that left ([`channel::Report`]) rides in the same transaction (`engine::report`). In a process's first
//! minute (`server.caution_seconds`) receipts are committed before they are turned.
//!
//! **A decision is delivered.** The desk (or a row that another system wrote into `decision`) calls
//! [`case::advance()`], which refuses a skipped step and a decision before its time. In the same transaction the
//! news enters the person's inbox as an event of the channel `desk`; from there it is a turn like any other: a
//! notice in the person's language, both calendars, the reason, the next step.
//!
//! **Somebody wrote too long ago.** A channel with a window ([`channel::Capabilities`]) takes only an approved template
//! after it. When a part is claimed (`engine::window`), one that is late is held, and the person knocked at, once a day, if
//! they gave leave (`dialogue::leave`): [`channel::Channel::knock`] says that something waits, and nothing of it. What they
//! say next opens the window, and what was held leaves in its order. Without leave, after three days, and where a block
//! refuses it, it goes by another chat of the same person (`engine::elsewhere` brings their chats together), else staff gets
//! a task.
//!
//! **What is special is not asked in a chat of others.** Where a channel is not private ([`channel::Capabilities`]), a
//! `special` question goes out as a link (`dialogue::gate`). The token is sealed and holds person, session and question;
//! `web::secure` shows the question with the same form logic, and a right answer enters the inbox as an event
//! (`engine::secure`), heard once however often it is sent. The chat goes on in that event's turn.
//!
//! **A survey is answered.** Delivery arms a timer; when it is due (never in quiet hours, never within the
//! cool-down), it enters the inbox. If nothing else is open, [`dialogue`] opens the form `satisfaction`; each
//! answer is a turn; the end records the answers in the store.
//!
//! **Somebody is forgotten.** An administrator (or `wasl person forget`) calls [`engine::erase()`]: one transaction
//! destroys the person's key, empties the rows with their words and notes their papers; the papers' bytes are deleted
//! after it, and again by the clock until they are gone. Who writes again is somebody new, under a new id.
//!
//! # What a crash costs
//!
//! Before the commit: the sender repeats, under the same id. After it: the repetition is ignored. A turn that fails: the
//! transaction is rolled back, what came in is stored without it, and the same step runs again. Between a send and its
//! record: the part's outcome is unknown and it is sent once more; where the provider reports under our own number
//! (WhatsApp) only if no report comes; channels that are read by cursor (the web chat) do not have this gap. An event that failed, or that was waiting when a process died (a message that kills it comes again, and
//! waits in the new process's first minute), runs alone with its attempt committed first; after five it is parked with one
//! apology and a task for staff.

#![warn(missing_docs, clippy::too_many_lines)]
#![deny(rustdoc::broken_intra_doc_links)]

pub mod app;
pub mod case;
pub mod channel;
pub mod command;
pub mod config;
pub mod desk;
pub mod dialogue;
pub mod engine;
pub mod form;
pub mod locale;
pub mod message;
pub mod mutant;
pub mod store;
pub mod survey;
pub mod time;
pub mod vault;
pub mod web;
