//! From a checked project to its plan. Nothing is decided here: the order comes proved from the analysis, and each part is laid out
//! as the spec says it.

mod artifacts;
mod batches;
mod chains;
mod checklists;
mod conditions;
mod facts;
mod gates;
mod learning;
mod places;
mod protected;
mod releases;
mod rollouts;
mod running;
mod seconds;
mod spec;
mod steps;
mod waivers;
mod waves;

use std::collections::{BTreeMap, BTreeSet};

use clearway_analysis::Checked;
use clearway_analysis::proof::ProvedRelease;
use clearway_model::{Db, Item, Reference, all_sources, items, views};
use jiff::Timestamp;

use crate::approval::Approval;
use crate::checklist::Checklist;
use crate::gate::{Evidence, Gate};
use crate::ir::{Artifact, Environment, FORMAT, Plan, Release};
use crate::protected::{Dataset, Secret};
use crate::running::Flag;

pub use spec::spec;

/// The plan of a project. It exists for a project that holds, and for no other.
pub fn lower(checked: &Checked<'_>) -> Plan {
    let workspace = checked.workspace();
    let db: &dyn Db = workspace;
    let mut parts = Parts {
        datasets: protected::datasets(db),
        flags: running::flags(db),
        open_controls: open_controls(checked),
        ..Parts::default()
    };
    let lowered =
        |proved: &ProvedRelease| releases::release(db, proved, &checked.controls(proved.release), &mut parts);
    let releases: Vec<Release> = checked.releases().iter().map(lowered).collect();
    let alerts = running::alerts(db, &mut parts);
    let retrospective = learning::retrospective(db, &mut parts);
    // Where nothing is released, nothing is looked at.
    let recurring = match releases.as_slice() {
        [] => BTreeMap::new(),
        _ => learning::recurring(db, retrospective.as_ref()),
    };
    let groups = parts.groups.iter().filter_map(|name| Some((name.clone(), chains::group(db, name)?)));
    let groups: BTreeMap<_, _> = groups.collect();
    let people = chains::people(db, &groups);
    let waivers = waivers::waivers(db, &parts);
    Plan {
        clearway: FORMAT,
        project: workspace.manifest().name.clone(),
        repository: workspace.manifest().repository.clone(),
        assumes_declared: workspace.project().assume_declared(workspace),
        environments: parts.environments,
        artifacts: parts.artifacts,
        resources: parts.resources,
        gates: parts.gates,
        approvals: parts.approvals,
        checklists: parts.checklists,
        vendors: parts.vendors,
        waivers,
        groups,
        people,
        retention: retention(db),
        // They stand in a file beside the spec, which whoever compiles reads.
        signed_by: Vec::new(),
        secrets: parts.secrets,
        datasets: parts.datasets,
        alerts,
        flags: parts.flags,
        retrospective,
        recurring,
        releases,
    }
}

/// The controls that are not met, by the policy in force that demands them.
fn open_controls(checked: &Checked<'_>) -> Vec<(Item, BTreeMap<String, Option<Timestamp>>)> {
    let workspace = checked.workspace();
    let states = clearway_analysis::controls(workspace, workspace.project());
    // The controls of a policy stand together.
    let mut policies: Vec<Item> = states.iter().map(|state| state.policy).collect();
    policies.dedup();
    let open = |policy: Item| {
        let open = checked.open_controls(policy).into_iter();
        open.map(|control| (control.id.to_string(), control.waived_until)).collect()
    };
    policies.into_iter().map(|policy| (policy, open(policy))).collect()
}

/// For how many days records of each kind are kept: of several times the longest.
fn retention(db: &dyn Db) -> BTreeMap<String, u64> {
    let mut kept = BTreeMap::new();
    for one in clearway_analysis::kept(db, db.project()) {
        let Some(days) = clearway_analysis::days(&one.least) else { continue };
        let longest = kept.entry(one.records.to_string()).or_insert(days);
        *longest = days.max(*longest);
    }
    kept
}

/// What the releases name, each once.
#[derive(Default)]
struct Parts {
    environments: BTreeMap<String, Environment>,
    artifacts: BTreeMap<String, Artifact>,
    resources: BTreeMap<String, u32>,
    gates: BTreeMap<String, Gate>,
    approvals: BTreeMap<String, Approval>,
    checklists: BTreeMap<String, Checklist>,
    /// The controls of each policy in force that are not met, each with the end of what waives it.
    open_controls: Vec<(Item, BTreeMap<String, Option<Timestamp>>)>,
    vendors: BTreeMap<String, Evidence>,
    groups: BTreeSet<String>,
    secrets: BTreeMap<String, Secret>,
    datasets: BTreeMap<String, Dataset>,
    flags: BTreeMap<String, Flag>,
}

impl Parts {
    /// The controls of a policy that are not met.
    fn open_controls(&self, policy: Item) -> BTreeMap<String, Option<Timestamp>> {
        let of_policy = self.open_controls.iter().find(|(item, _)| *item == policy);
        of_policy.map(|(_, open)| open.clone()).unwrap_or_default()
    }
}

/// The declarations of the project and of its packages, for looking one up that is named; templates are none.
fn named_anywhere(db: &dyn Db) -> impl Iterator<Item = Item> {
    let sources = all_sources(db, db.project());
    sources.flat_map(move |file| items(db, file)).copied().filter(move |item| !views::is_template(db, *item))
}

/// The declarations of the project's own files, for what acts by being declared; templates are none.
fn declarations(db: &dyn Db) -> impl Iterator<Item = Item> {
    let sources = db.project().sources(db).iter();
    sources.flat_map(move |file| items(db, *file)).copied().filter(move |item| !views::is_template(db, *item))
}

/// The name of a use of a declaration: with the arguments, where it is a template.
fn instance_name(reference: &Reference) -> String {
    if reference.args.is_empty() {
        return reference.name.to_string();
    }
    let args: Vec<String> = reference.args.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    format!("{}({})", reference.name, args.join(", "))
}
