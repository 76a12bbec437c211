//! Which findings and records block a release, against which blocked it before.

use std::collections::BTreeSet;

use clearway_plan::{Defect, Gate, Guarantee, Plan, Triage};

use crate::Asked;
use crate::change::Change;
use crate::conditions::{Weighed, settled};
use crate::formula::{Formula, Measures, Rule, State, Truth, counterexample};
use crate::verdict::Verdict;
use crate::words;

/// What a change of the triage of a gate comes to. Rules that nobody agreed to who had agreed to the old ones are weaker, whatever they say.
pub(crate) fn compare(old: (&Plan, &Gate), new: (&Plan, &Gate), asked: &Asked) -> Option<Change> {
    let ((plan, gate), (_, new_gate)) = (old, new);
    let change = |verdict| {
        Change::new(verdict, Guarantee::Gates, format!("gate `{}`, what blocks", new_gate.origin.name))
    };
    let told = |triage: &Triage| {
        let rules = triage.blockers.iter().map(|rule| words::condition(&rule.condition)).collect::<Vec<_>>();
        let defects = triage.defects.iter().map(|defect| {
            let Defect { when, owner, within } = defect;
            format!("{} waits for `{owner}` {}", words::condition(&when.condition), words::within(within))
        });
        let rules = rules.join(" or ");
        let rules = std::iter::once(format!("blocks {rules}")).chain(defects);
        format!("{} (agreed by `{}`)", rules.collect::<Vec<_>>().join("; "), triage.agreed_by)
    };
    let origin = |triage: &Triage| clearway_plan::Origin::new("triage", &triage.name);
    match (&gate.triage, &new_gate.triage) {
        (None, None) => None,
        (Some(old), None) => {
            let change = change(Verdict::Weaker).between(Some(told(old)), None).from(&origin(old), &[]);
            Some(change.witness("no finding blocks the release any more".to_owned()))
        }
        (None, Some(new)) => {
            let change = change(Verdict::Stronger).between(None, Some(told(new))).to(&origin(new), &[]);
            Some(change.witness("findings can now block the release".to_owned()))
        }
        (Some(old), Some(new)) if is_same(old, new) && old.name == new.name => None,
        (Some(old), Some(new)) if is_same(old, new) => {
            let change = change(Verdict::Neutral).between(Some(old.name.clone()), Some(new.name.clone()));
            Some(change.from(&origin(old), &[]).to(&origin(new), &[]))
        }
        (Some(old), Some(new)) => {
            let members = plan.groups.get(&old.agreed_by).map(|group| &group.members);
            let is_agreed =
                members.is_some_and(|members| members.iter().any(|member| asked.agreed.contains(member)));
            let Weighed { verdict, witness, .. } = if is_agreed {
                weigh(old, new)
            } else {
                let who = &old.agreed_by;
                let witness =
                    format!("`{who}` agreed on what blocks, and nobody of it has agreed to this change");
                Weighed { verdict: Verdict::Weaker, witness: Some(witness), is_same: false }
            };
            let change = change(verdict).between(Some(told(old)), Some(told(new))).witness(witness);
            Some(change.from(&origin(old), &[]).to(&origin(new), &[]))
        }
    }
}

/// The same rules, however they are written.
fn is_same(old: &Triage, new: &Triage) -> bool {
    let defects = |triage: &Triage| -> Vec<_> {
        let plain = |one: &Defect| (one.when.condition.clone(), one.owner.clone(), one.within.clone());
        triage.defects.iter().map(plain).collect()
    };
    old.agreed_by == new.agreed_by
        && defects(old) == defects(new)
        && weigh(old, new).verdict == Verdict::Neutral
}

/// What blocked is what still blocks, or not.
fn weigh(old: &Triage, new: &Triage) -> Weighed {
    let mut measures = Measures::default();
    let (old, new) = (Rules::of(old, &mut measures), Rules::of(new, &mut measures));
    let (lets_old, lets_new) = (old.lets_through(&measures), new.lets_through(&measures));
    let more = counterexample(&measures, std::slice::from_ref(&lets_new), &lets_old);
    let less = counterexample(&measures, std::slice::from_ref(&lets_old), &lets_new);
    settled(more, less)
}

/// The rules of a triage as formulas.
struct Rules {
    blockers: Vec<Formula>,
    defects: Vec<Formula>,
}

impl Rules {
    fn of(triage: &Triage, measures: &mut Measures) -> Self {
        let blockers = triage.blockers.iter().map(|rule| measures.read(&rule.condition, None)).collect();
        let defects = triage.defects.iter().map(|rule| measures.read(&rule.when.condition, None)).collect();
        Self { blockers, defects }
    }

    /// A finding does not block: no blocker may be about it, and some rule says who mends it.
    fn lets_through<'r>(&'r self, measures: &'r Measures) -> Rule<'r> {
        let mut about = BTreeSet::new();
        self.blockers.iter().chain(&self.defects).for_each(|formula| formula.measures(&mut about));
        let holds = move |case: &[State]| {
            let free = self.blockers.iter().all(|rule| {
                matches!(rule.truth(case, measures), Truth::Not | Truth::Unknown { fails: true })
            });
            free && self.defects.iter().any(|rule| rule.truth(case, measures) == Truth::Holds)
        };
        Rule { measures: about, holds: Box::new(holds) }
    }
}
