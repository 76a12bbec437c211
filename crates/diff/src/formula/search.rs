//! The search for a case that tells two sets of rules apart.

use std::collections::BTreeSet;

use super::measures::{Measures, Truth};
use super::state::State;

/// How many cases are tried. Real gates need a few hundred.
const BUDGET: usize = 200_000;

/// Something that holds or does not hold in a case.
pub(crate) struct Rule<'r> {
    /// The measures that it depends on.
    pub measures: BTreeSet<usize>,
    /// Whether it holds.
    pub holds: Holds<'r>,
}

/// What a rule says of a case.
type Holds<'r> = Box<dyn Fn(&[State]) -> bool + 'r>;

impl<'r> Rule<'r> {
    /// A formula holds: what nobody knows does not.
    pub(crate) fn of(formula: &'r super::Formula, measures: &'r Measures) -> Self {
        let mut about = BTreeSet::new();
        formula.measures(&mut about);
        let holds = move |case: &[State]| formula.truth(case, measures) == Truth::Holds;
        Self { measures: about, holds: Box::new(holds) }
    }
}

/// What a search comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// There is such a case; it is told for a reader.
    Case(String),
    /// There is none.
    None,
    /// There are too many cases to tell.
    Unknown,
}

/// A case in which all premises hold, and the conclusion does not.
pub(crate) fn counterexample(measures: &Measures, premises: &[Rule<'_>], conclusion: &Rule<'_>) -> Found {
    let mut about = conclusion.measures.clone();
    let mut near: Vec<&Rule<'_>> = Vec::new();
    let mut far: Vec<&Rule<'_>> = premises.iter().collect();
    // What shares no measure with the conclusion, not even over others, can hold or not on its own.
    while let Some(next) = far.iter().position(|rule| measures.touch(&rule.measures, &about)) {
        let rule = far.swap_remove(next);
        about.extend(&rule.measures);
        near.push(rule);
    }
    let breaks = |case: &[State]| !(conclusion.holds)(case);
    let mut search = Search { measures, budget: BUDGET };
    let found = match search.run(&about, &near, &breaks) {
        Ok(Some(case)) => case,
        Ok(None) => return Found::None,
        Err(Exhausted) => return Found::Unknown,
    };
    while let Some(first) = far.pop() {
        let mut about = first.measures.clone();
        let mut island = vec![first];
        while let Some(next) = far.iter().position(|rule| measures.touch(&rule.measures, &about)) {
            let rule = far.swap_remove(next);
            about.extend(&rule.measures);
            island.push(rule);
        }
        match search.run(&about, &island, &|_| true) {
            Ok(Some(_)) => {}
            // The premises never hold, so they ask for everything.
            Ok(None) => return Found::None,
            Err(Exhausted) => return Found::Unknown,
        }
    }
    let told = conclusion.measures.iter().map(|at| measures.told(*at, &found[*at]));
    Found::Case(told.collect::<Vec<_>>().join(" and "))
}

/// Every case of some measures; nothing where there are too many.
pub(crate) fn every_case(measures: &Measures, about: &BTreeSet<usize>) -> Option<Vec<Vec<State>>> {
    let mut cases = vec![vec![State::Nothing; about.last().map_or(0, |last| last + 1)]];
    for at in about {
        let states = measures.cases(*at);
        if cases.len() * states.len() > BUDGET / 100 {
            return None;
        }
        cases = cases
            .iter()
            .flat_map(|case| {
                states.iter().map(|state| {
                    let mut case = case.clone();
                    case[*at] = state.clone();
                    case
                })
            })
            .collect();
    }
    Some(cases)
}

/// Too many cases were tried.
struct Exhausted;

struct Search<'m> {
    measures: &'m Measures,
    budget: usize,
}

impl Search<'_> {
    /// A case in which all rules hold, and what is wanted.
    fn run(
        &mut self,
        about: &BTreeSet<usize>,
        rules: &[&Rule<'_>],
        wanted: &dyn Fn(&[State]) -> bool,
    ) -> Result<Option<Vec<State>>, Exhausted> {
        let order: Vec<usize> = about.iter().copied().collect();
        let cases: Vec<Vec<State>> = order.iter().map(|at| self.measures.cases(*at)).collect();
        // A rule is looked at as soon as the last of its measures is chosen.
        let last = |rule: &Rule<'_>| rule.measures.last().and_then(|last| order.binary_search(last).ok());
        let mut due: Vec<Vec<&Rule<'_>>> = order.iter().map(|_| Vec::new()).collect();
        for rule in rules {
            match last(rule) {
                Some(at) => due[at].push(rule),
                None if !(rule.holds)(&[]) => return Ok(None),
                None => {}
            }
        }
        let mut case = vec![State::Nothing; about.last().map_or(0, |last| last + 1)];
        let found = self.choose(0, &order, &cases, &due, wanted, &mut case)?;
        Ok(found.then_some(case))
    }

    fn choose(
        &mut self,
        depth: usize,
        order: &[usize],
        cases: &[Vec<State>],
        due: &[Vec<&Rule<'_>>],
        wanted: &dyn Fn(&[State]) -> bool,
        case: &mut Vec<State>,
    ) -> Result<bool, Exhausted> {
        let Some(at) = order.get(depth) else { return Ok(wanted(case)) };
        for state in &cases[depth] {
            self.budget = self.budget.checked_sub(1).ok_or(Exhausted)?;
            let fits = order[..depth]
                .iter()
                .all(|other| self.measures.can_be((*at, state), (*other, &case[*other])));
            if !fits {
                continue;
            }
            case[*at] = state.clone();
            let holds = due[depth].iter().all(|rule| (rule.holds)(case));
            if holds && self.choose(depth + 1, order, cases, due, wanted, case)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
