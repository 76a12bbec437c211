//! Who suffices now and did not before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use clearway_plan::Duty;
use clearway_quorum::{Chain, Name, Refusal, Seat, Step, staff};

use super::asked::Sufficient;
use crate::words;

/// How many sets of people are tried.
const BUDGET: usize = 20_000;

/// Whether somebody suffices for a new way who does not for an old one.
pub(super) enum Newly {
    /// They do; who they are for a reader, and how few suffice for the old way, where that is known.
    Suffices(String, Option<u32>),
    /// Nobody does.
    Nobody,
    /// There are too many people to tell.
    Unknown,
}

/// People who agree, with who wrote the change and who deploys it. Without a name it is somebody who may not agree to anything.
struct Case<'c> {
    people: &'c [&'c Name],
    author: Option<&'c Name>,
    deployer: Option<&'c Name>,
    /// Whoever wrote it deploys it too.
    is_one: bool,
}

/// Those who newly suffice.
struct Who {
    people: Vec<Name>,
    author: Option<Name>,
    deployer: Option<Name>,
    is_one: bool,
}

/// Looks for people who suffice for the new way, and not for the old one.
pub(super) fn newly(old: &Sufficient, new: &Sufficient) -> Newly {
    // For a way that nobody can go, nobody suffices.
    if dominates(new, old) || matches!(staff(&new.chain), Err(Refusal::Short(_))) {
        return Newly::Nobody;
    }
    // Where the same is kept apart, seats that have nobody in common are filled each for itself: who newly suffices does so for some of them.
    let mut islands = islands(&old.chain, &new.chain);
    if old.apart != new.apart {
        islands = vec![islands.into_iter().flatten().collect()];
    }
    let of = |way: &Sufficient, people: &BTreeSet<Name>| Sufficient {
        chain: on(&way.chain, people),
        apart: way.apart.clone(),
        is_asked_for: way.is_asked_for,
    };
    let mut unknown = false;
    for (at, people) in islands.iter().enumerate() {
        match newly_on(&of(old, people), &of(new, people)) {
            Ok(None) => {}
            Err(Exhausted) => unknown = true,
            Ok(Some(mut who)) => {
                let others = islands.iter().enumerate().filter(|(other, _)| *other != at);
                others.for_each(|(_, people)| who.people.extend(few(&on(&new.chain, people), people)));
                return Newly::Suffices(who.to_string(), staff(&old.chain).ok());
            }
        }
    }
    if unknown { Newly::Unknown } else { Newly::Nobody }
}

fn newly_on(old: &Sufficient, new: &Sufficient) -> Result<Option<Who>, Exhausted> {
    if dominates(new, old) {
        return Ok(None);
    }
    let classes = classes(&[&old.chain, &new.chain]);
    let seats = new.chain.steps.iter().flat_map(|step| &step.seats);
    let need: usize = seats.map(|seat| seat.need as usize).sum();
    let mut search = Search { old, new, classes: &classes, budget: BUDGET, sufficient: Vec::new() };
    // The fewest first: they are the clearest witness.
    for size in 0..=need {
        let found = search.choose(0, size, &mut vec![0; classes.len()])?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// A few of some people who fill a chain: none of them can be left out.
fn few(chain: &Chain, people: &BTreeSet<Name>) -> Vec<Name> {
    let mut few: Vec<&Name> = people.iter().collect();
    for person in people {
        let rest: Vec<&Name> = few.iter().copied().filter(|other| *other != person).collect();
        if fills(chain, &rest, &[]) {
            few = rest;
        }
    }
    few.into_iter().cloned().collect()
}

/// Sets of people of whom none has a seat beside one of another set, on either side. A seat of nobody makes a set of its own.
fn islands(old: &Chain, new: &Chain) -> Vec<BTreeSet<Name>> {
    let seats = [old, new].into_iter().flat_map(|chain| &chain.steps).flat_map(|step| &step.seats);
    let mut islands: Vec<BTreeSet<Name>> = Vec::new();
    for seat in seats {
        let (near, mut apart): (Vec<_>, Vec<_>) = islands
            .into_iter()
            .partition(|island| !island.is_disjoint(&seat.people) || *island == seat.people);
        apart.push(near.into_iter().flatten().chain(seat.people.iter().cloned()).collect());
        islands = apart;
    }
    islands
}

/// The seats of a chain that some people have.
fn on(chain: &Chain, people: &BTreeSet<Name>) -> Chain {
    let has =
        |seat: &&Seat| if seat.people.is_empty() { people.is_empty() } else { seat.people.is_subset(people) };
    let steps =
        chain.steps.iter().map(|step| Step { seats: step.seats.iter().filter(has).cloned().collect() });
    Chain { steps: steps.filter(|step| !step.seats.is_empty()).collect(), apart: chain.apart }
}

/// People who have the same seats on both sides are alike.
fn classes<'c>(chains: &[&'c Chain]) -> Vec<Vec<&'c Name>> {
    let mut seats: BTreeMap<&Name, Vec<usize>> = BTreeMap::new();
    let all = chains.iter().flat_map(|chain| &chain.steps).flat_map(|step| &step.seats);
    for (at, seat) in all.enumerate() {
        seat.people.iter().for_each(|person| seats.entry(person).or_default().push(at));
    }
    let mut classes: BTreeMap<Vec<usize>, Vec<&Name>> = BTreeMap::new();
    for (person, seats) in seats {
        classes.entry(seats).or_default().push(person);
    }
    classes.into_values().collect()
}

/// Whether whoever suffices for one way plainly suffices for another: each step that this asks has one there that asks no less.
fn dominates(one: &Sufficient, other: &Sufficient) -> bool {
    if !one.apart.is_superset(&other.apart) {
        return false;
    }
    let mut free: Vec<usize> = (0..one.chain.steps.len()).collect();
    other.chain.steps.iter().all(|step| {
        let asks = |at: &usize| {
            step.seats.iter().all(|seat| {
                let fills = &one.chain.steps[*at].seats;
                fills.iter().any(|fill| fill.need >= seat.need && fill.people.is_subset(&seat.people))
            })
        };
        let found = free.iter().position(asks);
        found.map(|at| free.swap_remove(at)).is_some()
    })
}

/// Too many sets were tried.
struct Exhausted;

struct Search<'s> {
    old: &'s Sufficient,
    new: &'s Sufficient,
    classes: &'s [Vec<&'s Name>],
    budget: usize,
    /// Those that suffice for the new way, by how many there are of each class; more of them are no new case.
    sufficient: Vec<Vec<usize>>,
}

impl Search<'_> {
    /// Tries every set of a size, class after class.
    fn choose(
        &mut self,
        class: usize,
        left: usize,
        chosen: &mut Vec<usize>,
    ) -> Result<Option<Who>, Exhausted> {
        if class == self.classes.len() {
            return if left == 0 { self.judge(chosen) } else { Ok(None) };
        }
        for number in (0..=left.min(self.classes[class].len())).rev() {
            chosen[class] = number;
            if let Some(who) = self.choose(class + 1, left - number, chosen)? {
                return Ok(Some(who));
            }
        }
        chosen[class] = 0;
        Ok(None)
    }

    fn judge(&mut self, chosen: &[usize]) -> Result<Option<Who>, Exhausted> {
        let is_more = |known: &Vec<usize>| known.iter().zip(chosen).all(|(known, chosen)| known <= chosen);
        if self.sufficient.iter().any(is_more) {
            return Ok(None);
        }
        self.budget = self.budget.checked_sub(1).ok_or(Exhausted)?;
        let agree: Vec<&Name> = self
            .classes
            .iter()
            .zip(chosen)
            .flat_map(|(class, number)| class.iter().take(*number).copied())
            .collect();
        if !fills(&self.new.chain, &agree, &[]) {
            return Ok(None);
        }
        self.sufficient.push(chosen.to_vec());
        Ok(cases(&agree, self.new.is_asked_for)
            .find(|case| suffices(self.new, case) && !suffices(self.old, case))
            .map(|case| Who {
                people: case.people.iter().map(|name| (*name).clone()).collect(),
                author: case.author.cloned(),
                deployer: case.deployer.cloned(),
                is_one: case.is_one,
            }))
    }
}

/// For a reader: `one approval suffices, that of ben`.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.people.as_slice() {
            [] => f.write_str("nobody has to agree"),
            [one] => write!(f, "one approval suffices, that of `{one}`"),
            several => write!(f, "{} suffice", words::names(several)),
        }?;
        if let Some(author) = &self.author {
            write!(f, ", and `{author}` may be the one who wrote the change")?;
        }
        if let Some(deployer) = &self.deployer {
            write!(f, ", and `{deployer}` may be the one who deploys it")?;
        }
        if self.is_one { f.write_str(", and whoever wrote the change may deploy it") } else { Ok(()) }
    }
}

/// Who of those who agree may be the author or the deployer, or neither.
fn cases<'c>(people: &'c [&'c Name], is_asked_for: bool) -> impl Iterator<Item = Case<'c>> {
    let one_of = move || std::iter::once(None).chain(people.iter().copied().map(Some));
    let authors: Vec<Option<&Name>> = if is_asked_for { one_of().collect() } else { vec![None] };
    authors.into_iter().flat_map(move |author| {
        one_of().flat_map(move |deployer| {
            let ones = match (author, deployer) {
                _ if !is_asked_for => vec![false],
                (None, None) => vec![false, true],
                (one, other) => vec![one == other],
            };
            ones.into_iter().map(move |is_one| Case { people, author, deployer, is_one })
        })
    })
}

fn suffices(way: &Sufficient, case: &Case<'_>) -> bool {
    let apart = |one: Duty, other: Duty| way.apart.contains(&one) && way.apart.contains(&other);
    if way.is_asked_for && case.is_one && apart(Duty::Author, Duty::Deployer) {
        return false;
    }
    let author = case.author.filter(|_| apart(Duty::Author, Duty::Approver));
    let deployer = case.deployer.filter(|_| apart(Duty::Deployer, Duty::Approver));
    let out: Vec<&Name> = author.into_iter().chain(deployer).collect();
    fills(&way.chain, case.people, &out)
}

/// Whether some people fill a chain, where some of them may not.
fn fills(chain: &Chain, people: &[&Name], out: &[&Name]) -> bool {
    let people: BTreeSet<&Name> = people.iter().copied().filter(|person| !out.contains(person)).collect();
    staff(&chain.without(|person| !people.contains(person))).is_ok()
}
