//! Values for a message.

use std::collections::BTreeMap;

use fluent::FluentArgs;

/// Values for a message. Texts are bidi-isolated when inserted.
#[derive(Debug, Clone, Default)]
pub struct Args(BTreeMap<&'static str, Arg>);

#[derive(Debug, Clone)]
enum Arg {
    Text(String),
    Number(f64),
}

impl Args {
    /// None.
    pub fn none() -> Self {
        Args::default()
    }

    /// Adds a text.
    pub fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.insert(name, Arg::Text(value.into()));
        self
    }

    /// Adds a number: digits and plurals follow the language.
    pub fn number(mut self, name: &'static str, value: f64) -> Self {
        self.0.insert(name, Arg::Number(value));
        self
    }

    /// As Fluent takes them.
    pub(super) fn to_fluent(&self) -> FluentArgs<'_> {
        let mut args = FluentArgs::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            match value {
                Arg::Text(text) => args.set(*name, text.as_str()),
                Arg::Number(number) => args.set(*name, *number),
            }
        }
        args
    }
}
