//! Seeded mistakes: each is one that somebody could make here, and `tests/sim` must catch every one of them. They prove
//! the checker. Without the feature `mutant` nothing of them is built.

#[cfg(feature = "mutant")]
mod chosen {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeSet;
    use std::sync::OnceLock;

    thread_local! {
        static CHOSEN: Cell<&'static str> = const { Cell::new("") };
        static OFFERED: RefCell<BTreeSet<Box<str>>> = const { RefCell::new(BTreeSet::new()) };
    }

    /// Makes that mistake on this thread from now on; the empty name makes none.
    pub fn choose(name: &'static str) {
        CHOSEN.set(name);
        OFFERED.take();
    }

    /// The mistake that the whole process makes.
    static EVERYWHERE: OnceLock<String> = OnceLock::new();

    /// Makes that mistake in the whole process, for as long as it lives.
    pub fn choose_everywhere(name: String) {
        // Chosen once, at the start.
        let _ = EVERYWHERE.set(name);
    }

    /// Whether that mistake is to be made.
    pub fn is(name: &str) -> bool {
        CHOSEN.get() == name || EVERYWHERE.get().is_some_and(|everywhere| everywhere == name)
    }

    /// A statement, with the mistake in it if that is to be made.
    pub fn edited(name: &str, statement: &'static str, right: &str, wrong: &str) -> &'static str {
        if !is(name) {
            return statement;
        }
        assert!(statement.contains(right), "{name}: the statement has changed");
        Box::leak(statement.replace(right, wrong).into_boxed_str())
    }

    /// Another id for a message that is offered again, as if nobody knew it.
    pub fn renamed(external_id: &str) -> Option<Box<str>> {
        OFFERED.with_borrow_mut(|offered| {
            let (mut id, mut n) = (Box::<str>::from(external_id), 0);
            while !offered.insert(id.clone()) {
                n += 1;
                id = format!("{external_id}#{n}").into();
            }
            (n > 0).then_some(id)
        })
    }
}

#[cfg(feature = "mutant")]
pub use chosen::{choose, choose_everywhere, edited, is, renamed};

/// Whether that mistake is to be made: never.
#[cfg(not(feature = "mutant"))]
pub const fn is(_name: &str) -> bool {
    false
}

/// A statement as it is.
#[cfg(not(feature = "mutant"))]
pub const fn edited(_name: &str, statement: &'static str, _right: &str, _wrong: &str) -> &'static str {
    statement
}
