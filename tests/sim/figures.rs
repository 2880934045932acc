//! What the seeds saw, counted.

/// What was seen, counted.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    pub messages: usize,
    pub deaths: usize,
    pub sends: usize,
    pub ambiguous: usize,
    pub twice: usize,
    pub acts: usize,
    pub stood_still: usize,
    pub forgotten: usize,
    pub cases: usize,
    pub notices: usize,
    pub surveys: usize,
    pub reminders: usize,
}

impl Figures {
    pub fn add(&mut self, other: &Figures) {
        self.messages += other.messages;
        self.deaths += other.deaths;
        self.sends += other.sends;
        self.ambiguous += other.ambiguous;
        self.twice += other.twice;
        self.acts += other.acts;
        self.stood_still += other.stood_still;
        self.forgotten += other.forgotten;
        self.cases += other.cases;
        self.notices += other.notices;
        self.surveys += other.surveys;
        self.reminders += other.reminders;
    }
}
