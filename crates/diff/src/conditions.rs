//! Lists of conditions that must all hold, against other such lists.

use clearway_plan::{Condition, Watch};

use crate::formula::{Formula, Found, Measures, Rule, counterexample};
use crate::verdict::Verdict;
use crate::words;

/// What is said of something that cannot be decided.
pub(crate) const TOO_MANY: &str = "there are too many cases to tell what it lets through";

/// Conditions that must all hold, each with the time over which it is measured.
#[derive(Default)]
pub(crate) struct Conditions<'c>(Vec<(&'c Condition, Option<u64>)>);

/// What comes of a comparison, with a case that is decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weighed {
    pub verdict: Verdict,
    pub witness: Option<String>,
    /// Each condition has one on the other side that holds exactly where it does.
    pub is_same: bool,
}

impl<'c> Conditions<'c> {
    pub(crate) fn of(conditions: &'c [Condition]) -> Self {
        Self(conditions.iter().map(|condition| (condition, None)).collect())
    }

    pub(crate) fn watched(watches: impl IntoIterator<Item = &'c Watch>) -> Self {
        Self(watches.into_iter().map(|watch| (&watch.require.condition, Some(watch.over))).collect())
    }

    fn read(&self, measures: &mut Measures) -> Vec<Formula> {
        self.0.iter().map(|(condition, over)| measures.read(condition, *over)).collect()
    }

    /// Those that are not among others, for a reader; nothing where there are none.
    pub(crate) fn apart_from(&self, others: &Self) -> Option<String> {
        let apart = self.0.iter().filter(|one| !others.0.contains(one));
        let told: Vec<String> = apart
            .map(|(condition, over)| {
                let over = over.map(|over| format!(" over {}", words::seconds(over))).unwrap_or_default();
                format!("{}{over}", words::condition(condition))
            })
            .collect();
        (!told.is_empty()).then(|| told.join(" and "))
    }
}

/// What new conditions let through that old ones do not, and the other way round.
pub(crate) fn weigh(old: &Conditions<'_>, new: &Conditions<'_>) -> Weighed {
    let mut measures = Measures::default();
    let (old, new) = (old.read(&mut measures), new.read(&mut measures));
    let old: Vec<Rule<'_>> = old.iter().map(|formula| Rule::of(formula, &measures)).collect();
    let new: Vec<Rule<'_>> = new.iter().map(|formula| Rule::of(formula, &measures)).collect();
    let breaks = |premises: &[Rule<'_>], conclusions: &[Rule<'_>]| {
        let found = conclusions.iter().map(|conclusion| counterexample(&measures, premises, conclusion));
        found.fold(Found::None, |before, found| match (&before, &found) {
            (Found::Case(_), _) | (Found::Unknown, Found::None) => before,
            _ => found,
        })
    };
    let weighed = settled(breaks(&new, &old), breaks(&old, &new));
    let implies = |one: &Rule<'_>, other: &Rule<'_>| {
        counterexample(&measures, std::slice::from_ref(one), other) == Found::None
    };
    let has_its_like = |one: &Rule<'_>, others: &[Rule<'_>]| {
        others.iter().any(|other| implies(one, other) && implies(other, one))
    };
    let is_same =
        || old.iter().all(|one| has_its_like(one, &new)) && new.iter().all(|one| has_its_like(one, &old));
    Weighed { is_same: weighed.verdict == Verdict::Neutral && is_same(), ..weighed }
}

/// The verdict on what is newly let through, and on what is no longer.
pub(crate) fn settled(more: Found, less: Found) -> Weighed {
    let (verdict, witness) = match (more, less) {
        (Found::Unknown, _) | (_, Found::Unknown) => (Verdict::Incomparable, Some(TOO_MANY.to_owned())),
        (Found::None, Found::None) => (Verdict::Neutral, None),
        (Found::Case(more), Found::None) => (Verdict::Weaker, Some(format!("it now passes where {more}"))),
        (Found::None, Found::Case(less)) => {
            (Verdict::Stronger, Some(format!("it no longer passes where {less}")))
        }
        (Found::Case(more), Found::Case(less)) => {
            (Verdict::Incomparable, Some(format!("it now passes where {more}, and no longer where {less}")))
        }
    };
    Weighed { is_same: verdict == Verdict::Neutral, verdict, witness }
}
