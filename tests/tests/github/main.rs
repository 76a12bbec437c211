//! The independent reading of GitHub's workflows, held against what GitHub documents.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod expressions;
mod reading;
mod runs;
mod search;
mod steps;
mod traps;

use std::collections::BTreeMap;

use clearway_verify::github::{Folder, Graph};

/// A repository whose workflows are these texts, by file.
fn folder(files: &[(&str, &str)]) -> Folder {
    let texts: BTreeMap<String, String> =
        files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    Folder::of(&texts).unwrap()
}

/// The run of a workflow whose jobs are written as `id: needs | condition`, one a line.
fn graph(jobs: &str) -> Graph {
    Graph::of(&folder(&[("main.yml", &workflow("workflow_dispatch", jobs))]), "main.yml").unwrap()
}

/// A workflow that an event starts; a job that says `-> file` calls that workflow.
fn workflow(event: &str, jobs: &str) -> String {
    let mut text = format!("on: {event}\njobs:\n");
    for line in jobs.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (id, rest) = line.split_once(':').unwrap();
        let (rest, call) =
            rest.split_once("->").map_or((rest, None), |(rest, call)| (rest, Some(call.trim())));
        let (needs, condition) =
            rest.split_once('|').map_or((rest, None), |(needs, c)| (needs, Some(c.trim())));
        text += &format!("  {id}:\n    needs: [{}]\n", needs.trim());
        if let Some(condition) = condition {
            text += &format!("    if: {}\n", serde_json::Value::from(condition));
        }
        text += &match call {
            Some(call) => format!("    uses: ./.github/workflows/{call}\n"),
            None => "    runs-on: ubuntu-24.04\n    steps: [{run: make}]\n".to_owned(),
        };
    }
    text
}
