//! The workflows that the clock begins again and again, and that a person begins who says that something was looked at.

use clearway_plan::{Plan, Recurring};

use super::jobs;
use super::layout::Layout;
use super::model::{Concurrency, Cron, Entries, Input, On, Permissions, Workflow};
use super::steps::{Context, of_the_run};
use crate::index::Index;
use crate::recurring::{cron, of_nothing, words};
use crate::settings::Settings;

/// Each workflow with its file.
pub(super) fn workflows(plan: &Plan, settings: &Settings) -> Vec<(String, Workflow)> {
    let file = |one: Recurring| format!(".github/workflows/{}.yml", one.name());
    Recurring::of(plan).filter_map(|one| Some((file(one), workflow(plan, settings, one)?))).collect()
}

fn workflow(plan: &Plan, settings: &Settings, of: Recurring) -> Option<Workflow> {
    let release = of_nothing(plan, of);
    let path = release.paths.first()?;
    let (index, layout) = (Index::of(&release, path), Layout::default());
    let context =
        Context { plan, settings, release: &release, path, index: &index, layout: &layout, is_called: false };
    let job = jobs::recurring(&context, path.steps.first()?, of, words(of));
    Some(Workflow {
        name: of.name().replace('-', " "),
        run_name: None,
        on: On { schedule: vec![Cron { cron: cron(of) }], ..On::dispatch(inputs(plan, of)) },
        permissions: Permissions::default(),
        env: of_the_run(),
        concurrency: Some(Concurrency {
            group: of.name().to_owned(),
            cancel_in_progress: false,
            queue: None,
        }),
        jobs: [(of.job(), job)].into_iter().collect(),
    })
}

/// What a person says who has looked.
fn inputs(plan: &Plan, of: Recurring) -> Entries<Input> {
    let input = |kind: &'static str, description: &str| Input {
        description: description.to_owned(),
        required: false,
        kind,
        options: Vec::new(),
    };
    let mut inputs = Entries::default();
    if of.recorded_by(plan).is_none() {
        return inputs;
    }
    match of {
        Recurring::AccessReview => inputs.put(
            "looked",
            input(
                "boolean",
                "I have looked at who may do what, as the last run tells it, and it is as it should be",
            ),
        ),
        Recurring::ChangeReview => {
            inputs.put("run", input("string", "The run whose change was reviewed, which its file tells of"));
        }
        Recurring::Archive => {}
    }
    inputs.put("note", input("string", "What came of it"));
    inputs
}
