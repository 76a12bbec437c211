//! What is shipped.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clearway_model::views::{self, At, Deployable, Resource, Vendor};
use clearway_model::{CallValue, Db, Item, ValueKind, deployable, lower};

use super::seconds::seconds;
use super::{Parts, gates, protected};
use crate::ir::{Artifact, Build, Command, Deployer, Origin, Output, Smoke};

/// How long a build or a test may take where its service does not say.
const WORKING: u64 = 60 * 60;

/// A service, library, vendor or infrastructure. Its owner is noted in `parts`.
pub(super) fn artifact(db: &dyn Db, item: Item, repository: Option<&str>, parts: &mut Parts) -> Artifact {
    let view = &deployable(db, item).view;
    let owner = view.owner.as_ref().map(|owner| owner.value.name.to_string());
    parts.groups.extend(owner.clone());
    let repo = view.repo.as_ref().map(|repo| repo.value.to_string());
    Artifact {
        origin: Origin::new(item.kind(db), item.name(db)),
        owner,
        imported_from: repo.filter(|repo| repository.is_some_and(|own| !own.eq_ignore_ascii_case(repo))),
        build: build(view),
        test: view.test.as_ref().and_then(|test| command(test.run.as_ref(), seconds(test.timeout.as_ref()))),
        deploy: view.deploy.as_ref().and_then(|deploy| deployer(&deploy.with.as_ref()?.value)),
        uses: uses(db, view, parts),
        vendors: vendors(db, item, parts),
        secrets: protected::secrets(db, &view.secrets, parts),
        smokes: view.smokes.iter().filter_map(smoke).collect(),
    }
}

/// The vendors that it requires and that have a status page, which is noted in `parts`.
fn vendors(db: &dyn Db, item: Item, parts: &mut Parts) -> BTreeSet<String> {
    let mut vendors = BTreeSet::new();
    for required in clearway_analysis::requirements_of(db, item) {
        let vendor = clearway_analysis::deployable_named(db, &required.to);
        let Some(vendor) = vendor.filter(|item| item.kind(db) == "vendor") else { continue };
        let Some(status) = views::of::<Vendor>(lower(db, vendor)).status else { continue };
        parts.vendors.insert(required.to.to_string(), gates::evidence(&status));
        vendors.insert(required.to.to_string());
    }
    vendors
}

/// What a deployment takes. The capacities are noted in `parts`.
fn uses(db: &dyn Db, view: &Deployable, parts: &mut Parts) -> BTreeMap<String, u32> {
    let mut uses: BTreeMap<String, u32> = BTreeMap::new();
    for used in &view.uses {
        let Some(resource) = &used.resource else { continue };
        let name = resource.value.name.to_string();
        let capacity = views::of::<Resource>(lower(db, resource.value.item)).capacity;
        parts.resources.insert(name.clone(), capacity.map_or(0, |capacity| capacity.value));
        let sum = uses.entry(name).or_default();
        *sum = sum.saturating_add(used.taken());
    }
    uses
}

fn command(run: Option<&At<Arc<str>>>, timeout: Option<u64>) -> Option<Command> {
    Some(Command { run: run?.value.to_string(), timeout: timeout.unwrap_or(WORKING) })
}

fn build(view: &Deployable) -> Option<Build> {
    let build = view.build.as_ref()?;
    let output = build.output.as_ref().and_then(|output| {
        let text = text(&output.value, 0)?;
        Some(if output.value.function == "image" { Output::Image(text) } else { Output::Archive(text) })
    });
    Some(Build { command: command(build.run.as_ref(), seconds(build.timeout.as_ref()))?, output })
}

fn smoke(smoke: &views::Smoke) -> Option<Smoke> {
    Some(Smoke {
        name: smoke.name.as_ref()?.value.to_string(),
        command: command(smoke.run.as_ref(), seconds(smoke.timeout.as_ref()))?,
    })
}

fn deployer(call: &CallValue) -> Option<Deployer> {
    let text = |at| text(call, at);
    Some(match call.function.as_str() {
        "kubernetes" => Deployer::Kubernetes { workload: text(0)?, namespace: text(1)? },
        "helm" => Deployer::Helm { release: text(0)?, chart: text(1)?, namespace: text(2)? },
        "command" => Deployer::Command { run: text(0)? },
        _ => return None,
    })
}

fn text(call: &CallValue, at: usize) -> Option<String> {
    match &call.args.get(at)?.1.kind {
        ValueKind::Text(text) => Some(text.to_string()),
        _ => None,
    }
}
