//! Who must agree.

use std::collections::BTreeSet;

use smol_str::SmolStr;

/// A person's name.
pub type Name = SmolStr;

/// Steps that people must agree to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// The steps.
    pub steps: Vec<Step>,
    /// Nobody may agree to two of them.
    pub apart: bool,
}

/// A step: all of its seats must be filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// The seats; whoever agrees counts in each of their own.
    pub seats: Vec<Seat>,
}

/// A group, of which so many different people must agree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seat {
    /// Those who may.
    pub people: BTreeSet<Name>,
    /// How many of them must.
    pub need: u32,
}

/// Seats that together need more people than there are for them. With one seat less, or one need less in all, they could be filled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shortage {
    /// The seats, each as the number of its step and its own in it, sorted.
    pub seats: Vec<(usize, usize)>,
    /// Everybody who could take one of them.
    pub people: BTreeSet<Name>,
    /// How many people they need together.
    pub need: u32,
    /// How many are missing.
    pub missing: u32,
}

impl Chain {
    /// The chain without some people.
    #[must_use]
    pub fn without(&self, is_out: impl Fn(&Name) -> bool) -> Self {
        let mut chain = self.clone();
        for seat in chain.steps.iter_mut().flat_map(|step| &mut step.seats) {
            seat.people.retain(|person| !is_out(person));
        }
        chain
    }

    /// The units in which a person can be used once: the steps, or the whole chain where one may agree to several of them.
    pub(crate) fn rounds(&self) -> Vec<Vec<(usize, usize)>> {
        let seats = |(at, step): (usize, &Step)| -> Vec<(usize, usize)> {
            (0..step.seats.len()).map(|seat| (at, seat)).collect()
        };
        let steps = self.steps.iter().enumerate().map(seats);
        if self.apart { steps.collect() } else { vec![steps.flatten().collect()] }
    }

    pub(crate) fn seat(&self, (step, seat): (usize, usize)) -> &Seat {
        &self.steps[step].seats[seat]
    }
}
