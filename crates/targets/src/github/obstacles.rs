//! What of a plan GitHub cannot express.

use std::collections::BTreeMap;

use clearway_plan::{Origin, Plan, StepKind, slug};

use super::environments::RECORDS;
use super::jobs::LONGEST;
use super::layout::Layout;
use super::limits::{CALLS, excess};
use super::model::Workflow;
use super::retention::too_long;
use super::steps::Context;
use super::workflow;
use crate::index::Index;
use crate::obstacles::{Limit, each_once, fatal, stages};
use crate::{Hindrance, Obstacle, Settings};

/// As many reviewers as an environment can have.
const REVIEWERS: usize = 6;

pub(super) fn obstacles(plan: &Plan, settings: &Settings, largest: usize) -> Vec<Obstacle> {
    let mut found = Vec::new();
    files(plan, &mut found);
    names(plan, &mut found);
    crate::recurring::names(plan, &mut found);
    found.extend(stages(plan, Limit { product: "GitHub", longest: LONGEST * 60, words: "six hours" }));
    reviewers(plan, settings, &mut found);
    seats(plan, settings, &mut found);
    sizes(plan, settings, largest, &mut found);
    too_long(plan, settings, &mut found);
    found.extend(super::review::obstacle(plan, settings));
    each_once(found)
}

/// Workflows that are larger than GitHub takes, and more of them than it calls in a run, although what can be cut is.
fn sizes(plan: &Plan, settings: &Settings, largest: usize, found: &mut Vec<Obstacle>) {
    for release in &plan.releases {
        let too_large = |message: String| Obstacle {
            origin: Origin::new("release", &release.name),
            message,
            help: "ship it as several releases, each with fewer services or stages".to_owned(),
            // What is emitted starts nothing, so that nothing goes wrong; and what one platform takes may grow.
            is_fatal: false,
            kind: Hindrance::Size,
        };
        let layout = workflow::layout(plan, settings, release, largest);
        let workflows: BTreeMap<String, Workflow> =
            workflow::workflows(plan, settings, release, &layout).into_iter().collect();
        for (path, workflow) in &workflows {
            if let Some(excess) = excess(workflow, largest) {
                found.push(too_large(format!("`{path}` {excess}")));
            }
        }
        for path in &release.paths {
            let file = workflow::file(release, path.kind);
            let calls = calls(&workflows, &file);
            if calls > CALLS {
                found.push(too_large(format!(
                    "a run of `{file}` would call {calls} workflows, and GitHub calls at most {CALLS}"
                )));
            }
        }
    }
}

/// How many workflows a workflow calls, with all that those call.
fn calls(workflows: &BTreeMap<String, Workflow>, file: &str) -> usize {
    let jobs = workflows.get(file).into_iter().flat_map(|workflow| &workflow.jobs.0);
    let called = jobs.filter_map(|(_, job)| job.uses.as_deref()?.strip_prefix("$/"));
    called.map(|called| 1 + calls(workflows, called)).sum()
}

/// Two releases whose workflows would have one file.
fn files(plan: &Plan, found: &mut Vec<Obstacle>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for release in &plan.releases {
        let origin = Origin::new("release", &release.name);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if !release.name.chars().all(is_plain) {
            let message = format!("`{}` cannot be the name of a workflow's file", release.name);
            found.push(fatal(origin.clone(), message, "use letters, digits, `-` and `_`"));
        }
        let words = [
            slug(&release.name),
            format!("{}-emergency", slug(&release.name)),
            format!("{}-rollback", slug(&release.name)),
            format!("{}-flags", slug(&release.name)),
        ];
        for word in words {
            if let Some(other) =
                seen.insert(word.clone(), &release.name).filter(|other| *other != release.name)
            {
                let message = format!(
                    "the releases `{other}` and `{}` would both be the workflow `{word}`",
                    release.name
                );
                found.push(fatal(origin.clone(), message, "rename one of them"));
            }
        }
    }
}

/// Environments that GitHub takes for one, or for that of other jobs: their names are compared without case.
fn names(plan: &Plan, found: &mut Vec<Obstacle>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in plan.environments.keys() {
        if slug(name) == RECORDS {
            let message = format!("`{name}` is the environment of the jobs that sign records");
            found.push(fatal(Origin::new("environment", name), message, "rename it"));
        }
        if let Some(other) = seen.insert(slug(name), name) {
            let message = format!("GitHub would take the environments `{other}` and `{name}` for one");
            found.push(fatal(Origin::new("environment", name), message, "rename one of them"));
        }
    }
}

/// Seats whose environment would be that of something else, and so ask other people than it should, or people where nobody is asked.
fn seats(plan: &Plan, settings: &Settings, found: &mut Vec<Obstacle>) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    taken.insert(RECORDS.to_owned(), "the jobs that sign records".to_owned());
    for name in plan.environments.keys() {
        taken.insert(slug(name), format!("the environment `{name}`"));
        taken.insert(slug(&format!("{name}-rollback")), format!("the way back in `{name}`"));
    }
    for release in &plan.releases {
        for path in &release.paths {
            let (index, layout) = (Index::of(release, path), Layout::default());
            let context =
                Context { plan, settings, release, path, index: &index, layout: &layout, is_called: false };
            for step in &path.steps {
                let StepKind::Approval { chain, step: name, .. } = &step.does else { continue };
                let asked = plan.approvals.get(chain).and_then(|chain| chain.step(name));
                for seat in asked.map(|asked| super::jobs::seats(&context, step, asked)).unwrap_or_default() {
                    let what = format!("`{name}` of `{chain}`, one of `{}`", seat.group);
                    let other = taken.entry(slug(&seat.environment)).or_insert_with(|| what.clone());
                    if *other != what {
                        let message = format!(
                            "GitHub would have one environment, `{}`, for {other} and for {what}",
                            seat.environment
                        );
                        found.push(fatal(step.origin.clone(), message, "rename one of them"));
                    }
                }
            }
        }
    }
}

/// Seats for which nobody can be asked.
fn reviewers(plan: &Plan, settings: &Settings, found: &mut Vec<Obstacle>) {
    for release in &plan.releases {
        for path in &release.paths {
            let (index, layout) = (Index::of(release, path), Layout::default());
            let context =
                Context { plan, settings, release, path, index: &index, layout: &layout, is_called: false };
            for step in &path.steps {
                let StepKind::Approval { chain, step: name, .. } = &step.does else { continue };
                let Some(asked) = plan.approvals.get(chain).and_then(|chain| chain.step(name)) else {
                    continue;
                };
                for seat in super::jobs::seats(&context, step, asked) {
                    let Some(group) = plan.groups.get(&seat.group) else { continue };
                    if group.github.is_some() {
                        continue;
                    }
                    let count = group.members.len();
                    let kind = if asked.from == clearway_plan::From::Owners { "team" } else { "role" };
                    if count == 0 {
                        let message = format!(
                            "`{}` has no members, so nobody can be asked for {}",
                            seat.group, step.origin
                        );
                        found.push(fatal(
                            Origin::new(kind, &seat.group),
                            message,
                            "name its members, or its team with `github = \"organisation/team\"`",
                        ));
                    } else if count > REVIEWERS {
                        let message = format!(
                            "`{}` has {count} members, and an environment of GitHub has at most {REVIEWERS} reviewers",
                            seat.group
                        );
                        found.push(fatal(
                            Origin::new(kind, &seat.group),
                            message,
                            "name its team with `github = \"organisation/team\"`",
                        ));
                    }
                }
            }
        }
    }
}
