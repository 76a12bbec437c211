//! From a place in what is emitted to the declarations that it comes from.
//!
//! The map names parts of files by the keys that lead to them, and declarations by kind and name: so a line that somebody adds to a file, or a
//! comment in a spec, makes nothing of it wrong. Jobs are called after steps of the plan on every product, and steps know their origin.

use std::collections::BTreeMap;

use clearway_plan::{Origin, Plan, Release, Step, StepKind};
use serde::{Deserialize, Serialize};

use crate::{Files, Places};

/// Where the map stands, beside the plan.
pub const SOURCE_MAP: &str = ".clearway/source-map.json";

/// Where what is emitted comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceMap {
    /// The number of the form, which is that of the plan.
    pub clearway: u32,
    /// The parts of each file that come from other declarations than what they stand in.
    pub files: BTreeMap<String, Vec<Entry>>,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The line in which it begins.
    pub line: usize,
    /// The keys and names that lead to it; the whole file without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// The step of the plan that it is, or is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The declarations that it comes from, the nearest first; none where it comes from Clearway itself.
    pub declared: Vec<Origin>,
}

impl SourceMap {
    /// The map of what was emitted of a plan.
    pub fn of(plan: &Plan, files: &Files) -> Self {
        let names = Names::of(plan);
        let files = files.iter().map(|(path, text)| (path.clone(), names.entries(path, text))).collect();
        Self { clearway: plan.clearway, files }
    }

    /// What leads to a line of a file; nothing where its parts have no names.
    pub fn path_to(file: &str, text: &str, line: usize) -> Vec<String> {
        if has_parts(file) { Places::of(text).at(line) } else { Vec::new() }
    }

    /// The nearest part of a file that a path leads through.
    pub fn find(&self, file: &str, path: &[String]) -> Option<&Entry> {
        let around = self.files.get(file)?.iter().filter(|entry| path.starts_with(&entry.path));
        around.max_by_key(|entry| entry.path.len())
    }
}

/// What names in files stand for.
struct Names<'p> {
    plan: &'p Plan,
    /// The steps of each release, by their ids.
    steps: Vec<(&'p Release, BTreeMap<&'p str, &'p Step>)>,
}

impl<'p> Names<'p> {
    fn of(plan: &'p Plan) -> Self {
        let steps = |release: &'p Release| {
            // A step of several ways comes from one declaration on all of them.
            let all = release.paths.iter().rev().flat_map(|path| &path.steps);
            (release, all.map(|step| (step.id.as_str(), step)).collect())
        };
        Self { plan, steps: plan.releases.iter().map(steps).collect() }
    }

    fn entries(&self, file: &str, text: &str) -> Vec<Entry> {
        let of_file = self.release(file);
        let whole = of_file.map(|(release, _)| of_release(release)).or_else(|| self.recurring(file));
        let whole: Vec<Origin> = whole.into_iter().collect();
        let environment = stem(file).and_then(|stem| {
            // A part of a stage stands beside the stage: `weekly.production.moves-1.yml`.
            self.environment(stem).or_else(|| self.environment(stem.split_once('.')?.0))
        });
        let declared = environment.into_iter().chain(whole).collect();
        let mut entries = vec![Entry { line: 1, path: Vec::new(), step: None, declared }];
        if !has_parts(file) {
            return entries;
        }
        // What a part stands in is on the way to it.
        let mut open: Vec<usize> = vec![0];
        Places::of(text).walk(&mut |path, line| {
            while open.last().is_some_and(|at| {
                entries
                    .get(*at)
                    .is_some_and(|entry| !path.starts_with(&entry.path) || path.len() == entry.path.len())
            }) && open.len() > 1
            {
                open.pop();
            }
            let Some(name) = path.last() else { return };
            let Some((step, declared)) = self.meant(file, of_file.map(|(release, _)| *release), name) else {
                return;
            };
            let around = open.last().and_then(|at| entries.get(*at));
            if around.is_some_and(|around| around.declared != declared || around.step != step) {
                open.push(entries.len());
                entries.push(Entry { line, path: path.to_vec(), step, declared });
            }
        });
        entries
    }

    /// What asks for that which a file begins again and again.
    fn recurring(&self, file: &str) -> Option<Origin> {
        let name = file.rsplit('/').next()?.split('.').next()?;
        let found = self.plan.recurring.iter().find(|(one, _)| one.name() == name);
        found.map(|(_, origin)| origin.clone())
    }

    /// The release whose name a file has.
    fn release(&self, file: &str) -> Option<&(&'p Release, BTreeMap<&'p str, &'p Step>)> {
        let name = file.rsplit('/').next().unwrap_or_default();
        let fits = |release: &Release| {
            name.strip_prefix(release.name.as_str()).is_some_and(|rest| rest.starts_with(['.', '-']))
        };
        let of_it = self.steps.iter().filter(|(release, _)| fits(release));
        of_it.max_by_key(|(release, _)| release.name.len())
    }

    /// What a name stands for, with the step that it is or is a part of.
    fn meant(
        &self,
        file: &str,
        release: Option<&Release>,
        name: &str,
    ) -> Option<(Option<String>, Vec<Origin>)> {
        // An object of Kubernetes is called by its kind too.
        let name = name.rsplit('/').next().unwrap_or_default();
        if let Some((release, steps)) = self.release(file) {
            // The wait for people of Argo is a job of its own before the step.
            let asked = name.strip_prefix("ask-").map(|rest| format!("approval-{rest}"));
            let name = asked.as_deref().unwrap_or(name);
            if let Some(step) = starts(name, |part| steps.get(part).copied()) {
                return Some((Some(step.id.clone()), self.declared(release, step)));
            }
        }
        let own: Vec<Origin> = release.map(of_release).into_iter().collect();
        let named = match file.starts_with(".clearway/") || file.starts_with("argo/") {
            true => self.named(name),
            false => None,
        };
        // A job around a stage, or an account of one, ends in the name of the environment.
        let rest = name.split_once('-').and_then(|(_, rest)| self.environment(rest));
        let found = named.or(rest)?;
        Some((None, std::iter::once(found).chain(own).collect()))
    }

    /// The declaration of a name, where things are called after declarations.
    fn named(&self, name: &str) -> Option<Origin> {
        let plan = self.plan;
        let alert = plan.alerts.get(name).or_else(|| plan.alerts.get(name.strip_suffix("-no-data")?));
        alert
            .map(|alert| alert.origin.clone())
            .or_else(|| plan.flags.get(name).map(|flag| flag.origin.clone()))
            .or_else(|| plan.artifacts.get(name).map(|artifact| artifact.origin.clone()))
            .or_else(|| starts(name, |part| self.environment(part)))
    }

    fn environment(&self, name: &str) -> Option<Origin> {
        self.plan.environments.contains_key(name).then(|| Origin::new("environment", name))
    }

    /// The declarations that a step comes from.
    fn declared(&self, release: &Release, step: &Step) -> Vec<Origin> {
        let mut found = vec![step.origin.clone()];
        let service = match &step.does {
            StepKind::Deploy { service, .. } | StepKind::Smoke { service, .. } => Some(service),
            _ => None,
        };
        found.extend(service.and_then(|name| Some(self.plan.artifacts.get(name)?.origin.clone())));
        if let StepKind::Approval { chain, .. } = &step.does {
            found.push(Origin::new("approval", chain));
        }
        found.extend(step.does.environment().and_then(|name| self.environment(name)));
        found.push(of_release(release));
        let mut seen = Vec::new();
        // The release is told last, also where a step has no other origin.
        let last = found.len() - 1;
        for (number, origin) in found.iter().enumerate() {
            if !seen.contains(origin) && (number == last || *origin != of_release(release)) {
                seen.push(origin.clone());
            }
        }
        seen
    }
}

fn of_release(release: &Release) -> Origin {
    Origin::new("release", &release.name)
}

/// Whether parts of a file have names: scripts have none, and the plan is made of declarations by itself.
fn has_parts(file: &str) -> bool {
    let is_data = [".yml", ".yaml", ".json"].iter().any(|end| file.ends_with(end));
    is_data && (!file.starts_with(".clearway/") || file.matches('/').count() > 1)
}

/// What the longest beginning of a name stands for that ends with a word of it: `approval-peer-seat-1`, `deploy-api.sh`.
fn starts<T>(name: &str, known: impl Fn(&str) -> Option<T>) -> Option<T> {
    let ends = name.rmatch_indices(['-', '.']).map(|(at, _)| at);
    std::iter::once(name.len()).chain(ends).find_map(|end| known(name.get(..end)?))
}

/// The environment in the name of a file: `weekly.production.yml`, `rollouts/production.yaml`.
fn stem(file: &str) -> Option<&str> {
    let name = file.rsplit('/').next()?.rsplit_once('.')?.0;
    Some(name.split_once('.').map_or(name, |(_, environment)| environment))
}
