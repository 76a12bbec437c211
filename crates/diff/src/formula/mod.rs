//! Whether conditions ask for others, decided by cases.
//!
//! What a condition comes to depends on its metrics alone, and of each of them only on where its value lies between the numbers that it is
//! compared with. So a metric has a few cases: each of those numbers, one between each two, one beyond either end, too few samples, no
//! data. One rule asks for another exactly when no case of all their metrics lets the one hold and not the other. Rules that share no
//! metric are looked at apart; the case that is found is the witness.
//!
//! Conditions are of three values, as gates decide them: what is not known holds neither as it is nor turned round.

mod measures;
mod search;
mod state;

pub(crate) use measures::{Formula, Measures, Truth};
pub(crate) use search::{Found, Rule, counterexample, every_case};
pub(crate) use state::State;
