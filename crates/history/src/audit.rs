//! What an auditor asks of every production change, and which answers are missing.

use std::collections::BTreeSet;

use clearway_plan::{Duty, PathKind, Plan};
use serde::Serialize;

use crate::change::{Change, Deployment};

/// Something that a change cannot show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// The run.
    pub run: String,
    /// What is missing.
    pub missing: Missing,
    /// In words.
    pub why: String,
}

/// What can be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// No record names a change request, or what it names has another form than requests have.
    Request,
    /// No key that the project trusts has signed a record.
    Signature,
    /// No record names who asked for it.
    Requester,
    /// An approval that the plan asks for was not given before the deployment.
    Approval,
    /// One person was author and approver, or deployer and approver.
    Separation,
    /// A gate that the plan asks for did not pass for what was deployed.
    Gate,
    /// The artifact has no digest.
    Digest,
    /// Something began and never ended.
    Outcome,
    /// The run follows a plan that is not at hand, so what it needed cannot be told.
    Plan,
}

/// Looks at every change that reached production. `plan` is the plan at hand with its digest; a change of another plan is judged by
/// its records alone, and that is a finding.
pub fn audit(changes: &[Change], production: &BTreeSet<String>, plan: Option<(&Plan, &str)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Which requests there are is said of the project, whichever plan a change followed.
    let form = plan.and_then(|(plan, _)| plan.retrospective.as_ref()?.audit.as_ref());
    for change in changes {
        let deployed: Vec<&Deployment> = change.deployed_in(production).collect();
        if deployed.is_empty() {
            continue;
        }
        let mut find = |missing, why: String| {
            let finding = Finding { run: change.run.clone(), missing, why };
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        };
        match &change.request {
            None => find(Missing::Request, "no record names the change request".to_owned()),
            Some(request) if form.is_some_and(|form| !form.is_request(request)) => {
                find(Missing::Request, format!("`{request}` has not the form of a change request"));
            }
            Some(_) => {}
        }
        if change.requested_by.is_none() {
            find(Missing::Requester, "no record names who asked for it".to_owned());
        }
        for step in &change.open {
            find(Missing::Outcome, format!("`{step}` began, and nothing says how it ended"));
        }
        for one in deployed.iter().filter(|one| one.digest.is_none() && one.to.is_some()) {
            let why = format!("`{}` went to `{}` without a digest", one.service, one.environment);
            find(Missing::Digest, why);
        }
        let plan = plan.filter(|(_, digest)| *digest == change.plan).map(|(plan, _)| plan);
        separation(change, plan, &mut find);
        match plan {
            Some(plan) => required(plan, change, &deployed, &mut find),
            None => find(Missing::Plan, format!("its plan {} is not at hand", change.plan)),
        }
    }
    findings
}

/// People in two parts, which the chain keeps apart; of a chain that is not at hand, it is taken that it does.
fn separation(change: &Change, plan: Option<&Plan>, find: &mut impl FnMut(Missing, String)) {
    for consent in change.approvals.iter().filter(|consent| consent.result == "given") {
        let chain = plan.and_then(|plan| plan.approvals.get(&consent.chain));
        let apart = |duty| {
            chain.is_none_or(|chain| {
                chain.separate.contains(&duty) && chain.separate.contains(&Duty::Approver)
            })
        };
        for person in &consent.people {
            let (step, environment) = (&consent.step, &consent.environment);
            let mut both = |part: &str| {
                let why = format!("{person} agreed in `{step}` before `{environment}`, and {part}");
                find(Missing::Separation, why);
            };
            if apart(Duty::Author) && consent.authors.contains(person) {
                both("wrote a commit of it");
            }
            if apart(Duty::Author) && change.requested_by.as_ref() == Some(person) {
                both("asked for it");
            }
            if apart(Duty::Deployer) && consent.deployer.as_ref() == Some(person) {
                both("started the run");
            }
        }
    }
}

/// What the plan asks before each stage that the change reached.
fn required(plan: &Plan, change: &Change, deployed: &[&Deployment], find: &mut impl FnMut(Missing, String)) {
    let Some(release) = plan.release(&change.release) else {
        return find(Missing::Plan, format!("the plan has no release `{}`", change.release));
    };
    let reached: BTreeSet<&str> = deployed.iter().map(|one| one.environment.as_str()).collect();
    for environment in reached {
        let Some(stage) = release.stage(environment) else {
            find(Missing::Plan, format!("the plan has no stage in `{environment}`"));
            continue;
        };
        let first = deployed.iter().filter(|one| one.environment == environment).map(|one| one.began).min();
        let chain = match change.path {
            PathKind::Release => stage.approval.as_ref(),
            PathKind::Emergency => stage.emergency.as_ref(),
            PathKind::Rollback => release.rollback.as_ref(),
        };
        for (name, step) in chain
            .and_then(|name| Some((name, plan.approvals.get(name)?)))
            .into_iter()
            .flat_map(|(name, chain)| chain.steps.iter().map(move |step| (name, step)))
        {
            let given = change.approvals.iter().any(|consent| {
                consent.environment == environment
                    && consent.chain == *name
                    && consent.step == step.name
                    && matches!(consent.result.as_str(), "given" | "not-required")
                    && first.is_none_or(|first| consent.at <= first)
            });
            if !given {
                let why = format!("step `{}` of `{name}` was not given before `{environment}`", step.name);
                find(Missing::Approval, why);
            }
        }
        if change.path == PathKind::Rollback {
            continue;
        }
        for gate in &stage.gates {
            let passed = change.gates.iter().any(|decided| {
                decided.environment == environment
                    && decided.gate == *gate
                    && decided.result == "pass"
                    && first.is_none_or(|first| decided.at <= first)
            });
            if !passed {
                find(Missing::Gate, format!("gate `{gate}` did not pass before `{environment}`"));
            }
        }
    }
}
