//! Who must agree before an environment is reached.
//!
//! Two chains are compared by who suffices: the sets of people who can together fill all that is asked, with who wrote the change and who
//! deploys it. A new chain is weaker where somebody suffices who did not before, in some case of what its steps depend on; names of steps
//! and the order in which they are asked let nobody through. What it lets through in time, and which gates must have passed before
//! anybody is asked, is compared step by step.

mod asked;
mod logins;
mod steps;
mod suffice;

use clearway_plan::{Guarantee, Plan, Release};

use crate::change::Change;
use crate::conditions;
use crate::formula::{Formula, Measures, State, Truth, every_case};
use crate::verdict::Verdict;

use asked::Asking;
use suffice::{Newly, newly};

pub(crate) use logins::compare as logins;

/// What is asked before an environment on one side: the plan, the release, and the steps of chains with their chain.
pub(crate) type Side<'s, 'p> = (&'p Plan, &'p Release, &'s [(&'p str, &'p str)]);

/// What is changed about who must agree, on a way on which somebody asks for the change, or on the way back, on which nobody does.
pub(crate) fn compare(old: Side<'_, '_>, new: Side<'_, '_>, is_asked_for: bool) -> Vec<Change> {
    let (before, after) = (Asking::of(old), Asking::of(new));
    let mut changes: Vec<Change> = Vec::new();
    let change = |verdict, about: &str| {
        let names = [&after, &before].into_iter().find_map(|asking| asking.chain.map(|(name, _)| name));
        let subject = names.map_or_else(|| "approval".to_owned(), |name| format!("approval `{name}`"));
        let change = Change::new(verdict, Guarantee::Approvals, format!("{subject}{about}"));
        change.between(before.chain.map(|_| before.told()), after.chain.map(|_| after.told()))
    };
    let placed = |mut change: Change, field: &str| {
        let step = steps::differing(&before, &after);
        let within: Vec<&str> = step.iter().map(String::as_str).chain([field]).collect();
        if let Some((_, chain)) = before.chain {
            change = change.from(&chain.origin, &within);
        }
        if let Some((_, chain)) = after.chain {
            change = change.to(&chain.origin, &within);
        }
        change
    };
    match who_suffices(&before, &after, is_asked_for) {
        (Verdict::Neutral, _) => {}
        (verdict, witness) => changes.push(placed(change(verdict, "").witness(witness), "need")),
    }
    for difference in steps::compare(&before, &after) {
        let about = format!(", {}", difference.about);
        let mut told = change(difference.verdict, &about).witness(difference.witness);
        (told.old, told.new) = (difference.old, difference.new);
        if let Some((_, chain)) = before.chain {
            told = told.from(&chain.origin, &[&difference.step, difference.field]);
        }
        if let Some((_, chain)) = after.chain {
            told = told.to(&chain.origin, &[&difference.step, difference.field]);
        }
        changes.push(told);
    }
    // What lets the same people through is still told where it is asked otherwise.
    if changes.is_empty() && before.shape() != after.shape() {
        changes.push(placed(change(Verdict::Neutral, ""), "step"));
    }
    changes
}

/// Who newly suffices, and who no longer does, in any case of the conditions of the steps.
fn who_suffices(before: &Asking<'_>, after: &Asking<'_>, is_asked_for: bool) -> (Verdict, Option<String>) {
    let mut measures = Measures::default();
    let mut read = |asking: &Asking<'_>| -> Vec<Option<Formula>> {
        let when = asking.steps.iter().map(|step| step.rule.when.as_ref());
        when.map(|when| when.map(|condition| measures.read(condition, None))).collect()
    };
    let (old_when, new_when) = (read(before), read(after));
    let mut about = std::collections::BTreeSet::new();
    old_when.iter().chain(&new_when).flatten().for_each(|formula| formula.measures(&mut about));
    let Some(cases) = every_case(&measures, &about) else {
        return (Verdict::Incomparable, Some(conditions::TOO_MANY.to_owned()));
    };
    // A condition of which nobody can tell whether it holds frees nobody from asking.
    let is_asked = |when: &Option<Formula>, case: &[State]| {
        let free = |formula: &Formula| {
            matches!(formula.truth(case, &measures), Truth::Not | Truth::Unknown { fails: true })
        };
        !when.as_ref().is_some_and(free)
    };
    let active = |whens: &[Option<Formula>], case: &[State]| -> Vec<usize> {
        (0..whens.len()).filter(|at| is_asked(&whens[*at], case)).collect()
    };
    let mut seen = std::collections::BTreeSet::new();
    let (mut more, mut less, mut unknown) = (None, None, false);
    for case in &cases {
        let steps = (active(&old_when, case), active(&new_when, case));
        if !seen.insert(steps.clone()) {
            continue;
        }
        let where_ = || {
            let told: Vec<String> = about.iter().map(|at| measures.told(*at, &case[*at])).collect();
            if told.is_empty() { String::new() } else { format!("where {}, ", told.join(" and ")) }
        };
        let (old, new) = (before.way(&steps.0, is_asked_for), after.way(&steps.1, is_asked_for));
        match newly(&old, &new) {
            Newly::Suffices(who, fewest) => {
                let before =
                    fewest.map_or(String::new(), |fewest| format!("; before, no fewer than {fewest} did"));
                more = more.or_else(|| Some(format!("{}{who}{before}", where_())));
            }
            Newly::Nobody => {}
            Newly::Unknown => unknown = true,
        }
        match newly(&new, &old) {
            Newly::Suffices(who, _) => less = less.or_else(|| Some(format!("{}{who}", where_()))),
            Newly::Nobody => {}
            Newly::Unknown => unknown = true,
        }
    }
    if unknown {
        return (Verdict::Incomparable, Some("too many people may agree to tell who suffices".to_owned()));
    }
    let verdict = Verdict::of(more.is_some(), less.is_some());
    let witness = match (more, less) {
        (Some(more), _) => Some(format!("now {more}")),
        (None, Some(less)) => Some(format!("no longer {less}")),
        (None, None) => None,
    };
    (verdict, witness)
}

/// The class of a change decides whether steps are asked that depend on its risk: the less risky, the fewer are.
pub(crate) fn class(old: (&Release, bool), new: (&Release, bool)) -> Option<Change> {
    let ((before, was_asked), (after, is_asked)) = (old, new);
    if before.class == after.class {
        return None;
    }
    let rank = |release: &Release| match release.class.as_str() {
        "standard" => 0,
        "emergency" => 2,
        _ => 1,
    };
    let matters = was_asked && is_asked;
    let verdict = if matters { Verdict::of_limit(&rank(after), &rank(before)) } else { Verdict::Neutral };
    let guarantee = matters.then_some(Guarantee::Approvals);
    let change = Change::new(verdict, guarantee, format!("class of release `{}`", after.name));
    let witness = match verdict {
        Verdict::Weaker => Some("its risk is counted lower, so a step may not be asked that was".to_owned()),
        Verdict::Stronger => {
            Some("its risk is counted higher, so a step may be asked that was not".to_owned())
        }
        _ => None,
    };
    let change = change.between(Some(before.class.clone()), Some(after.class.clone())).witness(witness);
    let origin = |release: &Release| clearway_plan::Origin::new("release", &release.name);
    Some(change.from(&origin(before), &["class"]).to(&origin(after), &["class"]))
}

/// Whether a chain has a step that is asked only sometimes.
pub(crate) fn is_conditional(side: Side<'_, '_>) -> bool {
    Asking::of(side).steps.iter().any(|step| step.rule.when.is_some())
}
