//! One question: its kind, and the cells that fit only some kinds.

use super::super::markdown::Row;
use super::super::model::{Kind, Pii};
use super::super::near::suggestion;
use super::super::placeholder::is_name;
use super::logic::Logic;
use super::settings::yes;
use super::types::Shape;

/// The most steps a range may have.
const STEPS: f64 = 1000.0;

/// What an appearance asks for that chat cannot give.
const APPEARANCES: &[(&str, &str)] = &[
    ("field-list", "one question at a time is asked in chat: a field list may go out as a web link"),
    ("table-list", "tables are not asked in chat: write a question for each row"),
    ("label", "tables are not asked in chat: write a question for each row"),
    ("list-nolabel", "tables are not asked in chat: write a question for each row"),
    ("year", "`date` asks for a whole day: use integer for a year"),
    ("month-year", "`date` asks for a whole day: use integer for month and year"),
    ("draw", "nothing is drawn in chat: take the appearance away to ask for a picture"),
    ("signature", "nothing is drawn in chat: a request is signed at its end"),
    ("annotate", "nothing is drawn in chat: take the appearance away to ask for a picture"),
];

impl<'s> Logic<'_, 's> {
    /// The kind of the question in `row`; what its cells ask for in vain is a finding.
    pub(super) fn kind(&mut self, row: &'s Row, shape: &Shape) -> Kind {
        let said = self.grid.text(row, "wasl_kind").to_lowercase();
        let multiline = self.appearance(row);
        let numbers = self.parameters(row, shape);
        if !said.is_empty() && *shape != Shape::Text {
            self.error(row, "wasl_kind", "wasl_kind goes with the type text");
        }
        match shape {
            Shape::Text => match said.as_str() {
                "" => Kind::Text { multiline },
                "phone" => Kind::Phone,
                "email" => Kind::Email,
                "name" => Kind::Name,
                _ => {
                    let near = suggestion(&said, ["phone", "email", "name"]);
                    self.error(row, "wasl_kind", format!("`{said}` is none of phone, email, name{near}"));
                    Kind::Text { multiline }
                }
            },
            Shape::Integer => Kind::Integer,
            Shape::Decimal => Kind::Decimal,
            Shape::One(list) => Kind::SelectOne { list: list.as_str().into() },
            Shape::Many(list) => Kind::SelectMultiple { list: list.as_str().into() },
            Shape::Range => self.range(row, &numbers),
            Shape::Date => Kind::Date,
            Shape::Note => Kind::Note,
            Shape::Acknowledge => Kind::Acknowledge,
            Shape::Calculate | Shape::Hidden => Kind::Calculate,
            Shape::Image => Kind::Document { images_only: true },
            Shape::File => Kind::Document { images_only: false },
            Shape::Place => Kind::Place,
        }
    }

    /// Whether the appearance asks for several lines.
    pub(super) fn appearance(&mut self, row: &'s Row) -> bool {
        let words = self.grid.text(row, "appearance").to_lowercase();
        for word in words.split_whitespace() {
            if let Some((_, reason)) = APPEARANCES.iter().find(|(name, _)| *name == word) {
                self.error(row, "appearance", *reason);
            } else if word.starts_with("ex:") {
                self.error(row, "appearance", "no other app is opened from chat");
            }
        }
        words.split_whitespace().any(|word| word == "multiline")
    }

    /// The cell `parameters` as names and values; a name that the shape does not have is a finding.
    fn parameters(&mut self, row: &'s Row, shape: &Shape) -> Vec<(&'s str, &'s str)> {
        let known: &[&str] = match shape {
            Shape::Range => &["start", "end", "step"],
            Shape::Text => &["rows"],
            Shape::Image => &["max-pixels"],
            Shape::Place => &["capture-accuracy", "warning-accuracy", "allow-mock-accuracy"],
            _ => &[],
        };
        let text = self.grid.text(row, "parameters");
        let pairs = text.split([' ', ',', ';', '\n']).filter(|pair| !pair.is_empty());
        let mut found = Vec::new();
        for pair in pairs {
            match pair.split_once('=') {
                Some((name, value)) if known.contains(&name) => found.push((name, value)),
                Some((name, _)) if name == "randomize" || name == "seed" => {
                    self.error(
                        row,
                        "parameters",
                        "choices are offered in the order of the list: take randomize away",
                    );
                }
                Some((name, _)) => {
                    let near = suggestion(name, known.iter().copied());
                    self.error(row, "parameters", format!("this type has no parameter `{name}`{near}"));
                }
                None => self.error(row, "parameters", "write parameters as `start=1 end=5 step=1`"),
            }
        }
        found
    }

    /// A range of 1 to 10 in steps of 1, where the parameters do not say otherwise.
    fn range(&mut self, row: &Row, parameters: &[(&str, &str)]) -> Kind {
        let mut number = |name: &str, default: f64| {
            let said = parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            match said.map(|value| value.parse::<f64>()) {
                None => default,
                Some(Ok(value)) if value.is_finite() => value,
                Some(_) => {
                    self.error(row, "parameters", format!("`{name}` is a number"));
                    default
                }
            }
        };
        let (start, end, step) = (number("start", 1.0), number("end", 10.0), number("step", 1.0));
        if step <= 0.0 || end <= start || (end - start) / step > STEPS {
            let text =
                format!("start comes before end, step is above 0, and there are at most {STEPS} steps");
            self.error(row, "parameters", text);
        }
        Kind::Range { start, end, step }
    }

    /// `required`: yes or no. An expression is refused, because a question that may or may not be skipped is
    /// better two questions or a `relevant`.
    pub(super) fn required(&mut self, row: &'s Row, asked: bool) -> bool {
        let text = self.grid.text(row, "required");
        let required = yes(text).unwrap_or_else(|| {
            self.error(row, "required", "write yes or no: when it depends on an answer, use relevant");
            false
        });
        if required && !asked {
            self.warning(row, "required", "nothing is answered here, so nothing can be required");
        }
        required && asked
    }

    /// `wasl_pii`; where nothing is said, what the kind suggests.
    pub(super) fn pii(&mut self, row: &'s Row, kind: &Kind) -> Pii {
        match self.grid.text(row, "wasl_pii").to_lowercase().as_str() {
            "none" => Pii::None,
            "person" => Pii::Person,
            "special" => Pii::Special,
            "" => match kind {
                Kind::Name | Kind::Phone | Kind::Email | Kind::Place => Pii::Person,
                Kind::Document { .. } => Pii::Special,
                _ => Pii::None,
            },
            other => {
                let near = suggestion(other, ["none", "person", "special"]);
                self.error(row, "wasl_pii", format!("`{other}` is none of none, person, special{near}"));
                Pii::Special
            }
        }
    }

    /// `wasl_save`: a name.
    pub(super) fn saves(&mut self, row: &'s Row) -> Option<Box<str>> {
        let text = self.grid.text(row, "wasl_save");
        if text.is_empty() {
            return None;
        }
        if !is_name(text) {
            self.error(row, "wasl_save", "a field's name is a letter, then letters, digits, `_`, `-` or `.`");
        }
        Some(text.into())
    }

    /// Cells that make no sense with this kind.
    pub(super) fn misplaced(&mut self, row: &'s Row, shape: &Shape) {
        let select = matches!(shape, Shape::One(_) | Shape::Many(_));
        let worked_out = matches!(shape, Shape::Calculate | Shape::Hidden);
        let note = *shape == Shape::Note;
        let mut refuse = |column: &'static str, when: bool, text: &str| {
            if when && !self.grid.text(row, column).is_empty() {
                self.error(row, column, text);
            }
        };
        refuse("choice_filter", !select, "only select_one and select_multiple have choices to filter");
        refuse("constraint", worked_out || note, "nothing is answered here, so there is nothing to check");
        refuse(
            "calculation",
            !worked_out,
            "only calculate and hidden are worked out: to propose an answer use default",
        );
        let no_default =
            note || matches!(shape, Shape::Image | Shape::File | Shape::Place | Shape::Acknowledge);
        refuse("default", no_default, "an answer of this type cannot be proposed");
        if *shape == Shape::Calculate && self.grid.text(row, "calculation").is_empty() {
            self.error(row, "calculation", "say what it is worked out from");
        }
    }
}
