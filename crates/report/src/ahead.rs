//! What is known of a release before it is made, as data: what a board decides on, what must be ready, what is done in which order and how
//! it is undone. Templates make documents of it; the records of a run say how it went.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{
    Acceptance, Alert, ApprovalStep, ChecklistItem, Decider, From, Ordered, Plan, Release, Share, Stage,
    Waiver, Watch, Within,
};
use serde::Serialize;

use crate::plan::{opening, risks};

/// A release that is to be made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Ahead<'p> {
    /// Its name.
    pub name: &'p str,
    /// What it is, and what each run of it is told, in a sentence.
    pub opening: String,
    /// The class of the change.
    pub class: &'p str,
    /// The change request; none where each run is told one.
    pub change: Option<&'p str>,
    /// Who asks for it; none where each run is told.
    pub requested_by: Option<&'p str>,
    /// What ships.
    pub ships: Vec<Ships<'p>>,
    /// What is taken away.
    pub retires: &'p [String],
    /// The environments, in order.
    pub stages: Vec<Place<'p>>,
    /// Who must agree to the way back; none where nobody is asked.
    pub rollback: Option<Chain<'p>>,
    /// How few people together can go each way into production.
    pub controls: Vec<String>,
    /// Guarantees that are given up by name.
    pub accepts: &'p [Acceptance],
    /// What is risky about it.
    pub risks: Vec<String>,
    /// Who is asked, by team and role.
    pub people: BTreeMap<&'p str, &'p BTreeSet<String>>,
}

/// Something that ships.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Ships<'p> {
    /// Its name.
    pub service: &'p str,
    /// The version.
    pub version: &'p str,
    /// A run may be told another version.
    pub open: bool,
    /// The team that answers for it.
    pub owner: Option<&'p str>,
}

/// An environment on the way.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Place<'p> {
    /// Its name.
    pub environment: &'p str,
    /// How close it is to customers.
    pub tier: &'p str,
    /// Its windows and freezes.
    pub times: Vec<String>,
    /// The gates before it.
    pub gates: Vec<Gated<'p>>,
    /// The items of its checklist.
    pub items: Vec<Item<'p>>,
    /// Who must agree; none where nobody is asked.
    pub approval: Option<Chain<'p>>,
    /// Who must agree in an emergency; none where that way is closed.
    pub emergency: Option<Chain<'p>>,
    /// The moves, in order.
    pub moves: Vec<Moved<'p>>,
    /// The shares of traffic, and how long each is kept, in seconds.
    pub shares: &'p [Share],
    /// What is watched.
    pub watches: Vec<Watched<'p>>,
    /// What must hold at the end.
    pub validates: Vec<Watched<'p>>,
    /// How long it is watched before the next, in seconds.
    pub bake: u64,
    /// The first wave that cannot be undone, counted from 1.
    pub no_return: Option<usize>,
    /// Of what somebody is told there.
    pub alerts: Vec<Told<'p>>,
}

/// A gate before an environment.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Gated<'p> {
    /// Its name.
    pub name: &'p str,
    /// What must hold.
    pub requires: Vec<&'p str>,
    /// The waivers of it; whether one counts, its end says.
    pub waivers: Vec<&'p Waiver>,
}

/// An item of a checklist.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Item<'p> {
    /// What it is called where it is attested.
    pub id: &'p str,
    /// What must be done.
    pub text: &'p str,
    /// Who or what decides it.
    pub by: String,
}

/// A chain of people.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Chain<'p> {
    /// Its name.
    pub name: &'p str,
    /// Its steps, in order.
    pub steps: Vec<Asked<'p>>,
}

/// A step of a chain.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Asked<'p> {
    /// Its name.
    pub name: &'p str,
    /// How many of whom.
    pub who: String,
    /// How long they have.
    pub within: Option<String>,
    /// Who is asked when they do not answer.
    pub escalate: Option<&'p str>,
}

/// A move.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Moved<'p> {
    /// The wave, counted from 1.
    pub wave: usize,
    /// The service.
    pub service: &'p str,
    /// The group of its replicas, where groups move on their own.
    pub group: Option<&'p str>,
    /// What is live before; none on a first deployment.
    pub from: Option<String>,
    /// What is live after; none where it is taken away.
    pub to: Option<&'p str>,
    /// It cannot be undone.
    pub is_final: bool,
}

/// Something that is watched.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Watched<'p> {
    /// What must hold.
    pub require: &'p str,
    /// Over how many seconds it is measured.
    pub over: u64,
}

/// Something that somebody is told of.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Told<'p> {
    /// The alert.
    pub name: &'p str,
    /// The service that it is about.
    pub service: &'p str,
    /// The condition.
    pub when: &'p str,
    /// How soon somebody must look.
    pub severity: &'p str,
    /// Who is told.
    pub notify: Option<&'p str>,
    /// Where it says what to do.
    pub runbook: Option<&'p str>,
}

impl<'p> Ahead<'p> {
    /// What is known of a release.
    pub fn of(plan: &'p Plan, release: &'p Release) -> Self {
        let order = clearway_plan::order(&[release]);
        let stages: Vec<Place<'p>> =
            release.stages.iter().map(|stage| Place::of(plan, release, stage, &order)).collect();
        let rollback = release.rollback.as_ref().and_then(|name| Chain::of(plan, name));
        let chains = release.stages.iter().flat_map(|stage| [&stage.approval, &stage.emergency]);
        let chains = chains.chain([&release.rollback]).flatten().filter_map(|name| plan.approvals.get(name));
        let mut groups: BTreeSet<&str> = BTreeSet::new();
        for step in chains.flat_map(|chain| &chain.steps) {
            match &step.from {
                From::Group(group) => drop(groups.insert(group)),
                From::Owners => groups.extend(owners(plan, release)),
            }
            groups.extend(step.escalate.as_deref());
        }
        let people = groups.into_iter().filter_map(|name| {
            plan.groups.get_key_value(name).map(|(name, group)| (name.as_str(), &group.members))
        });
        Self {
            name: &release.name,
            opening: opening(release),
            class: &release.class,
            change: release.change.as_deref(),
            requested_by: release.requested_by.as_deref(),
            ships: release
                .ships
                .iter()
                .map(|shipped| Ships {
                    service: &shipped.service,
                    version: &shipped.version,
                    open: shipped.open,
                    owner: plan.artifacts.get(&shipped.service).and_then(|one| one.owner.as_deref()),
                })
                .collect(),
            retires: &release.retires,
            stages,
            rollback,
            controls: release
                .controls
                .iter()
                .map(|control| format!("{}: {control}", control.environment))
                .collect(),
            accepts: &release.accepts,
            risks: risks(plan, release),
            people: people.collect(),
        }
    }
}

/// The teams that answer for what ships.
fn owners<'p>(plan: &'p Plan, release: &'p Release) -> impl Iterator<Item = &'p str> {
    let services = release.ships.iter().map(|shipped| &shipped.service).chain(&release.retires);
    services.filter_map(|name| plan.artifacts.get(name)?.owner.as_deref())
}

impl<'p> Place<'p> {
    fn of(plan: &'p Plan, release: &'p Release, stage: &'p Stage, order: &[Ordered<'p>]) -> Self {
        let name = stage.environment.as_str();
        let place = plan.environments.get(name);
        let times = place.map(|place| {
            let windows = place.opening.windows.iter().map(ToString::to_string);
            windows.chain(place.opening.freezes.iter().map(ToString::to_string)).collect()
        });
        let all = || stage.waves.iter().flat_map(|wave| &wave.moves);
        let is_final = |ordered: &Ordered<'_>| {
            all().any(|step| {
                step.is_final && step.service == ordered.service && step.group.as_deref() == ordered.group
            })
        };
        let here = order.iter().filter(|ordered| ordered.environment == name);
        let items = stage.checklist.as_ref().and_then(|name| plan.checklists.get(name));
        let ships = |service: &str| release.ships.iter().any(|shipped| shipped.service == service);
        let alerts = plan.alerts.iter().filter(|(_, alert)| {
            ships(&alert.service) && alert.environments.iter().any(|environment| environment == name)
        });
        Self {
            environment: name,
            tier: place.map(|place| place.tier.as_str()).unwrap_or_default(),
            times: times.unwrap_or_default(),
            gates: stage.gates.iter().filter_map(|gate| Gated::of(plan, gate, name)).collect(),
            items: items.into_iter().flat_map(|list| &list.items).map(Item::of).collect(),
            approval: stage.approval.as_ref().and_then(|name| Chain::of(plan, name)),
            emergency: stage.emergency.as_ref().and_then(|name| Chain::of(plan, name)),
            moves: here
                .map(|ordered| Moved {
                    wave: ordered.wave,
                    service: ordered.service,
                    group: ordered.group,
                    from: ordered.from.clone(),
                    to: ordered.to,
                    is_final: is_final(ordered),
                })
                .collect(),
            shares: &stage.rollout.shares,
            watches: stage.watches().map(Watched::of).collect(),
            validates: stage.validates.iter().map(Watched::of).collect(),
            bake: stage.bake,
            no_return: stage.no_return.map(|wave| wave + 1),
            alerts: alerts.map(|(name, alert)| Told::of(name, alert)).collect(),
        }
    }
}

impl<'p> Gated<'p> {
    fn of(plan: &'p Plan, name: &'p str, environment: &str) -> Option<Self> {
        let gate = plan.gates.get(name)?;
        let is_here = |waiver: &&Waiver| {
            let here =
                waiver.environments.is_empty() || waiver.environments.iter().any(|at| at == environment);
            here && waiver.gates.iter().any(|gate| gate == name)
        };
        Some(Self {
            name,
            requires: gate.requires.iter().map(|one| one.text.as_str()).collect(),
            waivers: plan.waivers.iter().filter(is_here).collect(),
        })
    }
}

impl<'p> Item<'p> {
    fn of(item: &'p ChecklistItem) -> Self {
        let by = match &item.by {
            Decider::Gate(gate) => format!("gate {gate}"),
            Decider::Policy { policy, .. } => format!("policy {policy}"),
            Decider::People { group, within: None } => format!("somebody of {group}, for the commit"),
            Decider::People { group, within: Some(within) } => {
                format!("somebody of {group}, no longer ago than {}", told(within))
            }
        };
        Self { id: &item.id, text: &item.text, by }
    }
}

fn told(within: &Within) -> String {
    match within {
        Within::Seconds(seconds) => {
            clearway_schedule::Length(std::time::Duration::from_secs(*seconds)).to_string()
        }
        Within::Period(period) => period.to_string(),
    }
}

impl<'p> Chain<'p> {
    fn of(plan: &'p Plan, name: &'p str) -> Option<Self> {
        let steps = plan.approvals.get(name)?.steps.iter().map(Asked::of).collect();
        Some(Self { name, steps })
    }
}

impl<'p> Asked<'p> {
    fn of(step: &'p ApprovalStep) -> Self {
        Self {
            name: &step.name,
            who: step.to_string(),
            within: step.within.as_ref().map(told),
            escalate: step.escalate.as_deref(),
        }
    }
}

impl<'p> Watched<'p> {
    fn of(watch: &'p Watch) -> Self {
        Self { require: &watch.require.text, over: watch.over }
    }
}

impl<'p> Told<'p> {
    fn of(name: &'p str, alert: &'p Alert) -> Self {
        Self {
            name,
            service: &alert.service,
            when: &alert.when.text,
            severity: &alert.severity,
            notify: alert.notify.as_deref(),
            runbook: alert.runbook.as_deref(),
        }
    }
}
