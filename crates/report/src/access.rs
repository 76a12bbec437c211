//! The access report: who may do what, derived for every person and every way into an environment.
//!
//! Nobody writes it down: it follows from the approval chains, the groups that they ask and the owners of what is shipped. So it cannot
//! be out of date, and the difference of two of them is what a review has to look at.

use std::collections::BTreeSet;
use std::fmt;

use clearway_plan::{Approval, ApprovalStep, Duty, From, Origin, Path, PathKind, Plan, Release, StepKind};
use serde::Serialize;

use crate::{Place, Report, Table};

/// Who may do what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Access {
    /// The project.
    pub project: String,
    /// One thing that somebody may do, each: by who it is, then by the order of the releases.
    pub grants: Vec<Grant>,
}

/// One thing that somebody may do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Grant {
    /// The person; the pipeline itself where it acts by its own identity.
    pub who: Who,
    /// What.
    pub act: Act,
    /// By which team or role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// In which release.
    pub release: String,
    /// On which way.
    pub path: PathKind,
    /// On the way to which environment.
    pub environment: String,
    /// Which step of which chain, or which role of a cloud.
    pub by: String,
    /// How many different people the step needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<u32>,
    /// Duties in the same change that exclude it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_as: Vec<&'static str>,
    /// Where that is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Somebody.
    Person(String),
    /// The emitted pipeline, by an identity of its own.
    Pipeline,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Agrees in a step of a chain.
    Approve,
    /// Is asked when a step is not answered.
    Escalation,
    /// Changes what is deployed.
    Deploy,
}

impl Access {
    /// Who may do what by a plan. `place` says where a declaration is written.
    pub fn of(plan: &Plan, place: &dyn Fn(&Origin) -> Option<Place>) -> Self {
        let mut grants = BTreeSet::new();
        for release in &plan.releases {
            for path in &release.paths {
                Derivation { plan, release, path, place }.add_to(&mut grants);
            }
        }
        Self { project: plan.project.clone(), grants: grants.into_iter().collect() }
    }
}

impl Who {
    /// Who that is, in words.
    fn name(&self) -> &str {
        match self {
            Self::Person(name) => name,
            Self::Pipeline => "the pipeline",
        }
    }
}

impl Act {
    /// What that is, in words.
    const fn words(self) -> &'static str {
        match self {
            Self::Approve => "approves",
            Self::Escalation => "is asked when nobody answers",
            Self::Deploy => "deploys",
        }
    }
}

/// In one line, without where it is written: a moved line changes nobody's rights.
impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { release, path, environment, by, .. } = self;
        write!(f, "{} {}", self.who.name(), self.act.words())?;
        if let Some(group) = &self.through {
            write!(f, " as one of {group}")?;
        }
        write!(f, " on the way to {environment} ({release}, {path}): {by}")?;
        if let Some(need) = self.need {
            write!(f, ", {need} needed")?;
        }
        match self.not_as.as_slice() {
            [] => Ok(()),
            duties => write!(f, ", unless {}", duties.join(" or ")),
        }
    }
}

/// What is derived from one way through a release.
struct Derivation<'p> {
    plan: &'p Plan,
    release: &'p Release,
    path: &'p Path,
    place: &'p dyn Fn(&Origin) -> Option<Place>,
}

impl Derivation<'_> {
    fn add_to(&self, grants: &mut BTreeSet<Grant>) {
        for step in &self.path.steps {
            match &step.does {
                StepKind::Approval { environment, chain, step } => {
                    let chain = self.plan.approvals.get(chain);
                    if let Some((chain, step)) = chain.and_then(|chain| Some((chain, chain.step(step)?))) {
                        self.approve(environment, chain, step, grants);
                        self.escalate(environment, chain, step, grants);
                    }
                }
                StepKind::Deploy { environment, .. } | StepKind::Rollback { environment } => {
                    grants.extend(self.deploy(environment));
                }
                _ => {}
            }
        }
    }

    fn approve(
        &self,
        environment: &str,
        chain: &Approval,
        step: &ApprovalStep,
        grants: &mut BTreeSet<Grant>,
    ) {
        let groups: BTreeSet<&str> = match &step.from {
            From::Group(group) => BTreeSet::from([group.as_str()]),
            From::Owners => {
                let shipped = self.release.ships.iter().map(|shipped| &shipped.service);
                let artifacts =
                    shipped.chain(&self.release.retires).filter_map(|name| self.plan.artifacts.get(name));
                artifacts.filter_map(|artifact| artifact.owner.as_deref()).collect()
            }
        };
        let not_as: Vec<&'static str> = match chain.separate.contains(&Duty::Approver) {
            true => {
                let others = Duty::ALL.iter().filter(|duty| **duty != Duty::Approver);
                others.filter(|duty| chain.separate.contains(duty)).map(|duty| duty.name()).collect()
            }
            false => Vec::new(),
        };
        for group in groups {
            for person in self.plan.groups.get(group).into_iter().flat_map(|group| &group.members) {
                grants.insert(Grant {
                    through: Some(group.to_owned()),
                    need: Some(step.need),
                    not_as: not_as.clone(),
                    ..self.grant(person, Act::Approve, environment, chain, step)
                });
            }
        }
    }

    fn escalate(
        &self,
        environment: &str,
        chain: &Approval,
        step: &ApprovalStep,
        grants: &mut BTreeSet<Grant>,
    ) {
        let Some(asked) = &step.escalate else { return };
        match self.plan.groups.get(asked) {
            Some(group) => grants.extend(group.members.iter().map(|person| Grant {
                through: Some(asked.clone()),
                ..self.grant(person, Act::Escalation, environment, chain, step)
            })),
            None => drop(grants.insert(self.grant(asked, Act::Escalation, environment, chain, step))),
        }
    }

    fn grant(
        &self,
        person: &str,
        act: Act,
        environment: &str,
        chain: &Approval,
        step: &ApprovalStep,
    ) -> Grant {
        Grant {
            who: Who::Person(person.to_owned()),
            act,
            through: None,
            release: self.release.name.clone(),
            path: self.path.kind,
            environment: environment.to_owned(),
            by: format!("{}, step {}", chain.origin, step.name),
            need: None,
            not_as: Vec::new(),
            place: (self.place)(&chain.origin),
        }
    }

    /// What changes the environment: the pipeline, as the role that its credentials name.
    fn deploy(&self, environment: &str) -> Option<Grant> {
        let place = self.plan.environments.get(environment)?;
        let by = match &place.credentials {
            Some(credentials) => format!("role {} for {} s", credentials.role, credentials.ttl),
            None => "no credentials of its own".to_owned(),
        };
        Some(Grant {
            who: Who::Pipeline,
            act: Act::Deploy,
            through: None,
            release: self.release.name.clone(),
            path: self.path.kind,
            environment: environment.to_owned(),
            by,
            need: None,
            not_as: Vec::new(),
            place: (self.place)(&Origin::new("environment", environment)),
        })
    }
}

impl Report for Access {
    fn title(&self) -> String {
        format!("Who may do what in `{}`", self.project)
    }

    fn preface(&self) -> Vec<String> {
        let people: BTreeSet<&Who> =
            self.grants.iter().map(|grant| &grant.who).filter(|who| **who != Who::Pipeline).collect();
        vec![
            format!("{} people take part in releases.", people.len()),
            "Derived from the approval chains, the groups that they ask and the owners of what is shipped. Whoever may start a run of \
             a pipeline is said by the platform, not here; where the chain keeps the deployer apart, that person may not approve the \
             run."
                .to_owned(),
        ]
    }

    fn table(&self) -> Table {
        let columns = [
            "who",
            "does",
            "through",
            "release",
            "path",
            "environment",
            "by",
            "of how many",
            "unless",
            "where",
        ];
        let mut table = Table::new(columns);
        for grant in &self.grants {
            table.row([
                grant.who.name().to_owned(),
                grant.act.words().to_owned(),
                grant.through.clone().unwrap_or_default(),
                grant.release.clone(),
                grant.path.to_string(),
                grant.environment.clone(),
                grant.by.clone(),
                grant.need.map(|need| need.to_string()).unwrap_or_default(),
                grant.not_as.join(", "),
                grant.place.as_ref().map(ToString::to_string).unwrap_or_default(),
            ]);
        }
        table
    }
}
