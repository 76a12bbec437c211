//! Whether there are people enough for what must be agreed to, and how few of them together can make a change.
//!
//! Plain data with an algebra. A [`Chain`] has steps, and a step has seats: a group of people, and how many of them must agree. Whoever
//! agrees to a step counts in each seat of it whose group they belong to; with [`Chain::apart`] they can agree to no other step.
//!
//! - [`staff`] proves that a chain can be filled, by the fewest people that do, or tells each [`Shortage`]: seats that together need
//!   more people than there are for them, with the number that is missing.
//! - A [`Way`] adds whoever asks for the change and whoever deploys it, and what keeps the three apart: [`fewest`] is the number of
//!   people who together can go it.
//!
//! Where every person has one seat in a step, a chain is filled exactly when seats and people can be matched. Somebody with two seats in
//! one step (a member of two teams that own what ships) is tried in each step; the rest is matched. All of it is exact.

mod chain;
mod matching;
mod search;
mod way;

pub use chain::{Chain, Name, Seat, Shortage, Step};
pub use search::{Refusal, staff};
pub use way::{Separation, Way, fewest};
