//! The whole of a plan, its environments, what it ships, and its releases.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::approval::Approval;
use crate::checklist::Checklist;
use crate::gate::{Evidence, Gate};
use crate::guarantee::Guarantee;
use crate::keys::PublicKey;
use crate::learning::Retrospective;
use crate::path::{Path, PathKind};
use crate::people::{Group, Person};
use crate::protected::{Dataset, Secret};
use crate::recurring::Recurring;
use crate::rollout::{Rollout, Watch};
use crate::running::{Alert, Flag};
use crate::waiver::Waiver;

/// The number of this form. A plan of another form is refused, never guessed at.
pub const FORMAT: u32 = 1;

/// How long a release waits for vendors in trouble, in seconds.
pub const VENDOR_PAUSE: u64 = 60 * 60;

/// What a project's releases do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Plan {
    /// The number of the form: [`FORMAT`].
    pub clearway: u32,
    /// The project's name.
    pub project: String,
    /// The repository that the pipelines stand in, `owner/name`, where the manifest says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Facts that nothing records were taken from today's declarations.
    #[serde(default)]
    pub assumes_declared: bool,
    /// Where releases go, by name.
    pub environments: BTreeMap<String, Environment>,
    /// What is shipped, by name.
    pub artifacts: BTreeMap<String, Artifact>,
    /// How much there is of what deployments take, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resources: BTreeMap<String, u32>,
    /// The gates of all stages, by name.
    pub gates: BTreeMap<String, Gate>,
    /// The approval chains of all stages and ways back, by name.
    pub approvals: BTreeMap<String, Approval>,
    /// The checklists of all stages, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checklists: BTreeMap<String, Checklist>,
    /// The status pages of vendors that something shipped requires, by the vendor's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vendors: BTreeMap<String, Evidence>,
    /// The waivers of gates, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// The teams and roles that are asked, by name.
    pub groups: BTreeMap<String, Group>,
    /// Those people of whom more is known than their name, by name.
    pub people: BTreeMap<String, Person>,
    /// The secrets that are used, by name: where they are kept, and never their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, Secret>,
    /// The data that is put into environments, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub datasets: BTreeMap<String, Dataset>,
    /// What somebody is told of, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub alerts: BTreeMap<String, Alert>,
    /// What is turned on by itself, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flags: BTreeMap<String, Flag>,
    /// How the project looks back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrospective: Option<Retrospective>,
    /// What is done again and again by the clock, with the declaration that asks for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub recurring: BTreeMap<Recurring, Origin>,
    /// For how many days records of a kind are kept, by the kind: `records`, `evidence`, `artifacts`, `logs`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub retention: BTreeMap<String, u64>,
    /// The keys of which one must have signed every record; records are not signed where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed_by: Vec<PublicKey>,
    /// The releases, in the order of their files.
    pub releases: Vec<Release>,
}

impl Plan {
    /// How long what is watched of some services may wait for their vendors, in seconds.
    pub fn pause<'s>(
        artifacts: &BTreeMap<String, Artifact>,
        mut services: impl Iterator<Item = &'s str>,
    ) -> u64 {
        let waits = |service| artifacts.get(service).is_some_and(|artifact| !artifact.vendors.is_empty());
        if services.any(waits) { VENDOR_PAUSE } else { 0 }
    }

    /// The release with a name.
    pub fn release(&self, name: &str) -> Option<&Release> {
        self.releases.iter().find(|release| release.name == name)
    }
}

/// The declaration that something comes from: its kind and name, and never a line, so that a moved line changes no plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The kind of declaration: `service`, `gate`.
    pub kind: String,
    /// Its name, with the arguments where it is a template.
    pub name: String,
}

impl Origin {
    /// The declaration of a kind with a name.
    pub fn new(kind: &str, name: &str) -> Self {
        Self { kind: kind.to_owned(), name: name.to_owned() }
    }
}

/// As it is written: `gate tests`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// A place to deploy to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Environment {
    /// How close it is to customers: `development`, `testing`, `staging`, `production`.
    pub tier: String,
    /// Its windows and freezes.
    pub opening: clearway_schedule::Environment,
    /// What its deployments take turns by; the environment's own name where the spec names no lock.
    pub lock: String,
    /// What the deploying step identifies itself with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
    /// The address of the Prometheus that watches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<String>,
}

impl Environment {
    /// Whether it serves customers.
    pub fn is_production(&self) -> bool {
        self.tier == "production"
    }
}

/// Short-lived credentials of a cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Credentials {
    /// The role that is taken.
    pub role: String,
    /// How long they last, in seconds.
    pub ttl: u64,
}

/// Something that is shipped: how it is built, tested and deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Artifact {
    /// The declaration.
    pub origin: Origin,
    /// The team that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The repository that it is built in, where that is another one: the release takes it by digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_from: Option<String>,
    /// How it is built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Build>,
    /// How it is tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Command>,
    /// How it is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deploy: Option<Deployer>,
    /// What its deployment takes, by the name of the resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub uses: BTreeMap<String, u32>,
    /// The secrets that it needs where it runs, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// What is looked at after each deployment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub smokes: Vec<Smoke>,
    /// The vendors that it requires and that say whether they are in trouble.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub vendors: BTreeSet<String>,
}

/// A quick look at what was just deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Smoke {
    /// What it is called.
    pub name: String,
    /// The command.
    pub command: Command,
}

/// How something is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Build {
    /// The command.
    pub command: Command,
    /// What it leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Output>,
}

/// What a build leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// A container image, by its name without tag.
    Image(String),
    /// A file or folder.
    Archive(String),
}

/// A command of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Command {
    /// What a shell is given.
    pub run: String,
    /// When it is given up, in seconds.
    pub timeout: u64,
}

/// The means of deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deployer {
    /// The image of a Kubernetes workload is set.
    Kubernetes {
        /// `kind/name`.
        workload: String,
        /// Its namespace; that of the credentials where it is empty.
        namespace: String,
    },
    /// A Helm release is upgraded.
    Helm {
        /// The release.
        release: String,
        /// The chart.
        chart: String,
        /// Its namespace; that of the credentials where it is empty.
        namespace: String,
    },
    /// A command of the repository.
    Command {
        /// What a shell is given.
        run: String,
    },
}

/// A release: what is shipped, through which stages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// The class of the change: `standard`, `normal`, `emergency`.
    pub class: String,
    /// The change request; an input of each run where it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// Who asked for it; an input of each run where it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
    /// The tag that the commit of each run must have; `{}` stands for the version of the infrastructure that ships.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The milestone that it must meet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<clearway_schedule::Milestone>,
    /// The environments that must have a time in common in which a deployment may start in each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub common_slot: Vec<String>,
    /// What is shipped, in the order of the spec.
    pub ships: Vec<Shipped>,
    /// What is taken away, in the order of the spec.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retires: Vec<String>,
    /// The environments on the way, in order.
    pub stages: Vec<Stage>,
    /// The approval chain of the way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<String>,
    /// What is given up knowingly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepts: Vec<Acceptance>,
    /// How few people together can bring a change to each production environment, way by way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Control>,
    /// The ways that a run can take: the release itself, the emergency where one is open, and the way back.
    pub paths: Vec<Path>,
}

impl Release {
    /// Whether every run is told versions, a change or who asks for it.
    pub fn is_process(&self) -> bool {
        self.change.is_none() || self.requested_by.is_none() || self.ships.iter().any(|shipped| shipped.open)
    }

    /// Whether it brings anything else than what is live.
    pub fn moves(&self) -> bool {
        let waves = self.stages.iter().flat_map(|stage| &stage.waves);
        waves.flat_map(|wave| &wave.moves).any(Move::moves)
    }

    /// The stage in an environment.
    pub fn stage(&self, environment: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.environment == environment)
    }
}

/// Something that a release ships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Shipped {
    /// Its name.
    pub service: String,
    /// The version; where it is open, the declared one.
    pub version: String,
    /// The release leaves the version open: a run may be given another.
    #[serde(default)]
    pub open: bool,
}

/// How few people can go a way into production.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Control {
    /// The environment.
    pub environment: String,
    /// The way.
    pub path: PathKind,
    /// The fewest people who together can go it: those who agree, who asks for it, and who deploys.
    pub fewest: u32,
    /// The same for a change of which no step is asked that is asked only sometimes; the same number where there is no such step.
    pub fewest_unconditional: u32,
}

/// A guarantee that is given up knowingly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Acceptance {
    /// The guarantee.
    pub guarantee: Guarantee,
    /// Why.
    pub reason: String,
    /// Only on this target; on all of them without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// An environment on the way of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stage {
    /// The environment.
    pub environment: String,
    /// The gates, by name.
    pub gates: Vec<String>,
    /// The checklist, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checklist: Option<String>,
    /// The approval chain, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
    /// The approval chain of the emergency path. Without it that path does not go here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<String>,
    /// How new versions come in.
    pub rollout: Rollout,
    /// How long they are watched before the next stage, in seconds.
    pub bake: u64,
    /// The bake time must end inside the window too.
    #[serde(default)]
    pub bake_in_window: bool,
    /// What must hold when that is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validates: Vec<Watch>,
    /// What must hold all the while: the opposites of what takes the way back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Watch>,
    /// What was deployed when the order was proved, by service, in the form of a state file.
    pub deployed: BTreeMap<String, serde_json::Value>,
    /// The moves, in a safe order: all of a wave before any of the next.
    pub waves: Vec<Wave>,
    /// The first wave that cannot be undone, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_return: Option<usize>,
}

impl Stage {
    /// What must hold for as long as something is watched.
    pub fn watches(&self) -> impl Iterator<Item = &Watch> {
        self.rollout.watches.iter().chain(&self.triggers)
    }

    /// How long the running system is looked at after the last move, in seconds: the bake time, and no less than anything is measured over.
    pub fn observed(&self) -> u64 {
        self.watches().chain(&self.validates).map(|watch| watch.over).fold(self.bake, u64::max)
    }
}

/// Moves that may be made in any order, and each undone alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wave {
    /// The moves, by name.
    pub moves: Vec<Move>,
}

/// A service goes from what is live to another version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Move {
    /// The service.
    pub service: String,
    /// The group of its replicas, where groups move on their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The versions live before; none on a first deployment.
    pub from: Vec<String>,
    /// The version live after; none where it is taken away.
    pub to: Option<String>,
    /// What is known of that version, in the form of a state file: what the ledger records of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub becomes: Option<serde_json::Value>,
    /// How its replicas move.
    pub kind: MoveKind,
    /// It cannot be undone.
    #[serde(default)]
    pub is_final: bool,
    /// The wave of the proved order that it moves in, counted from 0; none where it stays as it is. The waves of a process refine
    /// the proved ones, as what stays today has its place in them too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_wave: Option<usize>,
    /// The services that move as one with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<String>,
}

/// How replicas move to another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveKind {
    /// Old and new serve together for a while.
    Rolling,
    /// All old ones stop before the first new one starts.
    Recreate,
    /// All change at one moment.
    Switch,
}
