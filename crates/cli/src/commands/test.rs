//! `clearway test`

use clearway_compile::{Failure as Unmet, Trial};
use clearway_report::tests::{Found, Tests, Tried, Unexpected};

use super::report::Places;
use crate::Verdict;
use crate::args::{TestArgs, TestFormat};
use crate::error::Failure;
use crate::output::Output;
use crate::project::open;

pub(crate) fn run(args: &TestArgs, output: &Output) -> Result<Verdict, Failure> {
    let mut opened = open(&args.project)?;
    let trials = clearway_compile::trials(&mut opened.workspace);
    let places = Places::of(&opened);
    let project = opened.workspace.manifest().name.clone();
    let tests = Tests { project, tests: trials.iter().map(|trial| tried(trial, &places)).collect() };
    let text = match args.format {
        TestFormat::Text => tests.text(),
        TestFormat::Json => serde_json::to_string_pretty(&tests).map_err(std::io::Error::from)? + "\n",
        TestFormat::Junit => tests.junit()?,
    };
    output.results(|out| out.write_all(text.as_bytes()))?;
    let failed = tests.tests.iter().filter(|test| !test.passed).count();
    output.note(&match (tests.tests.len(), failed) {
        (0, _) => "the project has no tests".to_owned(),
        (all, 0) => format!("{all} tests passed"),
        (all, failed) => format!("{failed} of {all} tests failed"),
    });
    Ok(if tests.passed() { Verdict::Holds } else { Verdict::Fails })
}

fn tried(trial: &Trial, places: &Places<'_>) -> Tried {
    let failure = |failure: &Unmet| Unexpected {
        expected: failure.expected.clone(),
        place: places.at(failure.place),
        found: failure
            .found
            .iter()
            .map(|(text, place)| Found { text: text.clone(), place: place.map(|place| places.at(place)) })
            .collect(),
    };
    Tried {
        name: trial.name.clone(),
        place: places.at(trial.place),
        passed: trial.failures.is_empty(),
        failures: trial.failures.iter().map(failure).collect(),
    }
}
