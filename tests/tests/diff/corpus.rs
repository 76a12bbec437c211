//! The edits of `tests/diff`: what each must be found to do, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clearway_diff::Told;
use clearway_model::{Change, Workspace};
use clearway_tests::{files_below, repository};
use rayon::prelude::*;
use serde::Deserialize;

use super::{Read, diff, example, shorts};

#[derive(Deserialize)]
struct File {
    edit: Vec<Edit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    name: String,
    #[serde(default)]
    project: Option<String>,
    #[serde(flatten)]
    first: Replaced,
    #[serde(default)]
    also: Vec<Replaced>,
    #[serde(default)]
    agreed: Vec<String>,
    expect: Vec<String>,
    #[serde(default)]
    witness: Option<String>,
}

#[derive(Deserialize)]
struct Replaced {
    file: String,
    old: String,
    new: String,
}

/// A project of which the texts change, and change back.
struct Project {
    texts: BTreeMap<String, String>,
    workspace: Workspace,
    read: Read,
}

impl Project {
    fn of(name: &str) -> Self {
        let fixture = example(name);
        let workspace = fixture.workspace();
        let read = Read::of(&workspace).unwrap_or_else(|why| panic!("{name}: {why}"));
        Self { texts: fixture.sources.into_iter().collect(), workspace, read }
    }

    /// The texts after an edit.
    fn edited(&self, edit: &Edit) -> Result<BTreeMap<String, String>, String> {
        let mut texts = self.texts.clone();
        for Replaced { file, old, new } in std::iter::once(&edit.first).chain(&edit.also) {
            let text = texts.entry(file.clone()).or_default();
            if !text.contains(old) {
                return Err(format!("{file} does not hold {old:?}"));
            }
            *text = if old.is_empty() { new.clone() } else { text.replace(old, new) };
        }
        Ok(texts)
    }

    /// The plan with other texts.
    fn with(&mut self, texts: &BTreeMap<String, String>) -> Result<Read, String> {
        let changed = |(path, text): (&String, &String)| {
            let differs = self.texts.get(path) != Some(text);
            differs.then(|| Change::Source(path.clone(), Some(Arc::from(text.as_str()))))
        };
        self.workspace.apply(texts.iter().filter_map(changed).collect());
        let read = Read::of(&self.workspace);
        let back = |path: &String| {
            Change::Source(path.clone(), self.texts.get(path).map(|text| Arc::from(text.as_str())))
        };
        self.workspace.apply(texts.keys().map(back).collect());
        read
    }

    /// What is wrong about an edit; nothing where all is as expected.
    fn judge(&mut self, edit: &Edit) -> Result<(), String> {
        let texts = self.edited(edit)?;
        let new = self.with(&texts)?;
        let found = diff(&self.read, &new, &edit.agreed);
        let told = Told { diff: &found, places: &|_, _| None }.to_string();
        let expected: BTreeSet<String> = edit.expect.iter().cloned().collect();
        if shorts(&found) != expected {
            return Err(format!("expected {expected:?}, found {:?}\n{told}", shorts(&found)));
        }
        if let Some(witness) = edit.witness.as_ref().filter(|witness| !told.contains(witness.as_str())) {
            return Err(format!("nothing is said of {witness:?}\n{told}"));
        }
        // The other way round, what was weaker is stronger. Rules on which nobody has agreed yet are weaker both ways.
        let mut back = diff(&new, &self.read, &edit.agreed);
        back.changes.iter_mut().for_each(|change| change.verdict = change.verdict.reversed());
        let is_triage = found.changes.iter().any(|change| change.subject.ends_with("what blocks"));
        if shorts(&back) != expected && !is_triage {
            return Err(format!("the other way round {:?} is found, and not {expected:?}", shorts(&back)));
        }
        Ok(())
    }
}

#[test]
fn edits_are_judged_as_the_tables_say() {
    let mut edits: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
    for path in files_below(&repository().join("tests/diff")) {
        if path.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        let file: File = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        for edit in file.edit {
            edits.entry(edit.project.clone().unwrap_or_else(|| stem.clone())).or_default().push(edit);
        }
    }
    let count: usize = edits.values().map(Vec::len).sum();
    assert!(count >= 60, "only {count} edits");
    // The shop has most of them: a few at a time, so that all cores have something to do.
    let shares: Vec<(&String, &[Edit])> =
        edits.iter().flat_map(|(name, edits)| edits.chunks(24).map(move |share| (name, share))).collect();
    let judged = shares.par_iter().flat_map_iter(|(name, edits)| {
        let mut project = Project::of(name);
        let told =
            |edit: &Edit| project.judge(edit).err().map(|why| format!("── {name}: {}\n{why}", edit.name));
        edits.iter().filter_map(told).collect::<Vec<_>>()
    });
    let wrong: Vec<String> = judged.collect();
    assert!(wrong.is_empty(), "{} of {count} edits:\n{}", wrong.len(), wrong.join("\n"));
}
