//! What a header cell means: a column of the profile, in a language perhaps.

use super::super::near::suggestion;
use super::languages::{coded, language};
use crate::message::Locale;

/// A column that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::form) enum Column {
    /// One of the sheet's own columns, by its one spelling; a language if it holds words.
    Known(&'static str, Option<Locale>),
    /// A column of another sheet language or of the author's own (`choices` only): data for `choice_filter`.
    Extra,
    /// A column that must be empty, with the reason.
    Refused(&'static str),
    /// A column that may be filled and does nothing, with what the author should know.
    Idle(&'static str),
    /// An author's note (its header begins with `#`, `_` or `$`), or a column without header.
    Comment,
    /// Not understood, with the reason.
    Unknown(String),
}

/// The columns of a sheet.
pub(in crate::form) struct Columns {
    /// Columns of one cell.
    pub(in crate::form) plain: &'static [&'static str],
    /// Columns that hold words, one per language.
    pub(in crate::form) worded: &'static [&'static str],
    /// Columns that end in a language code: `wasl_short_en`.
    pub(in crate::form) coded: &'static [&'static str],
    /// Whether any other name is data.
    pub(in crate::form) extra: bool,
}

pub(in crate::form) const SURVEY: Columns = Columns {
    plain: &[
        "type",
        "name",
        "required",
        "relevant",
        "constraint",
        "calculation",
        "choice_filter",
        "appearance",
        "parameters",
        "default",
        "wasl_kind",
        "wasl_pii",
        "wasl_save",
    ],
    worded: &["label", "hint", "required_message", "constraint_message"],
    coded: &[],
    extra: false,
};

pub(in crate::form) const CHOICES: Columns = Columns {
    plain: &["list_name", "name"],
    worded: &["label"],
    coded: &["wasl_short", "wasl_aliases"],
    extra: true,
};

pub(in crate::form) const SETTINGS: Columns = Columns {
    plain: &["form_id", "version", "default_language", "allow_choice_duplicates"],
    worded: &["form_title"],
    coded: &[],
    extra: false,
};

pub(in crate::form) const SERVICES: Columns =
    Columns { plain: &["code", "form", "papers"], worded: &["label", "about"], coded: &[], extra: false };

pub(in crate::form) const PAPERS: Columns = Columns {
    plain: &["code", "type", "expires"],
    worded: &["label", "hint", "expiry_label", "expired_message"],
    coded: &[],
    extra: false,
};

/// Other spellings: seen in published forms, or older names of the standard.
const ALIASES: &[(&str, &str)] = &[
    ("command", "type"),
    ("caption", "label"),
    ("relevance", "relevant"),
    ("bind::relevant", "relevant"),
    ("bind::required", "required"),
    ("bind::constraint", "constraint"),
    ("bind::calculate", "calculation"),
    ("bind::jr:constraintmsg", "constraint_message"),
    ("bind::jr:requiredmsg", "required_message"),
    ("calculate", "calculation"),
    ("constraint_msg", "constraint_message"),
    ("required_msg", "required_message"),
    ("jr:count", "repeat_count"),
    ("readonly", "read_only"),
    ("value", "name"),
    ("title", "form_title"),
    ("set_form_title", "form_title"),
    ("id_string", "form_id"),
    ("set_form_id", "form_id"),
];

/// Columns of XLSForm that chat cannot honour, each with the reason and the way out.
const REFUSED: &[(&str, &str)] = &[
    (
        "trigger",
        "`trigger` is not played in chat: a calculation follows every answer it reads, once() freezes it",
    ),
    ("repeat_count", "repeats are not played in chat: ask for the number, or send the form as a web link"),
    ("read_only", "`read_only` is not played in chat: use a `note` or a `calculate`"),
    ("media", "pictures and sounds are not sent with a question: say it in the label"),
    ("image", "pictures are not sent with a question: say it in the label"),
    ("audio", "sounds are not sent with a question: say it in the label"),
    ("video", "films are not sent with a question: say it in the label"),
    ("bind", "raw XForms attributes are not read: use the column of that name"),
    ("body", "raw XForms attributes are not read: use `appearance`"),
    ("instance", "raw XForms attributes are not read"),
    ("save_to", "entities are not written from chat: `wasl_save` fills fields of the case"),
    ("public_key", "forms are not encrypted by the author: `wasl_pii` marks what is sealed"),
];

/// The refused columns that are refused in `choices` too, where any other name is the author's own data.
const MEDIA: [&str; 4] = ["media", "image", "audio", "video"];

/// Columns that change nothing in chat.
const IDLE: &[(&str, &str)] = &[
    ("guidance_hint", "guidance_hint is not shown in chat"),
    ("autoplay", "autoplay does nothing in chat"),
    ("rows", "rows does nothing in chat"),
    ("instance_name", "instance_name is not used: a request is named by its reference number"),
    ("style", "style does nothing in chat"),
    ("submission_url", "submission_url is not used: answers go to the case store"),
    ("auto_send", "auto_send does nothing in chat"),
    ("auto_delete", "auto_delete does nothing in chat"),
    ("namespaces", "namespaces does nothing in chat"),
    ("wasl_emoji", "wasl_emoji is not shown"),
    ("wasl_remind", "wasl_remind is not read: reminders are configuration"),
    ("wasl_reprompt", "wasl_reprompt is not read: write constraint_message"),
];

impl Columns {
    /// What the header cell `text` means in this sheet.
    pub(in crate::form) fn column(&self, text: &str) -> Column {
        let text = text.trim();
        if text.is_empty() || text.starts_with(['#', '_', '$']) {
            return Column::Comment;
        }
        let lower = match text.to_lowercase() {
            bind if bind.starts_with("bind:") && !bind.starts_with("bind::") => bind.replacen(':', "::", 1),
            lower => lower,
        };
        let whole = self.canonical(&lower);
        if let Some(known) = self.known(whole) {
            return Column::Known(known, None);
        }
        if let Some(column) = self.with_code(whole) {
            return column;
        }
        let (base, rest) = match lower.split_once("::").or_else(|| lower.split_once(':')) {
            Some((base, rest)) => (self.canonical(base.trim()).to_owned(), Some(rest.trim().to_owned())),
            None => (whole.to_owned(), None),
        };
        let base = base.as_str();
        if let Some(known) = self.worded.iter().find(|known| **known == base) {
            let named = rest.as_deref().unwrap_or_default();
            return match language(named) {
                Some(locale) => Column::Known(known, Some(locale)),
                None => Column::Unknown(format!(
                    "the language `{named}` is not known: write its code in brackets, as in `{base}::Arabic (ar)`"
                )),
            };
        }
        if self.plain.contains(&base) {
            return Column::Unknown(format!("`{base}` holds no words, so it takes no language"));
        }
        let is = |name: &str| name == base || name == whole;
        let refused = REFUSED.iter().filter(|(name, _)| !self.extra || MEDIA.contains(name));
        if let Some((_, reason)) = refused.into_iter().find(|(name, _)| is(name)) {
            return Column::Refused(reason);
        }
        let ours = |name: &str| name.starts_with("wasl_") && lower.starts_with(name);
        if let Some((_, reason)) = IDLE.iter().find(|(name, _)| ours(name) || (!self.extra && is(name))) {
            return Column::Idle(reason);
        }
        if self.extra && rest.is_none() && !lower.starts_with("wasl_") {
            return Column::Extra;
        }
        Column::Unknown(format!("this column is not known{}", suggestion(base, self.names())))
    }

    fn canonical<'t>(&self, name: &'t str) -> &'t str {
        let spaced = |known: &&&'static str| known.replace('_', " ") == name;
        if let Some(known) = self.plain.iter().chain(self.worded).find(spaced) {
            return known;
        }
        // `value` is an old name of a choice's `name`, and a fine name for anything else
        let alias = ALIASES.iter().find(|(other, known)| {
            *other == name && (self.known(known).is_some() || REFUSED.iter().any(|(no, _)| no == known))
        });
        alias.map_or(name, |(_, known)| known)
    }

    fn known(&self, name: &str) -> Option<&'static str> {
        self.plain.iter().chain(self.worded).copied().find(|known| *known == name)
    }

    fn with_code(&self, name: &str) -> Option<Column> {
        self.coded.iter().find_map(|known| {
            let code = name.strip_prefix(known)?;
            let Some(code) = code.trim_start_matches(':').strip_prefix('_') else {
                return Some(Column::Unknown(format!("write the language's code after it: `{known}_ar`")));
            };
            Some(match coded(code) {
                Some(locale) => Column::Known(known, Some(locale)),
                None => {
                    Column::Unknown(format!("the language code `{code}` is not known: write `{known}_ar`"))
                }
            })
        })
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.plain.iter().chain(self.worded).chain(self.coded).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(columns: &Columns, header: &str) -> String {
        match columns.column(header) {
            Column::Known(name, None) => name.to_owned(),
            Column::Known(name, Some(locale)) => format!("{name}/{locale}"),
            Column::Extra => "extra".to_owned(),
            Column::Refused(_) => "refused".to_owned(),
            Column::Idle(_) => "idle".to_owned(),
            Column::Comment => "comment".to_owned(),
            Column::Unknown(text) => text,
        }
    }

    #[test]
    fn headers_are_understood() {
        let check = |header: &str, expected: &str| assert_eq!(told(&SURVEY, header), expected, "{header}");
        check("Type", "type");
        check("command", "type");
        check("label", "label");
        check("label::English (en)", "label/en");
        check("Label : Arabic", "label/ar");
        check("label::ar", "label/ar");
        check("caption::العربية", "label/ar");
        check("constraint message::English (en)", "constraint_message/en");
        check("relevance", "relevant");
        check("bind::relevant", "relevant");
        check("bind:relevant", "relevant");
        check("calculate", "calculation");
        check("jr:count", "refused");
        check("trigger", "refused");
        check("media::image::English (en)", "refused");
        check("bind::odk:length", "refused");
        check("guidance_hint::English (en)", "idle");
        check("wasl_reprompt_en", "idle");
        check("# my notes", "comment");
        check("relevent", "this column is not known; did you mean `relevant`?");
        check("lable::ar", "this column is not known; did you mean `label`?");
        check("wasl_pi", "this column is not known; did you mean `wasl_pii`?");
        check(
            "label::Elvish",
            "the language `elvish` is not known: write its code in brackets, as in `label::Arabic (ar)`",
        );
        check("required::en", "`required` holds no words, so it takes no language");
    }

    #[test]
    fn headers_of_choices_are_understood() {
        let check = |header: &str, expected: &str| assert_eq!(told(&CHOICES, header), expected, "{header}");
        check("list name", "list_name");
        check("value", "name");
        check("governorate", "extra");
        check("wasl_short_en", "wasl_short/en");
        check("wasl_aliases_zh_hant", "wasl_aliases/zh-Hant");
        check("wasl_shrt_en", "this column is not known");
        check("wasl_short", "write the language's code after it: `wasl_short_ar`");
        check("lable::ar", "this column is not known; did you mean `label`?");
        check("image", "refused");
    }
}
