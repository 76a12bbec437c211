//! The local action that gets the `clearway` binary and the plan of the run.

use serde::Serialize;

use super::actions::Action;
use super::model::{Entries, Step, Texts};
use super::steps::PLAN_ARTIFACT;
use super::text::literal;
use crate::binary::get;
use crate::settings::{Binary, Settings};

/// Where it stands in the repository.
pub(crate) const PATH: &str = ".github/actions/clearway/action.yml";

/// A composite action.
#[derive(Debug, Serialize)]
pub(crate) struct CompositeAction {
    name: &'static str,
    description: &'static str,
    inputs: Entries<ActionInput>,
    runs: Runs,
}

#[derive(Debug, Serialize)]
struct ActionInput {
    description: &'static str,
    default: &'static str,
}

#[derive(Debug, Serialize)]
struct Runs {
    using: &'static str,
    steps: Vec<Step>,
}

pub(crate) fn action(settings: &Settings) -> CompositeAction {
    let digest = ActionInput {
        description: "The SHA-256 of the plan of the run, which the first job made; empty in that job",
        default: "",
    };
    CompositeAction {
        name: "Set up clearway",
        description: "Gets the pinned binary, and the plan of the run",
        inputs: [("plan-digest", digest)].into_iter().collect(),
        runs: Runs { using: "composite", steps: vec![binary(&settings.binary), plan(settings), same_plan()] },
    }
}

fn script(name: &str, env: &[(&str, String)], run: &str) -> Step {
    Step {
        name: name.to_owned(),
        shell: Some("bash"),
        env: env.iter().map(|(key, value)| (*key, value.clone())).collect(),
        run: Some(run.to_owned()),
        ..Step::default()
    }
}

/// The folder of the binary, outside of the repository.
const FOLDER: &str = "set -euo pipefail\nfolder=\"${RUNNER_TEMP}/clearway\"\nmkdir -p \"${folder}\"\n";
const RUNNABLE: &str = "chmod +x \"${folder}/clearway\"\n";

fn binary(binary: &Binary) -> Step {
    let (env, get) = get(binary);
    let env: Vec<(&str, String)> = env.into_iter().map(|(key, value)| (key, literal(&value))).collect();
    script("Get the binary", &env, &format!("{FOLDER}{get}{RUNNABLE}"))
}

fn plan(settings: &Settings) -> Step {
    let inputs: Texts = [("name", PLAN_ARTIFACT), ("path", ".clearway/run")]
        .into_iter()
        .map(|(key, value)| (key, value.to_owned()))
        .collect();
    Step {
        name: "Get the plan of the run".to_owned(),
        condition: Some("inputs.plan-digest != ''".to_owned()),
        uses: Some(Action::DownloadArtifact.pinned(settings)),
        inputs,
        ..Step::default()
    }
}

fn same_plan() -> Step {
    let digest = "${{ inputs.plan-digest }}".to_owned();
    let mut step = script(
        "Look whether it is the plan that the first job made",
        &[("DIGEST", digest)],
        "set -euo pipefail\necho \"${DIGEST#sha256:}  .clearway/run/plan.json\" | sha256sum --check --strict --quiet\n",
    );
    step.condition = Some("inputs.plan-digest != ''".to_owned());
    step
}
