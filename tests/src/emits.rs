//! What is emitted of a project in memory, as what is verified.

use std::collections::BTreeMap;

use clearway_plan::Plan;
use clearway_targets::Target;
use clearway_verify::{argo, github, gitlab};

use crate::Fixture;

/// What is made of a project for a target, and read back.
pub trait Emits: Sized {
    /// What is emitted of a project, or what is told of it.
    fn of(fixture: &Fixture) -> Result<Self, Vec<String>>;
}

/// The plan and the files of a project, by path, or what is told of it.
pub fn emitted(target: &str, fixture: &Fixture) -> Result<(Plan, BTreeMap<String, String>), Vec<String>> {
    emitted_by(clearway_targets::find(target).unwrap(), fixture)
}

/// The same of a target as it is given.
pub fn emitted_by(
    target: &'static dyn Target,
    fixture: &Fixture,
) -> Result<(Plan, BTreeMap<String, String>), Vec<String>> {
    let workspace = fixture.workspace();
    let compiled = clearway_compile::build(&workspace, &[target]);
    if compiled.fails() {
        return Err(compiled.diagnostics.iter().map(|told| told.message.clone()).collect());
    }
    let made = compiled.made.into_iter().flat_map(|made| made.files);
    Ok((compiled.plan.unwrap(), made.map(|file| (file.path, file.text)).collect()))
}

impl Emits for github::Emitted {
    fn of(fixture: &Fixture) -> Result<Self, Vec<String>> {
        emitted("github", fixture).map(|(plan, files)| Self { plan, files })
    }
}

impl Emits for gitlab::Emitted {
    fn of(fixture: &Fixture) -> Result<Self, Vec<String>> {
        emitted("gitlab", fixture).map(|(plan, files)| Self { plan, files })
    }
}

impl Emits for argo::Emitted {
    fn of(fixture: &Fixture) -> Result<Self, Vec<String>> {
        let (plan, files) = emitted("argo", fixture)?;
        Self::read(plan, files).map_err(|refused| vec![refused.to_string()])
    }
}
