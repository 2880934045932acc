//! What a seed has in store: how rough it gets, in so many of a thousand.

use super::rng::Rng;

#[derive(Debug, Clone)]
pub struct Weather {
    /// Where and when it begins: see [`super::world::BEGINNINGS`].
    pub beginning: usize,
    /// Whether services ask a form that nobody wrote.
    pub own_form: bool,
    /// How many processes serve the database.
    pub processes: usize,
    /// Work that stands still between two transactions, while other things happen.
    pub stalls: u32,
    /// A call of the engine in which the process dies.
    pub crash: u32,
    /// An acknowledgement that its sender never sees.
    pub ack_lost: u32,
    /// A message that comes again after it was acknowledged.
    pub repeat: u32,
    /// Messages of one person that overtake each other on their way in.
    pub reorder: bool,
    /// How many messages arrive at most in one batch.
    pub batch: usize,
    /// Sends that are refused for now (429 with a wish, or 5xx).
    pub busy: u32,
    /// Sends whose answer never comes; half of them arrived.
    pub unknown: u32,
    /// Sends that are refused for good (a part the provider does not take).
    pub never: u32,
    /// Sends that take their time, while other things happen.
    pub slow: u32,
    /// The provider cannot be reached, for a while.
    pub partition: u32,
    /// The clock is set an hour forward or back, or days pass.
    pub jump: u32,
    /// People who block us for a while.
    pub block: u32,
    /// A disk that is full, for a while.
    pub full: u32,
    /// A storage of papers that fails, for a while.
    pub storage: u32,
    /// People who are forgotten, because they asked for it.
    pub forget: u32,
    /// A row that is damaged on the disk while it waits.
    pub damage: u32,
}

impl Weather {
    pub fn calm() -> Weather {
        Weather {
            beginning: 0,
            own_form: false,
            processes: 1,
            stalls: 0,
            crash: 0,
            ack_lost: 0,
            repeat: 0,
            reorder: false,
            batch: 4,
            busy: 0,
            unknown: 0,
            never: 0,
            slow: 0,
            partition: 0,
            jump: 0,
            block: 0,
            full: 0,
            storage: 0,
            forget: 0,
            damage: 0,
        }
    }

    /// Some seeds are calm in most, some are rough in everything.
    pub fn of(rng: &mut Rng) -> Weather {
        let rough = rng.between(0, 3) as u32;
        let mut some =
            |most: u32| if rng.chance(300 + 200 * rough) { rng.below(most as usize + 1) as u32 } else { 0 };
        Weather {
            beginning: some(4).saturating_sub(2) as usize,
            own_form: some(1) == 1,
            processes: 1 + usize::from(some(1) == 1),
            stalls: some(300),
            crash: some(120),
            ack_lost: some(200),
            repeat: some(150),
            reorder: some(1) == 1,
            batch: 1 + some(5) as usize,
            busy: some(250),
            unknown: some(150),
            never: some(15),
            slow: some(350),
            partition: some(15),
            jump: some(40),
            block: some(12),
            full: some(30),
            storage: some(15),
            forget: some(45),
            damage: some(6),
        }
    }
}
