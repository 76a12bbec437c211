//! Filling a chain: people with several seats in one step are tried in each step, the others are matched.

use std::collections::{BTreeMap, BTreeSet};

use crate::chain::{Chain, Name, Shortage};
use crate::matching::{Lack, Open, lacks};

/// How many ways of using those with several seats are tried. People of the same groups are one way, so real chains need a handful.
const BUDGET: usize = 50_000;

/// Why a chain is not known to be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot be: what is missing, each shortage for itself.
    Short(Vec<Shortage>),
    /// Too many people have several seats in too many ways: nobody can tell.
    Unknown,
}

/// The fewest people who fill a chain.
///
/// # Errors
///
/// There are not enough of them.
pub fn staff(chain: &Chain) -> Result<u32, Refusal> {
    let mut search = Search::new(chain);
    search.go(0, 0);
    if search.left == 0 {
        return Err(Refusal::Unknown);
    }
    match &search.best {
        Some(best) if best.lacks.is_empty() => Ok(best.used),
        Some(best) => Err(Refusal::Short(best.lacks.iter().map(|lack| search.told(chain, lack)).collect())),
        None => Err(Refusal::Unknown),
    }
}

/// People who have the same seats.
struct Class {
    people: usize,
    /// Their seats, by round.
    seats: Vec<Vec<usize>>,
}

impl Class {
    /// Whether one of them fills two places at once somewhere.
    fn is_shared(&self) -> bool {
        self.seats.iter().any(|seats| seats.len() > 1)
    }
}

/// The best that was found.
struct Best {
    missing: u32,
    used: u32,
    lacks: Vec<Lack>,
}

struct Search {
    places: Vec<(usize, usize)>,
    needs: Vec<u32>,
    shared: Vec<Class>,
    /// The others who may take each seat, by number.
    others: Vec<BTreeSet<usize>>,
    best: Option<Best>,
    left: usize,
}

impl Search {
    fn new(chain: &Chain) -> Self {
        let rounds = chain.rounds();
        let places: Vec<(usize, usize)> = rounds.iter().flatten().copied().collect();
        let mut seats_of: BTreeMap<&Name, BTreeSet<usize>> = BTreeMap::new();
        for (at, place) in places.iter().enumerate() {
            for person in &chain.seat(*place).people {
                seats_of.entry(person).or_default().insert(at);
            }
        }
        let mut first = 0;
        let spans: Vec<std::ops::Range<usize>> = rounds
            .iter()
            .map(|round| {
                first += round.len();
                first - round.len()..first
            })
            .collect();
        let mut classes: BTreeMap<BTreeSet<usize>, usize> = BTreeMap::new();
        for seats in seats_of.into_values() {
            *classes.entry(seats).or_default() += 1;
        }
        let mut shared = Vec::new();
        let mut others = vec![BTreeSet::new(); places.len()];
        let mut number = 0;
        for (seats, people) in classes {
            let in_round = |span: &std::ops::Range<usize>| seats.range(span.clone()).copied().collect();
            let class = Class { people, seats: spans.iter().map(in_round).collect() };
            if class.is_shared() {
                shared.push(class);
            } else {
                for person in number..number + people {
                    for seat in &seats {
                        others[*seat].insert(person);
                    }
                }
                number += people;
            }
        }
        let needs = places.iter().map(|place| chain.seat(*place).need).collect();
        Self { places, needs, shared, others, best: None, left: BUDGET }
    }

    /// Tries every number of people of a class, and of those after it, in each of their rounds.
    fn go(&mut self, class: usize, used: u32) {
        let people = self.shared.get(class).map(|class| class.people);
        match people {
            Some(people) => self.use_in(class, 0, people, used),
            None => self.fill(used),
        }
    }

    fn use_in(&mut self, class: usize, round: usize, people: usize, used: u32) {
        if self.left == 0 {
            return;
        }
        let Some(seats) = self.shared[class].seats.get(round).cloned() else {
            return self.go(class + 1, used);
        };
        let wanted = seats.iter().map(|seat| self.needs[*seat]).max().unwrap_or_default();
        let before: Vec<u32> = seats.iter().map(|seat| self.needs[*seat]).collect();
        // More of them than any of the seats needs are of no use there.
        for number in (0..=wanted.min(u32::try_from(people).unwrap_or(u32::MAX))).rev() {
            for (seat, need) in seats.iter().zip(&before) {
                self.needs[*seat] = need.saturating_sub(number);
            }
            self.use_in(class, round + 1, people - number as usize, used + number);
        }
        for (seat, need) in seats.iter().zip(before) {
            self.needs[*seat] = need;
        }
    }

    /// Matches what is left to fill with those who have one seat in a step.
    fn fill(&mut self, used: u32) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let left: u32 = self.needs.iter().sum();
        let is_better = |missing: u32, used: u32| {
            self.best.as_ref().is_none_or(|best| (missing, used) < (best.missing, best.used))
        };
        if !is_better(0, used + left) {
            return;
        }
        let open = self.needs.iter().enumerate().filter(|(_, need)| **need > 0);
        let open: Vec<Open> =
            open.map(|(seat, need)| Open { seat, need: *need, people: self.others[seat].clone() }).collect();
        let lacks = lacks(&open);
        let missing = lacks.iter().map(|lack| lack.missing).sum();
        let used = used + left - missing;
        if is_better(missing, used) {
            self.best = Some(Best { missing, used, lacks });
        }
    }

    fn told(&self, chain: &Chain, lack: &Lack) -> Shortage {
        let mut seats: Vec<(usize, usize)> = lack.seats.iter().map(|seat| self.places[*seat]).collect();
        seats.sort_unstable();
        let of = |place: &(usize, usize)| chain.seat(*place);
        Shortage {
            people: seats.iter().flat_map(|place| of(place).people.iter().cloned()).collect(),
            need: seats.iter().map(|place| of(place).need).sum(),
            missing: lack.missing,
            seats,
        }
    }
}
