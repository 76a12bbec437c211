//! What is emitted, or edited by hand since, is read back as each product reads it, and held to the guarantees of its plan.
//!
//! Each product has a folder: its rules, from its own documents and sources (how files are read, which jobs there are, what becomes of them in
//! a run), the ways through releases in them, and the claims that keep the guarantees. Nothing here knows the emitters: what both read is the plan.
//! What the rules leave open is open here too, so a claim holds only if it holds either way.

pub mod argo;
mod claims;
mod finding;
pub mod github;
pub mod gitlab;
mod place;
mod played;
mod recurring;
mod rng;
mod source_map;
mod text;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Guarantee, Path, PathKind, Plan, Stage, Step, StepKind};

pub use finding::{Broken, By, Finding, Refused, Spot, Told};
pub use place::Places;
pub use rng::Rng;
pub use source_map::{Entry, SOURCE_MAP, SourceMap};
pub use verdict::{Error, Standing, Stands, Verdict};

/// The files of a repository, by their paths from its root.
pub type Files = BTreeMap<String, String>;

/// A product whose files can be read back.
#[derive(Debug, Clone, Copy)]
pub struct Product {
    /// Its name, by which targets call it.
    pub name: &'static str,
    /// The files and folders of a repository that its pipelines rest on.
    pub roots: &'static [&'static str],
    /// The guarantees that a claim keeps.
    pub keeps: fn() -> Vec<Guarantee>,
    told: fn(&Plan, &Files) -> Result<Vec<Told>, Refused>,
}

impl Product {
    /// Every product.
    pub const ALL: [Self; 3] = [github::PRODUCT, gitlab::PRODUCT, argo::PRODUCT];

    /// Whether Clearway wrote something for it among some paths.
    pub fn is_among<'p>(&self, mut paths: impl Iterator<Item = &'p str>) -> bool {
        let settings = format!(".clearway/settings/{}/", self.name);
        paths.any(|path| path.starts_with(&settings))
    }

    /// Holds files to the guarantees of a plan.
    pub fn verify(&self, plan: &Plan, files: &Files) -> Verdict {
        Verdict::of(self.name, plan, files, (self.told)(plan, files))
    }
}

/// What is wrong with a text that cannot be read as YAML of its kind, and in which line.
pub(crate) fn unreadable(error: &serde_saphyr::Error) -> (String, Option<usize>) {
    let line = error.location().and_then(|location| usize::try_from(location.line()).ok());
    let why = match error.without_snippet() {
        serde_saphyr::Error::DuplicateMappingKey { key, .. } => {
            format!("a duplicate key: `{}`", key.as_deref().unwrap_or_default())
        }
        other => other.to_string(),
    };
    (why, line)
}

/// The guarantee that a job keeps by standing before a deployment, where it is another than the order.
pub(crate) fn kept_by(path: &Path, step: &str) -> Option<Guarantee> {
    match path.step(step)?.does {
        StepKind::Gate { .. } | StepKind::Checklist { .. } => Some(Guarantee::Gates),
        StepKind::Approval { .. } => Some(Guarantee::Approvals),
        StepKind::Preflight => Some(Guarantee::Credentials),
        StepKind::Rollback { .. } => Some(Guarantee::Rollback),
        _ => None,
    }
}

/// How many gates, checklists and steps of a chain must stand before the deployments of a stage on a way.
pub(crate) fn guards_of(plan: &Plan, path: &Path, stage: &Stage) -> usize {
    let chain = match path.kind {
        PathKind::Emergency => stage.emergency.as_ref(),
        _ => stage.approval.as_ref(),
    };
    let asked = chain.and_then(|chain| plan.approvals.get(chain)).map_or(&[][..], |chain| &chain.steps);
    // A step of a chain may require gates of its own, which the stage may have too.
    let required = asked.iter().flat_map(|step| &step.requires);
    let gates: BTreeSet<&String> = stage.gates.iter().chain(required).collect();
    gates.len() + asked.len() + usize::from(stage.checklist.is_some())
}

/// The texts stand in a script, each after the one before.
pub(crate) fn in_order(script: &str, texts: &[&str]) -> Result<(), String> {
    let mut rest = script;
    for text in texts {
        let (_, after) = rest.split_once(text).ok_or_else(|| format!("`{text}` is missing, or too early"))?;
        rest = after;
    }
    Ok(())
}

/// Whether a script that gets a program gets the one that is pinned: an image by its digest, a download with its digest compared.
pub(crate) fn gets_what_is_pinned(script: &str, image: Option<&str>) -> bool {
    let by_image = script.contains("docker create");
    let by_download = script.contains("--output \"${folder}/clearway\"");
    let digest = image.and_then(|image| image.split_once("@sha256:")).map(|(_, digest)| digest);
    (!by_image || digest.is_some_and(|digest| digest.len() == 64))
        && (!by_download || script.contains("sha256sum --check --strict"))
}

/// All steps of a path that a step stands on.
pub(crate) fn closure<'p>(path: &'p Path, step: &'p Step) -> BTreeSet<&'p str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = step.needs.iter().map(String::as_str).collect();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(path.step(id).into_iter().flat_map(|step| step.needs.iter().map(String::as_str)));
        }
    }
    found
}
