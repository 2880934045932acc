//! What must be true at the end, worked out from what people, phones and the office know.

use super::run::{Figures, Sim};
use super::world::Wrong;

pub async fn balances(_sim: &mut Sim) -> Result<Figures, Wrong> {
    Ok(Figures::default())
}
