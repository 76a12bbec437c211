//! The decision on one step of a chain: who counts, who does not, and what is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use clearway_plan::{
    Approval, ApprovalStep, Duty, From, Path, PathKind, Plan, Release, Stage, Step, StepKind, Within,
};
use clearway_schedule::{Calendar, Length};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::source::Review;
use super::{Asked, Authors, Given, is_asked, people};
use crate::answer::{Answer, Table};
use crate::call::Call;
use crate::ledger::{Act, End, Entry, Log};
use crate::risk::Risk;

/// A step that is being verified.
pub(super) struct Verifying<'v> {
    pub call: &'v Call<'v>,
    pub asked: &'v Asked,
    pub release: &'v Release,
    pub path: &'v Path,
    pub stage: &'v Stage,
    pub step: &'v Step,
    pub chain: &'v Approval,
    pub rule: &'v ApprovalStep,
    pub given: &'v Given,
    pub authors: &'v Authors,
    pub log: &'v Log,
}

impl Verifying<'_> {
    pub fn decide(&self, reviews: &[Review]) -> Answer {
        let (step, chain) = (&self.asked.step, &self.asked.chain);
        let risk = Risk::of(self.plan(), self.release, Some(self.stage), self.log, self.call.run);
        if !is_asked(self.rule, &risk) {
            let title =
                format!("approval `{step}` of `{chain}` is not required: the risk is {}", risk.word());
            let mut answer = Answer::holds(title);
            answer.notes = risk.reasons.clone();
            answer.details = self.details("not-required", &BTreeSet::new(), &risk);
            return answer.output("required", "false");
        }
        let mut reasons = self.wrong_run();
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut agreed: BTreeSet<String> = BTreeSet::new();
        let ours = |review: &&Review| review.seats.iter().any(|seat| self.asked.seats.contains(seat));
        for review in reviews.iter().filter(ours) {
            let name = people::person(self.plan(), self.asked.platform, &review.login);
            let verdict = match review.state.as_str() {
                "approved" => self
                    .excluded(&name, review)
                    .map_or_else(|| "counts".to_owned(), |why| format!("does not count: {why}")),
                "rejected" => {
                    reasons.push(format!("{name} has rejected it"));
                    "rejected".to_owned()
                }
                state => format!("does not count: {state}"),
            };
            if verdict == "counts" {
                agreed.insert(name.clone());
            }
            let row = vec![name, review.login.clone(), verdict];
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        reasons.extend(self.quorum(&agreed));
        reasons.extend(self.late());
        let holds = reasons.is_empty();
        let title = format!(
            "approval `{step}` of `{chain}` before `{}` {}",
            self.asked.environment,
            if holds { "is given" } else { "is not given" }
        );
        let details = self.details(if holds { "given" } else { "not-given" }, &agreed, &risk);
        let mut answer = if holds { Answer::holds(title) } else { Answer::stops(title, reasons) };
        answer.table = Table { heads: vec!["person", "login", "approval"], rows };
        answer.details = details;
        answer.output("required", "true")
    }

    fn plan(&self) -> &Plan {
        &self.call.plan.plan
    }

    fn details(&self, result: &str, agreed: &BTreeSet<String>, risk: &Risk) -> Value {
        json!({
            "approval": self.asked.step,
            "chain": self.asked.chain,
            "environment": self.asked.environment,
            "result": result,
            "people": agreed,
            "authors": self.author_names(),
            "deployer": self.deployer(),
            "requires": self.rule.requires,
            "risk": risk.word(),
            "commit": self.asked.commit,
            "subjects": self.asked.subjects,
            "given": self.given,
            "now": self.call.now,
        })
    }

    /// Whether two duties must be of different people.
    fn separates(&self, one: Duty, other: Duty) -> bool {
        self.chain.separate.contains(&one) && self.chain.separate.contains(&other)
    }

    fn author_names(&self) -> BTreeSet<String> {
        let mut names = self.authors.people.clone();
        names.insert(people::named(self.plan(), self.asked.platform, &self.asked.requested_by));
        names
    }

    fn deployer(&self) -> String {
        people::named(self.plan(), self.asked.platform, &self.asked.deployer)
    }

    /// What is wrong before anybody is looked at.
    fn wrong_run(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.asked.attempt != 1 {
            wrong.push(format!("this is attempt {} of the run: approvals of an earlier attempt cannot be told from new ones. Start a new run", self.asked.attempt));
        }
        let own = match self.asked.path {
            PathKind::Release => self.stage.approval.as_ref(),
            PathKind::Emergency => self.stage.emergency.as_ref(),
            PathKind::Rollback => self.release.rollback.as_ref(),
        };
        if own != Some(&self.asked.chain) && self.release.rollback.as_ref() != Some(&self.asked.chain) {
            wrong.push(format!(
                "`{}` does not go by the chain `{}` on the {} path",
                self.asked.environment, self.asked.chain, self.asked.path
            ));
        }
        if self.asked.requested_by.trim().is_empty() && self.asked.path != PathKind::Rollback {
            wrong.push("nobody is named as asking for the change: give `--requested-by`".to_owned());
        }
        if self.separates(Duty::Author, Duty::Approver) {
            wrong.extend(self.authors.unknown.iter().map(|commit| {
                format!("nobody can tell who wrote commit {commit}, and authors must not approve: give the person's e-mail address in the spec")
            }));
        }
        if self.separates(Duty::Author, Duty::Deployer) && self.author_names().contains(&self.deployer()) {
            wrong.push(format!(
                "{} deploys it and is an author of it: somebody else has to start the run",
                self.deployer()
            ));
        }
        wrong.extend(self.earlier_steps_lack());
        wrong.extend(self.required_gates_lack());
        wrong
    }

    /// The gates that must have passed in this run before anybody is asked.
    fn required_gates_lack(&self) -> Vec<String> {
        let passed = |gate: &&String| {
            let decided = self.log.acts().rev().find(|act| {
                act.record.run == self.call.run
                    && act.intent.path == self.asked.path
                    && act.intent.release == self.asked.release
                    && matches!(&act.intent.does, StepKind::Gate { environment, gate: of }
                        if *environment == self.asked.environment && of == *gate)
            });
            decided.is_some_and(|act| act.succeeded() && act.intent.subjects == self.asked.subjects)
        };
        let lacking = self.rule.requires.iter().filter(|gate| !passed(gate));
        lacking
            .map(|gate| {
                format!("gate `{gate}` has not passed in this run for what ships, and this step requires it")
            })
            .collect()
    }

    /// The steps of the chain before this one, of which each must have agreed in this run.
    fn earlier_steps_lack(&self) -> Vec<String> {
        let before = self.chain.steps.iter().take_while(|step| step.name != self.rule.name);
        let lacks = |step: &&ApprovalStep| !self.decided(&step.name).is_some_and(|act| act.succeeded());
        before
            .filter(lacks)
            .map(|step| {
                format!("step `{}` of the chain comes before it, and is not given in this run", step.name)
            })
            .collect()
    }

    /// The last decision on a step of the chain in this run.
    fn decided(&self, step: &str) -> Option<Act<'_>> {
        self.log.acts().rev().find(|act| {
            act.record.run == self.call.run
                && act.intent.path == self.asked.path
                && act.intent.release == self.asked.release
                && matches!(&act.intent.does, StepKind::Approval { environment, chain, step: of }
                    if *environment == self.asked.environment && *chain == self.asked.chain && of == step)
        })
    }

    /// Who agreed to other steps of the chain in this run.
    fn approvers_of_other_steps(&self) -> BTreeSet<String> {
        let others = self.chain.steps.iter().filter(|step| step.name != self.rule.name);
        let acts = others.filter_map(|step| self.decided(&step.name)).filter(Act::succeeded);
        let decisions = acts.filter_map(|act| match act.end {
            Some(End::Outcome(outcome)) => outcome.decision.clone(),
            Some(End::Closed(_)) | None => None,
        });
        let people = decisions.filter_map(|decision| decision["people"].as_array().cloned()).flatten();
        people.filter_map(|name| name.as_str().map(str::to_owned)).collect()
    }

    /// Why a person's approval does not count.
    fn excluded(&self, name: &str, review: &Review) -> Option<String> {
        if !review.is_person {
            return Some("this is no person".to_owned());
        }
        if !self.groups().iter().any(|(_, members)| members.contains(name)) {
            let groups: Vec<String> = self.groups().into_keys().map(|group| format!("`{group}`")).collect();
            return Some(format!("not of {}", groups.join(", ")));
        }
        if self.separates(Duty::Author, Duty::Approver) && self.author_names().contains(name) {
            return Some("an author of the change".to_owned());
        }
        if self.separates(Duty::Deployer, Duty::Approver) && self.deployer() == name {
            return Some("the one who deploys it".to_owned());
        }
        let twice =
            self.chain.separate.contains(&Duty::Approver) && self.approvers_of_other_steps().contains(name);
        twice.then(|| "has approved another step of the chain".to_owned())
    }

    /// Who may agree, by group: the group of the step, or the owners of what ships.
    fn groups(&self) -> BTreeMap<String, BTreeSet<String>> {
        let members = |group: &str| -> BTreeSet<String> {
            self.plan().groups.get(group).map(|group| group.members.clone()).unwrap_or_default()
        };
        match &self.rule.from {
            From::Group(group) => {
                let mut all = members(group);
                // Whoever is asked when they do not answer may answer once their time is over.
                if let (Some(escalate), true) = (&self.rule.escalate, self.is_late()) {
                    all.extend(members(escalate));
                    all.insert(escalate.clone());
                }
                BTreeMap::from([(group.clone(), all)])
            }
            From::Owners => {
                let ships =
                    self.release.ships.iter().map(|shipped| &shipped.service).chain(&self.release.retires);
                let owner = |service: &String| {
                    self.plan().artifacts.get(service).and_then(|artifact| artifact.owner.clone())
                };
                ships.filter_map(owner).map(|owner| (owner.clone(), members(&owner))).collect()
            }
        }
    }

    /// What is missing of the people who must agree.
    fn quorum(&self, agreed: &BTreeSet<String>) -> Vec<String> {
        let mut missing = Vec::new();
        if self.rule.from == From::Owners {
            let ships =
                self.release.ships.iter().map(|shipped| &shipped.service).chain(&self.release.retires);
            let unowned = ships.filter(|service| {
                self.plan().artifacts.get(*service).is_none_or(|artifact| artifact.owner.is_none())
            });
            missing.extend(unowned.map(|service| format!("`{service}` has no owner who could agree")));
        }
        let need = usize::try_from(self.rule.need.max(1)).unwrap_or(usize::MAX);
        let groups = self.groups();
        if groups.is_empty() {
            missing.push("there is nobody who could agree".to_owned());
        }
        missing.extend(groups.iter().filter_map(|(group, members)| {
            let count = members.intersection(agreed).count();
            (count < need).then(|| format!("{need} of `{group}` must agree, and {count} did that count"))
        }));
        missing
    }

    /// When the people were asked: when all that the step needs had ended; the start of the run where nothing of that is recorded. A step
    /// that needs nothing is asked when something else has ended, as the way back is.
    fn asked_at(&self) -> Timestamp {
        let of_run = |act: &Act<'_>| act.record.run == self.call.run && act.intent.path == self.path.kind;
        let ended = |digest: &crate::digest::Digest| {
            self.log.records().iter().find_map(|logged| match &logged.record.entry {
                Entry::Outcome(outcome) if outcome.intent == *digest => Some(logged.record.at),
                _ => None,
            })
        };
        let needs = &self.step.needs;
        let needed = self.log.acts().filter(of_run);
        let needed = needed.filter(|act| needs.is_empty() || needs.contains(&act.intent.step));
        let last = needed.filter_map(|act| ended(act.digest)).max();
        let first = || self.log.acts().find(of_run).map(|act| act.record.at);
        last.or_else(first).unwrap_or(self.call.now)
    }

    /// Until when the people had time.
    fn until(&self) -> Option<Timestamp> {
        let asked_at = self.asked_at();
        match self.rule.within.as_ref()? {
            Within::Seconds(seconds) => asked_at.checked_add(Duration::from_secs(*seconds)).ok(),
            Within::Period(period) => {
                let opening = self.plan().environments.get(&self.asked.environment)?;
                period.after(asked_at, &opening.opening.zone_at(asked_at), &Calendar::default())
            }
        }
    }

    fn is_late(&self) -> bool {
        self.until().is_some_and(|until| self.call.now > until)
    }

    /// Why it is too late, where nobody else is asked then.
    fn late(&self) -> Option<String> {
        if self.rule.escalate.is_some() || !self.is_late() {
            return None;
        }
        let within = match self.rule.within.as_ref()? {
            Within::Seconds(seconds) => Length(Duration::from_secs(*seconds)).to_string(),
            Within::Period(period) => period.to_string(),
        };
        let asked_at = self.asked_at();
        Some(format!(
            "they were asked at {asked_at} and had {within}: what they agreed to then may be another thing now. Start a new run"
        ))
    }
}
