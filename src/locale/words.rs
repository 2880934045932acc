//! The words that steer a conversation, as lists in `words.ftl`.

use std::collections::BTreeMap;

use super::fold::fold;

/// Words that steer a conversation, understood in every loaded language when they are the whole message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names are the documentation
pub enum Word {
    Yes,
    No,
    Back,
    Skip,
    Stop,
    Help,
    Human,
    Language,
    Menu,
    Pause,
    Resume,
    Change,
    Status,
    Rate,
    Data,
    Done,
    None,
}

impl Word {
    /// Every word.
    pub const ALL: [Word; 17] = [
        Word::Yes,
        Word::No,
        Word::Back,
        Word::Skip,
        Word::Stop,
        Word::Help,
        Word::Human,
        Word::Language,
        Word::Menu,
        Word::Pause,
        Word::Resume,
        Word::Change,
        Word::Status,
        Word::Rate,
        Word::Data,
        Word::Done,
        Word::None,
    ];

    /// The message that lists its synonyms.
    pub(super) fn key(self) -> &'static str {
        match self {
            Word::Yes => "word-yes",
            Word::No => "word-no",
            Word::Back => "word-back",
            Word::Skip => "word-skip",
            Word::Stop => "word-stop",
            Word::Help => "word-help",
            Word::Human => "word-human",
            Word::Language => "word-language",
            Word::Menu => "word-menu",
            Word::Pause => "word-pause",
            Word::Resume => "word-resume",
            Word::Change => "word-change",
            Word::Status => "word-status",
            Word::Rate => "word-rate",
            Word::Data => "word-data",
            Word::Done => "word-done",
            Word::None => "word-none",
        }
    }
}

/// Buttons that people also choose by other words than what is read on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the documentation
pub enum Button {
    Keep,
    Request,
    Suggestion,
    Complaint,
}

impl Button {
    /// Every such button.
    pub(super) const ALL: [Button; 4] =
        [Button::Keep, Button::Request, Button::Suggestion, Button::Complaint];

    /// The message that lists the words.
    pub(super) fn key(self) -> &'static str {
        match self {
            Button::Keep => "keep-words",
            Button::Request => "request-words",
            Button::Suggestion => "suggestion-words",
            Button::Complaint => "complaint-words",
        }
    }
}

/// The items of a list message: separated by `,` or `،`, none of them empty.
pub(super) fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', '،']).map(str::trim).filter(|item| !item.is_empty())
}

/// How a synonym or a message is looked up: folded; a command keeps its slash and loses the bot's name (`/help@name`).
pub(super) fn spoken(said: &str) -> String {
    match said.trim().strip_prefix('/') {
        Some(command) => format!("/{}", fold(command.split('@').next().unwrap_or(command))),
        None => fold(said),
    }
}

/// One language's steering words by what is said.
#[derive(Debug, Default)]
pub(super) struct Words(BTreeMap<String, Word>);

impl Words {
    /// Reads the lists. `Err` names the synonym that says nothing or that two words claim.
    pub(super) fn read(list_of: impl Fn(Word) -> String) -> Result<Words, String> {
        let mut words = BTreeMap::new();
        for word in Word::ALL {
            for synonym in items(&list_of(word)) {
                let said = spoken(synonym);
                if said.trim_start_matches('/').is_empty() {
                    return Err(format!("{}: {synonym:?} is nothing but punctuation", word.key()));
                }
                if let Some(other) = words.insert(said, word).filter(|other| *other != word) {
                    return Err(format!("{synonym:?} stands in both {} and {}", other.key(), word.key()));
                }
            }
        }
        Ok(Words(words))
    }

    /// The word that `spoken` text means.
    pub(super) fn find(&self, spoken: &str) -> Option<Word> {
        self.0.get(spoken).copied()
    }

    /// Everything that is understood.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Word)> {
        self.0.iter().map(|(said, word)| (said.as_str(), *word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yes: &str, no: &str) -> Result<Words, String> {
        Words::read(|word| match word {
            Word::Yes => yes.to_owned(),
            Word::No => no.to_owned(),
            _ => String::new(),
        })
    }

    #[test]
    fn a_synonym_of_two_words_or_of_none_is_refused() {
        assert!(read("yes, نعم، أجل", "no").is_ok());
        assert!(read("yes", "YES!").unwrap_err().contains("word-yes"));
        assert!(read("yes, ?", "no").unwrap_err().contains("punctuation"));
        assert!(read("/", "no").is_err());
    }

    #[test]
    fn a_command_keeps_its_slash() {
        for (said, wanted) in
            [("/Help", "/help"), (" /help@wasl_bot ", "/help"), ("Help!", "help"), ("نَعَم", "نعم")]
        {
            assert_eq!(spoken(said), wanted);
        }
    }
}
