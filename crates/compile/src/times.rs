//! Releases for which there is no time from now on, as diagnostics at what excludes every start.

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::{Db, Workspace, environment, items, release, views};
use clearway_plan::{Origin, Plan, Release, common, timetable};
use clearway_schedule::{Conflict, Fact};
use jiff::Timestamp;

use crate::judge::place_of;

/// How many single changes are named that would each help.
const FEW: usize = 3;

/// Whether any release could lack time: one that must meet a milestone, or goes to a place with windows or freezes.
pub(crate) fn matter(workspace: &Workspace) -> bool {
    let db: &dyn Db = workspace;
    let files = db.project().sources(db).iter();
    let releases = files.flat_map(|file| items(db, *file)).filter(|item| item.kind(db) == "release");
    let is_bound = |item: &clearway_model::Item| {
        let view = &release(db, *item).view;
        let stages = view.stages.iter().filter_map(|stage| stage.environment.as_ref());
        let mut places = stages.map(|at| &environment(db, at.value.item).view);
        view.milestone.is_some() || places.any(|place| !place.windows.is_empty() || !place.freezes.is_empty())
    };
    releases.filter(|item| !views::is_template(db, **item)).any(is_bound)
}

/// Those of some releases of a plan that move something, and have no time for it from now on.
pub fn missed(workspace: &Workspace, plan: &Plan, releases: &[&Release], now: Timestamp) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for release in releases.iter().filter(|release| release.moves()) {
        if let Err(conflict) = timetable(plan, release, now) {
            found.push(tell(workspace, release, &conflict, now));
        }
        if let Some(Err(conflict)) = common(plan, release, now) {
            found.push(tell(workspace, release, &conflict, now));
        }
    }
    found
}

fn tell(workspace: &Workspace, release: &Release, conflict: &Conflict, now: Timestamp) -> Diagnostic {
    let place = |kind: &str, name: &str| place_of(workspace, &Origin::new(kind, name));
    let own = place("release", &release.name);
    let is_milestone =
        |fact: &&Fact| matches!(fact, Fact::Before { .. } | Fact::On { .. } | Fact::After { .. });
    let message = match (conflict.facts.iter().find(is_milestone), &release.milestone) {
        (Some(_), Some(milestone)) => {
            format!("`{}` cannot meet the milestone `{}`: {conflict}", release.name, milestone.name)
        }
        _ => format!("there is no time for `{}`: {conflict}", release.name),
    };
    let mut told = Diagnostic::new(catalogue::NO_TIME, message, own, "this release");
    for fact in &conflict.facts {
        for at in places(fact, own, &place) {
            told = told.related(at, fact.to_string());
        }
    }
    for relaxation in conflict.relaxations.iter().take(FEW) {
        told = told.help(format!("it would help to {relaxation}"));
    }
    if conflict.relaxations.is_empty() {
        told = told.help("no single change would help");
    }
    told.due(now)
}

/// Where a fact is declared.
fn places(fact: &Fact, release: Place, place: &dyn Fn(&str, &str) -> Place) -> Vec<Place> {
    match fact {
        Fact::Windows { windows, .. } => windows.iter().map(|window| place("window", &window.name)).collect(),
        Fact::Freeze { freeze, .. } => vec![place("freeze", &freeze.name)],
        Fact::Before { milestone } | Fact::On { milestone } | Fact::After { milestone } => {
            vec![place("milestone", &milestone.name)]
        }
        Fact::Rollout { environment, .. }
        | Fact::Rollback { environment, .. }
        | Fact::Bake { environment, .. }
        | Fact::BakeInWindow { environment } => vec![place("environment", &environment.name)],
        Fact::Lead { .. } => vec![release],
    }
}
