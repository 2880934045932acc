//! The column `type`: what a row of the survey sheet is.

use super::super::near::suggestion;

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowType {
    /// A question, a note or a calculation.
    Question(Shape),
    /// The start of a group.
    Begin,
    /// The end of a group.
    End,
    /// Something a device would add by itself.
    Metadata,
    /// Not played: why, and the way out.
    Refused(String),
}

/// The kinds of question as the column spells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Integer,
    Decimal,
    One(String),
    Many(String),
    Range,
    Date,
    Note,
    Acknowledge,
    Calculate,
    Hidden,
    Image,
    File,
    Place,
}

/// Every spelling of the types without a list.
const PLAIN: &[(&str, RowType)] = &[
    ("text", RowType::Question(Shape::Text)),
    ("string", RowType::Question(Shape::Text)),
    ("integer", RowType::Question(Shape::Integer)),
    ("int", RowType::Question(Shape::Integer)),
    ("decimal", RowType::Question(Shape::Decimal)),
    ("range", RowType::Question(Shape::Range)),
    ("date", RowType::Question(Shape::Date)),
    ("note", RowType::Question(Shape::Note)),
    ("acknowledge", RowType::Question(Shape::Acknowledge)),
    ("trigger", RowType::Question(Shape::Acknowledge)),
    ("calculate", RowType::Question(Shape::Calculate)),
    ("hidden", RowType::Question(Shape::Hidden)),
    ("image", RowType::Question(Shape::Image)),
    ("photo", RowType::Question(Shape::Image)),
    ("file", RowType::Question(Shape::File)),
    ("geopoint", RowType::Question(Shape::Place)),
    ("location", RowType::Question(Shape::Place)),
    ("gps", RowType::Question(Shape::Place)),
    ("begin_group", RowType::Begin),
    ("begin group", RowType::Begin),
    ("end_group", RowType::End),
    ("end group", RowType::End),
    ("start", RowType::Metadata),
    ("end", RowType::Metadata),
    ("today", RowType::Metadata),
    ("deviceid", RowType::Metadata),
    ("username", RowType::Metadata),
    ("phonenumber", RowType::Metadata),
    ("email", RowType::Metadata),
    ("simserial", RowType::Metadata),
    ("subscriberid", RowType::Metadata),
];

/// The spellings of the types with a list; longer ones first.
const LISTS: &[(&str, bool)] = &[
    ("select_one", false),
    ("select one from", false),
    ("select one", false),
    ("select1", false),
    ("select_multiple", true),
    ("select multiple from", true),
    ("select multiple", true),
    ("select all that apply from", true),
    ("select all that apply", true),
];

/// The types of XLSForm that chat does not play, by how they begin: why, and the way out.
const REFUSED: &[(&str, &str)] = &[
    ("begin_repeat", "repeats are not played in chat: ask for the number, or send the form as a web link"),
    ("begin repeat", "repeats are not played in chat: ask for the number, or send the form as a web link"),
    ("end_repeat", "repeats are not played in chat"),
    ("end repeat", "repeats are not played in chat"),
    ("begin loop", "loops are not played: write the questions out"),
    ("rank", "ranking is not played in chat: use select_one for the first choice"),
    ("datetime", "`dateTime` is not played in chat: use date, and text for the time"),
    ("time", "`time` is not played in chat: use text with a constraint"),
    ("audio", "sound is not taken as an answer: use text or file"),
    ("video", "film is not taken as an answer: use file"),
    ("background-audio", "nothing is recorded in the background"),
    ("barcode", "barcodes are not read in chat: use text"),
    ("geotrace", "lines are not drawn in chat: use geopoint"),
    ("geoshape", "areas are not drawn in chat: use geopoint"),
    ("start-geopoint", "a place is never taken without asking: use geopoint"),
    ("audit", "nothing is recorded in the background: delete the row"),
    ("xml-external", "attached data is not read: put the choices into the sheet `choices`"),
    ("csv-external", "attached data is not read: put the choices into the sheet `choices`"),
    ("select_one_external", "attached data is not read: put the choices into the sheet `choices`"),
    ("select_one_from_file", "attached data is not read: put the choices into the sheet `choices`"),
    ("select_multiple_from_file", "attached data is not read: put the choices into the sheet `choices`"),
    ("add select", "this old spelling is not read: write select_one or select_multiple and the list's name"),
    ("osm", "maps are not edited in chat: use geopoint"),
];

/// What the cell `text` of the column `type` says.
pub(super) fn row_type(text: &str) -> RowType {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let lower = text.to_lowercase();
    if let Some((_, known)) = PLAIN.iter().find(|(name, _)| *name == lower) {
        return known.clone();
    }
    let starts =
        |name: &str| lower.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    if let Some((_, reason)) = REFUSED.iter().find(|(name, _)| starts(name)) {
        return RowType::Refused((*reason).to_owned());
    }
    if let Some((name, many)) = LISTS.iter().find(|(name, _)| starts(name)) {
        let rest = &words[name.split(' ').count()..];
        return match rest {
            [list] if *many => RowType::Question(Shape::Many((*list).to_owned())),
            [list] => RowType::Question(Shape::One((*list).to_owned())),
            [] => RowType::Refused(format!("write the list's name after it: `{name} yes_no`")),
            [_, other] if other.eq_ignore_ascii_case("or_other") => RowType::Refused(
                "`or_other` speaks English only: add a choice `other`, and a text question relevant when it is taken"
                    .to_owned(),
            ),
            _ => RowType::Refused("one list's name and nothing more may stand after it".to_owned()),
        };
    }
    let known = PLAIN.iter().map(|(name, _)| *name).chain(LISTS.iter().map(|(name, _)| *name));
    let first = words.first().copied().unwrap_or_default();
    RowType::Refused(format!("no type is called `{text}`{}", suggestion(first, known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_understood() {
        let check = |text: &str, expected: &str| {
            let found = match row_type(text) {
                RowType::Refused(text) => text,
                other => format!("{other:?}"),
            };
            assert!(found.contains(expected), "{text}: {found}");
        };
        check("text", "Question(Text)");
        check(" Select_One  yn ", "Question(One(\"yn\"))");
        check("select all that apply from Needs", "Question(Many(\"Needs\"))");
        check("select one from yn", "Question(One(\"yn\"))");
        check("begin group", "Begin");
        check("email", "Metadata");
        check("select_one yn or_other", "`or_other` speaks English only");
        check("select_one", "write the list's name after it");
        check("select_one a b", "one list's name and nothing more");
        check("select_one_from_file x.csv", "attached data");
        check("begin_repeat", "repeats are not played");
        check("dateTime", "`dateTime` is not played");
        check("txet", "no type is called `txet`; did you mean `text`?");
        check("selct_one yn", "did you mean `select_one`?");
        check("weird", "no type is called `weird`");
    }
}
