//! What is asked before an environment, with the people who may answer.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Approval, ApprovalStep, Duty, From, Plan, Release};
use clearway_quorum::{Chain, Name, Seat, Step};

use super::Side;
use crate::words;

/// The steps that are asked before an environment.
pub(super) struct Asking<'p> {
    /// The chain, with its name; none where nobody is asked.
    pub chain: Option<(&'p str, &'p Approval)>,
    pub steps: Vec<AskedStep<'p>>,
}

/// A step, with its seats: whose people they are, and how many of them must agree.
pub(super) struct AskedStep<'p> {
    pub rule: &'p ApprovalStep,
    pub seats: Vec<(String, Seat)>,
}

/// Who suffices on a way: a chain, what is kept apart, and whether somebody asks for the change.
pub(super) struct Sufficient {
    pub chain: Chain,
    pub apart: BTreeSet<Duty>,
    pub is_asked_for: bool,
}

impl<'p> Asking<'p> {
    pub(super) fn of((plan, release, asked): Side<'_, 'p>) -> Self {
        let chain = asked.first().and_then(|(name, _)| Some((*name, plan.approvals.get(*name)?)));
        let is_asked = |step: &&ApprovalStep| asked.iter().any(|(_, name)| *name == step.name);
        let steps = chain.iter().flat_map(|(_, chain)| &chain.steps).filter(is_asked);
        let steps = steps.map(|rule| AskedStep { rule, seats: seats(plan, release, rule) });
        Self { chain, steps: steps.collect() }
    }

    /// Who suffices where some of the steps are asked, by number.
    pub(super) fn way(&self, asked: &[usize], is_asked_for: bool) -> Sufficient {
        let apart = self.chain.map(|(_, chain)| chain.separate.clone()).unwrap_or_default();
        let step =
            |at: &usize| Step { seats: self.steps[*at].seats.iter().map(|(_, seat)| seat.clone()).collect() };
        let steps: Vec<Step> = asked.iter().map(step).collect();
        Sufficient { chain: Chain { steps, apart: apart.contains(&Duty::Approver) }, apart, is_asked_for }
    }

    /// For a reader: `1 of each owner, then 3 of change-board`.
    pub(super) fn told(&self) -> String {
        let step = |step: &AskedStep<'_>| {
            let from = match &step.rule.from {
                From::Group(group) => group.as_str(),
                From::Owners => "each owner",
            };
            let when = step.rule.when.as_ref().map(|when| format!(" when {}", words::condition(when)));
            format!("{} of {from}{}", step.rule.need, when.unwrap_or_default())
        };
        let steps: Vec<String> = self.steps.iter().map(step).collect();
        let steps = if steps.is_empty() { "nobody".to_owned() } else { steps.join(", then ") };
        let apart: Vec<&str> =
            self.chain.iter().flat_map(|(_, chain)| &chain.separate).map(|duty| duty.name()).collect();
        let apart = if apart.len() < 2 { "nobody".to_owned() } else { apart.join(", ") };
        if self.steps.is_empty() { steps } else { format!("{steps}; kept apart: {apart}") }
    }

    /// All that is written of it but for who the people are: what differs here is told though it lets the same people through.
    pub(super) fn shape(&self) -> String {
        let steps: Vec<_> = self.steps.iter().map(|step| step.rule).collect();
        let separate = self.chain.map(|(name, chain)| (name, &chain.separate));
        serde_json::json!({ "steps": steps, "chain": separate }).to_string()
    }
}

/// Whose agreement a step asks, and of how many.
fn seats(plan: &Plan, release: &Release, rule: &ApprovalStep) -> Vec<(String, Seat)> {
    let members = |group: &str| -> BTreeSet<Name> {
        plan.groups.get(group).into_iter().flat_map(|group| &group.members).map(Name::from).collect()
    };
    // As when a pipeline asks, a step always asks somebody.
    let need = rule.need.max(1);
    match &rule.from {
        From::Group(group) => {
            let mut people = members(group);
            // Whoever is asked when the others do not answer may answer once their time is over.
            if let (Some(escalate), Some(_)) = (&rule.escalate, &rule.within) {
                match plan.groups.contains_key(escalate) {
                    true => people.extend(members(escalate)),
                    false => drop(people.insert(Name::from(escalate))),
                }
            }
            vec![(group.clone(), Seat { people, need })]
        }
        From::Owners => {
            let ships = release.ships.iter().map(|shipped| &shipped.service).chain(&release.retires);
            let owner =
                |service: &String| plan.artifacts.get(service).and_then(|artifact| artifact.owner.clone());
            let owners: BTreeMap<String, Seat> = ships
                .map(|service| match owner(service) {
                    Some(owner) => (owner.clone(), Seat { people: members(&owner), need }),
                    None => (format!("the owner of {service}"), Seat { people: BTreeSet::new(), need }),
                })
                .collect();
            owners.into_iter().collect()
        }
    }
}
