//! Values for a message.

use std::borrow::Cow;

use fluent::FluentArgs;

/// Values for a message. Texts are bidi-isolated when inserted.
#[derive(Debug, Default)]
pub struct Args<'t>(FluentArgs<'t>);

impl<'t> Args<'t> {
    /// None.
    pub fn none() -> Self {
        Args::default()
    }

    /// Adds a text.
    pub fn text(mut self, name: &'static str, value: impl Into<Cow<'t, str>>) -> Self {
        self.0.set(name, value.into());
        self
    }

    /// Adds a number: digits and plurals follow the language.
    pub fn number(mut self, name: &'static str, value: f64) -> Self {
        self.0.set(name, value);
        self
    }

    /// As Fluent takes them.
    pub(super) fn fluent(&self) -> &FluentArgs<'t> {
        &self.0
    }
}
